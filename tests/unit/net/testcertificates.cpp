// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/unit/net/testcertificates.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace linchpin::test {

bool TestCertificates::isPossible()
{
    return !QStandardPaths::findExecutable(u"openssl"_s).isEmpty();
}

void TestCertificates::openssl(const QStringList &arguments) const
{
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"openssl"_s, arguments);
    if (!process.waitForFinished(60000) || process.exitCode() != 0) {
        qFatal("openssl %s: %s", qPrintable(arguments.join(u' ')), process.readAll().constData());
    }
}

TestCertificates::TestCertificates()
{
    openssl({ u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-keyout"_s,
        u"ca.key"_s, u"-out"_s, u"ca.pem"_s, u"-days"_s, u"3650"_s, u"-subj"_s,
        u"/CN=Test Authority"_s, u"-addext"_s, u"basicConstraints=critical,CA:TRUE"_s });
}

TestCertificate TestCertificates::load(const QString &name) const
{
    TestCertificate loaded;
    loaded.file = m_folder.filePath(name + u".pem"_s);
    QFile certificate(loaded.file);
    QFile key(m_folder.filePath(name + u".key"_s));
    if (!certificate.open(QIODevice::ReadOnly) || !key.open(QIODevice::ReadOnly)) {
        qFatal("openssl made no %s", qPrintable(name));
    }
    loaded.certificate = QSslCertificate(&certificate, QSsl::Pem);
    loaded.key = QSslKey(&key, QSsl::Rsa);
    return loaded;
}

TestCertificate TestCertificates::issue(const QString &name, const QStringList &dates,
    const QString &host, int bits, const QStringList &moreHosts)
{
    QFile extensions(m_folder.filePath(name + u".ext"_s));
    if (!extensions.open(QIODevice::WriteOnly)) {
        qFatal("no temporary file");
    }
    const QStringList hosts = QStringList { host } + moreHosts;
    extensions.write(
        "subjectAltName=DNS:" + hosts.join(u",DNS:"_s).toUtf8() + "\nbasicConstraints=CA:FALSE\n");
    extensions.close();
    openssl({ u"req"_s, u"-newkey"_s, u"rsa:%1"_s.arg(bits), u"-nodes"_s, u"-keyout"_s,
        name + u".key"_s, u"-out"_s, name + u".csr"_s, u"-subj"_s, u"/CN="_s + host });
    openssl(QStringList { u"x509"_s, u"-req"_s, u"-in"_s, name + u".csr"_s, u"-CA"_s, u"ca.pem"_s,
                u"-CAkey"_s, u"ca.key"_s, u"-CAcreateserial"_s, u"-extfile"_s, name + u".ext"_s,
                u"-out"_s, name + u".pem"_s }
        + (dates.isEmpty() ? QStringList { u"-days"_s, u"30"_s } : dates));
    return load(name);
}

TestCertificate TestCertificates::otherName()
{
    return issue(u"other"_s, {}, u"other.test"_s);
}

TestCertificate TestCertificates::expired()
{
    return issue(u"expired"_s,
        { u"-not_before"_s, u"20200101000000Z"_s, u"-not_after"_s, u"20210101000000Z"_s });
}

TestCertificate TestCertificates::notYetValid()
{
    return issue(u"early"_s,
        { u"-not_before"_s, u"20950101000000Z"_s, u"-not_after"_s, u"20960101000000Z"_s });
}

TestCertificate TestCertificates::weak()
{
    return issue(u"weak"_s, {}, u"server.test"_s, 1024);
}

TestCertificate TestCertificates::manyNames()
{
    QStringList names;
    for (int i = 1; i < 300; ++i) {
        names.append(u"customer-number-%1.hoster.test"_s.arg(i));
    }
    return issue(u"many"_s, {}, u"hoster.test"_s, 2048, names);
}

TestCertificate TestCertificates::selfSigned()
{
    openssl({ u"req"_s, u"-x509"_s, u"-newkey"_s, u"rsa:2048"_s, u"-nodes"_s, u"-keyout"_s,
        u"self.key"_s, u"-out"_s, u"self.pem"_s, u"-days"_s, u"30"_s, u"-subj"_s,
        u"/CN=server.test"_s, u"-addext"_s, u"subjectAltName=DNS:server.test"_s });
    return load(u"self"_s);
}

} // namespace linchpin::test
