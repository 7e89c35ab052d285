// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/requestbar.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "ui/widgets/chat/conferenceactions.h"
#include "ui/widgets/common/theme.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {
constexpr qsizetype kMostInvitations = 5;
}

RequestBar::RequestBar(UiContext context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_rows(new QVBoxLayout(this))
{
    setObjectName(u"requestBar"_s);
    m_rows->setContentsMargins(theme::kRelated, 0, theme::kRelated, 0);
    m_rows->setSpacing(theme::kUnit);
    connect(&context.contacts, &ContactStore::requestsChanged, this, &RequestBar::refresh);
    connect(&context.conversations, &ConversationStore::invitationReceived, this,
        [this](const AccountId &account, const RoomInvitation &invitation) {
            const auto same = [&](const Invitation &known) {
                return known.account == account && known.what.room == invitation.room;
            };
            m_invitations.removeIf(same);
            m_invitations.append({ account, invitation });
            while (m_invitations.size() > kMostInvitations) {
                m_invitations.removeFirst();
            }
            refresh();
        });
    connect(
        &context.accounts, &AccountManager::accountChanged, this, [this](const Account *account) {
            // What came over a line that is gone can no longer be answered.
            if (account->state() != Account::State::Online
                && m_invitations.removeIf(
                       [&](const Invitation &known) { return known.account == account->id(); })
                    > 0) {
                refresh();
            }
        });
    refresh();
}

/// A card with a sentence, "no" and "yes".
void RequestBar::addCard(const QString &words, const Choice &no, const Choice &yes)
{
    auto *const card = new QFrame(this);
    card->setFrameShape(QFrame::StyledPanel);
    card->setBackgroundRole(QPalette::Base);
    card->setAutoFillBackground(true);
    auto *const text = new QLabel(words, card);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    auto *const buttons = new QHBoxLayout;
    buttons->addStretch();
    for (const Choice &choice : { no, yes }) {
        auto *const button = new QPushButton(choice.label, card);
        button->setAccessibleName(choice.accessible);
        connect(button, &QPushButton::clicked, this, choice.then);
        buttons->addWidget(button);
    }
    auto *const column = new QVBoxLayout(card);
    column->setContentsMargins(theme::kRelated, theme::kRelated, theme::kRelated, theme::kRelated);
    column->addWidget(text);
    column->addLayout(buttons);
    m_rows->addWidget(card);
}

void RequestBar::answer(const Invitation &invitation, bool come)
{
    m_invitations.removeIf([&](const Invitation &known) {
        return known.account == invitation.account && known.what.room == invitation.what.room;
    });
    refresh();
    const RoomAddress room = invitation.what.room;
    const ConversationKey key { invitation.account, room.value, ConversationKind::Room };
    Q_EMIT invitationAnswered(key);
    if (come) {
        m_context.conversations.join(invitation.account, room, {}, invitation.what.password)
            .then(this, [this, key](const Result<void> &) { Q_EMIT conversationRequested(key); });
    } else if (conferences::facetOf(m_context, invitation.account)) {
        // Where the one who asked waits for an answer.
        conferences::roomsOf(m_context, invitation.account)->leave(room, {});
    }
}

void RequestBar::refresh()
{
    while (QLayoutItem *const item = m_rows->takeAt(0)) {
        if (item->widget()) {
            item->widget()->deleteLater();
        }
        delete item;
    }
    const QList<ContactStore::Request> requests = m_context.contacts.requests();
    for (const ContactStore::Request &request : requests) {
        const Account *const account = m_context.accounts.account(request.account);
        const QString who = request.name.isEmpty()
            ? request.address.value
            : u"%1 (%2)"_s.arg(request.name, request.address.value);
        QString words = tr("%1 wants to see when you are online (%2).")
                            .arg(who, account ? account->name() : QString());
        if (!request.text.isEmpty()) {
            words += u'\n' + request.text.left(300);
        }
        const auto answer = [this, request](bool allow) {
            m_context.contacts.answer(request.account, request.address, allow);
        };
        addCard(words, { tr("Decline"), tr("Decline %1").arg(who), [answer] { answer(false); } },
            { tr("Accept"), tr("Accept %1").arg(who), [answer] { answer(true); } });
    }
    const QList<Invitation> invitations = m_invitations;
    for (const Invitation &invitation : invitations) {
        const Account *const account = m_context.accounts.account(invitation.account);
        const Person *const person
            = m_context.contacts.personOf(invitation.account, { invitation.what.from });
        const QString who = person ? m_context.contacts.nameOf(*person) : invitation.what.from;
        QString words = tr("%1 invites you to a conversation (%2).")
                            .arg(who, account ? account->name() : QString());
        if (!invitation.what.text.isEmpty()) {
            words += u'\n' + invitation.what.text.left(300);
        }
        addCard(words,
            { tr("Decline"), tr("Decline the invitation of %1").arg(who),
                [this, invitation] { this->answer(invitation, false); } },
            { tr("Join"), tr("Join the conversation with %1").arg(who),
                [this, invitation] { this->answer(invitation, true); } });
    }
}

} // namespace linchpin
