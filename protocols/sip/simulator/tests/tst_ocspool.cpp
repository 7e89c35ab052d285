// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/registrar.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/simulator/tests/simclient.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace linchpin::sip;
using namespace linchpin::sip::sim;

namespace {

const auto ben = u"ben@litwareinc.test"_s;
const auto cho = u"cho@litwareinc.test"_s;
const auto zofia = u"zofia@litwareinc.test"_s;
const auto publish
    = "<publish xmlns=\"http://schemas.microsoft.com/2006/09/sip/rich-presence\"><publications "
      "uri=\"sip:ben@litwareinc.test\">"
      "<publication categoryName=\"state\" instance=\"536870912\" container=\"2\" version=\"%1\" "
      "expireType=\"static\">"
      "<state xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" manual=\"true\" "
      "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"userState\">"
      "<availability>%2</availability></state></publication></publications></publish>"_ba;
const auto offer
    = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=message 5060 sip null\r\n"_ba;

QByteArray soap(const QByteArray &operation)
{
    return "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
           "xmlns:m=\"http://schemas.microsoft.com/winrtc/2002/11/sip\"><s:Body>"
        + operation + "</s:Body></s:Envelope>";
}

} // namespace

/// The pool seen from outside, by end points that sign with the client's own code.
class tst_OcsPool : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void derivesInstanceAndGruu_data();
    void derivesInstanceAndGruu();
    void signsIn_data();
    void signsIn();
    void refusesWrongPassword();
    void keepsSeveralEndpoints();
    void forgetsExpiredEndpoints();
    void insistsOnSignatures();
    void objectsToBadRegistrations_data();
    void objectsToBadRegistrations();
    void givesRoamingData();
    void publishesWithVersions();
    void sharesContactEdits();
    void answersBatchSubscriptions();
    void findsPeople();
    void forksAndCancels();
    void passesCancelOn();
    void choosesTheBestRefusal();
    void answersForAbsentPeople_data();
    void answersForAbsentPeople();
    void misbehavesOnCommand();
    void showsAnExpiredCertificate();
    void survivesRubbish_data();
    void survivesRubbish();
    void recordsWhatPeopleReceive();
    void programKeepsItsContract();

private:
    std::unique_ptr<SimClient> signedIn(const QString &address, const QByteArray &epid);
    SipMessage publishRequest(SimClient &client, int version, int availability);
    SipMessage subscribe(SimClient &client, const QString &address, const QByteArray &event);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::optional<SimCertificates> m_certificates;
};

void tst_OcsPool::initTestCase()
{
    m_certificates = makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
    QVERIFY(m_certificates.has_value());
}

void tst_OcsPool::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(
        OcsPool::Options { .directory = m_directory->path(), .certificates = m_certificates },
        nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Zażółć 🔑"_s, u"Ben \"<&>\" Smith"_s);
    m_pool->addUser(cho, {}, u"Pa55-cho"_s, u"Cho"_s);
    QVERIFY(m_pool->start().has_value());
}

void tst_OcsPool::cleanup()
{
    m_pool.reset();
    m_directory.reset();
}

std::unique_ptr<SimClient> tst_OcsPool::signedIn(const QString &address, const QByteArray &epid)
{
    auto client = std::make_unique<SimClient>(address, epid);
    if (!client->connectTo(m_pool->tcpPort())) {
        return {};
    }
    const int status = address == ben ? client->signIn(u"LITWARE\\ben"_s, u"Zażółć 🔑"_s)
                                      : client->signIn({}, u"Pa55-cho"_s);
    return status == 200 ? std::move(client) : nullptr;
}

SipMessage tst_OcsPool::publishRequest(SimClient &client, int version, int availability)
{
    auto request = client.request("SERVICE", "sip:ben@litwareinc.test");
    request.setBody("application/msrtc-category-publish+xml",
        QByteArray(publish)
            .replace("%1", QByteArray::number(version))
            .replace("%2", QByteArray::number(availability)));
    return request;
}

SipMessage tst_OcsPool::subscribe(
    SimClient &client, const QString &address, const QByteArray &event)
{
    auto request = client.request("SUBSCRIBE", "sip:" + address.toUtf8());
    request.addHeader("Event", event);
    request.addHeader("Supported", "ms-benotify");
    request.addHeader("Proxy-Require", "ms-benotify");
    request.addHeader("Supported", "ms-piggyback-first-notify");
    return request;
}

