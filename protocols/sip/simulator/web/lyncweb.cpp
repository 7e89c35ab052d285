// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/web/lyncweb.h"

#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/simulator/conferencedesk.h"
#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/simulator/web/addressbookweb.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMessageAuthenticationCode>
#include <QSslConfiguration>
#include <QUrl>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

const auto rootPath = "/Autodiscover/AutodiscoverService.svc/root"_ba;
const auto ticketPath = "/WebTicket/WebTicketService.svc"_ba;
const auto meetPath = "/meet/"_ba;
const auto certificatePath = "/CertProv/CertProvisioningService.svc"_ba;
const auto expansionPath = "/groupexpansion/service.svc"_ba;
const auto filesPath = "/abs/handler"_ba;
const auto companyPath = "/adfs/services/trust/2005/usernamemixed"_ba;
constexpr int mostRequestsKept = 2000;

WebResponse xml(const QByteArray &body, int status = 200)
{
    return { .status = status,
        .headers = { { "Content-Type"_ba, "text/xml; charset=utf-8"_ba } },
        .body = body };
}

QByteArray envelope(const QByteArray &body)
{
    return "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" + body
        + "</s:Body></s:Envelope>";
}

/// Text between the first two marks; empty where they are not.
QByteArray between(const QByteArray &text, const QByteArray &from, const QByteArray &to)
{
    const qsizetype begin = text.indexOf(from);
    const qsizetype end = begin < 0 ? -1 : text.indexOf(to, begin + from.size());
    return end < 0 ? QByteArray() : text.sliced(begin + from.size(), end - begin - from.size());
}

/// The whole element, from its first to its last byte, of a message whose author used this name.
QByteArray element(const QByteArray &text, const QByteArray &name)
{
    const qsizetype begin = text.indexOf('<' + name);
    const QByteArray end = "</" + name + '>';
    const qsizetype last = begin < 0 ? -1 : text.indexOf(end, begin);
    return last < 0 ? QByteArray() : text.sliced(begin, last + end.size() - begin);
}

/// P_SHA1 as RFC 2246 section 5 writes it down, 32 bytes.
QByteArray sharedKey(const QByteArray &secret, const QByteArray &seed)
{
    const auto hmac = [&](const QByteArray &data) {
        return QMessageAuthenticationCode::hash(data, secret, QCryptographicHash::Sha1);
    };
    const QByteArray a1 = hmac(seed);
    const QByteArray a2 = hmac(a1);
    return (hmac(a1 + seed) + hmac(a2 + seed)).first(32);
}

QByteArray time(const QDateTime &at)
{
    return at.toUTC().toString(Qt::ISODate).toLatin1();
}

QByteArray unescaped(QByteArray text)
{
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
}

bool same(const QString &a, const QString &b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

/// LITWARE\ben, ben, ben@litwareinc.test: people are known by all of them.
bool isLoginOf(const PoolUser &user, const QString &name, const QString &domain)
{
    const QString login = user.login.isEmpty() ? user.address : user.login;
    return same(name, user.address) || same(name, login.section(u'\\', -1))
        || same(domain + u'\\' + name, login);
}

} // namespace

LyncWeb::LyncWeb(PoolCore &core, SimCertificates certificates)
    : m_core(core)
    , m_exchange(core)
    , m_certificates(std::move(certificates))
    , m_http(std::make_unique<HttpResponder>(
          [this](const WebRequest &request) { return handle(request); }))
{
    connect(m_http.get(), &HttpResponder::connectionEnded, this, [this](quint64 connection) {
        m_handshakes.remove(connection);
        m_connections.remove(connection);
    });
}

LyncWeb::~LyncWeb()
{
    m_http.reset(); // tells of its connections' end
}

std::expected<void, QString> LyncWeb::start(
    const QSslConfiguration &configuration, quint16 securePort, quint16 clearPort)
{
    if (const auto started = m_http->listenSecure(configuration, securePort); !started) {
        return started;
    }
    return m_http->listenClear(clearPort);
}

