// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/doctorwalk.h"

#include "core/doctor/doctorcodes.h"
#include "core/net/sharedrows.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

// The verdict stands within ten seconds: the sign-in leaves some for looking closer at its end.
constexpr std::chrono::milliseconds kSignInLimit = 7500ms;
constexpr std::chrono::milliseconds kLimit = 9300ms;
constexpr std::chrono::milliseconds kContactsLimit = 1500ms;
constexpr std::chrono::milliseconds kSelfLimit = 1500ms;

QSet<QString> secretKeys(const SettingsSchema &schema)
{
    QSet<QString> keys;
    for (const SettingField &field : schema.fields()) {
        if (field.type == SettingType::Secret) {
            keys.insert(field.key);
        }
    }
    return keys;
}

} // namespace

Doctor::Walk::Walk(Doctor &doctor, Patient patient, DoctorWorld doctorWorld)
    : q(doctor)
    , plugin(patient.plugin)
    , schema(fullSchema(*patient.plugin))
    , given(patient.settings)
    , trial(trialSettings(schema, patient.settings, patient.running))
    , presence(patient.presence)
    , domainPlugins(patient.domainOf)
    , known(patient.knownServices)
    , world(std::move(doctorWorld))
    , log([this](const Finding &finding) { Q_EMIT q.found(finding); })
{
    ObservedServices::Watch watch;
    watch.found = [this](const Finding &finding) {
        if (!m_finishing) {
            log.note(finding);
        }
    };
    watch.attempted = [this] {
        if (!m_looking) {
            log.settle();
        }
    };
    watch.waiting = [this](bool waits) {
        // The user's time to type a password is not the servers'.
        m_questions += waits ? 1 : -1;
        if (waits && m_questions == 1) {
            m_pausedAt = services->now();
            m_limit.reset();
            m_signInLimit.reset();
        } else if (m_questions == 0 && m_pausedAt.isValid()) {
            m_paused += std::chrono::milliseconds(m_pausedAt.msecsTo(services->now()));
            m_pausedAt = {};
            armLimit();
        }
    };
    watch.addresses = [this](const QString &host) {
        return world.addresses ? world.addresses(host) : ready<QStringList>(QStringList {});
    };
    services = std::make_unique<ObservedServices>(
        std::move(patient.services), secretKeys(schema), std::move(watch));
    if (presence.availability <= Availability::Offline) {
        presence.availability = Availability::Available;
    }
}

void Doctor::Walk::armLimit()
{
    if (!running) {
        return;
    }
    const auto spent = std::chrono::milliseconds(m_started.msecsTo(services->now())) - m_paused;
    const auto left = [spent](std::chrono::milliseconds limit) {
        return std::max(std::chrono::milliseconds(1), limit - spent);
    };
    SessionServices &bare = services->bare();
    m_limit = bare.timer(left(kLimit), [this] {
        QMetaObject::invokeMethod(this, [this] { limitReached(); }, Qt::QueuedConnection);
    });
    if (m_session && !m_signInOver) {
        m_signInLimit = bare.timer(left(kSignInLimit), [this] {
            QMetaObject::invokeMethod(
                this,
                [this] {
                    if (!m_signInOver) {
                        limitReached();
                    }
                },
                Qt::QueuedConnection);
        });
    }
}

void Doctor::Walk::pass(const QString &step, Finding::State state, const QString &tried,
    const QString &answer, const std::optional<Error> &error)
{
    log.settle();
    log.show({ step, state, tried, answer, error });
}

void Doctor::Walk::start()
{
    running = true;
    m_started = services->now();
    armLimit();
    m_stepUnderWay = DoctorStep::Settings.toString();
    if (!domainPlugins.isEmpty()) {
        examineDomain();
        return;
    }
    if (!settingsAreSound()) {
        return;
    }
    runChecks(DoctorCheck::When::Before, std::nullopt, [this](const std::optional<Finding> &bad) {
        if (bad) {
            lookCloserAt(*bad);
        } else {
            signIn();
        }
    });
}

