// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/state/casemapping.h"
#include "protocols/irc/wire/ircmessage.h"

#include <QHash>
#include <QString>

namespace linchpin::irc {

/// Whether a channel mode takes a parameter (ISUPPORT CHANMODES, types A to D, and PREFIX).
enum class ModeKind {
    List, ///< Type A: bans; a parameter adds or removes, none asks for the list.
    Always, ///< Type B: a key.
    WhenSet, ///< Type C: a limit.
    Never, ///< Type D: a flag.
    Prefix, ///< Changes a member's rank.
};

/**
 * What a server says it supports in its 005 replies (modern.ircdocs.horse, RPL_ISUPPORT), with the
 * defaults of RFC 1459 and 2811 for servers that say nothing.
 */
class ISupport {
public:
    /// Takes one 005 line; tokens prefixed by '-' go back to their default. Other messages are
    /// ignored.
    void apply(const IrcMessage &message);
    /// Takes one token, "NICKLEN=30".
    void applyToken(QByteArrayView token);

    bool has(const QByteArray &key) const { return m_tokens.contains(key); }
    QByteArray value(const QByteArray &key) const { return m_tokens.value(key); }
    /// A number the server gave, @p otherwise when it gave none or nonsense.
    int number(const QByteArray &key, int otherwise) const;

    CaseMapping caseMapping() const { return m_caseMapping; }
    QString network() const;
    /// Whether @p target names a channel.
    bool isChannel(QStringView target) const;
    /// @p target without the status prefix of STATUSMSG: "@#c" → "#c".
    QStringView withoutStatus(QStringView target) const;
    ModeKind modeKind(char mode) const;

    /// Mode letters of ranks, highest first ("ov"), and their signs in the same order ("@+").
    const QByteArray &prefixModes() const { return m_prefixModes; }
    const QByteArray &prefixSigns() const { return m_prefixSigns; }
    char signForMode(char mode) const;
    bool isSign(char16_t c) const;
    /// How many modes with a parameter one MODE may carry.
    int modesPerLine() const;
    /// The longest line the server takes and sends (LINELEN), within reason.
    qsizetype lineLength() const;

private:
    void derive();

    QHash<QByteArray, QByteArray> m_tokens;
    CaseMapping m_caseMapping = CaseMapping::Rfc1459;
    QByteArray m_prefixModes = "ov";
    QByteArray m_prefixSigns = "@+";
    QByteArray m_modes[4] = { "b", "k", "l", "imnpst" };
    QByteArray m_channelTypes = "#&";
    QByteArray m_statusSigns;
};

} // namespace linchpin::irc
