// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/doctor/streamverdict.h"

#include "protocols/xmpp/errors.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

using Kind = Error::Kind;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::xmpp::doctor", text);
}

Error make(Kind kind, const QString &code, const QString &title, const QString &detail,
    const QString &remedy)
{
    Error error;
    error.kind = kind;
    error.code = code;
    error.title = title;
    error.detail = detail;
    error.remedy = remedy;
    error.fatal = true;
    return error;
}

} // namespace

QString speakerName(Speaker speaker)
{
    switch (speaker) {
    case Speaker::Http:
        return tr("a web server (HTTP)");
    case Speaker::Ssh:
        return tr("an SSH server");
    case Speaker::Irc:
        return tr("an IRC server");
    case Speaker::Mail:
        return tr("a mail server");
    case Speaker::Sip:
        return tr("a SIP server");
    case Speaker::Tls:
        return tr("a server that wants TLS from the first byte");
    case Speaker::Other:
        return tr("something that is no XMPP server");
    case Speaker::Silent:
    case Speaker::Xmpp:
        break;
    }
    return {};
}

Error streamFaultError(const StreamFault &fault, const QString &where, const QString &domain)
{
    const QString words
        = fault.text.isEmpty() ? fault.condition : u"%1: %2"_s.arg(fault.condition, fault.text);
    const QString &condition = fault.condition;
    if (condition == "host-unknown"_L1 || condition == "host-gone"_L1
        || condition == "improper-addressing"_L1) {
        return make(Kind::NotFound, u"name-not-found"_s,
            tr("%1 does not serve %2.").arg(where, domain), words,
            tr("Check the part of the address after the @, and the server's name."));
    }
    if (condition == "see-other-host"_L1) {
        return make(Kind::Network, u"server-fault"_s,
            tr("%1 sends to another server: %2.").arg(where, fault.otherHost), words,
            tr("Set that server by hand if signing in does not find it."));
    }
    if (condition == "unsupported-version"_L1 || condition == "bad-format"_L1
        || condition == "not-well-formed"_L1 || condition == "xml-not-well-formed"_L1
        || condition == "invalid-xml"_L1 || condition == "invalid-namespace"_L1
        || condition == "bad-namespace-prefix"_L1 || condition == "restricted-xml"_L1
        || condition == "unsupported-encoding"_L1) {
        return make(Kind::Protocol, u"wrong-protocol"_s,
            tr("%1 and this program do not understand each other.").arg(where), words,
            tr("Check the port: servers talk to each other on another one (5269) than to people "
               "(5222)."));
    }
    if (condition == "policy-violation"_L1 || condition == "not-authorized"_L1) {
        return make(Kind::Forbidden, u"server-fault"_s,
            tr("%1 ended the connection by its rules.").arg(where), words,
            tr("Ask the server's administrator what the words mean."));
    }
    Error error = make(Kind::Network, u"server-fault"_s,
        condition == "system-shutdown"_L1 || condition == "reset"_L1
            ? tr("%1 is being restarted.").arg(where)
            : tr("%1 has trouble of its own.").arg(where),
        words, tr("Try again later; if it stays so, tell the server's administrator."));
    error.fatal = false;
    return error;
}

