// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/irc/irclink.h"
#include "protocols/irc/state/deliverytracker.h"

#include <QHash>

namespace linchpin::irc {

/// mIRC codes to spans, and back.
RichText richTextFromWire(const QString &text);
QString richTextToWire(const RichText &body);

/**
 * What people say: PRIVMSG, NOTICE and TAGMSG both ways, CTCP, delivery confirmation, echoes,
 * typing.
 */
class IrcTexts : public TypingFacet {
public:
    /// @p serverName is the conversation of what the server itself says.
    IrcTexts(IrcLink &link, QString serverName);
    ~IrcTexts() override;

    Async<SentMessage> send(const OutgoingMessage &message);
    void setTyping(const QString &to, ConversationKind conversation, bool composing) override;

    /// PRIVMSG, NOTICE or TAGMSG. @p isBlocked: the user wants nothing from this sender.
    void handleText(const IrcMessage &message, const Origin &origin, bool isBlocked);
    /// True when the PONG answered our question whether messages were taken.
    bool handlePong(QByteArrayView token);
    /// An answer to a label (ACK, a numeric, FAIL), or a refusal that names a target; true when
    /// used up.
    bool handleAnswer(const IrcMessage &message, const Origin &origin);
    void written(quint64 message) { m_delivery.written(message); }
    /// How others see us; the text that fits a line depends on its length.
    void setOwnUserHost(const QString &user, const QString &host);
    /// Offline: what was written may have arrived (`connection-closed`), the rest has not
    /// (`not-sent`).
    void reset();

private:
    struct Echo {
        QString target; ///< Folded.
        QByteArray text;
    };
    struct Typist {
        QString with;
        ConversationKind conversation;
        QString from;
        QDateTime until;
    };

    void settle(const DeliveryOutcome &outcome);
    void handleCtcpRequest(const IrcMessage &message, const Origin &origin);
    bool isOwnEcho(const QString &target, QByteArrayView text);
    void tellTyping(const Typist &typist, bool composing);
    void expireTypists();
    void stopTyping(const QString &with, const QString &from);
    bool mentionsMe(const QString &text) const;
    void askWhetherTaken();
    void askAgain();

    IrcLink &m_link;
    QString m_serverName;
    DeliveryTracker m_delivery;
    QHash<quint64, std::pair<QString, Answer<SentMessage>>>
        m_answers; ///< With the target as asked for.
    QByteArray m_token; ///< Of the PING under way.
    int m_askedAgain = 0;
    std::unique_ptr<Timer> m_askTimer;
    QList<Echo> m_echoes; ///< Ours that will come back without a label.
    QList<Typist> m_typists;
    std::unique_ptr<Timer> m_typingTimer;
    QHash<QString, QDateTime> m_typingSent; ///< By target: when it was told last.
    QList<QDateTime> m_ctcpReplies;
    qsizetype m_userHostSize
        = 75; ///< "user@host" until we know ours: ten and 63 are the usual limits.
};

} // namespace linchpin::irc
