// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/certificateservice.h"
#include "protocols/sip/webservices/servicemetadata.h"
#include "protocols/sip/webservices/soapfault.h"

#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

QByteArray counting(int from, int count)
{
    QByteArray bytes;
    for (int i = 0; i < count; ++i) {
        bytes += char(from + i);
    }
    return bytes;
}

/// A ticket answer with this assertion, and `around` as further attributes of the collection.
QByteArray ticketAnswer(const QByteArray &assertion, const QByteArray &around = {})
{
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<s:Envelope "
           "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header/><s:Body>"
           "<RequestSecurityTokenResponseCollection "
        + around
        + " xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">"
          "<RequestSecurityTokenResponse Context=\"x\"><Lifetime>"
          "<u:Created xmlns:u=\"urn:wsu\">2026-03-02T08:00:00Z</u:Created>"
          "<u:Expires xmlns:u=\"urn:wsu\">2026-03-02T16:00:00Z</u:Expires></Lifetime>"
          "<RequestedSecurityToken>\r\n <!-- < not a tag > -->"
        + assertion
        + "</RequestedSecurityToken><RequestedProofToken><ComputedKey>"
          "http://docs.oasis-open.org/ws-sx/ws-trust/200512/CK/PSHA1</ComputedKey>"
          "</RequestedProofToken><Entropy><BinarySecret>"
        + counting(0x20, 32).toBase64()
        + "</BinarySecret></Entropy></RequestSecurityTokenResponse>"
          "</RequestSecurityTokenResponseCollection></s:Body></s:Envelope>";
}

WebTicket vectorTicket()
{
    WebTicket ticket;
    ticket.token.element = "<saml:Assertion xmlns:saml=\"urn:s\"/>"_ba;
    ticket.token.id = "SamlSecurityToken-5f2c"_ba;
    ticket.token.created = "2026-03-02T08:00:00Z"_ba;
    ticket.token.expires = "2026-03-02T16:00:00Z"_ba;
    ticket.proofKey = computedKey(counting(0, 32), counting(0x20, 32));
    return ticket;
}

} // namespace

/// Documents of the web services, from bytes and to bytes.
class TestWebDocuments : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void proofKey();
    void signature();
    void assertionUntouched_data();
    void assertionUntouched();
    void inheritedPrefixes();
    void cutsNothing_data();
    void cutsNothing();
    void ticket();
    void badTickets_data();
    void badTickets();
    void ticketRequest();
    void escapesPasswords();
    void realm();
    void metadata();
    void metadataWays_data();
    void metadataWays();
    void faults_data();
    void faults();
    void certificateDemand();
};

void TestWebDocuments::proofKey()
{
    QCOMPARE(computedKey(counting(0, 32), counting(0x20, 32)).toHex(),
        "df59132c2af6d230e4337732076a14561694be12838cc00203d63c816653d75b"_ba);
    QCOMPARE(computedKey({}, "x"_ba), QByteArray());
}

void TestWebDocuments::signature()
{
    const QByteArray header = securityHeader(vectorTicket());
    QVERIFY(header.contains("<DigestValue>xrenYwnKTxVOe/EM2bekIhOg0+0=</DigestValue>"));
    QVERIFY(header.contains("<SignatureValue>LZ1c4H53PctqaCuvywZFwN8Fyj8=</SignatureValue>"));
    QVERIFY(header.contains(">SamlSecurityToken-5f2c</wsse:KeyIdentifier>"));
    QVERIFY(parseXml(header));

    WebTicket bearer = vectorTicket();
    bearer.proofKey.clear();
    QVERIFY(!securityHeader(bearer).contains("Signature"));
    QVERIFY(securityHeader(bearer).contains(bearer.token.element));
}

void TestWebDocuments::assertionUntouched_data()
{
    QTest::addColumn<QByteArray>("assertion");
    QTest::newRow("plain")
        << "<saml:Assertion xmlns:saml='urn:s' AssertionID=\"a\">x</saml:Assertion>"_ba;
    QTest::newRow("empty") << "<Assertion xmlns=\"urn:s\" AssertionID = 'a'  />"_ba;
    QTest::newRow("comments and CDATA")
        << "<q:Assertion xmlns:q=\"urn:s\" AssertionID=\"a\"><!-- </q:Assertion> --><q:V "
           "b=\"a>b\"\n c='\"'><![CDATA[</q:Assertion>]]></q:V><?pi </q:Assertion>?>"
           "</q:Assertion >"_ba;
    QTest::newRow("nested") << "<a:Assertion xmlns:a=\"urn:s\" AssertionID=\"a\"><a:Assertion/>"
                               "<a:Assertion>y</a:Assertion></a:Assertion>"_ba;
    QTest::newRow("entities and text")
        << "<saml:Assertion xmlns:saml=\"urn:s\" AssertionID=\"a\">&lt;&#65;Zażółć "
           "こんにちは 👩‍👩‍👧‍👦𝄞\r\n\t</saml:Assertion>"_ba;
}

