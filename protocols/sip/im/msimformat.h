// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <optional>

namespace linchpin::sip {

/// How the sender wants a plain message to look: the X-MMS-IM-Format line ([MS-SIP] 2.2.1) that
/// travels in the `msgr` parameter of text/plain.
struct MsImFormat {
    QString font = {}; ///< "Segoe UI"; empty when not told
    bool bold = false;
    bool italic = false;
    bool underline = false;
    bool strikeOut = false;
    quint32 rgb = 0; ///< 0xRRGGBB; black is the default and means "no colour"
    int charset = 0; ///< Windows GDI charset
    int pitch = 22; ///< Windows pitch and family
    bool rightToLeft = false;
    friend bool operator==(const MsImFormat &, const MsImFormat &) = default;

    bool isPlain() const { return !bold && !italic && !underline && !strikeOut && rgb == 0; }
};

/// "X-MMS-IM-Format: FN=Segoe%20UI; EF=BI; CO=0; CS=0; PF=22", with or without the header name.
/// Nothing when there is no such line.
std::optional<MsImFormat> parseImFormatLine(QStringView line);
/// The line with its header name, without line end.
QString buildImFormatLine(const MsImFormat &format);

/// The value of `msgr`: Base64 of the UTF-16LE line and two line ends, padding left out.
std::optional<MsImFormat> parseMsgr(QByteArrayView value);
QByteArray buildMsgr(const MsImFormat &format);

} // namespace linchpin::sip
