// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/documents/xmlelement.h"
#include "protocols/sip/webservices/addressbook.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin::sip;

namespace {

WebTicket ticket()
{
    WebTicket ticket;
    ticket.token.element = "<saml:Assertion xmlns:saml=\"urn:saml\" A='1' />"_ba;
    ticket.token.created = "2026-03-02T08:00:00Z"_ba;
    ticket.token.expires = "2026-03-02T16:00:00Z"_ba;
    return ticket;
}

QByteArray soap(const QByteArray &body)
{
    return "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" + body
        + "</s:Body></s:Envelope>";
}

QByteArray attribute(const QByteArray &name, const QByteArray &value)
{
    return "<Attribute><Name>" + name + "</Name><Value>" + value + "</Value></Attribute>";
}

QByteArray found(const QByteArray &entries)
{
    return soap("<SearchAbEntryResponse xmlns=\"DistributionListExpander\"><SearchAbEntryResult>"
                "<Items>"
        + entries + "</Items></SearchAbEntryResult></SearchAbEntryResponse>");
}

} // namespace

/// Address book web query and distribution groups: documents.
class tst_AddressBook : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesSearches_data()
    {
        QTest::addColumn<QString>("words");
        QTest::newRow("plain") << u"ann"_s;
        QTest::newRow("markup") << u"</Value><Verb>\"&'"_s;
        QTest::newRow("Polish") << u"Zażółć gęślą jaźń"_s;
        QTest::newRow("Japanese") << u"こんにちは世界"_s;
        QTest::newRow("Arabic") << u"مرحبا بالعالم"_s;
        QTest::newRow("combining") << u"e\u0301 ก็"_s;
        QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞"_s;
    }
    void writesSearches()
    {
        QFETCH(QString, words);
        const QByteArray anywhere = buildAddressBookQuery({ .words = words, .most = 7 }, ticket());
        // The assertion goes back byte for byte.
        QVERIFY(anywhere.contains(ticket().token.element));
        const auto read = parseXml(anywhere);
        QVERIFY(read);
        const XmlElement *request = read->find(u"Body/SearchAbEntry/AbEntryRequest");
        QVERIFY(request);
        QCOMPARE(request->find(u"BasicSearch/Value")->text, words);
        QCOMPARE(request->find(u"BasicSearch/Verb")->text, u"BeginsWith"_s);
        QCOMPARE(request->find(u"Metadata/MaxResultNum")->text, u"7"_s);
        QVERIFY(request->find(u"Metadata/ReturnList")->text.contains(u"photoRelPath"_s));

        const auto exact = parseXml(buildAddressBookQuery(
            { .kind = AddressBookQuery::Kind::Fields,
                .rows = { { u"givenName"_s, words }, { u"sn"_s, u"Beebe"_s } } },
            ticket()));
        QVERIFY(exact);
        const XmlElement *change = exact->find(u"Body/SearchAbEntry/AbEntryRequest/ChangeSearch");
        QVERIFY(change);
        QCOMPARE(change->children.size(), 2);
        QCOMPARE(change->attribute(u"arrayType"), u"q1:AbEntryRequest.ChangeSearchQuery[2]"_s);
        QCOMPARE(change->children.first().childText(u"SearchOn"), u"givenName"_s);
        QCOMPARE(change->children.first().childText(u"Value"), words);

        const auto members = parseXml(buildMembersQuery(words, 50, ticket()));
        QVERIFY(members);
        QCOMPARE(members->find(u"Body/QueryDLMembers/mailNickname")->text, words);
    }

    void readsPeople()
    {
        const auto answer = parseAddressBookAnswer(
            found("<AbEntry><Attributes>" + attribute("DISPLAYNAME", "佐藤 春樹 &lt;3")
                + attribute("msRTCSIP-PrimaryUserAddress", "sip:Haruki@litwareinc.test")
                + attribute("title", "デザイナー") + attribute("telephoneNumber", "+81 3 5550 0104")
                + attribute("mobile", "tel:+81355500105") + attribute("company", "Litware")
                + attribute("department", "東京") + attribute("physicalDeliveryOfficeName", "9F")
                + attribute("manager", "CN=Ann Beebe,OU=x") + attribute("photoRelPath", "p/h.jpg")
                + attribute("photoHash", "abc")
                + "<Attribute><Name>otherTelephone</Name><Values><string>12</string>"
                  "<string>34</string></Values></Attribute>"
                  "<Attribute><Name>mail</Name><Values><string>h@litwareinc.test</string>"
                  "<string>old@litwareinc.test</string></Values></Attribute>"
                  "</Attributes></AbEntry>"
                  "<AbEntry><Attributes>"
                + attribute("displayName", "Nobody") + "</Attributes></AbEntry>"
                + "<AbEntry><Attributes>" + attribute("displayName", "Sales")
                + attribute("mail", "Sales@litwareinc.test") + attribute("groupType", "2")
                + "</Attributes></AbEntry>"),
            100);
        QVERIFY(answer);
        QVERIFY(!answer->more);
        QCOMPARE(answer->records.size(), 2);
        const PersonRecord &haruki = answer->records.first();
        QCOMPARE(haruki.address, u"haruki@litwareinc.test"_s);
        QCOMPARE(haruki.name, u"佐藤 春樹 <3"_s);
        QCOMPARE(haruki.title, u"デザイナー"_s);
        QCOMPARE(haruki.department, u"東京"_s);
        QCOMPARE(haruki.office, u"9F"_s);
        QCOMPARE(haruki.manager, u"Ann Beebe"_s);
        QCOMPARE(haruki.email, u"h@litwareinc.test"_s);
        QCOMPARE(haruki.photoPath, u"p/h.jpg"_s);
        QCOMPARE(haruki.photoHash, u"abc"_s);
        QCOMPARE(haruki.phones.size(), 4);
        QVERIFY(!haruki.group);
        const PersonRecord &sales = answer->records.at(1);
        QVERIFY(sales.group);
        QCOMPARE(sales.address, u"sales@litwareinc.test"_s);
    }

    void readsMembers_data()
    {
        QTest::addColumn<QByteArray>("inside");
        const auto entry = [](const QByteArray &name, const QByteArray &address) {
            return "<AbEntry><Attributes>" + attribute("displayName", name)
                + attribute("msRTCSIP-PrimaryUserAddress", address) + "</Attributes></AbEntry>";
        };
        QTest::newRow("entries") << "<Items>" + entry("Ann", "sip:ann@a.test")
                + entry("Bob", "sip:bob@a.test") + "</Items>";
        QTest::newRow("plain")
            << "<Members><Member><DisplayName>Ann</DisplayName><SipUri>sip:ann@a.test</SipUri>"
               "</Member><Member><displayName>Bob</displayName>"
               "<msRTCSIP-PrimaryUserAddress>bob@a.test</msRTCSIP-PrimaryUserAddress>"
               "<mail>b@a.test</mail></Member><Member><DisplayName>nobody</DisplayName></Member>"
               "</Members>"_ba;
    }
    void readsMembers()
    {
        QFETCH(QByteArray, inside);
        const auto answer
            = parseMembersAnswer(soap("<QueryDLMembersResponse xmlns=\"DistributionListExpander\">"
                                      "<QueryDLMembersResult>"
                                     + inside + "</QueryDLMembersResult></QueryDLMembersResponse>"),
                100);
        QVERIFY(answer);
        QCOMPARE(answer->records.size(), 2);
        QCOMPARE(answer->records.at(0).address, u"ann@a.test"_s);
        QCOMPARE(answer->records.at(0).name, u"Ann"_s);
        QCOMPARE(answer->records.at(1).address, u"bob@a.test"_s);
        QCOMPARE(answer->records.at(1).name, u"Bob"_s);
    }

    void refusesOtherDocuments_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("html") << "<html><body>Sign in</body></html>"_ba;
        QTest::newRow("fault") << soap("<s:Fault><faultcode>x</faultcode></s:Fault>");
        QTest::newRow("cut") << found("<AbEntry>").chopped(60);
    }
    void refusesOtherDocuments()
    {
        QFETCH(QByteArray, body);
        QVERIFY(!parseAddressBookAnswer(body, 100));
        QVERIFY(!parseMembersAnswer(body, 100));
    }

    void photoPlaces_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("url");
        QTest::newRow("plain") << u"p/1.jpg"_s << u"https://a.test/abs/handler/p/1.jpg"_s;
        QTest::newRow("slash") << u"/p/1.jpg"_s << u"https://a.test/abs/handler/p/1.jpg"_s;
        QTest::newRow("none") << QString() << QString();
        QTest::newRow("out") << u"../secret"_s << QString();
        QTest::newRow("elsewhere") << u"https://evil.test/1.jpg"_s << QString();
        QTest::newRow("query") << u"p?x=1"_s << QString();
        QTest::newRow("escaped") << u"%2e%2e/x"_s << QString();
        QTest::newRow("backslash") << u"p\\1.jpg"_s << QString();
        QTest::newRow("line") << u"p\r\nX: y"_s << QString();
    }
    void photoPlaces()
    {
        QFETCH(QString, path);
        QFETCH(QString, url);
        QCOMPARE(addressBookPhoto(QUrl(u"https://a.test/abs/handler"_s), path).toString(), url);
        QVERIFY(!addressBookPhoto({}, path).isValid());
    }

    void photos()
    {
        QVERIFY(isPhoto("\xff\xd8\xff\xe0 JFIF"_ba));
        QVERIFY(isPhoto("\x89PNG\r\n\x1a\n"_ba));
        QVERIFY(!isPhoto("<html>"_ba));
        QVERIFY(!isPhoto({}));
        QVERIFY(!isPhoto("\xff\xd8\xff"_ba + QByteArray(kLargestPhoto, 'x')));
        QCOMPARE(webTicketHeader(ticket()), "opaque=" + ticket().token.element.toBase64());
    }
};

QTEST_GUILESS_MAIN(tst_AddressBook)
#include "tst_addressbook.moc"