bool Doctor::Walk::settingsAreSound()
{
    const QString step = DoctorStep::Settings.toString();
    const QString address = given.text(u"address"_s);
    const QList<SettingProblem> problems = schema.problems(given);
    const auto refuse = [this](Error error, const QString &where, const QString &tried) {
        error.fatal = true;
        error.kind = Error::Kind::Unsupported;
        const Finding failed { where, Finding::State::Failed, tried, error.detail,
            completedError(error) };
        log.show(failed);
        endWith(failed);
        return false;
    };
    if (!problems.isEmpty()) {
        const SettingField *const field = schema.field(problems.constFirst().key);
        Error error;
        error.code = u"invalid-setting"_s;
        error.title = Doctor::tr("The setting \"%1\" cannot be right.")
                          .arg(field ? field->label : problems.constFirst().key);
        error.detail = problems.constFirst().text;
        error.remedy = Doctor::tr("Correct it in the account's settings.");
        return refuse(error, step, problems.constFirst().key);
    }
    if (!address.isEmpty()) {
        const Result<QString> normal = plugin->normalizedAddress(address);
        if (!normal) {
            return refuse(normal.error(), step, address);
        }
    }
    if (const auto retired = retiredService(known + plugin->presets(), given)) {
        return refuse(*retired, step, address);
    }
    const QString proxyType = trial.text(u"proxy-type"_s);
    if ((proxyType == "http"_L1 || proxyType == "socks5"_L1)
        && trial.text(u"proxy-host"_s).isEmpty()) {
        Error error = doctorError(u"invalid-setting"_s);
        error.title = Doctor::tr("A proxy is to be used, but its name is not set.");
        error.remedy = Doctor::tr("Enter the proxy's host on the Proxy page, or choose no proxy.");
        return refuse(error, DoctorStep::Proxy.toString(), proxyType);
    }
    pass(step, Finding::State::Ok, address);
    return true;
}

Finding Doctor::Walk::checked(Finding finding)
{
    if (finding.state == Finding::State::Failed || finding.state == Finding::State::Warning) {
        finding.error = completedError(finding.error.value_or(Error {}));
    }
    if (finding.state == Finding::State::Failed) {
        m_failed.append(finding);
    }
    return finding;
}

void Doctor::Walk::runChecks(
    DoctorCheck::When when, const std::optional<Error> &failure, const Then &then)
{
    m_checks.clear();
    m_failed.clear();
    QList<const ProtocolPlugin *> plugins { plugin };
    if (when == DoctorCheck::When::Domain) {
        plugins = domainPlugins;
    }
    for (const ProtocolPlugin *const asked : std::as_const(plugins)) {
        auto checks = asked->doctorChecks(trial);
        for (std::unique_ptr<DoctorCheck> &check : checks) {
            if (check->when() == when) {
                m_checks.push_back(std::move(check));
            }
        }
    }
    if (!m_context) {
        m_context.emplace(DoctorContext { trial, *services, [this](const Finding &finding) {
                                             if (!m_finishing) {
                                                 log.show(checked(finding));
                                             }
                                         } });
    }
    runNextCheck(when, failure, then, 0);
}

void Doctor::Walk::runNextCheck(DoctorCheck::When when, const std::optional<Error> &failure,
    const Then &then, std::size_t index)
{
    const bool stops = when == DoctorCheck::When::Before && !m_failed.isEmpty();
    if (stops || index >= m_checks.size() || !m_context) {
        const Finding *const worst = mostTelling(m_failed);
        then(worst ? std::optional<Finding>(*worst) : std::nullopt);
        return;
    }
    DoctorCheck &check = *m_checks[index];
    check.run(*m_context, failure)
        .then(this, [this, when, failure, then, index](const Result<QList<Finding>> &findings) {
            if (m_finishing) {
                return;
            }
            for (const Finding &finding : findings.value_or(QList<Finding> {})) {
                log.show(checked(finding));
            }
            runNextCheck(when, failure, then, index + 1);
        });
}

void Doctor::Walk::signIn()
{
    m_stepUnderWay = DoctorStep::Name.toString();
    m_session = plugin->createSession(trial, *services);
    connect(m_session.get(), &Session::stateChanged, this, &Walk::onState);
    connect(m_session.get(), &Session::event, this, &Walk::onEvent);
    connect(m_session.get(), &Session::ended, this, &Walk::onEnded);
    armLimit();
    m_session->open(presence);
}

