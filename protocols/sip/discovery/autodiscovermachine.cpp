// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/discovery/autodiscovermachine.h"

#include "protocols/sip/discovery/retiredservice.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/webservices/soapfault.h"
#include "protocols/sip/webservices/webanswer.h"

#include <QUrlQuery>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

constexpr int mostHops = 10;
constexpr auto answerLimit = 8s; ///< most domains have no such host, or one that never answers
constexpr qint64 largestAnswer = qint64 { 256 } << 10;
constexpr std::array<QLatin1StringView, 2> hosts { "lyncdiscoverinternal."_L1, "lyncdiscover."_L1 };

} // namespace

AutodiscoverMachine::AutodiscoverMachine(AutodiscoverConfig config)
    : m_config(std::move(config))
{
}

bool AutodiscoverMachine::isOfDomain(const QString &host) const
{
    const QString name = host.toLower();
    return name == m_config.domain || name.endsWith(u'.' + m_config.domain);
}

QUrl AutodiscoverMachine::withAddress(QUrl url) const
{
    QUrlQuery query(url);
    if (!query.hasQueryItem(u"sipuri"_s)) {
        query.addQueryItem(u"sipuri"_s, m_config.address);
        url.setQuery(query);
    }
    return url;
}

AutodiscoverMachine::Chain *AutodiscoverMachine::chain(int id)
{
    for (Chain &candidate : m_chains) {
        if (candidate.id == id && candidate.open) {
            return &candidate;
        }
    }
    return nullptr;
}

QList<DiscoveryStep> AutodiscoverMachine::start()
{
    if (!m_config.url.isEmpty()) {
        m_nextHost = int(hosts.size());
        m_chains.reserve(1);
        if (isSecure(m_config.url)) {
            return begin(m_config.url);
        }
        m_trouble
            = discoveryFailed(m_config.domain, u"%1: not https"_s.arg(m_config.url.toString()));
        return done({});
    }
    return nextHost();
}

QList<DiscoveryStep> AutodiscoverMachine::nextHost()
{
    m_chains.clear();
    if (m_nextHost >= int(hosts.size())) {
        return done({});
    }
    const QString host = hosts.at(std::size_t(m_nextHost++)) + m_config.domain;
    m_chains.reserve(2);
    Steps steps = begin(QUrl(u"https://%1/"_s.arg(host)));
    steps += begin(QUrl(u"http://%1/"_s.arg(host)));
    return steps;
}

QList<DiscoveryStep> AutodiscoverMachine::begin(const QUrl &url)
{
    Chain &chain = m_chains.emplace_back();
    chain.id = ++m_lastId;
    chain.authentic = isSecure(url);
    return fetch(chain, withAddress(url));
}

QList<DiscoveryStep> AutodiscoverMachine::fetch(
    Chain &chain, const QUrl &url, const QByteArray &assertion)
{
    chain.url = url;
    chain.visited.insert(url);
    chain.withTicket = !assertion.isEmpty();
    HttpRequest request;
    request.url = url;
    request.limit = answerLimit;
    request.maximumSize = largestAnswer;
    request.headers.append(
        { "Accept"_ba, "application/vnd.microsoft.rtc.autodiscover+xml;v=1"_ba });
    if (!m_config.userAgent.isEmpty()) {
        request.headers.append({ "User-Agent"_ba, m_config.userAgent });
    }
    if (chain.withTicket) {
        request.headers.append({ "X-MS-WebTicket"_ba, "opaque=" + assertion.toBase64() });
    }
    return { discoverystep::Fetch { chain.id, request } };
}

QList<DiscoveryStep> AutodiscoverMachine::follow(Chain &chain, const QUrl &url)
{
    const QUrl target = withAddress(url);
    if (const auto retired = retiredService(url.host(), chain.url.host())) {
        m_trouble = retired;
        return fail(chain);
    }
    const bool believed = isSecure(url) && (chain.authentic || isOfDomain(url.host()));
    if (!believed) {
        return fail(chain, u"leads to %1, which is not believed"_s.arg(url.toDisplayString()));
    }
    if (++chain.hops > mostHops || chain.visited.contains(target)) {
        return fail(chain, u"leads in a circle"_s);
    }
    m_leader = chain.id;
    return fetch(chain, target);
}