QByteArray LyncWeb::url(const QByteArray &path) const
{
    return "https://" + m_options.host.toUtf8() + path;
}

QByteArray LyncWeb::certificateService() const
{
    return url(certificatePath);
}

QByteArray LyncWeb::groupExpansion() const
{
    return url(expansionPath);
}

QByteArray LyncWeb::addressBook() const
{
    return url(filesPath);
}

QByteArray LyncWeb::autodiscoverRoot() const
{
    return url(rootPath);
}

void LyncWeb::answer(const QByteArray &path, const WebResponse &response, int times)
{
    m_ordered.append({ path, response, times });
}

WebResponse LyncWeb::fault11(const QByteArray &reason, int id)
{
    return xml(envelope("<s:Fault><faultcode>s:Server</faultcode><faultstring>The request "
                        "failed.</faultstring><detail><OCSDiagnosticsFault "
                        "xmlns=\"urn:component:Microsoft.Rtc.WebAuthentication.2010\">"
                        "<Ms-Diagnostics-Fault><ErrorId>"
                   + QByteArray::number(id) + "</ErrorId><Reason>" + reason
                   + "</Reason></Ms-Diagnostics-Fault></OCSDiagnosticsFault></detail></s:Fault>"),
        500);
}

WebResponse LyncWeb::fault12(const QByteArray &text)
{
    return xml("<S:Envelope xmlns:S=\"http://www.w3.org/2003/05/soap-envelope\"><S:Body><S:Fault>"
               "<S:Code><S:Value>S:Sender</S:Value><S:Subcode><S:Value>wst:FailedAuthentication"
               "</S:Value></S:Subcode></S:Code><S:Reason><S:Text xml:lang=\"en-US\">Authentication "
               "Failure</S:Text></S:Reason><S:Detail><psf:error "
               "xmlns:psf=\"http://schemas.microsoft.com/Passport/SoapServices/SOAPFault\">"
               "<psf:value>0x80048821</psf:value><psf:internalerror><psf:code>0x80041012</psf:code>"
               "<psf:text>"
            + text
            + "\r\n</psf:text></psf:internalerror></psf:error></S:Detail></S:Fault></S:Body>"
              "</S:Envelope>",
        500);
}

int LyncWeb::count(const QByteArray &path) const
{
    return int(std::ranges::count_if(
        m_requests, [&](const WebRequest &request) { return request.target.contains(path); }));
}

void LyncWeb::complain(const QString &what)
{
    m_complaints.append(what);
}

WebResponse LyncWeb::handle(const WebRequest &request)
{
    if (m_requests.size() < mostRequestsKept) {
        m_requests.append(request);
    }
    for (qsizetype i = 0; i < m_ordered.size(); ++i) {
        if (request.target.contains(m_ordered.at(i).path)) {
            const WebResponse response = m_ordered.at(i).response;
            if (m_ordered.at(i).times > 0 && --m_ordered[i].times == 0) {
                m_ordered.removeAt(i);
            }
            return response;
        }
    }
    const bool front = request.path == "/" && request.host.startsWith("lyncdiscover");
    if (front || request.path.compare(rootPath, Qt::CaseInsensitive) == 0) {
        return root(request);
    }
    if (m_exchange.isMine(request)) {
        return mail(request);
    }
    if (!request.secure) {
        complain(u"%1 in the clear"_s.arg(QString::fromLatin1(request.path)));
        return { .status = 404 };
    }
    if (request.path == rootPath + "/user") {
        return userResource(request);
    }
    if (request.path == certificatePath + "/mex") {
        return metadata(certificatePath);
    }
    if (request.path == ticketPath + "/mex") {
        return metadata(ticketPath);
    }
    if (request.path == ticketPath + "/Auth") {
        return windowsTicket(request);
    }
    if (request.path == companyPath) {
        return companyToken(request);
    }
    if (request.path == ticketPath + "/Federated") {
        return federatedTicket(request);
    }
    if (request.path == certificatePath + "/WebTicket_Proof_SHA1") {
        return certificate(request);
    }
    if (request.path == expansionPath + "/mex") {
        return metadata(expansionPath);
    }
    if (request.path == expansionPath + "/WebTicket_Bearer") {
        return directory(request);
    }
    if (request.path.startsWith(filesPath + "/photos/")) {
        return photo(request);
    }
    if (request.path.startsWith(meetPath)) {
        return meetPage(request);
    }
    return { .status = 404 };
}

