// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/connectionplan.h"

#include <QNetworkProxyFactory>
#include <QNetworkProxyQuery>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::xmpp {

namespace {

constexpr quint16 kStartTlsPort = 5222;
constexpr quint16 kDirectTlsPort = 5223;
// Servers and firewalls drop lines that are silent for some minutes; every ping wakes the machine.
constexpr std::chrono::seconds kPingEvery = 4min;
constexpr std::chrono::seconds kPingLimit = 30s;

Security securityOf(const QString &word)
{
    if (word == "starttls"_L1) {
        return Security::StartTls;
    }
    if (word == "tls"_L1) {
        return Security::Tls;
    }
    return word == "plain"_L1 ? Security::Plain : Security::Auto;
}

QSsl::SslProtocol oldestTls(const QString &word)
{
    if (word == "1.3"_L1) {
        return QSsl::TlsV1_3OrLater;
    }
    QT_WARNING_PUSH
    QT_WARNING_DISABLE_DEPRECATED
    if (word == "1.1"_L1) { // by explicit exception, for a server that has nothing newer
        return QSsl::TlsV1_1OrLater;
    }
    if (word == "1.0"_L1) {
        return QSsl::TlsV1_0OrLater;
    }
    QT_WARNING_POP
    return QSsl::TlsV1_2OrLater;
}

bool isAutomatic(const ConnectionSettings &settings)
{
    return settings.auth.isEmpty() || settings.auth == "auto"_L1;
}

bool isRefusal(const QList<ServiceRecord> &records)
{
    return records.size() == 1
        && (records.first().target.isEmpty() || records.first().target == "."_L1);
}

} // namespace

QString ConnectionSettings::domain() const
{
    return address.section(u'@', -1);
}

ConnectionSettings connectionSettings(const SettingValues &values)
{
    ConnectionSettings out;
    out.address = values.text(u"address"_s).trimmed().section(u'/', 0, 0).toLower();
    out.login = values.text(u"login"_s).trimmed();
    out.server = values.text(u"server"_s).trimmed();
    out.port = values.port(u"port"_s);
    out.security = securityOf(values.text(u"connection"_s));
    out.auth = values.text(u"auth"_s);
    out.resource = values.text(u"resource"_s).trimmed();
    bool ok = false;
    const int priority = values.text(u"priority"_s).toInt(&ok);
    out.priority = ok ? std::clamp(priority, -128, 127) : 5;
    out.rooms = values.list(u"rooms"_s);
    out.caFile = values.text(u"ca-file"_s);
    QString pin = values.text(u"pinned-certificate"_s);
    pin.remove(u':').remove(u' ');
    out.pin = QByteArray::fromHex(pin.toLatin1());
    out.oldestTls = oldestTls(values.text(u"minimum-tls"_s));
    return out;
}

bool needsLookup(const ConnectionSettings &settings)
{
    return settings.server.isEmpty() && settings.port == 0;
}

QList<Candidate> candidates(const ConnectionSettings &settings, const QList<ServiceRecord> &direct,
    const QList<ServiceRecord> &startTls)
{
    const bool mayDirect
        = settings.security == Security::Auto || settings.security == Security::Tls;
    const bool mayStart = settings.security != Security::Tls;
    const auto port = [&](quint16 standard) { return settings.port ? settings.port : standard; };

    if (!needsLookup(settings)) {
        const QString host = settings.server.isEmpty() ? settings.domain() : settings.server;
        if (settings.security == Security::Tls) {
            return { { host, port(kDirectTlsPort), true } };
        }
        const bool knownDirect
            = settings.security == Security::Auto && settings.port == kDirectTlsPort;
        return { { host, port(kStartTlsPort), knownDirect } };
    }

    struct Weighed {
        Candidate candidate;
        quint16 priority;
    };
    QList<Weighed> found;
    if (mayDirect && !isRefusal(direct)) {
        for (const ServiceRecord &record : direct) {
            found.append({ { record.target, record.port, true,
                               u"_xmpps-client._tcp."_s + settings.domain() },
                record.priority });
        }
    }
    if (mayStart && !isRefusal(startTls)) {
        for (const ServiceRecord &record : startTls) {
            found.append({ { record.target, record.port, false,
                               u"_xmpp-client._tcp."_s + settings.domain() },
                record.priority });
        }
    }
    std::ranges::stable_sort(found, {}, &Weighed::priority);
    QList<Candidate> out;
    for (const Weighed &weighed : std::as_const(found)) {
        Candidate candidate = weighed.candidate;
        if (candidate.host.endsWith(u'.')) {
            candidate.host.chop(1);
        }
        out.append(candidate);
    }
    if (!out.isEmpty() || isRefusal(startTls)) {
        return out;
    }
    // RFC 6120 §3.2.2: without records the domain itself. One that has no TLS from the first byte
    // (XEP-0368) may still have STARTTLS.
    if (mayStart) {
        out.append({ settings.domain(), kStartTlsPort, false });
    }
    if (mayDirect && !isRefusal(direct)) {
        out.append({ settings.domain(), kDirectTlsPort, true });
    }
    return out;
}

