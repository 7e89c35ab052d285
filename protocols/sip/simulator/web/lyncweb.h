// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"
#include "protocols/sip/simulator/simcertificates.h"
#include "protocols/sip/simulator/web/exchangeweb.h"
#include "protocols/sip/simulator/web/httpresponder.h"

#include <QObject>

#include <expected>
#include <memory>

class QSslConfiguration;

namespace linchpin::sip {
class NtlmAcceptor;
}

namespace linchpin::sip::sim {

/// The web services beside a Lync pool: autodiscover ([MS-OCDISCWS]), web tickets and certificate
/// provisioning ([MS-OCAUTHWS]). Written from the specifications apart from the client: it keeps
/// the bytes of the assertions it issued and wants them back unchanged, and checks the signature
/// over the time stamp itself.
class LyncWeb : public QObject {
    Q_OBJECT
public:
    struct Options {
        bool autodiscover = true;
        /// How clients are told to reach it, "lyncweb.litwareinc.test" or "localhost:4443".
        QString host;
        QString sipHost; ///< what autodiscover names
        quint16 sipPort = 0;
    };

    /// What autodiscover does.
    enum class Discovery { Works, RedirectLoop, HomedElsewhere, NoUser };
    /// Who may get a ticket, and how.
    enum class Tickets { Windows, Federated };

    LyncWeb(PoolCore &core, SimCertificates certificates);
    ~LyncWeb() override;

    std::expected<void, QString> start(
        const QSslConfiguration &configuration, quint16 securePort, quint16 clearPort);
    void setOptions(const Options &options) { m_options = options; }
    quint16 securePort() const { return m_http->securePort(); }
    quint16 clearPort() const { return m_http->clearPort(); }
    /// The sts-uri of TLS-DSK challenges.
    QByteArray certificateService() const;
    QByteArray autodiscoverRoot() const;
    /// Address book web query and distribution groups; the address book's files (photos).
    QByteArray groupExpansion() const;
    QByteArray addressBook() const;

    /// The Exchange server at the same port.
    ExchangeWeb &exchange() { return m_exchange; }

    // Ways of going wrong.
    Discovery discovery = Discovery::Works;
    Tickets tickets = Tickets::Windows;
    std::chrono::seconds ticketLifetime = std::chrono::hours { 8 };
    std::chrono::seconds certificateLifetime = std::chrono::days { 180 };
    bool offersBasic = false; ///< Exchange alone: nothing but Basic
    bool offersNegotiate = true; ///< beside NTLM; there is no Kerberos behind it
    bool jsonDiscovery = false; ///< answers in JSON whatever was asked for
    /// This answer to the next requests whose path contains that, before anything else looks at
    /// them.
    void answer(const QByteArray &path, const WebResponse &response, int times = -1);
    static WebResponse fault11(const QByteArray &reason, int id);
    static WebResponse fault12(const QByteArray &text);

    // What was seen.
    const QList<WebRequest> &requests() const { return m_requests; }
    int count(const QByteArray &path) const;
    void clearRequests() { m_requests.clear(); }
    const Traffic &traffic() const { return m_http->traffic(); }
    void resetTraffic() { m_http->resetTraffic(); }
    QStringList complaints() const { return m_complaints + m_exchange.complaints(); }
    int certificatesIssued() const { return m_certificatesIssued; }

private:
    struct Issued {
        QByteArray assertion;
        QByteArray id;
        QByteArray proofKey;
        QString user;
        QDateTime expires;
    };
    struct Ordered {
        QByteArray path;
        WebResponse response;
        int times = -1;
    };

    WebResponse handle(const WebRequest &request);
    WebResponse root(const WebRequest &request);
    WebResponse mail(const WebRequest &request);
    WebResponse userResource(const WebRequest &request);
    WebResponse metadata(const QByteArray &service) const;
    WebResponse windowsTicket(const WebRequest &request);
    WebResponse companyToken(const WebRequest &request);
    WebResponse federatedTicket(const WebRequest &request);
    WebResponse certificate(const WebRequest &request);
    WebResponse directory(const WebRequest &request);
    WebResponse photo(const WebRequest &request);
    WebResponse meetPage(const WebRequest &request);
    WebResponse issueTicket(const WebRequest &request, const QString &user);
    /// The account that this HTTP connection authenticated as, or what to answer.
    std::expected<QString, WebResponse> authenticated(const WebRequest &request);
    const Issued *ticketIn(const QByteArray &body) const;
    bool isSigned(const QByteArray &body, const Issued &ticket);
    void complain(const QString &what);
    QByteArray url(const QByteArray &path) const;

    PoolCore &m_core;
    ExchangeWeb m_exchange;
    SimCertificates m_certificates;
    Options m_options;
    std::unique_ptr<HttpResponder> m_http;
    QHash<quint64, std::shared_ptr<NtlmAcceptor>> m_handshakes;
    QHash<quint64, QString> m_connections; ///< authenticated, by user address
    QList<Issued> m_issued;
    QHash<QByteArray, QString> m_companyTokens;
    QList<Ordered> m_ordered;
    QList<WebRequest> m_requests;
    QStringList m_complaints;
    int m_certificatesIssued = 0;
    bool m_movedOnce = false;
};

} // namespace linchpin::sip::sim
