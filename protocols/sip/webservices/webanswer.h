// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"

#include <QByteArray>
#include <QUrl>

namespace linchpin::sip {

/// The value of the first header of that name, in whatever case; empty where there is none.
QByteArray headerOf(const HttpReply &reply, QByteArrayView name);

/// When it was sent, by the server's clock; UTC, invalid where it did not say. RFC 9110 6.6.1.
QDateTime dateOf(const HttpReply &reply);

/// 301 to 308.
bool isRedirect(const HttpReply &reply);

/// https with a host: all that passwords, tickets and servers' names may go to.
bool isSecure(const QUrl &url);

} // namespace linchpin::sip
