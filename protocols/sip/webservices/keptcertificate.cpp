// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/keptcertificate.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSslCertificate>
#include <QtCrypto>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr int keyBits = 2048;
constexpr int secondsPerHour = 3600;

QByteArray derOf(const QString &pem)
{
    QByteArray body;
    for (const QString &line : pem.split(u'\n')) {
        if (!line.startsWith(u"-----")) {
            body += line.trimmed().toLatin1();
        }
    }
    return QByteArray::fromBase64(body);
}

QByteArray bytesOf(const QJsonObject &json, const QString &key)
{
    return QByteArray::fromBase64(json.value(key).toString().toLatin1());
}

} // namespace

bool KeptCertificate::isFor(const QString &wantedAddress, const QUrl &wantedService) const
{
    return address.compare(wantedAddress, Qt::CaseInsensitive) == 0 && service == wantedService;
}

bool KeptCertificate::isUsable(const QDateTime &now) const
{
    return !certificate.isNull() && notBefore <= now.addSecs(secondsPerHour)
        && certificate.notAfter > now.addSecs(secondsPerHour);
}

bool KeptCertificate::isDue(const QDateTime &now) const
{
    return now.secsTo(certificate.notAfter) < notBefore.secsTo(certificate.notAfter) / 8;
}

QString KeptCertificate::toSecret() const
{
    const QJsonObject json { { u"address"_s, address },
        { u"service"_s, service.toString(QUrl::FullyEncoded) },
        { u"certificate"_s, QString::fromLatin1(certificate.certificate.toBase64()) },
        { u"key"_s, QString::fromLatin1(certificate.privateKey.toBase64()) } };
    return QString::fromUtf8(QJsonDocument(json).toJson(QJsonDocument::Compact));
}

std::optional<KeptCertificate> KeptCertificate::fromSecret(const QString &secret)
{
    const QJsonObject json = QJsonDocument::fromJson(secret.toUtf8()).object();
    return make(bytesOf(json, u"certificate"_s), bytesOf(json, u"key"_s),
        json.value("address"_L1).toString(), QUrl(json.value("service"_L1).toString()));
}

std::optional<KeptCertificate> KeptCertificate::make(const QByteArray &certificate,
    const QByteArray &privateKey, const QString &address, const QUrl &service)
{
    const QSslCertificate read(certificate, QSsl::Der);
    if (read.isNull() || privateKey.isEmpty() || address.isEmpty()) {
        return std::nullopt;
    }
    KeptCertificate kept;
    kept.certificate = { certificate, privateKey, read.expiryDate().toUTC() };
    kept.notBefore = read.effectiveDate().toUTC();
    kept.address = address;
    kept.service = service;
    return kept;
}

std::expected<KeyAndRequest, QString> makeKeyAndRequest(const QString &commonName)
{
    if (!QCA::isSupported("csr") || !QCA::isSupported("rsa")) {
        return std::unexpected(
            u"QCA cannot make certificate requests: is qca-qt6-plugin-ossl there?"_s);
    }
    const QCA::PrivateKey key = QCA::KeyGenerator().createRSA(keyBits);
    if (key.isNull()) {
        return std::unexpected(u"QCA made no key"_s);
    }
    QCA::CertificateInfo subject;
    subject.insert(QCA::CommonName, commonName);
    QCA::CertificateOptions options(QCA::PKCS10);
    options.setInfo(subject);
    const QCA::CertificateRequest request(options, key);
    const QByteArray der = request.isNull() ? QByteArray() : request.toDER();
    const QByteArray keyDer = derOf(key.toPEM());
    if (der.isEmpty() || keyDer.isEmpty()) {
        return std::unexpected(u"QCA made no request"_s);
    }
    return KeyAndRequest { keyDer, der };
}

} // namespace linchpin::sip
