// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmppsession.h"

#include "protocols/xmpp/translate.h"

#include <QCoreApplication>
#include <QXmppCarbonManagerV2.h>
#include <QXmppDiscoveryManager.h>
#include <QXmppEntityTimeManager.h>
#include <QXmppVersionManager.h>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

/// What this program understands beyond QXmpp's own list, for XEP-0115.
class OwnFeatures : public QXmppClientExtension {
public:
    QStringList discoveryFeatures() const override
    {
        return { u"urn:xmpp:receipts"_s, u"urn:xmpp:reply:0"_s, u"urn:xmpp:message-retract:1"_s,
            u"http://jabber.org/protocol/muc"_s };
    }
};

ConnectionSettings completed(ConnectionSettings settings, SessionServices &services)
{
    if (settings.resource.isEmpty()) {
        // The same each time, so that a stale session of ours is replaced, and not another
        // device's.
        QByteArray kept = services.state(u"resource"_s);
        if (kept.isEmpty()) {
            kept = services.applicationName().toUtf8() + '.' + services.randomBytes(3).toHex();
            services.setState(u"resource"_s, kept);
        }
        settings.resource = QString::fromUtf8(kept);
    }
    return settings;
}

} // namespace

XmppSession::XmppSession(const SettingValues &settings, SessionServices &services)
    : m_settings(completed(connectionSettings(settings), services))
    , m_context { .services = services,
        .emitEvent = [this](const SessionEvent &what) { Q_EMIT event(what); },
        .client = {},
        .ownJid = m_settings.address,
        .isRoom = [this](const QString &jid) { return m_rooms.contains(jid); } }
    , m_connection(m_settings, services)
    , m_roster(m_context)
    , m_rooms(m_context)
    , m_messages(m_context)
    , m_archive(m_context,
          [this](const QXmppMessage &message, const MessageContext &context,
              const std::function<void()> &stored) {
              m_messages.deliver(message, context, stored);
          })
    , m_directory(m_context)
{
    m_messages.connectParts(&m_archive, &m_rooms, &m_roster);
    connect(&m_connection, &XmppConnection::clientMade, this, &XmppSession::attach);
    connect(&m_connection, &XmppConnection::online, this, &XmppSession::handleOnline);
    connect(&m_connection, &XmppConnection::stateChanged, this, [this](State now) {
        m_context.online = now == State::Online;
        Q_EMIT stateChanged(now);
    });
    connect(&m_connection, &XmppConnection::broken, this, [this] {
        const bool closing = m_connection.state() == State::Closing;
        m_context.online = false;
        m_messages.interrupt(closing || m_connection.client() == nullptr);
        m_rooms.interrupt();
    });
    connect(&m_connection, &XmppConnection::mended, this,
        [this](const ServerNotice &notice) { Q_EMIT event(notice); });
    connect(&m_connection, &XmppConnection::failed, this, &XmppSession::ended);
    connect(&m_rooms, &XmppRooms::joined, &m_archive, &XmppArchive::catchUpRoom);
}

XmppSession::~XmppSession()
{
    m_connection.disconnect(this);
    m_context.online = false;
}

Session::State XmppSession::state() const
{
    return m_connection.state();
}

void XmppSession::attach(QXmppClient *client)
{
    m_messages.interrupt(true); // what the old stream left unanswered it will not answer any more
    m_context.client = client;
    client->addNewExtension<OwnFeatures>();
    auto *version = client->addNewExtension<QXmppVersionManager>();
    version->setClientName(m_context.services.applicationName());
    version->setClientVersion(m_context.services.applicationVersion());
    version->setClientOs(QString()); // nobody's business
    auto *discovery = client->addNewExtension<QXmppDiscoveryManager>();
    discovery->setClientName(m_context.services.applicationName());
    client->addNewExtension<QXmppEntityTimeManager>();
    client->addNewExtension<QXmppCarbonManagerV2>();
    m_archive.attach(client);
    m_roster.attach(client);
    m_rooms.attach(client);
    m_directory.attach(client);
    m_messages.attach(client);
}

void XmppSession::open(const Presence &initial)
{
    if (state() != State::Offline) {
        return;
    }
    m_presence = initial;
    const QXmppPresence presence = fromPresence(initial, m_settings.priority);
    m_rooms.setPresence(presence);
    m_connection.open(presence);
}

void XmppSession::handleOnline(bool resumed)
{
    m_context.online = true;
    if (resumed) {
        sendPresence(m_presence);
        m_roster.resume();
        m_rooms.resume();
        return;
    }
    tellWhatWorked();
    m_archive.catchUp();
    joinRooms();
}

/// Those of the account's settings.
void XmppSession::joinRooms()
{
    for (const QString &entry : std::as_const(m_settings.rooms)) {
        const Result<QString> room = normalizedJid(entry.section(u'/', 0, 0), true);
        if (!room) {
            continue;
        }
        m_rooms.join({ *room }, entry.section(u'/', 1).trimmed(), {})
            .then(this, [this, room = *room](const Result<void> &joined) {
                if (!joined && joined.error().kind != Error::Kind::Cancelled) {
                    Q_EMIT event(ServerNotice { .severity = ServerNotice::Severity::Warning,
                        .code = joined.error().code,
                        .text = QCoreApplication::translate(
                            "linchpin::xmpp::XmppSession", "%1 could not be joined: %2")
                            .arg(room, joined.error().title),
                        .detail = joined.error().detail });
                }
            });
    }
}

/// For the user to see; never over what was set by hand, and asked for anew each time.
void XmppSession::tellWhatWorked()
{
    if (const auto candidate = m_connection.candidate()) {
        Q_EMIT event(SettingLearned { u"server"_s, candidate->host });
        Q_EMIT event(SettingLearned { u"port"_s, int(candidate->port) });
        if (m_settings.security == Security::Auto) {
            Q_EMIT event(SettingLearned {
                u"connection"_s, candidate->directTls ? u"tls"_s : u"starttls"_s });
        }
    }
    if (saslMechanisms().contains(m_connection.mechanism())) {
        Q_EMIT event(SettingLearned { u"auth"_s, m_connection.mechanism() });
    }
}

void XmppSession::close()
{
    m_connection.close();
}

void XmppSession::probe()
{
    m_connection.probe();
}

Async<SentMessage> XmppSession::send(const OutgoingMessage &message)
{
    return m_messages.send(message);
}

bool XmppSession::canReopen() const
{
    return m_connection.canResume();
}

bool XmppSession::canRepeatSafely() const
{
    return m_archive.isAvailable();
}

void XmppSession::sendPresence(const Presence &presence)
{
    const QXmppPresence own = fromPresence(presence, m_settings.priority);
    QXmppClient *client = m_context.client;
    if (own.type() == QXmppPresence::Available) {
        client->setClientPresence(own);
    } else {
        client->send(QXmppPresence(own)); // setClientPresence() would sign out
        OwnPresenceChanged changed;
        changed.presence = presence;
        Q_EMIT event(changed);
    }
    m_rooms.setPresence(own);
}

Async<void> XmppSession::setPresence(const Presence &presence)
{
    m_presence = presence;
    if (!m_context.online || !m_context.client) {
        return readyError<void>(offline());
    }
    sendPresence(presence);
    return readyOk();
}

} // namespace linchpin::xmpp
