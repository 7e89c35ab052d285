// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QHash>
#include <QObject>
#include <QPointer>

namespace linchpin {

class AccountsDialog;
class DoctorWatch;
class MainWindow;
class VaultStore;
class WireConsole;

/// Opens the window's dialogs, each once, none of them modal to the conversations.
class Dialogs : public QObject {
    Q_OBJECT
public:
    Dialogs(UiContext context, MainWindow &window, QObject *parent = nullptr);

    /// `page`: pageBasic, pageAdvanced or pageProxy.
    QWidget *showAccounts(const AccountId &account = {}, const QString &page = {});
    void showFirstRun();
    /// The connection doctor, with what is known already where the watch has looked.
    void showWhy(const AccountId &id);
    /// What it finds is told in the window, and kept for showWhy(). Outlives this.
    void setDoctorWatch(DoctorWatch &watch);
    /// Whose master password the preferences offer to change, where it exists. Outlives this.
    void setVault(VaultStore &vault) { m_vault = &vault; }
    void showError(const Error &error);
    void showAbout();
    void showPreferences();
    void showMasterPassword();
    void showHistory();
    void showImport();
    void showConsole(const AccountId &account = {});
    void showAddContact();
    void showDetails(const AccountId &account, const ContactAddress &address);
    void showMembers(const AccountId &account, const ContactAddress &group, const QString &name);
    void showJoinRoom();
    void showAccess();
    void showPeople(const ConversationKey &from);

private:
    template <class Dialog, class... Arguments> Dialog *once(const Arguments &...arguments);

    UiContext m_context;
    MainWindow &m_window;
    QHash<QByteArray, QPointer<QWidget>> m_open;
    DoctorWatch *m_watch = nullptr;
    VaultStore *m_vault = nullptr;
};

} // namespace linchpin
