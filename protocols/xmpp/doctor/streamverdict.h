// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "protocols/xmpp/doctor/streamwalk.h"

/// What a StreamReport means, in the doctor's words. Pure.
namespace linchpin::xmpp {

/// "a web server (HTTP)", translated; empty for XMPP and silence.
QString speakerName(Speaker speaker);

/// The peer said `<stream:error/>`. `domain` is the one the stream was opened to.
Error streamFaultError(const StreamFault &fault, const QString &where, const QString &domain);

/// Why the stream of `report` was not answered as an XMPP server does, or nothing. Says nothing of
/// lines and TLS (StreamReport::error).
std::optional<Error> answerError(
    const StreamReport &report, const QString &where, const QString &domain);

/// STARTTLS is needed and not offered, or was refused although it was offered.
Error noStartTlsError(const StreamReport &report, const QString &where, bool offeredBefore);

/// What of `offered` can be signed in with: nothing, or why not. `allowed` are the mechanisms the
/// account may use, `chosen` the one set by hand (empty: automatic). `onlyScram`: this server
/// offered SCRAM before, and what is less is refused.
std::optional<Error> mechanismError(
    const QStringList &offered, const QStringList &allowed, const QString &chosen, bool onlyScram);

} // namespace linchpin::xmpp
