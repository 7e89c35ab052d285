// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/irccontacts.h"

#include "protocols/irc/ircerrors.h"
#include "protocols/irc/ircsettings.h"
#include "protocols/irc/state/hostmask.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {
constexpr auto kStateKey = "contacts"_L1;
constexpr auto kPollEvery = 60s;
constexpr qsizetype kListBytes = 400; // of nicks in one MONITOR or ISON

QByteArray packed(const QList<ContactSnapshot> &contacts)
{
    QJsonArray list;
    for (const ContactSnapshot &contact : contacts) {
        list.append(
            QJsonObject { { u"address"_s, contact.address.value }, { u"name"_s, contact.name },
                { u"groups"_s, QJsonArray::fromStringList(contact.groups) },
                { u"blocked"_s, contact.blocked } });
    }
    return QJsonDocument(list).toJson(QJsonDocument::Compact);
}
} // namespace

IrcContacts::IrcContacts(IrcLink &link)
    : m_link(link)
{
}

IrcContacts::~IrcContacts() = default;

QString IrcContacts::nickOf(const ContactAddress &address)
{
    return splitAddress(address.value).nick;
}

void IrcContacts::load()
{
    if (std::exchange(m_loaded, true)) {
        return;
    }
    const auto list = QJsonDocument::fromJson(m_link.services().state(kStateKey)).array();
    for (const auto &value : list) {
        const QJsonObject entry = value.toObject();
        ContactSnapshot contact;
        contact.address = { entry.value("address"_L1).toString() };
        contact.name = entry.value("name"_L1).toString();
        contact.blocked = entry.value("blocked"_L1).toBool();
        for (const auto &group : entry.value("groups"_L1).toArray()) {
            contact.groups.append(group.toString());
        }
        if (!contact.address.isNull()) {
            m_watched.insert(m_link.folded(nickOf(contact.address)), { contact, {} });
        }
    }
}

void IrcContacts::save()
{
    QList<ContactSnapshot> contacts;
    for (const Watched &watched : std::as_const(m_watched)) {
        contacts.append(watched.contact);
    }
    m_link.services().setState(kStateKey, packed(contacts));
}

QMap<QString, QByteArray> IrcContacts::stateWith(const QList<ContactSnapshot> &contacts)
{
    QList<ContactSnapshot> nicks;
    for (const ContactSnapshot &contact : contacts) {
        if (const auto nick = normalizedNick(contact.address.value)) {
            nicks.append(contact);
            nicks.last().address = { *nick };
        }
    }
    return { { kStateKey, packed(nicks) } };
}

Async<void> IrcContacts::add(const ContactSnapshot &contact)
{
    load();
    const auto address = normalizedNick(contact.address.value);
    if (!address) {
        return readyError<void>(address.error());
    }
    ContactSnapshot entry = contact;
    entry.address = { *address };
    entry.subscription = Subscription::Both; // nobody need agree to be watched
    const QString folded = m_link.folded(nickOf(entry.address));
    const bool known = m_watched.contains(folded);
    m_watched[folded].contact = entry;
    save();
    m_link.tell(ContactChanged { entry });
    if (!known && m_link.isOnline()) {
        monitor({ nickOf(entry.address) });
    }
    return readyOk();
}

Async<void> IrcContacts::remove(const ContactAddress &address)
{
    load();
    const QString nick = nickOf(address);
    if (m_watched.remove(m_link.folded(nick)) > 0) {
        save();
        if (m_link.isOnline() && m_link.isupport().has("MONITOR")) {
            m_link.send({ "MONITOR", { "-", m_link.encoded(nick) } }, SendQueue::Rank::Idle);
        }
    }
    m_link.tell(ContactRemoved { address });
    return readyOk();
}

Async<void> IrcContacts::update(const ContactSnapshot &contact)
{
    load();
    const auto found = m_watched.find(m_link.folded(nickOf(contact.address)));
    if (found == m_watched.end()) {
        return add(contact);
    }
    found->contact.name = contact.name;
    found->contact.groups = contact.groups;
    save();
    m_link.tell(ContactChanged { found->contact });
    return readyOk();
}

Async<void> IrcContacts::setBlocked(const ContactAddress &address, bool blocked)
{
    load();
    Watched &watched = m_watched[m_link.folded(nickOf(address))];
    if (watched.contact.address.isNull()) {
        watched.contact.address = address;
    }
    watched.contact.blocked = blocked;
    save();
    m_link.tell(ContactChanged { watched.contact });
    return readyOk();
}

bool IrcContacts::isBlocked(QStringView nick) const
{
    const auto found = m_watched.constFind(m_link.folded(nick));
    return found != m_watched.cend() && found->contact.blocked;
}

void IrcContacts::start(const QString &wantedNick)
{
    load();
    m_wantedNick = m_link.isMe(wantedNick) ? QString() : wantedNick;
    QStringList nicks;
    for (const Watched &watched : std::as_const(m_watched)) {
        m_link.tell(ContactChanged { watched.contact });
        nicks.append(nickOf(watched.contact.address));
    }
    if (!m_wantedNick.isEmpty()) {
        nicks.append(m_wantedNick);
    }
    monitor(nicks);
}

void IrcContacts::reset()
{
    m_pollTimer.reset();
    m_polled.clear();
    for (Watched &watched : m_watched) {
        watched.presence = {};
    }
}

void IrcContacts::monitor(const QStringList &nicks)
{
    if (nicks.isEmpty()) {
        return;
    }
    if (!m_link.isupport().has("MONITOR")) {
        poll();
        return;
    }
    QByteArray list;
    for (const QString &nick : nicks) {
        list += (list.isEmpty() ? "" : ",") + m_link.encoded(nick);
        if (list.size() > kListBytes) {
            m_link.send({ "MONITOR", { "+", std::exchange(list, {}) } }, SendQueue::Rank::Idle);
        }
    }
    if (!list.isEmpty()) {
        m_link.send({ "MONITOR", { "+", list } }, SendQueue::Rank::Idle);
    }
}

