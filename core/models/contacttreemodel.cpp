// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/contacttreemodel.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/models/roles.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// Above this many changed persons at once, starting over is cheaper than precise steps.
constexpr qsizetype kManyChanges = 300;

} // namespace

ContactTreeModel::ContactTreeModel(ContactStore &contacts, ConversationStore &conversations,
    AccountManager &accounts, QObject *parent)
    : QAbstractItemModel(parent)
    , m_contacts(contacts)
    , m_conversations(conversations)
    , m_accounts(accounts)
    , m_pacer([this] { update(std::exchange(m_touched, {})); })
{
    m_collator.setCaseSensitivity(Qt::CaseInsensitive);
    m_collator.setNumericMode(true);
    reload();
    connect(&contacts, &ContactStore::changed, this, [this](const QList<PersonId> &persons) {
        m_touched.unite(QSet<PersonId>(persons.cbegin(), persons.cend()));
        m_pacer.ask();
    });
    const auto watch = [this](Conversation *conversation) {
        connect(conversation, &Conversation::summaryChanged, this,
            [this, conversation] { refreshUnread(conversation->key()); });
    };
    connect(&conversations, &ConversationStore::conversationAdded, this, watch);
    const QList<Conversation *> all = conversations.conversations();
    std::ranges::for_each(all, watch);
    connect(&accounts, &AccountManager::accountAdded, this, &ContactTreeModel::reload);
}

ContactTreeModel::~ContactTreeModel() = default;

std::shared_ptr<ContactTreeModel::Entry> ContactTreeModel::makeEntry(
    const Person &person, const Entry *before) const
{
    const QString name = m_contacts.nameOf(person);
    // Sort keys are dear, names change seldom.
    auto entry = std::make_shared<Entry>(Entry { .id = person.id,
        .name = name,
        .sortKey = before && before->name == name ? before->sortKey : m_collator.sortKey(name),
        .searchText = name,
        .presence = m_contacts.presenceOf(person),
        .groups = m_contacts.groupsOf(person) });
    const Contact *best = nullptr;
    for (const PersonAddress &address : person.addresses) {
        const Contact *const contact = m_contacts.contact(address.account, address.address);
        const Account *const account = m_accounts.account(address.account);
        if (!contact || !account) {
            continue;
        }
        if (!best || contact->presence.availability > best->presence.availability) {
            best = contact;
        }
        if (!entry->colors.contains(account->config().color)) {
            entry->colors.append(account->config().color);
        }
        entry->accounts.append(address.account.value);
        entry->blocked = entry->blocked || contact->snapshot.blocked;
        entry->pending = entry->pending || contact->snapshot.subscription == Subscription::Pending;
        if (entry->avatar.isEmpty()) {
            entry->avatar = contact->avatar;
        }
        entry->searchText += u'\n' + contact->snapshot.name + u'\n' + address.address.value;
        const ConversationKey key { address.account, address.address.value,
            ConversationKind::Person };
        if (const Conversation *const conversation = m_conversations.find(key)) {
            entry->unread += conversation->summary().unread;
            entry->lastActivity = std::max(entry->lastActivity, conversation->summary().lastAt);
        }
    }
    if (best) {
        entry->preferred
            = { best->account, best->snapshot.address.value, ConversationKind::Person };
    }
    entry->searchText = entry->searchText.toCaseFolded();
    return entry;
}

void ContactTreeModel::reload()
{
    beginResetModel();
    m_touched.clear();
    m_groups.clear();
    m_entries.clear();
    QHash<QString, std::size_t> rows;
    const QList<Person> persons = m_contacts.persons();
    for (const Person &person : persons) {
        const std::shared_ptr<Entry> entry = makeEntry(person);
        m_entries.insert(person.id, entry);
        for (const QString &name : std::as_const(entry->groups)) {
            auto found = rows.constFind(name);
            if (found == rows.constEnd()) {
                m_groups.push_back({ .serial = ++m_lastSerial, .name = name, .rows = {} });
                found = rows.insert(name, m_groups.size() - 1);
            }
            Group &group = m_groups[*found];
            group.rows.push_back(entry);
            group.online += entry->presence.isOnline() ? 1 : 0;
        }
    }
    endResetModel();
}

void ContactTreeModel::update(const QSet<PersonId> &persons)
{
    if (persons.size() > kManyChanges) {
        // Presence storms change many people without moving anybody: those stay precise.
        const bool moved = std::ranges::any_of(persons, [this](const PersonId &id) {
            const Person *const person = m_contacts.person(id);
            const auto known = m_entries.constFind(id);
            return !person || known == m_entries.constEnd()
                || (*known)->groups != m_contacts.groupsOf(*person);
        });
        if (moved) {
            reload();
            return;
        }
    }
    QSet<const Entry *> stayed;
    for (const PersonId &id : persons) {
        if (updateOne(id)) {
            stayed.insert(m_entries.value(id).get());
        }
    }
    if (!stayed.isEmpty()) {
        tellChanged(stayed);
    }
}

