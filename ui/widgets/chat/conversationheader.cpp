// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/conversationheader.h"

#include "core/accounts/accountmanager.h"
#include "core/contacts/contactstore.h"
#include "core/models/conversationlistmodel.h"
#include "ui/presenters/timetext.h"
#include "ui/widgets/chat/conferenceactions.h"
#include "ui/widgets/common/elidedlabel.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kAvatar = 36;
constexpr int kDot = 12;

/// Of the person at the other end, who need not be a contact.
Presence presenceIn(const ContactStore &contacts, const ConversationKey &key)
{
    const Person *const person = contacts.personOf(key.account, { key.with });
    return person ? contacts.presenceOf(*person)
                  : contacts.presenceOf(PersonAddress { key.account, { key.with } });
}

/// The picture at the left: a room's sign, or the person with presence.
class HeaderAvatar : public QWidget {
public:
    HeaderAvatar(UiContext context, Conversation &conversation, QWidget *parent)
        : QWidget(parent)
        , m_context(context)
        , m_conversation(conversation)
    {
        setFixedSize(kAvatar + 4, kAvatar + 4);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QRectF box(2, 2, kAvatar, kAvatar);
        const ConversationKey &key = m_conversation.key();
        if (m_conversation.isRoom()) {
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(theme::otherBubble(palette()));
            painter.drawEllipse(box);
            icons::icon(u"room"_s).paint(&painter, box.adjusted(9, 9, -9, -9).toRect());
            return;
        }
        const Contact *const contact = m_context.contacts.contact(key.account, { key.with });
        theme::paintAvatar(painter, box, contact ? contact->avatar : QByteArray(),
            conversationName(m_conversation, m_context.contacts), palette(), font());
        const Availability availability = presenceIn(m_context.contacts, key).availability;
        if (availability != Availability::Unknown
            || m_context.contacts.personOf(key.account, { key.with })) {
            const QRectF dot(box.right() - kDot + 2, box.bottom() - kDot + 2, kDot, kDot);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setPen(Qt::NoPen);
            painter.setBrush(palette().color(QPalette::Base));
            painter.drawEllipse(dot.adjusted(-2, -2, 2, 2));
            theme::paintPresence(painter, dot, availability, palette());
        }
    }

private:
    UiContext m_context;
    Conversation &m_conversation;
};

