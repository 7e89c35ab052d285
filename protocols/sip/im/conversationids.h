// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QHash>
#include <QString>

namespace linchpin::sip {

/// Which conversation an INVITE belongs to (header Ms-Conversation-ID): one value for all sessions
/// of a talk of two, whoever invites, also across a lost line. Another one begins when the other
/// side has ended the talk, or after a day. Pure; bounded.
class ConversationIds {
public:
    ConversationIds() = default;
    /// What toBytes() gave in another life; nonsense is nothing.
    ConversationIds(const QByteArray &remembered, const QDateTime &now);

    /// The conversation with that person; empty where none is known.
    QByteArray of(const QString &address, const QDateTime &now) const;
    /// Ours, or theirs as they wrote it; what is no token (RFC 3261 25.1) is ignored. False where
    /// nothing changes.
    bool set(const QString &address, const QByteArray &id, const QDateTime &now);
    bool forget(const QString &address);

    QByteArray toBytes() const;

private:
    struct Entry {
        QByteArray id;
        QDateTime since; ///< UTC
    };
    QHash<QString, Entry> m_entries;
};

} // namespace linchpin::sip
