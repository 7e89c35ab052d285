// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/peertrust.h"
#include "core/sdk/sessionservices.h"

class QNetworkAccessManager;

namespace linchpin {

/// Login and password for servers that ask (HttpRequest::mayAuthenticate).
struct HttpCredentials {
    QString login;
    QString password;
};

/// One HTTP request with the account's certificate policy and the request's limits. An answer of
/// any status is an HttpReply; only what kept it from coming is an Error (`http-failed`,
/// `too-large`, and those of connections).
Async<HttpReply> exchangeHttp(QNetworkAccessManager &manager, const HttpRequest &request,
    const PeerTrust &trust, const HttpCredentials &credentials,
    std::function<void(bool outgoing, const QByteArray &bytes)> log);

} // namespace linchpin
