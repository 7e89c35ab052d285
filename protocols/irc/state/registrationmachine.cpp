// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/registrationmachine.h"

#include <algorithm>

namespace linchpin::irc {

using namespace Qt::StringLiterals;

namespace {

constexpr int kInventedNicks = 4; // tries after the configured ones, then the user is asked

const QList<QByteArray> &wantedCaps()
{
    static const QList<QByteArray> caps {
        "account-notify",
        "account-tag",
        "away-notify",
        "batch",
        "cap-notify",
        "chghost",
        "echo-message",
        "extended-join",
        "extended-monitor",
        "invite-notify",
        "labeled-response",
        "message-tags",
        "multi-prefix",
        "server-time",
        "setname",
        "standard-replies",
        "userhost-in-names",
    };
    return caps;
}

QList<QByteArray> capsFor(const RegistrationConfig &config)
{
    QList<QByteArray> caps = wantedCaps();
    if (config.sasl != SaslChoice::None
        && (!config.password.isEmpty() || config.hasClientCertificate)) {
        caps.append("sasl");
    }
    return caps;
}

bool has(const QByteArray &lower, QByteArrayView word)
{
    return lower.contains(word);
}

} // namespace

namespace {

struct Phrase {
    QByteArrayView words;
    QLatin1StringView code;
};

/// What servers say when they throw somebody out, in small letters; the first that fits counts.
/// From the sources of InspIRCd 3 and 4, UnrealIRCd 4 to 6, Solanum and ircd-hybrid, ircd2.11
/// (IRCnet), ircu (QuakeNet, Undernet), ngIRCd 26 and 27, and what Libera.Chat says of itself.
const QList<Phrase> &phrases()
{
    static const QList<Phrase> kPhrases {
        { "sasl", "sasl-required"_L1 }, // "SASL access only", "identify via SASL", "use of SASL"
        { "account required", "sasl-required"_L1 },
        { "registered account", "sasl-required"_L1 },
        // Before the bans: InspIRCd's connectban sets a Z-line and says why.
        { "throttled", "throttled"_L1 },
        { "too fast", "throttled"_L1 }, // "(re)connecting too fast"
        { "too many times in too short", "throttled"_L1 },
        { "reconnecting too", "throttled"_L1 },
        { "no more connections allowed", "too-many-connections"_L1 },
        { "no more local connections", "too-many-connections"_L1 },
        { "no more global connections", "too-many-connections"_L1 },
        { "too many user connections", "too-many-connections"_L1 },
        { "too many host connections", "too-many-connections"_L1 },
        { "too many local connections", "too-many-connections"_L1 },
        { "too many global connections", "too-many-connections"_L1 },
        { "too many connections", "too-many-connections"_L1 },
        { "too many unknown connections", "too-many-connections"_L1 },
        { "insecure connection", "tls-required"_L1 }, // UnrealIRCd: plaintext-policy
        { "secure connection", "tls-required"_L1 },
        { "tls required", "tls-required"_L1 },
        { "ssl required", "tls-required"_L1 },
        { "using ssl", "tls-required"_L1 },
        { "using tls", "tls-required"_L1 },
        { "ssl/tls", "tls-required"_L1 },
        { "bad password", "wrong-password"_L1 },
        { "password mismatch", "wrong-password"_L1 },
        { "password incorrect", "wrong-password"_L1 },
        { "password was incorrect", "wrong-password"_L1 }, // InspIRCd 4
        { "password is required", "wrong-password"_L1 },
        { "invalid password", "wrong-password"_L1 },
        { "access denied", "wrong-password"_L1 }, // ngIRCd
        { "banned", "banned"_L1 },
        { "k-lined", "banned"_L1 },
        { "k:lined", "banned"_L1 },
        { "g-lined", "banned"_L1 },
        { "g:lined", "banned"_L1 },
        { "z-lined", "banned"_L1 },
        { "z:lined", "banned"_L1 },
        { "d-lined", "banned"_L1 },
        { "q-lined", "banned"_L1 },
        { "kill line", "banned"_L1 },
        { "glined", "banned"_L1 }, // ircu
        { "akill", "banned"_L1 },
        { "autokill", "banned"_L1 },
        { "dnsbl", "banned"_L1 },
        { "blacklist", "banned"_L1 },
        { "listed in", "banned"_L1 },
        { "open proxy", "banned"_L1 },
        { "not welcome", "banned"_L1 },
        { "not authorized", "banned"_L1 },
        { "unauthorized", "banned"_L1 },
        { "unauthorised", "banned"_L1 },
        { "not allowed to connect", "banned"_L1 },
    };
    return kPhrases;
}

} // namespace

QLatin1StringView codeForWords(QByteArrayView words)
{
    const QByteArray lower = words.toByteArray().toLower();
    for (const Phrase &phrase : phrases()) {
        if (has(lower, phrase.words)) {
            return phrase.code;
        }
    }
    if (has(lower, "nickname") && (has(lower, "in use") || has(lower, "collision"))) {
        return "nick-in-use"_L1;
    }
    if (has(lower, "timeout") || has(lower, "timed out")) {
        return "timed-out"_L1;
    }
    return "server-fault"_L1;
}

RegistrationMachine::RegistrationMachine(RegistrationConfig config)
    : m_config(std::move(config))
    , m_caps(capsFor(m_config))
    , m_nick(m_config.nick)
{
    if (m_config.account.isEmpty()) {
        m_config.account = m_config.nick;
    }
}

RegistrationMachine::Effects RegistrationMachine::connected()
{
    if (m_config.startTls && !m_config.secure) {
        m_phase = Phase::StartingTls;
        return { SendLine { { "STARTTLS" } } };
    }
    return greet();
}

RegistrationMachine::Effects RegistrationMachine::tlsStarted()
{
    m_config.secure = true;
    return greet();
}

RegistrationMachine::Effects RegistrationMachine::greet()
{
    m_phase = Phase::Listing;
    Effects effects { SendLine { CapNegotiation::start() } };
    if (m_config.password.isEmpty()) {
        effects += introduce(false); // nothing to wait for
    }
    return effects;
}

RegistrationMachine::Effects RegistrationMachine::introduce(bool withPass)
{
    if (std::exchange(m_introduced, true)) {
        return {};
    }
    Effects effects;
    if (withPass && m_config.withPass && !m_config.password.isEmpty()) {
        effects.append(SendLine { { "PASS", { m_config.password } } });
    }
    effects.append(SendLine { { "NICK", { m_nick } } });
    effects.append(SendLine { { "USER", { m_config.user, "0", "*", m_config.realName } } });
    return effects;
}

RegistrationMachine::Effects RegistrationMachine::fail(
    QLatin1StringView code, QByteArrayView serverWords)
{
    m_phase = Phase::Failed;
    return { RegistrationFailed { code, serverWords.toByteArray() } };
}

void RegistrationMachine::noteWords(QByteArrayView words)
{
    m_lastWords = words.first(std::min<qsizetype>(words.size(), 512)).toByteArray();
}

RegistrationFailed RegistrationMachine::connectionLost() const
{
    if (!m_heardIrc) {
        return { "server-fault"_L1, {} };
    }
    return { codeForWords(m_lastWords), m_lastWords };
}

RegistrationMachine::Effects RegistrationMachine::garbage(QByteArrayView bytes)
{
    if (m_heardIrc || m_phase == Phase::Failed || m_phase == Phase::Done) {
        return {}; // one odd line among good ones is no reason to leave
    }
    return fail("wrong-protocol"_L1, bytes.first(std::min<qsizetype>(bytes.size(), 120)));
}

RegistrationMachine::Effects RegistrationMachine::capTimedOut()
{
    if (m_phase == Phase::StartingTls) {
        return fail("not-tls"_L1, {}); // ngIRCd 27 does not even say that it knows no STARTTLS
    }
    if (m_phase != Phase::Listing || m_capsAnswered) {
        return {};
    }
    return afterCaps();
}

RegistrationMachine::Effects RegistrationMachine::greetingTimedOut()
{
    if (m_phase != Phase::Greeted) {
        return {};
    }
    m_phase = Phase::Done;
    return { Registered { m_nick, m_authenticated,
        m_authenticated && m_mechanism ? m_mechanism->name() : QByteArray(), m_failedMechanism } };
}

RegistrationMachine::Effects RegistrationMachine::handle(const IrcMessage &message)
{
    if (m_phase == Phase::Failed || m_phase == Phase::Idle) {
        return {};
    }
    if (m_phase == Phase::Done) {
        Effects effects;
        for (const IrcCommand &command : m_caps.handle(message)) {
            effects.append(SendLine { command });
        }
        return effects;
    }
    const int numeric = message.numeric();
    if (!m_heardIrc && numeric >= 0 && !message.hasSource) {
        return garbage(message.verb); // "220 mail.example ESMTP" and its like
    }
    m_heardIrc = true;
    if (message.is("PING")) {
        return { SendLine { { "PONG", { message.last().toByteArray() } } } };
    }
    if (message.is("ERROR")) {
        const QByteArray earlier = m_lastWords;
        noteWords(message.last());
        QLatin1StringView code = codeForWords(m_lastWords);
        if (code == "server-fault"_L1 && !earlier.isEmpty()) {
            code = codeForWords(earlier); // the NOTICE before it said why
        }
        return fail(code, m_lastWords);
    }
    if (message.is("NOTICE")) {
        if (codeForWords(message.last()) == "sasl-required"_L1) {
            noteWords(message.last());
        }
        return {};
    }
    if (message.is("FAIL")) {
        // IRCv3 standard-replies: FAIL * ACCOUNT_REQUIRED_TO_CONNECT :…
        noteWords(message.last());
        if (message.param(1) == "ACCOUNT_REQUIRED_TO_CONNECT") {
            return fail("sasl-required"_L1, message.last());
        }
        return {};
    }
    if (message.is("CAP")) {
        m_capsAnswered = true;
        Effects effects;
        for (const IrcCommand &command : m_caps.handle(message)) {
            effects.append(SendLine { command });
        }
        if (!m_config.secure) {
            if (const std::optional<StsPolicy> sts = m_caps.sts();
                m_caps.isListed() && sts && sts->port) {
                m_phase = Phase::Failed;
                return { MoveToTls { *sts->port } };
            }
        }
        if (m_phase == Phase::Listing && m_caps.isListed()) {
            m_phase = Phase::Negotiating;
        }
        if (m_phase == Phase::Negotiating && m_caps.isSettled()) {
            effects += afterCaps();
        }
        return effects;
    }
    if (message.is("AUTHENTICATE")) {
        return handleSasl(message);
    }
    if (message.is("NICK") && m_phase >= Phase::Welcoming) {
        if (message.source.startsWith(m_nick)) {
            m_nick = message.param(0).toByteArray();
        }
        return {};
    }
    return numeric >= 0 ? handleNumeric(message, numeric) : Effects {};
}

/// Everything offered is settled, or the server knows no capabilities.
RegistrationMachine::Effects RegistrationMachine::afterCaps()
{
    if (m_caps.isEnabled("sasl")) {
        return beginSasl();
    }
    const bool demanded = m_config.sasl != SaslChoice::Auto && m_config.sasl != SaslChoice::None;
    if (demanded) {
        return fail("auth-scheme-unavailable"_L1, "the server offers no SASL");
    }
    // Where SASL worked before, its services may be away for a while: without an account then, but
    // the password is not shouted at whoever it is.
    Effects effects = introduce(!m_config.onlyScram || m_config.sasl != SaslChoice::Auto);
    return effects += endCaps();
}

RegistrationMachine::Effects RegistrationMachine::endCaps()
{
    m_phase = Phase::Welcoming;
    if (!m_capsAnswered) {
        return {};
    }
    return { SendLine { { "CAP", { "END" } } } };
}

QByteArray RegistrationMachine::chooseMechanism() const
{
    const QByteArray offered
        = m_caps.value("sasl").toUpper(); // empty in CAP 3.1: anything may be tried
    const QList<QByteArray> names = offered.split(',');
    const auto isThere
        = [&](const QByteArray &name) { return offered.isEmpty() || names.contains(name); };
    switch (m_config.sasl) {
    case SaslChoice::Plain:
        return isThere("PLAIN") ? "PLAIN"_ba : QByteArray();
    case SaslChoice::External:
        return isThere("EXTERNAL") ? "EXTERNAL"_ba : QByteArray();
    case SaslChoice::ScramSha256:
        return isThere("SCRAM-SHA-256") ? "SCRAM-SHA-256"_ba : QByteArray();
    case SaslChoice::None:
        return {};
    case SaslChoice::Auto:
        break;
    }
    if (m_config.hasClientCertificate
        && (names.contains("EXTERNAL") || m_config.password.isEmpty())) {
        return "EXTERNAL";
    }
    if (offered.isEmpty()) {
        return m_config.onlyScram ? "SCRAM-SHA-256"_ba : "PLAIN"_ba;
    }
    return strongestOf(names);
}

/// With a password, under Auto.
QByteArray RegistrationMachine::strongestOf(const QList<QByteArray> &names) const
{
    if (names.contains("SCRAM-SHA-256")) {
        return "SCRAM-SHA-256";
    }
    return names.contains("PLAIN") && !m_config.onlyScram ? "PLAIN"_ba : QByteArray();
}

RegistrationMachine::Effects RegistrationMachine::beginSasl()
{
    return startMechanism(chooseMechanism());
}

RegistrationMachine::Effects RegistrationMachine::startMechanism(const QByteArray &name)
{
    m_mechanism = makeSaslMechanism(name, { m_config.account, m_config.password, m_config.nonce });
    if (!m_mechanism) {
        const QByteArray offered = m_caps.value("sasl");
        const bool weaker = m_config.onlyScram && m_config.sasl == SaslChoice::Auto
            && offered.toUpper().split(',').contains("PLAIN");
        m_phase = Phase::Failed;
        return { RegistrationFailed { "auth-scheme-unavailable"_L1, "SASL " + offered, weaker } };
    }
    m_phase = Phase::Authenticating;
    m_inbox = SaslInbox();
    return { SendLine { { "AUTHENTICATE", { name } } } };
}

/// The server cannot do the mechanism (908), or does not know our certificate: another one of
/// @p names, never a weaker one than the server offers beside it.
RegistrationMachine::Effects RegistrationMachine::tryOther(
    const QList<QByteArray> &names, const IrcMessage &message)
{
    const QByteArray tried = m_mechanism->name();
    const QByteArray next = m_config.password.isEmpty() ? QByteArray() : strongestOf(names);
    const bool offeredStronger = tried.startsWith("SCRAM-") && next == "PLAIN";
    if (m_config.sasl != SaslChoice::Auto || !m_failedMechanism.isEmpty() || next.isEmpty()
        || next == tried || offeredStronger) {
        return fail(message.numeric() == 908 ? "auth-scheme-unavailable"_L1 : "wrong-password"_L1,
            message.numeric() == 908 ? message.param(1) : message.last());
    }
    m_failedMechanism = tried;
    return startMechanism(next);
}

RegistrationMachine::Effects RegistrationMachine::handleSasl(const IrcMessage &message)
{
    if (m_phase != Phase::Authenticating || !m_mechanism) {
        return {};
    }
    m_staleFailure = false;
    switch (m_inbox.add(message.param(0))) {
    case SaslInbox::Result::More:
        return {};
    case SaslInbox::Result::Broken:
        return fail("server-fault"_L1,
            "AUTHENTICATE "
                + message.param(0)
                    .first(std::min<qsizetype>(40, message.param(0).size()))
                    .toByteArray());
    case SaslInbox::Result::Complete:
        break;
    }
    const auto answer = m_mechanism->respond(m_inbox.take());
    if (!answer) {
        return fail("server-fault"_L1, answer.error());
    }
    Effects effects;
    for (const IrcCommand &line : authenticateLines(*answer)) {
        effects.append(SendLine { line });
    }
    return effects;
}

RegistrationMachine::Effects RegistrationMachine::handleNumeric(
    const IrcMessage &message, int numeric)
{
    switch (numeric) {
    case 1: // RPL_WELCOME
        m_nick = message.param(0).toByteArray();
        m_phase = Phase::Greeted;
        return {};
    case 376: // RPL_ENDOFMOTD
    case 422: // ERR_NOMOTD
        return greetingTimedOut();
    case 670: // RPL_STARTTLS
        return m_phase == Phase::StartingTls ? Effects { BeginTls {} } : Effects {};
    case 691: // ERR_STARTTLS
        return fail("not-tls"_L1, message.last());
    case 421: // ERR_UNKNOWNCOMMAND
        if (m_phase == Phase::StartingTls) {
            return fail("not-tls"_L1, message.last());
        }
        return message.param(1) == "CAP" && m_phase == Phase::Listing ? afterCaps() : Effects {};
    case 451: // ERR_NOTREGISTERED: some servers answer CAP or STARTTLS so
        if (m_phase == Phase::StartingTls) {
            return fail("not-tls"_L1, message.last());
        }
        return m_phase == Phase::Listing ? afterCaps() : Effects {};
    case 432: // ERR_ERRONEUSNICKNAME
    case 433: // ERR_NICKNAMEINUSE
    case 436: // ERR_NICKCOLLISION
    case 437: // ERR_UNAVAILRESOURCE
        return nextNick(message, numeric);
    case 463: // ERR_NOPERMFORHOST
    case 465: // ERR_YOUREBANNEDCREEP
        return fail(
            codeForWords(message.last()) == "sasl-required"_L1 ? "sasl-required"_L1 : "banned"_L1,
            message.last());
    case 464: // ERR_PASSWDMISMATCH
        return fail("wrong-password"_L1, message.last());
    case 903: // RPL_SASLSUCCESS
    case 907: // ERR_SASLALREADY
        if (m_phase != Phase::Authenticating) {
            return {};
        }
        if (!m_mechanism->isServerProven()) {
            return fail("server-fault"_L1, "the server claims success without its SCRAM proof");
        }
        m_authenticated = true;
        return introduce(false) += endCaps();
    case 902: // ERR_NICKLOCKED
        return fail("account-disabled"_L1, message.last());
    case 904: // ERR_SASLFAIL
        if (m_phase != Phase::Authenticating || std::exchange(m_staleFailure, false)) {
            return {};
        }
        if (m_mechanism->name() == "EXTERNAL") {
            // The account does not know our certificate; the password may do.
            return tryOther(m_caps.value("sasl").isEmpty()
                    ? QList<QByteArray> { "PLAIN" }
                    : m_caps.value("sasl").toUpper().split(','),
                message);
        }
        return fail("wrong-password"_L1, message.last());
    case 905: // ERR_SASLTOOLONG
        return m_phase == Phase::Authenticating ? fail("wrong-password"_L1, message.last())
                                                : Effects {};
    case 906: // ERR_SASLABORTED
        return m_phase == Phase::Authenticating ? fail("server-fault"_L1, message.last())
                                                : Effects {};
    case 908: // RPL_SASLMECHS: 904 follows where the mechanism is not among them
        if (m_phase == Phase::Authenticating) {
            const QList<QByteArray> names = message.param(1).toByteArray().toUpper().split(',');
            if (!names.contains(m_mechanism->name())) {
                const Effects effects = tryOther(names, message);
                m_staleFailure = m_phase == Phase::Authenticating;
                return effects;
            }
        }
        return {};
    default:
        return {};
    }
}

/// The nick is taken or not allowed: the alternates in turn, then the first with underscores.
RegistrationMachine::Effects RegistrationMachine::nextNick(const IrcMessage &message, int numeric)
{
    if (m_phase >= Phase::Greeted) {
        return {};
    }
    const int tried = m_nicksTried++;
    if (tried < m_config.alternateNicks.size()) {
        m_nick = m_config.alternateNicks[tried];
    } else if (tried < m_config.alternateNicks.size() + kInventedNicks && numeric != 432) {
        m_nick = m_config.nick + QByteArray(tried - m_config.alternateNicks.size() + 1, '_');
    } else {
        return fail(numeric == 432 ? "login-format"_L1 : "nick-in-use"_L1, message.last());
    }
    return { SendLine { { "NICK", { m_nick } } } };
}

} // namespace linchpin::irc