void tst_OcsPool::derivesInstanceAndGruu_data()
{
    QTest::addColumn<QByteArray>("epid");
    QTest::addColumn<QString>("instance");
    QTest::addColumn<QByteArray>("opaque");
    // The pairs of epid and UUID are those of [MS-SIPRE] and [MS-SIPREGE].
    QTest::newRow("01010101") << "01010101"_ba << u"4b1682a8-f968-5701-83fc-7c6741dc6697"_s
                              << "qIIWS2j5AVeD_HxnQdxmlwAA"_ba;
    QTest::newRow("8248ca9ebb") << "8248ca9ebb"_ba << u"4233fd41-093b-5fd6-b5d2-651ed55969e6"_s
                                << "Qf0zQjsJ1l-10mUe1Vlp5gAA"_ba;
    QTest::newRow("2ebb6f264f") << "2ebb6f264f"_ba << u"124841e4-264d-52e8-96c5-d22aa8cdc316"_s
                                << "5EFIEk0m6FKWxdIqqM3DFgAA"_ba;
}

void tst_OcsPool::derivesInstanceAndGruu()
{
    QFETCH(QByteArray, epid);
    QFETCH(QString, instance);
    QFETCH(QByteArray, opaque);
    QCOMPARE(Registrar::instanceForEpid(epid), instance);
    QCOMPARE(Registrar::gruu(ben, instance),
        "sip:ben@litwareinc.test;opaque=user:epid:" + opaque + ";gruu");
}

void tst_OcsPool::signsIn_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<QString>("login");
    QTest::newRow("version 2") << 2 << u"LITWARE\\ben"_s;
    QTest::newRow("version 3") << 3 << u"LITWARE\\ben"_s;
    QTest::newRow("version 4") << 4 << u"LITWARE\\ben"_s;
    QTest::newRow("user alone") << 4 << u"ben"_s;
    QTest::newRow("address") << 4 << ben;
}

void tst_OcsPool::signsIn()
{
    QFETCH(int, version);
    QFETCH(QString, login);
    m_pool->setSignatureVersion(version);
    SimClient client(ben, "a1b2c3d4e5f6");
    QVERIFY(client.connectTo(m_pool->tcpPort()));
    QCOMPARE(client.signIn(login, u"Zażółć 🔑"_s), 200);
    QCOMPARE(
        client.gruu(), "sip:ben@litwareinc.test;opaque=user:epid:I3d-L-SWTlSLmM9IK4zvuAAA;gruu");
    QVERIFY(client.registration().header("Allow-Events").contains("vnd-microsoft-roaming-self"));
    QVERIFY(client.registration().header("ms-keep-alive").contains("timeout=300"));
    QCOMPARE(client.registration().header("presence-state"), "register-action=\"added\"");
    // A signed request, and one that refreshes.
    QCOMPARE(
        client.exchange(subscribe(client, ben, "vnd-microsoft-roaming-contacts"))->status, 200);
    QCOMPARE(client.signIn(login, u"Zażółć 🔑"_s), 200);
    QCOMPARE(client.registration().header("presence-state"), "register-action=\"refreshed\"");
    QCOMPARE(client.wrongSignatures(), 0);
    QCOMPARE(m_pool->complaints(), QStringList());
    client.signOut();
    QCOMPARE(m_pool->endpointCount(ben), 0);
}

void tst_OcsPool::refusesWrongPassword()
{
    SimClient client(ben, "a1b2c3d4e5f6");
    QVERIFY(client.connectTo(m_pool->tcpPort()));
    QCOMPARE(client.signIn(u"LITWARE\\ben"_s, u"Zażółć"_s), 401);
    QVERIFY(client.registration().header("ms-diagnostics").startsWith("1000;"));
    SimClient stranger(u"nobody@litwareinc.test"_s, "a1b2c3d4e5f6");
    QVERIFY(stranger.connectTo(m_pool->tcpPort()));
    QCOMPARE(stranger.signIn({}, u"x"_s), 404);
    SimClient borrower(cho, "a1b2c3d4e5f6"); // Ben's password for Cho's address
    QVERIFY(borrower.connectTo(m_pool->tcpPort()));
    QCOMPARE(borrower.signIn(u"LITWARE\\ben"_s, u"Zażółć 🔑"_s), 401);
    QCOMPARE(m_pool->endpointCount(ben) + m_pool->endpointCount(cho), 0);
}

void tst_OcsPool::keepsSeveralEndpoints()
{
    const auto one = signedIn(ben, "a1b2c3d4e5f6");
    const auto two = signedIn(ben, "2ebb6f264f");
    QVERIFY(one && two);
    QCOMPARE(m_pool->endpointCount(ben), 2);
    QCOMPARE(two->registration().headerValues("Contact").size(), 2);
    QVERIFY(one->gruu() != two->gruu());
    m_pool->deregister(ben, "unregistered");
    const auto notice = one->expect("BENOTIFY");
    QVERIFY(notice);
    QCOMPARE(notice->header("Event"), "registration-notify");
    QCOMPARE(notice->body, "deregistered;event=unregistered");
    QCOMPARE(m_pool->endpointCount(ben), 0);
    QCOMPARE(one->wrongSignatures() + two->wrongSignatures(), 0);
}

