// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/addcontactdialog.h"

#include "core/accounts/accountmanager.h"
#include "core/contacts/contactstore.h"
#include "core/sdk/protocolplugin.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QTimer>

#include <algorithm>
#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr qsizetype kShortestSearch = 2;
constexpr int kAddress = Qt::UserRole;
constexpr int kName = Qt::UserRole + 1;
constexpr int kIsGroup = Qt::UserRole + 2;

/// "Ann Beebe — Project lead, Litware" over the address.
QString hitText(const DirectoryEntry &entry)
{
    QStringList place { entry.details.value(u"title"_s), entry.details.value(u"department"_s),
        entry.details.value(u"company"_s) };
    place.removeAll(QString());
    const QString name = entry.name.isEmpty() ? entry.address.value : entry.name;
    return (place.isEmpty() ? name : u"%1 — %2"_s.arg(name, place.join(u", "_s))) + u'\n'
        + entry.address.value;
}

} // namespace

AddContactDialog::AddContactDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_accounts(new QComboBox(this))
    , m_address(new QLineEdit(this))
    , m_name(new QLineEdit(this))
    , m_group(new QComboBox(this))
    , m_found(new QListWidget(this))
    , m_search(new QLabel(this))
    , m_complaint(new QLabel(this))
{
    setObjectName(u"addContactDialog"_s);
    setWindowTitle(tr("Add a contact"));
    setMinimumWidth(460);
    m_accounts->setObjectName(u"account"_s);
    m_address->setObjectName(u"address"_s);
    m_name->setObjectName(u"name"_s);
    m_group->setObjectName(u"group"_s);
    m_group->setEditable(true);
    m_group->addItem(QString());
    m_group->addItems(context.contacts.groups());
    m_found->setAccessibleName(tr("Found in the directory"));
    m_found->setObjectName(u"found"_s);
    m_found->setMinimumHeight(160);
    m_found->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_found->setTextElideMode(Qt::ElideRight);
    m_found->setSpacing(2);
    m_found->hide();
    m_search->setObjectName(u"searchState"_s);
    m_search->setTextFormat(Qt::PlainText);
    m_search->setWordWrap(true);
    m_search->setFont(theme::small(font()));
    m_search->hide();
    m_address->installEventFilter(this);
    m_found->installEventFilter(this);
    m_complaint->setTextFormat(Qt::PlainText);
    m_complaint->setWordWrap(true);
    m_complaint->setFont(theme::small(font()));
    const QList<Account *> accounts = context.accounts.accounts();
    for (const Account *account : accounts) {
        if (account->state() == Account::State::Online && account->session()
            && account->session()->roster()) {
            m_accounts->addItem(u"%1 (%2)"_s.arg(account->name(), account->address()),
                QVariant::fromValue(account->id()));
        }
    }
    auto *const buttons
        = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Add"));
    auto *const form = new QFormLayout(this);
    form->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    form->setVerticalSpacing(theme::kRelated);
    form->setHorizontalSpacing(theme::kGroups);
    form->addRow(tr("Account"), m_accounts);
    form->addRow(tr("Address or name"), m_address);
    form->addRow(m_search);
    form->addRow(m_found);
    form->addRow(tr("Name"), m_name);
    form->addRow(tr("Group"), m_group);
    form->addRow(m_complaint);
    form->addRow(buttons);

    auto *const pause = new QTimer(this);
    pause->setSingleShot(true);
    pause->setInterval(400ms);
    connect(pause, &QTimer::timeout, this, &AddContactDialog::search);
    connect(m_address, &QLineEdit::textChanged, this, [this, pause] {
        check();
        pause->start();
    });
    connect(m_accounts, &QComboBox::currentIndexChanged, this, [this, pause] {
        check();
        pause->start();
    });
    connect(m_found, &QListWidget::itemClicked, this, &AddContactDialog::choose);
    connect(m_found, &QListWidget::itemActivated, this, &AddContactDialog::choose);
    connect(buttons, &QDialogButtonBox::accepted, this, &AddContactDialog::add);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_address->setFocus();
    check();
}

Account *AddContactDialog::account() const
{
    return m_context.accounts.account(m_accounts->currentData().value<AccountId>());
}

void AddContactDialog::check()
{
    const Account *const chosen = account();
    QString complaint;
    bool good = false;
    bool wrong = true;
    if (!chosen) {
        complaint = tr("No account that keeps contacts is online.");
    } else {
        m_address->setPlaceholderText(chosen->plugin()->info().addressExample);
        if (!m_address->text().trimmed().isEmpty()) {
            const Result<QString> address
                = chosen->plugin()->normalizedAddress(m_address->text().trimmed());
            good = address.has_value();
            complaint = good ? QString() : address.error().title;
            if (!good && chosen->session() && chosen->session()->directory()) {
                // Perhaps it is a name; the directory is being asked.
                complaint = tr("Choose somebody the directory has found, or type a whole address.");
                wrong = false;
            }
        } else {
            // Why the button is grey; nothing is wrong yet.
            complaint = tr("Type the address of somebody on this network.");
            wrong = false;
        }
    }
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText, wrong ? theme::danger(palette()) : theme::muted(palette()));
    m_complaint->setPalette(colors);
    m_complaint->setText(complaint);
    m_ok->setEnabled(good);
}

