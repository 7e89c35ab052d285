// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/mailboxcalendar.h"

#include <QTest>
#include <QTimeZone>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using Slot = FreeBusy::Slot;
using Kind = CalendarState::Kind;

namespace {

const QString ben = u"ben@litwareinc.com"_s;

QDateTime at(const QString &text)
{
    QDateTime time = QDateTime::fromString(u"2026-03-"_s + text, u"yyyy-MM-dd HH:mm"_s);
    time.setTimeZone(QTimeZone::UTC);
    return time;
}

QByteArray envelope(const QByteArray &body)
{
    return "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" + body
        + "</s:Body></s:Envelope>";
}

QByteArray availability(const QByteArray &view)
{
    return envelope(
        "<GetUserAvailabilityResponse "
        "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\">"
        "<FreeBusyResponseArray><FreeBusyResponse><ResponseMessage ResponseClass=\"Success\">"
        "<ResponseCode>NoError</ResponseCode></ResponseMessage><FreeBusyView>"
        + view
        + "</FreeBusyView></FreeBusyResponse></FreeBusyResponseArray></"
          "GetUserAvailabilityResponse>");
}

QByteArray meeting(const QByteArray &start, const QByteArray &end, const QByteArray &type)
{
    return "<CalendarEvent "
           "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/types\"><StartTime>"
        + start + "</StartTime><EndTime>" + end + "</EndTime><BusyType>" + type
        + "</BusyType><CalendarEventDetails><Subject>Zażółć</Subject></CalendarEventDetails></"
          "CalendarEvent>";
}

QByteArray outOfOffice(const QByteArray &state, const QByteArray &html)
{
    return envelope(
        "<GetUserOofSettingsResponse "
        "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/messages\">"
        "<ResponseMessage ResponseClass=\"Success\"><ResponseCode>NoError</ResponseCode>"
        "</ResponseMessage><OofSettings "
        "xmlns=\"http://schemas.microsoft.com/exchange/services/2006/types\"><OofState>"
        + state
        + "</OofState><ExternalAudience>All</"
          "ExternalAudience><Duration><StartTime>2026-03-02T08:00:00"
          "</StartTime><EndTime>2026-03-03T08:00:00Z</EndTime></Duration><InternalReply><Message>"
        + html
        + "</Message></InternalReply><ExternalReply><Message>secret</Message></ExternalReply>"
          "</OofSettings><AllowExternalOof>All</AllowExternalOof></GetUserOofSettingsResponse>");
}

} // namespace

/// What a mailbox says of somebody's time.
class TestMailboxCalendar : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void window_data();
    void window();
    void requests();
    void reads();
    void slotsAreBounded();
    void times_data();
    void times();
    void failures_data();
    void failures();
    void outOfOffice_data();
    void outOfOffice();
    void moments_data();
    void moments();
    void momentsFromSlots();
};

void TestMailboxCalendar::window_data()
{
    QTest::addColumn<QDateTime>("now");
    QTest::addColumn<QString>("start");
    const QDateTime spring(QDate(2026, 3, 29), QTime(1, 30), QTimeZone("Europe/Warsaw"));
    QTest::newRow("utc") << at(u"02 10:00"_s) << u"2026-03-01T00:00:00Z"_s;
    QTest::newRow("clocks change") << spring << u"2026-03-28T00:00:00Z"_s;
    QTest::newRow("already tomorrow there") << QDateTime(QDate(2026, 3, 3), QTime(5, 0),
        QTimeZone(10 * 3600)) << u"2026-03-01T00:00:00Z"_s;
}

void TestMailboxCalendar::window()
{
    QFETCH(QDateTime, now);
    QFETCH(QString, start);
    const CalendarWindow window = calendarWindow(now);
    QCOMPARE(window.start.toString(Qt::ISODate), start);
    QCOMPARE(window.start.secsTo(window.end), qint64 { 4 } * 86400);
    QVERIFY(window.start <= now && now < window.end);
}

