// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"
#include "protocols/sip/simulator/xmlelement.h"

#include <QDateTime>
#include <QList>
#include <QMap>
#include <QSet>
#include <QString>

namespace linchpin::sip::sim {

/// A Group Chat server beside the pool: the address everybody knows (ocschat@DOMAIN), and the
/// server with the rooms (chat01@DOMAIN). [MS-XCCOSIP]; where no text of it was at hand, what
/// pidgin-sipe sends and understands. There is none until there is a room.
class GroupChatDesk {
public:
    explicit GroupChatDesk(PoolCore &core);

    /// Whether a request is for this desk, by its Request-URI.
    bool concerns(const SipMessage &request) const;
    void handle(const SipMessage &request, Hop &from);
    void hopGone(Hop *hop);
    /// The group of in-band provisioning; empty where it says nothing.
    QString provisioning() const;

    // What a test arranges.
    struct Room {
        QString name = {};
        QString description = {};
        QString topic = {};
        QStringList allowed = {}; ///< addresses; empty: everybody
        QStringList managers = {};
    };
    QString addRoom(const Room &room); ///< its URI
    /// Provisioning names a place to ask (pchat01@DOMAIN), as since Lync 2013, or says that there
    /// is no persistent chat.
    void provision(bool enabled) { m_provisioned = enabled; }
    /// Somebody without a client comes, goes, writes. `at` invalid: now.
    void come(const QString &room, const QString &address);
    void go(const QString &room, const QString &address);
    void write(
        const QString &room, const QString &address, const QString &text, const QDateTime &at = {});
    /// Ends all dialogs: by BYE, or by forgetting them.
    void endDialogs(bool byBye);
    /// Posts carry a number (chatId), as far as is known what real servers do.
    void setNumbered(bool numbered) { m_numbered = numbered; }
    /// Whether an author is shown his own post.
    void setEcho(bool echo) { m_echo = echo; }
    /// Posts are refused with this code; 0: taken.
    void refusePosts(int code) { m_refusal = code; }
    void setLimit(int characters) { m_limit = characters; }
    /// Session-Expires of the dialogs, in seconds; 0: none.
    void setSessionExpires(int seconds) { m_sessionExpires = seconds; }

    // What it looks at.
    QStringList members(const QString &room) const;
    QStringList posts(const QString &room) const; ///< their texts
    int openDialogs() const { return int(m_legs.size()); }
    /// Commands that came, by name ("bjoin"), in order.
    QStringList commands() const { return m_commands; }
    void clearCommands() { m_commands.clear(); }

private:
    struct Post {
        int number = 0;
        QString author;
        QString text;
        QDateTime at;
    };
    struct Channel {
        QString uri;
        Room about;
        QStringList visitors; ///< without a client
        QSet<QByteArray> legs; ///< Call-IDs
        QList<Post> posts;
    };
    struct Leg {
        QString address;
        bool lookup = false;
        QByteArray callId;
        QByteArray local; ///< our From
        QByteArray remote; ///< our To
        QByteArray target;
        Hop *hop = nullptr;
        quint32 cseq = 0;
    };

    void invite(const SipMessage &request, Hop &from);
    void info(const SipMessage &request, Hop &from, Leg &leg);
    void command(const XmlElement &command, const QString &envelope, Leg &leg);
    void join(const XmlElement &data, const QString &what, const QString &envelope, Leg &leg);
    void part(Channel &channel, Leg &leg);
    void take(const XmlElement &post, const QString &envelope, Leg &leg);
    void reply(Leg &leg, const QString &what, const QString &envelope, const QString &data,
        int code = 200, const QString &words = QStringLiteral("SUCCESS_OK"));
    void tell(Leg &leg, const QString &inside);
    void tellOthers(const Channel &channel, const QByteArray &exceptCall, const QString &inside);
    void spread(Channel &channel, const Post &post, const QByteArray &exceptCall);
    void drop(const QByteArray &callId);
    QStringList people(const Channel &channel) const;
    bool mayEnter(const Channel &channel, const QString &address) const;
    Channel *find(const QString &domain, const QString &value);
    QString postXml(const QString &element, const Channel &channel, const Post &post) const;
    QString channelXml(const Channel &channel, const QString &inside) const;
    QString joinedXml(const Channel &channel, const QString &address) const;
    SipMessage inDialog(Leg &leg, const QByteArray &method) const;

    PoolCore &m_core;
    QMap<QString, Channel> m_channels; ///< by URI
    QMap<QByteArray, Leg> m_legs; ///< by Call-ID
    std::optional<bool> m_provisioned;
    QStringList m_commands;
    bool m_numbered = true;
    bool m_echo = true;
    int m_refusal = 0;
    int m_limit = 512;
    int m_sessionExpires = 0;
    int m_posts = 40;
    quint64 m_envelope = 7962449779256945056ULL; ///< they are that long at Microsoft's
};

} // namespace linchpin::sip::sim
