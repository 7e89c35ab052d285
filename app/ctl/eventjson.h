// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/account.h"
#include "core/history/storedmessage.h"
#include "core/sdk/sessionevent.h"

#include <QJsonObject>

#include <optional>

namespace linchpin::ctl {

/// The objects of the `session` contract (docs/linchpinctl.md). Pure; every object still lacks
/// `at`, which the writer adds.

QString timeText(const QDateTime &time); ///< ISO 8601, UTC, milliseconds

QJsonObject stateJson(const Account &account, const QDateTime &now);
QJsonObject contactJson(const QString &account, const ContactSnapshot &contact);
QJsonObject presenceJson(
    const QString &account, const ContactAddress &address, const Presence &presence);
QJsonObject messageJson(const QString &account, const StoredMessage &message);
/// Nothing for states the contract has no word for (queued, submitted).
std::optional<QJsonObject> deliveryJson(const QString &account, const StoredMessage &message);
QJsonObject errorJson(const QString &account, const Error &error);
/// Events that are told as they come: contacts, presence, typing, rooms, requests, notices. Nothing
/// for those that reach the user another way (messages come from the history).
std::optional<QJsonObject> eventJson(const QString &account, const SessionEvent &event);

/// The id by which a message is known in `message` and `delivery` events.
QString messageId(const StoredMessage &message);

} // namespace linchpin::ctl
