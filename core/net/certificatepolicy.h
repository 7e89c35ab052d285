// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/trustexceptions.h"
#include "core/sdk/result.h"
#include "core/sdk/settingsschema.h"

#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslError>
#include <QSslKey>

#include <optional>

namespace linchpin {

/// Which servers an account trusts: the system's authorities, one of the user's own (`ca-file`), or
/// exactly one certificate (`pinned-certificate`, of the server's own line, not of its web
/// services); what its user decided about single certificates; the oldest TLS it speaks
/// (`minimum-tls`); and the certificate it shows of itself (`client-certificate`, certificate and
/// key in one PEM file). A value; decides, opens nothing but these files.
class CertificatePolicy {
public:
    CertificatePolicy() = default;
    /// `invalid-setting` when a file cannot be used or the fingerprint is none.
    static Result<CertificatePolicy> fromSettings(const SettingValues &settings);

    /// Whether there are authorities of the user's own: then the system's must be set as well,
    /// since a configuration with some of its own looks up no others
    /// (core/sdk/systemauthorities.h).
    bool needsSystemAuthorities() const { return !m_extraAuthorities.isEmpty(); }
    void setSystemAuthorities(const QList<QSslCertificate> &authorities)
    {
        m_systemAuthorities = authorities;
    }

    /// What the user decided, and the time at which it has to hold.
    void setExceptions(const TrustExceptions &exceptions, const QDateTime &now)
    {
        m_exceptions = exceptions;
        m_now = now;
    }
    /// The same rules for another of the account's services.
    CertificatePolicy forService(TrustService service) const;
    TrustService service() const { return m_service; }

    QSslConfiguration configuration(const QStringList &alpn = {}) const;

    struct Judgement {
        std::optional<Error> doubt; ///< why not to go on
        bool usesException = false; ///< accepted, but only because the user said so
        std::optional<TrustException> before; ///< with doubt: another certificate was trusted
        bool isNever = false; ///< with doubt: the user said so
    };
    /// Whether to go on with this peer. `errors` are all that Qt reported; `name` is the name the
    /// certificate had to carry; `where` "host:port" for the detail. To be asked with and without
    /// errors: a pinned certificate refuses every other one.
    Judgement judge(const QList<QSslError> &errors, const QSslCertificate &peer,
        const QString &name, const QString &where) const;

    /// SHA-256, raw, of the certificate that the settings want for this service; empty = any.
    QByteArray pinned() const;

private:
    Error changedPin(const QSslCertificate &peer, const QString &name, const QString &where,
        const std::optional<TrustException> &before) const;

    QList<QSslCertificate> m_extraAuthorities;
    QList<QSslCertificate> m_systemAuthorities; ///< only where there are extra ones
    QList<QSslCertificate> m_own; ///< our certificate first, then its chain; may be empty
    QSslKey m_ownKey;
    QByteArray m_pinned; ///< SHA-256, raw
    QSsl::SslProtocol m_minimum = QSsl::TlsV1_2OrLater;
    bool m_outdatedTls = false; ///< 1.0 or 1.1, by explicit exception
    TrustExceptions m_exceptions;
    QDateTime m_now;
    TrustService m_service = TrustService::Connection;
};

/// The fingerprint of `pinned-certificate`: hex, colons and spaces allowed; 32 bytes or nothing.
std::optional<QByteArray> fingerprintFromText(const QString &text);

} // namespace linchpin
