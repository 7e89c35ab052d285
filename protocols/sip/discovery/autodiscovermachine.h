// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"
#include "protocols/sip/discovery/autodiscover.h"

#include <QByteArray>
#include <QSet>

#include <variant>
#include <vector>

namespace linchpin::sip {

struct AutodiscoverConfig {
    QString address; ///< sign-in address
    QString domain; ///< its right side
    QUrl url; ///< set by hand: asked instead of the usual names, and believed
    QByteArray userAgent;
};

namespace discoverystep {
struct Fetch {
    int id = 0;
    HttpRequest request;
};
/// Get a web ticket for this resource from that service.
struct NeedTicket {
    int id = 0;
    QUrl ticketService;
    QUrl resource;
};
/// Over: where to sign in, best first; empty where nothing was found, which is nothing to tell
/// anybody about. `refusal` says that the password is wrong: trying it elsewhere locks accounts.
struct Done {
    QList<SrvTarget> servers;
    std::optional<Error> refusal;
    /// Why it was of no use, where somebody answered: worth telling when no server is found
    /// otherwise. `service-retired` or `discovery-failed`.
    std::optional<Error> trouble = {};
};
} // namespace discoverystep
using DiscoveryStep
    = std::variant<discoverystep::Fetch, discoverystep::NeedTicket, discoverystep::Done>;

/// Lync's autodiscover, [MS-OCDISCWS] 3.1.5: lyncdiscoverinternal.DOMAIN, then lyncdiscover.DOMAIN,
/// each by http and https at once. Whatever comes by plain http, or from there, is a hint that
/// anyone on the network could have given: it is followed solely to https, and solely to hosts
/// within the domain. What was reached by https from the start is believed wherever it leads, as
/// long as it is https. No socket, no clock: answers in, steps out.
class AutodiscoverMachine {
public:
    explicit AutodiscoverMachine(AutodiscoverConfig config);

    QList<DiscoveryStep> start();
    QList<DiscoveryStep> answered(int id, const Result<HttpReply> &reply);
    /// The assertion of the ticket that was asked for.
    QList<DiscoveryStep> ticket(int id, const Result<QByteArray> &assertion);
    bool isDone() const { return m_done; }

private:
    struct Chain {
        int id = 0;
        QUrl url;
        bool authentic = false; ///< reached by nothing but https
        bool open = true;
        bool withTicket = false;
        int hops = 0;
        QSet<QUrl> visited;
        std::optional<Result<HttpReply>> held; ///< came while another chain was ahead
    };
    using Steps = QList<DiscoveryStep>;

    Steps nextHost();
    Steps begin(const QUrl &url);
    Steps fetch(Chain &chain, const QUrl &url, const QByteArray &assertion = {});
    Steps follow(Chain &chain, const QUrl &url);
    Steps read(Chain &chain, const Result<HttpReply> &reply);
    Steps fail(Chain &chain, const QString &why = {});
    Steps done(const QList<SrvTarget> &servers, const std::optional<Error> &refusal = {});
    Chain *chain(int id);
    bool isOfDomain(const QString &host) const;
    QUrl withAddress(QUrl url) const;

    AutodiscoverConfig m_config;
    std::vector<Chain> m_chains;
    int m_nextHost = 0;
    int m_lastId = 0;
    std::optional<Error> m_trouble;
    int m_leader = 0; ///< the chain that got somewhere; the others wait for its end. 0 = none
    bool m_done = false;
};

} // namespace linchpin::sip
