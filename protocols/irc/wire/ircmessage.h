// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QVarLengthArray>

#include <optional>

namespace linchpin::irc {

/// One message tag with its value unescaped (IRCv3 message-tags). A tag without a value has "".
struct IrcTag {
    QByteArray key;
    QByteArray value;

    friend bool operator==(const IrcTag &, const IrcTag &) = default;
};

/**
 * One line of IRC as views into the bytes it was parsed from (RFC 1459 2.3, IRCv3 message-tags).
 *
 * Nothing is copied and nothing is decoded: whoever keeps a message longer than its line must copy
 * what is needed. Text encodings are the business of TextCodec.
 */
struct IrcMessage {
    QByteArrayView rawTags; ///< Without '@', still escaped.
    QByteArrayView source; ///< Without ':'; a server name or nick!user@host.
    QByteArrayView verb; ///< Letters, or the three digits of a numeric reply.
    QVarLengthArray<QByteArrayView, 16> params;
    bool hasTags = false;
    bool hasSource = false;

    /// The parameter at @p index, or empty when the sender left it out.
    QByteArrayView param(qsizetype index) const
    {
        return index >= 0 && index < params.size() ? params[index] : QByteArrayView();
    }
    /// The last parameter, or empty.
    QByteArrayView last() const { return params.isEmpty() ? QByteArrayView() : params.last(); }
    /// Whether the verb is @p upperCaseVerb; verbs are compared without regard to case.
    bool is(QByteArrayView upperCaseVerb) const;
    /// The numeric reply's number, or -1 for a command.
    int numeric() const;
    /// The unescaped value of the last tag named @p key; "" when it has none, nothing when absent.
    std::optional<QByteArray> tag(QByteArrayView key) const;
    /// All tags in the order they first appear; of duplicates the last value counts.
    QList<IrcTag> tags() const;
};

/// "\:" → ";" and so on; a backslash before any other character, or at the end, is dropped.
QByteArray unescapeTagValue(QByteArrayView escaped);
/// The reverse of unescapeTagValue().
QByteArray escapeTagValue(QByteArrayView value);

} // namespace linchpin::irc