void TestWebDocuments::assertionUntouched()
{
    QFETCH(QByteArray, assertion);
    const auto ticket = parseTicketAnswer(ticketAnswer(assertion), counting(0, 32));
    QVERIFY(ticket);
    QCOMPARE(ticket->token.element, assertion);
    QCOMPARE(ticket->token.id, "a"_ba);
    QVERIFY(securityHeader(*ticket).contains(assertion));
}

void TestWebDocuments::inheritedPrefixes()
{
    const QByteArray document = "<r xmlns:s=\"urn:s\" xmlns:t=\"urn:t\" xmlns='urn:d'>"
                                "<w xmlns:s='urn:nearer'><s:A t:x=\"1\"><b xmlns:t=\"urn:other\"/>"
                                "</s:A></w></r>"_ba;
    const auto cut = cutElement(document, "A");
    QVERIFY(cut);
    QCOMPARE(cut->bytes, "<s:A t:x=\"1\"><b xmlns:t=\"urn:other\"/></s:A>"_ba);
    QCOMPARE(cut->standalone(),
        "<s:A xmlns='urn:d' xmlns:s='urn:nearer' xmlns:t=\"urn:t\" t:x=\"1\">"
        "<b xmlns:t=\"urn:other\"/></s:A>"_ba);
    const auto child = cutChild(document, "r");
    QVERIFY(child);
    QVERIFY(child->bytes.startsWith("<w "));
    QVERIFY(child->bytes.endsWith("</w>"));
}

void TestWebDocuments::cutsNothing_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("not there") << "<a/>"_ba;
    QTest::newRow("no child") << "<a><wanted>text</wanted><x/></a>"_ba;
    QTest::newRow("empty") << "<a><wanted/><x/></a>"_ba;
    QTest::newRow("cut off") << "<a><wanted><x>"_ba;
    QTest::newRow("document type")
        << "<!DOCTYPE a [<!ENTITY b 'c'>]><a><wanted><x/></wanted></a>"_ba;
    QTest::newRow("utf-16") << QByteArray("\xFF\xFE<\0a\0/\0>\0", 10);
}

void TestWebDocuments::cutsNothing()
{
    QFETCH(QByteArray, document);
    QVERIFY(!cutChild(document, "wanted"));
}

void TestWebDocuments::ticket()
{
    const auto ticket = parseTicketAnswer(
        ticketAnswer("<saml:Assertion AssertionID=\"i\"/>"_ba, "xmlns:saml=\"urn:s\""_ba),
        counting(0, 32));
    QVERIFY(ticket);
    QCOMPARE(ticket->token.element, "<saml:Assertion xmlns:saml=\"urn:s\" AssertionID=\"i\"/>"_ba);
    QCOMPARE(ticket->token.created, "2026-03-02T08:00:00Z"_ba);
    const QDateTime end(QDate(2026, 3, 2), QTime(16, 0), QTimeZone::UTC);
    QCOMPARE(ticket->token.expiresAt, end);
    QVERIFY(ticket->token.isFresh(end.addSecs(-61)));
    QVERIFY(!ticket->token.isFresh(end.addSecs(-60)));
    QCOMPARE(ticket->proofKey, computedKey(counting(0, 32), counting(0x20, 32)));
}

void TestWebDocuments::badTickets_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::newRow("no time") << "2026-03-02T16:00:00Z"_ba << ""_ba;
    QTest::newRow("time is markup") << "2026-03-02T16:00:00Z"_ba << "2026-03-02T16:00:00Z&lt;a"_ba;
    QTest::newRow("no token") << "<a/>"_ba << ""_ba;
    QTest::newRow("no entropy") << counting(0x20, 32).toBase64() << ""_ba;
    QTest::newRow("no answer") << "RequestSecurityTokenResponse"_ba << "Other"_ba;
    QTest::newRow("broken") << "</s:Body>"_ba << ""_ba;
}

void TestWebDocuments::badTickets()
{
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QByteArray answer = ticketAnswer("<a/>"_ba);
    QVERIFY(parseTicketAnswer(answer, counting(0, 32)));
    answer.replace(from, to);
    QVERIFY(!parseTicketAnswer(answer, counting(0, 32)));
}