void Doctor::Walk::onState(Session::State state)
{
    m_state = state;
    switch (state) {
    case Session::State::Offline:
        if (m_closed) {
            std::exchange(m_closed, {})();
        }
        return;
    case Session::State::Connecting:
        return;
    case Session::State::Authenticating:
        m_stepUnderWay = DoctorStep::Authentication.toString();
        if (m_placeholder && !m_signInOver) {
            stopBeforePassword();
        }
        return;
    case Session::State::Online:
        if (!m_online && !m_signInOver) {
            m_online = true;
            m_signInOver = true;
            m_signInLimit.reset();
            services->setPatient();
            // From here on the session's own event loop turn has to end first.
            QMetaObject::invokeMethod(this, &Walk::onOnline, Qt::QueuedConnection);
        }
        return;
    case Session::State::Closing:
        return;
    }
}

void Doctor::Walk::onEvent(const SessionEvent &what)
{
    std::visit(
        Overloaded {
            [this](const ServerNotice &notice) {
                if (notice.severity == ServerNotice::Severity::Information) {
                    return;
                }
                // In its own words alone: what the table has to say of its code is for failures.
                Error error;
                error.code = notice.code.isEmpty() ? u"server-notice"_s : notice.code;
                error.title = notice.text;
                error.detail = notice.detail;
                const bool mended = notice.severity == ServerNotice::Severity::Mended;
                pass(stepOfCode(error.code, DoctorStep::Registered.toString()),
                    Finding::State::Warning,
                    mended ? Doctor::tr("mended by itself") : Doctor::tr("a notice"), notice.detail,
                    error);
            },
            [this](const SettingLearned &setting) { // What was set that way already is nothing new.
                if (trial.text(setting.key) != setting.value.toString()) {
                    m_learned.insert(setting.key, setting.value);
                }
            },
            [this](const ContactListComplete &list) {
                m_contactsComplete = true;
                m_contacts = std::max(m_contacts, static_cast<int>(list.addresses.size()));
                if (m_contactsLimit) {
                    QMetaObject::invokeMethod(this, &Walk::afterContacts, Qt::QueuedConnection);
                }
            },
            [this](const ContactChanged &) { ++m_contacts; },
            [this](const PresenceChanged &) { ++m_presences; },
            [this](const OwnPresenceChanged &) { ++m_presences; },
            [](const auto &) {},
        },
        what);
}

void Doctor::Walk::onEnded(const Error &why)
{
    if (m_finishing) {
        return;
    }
    m_ended = true;
    m_signInLimit.reset();
    if (why.code == "no-password"_L1 && !m_online && !m_placeholder) {
        m_placeholder = true;
        m_ended = false;
        services->usePlaceholders();
        QMetaObject::invokeMethod(
            this,
            [this] {
                m_session.reset();
                signIn();
            },
            Qt::QueuedConnection);
        return;
    }
    m_signInOver = true;
    // Whoever tells us of it may not be deleted now.
    QMetaObject::invokeMethod(this, [this, why] { lookCloser(why); }, Qt::QueuedConnection);
}

/// Without a password, everything up to it can be seen. What is sent would be a wrong one, and
/// count.
void Doctor::Walk::stopBeforePassword()
{
    services->silence();
    m_signInOver = true;
    m_ended = true;
    m_signInLimit.reset();
    m_session->disconnect(this);
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (!m_finishing) {
                log.settle();
                conclude(missingPassword());
            }
        },
        Qt::QueuedConnection);
}

Finding Doctor::Walk::missingPassword() const
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"no-password"_s;
    error.title = Doctor::tr("The server can be reached; for what follows, a password is needed.");
    error.remedy = Doctor::tr("Enter the account's password.");
    error.fatal = true;
    return { DoctorStep::Authentication.toString(), Finding::State::Failed,
        given.text(u"address"_s), {}, error };
}

