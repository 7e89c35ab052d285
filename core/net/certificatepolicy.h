// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"
#include "core/sdk/settingsschema.h"

#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslError>
#include <QSslKey>

#include <optional>

namespace linchpin {

/// Which servers an account trusts: the system's authorities, one of the user's own (`ca-file`), or
/// exactly one certificate (`pinned-certificate`); the oldest TLS it speaks (`minimum-tls`); and
/// the certificate it shows of itself (`client-certificate`, certificate and key in one PEM file).
/// A value; decides, opens nothing but these files.
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

    QSslConfiguration configuration(const QStringList &alpn = {}) const;

    /// Whether to go on with this peer: nothing, or why not. `errors` as Qt reported them; `name`
    /// is the name the certificate had to carry; `where` "host:port" for the detail. To be asked
    /// with and without errors: a pinned certificate refuses every other one.
    std::optional<Error> judge(const QList<QSslError> &errors, const QSslCertificate &peer,
        const QString &name, const QString &where) const;

    bool isPinned() const { return !m_pinned.isEmpty(); }

private:
    QList<QSslCertificate> m_extraAuthorities;
    QList<QSslCertificate> m_systemAuthorities; ///< only where there are extra ones
    QList<QSslCertificate> m_own; ///< our certificate first, then its chain; may be empty
    QSslKey m_ownKey;
    QByteArray m_pinned; ///< SHA-256, raw
    QSsl::SslProtocol m_minimum = QSsl::TlsV1_2OrLater;
    bool m_outdatedTls = false; ///< 1.0 or 1.1, by explicit exception
};

/// The fingerprint of `pinned-certificate`: hex, colons and spaces allowed; 32 bytes or nothing.
std::optional<QByteArray> fingerprintFromText(const QString &text);

} // namespace linchpin
