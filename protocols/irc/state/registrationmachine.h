// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/state/capnegotiation.h"
#include "protocols/irc/state/sasl.h"
#include "protocols/irc/wire/ircparser.h"

#include <QLatin1StringView>

#include <memory>
#include <variant>

namespace linchpin::irc {

enum class SaslChoice { Auto, None, Plain, External, ScramSha256 };

/// Everything signing in needs to know; all text already encoded for the wire.
struct RegistrationConfig {
    QByteArray nick;
    QList<QByteArray> alternateNicks;
    QByteArray user;
    QByteArray realName;
    QByteArray account; ///< For SASL; empty means the nick.
    QByteArray password;
    SaslChoice sasl = SaslChoice::Auto;
    bool hasClientCertificate = false;
    bool startTls = false; ///< Ask for TLS on the plain connection before anything else.
    bool secure = false; ///< The connection is TLS already.
    bool withPass = true; ///< PASS when SASL does not use the password up.
    /// This server could do SCRAM before: with Auto the password itself is not given to it any
    /// more, neither by PLAIN nor by PASS.
    bool onlyScram = false;
    QByteArray nonce; ///< See SaslCredentials.
};

/// Write this line now, past the flood brake.
struct SendLine {
    IrcCommand command;
};
/// Begin the TLS handshake and call tlsStarted() after it.
struct BeginTls { };
/// The server insists on TLS at this port (IRCv3 sts): connect there instead.
struct MoveToTls {
    quint16 port = 0;
};
/// Signed in: the server's burst of greetings ended.
struct Registered {
    QByteArray nick; ///< The one the server gave us.
    bool authenticated = false; ///< SASL succeeded.
    QByteArray mechanism; ///< With which.
    QByteArray failedMechanism; ///< That was tried before it, and that the server could not do.
};
/// Signing in failed for good; close the connection.
struct RegistrationFailed {
    QLatin1StringView code; ///< A stable word of the doctor's list.
    QByteArray serverWords;
    bool weakerThanBefore = false; ///< The server offers less than it did: see onlyScram.
};
using RegistrationEffect
    = std::variant<SendLine, BeginTls, MoveToTls, Registered, RegistrationFailed>;

/**
 * The sign-in, from the open connection to the end of the greetings: STARTTLS, CAP, SASL, PASS,
 * NICK, USER and everything a server may answer (RFC 2812 3.1, IRCv3 capability-negotiation and
 * sasl-3.2).
 *
 * Pure: lines and timeouts in, effects out. The account's password is written only when the server
 * offers SASL, or when it does not and PASS is allowed; never before the TLS the user asked for
 * stands.
 */
class RegistrationMachine {
public:
    using Effects = QList<RegistrationEffect>;
    enum class Phase {
        Idle,
        StartingTls,
        Listing,
        Negotiating,
        Authenticating,
        Welcoming,
        Greeted,
        Done,
        Failed
    };

    explicit RegistrationMachine(RegistrationConfig config);

    Phase phase() const { return m_phase; }
    const CapNegotiation &caps() const { return m_caps; }
    /// The nick asked for last, or the one the server gave.
    const QByteArray &nick() const { return m_nick; }

    Effects connected();
    Effects tlsStarted();
    /// Any line; once Done, only CAP lines (cap-notify) still matter.
    Effects handle(const IrcMessage &message);
    /// The server sent something that is no IRC.
    Effects garbage(QByteArrayView bytes);
    /// The server has not answered CAP LS (or STARTTLS) for a few seconds: it knows nothing of it.
    Effects capTimedOut();
    /// The greeting has not ended in time: 001 was enough.
    Effects greetingTimedOut();
    /// The connection ended during sign-in; translates a last ERROR into a code.
    RegistrationFailed connectionLost() const;

private:
    Effects fail(QLatin1StringView code, QByteArrayView serverWords);
    Effects greet();
    Effects introduce(bool withPass);
    Effects afterCaps();
    Effects beginSasl();
    Effects handleSasl(const IrcMessage &message);
    Effects handleNumeric(const IrcMessage &message, int numeric);
    Effects nextNick(const IrcMessage &message, int numeric);
    Effects endCaps();
    QByteArray chooseMechanism() const;
    QByteArray strongestOf(const QList<QByteArray> &names) const;
    Effects startMechanism(const QByteArray &name);
    Effects tryOther(const QList<QByteArray> &names, const IrcMessage &message);
    void noteWords(QByteArrayView words);

    RegistrationConfig m_config;
    CapNegotiation m_caps;
    std::unique_ptr<SaslMechanism> m_mechanism;
    SaslInbox m_inbox;
    Phase m_phase = Phase::Idle;
    QByteArray m_nick;
    QByteArray m_lastWords; ///< The server's latest complaint, for connectionLost().
    int m_nicksTried = 0;
    bool m_introduced = false;
    bool m_authenticated = false;
    bool m_heardIrc = false;
    bool m_capsAnswered = false;
    QByteArray m_failedMechanism;
    bool m_staleFailure = false; ///< The 904 to come belongs to the mechanism before.
};

/// The code for what a server says when it throws somebody out ("Closing Link: … (K-Lined)").
QLatin1StringView codeForWords(QByteArrayView words);

} // namespace linchpin::irc
