// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/doctor/faultcertificates.h"

#include <QDateTime>
#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

QString nameOf(Flaw flaw)
{
    switch (flaw) {
    case Flaw::None:
        return u"good"_s;
    case Flaw::Expired:
        return u"expired"_s;
    case Flaw::NotYetValid:
        return u"early"_s;
    case Flaw::OtherName:
        return u"other"_s;
    case Flaw::SelfSigned:
        return u"self"_s;
    case Flaw::ForeignAuthority:
        return u"foreign"_s;
    case Flaw::Weak:
        return u"weak"_s;
    }
    return {};
}

QString days(int offset)
{
    return QDateTime::currentDateTimeUtc().addDays(offset).toString(u"yyyyMMddHHmmss'Z'"_s);
}

QByteArray contentOf(const QString &name)
{
    QFile file(name);
    if (!file.open(QIODevice::ReadOnly)) {
        qFatal("there is no %s", qPrintable(name));
    }
    return file.readAll();
}

} // namespace

FaultCertificates &FaultCertificates::shared()
{
    static FaultCertificates certificates;
    return certificates;
}

bool FaultCertificates::isPossible()
{
    return !QStandardPaths::findExecutable(u"openssl"_s).isEmpty();
}

FaultCertificates::FaultCertificates()
{
    makeAuthority(u"ca"_s);
    makeAuthority(u"foreign-ca"_s);
}

void FaultCertificates::openssl(const QStringList &arguments) const
{
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"openssl"_s, arguments);
    if (!process.waitForFinished(60000) || process.exitCode() != 0) {
        qFatal("openssl %s: %s", qPrintable(arguments.join(u' ')), process.readAll().constData());
    }
}

void FaultCertificates::makeAuthority(const QString &name) const
{
    openssl({ u"req"_s, u"-x509"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s,
        u"ec_paramgen_curve:P-256"_s, u"-nodes"_s, u"-keyout"_s, name + u".key"_s, u"-out"_s,
        name + u".pem"_s, u"-days"_s, u"30"_s, u"-subj"_s, u"/CN=Authority "_s + name, u"-addext"_s,
        u"basicConstraints=critical,CA:TRUE"_s });
}

QString FaultCertificates::made(Flaw flaw)
{
    const QString name = nameOf(flaw);
    const QString path = m_folder.filePath(name);
    if (QFile::exists(path + u".pem"_s)) {
        return path;
    }
    QFile extensions(path + u".ext"_s);
    if (!extensions.open(QIODevice::WriteOnly)) {
        qFatal("no temporary file");
    }
    const QByteArray names = flaw == Flaw::OtherName
        ? "DNS:mail.litware.test"_ba
        : "DNS:localhost,IP:127.0.0.1,DNS:litware.test,DNS:*.litware.test"_ba;
    extensions.write("subjectAltName=" + names + "\nbasicConstraints=CA:FALSE\n");
    extensions.close();
    const bool weak = flaw == Flaw::Weak;
    const QStringList key = weak
        ? QStringList { u"-newkey"_s, u"rsa:1024"_s }
        : QStringList { u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s };
    const QString subject
        = flaw == Flaw::OtherName ? u"/CN=mail.litware.test"_s : u"/CN=litware.test"_s;
    openssl(QStringList { u"req"_s } + key
        + QStringList { u"-nodes"_s, u"-keyout"_s, name + u".key"_s, u"-out"_s, name + u".csr"_s,
            u"-subj"_s, subject });
    QStringList dates { u"-not_before"_s, days(-2), u"-not_after"_s, days(28) };
    if (flaw == Flaw::Expired) {
        dates = { u"-not_before"_s, days(-40), u"-not_after"_s, days(-3) };
    } else if (flaw == Flaw::NotYetValid) {
        dates = { u"-not_before"_s, days(3), u"-not_after"_s, days(40) };
    }
    const QString authority = flaw == Flaw::ForeignAuthority ? u"foreign-ca"_s : u"ca"_s;
    const QStringList signer = flaw == Flaw::SelfSigned
        ? QStringList { u"-key"_s, name + u".key"_s }
        : QStringList { u"-CA"_s, authority + u".pem"_s, u"-CAkey"_s, authority + u".key"_s,
              u"-CAcreateserial"_s };
    openssl(QStringList { u"x509"_s, u"-req"_s, u"-in"_s, name + u".csr"_s } + signer
        + QStringList { u"-extfile"_s, name + u".ext"_s, u"-out"_s, name + u".pem"_s } + dates);
    return path;
}

QString FaultCertificates::certificateFile(Flaw flaw)
{
    return made(flaw) + u".pem"_s;
}

QString FaultCertificates::keyFile(Flaw flaw)
{
    return made(flaw) + u".key"_s;
}

QSslConfiguration FaultCertificates::server(Flaw flaw)
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    configuration.setLocalCertificate(QSslCertificate(contentOf(certificateFile(flaw)), QSsl::Pem));
    configuration.setPrivateKey(
        QSslKey(contentOf(keyFile(flaw)), flaw == Flaw::Weak ? QSsl::Rsa : QSsl::Ec, QSsl::Pem));
    return configuration;
}

QSslConfiguration FaultCertificates::outdatedServer()
{
    QSslConfiguration configuration = server(Flaw::None);
    QT_WARNING_PUSH
    QT_WARNING_DISABLE_DEPRECATED
    configuration.setProtocol(QSsl::TlsV1_0);
    QT_WARNING_POP
    configuration.setBackendConfigurationOption("CipherString"_ba, "DEFAULT:@SECLEVEL=0"_ba);
    return configuration;
}

} // namespace linchpin::test
