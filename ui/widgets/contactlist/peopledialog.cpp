// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/peopledialog.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/sdk/protocolplugin.h"
#include "ui/widgets/chat/conferenceactions.h"
#include "ui/widgets/common/theme.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {
enum Role { AddressRole = Qt::UserRole };
}

PeopleDialog::PeopleDialog(UiContext context, const ConversationKey &from, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_from(from)
    , m_accounts(new QComboBox(this))
    , m_subject(new QLineEdit(this))
    , m_filter(new QLineEdit(this))
    , m_people(new QListWidget(this))
    , m_complaint(new QLabel(this))
{
    setObjectName(u"peopleDialog"_s);
    const bool fresh = from.isNull();
    setWindowTitle(fresh ? tr("New group conversation") : tr("Invite someone"));
    setMinimumWidth(420);
    m_accounts->setObjectName(u"account"_s);
    m_subject->setObjectName(u"subject"_s);
    m_subject->setPlaceholderText(tr("what it is about (may be empty)"));
    m_filter->setObjectName(u"filter"_s);
    m_filter->setPlaceholderText(tr("Find people, or type an address"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    m_filter->setClearButtonEnabled(true);
    m_people->setObjectName(u"people"_s);
    m_people->setAccessibleName(tr("People to invite"));
    m_people->setMinimumHeight(220);
    m_people->setUniformItemSizes(true);
    m_complaint->setTextFormat(Qt::PlainText);
    m_complaint->setWordWrap(true);
    m_complaint->setFont(theme::small(font()));
    const QList<Account *> accounts = context.accounts.accounts();
    for (const Account *account : accounts) {
        if (conferences::facetOf(context, account->id())
            && (fresh || account->id() == from.account)) {
            m_accounts->addItem(u"%1 (%2)"_s.arg(account->name(), account->address()),
                QVariant::fromValue(account->id()));
        }
    }
    auto *const buttons
        = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(fresh ? tr("Start") : tr("Invite"));
    auto *const form = new QFormLayout(this);
    form->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    form->setVerticalSpacing(theme::kRelated);
    form->setHorizontalSpacing(theme::kGroups);
    form->addRow(tr("Account"), m_accounts);
    form->addRow(tr("Subject"), m_subject);
    form->setRowVisible(m_accounts, fresh && m_accounts->count() != 1);
    form->setRowVisible(m_subject, from.kind != ConversationKind::Room || fresh);
    form->addRow(m_filter);
    form->addRow(m_people);
    form->addRow(m_complaint);
    form->addRow(buttons);
    connect(m_accounts, &QComboBox::currentIndexChanged, this, &PeopleDialog::fill);
    connect(m_filter, &QLineEdit::textChanged, this, &PeopleDialog::filter);
    connect(m_people, &QListWidget::itemChanged, this, &PeopleDialog::check);
    connect(m_people, &QListWidget::itemActivated, this, [](QListWidgetItem *item) {
        item->setCheckState(item->checkState() == Qt::Checked ? Qt::Unchecked : Qt::Checked);
    });
    connect(buttons, &QDialogButtonBox::accepted, this, &PeopleDialog::start);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    fill();
    m_filter->setFocus();
}

AccountId PeopleDialog::account() const
{
    return m_accounts->currentData().value<AccountId>();
}

void PeopleDialog::fill()
{
    m_people->clear();
    QList<std::pair<QString, QString>> rows; // name, address
    const QList<ContactSnapshot> contacts = m_context.contacts.contactsOf(account());
    const Conversation *const room
        = m_from.kind == ConversationKind::Room ? m_context.conversations.find(m_from) : nullptr;
    for (const ContactSnapshot &contact : contacts) {
        const QString address = contact.address.value;
        const bool here = room ? std::ranges::any_of(room->members(),
                                     [&](const RoomMember &m) { return m.address == address; })
                               : address == m_from.with;
        if (contact.kind == ContactKind::Person && !contact.blocked && !here) {
            const Person *const person = m_context.contacts.personOf(account(), contact.address);
            rows.append({ person             ? m_context.contacts.nameOf(*person)
                    : contact.name.isEmpty() ? address
                                             : contact.name,
                address });
        }
    }
    std::ranges::sort(
        rows, [](const auto &a, const auto &b) { return a.first.localeAwareCompare(b.first) < 0; });
    for (const auto &[name, address] : std::as_const(rows)) {
        auto *const item = new QListWidgetItem(
            name == address ? name : u"%1 (%2)"_s.arg(name, address), m_people);
        item->setData(AddressRole, address);
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(Qt::Unchecked);
    }
    filter();
}

void PeopleDialog::filter()
{
    const QString words = m_filter->text().trimmed();
    for (int row = 0; row < m_people->count(); ++row) {
        QListWidgetItem *const item = m_people->item(row);
        item->setHidden(!item->text().contains(words, Qt::CaseInsensitive)
            && item->checkState() != Qt::Checked);
    }
    check();
}

/// Those with a tick, and an address that was typed.
QList<ContactAddress> PeopleDialog::chosen() const
{
    QList<ContactAddress> people;
    for (int row = 0; row < m_people->count(); ++row) {
        if (m_people->item(row)->checkState() == Qt::Checked) {
            people.append({ m_people->item(row)->data(AddressRole).toString() });
        }
    }
    const Account *const owner = m_context.accounts.account(account());
    const QString typed = m_filter->text().trimmed();
    if (owner && owner->plugin() && typed.contains(u'@')) {
        if (const auto address = owner->plugin()->normalizedAddress(typed);
            address && !people.contains(ContactAddress { *address })) {
            people.append({ *address });
        }
    }
    return people;
}

void PeopleDialog::check()
{
    const bool possible = m_accounts->count() > 0;
    const qsizetype people = chosen().size();
    m_complaint->setText(!possible ? tr("No account with group conversations is online.")
            : people == 0          ? tr("Choose who is to come.")
            : people == 1          ? tr("One person will be invited.")
                                   : tr("%n people will be invited.", nullptr, int(people)));
    m_ok->setEnabled(possible && people > 0);
}

void PeopleDialog::complain(const Error &error)
{
    m_complaint->setText(error.detail.isEmpty() ? error.title : error.title + u'\n' + error.detail);
    m_ok->setEnabled(true);
}

void PeopleDialog::start()
{
    ConferenceFacet *const facet = conferences::facetOf(m_context, account());
    RoomFacet *const rooms = conferences::roomsOf(m_context, account());
    QList<ContactAddress> people = chosen();
    if (!facet || !rooms || people.isEmpty()) {
        return;
    }
    m_ok->setEnabled(false);
    if (m_from.kind == ConversationKind::Room && !m_from.isNull()) {
        auto left = std::make_shared<qsizetype>(people.size());
        for (const ContactAddress &who : std::as_const(people)) {
            rooms->invite({ m_from.with }, who, {})
                .then(this, [this, left](const Result<void> &done) {
                    if (!done) {
                        complain(done.error());
                    } else if (--*left == 0) {
                        accept();
                    }
                });
        }
        m_complaint->setText(tr("Inviting…"));
        return;
    }
    if (!m_from.isNull()) {
        people.prepend({ m_from.with }); // the talk of two grows: both come along
    }
    m_complaint->setText(tr("Making the group conversation…"));
    facet->create(m_subject->text().trimmed(), people)
        .then(this, [this, id = account()](const Result<RoomAddress> &made) {
            if (!made) {
                complain(made.error());
                return;
            }
            Q_EMIT opened({ id, made->value, ConversationKind::Room });
            accept();
        });
}

} // namespace linchpin
