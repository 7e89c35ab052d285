// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/sessionservices.h"

#include <optional>

class QSslError;

namespace linchpin {

/// What services may be beside SessionServices, for libraries with sockets of their own: the
/// account's own rules about certificates, with everything its user has decided. To be asked for by
/// dynamic_cast, since not everything that stands in for services has decisions to offer.
class LINCHPIN_SDK_EXPORT PeerJudge {
public:
    virtual ~PeerJudge();

    /// Whether to go on with a TLS peer: nothing (errors may be ignored), or why not; it counts as
    /// peerRefused() then. `peer` has everything but its error. `errors` are all that were found,
    /// also when asked a second time after the handshake. Without any it has to be asked as well:
    /// a pinned certificate refuses every other one.
    virtual std::optional<Error> judgePeer(const RefusedPeer &peer, const QList<QSslError> &errors)
        = 0;
};

} // namespace linchpin
