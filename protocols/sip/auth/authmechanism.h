// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/randombytes.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <expected>

namespace linchpin::sip {

struct AuthError {
    enum class Code {
        MalformedToken, ///< the other side's token cannot be read
        Unsupported, ///< it asks for or lacks something without which we do not go on
        WrongCredentials, ///< user or password wrong: the same must not be tried again
        OutOfOrder, ///< a step that does not belong here
        Refused, ///< the other side broke the handshake off
        CipherRejected, ///< TLS-DSK: no version or cipher suite in common
        CertificateRefused, ///< TLS-DSK: the client's certificate was not accepted
        ServerUntrusted, ///< TLS-DSK: the server's certificate is not what it has to be
        NoTicket, ///< Single Sign-On: the desktop has no (valid) ticket
        NoRealm, ///< Kerberos: it cannot be told which realm to ask, or there is none of that name
        Unreachable, ///< Kerberos: nobody answers for the realm
        UnknownUser, ///< Kerberos: the realm does not know the login
        UnknownService, ///< Kerberos: the realm does not know the messaging server
        ClockSkew, ///< Kerberos: the clocks differ by more than five minutes
        AccountUnusable, ///< disabled, locked, or the password has to be changed
        NotInstalled, ///< a part of the system is missing, or nobody is logged on with it
    };

    Code code = Code::MalformedToken;
    QString detail; ///< plain sentence for logs, not translated
    friend bool operator==(const AuthError &, const AuthError &) = default;
};

/// One side of a security association of [MS-SIPAE]: a handshake of opaque tokens, then signatures
/// over byte buffers. NTLM, Kerberos, TLS-DSK and SSPI fit; both client and server sides do.
class AuthMechanism {
public:
    AuthMechanism() = default;
    AuthMechanism(const AuthMechanism &) = delete;
    AuthMechanism &operator=(const AuthMechanism &) = delete;
    virtual ~AuthMechanism() = default;

    /// As it stands in the headers and in the signature buffer: "NTLM", "Kerberos", "TLS-DSK".
    virtual QByteArray scheme() const = 0;
    /// Feeds the other side's token (empty for the first step) and gives ours. An empty answer
    /// together with isComplete() means nothing more is to be sent.
    virtual std::expected<QByteArray, AuthError> step(const QByteArray &token) = 0;
    virtual bool isComplete() const = 0;
    /// step() may wait for the network (a Kerberos server): run it where nobody minds, and touch
    /// nothing else of this object meanwhile. Everything else returns at once.
    virtual bool mayBlock() const { return false; }
    /// When what the association rests on (ticket, certificate) ends, UTC; invalid if never.
    virtual QDateTime expiry() const { return {}; }

    /// Raw signature bytes; empty before the handshake is complete.
    virtual QByteArray sign(QByteArrayView bytes) = 0;
    virtual bool verify(QByteArrayView bytes, QByteArrayView signature) = 0;
};

} // namespace linchpin::sip
