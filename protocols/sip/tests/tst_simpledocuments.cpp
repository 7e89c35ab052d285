// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/composing.h"
#include "protocols/sip/simple/cpim.h"
#include "protocols/sip/simple/localcontacts.h"
#include "protocols/sip/simple/pidf.h"
#include "protocols/sip/simple/watcherinfo.h"

#include <QTest>
#include <QTimeZone>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

QDateTime utc(const QString &text)
{
    return QDateTime::fromString(text, Qt::ISODate).toUTC();
}

const QList<std::pair<const char *, QString>> texts {
    { "polish", u"Zażółć gęślą jaźń"_s },
    { "japanese", u"こんにちは世界"_s },
    { "arabic", u"مرحبا بالعالم"_s },
    { "combining", u"e\u0301 ก็"_s },
    { "emoji", u"👩‍👩‍👧‍👦🦄𝄞"_s },
    { "markup", u"<b>&amp;</b> \"'"_s },
};

} // namespace

/// The documents of SIP/SIMPLE, with the examples of the RFCs.
class TestSimpleDocuments : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void presence_data();
    void presence();
    void ownPresence_data();
    void ownPresence();
    void notes_data();
    void notes();
    void resourceList();
    void refusedPresence_data();
    void refusedPresence();
    void watchers();
    void refusedWatchers_data();
    void refusedWatchers();
    void cpim();
    void cpimRoundTrip_data();
    void cpimRoundTrip();
    void refusedCpim_data();
    void refusedCpim();
    void headersCannotBreakOut();
    void dispositionNotices_data();
    void dispositionNotices();
    void composing_data();
    void composing();
    void ownTyping();
    void contacts();
    void contactsInPieces();
    void damagedContacts();
    void anythingCut_data();
    void anythingCut();
};

void TestSimpleDocuments::presence_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("address");
    QTest::addColumn<Presence>("expected");
    QTest::newRow("RFC 3863 4.3.1") << R"(<?xml version="1.0" encoding="UTF-8"?>
<impp:presence xmlns:impp="urn:ietf:params:xml:ns:pidf" entity="pres:someone@example.com">
  <impp:tuple id="sg89ae"><impp:status><impp:basic>open</impp:basic></impp:status>
  <impp:contact priority="0.8">tel:+09012345678</impp:contact></impp:tuple>
</impp:presence>)"_ba << u"someone@example.com"_s
                                    << Presence { .availability = Availability::Available };
    QTest::newRow("RFC 3863 4.3.3") << R"(<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:im="urn:ietf:params:xml:ns:pidf:im"
  xmlns:myex="http://id.example.com/presence/" entity="pres:someone@example.com">
  <tuple id="bs35r9"><status><basic>open</basic><im:im>busy</im:im><myex:location>home</myex:location>
  </status><contact priority="0.8">im:someone@mobilecarrier.net</contact>
  <note xml:lang="en">Don't Disturb Please!</note><note xml:lang="fr">Ne derangez pas</note>
  <timestamp>2001-10-27T16:49:29Z</timestamp></tuple>
  <tuple id="eg92n8"><status><basic>open</basic></status>
  <contact priority="1.0">mailto:someone@example.com</contact></tuple>
  <note>I'll be in Tokyo next week</note>
