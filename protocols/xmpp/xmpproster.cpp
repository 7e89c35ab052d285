// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmpproster.h"

#include "protocols/xmpp/translate.h"

#include <QXmppBlockingManager.h>
#include <QXmppRosterManager.h>
#include <QXmppUtils.h>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

XmppRoster::XmppRoster(XmppContext &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
}

void XmppRoster::attach(QXmppClient *client)
{
    m_blocked.clear();
    m_lastWords.clear();
    m_manager = client->addNewExtension<QXmppRosterManager>(client);
    m_blocking = client->addNewExtension<QXmppBlockingManager>();
    connect(m_manager, &QXmppRosterManager::rosterReceived, this, &XmppRoster::handleRoster);
    connect(m_manager, &QXmppRosterManager::itemAdded, this, &XmppRoster::tell);
    connect(m_manager, &QXmppRosterManager::itemChanged, this, &XmppRoster::tell);
    connect(m_manager, &QXmppRosterManager::itemRemoved, this,
        [this](const QString &jid) { m_context.emitEvent(ContactRemoved { { bareJid(jid) } }); });
    connect(m_manager, &QXmppRosterManager::presenceChanged, this,
        [this](const QString &jid, const QString &) { tellPresence(jid); });
    connect(m_manager, &QXmppRosterManager::subscriptionRequestReceived, this,
        [this](const QString &jid, const QXmppPresence &presence) {
            m_context.emitEvent(SubscriptionAsked { { bareJid(jid) }, {}, presence.statusText() });
        });
    connect(m_blocking, &QXmppBlockingManager::blocked, this,
        [this](const QVector<QString> &jids) { setBlockedLocally(jids, true); });
    connect(m_blocking, &QXmppBlockingManager::unblocked, this,
        [this](const QVector<QString> &jids) { setBlockedLocally(jids, false); });
    connect(client, &QXmppClient::presenceReceived, this, &XmppRoster::handlePresence);
}

void XmppRoster::handleRoster()
{
    // At once: a server may take its time with the block list, or never answer.
    tellAll();
    m_blocking->fetchBlocklist().then(this, [this](QXmppBlockingManager::BlocklistResult result) {
        if (const auto *list = std::get_if<QXmppBlocklist>(&result)) {
            setBlockedLocally(list->entries(), true);
        } // else: a server without a block list blocks nobody
    });
}

void XmppRoster::resume()
{
    if (m_manager && m_manager->isRosterReceived()) {
        tellAll();
    }
}

void XmppRoster::tellAll()
{
    if (!m_manager) {
        return;
    }
    const QStringList jids = m_manager->getRosterBareJids();
    ContactListComplete complete;
    complete.addresses.reserve(jids.size());
    for (const QString &jid : jids) {
        complete.addresses.append({ bareJid(jid) });
        tell(jid);
    }
    m_context.emitEvent(complete);
    for (const QString &jid : jids) {
        const auto subscription = m_manager->getRosterEntry(jid).subscriptionType();
        if (subscription == QXmppRosterIq::Item::Both || subscription == QXmppRosterIq::Item::To) {
            tellPresence(jid); // servers are silent about those who are offline
        }
    }
}

bool XmppRoster::contains(const QString &address) const
{
    return m_manager && !m_manager->getRosterEntry(address).bareJid().isEmpty();
}

void XmppRoster::tell(const QString &jid)
{
    const QString address = bareJid(jid);
    m_context.emitEvent(
        ContactChanged { toContact(m_manager->getRosterEntry(jid), m_blocked.contains(address)) });
}

void XmppRoster::tellPresence(const QString &jid)
{
    const QString address = bareJid(jid);
    if (!m_manager || address == m_context.ownJid || m_context.isRoom(address)) {
        return;
    }
    QList<Presence> all;
    const auto presences = m_manager->getAllPresencesForBareJid(jid);
    for (const QXmppPresence &presence : presences) {
        all.append(toPresence(presence));
    }
    Presence best = bestPresence(all);
    if (all.isEmpty()) {
        best.availability = Availability::Offline;
        best.text = m_lastWords.value(address);
    }
    m_context.emitEvent(PresenceChanged { { address }, best });
}

