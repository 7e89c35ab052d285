// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/ntlmcrypto.h"

#include "protocols/sip/auth/md4.h"
#include "protocols/sip/auth/rc4.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QTimeZone>
#include <QtEndian>

using namespace Qt::StringLiterals;

namespace linchpin::sip::ntlm {

namespace {

QByteArray md5(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Md5);
}

QByteArray join(QByteArrayView a, QByteArrayView b)
{
    QByteArray out;
    out.reserve(a.size() + b.size());
    return out.append(a).append(b);
}

QByteArray littleEndian(quint32 number)
{
    QByteArray out(4, '\0');
    qToLittleEndian(number, out.data());
    return out;
}

} // namespace

QByteArray utf16(const QString &text)
{
    QByteArray out(text.size() * 2, '\0');
    for (qsizetype i = 0; i < text.size(); ++i) {
        qToLittleEndian<quint16>(text.at(i).unicode(), out.data() + 2 * i);
    }
    return out;
}

QString fromUtf16(QByteArrayView bytes)
{
    QString out;
    out.reserve(bytes.size() / 2);
    for (qsizetype i = 0; i + 1 < bytes.size(); i += 2) {
        out += QChar(qFromLittleEndian<quint16>(bytes.data() + i));
    }
    return out;
}

QString windowsUpper(const QString &text)
{
    QString out = text;
    for (QChar &c : out) {
        c = c.toUpper();
    }
    return out;
}

quint64 fileTime(const QDateTime &time)
{
    static const QDateTime epoch(QDate(1601, 1, 1), QTime(0, 0), QTimeZone::UTC);
    return quint64(epoch.msecsTo(time)) * 10000;
}

QByteArray hmacMd5(QByteArrayView key, QByteArrayView bytes)
{
    return QMessageAuthenticationCode::hash(bytes, key, QCryptographicHash::Md5);
}

QByteArray ntowfv2(const QString &user, const QString &domain, const QString &password)
{
    return hmacMd5(md4(utf16(password)), utf16(windowsUpper(user) + domain));
}

QByteArray clientBlob(quint64 time, QByteArrayView clientChallenge, QByteArrayView targetInfo)
{
    QByteArray out("\x01\x01\0\0\0\0\0\0", 8);
    QByteArray ticks(8, '\0');
    qToLittleEndian(time, ticks.data());
    out += ticks;
    out += clientChallenge;
    out.append(4, '\0');
    out += targetInfo;
    out.append(4, '\0');
    return out;
}

QByteArray ntProof(QByteArrayView responseKey, QByteArrayView serverChallenge, QByteArrayView blob)
{
    return hmacMd5(responseKey, join(serverChallenge, blob));
}

QByteArray lmv2Response(
    QByteArrayView responseKey, QByteArrayView serverChallenge, QByteArrayView clientChallenge)
{
    return join(hmacMd5(responseKey, join(serverChallenge, clientChallenge)), clientChallenge);
}

QByteArray sessionBaseKey(QByteArrayView responseKey, QByteArrayView proof)
{
    return hmacMd5(responseKey, proof);
}

QByteArray signKey(QByteArrayView exportedSessionKey, Side side)
{
    // The closing NUL belongs to the constants.
    static const QByteArray client(
        "session key to client-to-server signing key magic constant\0", 59);
    static const QByteArray server(
        "session key to server-to-client signing key magic constant\0", 59);
    return md5(exportedSessionKey.toByteArray() + (side == Side::Client ? client : server));
}

QByteArray sealKey(QByteArrayView exportedSessionKey, Side side, quint32 flags)
{
    static const QByteArray client(
        "session key to client-to-server sealing key magic constant\0", 59);
    static const QByteArray server(
        "session key to server-to-client sealing key magic constant\0", 59);
    const qsizetype strength = (flags & Flag::Key128) != 0 ? 16
        : (flags & Flag::Key56) != 0                       ? 7
                                                           : 5;
    return md5(exportedSessionKey.first(qMin(strength, exportedSessionKey.size())).toByteArray()
        + (side == Side::Client ? client : server));
}

QByteArray signature(
    QByteArrayView signKey, QByteArrayView sealKey, QByteArrayView message, quint32 sequence)
{
    const QByteArray number = littleEndian(sequence);
    const QByteArray mac = hmacMd5(signKey, join(number, message)).first(8);
    return littleEndian(1) + rc4(md5(sealKey.toByteArray() + number), mac) + number;
}

} // namespace linchpin::sip::ntlm
