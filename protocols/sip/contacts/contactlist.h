// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <expected>
#include <optional>
#include <variant>

namespace linchpin::sip {

/// One group of the roaming contact list ([MS-SIP] 2.2.4.1).
struct ContactGroup {
    int id = 0;
    QString name = {}; ///< as the server keeps it; "~" is the built-in one
    QString externalUri = {};
    QString listAddress
        = {}; ///< e-mail address of a distribution list; empty for an ordinary group

    /// The built-in group, shown under a translated name; never renamed or deleted.
    bool isRoot() const { return name == u"~"; }
    bool isDistributionList() const { return !listAddress.isEmpty(); }
    friend bool operator==(const ContactGroup &, const ContactGroup &) = default;
};

/// One person of the roaming contact list.
struct ContactEntry {
    QString address = {}; ///< see addressFromUri()
    QString name = {}; ///< the user's own name for this person; empty: show the contact card's
    QList<int> groups = {}; ///< group ids in the server's order; empty means the built-in group
    bool subscribed = true;
    QString externalUri = {};
    friend bool operator==(const ContactEntry &, const ContactEntry &) = default;
};

/// `contactList`: the whole list.
struct ContactListDocument {
    int deltaNumber = 0;
    QString ucsMode = {}; ///< "migrated": the list lives in Exchange and this copy is to be ignored
    QList<ContactGroup> groups = {};
    QList<ContactEntry> contacts = {};

    bool isMigrated() const { return ucsMode.compare(u"migrated", Qt::CaseInsensitive) == 0; }
    friend bool operator==(const ContactListDocument &, const ContactListDocument &) = default;
};

struct GroupAdded {
    ContactGroup group = {};
    friend bool operator==(const GroupAdded &, const GroupAdded &) = default;
};
/// Attributes that the delta does not carry keep their value.
struct GroupModified {
    int id = 0;
    std::optional<QString> name = {};
    std::optional<QString> externalUri = {};
    friend bool operator==(const GroupModified &, const GroupModified &) = default;
};
struct GroupDeleted {
    int id = 0;
    friend bool operator==(const GroupDeleted &, const GroupDeleted &) = default;
};
struct ContactAdded {
    ContactEntry contact = {};
    friend bool operator==(const ContactAdded &, const ContactAdded &) = default;
};
/// Attributes that the delta does not carry keep their value.
struct ContactModified {
    QString address = {};
    std::optional<QString> name = {};
    std::optional<QList<int>> groups = {};
    std::optional<bool> subscribed = {};
    std::optional<QString> externalUri = {};
    friend bool operator==(const ContactModified &, const ContactModified &) = default;
};
struct ContactDeleted {
    QString address = {};
    friend bool operator==(const ContactDeleted &, const ContactDeleted &) = default;
};

using ContactChange = std::variant<GroupAdded, GroupModified, GroupDeleted, ContactAdded,
    ContactModified, ContactDeleted>;

/// `contactDelta`: what changed since @c previousDelta, in document order.
struct ContactDeltaDocument {
    int deltaNumber = 0;
    int previousDelta = 0;
    QList<ContactChange> changes = {};
    friend bool operator==(const ContactDeltaDocument &, const ContactDeltaDocument &) = default;
};

using ContactDocument = std::variant<ContactListDocument, ContactDeltaDocument>;

/// The space-separated id list of a contact; ids outside 1 to 64 are dropped.
QList<int> parseGroupIds(QStringView text);
QString writtenGroupIds(const QList<int> &ids);

/// Parses the body of a roaming-contacts notification
/// (application/vnd-microsoft-roaming-contacts+xml), full or incremental.
std::expected<ContactDocument, DocumentError> parseContactDocument(QByteArrayView body);

/// The same documents written, as a server does: addresses without "sip:" in the full list and with
/// it in a delta.
QByteArray buildContactList(const ContactListDocument &document);
QByteArray buildContactDelta(const ContactDeltaDocument &document);

/// The list as this client knows it: full lists and deltas in, differences out.
class ContactList {
public:
    /// What the caller has to tell the rest of the program.
    struct Difference {
        QList<ContactEntry> changed = {}; ///< added or modified, with everything known
        QStringList removed = {}; ///< addresses
        bool groupsChanged = false;
        friend bool operator==(const Difference &, const Difference &) = default;
    };
    enum class Refusal {
        MissedDelta, ///< a delta was lost: subscribe again for the full list
    };

    /// Takes over the whole list; contacts not in it are gone.
    Difference apply(const ContactListDocument &document);
    /// Takes a delta. A repeated one (the number is the current one) changes nothing.
    std::expected<Difference, Refusal> apply(const ContactDeltaDocument &document);
    /// The server accepted our edit: its number counts one up before the delta arrives, which
    /// carries the same number and is applied when it does.
    void noteAcceptedEdit() { m_editNumber = editNumber() + 1; }
    /// The number to send with the next edit.
    int editNumber() const { return m_editNumber > m_delta ? m_editNumber : m_delta; }

    /// The number of the last document applied; 0 before the first.
    int deltaNumber() const { return m_delta; }
    bool isMigrated() const { return m_migrated; }
    const QMap<int, ContactGroup> &groups() const { return m_groups; }
    const QMap<QString, ContactEntry> &contacts() const { return m_contacts; }
    /// Names of the groups a contact is shown in, the built-in one as "~"; unknown ids count as
    /// the first group, no id as the built-in one.
    QStringList groupNames(const ContactEntry &contact) const;
    /// Id of the group with that name, ignoring case.
    std::optional<int> groupId(QStringView name) const;
    /// Id of the built-in group: 1 unless the list says otherwise.
    int rootGroupId() const;

private:
    int m_delta = 0;
    int m_editNumber = 0;
    bool m_migrated = false;
    QMap<int, ContactGroup> m_groups;
    QMap<QString, ContactEntry> m_contacts;
};

} // namespace linchpin::sip