</presence>)"_ba << u"someone@example.com"_s
                                    << Presence { .availability = Availability::Available,
                                           .text = u"Don't Disturb Please!"_s,
                                           .since = utc(u"2001-10-27T16:49:29Z"_s) };
    QTest::newRow("RFC 4480 6: away, with a note")
        << R"(<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"
  xmlns:lt="urn:ietf:params:xml:ns:location-type" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid"
  entity="pres:someone@example.com">
  <tuple id="bs35r9"><status><basic>open</basic></status>
    <dm:deviceID>urn:device:0003ba4811e3</dm:deviceID>
    <rpid:relationship><rpid:self/></rpid:relationship>
    <rpid:service-class><rpid:electronic/></rpid:service-class>
    <contact priority="0.8">im:someone@mobile.example.net</contact>
    <timestamp>2005-10-27T16:49:29Z</timestamp></tuple>
  <dm:device id="pc147"><rpid:user-input idle-threshold="600"
    last-input="2004-10-21T13:20:00-05:00">idle</rpid:user-input>
    <dm:deviceID>urn:device:0003ba4811e3</dm:deviceID></dm:device>
  <dm:person id="p1"><rpid:activities from="2005-05-30T12:00:00+05:00"
    until="2005-05-30T17:00:00+05:00"><rpid:note>Far away</rpid:note><rpid:away/></rpid:activities>
    <rpid:user-input idle-threshold="600"
    last-input="2005-10-27T10:00:00-05:00">idle</rpid:user-input>
    <dm:note xml:lang="en">Far away</dm:note></dm:person>
</presence>)"_ba
        << u"someone@example.com"_s
        << Presence { .availability = Availability::Away,
               .text = u"Far away"_s,
               .idleSince = utc(u"2005-10-27T15:00:00Z"_s),
               .since = utc(u"2005-10-27T16:49:29Z"_s) };
    QTest::newRow("closed") << R"(<presence xmlns="urn:ietf:params:xml:ns:pidf"
  entity="sip:a@x"><tuple id="t"><status><basic>closed</basic></status></tuple></presence>)"_ba
                            << u"a@x"_s << Presence { .availability = Availability::Offline };
    QTest::newRow("no tuple: signed out")
        << R"(<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@x"/>)"_ba << u"a@x"_s
        << Presence { .availability = Availability::Offline };
    QTest::newRow("two devices, one of them idle")
        << R"(<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@x">
  <tuple id="1"><status><basic>open</basic></status></tuple>
  <tuple id="2"><status><basic>open</basic></status></tuple>
  <person id="p1"><user-input last-input="2026-01-01T00:00:00Z">idle</user-input></person>
  <person id="p2"><user-input>active</user-input></person></presence>)"_ba
        << u"a@x"_s << Presence { .availability = Availability::Available };
}

void TestSimpleDocuments::presence()
{
    QFETCH(QByteArray, body);
    const auto person = parsePidfDocument(body);
    QVERIFY(person);
    QTEST(person->address, "address");
    QFETCH(Presence, expected);
    QCOMPARE(person->presence.availability, expected.availability);
    QCOMPARE(person->presence.text, expected.text);
    QCOMPARE(person->presence.idleSince, expected.idleSince);
    QCOMPARE(person->presence.since, expected.since);
}

void TestSimpleDocuments::ownPresence_data()
{
    QTest::addColumn<Availability>("own");
    QTest::addColumn<Availability>("seen");
    using enum Availability;
    QTest::newRow("available") << Available << Available;
    QTest::newRow("away") << Away << Away;
    QTest::newRow("busy") << Busy << Busy;
    QTest::newRow("do not disturb") << DoNotDisturb << DoNotDisturb;
    QTest::newRow("invisible") << Invisible << Offline;
    QTest::newRow("offline") << Offline << Offline;
}

void TestSimpleDocuments::ownPresence()
{
    QFETCH(Availability, own);
    const QDateTime idle = utc(u"2026-03-01T11:00:00Z"_s);
    const QByteArray document = buildPidf(
        { u"ann@x.test"_s, u"ab12"_s, { .availability = own, .text = u"note"_s, .idleSince = idle },
            utc(u"2026-03-01T12:00:00Z"_s) });
    const auto person = parsePidfDocument(document);
    QVERIFY(person);
    QCOMPARE(person->address, u"ann@x.test"_s);
    QTEST(person->presence.availability, "seen");
    const bool online = person->presence.isOnline();
    QCOMPARE(person->presence.text, online ? u"note"_s : QString());
    QCOMPARE(person->presence.idleSince, online ? idle : QDateTime());
    QCOMPARE(document.contains("note"), online); // invisible people say nothing at all
    QVERIFY(document.contains("id=\"tab12\""));
}

