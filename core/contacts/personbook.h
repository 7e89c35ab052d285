// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/contacts/person.h"
#include "core/sdk/result.h"

#include <QHash>
#include <QJsonObject>
#include <QSet>

namespace linchpin {

/// Which addresses make up which person: pure bookkeeping over addresses, so that merge and split
/// are views that change no contact. An address that nobody merged is a person of its own.
class PersonBook {
public:
    static PersonId idOf(const PersonAddress &address);

    /// The address is (again) in a contact list.
    void add(const PersonAddress &address);
    /// Gone from its contact list. A merged person remembers it, in case it comes back.
    void remove(const PersonAddress &address);

    QList<Person> persons() const;
    const Person *person(const PersonId &id) const;
    const Person *personOf(const PersonAddress &address) const;
    /// All addresses that are present now, of one person.
    bool isPresent(const PersonAddress &address) const { return m_present.contains(address); }

    /// The new person; null when fewer than two of them exist. Ids that vanish are in `gone`.
    PersonId merge(const QList<PersonId> &persons, QList<PersonId> *gone = nullptr);
    /// Takes one address out; the person that is left keeps its id unless one address is left.
    QList<PersonId> split(const PersonId &id, const PersonAddress &address);
    void setAlias(const PersonId &id, const QString &alias);

    QJsonObject toJson() const; ///< what the user decided: merged persons and aliases
    static PersonBook fromJson(const QJsonObject &json);

private:
    void rebuild(const PersonId &id);

    struct Merged {
        QList<PersonAddress> addresses;
    };
    QHash<PersonId, Merged> m_merged;
    QHash<PersonAddress, PersonId> m_mergedOf;
    QHash<PersonId, QString> m_aliases;
    QSet<PersonAddress> m_present;
    QHash<PersonId, Person> m_persons; ///< what is visible now
};

} // namespace linchpin