void TestWebDocuments::ticketRequest()
{
    TicketRequest request;
    request.to = QUrl(u"https://web.test/Ticket.svc/Fed"_s);
    request.appliesTo = QUrl(u"https://web.test/Cert.svc?a=1&b=2"_s);
    request.address = u"ben@litwareinc.com"_s;
    request.entropy = counting(0, 32);
    request.context = "c"_ba;
    request.messageId = "m"_ba;
    const auto plain = parseXml(buildTicketRequest(request));
    QVERIFY(plain);
    QVERIFY(plain->child(u"Header") == nullptr);
    const XmlElement *body = plain->find(u"Body/RequestSecurityToken");
    QVERIFY(body);
    QCOMPARE(body->find(u"AppliesTo/EndpointReference/Address")->text,
        u"https://web.test/Cert.svc?a=1&b=2"_s);
    QCOMPARE(body->find(u"Claims/ClaimType/Value")->text, u"sip:ben@litwareinc.com"_s);
    QCOMPARE(body->find(u"Entropy/BinarySecret")->text,
        u"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="_s);

    request.token = "<x:EncryptedData xmlns:x=\"urn:x\"/>"_ba;
    request.tokenCreated = "2026-03-02T08:00:00Z"_ba;
    request.tokenExpires = "2026-03-02T16:00:00Z"_ba;
    const QByteArray bytes = buildTicketRequest(request);
    const auto federated = parseXml(bytes);
    QVERIFY(federated);
    QVERIFY(bytes.contains(request.token));
    QCOMPARE(federated->find(u"Header/MessageID")->text, u"uuid:m"_s);
    QCOMPARE(federated->find(u"Header/To")->text, u"https://web.test/Ticket.svc/Fed"_s);
}

void TestWebDocuments::escapesPasswords()
{
    TokenRequest request;
    request.to = QUrl(u"https://adfs.test/adfs/services/trust/2005/usernamemixed"_s);
    request.appliesTo = u"urn:federation:MicrosoftOnline"_s;
    request.messageId = "m"_ba;
    request.user
        = { u"ben<&>\"'"_s, u"p&ss<w>\"ó👩‍👩‍👧‍👦𝄞 e\u0301 مرحبا"_s };
    const auto read = parseXml(buildTokenRequest(request));
    QVERIFY(read);
    const XmlElement *token = read->find(u"Header/Security/UsernameToken");
    QVERIFY(token);
    QCOMPARE(token->childText(u"Username"), request.user.username);
    QCOMPARE(token->childText(u"Password"), request.user.password);
    request.token = "<t:EncryptedData xmlns:t=\"urn:t\"/>"_ba;
    QVERIFY(!buildTokenRequest(request).contains("UsernameToken"));
}

void TestWebDocuments::realm()
{
    const QByteArray document
        = "<RealmInfo Success=\"true\"><NameSpaceType>Federated</NameSpaceType>"
          "<STSAuthURL>https://adfs.test/adfs/services/trust/2005/usernamemixed</STSAuthURL>"
          "</RealmInfo>"_ba;
    QCOMPARE(parseRealm(document)->host(), u"adfs.test"_s);
    QByteArray insecure = document;
    insecure.replace("https:", "http:");
    QVERIFY(!parseRealm(insecure)->isValid());
    QVERIFY(!parseRealm("<RealmInfo><State>4</State></RealmInfo>"_ba)->isValid());
    QVERIFY(!parseRealm("<html/>"_ba));
}

