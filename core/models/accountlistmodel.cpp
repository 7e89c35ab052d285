// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/accountlistmodel.h"

#include "core/accounts/accountmanager.h"
#include "core/models/roles.h"
#include "core/sdk/protocolplugin.h"

#include <QCoreApplication>

#include <algorithm>

namespace linchpin {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::AccountListModel", text);
}

} // namespace

QString stateText(const Account &account)
{
    const std::optional<Error> &reason = account.reason();
    const QString why = reason ? reason->title : QString();
    switch (account.state()) {
    case Account::State::Online:
        return displayName(account.presence().availability);
    case Account::State::Connecting:
        return tr("Connecting…");
    case Account::State::Waiting:
        return why.isEmpty() ? tr("Waiting to try again") : why;
    case Account::State::Offline:
        break;
    }
    if (!account.config().enabled) {
        return tr("Switched off");
    }
    return why.isEmpty() ? tr("Offline") : why;
}

AccountListModel::AccountListModel(AccountManager &accounts, QObject *parent)
    : QAbstractListModel(parent)
    , m_accounts(accounts)
    , m_rows(accounts.accounts())
{
    connect(&accounts, &AccountManager::accountAdded, this, [this](Account *account) {
        const int row = static_cast<int>(m_rows.size());
        beginInsertRows({}, row, row);
        m_rows.append(account);
        endInsertRows();
    });
    connect(&accounts, &AccountManager::accountRemoved, this, [this](const AccountId &id) {
        // The account may be half destroyed: found by comparing with what is left.
        const QList<Account *> left = m_accounts.accounts();
        for (int row = static_cast<int>(m_rows.size()) - 1; row >= 0; --row) {
            if (!left.contains(m_rows.at(row)) || m_rows.at(row)->id() == id) {
                beginRemoveRows({}, row, row);
                m_rows.removeAt(row);
                endRemoveRows();
            }
        }
    });
    connect(&accounts, &AccountManager::accountMoved, this, [this] {
        beginResetModel();
        m_rows = m_accounts.accounts();
        endResetModel();
    });
    connect(&accounts, &AccountManager::accountChanged, this, [this](Account *account) {
        const QModelIndex changed = index(static_cast<int>(m_rows.indexOf(account)), 0);
        if (changed.isValid()) {
            Q_EMIT dataChanged(changed, changed);
        }
    });
}

int AccountListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QModelIndex AccountListModel::indexOf(const AccountId &id) const
{
    const auto found
        = std::ranges::find_if(m_rows, [&](const Account *a) { return a->id() == id; });
    return found == m_rows.cend() ? QModelIndex()
                                  : index(static_cast<int>(found - m_rows.cbegin()), 0);
}

QVariant AccountListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Account &account = *m_rows.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole:
        return account.name();
    case Qt::CheckStateRole:
        return account.config().enabled ? Qt::Checked : Qt::Unchecked;
    case Qt::AccessibleDescriptionRole:
    case AccountRole::StateText:
        return stateText(account);
    case AccountRole::Id:
        return QVariant::fromValue(account.id());
    case AccountRole::Protocol:
        return account.config().protocol;
    case AccountRole::ProtocolName:
        return account.plugin() ? account.plugin()->info().name : account.config().protocol;
    case AccountRole::IconName:
        return account.plugin() ? account.plugin()->info().iconName : QString();
    case AccountRole::Address:
        return account.address();
    case AccountRole::StateWord:
        return toWord(account.state());
    case AccountRole::State:
        return static_cast<int>(account.state());
    case AccountRole::Availability:
        return static_cast<int>(account.presence().availability);
    case AccountRole::Error: {
        const std::optional<Error> reason = account.reason();
        return reason ? QVariant::fromValue(*reason) : QVariant();
    }
    case AccountRole::Enabled:
        return account.config().enabled;
    case AccountRole::Color:
        return account.config().color;
    case AccountRole::RetryAt:
        return account.retryAt();
    default:
        return {};
    }
}

bool AccountListModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || role != Qt::CheckStateRole) {
        return false;
    }
    m_accounts.setEnabled(m_rows.at(index.row())->id(), value.toInt() == Qt::Checked);
    return true;
}

Qt::ItemFlags AccountListModel::flags(const QModelIndex &index) const
{
    return QAbstractListModel::flags(index) | Qt::ItemIsUserCheckable;
}

} // namespace linchpin
