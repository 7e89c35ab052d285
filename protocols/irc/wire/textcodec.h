// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>
#include <QStringList>
#include <QStringView>

namespace linchpin::irc {

/**
 * Text in and out of IRC's bytes, which carry no word about their encoding.
 *
 * In: valid UTF-8 is UTF-8, anything else is read in the account's encoding (windows-1252 when that
 * is UTF-8 itself). ISO-2022-JP is valid UTF-8 by its looks and is recognised by its escapes. Out:
 * the account's encoding; a text it cannot express goes out as UTF-8, which most readers guess
 * right, rather than as question marks.
 */
class TextCodec {
public:
    /// @p encoding is a name ICU knows ("UTF-8", "ISO-8859-2", "KOI8-R"); empty means UTF-8.
    explicit TextCodec(const QString &encoding = {});

    /// False when Qt here knows no such encoding; UTF-8 is used then.
    bool isKnown() const { return m_known; }
    bool isUtf8() const { return m_legacy.isEmpty(); }

    QString decode(QByteArrayView bytes) const;
    QByteArray encode(QStringView text) const;
    /// How many bytes encode() makes of @p text.
    qsizetype encodedSize(QStringView text) const;

    static bool isAvailable(const QString &encoding);
    /// The encodings worth offering that Qt here really has, UTF-8 first.
    static QStringList available();

private:
    QByteArray m_legacy; ///< Empty for UTF-8.
    bool m_known = true;
    bool m_escapes = false; ///< ISO-2022: seven-bit text with escape sequences.
};

/// Bytes of @p text in UTF-8; a lone surrogate counts as U+FFFD.
qsizetype utf8Size(QStringView text);

} // namespace linchpin::irc
