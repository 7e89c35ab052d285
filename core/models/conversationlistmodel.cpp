// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/conversationlistmodel.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/models/roles.h"

#include <algorithm>

namespace linchpin {

namespace {

QString typingText(const QStringList &who)
{
    if (who.isEmpty()) {
        return {};
    }
    if (who.size() == 1) {
        return ConversationListModel::tr("%1 is typing…").arg(who.constFirst());
    }
    return ConversationListModel::tr(
        "%n people are typing…", nullptr, static_cast<int>(who.size()));
}

} // namespace

QString conversationName(const Conversation &conversation, const ContactStore &contacts)
{
    const ConversationKey &key = conversation.key();
    if (key.kind == ConversationKind::Person) {
        if (const Person *const person = contacts.personOf(key.account, { key.with })) {
            return contacts.nameOf(*person);
        }
    }
    const QString name = conversation.summary().name;
    return name.isEmpty() ? key.with : name;
}

ConversationListModel::ConversationListModel(ConversationStore &conversations,
    ContactStore &contacts, AccountManager &accounts, QObject *parent)
    : QAbstractListModel(parent)
    , m_conversations(conversations)
    , m_contacts(contacts)
    , m_accounts(accounts)
    , m_rows(conversations.conversations())
    , m_pacer([this] { tellTouched(); })
{
    for (Conversation *const conversation : std::as_const(m_rows)) {
        watch(conversation);
    }
    connect(&conversations, &ConversationStore::conversationAdded, this,
        [this](Conversation *conversation) {
            const int row = static_cast<int>(m_rows.size());
            beginInsertRows({}, row, row);
            m_rows.append(conversation);
            endInsertRows();
            watch(conversation);
        });
    connect(&conversations, &ConversationStore::conversationRemoved, this,
        [this](const ConversationKey &key) {
            const QModelIndex gone = indexOf(key);
            if (gone.isValid()) {
                beginRemoveRows({}, gone.row(), gone.row());
                m_rows.removeAt(gone.row());
                endRemoveRows();
            }
        });
    connect(&contacts, &ContactStore::changed, this, [this](const QList<PersonId> &persons) {
        for (int row = 0; row < m_rows.size(); ++row) {
            const ConversationKey &key = m_rows.at(row)->key();
            const Person *const person = m_contacts.personOf(key.account, { key.with });
            if (persons.isEmpty() || (person && persons.contains(person->id))) {
                const QModelIndex changed = index(row, 0);
                Q_EMIT dataChanged(changed, changed,
                    { Qt::DisplayRole, ConversationRole::Availability, ConversationRole::Avatar });
            }
        }
    });
    connect(&accounts, &AccountManager::accountChanged, this, [this](const Account *account) {
        for (int row = 0; row < m_rows.size(); ++row) {
            if (m_rows.at(row)->key().account == account->id()) {
                const QModelIndex changed = index(row, 0);
                Q_EMIT dataChanged(changed, changed);
            }
        }
    });
}

void ConversationListModel::watch(Conversation *conversation)
{
    const auto touch = [this, conversation] { touched(conversation); };
    connect(conversation, &Conversation::summaryChanged, this, touch);
    connect(conversation, &Conversation::typingChanged, this, touch);
    connect(conversation, &Conversation::joinedChanged, this, touch);
}

void ConversationListModel::touched(const Conversation *conversation)
{
    m_touched.insert(conversation->key());
    m_pacer.ask();
}

void ConversationListModel::tellTouched()
{
    const QSet<ConversationKey> touched = std::exchange(m_touched, {});
    for (int row = 0; row < m_rows.size(); ++row) {
        if (touched.contains(m_rows.at(row)->key())) {
            const QModelIndex changed = index(row, 0);
            Q_EMIT dataChanged(changed, changed);
        }
    }
}

int ConversationListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QModelIndex ConversationListModel::indexOf(const ConversationKey &key) const
{
    const auto found
        = std::ranges::find_if(m_rows, [&](const Conversation *c) { return c->key() == key; });
    return found == m_rows.cend() ? QModelIndex()
                                  : index(static_cast<int>(found - m_rows.cbegin()), 0);
}

Conversation *ConversationListModel::conversationAt(const QModelIndex &index) const
{
    return checkIndex(index, CheckIndexOption::IndexIsValid) ? m_rows.at(index.row()) : nullptr;
}

QVariant ConversationListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Conversation &conversation = *m_rows.at(index.row());
    const ConversationSummary &summary = conversation.summary();
    const Account *const account = m_accounts.account(summary.key.account);
    const Person *const person = summary.key.kind == ConversationKind::Person
        ? m_contacts.personOf(summary.key.account, { summary.key.with })
        : nullptr;
    switch (role) {
    case Qt::DisplayRole:
        return conversationName(conversation, m_contacts);
    case Qt::AccessibleTextRole:
        return summary.unread > 0 ? tr("%1, %n unread", nullptr, summary.unread)
                                        .arg(conversationName(conversation, m_contacts))
                                  : conversationName(conversation, m_contacts);
    case ConversationRole::Key:
        return QVariant::fromValue(summary.key);
    case ConversationRole::Kind:
        return static_cast<int>(summary.key.kind);
    case ConversationRole::AccountColor:
        return account ? account->config().color : 0;
    case ConversationRole::AccountName:
        return account ? account->name() : QString();
    case ConversationRole::Availability:
        return static_cast<int>(
            person ? m_contacts.presenceOf(*person).availability : Availability::Unknown);
    case ConversationRole::Unread:
        return summary.unread;
    case ConversationRole::Mentions:
        return summary.mentions;
    case ConversationRole::LastAt:
        return summary.lastAt;
    case ConversationRole::Excerpt:
        return summary.lastExcerpt;
    case ConversationRole::Draft:
        return summary.draft;
    case ConversationRole::Pinned:
        return summary.pinned;
    case ConversationRole::Muted:
        return summary.muted;
    case ConversationRole::Open:
        return summary.open;
    case ConversationRole::Typing:
        return typingText(conversation.typing());
    case ConversationRole::Avatar: {
        const Contact *const contact
            = m_contacts.contact(summary.key.account, { summary.key.with });
        return contact ? contact->avatar : QByteArray();
    }
    case ConversationRole::Joined:
        return conversation.isJoined();
    case ConversationRole::IsContact:
        return person != nullptr;
    default:
        return {};
    }
}

ConversationSortModel::ConversationSortModel(QObject *parent)
    : QSortFilterProxyModel(parent)
{
    setDynamicSortFilter(true);
    sort(0);
}

void ConversationSortModel::setOnlyOpen(bool onlyOpen)
{
    m_onlyOpen = onlyOpen;
    invalidateFilter();
}

bool ConversationSortModel::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    return !m_onlyOpen
        || sourceModel()->index(row, 0, parent).data(ConversationRole::Open).toBool();
}

bool ConversationSortModel::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const bool leftPinned = left.data(ConversationRole::Pinned).toBool();
    const bool rightPinned = right.data(ConversationRole::Pinned).toBool();
    if (leftPinned != rightPinned) {
        return leftPinned;
    }
    const QDateTime leftAt = left.data(ConversationRole::LastAt).toDateTime();
    const QDateTime rightAt = right.data(ConversationRole::LastAt).toDateTime();
    if (leftAt != rightAt) {
        return leftAt > rightAt;
    }
    return left.data().toString().compare(right.data().toString(), Qt::CaseInsensitive) < 0;
}

} // namespace linchpin
