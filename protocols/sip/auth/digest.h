// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/requestauthenticator.h"

#include <QCryptographicHash>
#include <QHash>
#include <QString>

#include <optional>

namespace linchpin::sip {

struct DigestCredentials {
    QString user;
    QString password;
};

/// What goes into the response of a Digest answer, RFC 7616 3.4.1.
struct DigestInput {
    QCryptographicHash::Algorithm hash = QCryptographicHash::Md5;
    bool session = false; ///< algorithm ends in "-sess"
    QByteArray user; ///< UTF-8, as everything here
    QByteArray password;
    QByteArray realm;
    QByteArray method;
    QByteArray uri;
    QByteArray nonce;
    QByteArray clientNonce;
    QByteArray count; ///< eight hex digits
    bool withQop = true; ///< qop=auth; otherwise the short form of RFC 2069
};
/// The method is empty for what a server proves itself with (`rspauth`, RFC 7616 3.5).
QByteArray digestResponse(const DigestInput &input);

/// Digest of RFC 3261 22.4 and RFC 7616: MD5 and SHA-256, with and without -sess, qop=auth or none.
/// It proves who the client is in every request. Answers are not signed; the proof a server may
/// add (`rspauth`) is checked where there is one.
class DigestAuthenticator : public RequestAuthenticator {
public:
    DigestAuthenticator(DigestCredentials credentials, RandomBytes random, Asker asker);
    ~DigestAuthenticator() override;

    /// Which of several challenges to answer: 0 = cannot be answered, higher is stronger.
    static int strength(const AuthHeader &challenge);

    QByteArray scheme() const override;
    bool isEstablished() const override { return m_challenge.has_value(); }
    std::expected<Work, AuthError> begin(const AuthHeader &challenge) override;
    void finish(const QByteArray &) override { }
    void sign(SipMessage &request) override;
    std::expected<void, SignatureProblem> verify(const SipMessage &message) override;

private:
    DigestInput input() const;
    bool isProven(const SipParameters &info) const;

    DigestCredentials m_credentials;
    RandomBytes m_random;
    AuthHeaderNames m_names;
    std::optional<SipParameters> m_challenge;
    QByteArray m_clientNonce;
    quint32 m_count = 0;
    QHash<QByteArray, QByteArray> m_uris; ///< of the latest requests, by count: for `rspauth`
};

} // namespace linchpin::sip