void TestWebDocuments::metadata()
{
    const auto read = parseMetadata(R"(<wsx:Metadata xmlns:wsx="urn:x"><wsx:MetadataSection>
<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">
<wsp:Policy wsu:Id="CertProvisioningServiceWebTicketProof_SHA1_policy" xmlns:wsp="urn:p" xmlns:wsu="urn:u">
 <wsp:ExactlyOne><wsp:All>
  <sp:EndorsingSupportingTokens xmlns:sp="urn:sp"><wsp:Policy>
   <sp:IssuedToken><sp:Issuer><a:Address xmlns:a="urn:a">https://web.test/WebTicket.svc</a:Address></sp:Issuer></sp:IssuedToken>
  </wsp:Policy></sp:EndorsingSupportingTokens></wsp:All></wsp:ExactlyOne>
</wsp:Policy>
<wsp:Policy wsu:Id="bearer" xmlns:wsp="urn:p" xmlns:wsu="urn:u"><wsp:ExactlyOne><wsp:All>
  <sp:SignedSupportingTokens xmlns:sp="urn:sp"><wsp:Policy>
   <sp:IssuedToken><sp:Issuer><a:Address xmlns:a="urn:a">http://plain.test/WebTicket.svc</a:Address></sp:Issuer></sp:IssuedToken>
  </wsp:Policy></sp:SignedSupportingTokens></wsp:All></wsp:ExactlyOne>
</wsp:Policy>
<wsdl:binding name="B" xmlns:wsp="urn:p"><wsp:PolicyReference URI="#bearer"/></wsdl:binding>
<wsdl:service name="S">
 <wsdl:port name="CertProvisioningServiceWebTicketProof_SHA1"><soap:address xmlns:soap="urn:soap" location="https://web.test/Cert.svc/Proof"/></wsdl:port>
 <wsdl:port name="Other" binding="tns:B"><soap:address xmlns:soap="urn:soap" location="https://web.test/Cert.svc/Bearer"/></wsdl:port>
 <wsdl:port name="Plain"><soap:address xmlns:soap="urn:soap" location="http://web.test/Cert.svc/Plain"/></wsdl:port>
</wsdl:service></wsdl:definitions></wsx:MetadataSection></wsx:Metadata>)"_ba);
    QVERIFY(read);
    QCOMPARE(read->ports.size(), 2);
    const ServicePort *proof = read->port(QString(certificatePort));
    QVERIFY(proof);
    QCOMPARE(proof->authentication, PortAuthentication::Token);
    QVERIFY(proof->signedRequests);
    QCOMPARE(proof->issuer, QUrl(u"https://web.test/WebTicket.svc"_s));
    QCOMPARE(proof->address, QUrl(u"https://web.test/Cert.svc/Proof"_s));
    const ServicePort *bearer = read->port(u"Other");
    QVERIFY(bearer);
    QCOMPARE(bearer->authentication, PortAuthentication::Token);
    QVERIFY(!bearer->signedRequests);
    QVERIFY(!bearer->issuer.isValid()); // not https: never believed
    QVERIFY(!parseMetadata("<definitions/>"_ba));
    QVERIFY(!parseMetadata("rubbish"_ba));
}

void TestWebDocuments::metadataWays_data()
{
    using enum PortAuthentication;
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("policy");
    QTest::addColumn<PortAuthentication>("way");
    QTest::newRow("windows by policy") << "P"_ba << "<NegotiateAuthentication/>"_ba << Windows;
    QTest::newRow("ntlm by policy") << "P"_ba << "<NtlmAuthentication/>"_ba << Windows;
    QTest::newRow("windows by name") << "WebTicketServiceWinNegotiate"_ba << ""_ba << Windows;
    QTest::newRow("federated by name") << "WsFedBearer"_ba << ""_ba << Token;
    QTest::newRow("user name")
        << "P"_ba << "<SupportingTokens><Policy><UsernameToken/></Policy></SupportingTokens>"_ba
        << Username;
    QTest::newRow("client certificate")
        << "P"_ba << "<HttpsToken RequireClientCertificate=\"true\"/>"_ba << Certificate;
    QTest::newRow("certificate token") << "P"_ba << "<X509Token/>"_ba << Certificate;
    QTest::newRow("nobody in particular")
        << "WebTicketServiceAnon"_ba << "<HttpsToken RequireClientCertificate=\"false\"/>"_ba
        << Anonymous;
}

void TestWebDocuments::metadataWays()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, policy);
    QFETCH(PortAuthentication, way);
    const auto read
        = parseMetadata("<definitions><Policy Id=\"" + name + "_policy\"><ExactlyOne><All>" + policy
            + "</All></ExactlyOne></Policy><service><port name=\"" + name
            + "\"><address location=\"https://a.test/b\"/></port></service></definitions>");
    QVERIFY(read);
    QCOMPARE(read->ports.size(), 1);
    QCOMPARE(read->ports.first().authentication, way);
    QVERIFY(read->port(way));
}

