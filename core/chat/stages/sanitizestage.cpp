// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/stages/sanitizestage.h"

#include <algorithm>

namespace linchpin {

namespace {

constexpr qsizetype kLongestText = qsizetype { 64 } << 10;
constexpr qsizetype kLongestName = 256;
constexpr qsizetype kLongestAddress = 3072; // RFC 7622 §3.1: three parts of 1,023 bytes
constexpr qsizetype kLongestId = 1024;
constexpr qint64 kClockTolerance = 300; // seconds

void dropLong(QString &id)
{
    if (id.size() > kLongestId) {
        id.clear();
    }
}

QString oneLine(const QString &text, qsizetype length)
{
    QString out = text.left(length);
    if (!out.isEmpty() && out.back().isHighSurrogate()) {
        out.chop(1);
    }
    out.removeIf([](QChar c) { return c.category() == QChar::Other_Control; });
    return out;
}

} // namespace

RichText shortened(const RichText &text, qsizetype length)
{
    if (text.plain().size() <= length) {
        return text;
    }
    QString plain = text.plain().left(length);
    if (!plain.isEmpty() && plain.back().isHighSurrogate()) {
        plain.chop(1);
    }
    QList<RichText::Span> spans;
    for (RichText::Span span : text.spans()) {
        span.length = std::min(span.length, plain.size() - span.start);
        if (span.length > 0) {
            spans.append(span);
        }
    }
    return RichText::fromSpans(plain, spans);
}

bool sanitize(InboundMessage &message, const QDateTime &now)
{
    if (message.with.isEmpty() || message.with.size() > kLongestAddress
        || message.from.size() > kLongestAddress || message.body.isEmpty()) {
        return false;
    }
    message.fromName = oneLine(message.fromName, kLongestName);
    message.body = shortened(message.body, kLongestText);
    dropLong(message.remoteId);
    dropLong(message.serverId);
    dropLong(message.originId);
    dropLong(message.replyTo.remoteId);
    dropLong(message.replaces.remoteId);
    message.replyTo.excerpt = oneLine(message.replyTo.excerpt, kLongestName);
    if (!message.sentAt.isValid() || message.sentAt > now.addSecs(kClockTolerance)) {
        message.sentAt = now;
    }
    return true;
}

} // namespace linchpin
