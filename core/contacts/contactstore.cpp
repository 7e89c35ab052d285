// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/contacts/contactstore.h"

#include "core/accounts/accountmanager.h"
#include "core/contacts/personbook.h"
#include "core/history/historystore.h"
#include "core/sdk/protocolplugin.h"

#include <QFile>
#include <QJsonDocument>
#include <QSaveFile>
#include <QSet>
#include <QThreadPool>
#include <QTimer>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr auto kCacheAfter = 2s; // a burst of roster pushes is one write

void writePersons(const QString &file, const QJsonObject &json)
{
    QSaveFile out(file);
    if (out.open(QIODevice::WriteOnly)) {
        out.write(QJsonDocument(json).toJson());
        out.commit();
    }
}

/// Presences kept of people who are no contacts.
constexpr qsizetype kStrangers = 100;

} // namespace

class ContactStore::Private {
public:
    AccountManager &accounts;
    HistoryStore &history;
    QString personsFile;
    PersonBook book;
    StatusAlerts alerts;
    QHash<PersonAddress, Contact> contacts;
    QList<std::pair<PersonAddress, Presence>> strangers; // no contacts; newest last
    QHash<AccountId, QByteArray> ownAvatars;
    QList<Request> requests;
    QSet<PersonId> dirty;
    bool told = false;
    QSet<AccountId> toCache;
    QTimer cacheTimer;
    QThreadPool writer;
};

ContactStore::ContactStore(
    AccountManager &accounts, HistoryStore &history, QString personsFile, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(accounts, history, std::move(personsFile)))
{
    QFile file(d->personsFile);
    if (file.open(QIODevice::ReadOnly)) {
        const QJsonObject json = QJsonDocument::fromJson(file.readAll()).object();
        d->book = PersonBook::fromJson(json);
        d->alerts = StatusAlerts::fromJson(json.value("status-alerts"_L1).toArray());
    }
    d->writer.setMaxThreadCount(1);
    d->cacheTimer.setSingleShot(true);
    d->cacheTimer.setInterval(kCacheAfter);
    connect(&d->cacheTimer, &QTimer::timeout, this, [this] {
        for (const AccountId &account : std::exchange(d->toCache, {})) {
            d->history.cacheContacts(account, contactsOf(account));
        }
    });
    connect(&accounts, &AccountManager::event, this, &ContactStore::handleEvent);
    connect(&accounts, &AccountManager::accountChanged, this, [this](Account *account) {
        if (account->state() != Account::State::Online) {
            forgetPresence(account->id());
        }
    });
    connect(&accounts, &AccountManager::accountRemoved, this, [this](const AccountId &account) {
        const QList<ContactSnapshot> gone = contactsOf(account);
        for (const ContactSnapshot &contact : gone) {
            removeContact({ account, contact.address });
        }
        d->requests.removeIf([&](const Request &request) { return request.account == account; });
        d->alerts.forget(account);
        savePersons();
        Q_EMIT requestsChanged();
    });
}

ContactStore::~ContactStore()
{
    for (const AccountId &account : std::as_const(d->toCache)) {
        d->history.cacheContacts(account, contactsOf(account));
    }
}

void ContactStore::loadCached()
{
    const QList<Account *> all = d->accounts.accounts();
    for (const Account *account : all) {
        const AccountId id = account->id();
        d->history.cachedContacts(id).then(
            this, [this, id](const Result<QList<ContactSnapshot>> &cached) {
                if (!cached || !d->accounts.account(id)) {
                    return;
                }
                for (const ContactSnapshot &snapshot : *cached) {
                    // What the network told in the meantime is newer.
                    if (!d->contacts.contains({ id, snapshot.address })) {
                        upsertContact(id, snapshot);
                    }
                }
                d->toCache.remove(id);
            });
    }
}

void ContactStore::handleEvent(Account *account, const SessionEvent &event)
{
    const AccountId &id = account->id();
    std::visit(Overloaded {
                   [&](const ContactChanged &e) { upsertContact(id, e.contact); },
                   [&](const ContactRemoved &e) { removeContact({ id, e.address }); },
                   [&](const ContactListComplete &e) {
                       const QSet<ContactAddress> kept(e.addresses.cbegin(), e.addresses.cend());
                       const QList<ContactSnapshot> before = contactsOf(id);
                       for (const ContactSnapshot &contact : before) {
                           if (!kept.contains(contact.address)) {
                               removeContact({ id, contact.address });
                           }
                       }
                   },
                   [&](const PresenceChanged &e) { setPresence({ id, e.address }, e.presence); },
                   [&](const AvatarChanged &e) {
                       if (e.address.isNull()) {
                           d->ownAvatars.insert(id, e.image);
                           return;
                       }
                       const auto found = d->contacts.find({ id, e.address });
                       if (found != d->contacts.end()) {
                           found->avatar = e.image;
                           touch({ id, e.address });
                       }
                   },
                   [&](const SubscriptionAsked &e) {
                       const Request request { id, e.address, e.name, e.text };
                       d->requests.removeIf([&](const Request &known) {
                           return known.account == id && known.address == e.address;
                       });
                       d->requests.append(request);
                       Q_EMIT requestsChanged();
                   },
                   [](const auto &) {},
               },
        event);
}

