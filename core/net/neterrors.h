// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"

#include <QAbstractSocket>
#include <QNetworkReply>

namespace linchpin {

/// Network errors in the words of Error: stable code, one sentence, the system's own words with
/// host and port in the detail, and what to do.
Error networkError(const QString &code, const QString &where, const QString &systemWords);
/// `where` is "host:port". A closed connection is `connection-closed`.
Error errorOf(QAbstractSocket::SocketError error, const QString &where, const QString &systemWords);
/// A handshake that failed, from OpenSSL's words: `not-tls`, `tls-too-old`, `certificate-weak` or
/// `tls-handshake-failed`.
Error handshakeError(const QString &where, const QString &openSslWords);
Error httpError(QNetworkReply::NetworkError error, const QString &where, const QString &words);

} // namespace linchpin
