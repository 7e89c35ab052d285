// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

namespace linchpin::test {

/// While one lives, the leak sanitizer does not count what is allocated: around a call into a
/// library of others that is known to lose memory.
class [[maybe_unused]] OthersLeaks {
public:
    OthersLeaks() = default;
    OthersLeaks(const OthersLeaks &) = delete;
    OthersLeaks &operator=(const OthersLeaks &) = delete;
    ~OthersLeaks() = default;

#if defined(__SANITIZE_ADDRESS__)
private:
    __lsan::ScopedDisabler m_disabler;
#endif
};

} // namespace linchpin::test