void ContactStore::upsertContact(const AccountId &account, const ContactSnapshot &snapshot)
{
    const PersonAddress address { account, snapshot.address };
    auto found = d->contacts.find(address);
    if (found == d->contacts.end()) {
        found = d->contacts.insert(address, Contact { account, snapshot, {}, {} });
        d->book.add(address);
    } else if (found->snapshot == snapshot) {
        return;
    } else {
        found->snapshot = snapshot;
    }
    touch(address);
    d->toCache.insert(account);
    d->cacheTimer.start();
    Q_EMIT contactChanged(account, snapshot.address);
}

void ContactStore::removeContact(const PersonAddress &address)
{
    if (!d->contacts.contains(address)) {
        return;
    }
    touch(address);
    d->contacts.remove(address);
    d->book.remove(address);
    d->toCache.insert(address.account);
    d->cacheTimer.start();
    Q_EMIT contactChanged(address.account, address.address);
}

Presence ContactStore::presenceOf(const PersonAddress &address) const
{
    const auto found = d->contacts.constFind(address);
    if (found != d->contacts.cend()) {
        return found->presence;
    }
    const auto stranger
        = std::ranges::find(d->strangers, address, &std::pair<PersonAddress, Presence>::first);
    return stranger == d->strangers.cend() ? Presence() : stranger->second;
}

void ContactStore::setPresence(const PersonAddress &address, const Presence &presence)
{
    const auto found = d->contacts.find(address);
    if (found != d->contacts.end()) {
        if (found->presence == presence) {
            return;
        }
        const bool same = found->presence.availability == presence.availability;
        const QDateTime since = found->presence.since;
        found->presence = presence;
        if (!presence.since.isValid()) {
            found->presence.since = same ? since : QDateTime::currentDateTimeUtc();
        }
        touch(address);
    } else {
        d->strangers.removeIf([&address](const auto &known) { return known.first == address; });
        d->strangers.append({ address, presence });
        if (d->strangers.size() > kStrangers) {
            d->strangers.removeFirst();
        }
    }
    const StatusAlerts::Kind asked = d->alerts.kind(address);
    const StatusAlerts::Outcome alert = d->alerts.presence(address, presence.availability);
    if (alert.due && asked == StatusAlerts::Kind::Once) {
        // Who was waited for at several addresses is there now.
        if (const Person *const person = d->book.personOf(address)) {
            for (const PersonAddress &other : person->addresses) {
                d->alerts.set(other, StatusAlerts::Kind::None, Availability::Unknown);
            }
        }
    }
    if (alert.changed) {
        savePersons();
    }
    Q_EMIT presenceChanged(address.account, address.address, presence);
    if (alert.due) {
        Q_EMIT statusAlertDue(address.account, address.address, asked);
    }
}

void ContactStore::forgetPresence(const AccountId &account)
{
    for (auto it = d->contacts.begin(); it != d->contacts.end(); ++it) {
        if (it.key().account == account && it->presence.availability != Availability::Unknown) {
            it->presence = {};
            touch(it.key());
        }
    }
    d->strangers.removeIf([&account](const auto &known) { return known.first.account == account; });
}

/// Marks the person as changed; told once the event loop turns.
void ContactStore::touch(const PersonAddress &address)
{
    const Person *const person = d->book.personOf(address);
    d->dirty.insert(person ? person->id : PersonBook::idOf(address));
    if (std::exchange(d->told, true)) {
        return;
    }
    QMetaObject::invokeMethod(
        this,
        [this] {
            d->told = false;
            const QSet<PersonId> dirty = std::exchange(d->dirty, {});
            if (!dirty.isEmpty()) {
                Q_EMIT changed(QList<PersonId>(dirty.cbegin(), dirty.cend()));
            }
        },
        Qt::QueuedConnection);
}

QList<Person> ContactStore::persons() const
{
    return d->book.persons();
}

const Person *ContactStore::person(const PersonId &id) const
{
    return d->book.person(id);
}

const Person *ContactStore::personOf(const AccountId &account, const ContactAddress &address) const
{
    return d->book.personOf({ account, address });
}

