// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/wire/ircserializer.h"

#include <QByteArray>
#include <QList>

#include <expected>
#include <memory>

namespace linchpin::irc {

/// What SASL proves who we are with.
struct SaslCredentials {
    QByteArray account;
    QByteArray password;
    QByteArray nonce; ///< Random, printable, without comma: SCRAM's client nonce.
};

/// The client's side of one SASL mechanism: bytes of the server in, bytes to it out (RFC 4422).
class SaslMechanism {
public:
    virtual ~SaslMechanism() = default;
    virtual QByteArray name() const = 0;
    /// The answer to @p challenge (empty at first), or an untranslated reason why the server is not
    /// to be believed.
    virtual std::expected<QByteArray, QByteArray> respond(const QByteArray &challenge) = 0;
    /// Whether the server's success may be believed: SCRAM wants its proof first.
    virtual bool isServerProven() const { return true; }
};

/// PLAIN, EXTERNAL or SCRAM-SHA-256; null for a name we do not speak.
std::unique_ptr<SaslMechanism> makeSaslMechanism(
    const QByteArray &name, const SaslCredentials &credentials);

/// AUTHENTICATE lines for @p data: base64 in pieces of 400, "+" for nothing and after a full last
/// piece (IRCv3 sasl-3.1).
QList<IrcCommand> authenticateLines(const QByteArray &data);

/// Puts the server's AUTHENTICATE pieces together; bounded.
class SaslInbox {
public:
    enum class Result { More, Complete, Broken };
    Result add(QByteArrayView piece);
    /// The challenge after Complete; empties the box.
    QByteArray take() { return std::exchange(m_decoded, {}); }

private:
    QByteArray m_base64;
    QByteArray m_decoded;
};

} // namespace linchpin::irc
