// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/certificatepolicy.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QFile>
#include <QLocale>
#include <QSslSocket>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kMostNames = 10; // of a certificate, for the detail
constexpr qsizetype kLongestName = 100;
const QString kPinMismatch = u"certificate-pin-mismatch"_s;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::CertificatePolicy", text);
}

Error settingError(const QString &title, const QString &detail)
{
    Error error;
    error.kind = Error::Kind::Tls;
    error.code = u"invalid-setting"_s;
    error.title = title;
    error.detail = detail;
    error.fatal = true;
    return error;
}

/// The private key of a PEM file, whatever its kind; null when there is none or it is encrypted.
QSslKey keyFromPem(const QByteArray &pem)
{
    for (const QSsl::KeyAlgorithm algorithm : { QSsl::Ec, QSsl::Rsa, QSsl::Dsa }) {
        QSslKey key(pem, algorithm);
        if (!key.isNull()) {
            return key;
        }
    }
    return {};
}

enum class Doubt { Revoked, Weak, Untrusted, Name, Expired, NotYetValid };

Doubt doubtOf(const QSslError &error)
{
    switch (error.error()) {
    case QSslError::CertificateExpired:
        return Doubt::Expired;
    case QSslError::CertificateNotYetValid:
        return Doubt::NotYetValid;
    case QSslError::HostNameMismatch:
    case QSslError::SubjectIssuerMismatch:
        return Doubt::Name;
    case QSslError::CertificateRevoked:
    case QSslError::CertificateBlacklisted:
        return Doubt::Revoked;
    default:
        // Qt has no word for OpenSSL's X509_V_ERR_EE_KEY_TOO_SMALL and its sisters.
        if (error.errorString().contains("too weak"_L1, Qt::CaseInsensitive)
            || error.errorString().contains("too small"_L1, Qt::CaseInsensitive)) {
            return Doubt::Weak;
        }
        return Doubt::Untrusted;
    }
}

/// Below what any certificate of this century should be, whatever OpenSSL's security level says.
bool isWeak(const QSslCertificate &certificate)
{
    const QSslKey key = certificate.publicKey();
    switch (key.algorithm()) {
    case QSsl::Rsa:
    case QSsl::Dsa:
        return key.length() > 0 && key.length() < 2048;
    case QSsl::Ec:
        return key.length() > 0 && key.length() < 224;
    default:
        return false;
    }
}

QString hexOf(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toHex());
}

/// The first names of a certificate, which may have hundreds.
QString namesOf(const QSslCertificate &certificate)
{
    const QStringList all(certificate.subjectAlternativeNames().values());
    QStringList names;
    for (const QString &name : all.first(std::min(all.size(), kMostNames))) {
        names.append(name.left(kLongestName));
    }
    if (all.size() > kMostNames) {
        names.append(u"… (%1)"_s.arg(all.size()));
    }
    return names.join(", "_L1);
}

/// "valid 2026-01-31 to 2027-01-31"; for the detail, which is not translated.
QString datesOf(const QSslCertificate &certificate)
{
    return u"valid %1 to %2"_s.arg(certificate.effectiveDate().date().toString(Qt::ISODate),
        certificate.expiryDate().date().toString(Qt::ISODate));
}

} // namespace

std::optional<QByteArray> fingerprintFromText(const QString &text)
{
    QString hex = text;
    hex.remove(u':').remove(u' ');
    const bool isHex = hex.size() == 64 && std::ranges::all_of(hex, [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
    });
    if (!isHex) {
        return std::nullopt;
    }
    return QByteArray::fromHex(hex.toLatin1());
}

