// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/foreigntext.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QStringDecoder>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qint64 kLargestFile = qint64 { 64 } * 1024 * 1024;
constexpr qint64 kLongestLine = qint64 { 1024 } * 1024;

/// 0x80 to 0x9f of Windows-1252 (https://encoding.spec.whatwg.org/index-windows-1252.txt); the rest
/// is Latin-1.
constexpr std::array<char16_t, 32> kWindows1252 { 0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026,
    0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019,
    0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e,
    0x178 };

bool isHex(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}

qsizetype skipDigits(QStringView text, qsizetype at, int most)
{
    for (int i = 0; i < most && at < text.size() && text.at(at) >= u'0' && text.at(at) <= u'9';
        ++i) {
        ++at;
    }
    return at;
}

} // namespace

QString foreignText(QByteArrayView bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString text = decoder.decode(bytes);
    if (!decoder.hasError()) {
        return text;
    }
    text.clear();
    text.reserve(bytes.size());
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        text.append(code >= 0x80 && code < 0xa0 ? QChar(kWindows1252.at(code - 0x80U))
                                                : QChar(static_cast<char16_t>(code)));
    }
    return text;
}

Result<QByteArray> foreignFile(const QString &fileName)
{
    QFile file(fileName);
    // Whoever opens a pipe waits for its other end.
    if (!QFileInfo(fileName).isFile() || !file.open(QIODevice::ReadOnly)) {
        return std::unexpected(importError(u"read-failed"_s,
            QCoreApplication::translate("linchpin::Import", "A file cannot be read."),
            fileName + u": "_s + file.errorString()));
    }
    if (file.size() > kLargestFile) {
        return std::unexpected(importError(u"read-failed"_s,
            QCoreApplication::translate("linchpin::Import", "A file is too large to be one."),
            fileName));
    }
    return file.read(kLargestFile);
}

void eachLine(QIODevice &device, const std::function<bool(QByteArrayView line, int number)> &line)
{
    int number = 0;
    while (!device.atEnd()) {
        QByteArray bytes = device.readLine(kLongestLine);
        if (bytes.isEmpty()) {
            return;
        }
        if (!bytes.endsWith('\n')) {
            // The rest of a line that is too long is none of its own.
            while (!device.atEnd()) {
                const QByteArray rest = device.readLine(kLongestLine);
                if (rest.isEmpty() || rest.endsWith('\n')) {
                    break;
                }
            }
        }
        while (bytes.endsWith('\n') || bytes.endsWith('\r')) {
            bytes.chop(1);
        }
        if (!line(bytes, ++number)) {
            return;
        }
    }
}

QString percentDecoded(const QString &text)
{
    const QByteArray bytes = text.toUtf8();
    QByteArray decoded;
    decoded.reserve(bytes.size());
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (bytes.at(i) == '%' && i + 2 < bytes.size() && isHex(QLatin1Char(bytes.at(i + 1)))
            && isHex(QLatin1Char(bytes.at(i + 2)))) {
            decoded.append(QByteArray::fromHex(bytes.sliced(i + 1, 2)));
            i += 2;
        } else {
            decoded.append(bytes.at(i));
        }
    }
    return foreignText(decoded);
}

QString withoutIrcFormatting(const QString &text)
{
    QString plain;
    plain.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        switch (text.at(i).unicode()) {
        case 0x02: // bold
        case 0x0f: // reset
        case 0x11: // monospace
        case 0x16: // reverse
        case 0x1d: // italics
        case 0x1e: // struck out
        case 0x1f: // underlined
        case 0x08: // HexChat's hidden text
            break;
        case 0x03: { // colour: up to two digits, a comma, up to two digits
            qsizetype end = skipDigits(text, i + 1, 2);
            if (end > i + 1 && end + 1 < text.size() && text.at(end) == u','
                && text.at(end + 1) >= u'0' && text.at(end + 1) <= u'9') {
                end = skipDigits(text, end + 1, 2);
            }
            i = end - 1;
            break;
        }
        case 0x04: // a colour as six hex digits
            for (int digits = 0; digits < 6 && i + 1 < text.size() && isHex(text.at(i + 1));
                ++digits) {
                ++i;
            }
            break;
        default:
            plain.append(text.at(i));
        }
    }
    return plain;
}

std::pair<QString, QString> hostAndPort(const QString &text)
{
    const QString trimmed = text.trimmed();
    const qsizetype colon = trimmed.lastIndexOf(u':');
    const bool bracketed = trimmed.startsWith(u'[');
    if (colon < 0 || (bracketed && colon < trimmed.indexOf(u']'))
        || (!bracketed && trimmed.count(u':') > 1)) {
        return { trimmed, {} };
    }
    return { trimmed.first(colon), trimmed.sliced(colon + 1) };
}

bool isTrue(const QString &text)
{
    const QString word = text.trimmed().toLower();
    return word == "true"_L1 || word == "1"_L1 || word == "yes"_L1 || word == "on"_L1;
}

Error importError(const QString &code, const QString &title, const QString &detail)
{
    Error error;
    error.kind = Error::Kind::NotFound;
    error.code = code;
    error.title = title;
    error.detail = detail;
    return error;
}

} // namespace linchpin
