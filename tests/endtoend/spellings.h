// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringConverter>
#include <QUrl>

namespace linchpin::test {

/// The ways in which a secret may stand in a file though nobody meant to hide it.
struct Spelling {
    const char *name;
    QByteArray bytes;
};

inline QList<Spelling> spellingsOf(const QString &secret)
{
    const QByteArray utf8 = secret.toUtf8();
    QStringEncoder little(QStringConverter::Utf16LE);
    QStringEncoder big(QStringConverter::Utf16BE);
    const QByteArray utf16 = little.encode(secret);
    const QByteArray utf16Big = big.encode(secret);
    QList<Spelling> all { { "UTF-8", utf8 }, { "UTF-16, little endian", utf16 },
        { "UTF-16, big endian", utf16Big }, { "hex", utf8.toHex() },
        { "hex, capitals", utf8.toHex().toUpper() }, { "hex of UTF-16", utf16.toHex() },
        { "percent", QUrl::toPercentEncoding(secret) },
        { "percent, all of it", '%' + utf8.toHex('%') },
        { "percent, all of it, capitals", '%' + utf8.toHex('%').toUpper() },
        { "JSON with escapes", QByteArray(utf8).replace('/', "\\/") },
        { "XML", secret.toHtmlEscaped().toUtf8() } };
    // Within something longer it stands at any of three places of a group of base64; what its
    // neighbours have a part in is left out.
    for (const QByteArray &form : { utf8, utf16 }) {
        for (const auto option : { QByteArray::Base64Encoding, QByteArray::Base64UrlEncoding }) {
            for (qsizetype shift = 0; shift < 3; ++shift) {
                const qsizetype skipped = shift == 0 ? 0 : 3 - shift;
                const qsizetype whole = (form.size() - skipped) / 3 * 3;
                all.append({ "base64", form.mid(skipped, whole).toBase64(option) });
            }
        }
    }
    return all;
}

/// The spelling in which `secret` stands in `bytes`; empty where it does not.
inline QString foundIn(const QByteArray &bytes, const QString &secret)
{
    for (const Spelling &spelling : spellingsOf(secret)) {
        if (bytes.contains(spelling.bytes)) {
            return QString::fromLatin1(spelling.name);
        }
    }
    return {};
}

} // namespace linchpin::test