void tst_OcsPool::forgetsExpiredEndpoints()
{
    SimClient client(ben, "a1b2c3d4e5f6");
    QVERIFY(client.connectTo(m_pool->tcpPort()));
    QCOMPARE(client.signIn(u"ben"_s, u"Zażółć 🔑"_s, "1"), 200);
    QCOMPARE(client.registration().header("Expires"), "1");
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->endpointCount(ben), 0, 10000);
    QVERIFY(client.isConnected());
}

void tst_OcsPool::insistsOnSignatures()
{
    const auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    const auto unsignedAnswer
        = client->exchange(subscribe(*client, ben, "vnd-microsoft-roaming-self"), false);
    QVERIFY(unsignedAnswer);
    QCOMPARE(unsignedAnswer->status, 401);
    QCOMPARE(m_pool->complaints(), QStringList { u"SUBSCRIBE without a signature"_s });
    // A signature of another Expires value.
    auto request = subscribe(*client, ben, "vnd-microsoft-roaming-self");
    request.addHeader("Expires", "600");
    // exchange() signs; the change afterwards goes out by hand.
    SipMessage altered = request;
    m_pool->clearLog();
    const auto fine = client->exchange(request);
    QCOMPARE(fine->status, 200);
    altered = m_pool->received().last().message; // with Authorization
    altered.setHeader("Expires", "60000");
    altered.setHeader("Call-ID", "replay");
    const auto refused = client->exchange(altered, false);
    QVERIFY(refused);
    QCOMPARE(refused->status, 401);
}

void tst_OcsPool::objectsToBadRegistrations_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("diagnostics");
    QTest::newRow("no epid") << "From"_ba << "<sip:ben@litwareinc.test>;tag=1"_ba << 400
                             << "4011;"_ba;
    QTest::newRow("long epid") << "From"_ba
                               << "<sip:ben@litwareinc.test>;tag=1;epid=0123456789abcdef0"_ba << 400
                               << "4012;"_ba;
    QTest::newRow("wrong event") << "Event"_ba << "presence"_ba << 489 << "4055;"_ba;
    QTest::newRow("no GRUU") << "Supported"_ba << "msrtc-event-categories"_ba << 421 << "2057;"_ba;
}

void tst_OcsPool::objectsToBadRegistrations()
{
    QFETCH(QByteArray, header);
    QFETCH(QByteArray, value);
    QFETCH(int, status);
    QFETCH(QByteArray, diagnostics);
    const auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    auto request = client->request("REGISTER", "sip:litwareinc.test", "<sip:ben@litwareinc.test>");
    request.setHeader(header, value);
    const auto response = client->exchange(request);
    QVERIFY(response);
    QCOMPARE(response->status, status);
    QVERIFY(response->header("ms-diagnostics").startsWith(diagnostics));
}

void tst_OcsPool::givesRoamingData()
{
    m_pool->setContacts(
        ben, { { .address = zofia, .alias = u"Zosia <&>"_s, .groups = { u"Kraków"_s } } });
    const auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    const auto contacts
        = client->exchange(subscribe(*client, ben, "vnd-microsoft-roaming-contacts"));
    QCOMPARE(contacts->header("ms-piggyback-cseq"), "1");
    QCOMPARE(contacts->header("Content-Type"), "application/vnd-microsoft-roaming-contacts+xml");
    QVERIFY(contacts->body.contains("name=\"Kraków\""));
    QVERIFY(contacts->body.contains("uri=\"zofia@litwareinc.test\" name=\"Zosia &lt;&amp;&gt;\""));
    const auto self = client->exchange(subscribe(*client, ben, "vnd-microsoft-roaming-self"));
    QVERIFY(self->body.contains(
        "<container id=\"200\" version=\"1\"><member type=\"sameEnterprise\"/>"));
    auto provisioning = subscribe(*client, ben, "vnd-microsoft-provisioning-v2");
    provisioning.addHeader("Expires", "0");
    provisioning.setBody("application/vnd-microsoft-roaming-provisioning-v2+xml",
        "<provisioningGroupList "
        "xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
        "provisioninggrouplist\"><provisioningGroup "
        "name=\"ServerConfiguration\"/></provisioningGroupList>");
    const auto provisioned = client->exchange(provisioning);
    QCOMPARE(provisioned->header("subscription-state"), "terminated;expires=0");
    QVERIFY(provisioned->body.contains("ServerConfiguration"));
    QCOMPARE(
        client->exchange(subscribe(*client, cho, "vnd-microsoft-roaming-contacts"))->status, 403);
    QCOMPARE(client->exchange(subscribe(*client, ben, "no-such-event"))->status, 489);
    // Without the piggy-back the first notification comes by itself.
    auto plain = subscribe(*client, ben, "vnd-microsoft-roaming-contacts");
    plain.removeHeader("Supported");
    const auto response = client->exchange(plain);
    QCOMPARE(response->body, QByteArray());
    const auto notify = client->expect("NOTIFY");
    QVERIFY(notify);
    QVERIFY(notify->body.contains("contactList"));
    QCOMPARE(client->wrongSignatures(), 0);
}

