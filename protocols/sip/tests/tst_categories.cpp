// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/categories.h"
#include "protocols/sip/presence/legacypresence.h"
#include "protocols/sip/presence/presencenotification.h"
#include "protocols/sip/tests/documentvectors.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::sip;

namespace {

PresenceUpdate updateFrom(const QByteArray &body)
{
    const auto document = parseCategoriesDocument(body);
    return document ? presenceFromCategories(*document) : PresenceUpdate {};
}

QByteArray categoriesOf(const QByteArray &inner)
{
    return "<categories uri=\"sip:ann@litwareinc.com\">"_ba + inner + "</categories>"_ba;
}

QByteArray stateCategory(const QByteArray &inner, const QByteArray &attributes = {})
{
    return "<category name=\"state\" instance=\"1\"><state "_ba + attributes + ">"_ba + inner
        + "</state></category>"_ba;
}

QByteArray batched()
{
    return "--XyZ\r\nContent-Transfer-Encoding: binary\r\nContent-ID: resourceList\r\n"
           "Content-Type: application/rlmi+xml;charset=\"utf-8\"\r\n\r\n"
           "<list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:ben@litwareinc.com\" "
           "version=\"0\" fullState=\"false\">"
           "<resource uri=\"sip:ann@litwareinc.com\"><instance id=\"0\" state=\"active\" "
           "cid=\"ann@litwareinc.com\"/></resource>"
           "<resource uri=\"sip:cho@contoso.com\"><instance id=\"1\" "
           "state=\"resubscribe\"/></resource>"
           "<resource uri=\"sip:dee@litwareinc.com\"><instance id=\"2\" state=\"resubscribe\" "
           "poolFqdn=\"pool02.ad.litwareinc.com\"/></resource>"
           "<resource uri=\"sip:eve@litwareinc.com\"><instance id=\"3\" state=\"terminated\" "
           "reason=\"noresource\"/></resource>"
           "</list>\r\n--XyZ\r\nContent-ID: <ann@litwareinc.com>\r\n"
           "Content-Type: application/msrtc-event-categories+xml\r\n\r\n"_ba
        + categoriesVector()
        + "\r\n--XyZ\r\nContent-Type: application/msrtc-event-categories+xml\r\n\r\n"
          "<broken\r\n--XyZ--\r\n"_ba;
}

} // namespace