void TestMailboxCalendar::requests()
{
    const EwsRequest request = buildAvailabilityRequest(ben, calendarWindow(at(u"02 10:00"_s)));
    QVERIFY(request.action.endsWith("/messages/GetUserAvailability"));
    const auto root = parseXml(request.body);
    QVERIFY(root);
    const XmlElement *const ask = root->find(u"Body/GetUserAvailabilityRequest");
    QVERIFY(ask);
    QCOMPARE(ask->find(u"MailboxDataArray/MailboxData/Email")->childText(u"Address"), ben);
    const XmlElement *const options = ask->child(u"FreeBusyViewOptions");
    QCOMPARE(options->child(u"TimeWindow")->childText(u"StartTime"), u"2026-03-01T00:00:00"_s);
    QCOMPARE(options->child(u"TimeWindow")->childText(u"EndTime"), u"2026-03-05T00:00:00"_s);
    QCOMPARE(options->childText(u"RequestedView"), u"DetailedMerged"_s);
    QCOMPARE(ask->find(u"TimeZone")->childText(u"Bias"), u"0"_s);
    QVERIFY(!root->child(u"Header")); // Exchange 2007 has no such version
    QVERIFY(request.body.contains("<m:GetUserAvailabilityRequest>"));
    QVERIFY(request.body.contains("<t:Bias>0</t:Bias>"));
    QCOMPARE(parseXml(buildOutOfOfficeRequest(ben).body)
                 ->find(u"Body/GetUserOofSettingsRequest/Mailbox")
                 ->childText(u"Address"),
        ben);
}

void TestMailboxCalendar::reads()
{
    const CalendarWindow window = calendarWindow(at(u"02 10:00"_s));
    const auto read = parseAvailability(
        availability("<FreeBusyViewType>DetailedMerged</FreeBusyViewType><MergedFreeBusy>"
                     "0000222211113333444</MergedFreeBusy><CalendarEventArray>"
            + meeting("2026-03-02T09:00:00", "2026-03-02T11:00:00", "Busy")
            + meeting("2026-03-02T12:00:00+02:00", "2026-03-02T13:00:00+02:00", "OOF")
            + meeting("2026-03-02T12:00:00", "2026-03-02T13:00:00", "Free")
            + meeting("2026-03-02T12:00:00", "2026-03-02T13:00:00", "WorkingElsewhere")
            + meeting("2026-03-02T13:00:00", "2026-03-02T12:00:00", "Busy")
            + meeting("nonsense", "2026-03-02T12:00:00", "Busy")
            + meeting("2026-03-02T15:00:00", "2026-03-02T16:00:00", "Tentative")
            + "</CalendarEventArray><WorkingHours><TimeZone><Bias>-60</Bias></TimeZone>"
              "<WorkingPeriodArray><WorkingPeriod><DayOfWeek>Monday Friday</DayOfWeek>"
              "<StartTimeInMinutes>540</StartTimeInMinutes><EndTimeInMinutes>1020</"
              "EndTimeInMinutes>"
              "</WorkingPeriod></WorkingPeriodArray></WorkingHours>"),
        ben, window);
    QVERIFY(read);
    QCOMPARE(read->freeBusy.mailbox, ben);
    QCOMPARE(read->freeBusy.start, window.start);
    QCOMPARE(read->freeBusy.encoded.first(4).toBase64(), "AKpV/w=="_ba); // the dossier's vector
    QCOMPARE(read->freeBusy.slotCount(), 4 * 96);
    QCOMPARE(read->freeBusy.slot(16), Slot::Free);
    QCOMPARE(read->entries,
        (QList<CalendarEntry> { { Slot::Busy, at(u"02 09:00"_s), at(u"02 11:00"_s) },
            { Slot::OutOfOffice, at(u"02 10:00"_s), at(u"02 11:00"_s) },
            { Slot::Tentative, at(u"02 15:00"_s), at(u"02 16:00"_s) } }));
    QVERIFY(read->hours);
    QCOMPARE(*read->hours, (WorkingHours { -60, { Qt::Monday, Qt::Friday }, 540, 1020 }));
}

void TestMailboxCalendar::slotsAreBounded()
{
    QByteArray events;
    for (int i = 0; i < 1200; ++i) {
        events += meeting("2026-03-02T09:00:00", "2026-03-02T11:00:00", "Busy");
    }
    const auto read = parseAvailability(
        availability("<MergedFreeBusy>" + QByteArray(100000, '2')
            + "</MergedFreeBusy><CalendarEventArray>" + events + "</CalendarEventArray>"),
        ben, calendarWindow(at(u"02 10:00"_s)));
    QVERIFY(read);
    QCOMPARE(read->freeBusy.slotCount(), 4 * 96);
    QCOMPARE(read->entries.size(), 1000);
}