/// The page behind the link of a conference, as Lync writes it: the focus in entities. Through
/// "launch" it only leads to that page.
WebResponse LyncWeb::meetPage(const WebRequest &request)
{
    const QByteArrayList parts = request.path.sliced(meetPath.size()).split('/');
    const bool launcher = parts.value(0) == "launch";
    const QString focus
        = m_core.conferences().focusOf(QString::fromUtf8(parts.value(launcher ? 1 : 0)),
            QString::fromUtf8(parts.value(launcher ? 2 : 1)));
    if (focus.isEmpty()) {
        return { .status = 404 };
    }
    WebResponse response { .headers = { { "Content-Type"_ba, "text/html; charset=utf-8"_ba } } };
    if (launcher) {
        response.body = "<html><script>var domainOwnerJoinLauncherUrl = \"https://"
            + m_options.host.toUtf8() + meetPath + parts.value(1) + '/' + parts.value(2)
            + "\";</script></html>";
        return response;
    }
    QByteArray link = "conf:" + focus.toUtf8() + "?conversation-id=x";
    link.replace(":", "&#58;").replace("?", "&#37;3F");
    response.body = "<html><body><a id=\"x\" href=\"" + link + "\">Join</a></body></html>";
    return response;
}

WebResponse LyncWeb::mail(const WebRequest &request)
{
    if (!request.secure) {
        // As many set it up: a redirect and nothing else at port 80.
        if (request.method != "GET" || !request.header("Authorization").isEmpty()) {
            complain(u"%1 %2 in the clear"_s.arg(
                QString::fromLatin1(request.method), QString::fromLatin1(request.path)));
        }
        return { .status = 302,
            .headers
            = { { "Location"_ba, "https://" + m_exchange.host.toUtf8() + request.path } } };
    }
    if (!offersBasic) {
        const auto user = authenticated(request);
        return user ? m_exchange.handle(request, *user) : user.error();
    }
    const QByteArray credentials = request.header("Authorization");
    const QString given = credentials.startsWith("Basic ")
        ? QString::fromLatin1(QByteArray::fromBase64(credentials.sliced(6)))
        : QString();
    for (const PoolUser &user : std::as_const(m_core.users())) {
        if (given.section(u':', 1) == user.password
            && isLoginOf(user, given.section(u':', 0, 0).section(u'\\', -1),
                given.section(u':', 0, 0).section(u'\\', 0, -2))) {
            return m_exchange.handle(request, user.address);
        }
    }
    return { .status = 401, .headers = { { "WWW-Authenticate"_ba, "Basic realm=\"mail\""_ba } } };
}

// ---------------------------------------------------------------- autodiscover

