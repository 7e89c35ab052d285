// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/doctor/connectioncheck.h"

#include "core/sdk/foundvalues.h"
#include "protocols/xmpp/doctor/streamverdict.h"
#include "protocols/xmpp/errors.h"
#include "protocols/xmpp/xmppschema.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::xmpp {

namespace {

constexpr std::chrono::milliseconds kAllInAll = 7500ms; // DoctorCheck promises eight seconds
constexpr std::chrono::milliseconds kOneServer = 3500ms;
constexpr std::chrono::milliseconds kWorthTrying = 1200ms;

bool isOf(const QString &code, std::initializer_list<QLatin1StringView> codes)
{
    return std::ranges::any_of(codes, [&](QLatin1StringView one) { return code == one; });
}

QString stepOf(const Error &error)
{
    if (isOf(error.code, { "name-not-found"_L1, "dns-failed"_L1 })) {
        return DoctorStep::Name.toString();
    }
    if (error.code.startsWith("proxy-"_L1)) {
        return DoctorStep::Proxy.toString();
    }
    const bool isTls = error.kind == Error::Kind::Tls || error.code.startsWith("certificate-"_L1);
    return (isTls ? DoctorStep::Tls : DoctorStep::Tcp).toString();
}

} // namespace

ConnectionCheck::ConnectionCheck() = default;

ConnectionCheck::~ConnectionCheck() = default;

QString ConnectionCheck::title() const
{
    return tr("What the XMPP server offers");
}

Async<QList<Finding>> ConnectionCheck::run(
    const DoctorContext &context, const std::optional<Error> &)
{
    m_context = &context;
    // As the session does: what was found before binds nobody.
    m_settings = connectionSettings(withoutFound(
        context.settings, xmppSchema(), { u"server"_s, u"port"_s, u"connection"_s, u"auth"_s }));
    m_settings.known = KnownServer::fromState(context.services.state(KnownServer::stateKey()));
    m_began = context.services.now();
    m_guard = context.services.timer(kAllInAll, [this] {
        QMetaObject::invokeMethod(this, &ConnectionCheck::finish, Qt::QueuedConnection);
    });
    lookUp();
    return m_answer.future();
}

std::chrono::milliseconds ConnectionCheck::left() const
{
    const std::chrono::milliseconds gone(m_began.msecsTo(m_context->services.now()));
    return std::clamp(kAllInAll - gone, 0ms, kAllInAll);
}

QString ConnectionCheck::where() const
{
    return u"%1:%2"_s.arg(m_candidate.host).arg(m_candidate.port);
}

void ConnectionCheck::tell(const Finding &finding)
{
    if (m_context->report && !m_answer.isAnswered()) {
        m_context->report(finding);
    }
}

void ConnectionCheck::lookUp()
{
    if (!needsLookup(m_settings)) {
        m_candidates = candidates(m_settings, {}, {});
        visitNext();
        return;
    }
    SessionServices &services = m_context->services;
    auto direct = services.lookUpService(u"_xmpps-client._tcp."_s + m_settings.domain());
    auto start = services.lookUpService(u"_xmpp-client._tcp."_s + m_settings.domain());
    direct.then(this, [this, start](const Result<QList<ServiceRecord>> &directRecords) mutable {
        start.then(this, [this, directRecords](const Result<QList<ServiceRecord>> &records) {
            plan(directRecords, records);
        });
    });
}

void ConnectionCheck::plan(
    const Result<QList<ServiceRecord>> &direct, const Result<QList<ServiceRecord>> &start)
{
    const auto none = QList<ServiceRecord> {};
    m_candidates = candidates(m_settings, direct.value_or(none), start.value_or(none));
    m_noRecords = direct && start && direct->isEmpty() && start->isEmpty();
    if (m_candidates.isEmpty()) {
        tell({ .step = DoctorStep::Srv.toString(),
            .state = Finding::State::Failed,
            .tried = u"_xmpp-client._tcp."_s + m_settings.domain(),
            .answer = u"."_s,
            .error = notOffered(m_settings.domain()) });
        finish();
        return;
    }
    visitNext();
}

