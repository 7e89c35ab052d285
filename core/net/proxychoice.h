// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"
#include "core/sdk/sessionservices.h"
#include "core/sdk/settingsschema.h"

#include <QNetworkProxy>
#include <QObject>

namespace linchpin {

/// The proxy settings of an account out of its `proxy-*` rows.
ProxySettings proxyFromSettings(const SettingValues &settings, const QString &password);

/// Whether a host is this very machine, which no proxy of the system is asked for.
bool isLoopback(const QString &host);

/// The proxy to use for one connection. For Type::System asks the system, which may run scripts and
/// read the network: in a pool thread, answered in the caller's.
Async<QNetworkProxy> proxyFor(
    const ProxySettings &settings, const QString &host, quint16 port, QObject *context);

/// The same for a QNetworkAccessManager.
std::unique_ptr<QNetworkProxyFactory> proxyFactory(const ProxySettings &settings);

} // namespace linchpin