void TestSimpleDocuments::notes_data()
{
    QTest::addColumn<QString>("text");
    for (const auto &[name, text] : texts) {
        QTest::newRow(name) << text;
    }
}

void TestSimpleDocuments::notes()
{
    QFETCH(QString, text);
    const auto person = parsePidfDocument(buildPidf({ u"jürgen@x.test"_s, u"1"_s,
        { .availability = Availability::Busy, .text = text + QChar(u'\x01') },
        utc(u"2026-03-01T12:00:00Z"_s) }));
    QVERIFY(person);
    QCOMPARE(person->presence.text, text);
    QCOMPARE(person->address, u"jürgen@x.test"_s);
}

// RFC 4662 5.2, the parts that speak of presence.
void TestSimpleDocuments::resourceList()
{
    const QByteArray body
        = "--50UBfW7LSCVLtggUPe5z\r\n"
          "Content-Transfer-Encoding: binary\r\n"
          "Content-ID: <nXYxAE@pres.vancouver.example.com>\r\n"
          "Content-Type: application/rlmi+xml;charset=\"UTF-8\"\r\n\r\n"
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
          "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" "
          "uri=\"sip:adam-friends@pres.vancouver.example.com\" version=\"1\" "
          "fullState=\"true\">\r\n"
          "<name xml:lang=\"en\">Buddy List at COM</name>\r\n"
          "<resource uri=\"sip:bob@vancouver.example.com\"><name>Bob Smith</name>\r\n"
          "<instance id=\"juwigmtboe\" state=\"active\" "
          "cid=\"12345.aaa@pres.vancouver.example.com\"/>"
          "</resource>\r\n"
          "<resource uri=\"sip:dave@vancouver.example.com\"><name>Dave Jones</name>\r\n"
          "<instance id=\"hqzsuxtfyq\" state=\"active\" "
          "cid=\"12345.aab@pres.vancouver.example.com\"/>"
          "</resource>\r\n"
          "<resource uri=\"sip:ed@dallas.example.net\"><name>Ed at NET</name>\r\n"
          "<instance id=\"x\" state=\"terminated\" reason=\"noresource\"/></resource>\r\n"
          "</list>\r\n\r\n"
          "--50UBfW7LSCVLtggUPe5z\r\n"
          "Content-Transfer-Encoding: binary\r\n"
          "Content-ID: <12345.aaa@pres.vancouver.example.com>\r\n"
          "Content-Type: application/pidf+xml;charset=\"UTF-8\"\r\n\r\n"
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
          "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "
          "entity=\"sip:bob@vancouver.example.com\">"
          "<tuple id=\"sg89ae\"><status><basic>open</basic></status>"
          "<contact priority=\"1.0\">sip:bob@vancouver.example.com</contact></tuple></presence>\r\n"
          "--50UBfW7LSCVLtggUPe5z\r\n"
          "Content-Transfer-Encoding: binary\r\n"
          "Content-ID: <12345.aab@pres.vancouver.example.com>\r\n"
          "Content-Type: application/pidf+xml;charset=\"UTF-8\"\r\n\r\n"
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
          "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" "
          "entity=\"sip:dave@vancouver.example.com\">"
          "<tuple id=\"slie74\"><status><basic>closed</basic></status></tuple></presence>\r\n"
          "--50UBfW7LSCVLtggUPe5z--\r\n"_ba;
    const auto read = parsePresenceBody(
        "multipart/related;type=\"application/rlmi+xml\";start=\"<nXYxAE@pres.vancouver."
        "example.com>\";boundary=\"50UBfW7LSCVLtggUPe5z\"",
        body);
    QVERIFY(read);
    QVERIFY(read->isList);
    QCOMPARE(read->people.size(), 2);
    QCOMPARE(read->people.at(0).address, u"bob@vancouver.example.com"_s);
    QCOMPARE(read->people.at(0).presence.availability, Availability::Available);
    QCOMPARE(read->people.at(1).presence.availability, Availability::Offline);
    QCOMPARE(read->resources.size(), 3);
    QCOMPARE(read->resources.at(2).kind, SubscriptionHint::Kind::Terminated);
    QCOMPARE(read->resources.at(2).address, u"ed@dallas.example.net"_s);
}

