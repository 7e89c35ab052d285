// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/doctorcheck.h"
#include "protocols/sip/discovery/srvcandidates.h"
#include "protocols/sip/doctor/sipprobe.h"

#include <QList>

#include <chrono>
#include <optional>

namespace linchpin::sip {

// What answers to the doctor's questions mean. Pure: answers in, findings out.

/// A question and what came back.
struct Probed {
    ProbeQuestion question;
    ProbeAnswer answer;
};

/// Codes after which a question may help.
bool mayBeAnotherServer(const QString &code); ///< records may name a better one
bool mayBeAnotherPort(const QString &code);
bool mayBeTheScheme(const QString &code);
bool mayBeTheUserAgent(const QString &code);

/// Where else, and how else, the host may speak SIP: what failed first, encrypted ways before open
/// ones. `failed` is among them only in another security.
QList<ProbeQuestion> otherPorts(const Candidate &failed, const QString &address);

/// A port where the server set by hand does answer, in the words of the failure; nothing where none
/// does. Never proposes to give up encryption.
std::optional<Finding> judgePorts(
    const Candidate &failed, const QList<Probed> &probed, const Error &failure);

/// The records of the domain name a server that answers, and the one set by hand does not.
std::optional<Finding> judgeRecords(
    const Probed &named, const QString &record, const Error &failure);
/// No SIP record, but records of an XMPP server: the account is of another kind.
std::optional<Finding> judgeForeignRecord(const QString &record, const QString &domain);

/// A User-Agent that passes; or that none of those asked does.
std::optional<Finding> judgeUserAgents(const QList<Probed> &probed, const Error &failure);

/// The schemes offered, and the clock: as steps to show. A clock that is off is Failed where
/// signing in failed by a scheme that looks at it.
QList<Finding> judgeSchemes(
    const Probed &probed, const QDateTime &now, const Error &failure, bool kerberosWanted);

/// Of `_sipfederationtls._tcp`: no record, a port or a target other servers refuse.
Finding judgeFederationRecord(const QString &domain, const QList<SrvTarget> &targets);
/// What connecting to the federation port came to; without an error it worked.
Finding judgeFederationPort(const SrvTarget &target, const std::optional<Error> &failure);
/// What TLS there came to. Federation servers want a certificate of their partner: that they break
/// off for want of one is as it should be.
Finding judgeFederationTls(const SrvTarget &target, const std::optional<Error> &failure);
/// gmail.com and googlemail.com are the same people under two names; nothing for other domains.
std::optional<Finding> judgePartnerNames(const QString &domain);

} // namespace linchpin::sip
