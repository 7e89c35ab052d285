// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/tray/notifier.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/settings/appsettings.h"
#include "ui/widgets/common/iconset.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QSystemTrayIcon>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

const QString kService = u"org.freedesktop.Notifications"_s;
const QString kPath = u"/org/freedesktop/Notifications"_s;

QDBusMessage method(const QString &name)
{
    return QDBusMessage::createMethodCall(kService, kPath, kService, name);
}

} // namespace

Notifier::Notifier(UiContext context, QSystemTrayIcon &tray,
    std::function<bool(const ConversationKey &)> visible, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_tray(tray)
    , m_visible(std::move(visible))
{
    connect(&context.conversations, &ConversationStore::messageArrived, this,
        [this](const Conversation *conversation, const StoredMessage &message) {
            arrived(*conversation, message);
        });
    connect(
        &context.conversations, &ConversationStore::totalUnreadChanged, this, [this](int unread) {
            if (unread == 0) {
                m_presenter.forgetAll();
                const QStringList taken = m_shown.keys();
                for (const QString &slot : taken) {
                    close(slot);
                }
            }
        });
    connect(&context.conversations, &ConversationStore::invitationReceived, this,
        [this](const AccountId &account, const RoomInvitation &invitation) {
            invited(account, invitation);
        });
    connect(&context.contacts, &ContactStore::statusAlertDue, this,
        [this](const AccountId &account, const ContactAddress &address, StatusAlerts::Kind asked) {
            available(account, address, asked == StatusAlerts::Kind::Once);
        });
    connect(&tray, &QSystemTrayIcon::messageClicked, this,
        [this] { Q_EMIT conversationRequested(m_balloon); });
    ask();
}

void Notifier::ask()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        m_bus = Bus::Silent;
        return;
    }
    auto *const call
        = new QDBusPendingCallWatcher(bus.asyncCall(method(u"GetCapabilities"_s)), this);
    connect(call, &QDBusPendingCallWatcher::finished, this, [this, call] {
        call->deleteLater();
        const QDBusPendingReply<QStringList> reply = *call;
        if (reply.isError()) {
            m_bus = Bus::Silent;
            return;
        }
        m_bus = Bus::Answers;
        m_abilities = reply.value();
        QDBusConnection session = QDBusConnection::sessionBus();
        session.connect(kService, kPath, kService, u"ActionInvoked"_s, this,
            SLOT(actionInvoked(uint, QString)));
        session.connect(kService, kPath, kService, u"NotificationClosed"_s, this,
            SLOT(notificationClosed(uint, uint)));
    });
}

void Notifier::arrived(const Conversation &conversation, const StoredMessage &message)
{
    const ConversationKey &key = conversation.key();
    const auto nameOf = [this](const AccountId &account, const QString &address) {
        const Person *const person = m_context.contacts.personOf(account, { address });
        return person ? m_context.contacts.nameOf(*person) : QString();
    };
    NotificationCase what { .message = message };
    if (key.kind == ConversationKind::Person) {
        what.senderName = nameOf(key.account, key.with);
    }
    if (what.senderName.isEmpty()) {
        what.senderName = message.fromName.isEmpty() ? message.from : message.fromName;
    }
    what.conversationName = key.kind == ConversationKind::Person ? what.senderName
        : conversation.summary().name.isEmpty()                  ? key.with
                                                                 : conversation.summary().name;
    what.muted = conversation.summary().muted;
    what.visible = m_visible(key);
    what.ownAvailability = ownAvailability(key.account);
    what.notifications = m_context.settings.isOn(u"notifications"_s);
    what.showText = m_context.settings.isOn(u"notification-text"_s);
    if (const auto notification = m_presenter.arrived(what, QDateTime::currentDateTimeUtc())) {
        show(*notification);
    }
}

Availability Notifier::ownAvailability(const AccountId &id) const
{
    const Account *const account = m_context.accounts.account(id);
    const Availability global = m_context.accounts.globalPresence().availability;
    return global == Availability::DoNotDisturb || !account ? global
                                                            : account->presence().availability;
}

void Notifier::invited(const AccountId &account, const RoomInvitation &invitation)
{
    const Person *const person = m_context.contacts.personOf(account, { invitation.from });
    const InvitationCase what {
        .account = account,
        .room = invitation.room.value,
        .fromName = person ? m_context.contacts.nameOf(*person) : invitation.from,
        .text = invitation.text,
        .ownAvailability = ownAvailability(account),
        .notifications = m_context.settings.isOn(u"notifications"_s),
        .showText = m_context.settings.isOn(u"notification-text"_s),
    };
    if (const auto notification = m_presenter.invited(what, QDateTime::currentDateTimeUtc())) {
        show(*notification);
    }
}

