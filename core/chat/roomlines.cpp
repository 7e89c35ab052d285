// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/roomlines.h"

#include <QCoreApplication>

namespace linchpin {

namespace {

QString tr(const char *source, int count = -1)
{
    return QCoreApplication::translate("linchpin::RoomLines", source, nullptr, count);
}

QString withReason(const QString &sentence, const QString &reason)
{
    //: %1 is a sentence ("bob left"), %2 the reason given
    return reason.isEmpty() ? sentence : tr("%1 (%2)").arg(sentence, reason);
}

QString sentence(const RoomMovement &movement)
{
    switch (movement.kind) {
    case RoomMovement::Kind::Joined:
        return tr("%1 joined").arg(movement.nick);
    case RoomMovement::Kind::Left:
        return withReason(tr("%1 left").arg(movement.nick), movement.reason);
    case RoomMovement::Kind::Quit:
        return withReason(tr("%1 quit").arg(movement.nick), movement.reason);
    case RoomMovement::Kind::Kicked:
        return withReason(movement.by.isEmpty()
                ? tr("%1 was removed").arg(movement.nick)
                : tr("%1 was removed by %2").arg(movement.nick, movement.by),
            movement.reason);
    case RoomMovement::Kind::Banned:
        return withReason(movement.by.isEmpty()
                ? tr("%1 was banned").arg(movement.nick)
                : tr("%1 was banned by %2").arg(movement.nick, movement.by),
            movement.reason);
    case RoomMovement::Kind::Renamed:
        return tr("%1 is now called %2").arg(movement.nick, movement.newNick);
    }
    return {};
}

} // namespace

QList<RoomLine> linesOf(const QList<RoomMovement> &movements)
{
    QList<RoomLine> lines;
    const bool tooMany = movements.size() > kMostRoomLines;
    const qsizetype shown = tooMany ? kMostRoomLines - 1 : movements.size();
    for (const RoomMovement &movement : movements.first(shown)) {
        lines.append({ movement.nick, sentence(movement) });
    }
    if (tooMany) {
        lines.append({ {},
            tr("and %n more people joined or left", static_cast<int>(movements.size() - shown)) });
    }
    return lines;
}

RoomLine topicLine(const RoomTopic &topic)
{
    if (topic.text.isEmpty()) {
        return { topic.by,
            topic.by.isEmpty() ? tr("The topic was removed")
                               : tr("%1 removed the topic").arg(topic.by) };
    }
    return { topic.by,
        topic.by.isEmpty() ? tr("The topic is now: %1").arg(topic.text)
                           : tr("%1 changed the topic to: %2").arg(topic.by, topic.text) };
}

} // namespace linchpin