class tst_Categories : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsEverything()
    {
        const PresenceUpdate update = updateFrom(categoriesVector());
        QCOMPARE(update.address, u"ann@litwareinc.com"_s);
        QVERIFY(update.state);
        QCOMPARE(update.state->level, PresenceLevel::Busy);
        QCOMPARE(update.state->number, 6500);
        QCOMPARE(update.state->activityToken, u"in-a-meeting"_s);
        QCOMPARE(update.state->meetingSubject, u"Review"_s);
        QCOMPARE(update.state->device, u"Mobile"_s);
        QCOMPARE(
            update.state->lastActive, QDateTime(QDate(2026, 3, 2), QTime(7, 55), QTimeZone::UTC));
        QVERIFY(!update.state->idleSince().isValid()); // busy, not idle
        QCOMPARE(update.note->text, u"Travelling"_s);
        QVERIFY(!update.note->outOfOffice);
        QCOMPARE(update.card->displayName, u"Ann Beebe"_s);
        QCOMPARE(update.card->office, u"2/114"_s);
        QCOMPARE(update.card->phones,
            (QList { PhoneNumber { PhoneNumber::Type::Work, u"tel:+15550101"_s, u"555 0101"_s } }));
        QCOMPARE(update.card->photoHash, u"9a0364b9"_s);
        QVERIFY(!update.card->photoIsForeign);
        QCOMPARE(update.freeBusy->minutes, 15);
        QCOMPARE(update.freeBusy->slot(0), FreeBusy::Slot::Free);
        QCOMPARE(update.freeBusy->slot(4), FreeBusy::Slot::Busy);
        QCOMPARE(update.freeBusy->slot(8), FreeBusy::Slot::Tentative);
        QCOMPARE(update.freeBusy->slot(12), FreeBusy::Slot::OutOfOffice);
        QCOMPARE(update.freeBusy->slot(16), FreeBusy::Slot::Free);

        const Presence presence = update.toPresence();
        QCOMPARE(presence.availability, Availability::Busy);
        QCOMPARE(presence.text, u"Travelling"_s);
        QCOMPARE(presence.activity, u"In a meeting"_s);
    }

    void freeBusyEncoding()
    {
        using Slot = FreeBusy::Slot;
        QList<Slot> day(36, Slot::Free);
        day += QList<Slot>(4, Slot::Busy);
        day += QList<Slot>(56, Slot::Free);
        QCOMPARE(encodeFreeBusy(day).toBase64(), "AAAAAAAAAAAAqgAAAAAAAAAAAAAAAAAA"_ba);
    }

    void availabilityThresholds_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<PresenceLevel>("level");
        QTest::addColumn<Availability>("availability");
        const auto row = [](int number, PresenceLevel level, Availability availability) {
            QTest::addRow("%d", number) << number << level << availability;
        };
        row(-1, PresenceLevel::Unknown, Availability::Unknown);
        row(0, PresenceLevel::Offline, Availability::Offline);
        row(2999, PresenceLevel::Offline, Availability::Offline);
        row(3000, PresenceLevel::Available, Availability::Available);
        row(3500, PresenceLevel::Available, Availability::Available);
        row(4499, PresenceLevel::Available, Availability::Available);
        row(4500, PresenceLevel::AvailableIdle, Availability::Available);
        row(5999, PresenceLevel::AvailableIdle, Availability::Available);
        row(6000, PresenceLevel::Busy, Availability::Busy);
        row(7499, PresenceLevel::Busy, Availability::Busy);
        row(7500, PresenceLevel::BusyIdle, Availability::Busy);
        row(8999, PresenceLevel::BusyIdle, Availability::Busy);
        row(9000, PresenceLevel::DoNotDisturb, Availability::DoNotDisturb);
        row(11999, PresenceLevel::DoNotDisturb, Availability::DoNotDisturb);
        row(12000, PresenceLevel::BeRightBack, Availability::Away);
        row(14999, PresenceLevel::BeRightBack, Availability::Away);
        row(15000, PresenceLevel::Away, Availability::Away);
        row(17999, PresenceLevel::Away, Availability::Away);
        row(18000, PresenceLevel::Offline, Availability::Offline);
        row(18500, PresenceLevel::Offline, Availability::Offline);
        row(2147483647, PresenceLevel::Offline, Availability::Offline);
    }
    void availabilityThresholds()
    {
        QFETCH(int, number);
        QTEST(levelFromNumber(number), "level");
        QTEST(availabilityFromLevel(levelFromNumber(number)), "availability");
    }

    void publishedNumbersReadBack()
    {
        for (const PresenceLevel level : { PresenceLevel::Available, PresenceLevel::AvailableIdle,
                 PresenceLevel::Busy, PresenceLevel::BusyIdle, PresenceLevel::DoNotDisturb,
                 PresenceLevel::BeRightBack, PresenceLevel::Away, PresenceLevel::Offline }) {
            QCOMPARE(levelFromNumber(numberFromLevel(level)), level);
        }
        QCOMPARE(numberFromLevel(PresenceLevel::Unknown), -1);
        QCOMPARE(levelFromAvailability(Availability::Invisible), PresenceLevel::Offline);
        QCOMPARE(levelFromAvailability(Availability::DoNotDisturb), PresenceLevel::DoNotDisturb);
        QCOMPARE(idleLevel(PresenceLevel::Available, false), PresenceLevel::AvailableIdle);
        QCOMPARE(idleLevel(PresenceLevel::BusyIdle, true), PresenceLevel::Away);
        QCOMPARE(idleLevel(PresenceLevel::DoNotDisturb, true), PresenceLevel::DoNotDisturb);
    }

    void activity_data()
    {
        QTest::addColumn<QByteArray>("inner");
        QTest::addColumn<QString>("words");
        QTest::newRow("token inside its bounds")
            << R"(<availability>6500</availability><activity token="on-the-phone" minAvailability="6500" maxAvailability="8999"/>)"_ba
            << u"In a call"_s;
        QTest::newRow("token outside its bounds")
            << R"(<availability>3500</availability><activity token="on-the-phone" minAvailability="6500" maxAvailability="8999"/>)"_ba
            << QString();
        QTest::newRow("open upper bound")
            << R"(<availability>15500</availability><activity token="out-of-office" minAvailability="12000"/>)"_ba
            << u"Out of office"_s;
        QTest::newRow("own words win")
            << R"(<availability>6500</availability><activity token="x"><custom LCID="1033">Zażółć &lt;b&gt; こんにちは</custom></activity>)"_ba
            << u"Zażółć <b> こんにちは"_s;
        QTest::newRow("unknown token")
            << R"(<availability>6500</availability><activity token="walking-the-dog"/>)"_ba
            << u"walking the dog"_s;
        QTest::newRow("level alone")
            << "<availability>12500</availability>"_ba << u"Be right back"_s;
        QTest::newRow("plain") << "<availability>3500</availability>"_ba << QString();
    }
    void activity()
    {
        QFETCH(QByteArray, inner);
        const PresenceUpdate update = updateFrom(categoriesOf(stateCategory(inner)));
        QVERIFY(update.state);
        QTEST(update.state->activity(), "words");
    }

    void idleSinceOnlyWhenIdle()
    {
        const QByteArray active = R"(lastActive="2026-03-02T07:55:00Z")"_ba;
        QVERIFY(
            !updateFrom(categoriesOf(stateCategory("<availability>3500</availability>"_ba, active)))
                .state->idleSince()
                .isValid());
        for (const char *number : { "5000", "8000", "15500" }) {
            QCOMPARE(updateFrom(categoriesOf(stateCategory(
                                    "<availability>"_ba + number + "</availability>"_ba, active)))
                         .toPresence()
                         .idleSince,
                QDateTime(QDate(2026, 3, 2), QTime(7, 55), QTimeZone::UTC));
        }
    }

    void emptyCategoryClears()
    {
        PresenceUpdate known = updateFrom(categoriesVector());
        const PresenceUpdate cleared
            = updateFrom(categoriesOf("<category name=\"note\"/><category name=\"state\"/>"_ba));
        QVERIFY(cleared.note && cleared.note->text.isEmpty());
        QVERIFY(!cleared.card); // not mentioned
        known.merge(cleared);
        QCOMPARE(known.toPresence().availability, Availability::Unknown);
        QVERIFY(known.toPresence().text.isEmpty());
        QCOMPARE(known.card->displayName, u"Ann Beebe"_s);
    }

    void newestNoteWins()
    {
        const PresenceUpdate update = updateFrom(categoriesOf(
            R"(<category name="note" instance="0" publishTime="2026-03-02T10:00:00"><note><body type="personal">old</body></note></category>
               <category name="note" instance="7" publishTime="2026-03-03T10:00:00"><note><body type="OOF" endTime="2026-03-09T00:00:00Z">gone &amp; &lt;away&gt;</body></note></category>
               <category name="note" instance="9" publishTime="2026-03-04T10:00:00"/>)"_ba));
        QCOMPARE(update.note->text, u"gone & <away>"_s);
        QVERIFY(update.note->outOfOffice);
        QVERIFY(update.note->ends.isValid());
    }

    void aggregateStateWinsOverOthers()
    {
        const PresenceUpdate update = updateFrom(categoriesOf(
            stateCategory("<availability>9500</availability>"_ba, "xsi:type=\"aggregateState\""_ba)
            + stateCategory(
                "<availability>3500</availability>"_ba, "xsi:type=\"machineState\""_ba)));
        QCOMPARE(update.state->level, PresenceLevel::DoNotDisturb);
    }

    void contactWithoutNameAndWebPhoto()
    {
        const PresenceUpdate update = updateFrom(categoriesOf(
            R"(<category name="contactCard" instance="1"><contactCard><photo type="default"><uri>https://example.org/me.png</uri></photo><automaton>true</automaton></contactCard></category>
               <category name="contactCard" instance="0"><contactCard><photo type="default"><uri>javascript:alert(1)</uri></photo></contactCard></category>)"_ba));
        QVERIFY(update.card->displayName.isEmpty());
        QCOMPARE(update.card->photoUri, u"https://example.org/me.png"_s);
        QVERIFY(update.card->photoIsForeign);
        QVERIFY(update.card->automaton);
    }

    void malformedCategoryIsSkipped()
    {
        const QByteArray broken = categoriesOf(
            R"(<category name="note" instance="0"><note><body>broken</note></category>)"_ba
            + stateCategory("<availability>6500</availability>"_ba));
        const PresenceUpdate update = updateFrom(broken);
        QCOMPARE(update.address, u"ann@litwareinc.com"_s);
        QVERIFY(!update.note);
        QVERIFY(update.state);
        QCOMPARE(update.state->level, PresenceLevel::Busy);
    }

    void writtenCategoriesReadBack()
    {
        const auto document = parseCategoriesDocument(categoriesVector());
        QVERIFY(document);
        QCOMPARE(updateFrom(buildCategories(*document)), updateFrom(categoriesVector()));
    }

    void batchedNotification()
    {
        const auto notification = parsePresenceNotification(
            "multipart/related;type=\"application/rlmi+xml\";start=resourceList;boundary=\"XyZ\"",
            batched());
        QVERIFY(notification);
        QCOMPARE(notification->updates.size(), 1);
        QCOMPARE(notification->updates.first(), updateFrom(categoriesVector()));
        QCOMPARE(notification->skippedParts, 1);
        using Kind = SubscriptionHint::Kind;
        QCOMPARE(notification->hints,
            (QList<SubscriptionHint> { { u"ann@litwareinc.com"_s, Kind::Active },
                { u"cho@contoso.com"_s, Kind::Resubscribe },
                { u"dee@litwareinc.com"_s, Kind::Resubscribe, u"pool02.ad.litwareinc.com"_s },
                { u"eve@litwareinc.com"_s, Kind::Terminated, {}, u"noresource"_s } }));
    }

    void batchedNotificationReadsBack()
    {
        const QList<SubscriptionHint> hints {
            { u"ann@litwareinc.com"_s },
            { u"dee@litwareinc.com"_s, SubscriptionHint::Kind::Resubscribe, u"p.example.org"_s },
        };
        const QByteArray body = buildBatchedNotification(u"ben@litwareinc.com"_s, hints,
            { *parseCategoriesDocument(categoriesVector()) }, "b0und"_ba);
        const auto read = parsePresenceNotification("multipart/related; boundary=b0und", body);
        QVERIFY(read);
        QCOMPARE(read->hints, hints);
        QCOMPARE(read->updates, QList { updateFrom(categoriesVector()) });
        QCOMPARE(read->skippedParts, 0);
    }

    void everyCutOfABatchIsSafe()
    {
        const QByteArray whole = batched();
        for (qsizetype size = 0; size < whole.size(); size += 7) {
            const auto read
                = parsePresenceNotification("multipart/related;boundary=XyZ", whole.first(size));
            if (read) {
                QVERIFY(read->updates.size() <= 2);
            }
        }
    }

    void stormOfTwoHundredContacts()
    {
        QList<CategoriesDocument> people;
        CategoriesDocument one = *parseCategoriesDocument(categoriesVector());
        for (int i = 0; i < 200; ++i) {
            one.address = u"user%1@litwareinc.com"_s.arg(i);
            people.append(one);
        }
        const auto read = parsePresenceNotification("multipart/related;boundary=x",
            buildBatchedNotification(u"ben@litwareinc.com"_s, {}, people, "x"_ba));
        QVERIFY(read);
        QCOMPARE(read->updates.size(), 200);
        QCOMPARE(read->updates.last().address, u"user199@litwareinc.com"_s);
    }

    void hostileNotifications_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("no boundary") << "multipart/related"_ba << "--x\r\n\r\n--x--"_ba;
        QTest::newRow("boundary absent from the body")
            << "multipart/related;boundary=x"_ba << "nothing here"_ba;
        QTest::newRow("endless boundary")
            << "multipart/related;boundary="_ba + QByteArray(5000, 'x') << "--x\r\n"_ba;
        QTest::newRow("too many parts")
            << "multipart/related;boundary=x"_ba << "--x\r\n\r\n\r\n"_ba.repeated(3000);
        QTest::newRow("only broken parts")
            << "multipart/related;boundary=x"_ba
            << "--x\r\nContent-Type: application/rlmi+xml\r\n\r\n<li\r\n--x--"_ba;
        QTest::newRow("foreign type") << "text/html"_ba << "<html/>"_ba;
        QTest::newRow("categories of nobody")
            << "application/msrtc-event-categories+xml"_ba << "<categories/>"_ba;
        QTest::newRow("entities")
            << "application/msrtc-event-categories+xml"_ba
            << "<!DOCTYPE x [<!ENTITY a \"b\">]><categories uri=\"sip:a@b\">&a;</categories>"_ba;
        QTest::newRow("parts in parts in parts")
            << "multipart/a;boundary=x"_ba
            << "--x\r\nContent-Type: multipart/a;boundary=y\r\n\r\n--y\r\nContent-Type: "
               "multipart/a;boundary=z\r\n\r\n"
               "--z\r\nContent-Type: multipart/a;boundary=w\r\n\r\n--w\r\n\r\n\r\n--w--\r\n--z--\r\n--y--\r\n--x--"_ba;
    }
    void hostileNotifications()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        const auto read = parsePresenceNotification(type, body);
        QVERIFY(!read || (read->updates.isEmpty() && read->hints.isEmpty()));
    }

    void poolNameMustBeAHost()
    {
        const auto list
            = parseXml("<list><resource uri=\"sip:a@b\"><instance state=\"resubscribe\" "
                       "poolFqdn=\"evil&#13;&#10;Via: x\"/></resource></list>");
        QVERIFY(list);
        const auto hints = parseResourceList(*list);
        QCOMPARE(hints.size(), 1);
        QVERIFY(hints.first().poolFqdn.isEmpty());
    }

    void otherFormats_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("address");
        QTest::addColumn<PresenceLevel>("level");
        QTest::addColumn<QString>("activityWords");
        QTest::newRow("PIDF, federated")
            << "application/pidf+xml"_ba
            << R"(<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:joe@gmail.com"><tuple id="t1"><status><basic>open</basic>
                  <activities xmlns="urn:ietf:params:xml:ns:pidf:rpid"><activity>busy</activity></activities></status></tuple></presence>)"_ba
            << u"joe@gmail.com"_s << PresenceLevel::Busy << QString();
        QTest::newRow("PIDF, RPID element and bare entity")
            << "application/pidf+xml"_ba
            << R"(<presence entity="joe@aol.com"><tuple><status><basic>open</basic></status></tuple><dm:person xmlns:dm="x"><rpid:activities xmlns:rpid="y"><rpid:on-the-phone/></rpid:activities></dm:person></presence>)"_ba
            << u"joe@aol.com"_s << PresenceLevel::Busy << u"In a call"_s;
        QTest::newRow("PIDF, closed")
            << "application/pidf+xml"_ba
            << R"(<presence entity="pres:joe@gmail.com"><tuple><status><basic>closed</basic></status></tuple></presence>)"_ba
            << u"joe@gmail.com"_s << PresenceLevel::Offline << QString();
        QTest::newRow("PIDF, best of two")
            << "application/pidf+xml"_ba
            << R"(<presence entity="pres:joe@gmail.com"><tuple><status><basic>closed</basic></status></tuple><tuple><status><basic>open</basic></status></tuple></presence>)"_ba
            << u"joe@gmail.com"_s << PresenceLevel::Available << QString();
        QTest::newRow("XPIDF with its document type")
            << "application/xpidf+xml"_ba << xpidfVector() << u"joe@msn.com"_s
            << PresenceLevel::Away << QString();
        QTest::newRow("LCS 2005, declares UTF-16 and is UTF-8")
            << "text/xml+msrtc.pidf"_ba << presentityVector() << u"ann@litwareinc.com"_s
            << PresenceLevel::Away << QString();
        QTest::newRow("LCS 2005, offline")
            << "text/xml+msrtc.pidf"_ba
            << R"(<presentity uri="ann@litwareinc.com"><availability aggregate="0"/><activity aggregate="400"/></presentity>)"_ba
            << u"ann@litwareinc.com"_s << PresenceLevel::Offline << QString();
        QTest::newRow("LCS 2005, on the phone")
            << "text/xml+msrtc.pidf"_ba
            << R"(<presentity uri="ann@litwareinc.com"><availability aggregate="300"/><activity aggregate="500"/></presentity>)"_ba
            << u"ann@litwareinc.com"_s << PresenceLevel::Busy << u"In a call"_s;
    }
    void otherFormats()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, body);
        const auto read = parsePresenceNotification(type, body);
        QVERIFY2(read, read ? "" : qPrintable(read.error().text));
        QCOMPARE(read->updates.size(), 1);
        const PresenceUpdate update = read->updates.first();
        QTEST(update.address, "address");
        QVERIFY(update.state);
        QTEST(update.state->level, "level");
        QTEST(update.state->activity(), "activityWords");
    }
};

QTEST_GUILESS_MAIN(tst_Categories)
#include "tst_categories.moc"
