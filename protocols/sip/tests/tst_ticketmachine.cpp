// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/ticketmachine.h"

#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

const QUrl service(u"https://web.test/CertProv.svc"_s);
const QString ticketService = u"https://web.test/WebTicket.svc"_s;

WebIdentity identity()
{
    return { .address = u"ben@litwareinc.com"_s,
        .user = { u"ben@corp.test"_s, u"p&ss"_s },
        .userAgent = "UCCAPI/15"_ba };
}

RandomBytes countingRandom()
{
    return [n = std::make_shared<int>(0)](int count) { return QByteArray(count, char(++*n)); };
}

QByteArray port(const QByteArray &name, const QByteArray &address, const QByteArray &policy)
{
    return "<definitions><Policy Id=\"" + name + "_policy\"><ExactlyOne><All>" + policy
        + "</All></ExactlyOne></Policy><service><port name=\"" + name + "\"><address location=\""
        + address + "\"/></port></service></definitions>";
}

QByteArray serviceMetadata(const QString &issuer = ticketService)
{
    return port("CertProvisioningServiceWebTicketProof_SHA1"_ba,
        "https://web.test/CertProv.svc/Proof"_ba,
        "<EndorsingSupportingTokens><Policy><IssuedToken><Issuer><Address>" + issuer.toUtf8()
            + "</Address></Issuer></IssuedToken></Policy></EndorsingSupportingTokens>");
}

QByteArray ticketMetadata(bool windows, bool federated, const QByteArray &issuer = {})
{
    QByteArray both = "<all>";
    if (windows) {
        both += port("WebTicketServiceWinNegotiate"_ba, "https://web.test/WebTicket.svc/Auth"_ba,
            "<NegotiateAuthentication/>"_ba);
    }
    if (federated) {
        both += port("WsFedBearer"_ba, "https://web.test/WebTicket.svc/Fed"_ba,
            issuer.isEmpty() ? QByteArray()
                             : "<SignedSupportingTokens><IssuedToken><Issuer><Address>" + issuer
                    + "</Address></Issuer></IssuedToken></SignedSupportingTokens>");
    }
    return both + "</all>";
}

QByteArray tokenAnswer(const QByteArray &token)
{
    return "<s:Envelope xmlns:s=\"urn:s\"><s:Body><RequestSecurityTokenResponse><Lifetime>"
           "<Created>2026-03-02T08:00:00Z</Created><Expires>2026-03-02T16:00:00.5Z</Expires>"
           "</Lifetime><RequestedSecurityToken>"
        + token
        + "</RequestedSecurityToken><Entropy><BinarySecret>AQIDBA==</BinarySecret></Entropy>"
          "</RequestSecurityTokenResponse></s:Body></s:Envelope>";
}

QByteArray fault(const QByteArray &code, const QByteArray &words)
{
    return "<s:Envelope xmlns:s=\"urn:s\"><s:Body><s:Fault><faultcode>" + code
        + "</faultcode><faultstring>" + words + "</faultstring></s:Fault></s:Body></s:Envelope>";
}

Result<HttpReply> reply(int status, const QByteArray &body = {},
    const QList<std::pair<QByteArray, QByteArray>> &headers = {})
{
    HttpReply out;
    out.status = status;
    out.body = body;
    out.headers = headers;
    return out;
}

const HttpRequest *requestIn(const TicketStep &step)
{
    return std::get_if<HttpRequest>(&step);
}
Error errorIn(const TicketStep &step)
{
    const auto *error = std::get_if<Error>(&step);
    return error ? *error : Error {};
}

} // namespace

/// The way to a web ticket, answer by answer.
class TestTicketMachine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void windows();
    void resource();
    void wrongPassword();
    void federationWithCompany();
    void federationWithoutCompany();
    void companyOfThePolicy();
    void companyRefusals_data();
    void companyRefusals();
    void windowsSwitchedOff();
    void passwordIsNotTriedElsewhere();
    void redirects();
    void redirectsNowhere_data();
    void redirectsNowhere();
    void failures_data();
    void failures();
};

void TestTicketMachine::windows()
{
    TicketMachine machine(identity(), countingRandom());
    TicketStep step = machine.startForService(service, QString(certificatePort));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->method, "GET"_ba);
    QCOMPARE(requestIn(step)->url, QUrl(u"https://web.test/CertProv.svc/mex"_s));
    QVERIFY(!requestIn(step)->mayAuthenticate);
    step = machine.step(reply(200, serviceMetadata()));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url, QUrl(u"https://web.test/WebTicket.svc/mex"_s));
    step = machine.step(reply(200, ticketMetadata(true, true)));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->method, "POST"_ba);
    QCOMPARE(requestIn(step)->url, QUrl(u"https://web.test/WebTicket.svc/Auth"_s));
    QVERIFY(requestIn(step)->mayAuthenticate);
    QVERIFY(requestIn(step)->body.contains(">https://web.test/CertProv.svc/Proof<"));
    QVERIFY(requestIn(step)->headers.contains(
        std::pair<QByteArray, QByteArray>("User-Agent"_ba, "UCCAPI/15"_ba)));
    QVERIFY(!requestIn(step)->body.contains("p&amp;ss"));
    const QByteArray entropy(32, char(1));
    QVERIFY(requestIn(step)->body.contains(entropy.toBase64()));
    step = machine.step(reply(200, tokenAnswer("<A AssertionID=\"7\"/>"_ba)));
    const auto *grant = std::get_if<TicketGrant>(&step);
    QVERIFY(grant);
    QCOMPARE(grant->service, QUrl(u"https://web.test/CertProv.svc/Proof"_s));
    QCOMPARE(grant->ticket.token.id, "7"_ba);
    QCOMPARE(grant->ticket.proofKey, computedKey(entropy, "\1\2\3\4"_ba));
}

