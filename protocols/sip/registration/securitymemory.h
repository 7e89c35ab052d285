// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/discovery/srvcandidates.h"

#include <QByteArray>
#include <QList>

namespace linchpin::sip {

/// How strong a scheme is beside the others; 0 for one that is not known.
int strengthOf(QByteArrayView scheme);

/// How well signing in was protected before, server by server: a server that offers less one day
/// may be somebody else. A value; kept with the account as text.
class SecurityMemory {
public:
    /// What cannot be read counts as nothing.
    static SecurityMemory fromState(const QByteArray &state);
    QByteArray toState() const;

    /// The scheme signing in worked with.
    void remember(const Candidate &server, const QByteArray &scheme);
    void forget(const Candidate &server);
    /// The scheme that worked there the last time; empty where none did.
    QByteArray schemeAt(const Candidate &server) const;
    /// Signing in worked through TLS, anywhere.
    bool wasEncrypted() const;

private:
    struct Entry {
        QString host;
        quint16 port = 0;
        bool tls = true;
        QByteArray scheme;
    };
    QList<Entry> m_entries; ///< the newest last
};

} // namespace linchpin::sip