void Doctor::Walk::onOnline()
{
    if (m_finishing || m_ended) {
        return;
    }
    log.settle();
    const QString address = given.text(u"address"_s);
    pass(DoctorStep::Authentication.toString(), Finding::State::Ok, address);
    pass(DoctorStep::Registered.toString(), Finding::State::Ok, address);
    m_stepUnderWay = DoctorStep::Contacts.toString();
    const bool kept = plugin->info().capabilities.testFlag(Capability::ServerContacts);
    if (!kept || m_contactsComplete) {
        afterContacts();
        return;
    }
    m_contactsLimit = services->bare().timer(kContactsLimit,
        [this] { QMetaObject::invokeMethod(this, &Walk::afterContacts, Qt::QueuedConnection); });
}

void Doctor::Walk::afterContacts()
{
    if (m_finishing || m_ended || m_stepUnderWay != DoctorStep::Contacts) {
        return;
    }
    m_contactsLimit.reset();
    const QString step = DoctorStep::Contacts.toString();
    if (!plugin->info().capabilities.testFlag(Capability::ServerContacts)) {
        pass(step, Finding::State::Skipped, {}, Doctor::tr("this network keeps no contact list"));
    } else if (m_contactsComplete || m_contacts > 0) {
        pass(step, Finding::State::Ok, {}, Doctor::tr("contacts: %1").arg(m_contacts));
    } else {
        Error late = doctorError(u"timed-out"_s);
        late.title = Doctor::tr("The contact list has not come so far.");
        late.remedy
            = Doctor::tr("A long list may need more time. If it never comes, tell the server's "
                         "administrator.");
        pass(step, Finding::State::Warning, {}, {}, late);
    }
    if (m_presences > 0) {
        pass(DoctorStep::Presence.toString(), Finding::State::Ok, {},
            Doctor::tr("presence comes in"));
    } else {
        pass(DoctorStep::Presence.toString(), Finding::State::Skipped, {},
            Doctor::tr("nobody's presence has come yet"));
    }
    m_stepUnderWay = DoctorStep::Message.toString();
    runChecks(DoctorCheck::When::Online, std::nullopt, [this](const std::optional<Finding> &bad) {
        if (bad) {
            judged(bad);
        } else {
            askAboutMyself();
        }
    });
}

/// A message to oneself would show on all devices and stay in the archive. A question about oneself
/// goes the same way there and back, and nobody sees it.
void Doctor::Walk::askAboutMyself()
{
    const QString step = DoctorStep::Message.toString();
    const bool told = std::ranges::any_of(
        log.shown(), [&step](const Finding &finding) { return finding.step == step; });
    DirectoryFacet *const directory = m_session && !m_ended ? m_session->directory() : nullptr;
    const Result<QString> self = plugin->normalizedAddress(given.text(u"address"_s));
    if (told || !directory || !self) {
        if (!told) {
            pass(step, Finding::State::Skipped, {}, Doctor::tr("it would show on other devices"));
        }
        judged(std::nullopt);
        return;
    }
    m_selfLimit = services->bare().timer(kSelfLimit, [this] {
        QMetaObject::invokeMethod(
            this, [this] { answeredAboutMyself(false); }, Qt::QueuedConnection);
    });
    directory->card({ *self }).then(this, [this](const Result<ContactCard> &card) {
        // A refusal is an answer, too.
        using enum Error::Kind;
        const bool answered = card
            || (card.error().kind != Timeout && card.error().kind != Network
                && card.error().kind != Cancelled && card.error().kind != Unsupported);
        // The session is what calls us.
        QMetaObject::invokeMethod(
            this, [this, answered] { answeredAboutMyself(answered); }, Qt::QueuedConnection);
    });
}

void Doctor::Walk::answeredAboutMyself(bool answered)
{
    if (m_finishing || m_ended || !m_selfLimit) {
        return;
    }
    m_selfLimit.reset();
    if (answered) {
        pass(DoctorStep::Message.toString(), Finding::State::Ok,
            Doctor::tr("a question about yourself, which nobody sees"),
            Doctor::tr("the server answers"));
    } else {
        pass(DoctorStep::Message.toString(), Finding::State::Skipped,
            Doctor::tr("a question about yourself, which nobody sees"),
            Doctor::tr("not answered so far"));
    }
    judged(std::nullopt);
}

void Doctor::Walk::examineDomain()
{
    runChecks(DoctorCheck::When::Domain, std::nullopt,
        [this](const std::optional<Finding> &bad) { judged(bad); });
}

} // namespace linchpin
