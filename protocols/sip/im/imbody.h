// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/im/msimformat.h"

#include <QByteArray>
#include <QString>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// What a MESSAGE or INFO body is for, by its Content-Type.
enum class ImContent {
    Text, ///< see parseImBody()
    Typing, ///< see im/typing.h
    DeliveryReport, ///< see im/imdn.h
    FileInvitation, ///< text/x-msmsgsinvite
    Unsupported, ///< answer 415
};
ImContent imContentOf(QByteArrayView contentType);

/// What somebody wrote, as received.
struct ImText {
    enum class Format {
        Plain, ///< text is plain, lines end in '\n'
        Html, ///< text is untrusted HTML: it goes through the white list of RichText
    };
    Format format = Format::Plain;
    QString text = {};
    std::optional<MsImFormat> look = {}; ///< for plain text that came with one
    friend bool operator==(const ImText &, const ImText &) = default;
};

enum class ImBodyError {
    Unsupported, ///< answer 415
    TooLarge, ///< answer 413
    Malformed, ///< answer 400
};

/// Reads text/plain (any charset; invalid UTF-8 is taken as Windows-1252), text/html, text/rtf (its
/// plain text) and the best part of multipart/alternative: HTML, then RTF, then plain.
std::expected<ImText, ImBodyError> parseImBody(QByteArrayView contentType, QByteArrayView body);

/// A body ready for the wire.
struct ImWireBody {
    QByteArray contentType = {};
    QByteArray body = {};
    friend bool operator==(const ImWireBody &, const ImWireBody &) = default;
};

/// text/plain in UTF-8, always saying so, with the look where there is one.
ImWireBody buildPlainBody(const QString &text, const std::optional<MsImFormat> &look = {});
/// text/html in UTF-8.
ImWireBody buildHtmlBody(const QString &html);
/// Both, for conferences; @p boundary must not occur in them.
ImWireBody buildAlternativeBody(
    const QString &text, const QString &html, const QByteArray &boundary);

/// The `ms-text-format` header of an INVITE that carries the first message: its Content-Type, and
/// the text in the parameter `ms-body` in Base64. The peer shows it at once.
QByteArray buildMsTextFormat(const ImWireBody &first);
/// Nothing when the header has no usable `ms-body`.
std::optional<ImWireBody> parseMsTextFormat(QByteArrayView header);

/// Bytes in a charset to text; UTF-8 when none is named or the named one is unknown.
QString decodeText(QByteArrayView bytes, QByteArrayView charset = {});

} // namespace linchpin::sip
