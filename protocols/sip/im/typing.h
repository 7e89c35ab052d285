// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <chrono>
#include <optional>

namespace linchpin::sip {

/// That the other side writes, or has stopped.
struct TypingNotice {
    bool active = false;
    /// After this long without another notice the sign goes away.
    std::chrono::seconds lifetime { 15 };
    friend bool operator==(const TypingNotice &, const TypingNotice &) = default;
};

/// Content-Type of the INFO that carries buildKeyboardActivity().
inline constexpr QByteArrayView kKeyboardActivityType = "application/xml";

/// `KeyboardActivity` ([MS-SIP]), as Communicator and Lync send it in INFO.
QByteArray buildKeyboardActivity(bool active);
/// Reads `KeyboardActivity` and `isComposing` (RFC 3994). Nothing for any other document.
std::optional<TypingNotice> parseTyping(QByteArrayView body);

} // namespace linchpin::sip