/// One signal a group, from the first to the last row that differs: who sorts and lays out does so
/// once a group and not once a person.
void ContactTreeModel::tellChanged(const QSet<const Entry *> &entries)
{
    for (std::size_t row = 0; row < m_groups.size(); ++row) {
        Group &group = m_groups[row];
        int first = -1;
        int last = -1;
        int online = 0;
        for (std::size_t at = 0; at < group.rows.size(); ++at) {
            const Entry *const entry = group.rows[at].get();
            online += entry->presence.isOnline() ? 1 : 0;
            if (entries.contains(entry)) {
                first = first < 0 ? static_cast<int>(at) : first;
                last = static_cast<int>(at);
            }
        }
        if (first < 0) {
            continue;
        }
        const QModelIndex parent = index(static_cast<int>(row), 0);
        Q_EMIT dataChanged(index(first, 0, parent), index(last, 0, parent));
        if (std::exchange(group.online, online) != online) {
            groupChanged(static_cast<int>(row));
        }
    }
}

bool ContactTreeModel::updateOne(const PersonId &id)
{
    const Person *const person = m_contacts.person(id);
    const auto known = m_entries.constFind(id);
    if (!person) {
        if (known != m_entries.constEnd()) {
            const QStringList groups = (*known)->groups;
            for (const QString &group : groups) {
                displace(id, group);
            }
            m_entries.remove(id);
        }
        return false;
    }
    if (known == m_entries.constEnd()) {
        const std::shared_ptr<Entry> made = makeEntry(*person);
        m_entries.insert(id, made);
        for (const QString &group : std::as_const(made->groups)) {
            place(made, group);
        }
        return false;
    }
    const std::shared_ptr<Entry> next = makeEntry(*person, known->get());
    const QStringList before = (*known)->groups;
    for (const QString &group : before) {
        if (!next->groups.contains(group)) {
            displace(id, group);
        }
    }
    const QStringList after = next->groups;
    // A copy: who hears of the new rows may add persons.
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
    const std::shared_ptr<Entry> entry = *known;
    *entry = std::move(*next);
    bool stays = false;
    for (const QString &name : after) {
        if (before.contains(name)) {
            stays = true;
        } else {
            place(entry, name);
        }
    }
    return stays;
}

void ContactTreeModel::place(const std::shared_ptr<Entry> &entry, const QString &groupName)
{
    int row = groupRow(groupName);
    if (row < 0) {
        row = static_cast<int>(m_groups.size());
        beginInsertRows({}, row, row);
        m_groups.push_back({ .serial = ++m_lastSerial, .name = groupName, .rows = {} });
        endInsertRows();
    }
    Group &group = m_groups[static_cast<std::size_t>(row)];
    const int at = static_cast<int>(group.rows.size());
    beginInsertRows(index(row, 0), at, at);
    group.rows.push_back(entry);
    group.online += entry->presence.isOnline() ? 1 : 0;
    endInsertRows();
    groupChanged(row);
}

void ContactTreeModel::displace(const PersonId &id, const QString &groupName)
{
    const int row = groupRow(groupName);
    if (row < 0) {
        return;
    }
    Group &group = m_groups[static_cast<std::size_t>(row)];
    const int at = rowIn(group, id);
    if (at < 0) {
        return;
    }
    beginRemoveRows(index(row, 0), at, at);
    group.online -= group.rows[static_cast<std::size_t>(at)]->presence.isOnline() ? 1 : 0;
    group.rows.erase(group.rows.begin() + at);
    endRemoveRows();
    if (group.rows.empty()) {
        beginRemoveRows({}, row, row);
        m_groups.erase(m_groups.begin() + row);
        endRemoveRows();
    } else {
        groupChanged(row);
    }
}

void ContactTreeModel::refreshUnread(const ConversationKey &key)
{
    if (key.kind == ConversationKind::Person) {
        if (const Person *const person = m_contacts.personOf(key.account, { key.with })) {
            m_touched.insert(person->id);
            m_pacer.ask();
        }
    }
}

void ContactTreeModel::groupChanged(int row)
{
    const QModelIndex changed = index(row, 0);
    Q_EMIT dataChanged(changed, changed, { ContactRole::GroupOnline, ContactRole::GroupTotal });
}

int ContactTreeModel::groupRow(const QString &name) const
{
    const auto found = std::ranges::find(m_groups, name, &Group::name);
    return found == m_groups.cend() ? -1 : static_cast<int>(found - m_groups.cbegin());
}

int ContactTreeModel::groupRow(quintptr serial) const
{
    const auto found = std::ranges::find(m_groups, serial, &Group::serial);
    return found == m_groups.cend() ? -1 : static_cast<int>(found - m_groups.cbegin());
}

