// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/state/isupport.h"
#include "protocols/irc/wire/ircframer.h"
#include "protocols/irc/wire/ircparser.h"
#include "protocols/irc/wire/ircserializer.h"

#include <QHash>
#include <QObject>
#include <QSet>
#include <QSslConfiguration>
#include <QTcpSocket>

#include <chrono>
#include <expected>
#include <memory>

class QSslServer;
class QTcpServer;

namespace linchpin::irc::sim {

/// Where the simulator listens and how badly it behaves from the start.
struct SimOptions {
    QString directory; ///< Takes ca.pem.
    bool expiredCertificate = false;
    quint16 tlsPort = 0; ///< 0 = any
    quint16 plainPort = 0;
    std::chrono::milliseconds slowness { 0 }; ///< Before everything it sends.
};

/**
 * An IRC server for tests and the demonstration: real sockets on 127.0.0.1, people of flesh
 * (clients) and of script. Speaks RFC 2812 as far as a client needs it, and the capabilities
 * Linchpin uses.
 */
class SimServer : public QObject {
    Q_OBJECT
public:
    explicit SimServer(SimOptions options, QObject *parent = nullptr);
    ~SimServer() override;

    /// Listens on both ports, or says why not.
    std::expected<void, QString> start();
    quint16 tlsPort() const;
    quint16 plainPort() const;
    QString authorityFile() const;

    void addAccount(const QByteArray &name, const QByteArray &password);

    // People of script.
    void addPerson(const QByteArray &nick, const QByteArray &realName);
    void join(const QByteArray &nick, const QByteArray &name);
    void part(const QByteArray &nick, const QByteArray &name, const QByteArray &reason);
    void say(const QByteArray &nick, const QByteArray &target, const QByteArray &text);
    void act(const QByteArray &nick, const QByteArray &target, const QByteArray &text);
    void type(const QByteArray &nick, const QByteArray &target, bool composing);
    void setTopic(const QByteArray &nick, const QByteArray &name, const QByteArray &topic);
    void setAway(const QByteArray &nick, const QByteArray &text); ///< Empty: back.
    bool isIn(const QByteArray &nick, const QByteArray &name) const;

    // Rudeness.
    void setCaps(const QByteArrayList &caps) { m_caps = caps; } ///< "sasl=PLAIN" and the like
    void requireSasl(bool required) { m_requireSasl = required; }
    void ban(const QByteArray &words) { m_banned = words; } ///< 465 for everybody
    void speakHttp(bool http) { m_http = http; }
    void cutAfter(int lines)
    {
        m_cutAfter = lines;
    } ///< Ends each connection after that many lines from it.
    void ignorePings(bool ignore) { m_ignorePings = ignore; }
    void cutAll(); ///< At once and without a word.
    void sendRaw(const QByteArray &nick, const QByteArray &bytes);

Q_SIGNALS:
    void joined(const QByteArray &nick, const QByteArray &channel);
    /// Somebody of flesh wrote to a channel or to a person of script.
    void said(const QByteArray &nick, const QByteArray &target, const QByteArray &text);

private:
    struct User {
        QByteArray nick;
        QByteArray user = "user";
        QByteArray host = "people.test";
        QByteArray realName;
        QByteArray away;
        QByteArray account;
        QSet<QByteArray> caps;
        QSet<QByteArray> monitored; ///< Folded nicks.
        QTcpSocket *socket = nullptr; ///< Null: of script.
        IrcFramer framer;
        QByteArray saslMechanism;
        bool registered = false;
        bool negotiating = false;
        bool gone = false;
        int lines = 0;

        QByteArray mask() const { return nick + '!' + user + '@' + host; }
    };
    using UserPtr = std::shared_ptr<User>;
    struct Channel {
        QByteArray name;
        QByteArray topic;
        QByteArray topicBy;
        qint64 topicAt = 0;
        QList<std::pair<UserPtr, QByteArray>> members; ///< With sign.
        QSet<char> modes { 'n', 't' };
        QSet<QByteArray> invited;
    };

    void accept(QTcpSocket *socket);
    void read(const UserPtr &user);
    void handle(const UserPtr &user, const IrcMessage &message);
    void welcome(const UserPtr &user);
    void handleCap(const UserPtr &user, const IrcMessage &message);
    void handleAuthenticate(const UserPtr &user, const IrcMessage &message);
    void handleNick(const UserPtr &user, const QByteArray &nick);
    void handleText(const UserPtr &user, const IrcMessage &message);
    void handleJoin(const UserPtr &user, const QByteArray &name);
    void handlePart(const UserPtr &user, const QByteArray &name, const QByteArray &reason);
    void handleMode(const UserPtr &user, const IrcMessage &message);
    void handleTopic(const UserPtr &user, const IrcMessage &message);
    void handleKick(const UserPtr &user, const IrcMessage &message);
    void handleWho(const UserPtr &user, const QByteArray &mask);
    void handleWhois(const UserPtr &user, const QByteArray &nick);
    void handleMonitor(const UserPtr &user, const IrcMessage &message);
    void quit(const UserPtr &user, const QByteArray &reason);

    void send(const UserPtr &user, IrcCommand command);
    void write(const UserPtr &user, const QByteArray &bytes) const;
    void reply(const UserPtr &user, const QByteArray &numeric, const QByteArrayList &params);
    void toChannel(const Channel &channel, const IrcCommand &command, const User *except = nullptr);
    void toNeighbours(const UserPtr &user, const IrcCommand &command, const QByteArray &cap = {});
    void deliver(const UserPtr &from, const QByteArray &verb, const QByteArray &target,
        const QByteArray &text, const QList<IrcTag> &clientTags);
    void tellMonitors(const UserPtr &user, bool online);
    void namesTo(const UserPtr &user, const Channel &channel);
    UserPtr find(const QByteArray &nick) const;
    Channel *channel(const QByteArray &name);
    const Channel *channel(const QByteArray &name) const;
    static QByteArray key(const QByteArray &name) { return name.toLower(); }
    static qsizetype indexOf(const Channel &channel, const User *user);

    SimOptions m_options;
    std::unique_ptr<QSslServer> m_tls;
    std::unique_ptr<QTcpServer> m_plain;
    QList<UserPtr> m_users;
    QHash<QByteArray, Channel> m_channels;
    QHash<QByteArray, QByteArray> m_accounts;
    QByteArrayList m_caps;
    QByteArray m_banned;
    ISupport m_isupport;
    bool m_requireSasl = false;
    bool m_http = false;
    bool m_ignorePings = false;
    int m_cutAfter = 0;
    quint64 m_messageCount = 0;
    User *m_answering = nullptr; ///< Whose labeled command is handled.
    QList<IrcCommand> m_answers; ///< To it so far.
};

} // namespace linchpin::irc::sim