void IrcContacts::poll()
{
    m_polled.clear();
    QByteArray list;
    QStringList asked;
    const auto flush = [&] {
        if (!asked.isEmpty()) {
            m_link.send({ "ISON", { std::exchange(list, {}) } }, SendQueue::Rank::Idle);
            m_polled.append(std::exchange(asked, {}));
        }
    };
    const auto ask = [&](const QString &nick) {
        list += (list.isEmpty() ? "" : " ") + m_link.encoded(nick);
        asked.append(m_link.folded(nick));
        if (list.size() > kListBytes) {
            flush();
        }
    };
    for (const Watched &watched : std::as_const(m_watched)) {
        ask(nickOf(watched.contact.address));
    }
    if (!m_wantedNick.isEmpty()) {
        ask(m_wantedNick);
    }
    flush();
    m_pollTimer.reset();
    if (!m_polled.isEmpty()) {
        m_pollTimer = m_link.services().timer(kPollEvery, [this] { poll(); });
    }
}

void IrcContacts::setPresence(
    const QString &folded, Availability availability, const QString &text, const QDateTime &at)
{
    const auto found = m_watched.find(folded);
    if (found == m_watched.end()
        || (found->presence.availability == availability && found->presence.text == text)) {
        return;
    }
    if (found->presence.availability != availability) {
        found->presence.since = at;
    }
    found->presence.availability = availability;
    found->presence.text = text;
    m_link.tell(PresenceChanged { found->contact.address, found->presence });
}

void IrcContacts::seen(const QString &nick, const QDateTime &at)
{
    const QString folded = m_link.folded(nick);
    const auto found = m_watched.constFind(folded);
    if (found != m_watched.cend() && !found->presence.isOnline()) {
        setPresence(folded, Availability::Available, {}, at);
        m_link.send({ "WHO", { m_link.encoded(nick) } }, SendQueue::Rank::Idle); // away?
    }
}

void IrcContacts::gone(const QString &nick, const QDateTime &at)
{
    setPresence(m_link.folded(nick), Availability::Offline, {}, at);
    if (!m_wantedNick.isEmpty() && m_link.folded(nick) == m_link.folded(m_wantedNick)) {
        m_link.send({ "NICK", { m_link.encoded(m_wantedNick) } });
    }
}

void IrcContacts::handle(const IrcMessage &message, const Origin &origin)
{
    const auto eachTarget = [&](auto visit) {
        for (const QByteArray &target : message.last().toByteArray().split(',')) {
            if (!target.isEmpty()) {
                visit(m_link.decoded(splitHostmask(target).nick));
            }
        }
    };
    switch (message.numeric()) {
    case 730: // RPL_MONONLINE
        eachTarget([&](const QString &nick) { seen(nick, origin.at); });
        return;
    case 731: // RPL_MONOFFLINE
        eachTarget([&](const QString &nick) { gone(nick, origin.at); });
        return;
    case 734: { // ERR_MONLISTFULL
        ServerNotice notice;
        notice.severity = ServerNotice::Severity::Warning;
        notice.code = u"contacts-not-watched"_s;
        notice.text = refusalError(734, {}, {}).title;
        notice.detail = m_link.decoded(message.last());
        m_link.tell(notice);
        return;
    }
    case 303: { // RPL_ISON
        if (m_polled.isEmpty()) {
            return;
        }
        QSet<QString> online;
        QHash<QString, QString> spelled;
        for (const QByteArray &word : message.last().toByteArray().split(' ')) {
            if (!word.isEmpty()) {
                const QString nick = m_link.decoded(word);
                online.insert(m_link.folded(nick));
                spelled.insert(m_link.folded(nick), nick);
            }
        }
        for (const QString &folded : m_polled.takeFirst()) {
            if (online.contains(folded)) {
                seen(spelled.value(folded), origin.at);
            } else {
                gone(folded, origin.at);
            }
        }
        return;
    }
    case 301: // RPL_AWAY
        setPresence(m_link.folded(m_link.decoded(message.param(1))), Availability::Away,
            m_link.decoded(message.param(2)), origin.at);
        return;
    case 352: { // RPL_WHOREPLY
        const QString folded = m_link.folded(m_link.decoded(message.param(5)));
        const auto found = m_watched.constFind(folded);
        if (found != m_watched.cend()) {
            const bool away = message.param(6).contains('G');
            setPresence(folded, away ? Availability::Away : Availability::Available,
                away ? found->presence.text : QString(), origin.at);
        }
        return;
    }
    default:
        break;
    }
    if (origin.isServer) {
        return;
    }
    if (message.is("AWAY")) {
        const QString text = m_link.decoded(message.param(0));
        setPresence(m_link.folded(origin.nick),
            text.isEmpty() ? Availability::Available : Availability::Away, text, origin.at);
    } else if (message.is("QUIT")) {
        gone(origin.nick, origin.at);
    } else if (message.is("NICK")) {
        const QString to = m_link.decoded(message.param(0));
        if (m_link.isMe(to) && m_link.folded(to) == m_link.folded(m_wantedNick)) {
            m_wantedNick.clear(); // regained
        } else if (!m_link.isMe(to)) {
            if (m_link.folded(origin.nick) != m_link.folded(to)) {
                gone(origin.nick, origin.at);
            }
            seen(to, origin.at);
        }
    } else if ((message.is("JOIN") || message.is("PRIVMSG")) && !m_link.isMe(origin.nick)
        && !origin.delayed) {
        seen(origin.nick, origin.at);
    }
}

} // namespace linchpin::irc
