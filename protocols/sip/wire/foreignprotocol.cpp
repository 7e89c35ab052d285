// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/foreignprotocol.h"

#include <algorithm>

namespace linchpin::sip {

namespace {

struct Mark {
    QByteArrayView start; ///< in upper case
    ForeignProtocol protocol;
};

constexpr qsizetype longestMark = 80;

const Mark kMarks[] = {
    { "HTTP/", ForeignProtocol::Http },
    { "<!DOCTYPE", ForeignProtocol::Http },
    { "<HTML", ForeignProtocol::Http },
    { "<?XML", ForeignProtocol::Xmpp },
    { "<STREAM:", ForeignProtocol::Xmpp },
    { "SSH-", ForeignProtocol::Ssh },
    { "220 ", ForeignProtocol::Smtp },
    { "220-", ForeignProtocol::Smtp },
    { "554 ", ForeignProtocol::Smtp },
    { "* OK", ForeignProtocol::Imap },
    { "* BYE", ForeignProtocol::Imap },
    { "+OK", ForeignProtocol::Pop3 },
    { "NOTICE ", ForeignProtocol::Irc },
    { "ERROR :", ForeignProtocol::Irc },
};

} // namespace

ForeignProtocol foreignProtocolOf(QByteArrayView beginning)
{
    // RFC 8446 5.1: record type alert or handshake, then legacy version 3.x.
    if (beginning.size() >= 2 && (beginning[0] == 0x15 || beginning[0] == 0x16)
        && beginning[1] == 0x03) {
        return ForeignProtocol::Tls;
    }
    const QByteArray text
        = beginning.first(std::min(beginning.size(), longestMark)).toByteArray().trimmed();
    const QByteArray upper = text.toUpper();
    for (const Mark &mark : kMarks) {
        if (upper.startsWith(mark.start)) {
            return mark.protocol;
        }
    }
    // ":irc.example.net NOTICE * :…", ":irc.example.net 451 …"; RFC 2812 2.3.1.
    const QByteArray second = upper.mid(upper.indexOf(' ') + 1);
    if (upper.startsWith(':')
        && (second.startsWith("NOTICE ")
            || (second.size() > 3 && second[0] >= '0' && second[0] <= '9' && second[3] == ' '))) {
        return ForeignProtocol::Irc;
    }
    return ForeignProtocol::Unknown;
}

const char *nameOf(ForeignProtocol protocol)
{
    switch (protocol) {
    case ForeignProtocol::Tls:
        return "TLS";
    case ForeignProtocol::Http:
        return "HTTP";
    case ForeignProtocol::Xmpp:
        return "XMPP";
    case ForeignProtocol::Ssh:
        return "SSH";
    case ForeignProtocol::Smtp:
        return "SMTP";
    case ForeignProtocol::Imap:
        return "IMAP";
    case ForeignProtocol::Pop3:
        return "POP3";
    case ForeignProtocol::Irc:
        return "IRC";
    case ForeignProtocol::Unknown:
        break;
    }
    return "";
}

} // namespace linchpin::sip
