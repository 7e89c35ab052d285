// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/doctor/diagnosis.h"

#include <QCoreApplication>
#include <QSet>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::Doctor)
};

using State = Finding::State;

constexpr quint16 tlsPort = 5061;
constexpr quint16 edgePort = 443;
constexpr quint16 federationPort = 5061;
constexpr std::chrono::minutes toleratedSkew { 5 };

bool oneOf(const QString &code, std::initializer_list<QLatin1StringView> codes)
{
    return std::ranges::any_of(codes, [&code](QLatin1StringView one) { return code == one; });
}

QString placeOf(const ProbeQuestion &question)
{
    return question.tls ? u"%1:%2"_s.arg(question.host).arg(question.port)
                        : u"%1:%2 (TCP)"_s.arg(question.host).arg(question.port);
}

Finding failed(QStringView step, const QString &tried, const QString &answer, const Error &error)
{
    return { step.toString(), State::Failed, tried, answer, error };
}

QString wordsOf(const ProbeAnswer &answer)
{
    return answer.failure ? answer.failure->title
        : answer.sip      ? u"SIP/2.0 %1"_s.arg(answer.words)
                          : answer.words;
}

} // namespace

bool mayBeAnotherServer(const QString &code)
{
    return oneOf(code,
        { "name-not-found"_L1, "refused"_L1, "timed-out"_L1, "unreachable"_L1, "not-tls"_L1,
            "wrong-protocol"_L1, "tls-required"_L1, "tls-handshake-failed"_L1,
            "connection-closed"_L1, "not-implemented"_L1 });
}

bool mayBeAnotherPort(const QString &code)
{
    return oneOf(code,
        { "refused"_L1, "timed-out"_L1, "not-tls"_L1, "wrong-protocol"_L1, "tls-required"_L1,
            "tls-handshake-failed"_L1, "connection-closed"_L1 });
}

bool mayBeTheScheme(const QString &code)
{
    return code.startsWith(u"kerberos-") || code.startsWith(u"tls-dsk-")
        || oneOf(code,
            { "auth-scheme-unavailable"_L1, "wrong-password"_L1, "login-format"_L1,
                "single-sign-on-unavailable"_L1, "certificate-provisioning-failed"_L1,
                "web-ticket-failed"_L1, "certificate-refused"_L1, "clock-wrong"_L1 });
}

bool mayBeTheUserAgent(const QString &code)
{
    return oneOf(code, { "user-agent-rejected"_L1, "client-version-rejected"_L1, "forbidden"_L1 });
}

QList<ProbeQuestion> otherPorts(const Candidate &failed, const QString &address)
{
    QList<ProbeQuestion> questions;
    const auto add = [&](quint16 port, bool tls) {
        const bool known = std::ranges::any_of(
            questions, [&](const ProbeQuestion &q) { return q.port == port && q.tls == tls; });
        if (!known && (port != failed.port || tls != failed.tls)) {
            questions.append({ .address = address, .host = failed.host, .port = port, .tls = tls });
        }
    };
    add(failed.port, true);
    add(tlsPort, true);
    add(edgePort, true);
    add(failed.port, false);
    return questions;
}

std::optional<Finding> judgePorts(
    const Candidate &failedAt, const QList<Probed> &probed, const Error &failure)
{
    const auto better = std::ranges::find_if(
        probed, [](const Probed &p) { return p.question.tls && p.answer.sip; });
    if (better != probed.end()) {
        Error error = failure;
        const QString place = placeOf(better->question);
        const bool samePort = better->question.port == failedAt.port;
        error.code = samePort ? u"tls-required"_s : failure.code;
        error.title = samePort
            ? Text::tr("The server speaks SIP at %1, but only encrypted.").arg(place)
            : Text::tr("The server does not speak SIP at port %1, but at port %2 it does.")
                  .arg(failedAt.port)
                  .arg(better->question.port);
        error.remedy = samePort ? Text::tr("Set the connection type to TLS.")
                                : Text::tr("Set the port to %1.").arg(better->question.port);
        error.fatal = true;
        if (!samePort) {
            error.fix.insert(u"port"_s, better->question.port);
        }
        if (!failedAt.tls) {
            error.fix.insert(u"connection"_s, u"tls"_s);
        }
        return failed(DoctorStep::Protocol, place, wordsOf(better->answer), error);
    }
    const auto open = std::ranges::find_if(probed, [&](const Probed &p) {
        return !p.question.tls && p.question.port == failedAt.port && !p.answer.failure;
    });
    if (open == probed.end()) {
        return std::nullopt;
    }
    Error error = failure;
    if (open->answer.sip) {
        error.code = u"not-tls"_s;
        error.title = Text::tr("At port %1 the server speaks SIP only without encryption.")
                          .arg(failedAt.port);
        error.remedy = Text::tr("Ask the administrator for the port with TLS. On a network you "
                                "trust you may set the connection type to TCP.");
    } else if (open->answer.foreign != ForeignProtocol::Unknown
        && open->answer.foreign != ForeignProtocol::Tls) {
        error.code = u"wrong-protocol"_s;
        error.title
            = Text::tr("The server %1 answers in %2, not SIP.")
                  .arg(placeOf(open->question), QString::fromLatin1(nameOf(open->answer.foreign)));
        error.remedy = Text::tr("Check the server name and port; leave the server empty to have it "
                                "found automatically.");
    } else {
        return std::nullopt;
    }
    error.detail = open->answer.words;
    error.fatal = true;
    return failed(DoctorStep::Protocol, placeOf(open->question), wordsOf(open->answer), error);
}

