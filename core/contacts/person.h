// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"

#include <QList>

namespace linchpin {

/// A human with one or more addresses; the unit of the contact list.
struct PersonId {
    QString value; ///< UUID of a merged person; `account/address` of a single contact
    bool isNull() const { return value.isEmpty(); }
    friend bool operator==(const PersonId &, const PersonId &) = default;
};
inline size_t qHash(const PersonId &id, size_t seed = 0)
{
    return ::qHash(id.value, seed);
}

struct PersonAddress {
    AccountId account;
    ContactAddress address;
    friend bool operator==(const PersonAddress &, const PersonAddress &) = default;
};
inline size_t qHash(const PersonAddress &a, size_t seed = 0)
{
    return qHashMulti(seed, a.account.value, a.address.value);
}

struct Person {
    PersonId id;
    QString alias; ///< the user's own name for them; empty = first contact's name
    QList<PersonAddress> addresses; ///< in order of preference; never empty
    friend bool operator==(const Person &, const Person &) = default;
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::PersonId)