int ContactTreeModel::rowIn(const Group &group, const PersonId &id)
{
    const auto found = std::ranges::find_if(
        group.rows, [&](const std::shared_ptr<Entry> &entry) { return entry->id == id; });
    return found == group.rows.cend() ? -1 : static_cast<int>(found - group.rows.cbegin());
}

QModelIndex ContactTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column != 0) {
        return {};
    }
    if (!parent.isValid()) {
        return row < static_cast<int>(m_groups.size()) ? createIndex(row, 0, quintptr { 0 })
                                                       : QModelIndex();
    }
    if (parent.internalId() != 0 || parent.row() >= static_cast<int>(m_groups.size())) {
        return {};
    }
    const Group &group = m_groups[static_cast<std::size_t>(parent.row())];
    return row < static_cast<int>(group.rows.size()) ? createIndex(row, 0, group.serial)
                                                     : QModelIndex();
}

QModelIndex ContactTreeModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == 0) {
        return {};
    }
    const int row = groupRow(index.internalId());
    return row < 0 ? QModelIndex() : createIndex(row, 0, quintptr { 0 });
}

int ContactTreeModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid()) {
        return static_cast<int>(m_groups.size());
    }
    if (parent.internalId() != 0 || parent.row() >= static_cast<int>(m_groups.size())) {
        return 0;
    }
    return static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].rows.size());
}

int ContactTreeModel::columnCount(const QModelIndex &) const
{
    return 1;
}

const ContactTreeModel::Entry *ContactTreeModel::entry(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == 0) {
        return nullptr;
    }
    const int row = groupRow(index.internalId());
    if (row < 0) {
        return nullptr;
    }
    const Group &group = m_groups[static_cast<std::size_t>(row)];
    const auto at = static_cast<std::size_t>(index.row());
    return at < group.rows.size() ? group.rows[at].get() : nullptr;
}

QString ContactTreeModel::groupName(const QModelIndex &index) const
{
    const bool isGroup = index.isValid() && index.internalId() == 0
        && index.row() < static_cast<int>(m_groups.size());
    return isGroup ? m_groups[static_cast<std::size_t>(index.row())].name : QString();
}

QModelIndexList ContactTreeModel::indexesOf(const PersonId &person) const
{
    QModelIndexList found;
    const auto known = m_entries.constFind(person);
    if (known == m_entries.constEnd()) {
        return found;
    }
    for (const QString &name : std::as_const((*known)->groups)) {
        const int row = groupRow(name);
        if (row >= 0) {
            const int at = rowIn(m_groups[static_cast<std::size_t>(row)], person);
            found.append(index(at, 0, index(row, 0)));
        }
    }
    return found;
}

QVariant ContactTreeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    if (index.internalId() == 0) {
        const Group &group = m_groups[static_cast<std::size_t>(index.row())];
        switch (role) {
        case Qt::DisplayRole:
            return group.name.isEmpty() ? tr("Contacts", "those in no group") : group.name;
        case Qt::AccessibleTextRole:
            return tr("%1, %2 of %3 online", "a group of contacts")
                .arg(group.name.isEmpty() ? tr("Contacts", "those in no group") : group.name)
                .arg(group.online)
                .arg(group.rows.size());
        case ContactRole::IsGroup:
            return true;
        case ContactRole::GroupName:
            return group.name;
        case ContactRole::GroupOnline:
            return group.online;
        case ContactRole::GroupTotal:
            return static_cast<int>(group.rows.size());
        default:
            return {};
        }
    }
    const Entry *const found = entry(index);
    if (!found) {
        return {};
    }
    switch (role) {
    case Qt::DisplayRole:
        return found->name;
    case Qt::AccessibleTextRole:
        return found->unread > 0
            ? tr("%1, %2, %n unread", nullptr, found->unread)
                  .arg(found->name, displayName(found->presence.availability))
            : u"%1, %2"_s.arg(found->name, displayName(found->presence.availability));
    case ContactRole::IsGroup:
        return false;
    case ContactRole::PersonId:
        return QVariant::fromValue(found->id);
    case ContactRole::GroupName:
        return groupName(index.parent());
    case ContactRole::Availability:
        return static_cast<int>(found->presence.availability);
    case ContactRole::Note:
        return found->presence.text;
    case ContactRole::Activity:
        return found->presence.activity;
    case ContactRole::IdleSince:
        return found->presence.idleSince;
    case ContactRole::Unread:
        return found->unread;
    case ContactRole::LastActivity:
        return found->lastActivity;
    case ContactRole::Avatar:
        return found->avatar;
    case ContactRole::AccountColors:
        return QVariant::fromValue(found->colors);
    case ContactRole::AccountIds:
        return found->accounts;
    case ContactRole::Blocked:
        return found->blocked;
    case ContactRole::Pending:
        return found->pending;
    case ContactRole::SearchText:
        return found->searchText;
    case ContactRole::ConversationKey:
        return QVariant::fromValue(found->preferred);
    default:
        return {};
    }
}

} // namespace linchpin
