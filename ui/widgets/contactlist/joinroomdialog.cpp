// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/joinroomdialog.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/commandline.h"
#include "core/chat/conversationstore.h"
#include "core/sdk/protocolplugin.h"
#include "ui/widgets/common/theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>

using namespace Qt::StringLiterals;

namespace linchpin {

JoinRoomDialog::JoinRoomDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_accounts(new QComboBox(this))
    , m_room(new QLineEdit(this))
    , m_nick(new QLineEdit(this))
    , m_password(new QLineEdit(this))
    , m_list(new QTreeWidget(this))
    , m_complaint(new QLabel(this))
    , m_listButton(new QPushButton(tr("List the server's rooms"), this))
{
    setObjectName(u"joinRoomDialog"_s);
    setWindowTitle(tr("Join a room"));
    setMinimumWidth(480);
    m_accounts->setObjectName(u"account"_s);
    m_room->setObjectName(u"room"_s);
    m_room->setPlaceholderText(tr("a name, an address, or the link of a meeting"));
    m_nick->setObjectName(u"nick"_s);
    m_nick->setPlaceholderText(tr("as in the account"));
    m_password->setObjectName(u"password"_s);
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setPlaceholderText(tr("if the room has one"));
    m_list->setAccessibleName(tr("Rooms of the server"));
    m_list->setHeaderLabels({ tr("Room"), tr("Members"), tr("Topic") });
    m_list->setRootIsDecorated(false);
    m_list->setSortingEnabled(true);
    m_list->setUniformRowHeights(true);
    m_list->setMinimumHeight(180);
    m_list->hide();
    m_complaint->setTextFormat(Qt::PlainText);
    m_complaint->setWordWrap(true);
    m_complaint->setFont(theme::small(font()));
    m_listButton->setAutoDefault(false);
    const QList<Account *> accounts = context.accounts.accounts();
    for (const Account *account : accounts) {
        if (account->state() == Account::State::Online && account->session()
            && account->session()->rooms()) {
            m_accounts->addItem(u"%1 (%2)"_s.arg(account->name(), account->address()),
                QVariant::fromValue(account->id()));
        }
    }
    auto *const buttons
        = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Join"));
    auto *const form = new QFormLayout(this);
    form->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    form->setVerticalSpacing(theme::kRelated);
    form->setHorizontalSpacing(theme::kGroups);
    form->addRow(tr("Account"), m_accounts);
    form->addRow(tr("Room"), m_room);
    form->addRow(tr("Nick"), m_nick);
    form->addRow(tr("Password"), m_password);
    m_listButton->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    form->addRow(QString(), m_listButton);
    form->addRow(m_list);
    form->addRow(m_complaint);
    form->addRow(buttons);
    connect(m_room, &QLineEdit::textChanged, this, &JoinRoomDialog::check);
    connect(m_accounts, &QComboBox::currentIndexChanged, this, [this] {
        m_list->clear();
        m_list->hide();
        check();
    });
    connect(m_listButton, &QPushButton::clicked, this, &JoinRoomDialog::listRooms);
    connect(m_list, &QTreeWidget::itemClicked, this, [this](const QTreeWidgetItem *item) {
        m_room->setText(item->data(0, Qt::UserRole).toString());
    });
    connect(m_list, &QTreeWidget::itemActivated, this, [this](const QTreeWidgetItem *item) {
        m_room->setText(item->data(0, Qt::UserRole).toString());
        join();
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &JoinRoomDialog::join);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_room->setFocus();
    check();
}

Account *JoinRoomDialog::account() const
{
    return m_context.accounts.account(m_accounts->currentData().value<AccountId>());
}

void JoinRoomDialog::check()
{
    const Account *const chosen = account();
    QString complaint;
    bool good = false;
    bool wrong = true;
    if (!chosen) {
        complaint = tr("No account with rooms is online.");
    } else if (!m_room->text().trimmed().isEmpty()) {
        const Result<QString> room = chosen->plugin()->normalizedRoom(m_room->text().trimmed());
        // A link for people is looked up when it is joined.
        good = room.has_value() || isRoomLink(m_room->text());
        complaint = good ? QString() : room.error().title;
    } else {
        // Why the button is grey; nothing is wrong yet.
        complaint = tr("Type a room's name, or pick one from the server's list.");
        wrong = false;
    }
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText, wrong ? theme::danger(palette()) : theme::muted(palette()));
    m_complaint->setPalette(colors);
    m_complaint->setText(complaint);
    m_ok->setEnabled(good);
    m_listButton->setEnabled(chosen);
}

void JoinRoomDialog::listRooms()
{
    const Account *const chosen = account();
    RoomFacet *const rooms = chosen && chosen->session() ? chosen->session()->rooms() : nullptr;
    if (!rooms) {
        return;
    }
    m_listButton->setEnabled(false);
    m_listButton->setText(tr("Asking the server…"));
    rooms->list(m_room->text().trimmed())
        .then(this, [this](const Result<QList<RoomListing>> &listed) {
            m_listButton->setEnabled(true);
            m_listButton->setText(tr("List the server's rooms"));
            if (!listed) {
                m_complaint->setText(listed.error().title);
                return;
            }
            m_list->clear();
            for (const RoomListing &room : *listed) {
                auto *const item = new QTreeWidgetItem(m_list);
                item->setText(0, room.name.isEmpty() ? room.room.value : room.name);
                item->setData(0, Qt::UserRole, room.room.value);
                if (room.members >= 0) {
                    item->setData(1, Qt::DisplayRole, room.members);
                }
                item->setText(2, room.topic.simplified());
            }
            m_list->sortByColumn(1, Qt::DescendingOrder);
            m_list->resizeColumnToContents(0);
            m_list->show();
            m_complaint->setText(listed->isEmpty() ? tr("The server lists no rooms.") : QString());
        });
}

void JoinRoomDialog::join()
{
    const Account *const chosen = account();
    if (!chosen) {
        return;
    }
    const QString text = m_room->text().trimmed();
    m_ok->setEnabled(false);
    if (isRoomLink(text)) {
        m_complaint->setText(tr("Looking where the link leads…"));
    }
    roomOfText(chosen, text)
        .then(this, [this, id = chosen->id()](const Result<RoomAddress> &found) {
            if (found) {
                joinRoom(id, *found);
                return;
            }
            m_complaint->setText(found.error().remedy.isEmpty()
                    ? found.error().title
                    : found.error().title + u'\n' + found.error().remedy);
            m_ok->setEnabled(true);
        });
}

void JoinRoomDialog::joinRoom(const AccountId &id, const RoomAddress &room)
{
    const ConversationKey key { id, room.value, ConversationKind::Room };
    m_ok->setEnabled(false);
    m_context.conversations.join(id, room, m_nick->text().trimmed(), m_password->text())
        .then(this, [this, key](const Result<void> &done) {
            if (done) {
                Q_EMIT joined(key);
                accept();
                return;
            }
            m_complaint->setText(done.error().detail.isEmpty()
                    ? done.error().title
                    : done.error().title + u'\n' + done.error().detail);
            m_ok->setEnabled(true);
        });
}

} // namespace linchpin