void tst_OcsPool::publishesWithVersions()
{
    const auto one = signedIn(ben, "a1b2c3d4e5f6");
    const auto two = signedIn(ben, "2ebb6f264f");
    const auto watcher = signedIn(cho, "01010101");
    QVERIFY(one && two && watcher);
    QCOMPARE(two->exchange(subscribe(*two, ben, "vnd-microsoft-roaming-self"))->status, 200);
    QCOMPARE(watcher->exchange(subscribe(*watcher, ben, "presence"))->status, 200);
    const auto first = one->exchange(publishRequest(*one, 0, 6500));
    QCOMPARE(first->status, 200);
    QVERIFY(first->body.contains("instance=\"536870912\""));
    const auto own = two->expect("BENOTIFY");
    QVERIFY(own && own->body.contains("<availability>6500</availability>"));
    const auto seen = watcher->expect("BENOTIFY");
    QVERIFY(seen && seen->body.contains("aggregateState"));
    QCOMPARE(m_pool->availabilityOf(ben), 6500);
    const auto stale = one->exchange(publishRequest(*one, 0, 3500));
    QCOMPARE(stale->status, 409);
    QVERIFY(stale->body.contains("Client.BadCall.WrongDelta"));
    QVERIFY(stale->body.contains("<operation index=\"1\" version=\"0\" curVersion=\"1\"/>"));
    QCOMPARE(m_pool->availabilityOf(ben), 6500);
    QCOMPARE(one->exchange(publishRequest(*one, 1, 3500))->status, 200);
    QCOMPARE(m_pool->availabilityOf(ben), 3500);
    // Blocked people see somebody who is not there.
    auto block = one->request("SERVICE", "sip:ben@litwareinc.test");
    block.setBody("application/msrtc-setcontainermembers+xml",
        "<setContainerMembers "
        "xmlns=\"http://schemas.microsoft.com/2006/09/sip/container-management\"><container "
        "id=\"32000\" version=\"0\">"
        "<member action=\"add\" type=\"user\" "
        "value=\"cho@litwareinc.test\"/></container></setContainerMembers>");
    watcher->expect("BENOTIFY"); // the return to "available"
    QCOMPARE(one->exchange(block)->status, 200);
    const auto blocked = watcher->expect("BENOTIFY");
    QVERIFY(blocked && blocked->body.contains("<availability>18500</availability>"));
    auto again = block;
    again.setHeader("Call-ID", "again");
    QCOMPARE(one->exchange(again)->status, 409);
}

void tst_OcsPool::sharesContactEdits()
{
    const auto one = signedIn(ben, "a1b2c3d4e5f6");
    const auto two = signedIn(ben, "2ebb6f264f");
    QVERIFY(one && two);
    QCOMPARE(two->exchange(subscribe(*two, ben, "vnd-microsoft-roaming-contacts"))->status, 200);
    const auto edit = [&](const QByteArray &operation, int delta) {
        auto request = one->request("SERVICE", "sip:ben@litwareinc.test");
        request.setBody("application/SOAP+xml",
            soap(QByteArray(operation).replace(
                "%d", "<m:deltaNum>" + QByteArray::number(delta) + "</m:deltaNum>")));
        return one->exchange(request).value_or(SipMessage::response(0, {}));
    };
    const int start = m_pool->contactsOf(ben)->deltaNumber();
    const auto group = edit(
        "<m:addGroup><m:name>Łódź &amp; friends</m:name><m:externalURI/>%d</m:addGroup>", start);
    QCOMPARE(group.status, 200);
    QVERIFY(group.body.contains("<m:groupID>2</m:groupID>"));
    auto delta = two->expect("BENOTIFY");
    QVERIFY(delta && delta->body.contains("<addedGroup id=\"2\" name=\"Łódź &amp; friends\""));
    const auto contact
        = "<m:setContact><m:displayName/><m:groups>2</m:groups><m:subscribed>true</m:subscribed><m:URI>sip:zofia@litwareinc.test</m:URI><m:externalURI/>%d</m:setContact>"_ba;
    QCOMPARE(edit(contact, start).status, 409); // an old number
    QCOMPARE(edit(contact, start + 1).status, 200);
    delta = two->expect("BENOTIFY");
    QVERIFY(delta && delta->body.contains("<addedContact uri=\"sip:zofia@litwareinc.test\""));
    QVERIFY(delta->body.contains("prevDeltaNum=\"" + QByteArray::number(start + 1) + '"'));
    QCOMPARE(
        edit("<m:deleteGroup><m:groupID>2</m:groupID>%d</m:deleteGroup>", start + 2).status, 200);
    delta = two->expect("BENOTIFY");
    QVERIFY(
        delta && delta->body.contains("modifiedContact") && delta->body.contains("groups=\"1\""));
    delta = two->expect("BENOTIFY");
    QVERIFY(delta && delta->body.contains("<deletedGroup id=\"2\"/>"));
    QCOMPARE(
        edit("<m:deleteGroup><m:groupID>1</m:groupID>%d</m:deleteGroup>", start + 4).status, 404);
    QCOMPARE(edit("<m:somethingElse>%d</m:somethingElse>", start + 4).status, 400);
    QCOMPARE(m_pool->contactsOf(ben)->deltaNumber(), start + 4);
}

