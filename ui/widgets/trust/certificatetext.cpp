// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/trust/certificatetext.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <QSslKey>

using namespace Qt::StringLiterals;

namespace linchpin::certificatetext {

namespace {

constexpr qsizetype kTyped = 8;
constexpr qsizetype kMostNames = 30;
constexpr qsizetype kLongestName = 200;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::CertificateText", text);
}

/// Others' words: no new lines, not endless.
QString clean(const QString &text)
{
    return text.simplified().left(kLongestName);
}

QString date(const QDateTime &time)
{
    return QLocale().toString(time.toLocalTime().date(), QLocale::ShortFormat);
}

bool isWeak(const QSslKey &key)
{
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

} // namespace

Care careOf(const RefusedCase &refused)
{
    const QString &code = refused.peer.error.code;
    if (code == "certificate-revoked"_L1 || refused.peer.chain.isEmpty()) {
        return Care::Refused;
    }
    if (refused.isChanged()) {
        return Care::Compare;
    }
    return code == "certificate-weak"_L1 || code == "certificate-name-mismatch"_L1 ? Care::Tick
                                                                                   : Care::Plain;
}

QString headline(const RefusedCase &refused)
{
    const QString &code = refused.peer.error.code;
    const QString name = clean(refused.peer.expectedName);
    if (refused.isChanged()) {
        return tr("The certificate of %1 has changed.").arg(name);
    }
    if (code == "certificate-name-mismatch"_L1) {
        return tr("The certificate is not for %1.").arg(name);
    }
    if (code == "certificate-expired"_L1) {
        return tr("The certificate of %1 has expired.").arg(name);
    }
    if (code == "certificate-not-yet-valid"_L1) {
        return tr("The certificate of %1 is not valid yet.").arg(name);
    }
    if (code == "certificate-weak"_L1) {
        return tr("The certificate of %1 is too weak.").arg(name);
    }
    if (code == "certificate-revoked"_L1) {
        return tr("The certificate of %1 has been revoked.").arg(name);
    }
    return tr("Nobody you trust vouches for the certificate of %1.").arg(name);
}

QString way(const RefusedCase &refused)
{
    const RefusedPeer &peer = refused.peer;
    const QString asked = clean(peer.expectedName);
    const QString host = clean(peer.host);
    const QStringList carried = names(refused.certificate());
    const QString first = carried.isEmpty()
        ? tr("Its certificate names no server.")
        : tr("Its certificate is for %1.")
              .arg(carried.first(qMin(carried.size(), 3)).join(u", "_s)
                  + (carried.size() > 3 ? u" …"_s : QString()));
    if (trustName(host) == trustName(asked)) {
        return tr("You asked for %1 (port %2).").arg(asked).arg(peer.port) + u' ' + first;
    }
    const QString sent = peer.record.isEmpty()
        ? tr("You asked for %1, which led to %2 (port %3).").arg(asked, host).arg(peer.port)
        : tr("You asked for %1; DNS (%2) sent us to %3 (port %4).")
              .arg(asked, clean(peer.record), host)
              .arg(peer.port);
    return sent + u' ' + first;
}

QString advice(const RefusedCase &refused)
{
    const QString &code = refused.peer.error.code;
    if (refused.isNever) {
        return tr("You decided never to trust this certificate.");
    }
    if (refused.isChanged()) {
        return tr("Until now this account trusted another one. Either the operator has replaced "
                  "it, or somebody stands between you and the server and reads along. Ask the "
                  "operator, by telephone or in person, and compare the fingerprint.");
    }
    if (code == "certificate-name-mismatch"_L1) {
        return tr("The server may be set up under another name, or this is another server than "
                  "yours. The operator can say which name to use.");
    }
    if (code == "certificate-expired"_L1 || code == "certificate-not-yet-valid"_L1) {
        return tr("Check the clock of this computer (it says %1). If it is right, the operator has "
                  "to renew the certificate.")
            .arg(QLocale().toString(QDateTime::currentDateTime(), QLocale::ShortFormat));
    }
    if (code == "certificate-weak"_L1) {
        return tr("Its key or signature can be forged with today's means: others may be able to "
                  "read along. Only the operator can mend that.");
    }
    if (code == "certificate-revoked"_L1) {
        return tr("Its authority has withdrawn it, usually because its key was stolen. It cannot "
                  "be trusted.");
    }
    return tr("Servers of companies often have certificates of their own authority. Ask the "
              "operator for the authority's file (Advanced page, Trust), or compare the "
              "fingerprint below with what the operator tells you before you trust it.");
}

QString agreement(const RefusedCase &refused)
{
    return refused.peer.error.code == "certificate-weak"_L1
        ? tr("I know that others may be able to read along and to learn my password")
        : tr("I know that this may be another server than mine");
}

QString displayName(const QSslCertificate &certificate)
{
    const QString name = clean(certificate.subjectDisplayName());
    return name.isEmpty() ? tr("(without a name)") : name;
}

QStringList names(const QSslCertificate &certificate)
{
    QStringList found;
    const QMultiMap<QSsl::AlternativeNameEntryType, QString> entries
        = certificate.subjectAlternativeNames();
    for (const QString &entry : entries) {
        found.append(clean(entry));
    }
    if (found.isEmpty()) {
        for (const QString &name : certificate.subjectInfo(QSslCertificate::CommonName)) {
            found.append(clean(name));
        }
    }
    found.removeDuplicates();
    found.sort();
    return found.first(std::min(found.size(), kMostNames));
}

QString issuer(const QSslCertificate &certificate)
{
    const QString name = clean(certificate.issuerDisplayName());
    return certificate.isSelfSigned() ? tr("%1 (itself)").arg(name) : name;
}

QString validity(const QSslCertificate &certificate, const QDateTime &now)
{
    const QString range
        = tr("%1 to %2").arg(date(certificate.effectiveDate()), date(certificate.expiryDate()));
    if (certificate.expiryDate() < now) {
        return tr("%1 — expired").arg(range);
    }
    return certificate.effectiveDate() > now ? tr("%1 — not valid yet").arg(range) : range;
}

QString key(const QSslCertificate &certificate)
{
    const QSslKey publicKey = certificate.publicKey();
    const QString kind = publicKey.algorithm() == QSsl::Rsa ? u"RSA"_s
        : publicKey.algorithm() == QSsl::Ec                 ? tr("Elliptic curve")
        : publicKey.algorithm() == QSsl::Dsa                ? u"DSA"_s
                                                            : tr("Unknown kind");
    const QString text
        = publicKey.length() > 0 ? tr("%1, %2 bits").arg(kind).arg(publicKey.length()) : kind;
    return isWeak(publicKey) ? tr("%1 — too weak").arg(text) : text;
}

QString signature(const QSslCertificate &certificate)
{
    static const QRegularExpression algorithm(u"Signature Algorithm: *([A-Za-z0-9_.-]+)"_s);
    const QString found = algorithm.match(certificate.toText()).captured(1);
    const bool isOld = found.startsWith("md5"_L1, Qt::CaseInsensitive)
        || found.startsWith("sha1"_L1, Qt::CaseInsensitive)
        || found.endsWith("SHA1"_L1, Qt::CaseInsensitive);
    return isOld ? tr("%1 — too weak").arg(found) : found;
}

QString fingerprint(const QByteArray &sha256)
{
    return QString::fromLatin1(sha256.toHex(':')).toUpper();
}

QString fingerprintEnd(const QByteArray &sha256)
{
    return QString::fromLatin1(sha256.toHex()).right(kTyped).toUpper();
}

bool isFingerprintEnd(const QString &typed, const QByteArray &sha256)
{
    QString hex = typed.toUpper();
    hex.removeIf([](QChar c) { return c == u':' || c.isSpace(); });
    return hex.size() >= kTyped && QString::fromLatin1(sha256.toHex()).toUpper().endsWith(hex);
}

QString service(TrustService service)
{
    return service == TrustService::Web ? tr("web services") : tr("server");
}

} // namespace linchpin::certificatetext
