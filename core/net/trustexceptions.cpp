// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/trustexceptions.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSslCertificate>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLargestCertificate = qsizetype { 16 } << 10;
constexpr qsizetype kMost = 100;
constexpr int kMonth = 30;

QString toWord(TrustException::Kind kind)
{
    switch (kind) {
    case TrustException::Kind::Once:
        return u"once"_s;
    case TrustException::Kind::Always:
        return u"always"_s;
    case TrustException::Kind::Never:
        return u"never"_s;
    }
    return {};
}

bool isSameService(const TrustException &exception, TrustService service, const QString &name)
{
    return exception.service == service && exception.name == name;
}

} // namespace

QByteArray TrustException::sha256() const
{
    // The fingerprint of a certificate is the hash of its DER.
    return QCryptographicHash::hash(certificate, QCryptographicHash::Sha256);
}

bool TrustException::isEnded(const QDateTime &now) const
{
    return kind == Kind::Always && (!until.isValid() || until <= now);
}

TrustExceptions TrustExceptions::fromBytes(const QByteArray &bytes)
{
    TrustExceptions read;
    const QJsonArray array = QJsonDocument::fromJson(bytes).array();
    for (const auto &value : array) {
        const QJsonObject json = value.toObject();
        const QString kind = json.value("decision"_L1).toString();
        TrustException exception;
        exception.kind = kind == toWord(TrustException::Kind::Never) ? TrustException::Kind::Never
                                                                     : TrustException::Kind::Always;
        exception.service = json.value("service"_L1).toString() == "web"_L1
            ? TrustService::Web
            : TrustService::Connection;
        exception.name = trustName(json.value("name"_L1).toString());
        exception.certificate
            = QByteArray::fromBase64(json.value("certificate"_L1).toString().toLatin1());
        exception.reason = json.value("reason"_L1).toString();
        exception.made = QDateTime::fromString(json.value("made"_L1).toString(), Qt::ISODate);
        exception.until = QDateTime::fromString(json.value("until"_L1).toString(), Qt::ISODate);
        const bool isKnown = kind == toWord(TrustException::Kind::Never)
            || kind == toWord(TrustException::Kind::Always);
        const bool hasEnd
            = exception.kind == TrustException::Kind::Never || exception.until.isValid();
        if (isKnown && hasEnd && !exception.name.isEmpty() && !exception.certificate.isEmpty()
            && exception.certificate.size() <= kLargestCertificate) {
            read.add(exception);
        }
    }
    return read;
}

QByteArray TrustExceptions::toBytes() const
{
    QJsonArray array;
    for (const TrustException &exception : m_all) {
        if (exception.kind == TrustException::Kind::Once) {
            continue;
        }
        QJsonObject json {
            { u"decision"_s, toWord(exception.kind) },
            { u"service"_s, exception.service == TrustService::Web ? u"web"_s : u"connection"_s },
            { u"name"_s, exception.name },
            { u"certificate"_s, QString::fromLatin1(exception.certificate.toBase64()) },
            { u"reason"_s, exception.reason },
            { u"made"_s, exception.made.toString(Qt::ISODate) },
        };
        if (exception.kind == TrustException::Kind::Always) {
            json.insert(u"until"_s, exception.until.toString(Qt::ISODate));
        }
        array.append(json);
    }
    return array.isEmpty() ? QByteArray() : QJsonDocument(array).toJson(QJsonDocument::Compact);
}

void TrustExceptions::add(const TrustException &exception)
{
    m_all.removeIf([&](const TrustException &old) {
        if (!isSameService(old, exception.service, exception.name)) {
            return false;
        }
        if (old.certificate == exception.certificate) {
            return true;
        }
        // Trusted once, a new certificate does not do away with what is always trusted.
        return old.kind == exception.kind ? old.kind != TrustException::Kind::Never
                                          : old.kind == TrustException::Kind::Once
                && exception.kind == TrustException::Kind::Always;
    });
    m_all.append(exception);
    while (m_all.size() > kMost) {
        m_all.removeFirst();
    }
}

void TrustExceptions::remove(const TrustException &exception)
{
    m_all.removeOne(exception);
}

bool TrustExceptions::forgive(TrustService service, const QString &name)
{
    return m_all.removeIf([&](const TrustException &old) {
        return isSameService(old, service, name) && old.kind != TrustException::Kind::Never;
    }) > 0;
}

TrustExceptions::Answer TrustExceptions::ask(
    TrustService service, const QString &name, const QByteArray &sha256, const QDateTime &now) const
{
    Answer answer;
    for (const TrustException &exception : m_all) {
        if (!isSameService(exception, service, name)) {
            continue;
        }
        const bool isThis = exception.sha256() == sha256;
        if (isThis) {
            if (exception.kind == TrustException::Kind::Never) {
                return { Word::Never, exception };
            }
            if (!exception.isEnded(now)) {
                return { Word::Trusted, exception };
            }
            if (answer.word == Word::Nothing) {
                answer.exception = exception;
            }
        } else if (exception.kind == TrustException::Kind::Always && !exception.isEnded(now)) {
            answer = { Word::Changed, exception };
        }
    }
    return answer;
}

QDateTime latestTrustEnd(const QSslCertificate &certificate, const QDateTime &now)
{
    const QDateTime end = certificate.expiryDate().toUTC();
    QDateTime year = now.addYears(1);
    if (!end.isValid() || end > year) {
        return year;
    }
    return end > now.addDays(1) ? end : now.addDays(kMonth);
}

QString trustName(const QString &host)
{
    QString name = host.toLower();
    if (name.endsWith(u'.')) {
        name.chop(1);
    }
    return name;
}

} // namespace linchpin
