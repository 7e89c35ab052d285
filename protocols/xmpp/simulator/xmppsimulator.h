// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QDateTime>
#include <QDomElement>
#include <QFile>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QXmppMessage.h>
#include <QXmppPresence.h>
#include <QXmppServer.h>
#include <QXmppServerExtension.h>

#include <chrono>

namespace linchpin::xmpp::simulator {

/// One of the people who live on the simulated server.
struct Inhabitant {
    QString name; ///< local part
    QString fullName;
    QString group;
    QXmppPresence::AvailableStatusType status = QXmppPresence::Online;
    QString note;
    bool online = true;
};

/// The inhabitants, the one room and the server's own services: everything behind the socket.
/// Stanzas come from QXmppServer, answers go back through it.
class World : public QXmppServerExtension {
    Q_OBJECT
public:
    World(const QString &domain, std::chrono::milliseconds delay);

    // Verbs.
    void setRecord(const QString &file); ///< every message received, one JSON object a line
    void setPresence(const QString &name, QXmppPresence::AvailableStatusType status,
        const QString &note, bool online = true);
    void say(const QString &name, const QString &to, const QString &text);
    void sayInRoom(const QString &nick, const QString &text);
    /// Puts so many more people into everybody's contact list, the first `online` of them online.
    void addPeople(int people, int online);
    /// Sends so many numbered messages from the partner to everybody who signs in.
    void floodGuests(int messages) { m_flood = messages; }
    /// People come, go and talk by themselves.
    void live();

    QString partner() const { return address(u"zofia"); }
    QString room() const { return QStringLiteral("kaffee@rooms.") + m_domain; }
    QString address(QStringView name) const;

    bool handleStanza(const QDomElement &stanza) override;

    void clientConnected(const QString &jid);
    void clientDisconnected(const QString &jid);

private:
    struct Guest {
        QString nick;
        QString jid; ///< full
    };

    void handleIq(const QDomElement &stanza);
    void handlePresence(const QDomElement &stanza);
    void handleMessage(const QXmppMessage &message);
    void handleRoomPresence(const QXmppPresence &presence);
    void handleRoomMessage(const QXmppMessage &message);
    void answerRoster(const QString &to, const QString &id);
    void answerDiscovery(const QDomElement &stanza, bool items);
    void sendPresenceOf(const Inhabitant &who, const QString &to);
    void sendOccupant(const QString &nick, const QString &to, bool self, bool present);
    void spreadInRoom(QXmppMessage message);
    void record(const QXmppMessage &message);
    void reply(const QString &from, const QString &to);
    void after(std::chrono::milliseconds delay, std::function<void()> what);
    void goOn();
    Inhabitant *inhabitant(const QString &jid);
    QString roomNick(const QString &nick) const { return room() + QLatin1Char('/') + nick; }

    QString m_domain;
    std::chrono::milliseconds m_delay;
    QList<Inhabitant> m_people;
    QStringList m_roomPeople;
    QString m_topic;
    QSet<QString> m_present; ///< full JIDs of clients that sent presence
    QList<Guest> m_guests;
    QHash<QString, int> m_answers; ///< how often each inhabitant has answered
    QFile m_record;
    int m_flood = 0;
    int m_step = 0;
    int m_nextId = 0;
};

/// The whole: a QXmppServer on loopback with TLS from a certificate of its own.
class XmppSimulator : public QObject {
    Q_OBJECT
public:
    explicit XmppSimulator(std::chrono::milliseconds delay, QObject *parent = nullptr);
    ~XmppSimulator() override;

    /// Listens on 127.0.0.1 (`port` 0 = any) and writes ca.pem and received.jsonl to `directory`.
    /// The reason when that fails, else empty.
    QString start(const QString &directory, quint16 port);

    quint16 port() const { return m_port; }
    QString caFile() const { return m_caFile; }
    World *world() const { return m_world; }
    static QString domain() { return QStringLiteral("alpha.test"); }
    static QString userName() { return QStringLiteral("demo"); }
    /// LINCHPIN_SIM_PASSWORD names another one, for tests that look where it turns up.
    static QString password()
    {
        return qEnvironmentVariable("LINCHPIN_SIM_PASSWORD", QStringLiteral("demo-pw"));
    }

private:
    class Passwords;

    std::unique_ptr<Passwords> m_checker;
    QXmppServer m_server;
    World *m_world = nullptr; ///< owned by m_server
    QString m_caFile;
    quint16 m_port = 0;
};

} // namespace linchpin::xmpp::simulator
