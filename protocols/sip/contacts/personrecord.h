// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/presence/categories.h"

#include <QList>
#include <QString>

namespace linchpin::sip {

/// Longest field taken from a directory, and most entries of one answer.
inline constexpr qsizetype kLongestRecordField = 1024;
inline constexpr qsizetype kMostRecords = 500;

/// One entry of the company's directory, whichever way it was asked.
struct PersonRecord {
    QString address = {}; ///< sign-in address, of a group its e-mail address; see addressFromUri()
    QString name = {};
    QString email = {};
    QString alias = {}; ///< mailNickname
    QString title = {};
    QString department = {};
    QString company = {};
    QString office = {};
    QString city = {};
    QString country = {};
    QString manager = {}; ///< a name, not the distinguished name
    QList<PhoneNumber> phones = {};
    QString photoPath = {}; ///< relative to the address book's files
    QString photoHash = {};
    bool group = false; ///< a distribution group
    friend bool operator==(const PersonRecord &, const PersonRecord &) = default;

    /// Takes an attribute by its name in the directory (LDAP, any case). Unknown ones are ignored.
    void take(QStringView attribute, const QString &raw);
    /// Fills what is empty; called once all attributes are in.
    void complete();
    bool isUsable() const { return address.contains(u'@'); }
};

/// What several searches found, once each, in the order found.
class RecordList {
public:
    void add(const QList<PersonRecord> &records);
    QList<PersonRecord> records() const { return m_records; }

private:
    QList<PersonRecord> m_records;
};

/// "Ann Beebe" of "CN=Ann Beebe,OU=Sales,DC=litwareinc,DC=test"; other text as it is. RFC 4514.
QString commonName(const QString &distinguishedName);

} // namespace linchpin::sip
