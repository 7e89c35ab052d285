// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/historystore.h"
#include "core/import/importtypes.h"

#include <QHash>
#include <QObject>
#include <QSet>

namespace linchpin {

class ProtocolPlugin;

/// Messages of one log, as they come from the reader.
struct ImportPart {
    ImportedLog log;
    QList<ImportedMessage> messages;
};

/// An id that is the same for the same line in every import: over conversation, time, speaker and
/// text, and over `repeat`, the how-manieth of its like within the second.
QString importedId(const ImportedLog &log, const ImportedMessage &message, int repeat);

/// Puts imported messages into the history, none twice: those imported before are known by their
/// id, those that came from the network by direction, speaker, text and time (a minute's
/// tolerance: other programs write down their own clock). Main thread; what it asks of the history
/// is done in the history's thread. What was written stays whatever happens afterwards.
class ImportWriter : public QObject {
    Q_OBJECT
public:
    explicit ImportWriter(HistoryStore &history, QObject *parent = nullptr);

    /// Where the logs of an account of the other program go.
    void setAccount(const QString &key, const AccountId &id, const QString &address,
        const ProtocolPlugin &plugin);

    using Then = std::function<void(const Result<void> &)>;
    /// Learns which conversations there are. First.
    void begin(Then then);
    /// One after the other: not before `then` of the one before was called.
    void write(const QList<ImportPart> &parts, Then then);
    /// Marks the span of each conversation as one that cannot be proven complete.
    void finish(Then then);

    qint64 messagesWritten() const { return m_written; }
    qint64 messagesKnown() const { return m_known; }
    qint64 messagesUnplaced() const { return m_unplaced; } ///< of addresses that are none here
    QList<ConversationKey> conversations() const { return m_spans.keys(); } ///< written to

private:
    struct Target {
        AccountId id;
        QString address;
        const ProtocolPlugin *plugin = nullptr;
    };
    struct Span {
        QDateTime from;
        QDateTime to;
    };
    /// What the history has of a conversation around a part's time.
    struct Known {
        QSet<QString> ids;
        struct Place {
            qint64 second;
            MessageId id;
        };
        QHash<QString, QList<Place>> places; ///< by direction, speaker and text
    };

    void lookForNews(QList<ConversationKey> unread, const Then &then);
    ConversationKey keyOf(const ImportedLog &log);
    QList<StoredMessage> stored(const ConversationKey &key, const ImportPart &part);
    void lookUpNext();
    void lookUp(const MessagePlace &after, const QDateTime &until);
    void take(Known &known);
    void append();

    HistoryStore &m_history;
    QHash<QString, Target> m_targets;
    QHash<QString, ConversationKey> m_keys; ///< null keys: addresses that are none
    /// With the time until which imported messages are no news: invalid = all of them.
    QHash<ConversationKey, QDateTime> m_existing;
    QHash<ConversationKey, Span> m_spans;
    QSet<QString> m_ids; ///< of this call of write(); the history has those before
    QSet<MessageId> m_recognised; ///< messages of the network that were found in a log already
    QHash<QString, int> m_repeats; ///< within one second of one log
    QString m_repeatsOf;

    QList<std::pair<ConversationKey, QList<StoredMessage>>> m_waiting; ///< of the call of write()
    Known m_lookedUp;
    QList<StoredMessage> m_fresh;
    Then m_then;
    qint64 m_written = 0;
    qint64 m_known = 0;
    qint64 m_unplaced = 0;
};

} // namespace linchpin
