// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/framepacer.h"
#include "core/sdk/ids.h"

#include <QAbstractListModel>
#include <QSet>
#include <QSortFilterProxyModel>

namespace linchpin {

class AccountManager;
class ContactStore;
class Conversation;
class ConversationStore;

/// All conversations; roles in ConversationRole. Unsorted: see ConversationSortModel.
class ConversationListModel : public QAbstractListModel {
    Q_OBJECT
public:
    ConversationListModel(ConversationStore &conversations, ContactStore &contacts,
        AccountManager &accounts, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    QModelIndex indexOf(const ConversationKey &key) const;
    Conversation *conversationAt(const QModelIndex &index) const;

private:
    void watch(Conversation *conversation);
    void touched(const Conversation *conversation);
    void tellTouched();

    ConversationStore &m_conversations;
    ContactStore &m_contacts;
    AccountManager &m_accounts;
    QList<Conversation *> m_rows;
    QSet<ConversationKey> m_touched; ///< since the last frame
    FramePacer m_pacer;
};

/// What a conversation is called: the contact's name, the room's name, else the address.
QString conversationName(const Conversation &conversation, const ContactStore &contacts);

/// Pinned first, then newest first; optionally only the open ones, in the order they were opened.
class ConversationSortModel : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit ConversationSortModel(QObject *parent = nullptr);
    void setOnlyOpen(bool onlyOpen);

protected:
    bool filterAcceptsRow(int row, const QModelIndex &parent) const override;
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    bool m_onlyOpen = false;
};

} // namespace linchpin
