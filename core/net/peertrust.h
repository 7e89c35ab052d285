// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/net/certificatepolicy.h"
#include "core/net/truststore.h"

#include <functional>

namespace linchpin {

/// Which peer was asked for.
struct AskedPeer {
    QString host; ///< connected to
    quint16 port = 0;
    QString name; ///< that the certificate has to carry
};

/// The rules of one connection's certificates, and who is told what came of them.
struct PeerTrust {
    CertificatePolicy policy;
    std::function<void(const RefusedCase &refused)> refused = {};
    std::function<void(TrustService service, const QString &name, bool needsException)> accepted
        = {};

    /// Why not to go on with this peer, or nothing; tells the listeners. `chain` has the peer's own
    /// certificate first.
    std::optional<Error> judge(const QList<QSslError> &errors, const QList<QSslCertificate> &chain,
        const AskedPeer &asked) const;
};

} // namespace linchpin
