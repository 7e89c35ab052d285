// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>
#include <QStringView>

#include <optional>

namespace linchpin::sip {

// How rooms of Group Chat and Persistent Chat are addressed: "ma-chan://litwareinc.com/GUID", and
// where the server of an account is. [MS-XCCOSIP]

/// The one spelling of a room's URI: scheme and domain in lower case, the id as written. Nothing
/// for everything else.
std::optional<QString> normalizedChannel(QStringView text);

struct ChannelId {
    QString domain;
    QString value;
    friend bool operator==(const ChannelId &, const ChannelId &) = default;
};
/// The two parts of a normalized URI, as commands name it; both empty for everything else.
ChannelId channelId(QStringView channel);
/// The room of those two parts; nothing where they cannot be one.
std::optional<QString> channelUri(QStringView domain, QStringView value);

/// A sip: URI fit for the start line of a request.
bool isRequestUri(QStringView text);

/// What in-band provisioning says (group persistentChatConfiguration, since Lync 2013).
struct ChatProvisioning {
    bool told = false; ///< the group was there
    bool enabled = false;
    QString poolUri = {}; ///< sip: URI, for use in a request; may be empty
    friend bool operator==(const ChatProvisioning &, const ChatProvisioning &) = default;
};
ChatProvisioning chatProvisioning(QByteArrayView provisioning);

/// The URI of the server to ask first. What was set by hand ("company.com" or "user@company.com")
/// wins, then provisioning, then ocschat in the domain of @p ownAddress. Empty where the pool says
/// that there is none and nothing was set, and where what was set is no address.
QString chatServerUri(
    QStringView setting, const ChatProvisioning &provisioning, QStringView ownAddress);

} // namespace linchpin::sip