QToolButton *action(const QString &icon, const QString &name, QWidget *parent)
{
    auto *const button = new QToolButton(parent);
    button->setIcon(icons::icon(icon));
    button->setIconSize({ 18, 18 });
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

ConversationHeader::ConversationHeader(
    UiContext context, Conversation &conversation, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_conversation(conversation)
    , m_back(action(u"back"_s, tr("Back to the list"), this))
    , m_avatar(new HeaderAvatar(context, conversation, this))
    , m_name(new ElidedLabel(this))
    , m_note(new ElidedLabel(this))
    , m_account(new QLabel(this))
    , m_group(action(u"add"_s, tr("Group conversation: invite, lock, copy the link, end"), this))
    , m_search(action(u"search"_s, tr("Search in this conversation (Ctrl+F)"), this))
    , m_details(action(u"info"_s, tr("Who this is"), this))
    , m_members(action(u"people"_s, tr("Show the members"), this))
    , m_close(action(u"close"_s, tr("Close this conversation (Ctrl+W)"), this))
{
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_name->setObjectName(u"conversationName"_s);
    m_name->setFont(theme::strong(font()));
    m_note->setObjectName(u"conversationNote"_s);
    m_note->setFont(theme::small(font()));
    m_note->setForegroundRole(QPalette::PlaceholderText);
    m_account->setObjectName(u"conversationAccount"_s);
    m_account->setFont(theme::small(font()));
    m_members->setCheckable(true);
    m_members->setVisible(conversation.isRoom());
    m_details->setObjectName(u"detailsButton"_s);
    m_details->setVisible(conversation.key().kind == ConversationKind::Person);
    m_back->hide();
    m_group->setObjectName(u"groupButton"_s);
    m_group->setPopupMode(QToolButton::InstantPopup);
    m_group->setMenu(new QMenu(m_group));
    connect(m_group->menu(), &QMenu::aboutToShow, this, &ConversationHeader::fillGroupMenu);

    auto *const texts = new QVBoxLayout;
    texts->setSpacing(1);
    texts->addWidget(m_name);
    texts->addWidget(m_note);
    auto *const row = new QHBoxLayout(this);
    row->setContentsMargins(theme::kGroups, theme::kRelated, theme::kRelated, theme::kRelated);
    row->setSpacing(theme::kRelated);
    row->addWidget(m_back);
    row->addWidget(m_avatar);
    row->addLayout(texts, 1);
    row->addWidget(m_account);
    row->addSpacing(theme::kRelated);
    row->addWidget(m_group);
    row->addWidget(m_search);
    row->addWidget(m_details);
    row->addWidget(m_members);
    row->addWidget(m_close);

    connect(m_back, &QToolButton::clicked, this, &ConversationHeader::backRequested);
    connect(&conversation, &Conversation::topicChanged, this, &ConversationHeader::refresh);
    connect(&conversation, &Conversation::joinedChanged, this, &ConversationHeader::refresh);
    connect(&conversation, &Conversation::membersChanged, this, &ConversationHeader::refresh);
    connect(&conversation, &Conversation::summaryChanged, this, &ConversationHeader::refresh);
    connect(&context.contacts, &ContactStore::changed, this, &ConversationHeader::refresh);
    connect(&context.contacts, &ContactStore::presenceChanged, this,
        [this](const AccountId &account, const ContactAddress &address) {
            const ConversationKey &key = m_conversation.key();
            if (account == key.account && address.value == key.with) {
                refresh();
            }
        });
    connect(&context.accounts, &AccountManager::accountChanged, this, &ConversationHeader::refresh);
    refresh();
}

void ConversationHeader::showBackButton(bool show)
{
    m_back->setVisible(show);
}

void ConversationHeader::fillGroupMenu()
{
    QMenu &menu = *m_group->menu();
    menu.clear();
    QAction *const invite = menu.addAction(icons::icon(u"people"_s), tr("Invite someone…"), this,
        &ConversationHeader::inviteRequested);
    invite->setObjectName(u"inviteSomeone"_s);
    invite->setEnabled(
        !m_conversation.isRoom() || (m_conversation.isJoined() && m_conversation.isConference()));
    conferences::addRoomActions(
        menu, m_context, m_conversation, this, [this](const Error &why) { Q_EMIT failed(why); });
}

void ConversationHeader::refresh()
{
    const ConversationKey &key = m_conversation.key();
    m_name->setText(conversationName(m_conversation, m_context.contacts));
    const Account *const account = m_context.accounts.account(key.account);
    QString note;
    if (m_conversation.isRoom()) {
        if (!m_conversation.isJoined()) {
            const std::optional<Error> &why = m_conversation.whyLeft();
            note = why ? why->title : tr("Not in this room");
        } else {
            const int members = static_cast<int>(m_conversation.members().size());
            note = members == 1 ? tr("1 member") : tr("%n members", nullptr, members);
            const QString topic = m_conversation.topic().text.simplified();
            if (m_conversation.isLocked()) {
                note += u" · "_s + tr("locked");
            }
            if (!topic.isEmpty()) {
                note += u" · "_s + topic;
            }
        }
    } else if (const Presence presence = presenceIn(m_context.contacts, key);
        presence.availability != Availability::Unknown
        || m_context.contacts.personOf(key.account, { key.with })) {
        note = presence.activity.isEmpty() ? displayName(presence.availability) : presence.activity;
        if (presence.idleSince.isValid()) {
            note += u" · "_s + idleText(presence.idleSince, QDateTime::currentDateTimeUtc());
        }
        if (!presence.text.isEmpty()) {
            note += u" · "_s + presence.text.simplified();
        }
    } else {
        note = key.with;
    }
    m_group->setVisible(key.kind != ConversationKind::Server
        && conferences::facetOf(m_context, key.account) != nullptr);
    m_note->setText(note);
    m_note->setToolTip(m_conversation.isRoom() ? m_conversation.topic().text : note);
    if (account) {
        QPalette colors = palette();
        for (const QPalette::ColorRole role : { QPalette::WindowText, QPalette::Text }) {
            colors.setColor(role, theme::account(account->config().color, palette()));
        }
        m_account->setPalette(colors);
        m_account->setText(u"● "_s + account->name());
        m_account->setToolTip(
            tr("This conversation goes through the account %1.").arg(account->address()));
        m_account->setAccessibleName(tr("Account %1").arg(account->name()));
    }
    m_avatar->update();
}

void ConversationHeader::paintEvent(QPaintEvent *event)
{
    QWidget::paintEvent(event);
    QPainter painter(this);
    painter.setPen(theme::separator(palette()));
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

void ConversationHeader::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        refresh();
    }
}

} // namespace linchpin