void TestMailboxCalendar::times_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("utc");
    QTest::newRow("none") << u"2026-03-29T02:30:00"_s << u"2026-03-29T02:30:00Z"_s;
    QTest::newRow("z") << u"2026-03-29T02:30:00Z"_s << u"2026-03-29T02:30:00Z"_s;
    QTest::newRow("offset") << u"2026-03-29T02:30:00-05:30"_s << u"2026-03-29T08:00:00Z"_s;
    QTest::newRow("blanks") << u" 2026-03-29T02:30:00 "_s << u"2026-03-29T02:30:00Z"_s;
    QTest::newRow("nonsense") << u"tomorrow"_s << QString();
}

void TestMailboxCalendar::times()
{
    // A local zone whose clocks jump just then must not matter.
    qputenv("TZ", "Europe/Warsaw");
    QFETCH(QString, text);
    QFETCH(QString, utc);
    QCOMPARE(ewsTime(text).toString(Qt::ISODate), utc);
}

void TestMailboxCalendar::failures_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("code");
    QTest::newRow("denied") << envelope(
        "<GetUserAvailabilityResponse><FreeBusyResponseArray><FreeBusyResponse><ResponseMessage "
        "ResponseClass=\"Error\"><MessageText>no</MessageText><ResponseCode>ErrorNoFreeBusyAccess"
        "</ResponseCode></ResponseMessage></FreeBusyResponse></FreeBusyResponseArray>"
        "</GetUserAvailabilityResponse>")
                            << u"ErrorNoFreeBusyAccess"_s;
    QTest::newRow("nobody") << envelope("<GetUserAvailabilityResponse/>") << u"unreadable"_s;
    QTest::newRow("no view") << envelope("<GetUserAvailabilityResponse><FreeBusyResponseArray><"
                                         "FreeBusyResponse/></FreeBusyResponseArray>"
                                         "</GetUserAvailabilityResponse>")
                             << u"unreadable"_s;
    QTest::newRow("empty") << QByteArray() << u"unreadable"_s;
}

void TestMailboxCalendar::failures()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, code);
    const auto read = parseAvailability(body, ben, calendarWindow(at(u"02 10:00"_s)));
    QVERIFY(!read);
    QCOMPARE(read.error().code, code);
}

void TestMailboxCalendar::outOfOffice_data()
{
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<QByteArray>("html");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("holds"); // on the 1st, the 2nd, the 4th
    QTest::newRow("enabled") << "Enabled"_ba
                             << "\xEF\xBB\xBF&lt;html&gt;&lt;body&gt;&lt;p&gt;Na "
                                "&lt;b&gt;urlopie&lt;/b&gt; 休暇中&lt;/p&gt;&lt;/body&gt;"
                                "&lt;/html&gt;"_ba
                             << u"Na urlopie 休暇中"_s << u"yyy"_s;
    QTest::newRow("scheduled") << "Scheduled"_ba << "plain &amp;amp; simple"_ba
                               << u"plain & simple"_s << u"nyn"_s;
    QTest::newRow("disabled") << "Disabled"_ba << "old"_ba << u"old"_s << u"nnn"_s;
    QTest::newRow("script") << "Enabled"_ba << "a&lt;script&gt;alert(1)&lt;/script&gt;b"_ba
                            << u"ab"_s << u"yyy"_s;
}

void TestMailboxCalendar::outOfOffice()
{
    QFETCH(QByteArray, state);
    QFETCH(QByteArray, html);
    QFETCH(QString, text);
    QFETCH(QString, holds);
    const auto reply = parseOutOfOffice(::outOfOffice(state, html));
    QVERIFY(reply);
    QCOMPARE(reply->text, text);
    QString seen;
    for (const QString &when : { u"01 10:00"_s, u"02 10:00"_s, u"04 10:00"_s }) {
        seen += reply->holds(at(when)) ? u'y' : u'n';
    }
    QCOMPARE(seen, holds);
    QVERIFY(!parseOutOfOffice(envelope("<GetUserOofSettingsResponse/>")));
    const auto tooLong = parseOutOfOffice(::outOfOffice("Enabled"_ba, QByteArray(5000, 'x')));
    QCOMPARE(tooLong->text.size(), 1000);
}

