// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/searchquery.h"

#include "core/history/messagerow.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kMostTerms = 32;
constexpr qsizetype kLongestTerm = 200;

struct Term {
    QString text;
    bool without = false;
    bool prefix = false;
};

bool isQuote(QChar c)
{
    return c == u'"' || c == u'“' || c == u'”' || c == u'„' || c == u'«' || c == u'»';
}

bool isMinus(QChar c)
{
    return c == u'-' || c == u'−';
}

/// Characters that SQLite's C strings and UTF-8 cannot carry.
QString cleaned(const QString &text)
{
    QString out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text.at(i);
        if (c.isHighSurrogate() && i + 1 < text.size() && text.at(i + 1).isLowSurrogate()) {
            out.append(c);
            out.append(text.at(++i));
        } else {
            out.append(c.isSurrogate() || c.unicode() < 0x20 ? QChar(u' ') : c);
        }
    }
    return out;
}

QList<Term> termsOf(const QString &text)
{
    QList<Term> terms;
    qsizetype i = 0;
    while (i < text.size() && terms.size() < kMostTerms) {
        if (text.at(i).isSpace()) {
            ++i;
            continue;
        }
        Term term;
        if (isMinus(text.at(i)) && i + 1 < text.size() && !text.at(i + 1).isSpace()) {
            term.without = true;
            ++i;
        }
        if (isQuote(text.at(i))) {
            qsizetype end = i + 1;
            while (end < text.size() && !isQuote(text.at(end))) {
                ++end;
            }
            term.text = text.mid(i + 1, end - i - 1).trimmed();
            i = end + 1;
        } else {
            qsizetype end = i;
            while (end < text.size() && !text.at(end).isSpace() && !isQuote(text.at(end))) {
                ++end;
            }
            term.text = text.mid(i, end - i);
            i = end;
            if (term.text.size() > 1 && term.text.endsWith(u'*')) {
                term.prefix = true;
                term.text.chop(1);
            }
        }
        term.text.truncate(kLongestTerm);
        if (term.text.endsWith(QChar())
            || (!term.text.isEmpty() && term.text.back().isHighSurrogate())) {
            term.text.chop(1);
        }
        if (!term.text.isEmpty()) {
            terms.append(term);
        }
    }
    return terms;
}

/// Whether the unicode61 tokenizer finds anything in it: letters, digits and private use are
/// tokens, everything else separates.
bool hasWord(const QString &text)
{
    const QList<uint> codes = text.toUcs4();
    return std::ranges::any_of(codes, [](char32_t code) {
        return QChar::isLetterOrNumber(code) || QChar::category(code) == QChar::Other_PrivateUse;
    });
}

QString quoted(const QString &text)
{
    return u'"' + QString(text).replace(u'"', u"\"\""_s) + u'"';
}

struct Expressions {
    QStringList words;
    QStringList trigrams;
    QStringList parts;

    void add(const Term &term)
    {
        if (hasSpacelessScript(term.text)) {
            // Trigrams need three characters; the tokenizer counts code points.
            if (term.text.toUcs4().size() >= 3) {
                trigrams.append(quoted(term.text));
            } else {
                parts.append(term.text);
            }
        } else if (hasWord(term.text)) {
            words.append(quoted(term.text) + (term.prefix ? u"*"_s : QString()));
        } else {
            parts.append(term.text);
        }
    }
};

} // namespace

SearchQuery SearchQuery::fromUserText(const QString &text)
{
    Expressions with;
    Expressions without;
    const QList<Term> terms = termsOf(cleaned(text));
    for (const Term &term : terms) {
        (term.without ? without : with).add(term);
    }
    return { .words = with.words.join(u" AND "_s),
        .trigrams = with.trigrams.join(u" AND "_s),
        .parts = with.parts,
        .withoutWords = without.words.join(u" OR "_s),
        .withoutTrigrams = without.trigrams.join(u" OR "_s),
        .withoutParts = without.parts };
}

} // namespace linchpin