void TestSimpleDocuments::refusedPresence_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    const QByteArray pidf = "application/pidf+xml"_ba;
    QTest::newRow("empty") << pidf << ""_ba;
    QTest::newRow("no XML") << pidf << "hello"_ba;
    QTest::newRow("another document") << pidf << "<watcherinfo/>"_ba;
    QTest::newRow("nobody's") << pidf << "<presence><tuple/></presence>"_ba;
    QTest::newRow("entities") << pidf
                              << "<!DOCTYPE a [<!ENTITY b \"c\">]><presence entity='a@x'>&b;"
                                 "</presence>"_ba;
    QTest::newRow("too deep") << pidf << QByteArray("<a>").repeated(5000);
    QTest::newRow("another type") << "text/plain"_ba << "<presence entity='a@x'/>"_ba;
    QTest::newRow("no boundary") << "multipart/related"_ba << "--a\r\n\r\n--a--"_ba;
}

void TestSimpleDocuments::refusedPresence()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QVERIFY(!parsePresenceBody(type, body));
}

// RFC 3858 6.
void TestSimpleDocuments::watchers()
{
    const auto info = parseWatcherInfo(R"(<?xml version="1.0"?>
<watcherinfo xmlns="urn:ietf:params:xml:ns:watcherinfo" version="0" state="full">
  <watcher-list resource="sip:professor@example.net" package="presence">
    <watcher status="active" id="8ajksjda7s" duration-subscribed="509" event="approved"
      >sip:userA@example.net</watcher>
    <watcher status="pending" id="hh8juja87s997-ass7" display-name="Mr. Subscriber"
      event="subscribe">sip:userB@example.org</watcher>
  </watcher-list>
  <watcher-list resource="sip:professor@example.net" package="dialog">
    <watcher status="active" id="x" event="approved">sip:other@example.net</watcher>
  </watcher-list>
</watcherinfo>)"_ba);
    QVERIFY(info);
    QVERIFY(info->full);
    QCOMPARE(info->watchers,
        (QList<PresenceWatcher> { { u"8ajksjda7s"_s, u"usera@example.net"_s, {},
                                      PresenceWatcher::Status::Active, u"approved"_s },
            { u"hh8juja87s997-ass7"_s, u"userb@example.org"_s, u"Mr. Subscriber"_s,
                PresenceWatcher::Status::Pending, u"subscribe"_s } }));
    const auto partial = parseWatcherInfo(
        "<watcherinfo version='4' state='partial'><watcher-list><watcher status='waiting' id='1' "
        "event='giveup'>sip:a@x</watcher><watcher status='?'>nobody &lt;</watcher></watcher-list>"
        "</watcherinfo>");
    QVERIFY(partial);
    QVERIFY(!partial->full);
    QCOMPARE(partial->version, 4U);
    QCOMPARE(partial->watchers.size(), 1);
    QCOMPARE(partial->watchers.first().status, PresenceWatcher::Status::Waiting);
}

void TestSimpleDocuments::refusedWatchers_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("another document") << "<presence/>"_ba;
    QTest::newRow("cut") << "<watcherinfo><watcher-list>"_ba;
}

void TestSimpleDocuments::refusedWatchers()
{
    QFETCH(QByteArray, body);
    QVERIFY(!parseWatcherInfo(body));
}