WebResponse LyncWeb::root(const WebRequest &request)
{
    if (!m_options.autodiscover) {
        return { .status = 404 };
    }
    if (!request.query.contains("sipuri=")) {
        complain(u"autodiscover without sipuri"_s);
        return { .status = 400 };
    }
    const bool redirect = !request.secure || discovery == Discovery::RedirectLoop;
    const QByteArray target = url(rootPath) + "?originalDomain=" + m_core.domain.toUtf8();
    const QByteArray user = url(rootPath + "/user");
    if (jsonDiscovery) {
        const QJsonObject link { { u"token"_s, redirect ? u"Redirect"_s : u"User"_s },
            { u"href"_s, QString::fromUtf8(redirect ? target : user) } };
        const QJsonObject json { { u"AccessLocation"_s, u"External"_s },
            { u"Root"_s, QJsonObject { { u"Links"_s, QJsonArray { link } } } } };
        return { .headers = { { "Content-Type"_ba, "application/json"_ba } },
            .body = QJsonDocument(json).toJson(QJsonDocument::Compact) };
    }
    const QByteArray links = redirect ? "<Link token=\"Redirect\" href=\"" + target + "\"/>"
                                      : "<Link token=\"Domain\" href=\"" + url(rootPath + "/domain")
            + "\"/><Link token=\"User\" href=\"" + user + "\"/>";
    return xml("<?xml version=\"1.0\" encoding=\"utf-8\"?><AutodiscoverResponse "
               "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" "
               "xmlns=\"http://schemas.microsoft.com/rtc/autodiscover\" "
               "AccessLocation=\"External\"><Root>"
        + links + "</Root></AutodiscoverResponse>");
}

WebResponse LyncWeb::userResource(const WebRequest &request)
{
    const QByteArray header = request.header("X-MS-WebTicket");
    const QByteArray assertion
        = QByteArray::fromBase64(between(header + '\n', "opaque="_ba, "\n"_ba));
    const Issued *ticket = ticketIn(assertion);
    if (ticket == nullptr) {
        if (!header.isEmpty()) {
            complain(u"an unknown web ticket at autodiscover"_s);
        }
        return { .status = 401,
            .headers = { { "X-MS-WebTicketURL"_ba, url(ticketPath) },
                { "X-MS-WebTicketSupported"_ba, "cwt,saml"_ba } } };
    }
    if (discovery == Discovery::NoUser) {
        return { .status = 404 };
    }
    QByteArray inside;
    if (discovery == Discovery::HomedElsewhere && !std::exchange(m_movedOnce, true)) {
        inside = "<Link token=\"Redirect\" href=\"" + url(rootPath) + "?home=2\"/>";
    } else {
        const QByteArray place = " fqdn=\"" + m_options.sipHost.toUtf8() + "\" port=\""
            + QByteArray::number(m_options.sipPort) + "\"/>";
        inside = "<SipServerExternalAccess" + place + "<SipClientExternalAccess" + place;
    }
    return xml("<AutodiscoverResponse AccessLocation=\"External\"><User>" + inside
        + "</User></AutodiscoverResponse>");
}

// ---------------------------------------------------------------- tickets

WebResponse LyncWeb::metadata(const QByteArray &service) const
{
    const auto policy = [](const QByteArray &name, const QByteArray &inside) {
        return "<wsp:Policy wsu:Id=\"" + name + "_policy\"><wsp:ExactlyOne><wsp:All>" + inside
            + "</wsp:All></wsp:ExactlyOne></wsp:Policy>";
    };
    const auto issued = [](const QByteArray &kind, const QByteArray &issuer) {
        return "<sp:" + kind + "><wsp:Policy><sp:IssuedToken><sp:Issuer><a:Address>" + issuer
            + "</a:Address></sp:Issuer></sp:IssuedToken></wsp:Policy></sp:" + kind + '>';
    };
    const auto port = [](const QByteArray &name, const QByteArray &location) {
        return "<wsdl:port name=\"" + name + "\"><soap:address location=\"" + location
            + "\"/></wsdl:port>";
    };
    QByteArray policies;
    QByteArray ports;
    if (service == certificatePath) {
        const auto name = "CertProvisioningServiceWebTicketProof_SHA1"_ba;
        policies = policy(name, issued("EndorsingSupportingTokens"_ba, url(ticketPath)));
        ports = port(name, url(certificatePath + "/WebTicket_Proof_SHA1"));
    } else if (service == expansionPath) {
        const auto name = "AddressBookWebTicketBearer"_ba;
        policies = policy(name, issued("SignedSupportingTokens"_ba, url(ticketPath)));
        ports = port(name, url(expansionPath + "/WebTicket_Bearer"));
    } else {
        if (tickets == Tickets::Windows) {
            policies
                = policy("WebTicketServiceWinNegotiate"_ba, "<http:NegotiateAuthentication/>"_ba);
            ports = port("WebTicketServiceWinNegotiate"_ba, url(ticketPath + "/Auth"));
        }
        policies += policy("WsFedBearer"_ba, issued("SignedSupportingTokens"_ba, url(companyPath)));
        ports += port("WsFedBearer"_ba, url(ticketPath + "/Federated"));
    }
    return xml("<?xml version=\"1.0\" encoding=\"utf-8\"?><wsdl:definitions "
               "xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" "
               "xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2004/09/policy\" "
               "xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/"
               "oasis-200401-wss-wssecurity-utility-1.0.xsd\" "
               "xmlns:sp=\"http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702\" "
               "xmlns:http=\"http://schemas.microsoft.com/ws/06/2004/policy/http\" "
               "xmlns:a=\"http://www.w3.org/2005/08/addressing\" "
               "xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\">"
        + policies + "<wsdl:service name=\"Service\">" + ports
        + "</wsdl:service></wsdl:definitions>");
}

