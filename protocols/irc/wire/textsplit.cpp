// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/wire/textsplit.h"

#include <QTextBoundaryFinder>

#include <algorithm>

namespace linchpin::irc {

namespace {

/// No cutting can make a piece smaller than one code point: four bytes of UTF-8, eight of
/// ISO-2022-JP.
constexpr qsizetype kLeastBudget = 16;

/// QTextBoundaryFinder (seen with Qt 6.8.2) finds a boundary at every code unit, inside surrogate
/// pairs and emoji sequences too, in what follows a Thai letter. These are never one.
bool mayCutAt(const QString &line, qsizetype at)
{
    constexpr char16_t kZeroWidthJoiner = 0x200d;
    if (line[at].isLowSurrogate() && line[at - 1].isHighSurrogate()) {
        return false;
    }
    if (line[at] == kZeroWidthJoiner || line[at - 1] == kZeroWidthJoiner) {
        return false;
    }
    const bool pair = line[at].isHighSurrogate() && at + 1 < line.size();
    const char32_t here
        = pair ? QChar::surrogateToUcs4(line[at], line[at + 1]) : line[at].unicode();
    const bool skinTone = here >= 0x1f3fb && here <= 0x1f3ff;
    return !QChar::isMark(here) && !skinTone;
}

void splitLine(const QString &line, qsizetype budget, const TextCodec &codec, QStringList &pieces)
{
    QTextBoundaryFinder graphemes(QTextBoundaryFinder::Grapheme, line);
    qsizetype start = 0; // of the piece being filled
    qsizetype used = 0; // its bytes; escapes counted too often at worst, never too seldom
    qsizetype wordEnd = -1; // behind the last space of the piece
    qsizetype usedAtWordEnd = 0;
    qsizetype at = 0;
    const auto cutAt = [&](qsizetype where) {
        pieces.append(line.sliced(start, where - start));
        start = where;
        wordEnd = -1;
    };
    while (at < line.size()) {
        graphemes.setPosition(at);
        qsizetype next = graphemes.toNextBoundary();
        while (next > at && next < line.size() && !mayCutAt(line, next)) {
            next = graphemes.toNextBoundary();
        }
        if (next <= at) {
            next = line.size();
        }
        qsizetype size = codec.encodedSize(QStringView(line).sliced(at, next - at));
        if (size > budget) {
            // One "character" of endless combining marks: by code point, then.
            next = at + (line[at].isHighSurrogate() && at + 1 < line.size() ? 2 : 1);
            size = codec.encodedSize(QStringView(line).sliced(at, next - at));
        }
        if (used + size > budget) {
            if (wordEnd > start && usedAtWordEnd * 2 >= budget) {
                used -= usedAtWordEnd;
                cutAt(wordEnd);
            } else {
                used = 0;
                cutAt(at);
            }
        }
        used += size;
        if (line[at].isSpace() && line[at] != QChar::Nbsp) {
            wordEnd = next;
            usedAtWordEnd = used;
        }
        at = next;
    }
    if (start < line.size()) {
        pieces.append(line.sliced(start));
    }
}

} // namespace

qsizetype textBudget(qsizetype prefix, QByteArrayView verb, QByteArrayView target,
    qsizetype wrapping, qsizetype lineLimit)
{
    // ":" prefix " " verb " " target " :" text CR LF
    const qsizetype overhead = 1 + prefix + 1 + verb.size() + 1 + target.size() + 2 + wrapping + 2;
    return std::max(lineLimit - overhead, kLeastBudget);
}

QStringList splitText(QStringView text, qsizetype budget, const TextCodec &codec)
{
    budget = std::max(budget, kLeastBudget);
    QStringList pieces;
    qsizetype from = 0;
    for (qsizetype i = 0; i <= text.size(); ++i) {
        if (i < text.size() && text[i] != u'\n' && text[i] != u'\r') {
            continue;
        }
        const QStringView line = text.sliced(from, i - from);
        from = i + 1;
        if (line.isEmpty()) {
            continue;
        }
        if (codec.encodedSize(line) <= budget) {
            pieces.append(line.toString());
        } else {
            splitLine(line.toString(), budget, codec, pieces);
        }
    }
    return pieces;
}

} // namespace linchpin::irc
