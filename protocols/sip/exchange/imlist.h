// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/contacts/contactlist.h"
#include "protocols/sip/exchange/ewsmessage.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <expected>

namespace linchpin::sip {

/// Names an item of a mailbox and the state of it that somebody has seen ([MS-OXWSCORE]
/// ItemIdType).
struct ItemId {
    QString id = {};
    QString changeKey = {};
    friend bool operator==(const ItemId &, const ItemId &) = default;

    bool isEmpty() const { return id.isEmpty(); }
};

/// A group of the unified contact store ([MS-OXWSCOS] 2.2.4.2).
struct ImGroup {
    enum class Kind {
        User, ///< made by the user
        Other, ///< everybody who is in no group
        Favorites,
        Tagged, ///< a mark, not a place: whose status changes are told
        DistributionList,
    };

    ItemId id = {};
    QString name = {};
    Kind kind = Kind::User;
    QString listAddress = {}; ///< of a distribution list
    QStringList members = {}; ///< item ids of people
    friend bool operator==(const ImGroup &, const ImGroup &) = default;

    /// Whether people are put into it by hand.
    bool isPlace() const
    {
        return kind == Kind::User || kind == Kind::Other || kind == Kind::Favorites;
    }
};

/// Somebody of the contact list.
struct ImPerson {
    QString address = {}; ///< see addressFromUri()
    QString name = {};
    ItemId id = {}; ///< to edit by; empty: cannot be changed
    friend bool operator==(const ImPerson &, const ImPerson &) = default;
};

/// The contact list of a mailbox.
struct ImList {
    QList<ImGroup> groups = {};
    QList<ImPerson> people = {};
    friend bool operator==(const ImList &, const ImList &) = default;

    const ImPerson *person(QStringView address) const;
    /// A group by name, ignoring case; the one for everybody else by an empty name.
    const ImGroup *group(QStringView name) const;
    /// A distribution group by its mail address, ignoring case.
    const ImGroup *distributionList(QStringView address) const;
    bool isMember(const ImPerson &person, const ImGroup &group) const;
};

/// As the contact list that the rest of the session works with. Groups that are no places are not
/// in it.
ContactListDocument contactDocument(const ImList &list);

// GetImItemList and the edits, [MS-OXWSCOS] 3.1.4. Sizes are bounded; a person without an IM
// address is left out.
EwsRequest buildGetImItemList();
std::expected<ImList, EwsFault> parseImItemList(QByteArrayView body);
EwsRequest buildAddImGroup(const QString &name);
std::expected<ImGroup, EwsFault> parseAddedImGroup(QByteArrayView body);
/// Without a group it is among the others; an empty name is left to the server.
EwsRequest buildAddNewImContact(const QString &address, const QString &name, const ItemId &group);
std::expected<ImPerson, EwsFault> parseAddedImContact(QByteArrayView body);
EwsRequest buildAddImContact(const ItemId &person, const ItemId &group);
EwsRequest buildRemoveImContact(const ItemId &person, const ItemId &group);
EwsRequest buildRemoveFromImList(const ItemId &person);
EwsRequest buildAddDistributionList(const QString &address, const QString &name);
EwsRequest buildRemoveDistributionList(const ItemId &group);
/// The answers that carry nothing but success. @p operation without "Response".
std::expected<void, EwsFault> parseImDone(QByteArrayView body, const QString &operation);

} // namespace linchpin::sip
