// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/fakeenvironment.h"

namespace linchpin::test {

FakeEnvironment::FakeEnvironment(ManualClock &clock)
    : m_clock(clock)
{
}

FakeEnvironment::~FakeEnvironment() = default;

std::unique_ptr<SessionServices> FakeEnvironment::servicesFor(Account &)
{
    auto services = std::make_unique<FakeServices>(m_clock);
    if (prepare) {
        prepare(*services);
    }
    return services;
}

} // namespace linchpin::test