std::expected<QString, WebResponse> LyncWeb::authenticated(const WebRequest &request)
{
    if (QString user = m_connections.value(request.connection); !user.isEmpty()) {
        return user;
    }
    WebResponse challenge { .status = 401 };
    if (offersNegotiate) {
        challenge.headers.append({ "WWW-Authenticate"_ba, "Negotiate"_ba });
    }
    challenge.headers.append({ "WWW-Authenticate"_ba, "NTLM"_ba });
    const QByteArray authorization = request.header("Authorization");
    if (!authorization.startsWith("NTLM ")) {
        return std::unexpected(challenge);
    }
    const QByteArray token = QByteArray::fromBase64(authorization.sliced(5));
    if (token.size() > 8 && token.at(8) == 1) { // NEGOTIATE_MESSAGE, [MS-NLMP] 2.2.1.1
        NtlmAcceptor::Options options;
        options.connectionOriented = true;
        options.dnsDomain = m_core.domain;
        options.dnsComputer = m_core.fqdn;
        options.netbiosDomain = m_core.domain.section(u'.', 0, 0).toUpper();
        const auto acceptor = std::make_shared<NtlmAcceptor>(
            options,
            [this](const QString &name, const QString &domain) -> std::optional<QString> {
                for (const PoolUser &user : std::as_const(m_core.users())) {
                    if (isLoginOf(user, name, domain)) {
                        return user.password;
                    }
                }
                return std::nullopt;
            },
            [](int count) { return QByteArray::fromHex(randomHex(count)); },
            QDateTime::currentDateTimeUtc());
        m_handshakes.insert(request.connection, acceptor);
        challenge.headers = { { "WWW-Authenticate"_ba, "NTLM " + acceptor->step({})->toBase64() } };
        return std::unexpected(challenge);
    }
    const auto acceptor = m_handshakes.take(request.connection);
    if (!acceptor || !acceptor->step(token)) {
        return std::unexpected(challenge);
    }
    for (const PoolUser &user : std::as_const(m_core.users())) {
        if (isLoginOf(user, acceptor->user(), acceptor->domain())) {
            m_connections.insert(request.connection, user.address);
            return user.address;
        }
    }
    return std::unexpected(challenge);
}

WebResponse LyncWeb::windowsTicket(const WebRequest &request)
{
    const auto user = authenticated(request);
    if (!user) {
        return user.error();
    }
    return issueTicket(request, *user);
}

