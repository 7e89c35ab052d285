// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/hostresolver.h"

#include "core/net/neterrors.h"
#include "core/net/proxychoice.h"

#include <QDnsLookup>
#include <QHostInfo>

#include <memory>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kMostAddresses = 16;

/// A and AAAA asked of a given name server.
Async<QList<QHostAddress>> askServer(
    const QString &host, const NameServer &server, QObject *context)
{
    struct State {
        QList<QHostAddress> found;
        QString words;
        int pending = 2;
        Answer<QList<QHostAddress>> answer;
    };
    const auto state = std::make_shared<State>();
    for (const QDnsLookup::Type type : { QDnsLookup::AAAA, QDnsLookup::A }) {
        auto *const lookup = new QDnsLookup(type, host, server.address, server.port, context);
        QObject::connect(lookup, &QDnsLookup::finished, lookup, [lookup, state, host] {
            lookup->deleteLater();
            const QList<QDnsHostAddressRecord> records = lookup->hostAddressRecords();
            for (const QDnsHostAddressRecord &record : records) {
                state->found.append(record.value());
            }
            if (lookup->error() != QDnsLookup::NoError) {
                state->words = lookup->errorString();
            }
            if (--state->pending > 0) {
                return;
            }
            if (state->found.isEmpty()) {
                state->answer.fail(networkError(u"name-not-found"_s, host, state->words));
            } else {
                state->answer.give(interleaved(state->found));
            }
        });
        lookup->lookup();
    }
    return state->answer.future();
}

} // namespace

QList<QHostAddress> interleaved(const QList<QHostAddress> &addresses)
{
    QList<QHostAddress> first;
    QList<QHostAddress> second;
    for (const QHostAddress &address : addresses) {
        const bool isOfFirst
            = first.isEmpty() || first.constFirst().protocol() == address.protocol();
        QList<QHostAddress> &family = isOfFirst ? first : second;
        if (!family.contains(address)) {
            family.append(address);
        }
    }
    QList<QHostAddress> mixed;
    for (qsizetype i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size()) {
            mixed.append(first.at(i));
        }
        if (i < second.size()) {
            mixed.append(second.at(i));
        }
    }
    return mixed.first(std::min(mixed.size(), kMostAddresses));
}

Async<QList<QHostAddress>> resolveHost(
    const QString &host, const NameServer &server, QObject *context)
{
    QString literal = host;
    if (literal.startsWith(u'[') && literal.endsWith(u']')) {
        literal = literal.mid(1, literal.size() - 2);
    }
    const QHostAddress address(literal);
    if (!address.isNull()) {
        return ready<QList<QHostAddress>>(QList<QHostAddress> { address });
    }
    if (isLoopback(host)) { // RFC 6761 §6.3: not a question for any name server
        return ready<QList<QHostAddress>>(QList<QHostAddress> {
            QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6) });
    }
    if (!server.isNull()) {
        return askServer(host, server, context);
    }
    const Answer<QList<QHostAddress>> answer;
    QHostInfo::lookupHost(host, context, [answer, host](const QHostInfo &info) {
        if (info.error() != QHostInfo::NoError || info.addresses().isEmpty()) {
            answer.fail(networkError(u"name-not-found"_s, host, info.errorString()));
        } else {
            answer.give(interleaved(info.addresses()));
        }
    });
    return answer.future();
}

} // namespace linchpin
