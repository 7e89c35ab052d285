// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QMetaType>
#include <QStringList>

namespace linchpin {

/// Who sees whose presence (RFC 6121 §2.1.2.5; on OCS: whether we hold a subscription).
enum class Subscription {
    None,
    Pending, ///< we asked and they have not answered
    To, ///< we see them
    From, ///< they see us
    Both,
};

enum class ContactKind {
    Person,
    Group, ///< a distribution group: no presence of its own, has members
};

/// A contact as the server's (or, where the network keeps none, our own) list has it.
struct ContactSnapshot {
    ContactAddress address;
    QString name; ///< the alias; empty = show the address
    QStringList groups; ///< group names, in the list's order; empty = no group
    Subscription subscription = Subscription::Both;
    bool blocked = false;
    ContactKind kind = ContactKind::Person;
    QMap<QString, QString> details; ///< card fields that came unasked: `title`, `company`, `phone`

    friend bool operator==(const ContactSnapshot &, const ContactSnapshot &) = default;
};

/// An answer from a directory search.
struct DirectoryEntry {
    ContactAddress address;
    QString name;
    ContactKind kind = ContactKind::Person;
    QMap<QString, QString> details;
};

/// What is known about a person when asked (whois, vCard, contact card), for display.
struct ContactCard {
    ContactAddress address;
    QString name;
    QList<std::pair<QString, QString>> fields; ///< translated label, value; in reading order
    QByteArray photo; ///< an image file's bytes, at most 1 MiB; empty = none
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::ContactSnapshot)
