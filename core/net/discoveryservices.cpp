// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/discoveryservices.h"

#include "core/net/realservices.h"
#include "core/net/sharedrows.h"
#include "core/secrets/secreterrors.h"

using namespace Qt::StringLiterals;

namespace linchpin {

std::unique_ptr<SessionServices> discoveryServices()
{
    SettingsSchema rows = proxyRows();
    rows.append(trustRows());
    ServiceBinding binding;
    binding.settings = rows.complete({});
    binding.secret
        = [](const QString &) { return readyError<QString>(secretError(u"no-password"_s)); };
    binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
    binding.state = [](const QString &) { return QByteArray(); };
    binding.setState = [](const QString &, const QByteArray &) { };
    binding.log = [](bool, const QByteArray &) { };
    return std::make_unique<RealServices>(std::move(binding));
}

} // namespace linchpin
