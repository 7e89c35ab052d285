// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/messagerow.h"

#include <QCborArray>
#include <QCborMap>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

enum SpanFlag { Bold = 1, Italic = 2, Underline = 4, StrikeOut = 8, Monospace = 16 };

QByteArray bytesOf(const QCborValue &value)
{
    return value.toCbor();
}

QCborValue valueOf(const QByteArray &bytes)
{
    return bytes.isEmpty() ? QCborValue() : QCborValue::fromCbor(bytes);
}

} // namespace

QByteArray encodedSpans(const RichText &body)
{
    if (body.isPlain()) {
        return {};
    }
    QCborArray spans;
    for (const RichText::Span &span : body.spans()) {
        const int flags = (span.bold ? Bold : 0) | (span.italic ? Italic : 0)
            | (span.underline ? Underline : 0) | (span.strikeOut ? StrikeOut : 0)
            | (span.monospace ? Monospace : 0);
        QCborArray one { span.start, span.length, flags };
        if (!span.color.isEmpty() || !span.link.isEmpty()) {
            one.append(span.color);
        }
        if (!span.link.isEmpty()) {
            one.append(span.link.toString(QUrl::FullyEncoded));
        }
        spans.append(one);
    }
    return bytesOf(spans);
}

RichText decodedBody(const QString &plain, const QByteArray &spans)
{
    if (spans.isEmpty()) {
        return RichText::fromPlain(plain);
    }
    QList<RichText::Span> decoded;
    const QCborArray array = valueOf(spans).toArray();
    for (const auto &value : array) {
        const QCborArray one = value.toArray();
        RichText::Span span;
        span.start = one.at(0).toInteger();
        span.length = one.at(1).toInteger();
        const qint64 flags = one.at(2).toInteger();
        span.bold = (flags & Bold) != 0;
        span.italic = (flags & Italic) != 0;
        span.underline = (flags & Underline) != 0;
        span.strikeOut = (flags & StrikeOut) != 0;
        span.monospace = (flags & Monospace) != 0;
        span.color = one.at(3).toString();
        span.link = QUrl(one.at(4).toString(), QUrl::StrictMode);
        decoded.append(span);
    }
    return RichText::fromSpans(plain, decoded);
}

QByteArray encodedError(const std::optional<Error> &error)
{
    if (!error) {
        return {};
    }
    QCborMap map = QCborMap::fromJsonObject(error->toJson());
    map.insert(u"kind"_s, static_cast<int>(error->kind));
    return bytesOf(map);
}

std::optional<Error> decodedError(const QByteArray &bytes)
{
    if (bytes.isEmpty()) {
        return std::nullopt;
    }
    const QCborMap map = valueOf(bytes).toMap();
    Error error = Error::fromJson(map.toJsonObject());
    const qint64 kind = map.value(u"kind"_s).toInteger();
    if (kind >= 0 && kind <= static_cast<int>(Error::Kind::Cancelled)) {
        error.kind = static_cast<Error::Kind>(kind);
    }
    return error;
}

QByteArray encodedReference(const MessageReference &reference)
{
    if (reference.isNull()) {
        return {};
    }
    return bytesOf(QCborArray { reference.remoteId, reference.author, reference.excerpt });
}

MessageReference decodedReference(const QByteArray &bytes)
{
    const QCborArray array = valueOf(bytes).toArray();
    return { array.at(0).toString(), array.at(1).toString(), array.at(2).toString() };
}

QByteArray encodedReactions(const QMap<QString, QStringList> &reactions)
{
    if (reactions.isEmpty()) {
        return {};
    }
    QCborMap map;
    for (const auto &[reactor, words] : reactions.asKeyValueRange()) {
        map.insert(reactor, QCborArray::fromStringList(words));
    }
    return bytesOf(map);
}

QMap<QString, QStringList> decodedReactions(const QByteArray &bytes)
{
    QMap<QString, QStringList> reactions;
    const QCborMap map = valueOf(bytes).toMap();
    for (const auto &[reactor, words] : map) {
        QStringList list;
        const QCborArray array = words.toArray();
        for (const auto &word : array) {
            list.append(word.toString());
        }
        reactions.insert(reactor.toString(), list);
    }
    return reactions;
}

QString excerptOf(const QString &plain)
{
    constexpr qsizetype kLongest = 120;
    QString line = plain.left(kLongest * 4).simplified();
    if (line.size() <= kLongest) {
        return line;
    }
    // Called for every message, so without QTextBoundaryFinder: back to where neither half a code
    // point nor a mark or a joined picture would lose what it belongs to.
    constexpr QChar kJoiner(0x200d);
    qsizetype end = kLongest - 1;
    while (end > 0
        && (line.at(end).isLowSurrogate() || line.at(end).isMark() || line.at(end) == kJoiner
            || line.at(end - 1) == kJoiner)) {
        --end;
    }
    line.truncate(end);
    return line + u'…';
}

bool hasSpacelessScript(QStringView text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t unit = text.at(i).unicode();
        if (unit < 0x0e00) {
            continue; // Latin, Greek, Cyrillic, Hebrew, Arabic, the scripts of India
        }
        char32_t code = unit;
        if (QChar::isHighSurrogate(unit) && i + 1 < text.size()) {
            code = QChar::surrogateToUcs4(text.at(i), text.at(i + 1));
            ++i;
        }
        switch (QChar::script(code)) {
        case QChar::Script_Han:
        case QChar::Script_Hiragana:
        case QChar::Script_Katakana:
        case QChar::Script_Bopomofo:
        case QChar::Script_Yi:
        case QChar::Script_Thai:
        case QChar::Script_Lao:
        case QChar::Script_Khmer:
        case QChar::Script_Myanmar:
        case QChar::Script_Tibetan:
        case QChar::Script_Javanese:
            return true;
        default:
            break;
        }
    }
    return false;
}

qint64 toMilliseconds(const QDateTime &time)
{
    return time.toMSecsSinceEpoch();
}

QVariant toColumn(const QDateTime &time)
{
    return time.isValid() ? QVariant(time.toMSecsSinceEpoch())
                          : QVariant(QMetaType(QMetaType::LongLong));
}

QDateTime toTime(const QVariant &column)
{
    return column.isNull() ? QDateTime()
                           : QDateTime::fromMSecsSinceEpoch(column.toLongLong(), QTimeZone::UTC);
}

QVariant toColumn(const QString &text)
{
    return text.isEmpty() ? QVariant(QMetaType(QMetaType::QString)) : QVariant(text);
}

} // namespace linchpin