void XmppRoster::handlePresence(const QXmppPresence &presence)
{
    const QString address = bareJid(presence.from());
    if (address == m_context.ownJid) {
        if (m_context.client
            && QXmppUtils::jidToResource(presence.from())
                == m_context.client->configuration().resource()) {
            Presence own = toPresence(presence);
            if (own.availability == Availability::Offline && m_context.online) {
                own.availability = Availability::Invisible;
            }
            m_context.emitEvent(OwnPresenceChanged { own });
        }
        return;
    }
    switch (presence.type()) {
    case QXmppPresence::Available:
        m_lastWords.remove(address);
        break;
    case QXmppPresence::Unavailable:
        // After the roster manager (attached first) has told; only the note is missing there.
        if (!presence.statusText().isEmpty()) {
            m_lastWords.insert(address, presence.statusText());
            tellPresence(address);
        }
        break;
    case QXmppPresence::Error:
        if (!m_context.isRoom(address)) {
            m_context.emitEvent(PresenceChanged { { address }, toPresence(presence) });
        }
        break;
    case QXmppPresence::Unsubscribed:
        m_context.emitEvent(PresenceChanged { { address }, Presence {} });
        break;
    default:
        break;
    }
}

void XmppRoster::setBlockedLocally(const QVector<QString> &jids, bool blocked)
{
    // An empty list of unblocked means all (XEP-0191 §3.4).
    QVector<QString> changed = jids;
    if (changed.isEmpty() && !blocked) {
        changed = QVector<QString>(m_blocked.cbegin(), m_blocked.cend());
    }
    for (const QString &jid : std::as_const(changed)) {
        const QString address = bareJid(jid);
        if (blocked) {
            m_blocked.insert(address);
        } else {
            m_blocked.remove(address);
        }
        if (contains(address)) {
            tell(address);
        }
    }
}

QXmppTask<std::variant<QXmpp::Success, QXmppError>> XmppRoster::store(
    const ContactSnapshot &contact)
{
    return m_manager->addRosterItem(contact.address.value, contact.name,
        QSet<QString>(contact.groups.cbegin(), contact.groups.cend()));
}

Async<void> XmppRoster::add(const ContactSnapshot &contact)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    const Answer<void> answer;
    const QString address = contact.address.value;
    store(contact).then(this, [this, answer, address](auto &&result) {
        if (const auto *error = std::get_if<QXmppError>(&result)) {
            answer.fail(taskError(*error));
            return;
        }
        m_manager->subscribe(address);
        answer.give({});
    });
    return answer.future();
}

Async<void> XmppRoster::remove(const ContactAddress &address)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    return answerOf(m_manager->removeRosterItem(address.value), this);
}

Async<void> XmppRoster::update(const ContactSnapshot &contact)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    return answerOf(store(contact), this);
}

Async<void> XmppRoster::setBlocked(const ContactAddress &address, bool blocked)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    return blocked ? answerOf(m_blocking->block(address.value), this)
                   : answerOf(m_blocking->unblock(address.value), this);
}

Async<void> XmppRoster::answer(const ContactAddress &address, bool allow)
{
    if (!m_context.online) {
        return readyError<void>(offline());
    }
    if (!allow) {
        m_manager->refuseSubscription(address.value);
        return readyOk();
    }
    m_manager->acceptSubscription(address.value);
    const auto type = m_manager->getRosterEntry(address.value).subscriptionType();
    if (type != QXmppRosterIq::Item::To && type != QXmppRosterIq::Item::Both) {
        m_manager->subscribe(address.value); // contacts are mutual for people
    }
    return readyOk();
}

} // namespace linchpin::xmpp