bool AddContactDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_address && event->type() == QEvent::KeyPress && m_found->isVisible()
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Down) {
        m_found->setFocus();
        m_found->setCurrentRow(std::max(m_found->currentRow(), 0));
        return true;
    }
    // Otherwise the key goes on to the dialog, which would add at once.
    if (watched == m_found && event->type() == QEvent::KeyPress && m_found->currentItem()
        && (static_cast<QKeyEvent *>(event)->key() == Qt::Key_Return
            || static_cast<QKeyEvent *>(event)->key() == Qt::Key_Enter)) {
        choose(m_found->currentItem());
        return true;
    }
    return QDialog::eventFilter(watched, event);
}

void AddContactDialog::search()
{
    const Account *const chosen = account();
    DirectoryFacet *const directory
        = chosen && chosen->session() ? chosen->session()->directory() : nullptr;
    const QString words = m_address->text().trimmed();
    if (!directory || words.size() < kShortestSearch || words == m_chosen) {
        m_search->hide();
        m_found->setVisible(m_found->isVisible() && directory && words == m_chosen);
        return;
    }
    m_search->setText(tr("Searching the directory…"));
    m_search->show();
    directory->search(words).then(
        this, [this, words, asked = chosen->id()](const Result<QList<DirectoryEntry>> &found) {
            if (words == m_address->text().trimmed()
                && asked == m_accounts->currentData().value<AccountId>()) {
                showFound(found);
            }
        });
}

void AddContactDialog::showFound(const Result<QList<DirectoryEntry>> &found)
{
    m_found->clear();
    if (!found) {
        // Where a network has no directory, nothing is wrong: addresses can be typed.
        const bool none = found.error().kind == Error::Kind::Unsupported
            || found.error().kind == Error::Kind::Cancelled;
        m_search->setText(found.error().detail.isEmpty()
                ? found.error().title
                : found.error().title + u'\n' + found.error().detail);
        m_search->setVisible(!none);
        m_found->hide();
        return;
    }
    for (const DirectoryEntry &entry : *found) {
        auto *const item = new QListWidgetItem(hitText(entry), m_found);
        const bool group = entry.kind == ContactKind::Group;
        item->setIcon(icons::icon(group ? u"people"_s : u"person"_s));
        item->setData(kAddress, entry.address.value);
        item->setData(kName, entry.name);
        item->setData(kIsGroup, group);
        item->setData(Qt::AccessibleTextRole,
            hitText(entry).replace(u'\n', u", "_s) + (group ? u", "_s + tr("a group") : QString()));
    }
    m_found->setVisible(m_found->count() > 0);
    const int count = m_found->count();
    m_search->setText(count == 0 ? tr("Nobody found in the directory.")
            : count == 1         ? tr("1 found")
                                 : tr("%n found", nullptr, count));
    m_search->show();
}

void AddContactDialog::choose(const QListWidgetItem *item)
{
    const QString address = item->data(kAddress).toString();
    if (item->data(kIsGroup).toBool()) {
        Q_EMIT membersRequested(m_accounts->currentData().value<AccountId>(), { address },
            item->data(kName).toString());
        return;
    }
    m_chosen = address;
    m_name->setText(item->data(kName).toString());
    m_address->setText(address);
    m_ok->setFocus();
}

void AddContactDialog::add()
{
    const Account *const chosen = account();
    RosterFacet *const roster = chosen && chosen->session() ? chosen->session()->roster() : nullptr;
    if (!roster) {
        check();
        return;
    }
    const Result<QString> address
        = chosen->plugin()->normalizedAddress(m_address->text().trimmed());
    if (!address) {
        return;
    }
    ContactSnapshot contact { .address = { *address }, .name = m_name->text().trimmed() };
    if (!m_group->currentText().trimmed().isEmpty()) {
        contact.groups = QStringList { m_group->currentText().trimmed() };
    }
    m_ok->setEnabled(false);
    roster->add(contact).then(this, [this](const Result<void> &added) {
        if (added) {
            accept();
            return;
        }
        m_complaint->setText(added.error().detail.isEmpty()
                ? added.error().title
                : added.error().title + u'\n' + added.error().detail);
        m_ok->setEnabled(true);
    });
}

} // namespace linchpin