// RFC 3862 2.6, an example message; the namespace of RFC 5438 under another name.
void TestSimpleDocuments::cpim()
{
    const QByteArray text = "From: MR SANDERS <im:piglet@100akerwood.com>\r\n"
                            "To: Depressed Donkey <im:eeyore@100akerwood.com>\r\n"
                            "DateTime: 2000-12-13T13:40:00-08:00\r\n"
                            "Subject: the weather will be fine today\r\n"
                            "Subject:;lang=fr beau temps prevu pour aujourd'hui\r\n"
                            "NS: MyFeatures <mid:MessageFeatures@id.foo.com>\r\n"
                            "NS: R <urn:ietf:params:imdn>\r\n"
                            "R.Message-ID: 34jk324j\r\n"
                            "R.Disposition-Notification: positive-delivery, display\r\n"
                            "Require: MyFeatures.VitalMessageOption\r\n"
                            "MyFeatures.VitalMessageOption: Confirmation-requested\r\n\r\n"
                            "Content-type: text/xml; charset=utf-8\r\n"
                            "Content-ID: <1234567890@foo.com>\r\n\r\n"
                            "<body>\r\nHere is the text of my message.\r\n</body>"_ba;
    const CpimMessage expected { .from = u"piglet@100akerwood.com"_s,
        .to = u"eeyore@100akerwood.com"_s,
        .fromName = u"MR SANDERS"_s,
        .sentAt = utc(u"2000-12-13T21:40:00Z"_s),
        .subject = u"the weather will be fine today"_s,
        .messageId = u"34jk324j"_s,
        .wantsDelivery = true,
        .contentType = "text/xml; charset=utf-8"_ba,
        .body = "<body>\r\nHere is the text of my message.\r\n</body>"_ba };
    QCOMPARE(parseCpim(text), expected);
    QCOMPARE(parseCpim("Content-type: Message/CPIM\r\n\r\n" + text), expected);
    const auto plain = parseCpim("From: <im:a@x>\n\nContent-Type: text/plain\n"
                                 "Content-Transfer-Encoding: base64\n\naGk=");
    QVERIFY(plain);
    QCOMPARE(plain->body, "hi"_ba);
    QVERIFY(!plain->wantsDelivery);
}

void TestSimpleDocuments::cpimRoundTrip_data()
{
    notes_data();
}

void TestSimpleDocuments::cpimRoundTrip()
{
    QFETCH(QString, text);
    CpimMessage message { .from = u"ann@x.test"_s,
        .to = u"ben@x.test"_s,
        .sentAt = utc(u"2026-03-01T12:00:00Z"_s),
        .subject = text,
        .messageId = u"id1"_s,
        .wantsDelivery = true,
        .contentType = "text/plain;charset=UTF-8"_ba,
        .body = text.toUtf8() };
    QCOMPARE(parseCpim(buildCpim(message)), message);
}

void TestSimpleDocuments::refusedCpim_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty") << ""_ba;
    QTest::newRow("line ends") << "\r\n\r\n\r\n"_ba;
    QTest::newRow("headers alone") << "From: <im:a@x>\r\nTo: <im:b@x>\r\n"_ba;
    QTest::newRow("no header") << "hello\r\n\r\nthere"_ba;
    QTest::newRow("too many") << QByteArray("A: b\r\n").repeated(100) + "\r\n\r\nx";
    QTest::newRow("too long") << QByteArray("A: b\r\n\r\n\r\n")
            + QByteArray(qsizetype { 300 } * 1024, 'x');
}

void TestSimpleDocuments::refusedCpim()
{
    QFETCH(QByteArray, body);
    QVERIFY(!parseCpim(body));
}

void TestSimpleDocuments::headersCannotBreakOut()
{
    const QByteArray text = buildCpim({ .from = u"a@x"_s,
        .fromName = u"A\r\nTo: <im:evil@x>\r\n"_s,
        .subject = u"s\nNS: x\\y"_s,
        .messageId = u"1\r\n\r\n"_s,
        .contentType = "text/plain"_ba,
        .body = "b"_ba });
    const auto again = parseCpim(text);
    QVERIFY(again);
    QVERIFY(again->to.isEmpty());
    QCOMPARE(again->subject, u"s NS: x\\y"_s);
    QCOMPARE(again->body, "b"_ba);
}