const Contact *ContactStore::contact(const AccountId &account, const ContactAddress &address) const
{
    const auto found = d->contacts.constFind({ account, address });
    return found == d->contacts.constEnd() ? nullptr : &*found;
}

QList<ContactSnapshot> ContactStore::contactsOf(const AccountId &account) const
{
    QList<ContactSnapshot> all;
    for (auto it = d->contacts.cbegin(); it != d->contacts.cend(); ++it) {
        if (it.key().account == account) {
            all.append(it->snapshot);
        }
    }
    std::ranges::sort(all, {}, [](const ContactSnapshot &contact) { return contact.address; });
    return all;
}

QStringList ContactStore::groups() const
{
    QSet<QString> names;
    for (const Contact &contact : std::as_const(d->contacts)) {
        for (const QString &group : contact.snapshot.groups) {
            names.insert(group);
        }
    }
    QStringList sorted(names.cbegin(), names.cend());
    sorted.sort(Qt::CaseInsensitive);
    return sorted;
}

QByteArray ContactStore::ownAvatar(const AccountId &account) const
{
    return d->ownAvatars.value(account);
}

Presence ContactStore::presenceOf(const Person &person) const
{
    if (person.addresses.size() == 1) {
        const auto found = d->contacts.constFind(person.addresses.constFirst());
        return found == d->contacts.constEnd() ? Presence {} : found->presence;
    }
    QList<Presence> presences;
    for (const PersonAddress &address : person.addresses) {
        presences.append(d->contacts.value(address).presence);
    }
    return bestPresence(presences);
}

QString ContactStore::nameOf(const Person &person) const
{
    if (!person.alias.isEmpty()) {
        return person.alias;
    }
    for (const PersonAddress &address : person.addresses) {
        const auto found = d->contacts.constFind(address);
        if (found != d->contacts.constEnd() && !found->snapshot.name.isEmpty()) {
            return found->snapshot.name;
        }
    }
    return person.addresses.isEmpty() ? QString() : person.addresses.constFirst().address.value;
}

QStringList ContactStore::groupsOf(const Person &person) const
{
    QStringList groups;
    for (const PersonAddress &address : person.addresses) {
        const auto found = d->contacts.constFind(address);
        if (found == d->contacts.constEnd()) {
            continue;
        }
        for (const QString &group : found->snapshot.groups) {
            if (!groups.contains(group)) {
                groups.append(group);
            }
        }
    }
    if (groups.isEmpty()) {
        groups.append(QString());
    }
    return groups;
}

QList<ContactStore::Request> ContactStore::requests() const
{
    return d->requests;
}

void ContactStore::answer(const AccountId &account, const ContactAddress &address, bool allow)
{
    Account *const found = d->accounts.account(account);
    if (!found || !found->session() || !found->session()->roster()) {
        return; // stays open until the account is online again
    }
    found->session()->roster()->answer(address, allow);
    d->requests.removeIf([&](const Request &request) {
        return request.account == account && request.address == address;
    });
    Q_EMIT requestsChanged();
}

PersonId ContactStore::merge(const QList<PersonId> &persons)
{
    QList<PersonId> gone;
    const PersonId merged = d->book.merge(persons, &gone);
    if (!merged.isNull()) {
        savePersons();
        Q_EMIT changed(gone << merged);
    }
    return merged;
}

void ContactStore::split(const PersonId &person, const PersonAddress &address)
{
    const QList<PersonId> touched = d->book.split(person, address);
    if (!touched.isEmpty()) {
        savePersons();
        Q_EMIT changed(touched);
    }
}

void ContactStore::setAlias(const PersonId &person, const QString &alias)
{
    d->book.setAlias(person, alias);
    savePersons();
    Q_EMIT changed({ person });
}

StatusAlerts::Kind ContactStore::alertOf(const Person &person) const
{
    for (const PersonAddress &address : person.addresses) {
        if (const StatusAlerts::Kind kind = d->alerts.kind(address);
            kind != StatusAlerts::Kind::None) {
            return kind;
        }
    }
    return StatusAlerts::Kind::None;
}

void ContactStore::setAlert(const PersonId &id, StatusAlerts::Kind kind)
{
    const Person *const person = d->book.person(id);
    if (!person) {
        return;
    }
    for (const PersonAddress &address : person->addresses) {
        d->alerts.set(address, kind, d->contacts.value(address).presence.availability);
    }
    savePersons();
}

void ContactStore::savePersons()
{
    if (!d->personsFile.isEmpty()) {
        // One at a time, so that an older state never overwrites a newer one.
        QJsonObject json = d->book.toJson();
        json.insert("status-alerts"_L1, d->alerts.toJson());
        d->writer.start([file = d->personsFile, json] { writePersons(file, json); });
    }
}

} // namespace linchpin
