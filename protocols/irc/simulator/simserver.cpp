// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/simulator/simserver.h"

#include "protocols/irc/simulator/simcertificates.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslServer>
#include <QTcpServer>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::irc::sim {

namespace {

constexpr auto kName = "irc.sim.test";
constexpr qsizetype kNickAtMost = 30;

QByteArrayList isupportTokens()
{
    return { "CASEMAPPING=ascii", "CHANTYPES=#", "PREFIX=(ov)@+", "CHANMODES=b,k,l,imnst",
        "NICKLEN=30", "MODES=4", "MONITOR=100", "NETWORK=Simulator", "STATUSMSG=@+", "ELIST=M" };
}

bool isNick(const QByteArray &nick)
{
    return !nick.isEmpty() && nick.size() <= kNickAtMost
        && !QByteArray("0123456789-#&:").contains(nick[0])
        && std::ranges::none_of(
            nick, [](char c) { return uchar(c) <= 0x20 || QByteArray(",*?!@").contains(c); });
}

} // namespace

SimServer::SimServer(SimOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_caps({ "message-tags", "server-time", "echo-message", "labeled-response", "batch",
          "away-notify", "multi-prefix", "userhost-in-names", "cap-notify", "sasl=PLAIN" })
{
    for (const QByteArray &token : isupportTokens()) {
        m_isupport.applyToken(token);
    }
}

SimServer::~SimServer()
{
    cutAll();
}

std::expected<void, QString> SimServer::start()
{
    const auto certificates
        = makeCertificates({ u"localhost"_s, u"127.0.0.1"_s, u"irc.sim.test"_s });
    if (!certificates) {
        return std::unexpected(u"no certificate could be made"_s);
    }
    QFile authority(authorityFile());
    if (!authority.open(QIODevice::WriteOnly) || authority.write(certificates->authority) < 0) {
        return std::unexpected(authority.errorString());
    }
    authority.close();

    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone); // of clients
    configuration.setLocalCertificate(
        QSslCertificate(m_options.expiredCertificate ? certificates->expiredCertificate
                                                     : certificates->certificate));
    configuration.setPrivateKey(QSslKey(certificates->key, QSsl::Ec));
    m_tls = std::make_unique<QSslServer>();
    m_tls->setSslConfiguration(configuration);
    m_plain = std::make_unique<QTcpServer>();
    const auto listen = [this](QTcpServer *server, quint16 port) -> std::expected<void, QString> {
        connect(server, &QTcpServer::pendingConnectionAvailable, this, [this, server] {
            while (QTcpSocket *socket = server->nextPendingConnection()) {
                accept(socket);
            }
        });
        if (!server->listen(QHostAddress::LocalHost, port)) {
            return std::unexpected(server->errorString());
        }
        return {};
    };
    return listen(m_tls.get(), m_options.tlsPort).and_then([&] {
        return listen(m_plain.get(), m_options.plainPort);
    });
}

quint16 SimServer::tlsPort() const
{
    return m_tls ? m_tls->serverPort() : quint16(0);
}

quint16 SimServer::plainPort() const
{
    return m_plain ? m_plain->serverPort() : quint16(0);
}

QString SimServer::authorityFile() const
{
    return QDir(m_options.directory).absoluteFilePath(u"ca.pem"_s);
}

void SimServer::addAccount(const QByteArray &name, const QByteArray &password)
{
    m_accounts.insert(key(name), password);
}

// Connections ------------------------------------------------------------------------------------

void SimServer::accept(QTcpSocket *socket)
{
    const UserPtr user = std::make_shared<User>();
    user->socket = socket;
    user->host = "127.0.0.1";
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_users.append(user);
    connect(socket, &QTcpSocket::readyRead, this, [this, user] { read(user); });
    connect(
        socket, &QTcpSocket::disconnected, this, [this, user] { quit(user, "Connection closed"); });
    read(user); // what came with the handshake
}

