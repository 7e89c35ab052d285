// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// How a walk ends: where it failed, why exactly, and the verdict.

#include "core/doctor/doctorcodes.h"
#include "core/doctor/doctorwalk.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr std::chrono::milliseconds kCloseLimit = 500ms;

} // namespace

const Finding *mostTelling(const QList<Finding> &findings)
{
    const Finding *best = nullptr;
    const auto rank = [](const Finding &finding) {
        return (finding.error->fix.isEmpty() ? 0 : 2)
            + (finding.error->code == "unknown"_L1 ? 0 : 1);
    };
    for (const Finding &finding : findings) {
        if (finding.state == Finding::State::Failed && finding.error
            && (!best || rank(finding) > rank(*best))) {
            best = &finding;
        }
    }
    return best;
}

/// The step at which a failure of the session stands.
QString Doctor::Walk::placeOf(const Error &why) const
{
    const ObservedServices::Evidence &evidence = services->evidence();
    const auto attempt = std::ranges::find_if(log.held().crbegin(), log.held().crend(),
        [&why](const Finding &held) { return held.error && held.error->code == why.code; });
    if (attempt != log.held().crend()) {
        return attempt->step; // that attempt is what failed
    }
    // Silence: of whom?
    if (why.code == "timed-out"_L1 && evidence.connected) {
        return m_online      ? DoctorStep::Contacts.toString()
            : evidence.heard ? DoctorStep::Authentication.toString()
                             : DoctorStep::Protocol.toString();
    }
    const QString otherwise = m_online                 ? DoctorStep::Contacts.toString()
        : m_stepUnderWay == DoctorStep::Authentication ? m_stepUnderWay
                                                       : DoctorStep::Protocol.toString();
    return stepOfCode(why.code, otherwise);
}

/// Why exactly? First what is general, then what the protocol knows.
void Doctor::Walk::lookCloser(const Error &why)
{
    if (m_looking || m_finishing) {
        return;
    }
    m_looking = true;
    m_contactsLimit.reset();
    m_selfLimit.reset();
    m_failure = Finding { placeOf(why), Finding::State::Failed, services->evidence().peer,
        why.detail, completedError(why) };
    if (m_placeholder && m_failure.step == DoctorStep::Authentication) {
        conclude(missingPassword());
        return;
    }
    refined(why, trial, *services, world, this, [this](const Finding &finding) {
        log.show(finding);
    }).then(this, [this](const Result<Error> &better) {
        if (m_finishing) {
            return;
        }
        if (better && better->code != m_failure.error->code) {
            m_failure.step = placeOf(*better);
        }
        if (better) {
            m_failure.error = completedError(*better);
            m_failure.answer = better->detail;
        }
        askPlugin();
    });
}

/// A check ahead of the sign-in failed: what is general about it?
void Doctor::Walk::lookCloserAt(const Finding &failed)
{
    m_looking = true;
    m_failure = failed;
    refined(failed.error.value_or(Error {}), trial, *services, world, this,
        [this](const Finding &finding) { log.show(finding); })
        .then(this, [this](const Result<Error> &better) {
            if (m_finishing) {
                return;
            }
            if (!better || *better == *m_failure.error) {
                endWith(m_failure);
                return;
            }
            if (better->code != m_failure.error->code) {
                m_failure.step = stepOfCode(better->code, m_failure.step);
            }
            m_failure.error = completedError(*better);
            m_failure.answer = better->detail;
            conclude(m_failure);
        });
}

void Doctor::Walk::askPlugin()
{
    runChecks(DoctorCheck::When::AfterFailure, m_failure.error,
        [this](const std::optional<Finding> &found) {
            if (!found) {
                conclude(m_failure);
                return;
            }
            Finding better = *found;
            if (better.error->code == m_failure.error->code) {
                if (better.error->detail.isEmpty()) {
                    better.error->detail = m_failure.error->detail;
                }
                if (better.error->fix.isEmpty()) {
                    better.error->fix = m_failure.error->fix;
                }
            }
            endWith(better);
        });
}

void Doctor::Walk::judged(const std::optional<Finding> &bad)
{
    log.settle();
    if (bad) {
        endWith(*bad);
        return;
    }
    Verdict verdict;
    verdict.ok = true;
    if (!domainPlugins.isEmpty()) {
        verdict.step = DoctorStep::FederationSrv.toString(); // no sign-in was looked at
    }
    end(verdict);
}

void Doctor::Walk::limitReached()
{
    if (m_finishing) {
        return;
    }
    if (m_looking) {
        conclude(m_failure);
        return;
    }
    if (const Finding *const known = m_session ? nullptr : mostTelling(m_failed)) {
        endWith(*known); // of an earlier check: one after it takes too long
        return;
    }
    if (m_online) {
        // It works; what was not seen in time is not known to be broken.
        pass(m_stepUnderWay, Finding::State::Warning, {}, {}, doctorError(u"timed-out"_s));
        Verdict verdict;
        verdict.ok = true;
        end(verdict);
        return;
    }
    const QString under = services->stepUnderWay();
    const QString peer = services->evidence().peer;
    m_failure = Finding { under.isEmpty() ? m_stepUnderWay : under, Finding::State::Failed, peer,
        {}, doctorError(u"timed-out"_s, peer) };
    // What failed earlier is not what takes so long now.
    log.settle();
    if (m_session && !m_signInOver) {
        m_signInOver = true;
        m_ended = true;
        m_looking = true;
        m_session->disconnect(this);
        askPlugin();
        return;
    }
    conclude(m_failure);
}

/// The sign-in failed there and for no reason that is better known.
void Doctor::Walk::conclude(const Finding &failure)
{
    endWith(log.conclude(failure));
}

/// With what was shown already.
void Doctor::Walk::endWith(const Finding &failed)
{
    log.forget(failed.step);
    log.settle();
    Verdict verdict;
    verdict.step = failed.step;
    verdict.error = failed.error.value_or(doctorError(u"unknown"_s));
    end(verdict);
}

void Doctor::Walk::closeSession(const std::function<void()> &then)
{
    if (!m_session || m_session->state() == Session::State::Offline) {
        then();
        return;
    }
    m_session->disconnect(this);
    m_closed = then;
    connect(m_session.get(), &Session::stateChanged, this, &Walk::onState);
    const auto closed = [this] {
        if (m_closed) {
            std::exchange(m_closed, {})();
        }
    };
    m_closeLimit = services->bare().timer(kCloseLimit,
        [this, closed] { QMetaObject::invokeMethod(this, closed, Qt::QueuedConnection); });
    m_session->close();
}

void Doctor::Walk::end(Verdict verdict)
{
    if (m_finishing) {
        return;
    }
    m_finishing = true;
    m_limit.reset();
    m_signInLimit.reset();
    m_contactsLimit.reset();
    m_selfLimit.reset();
    m_stepUnderWay.clear();
    verdict.error = verdict.ok || verdict.cancelled ? Error {} : completedError(verdict.error);
    verdict.learned = m_learned;
    const auto spent = std::chrono::milliseconds(m_started.msecsTo(services->now())) - m_paused;
    verdict.took = std::max(std::chrono::milliseconds(0), spent);
    closeSession([this, verdict] {
        QMetaObject::invokeMethod(
            this,
            [this, verdict] {
                running = false;
                m_closeLimit.reset();
                Q_EMIT q.finished(verdict);
            },
            Qt::QueuedConnection);
    });
}

void Doctor::Walk::giveUp()
{
    if (!running || m_finishing) {
        return;
    }
    log.settle();
    Verdict verdict;
    verdict.cancelled = true;
    end(verdict);
}

} // namespace linchpin