void TestSimpleDocuments::dispositionNotices_data()
{
    using Status = DispositionNotice::Status;
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<std::optional<Status>>("status");
    const auto document = [](const QByteArray &inside) {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><imdn "
               "xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>34jk324j</message-id><datetime>"
               "2008-04-04T12:16:49-05:00</datetime><recipient-uri>im:bob@example.com"
               "</recipient-uri>"_ba
            + inside + "</imdn>";
    };
    // RFC 5438 12.1, and the others.
    QTest::newRow("delivered") << document("<delivery-notification><status><delivered/></status>"
                                           "</delivery-notification>")
                               << std::optional(Status::Delivered);
    QTest::newRow("displayed") << document("<display-notification><status><displayed/></status>"
                                           "</display-notification>")
                               << std::optional(Status::Displayed);
    QTest::newRow("failed") << document("<delivery-notification><status><failed/></status>"
                                        "</delivery-notification>")
                            << std::optional(Status::Failed);
    QTest::newRow("nothing") << document("") << std::optional<Status>();
    QTest::newRow("not one") << "<imdn/>"_ba << std::optional<Status>();
    QTest::newRow("no XML") << "imdn"_ba << std::optional<Status>();
}

void TestSimpleDocuments::dispositionNotices()
{
    QFETCH(QByteArray, body);
    QFETCH(std::optional<DispositionNotice::Status>, status);
    const auto notice = parseDispositionNotice(body);
    QCOMPARE(notice.has_value(), status.has_value());
    if (!notice) {
        return;
    }
    QCOMPARE(*notice,
        (DispositionNotice {
            u"34jk324j"_s, utc(u"2008-04-04T17:16:49Z"_s), u"bob@example.com"_s, *status }));
    QCOMPARE(parseDispositionNotice(buildDispositionNotice(*notice)), *notice);
}

void TestSimpleDocuments::composing_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<std::optional<ComposingNotice>>("expected");
    // RFC 3994 6.
    QTest::newRow("active") << R"(<?xml version="1.0" encoding="UTF-8"?>
<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="urn:ietf:params:xml:ns:im-composing iscomposing.xsd">
  <state>active</state><contenttype>text/plain</contenttype><refresh>90</refresh></isComposing>)"_ba
                            << std::optional(ComposingNotice { true, 90s });
    QTest::newRow("idle") << R"(<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">
  <state>idle</state><lastactive>2003-01-27T10:43:00Z</lastactive>
  <contenttype>audio</contenttype></isComposing>)"_ba
                          << std::optional(ComposingNotice { false, 120s });
    QTest::newRow("for ever") << "<isComposing><state>active</state><refresh>99999</refresh>"
                                 "</isComposing>"_ba
                              << std::optional(ComposingNotice { true, 300s });
    QTest::newRow("a state of tomorrow") << "<isComposing><state>thinking</state></isComposing>"_ba
                                         << std::optional(ComposingNotice {});
    QTest::newRow("another") << "<presence/>"_ba << std::optional<ComposingNotice>();
    QTest::newRow("empty") << ""_ba << std::optional<ComposingNotice>();
    QTest::newRow("ours, active") << buildComposing(true)
                                  << std::optional(ComposingNotice { true, 120s });
    QTest::newRow("ours, idle") << buildComposing(false)
                                << std::optional(ComposingNotice { false, 120s });
}

void TestSimpleDocuments::composing()
{
    QFETCH(QByteArray, body);
    QTEST(parseComposing(body), "expected");
}

