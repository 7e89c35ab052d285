// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/dialogs.h"

#include "core/accounts/accountmanager.h"
#include "core/secrets/vaultstore.h"
#include "ui/widgets/accounts/accountsdialog.h"
#include "ui/widgets/accounts/firstrundialog.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/console/wireconsole.h"
#include "ui/widgets/contactlist/accessdialog.h"
#include "ui/widgets/contactlist/accountfooter.h"
#include "ui/widgets/contactlist/addcontactdialog.h"
#include "ui/widgets/contactlist/contactcarddialog.h"
#include "ui/widgets/contactlist/groupmembersdialog.h"
#include "ui/widgets/contactlist/joinroomdialog.h"
#include "ui/widgets/contactlist/peopledialog.h"
#include "ui/widgets/doctor/doctordialog.h"
#include "ui/widgets/doctor/doctorwatch.h"
#include "ui/widgets/history/historydialog.h"
#include "ui/widgets/import/importdialog.h"
#include "ui/widgets/mainwindow.h"
#include "ui/widgets/preferences/preferencesdialog.h"
#include "ui/widgets/secrets/masterpassworddialog.h"

#include <QApplication>
#include <QMessageBox>

using namespace Qt::StringLiterals;

namespace linchpin {

Dialogs::Dialogs(UiContext context, MainWindow &window, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_window(window)
{
    connect(&window, &MainWindow::accountsRequested, this, [this] { showAccounts(); });
    connect(&window, &MainWindow::preferencesRequested, this, &Dialogs::showPreferences);
    connect(&window, &MainWindow::historyRequested, this, &Dialogs::showHistory);
    connect(&window, &MainWindow::importRequested, this, &Dialogs::showImport);
    connect(&window, &MainWindow::consoleRequested, this, [this] { showConsole(); });
    connect(&window, &MainWindow::addContactRequested, this, &Dialogs::showAddContact);
    connect(&window, &MainWindow::detailsRequested, this, &Dialogs::showDetails);
    connect(&window, &MainWindow::membersRequested, this, &Dialogs::showMembers);
    connect(&window, &MainWindow::joinRoomRequested, this, &Dialogs::showJoinRoom);
    connect(&window, &MainWindow::accessRequested, this, &Dialogs::showAccess);
    connect(&window, &MainWindow::peopleRequested, this, &Dialogs::showPeople);
    connect(&window, &MainWindow::aboutRequested, this, &Dialogs::showAbout);
    connect(&window, &MainWindow::whyRequested, this, &Dialogs::showWhy);
}

template <class Dialog, class... Arguments> Dialog *Dialogs::once(const Arguments &...arguments)
{
    QPointer<QWidget> &known = m_open[Dialog::staticMetaObject.className()];
    auto *dialog = qobject_cast<Dialog *>(known.data());
    if (!dialog) {
        dialog = new Dialog(m_context, arguments..., &m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        known = dialog;
    }
    dialog->show();
    dialog->raise();
    dialog->activateWindow();
    return dialog;
}

QWidget *Dialogs::showAccounts(const AccountId &account, const QString &page)
{
    const bool fresh = !m_open.value(AccountsDialog::staticMetaObject.className());
    auto *const dialog = once<AccountsDialog>();
    if (fresh) {
        connect(dialog, &AccountsDialog::addRequested, this, &Dialogs::showFirstRun);
        connect(dialog, &AccountsDialog::whyRequested, this, &Dialogs::showWhy);
    }
    if (!account.isNull()) {
        dialog->select(account, page);
    }
    return dialog;
}

void Dialogs::showFirstRun()
{
    const bool fresh = !m_open.value(FirstRunDialog::staticMetaObject.className());
    auto *const dialog = once<FirstRunDialog>();
    if (fresh) {
        connect(dialog, &FirstRunDialog::diagnosisWanted, this, &Dialogs::showWhy);
        connect(dialog, &FirstRunDialog::importRequested, this, &Dialogs::showImport);
    }
}

void Dialogs::showPreferences()
{
    const bool fresh = !m_open.value(PreferencesDialog::staticMetaObject.className());
    auto *const dialog = once<PreferencesDialog>();
    if (fresh) {
        connect(dialog, &PreferencesDialog::masterPasswordRequested, this,
            &Dialogs::showMasterPassword);
    }
    dialog->offerMasterPassword(m_vault && m_vault->exists());
}

void Dialogs::showMasterPassword()
{
    if (!m_vault || !m_vault->exists()) {
        return;
    }
    QPointer<QWidget> &known = m_open[MasterPasswordDialog::staticMetaObject.className()];
    if (!known) {
        auto *const dialog = new MasterPasswordDialog(*m_vault, &m_window);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &MasterPasswordDialog::changed, this,
            [this] { m_window.showNotice(tr("The master password was changed."), {}); });
        known = dialog;
    }
    known->show();
    known->raise();
    known->activateWindow();
}

void Dialogs::showAddContact()
{
    const bool fresh = !m_open.value(AddContactDialog::staticMetaObject.className());
    auto *const dialog = once<AddContactDialog>();
    if (fresh) {
        connect(dialog, &AddContactDialog::membersRequested, this, &Dialogs::showMembers);
    }
}

void Dialogs::showDetails(const AccountId &account, const ContactAddress &address)
{
    const bool fresh = !m_open.value(ContactCardDialog::staticMetaObject.className());
    auto *const dialog = once<ContactCardDialog>();
    if (fresh) {
        connect(dialog, &ContactCardDialog::conversationRequested, &m_window,
            &MainWindow::openConversation);
    }
    dialog->showCard(account, address);
}

void Dialogs::showMembers(
    const AccountId &account, const ContactAddress &group, const QString &name)
{
    const bool fresh = !m_open.value(GroupMembersDialog::staticMetaObject.className());
    auto *const dialog = once<GroupMembersDialog>();
    if (fresh) {
        connect(dialog, &GroupMembersDialog::conversationRequested, &m_window,
            &MainWindow::openConversation);
        connect(dialog, &GroupMembersDialog::detailsRequested, this, &Dialogs::showDetails);
    }
    dialog->showGroup(account, group, name);
}

void Dialogs::showAccess()
{
    once<AccessDialog>();
}

void Dialogs::showHistory()
{
    const bool fresh = !m_open.value(HistoryDialog::staticMetaObject.className());
    auto *const dialog = once<HistoryDialog>();
    if (fresh) {
        connect(dialog, &HistoryDialog::messageRequested, &m_window, &MainWindow::openMessage);
    }
}

void Dialogs::showImport()
{
    const bool fresh = !m_open.value(ImportDialog::staticMetaObject.className());
    auto *const dialog = once<ImportDialog>();
    if (fresh) {
        connect(dialog, &ImportDialog::imported, this, [this](const ImportReport &report) {
            // Who has moved in need not be asked for an address any more.
            auto *const wizard = qobject_cast<FirstRunDialog *>(
                m_open.value(FirstRunDialog::staticMetaObject.className()).data());
            if (wizard && wizard->isUntouched() && !report.added.isEmpty()) {
                wizard->reject();
            }
        });
    }
}

void Dialogs::showConsole(const AccountId &account)
{
    auto *const console = once<WireConsole>();
    if (!account.isNull()) {
        console->select(account);
    }
}

void Dialogs::showJoinRoom()
{
    const bool fresh = !m_open.value(JoinRoomDialog::staticMetaObject.className());
    auto *const dialog = once<JoinRoomDialog>();
    if (fresh) {
        connect(dialog, &JoinRoomDialog::joined, &m_window, &MainWindow::openConversation);
    }
}

void Dialogs::showPeople(const ConversationKey &from)
{
    // Each for its own conversation: the one that is open may be another's.
    delete m_open.value(PeopleDialog::staticMetaObject.className());
    auto *const dialog = once<PeopleDialog>(from);
    connect(dialog, &PeopleDialog::opened, &m_window, &MainWindow::openConversation);
}

void Dialogs::showWhy(const AccountId &id)
{
    if (!m_context.accounts.account(id)) {
        return;
    }
    const bool fresh = !m_open.value(DoctorDialog::staticMetaObject.className());
    auto *const dialog = once<DoctorDialog>();
    if (fresh) {
        connect(dialog, &DoctorDialog::settingsRequested, this,
            [this](const AccountId &account) { showAccounts(account); });
    }
    const auto known = m_watch ? m_watch->resultOf(id) : std::nullopt;
    if (known && (dialog->accountId() != id || fresh)) {
        dialog->showResult(id, known->findings, known->verdict);
    } else {
        dialog->showAccount(id);
    }
}

void Dialogs::setDoctorWatch(DoctorWatch &watch)
{
    m_watch = &watch;
    connect(
        &watch, &DoctorWatch::diagnosed, this, [this](const AccountId &id, const Verdict &verdict) {
            const Account *const account = m_context.accounts.account(id);
            auto *const footer = m_window.findChild<AccountFooter *>();
            if (account && footer && !verdict.ok && !verdict.cancelled) {
                footer->showNotice(
                    u"%1: %2"_s.arg(account->name(), verdict.error.title), verdict.error.remedy);
            }
        });
}

void Dialogs::showError(const Error &error)
{
    auto *const box = new QMessageBox(
        QMessageBox::Critical, tr("Linchpin"), error.title, QMessageBox::Close, &m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);
    box->setInformativeText(error.remedy);
    if (!error.detail.isEmpty()) {
        box->setDetailedText(error.detail + u"\n\n["_s + error.code + u']');
    }
    box->open();
}

void Dialogs::showAbout()
{
    auto *const box = new QMessageBox(&m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setWindowTitle(tr("About Linchpin"));
    box->setIconPixmap(icons::application().pixmap(64, 64));
    box->setText(tr("Linchpin %1").arg(QApplication::applicationVersion()));
    box->setInformativeText(tr("One messenger that holds your accounts together.\n\nQt %1. Free "
                               "software under the GNU General Public License, version 3 or later.")
            .arg(QString::fromLatin1(qVersion())));
    box->open();
}

} // namespace linchpin
