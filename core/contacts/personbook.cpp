// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/contacts/personbook.h"

#include <QJsonArray>
#include <QUuid>

#include <algorithm>
#include <ranges>

using namespace Qt::StringLiterals;

namespace linchpin {

PersonId PersonBook::idOf(const PersonAddress &address)
{
    return { address.account.value + u'/' + address.address.value };
}

/// Makes the visible person `id` what the merges and the present addresses say it is.
void PersonBook::rebuild(const PersonId &id)
{
    Person person;
    person.id = id;
    person.alias = m_aliases.value(id);
    if (const auto merged = m_merged.constFind(id); merged != m_merged.constEnd()) {
        std::ranges::copy_if(merged->addresses, std::back_inserter(person.addresses),
            [this](const PersonAddress &address) { return m_present.contains(address); });
    } else if (const auto found = m_persons.constFind(id); found != m_persons.constEnd()) {
        person.addresses = found->addresses;
        person.addresses.removeIf([&](const PersonAddress &address) {
            return !m_present.contains(address) || m_mergedOf.contains(address);
        });
    }
    if (person.addresses.isEmpty()) {
        m_persons.remove(id);
    } else {
        m_persons.insert(id, person);
    }
}

void PersonBook::add(const PersonAddress &address)
{
    if (m_present.contains(address)) {
        return;
    }
    m_present.insert(address);
    if (const auto merged = m_mergedOf.constFind(address); merged != m_mergedOf.constEnd()) {
        rebuild(*merged);
        return;
    }
    const PersonId id = idOf(address);
    m_persons.insert(id, { .id = id, .alias = m_aliases.value(id), .addresses = { address } });
}

void PersonBook::remove(const PersonAddress &address)
{
    if (!m_present.remove(address)) {
        return;
    }
    rebuild(m_mergedOf.value(address, idOf(address)));
}

QList<Person> PersonBook::persons() const
{
    return m_persons.values();
}

const Person *PersonBook::person(const PersonId &id) const
{
    const auto found = m_persons.constFind(id);
    return found == m_persons.constEnd() ? nullptr : &*found;
}

const Person *PersonBook::personOf(const PersonAddress &address) const
{
    return person(m_mergedOf.value(address, idOf(address)));
}

PersonId PersonBook::merge(const QList<PersonId> &persons, QList<PersonId> *gone)
{
    QList<PersonAddress> addresses;
    QString alias;
    QList<PersonId> sources;
    for (const PersonId &id : persons) {
        const Person *const found = person(id);
        if (!found || sources.contains(id)) {
            continue;
        }
        sources.append(id);
        // A merged person brings the addresses along that are absent at the moment.
        const QList<PersonAddress> theirs
            = m_merged.contains(id) ? m_merged.value(id).addresses : found->addresses;
        for (const PersonAddress &address : theirs) {
            if (!addresses.contains(address)) {
                addresses.append(address);
            }
        }
        alias = alias.isEmpty() ? found->alias : alias;
    }
    if (sources.size() < 2) {
        return {};
    }
    for (const PersonId &id : std::as_const(sources)) {
        // The names of single contacts wait for the day they are single again.
        if (m_merged.remove(id)) {
            m_aliases.remove(id);
        }
        m_persons.remove(id);
    }
    const PersonId id { QUuid::createUuid().toString(QUuid::WithoutBraces) };
    m_merged.insert(id, { addresses });
    for (const PersonAddress &address : std::as_const(addresses)) {
        m_mergedOf.insert(address, id);
    }
    if (!alias.isEmpty()) {
        m_aliases.insert(id, alias);
    }
    rebuild(id);
    if (gone) {
        *gone = sources;
    }
    return id;
}

QList<PersonId> PersonBook::split(const PersonId &id, const PersonAddress &address)
{
    const auto merged = m_merged.find(id);
    if (merged == m_merged.end() || !merged->addresses.contains(address)) {
        return {};
    }
    QList<PersonAddress> released { address };
    merged->addresses.removeAll(address);
    if (merged->addresses.size() == 1) {
        released.append(merged->addresses.takeFirst());
    }
    if (merged->addresses.isEmpty()) {
        m_merged.erase(merged);
        m_aliases.remove(id);
    }
    QList<PersonId> changed { id };
    for (const PersonAddress &each : std::as_const(released)) {
        m_mergedOf.remove(each);
        if (m_present.remove(each)) {
            add(each);
            changed.append(idOf(each));
        }
    }
    m_persons.remove(id);
    if (m_merged.contains(id)) {
        rebuild(id);
    }
    return changed;
}

void PersonBook::setAlias(const PersonId &id, const QString &alias)
{
    if (alias.isEmpty()) {
        m_aliases.remove(id);
    } else {
        m_aliases.insert(id, alias);
    }
    if (const auto found = m_persons.find(id); found != m_persons.end()) {
        found->alias = alias;
    }
}

QJsonObject PersonBook::toJson() const
{
    QJsonArray merged;
    for (auto it = m_merged.cbegin(); it != m_merged.cend(); ++it) {
        QJsonArray addresses;
        for (const PersonAddress &address : it->addresses) {
            addresses.append(QJsonObject {
                { u"account"_s, address.account.value }, { u"address"_s, address.address.value } });
        }
        merged.append(QJsonObject { { u"id"_s, it.key().value }, { u"addresses"_s, addresses } });
    }
    QJsonObject aliases;
    for (auto it = m_aliases.cbegin(); it != m_aliases.cend(); ++it) {
        aliases.insert(it.key().value, it.value());
    }
    return { { u"merged"_s, merged }, { u"aliases"_s, aliases } };
}

PersonBook PersonBook::fromJson(const QJsonObject &json)
{
    PersonBook book;
    for (const auto &value : json.value("merged"_L1).toArray()) {
        const PersonId id { value["id"_L1].toString() };
        Merged merged;
        for (const auto &entry : value["addresses"_L1].toArray()) {
            const PersonAddress address { { entry["account"_L1].toString() },
                { entry["address"_L1].toString() } };
            if (!book.m_mergedOf.contains(address)) {
                merged.addresses.append(address);
                book.m_mergedOf.insert(address, id);
            }
        }
        if (!id.isNull() && !merged.addresses.isEmpty()) {
            book.m_merged.insert(id, merged);
        }
    }
    const QJsonObject aliases = json.value("aliases"_L1).toObject();
    for (auto it = aliases.begin(); it != aliases.end(); ++it) {
        book.m_aliases.insert({ it.key() }, it.value().toString());
    }
    return book;
}

} // namespace linchpin