void ConnectionCheck::visitNext()
{
    m_candidate = m_candidates.at(m_next++);
    const bool isLast = m_next == m_candidates.size();
    StreamVisit visit;
    visit.endpoint.host = m_candidate.host;
    visit.endpoint.port = m_candidate.port;
    visit.endpoint.security
        = m_candidate.directTls ? Endpoint::Security::Tls : Endpoint::Security::Plain;
    visit.endpoint.certificateName = m_settings.domain();
    if (m_candidate.directTls) {
        visit.endpoint.alpn = { u"xmpp-client"_s };
    }
    visit.to = m_settings.domain();
    visit.startTls = m_settings.security != Security::Plain;
    visit.certificateName = m_settings.domain();
    visit.limit = isLast ? std::min(kOneServer, left()) : std::min(kOneServer, left() / 2);
    m_walk = std::make_unique<StreamWalk>(visit, m_context->services);
    m_walk->run([this](const StreamReport &report) {
        m_walk.release()->deleteLater(); // we stand in it
        visited(report);
    });
}

std::optional<ConnectionCheck::Stop> ConnectionCheck::judge(const StreamReport &report) const
{
    using Stage = StreamReport::Stage;
    const auto stop = [this](QStringView step, const Error &error) {
        return Stop { step.toString(), where(), error };
    };
    if (report.stage == Stage::Connecting) {
        const Error error = report.error.value_or(timedOut({ .host = where() }));
        if (error.code == "name-not-found"_L1 && !m_candidate.record.isEmpty()) {
            return stop(DoctorStep::Name,
                targetMissing(m_candidate.host, m_candidate.record, error.detail));
        }
        if (m_noRecords && isOf(error.code, { "refused"_L1, "timed-out"_L1, "unreachable"_L1 })) {
            return stop(DoctorStep::Srv, noRecords(m_settings.domain(), error));
        }
        return stop(stepOf(error), error);
    }
    if (report.stage == Stage::Securing && report.error) {
        return stop(stepOf(*report.error), *report.error);
    }
    const auto error = answerError(report, where(), m_settings.domain());
    if (error && error->code == "wrong-protocol"_L1) {
        return stop(DoctorStep::Protocol, *error);
    }
    const bool needsTls = m_settings.security != Security::Plain;
    if (report.plain.tlsRefused || (report.stage == Stage::Done && needsTls && !report.secure)) {
        return stop(DoctorStep::Tls, noStartTlsError(report, where(), m_settings.known.tls));
    }
    if (error) {
        return stop(
            error->kind == Error::Kind::Tls ? DoctorStep::Tls : DoctorStep::Protocol, *error);
    }
    if (!report.secure && report.plain.startTlsRequired) {
        return stop(DoctorStep::Tls, tlsDemanded(where()));
    }
    const bool automatic = m_settings.auth.isEmpty() || m_settings.auth == "auto"_L1;
    const auto unable
        = mechanismError(report.facts().allMechanisms(), allowedMechanisms(m_settings),
            automatic ? QString() : m_settings.auth, automatic && m_settings.known.scram);
    return unable ? std::optional(stop(DoctorStep::AuthenticationSchemes, *unable)) : std::nullopt;
}

