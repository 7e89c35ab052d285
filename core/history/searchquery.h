// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace linchpin {

/// What the user typed into a search field, taken apart for the two indexes. Pure. The expressions
/// are always valid FTS5 (https://www.sqlite.org/fts5.html#full_text_query_syntax): every term is
/// a quoted string, every operator is ours.
///
/// Spaces mean "and"; "double quotes" a phrase; a leading - means "without"; a trailing * "begins
/// with". Case and accents do not matter.
struct SearchQuery {
    QString words; ///< expression for the word index; empty = none
    QString
        trigrams; ///< for the trigram index: terms in scripts without spaces, of three characters
    QStringList parts; ///< must be contained literally: too short for trigrams, or only symbols
    QString withoutWords; ///< expression whose matches are left out
    QString withoutTrigrams;
    QStringList withoutParts;

    /// Nothing to look for: empty, or only exclusions.
    bool isEmpty() const { return words.isEmpty() && trigrams.isEmpty() && parts.isEmpty(); }

    /// At most 32 terms of 200 characters are taken; the rest is ignored.
    static SearchQuery fromUserText(const QString &text);

    friend bool operator==(const SearchQuery &, const SearchQuery &) = default;
};

} // namespace linchpin