std::optional<Finding> judgeRecords(
    const Probed &named, const QString &record, const Error &failure)
{
    if (!named.answer.sip) {
        return std::nullopt;
    }
    const QString place = placeOf(named.question);
    Error error = failure;
    error.remedy = Text::tr("The domain's records name another server, %1, and it answers. Leave "
                            "server and port empty to have it found.")
                       .arg(place);
    error.fatal = true;
    error.fix.insert(u"server"_s, QString());
    error.fix.insert(u"port"_s, 0);
    return failed(DoctorStep::Srv, record, u"%1: %2"_s.arg(place, wordsOf(named.answer)), error);
}

std::optional<Finding> judgeForeignRecord(const QString &record, const QString &domain)
{
    Error error;
    error.kind = Error::Kind::NotFound;
    error.code = u"no-srv-record"_s;
    error.title = Text::tr("%1 has no server of this kind, but one for XMPP.").arg(domain);
    error.detail = record;
    error.remedy = Text::tr("Set the account up as XMPP.");
    error.fatal = true;
    return failed(DoctorStep::Srv, record, {}, error);
}

std::optional<Finding> judgeUserAgents(const QList<Probed> &probed, const Error &failure)
{
    // A challenge, or an answer: the filter let it pass.
    const auto passes = std::ranges::find_if(probed, [](const Probed &p) {
        return p.answer.sip && !p.answer.versionRefused && p.answer.status != 403;
    });
    Error error = failure;
    error.fatal = true;
    error.fix.clear();
    if (passes != probed.end()) {
        const QString agent = QString::fromUtf8(passes->question.userAgent);
        error.code = u"user-agent-rejected"_s;
        error.title
            = Text::tr("The server lets in only certain programs; it accepts \"%1\".").arg(agent);
        error.remedy = Text::tr("Set the User-Agent to that, or leave it empty to have one that "
                                "works chosen.");
        error.fix.insert(u"user-agent"_s, agent);
        return failed(DoctorStep::UserAgent, agent, wordsOf(passes->answer), error);
    }
    const bool allRefused = !probed.isEmpty()
        && std::ranges::all_of(probed, [](const Probed &p) { return p.answer.versionRefused; });
    if (!allRefused) {
        return std::nullopt;
    }
    QStringList asked;
    for (const Probed &one : probed) {
        asked.append(QString::fromUtf8(one.question.userAgent));
    }
    error.code = u"client-version-rejected"_s;
    error.title = Text::tr("The server accepts none of the client versions this program knows of.");
    error.remedy = Text::tr("Ask the administrator which client versions are allowed and enter "
                            "that client's User-Agent in the account's advanced settings.");
    return failed(DoctorStep::UserAgent, asked.join(u'\n'), probed.first().answer.words, error);
}

QList<Finding> judgeSchemes(
    const Probed &probed, const QDateTime &now, const Error &failure, bool kerberosWanted)
{
    if (!probed.answer.sip) {
        return {};
    }
    const QString place = placeOf(probed.question);
    QList<Finding> findings { { DoctorStep::AuthenticationSchemes.toString(),
        probed.answer.schemes.isEmpty() ? State::Skipped : State::Ok, place,
        QString::fromLatin1(probed.answer.schemes.join(", ")), {} } };
    const QDateTime &date = probed.answer.date;
    if (!date.isValid()) {
        return findings;
    }
    Finding clock { DoctorStep::Clock.toString(), State::Ok, place, date.toString(Qt::ISODate),
        {} };
    const auto skew = std::chrono::abs(std::chrono::seconds(now.secsTo(date)));
    if (skew > toleratedSkew) {
        Error error;
        error.kind = Error::Kind::Authentication;
        error.code = u"clock-wrong"_s;
        error.title = Text::tr("This computer's clock differs from the server's by %n minute(s).",
            nullptr, int(std::chrono::duration_cast<std::chrono::minutes>(skew).count()));
        error.detail = failure.detail;
        error.remedy = Text::tr("Set this computer's clock and time zone.");
        error.fatal = true;
        clock.error = error;
        const bool matters = failure.code == u"clock-wrong"
            || (kerberosWanted && failure.code == u"auth-scheme-unavailable");
        clock.state = matters ? State::Failed : State::Warning;
    }
    findings.append(clock);
    return findings;
}

