// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"

#include <QAbstractListModel>

namespace linchpin {

class Account;
class AccountManager;

/// The accounts in the user's order; roles in AccountRole.
class AccountListModel : public QAbstractListModel {
    Q_OBJECT
public:
    explicit AccountListModel(AccountManager &accounts, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value,
        int role) override; ///< Enabled, as a check box
    Qt::ItemFlags flags(const QModelIndex &index) const override;

    QModelIndex indexOf(const AccountId &id) const;

private:
    AccountManager &m_accounts;
    QList<Account *> m_rows;
};

/// "Online", "Waiting: the server did not answer", … of an account, translated.
QString stateText(const Account &account);

} // namespace linchpin
