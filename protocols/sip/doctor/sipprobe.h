// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/wire/foreignprotocol.h"
#include "protocols/sip/wire/randombytes.h"
#include "protocols/sip/wire/sipframer.h"

#include <QByteArrayList>
#include <QDateTime>
#include <QString>

#include <optional>

namespace linchpin::sip {

/// A question to one port: who is there, and what does it want? A REGISTER without a Contact and
/// without credentials: it asks what is registered (RFC 3261 10.2.3) and changes nothing.
struct ProbeQuestion {
    QString address; ///< sign-in address
    QString host;
    quint16 port = 0;
    bool tls = true;
    QByteArray userAgent = {};
};

struct ProbeAnswer {
    std::optional<Error> failure = {}; ///< no connection, or silence
    bool sip = false; ///< a SIP server answered
    ForeignProtocol foreign = ForeignProtocol::Unknown; ///< what it spoke instead
    QString words = {}; ///< the server's; of another protocol the first line
    int status = 0;
    QByteArrayList schemes = {}; ///< offered, as in the headers
    QDateTime date = {}; ///< the server's clock, UTC; invalid where it did not say
    bool versionRefused = false; ///< the client version filter spoke
};

/// The whole message. `localHost`: our end, IPv6 in brackets.
QByteArray probeRequest(const ProbeQuestion &question, const QByteArray &localHost,
    quint16 localPort, const RandomBytes &random);

/// What has come so far; nothing while it is not enough to tell. Provisional answers are skipped.
std::optional<ProbeAnswer> readProbe(SipFramer &framer, QByteArrayView bytes);

} // namespace linchpin::sip
