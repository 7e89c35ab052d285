// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/sipmessage.h"

#include <QByteArray>

namespace linchpin::sip {

/// What both ends agreed on in the challenge. [MS-SIPAE] 2.2.1.
struct SecurityParameters {
    QByteArray scheme;
    QByteArray realm;
    QByteArray targetName;
    QByteArray opaque;
    int version = 2; ///< signature version; 2 when the challenge names none
};

/// The text that is signed: groups of header values, [MS-SIPAE] 3.2.5.1 (versions 2, 3 and 4).
/// `random` and `number` are crand and cnum of a client, srand and snum of a server.
/// Built from the message as it stands; every header must be final.
QByteArray signatureBuffer(const SecurityParameters &parameters, QByteArrayView random,
    QByteArrayView number, const SipMessage &message);

} // namespace linchpin::sip
