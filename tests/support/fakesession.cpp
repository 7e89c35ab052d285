// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/fakesession.h"

#include <QDateTime>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace linchpin::test {

FakeSession::FakeSession(QObject *parent)
    : Session(parent)
{
}

FakeSession::~FakeSession() = default;

void FakeSession::open(const Presence &initial)
{
    ++opens;
    openedWith = initial;
    if (m_state != State::Offline) {
        return;
    }
    setState(State::Connecting);
    if (opensAtOnce) {
        goOnline();
    }
}

void FakeSession::close()
{
    ++closes;
    if (m_state == State::Offline) {
        return;
    }
    setState(State::Closing);
    if (closesAtOnce) {
        finishClosing();
    }
}

Async<SentMessage> FakeSession::send(const OutgoingMessage &message)
{
    const Answer<SentMessage> answer;
    sent.append({ message, answer });
    if (sendsAtOnce) {
        SentMessage taken;
        taken.remoteId = u"remote-"_s + message.localId;
        answer.give(taken);
    }
    return answer.future();
}

QList<AccessLevel> FakeSession::levels() const
{
    return { { u"near"_s, u"Near"_s, u"See everything"_s },
        { u"middle"_s, u"Middle"_s, u"See a little"_s }, { u"far"_s, u"Far"_s, u"See nothing"_s } };
}

AccessRule FakeSession::standing(const ContactAddress &address) const
{
    for (const AccessRule &rule : accessRules) {
        if (rule.subject == AccessRule::Subject::Person && rule.value == address.value) {
            return rule;
        }
    }
    return accessRules.isEmpty() ? AccessRule { AccessRule::Subject::Everyone, {}, {} }
                                 : accessRules.constFirst();
}

Async<void> FakeSession::set(const AccessRule &rule)
{
    calls.append(
        u"access %1 %2 %3"_s.arg(static_cast<int>(rule.subject)).arg(rule.value, rule.level));
    if (accessFailure) {
        return readyError<void>(*accessFailure);
    }
    accessRules.removeIf([&rule](const AccessRule &known) {
        return known.subject == rule.subject && known.value == rule.value;
    });
    if (!rule.level.isEmpty()) {
        accessRules.append(rule);
    }
    tell(AccessChanged {});
    return readyOk();
}

Async<void> FakeSession::setPresence(const Presence &presence)
{
    presences.append(presence);
    return readyOk();
}

Async<void> FakeSession::noted(const QString &call)
{
    calls.append(call.trimmed());
    return readyOk();
}

Async<void> FakeSession::add(const ContactSnapshot &contact)
{
    return noted(u"add "_s + contact.address.value);
}

Async<void> FakeSession::remove(const ContactAddress &address)
{
    return noted(u"remove "_s + address.value);
}

Async<void> FakeSession::update(const ContactSnapshot &contact)
{
    return noted(
        u"update %1 %2 %3"_s.arg(contact.address.value, contact.name, contact.groups.join(u',')));
}

Async<void> FakeSession::setBlocked(const ContactAddress &address, bool blocked)
{
    return noted((blocked ? u"block "_s : u"unblock "_s) + address.value);
}

Async<void> FakeSession::answer(const ContactAddress &address, bool allow)
{
    return noted((allow ? u"allow "_s : u"deny "_s) + address.value);
}

Async<void> FakeSession::join(const RoomAddress &room, const QString &nick, const QString &password)
{
    return noted(u"join %1 %2 %3"_s.arg(room.value, nick, password));
}

Async<void> FakeSession::leave(const RoomAddress &room, const QString &reason)
{
    return noted(u"leave %1 %2"_s.arg(room.value, reason));
}

Async<void> FakeSession::invite(
    const RoomAddress &room, const ContactAddress &who, const QString &text)
{
    return noted(u"invite %1 %2 %3"_s.arg(room.value, who.value, text));
}

Async<void> FakeSession::setTopic(const RoomAddress &room, const QString &topic)
{
    return noted(u"topic %1 %2"_s.arg(room.value, topic));
}

Async<void> FakeSession::kick(const RoomAddress &room, const QString &nick, const QString &reason)
{
    return noted(u"kick %1 %2 %3"_s.arg(room.value, nick, reason));
}

Async<QList<RoomListing>> FakeSession::list(const QString &filter)
{
    noted(u"list "_s + filter);
    return ready<QList<RoomListing>>(QList<RoomListing> {});
}

Async<RoomAddress> FakeSession::resolve(const QString &link)
{
    noted(u"resolve "_s + link);
    return resolvesTo.isEmpty() ? RoomFacet::resolve(link)
                                : ready<RoomAddress>(RoomAddress { resolvesTo });
}

Async<RoomAddress> FakeSession::create(const QString &subject, const QList<ContactAddress> &invited)
{
    QStringList people;
    for (const ContactAddress &who : invited) {
        people.append(who.value);
    }
    noted(u"create %1 %2"_s.arg(subject, people.join(u',')));
    return ready<RoomAddress>(RoomAddress { u"#made"_s });
}

Async<void> FakeSession::setPresenter(const RoomAddress &room, const QString &nick, bool presenter)
{
    return noted(u"presenter %1 %2 %3"_s.arg(room.value, nick).arg(presenter));
}

Async<void> FakeSession::setMuted(const RoomAddress &room, const QString &nick, bool muted)
{
    return noted(u"mute %1 %2 %3"_s.arg(room.value, nick).arg(muted));
}

Async<void> FakeSession::admit(const RoomAddress &room, const QString &nick, bool in)
{
    return noted(u"admit %1 %2 %3"_s.arg(room.value, nick).arg(in));
}

Async<void> FakeSession::setLocked(const RoomAddress &room, bool locked)
{
    return noted(u"lock %1 %2"_s.arg(room.value).arg(locked));
}

Async<void> FakeSession::end(const RoomAddress &room)
{
    return noted(u"end "_s + room.value);
}

void FakeSession::setTyping(const QString &to, ConversationKind, bool composing)
{
    noted(u"typing %1 %2"_s.arg(to, composing ? u"true"_s : u"false"_s));
}

void FakeSession::setState(State state)
{
    if (m_state != state) {
        m_state = state;
        Q_EMIT stateChanged(state);
    }
}

void FakeSession::goOnline()
{
    setState(State::Connecting);
    setState(State::Authenticating);
    setState(State::Online);
}

void FakeSession::end(const Error &why)
{
    setState(State::Offline);
    Q_EMIT ended(why);
}

void FakeSession::tellMessage(
    const QString &from, const QString &text, const QString &remoteId, const QDateTime &at)
{
    InboundMessage message;
    message.with = from;
    message.from = from;
    message.body = RichText::fromPlain(text);
    message.remoteId = remoteId;
    message.sentAt = at.isValid() ? at : QDateTime(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
    tell(MessageReceived { .message = message });
}

} // namespace linchpin::test