void TestTicketMachine::resource()
{
    TicketMachine machine(identity(), countingRandom());
    const QUrl user(u"https://web.test/root/user?sipuri=ben"_s);
    TicketStep step = machine.startForResource(QUrl(ticketService), user);
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url, QUrl(u"https://web.test/WebTicket.svc/mex"_s));
    step = machine.step(reply(200, ticketMetadata(true, false)));
    QVERIFY(requestIn(step));
    QVERIFY(requestIn(step)->body.contains(">https://web.test/root/user?sipuri=ben<"));
}

void TestTicketMachine::wrongPassword()
{
    TicketMachine machine(identity(), countingRandom());
    machine.startForResource(QUrl(ticketService), service);
    machine.step(reply(200, ticketMetadata(true, true)));
    const TicketStep step = machine.step(reply(401, {}, { { "WWW-Authenticate"_ba, "NTLM"_ba } }));
    QCOMPARE(errorIn(step).code, u"wrong-password"_s);
    QVERIFY(errorIn(step).fatal);
    QVERIFY(!errorIn(step).remedy.isEmpty());
}

void TestTicketMachine::federationWithCompany()
{
    TicketMachine machine(identity(), countingRandom());
    machine.startForService(service, QString(certificatePort));
    machine.step(reply(200, serviceMetadata()));
    TicketStep step = machine.step(reply(200, ticketMetadata(false, true)));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url.toString(QUrl::FullyEncoded),
        u"https://login.microsoftonline.com/getuserrealm.srf?login=ben%40corp.test&xml=1"_s);
    step = machine.step(reply(200,
        "<RealmInfo><STSAuthURL>https://adfs.test/trust/usernamemixed</STSAuthURL></RealmInfo>"_ba));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url, QUrl(u"https://adfs.test/trust/usernamemixed"_s));
    QVERIFY(requestIn(step)->body.contains("<wsse:Password>p&amp;ss</wsse:Password>"));
    QVERIFY(requestIn(step)->body.contains("urn:federation:MicrosoftOnline"));
    QVERIFY(!requestIn(step)->mayAuthenticate);
    const QByteArray assertion = "<saml:Assertion  xmlns:saml='urn:s'><!--x--></saml:Assertion>"_ba;
    step = machine.step(reply(200, tokenAnswer(assertion)));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url, QUrl(u"https://login.microsoftonline.com/RST2.srf"_s));
    QVERIFY(requestIn(step)->body.contains(assertion));
    QVERIFY(!requestIn(step)->body.contains("p&amp;ss"));
    const QByteArray encrypted = "<x:EncryptedData xmlns:x=\"urn:x\">?</x:EncryptedData>"_ba;
    step = machine.step(reply(200, tokenAnswer(encrypted)));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url, QUrl(u"https://web.test/WebTicket.svc/Fed"_s));
    QVERIFY(requestIn(step)->body.contains(encrypted));
    step = machine.step(reply(200, tokenAnswer("<A/>"_ba)));
    QVERIFY(std::get_if<TicketGrant>(&step));
}

void TestTicketMachine::federationWithoutCompany()
{
    TicketMachine machine(identity(), countingRandom());
    machine.startForResource(QUrl(ticketService), service);
    machine.step(reply(200, ticketMetadata(false, true)));
    TicketStep step = machine.step(reply(200, "<RealmInfo><State>4</State></RealmInfo>"_ba));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url.path(), u"/RST2.srf"_s);
    QVERIFY(requestIn(step)->body.contains("<wsse:Username>ben@corp.test</wsse:Username>"));
    step = machine.step(reply(200, fault("wst:FailedAuthentication"_ba, "AADSTS50076: MFA"_ba)));
    QCOMPARE(errorIn(step).code, u"web-ticket-failed"_s);
    QVERIFY(errorIn(step).detail.contains(u"AADSTS50076: MFA"));
}

void TestTicketMachine::companyOfThePolicy()
{
    TicketMachine machine(identity(), countingRandom());
    machine.startForResource(QUrl(ticketService), service);
    TicketStep step = machine.step(reply(200,
        ticketMetadata(false, true, "https://adfs.test/adfs/services/trust/13/usernamemixed"_ba)));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url.host(), u"adfs.test"_s);
    QVERIFY(requestIn(step)->body.contains(">https://web.test/WebTicket.svc/Fed<"));
    step = machine.step(reply(200, tokenAnswer("<T/>"_ba)));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url, QUrl(u"https://web.test/WebTicket.svc/Fed"_s));
}

