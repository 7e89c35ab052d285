// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <cstdio>
#include <cstdlib>

namespace linchpin::fuzz {

/// A property that has to hold whatever the bytes were.
inline void check(bool holds, const char *what)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

/// Takes what came of reading the bytes; that it came at all is what counts.
inline void tried(const auto &) { }

} // namespace linchpin::fuzz