Finding judgeFederationRecord(const QString &domain, const QList<SrvTarget> &targets)
{
    const QString record = u"_sipfederationtls._tcp."_s + domain;
    Finding finding { DoctorStep::FederationSrv.toString(), State::Ok, record, {}, {} };
    Error error;
    error.kind = Error::Kind::NotFound;
    if (targets.isEmpty()) {
        error.code = u"federation-srv-missing"_s;
        error.title = Text::tr("%1 has no federation record.").arg(domain);
        error.detail = record;
        error.remedy
            = Text::tr("Other organisations cannot find it. The administrator has to add "
                       "the SRV record %1, port 5061, for each SIP domain; or each partner "
                       "has to name the Edge server in its allow list.")
                  .arg(record);
        finding.state = State::Failed;
        finding.error = error;
        return finding;
    }
    if (targets.first().host == "."_L1) { // RFC 2782
        error.kind = Error::Kind::Forbidden;
        error.code = u"federation-not-allowed"_s;
        error.fatal = true;
        error.title = Text::tr("%1 says by its record that it federates with nobody.").arg(domain);
        error.detail = record + u" → ."_s;
        error.remedy = Text::tr("If that is not meant, the administrator has to let the SRV record "
                                "%1 name the Edge server, port 5061.")
                           .arg(record);
        finding.answer = u"."_s;
        finding.state = State::Failed;
        finding.error = error;
        return finding;
    }
    QStringList named;
    for (const SrvTarget &target : targets) {
        named.append(u"%1:%2"_s.arg(target.host).arg(target.port));
    }
    finding.answer = named.join(u", "_s);
    const SrvTarget &first = targets.first();
    const QString host = first.host.toLower();
    const bool inside = host == domain || host.endsWith(u'.' + domain);
    if (inside && first.port == federationPort) {
        return finding;
    }
    finding.state = State::Warning;
    error.code = u"federation-not-allowed"_s;
    error.title = inside
        ? Text::tr("The federation record names port %1; partners expect 5061.").arg(first.port)
        : Text::tr("The federation record leads out of %1; partners may refuse it.").arg(domain);
    error.detail = finding.answer;
    error.remedy = inside
        ? Text::tr("The administrator has to name port 5061.")
        : Text::tr("The administrator has to name a server inside %1, the SIP domain.").arg(domain);
    finding.error = error;
    return finding;
}

Finding judgeFederationPort(const SrvTarget &target, const std::optional<Error> &failure)
{
    const QString place = u"%1:%2"_s.arg(target.host).arg(target.port);
    Finding finding { DoctorStep::FederationTcp.toString(), State::Ok, place, {}, {} };
    if (!failure) {
        return finding;
    }
    finding.state = State::Failed;
    finding.answer = failure->title;
    Error error = *failure;
    error.detail = failure->detail;
    if (failure->code == u"name-not-found") {
        error.code = u"srv-target-missing"_s;
        error.title
            = Text::tr("The federation record names %1, which does not exist.").arg(target.host);
        error.remedy = Text::tr("The administrator has to add an A record for it, or correct the "
                                "SRV record.");
    } else {
        error.code = u"federation-port-closed"_s;
        error.title = Text::tr("The federation port cannot be reached: %1.").arg(place);
        error.remedy
            = Text::tr("The administrator has to open TCP port %1 to the Edge server; your "
                       "own network's firewall may be in between, too.")
                  .arg(target.port);
    }
    finding.error = error;
    return finding;
}

Finding judgeFederationTls(const SrvTarget &target, const std::optional<Error> &failure)
{
    const QString place = u"%1:%2"_s.arg(target.host).arg(target.port);
    Finding finding { DoctorStep::FederationTls.toString(), State::Ok, place, {}, {} };
    if (!failure) {
        return finding;
    }
    if (failure->code == u"tls-handshake-failed" || failure->code == u"connection-closed") {
        finding.answer
            = Text::tr("wants a partner's certificate, as it should (%1)").arg(failure->detail);
        return finding;
    }
    Error error = *failure;
    error.fix.clear();
    finding.answer = failure->detail;
    if (failure->code == u"certificate-name-mismatch") {
        error.code = u"federation-certificate-mismatch"_s;
        error.title = Text::tr("The Edge server's certificate is not for %1.").arg(target.host);
        error.remedy = Text::tr("The administrator has to install one that carries the name of the "
                                "federation record's target.");
        finding.state = State::Failed;
    } else {
        // Partners may know a private authority; we do not.
        const bool foreign = failure->code == u"certificate-untrusted";
        finding.state = foreign ? State::Warning : State::Failed;
    }
    finding.error = error;
    return finding;
}

std::optional<Finding> judgePartnerNames(const QString &domain)
{
    if (domain != u"gmail.com" && domain != u"googlemail.com") {
        return std::nullopt;
    }
    const QString other = domain == u"gmail.com" ? u"googlemail.com"_s : u"gmail.com"_s;
    Error error;
    error.kind = Error::Kind::Forbidden;
    error.code = u"federation-not-allowed"_s;
    error.title
        = Text::tr("People at %1 may really be at %2: Google uses both names.").arg(domain, other);
    error.remedy = Text::tr("The administrator has to allow both domains at the Edge server and at "
                            "the XMPP gateway; try the address with %1, too. Google has ended "
                            "federation with other servers by XMPP.")
                       .arg(other);
    return Finding { DoctorStep::FederationSrv.toString(), State::Warning, domain, other, error };
}

} // namespace linchpin::sip