void TestTicketMachine::companyRefusals_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("code");
    QTest::newRow("password") << 500 << fault("a:FailedAuthentication"_ba, "ID3242"_ba)
                              << u"wrong-password"_s;
    QTest::newRow("401") << 401 << QByteArray() << u"wrong-password"_s;
    QTest::newRow("second factor")
        << 500 << fault("a:Server"_ba, "MSIS3126"_ba) << u"web-ticket-failed"_s;
}

void TestTicketMachine::companyRefusals()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QString, code);
    TicketMachine machine(identity(), countingRandom());
    machine.startForResource(QUrl(ticketService), service);
    machine.step(reply(200, ticketMetadata(false, true)));
    machine.step(
        reply(200, "<RealmInfo><STSAuthURL>https://adfs.test/trust</STSAuthURL></RealmInfo>"_ba));
    QCOMPARE(errorIn(machine.step(reply(status, body))).code, code);
}

void TestTicketMachine::windowsSwitchedOff()
{
    TicketMachine machine(identity(), countingRandom());
    machine.startForResource(QUrl(ticketService), service);
    machine.step(reply(200, ticketMetadata(true, true)));
    const TicketStep step = machine.step(reply(404));
    QVERIFY(requestIn(step));
    QCOMPARE(requestIn(step)->url.path(), u"/getuserrealm.srf"_s);
}

void TestTicketMachine::passwordIsNotTriedElsewhere()
{
    TicketMachine machine(identity(), countingRandom());
    machine.startForResource(QUrl(ticketService), service);
    machine.step(reply(200, ticketMetadata(true, true)));
    const TicketStep step
        = machine.step(reply(500, fault("s:Server"_ba, "No valid security token."_ba)));
    QCOMPARE(errorIn(step).code, u"web-ticket-failed"_s);
    QVERIFY(errorIn(step).detail.contains(u"No valid security token."));
}

void TestTicketMachine::redirects()
{
    TicketMachine machine(identity(), countingRandom());
    machine.startForService(service, QString(certificatePort));
    TicketStep step;
    for (int i = 0; i < 5; ++i) {
        step = machine.step(
            reply(302, {}, { { "location"_ba, "/elsewhere" + QByteArray::number(i) } }));
        QVERIFY(requestIn(step));
        QCOMPARE(requestIn(step)->url.path(), u"/elsewhere%1"_s.arg(i));
    }
    step = machine.step(reply(302, {}, { { "Location"_ba, "/again"_ba } }));
    QCOMPARE(errorIn(step).code, u"web-ticket-failed"_s);
}

void TestTicketMachine::redirectsNowhere_data()
{
    QTest::addColumn<QByteArray>("location");
    QTest::newRow("plain http") << "http://web.test/mex"_ba;
    QTest::newRow("a file") << "file:///etc/passwd"_ba;
    QTest::newRow("rubbish") << "https:///"_ba;
}

void TestTicketMachine::redirectsNowhere()
{
    QFETCH(QByteArray, location);
    TicketMachine machine(identity(), countingRandom());
    machine.startForService(service, QString(certificatePort));
    QCOMPARE(errorIn(machine.step(reply(301, {}, { { "Location"_ba, location } }))).code,
        u"web-ticket-failed"_s);
}

void TestTicketMachine::failures_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("fatal");
    QTest::newRow("not there") << 404 << QByteArray() << true;
    QTest::newRow("busy") << 503 << QByteArray() << false;
    QTest::newRow("html") << 200 << "<html/>"_ba << true;
    QTest::newRow("rubbish") << 200 << "\x80\xff{"_ba << true;
    QTest::newRow("other ports") << 200 << ticketMetadata(true, false) << true;
    QTest::newRow("issuer in the clear")
        << 200 << serviceMetadata(u"http://web.test/WebTicket.svc"_s) << true;
}

void TestTicketMachine::failures()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(bool, fatal);
    TicketMachine machine(identity(), countingRandom());
    machine.startForService(service, QString(certificatePort));
    const Error error = errorIn(machine.step(reply(status, body)));
    QCOMPARE(error.code, u"web-ticket-failed"_s);
    QCOMPARE(error.fatal, fatal);
    QVERIFY(error.detail.startsWith(u"https://web.test/"));

    TicketMachine lost(identity(), countingRandom());
    lost.startForService(service, QString(certificatePort));
    Error network;
    network.code = u"timed-out"_s;
    QCOMPARE(errorIn(lost.step(std::unexpected(network))).code, u"timed-out"_s);

    TicketMachine plain(identity(), countingRandom());
    QVERIFY(!requestIn(plain.startForService(QUrl(u"http://web.test/a"_s), QString())));
}

QTEST_GUILESS_MAIN(TestTicketMachine)
#include "tst_ticketmachine.moc"
