// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/clientcertificate.h"

namespace linchpin::sip::test {

/// A self-signed certificate with an RSA key of its own, good for a day. Null when OpenSSL fails.
ClientCertificate throwawayCertificate(const QByteArray &commonName);

} // namespace linchpin::sip::test
