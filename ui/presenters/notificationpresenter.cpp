// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/presenters/notificationpresenter.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLines = 3;
constexpr qsizetype kLineLength = 200;
constexpr qsizetype kMostConversations = 3; // at once; more become one notification
constexpr qint64 kBurst = 5; // seconds

QString translated(const char *source, int n = -1)
{
    return QCoreApplication::translate("linchpin::Notifications", source, nullptr, n);
}

QString countText(int count)
{
    return count == 1
        ? translated(QT_TRANSLATE_NOOP("linchpin::Notifications", "New message"))
        : translated(QT_TRANSLATE_NOOP("linchpin::Notifications", "%n new messages"), count);
}

QString oneLine(const QString &words)
{
    QString text = words.simplified();
    // Bells, colour codes and the like do nothing good on somebody's desktop.
    text.removeIf([](QChar sign) { return sign.category() == QChar::Other_Control; });
    if (text.size() > kLineLength) {
        text.truncate(kLineLength);
        if (text.back().isHighSurrogate()) {
            text.chop(1);
        }
        text += u'…';
    }
    return text;
}

QString lineOf(const NotificationCase &what)
{
    const QString text = oneLine(what.message.body.plain());
    if (what.message.kind == MessageKind::Action) {
        return u"* %1 %2"_s.arg(what.senderName, text);
    }
    return what.message.conversation.kind == ConversationKind::Room
        ? u"%1: %2"_s.arg(what.senderName, text)
        : text;
}

bool disturbs(const NotificationCase &what)
{
    const StoredMessage &message = what.message;
    if (!what.notifications || what.muted || what.visible
        || what.ownAvailability == Availability::DoNotDisturb) {
        return false;
    }
    if (message.direction == Direction::Out || message.fromArchive
        || message.kind == MessageKind::System) {
        return false;
    }
    switch (message.conversation.kind) {
    case ConversationKind::Room:
        return message.mentionsMe; // rooms talk all day
    case ConversationKind::Server:
        return false;
    case ConversationKind::Person:
        break;
    }
    return true;
}

} // namespace

std::optional<Notification> NotificationPresenter::arrived(
    const NotificationCase &what, const QDateTime &now)
{
    if (!disturbs(what)) {
        return std::nullopt;
    }
    const ConversationKey &key = what.message.conversation;
    Waiting &waiting = m_waiting[key];
    ++waiting.count;
    waiting.last = now;
    waiting.lines.append(lineOf(what));
    if (waiting.lines.size() > kLines) {
        waiting.lines.removeFirst();
    }
    if (const std::optional<Notification> all = grouped(now)) {
        return all;
    }
    Notification told;
    told.slot = u"%1/%2/%3"_s.arg(key.account.value, key.with).arg(static_cast<int>(key.kind));
    told.conversation = key;
    told.count = waiting.count;
    told.title = waiting.count == 1 ? what.conversationName
                                    : u"%1 (%2)"_s.arg(what.conversationName).arg(waiting.count);
    told.body = what.showText ? waiting.lines.join(u'\n') : countText(waiting.count);
    return told;
}

QString NotificationPresenter::invitationSlot(const AccountId &account, const QString &room)
{
    return u"invitation/%1/%2"_s.arg(account.value, room);
}

std::optional<Notification> NotificationPresenter::invited(
    const InvitationCase &what, const QDateTime &now)
{
    if (!what.notifications || what.ownAvailability == Availability::DoNotDisturb) {
        return std::nullopt;
    }
    m_invitations.removeIf([&](const QDateTime &told) { return told.secsTo(now) > kBurst; });
    m_invitations.append(now);
    Notification told;
    if (m_invitations.size() > kMostConversations) {
        told.slot = u"invitations"_s;
        told.count = static_cast<int>(m_invitations.size());
        told.title = translated(
            QT_TRANSLATE_NOOP("linchpin::Notifications", "%n invitations"), told.count);
        return told;
    }
    told.slot = invitationSlot(what.account, what.room);
    told.title = translated(QT_TRANSLATE_NOOP("linchpin::Notifications", "%1 invites you"))
                     .arg(oneLine(what.fromName));
    told.body = what.showText && !what.text.isEmpty()
        ? oneLine(what.text)
        : translated(QT_TRANSLATE_NOOP("linchpin::Notifications", "To a group conversation"));
    return told;
}

std::optional<Notification> NotificationPresenter::grouped(const QDateTime &now) const
{
    int count = 0;
    qsizetype conversations = 0;
    for (const Waiting &waiting : m_waiting) {
        if (waiting.last.secsTo(now) <= kBurst) {
            ++conversations;
            count += waiting.count;
        }
    }
    if (conversations <= kMostConversations) {
        return std::nullopt;
    }
    Notification told;
    told.slot = u"all"_s;
    told.count = count;
    told.title = countText(count);
    told.body = translated(QT_TRANSLATE_NOOP("linchpin::Notifications", "In %n conversations"),
        static_cast<int>(conversations));
    return told;
}

void NotificationPresenter::forget(const ConversationKey &conversation)
{
    m_waiting.remove(conversation);
}

void NotificationPresenter::forgetAll()
{
    m_waiting.clear();
}

} // namespace linchpin
