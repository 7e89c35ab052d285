// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/sessionservices.h"

#include <QMap>
#include <QSet>

#include <functional>

namespace linchpin {

/// What to ask the network about a domain, all at once and without signing in to anything.
struct NetworkQuestions {
    QStringList records; ///< SRV names
    QList<HttpRequest> pages;
    QList<Endpoint> doors; ///< whether something answers there; nothing is sent
    std::chrono::milliseconds limit = std::chrono::seconds(9);
};

/// What came back so far. A question without an answer in here was answered with nothing, or not in
/// time.
struct NetworkAnswers {
    QMap<QString, QList<ServiceRecord>> records; ///< by name; only those that exist
    QMap<QUrl, HttpReply> pages; ///< by what was asked; any status
    QSet<QString> openDoors; ///< "host:port"
    int pending = 0; ///< questions that are still open
    int pendingRecords = 0;
};

LINCHPIN_SDK_EXPORT QString doorName(const QString &host, quint16 port);
LINCHPIN_SDK_EXPORT Endpoint door(const QString &host, quint16 port); ///< not encrypted

/// For ProtocolPlugin::discover(). Answers when all is answered, when `isEnough` says so, or after
/// the limit; errors only with `cancelled`. `services` are not used any more once the first call
/// has returned, but have to live until it answers.
LINCHPIN_SDK_EXPORT Async<NetworkAnswers> askNetwork(SessionServices &services,
    const NetworkQuestions &questions, std::function<bool(const NetworkAnswers &)> isEnough = {});

} // namespace linchpin
