// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/contacts/person.h"
#include "core/contacts/statusalerts.h"
#include "core/sdk/contact.h"
#include "core/sdk/presence.h"
#include "core/sdk/sessionevent.h"

#include <QHash>
#include <QObject>

#include <memory>

namespace linchpin {

class Account;
class AccountManager;
class HistoryStore;

/// A contact of one account with what is known of them now.
struct Contact {
    AccountId account;
    ContactSnapshot snapshot;
    Presence presence;
    QByteArray avatar; ///< image file's bytes; empty = none

    QString displayName() const
    {
        return snapshot.name.isEmpty() ? snapshot.address.value : snapshot.name;
    }
};

/// The contacts of all accounts and the persons they make up. Bursts of changes are told once per
/// event-loop turn. Lives on the main thread.
class ContactStore : public QObject {
    Q_OBJECT
public:
    ContactStore(AccountManager &accounts, HistoryStore &history, QString personsFile,
        QObject *parent = nullptr);
    ~ContactStore() override;

    /// Shows the cached lists until the networks answer.
    void loadCached();

    QList<Person> persons() const;
    const Person *person(const PersonId &id) const;
    const Person *personOf(const AccountId &account, const ContactAddress &address) const;
    const Contact *contact(const AccountId &account, const ContactAddress &address) const;
    QList<ContactSnapshot> contactsOf(const AccountId &account) const;
    QStringList groups() const; ///< all group names, sorted
    QByteArray ownAvatar(const AccountId &account) const;

    /// Best presence of all of a person's addresses.
    Presence presenceOf(const Person &person) const;
    /// Of one address: a contact's, or what a protocol told of somebody who is none (the newest
    /// hundred); Unknown otherwise.
    Presence presenceOf(const PersonAddress &address) const;
    QString nameOf(const Person &person) const;
    QStringList groupsOf(const Person &person) const; ///< of all legs; empty name = "no group"

    /// Pending requests to become a contact.
    struct Request {
        AccountId account;
        ContactAddress address;
        QString name;
        QString text;
    };
    QList<Request> requests() const;
    void answer(const AccountId &account, const ContactAddress &address, bool allow);

    /// Several addresses of one human; views over unchanged contacts, so that unmerge restores
    /// exactly.
    PersonId merge(const QList<PersonId> &persons);
    void split(const PersonId &person, const PersonAddress &address);
    void setAlias(const PersonId &person, const QString &alias);

    /// Whether the user wants to be told when a person becomes available; kept on disk.
    StatusAlerts::Kind alertOf(const Person &person) const;
    void setAlert(const PersonId &id, StatusAlerts::Kind kind);

Q_SIGNALS:
    /// Persons added, removed or changed since the last turn; empty list = everything.
    void changed(const QList<linchpin::PersonId> &persons);
    void contactChanged(
        const linchpin::AccountId &account, const linchpin::ContactAddress &address);
    void presenceChanged(const linchpin::AccountId &account,
        const linchpin::ContactAddress &address, const linchpin::Presence &presence);
    void requestsChanged();
    /// Somebody the user waits for has become available. `asked` is how the user waited.
    void statusAlertDue(const linchpin::AccountId &account, const linchpin::ContactAddress &address,
        linchpin::StatusAlerts::Kind asked);

private:
    void handleEvent(Account *account, const SessionEvent &event);
    void upsertContact(const AccountId &account, const ContactSnapshot &snapshot);
    void removeContact(const PersonAddress &address);
    void setPresence(const PersonAddress &address, const Presence &presence);
    void forgetPresence(const AccountId &account);
    void touch(const PersonAddress &address);
    void savePersons();

    class Private;
    std::unique_ptr<Private> d;
};

} // namespace linchpin
