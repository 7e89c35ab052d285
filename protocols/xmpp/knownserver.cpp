// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/knownserver.h"

#include <QByteArrayList>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

QString KnownServer::stateKey()
{
    return u"known-server"_s;
}

KnownServer KnownServer::fromState(const QByteArray &state)
{
    const QByteArrayList words = state.first(std::min<qsizetype>(state.size(), 100)).split(' ');
    return { .tls = words.contains("tls"), .scram = words.contains("scram") };
}

QByteArray KnownServer::toState() const
{
    QByteArrayList words;
    if (tls) {
        words.append("tls"_ba);
    }
    if (scram) {
        words.append("scram"_ba);
    }
    return words.join(' ');
}

} // namespace linchpin::xmpp
