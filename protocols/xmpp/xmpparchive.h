// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/facets.h"
#include "protocols/xmpp/translate.h"
#include "protocols/xmpp/xmppcontext.h"

#include <QObject>
#include <QXmppClientExtension.h>
#include <QXmppMamIq.h>

#include <functional>
#include <memory>
#include <optional>

namespace linchpin::xmpp {

struct ArchivedMessage {
    QString id;
    QDateTime at; ///< UTC
    QXmppMessage message;
};

struct ArchivePage {
    QList<ArchivedMessage> messages; ///< oldest first
    bool complete = false; ///< nothing lies beyond this page in the direction asked
    QString last;
};

struct ArchiveQuery {
    QString archive; ///< a room's JID; empty = our own
    QString with;
    QDateTime start;
    QDateTime end;
    QString after;
    std::optional<QString> before; ///< empty = the newest page
    int atMost = 100;
};

/// Collects the results of archive queries (XEP-0313) from the stream. QXmppMamManager 1.10 leaves
/// out the archive's id of each message, and without it nothing can be recognised again.
class ArchiveTap : public QXmppClientExtension {
    Q_OBJECT
public:
    QStringList discoveryFeatures() const override;
    bool handleStanza(const QDomElement &stanza) override;
    /// QXmpp calls this one first; it must not hide the other.
    using QXmppClientExtension::handleStanza;

    QHash<QString, ArchivePage> pages; ///< by query id, while asked
    QHash<QString, QString> sources; ///< by query id, the archive's JID
    QString ownJid;
};

/// The server's archive: what came while we were away, older history on demand, and whether a
/// message of ours had arrived. How far we have read is kept in the session's state, and moves
/// only when core has stored the message.
class XmppArchive : public QObject, public ArchiveFacet {
    Q_OBJECT
public:
    /// Takes a message to the conversation it belongs to; `stored` as in MessageReceived.
    using Deliver = std::function<void(
        const QXmppMessage &, const MessageContext &, const std::function<void()> &)>;

    XmppArchive(XmppContext &context, Deliver deliver, QObject *parent = nullptr);
    ~XmppArchive() override;

    void attach(QXmppClient *client);
    void catchUp();
    void catchUpRoom(const QString &room, const QString &nick);
    void stop();

    bool isAvailable() const { return m_available; }
    /// To be called once the live message with this archive id is stored; empty where none is
    /// needed.
    std::function<void()> trackLive(const QString &room, const QString &id, const QDateTime &at);
    /// The archive's id of a message of ours, or empty where it never arrived.
    Async<QString> findOwn(const OutgoingMessage &message);

    Async<bool> fetchBefore(const QString &with, ConversationKind conversation,
        const QDateTime &before, int atMost) override;

private:
    struct Entry {
        QString id;
        QDateTime at;
        bool stored = false;
    };
    /// How far one archive (our own: empty key, or a room's) has been read.
    struct Reading {
        QString id;
        QDateTime at;
        QString nick;
        QString cursor; ///< id of the last message fetched
        bool running = false;
        int pages = 0;
        QDateTime lastSeen;
        QList<QString> conversations;
        QList<std::shared_ptr<Entry>> entries; ///< in the archive's order
        QList<std::shared_ptr<Entry>> held; ///< live ones, behind those still to be fetched
    };

    Async<ArchivePage> ask(const ArchiveQuery &query);
    Reading &reading(const QString &key);
    void readOn(const QString &key, bool byTime);
    void readNewest(const QString &key, bool afterGap);
    void take(const QString &key, const ArchivePage &page);
    void finishReading(const QString &key);
    std::function<void()> track(
        const QString &key, const QString &id, const QDateTime &at, bool live);
    void advance(const QString &key);
    void save(const QString &key);
    void search(const ArchiveQuery &query, const QString &localId, int pagesLeft,
        const Answer<QString> &answer);

    XmppContext &m_context;
    Deliver m_deliver;
    QPointer<ArchiveTap> m_tap;
    QHash<QString, Reading> m_readings;
    QSet<QString> m_unsaved;
    std::unique_ptr<Timer> m_saveSoon;
    bool m_available = false;
    int m_session = 0;
};

} // namespace linchpin::xmpp
