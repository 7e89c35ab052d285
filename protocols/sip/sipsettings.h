// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/protocolplugin.h"
#include "protocols/sip/discovery/srvcandidates.h"
#include "protocols/sip/registration/registrationmachine.h"

#include <QByteArray>
#include <QByteArrayList>

namespace linchpin::sip {

/// The account settings of this protocol; one row a setting, and the only place it is defined.
SettingsSchema accountSchema();

/// Where to look for the server.
ServerSettings serverSettings(const SettingValues &settings);

/// Which User-Agent to send, and what to do when the server refuses that client version.
struct UserAgentPlan {
    QByteArrayList order; ///< each is tried once; one alone when the user has set it
    QByteArray suggestion; ///< for the remedy when all were refused; may be empty
};
/// What the account's `flavour` says about the server's extensions.
Dialect dialectOf(const SettingValues &settings);
UserAgentPlan userAgentPlan(const SettingValues &settings);
/// The one that is set, then all that are known, for asking which of them a server takes.
QByteArrayList everyUserAgent(const SettingValues &settings);

/// "ben@litwareinc.com" in lower case, without scheme and parameters, or `invalid-address`.
Result<QString> normalizedAddress(const QString &address);
/// The focus URI of a conference, from any spelling of it (see conferenceaddress.h).
Result<QString> normalizedRoom(const QString &room);

} // namespace linchpin::sip
