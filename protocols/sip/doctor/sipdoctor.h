// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/doctorcheck.h"

#include <memory>
#include <vector>

namespace linchpin::sip {

/// What this protocol knows more about than a session tells: which server and port the records and
/// the usual places offer, what the server wants for authentication, which client versions pass,
/// and how a domain stands towards other organisations.
std::vector<std::unique_ptr<DoctorCheck>> sipDoctorChecks();

} // namespace linchpin::sip