QList<DiscoveryStep> AutodiscoverMachine::answered(int id, const Result<HttpReply> &reply)
{
    Chain *at = m_done ? nullptr : chain(id);
    if (at == nullptr) {
        return {};
    }
    if (m_leader != 0 && m_leader != id) {
        at->held = reply;
        return {};
    }
    return read(*at, reply);
}

QList<DiscoveryStep> AutodiscoverMachine::read(Chain &chain, const Result<HttpReply> &reply)
{
    if (!reply) {
        // Hosts that are not there, or stand for everything in a domain, are ordinary; a chain that
        // led somewhere has a broken end.
        const bool telling = chain.hops > 0 || !m_config.url.isEmpty();
        return fail(
            chain, telling ? u"%1 (%2)"_s.arg(reply.error().title, reply.error().code) : QString());
    }
    if (isRedirect(*reply)) {
        return follow(chain, chain.url.resolved(QUrl::fromEncoded(headerOf(*reply, "Location"))));
    }
    if (reply->status == 401 && !chain.withTicket && isSecure(chain.url)) {
        const QUrl service = QUrl::fromEncoded(headerOf(*reply, "X-MS-WebTicketURL"));
        if (!isSecure(service) || (!chain.authentic && !isOfDomain(service.host()))) {
            return fail(chain, u"names no ticket service to be believed"_s);
        }
        m_leader = chain.id;
        return { discoverystep::NeedTicket { chain.id, service, chain.url } };
    }
    const auto answer
        = reply->status == 200 ? parseAutodiscover(reply->body) : std::unexpected(DocumentError {});
    if (!answer) {
        const bool telling = chain.hops > 0 || !m_config.url.isEmpty();
        return fail(chain, telling ? webWords(*reply) : QString());
    }
    if (!answer->redirect.isEmpty()) {
        return follow(chain, answer->redirect);
    }
    if (!isSecure(chain.url)) {
        return fail(chain); // anyone could have answered this
    }
    if (const auto servers = answer->servers(); !servers.isEmpty()) {
        return done(servers);
    }
    return follow(chain, answer->user);
}

QList<DiscoveryStep> AutodiscoverMachine::ticket(int id, const Result<QByteArray> &assertion)
{
    Chain *at = m_done ? nullptr : chain(id);
    if (at == nullptr) {
        return {};
    }
    if (!assertion) {
        return assertion.error().code == u"wrong-password"
            ? done({}, assertion.error())
            : fail(*at,
                  u"%1 (%2) %3"_s.arg(
                      assertion.error().title, assertion.error().code, assertion.error().detail));
    }
    return fetch(*at, at->url, *assertion);
}

QList<DiscoveryStep> AutodiscoverMachine::fail(Chain &chain, const QString &why)
{
    chain.open = false;
    if (!why.isEmpty() && !m_trouble) {
        m_trouble = discoveryFailed(
            m_config.domain, u"%1: %2"_s.arg(chain.url.toDisplayString(QUrl::RemoveQuery), why));
    }
    m_leader = 0;
    bool waiting = false;
    for (Chain &other : m_chains) {
        if (!other.open) {
            continue;
        }
        if (other.held) {
            const auto held = std::move(*other.held);
            other.held.reset();
            return read(other, held);
        }
        waiting = true;
    }
    return waiting ? Steps() : nextHost();
}

QList<DiscoveryStep> AutodiscoverMachine::done(
    const QList<SrvTarget> &servers, const std::optional<Error> &refusal)
{
    m_done = true;
    return { discoverystep::Done { servers, refusal, m_trouble } };
}

} // namespace linchpin::sip
