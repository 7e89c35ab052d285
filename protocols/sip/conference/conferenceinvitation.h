// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QString>

#include <expected>

namespace linchpin::sip {

/// Body of the INVITE by which somebody calls another into a conference ([MS-CONFBAS] 3.6).
struct ConferenceInvitation {
    QString focus = {}; ///< normalized
    QString subject = {};
    bool messages = true; ///< the chat is offered
    bool audio = false;
    friend bool operator==(const ConferenceInvitation &, const ConferenceInvitation &) = default;
};

inline constexpr QByteArrayView kConferenceInvitationType = "application/ms-conf-invite+xml";

QByteArray buildConferenceInvitation(const ConferenceInvitation &invitation);
std::expected<ConferenceInvitation, DocumentError> parseConferenceInvitation(QByteArrayView body);

} // namespace linchpin::sip
