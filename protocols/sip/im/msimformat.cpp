// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/msimformat.h"

#include <QStringConverter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr qsizetype kMaximumLine = 1024;
constexpr qsizetype kMaximumFont = 32; ///< LF_FACESIZE; escaped, the line stays below its maximum
const QStringView kHeader = u"X-MMS-IM-Format:";

QString fontName(QStringView text)
{
    QString font
        = QString::fromUtf8(QByteArray::fromPercentEncoding(text.toUtf8())).left(kMaximumFont);
    if (!font.isEmpty() && font.back().isHighSurrogate()) {
        font.chop(1);
    }
    return font;
}

/// CO is written as in a Windows COLORREF, 0x00BBGGRR.
quint32 swapped(quint32 colour)
{
    return ((colour & 0xffU) << 16) | (colour & 0xff00U) | ((colour >> 16) & 0xffU);
}

} // namespace

std::optional<MsImFormat> parseImFormatLine(QStringView line)
{
    QStringView text = line.trimmed().left(kMaximumLine);
    if (text.startsWith(kHeader, Qt::CaseInsensitive)) {
        text = text.sliced(kHeader.size());
    } else if (!text.contains(u"FN=")) {
        return std::nullopt;
    }
    MsImFormat format;
    for (const QStringView field : text.tokenize(u';')) {
        const QStringView entry = field.trimmed();
        const qsizetype equals = entry.indexOf(u'=');
        if (equals < 0) {
            continue;
        }
        const QStringView key = entry.first(equals).trimmed();
        const QStringView value = entry.sliced(equals + 1).trimmed();
        bool ok = false;
        if (key.compare(u"FN", Qt::CaseInsensitive) == 0) {
            format.font = fontName(value);
        } else if (key.compare(u"EF", Qt::CaseInsensitive) == 0) {
            const auto has = [value](char16_t letter) {
                return value.contains(QChar(letter), Qt::CaseInsensitive);
            };
            format.bold = has(u'B');
            format.italic = has(u'I');
            format.underline = has(u'U');
            format.strikeOut = has(u'S');
        } else if (key.compare(u"CO", Qt::CaseInsensitive) == 0) {
            const quint32 colour = value.toUInt(&ok, 16);
            format.rgb = ok ? swapped(colour & 0xffffffU) : 0;
        } else if (key.compare(u"CS", Qt::CaseInsensitive) == 0) {
            format.charset = std::clamp(value.toInt(&ok, 16), 0, 0xff);
        } else if (key.compare(u"PF", Qt::CaseInsensitive) == 0) {
            const int pitch = value.toInt(&ok);
            format.pitch = ok ? std::clamp(pitch, 0, 0xff) : 22;
        } else if (key.compare(u"RL", Qt::CaseInsensitive) == 0) {
            format.rightToLeft = value.toInt() != 0;
        }
    }
    return format;
}

QString buildImFormatLine(const MsImFormat &format)
{
    QString effects;
    for (const auto &[on, letter] : { std::pair(format.bold, u'B'), std::pair(format.italic, u'I'),
             std::pair(format.underline, u'U'), std::pair(format.strikeOut, u'S') }) {
        if (on) {
            effects += QChar(letter);
        }
    }
    const QString font = format.font.isEmpty() ? u"Segoe UI"_s : format.font;
    QString line = u"X-MMS-IM-Format: FN=%1; EF=%2; CO=%3; CS=%4; PF=%5"_s.arg(
        QString::fromLatin1(font.toUtf8().toPercentEncoding()), effects,
        QString::number(swapped(format.rgb), 16), QString::number(format.charset, 16),
        QString::number(format.pitch));
    if (format.rightToLeft) {
        line += u"; RL=1"_s;
    }
    return line;
}

std::optional<MsImFormat> parseMsgr(QByteArrayView value)
{
    if (value.isEmpty() || value.size() > kMaximumLine * 3) {
        return std::nullopt;
    }
    const QByteArray bytes = QByteArray::fromBase64(value.toByteArray());
    QStringDecoder decoder(QStringConverter::Utf16LE);
    const QString text = decoder.decode(bytes);
    for (const QStringView line : QStringView(text).tokenize(u'\n')) {
        if (line.trimmed().startsWith(kHeader, Qt::CaseInsensitive)) {
            return parseImFormatLine(line);
        }
    }
    return std::nullopt;
}

QByteArray buildMsgr(const MsImFormat &format)
{
    const QString text = buildImFormatLine(format) + u"\r\n\r\n"_s;
    QStringEncoder encoder(QStringConverter::Utf16LE);
    const QByteArray bytes = encoder.encode(text);
    return bytes.toBase64(QByteArray::OmitTrailingEquals);
}

} // namespace linchpin::sip
