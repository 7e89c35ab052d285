// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/facets.h"
#include "protocols/xmpp/translate.h"
#include "protocols/xmpp/xmppcontext.h"

#include <QHash>
#include <QObject>
#include <QSet>

namespace linchpin::xmpp {

class XmppArchive;
class XmppRooms;
class XmppRoster;

/// Messages in both directions: sending with the server's acknowledgement, receipts (XEP-0184),
/// typing (XEP-0085), read markers (XEP-0333), what comes from other devices (XEP-0280).
class XmppMessages : public QObject, public TypingFacet, public ReadFacet {
    Q_OBJECT
public:
    explicit XmppMessages(XmppContext &context, QObject *parent = nullptr);

    /// The other parts, set once by the session.
    void connectParts(XmppArchive *archive, XmppRooms *rooms, XmppRoster *roster);
    void attach(QXmppClient *client);
    /// The stream is gone; `final`: for good, everything waiting is answered.
    void interrupt(bool final);

    Async<SentMessage> send(const OutgoingMessage &message);
    /// Brings a message from the stream, a carbon or an archive to its conversation.
    void deliver(const QXmppMessage &message, const MessageContext &context,
        const std::function<void()> &stored);

    void setTyping(const QString &to, ConversationKind conversation, bool composing) override;
    void markRead(
        const QString &with, ConversationKind conversation, const QString &remoteId) override;

private:
    struct Pending {
        OutgoingMessage message;
        QList<Answer<SentMessage>> answers; ///< one a caller: a future takes one continuation
        bool acknowledged = false;
        std::unique_ptr<Timer> echoLimit = {};
    };

    void handleMessage(const QXmppMessage &message);
    void handleError(const QXmppMessage &message);
    void handleTyping(const QXmppMessage &message, const MessageContext &context);
    bool handleInvitation(const QXmppMessage &message, const MessageContext &context) const;
    void startNext(const QString &to);
    void transmit(const QString &localId);
    void acknowledge(const QString &localId);
    void settle(const QString &localId, const SentMessage &sent);
    void refuse(const QString &localId, const Error &why);
    void sendReceipt(const QString &to, const QString &id) const;
    void rememberMarkable(const QString &id);

    XmppContext &m_context;
    XmppArchive *m_archive = nullptr;
    XmppRooms *m_rooms = nullptr;
    XmppRoster *m_roster = nullptr;
    std::unordered_map<QString, Pending> m_pending;
    QHash<QString, QStringList>
        m_queues; ///< by conversation, waiting behind a look into the archive
    QSet<QString> m_talkedTo; ///< strangers we wrote to: they may know that we got their answer
    QSet<QString> m_composing; ///< who types, so that the end is told once
    QString m_typingTo;
    QStringList m_markable; ///< ids whose authors want to know that they were read
};

} // namespace linchpin::xmpp
