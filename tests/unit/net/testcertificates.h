// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QSslCertificate>
#include <QSslKey>
#include <QString>
#include <QTemporaryDir>

namespace linchpin::test {

/// A certificate with its key, and files of both.
struct TestCertificate {
    QSslCertificate certificate;
    QSslKey key;
    QString file;
};

/// Certificates made with the openssl program when the test runs: good ones and ones that are wrong
/// in one way each. Valid for `server.test`.
class TestCertificates {
public:
    TestCertificates();

    static bool isPossible(); ///< whether there is an openssl program
    QString authorityFile() const { return m_folder.filePath(QStringLiteral("ca.pem")); }

    TestCertificate good() { return issue(QStringLiteral("good"), {}); }
    TestCertificate otherName();
    TestCertificate expired();
    TestCertificate notYetValid();
    TestCertificate selfSigned();
    TestCertificate weak(); ///< RSA 1024
    TestCertificate manyNames(); ///< three hundred, none of them `server.test`

private:
    TestCertificate issue(const QString &name, const QStringList &dates,
        const QString &host = QStringLiteral("server.test"), int bits = 2048,
        const QStringList &moreHosts = {});
    TestCertificate load(const QString &name) const;
    void openssl(const QStringList &arguments) const;

    QTemporaryDir m_folder;
};

} // namespace linchpin::test
