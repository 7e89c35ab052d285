// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QSslConfiguration>
#include <QTemporaryDir>

namespace linchpin::test {

/// What is wrong with a certificate.
enum class Flaw {
    None,
    Expired,
    NotYetValid, ///< from in three days on
    OtherName, ///< for mail.litware.test alone
    SelfSigned,
    ForeignAuthority, ///< of an authority nobody trusts
    Weak, ///< RSA 1024; only OpenSslServer shows it
};

/// Certificates for localhost, 127.0.0.1 and litware.test with all that is below it, made with the
/// openssl program: a good one and those that are wrong in one way each. Made once a process.
class FaultCertificates {
public:
    static FaultCertificates &shared();
    static bool isPossible(); ///< whether there is an openssl program

    QString authorityFile() const { return m_folder.filePath(QStringLiteral("ca.pem")); }
    /// For a server that shows that certificate.
    QSslConfiguration server(Flaw flaw);
    /// A server with a good certificate that speaks nothing newer than TLS 1.0.
    QSslConfiguration outdatedServer();
    QString certificateFile(Flaw flaw); ///< PEM
    QString keyFile(Flaw flaw); ///< PEM

private:
    FaultCertificates();
    QString made(Flaw flaw);
    void makeAuthority(const QString &name) const;
    void openssl(const QStringList &arguments) const;

    QTemporaryDir m_folder;
};

} // namespace linchpin::test