void tst_OcsPool::answersBatchSubscriptions()
{
    auto *person = m_pool->addPerson(zofia, { .displayName = u"Zofia Gęślarz"_s });
    person->setPresence(int(Availability::Busy), u"<&> 🦄"_s);
    const auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    auto request = subscribe(*client, ben, "presence");
    request.addHeader("Require", "adhoclist, categoryList");
    request.setBody("application/msrtc-adrl-categorylist+xml",
        "<batchSub xmlns=\"http://schemas.microsoft.com/2006/01/sip/batch-subscribe\" "
        "uri=\"sip:ben@litwareinc.test\" name=\"\"><action name=\"subscribe\" id=\"1\"><adhocList>"
        "<resource uri=\"sip:zofia@litwareinc.test\"/><resource "
        "uri=\"sip:ghost@litwareinc.test\"/><resource uri=\"sip:far@contoso.test\"/>"
        "</adhocList><categoryList "
        "xmlns=\"http://schemas.microsoft.com/2006/09/sip/categorylist\"><category "
        "name=\"note\"/><category name=\"state\"/></categoryList></action></batchSub>");
    const auto response = client->exchange(request);
    QCOMPARE(response->status, 200);
    QVERIFY(response->header("Content-Type").startsWith("multipart/related"));
    QVERIFY(response->body.contains("uri=\"sip:ghost@litwareinc.test\"><instance id=")
        && response->body.contains("state=\"terminated\""));
    QVERIFY(response->body.contains("state=\"resubscribe\""));
    QVERIFY(response->body.contains("<availability>6500</availability>"));
    QVERIFY(response->body.contains("&lt;&amp;&gt; 🦄"));
    QVERIFY(!response->body.contains("contactCard"));
    person->setPresence(int(Availability::Away));
    const auto change = client->expect("BENOTIFY");
    QVERIFY(change && change->body.contains("<availability>15500</availability>"));
    QVERIFY(change->body.contains("<category name=\"note\"/>"));
    QCOMPARE(
        client->exchange(subscribe(*client, u"ghost@litwareinc.test"_s, "presence"))->status, 404);
    QCOMPARE(client->exchange(subscribe(*client, u"far@contoso.test"_s, "presence"))->status, 504);
}

void tst_OcsPool::findsPeople()
{
    m_pool->addPerson(zofia, { .displayName = u"Zofia Gęślarz"_s, .title = u"Inżynierka"_s });
    const auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    auto request = client->request("SERVICE", "sip:litwareinc.test");
    request.setBody("application/SOAP+xml",
        soap("<m:directorySearch><m:filter "
             "m:href=\"#searchArray\"/><m:maxResults>100</m:maxResults></m:directorySearch>"
             "<m:Array m:id=\"searchArray\"><m:row m:attrib=\"givenName\" "
             "m:value=\"gęśl\"/></m:Array>"));
    const auto response = client->exchange(request);
    QCOMPARE(response->status, 200);
    QVERIFY(response->body.contains("m:uri=\"sip:zofia@litwareinc.test\""));
    QVERIFY(!response->body.contains("cho@litwareinc.test"));
    QVERIFY(response->body.contains("<m:moreAvailable>false</m:moreAvailable>"));
}

