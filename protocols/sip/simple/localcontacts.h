// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/contact.h"

#include <QByteArray>
#include <QList>
#include <QMap>

#include <optional>

namespace linchpin::sip {

/// Somebody the user knows, or has decided about.
struct LocalContact {
    QString address = {};
    QString name = {};
    QStringList groups = {};
    bool listed = true; ///< in the list; else only a decision is remembered
    bool blocked = false;
    /// The answer to "may they see you?"; nothing while nobody has answered.
    std::optional<bool> allowed = {};
    friend bool operator==(const LocalContact &, const LocalContact &) = default;

    ContactSnapshot snapshot() const;
};

/// A contact list that no server keeps, in the form in which it lies in the account's state.
struct LocalContacts {
    QMap<QString, LocalContact> people = {}; ///< by address
    friend bool operator==(const LocalContacts &, const LocalContacts &) = default;

    /// JSON in pieces of at most 60 KiB, each a document of its own; never empty.
    QByteArrayList packed() const;
    /// What cannot be read is left out.
    static LocalContacts unpacked(const QByteArrayList &pieces);
};

} // namespace linchpin::sip