void TestMailboxCalendar::moments_data()
{
    QTest::addColumn<QString>("now");
    QTest::addColumn<AutomaticReply>("reply");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QDateTime>("since");
    QTest::addColumn<QDateTime>("until");
    QTest::addColumn<QString>("note");
    const AutomaticReply none;
    const AutomaticReply planned { true, u"Na urlopie"_s, at(u"02 12:30"_s), at(u"04 00:00"_s) };
    QTest::newRow("before") << u"02 08:00"_s << none << int(Kind::Free) << QDateTime()
                            << at(u"02 09:00"_s) << QString();
    QTest::newRow("beginning") << u"02 09:00"_s << none << int(Kind::Busy) << at(u"02 09:00"_s)
                               << at(u"02 10:00"_s) << QString();
    QTest::newRow("second of two in a row") << u"02 10:30"_s << none << int(Kind::Busy)
                                            << at(u"02 09:00"_s) << at(u"02 11:00"_s) << QString();
    QTest::newRow("tentative is free") << u"02 11:10"_s << none << int(Kind::Free) << QDateTime()
                                       << at(u"02 12:00"_s) << QString();
    QTest::newRow("away") << u"02 12:10"_s << none << int(Kind::OutOfOffice) << at(u"02 12:00"_s)
                          << at(u"02 13:00"_s) << QString();
    QTest::newRow("planned reply ahead") << u"02 12:10"_s << planned << int(Kind::OutOfOffice)
                                         << at(u"02 12:00"_s) << at(u"02 12:30"_s) << QString();
    QTest::newRow("planned reply holds")
        << u"02 14:00"_s << planned << int(Kind::OutOfOffice) << at(u"02 12:30"_s)
        << at(u"04 00:00"_s) << u"Na urlopie"_s;
    QTest::newRow("over") << u"04 14:00"_s << planned << int(Kind::Free) << QDateTime()
                          << QDateTime() << QString();
}

void TestMailboxCalendar::moments()
{
    QFETCH(QString, now);
    QFETCH(AutomaticReply, reply);
    QFETCH(int, kind);
    QFETCH(QDateTime, since);
    QFETCH(QDateTime, until);
    QFETCH(QString, note);
    MailboxCalendar calendar;
    calendar.entries = { { Slot::Busy, at(u"02 10:00"_s), at(u"02 11:00"_s) },
        { Slot::Busy, at(u"02 09:00"_s), at(u"02 10:00"_s) },
        { Slot::Tentative, at(u"02 11:00"_s), at(u"02 12:00"_s) },
        { Slot::OutOfOffice, at(u"02 12:00"_s), at(u"02 13:00"_s) } };
    const CalendarMoment moment = calendarAt(calendar, reply, at(now));
    QCOMPARE(int(moment.state.kind), kind);
    QCOMPARE(moment.state.since, since);
    QCOMPARE(moment.until, until);
    QCOMPARE(moment.note.text, note);
}

void TestMailboxCalendar::momentsFromSlots()
{
    MailboxCalendar calendar;
    calendar.freeBusy = { .mailbox = ben,
        .start = at(u"02 00:00"_s),
        .minutes = 15,
        .encoded = encodeFreeBusy({ Slot::Free, Slot::Busy, Slot::Busy, Slot::Free }) };
    const CalendarMoment moment = calendarAt(calendar, {}, at(u"02 00:40"_s));
    QCOMPARE(moment.state.kind, Kind::Busy);
    QCOMPARE(moment.state.since, at(u"02 00:15"_s));
    QCOMPARE(moment.until, at(u"02 00:45"_s));
    QCOMPARE(calendarAt(calendar, {}, at(u"02 00:50"_s)).state.kind, Kind::Free);
}

QTEST_GUILESS_MAIN(TestMailboxCalendar)
#include "tst_mailboxcalendar.moc"