WebResponse LyncWeb::issueTicket(const WebRequest &request, const QString &user)
{
    if (!request.header("SOAPAction").contains("/ws-trust/200512/RST/Issue")) {
        complain(u"a ticket request with another action"_s);
    }
    const QByteArray claimed = unescaped(between(request.body, "Value>sip:"_ba, "</"_ba)).toLower();
    const QByteArray entropy
        = QByteArray::fromBase64(between(request.body, "BinarySecret>"_ba, "</"_ba));
    if (claimed != user.toUtf8()) {
        return fault11("The claimed address is not the caller's."_ba, 28041);
    }
    if (entropy.size() != 32) {
        complain(u"entropy of %1 bytes"_s.arg(entropy.size()));
        return fault11("No entropy."_ba, 28001);
    }
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QByteArray ours = QByteArray::fromHex(randomHex(32));
    Issued ticket;
    ticket.id = "SamlSecurityToken-" + randomHex(16);
    ticket.user = user;
    ticket.expires = now.addSecs(ticketLifetime.count());
    ticket.proofKey = sharedKey(entropy, ours);
    // Everything a second writing would lose: quotes, blanks, a comment, CDATA, character
    // references.
    ticket.assertion = "<saml:Assertion MajorVersion=\"1\"  MinorVersion='1' AssertionID=\""
        + ticket.id
        + "\" xmlns:saml=\"urn:oasis:names:tc:SAML:1.0:assertion\"><!-- signed --><saml:Subject "
          "Name='"
        + user.toUtf8()
        + "' ><![CDATA[<&]]>&#x41;&lt;</saml:Subject><saml:Empty /></saml:Assertion>";
    m_issued.append(ticket);
    return xml(envelope(
        "<RequestSecurityTokenResponseCollection "
        "xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\"><RequestSecurityTokenResponse>"
        "<Lifetime xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/"
        "oasis-200401-wss-wssecurity-utility-1.0.xsd\"><wsu:Created>"
        + time(now) + "</wsu:Created><wsu:Expires>" + time(ticket.expires)
        + "</wsu:Expires></Lifetime><RequestedSecurityToken>" + ticket.assertion
        + "</RequestedSecurityToken><RequestedProofToken><ComputedKey>"
          "http://docs.oasis-open.org/ws-sx/ws-trust/200512/CK/PSHA1</ComputedKey>"
          "</RequestedProofToken><Entropy><BinarySecret>"
        + ours.toBase64()
        + "</BinarySecret></Entropy></RequestSecurityTokenResponse>"
          "</RequestSecurityTokenResponseCollection>"));
}

WebResponse LyncWeb::companyToken(const WebRequest &request)
{
    const QString name
        = QString::fromUtf8(unescaped(between(request.body, "Username>"_ba, "</"_ba)));
    const QString password
        = QString::fromUtf8(unescaped(between(request.body, "Password>"_ba, "</"_ba)));
    for (const PoolUser &user : std::as_const(m_core.users())) {
        if (user.password == password
            && isLoginOf(user, name.section(u'\\', -1), name.section(u'\\', 0, -2))) {
            const QByteArray token
                = "<xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\"><xenc:"
                  "CipherValue>"
                + randomHex(24) + "</xenc:CipherValue></xenc:EncryptedData>";
            m_companyTokens.insert(token, user.address);
            const QDateTime now = QDateTime::currentDateTimeUtc();
            return xml("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>"
                       "<t:RequestSecurityTokenResponse "
                       "xmlns:t=\"http://schemas.xmlsoap.org/ws/2005/02/trust\" "
                       "xmlns:u=\"urn:utility\"><t:Lifetime><u:Created>"
                + time(now) + "</u:Created><u:Expires>" + time(now.addSecs(3600))
                + "</u:Expires></t:Lifetime><t:RequestedSecurityToken>" + token
                + "</t:RequestedSecurityToken></t:RequestSecurityTokenResponse></s:Body>"
                  "</s:Envelope>");
        }
    }
    return fault12("ID3242: The security token could not be authenticated."_ba);
}

WebResponse LyncWeb::federatedTicket(const WebRequest &request)
{
    const QString user = m_companyTokens.value(element(request.body, "xenc:EncryptedData"_ba));
    if (user.isEmpty()) {
        complain(u"a federated request without a token of ours"_s);
        return fault11("No valid security token."_ba, 28020);
    }
    return issueTicket(request, user);
}

