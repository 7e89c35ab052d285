// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace linchpin {

/// Roles of the core models. Values are data (enums, ids, texts), never colours or icons.
namespace AccountRole {
enum {
    Id = Qt::UserRole + 1, ///< AccountId
    Protocol, ///< protocol id
    ProtocolName,
    IconName,
    Address,
    StateWord, ///< `online`, …
    State, ///< Account::State
    StateText, ///< translated, with the reason in one sentence
    Availability, ///< linchpin::Availability as int
    Error, ///< linchpin::Error, invalid when there is none
    Enabled,
    Color, ///< int, index of the account palette
    RetryAt,
};
}

/// ContactTreeModel: groups at the top level (or persons, without groups), persons below.
namespace ContactRole {
enum {
    IsGroup = Qt::UserRole + 1,
    PersonId,
    GroupName,
    GroupOnline, ///< int
    GroupTotal, ///< int
    Availability, ///< linchpin::Availability as int
    Note,
    Activity,
    IdleSince,
    Unread, ///< int, over all of the person's conversations
    LastActivity, ///< QDateTime of the last message
    Avatar, ///< QByteArray, image file
    AccountColors, ///< QList<int>, one for each leg's account, unique
    AccountIds, ///< QStringList
    Blocked,
    Pending, ///< asked and not answered
    SearchText, ///< names and addresses, case-folded
    ConversationKey, ///< linchpin::ConversationKey of the preferred leg
};
}

namespace ConversationRole {
enum {
    Key = Qt::UserRole + 1, ///< ConversationKey
    Kind, ///< ConversationKind as int
    AccountColor,
    AccountName,
    Availability,
    Unread,
    Mentions,
    LastAt,
    Excerpt,
    Draft,
    Pinned,
    Muted,
    Open,
    Typing, ///< QString: who, translated, or empty
    Avatar,
    Joined,
    IsContact, ///< has a row in the contact tree
};
}

namespace MessageRole {
enum {
    RowKind = Qt::UserRole + 1, ///< MessageRow (see MessageListModel)
    Id, ///< MessageId
    From,
    FromName,
    Direction, ///< int
    Kind, ///< MessageKind as int
    Body, ///< RichText
    SentAt,
    Delivery, ///< DeliveryState as int
    Failure, ///< Error, invalid when none
    Delayed,
    Mention,
    Edited,
    Retracted,
    Reactions,
    ReplyTo, ///< MessageReference
    FirstOfGroup, ///< same sender within five minutes: name and avatar once
    LastOfGroup,
    Folded, ///< QStringList of a SystemFold row
    Date, ///< QDate of a date line
    Message, ///< the whole StoredMessage
};
}

namespace MemberRole {
enum { Nick = Qt::UserRole + 1, Address, Rank, Availability, Self, Waiting, Muted };
}

} // namespace linchpin
