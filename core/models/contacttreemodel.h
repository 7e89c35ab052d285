// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/contacts/person.h"
#include "core/models/framepacer.h"
#include "core/sdk/ids.h"
#include "core/sdk/presence.h"

#include <QAbstractItemModel>
#include <QCollator>
#include <QHash>
#include <QSet>

#include <memory>
#include <vector>

namespace linchpin {

class AccountManager;
class ContactStore;
class ConversationStore;

/// Groups at the top, persons below; a person stands in each of their groups. Roles in ContactRole.
/// Keeps what sorting and filtering ask for ready, so that 10,000 people filter within a keystroke.
class ContactTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    /// What is shown of a person, computed once a change.
    struct Entry {
        PersonId id;
        QString name;
        QCollatorSortKey sortKey;
        QString searchText; ///< names and addresses, case-folded, separated by newlines
        Presence presence;
        int unread = 0;
        QDateTime lastActivity;
        QList<int> colors;
        QStringList accounts;
        bool blocked = false;
        bool pending = false;
        QStringList groups;
        ConversationKey preferred;
        QByteArray avatar;
    };

    ContactTreeModel(ContactStore &contacts, ConversationStore &conversations,
        AccountManager &accounts, QObject *parent = nullptr);
    ~ContactTreeModel() override;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    /// Without a copy, for the sort and filter model; nullptr for a group.
    const Entry *entry(const QModelIndex &index) const;
    QString groupName(const QModelIndex &index) const;
    /// Every place where the person stands.
    QModelIndexList indexesOf(const PersonId &person) const;

private:
    struct Group {
        quintptr serial = 0;
        QString name;
        std::vector<std::shared_ptr<Entry>> rows;
        int online = 0;
    };

    void reload();
    void update(const QSet<PersonId> &persons);
    /// Brings the entry up to date and the person into the right groups. True: it stays in some,
    /// which have to be told.
    bool updateOne(const PersonId &id);
    void tellChanged(const QSet<const Entry *> &entries);
    void place(const std::shared_ptr<Entry> &entry, const QString &groupName);
    void displace(const PersonId &id, const QString &groupName);
    std::shared_ptr<Entry> makeEntry(const Person &person, const Entry *before = nullptr) const;
    void refreshUnread(const ConversationKey &key);
    int groupRow(const QString &name) const;
    int groupRow(quintptr serial) const;
    static int rowIn(const Group &group, const PersonId &id);
    void groupChanged(int row);

    ContactStore &m_contacts;
    ConversationStore &m_conversations;
    AccountManager &m_accounts;
    QCollator m_collator;
    std::vector<Group> m_groups;
    QHash<PersonId, std::shared_ptr<Entry>> m_entries;
    quintptr m_lastSerial = 0;
    QSet<PersonId> m_touched; ///< since the last frame
    FramePacer m_pacer;
};

} // namespace linchpin