Result<CertificatePolicy> CertificatePolicy::fromSettings(const SettingValues &settings)
{
    CertificatePolicy policy;
    const QString caFile = settings.text(u"ca-file"_s);
    if (!caFile.isEmpty()) {
        QFile file(caFile);
        if (!file.open(QIODevice::ReadOnly)) {
            return std::unexpected(
                settingError(tr("The file of trusted authorities cannot be read."),
                    u"%1: %2"_s.arg(caFile, file.errorString())));
        }
        policy.m_extraAuthorities
            = QSslCertificate::fromData(file.read(qint64 { 8 } << 20), QSsl::Pem);
        if (policy.m_extraAuthorities.isEmpty()) {
            return std::unexpected(settingError(
                tr("The file of trusted authorities holds no PEM certificate."), caFile));
        }
    }
    const QString own = settings.text(u"client-certificate"_s);
    if (!own.isEmpty()) {
        QFile file(own);
        const QByteArray pem
            = file.open(QIODevice::ReadOnly) ? file.read(qint64 { 1 } << 20) : QByteArray();
        policy.m_own = QSslCertificate::fromData(pem, QSsl::Pem);
        policy.m_ownKey = keyFromPem(pem);
        if (policy.m_own.isEmpty() || policy.m_ownKey.isNull()) {
            return std::unexpected(settingError(
                tr("The client certificate's file must hold a certificate and its key (PEM)."),
                own));
        }
    }
    const QString pinned = settings.text(u"pinned-certificate"_s);
    if (!pinned.isEmpty()) {
        const auto fingerprint = fingerprintFromText(pinned);
        if (!fingerprint) {
            return std::unexpected(settingError(
                tr("The pinned certificate is not a SHA-256 fingerprint (64 hex digits)."),
                pinned));
        }
        policy.m_pinned = *fingerprint;
    }
    const QString minimum = settings.text(u"minimum-tls"_s);
    if (minimum == "1.3"_L1) {
        policy.m_minimum = QSsl::TlsV1_3OrLater;
    } else if (minimum == "1.1"_L1 || minimum == "1.0"_L1) {
        QT_WARNING_PUSH
        QT_WARNING_DISABLE_DEPRECATED
        policy.m_minimum = minimum == "1.1"_L1 ? QSsl::TlsV1_1OrLater : QSsl::TlsV1_0OrLater;
        QT_WARNING_POP
        policy.m_outdatedTls = true;
    }
    return policy;
}

QSslConfiguration CertificatePolicy::configuration(const QStringList &alpn) const
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(m_minimum);
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (!m_extraAuthorities.isEmpty()) {
        configuration.setCaCertificates(m_systemAuthorities + m_extraAuthorities);
    }
    if (!m_own.isEmpty()) {
        configuration.setLocalCertificateChain(m_own);
        configuration.setPrivateKey(m_ownKey);
    }
    if (m_outdatedTls) {
        // OpenSSL 3 leaves TLS 1.0 and 1.1 out of every security level above 0.
        configuration.setBackendConfigurationOption("CipherString"_ba, "DEFAULT:@SECLEVEL=0"_ba);
    }
    if (!alpn.isEmpty()) {
        QList<QByteArray> names;
        for (const QString &name : alpn) {
            names.append(name.toLatin1());
        }
        configuration.setAllowedNextProtocols(names);
    }
    return configuration;
}

CertificatePolicy CertificatePolicy::forService(TrustService service) const
{
    CertificatePolicy other = *this;
    other.m_service = service;
    return other;
}

QByteArray CertificatePolicy::pinned() const
{
    return m_service == TrustService::Connection ? m_pinned : QByteArray();
}

Error CertificatePolicy::changedPin(const QSslCertificate &peer, const QString &name,
    const QString &where, const std::optional<TrustException> &before) const
{
    Error error;
    error.kind = Error::Kind::Tls;
    error.fatal = true;
    error.code = kPinMismatch;
    const QString now
        = u"%1 (%2)"_s.arg(hexOf(peer.digest(QCryptographicHash::Sha256)), datesOf(peer));
    if (before) {
        error.title = tr("The certificate of %1 has CHANGED since you trusted it. Somebody may be "
                         "listening in.")
                          .arg(name);
        const QSslCertificate old(before->certificate, QSsl::Der);
        error.detail = u"%1: trusted on %2: SHA-256 %3 (%4); shown now: SHA-256 %5"_s.arg(where,
            before->made.date().toString(Qt::ISODate), hexOf(before->sha256()), datesOf(old), now);
    } else {
        error.title = tr("The certificate of %1 has CHANGED: it is not the one this account pins. "
                         "Somebody may be listening in.")
                          .arg(name);
        error.detail
            = u"%1: pinned: SHA-256 %2; shown now: SHA-256 %3"_s.arg(where, hexOf(m_pinned), now);
    }
    error.remedy = tr("Ask the server's operator whether the certificate was replaced, and compare "
                      "the fingerprint before you trust the new one.");
    return error;
}

