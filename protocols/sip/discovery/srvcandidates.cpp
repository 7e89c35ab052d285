// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/discovery/srvcandidates.h"

#include <QByteArrayList>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr quint16 tlsPort = 5061;
constexpr quint16 tcpPort = 5060;
constexpr quint16 edgePort = 443; // Access Edge servers listen there for clients behind firewalls

struct SrvName {
    QLatin1StringView prefix;
    bool tls;
};
constexpr std::array<SrvName, 4> srvOrder { {
    { "_sipinternaltls._tcp."_L1, true },
    { "_sipinternal._tcp."_L1, false },
    { "_sip._tls."_L1, true },
    { "_sip._tcp."_L1, false },
} };

bool wanted(ConnectionChoice choice, bool tls)
{
    return choice == ConnectionChoice::Auto || (choice == ConnectionChoice::Tls) == tls;
}

std::pair<QString, quint16> splitHost(const QString &text)
{
    const QString server = text.trimmed();
    if (server.startsWith(u'[')) {
        const qsizetype close = server.indexOf(u']');
        if (close > 0) {
            const QString rest = server.sliced(close + 1);
            return { server.sliced(1, close - 1),
                rest.startsWith(u':') ? rest.sliced(1).toUShort() : quint16(0) };
        }
    }
    if (server.count(u':') == 1) {
        const qsizetype colon = server.indexOf(u':');
        return { server.first(colon), server.sliced(colon + 1).toUShort() };
    }
    return { server, quint16(0) }; // a name, or an IPv6 address without brackets
}

void add(QList<Candidate> &list, const Candidate &candidate)
{
    if (!list.contains(candidate)) {
        list.append(candidate);
    }
}

} // namespace

QStringList srvNames(const ServerSettings &settings)
{
    QStringList names;
    if (settings.server.trimmed().isEmpty()) {
        for (const SrvName &name : srvOrder) {
            if (wanted(settings.connection, name.tls)) {
                names.append(name.prefix + settings.domain);
            }
        }
    }
    return names;
}

QList<Candidate> candidates(const ServerSettings &settings,
    const QMap<QString, QList<SrvTarget>> &records, const QList<SrvTarget> &autodiscovered)
{
    const bool tls = settings.connection != ConnectionChoice::Plain;
    const quint16 defaultPort = settings.port != 0 ? settings.port : tls ? tlsPort : tcpPort;
    QList<Candidate> list;
    if (!settings.server.trimmed().isEmpty()) {
        const auto [host, port] = splitHost(settings.server);
        const quint16 chosen = settings.port != 0 ? settings.port : port != 0 ? port : defaultPort;
        add(list, { host, chosen, tls, Candidate::Source::Manual });
        // A port that was not asked for, or that is the one without TLS by custom.
        if (tls && settings.port == 0 && port == 0) {
            add(list, { host, edgePort, true, Candidate::Source::Manual });
        } else if (settings.connection == ConnectionChoice::Auto && chosen == tcpPort) {
            add(list, { host, tlsPort, true, Candidate::Source::Manual });
        }
        return list;
    }
    if (tls) {
        for (const SrvTarget &target : autodiscovered) {
            add(list, { target.host, target.port, true, Candidate::Source::Autodiscover });
        }
    }
    bool refused = false;
    for (const SrvName &name : srvOrder) {
        if (!wanted(settings.connection, name.tls)) {
            continue;
        }
        for (const SrvTarget &target : records.value(name.prefix + settings.domain)) {
            if (target.host == "."_L1) {
                refused = true;
            } else {
                add(list, { target.host, target.port, name.tls, Candidate::Source::Srv });
            }
        }
    }
    if (list.isEmpty() && refused) {
        return list;
    }
    const auto guess = [&](const QString &host, quint16 port) {
        add(list,
            { host, settings.port != 0 ? settings.port : port, tls, Candidate::Source::Guess });
    };
    guess(u"sipinternal."_s + settings.domain, defaultPort);
    guess(u"sipexternal."_s + settings.domain, tls ? edgePort : tcpPort);
    guess(u"sip."_s + settings.domain, tls ? edgePort : tcpPort);
    guess(u"sip."_s + settings.domain, defaultPort);
    guess(settings.domain, defaultPort);
    return list;
}

QByteArray rememberedServer(const ServerSettings &settings, const Candidate &candidate)
{
    using enum Candidate::Source;
    if (candidate.source == Manual || candidate.source == Redirect) {
        return {};
    }
    return QByteArrayList { settings.domain.toUtf8(), candidate.host.toUtf8(),
        QByteArray::number(candidate.port), candidate.tls ? "tls"_ba : "tcp"_ba }
        .join(' ');
}

std::optional<Candidate> fromRemembered(const ServerSettings &settings, const QByteArray &kept)
{
    const QByteArrayList parts = kept.split(' ');
    if (parts.size() != 4 || !settings.server.trimmed().isEmpty()
        || QString::fromUtf8(parts.at(0)) != settings.domain) {
        return std::nullopt;
    }
    const Candidate candidate { QString::fromUtf8(parts.at(1)), parts.at(2).toUShort(),
        parts.at(3) == "tls", Candidate::Source::Remembered };
    const bool fits = !candidate.host.isEmpty() && candidate.port != 0
        && wanted(settings.connection, candidate.tls)
        && (settings.port == 0 || settings.port == candidate.port);
    return fits ? std::optional(candidate) : std::nullopt;
}

} // namespace linchpin::sip
