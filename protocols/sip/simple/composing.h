// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QDateTime>

#include <chrono>
#include <optional>

namespace linchpin::sip {

inline constexpr QByteArrayView kComposingType = "application/im-iscomposing+xml";

/// The status document of RFC 3994.
struct ComposingNotice {
    bool active = false;
    /// How long "active" holds without another notice; RFC 3994 3.3: two minutes unless told.
    std::chrono::seconds lifetime { 120 };
    friend bool operator==(const ComposingNotice &, const ComposingNotice &) = default;
};
/// Nothing for any other document. The lifetime is kept within a quarter and five minutes.
std::optional<ComposingNotice> parseComposing(QByteArrayView body);
QByteArray buildComposing(bool active);

/// What is told of our own typing, RFC 3994 3.2: that it began, again after a while, that it
/// stopped; nothing where a message said so already. Pure: the clock is handed in.
class ComposingSender {
public:
    /// The user types, or has stopped; a notice to send, if any.
    std::optional<bool> typed(bool composing, const QDateTime &now);
    /// A message went out: it means that typing is over.
    void messageSent() { m_told = false; }
    /// The other side cannot read these notices: no more of them until something comes from there.
    void refused() { m_refused = true; }
    void heard() { m_refused = false; }

private:
    bool m_told = false;
    bool m_refused = false;
    QDateTime m_at;
};

} // namespace linchpin::sip
