// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/groupmembersdialog.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversation.h"
#include "core/contacts/contactstore.h"
#include "core/sdk/session.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kAddress = Qt::UserRole;
constexpr int kIsGroup = Qt::UserRole + 1;

} // namespace

GroupMembersDialog::GroupMembersDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_title(new QLabel(this))
    , m_filter(new QLineEdit(this))
    , m_members(new QTreeWidget(this))
    , m_status(new QLabel(this))
{
    setObjectName(u"groupMembersDialog"_s);
    setWindowTitle(tr("Members of a group"));
    resize(560, 460);
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(theme::strong(theme::title(font())));
    m_title->setWordWrap(true);
    m_filter->setPlaceholderText(tr("Find a member"));
    m_filter->setAccessibleName(tr("Find a member"));
    m_filter->setClearButtonEnabled(true);
    m_members->setObjectName(u"groupMembers"_s);
    m_members->setAccessibleName(tr("Members of the group"));
    m_members->setHeaderLabels({ tr("Name"), tr("Title"), tr("Address") });
    m_members->setRootIsDecorated(false);
    m_members->setSortingEnabled(true);
    m_members->sortByColumn(0, Qt::AscendingOrder);
    m_members->setUniformRowHeights(true);
    m_status->setObjectName(u"groupStatus"_s);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    m_status->setFont(theme::small(font()));
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_write = buttons->addButton(tr("Write a message"), QDialogButtonBox::ActionRole);
    m_write->setIcon(icons::icon(u"send"_s));
    m_details = buttons->addButton(tr("Details…"), QDialogButtonBox::ActionRole);
    m_details->setIcon(icons::icon(u"info"_s));
    // Enter opens the member in the list, and nothing else.
    const QList<QAbstractButton *> all = buttons->buttons();
    for (QAbstractButton *const button : all) {
        qobject_cast<QPushButton *>(button)->setAutoDefault(false);
    }
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kRelated);
    column->addWidget(m_title);
    column->addWidget(m_filter);
    column->addWidget(m_members, 1);
    column->addWidget(m_status);
    column->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_filter, &QLineEdit::textChanged, this, &GroupMembersDialog::filter);
    connect(m_members, &QTreeWidget::itemActivated, this, &GroupMembersDialog::openCurrent);
    connect(m_write, &QPushButton::clicked, this, &GroupMembersDialog::openCurrent);
    connect(m_details, &QPushButton::clicked, this, [this] {
        if (const QTreeWidgetItem *const item = m_members->currentItem()) {
            Q_EMIT detailsRequested(m_account, { item->data(0, kAddress).toString() });
        }
    });
    connect(m_members, &QTreeWidget::currentItemChanged, this, [this](const QTreeWidgetItem *item) {
        const bool group = item && item->data(0, kIsGroup).toBool();
        m_write->setEnabled(item);
        m_write->setText(group ? tr("Show its members") : tr("Write a message"));
        m_details->setEnabled(item && !group);
    });
}

void GroupMembersDialog::showGroup(
    const AccountId &account, const ContactAddress &group, const QString &name)
{
    m_account = account;
    m_title->setText(name.isEmpty() ? group.value : name);
    setWindowTitle(tr("Members of %1").arg(m_title->text()));
    m_members->clear();
    m_filter->clear();
    m_write->setEnabled(false);
    m_details->setEnabled(false);
    const int question = ++m_question;
    const Account *const through = m_context.accounts.account(account);
    Session *const session
        = through && through->state() == Account::State::Online ? through->session() : nullptr;
    DirectoryFacet *const directory = session ? session->directory() : nullptr;
    if (!directory) {
        say(tr("The members are known when the account is online."), false);
        return;
    }
    say(tr("Asking the server…"), false);
    directory->members(group).then(
        this, [this, question](const Result<QList<DirectoryEntry>> &found) {
            if (question != m_question) {
                return;
            }
            if (found) {
                fill(*found);
            } else {
                say(found.error().detail.isEmpty()
                        ? found.error().title
                        : found.error().title + u'\n' + found.error().detail,
                    true);
            }
        });
}

void GroupMembersDialog::fill(const QList<DirectoryEntry> &members)
{
    for (const DirectoryEntry &member : members) {
        QStringList place { member.details.value(u"title"_s), member.details.value(u"department"_s),
            member.details.value(u"company"_s) };
        place.removeAll(QString());
        auto *const item = new QTreeWidgetItem(
            m_members, { member.name, place.join(u", "_s), member.address.value });
        const bool group = member.kind == ContactKind::Group;
        item->setData(0, kAddress, member.address.value);
        item->setData(0, kIsGroup, group);
        item->setIcon(0, icons::icon(group ? u"people"_s : u"person"_s));
    }
    m_members->resizeColumnToContents(0);
    m_members->resizeColumnToContents(1);
    m_members->setCurrentItem(m_members->topLevelItem(0));
    m_members->setFocus();
    const int count = static_cast<int>(members.size());
    say(count == 0       ? tr("Nobody is in this group.")
            : count == 1 ? tr("1 member")
                         : tr("%n members", nullptr, count),
        false);
}

void GroupMembersDialog::filter()
{
    const QString words = m_filter->text().trimmed();
    for (int row = 0; row < m_members->topLevelItemCount(); ++row) {
        QTreeWidgetItem *const item = m_members->topLevelItem(row);
        bool shown = words.isEmpty();
        for (int column = 0; column < m_members->columnCount(); ++column) {
            shown = shown || item->text(column).contains(words, Qt::CaseInsensitive);
        }
        item->setHidden(!shown);
    }
}

void GroupMembersDialog::openCurrent()
{
    const QTreeWidgetItem *const item = m_members->currentItem();
    if (!item) {
        return;
    }
    const QString address = item->data(0, kAddress).toString();
    if (item->data(0, kIsGroup).toBool()) {
        showGroup(m_account, { address }, item->text(0));
        return;
    }
    Q_EMIT conversationRequested({ m_account, address, ConversationKind::Person });
}

void GroupMembersDialog::say(const QString &words, bool wrong)
{
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText, wrong ? theme::danger(palette()) : theme::muted(palette()));
    m_status->setPalette(colors);
    m_status->setText(words);
}

} // namespace linchpin