void SimServer::read(const UserPtr &user)
{
    if (user->gone || !user->socket) {
        return;
    }
    user->framer.feed(user->socket->readAll());
    while (!user->gone) {
        const auto frame = user->framer.next();
        if (!frame) {
            return;
        }
        if (m_http) {
            write(user, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            quit(user, {});
            return;
        }
        if (!*frame) {
            reply(user, "417", { "Input line was too long" });
            continue;
        }
        const QByteArray line = (*frame)->toByteArray();
        if (const auto message = parseLine(line)) {
            handle(user, *message);
        }
        if (m_cutAfter > 0 && ++user->lines >= m_cutAfter && user->socket) {
            user->socket->abort();
            return;
        }
    }
}

void SimServer::write(const UserPtr &user, const QByteArray &bytes) const
{
    if (!user->socket) {
        return;
    }
    if (m_options.slowness.count() == 0) {
        user->socket->write(bytes);
        return;
    }
    QTimer::singleShot(
        m_options.slowness, user->socket, [socket = user->socket, bytes] { socket->write(bytes); });
}

void SimServer::send(const UserPtr &user, IrcCommand command)
{
    if (!user->socket || user->gone) {
        return;
    }
    if (m_answering == user.get()) {
        m_answers.append(command); // labeled when the command is done
        return;
    }
    const bool tagged = user->caps.contains("message-tags");
    command.tags.removeIf([&](const IrcTag &tag) {
        return !(tagged || (tag.key == "batch" && user->caps.contains("batch"))
            || (tag.key == "label" && user->caps.contains("labeled-response")));
    });
    if (user->caps.contains("server-time")) {
        command.tags.append(
            { "time", QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toLatin1() });
    }
    if (const auto line = serialize(command, { 8191, 512 })) {
        write(user, *line);
    }
}

void SimServer::sendRaw(const QByteArray &nick, const QByteArray &bytes)
{
    if (const UserPtr user = find(nick)) {
        write(user, bytes);
    }
}

void SimServer::cutAll()
{
    for (const UserPtr &user : QList<UserPtr>(m_users)) {
        if (user->socket) {
            user->socket->disconnect(this);
            user->socket->abort();
            quit(user, "Connection reset");
        }
    }
}

void SimServer::reply(const UserPtr &user, const QByteArray &numeric, const QByteArrayList &params)
{
    QByteArrayList all { user->nick.isEmpty() ? "*"_ba : user->nick };
    all += params;
    send(user, { numeric, all, {}, kName });
}

SimServer::UserPtr SimServer::find(const QByteArray &nick) const
{
    const auto found = std::ranges::find_if(m_users, [&](const UserPtr &user) {
        return !user->gone && (user->registered || !user->socket) && key(user->nick) == key(nick);
    });
    return found == m_users.cend() ? nullptr : *found;
}

void SimServer::quit(const UserPtr &user, const QByteArray &reason)
{
    if (std::exchange(user->gone, true)) {
        return;
    }
    if (user->registered) {
        toNeighbours(user, { "QUIT", { reason }, {}, user->mask() });
        tellMonitors(user, false);
    }
    for (auto found = m_channels.begin(); found != m_channels.end();) {
        found->members.removeIf([&](const auto &member) { return member.first == user; });
        found = found->members.isEmpty() ? m_channels.erase(found) : std::next(found);
    }
    m_users.removeAll(user);
    if (QTcpSocket *socket = std::exchange(user->socket, nullptr)) {
        socket->disconnect(this);
        if (socket->state() == QAbstractSocket::UnconnectedState) {
            socket->deleteLater();
        } else { // once the last words are out
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            socket->disconnectFromHost();
        }
    }
}

// Signing in -------------------------------------------------------------------------------------

void SimServer::handle(const UserPtr &user, const IrcMessage &message)
{
    const QByteArray label = message.tag("label").value_or(QByteArray());
    const bool labeled = !label.isEmpty() && user->caps.contains("labeled-response");
    if (labeled) {
        m_answering = user.get();
        m_answers.clear();
    }
    const auto one = [&](qsizetype i) { return message.param(i).toByteArray(); };

    if (!m_banned.isEmpty() && (message.is("NICK") || message.is("USER"))) {
        m_answering = nullptr;
        reply(user, "465", { m_banned });
        send(user, { "ERROR", { "Closing link: (" + m_banned + ')' } });
        quit(user, {});
        return;
    }
    if (message.is("CAP")) {
        handleCap(user, message);
    } else if (message.is("AUTHENTICATE")) {
        handleAuthenticate(user, message);
    } else if (message.is("NICK")) {
        handleNick(user, one(0));
    } else if (message.is("USER")) {
        user->user = one(0);
        user->realName = one(3);
        welcome(user);
    } else if (message.is("PASS") || message.is("PONG")) {
        // nothing to say
    } else if (message.is("PING")) {
        if (!m_ignorePings) {
            send(user, { "PONG", { kName, one(0) }, {}, kName });
        }
    } else if (message.is("QUIT")) {
        m_answering = nullptr;
        send(user, { "ERROR", { "Closing link: (" + user->user + '@' + user->host + ") [Quit]" } });
        quit(user, "Quit: " + one(0));
        return;
    } else if (!user->registered) {
        reply(user, "451", { message.verb.toByteArray(), "You have not registered" });
    } else if (message.is("PRIVMSG") || message.is("NOTICE") || message.is("TAGMSG")) {
        handleText(user, message);
    } else if (message.is("JOIN")) {
        for (const QByteArray &name : one(0).split(',')) {
            handleJoin(user, name);
        }
    } else if (message.is("PART")) {
        handlePart(user, one(0), one(1));
    } else if (message.is("TOPIC")) {
        handleTopic(user, message);
    } else if (message.is("KICK")) {
        handleKick(user, message);
    } else if (message.is("MODE")) {
        handleMode(user, message);
    } else if (message.is("NAMES")) {
        if (const Channel *named = channel(one(0))) {
            namesTo(user, *named);
        }
    } else if (message.is("WHO")) {
        handleWho(user, one(0));
    } else if (message.is("WHOIS")) {
        handleWhois(user, message.last().toByteArray());
    } else if (message.is("MONITOR")) {
        handleMonitor(user, message);
    } else if (message.is("ISON")) {
        QByteArrayList online;
        for (qsizetype i = 0; i < message.params.size(); ++i) {
            for (const QByteArray &nick : one(i).split(' ')) {
                if (const UserPtr there = find(nick)) {
                    online.append(there->nick);
                }
            }
        }
        reply(user, "303", { online.join(' ') });
    } else if (message.is("AWAY")) {
        user->away = one(0);
        reply(user, user->away.isEmpty() ? "305" : "306",
            { user->away.isEmpty() ? "You are no longer marked as being away"
                                   : "You have been marked as being away" });
        toNeighbours(user,
            { "AWAY", user->away.isEmpty() ? QByteArrayList() : QByteArrayList { user->away }, {},
                user->mask() },
            "away-notify");
    } else if (message.is("INVITE")) {
        const UserPtr guest = find(one(0));
        Channel *room = channel(one(1));
        if (!guest) {
            reply(user, "401", { one(0), "No such nick" });
        } else if (!room) {
            reply(user, "403", { one(1), "No such channel" });
        } else {
            room->invited.insert(key(guest->nick));
            send(guest, { "INVITE", { guest->nick, room->name }, {}, user->mask() });
            reply(user, "341", { guest->nick, room->name });
        }
    } else if (message.is("LIST")) {
        for (const Channel &room : std::as_const(m_channels)) {
            reply(user, "322", { room.name, QByteArray::number(room.members.size()), room.topic });
        }
        reply(user, "323", { "End of LIST" });
    } else {
        reply(user, "421", { message.verb.toByteArray(), "Unknown command" });
    }

    if (labeled && m_answering == user.get()) {
        m_answering = nullptr;
        QList<IrcCommand> answers = std::exchange(m_answers, {});
        if (answers.isEmpty()) {
            send(user, { "ACK", {}, { { "label", label } }, kName });
        } else if (answers.size() == 1) {
            answers.first().tags.append({ "label", label });
            send(user, answers.first());
        } else {
            const QByteArray reference = "l" + QByteArray::number(++m_messageCount);
            send(user,
                { "BATCH", { '+' + reference, "labeled-response" }, { { "label", label } },
                    kName });
            for (IrcCommand &answer : answers) {
                answer.tags.append({ "batch", reference });
                send(user, answer);
            }
            send(user, { "BATCH", { '-' + reference }, {}, kName });
        }
    }
}

void SimServer::handleCap(const UserPtr &user, const IrcMessage &message)
{
    const QByteArray verb = message.param(0).toByteArray().toUpper();
    const QByteArray who = user->nick.isEmpty() ? "*"_ba : user->nick;
    if (verb == "LS") {
        user->negotiating = !user->registered;
        send(user, { "CAP", { who, "LS", m_caps.join(' ') }, {}, kName });
    } else if (verb == "REQ") {
        const QByteArrayList wanted = message.last().toByteArray().simplified().split(' ');
        const bool known = std::ranges::all_of(wanted, [this](const QByteArray &cap) {
            return std::ranges::any_of(m_caps,
                [&](const QByteArray &offered) { return offered.split('=').first() == cap; });
        });
        if (known) {
            for (const QByteArray &cap : wanted) {
                user->caps.insert(cap);
            }
        }
        send(user, { "CAP", { who, known ? "ACK" : "NAK", wanted.join(' ') }, {}, kName });
    } else if (verb == "END") {
        user->negotiating = false;
        welcome(user);
    }
}

void SimServer::handleAuthenticate(const UserPtr &user, const IrcMessage &message)
{
    const QByteArray text = message.param(0).toByteArray();
    if (user->saslMechanism.isEmpty()) {
        if (text.toUpper() != "PLAIN") {
            reply(user, "908", { "PLAIN", "are available SASL mechanisms" });
            reply(user, "904", { "SASL authentication failed" });
            return;
        }
        user->saslMechanism = "PLAIN";
        send(user, { "AUTHENTICATE", { "+" } });
        return;
    }
    user->saslMechanism.clear();
    const QByteArrayList parts = QByteArray::fromBase64(text).split('\0');
    if (parts.size() == 3 && m_accounts.contains(key(parts[1]))
        && m_accounts.value(key(parts[1])) == parts[2]) {
        user->account = parts[1];
        reply(user, "900",
            { user->mask(), user->account, "You are now logged in as " + user->account });
        reply(user, "903", { "SASL authentication successful" });
    } else {
        reply(user, "904", { "SASL authentication failed" });
    }
}

void SimServer::handleNick(const UserPtr &user, const QByteArray &nick)
{
    if (!isNick(nick)) {
        reply(user, "432", { nick, "Erroneous nickname" });
        return;
    }
    const UserPtr other = find(nick);
    if (other && other != user) {
        reply(user, "433", { nick, "Nickname is already in use" });
        return;
    }
    if (!user->registered) {
        user->nick = nick;
        welcome(user);
        return;
    }
    const IrcCommand command { "NICK", { nick }, {}, user->mask() };
    send(user, command);
    toNeighbours(user, command);
    tellMonitors(user, false);
    user->nick = nick;
    tellMonitors(user, true);
}

void SimServer::welcome(const UserPtr &user)
{
    if (user->registered || user->negotiating || user->nick.isEmpty() || user->realName.isEmpty()) {
        return;
    }
    if (m_requireSasl && user->account.isEmpty()) {
        send(user, { "ERROR", { "Closing link: (SASL access only)" } });
        quit(user, {});
        return;
    }
    user->registered = true;
    reply(user, "001", { "Welcome to the simulated network, " + user->mask() });
    reply(user, "002", { "Your host is "_ba + kName });
    reply(user, "003", { "This server was created a moment ago" });
    reply(user, "004", { kName, "linchpin-sim", "i", "bklimnostv" });
    reply(user, "005", isupportTokens() << "are supported by this server");
    reply(user, "375", { "Message of the day" });
    reply(user, "372", { "- Nobody here is real, but they try." });
    reply(user, "376", { "End of message of the day" });
    tellMonitors(user, true);
}

} // namespace linchpin::irc::sim
