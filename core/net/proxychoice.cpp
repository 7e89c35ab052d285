// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/proxychoice.h"

#include <QHostAddress>
#include <QNetworkProxyFactory>
#include <QNetworkProxyQuery>
#include <QtConcurrent>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QNetworkProxy explicitProxy(const ProxySettings &settings)
{
    const auto type = settings.type == ProxySettings::Type::Http ? QNetworkProxy::HttpProxy
        : settings.type == ProxySettings::Type::Socks5           ? QNetworkProxy::Socks5Proxy
                                                                 : QNetworkProxy::NoProxy;
    // HttpProxy and Socks5Proxy look names up at the proxy (HostNameLookupCapability).
    return type == QNetworkProxy::NoProxy
        ? QNetworkProxy(type)
        : QNetworkProxy(type, settings.host, settings.port, settings.login, settings.password);
}

QNetworkProxy systemProxy(const QNetworkProxyQuery &query)
{
    const QList<QNetworkProxy> found = QNetworkProxyFactory::systemProxyForQuery(query);
    for (const QNetworkProxy &proxy : found) {
        if (proxy.type() == QNetworkProxy::NoProxy || proxy.type() == QNetworkProxy::HttpProxy
            || proxy.type() == QNetworkProxy::Socks5Proxy) {
            return proxy;
        }
    }
    return QNetworkProxy(QNetworkProxy::NoProxy);
}

class AccountProxyFactory : public QNetworkProxyFactory {
public:
    explicit AccountProxyFactory(ProxySettings settings)
        : m_settings(std::move(settings))
    {
    }

    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        if (m_settings.type != ProxySettings::Type::System) {
            return { explicitProxy(m_settings) };
        }
        if (isLoopback(query.peerHostName())) {
            return { QNetworkProxy(QNetworkProxy::NoProxy) };
        }
        return { systemProxy(query) };
    }

private:
    ProxySettings m_settings;
};

} // namespace

ProxySettings proxyFromSettings(const SettingValues &settings, const QString &password)
{
    ProxySettings proxy;
    const QString type = settings.text(u"proxy-type"_s);
    proxy.type = type == "none"_L1 ? ProxySettings::Type::None
        : type == "http"_L1        ? ProxySettings::Type::Http
        : type == "socks5"_L1      ? ProxySettings::Type::Socks5
                                   : ProxySettings::Type::System;
    if (proxy.type == ProxySettings::Type::Http || proxy.type == ProxySettings::Type::Socks5) {
        proxy.host = settings.text(u"proxy-host"_s);
        proxy.port = settings.port(u"proxy-port"_s);
        if (proxy.port == 0) {
            proxy.port = proxy.type == ProxySettings::Type::Http ? 3128 : 1080;
        }
        proxy.login = settings.text(u"proxy-login"_s);
        proxy.password = password;
    }
    return proxy;
}

bool isLoopback(const QString &host)
{
    const QHostAddress address(host);
    return address.isNull() ? host.compare("localhost"_L1, Qt::CaseInsensitive) == 0
            || host.endsWith(".localhost"_L1, Qt::CaseInsensitive)
                            : address.isLoopback();
}

Async<QNetworkProxy> proxyFor(
    const ProxySettings &settings, const QString &host, quint16 port, QObject *context)
{
    if (settings.type != ProxySettings::Type::System) {
        return ready<QNetworkProxy>(explicitProxy(settings));
    }
    if (isLoopback(host)) {
        return ready<QNetworkProxy>(QNetworkProxy(QNetworkProxy::NoProxy));
    }
    const QNetworkProxyQuery query(host, port);
    return QtConcurrent::run([query] {
        return systemProxy(query);
    }).then(context, [](const QNetworkProxy &proxy) { return Result<QNetworkProxy>(proxy); });
}

std::unique_ptr<QNetworkProxyFactory> proxyFactory(const ProxySettings &settings)
{
    return std::make_unique<AccountProxyFactory>(settings);
}

} // namespace linchpin
