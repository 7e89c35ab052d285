// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/statuschooser.h"

#include "core/accounts/accountmanager.h"
#include "core/accounts/savedstatuses.h"
#include "core/contacts/contactstore.h"
#include "core/sdk/protocolplugin.h"
#include "core/settings/appsettings.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kAvatar = 36;
const QString kSaved = u"saved-statuses"_s;

/// Initials or picture of the first account that has one, with the global presence.
class OwnAvatar : public QWidget {
public:
    OwnAvatar(UiContext context, QWidget *parent)
        : QWidget(parent)
        , m_context(context)
    {
        setFixedSize(kAvatar + 4, kAvatar + 4);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        QByteArray image;
        QString name;
        Availability best = Availability::Offline;
        const QList<Account *> accounts = m_context.accounts.accounts();
        for (const Account *account : accounts) {
            if (image.isEmpty()) {
                image = m_context.contacts.ownAvatar(account->id());
            }
            if (name.isEmpty()) {
                name = account->address();
            }
            best = std::max(best, account->presence().availability);
        }
        const QRectF box(2, 2, kAvatar, kAvatar);
        theme::paintAvatar(painter, box, image, name, palette(), font());
        const QRectF dot(box.right() - 10, box.bottom() - 10, 12, 12);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(palette().color(QPalette::Window));
        painter.drawEllipse(dot.adjusted(-2, -2, 2, 2));
        theme::paintPresence(painter, dot, best, palette());
    }

private:
    UiContext m_context;
};

/// The word for people of an own status.
QString statusName(const Presence &presence)
{
    if (presence.activity == OwnStatusWord::BeRightBack) {
        return StatusChooser::tr("Be right back");
    }
    if (presence.activity == OwnStatusWord::OffWork) {
        return StatusChooser::tr("Off work");
    }
    return displayName(presence.availability);
}

} // namespace

StatusChooser::StatusChooser(UiContext context, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_avatar(new OwnAvatar(context, this))
    , m_button(new QToolButton(this))
    , m_note(new QLineEdit(this))
    , m_menu(new QMenu(this))
{
    m_button->setObjectName(u"statusButton"_s);
    m_button->setAutoRaise(true);
    m_button->setPopupMode(QToolButton::InstantPopup);
    m_button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_button->setMenu(m_menu);
    m_button->setFont(theme::strong(font()));
    m_button->setFocusPolicy(Qt::StrongFocus);
    m_note->setObjectName(u"statusNote"_s);
    m_note->setFrame(false);
    m_note->setPlaceholderText(tr("What are you doing?"));
    m_note->setAccessibleName(tr("Status note"));
    m_note->setFont(theme::small(font()));
    m_note->setMaxLength(500);
    m_note->setTextMargins(5, 0, 0, 0); // under the words of the button
    QPalette clear = m_note->palette();
    clear.setColor(QPalette::Base, Qt::transparent);
    m_note->setPalette(clear);

    auto *const texts = new QVBoxLayout;
    texts->setSpacing(0);
    texts->addWidget(m_button, 0, Qt::AlignLeft);
    texts->addWidget(m_note);
    auto *const row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kRelated);
    row->addWidget(m_avatar);
    row->addLayout(texts, 1);

    connect(m_note, &QLineEdit::editingFinished, this, [this] {
        Presence presence = m_context.accounts.globalPresence();
        if (presence.text != m_note->text()) {
            presence.text = m_note->text();
            m_context.accounts.setGlobalPresence(presence);
        }
    });
    connect(m_menu, &QMenu::aboutToShow, this, &StatusChooser::buildMenu);
    connect(
        &context.accounts, &AccountManager::globalPresenceChanged, this, &StatusChooser::refresh);
    connect(&context.accounts, &AccountManager::accountChanged, this, &StatusChooser::refresh);
    connect(&context.contacts, &ContactStore::changed, m_avatar, qOverload<>(&QWidget::update));
    buildMenu();
    refresh();
}

void StatusChooser::buildMenu()
{
    m_menu->clear();
    const bool work = hasWorkStatuses();
    const Presence now = m_context.accounts.globalPresence();
    const auto add = [&](Availability availability, QStringView activity = {}) {
        const Presence status { .availability = availability, .activity = activity.toString() };
        QAction *const action = m_menu->addAction(icons::presence(availability), statusName(status),
            this, [this, status] { choose(status.availability, status.activity); });
        action->setCheckable(true);
        action->setChecked(
            now.availability == availability && statusName(now) == statusName(status));
    };
    add(Availability::Available);
    add(Availability::Busy);
    add(Availability::DoNotDisturb);
    if (work) {
        add(Availability::Away, OwnStatusWord::BeRightBack);
        add(Availability::Away, OwnStatusWord::OffWork);
    }
    add(Availability::Away);
    add(Availability::Invisible);
    add(Availability::Offline);
    if (work) {
        m_menu->addSeparator();
        QAction *const reset = m_menu->addAction(tr("Reset the status"), this,
            [this] { choose(Availability::Available, OwnStatusWord::Automatic.toString()); });
        reset->setToolTip(tr("The computer and the calendar say how you are."));
    }
    const QList<SavedStatus> statuses
        = savedStatusesFromJson(m_context.settings.remembered(kSaved).toArray());
    if (!statuses.isEmpty()) {
        m_menu->addSection(tr("Saved"));
        for (const SavedStatus &status : statuses) {
            m_menu->addAction(icons::presence(status.presence.availability), status.name, this,
                [this, status] { m_context.accounts.setGlobalPresence(status.presence); });
        }
    }
    m_menu->addSeparator();
    QAction *const save = m_menu->addAction(tr("Save this status"), this, [this] {
        const Presence presence = m_context.accounts.globalPresence();
        QList<SavedStatus> all
            = savedStatusesFromJson(m_context.settings.remembered(kSaved).toArray());
        all.removeIf([&](const SavedStatus &known) { return known.presence == presence; });
        all.append({ presence.text.isEmpty() ? statusName(presence) : presence.text, presence });
        m_context.settings.remember(kSaved, savedStatusesToJson(all));
    });
    save->setEnabled(m_context.accounts.globalPresence().availability != Availability::Offline);
}

bool StatusChooser::hasWorkStatuses() const
{
    const QList<Account *> accounts = m_context.accounts.accounts();
    return std::ranges::any_of(accounts, [](const Account *account) {
        return account->config().enabled && account->plugin()
            && account->plugin()->info().capabilities.testFlag(Capability::WorkStatuses);
    });
}

void StatusChooser::choose(Availability availability, const QString &activity)
{
    Presence presence = m_context.accounts.globalPresence();
    presence.availability = availability;
    presence.activity = activity;
    presence.text = m_note->text();
    m_context.accounts.setGlobalPresence(presence);
}

void StatusChooser::refresh()
{
    const Presence wanted = m_context.accounts.globalPresence();
    m_button->setText(statusName(wanted));
    m_button->setAccessibleName(tr("Status: %1").arg(statusName(wanted)));
    if (!m_note->hasFocus()) {
        m_note->setText(wanted.text);
    }
    m_avatar->update();
}

} // namespace linchpin