void tst_OcsPool::forksAndCancels()
{
    const auto caller = signedIn(cho, "01010101");
    const auto one = signedIn(ben, "a1b2c3d4e5f6");
    const auto two = signedIn(ben, "2ebb6f264f");
    QVERIFY(caller && one && two);
    auto invite = caller->request("INVITE", "sip:ben@litwareinc.test");
    invite.setBody("application/sdp", offer);
    caller->post(invite);
    const auto first = one->expect("INVITE");
    const auto second = two->expect("INVITE");
    QVERIFY(first && second);
    QVERIFY(!first->hasHeader("Authorization"));
    QVERIFY(first->header("P-Asserted-Identity").contains("sip:cho@litwareinc.test"));
    QVERIFY(first->header("Record-Route").contains("lr"));
    one->answer(*first, 180);
    one->answer(*first, 200, "application/sdp", offer);
    const auto answer = caller->expectResponse(invite.header("Call-ID"), "INVITE");
    QVERIFY(answer);
    QCOMPARE(answer->status, 200);
    QCOMPARE(answer->headerValues("Via").size(), 1);
    const auto cancelled = two->expect("CANCEL");
    QVERIFY(cancelled);
    QCOMPARE(topBranch(*cancelled), topBranch(*second));
    two->answer(*cancelled, 200);
    two->answer(*second, 487);
    QVERIFY(two->expect("ACK"));

    const auto inDialog = [&](const QByteArray &method) {
        auto message
            = caller->request(method, addressHeader(*answer, "Contact").uri, answer->header("To"));
        message.setHeader("Call-ID", invite.header("Call-ID"));
        message.addHeader("Route", answer->header("Record-Route"));
        return message;
    };
    auto ack = inDialog("ACK");
    ack.setHeader("CSeq", invite.header("CSeq").replace("INVITE", "ACK"));
    caller->post(ack);
    QVERIFY(one->expect("ACK"));
    auto message = inDialog("MESSAGE");
    message.setBody("text/plain; charset=UTF-8", "Zażółć 👩‍👩‍👧‍👦");
    caller->post(message);
    const auto text = one->expect("MESSAGE");
    QVERIFY(text);
    QCOMPARE(text->body, "Zażółć 👩‍👩‍👧‍👦");
    one->answer(*text, 200);
    QCOMPARE(caller->expectResponse(invite.header("Call-ID"), "MESSAGE")->status, 200);
    caller->post(inDialog("BYE"));
    const auto bye = one->expect("BYE");
    QVERIFY(bye);
    one->answer(*bye, 200);
    QCOMPARE(caller->expectResponse(invite.header("Call-ID"), "BYE")->status, 200);
    QVERIFY(!two->has("MESSAGE") && !two->has("BYE"));
    QCOMPARE(caller->wrongSignatures() + one->wrongSignatures() + two->wrongSignatures(), 0);
    QCOMPARE(m_pool->complaints(), QStringList());
}

void tst_OcsPool::passesCancelOn()
{
    const auto caller = signedIn(cho, "01010101");
    const auto callee = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(caller && callee);
    auto invite = caller->request("INVITE", "sip:ben@litwareinc.test");
    invite.setBody("application/sdp", offer);
    caller->post(invite);
    const auto ringing = callee->expect("INVITE");
    QVERIFY(ringing);
    callee->answer(*ringing, 180);
    auto cancel = caller->request("CANCEL", invite.uri);
    for (const auto name : { "Via", "To", "Call-ID" }) {
        cancel.setHeader(name, invite.header(name));
    }
    cancel.setHeader("CSeq", invite.header("CSeq").replace("INVITE", "CANCEL"));
    QCOMPARE(caller->exchange(cancel)->status, 200);
    const auto passed = callee->expect("CANCEL");
    QVERIFY(passed);
    callee->answer(*passed, 200);
    callee->answer(*ringing, 487);
    QVERIFY(callee->expect("ACK"));
    QCOMPARE(caller->expectResponse(invite.header("Call-ID"), "INVITE")->status, 487);
}

void tst_OcsPool::choosesTheBestRefusal()
{
    const auto caller = signedIn(cho, "01010101");
    const auto one = signedIn(ben, "a1b2c3d4e5f6");
    auto two = signedIn(ben, "2ebb6f264f");
    QVERIFY(caller && one && two);
    auto invite = caller->request("INVITE", "sip:ben@litwareinc.test");
    caller->post(invite);
    const auto first = one->expect("INVITE");
    const auto second = two->expect("INVITE");
    QVERIFY(first && second);
    two.reset(); // its connection breaks: counts as 408
    one->answer(*first, 486);
    QCOMPARE(caller->expectResponse(invite.header("Call-ID"), "INVITE")->status, 408);
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->endpointCount(ben), 1, 10000);
    auto next = caller->request("INVITE", "sip:ben@litwareinc.test");
    caller->post(next);
    const auto again = one->expect("INVITE");
    QVERIFY(again);
    one->answer(*again, 603);
    QCOMPARE(caller->expectResponse(next.header("Call-ID"), "INVITE")->status, 603);
}

void tst_OcsPool::answersForAbsentPeople_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("uri");
    QTest::addColumn<int>("status");
    QTest::newRow("not signed in") << "INVITE"_ba << "sip:cho@litwareinc.test"_ba << 480;
    QTest::newRow("unknown") << "INVITE"_ba << "sip:ghost@litwareinc.test"_ba << 404;
    QTest::newRow("unknown, MESSAGE") << "MESSAGE"_ba << "sip:ghost@litwareinc.test"_ba << 404;
    QTest::newRow("another organisation") << "INVITE"_ba << "sip:far@contoso.test"_ba << 504;
    QTest::newRow("a device that is gone")
        << "INFO"_ba << "sip:cho@litwareinc.test;opaque=user:epid:qIIWS2j5AVeD_HxnQdxmlwAA;gruu"_ba
        << 480;
    QTest::newRow("the pool itself") << "OPTIONS"_ba << "sip:litwareinc.test"_ba << 200;
    QTest::newRow("no SIP URI") << "INVITE"_ba << "tel:+15550100"_ba << 400;
}