void ConnectionCheck::visited(const StreamReport &report)
{
    const StreamFacts &facts = report.facts();
    const std::optional<Stop> stop = judge(report);
    m_spoke = facts.speaker != Speaker::Silent;
    if (facts.header && !facts.fault && facts.broken.isEmpty()) {
        const QString version = facts.version.isEmpty() ? u"XMPP"_s : u"XMPP "_s + facts.version;
        tell({ .step = DoctorStep::Protocol.toString(),
            .tried = where(),
            .answer = facts.from.isEmpty() ? version : u"%1, %2"_s.arg(version, facts.from),
            .error = {} });
    }
    if (!stop) {
        QString offered = facts.allMechanisms().join(u", "_s);
        if (!facts.channelBindings.isEmpty()) {
            offered += u" (%1)"_s.arg(facts.channelBindings.join(u", "_s));
        }
        tell({ .step = DoctorStep::AuthenticationSchemes.toString(),
            .tried = where(),
            .answer = offered,
            .error = {} });
        finish();
        return;
    }
    if (stop->error.code.startsWith("certificate-"_L1)) {
        // The services have noted it. The sign-in fails in the same way, and what the doctor finds
        // out about certificates (names, clock) comes after that.
        finish();
        return;
    }
    if (m_next < m_candidates.size() && !stop->error.fatal && left() > kWorthTrying) {
        if (!m_first) {
            m_first = stop;
        }
        tell({ .step = stop->step,
            .state = Finding::State::Warning,
            .tried = stop->tried,
            .answer = stop->error.detail,
            .error = stop->error });
        visitNext();
        return;
    }
    tryOtherWay(m_first.value_or(*stop));
}

void ConnectionCheck::tryOtherWay(const Stop &stop)
{
    const bool silent = !m_candidate.directTls && !m_spoke
        && isOf(stop.error.code, { "timed-out"_L1, "server-fault"_L1 })
        && stop.step == DoctorStep::Protocol;
    const bool noTls = m_candidate.directTls
        && isOf(stop.error.code,
            { "not-tls"_L1, "timed-out"_L1, "tls-handshake-failed"_L1, "connection-closed"_L1 })
        && stop.step != DoctorStep::Protocol;
    if ((!silent && !noTls) || stop.tried != where() || left() < kWorthTrying) {
        lose(stop);
        return;
    }
    StreamVisit visit;
    visit.endpoint.host = m_candidate.host;
    visit.endpoint.port = m_candidate.port;
    visit.endpoint.security = silent ? Endpoint::Security::Tls : Endpoint::Security::Plain;
    visit.endpoint.certificateName = m_settings.domain();
    visit.to = m_settings.domain();
    visit.startTls = false;
    visit.limit = std::min(kOneServer, left());
    m_walk = std::make_unique<StreamWalk>(visit, m_context->services);
    m_walk->run([this, stop, silent](const StreamReport &report) {
        m_walk.release()->deleteLater(); // we stand in it
        const bool hasTls
            = report.secure || (report.error && report.error->code.startsWith("certificate-"_L1));
        Stop better = stop;
        if (silent && hasTls) {
            better.step = DoctorStep::Tls.toString();
            better.error = tlsFirst(where());
        } else if (!silent && report.plain.header) {
            better.step = DoctorStep::Tls.toString();
            better.error = tlsLater(where(), stop.error.detail);
        } else if (!silent && report.stage != StreamReport::Stage::Connecting
            && !speakerName(report.plain.speaker).isEmpty() && report.plain.speaker != Speaker::Tls
            && report.plain.speaker != Speaker::Other) {
            if (const auto error = answerError(report, where(), m_settings.domain())) {
                better.step = DoctorStep::Protocol.toString();
                better.error = *error;
            }
        }
        if (!silent && report.stage != StreamReport::Stage::Connecting
            && better.step == DoctorStep::Tcp) {
            better.step = DoctorStep::Tls.toString(); // the line itself was made
        }
        if (!better.error.fix.isEmpty() && !m_candidate.record.isEmpty()) {
            better.error.fix.insert(u"server"_s, m_candidate.host);
            better.error.fix.insert(u"port"_s, int { m_candidate.port });
        }
        lose(better);
    });
}

void ConnectionCheck::lose(const Stop &stop)
{
    tell({ .step = stop.step,
        .state = Finding::State::Failed,
        .tried = stop.tried,
        .answer = stop.error.detail,
        .error = stop.error });
    finish();
}

void ConnectionCheck::finish()
{
    if (m_answer.isAnswered()) {
        return;
    }
    m_guard.reset();
    m_walk.reset(); // its services may go with the context
    const Answer<QList<Finding>> answer = m_answer; // who hears it may let go of us
    answer.give(QList<Finding> {});
}

} // namespace linchpin::xmpp
