// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>

#include <functional>

namespace linchpin::sip {

/// Cryptographic random bytes, handed in so that known-answer tests can be exact.
using RandomBytes = std::function<QByteArray(int count)>;

} // namespace linchpin::sip
