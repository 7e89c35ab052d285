// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArrayView>

namespace linchpin::sip {

/// What a port speaks that should have spoken SIP, as its first bytes show it.
enum class ForeignProtocol : quint8 {
    Unknown,
    Tls, ///< a TLS record: encryption is expected
    Http,
    Xmpp,
    Ssh,
    Smtp, ///< or FTP: both greet with 220
    Imap,
    Pop3,
    Irc,
};

/// `beginning`: what came first; more than 80 bytes are not looked at.
ForeignProtocol foreignProtocolOf(QByteArrayView beginning);

/// As people call it: "HTTP"; empty for Unknown.
const char *nameOf(ForeignProtocol protocol);

} // namespace linchpin::sip
