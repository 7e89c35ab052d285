// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/xmlelement.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>

namespace linchpin::sip::sim {

/// One entry for OcsPool::setContacts.
struct SeedContact {
    QString address; ///< user@domain
    QString alias; ///< empty: clients show the name of the contact card
    QStringList groups; ///< by name; empty or "~" = "Other Contacts"
};

/// The contact list a pool keeps for one user, with its change counter. [MS-SIP] 2.2 contact
/// management; pure, no sockets.
class ContactBook {
public:
    struct Contact {
        QString address; ///< user@domain, lower case
        QString name;
        QList<int> groups;
        bool subscribed = true;
    };

    /// What an edit did: the answer to the editor and the changes for its other end points.
    struct Edit {
        int status = 200;
        QByteArray body = {}; ///< SOAP answer; empty when the operation has none
        QByteArrayList deltas = {}; ///< contactDelta documents in order
    };

    ContactBook();

    void seed(const QList<SeedContact> &contacts);
    /// A distribution group in the list.
    void seedList(const QString &name, const QString &address);
    /// Whether a new group may be a distribution group; else it becomes an ordinary one.
    void keepLists(bool keeps) { m_keepsLists = keeps; }
    /// The list lives in Exchange from now on; this copy says so and takes no more edits.
    void freeze() { m_frozen = true; }
    /// Something happened to the list that lives elsewhere.
    void touch() { ++m_deltaNumber; }
    int deltaNumber() const { return m_deltaNumber; }
    bool contains(const QString &address) const { return m_contacts.contains(address.toLower()); }
    const QMap<QString, Contact> &contacts() const { return m_contacts; }
    const QMap<int, QString> &groups() const { return m_groups; }

    /// contactList document, application/vnd-microsoft-roaming-contacts+xml.
    QByteArray document() const;

    /// A SOAP envelope of contact management: setContact, deleteContact, addGroup, modifyGroup,
    /// deleteGroup. 400 for anything else, 409 when the client's deltaNum is not ours, 404 for an
    /// unknown group.
    Edit apply(const XmlElement &envelope);

private:
    QByteArray delta(const QString &inner);
    int groupNamed(const QString &name);
    QString extensionOf(int group) const;

    int m_deltaNumber = 1;
    bool m_frozen = false;
    bool m_keepsLists = true;
    QMap<int, QString> m_groups;
    QMap<int, QString> m_lists; ///< addresses of those groups that are distribution groups
    QMap<QString, Contact> m_contacts;
};

} // namespace linchpin::sip::sim
