// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QString>

namespace linchpin::sip {

/// Why bytes could not be read as SIP.
struct ParseError {
    enum class Code {
        WrongProtocol, ///< the other side speaks HTTP, TLS or something else; doctor code
                       ///< wrong-protocol
        BadStartLine,
        BadVersion, ///< a SIP start line of another version than 2.0
        BadHeader,
        BadContentLength,
        TooLarge, ///< over the framer's limits
        Truncated,
    };

    Code code = Code::BadHeader;
    QString detail; ///< plain sentence for logs, not translated
    qsizetype offset = 0; ///< bytes from the beginning of what was parsed
    QByteArray excerpt = {}; ///< at most 80 bytes of what was found

    friend bool operator==(const ParseError &, const ParseError &) = default;
};

} // namespace linchpin::sip
