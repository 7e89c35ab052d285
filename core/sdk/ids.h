// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHashFunctions>
#include <QMetaType>
#include <QString>

#include <compare>

namespace linchpin {

/// One configured account: a UUID without braces, made once and kept for the account's life.
struct AccountId {
    QString value;

    bool isNull() const { return value.isEmpty(); }
    friend bool operator==(const AccountId &, const AccountId &) = default;
    friend auto operator<=>(const AccountId &a, const AccountId &b)
    {
        return a.value.compare(b.value) <=> 0;
    }
};

/// The address of a person on one network, in the spelling of the protocol's
/// ProtocolPlugin::normalizedAddress() (`bob@litwareinc.test`, `bob@alpha.test`, a nick), so that
/// equal people compare equal. Never carries a scheme or a device part.
struct ContactAddress {
    QString value;

    bool isNull() const { return value.isEmpty(); }
    friend bool operator==(const ContactAddress &, const ContactAddress &) = default;
    friend auto operator<=>(const ContactAddress &a, const ContactAddress &b)
    {
        return a.value.compare(b.value) <=> 0;
    }
};

/// The address of a room (`#linchpin`, `team@rooms.alpha.test`, a conference focus), normalized.
struct RoomAddress {
    QString value;

    bool isNull() const { return value.isEmpty(); }
    friend bool operator==(const RoomAddress &, const RoomAddress &) = default;
    friend auto operator<=>(const RoomAddress &a, const RoomAddress &b)
    {
        return a.value.compare(b.value) <=> 0;
    }
};

enum class ConversationKind {
    Person, ///< one-to-one with a ContactAddress
    Room, ///< with a RoomAddress
    Server, ///< what the server itself says: message of the day, notices
};

/// One conversation: account + address + kind. `with` is a contact's, a room's or a server's
/// address according to `kind`.
struct ConversationKey {
    AccountId account;
    QString with;
    ConversationKind kind = ConversationKind::Person;

    bool isNull() const { return account.isNull() || with.isEmpty(); }
    friend bool operator==(const ConversationKey &, const ConversationKey &) = default;
};

/// Row number of a message in the local history; 0 = not stored yet.
struct MessageId {
    qint64 value = 0;

    bool isNull() const { return value == 0; }
    friend bool operator==(const MessageId &, const MessageId &) = default;
    friend auto operator<=>(const MessageId &, const MessageId &) = default;
};

inline size_t qHash(const AccountId &id, size_t seed = 0)
{
    return ::qHash(id.value, seed);
}
inline size_t qHash(const ContactAddress &a, size_t seed = 0)
{
    return ::qHash(a.value, seed);
}
inline size_t qHash(const RoomAddress &a, size_t seed = 0)
{
    return ::qHash(a.value, seed);
}
inline size_t qHash(const MessageId &id, size_t seed = 0)
{
    return ::qHash(id.value, seed);
}
inline size_t qHash(const ConversationKey &key, size_t seed = 0)
{
    return qHashMulti(seed, key.account.value, key.with, static_cast<int>(key.kind));
}

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::AccountId)
Q_DECLARE_METATYPE(linchpin::ContactAddress)
Q_DECLARE_METATYPE(linchpin::RoomAddress)
Q_DECLARE_METATYPE(linchpin::ConversationKey)
Q_DECLARE_METATYPE(linchpin::MessageId)
