// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/message.h"

using namespace Qt::StringLiterals;

namespace linchpin {

QString toWord(MessageKind kind)
{
    switch (kind) {
    case MessageKind::Chat:
        return u"chat"_s;
    case MessageKind::Room:
        return u"room"_s;
    case MessageKind::Notice:
        return u"notice"_s;
    case MessageKind::Action:
        return u"action"_s;
    case MessageKind::System:
        return u"system"_s;
    }
    return {};
}

QString toWord(DeliveryState state)
{
    switch (state) {
    case DeliveryState::None:
        return u"none"_s;
    case DeliveryState::Queued:
        return u"queued"_s;
    case DeliveryState::Submitted:
        return u"submitted"_s;
    case DeliveryState::Sent:
        return u"sent"_s;
    case DeliveryState::Delivered:
        return u"delivered"_s;
    case DeliveryState::Read:
        return u"read"_s;
    case DeliveryState::Failed:
        return u"failed"_s;
    case DeliveryState::Unconfirmed:
        return u"unconfirmed"_s;
    }
    return {};
}

bool advances(DeliveryState current, DeliveryState next)
{
    const auto rank = [](DeliveryState state) {
        switch (state) {
        case DeliveryState::None:
            return -1;
        case DeliveryState::Queued:
            return 0;
        case DeliveryState::Submitted:
            return 1;
        case DeliveryState::Unconfirmed:
        case DeliveryState::Failed:
            return 2; // what proves the opposite (an echo, a receipt) still follows
        case DeliveryState::Sent:
            return 3;
        case DeliveryState::Delivered:
            return 4;
        case DeliveryState::Read:
            return 5;
        }
        return -1;
    };
    if (current == DeliveryState::None || next == DeliveryState::None) {
        return false;
    }
    if (next == DeliveryState::Queued) {
        return current == DeliveryState::Failed || current == DeliveryState::Unconfirmed
            || current == DeliveryState::Submitted;
    }
    if (next == DeliveryState::Failed) {
        // A bounce may come after the server took the message, not after a device had it.
        return rank(current) <= rank(DeliveryState::Sent) && current != DeliveryState::Failed;
    }
    return rank(next) > rank(current);
}

} // namespace linchpin
