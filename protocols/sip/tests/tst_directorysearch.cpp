// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/contacts/directorysearch.h"
#include "protocols/sip/documents/provisioning.h"
#include "protocols/sip/documents/xmlelement.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace linchpin::sip;

Q_DECLARE_METATYPE(linchpin::sip::SearchRows)
Q_DECLARE_METATYPE(linchpin::sip::PersonRecord)

namespace {

QByteArray soap(const QByteArray &body)
{
    return "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
           "xmlns:m=\"http://schemas.microsoft.com/winrtc/2002/11/sip\"><s:Body>"
        + body + "</s:Body></s:Envelope>";
}

QByteArray provisioning(const QByteArray &server)
{
    return "<provisionGroupList "
           "xmlns=\"http://schemas.microsoft.com/2006/09/sip/provisiongrouplist-notification\">"
           "<provisionGroup name=\"meetingPolicy\"/><provisionGroup name=\"ServerConfiguration\">"
        + server + "</provisionGroup></provisionGroupList>";
}

} // namespace

/// Directory search by SIP, what to ask for, and where provisioning says the services are.
class tst_DirectorySearch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesSearch()
    {
        QCOMPARE(buildDirectorySearch({ { u"givenName"_s, u"ann"_s } }, 100),
            "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            "xmlns:m=\"http://schemas.microsoft.com/winrtc/2002/11/sip\"><SOAP-ENV:Body>"
            "<m:directorySearch><m:filter m:href=\"#searchArray\"/>"
            "<m:maxResults>100</m:maxResults></m:directorySearch>"
            "<m:Array m:id=\"searchArray\"><m:row m:attrib=\"givenName\" m:value=\"ann\"/>"
            "</m:Array></SOAP-ENV:Body></SOAP-ENV:Envelope>"_ba);
    }

    void nothingBreaksOut_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("sent");
        QTest::newRow("quotes") << u"a\"/><m:evil b='"_s << u"a\"/><m:evil b='"_s;
        QTest::newRow("entity") << u"&lt;&#0;&"_s << u"&lt;&#0;&"_s;
        QTest::newRow("cdata") << u"]]><![CDATA["_s << u"]]><![CDATA["_s;
        QTest::newRow("controls") << u"a\u0001b\ufffe"_s + QChar(0xd800) << u"ab"_s;
        QTest::newRow("Polish") << u"Zażółć gęślą jaźń"_s << u"Zażółć gęślą jaźń"_s;
        QTest::newRow("Japanese") << u"こんにちは世界"_s << u"こんにちは世界"_s;
        QTest::newRow("Arabic") << u"مرحبا بالعالم"_s << u"مرحبا بالعالم"_s;
        QTest::newRow("combining") << u"e\u0301 ก็"_s << u"e\u0301 ก็"_s;
        QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞"_s
                               << u"👩‍👩‍👧‍👦🦄𝄞"_s;
    }
    void nothingBreaksOut()
    {
        QFETCH(QString, typed);
        QFETCH(QString, sent);
        const auto read = parseXml(buildDirectorySearch({ { u"sn"_s, typed } }, 5));
        QVERIFY(read);
        const XmlElement *row = read->find(u"Body/Array/row");
        QVERIFY(row);
        QCOMPARE(row->attribute(u"value"), sent);
        QCOMPARE(read->child(u"Body")->children.size(), 2);
    }

    void readsAnswer()
    {
        const auto answer = parseDirectorySearch(soap(
            "<m:directorySearch><m:moreAvailable>true</m:moreAvailable></m:directorySearch>"
            "<m:Array><m:row m:uri=\"sip:Ann@Litwareinc.test\" m:displayName=\"Ann &amp; Gęś\" "
            "m:title=\"Lead\" m:office=\"2/117\" m:phone=\"+1 (555) 0101\" m:company=\"Litware\" "
            "m:city=\"Kraków\" m:state=\"\" m:country=\"PL\" m:email=\"ann@litwareinc.test\"/>"
            "<m:row uri=\"bob@litwareinc.test\"/>"
            "<m:row uri=\"sip:ann@litwareinc.test\" displayName=\"the same again\"/>"
            "<m:row displayName=\"no address\"/><m:other uri=\"sip:x@y\"/></m:Array>"));
        QVERIFY(answer);
        QVERIFY(answer->more);
        QCOMPARE(answer->records.size(), 2);
        const PersonRecord &ann = answer->records.first();
        QCOMPARE(ann.address, u"ann@litwareinc.test"_s);
        QCOMPARE(ann.name, u"Ann & Gęś"_s);
        QCOMPARE(ann.title, u"Lead"_s);
        QCOMPARE(ann.office, u"2/117"_s);
        QCOMPARE(ann.company, u"Litware"_s);
        QCOMPARE(ann.city, u"Kraków"_s);
        QCOMPARE(ann.country, u"PL"_s);
        QCOMPARE(ann.email, u"ann@litwareinc.test"_s);
        QCOMPARE(ann.phones,
            (QList<PhoneNumber> {
                { PhoneNumber::Type::Work, u"tel:+15550101"_s, u"+1 (555) 0101"_s } }));
        QCOMPARE(answer->records.at(1).name, u"bob@litwareinc.test"_s);
    }

    void refusesOtherDocuments_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << "ann"_ba;
        QTest::newRow("no body") << "<Envelope/>"_ba;
        QTest::newRow("fault") << soap("<s:Fault><faultcode>Client</faultcode></s:Fault>");
        QTest::newRow("doctype") << "<!DOCTYPE a [<!ENTITY b \"c\">]><Envelope/>"_ba;
    }
    void refusesOtherDocuments()
    {
        QFETCH(QByteArray, body);
        QVERIFY(!parseDirectorySearch(body));
    }

    void isBounded()
    {
        QByteArray rows;
        for (int i = 0; i < 2000; ++i) {
            rows += "<m:row m:uri=\"sip:u" + QByteArray::number(i) + "@a.test\" m:title=\""
                + QByteArray(3000, 'x') + "\"/>";
            if (rows.size() > 3'000'000) {
                break;
            }
        }
        const auto answer = parseDirectorySearch(soap("<m:Array>" + rows + "</m:Array>"));
        QVERIFY(answer);
        QCOMPARE(answer->records.size(), kMostRecords);
        QCOMPARE(answer->records.first().title.size(), kLongestRecordField);
    }

    void asksFor_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QList<SearchRows>>("searches");
        QTest::newRow("nothing") << u" \t "_s << QList<SearchRows> {};
        QTest::newRow("one word") << u" Ann "_s
                                  << QList<SearchRows> { { { u"givenName"_s, u"Ann"_s } },
                                         { { u"sn"_s, u"Ann"_s } },
                                         { { u"displayName"_s, u"Ann"_s } },
                                         { { u"mail"_s, u"Ann"_s } } };
        QTest::newRow("either order")
            << u"Beebe  Ann"_s
            << QList<SearchRows> { { { u"givenName"_s, u"Beebe"_s }, { u"sn"_s, u"Ann"_s } },
                   { { u"givenName"_s, u"Ann"_s }, { u"sn"_s, u"Beebe"_s } },
                   { { u"displayName"_s, u"Beebe Ann"_s } } };
        QTest::newRow("three words")
            << u"Ann Mary Beebe"_s
            << QList<SearchRows> { { { u"givenName"_s, u"Ann"_s }, { u"sn"_s, u"Mary Beebe"_s } },
                   { { u"givenName"_s, u"Beebe"_s }, { u"sn"_s, u"Ann Mary"_s } },
                   { { u"displayName"_s, u"Ann Mary Beebe"_s } },
                   { { u"givenName"_s, u"Ann Mary"_s }, { u"sn"_s, u"Beebe"_s } } };
        QTest::newRow("address") << u"SIP:Ann@Litwareinc.test"_s
                                 << QList<SearchRows> { { { u"msRTCSIP-PrimaryUserAddress"_s,
                                                            u"sip:ann@litwareinc.test"_s } },
                                        { { u"mail"_s, u"ann@litwareinc.test"_s } } };
    }
    void asksFor()
    {
        QFETCH(QString, typed);
        QFETCH(QList<SearchRows>, searches);
        QCOMPARE(searchesFor(typed), searches);
    }

    void namesOfManagers_data()
    {
        QTest::addColumn<QString>("told");
        QTest::addColumn<QString>("name");
        QTest::newRow("name") << u"Ann Beebe"_s << u"Ann Beebe"_s;
        QTest::newRow("distinguished") << u"CN=Ann Beebe,OU=Sales,DC=a,DC=test"_s << u"Ann Beebe"_s;
        QTest::newRow("escaped") << u"cn=Beebe\\, Zażółć,OU=Sales"_s << u"Beebe, Zażółć"_s;
        QTest::newRow("cut") << u"CN=Ann\\"_s << u"Ann\\"_s;
    }
    void namesOfManagers()
    {
        QFETCH(QString, told);
        QFETCH(QString, name);
        QCOMPARE(commonName(told), name);
    }

    void servicePlaces_data()
    {
        QTest::addColumn<QByteArray>("server");
        QTest::addColumn<bool>("remote");
        QTest::addColumn<QString>("expansion");
        QTest::addColumn<QString>("files");
        const auto both = "<absInternalServerUrl>https://in.test:443/abs/handler"
                          "</absInternalServerUrl><absExternalServerUrl>https://out.test/abs"
                          "</absExternalServerUrl><dlxEnabled>true</dlxEnabled>"
                          "<dlxInternalUrl> https://in.test/dlx.svc </dlxInternalUrl>"
                          "<dlxExternalUrl>https://out.test/dlx.svc</dlxExternalUrl>"_ba;
        QTest::newRow("inside") << both << false << u"https://in.test/dlx.svc"_s
                                << u"https://in.test:443/abs/handler"_s;
        QTest::newRow("outside") << both << true << u"https://out.test/dlx.svc"_s
                                 << u"https://out.test/abs"_s;
        QTest::newRow("one only") << "<dlxExternalUrl>https://out.test/d</dlxExternalUrl>"_ba
                                  << false << u"https://out.test/d"_s << QString();
        QTest::newRow("not enabled")
            << "<dlxEnabled>false</dlxEnabled><dlxInternalUrl>https://in.test/d</dlxInternalUrl>"_ba
            << false << QString() << QString();
        QTest::newRow("clear") << "<dlxInternalUrl>http://in.test/d</dlxInternalUrl>"_ba << false
                               << QString() << QString();
        QTest::newRow("no host") << "<dlxInternalUrl>https:///d</dlxInternalUrl>"_ba << false
                                 << QString() << QString();
        QTest::newRow("nothing") << QByteArray() << false << QString() << QString();
    }
    void servicePlaces()
    {
        QFETCH(QByteArray, server);
        QFETCH(bool, remote);
        QFETCH(QString, expansion);
        QFETCH(QString, files);
        const auto places = parseServicePlaces(provisioning(server), remote);
        QVERIFY(places);
        QCOMPARE(places->groupExpansion.toString(), expansion);
        QCOMPARE(places->addressBook.toString(), files);
    }

    void keepsProvisioning_data()
    {
        QTest::addColumn<QByteArray>("question");
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<bool>("holds");
        QTest::newRow("the same") << "RTC/5.0 inside"_ba << qint64(0) << true;
        QTest::newRow("hours later") << "RTC/5.0 inside"_ba << qint64(28799) << true;
        QTest::newRow("another day") << "RTC/5.0 inside"_ba << qint64(28800) << false;
        QTest::newRow("a clock that was set back") << "RTC/5.0 inside"_ba << qint64(-1) << false;
        QTest::newRow("from outside") << "RTC/5.0 outside"_ba << qint64(0) << false;
    }
    void keepsProvisioning()
    {
        QFETCH(QByteArray, question);
        QFETCH(qint64, seconds);
        QFETCH(bool, holds);
        const QDateTime then(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
        const QByteArray body = "<a>\n Zażółć こんにちは\n</a>\n";
        const QByteArray kept = rememberProvisioning(body, "RTC/5.0 inside"_ba, then);
        QCOMPARE(rememberedProvisioning(kept, question, then.addSecs(seconds)),
            holds ? body : QByteArray());
    }
    void keepsNoNonsense()
    {
        const QDateTime now(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
        for (const QByteArray &kept :
            { QByteArray(), "\n"_ba, "1 2 3\n<a/>"_ba, "no\nthing"_ba, "<a/>"_ba }) {
            QCOMPARE(rememberedProvisioning(kept, "q"_ba, now), QByteArray());
        }
        QCOMPARE(rememberProvisioning({}, "q"_ba, now), QByteArray());
        QCOMPARE(rememberProvisioning(QByteArray(65537, 'x'), "q"_ba, now), QByteArray());
    }

    void whatBelongsToThem()
    {
        const ServicePlaces places { .groupExpansion = QUrl(u"https://in.test/dlx"_s),
            .addressBook = {} };
        QVERIFY(places.contains(QUrl(u"https://IN.test:443/photo.jpg"_s)));
        QVERIFY(!places.contains(QUrl(u"https://in.test:444/photo.jpg"_s)));
        QVERIFY(!places.contains(QUrl(u"http://in.test:443/photo.jpg"_s)));
        QVERIFY(!places.contains(QUrl(u"https://in.test.evil.test/photo.jpg"_s)));
        QVERIFY(!ServicePlaces().contains(QUrl()));
        QVERIFY(!parseServicePlaces("no xml", false));
    }
};

QTEST_GUILESS_MAIN(tst_DirectorySearch)
#include "tst_directorysearch.moc"
