// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/sipmessage.h"

#include <QByteArray>
#include <QHash>
#include <QList>

#include <optional>

namespace linchpin::sip {

/// Client transactions over a reliable transport: which request a response answers, once. RFC 3261
/// 17.1 without retransmission (TCP and TLS do that). Pure: the caller keeps the clocks.
class TransactionMachine {
public:
    using Id = quint64;

    struct Match {
        Id id = 0;
        bool finished = false; ///< a final response: the transaction is over
    };

    /// Remembers a request that is about to be sent.
    Id begin(const SipMessage &request);
    /// The transaction a response belongs to. A second final response matches nothing: the caller
    /// acknowledges a repeated 2xx to INVITE by itself.
    std::optional<Match> receive(const SipMessage &response);
    /// Its time is up, or nobody waits any more. False when it was over already.
    bool end(Id id);
    /// Everything that waits, in the order it was begun; nothing waits afterwards.
    QList<Id> endAll();
    qsizetype count() const { return m_waiting.size(); }

private:
    QHash<QByteArray, Id> m_waiting; ///< by Call-ID and CSeq
    Id m_last = 0;
};

} // namespace linchpin::sip