void tst_OcsPool::answersForAbsentPeople()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, uri);
    QFETCH(int, status);
    const auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    const auto response = client->exchange(client->request(method, uri));
    QVERIFY(response);
    QCOMPARE(response->status, status);
}

void tst_OcsPool::misbehavesOnCommand()
{
    auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    m_pool->answer(503, "SERVICE", {}, { { "Retry-After", "30" } }, 1);
    const auto busy = client->exchange(publishRequest(*client, 0, 3500));
    QCOMPARE(busy->status, 503);
    QCOMPARE(busy->header("Retry-After"), "30");
    QCOMPARE(client->exchange(publishRequest(*client, 0, 3500))->status, 200);
    m_pool->answer(501);
    QCOMPARE(client->exchange(client->request("OPTIONS", "sip:litwareinc.test"))->status, 501);
    m_pool->behave();
    m_pool->corruptSignatures(true);
    QCOMPARE(client->exchange(client->request("OPTIONS", "sip:litwareinc.test"))->status, 200);
    QCOMPARE(client->wrongSignatures(), 1);
    m_pool->behave();
    m_pool->cutAfter(1);
    QCOMPARE(client->exchange(client->request("OPTIONS", "sip:litwareinc.test"))->status, 200);
    QVERIFY(!client->exchange(client->request("OPTIONS", "sip:litwareinc.test")));
    QVERIFY(!client->isConnected());
    m_pool->behave();
    m_pool->refuseUserAgent(u"Go away"_s, u"Other"_s);
    SimClient refused(ben, "a1b2c3d4e5f6");
    QVERIFY(refused.connectTo(m_pool->tcpPort()));
    QCOMPARE(refused.signIn(u"ben"_s, u"x"_s), 403);
    QCOMPARE(refused.registration().header("Warning"), "310 lcs.microsoft.com \"Go away\"");
    m_pool->behave();
    m_pool->speakHttp(true);
    QTcpSocket browser;
    browser.connectToHost(QHostAddress(QHostAddress::LocalHost), m_pool->tcpPort());
    browser.write("REGISTER sip:litwareinc.test SIP/2.0\r\n\r\n");
    QTRY_VERIFY_WITH_TIMEOUT(browser.peek(5) == "HTTP/", 10000);
}

void tst_OcsPool::showsAnExpiredCertificate()
{
    for (const bool expired : { false, true }) {
        OcsPool pool({ .directory = m_directory->path(), .expiredCertificate = expired }, nullptr);
        QVERIFY(pool.start().has_value());
        QSslSocket socket;
        auto configuration = socket.sslConfiguration();
        configuration.setCaCertificates(QSslCertificate::fromData(pool.authority()));
        socket.setSslConfiguration(configuration);
        QList<QSslError::SslError> errors;
        connect(&socket, &QSslSocket::sslErrors, this, [&](const QList<QSslError> &list) {
            for (const auto &error : list) {
                errors += error.error();
            }
        });
        socket.connectToHostEncrypted(u"127.0.0.1"_s, pool.tlsPort(), u"localhost"_s);
        if (expired) {
            QTRY_VERIFY_WITH_TIMEOUT(errors.contains(QSslError::CertificateExpired), 10000);
            QCOMPARE(errors.size(), 1);
        } else {
            QTRY_VERIFY_WITH_TIMEOUT(socket.isEncrypted(), 10000);
            QCOMPARE(errors.size(), 0);
        }
    }
}

void tst_OcsPool::survivesRubbish_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("HTTP") << "GET / HTTP/1.1\r\nHost: x\r\n\r\n"_ba;
    QTest::newRow("zeros") << QByteArray(100000, '\0');
    QTest::newRow("no blank line") << "REGISTER sip:x SIP/2.0\r\n"_ba + QByteArray(200000, 'a');
    QTest::newRow("bad length") << "REGISTER sip:x SIP/2.0\r\nContent-Length: -1\r\n\r\n"_ba;
    QTest::newRow("empty headers")
        << "REGISTER sip:x SIP/2.0\r\nFrom:\r\nTo:\r\nVia:\r\nCall-ID:\r\nCSeq:\r\nContent-Length: 0\r\n\r\n"_ba;
    QTest::newRow("nonsense headers")
        << "INVITE <<>> SIP/2.0\r\nFrom: <<<\"\r\nTo: ;;;=\r\nVia: ,,\r\nCall-ID: \xff\xfe\r\nCSeq: 99999999999 X\r\nContent-Length: 0\r\n\r\n"_ba;
    QTest::newRow("response to nothing")
        << "SIP/2.0 200 OK\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nVia: SIP/2.0/TCP x\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"_ba;
}