void TestSimpleDocuments::ownTyping()
{
    const QDateTime start = utc(u"2026-03-01T12:00:00Z"_s);
    ComposingSender typing;
    QCOMPARE(typing.typed(false, start), std::nullopt);
    QCOMPARE(typing.typed(true, start), std::optional(true));
    QCOMPARE(typing.typed(true, start.addSecs(5)), std::nullopt);
    QCOMPARE(typing.typed(true, start.addSecs(95)), std::optional(true)); // refreshed
    QCOMPARE(typing.typed(false, start.addSecs(99)), std::optional(false));
    QCOMPARE(typing.typed(true, start.addSecs(100)), std::optional(true));
    typing.messageSent(); // says it by itself
    QCOMPARE(typing.typed(false, start.addSecs(101)), std::nullopt);
    typing.refused();
    QCOMPARE(typing.typed(true, start.addSecs(102)), std::nullopt);
    typing.heard();
    QCOMPARE(typing.typed(true, start.addSecs(103)), std::optional(true));
}

void TestSimpleDocuments::contacts()
{
    LocalContacts list;
    for (const auto &[name, text] : texts) {
        const QString address = QString::fromLatin1(name) + u"@x.test"_s;
        list.people.insert(
            address, { .address = address, .name = text, .groups = { text, u"b"_s } });
    }
    list.people.insert(u"z@x"_s, { .address = u"z@x"_s, .listed = false, .allowed = false });
    list.people.insert(u"y@x"_s, { .address = u"y@x"_s, .blocked = true, .allowed = true });
    QCOMPARE(list.packed().size(), 1);
    QCOMPARE(LocalContacts::unpacked(list.packed()), list);
    QCOMPARE(LocalContacts::unpacked(LocalContacts().packed()), LocalContacts());
    QCOMPARE(list.people.value(u"y@x"_s).snapshot().blocked, true);
}

void TestSimpleDocuments::contactsInPieces()
{
    LocalContacts list;
    for (int i = 0; i < 2000; ++i) {
        const QString address = u"person%1@a-rather-long-domain.example.com"_s.arg(i);
        list.people.insert(address, { .address = address, .name = u"Zażółć %1"_s.arg(i) });
    }
    const QByteArrayList pieces = list.packed();
    QVERIFY(pieces.size() > 1);
    for (const QByteArray &piece : pieces) {
        QVERIFY(piece.size() < qsizetype { 64 } * 1024);
    }
    QCOMPARE(LocalContacts::unpacked(pieces), list);
}

void TestSimpleDocuments::damagedContacts()
{
    QCOMPARE(LocalContacts::unpacked({ "rubbish"_ba, "{}"_ba, "[1,null,{}]"_ba,
                                         R"([{"address":"a@x"},{"address":"b c"}])"_ba })
                 .people.keys(),
        QStringList { u"a@x"_s });
}

/// Whatever is cut off anywhere: an answer or a refusal, no crash.
void TestSimpleDocuments::anythingCut_data()
{
    QTest::addColumn<QByteArray>("whole");
    QTest::newRow("pidf") << buildPidf(
        { u"a@x"_s, u"1"_s, { .availability = Availability::DoNotDisturb, .text = u"żółć"_s },
            utc(u"2026-03-01T12:00:00Z"_s) });
    QTest::newRow("cpim") << buildCpim({ .from = u"a@x"_s,
        .sentAt = utc(u"2026-03-01T12:00:00Z"_s),
        .subject = u"\\u12"_s,
        .wantsDelivery = true,
        .contentType = "text/plain"_ba,
        .body = "x"_ba });
    QTest::newRow("composing") << buildComposing(true);
}

void TestSimpleDocuments::anythingCut()
{
    QFETCH(QByteArray, whole);
    int read = 0;
    for (qsizetype length = 0; length <= whole.size(); ++length) {
        const QByteArray cut = whole.first(length);
        read += parsePidfDocument(cut).has_value() + parseCpim(cut).has_value()
            + parseComposing(cut).has_value() + parseWatcherInfo(cut).has_value();
    }
    QVERIFY(read > 0);
}

QTEST_APPLESS_MAIN(TestSimpleDocuments)
#include "tst_simpledocuments.moc"