void TestWebDocuments::faults_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("words");
    QTest::addColumn<int>("id");
    QTest::newRow("1.1")
        << "<s:Fault><faultcode>s:Server</faultcode><faultstring>Kaput\r\n</faultstring></s:Fault>"_ba
        << u"Server"_s << u"Kaput"_s << 0;
    QTest::newRow("1.1 with diagnostics")
        << "<s:Fault><faultcode xmlns:a=\"urn:a\">a:FailedAuthentication</faultcode>"
           "<faultstring>Generic</faultstring><detail><OCSDiagnosticsFault><Ms-Diagnostics-Fault>"
           "<ErrorId>28020</ErrorId><Reason>No valid security token.</Reason>"
           "</Ms-Diagnostics-Fault></OCSDiagnosticsFault></detail></s:Fault>"_ba
        << u"FailedAuthentication"_s << u"No valid security token."_s << 28020;
    QTest::newRow("1.2")
        << "<s:Fault><s:Code><s:Value>s:Sender</"
           "s:Value><s:Subcode><s:Value>wst:FailedAuthentication"
           "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"pl\">Zażółć gęślą jaźń"
           "</s:Text></s:Reason></s:Fault>"_ba
        << u"FailedAuthentication"_s << u"Zażółć gęślą jaźń"_s << 0;
    QTest::newRow("1.2 of the login service")
        << "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>x</s:Text>"
           "</s:Reason><s:Detail><psf:error xmlns:psf=\"urn:p\"><psf:internalerror><psf:text>"
           "AADSTS50126: no\r\n</psf:text></psf:internalerror></psf:error></s:Detail></s:Fault>"_ba
        << u"Sender"_s << u"AADSTS50126: no"_s << 0;
    QTest::newRow("wordless") << "<s:Fault><faultcode>s:Server</faultcode></s:Fault>"_ba
                              << u"Server"_s << u"Server"_s << 0;
}

void TestWebDocuments::faults()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, code);
    QFETCH(QString, words);
    QFETCH(int, id);
    const QByteArray envelope = "<s:Envelope xmlns:s=\"urn:s\" xmlns:wst=\"urn:w\"><s:Body>" + body
        + "</s:Body></s:Envelope>";
    const auto fault = parseFault(envelope);
    QVERIFY(fault);
    QCOMPARE(fault->code, code);
    QCOMPARE(fault->words, words);
    QCOMPARE(fault->id, id);
    HttpReply reply;
    reply.status = 500;
    reply.body = envelope;
    QVERIFY(webWords(reply).startsWith(words));
    reply.body = "<html>sorry</html>"_ba;
    reply.reason = "Oh no"_ba;
    QCOMPARE(webWords(reply), u"500 Oh no"_s);
    QVERIFY(!parseFault(ticketAnswer("<a/>"_ba)));
}

void TestWebDocuments::certificateDemand()
{
    CertificateDemand demand;
    demand.address = u"ben@litwareinc.com"_s;
    demand.deviceId = "2f7e7723-96e4-544e-8b98-cf482b8cefb8"_ba;
    demand.request = counting(0, 200);
    demand.requestId = "r"_ba;
    const QByteArray bytes = buildCertificateDemand(demand, vectorTicket());
    QVERIFY(bytes.contains(securityHeader(vectorTicket())));
    const auto read = parseXml(bytes);
    QVERIFY(read);
    const XmlElement *body = read->find(u"Body/GetAndPublishCert");
    QVERIFY(body);
    QCOMPARE(body->attribute(u"DeviceId"), u"{2f7e7723-96e4-544e-8b98-cf482b8cefb8}"_s);
    QCOMPARE(body->attribute(u"Entity"), u"ben@litwareinc.com"_s);
    const QString token = body->find(u"RequestSecurityToken/BinarySecurityToken")->text.trimmed();
    QCOMPARE(QByteArray::fromBase64(token.toLatin1()), demand.request);
    for (const QString &line : token.split(u"\n"_s)) {
        QVERIFY(line.trimmed().size() <= 76);
    }

    const auto answer = [](const QByteArray &inner) {
        return "<s:Envelope xmlns:s=\"urn:s\"><s:Body><GetAndPublishCertResponse>"
               "<RequestSecurityTokenResponse><RequestedSecurityToken>"
            + inner
            + "</RequestedSecurityToken></RequestSecurityTokenResponse>"
              "</GetAndPublishCertResponse></s:Body></s:Envelope>";
    };
    const auto der = parseCertificateAnswer(
        answer("<BinarySecurityToken>\r\nAQID\r\nBAU=\r\n</BinarySecurityToken>"_ba));
    QVERIFY(der);
    QCOMPARE(*der, counting(1, 5));
    QVERIFY(!parseCertificateAnswer(answer("<BinarySecurityToken/>"_ba)));
    QVERIFY(!parseCertificateAnswer(answer({})));
}

QTEST_GUILESS_MAIN(TestWebDocuments)
#include "tst_webdocuments.moc"
