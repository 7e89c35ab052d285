// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/contacts/personrecord.h"

#include "protocols/sip/documents/sipaddress.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype mostPhones = 16;

void addPhone(QList<PhoneNumber> &phones, PhoneNumber::Type type, const QString &value)
{
    const QString number
        = value.startsWith(u"tel:"_s, Qt::CaseInsensitive) ? value.sliced(4) : value;
    const auto same
        = [&](const PhoneNumber &phone) { return phone.type == type && phone.display == number; };
    if (!number.isEmpty() && phones.size() < mostPhones && std::ranges::none_of(phones, same)) {
        QString digits = number;
        digits.removeIf([](QChar c) { return !c.isDigit() && c != u'+'; });
        phones.append({ type, u"tel:"_s + digits, number });
    }
}

} // namespace

void PersonRecord::take(QStringView attribute, const QString &raw)
{
    const QString value = raw.trimmed().left(kLongestRecordField);
    const auto is = [&attribute](QStringView name) {
        return attribute.compare(name, Qt::CaseInsensitive) == 0;
    };
    if (value.isEmpty()) {
        return;
    }
    if (is(u"msRTCSIP-PrimaryUserAddress") || is(u"uri")) {
        address = addressFromUri(value);
    } else if (is(u"displayName")) {
        name = value;
    } else if (is(u"mail") || is(u"email")) {
        email = value;
    } else if (is(u"mailNickname")) {
        alias = value;
    } else if (is(u"title")) {
        title = value;
    } else if (is(u"department")) {
        department = value;
    } else if (is(u"company")) {
        company = value;
    } else if (is(u"physicalDeliveryOfficeName") || is(u"office")) {
        office = value;
    } else if (is(u"l") || is(u"city")) {
        city = value;
    } else if (is(u"c") || is(u"co") || is(u"country")) {
        country = value;
    } else if (is(u"manager")) {
        manager = commonName(value);
    } else if (is(u"telephoneNumber") || is(u"phone")) {
        addPhone(phones, PhoneNumber::Type::Work, value);
    } else if (is(u"mobile")) {
        addPhone(phones, PhoneNumber::Type::Mobile, value);
    } else if (is(u"homePhone")) {
        addPhone(phones, PhoneNumber::Type::Home, value);
    } else if (is(u"otherTelephone") || is(u"ipPhone")) {
        addPhone(phones, PhoneNumber::Type::Other, value);
    } else if (is(u"photoRelPath")) {
        photoPath = value;
    } else if (is(u"photoHash")) {
        photoHash = value;
    } else if (is(u"groupType")) {
        group = true;
    }
}

void PersonRecord::complete()
{
    if (group && address.isEmpty()) {
        address = addressFromUri(email);
    }
    if (name.isEmpty()) {
        name = alias.isEmpty() ? address : alias;
    }
}

void RecordList::add(const QList<PersonRecord> &records)
{
    for (const PersonRecord &record : records) {
        if (!record.isUsable() || m_records.size() >= kMostRecords
            || std::ranges::contains(m_records, record.address, &PersonRecord::address)) {
            continue;
        }
        m_records.append(record);
    }
}

QString commonName(const QString &distinguishedName)
{
    if (!distinguishedName.startsWith(u"CN="_s, Qt::CaseInsensitive)) {
        return distinguishedName;
    }
    QString name;
    for (qsizetype at = 3; at < distinguishedName.size(); ++at) {
        const QChar c = distinguishedName.at(at);
        if (c == u',') {
            break;
        }
        if (c == u'\\' && at + 1 < distinguishedName.size()) {
            name += distinguishedName.at(++at);
        } else {
            name += c;
        }
    }
    return name.trimmed();
}

} // namespace linchpin::sip
