// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/transaction/transactionmachine.h"

#include "protocols/sip/wire/sipheader.h"

#include <algorithm>

namespace linchpin::sip {

namespace {

/// Call-ID, number and method: on one connection as good as the Via branch, and some servers of
/// this family drop the branch.
QByteArray key(const SipMessage &message)
{
    const auto cseq = parseCSeq(message.header("CSeq"));
    if (!cseq) {
        return {};
    }
    return message.header("Call-ID") + '\n' + QByteArray::number(cseq->number) + '\n'
        + cseq->method;
}

} // namespace

TransactionMachine::Id TransactionMachine::begin(const SipMessage &request)
{
    m_waiting.insert(key(request), ++m_last);
    return m_last;
}

std::optional<TransactionMachine::Match> TransactionMachine::receive(const SipMessage &response)
{
    const auto found = m_waiting.constFind(key(response));
    if (!response.isResponse() || found == m_waiting.constEnd()) {
        return std::nullopt;
    }
    const Match match { *found, response.isFinal() };
    if (match.finished) {
        m_waiting.erase(found);
    }
    return match;
}

bool TransactionMachine::end(Id id)
{
    return m_waiting.removeIf([id](const auto &entry) { return entry.value() == id; }) > 0;
}

QList<TransactionMachine::Id> TransactionMachine::endAll()
{
    QList<Id> ids = m_waiting.values();
    std::ranges::sort(ids);
    m_waiting.clear();
    return ids;
}

} // namespace linchpin::sip
