// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace linchpin::irc {

/// What became of a message.
struct DeliveryOutcome {
    quint64 message = 0;
    bool failed = false;
    QByteArray words; ///< The server's, where it failed.
    int numeric = 0; ///< Of the refusal, where it was a numeric.
    QByteArray msgid; ///< Of its first line, where the server gives ids.
    QDateTime at; ///< The server's time, where it says.

    friend bool operator==(const DeliveryOutcome &, const DeliveryOutcome &) = default;
};

/**
 * Finds out whether the server took a message, which plain IRC does not say.
 *
 * Where the server labels its answers (IRCv3 labeled-response) every line carries a label and is
 * confirmed or refused by it. Elsewhere a PING follows the message: a server answers in order, so a
 * refusal (401, 404, …) comes before the PONG, and the PONG without a refusal means that the
 * message was taken. Pure.
 */
class DeliveryTracker {
public:
    /// Begins to follow a message of @p lines lines to @p target (folded). Ids rise from 1.
    quint64 add(const QString &target, int lines, bool labeled);
    /// The label for the @p line-th line of @p message.
    static QByteArray label(quint64 message, int line);
    /// A line of the message left for the network.
    void written(quint64 message);
    bool isWritten(quint64 message) const;

    /// The token of a PING to send now behind the messages so far, when one is needed and none is
    /// under way.
    std::optional<QByteArray> ping();
    /// A PONG came; true when it was ours.
    bool pong(QByteArrayView token, QList<DeliveryOutcome> &outcomes);
    /// A numeric refused something sent to @p target: that is the oldest message to it without an
    /// answer.
    std::optional<DeliveryOutcome> refused(
        const QString &target, int numeric, QByteArrayView words);
    /// The answer to a label that is not a refusal: the echo, or ACK.
    std::optional<DeliveryOutcome> accepted(
        QByteArrayView label, const QByteArray &msgid, const QDateTime &at);
    std::optional<DeliveryOutcome> refusedLabel(
        QByteArrayView label, int numeric, QByteArrayView words);

    qsizetype pending() const { return m_messages.size(); }
    /// Forgets everything; returns what had no answer.
    QList<quint64> clear();

private:
    struct Message {
        quint64 id = 0;
        QString target;
        int linesLeft = 0; ///< To be confirmed by label.
        bool labeled = false;
        bool isWritten = false;
        QByteArray msgid;
        QDateTime at;
    };
    Message *byLabel(QByteArrayView label);
    DeliveryOutcome finish(const Message &message);

    QList<Message> m_messages; ///< In the order they were sent.
    quint64 m_lastId = 0;
    quint64 m_pinged = 0; ///< The PING under way covers messages up to this; 0 = none.
};

} // namespace linchpin::irc
