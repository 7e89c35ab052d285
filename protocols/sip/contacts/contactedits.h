// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>
#include <optional>
#include <variant>

namespace linchpin::sip {

// The SOAP requests that change the list kept by the server ([MS-SIP] 3.7), carried in SERVICE with
// Content-Type application/SOAP+xml. They are answered one at a time; on an error the caller
// subscribes again for the full list instead of guessing.

/// Adds a contact or replaces everything about it.
struct SetContact {
    QString address = {};
    QString name = {};
    QList<int> groups = {};
    bool subscribed = true;
    QString externalUri = {};
    friend bool operator==(const SetContact &, const SetContact &) = default;
};
struct DeleteContact {
    QString address = {};
    friend bool operator==(const DeleteContact &, const DeleteContact &) = default;
};
struct AddGroup {
    QString name = {};
    QString externalUri = {};
    /// E-mail address, for a distribution group. Written as the list shows such groups (and as
    /// UCMA's "Adding a distribution list to the contact list" has it); no text of a specification
    /// says where in the request it belongs, so look at what became of it.
    QString listAddress = {};
    friend bool operator==(const AddGroup &, const AddGroup &) = default;
};
struct ModifyGroup {
    int id = 0;
    QString name = {};
    QString externalUri = {};
    friend bool operator==(const ModifyGroup &, const ModifyGroup &) = default;
};
struct DeleteGroup {
    int id = 0;
    friend bool operator==(const DeleteGroup &, const DeleteGroup &) = default;
};
/// LCS 2005 permission; its delta number is that of the ACL list, not of the contacts.
struct SetAce {
    enum class Type { User, Domain, All };
    Type type = Type::User;
    QString mask = {}; ///< address or domain; empty for All
    QString rights = {}; ///< "AA" allow, "BD" block
    friend bool operator==(const SetAce &, const SetAce &) = default;
};

using ContactEdit
    = std::variant<SetContact, DeleteContact, AddGroup, ModifyGroup, DeleteGroup, SetAce>;

/// The SOAP body of @p edit; @p deltaNumber is ContactList::editNumber().
QByteArray buildContactEdit(const ContactEdit &edit, int deltaNumber);

/// The server's side of it: which edit a body asks for.
struct ContactEditRequest {
    ContactEdit edit = {};
    int deltaNumber = 0;
    friend bool operator==(const ContactEditRequest &, const ContactEditRequest &) = default;
};
std::expected<ContactEditRequest, DocumentError> parseContactEdit(QByteArrayView body);

/// What a server answered to an edit, from the body of its response (which may be empty).
struct ContactEditReply {
    std::optional<int> groupId = {}; ///< of a new group
    std::optional<int> deltaNumber = {}; ///< the number after the edit, when the server tells
    QString faultCode = {}; ///< empty when there is no SOAP fault
    QString faultText = {}; ///< the server's words
    friend bool operator==(const ContactEditReply &, const ContactEditReply &) = default;
};
std::expected<ContactEditReply, DocumentError> parseContactEditReply(QByteArrayView body);

/// A server's answer to an addGroup.
QByteArray buildAddGroupReply(int groupId);
/// A server's SOAP fault.
QByteArray buildContactEditFault(const QString &code, const QString &text);

} // namespace linchpin::sip