/// Somebody the user waits for. Who asked for it once wants to know even when not to be disturbed.
void Notifier::available(const AccountId &account, const ContactAddress &address, bool once)
{
    const bool quiet
        = m_context.accounts.globalPresence().availability == Availability::DoNotDisturb;
    if (!m_context.settings.isOn(u"notifications"_s) || (quiet && !once)) {
        return;
    }
    const Person *const person = m_context.contacts.personOf(account, address);
    const Contact *const contact = m_context.contacts.contact(account, address);
    Notification notification;
    notification.slot = u"available/%1/%2"_s.arg(account.value, address.value);
    notification.conversation = { account, address.value, ConversationKind::Person };
    notification.title
        = tr("%1 is available").arg(person ? m_context.contacts.nameOf(*person) : address.value);
    notification.body = contact ? contact->presence.text.simplified().left(200) : QString();
    show(notification);
}

void Notifier::show(const Notification &notification)
{
    if (m_bus == Bus::Answers) {
        showOnBus(notification);
    } else if (m_tray.isVisible() && QSystemTrayIcon::supportsMessages()) {
        m_balloon = notification.conversation;
        m_tray.showMessage(notification.title, notification.body, icons::application());
    }
    Q_EMIT told(notification);
}

void Notifier::showOnBus(const Notification &notification)
{
    if (notification.slot == "all"_L1) {
        const QStringList others = m_shown.keys();
        for (const QString &slot : others) {
            if (slot != notification.slot) {
                close(slot);
            }
        }
    }
    Shown &shown = m_shown[notification.slot];
    shown.conversation = notification.conversation;
    // A server that reads markup would take < and & of other people's words for it.
    const QString body = m_abilities.contains(u"body-markup"_s) ? notification.body.toHtmlEscaped()
                                                                : notification.body;
    QStringList actions;
    if (m_abilities.contains(u"actions"_s)) {
        actions << u"default"_s << tr("Open");
    }
    QDBusMessage message = method(u"Notify"_s);
    message << u"Linchpin"_s << shown.id << u"org.linchpin.Linchpin"_s << notification.title << body
            << actions
            << QVariantMap { { u"desktop-entry"_s, u"org.linchpin.Linchpin"_s },
                   { u"category"_s, u"im.received"_s } }
            << -1;
    auto *const call
        = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(message), this);
    connect(call, &QDBusPendingCallWatcher::finished, this, [this, call, slot = notification.slot] {
        call->deleteLater();
        const QDBusPendingReply<uint> reply = *call;
        if (reply.isError()) {
            m_shown.remove(slot);
        } else if (const auto it = m_shown.find(slot); it != m_shown.end()) {
            it->id = reply.value();
        } else {
            // Dismissed before the bus had answered.
            QDBusMessage closing = method(u"CloseNotification"_s);
            closing << reply.value();
            QDBusConnection::sessionBus().send(closing);
        }
    });
}

void Notifier::close(const QString &slot)
{
    const Shown shown = m_shown.take(slot);
    if (shown.id != 0) {
        QDBusMessage closing = method(u"CloseNotification"_s);
        closing << shown.id;
        QDBusConnection::sessionBus().send(closing);
    }
}

void Notifier::dismiss(const ConversationKey &conversation)
{
    m_presenter.forget(conversation);
    // Whoever enters the room has followed the invitation.
    close(NotificationPresenter::invitationSlot(conversation.account, conversation.with));
    const QStringList all = m_shown.keys();
    for (const QString &slot : all) {
        if (m_shown.value(slot).conversation == conversation) {
            close(slot);
        }
    }
}

void Notifier::actionInvoked(uint id, const QString &action)
{
    if (action != "default"_L1 || id == 0) {
        return; // the signal goes to every program on the bus
    }
    const auto it = std::ranges::find(m_shown, id, &Shown::id);
    if (it != m_shown.end()) {
        Q_EMIT conversationRequested(it->conversation);
    }
}

void Notifier::notificationClosed(uint id, uint)
{
    const auto it = id == 0 ? m_shown.end() : std::ranges::find(m_shown, id, &Shown::id);
    if (it == m_shown.end()) {
        return;
    }
    // An expired one (reason 1) was perhaps not seen: what follows still counts it.
    m_shown.erase(it);
}

} // namespace linchpin
