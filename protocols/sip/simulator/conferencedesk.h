// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"
#include "protocols/sip/simulator/xmlelement.h"

#include <QHash>
#include <QList>
#include <QString>

namespace linchpin::sip::sim {

/// The conferences of the pool: factory, foci, and the MCU that carries their messages.
/// [MS-CONFPRO], [MS-CONFBAS], [MS-CONFIM]. Everything lives in memory until it is deleted.
class ConferenceDesk {
public:
    explicit ConferenceDesk(PoolCore &core);

    /// Whether a request is for this desk, by its Request-URI.
    static bool concerns(const SipMessage &request);
    static QString factoryOf(const QString &user);
    void handle(const SipMessage &request, Hop &from);
    /// A response to a request of this desk; false when it is somebody else's.
    bool response(const SipMessage &response);
    void hopGone(Hop *hop);

    // What a test arranges.
    /// A conference that exists already; its focus URI.
    QString make(const QString &organizer, const QString &id, const QString &subject);
    /// Where pages for people are; empty: conferences have no link.
    void setPages(const QString &base) { m_pages = base; }
    /// Who is not the organizer waits until somebody lets them in.
    void setLobby(bool lobby) { m_lobby = lobby; }
    /// So many of the next notifications get lost.
    void loseNotifications(int count) { m_lost = count; }
    /// Somebody is in by telephone as well.
    void putOnPhone(const QString &focus, const QString &address);
    /// Messages to this person get lost, and the sender hears of it; empty: nobody's.
    void setUnreachable(const QString &address) { m_unreachable = address; }
    /// Whether the MCU passes typing on.
    void setTyping(bool carried) { m_typing = carried; }

    // What it looks at.
    QString pages() const { return m_pages; }
    QStringList foci() const { return m_conferences.keys(); }
    QStringList members(const QString &focus) const; ///< in the chat
    bool isLocked(const QString &focus) const { return m_conferences.value(focus).locked; }
    bool isPresenter(const QString &focus, const QString &address) const;
    bool isMuted(const QString &focus, const QString &address) const;
    /// Open dialogs and subscriptions with anybody.
    int openDialogs() const;
    /// The focus of a link's last two parts, for the page; empty when there is none.
    QString focusOf(const QString &organizer, const QString &id) const;

private:
    struct Leg {
        QByteArray callId;
        QByteArray local; ///< our From
        QByteArray remote; ///< our To
        QByteArray target;
        Hop *hop = nullptr;
        quint32 cseq = 0;
        bool isOpen() const { return !callId.isEmpty(); }
    };
    struct Participant {
        QString address;
        QString device; ///< GUID
        bool presenter = false;
        bool waiting = false;
        Leg focus;
        Leg chat;
        Leg subscription;
        bool benotify = false;
        bool phone = false;
        bool muted = false;
    };
    struct Meeting {
        QString focus;
        QString organizer;
        QString id;
        QString subject;
        bool locked = false;
        quint32 version = 0;
        QList<Participant> people;
    };
    struct Passed { ///< a message on its way to one participant
        QString focus;
        QString sender;
        QByteArray messageId;
        QString recipient;
    };

    void factory(const SipMessage &request, Hop &from);
    void invite(const SipMessage &request, Hop &from, Meeting &meeting, bool chat);
    void enterFocus(const SipMessage &request, Hop &from, Meeting &meeting);
    void subscribe(const SipMessage &request, Hop &from, Meeting &meeting);
    void control(const SipMessage &request, Hop &from, Meeting &meeting, Participant &who);
    void message(const SipMessage &request, Hop &from, Meeting &meeting, Participant &who);
    void bye(const SipMessage &request, Hop &from, Meeting &meeting);

    Meeting *meetingOf(QByteArrayView uri);
    Participant *byLeg(Meeting &meeting, const QByteArray &callId);
    QString nameOf(const QString &address) const;
    QString userXml(const Meeting &meeting, const QString &address) const;
    QString descriptionXml(const Meeting &meeting) const;
    QByteArray document(const Meeting &meeting, const QString &address = {}) const;
    void notifyAll(Meeting &meeting, const QString &about);
    void notify(Participant &who, const QByteArray &body);
    void remove(Meeting &meeting, const QString &address);
    SipMessage inDialog(Leg &leg, const QByteArray &method) const;
    void hangUp(Leg &leg);
    void report(Meeting &meeting, const Passed &passed, int status);
    QByteArray answer(const XmlElement &request, const QString &code, const QString &inside,
        const QString &reason = {}) const;

    PoolCore &m_core;
    QMap<QString, Meeting> m_conferences; ///< by focus
    QHash<QByteArray, Passed> m_passed; ///< by branch
    QString m_pages;
    QString m_unreachable;
    bool m_lobby = false;
    bool m_typing = true;
    int m_lost = 0;
    quint32 m_messages = 0;
};

} // namespace linchpin::sip::sim