std::optional<Error> answerError(
    const StreamReport &report, const QString &where, const QString &domain)
{
    const StreamFacts &facts = report.facts();
    if (!report.asServer && (report.plain.serverStream || report.secured.serverStream)) {
        return make(Kind::Protocol, u"wrong-protocol"_s,
            tr("At %1 servers talk to each other; people sign in at another port.").arg(where),
            u"xmlns='jabber:server'"_s, tr("Leave the port empty, or set it to 5222."));
    }
    if (report.stage == StreamReport::Stage::Connecting
        || report.stage == StreamReport::Stage::Done) {
        return std::nullopt;
    }
    if (facts.speaker == Speaker::Tls) {
        Error error
            = make(Kind::Tls, u"tls-required"_s, tr("%1 wants TLS from the first byte.").arg(where),
                {}, tr("Set the connection type to TLS from the start."));
        error.fix = { { u"connection"_s, u"tls"_s } };
        return error;
    }
    if (facts.fault) {
        return streamFaultError(*facts.fault, where, domain);
    }
    if (!facts.header && facts.speaker != Speaker::Silent) {
        const QString who = speakerName(facts.speaker);
        return make(Kind::Protocol, u"wrong-protocol"_s,
            who.isEmpty() ? tr("%1 does not speak XMPP.").arg(where)
                          : tr("%1 does not speak XMPP: it is %2.").arg(where, who),
            facts.opening, tr("Check server, port and connection type."));
    }
    if (!facts.broken.isEmpty()) {
        return make(Kind::Protocol, u"server-fault"_s,
            tr("%1 sends XMPP that cannot be read.").arg(where),
            u"%1 (%2)"_s.arg(facts.broken, facts.opening), tr("Tell the server's administrator."));
    }
    if (report.timedOut) {
        Error error = make(Kind::Timeout, u"timed-out"_s,
            facts.header ? tr("%1 stopped answering.").arg(where)
                         : tr("%1 takes the connection but does not answer.").arg(where),
            {},
            report.secure ? tr("Check server and port; the service may be overloaded.")
                          : tr("Check server and port; a server that wants TLS from the first byte "
                               "looks like this too."));
        error.fatal = false;
        return error;
    }
    if (!report.error) {
        return std::nullopt;
    }
    Error error = make(Kind::Network, u"server-fault"_s,
        tr("%1 hangs up before it says what it offers.").arg(where), report.error->detail,
        tr("Check server, port and connection type; the service may be restarting."));
    error.fatal = false;
    return error;
}

Error noStartTlsError(const StreamReport &report, const QString &where, bool offeredBefore)
{
    if (report.plain.startTls) {
        return make(Kind::Tls, u"tls-required"_s,
            tr("%1 offers encryption but refuses to begin it.").arg(where),
            u"<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"_s,
            tr("The server's TLS is set up wrongly: tell its administrator. Your password is not "
               "sent without encryption."));
    }
    const QString offers
        = report.plain.mechanisms.isEmpty() ? QString() : report.plain.mechanisms.join(u", "_s);
    return make(Kind::Tls, u"tls-required"_s,
        offeredBefore
            ? tr("%1 offered encryption before and does not any more. Somebody on the way may be "
                 "taking it out.")
                  .arg(where)
            : tr("%1 offers no encryption.").arg(where),
        offers.isEmpty() ? u"no <starttls/>"_s : u"no <starttls/>, only %1"_s.arg(offers),
        tr("Nothing secret was sent. Ask the server's administrator, or try from another network: "
           "somebody between you and the server may have removed the offer."));
}

std::optional<Error> mechanismError(
    const QStringList &offered, const QStringList &allowed, const QString &chosen, bool onlyScram)
{
    const QString list = offered.join(u", "_s);
    const bool any = std::ranges::any_of(
        allowed, [&](const QString &mechanism) { return offered.contains(mechanism); });
    if (any) {
        return std::nullopt;
    }
    if (!chosen.isEmpty()) {
        Error error = make(Kind::Authentication, u"auth-scheme-unavailable"_s,
            tr("The server does not offer %1.").arg(chosen), list,
            tr("Set the authentication scheme to automatic."));
        error.fix = { { u"auth"_s, u"auto"_s } };
        return error;
    }
    if (onlyScram && (offered.contains("PLAIN"_L1) || offered.contains("DIGEST-MD5"_L1))) {
        return weakerThanBefore(list);
    }
    return make(Kind::Authentication, u"auth-scheme-unavailable"_s,
        offered.isEmpty() ? tr("The server offers no way to sign in.")
                          : tr("The server offers no way to sign in with a password that this "
                               "program knows."),
        list,
        tr("Ask the server's administrator which way to sign in is meant for programs like this "
           "one."));
}

} // namespace linchpin::xmpp
