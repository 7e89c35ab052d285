// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"

#include <QObject>
#include <QQueue>

#include <chrono>
#include <functional>

namespace linchpin::sip::sim {

/// Somebody in the pool without a client: answers INVITE and MESSAGE like an end point and writes
/// by script.
class ScriptedPerson : public QObject, public Hop {
    Q_OBJECT
public:
    /// What to answer to a message; empty: nothing.
    using Reply = std::function<QString(const QString &from, const QString &text)>;

    ScriptedPerson(const QString &address, PoolCore &core, QObject *parent);
    ~ScriptedPerson() override;

    QString address() const { return m_address; }
    /// Signs in with a presence (availability number of [MS-PRES]), or changes it.
    void setPresence(int availability, const QString &note = {}, const QString &activity = {});
    void signOut();
    void setReply(Reply reply) { m_reply = std::move(reply); }
    /// Pause between reading and answering; half of it the person is seen typing. Zero: at once, no
    /// typing.
    void setPace(std::chrono::milliseconds pace) { m_pace = pace; }
    /// Whether a first message inside the INVITE (ms-text-format) counts as delivered. A client
    /// that is told no has to send it again as MESSAGE.
    void setTakesFirstMessage(bool takes) { m_takesFirstMessage = takes; }
    /// Status for every INVITE, 200 to accept.
    void setInviteAnswer(int status) { m_inviteAnswer = status; }
    /// The clients of Microsoft refuse an INVITE of a conversation they have a session of.
    void setOneSessionOnly(bool only) { m_oneSessionOnly = only; }

    /// In the conversation that is open, or in a new one.
    void write(const QString &to, const QString &text);
    void type(const QString &to);
    void hangUp(const QString &to);

    void deliver(const SipMessage &message) override;
    QByteArray transport() const override { return "TLS"; }

Q_SIGNALS:
    void messageReceived(const QString &from, const QString &text);
    /// A message of ours got its final answer.
    void messageAnswered(const QString &to, const QString &text, int status);
    void typingReceived(const QString &from);
    void conversationEnded(const QString &with);

private:
    struct Dialog {
        QString peer;
        QByteArray callId;
        QByteArray local; ///< From value of our requests
        QByteArray remote;
        QByteArray target;
        QByteArray conversation; ///< its Ms-Conversation-ID
        quint32 cseq = 0;
        bool established = false;
        bool waiting = false; ///< a MESSAGE of ours has no answer yet
        QQueue<QString> outbox;
    };

    void handle(const SipMessage &message);
    void handleInvite(const SipMessage &request);
    void handleMessage(const SipMessage &request);
    void handleResponse(const SipMessage &response);
    void received(const QString &from, const QString &text);
    void invite(const QString &to);
    void flush(Dialog &dialog);
    SipMessage inDialog(Dialog &dialog, const QByteArray &method);
    void send(const SipMessage &message);
    void respond(const SipMessage &request, int status);
    Dialog *dialogWith(const QString &peer);
    Dialog *dialogOf(const SipMessage &message);

    QString m_address;
    PoolCore &m_core;
    QString m_instance;
    QByteArray m_contact;
    Reply m_reply;
    std::chrono::milliseconds m_pace { 0 };
    bool m_takesFirstMessage = true;
    int m_inviteAnswer = 200;
    bool m_oneSessionOnly = false;
    QList<Dialog> m_dialogs;
};

} // namespace linchpin::sip::sim