QStringList saslMechanisms()
{
    return { u"SCRAM-SHA3-512"_s, u"SCRAM-SHA-512"_s, u"SCRAM-SHA-256"_s, u"SCRAM-SHA-1"_s,
        u"DIGEST-MD5"_s, u"PLAIN"_s };
}

QStringList allowedMechanisms(const ConnectionSettings &settings)
{
    if (!isAutomatic(settings)) {
        return { settings.auth };
    }
    QStringList allowed = saslMechanisms();
    // The password itself only ever goes over TLS, unless asked for by name.
    if (settings.security == Security::Plain || settings.known.scram) {
        allowed.removeAll(u"PLAIN"_s);
    }
    if (settings.known.scram) {
        allowed.removeAll(u"DIGEST-MD5"_s);
    }
    for (const QString &broken : settings.brokenMechanisms) {
        allowed.removeAll(broken);
    }
    return allowed;
}

QXmppConfiguration configuration(const ConnectionSettings &settings, const Candidate &candidate,
    const QString &password, const QNetworkProxy &proxy)
{
    QXmppConfiguration out;
    out.setDomain(settings.domain());
    out.setUser(settings.login.isEmpty() ? settings.address.section(u'@', 0, 0) : settings.login);
    out.setPassword(password);
    out.setResource(settings.resource);
    out.setHost(candidate.host);
    out.setPort(candidate.port);
    out.setNetworkProxy(proxy);
    if (candidate.directTls) {
        out.setStreamSecurityMode(QXmppConfiguration::LegacySSL);
    } else if (settings.security == Security::Plain) {
        out.setStreamSecurityMode(QXmppConfiguration::TLSDisabled);
    } else {
        out.setStreamSecurityMode(QXmppConfiguration::TLSRequired);
    }
    out.setAutoReconnectionEnabled(false); // core's ReconnectPolicy does that
    out.setIgnoreSslErrors(false);
    out.setUseNonSASLAuthentication(false);
    // With SASL 2 and Bind 2 the server invents the resource, against the `resource` setting.
    out.setUseSasl2Authentication(false);
    out.setUseFastTokenAuthentication(false);
    out.setKeepAliveInterval(static_cast<int>(kPingEvery.count()));
    out.setKeepAliveTimeout(static_cast<int>(kPingLimit.count()));

    if (!isAutomatic(settings)) {
        out.setSaslAuthMechanism(settings.auth);
    }
    // QXmpp takes the setting for a wish: leave no other.
    QStringList disabled = saslMechanisms() + QStringList { u"ANONYMOUS"_s, u"X-OAUTH2"_s };
    for (const QString &mechanism : allowedMechanisms(settings)) {
        disabled.removeAll(mechanism);
    }
    out.setDisabledSaslMechanisms(disabled);
    return out;
}

QNetworkProxy toNetworkProxy(const ProxySettings &proxy, const Candidate &candidate)
{
    switch (proxy.type) {
    case ProxySettings::Type::None:
        return QNetworkProxy(QNetworkProxy::NoProxy);
    case ProxySettings::Type::System: {
        const auto found = QNetworkProxyFactory::systemProxyForQuery(
            QNetworkProxyQuery(candidate.host, candidate.port));
        return found.isEmpty() ? QNetworkProxy(QNetworkProxy::NoProxy) : found.first();
    }
    case ProxySettings::Type::Http:
        return { QNetworkProxy::HttpProxy, proxy.host, proxy.port, proxy.login, proxy.password };
    case ProxySettings::Type::Socks5:
        return { QNetworkProxy::Socks5Proxy, proxy.host, proxy.port, proxy.login, proxy.password };
    }
    return QNetworkProxy(QNetworkProxy::NoProxy);
}

} // namespace linchpin::xmpp