void tst_OcsPool::survivesRubbish()
{
    QFETCH(QByteArray, bytes);
    const auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    QTcpSocket stranger;
    stranger.connectToHost(QHostAddress(QHostAddress::LocalHost), m_pool->tcpPort());
    stranger.write(bytes);
    client->send("\r\n\r\n"); // keep-alive
    auto deep = client->request("SERVICE", "sip:ben@litwareinc.test");
    deep.setBody("application/SOAP+xml",
        QByteArray("<a>").repeated(5000) + QByteArray("</a>").repeated(5000));
    QCOMPARE(client->exchange(deep)->status, 400);
    QTRY_VERIFY_WITH_TIMEOUT(stranger.bytesToWrite() == 0, 10000);
    QCOMPARE(client->exchange(publishRequest(*client, 0, 3500))->status, 200);
}

void tst_OcsPool::recordsWhatPeopleReceive()
{
    auto *person = m_pool->addPerson(zofia, { .displayName = u"Zofia"_s });
    person->setPresence(int(Availability::Available));
    const auto client = signedIn(ben, "a1b2c3d4e5f6");
    QVERIFY(client);
    auto invite = client->request("INVITE", "sip:zofia@litwareinc.test");
    invite.addHeader("ms-text-format",
        "text/plain; charset=UTF-8;ms-body=" + QByteArray("pierwsza 🦄").toBase64());
    invite.setBody("application/sdp", offer);
    const auto answer = client->exchange(invite);
    QVERIFY(answer);
    QCOMPARE(answer->status, 200);
    QVERIFY(listsToken(*answer, "Supported", "ms-text-format"));
    const auto within = [&](const QByteArray &type, const QByteArray &body) {
        auto message = client->request(
            "MESSAGE", addressHeader(*answer, "Contact").uri, answer->header("To"));
        message.setHeader("Call-ID", invite.header("Call-ID"));
        message.setBody(type, body);
        return client->exchange(message).value_or(SipMessage::response(0, {})).status;
    };
    QCOMPARE(within("text/html; charset=UTF-8", "<b>druga</b> &amp; <i>&#129412;</i>"), 200);
    QCOMPARE(within("text/plain; charset=ISO-8859-1", "gr\xfc\xdf"), 200);
    QCOMPARE(within("image/png", "x"), 415);
    QFile file(m_directory->filePath(u"received.jsonl"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QStringList texts;
    while (!file.atEnd()) {
        const auto line = QJsonDocument::fromJson(file.readLine()).object();
        QCOMPARE(line.value("from"_L1).toString(), ben);
        QCOMPARE(line.value("to"_L1).toString(), zofia);
        QVERIFY(!line.value("at"_L1).toString().isEmpty());
        texts += line.value("text"_L1).toString();
    }
    QCOMPARE(texts, QStringList({ u"pierwsza 🦄"_s, u"druga & 🦄"_s, u"grüß"_s }));
}

void tst_OcsPool::programKeepsItsContract()
{
    for (const bool terminate : { false, true }) {
        QProcess program;
        program.start(QStringLiteral(LINCHPIN_BINARY_DIR "/bin/linchpin-sim-sip"),
            { u"--demo"_s, u"--dir"_s, m_directory->path(), u"--delay-ms"_s, u"0"_s });
        QVERIFY(program.waitForReadyRead(30000));
        const auto ready = QJsonDocument::fromJson(program.readLine()).object();
        QCOMPARE(ready.value("ready"_L1), true);
        QCOMPARE(ready.value("protocol"_L1), u"sip"_s);
        const auto settings = ready.value("settings"_L1).toObject();
        QVERIFY(QFile::exists(settings.value("ca-file"_L1).toString()));
        QCOMPARE(settings.value("connection"_L1), u"tls"_s);
        QTcpSocket socket;
        socket.connectToHost(
            settings.value("server"_L1).toString(), quint16(settings.value("port"_L1).toInt()));
        QVERIFY(socket.waitForConnected(10000));
        SimClient client(ready.value("address"_L1).toString(), "a1b2c3d4e5f6");
        QVERIFY(client.connectTo(quint16(ready.value("tcp-port"_L1).toInt())));
        QCOMPARE(client.signIn({}, ready.value("password"_L1).toString()), 200);
        const auto greeting = client.expect("INVITE"); // the one who writes first
        QVERIFY(greeting);
        if (terminate) {
            program.terminate();
        } else {
            program.closeWriteChannel();
        }
        QVERIFY(program.waitForFinished(10000));
        QCOMPARE(program.exitStatus(), QProcess::NormalExit);
        QCOMPARE(program.exitCode(), 0);
    }
}

QTEST_GUILESS_MAIN(tst_OcsPool)
#include "tst_ocspool.moc"