CertificatePolicy::Judgement CertificatePolicy::judge(const QList<QSslError> &errors,
    const QSslCertificate &peer, const QString &name, const QString &where) const
{
    const QByteArray fingerprint = peer.digest(QCryptographicHash::Sha256);
    const TrustExceptions::Answer said = peer.isNull()
        ? TrustExceptions::Answer {}
        : m_exceptions.ask(m_service, trustName(name), fingerprint, m_now);
    QList<Doubt> doubts;
    QStringList words;
    for (const QSslError &sslError : errors) {
        doubts.append(doubtOf(sslError));
        if (!words.contains(sslError.errorString())) {
            words.append(sslError.errorString());
        }
    }
    if (!peer.isNull() && isWeak(peer)) {
        doubts.append(Doubt::Weak);
        words.append(u"key of %1 bits"_s.arg(peer.publicKey().length()));
    }
    const bool isRevoked = doubts.contains(Doubt::Revoked);
    const bool isTrusted = said.word == TrustExceptions::Word::Trusted && !isRevoked;
    if (!pinned().isEmpty() && !isRevoked) {
        // What was decided about other certificates before there was the pin does not go round it.
        const bool isInsteadOfPin
            = isTrusted && said.exception && said.exception->reason == kPinMismatch;
        if (isInsteadOfPin || (!peer.isNull() && fingerprint == pinned())) {
            return { .doubt = {}, .usesException = true, .before = {}, .isNever = false };
        }
        return { .doubt = changedPin(peer, name, where, {}),
            .usesException = false,
            .before = {},
            .isNever = said.word == TrustExceptions::Word::Never };
    }
    if (doubts.isEmpty()) {
        return {};
    }
    if (isTrusted) {
        return { .doubt = {}, .usesException = true, .before = {}, .isNever = false };
    }
    if (said.word == TrustExceptions::Word::Changed && !isRevoked) {
        return { .doubt = changedPin(peer, name, where, said.exception),
            .usesException = false,
            .before = said.exception,
            .isNever = false };
    }
    Error error;
    error.kind = Error::Kind::Tls;
    error.fatal = true;
    switch (*std::ranges::min_element(doubts)) {
    case Doubt::Revoked:
        error.code = u"certificate-revoked"_s;
        error.title = tr("The server's certificate has been revoked.");
        break;
    case Doubt::Weak:
        error.code = u"certificate-weak"_s;
        error.title = tr("The server's certificate or key is too weak.");
        break;
    case Doubt::Untrusted:
        error.code = u"certificate-untrusted"_s;
        error.title = tr("The server's certificate is not from an authority you trust.");
        error.remedy = tr("Set the authority's file, or compare the fingerprint with the "
                          "operator's and trust the certificate.");
        if (m_service == TrustService::Connection && !peer.isNull()) {
            error.fix.insert(u"pinned-certificate"_s, hexOf(fingerprint));
        }
        break;
    case Doubt::Name:
        error.code = u"certificate-name-mismatch"_s;
        error.title = tr("The server's certificate is for another name than %1.").arg(name);
        error.remedy = tr("Check the server's name.");
        break;
    case Doubt::Expired:
        error.code = u"certificate-expired"_s;
        error.title = tr("The server's certificate has expired.");
        error.remedy = tr("Check this computer's clock; else the server's operator must renew it.");
        break;
    case Doubt::NotYetValid:
        error.code = u"certificate-not-yet-valid"_s;
        error.title = tr("The server's certificate is not valid yet.");
        error.remedy = tr("Check this computer's clock.");
        break;
    }
    const bool isNever = said.word == TrustExceptions::Word::Never;
    if (isNever) {
        error.remedy = tr("You decided never to trust this certificate; the account's Advanced "
                          "page has the decision.");
        error.fix.clear();
    } else if (said.exception) {
        error.remedy = tr("You trusted this certificate until %1; that time is over.")
                           .arg(QLocale().toString(
                               said.exception->until.toLocalTime().date(), QLocale::ShortFormat));
        error.fix.clear();
    }
    error.detail = u"%1: %2 (subject %3; names %4; issuer %5; SHA-256 %6)"_s.arg(where,
        words.join("; "_L1), peer.subjectDisplayName().left(kLongestName), namesOf(peer),
        peer.issuerDisplayName().left(kLongestName), hexOf(fingerprint));
    return { .doubt = error, .usesException = false, .before = {}, .isNever = isNever };
}

} // namespace linchpin