const LyncWeb::Issued *LyncWeb::ticketIn(const QByteArray &body) const
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const Issued &ticket : m_issued) {
        if (body.contains(ticket.assertion) && ticket.expires > now) {
            return &ticket;
        }
    }
    return nullptr;
}

// ---------------------------------------------------------------- address book

WebResponse LyncWeb::directory(const WebRequest &request)
{
    if (ticketIn(request.body) == nullptr) {
        complain(u"no ticket of ours, byte for byte, at the address book"_s);
        return fault11("No valid security token."_ba, 28020);
    }
    return answerGroupExpansion(m_core, request);
}

WebResponse LyncWeb::photo(const WebRequest &request)
{
    const QByteArray header = request.header("X-MS-WebTicket");
    if (ticketIn(QByteArray::fromBase64(between(header + '\n', "opaque="_ba, "\n"_ba)))
        == nullptr) {
        return { .status = 401,
            .headers = { { "X-MS-WebTicketURL"_ba, url(ticketPath) },
                { "X-MS-WebTicketSupported"_ba, "cwt,saml"_ba } } };
    }
    return answerPhoto(
        m_core, QByteArray::fromPercentEncoding(request.path.sliced(filesPath.size() + 8)));
}

// ---------------------------------------------------------------- certificates

bool LyncWeb::isSigned(const QByteArray &body, const Issued &ticket)
{
    const QByteArray stamp = element(body, "wsu:Timestamp"_ba);
    const QByteArray info = element(body, "SignedInfo"_ba);
    const QByteArray digest = QCryptographicHash::hash(stamp, QCryptographicHash::Sha1).toBase64();
    const QByteArray value
        = QMessageAuthenticationCode::hash(info, ticket.proofKey, QCryptographicHash::Sha1)
              .toBase64();
    return !stamp.isEmpty() && between(info, "<DigestValue>"_ba, "</"_ba) == digest
        && between(body, "<SignatureValue>"_ba, "</"_ba) == value
        && body.contains(">" + ticket.id + "</wsse:KeyIdentifier>");
}

WebResponse LyncWeb::certificate(const WebRequest &request)
{
    const Issued *ticket = ticketIn(request.body);
    if (ticket == nullptr || !isSigned(request.body, *ticket)) {
        complain(ticket == nullptr ? u"no ticket of ours, byte for byte, in it"_s
                                   : u"a wrong signature over the time stamp"_s);
        return fault11("No valid security token."_ba, 28020);
    }
    const QByteArray entity = unescaped(between(request.body, "Entity=\""_ba, "\""_ba));
    if (entity.toLower() != ticket->user.toUtf8()) {
        return fault11("The entity is not the holder of the ticket."_ba, 28042);
    }
    // Whatever stands between the attributes and the end of the tag: pidgin-sipe leaves blanks
    // there.
    const qsizetype token = request.body.indexOf("BinarySecurityToken");
    const QByteArray pkcs10 = QByteArray::fromBase64(
        between(request.body.sliced(qMax<qsizetype>(token, 0)), ">"_ba, "</"_ba));
    const QByteArray der
        = issueCertificate(m_certificates, pkcs10, ticket->user, certificateLifetime);
    if (der.isEmpty()) {
        complain(u"an unreadable certificate request"_s);
        return fault11("The certificate request is invalid."_ba, 28030);
    }
    ++m_certificatesIssued;
    return xml(envelope(
        "<GetAndPublishCertResponse xmlns=\"http://schemas.microsoft.com/OCS/AuthWebServices/\">"
        "<RequestSecurityTokenResponse><RequestedSecurityToken><BinarySecurityToken>"
        + der.toBase64()
        + "</BinarySecurityToken></RequestedSecurityToken></RequestSecurityTokenResponse>"
          "</GetAndPublishCertResponse>"));
}

} // namespace linchpin::sip::sim
