// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace linchpin::sip {

/// One callable out of several lambdas, for std::visit.
template <class... F> struct Overloaded : F... {
    using F::operator()...;
};

} // namespace linchpin::sip
