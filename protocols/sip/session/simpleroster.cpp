// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/simpleroster.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/sipsettings.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SimpleRoster)
};

constexpr int maximumPieces = 64;

QString stateKey(int piece)
{
    return piece == 0 ? u"plain-contacts"_s : u"plain-contacts-%1"_s.arg(piece);
}

QMap<QString, QByteArray> stateOf(const LocalContacts &contacts)
{
    const QByteArrayList pieces = contacts.packed();
    QMap<QString, QByteArray> state;
    for (int i = 0; i < pieces.size() && i < maximumPieces; ++i) {
        state.insert(stateKey(i), pieces.at(i));
    }
    return state;
}

} // namespace

SimpleRoster::SimpleRoster(SipLink &link)
    : m_link(link)
{
}

SimpleRoster::~SimpleRoster() = default;

void SimpleRoster::load()
{
    if (std::exchange(m_loaded, true)) {
        return;
    }
    QByteArrayList pieces;
    for (int i = 0; i < maximumPieces; ++i) {
        const QByteArray piece = m_link.services().state(stateKey(i));
        if (piece.isEmpty()) {
            break;
        }
        pieces.append(piece);
    }
    m_contacts = LocalContacts::unpacked(pieces);
}

void SimpleRoster::save()
{
    SessionServices &services = m_link.services();
    const QMap<QString, QByteArray> state = stateOf(m_contacts);
    for (auto it = state.cbegin(); it != state.cend(); ++it) {
        services.setState(it.key(), it.value());
    }
    const int behind = int(state.size());
    if (behind < maximumPieces && !services.state(stateKey(behind)).isEmpty()) {
        services.setState(stateKey(behind), {});
    }
}

QMap<QString, QByteArray> SimpleRoster::stateWith(const QList<ContactSnapshot> &contacts)
{
    LocalContacts list;
    for (const ContactSnapshot &contact : contacts) {
        if (const auto address = normalizedAddress(contact.address.value)) {
            list.people.insert(*address,
                { .address = *address,
                    .name = contact.name,
                    .groups = contact.groups,
                    .blocked = contact.blocked });
        }
    }
    return stateOf(list);
}

void SimpleRoster::tell(const LocalContact &contact)
{
    ContactSnapshot snapshot = contact.snapshot();
    snapshot.subscription = m_standing.value(contact.address, Subscription::Both);
    m_link.tell(ContactChanged { snapshot });
}

LocalContact *SimpleRoster::entry(const ContactAddress &address)
{
    load();
    const auto clean = normalizedAddress(address.value);
    if (!clean) {
        return nullptr;
    }
    auto found = m_contacts.people.find(*clean);
    if (found == m_contacts.people.end()) {
        found = m_contacts.people.insert(*clean, { .address = *clean, .listed = false });
    }
    return &*found;
}

void SimpleRoster::start(SimplePresence &presence)
{
    load();
    m_presence = &presence;
    m_standing.clear();
    m_asked.clear();
    ContactListComplete complete;
    for (const LocalContact &contact : std::as_const(m_contacts.people)) {
        if (contact.listed) {
            tell(contact);
            complete.addresses.append({ contact.address });
        }
    }
    m_link.tell(complete);
    QStringList watched;
    for (const ContactAddress &address : std::as_const(complete.addresses)) {
        watched.append(address.value);
    }
    presence.watch(watched);
}

void SimpleRoster::stop()
{
    m_presence = nullptr;
}

Async<void> SimpleRoster::put(const ContactSnapshot &contact, bool watch)
{
    LocalContact *known = entry(contact.address);
    if (known == nullptr) {
        return readyError<void>(normalizedAddress(contact.address.value).error());
    }
    known->name = contact.name;
    known->groups = contact.groups;
    known->listed = true;
    const LocalContact now = *known;
    save();
    tell(now);
    if (watch && m_presence != nullptr) {
        m_presence->watch({ now.address });
    }
    return readyOk();
}

Async<void> SimpleRoster::add(const ContactSnapshot &contact)
{
    return put(contact, true);
}

Async<void> SimpleRoster::update(const ContactSnapshot &contact)
{
    return put(contact, true);
}

Async<void> SimpleRoster::remove(const ContactAddress &address)
{
    load();
    const QString clean = addressFromUri(address.value);
    const auto found = m_contacts.people.find(clean);
    if (found != m_contacts.people.end()) {
        if (found->blocked || found->allowed) {
            // The list forgets the person, not what was decided about them.
            *found = { .address = clean,
                .listed = false,
                .blocked = found->blocked,
                .allowed = found->allowed };
        } else {
            m_contacts.people.erase(found);
        }
        save();
    }
    m_standing.remove(clean);
    if (m_presence != nullptr) {
        m_presence->forget(clean);
    }
    m_link.tell(ContactRemoved { { clean } });
    return readyOk();
}

Async<void> SimpleRoster::setBlocked(const ContactAddress &address, bool blocked)
{
    LocalContact *known = entry(address);
    if (known == nullptr) {
        return readyError<void>(normalizedAddress(address.value).error());
    }
    known->blocked = blocked;
    known->listed = true; // where else would one find them to lift it?
    const LocalContact now = *known;
    save();
    tell(now);
    return readyOk();
}

Async<void> SimpleRoster::answer(const ContactAddress &address, bool allow)
{
    LocalContact *known = entry(address);
    if (known == nullptr) {
        return readyError<void>(normalizedAddress(address.value).error());
    }
    known->allowed = allow;
    save();
    if (!std::exchange(m_toldRules, true)) {
        m_link.tell(ServerNotice { ServerNotice::Severity::Information,
            u"presence-rules-on-server"_s,
            Text::tr("This server decides by its own rules who sees your presence; your answer is "
                     "remembered here, so that you are not asked again."),
            {} });
    }
    return readyOk();
}

bool SimpleRoster::isBlocked(const QString &address) const
{
    const auto found = m_contacts.people.constFind(address);
    return found != m_contacts.people.cend() && found->blocked;
}

void SimpleRoster::watcherAsked(const PresenceWatcher &watcher)
{
    const auto known = m_contacts.people.constFind(watcher.address);
    const bool decided = known != m_contacts.people.cend() && (known->allowed || known->blocked);
    if (decided || m_asked.contains(watcher.address)
        || watcher.address == QString::fromUtf8(m_link.identity().address)) {
        return;
    }
    m_asked.insert(watcher.address);
    m_link.tell(SubscriptionAsked { { watcher.address }, watcher.name, {} });
}

void SimpleRoster::setStanding(const QString &address, Subscription standing)
{
    if (m_standing.value(address, Subscription::Both) == standing) {
        return;
    }
    m_standing.insert(address, standing);
    const auto known = m_contacts.people.constFind(address);
    if (known != m_contacts.people.cend() && known->listed) {
        tell(*known);
    }
}

} // namespace linchpin::sip
