// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/textcodec.h"

#include <QStringConverter>

#include <algorithm>

namespace linchpin::irc {

using namespace Qt::StringLiterals;

namespace {

constexpr const char *kOffered[] = {
    "ISO-8859-1",
    "ISO-8859-2",
    "ISO-8859-4",
    "ISO-8859-5",
    "ISO-8859-6",
    "ISO-8859-7",
    "ISO-8859-8",
    "ISO-8859-9",
    "ISO-8859-13",
    "ISO-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "KOI8-R",
    "KOI8-U",
    "ISO-2022-JP",
    "EUC-JP",
    "Shift_JIS",
    "EUC-KR",
    "GB18030",
    "Big5",
    "TIS-620",
};

bool isAscii(QByteArrayView bytes)
{
    return std::ranges::none_of(bytes, [](char c) { return uchar(c) >= 0x80; });
}

bool isUtf8Name(const QString &name)
{
    return name.isEmpty() || name.compare("UTF-8"_L1, Qt::CaseInsensitive) == 0
        || name.compare("UTF8"_L1, Qt::CaseInsensitive) == 0;
}

} // namespace

TextCodec::TextCodec(const QString &encoding)
{
    const QString name = encoding.trimmed();
    if (isUtf8Name(name)) {
        return;
    }
    if (!isAvailable(name)) {
        m_known = false;
        return;
    }
    m_legacy = name.toLatin1();
    m_escapes = m_legacy.toUpper().startsWith("ISO-2022");
}

QString TextCodec::decode(QByteArrayView bytes) const
{
    const bool ascii = isAscii(bytes);
    const bool escaped = m_escapes && bytes.contains('\x1b');
    if (ascii && !escaped) {
        return QString::fromLatin1(bytes);
    }
    if (!ascii && bytes.isValidUtf8()) {
        return QString::fromUtf8(bytes);
    }
    QStringDecoder decoder(m_legacy.isEmpty() ? "windows-1252" : m_legacy.constData());
    if (!decoder.isValid()) {
        return QString::fromLatin1(bytes);
    }
    return decoder.decode(bytes);
}

QByteArray TextCodec::encode(QStringView text) const
{
    if (m_legacy.isEmpty()) {
        return text.toUtf8();
    }
    QStringEncoder encoder(m_legacy.constData(), QStringConverter::Flag::Stateless);
    QByteArray bytes;
    if (m_escapes) {
        // Every line must end in ASCII (RFC 1468), and Qt gives no way to flush ICU: a line feed
        // does it.
        bytes = encoder.encode(text.toString() + u'\n');
        bytes.chop(1);
    } else {
        bytes = encoder.encode(text);
    }
    if (encoder.hasError()) {
        return text.toUtf8();
    }
    // ICU substitutes without always raising the error: what does not come back is not expressible.
    QStringDecoder decoder(m_legacy.constData());
    const QString back = decoder.decode(bytes);
    if (back != text) {
        return text.toUtf8();
    }
    return bytes;
}

qsizetype TextCodec::encodedSize(QStringView text) const
{
    return m_legacy.isEmpty() ? utf8Size(text) : encode(text).size();
}

bool TextCodec::isAvailable(const QString &encoding)
{
    if (isUtf8Name(encoding)) {
        return true;
    }
    // UTF-16 and its kin hold NUL bytes, which IRC forbids.
    if (encoding.startsWith("UTF-16"_L1, Qt::CaseInsensitive)
        || encoding.startsWith("UTF-32"_L1, Qt::CaseInsensitive)) {
        return false;
    }
    return QStringEncoder(encoding.toLatin1().constData()).isValid();
}

QStringList TextCodec::available()
{
    QStringList names { u"UTF-8"_s };
    for (const char *name : kOffered) {
        if (isAvailable(QString::fromLatin1(name))) {
            names.append(QString::fromLatin1(name));
        }
    }
    return names;
}

qsizetype utf8Size(QStringView text)
{
    qsizetype size = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t unit = text[i].unicode();
        if (unit < 0x80) {
            size += 1;
        } else if (unit < 0x800) {
            size += 2;
        } else if (QChar::isHighSurrogate(unit) && i + 1 < text.size()
            && text[i + 1].isLowSurrogate()) {
            size += 4;
            ++i;
        } else {
            size += 3;
        }
    }
    return size;
}

} // namespace linchpin::irc
