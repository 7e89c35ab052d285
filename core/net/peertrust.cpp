// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/peertrust.h"

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLongestChain = 10;

} // namespace

std::optional<Error> PeerTrust::judge(const QList<QSslError> &errors,
    const QList<QSslCertificate> &chain, const AskedPeer &asked) const
{
    const QString where = u"%1:%2"_s.arg(asked.host).arg(asked.port);
    const QSslCertificate peer = chain.value(0);
    const CertificatePolicy::Judgement judgement = policy.judge(errors, peer, asked.name, where);
    if (!judgement.doubt) {
        if (accepted) {
            accepted(policy.service(), asked.name, judgement.usesException);
        }
        return std::nullopt;
    }
    if (refused) {
        RefusedCase told;
        told.peer.host = asked.host;
        told.peer.port = asked.port;
        told.peer.expectedName = asked.name;
        told.peer.error = *judgement.doubt;
        for (const QSslCertificate &certificate :
            chain.first(std::min(chain.size(), kLongestChain))) {
            told.peer.chain.append(certificate.toDer());
        }
        told.service = policy.service();
        told.before = judgement.before;
        told.pinned = policy.pinned();
        told.isNever = judgement.isNever;
        refused(told);
    }
    return judgement.doubt;
}

} // namespace linchpin
