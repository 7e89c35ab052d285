// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/categories.h"
#include "protocols/sip/presence/lcid.h"
#include "protocols/sip/presence/publication.h"

#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::sip;
using Slot = FreeBusy::Slot;

namespace {

QDateTime utc(int hour, int minute = 0)
{
    return QDateTime(QDate(2026, 3, 2), QTime(hour, minute), QTimeZone::UTC);
}

/// The digits of the vector: free, tentative and so on, a quarter of an hour each, from midnight.
FreeBusy calendar(const QByteArray &digits)
{
    QList<Slot> all;
    for (const char digit : digits) {
        all.append(Slot(digit - '0'));
    }
    return { .mailbox = u"ann@litwareinc.com"_s, .start = utc(0), .encoded = encodeFreeBusy(all) };
}

XmlElement written(const CalendarData &data)
{
    CategoriesDocument document { u"ann@litwareinc.com"_s,
        { { .name = u"calendarData"_s, .instance = 5, .content = calendarDataElement(data) } } };
    return *parseCategoriesDocument(buildCategories(document))->categories.first().content;
}

PresenceUpdate update(const QByteArray &categories)
{
    return presenceFromCategories(*parseCategoriesDocument(
        "<categories uri=\"sip:ann@litwareinc.com\">" + categories + "</categories>"));
}

} // namespace

class tst_FreeBusy : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void spans_data()
    {
        QTest::addColumn<QDateTime>("at");
        QTest::addColumn<int>("kind"); ///< -1: not known
        QTest::addColumn<QDateTime>("until");
        QTest::newRow("before") << utc(0).addSecs(-1) << -1 << QDateTime();
        QTest::newRow("first slot") << utc(0) << int(Slot::Free) << utc(1);
        QTest::newRow("middle of a slot") << utc(1, 7) << int(Slot::Busy) << utc(2);
        QTest::newRow("last second") << utc(2).addSecs(-1) << int(Slot::Busy) << utc(2);
        QTest::newRow("tentative") << utc(2) << int(Slot::Tentative) << utc(3);
        QTest::newRow("to the end") << utc(3, 10) << int(Slot::OutOfOffice) << QDateTime();
        QTest::newRow("after") << utc(4) << -1 << QDateTime();
        QTest::newRow("no time") << QDateTime() << -1 << QDateTime();
    }

    void spans()
    {
        QFETCH(QDateTime, at);
        QFETCH(int, kind);
        QFETCH(QDateTime, until);
        const auto span = calendar("0000222211113333").at(at);
        QCOMPARE(span.has_value(), kind >= 0);
        if (span) {
            QCOMPARE(int(span->kind), kind);
            QCOMPARE(span->until, until);
        }
    }

    void writtenAndRead()
    {
        const FreeBusy busy = calendar("0000222211113333");
        const CalendarData slotData { .mailbox = busy.mailbox, .freeBusy = busy };
        const XmlElement element = written(slotData);
        QCOMPARE(element.childText(u"freeBusy"), u"AKpV/w=="_s);
        QCOMPARE(parseCalendarData(element), slotData);
        const CalendarData hours { .mailbox = busy.mailbox,
            .workingHours
            = WorkingHours { -60, { Qt::Monday, Qt::Wednesday, Qt::Sunday }, 480, 1020 } };
        QCOMPARE(parseCalendarData(written(hours)), hours);
        const CalendarData nothing { .mailbox = busy.mailbox };
        QCOMPARE(parseCalendarData(written(nothing)), nothing);
    }

    /// As Communicator writes it, with summer time that we do not read.
    void readsWorkingHours()
    {
        const auto element = parseXml(
            R"(<calendarData mailboxID="ann@litwareinc.com"><WorkingHours><TimeZone><Bias>480</Bias><StandardTime><Bias>0</Bias><Time>02:00:00</Time><DayOrder>1</DayOrder><Month>11</Month><DayOfWeek>Sunday</DayOfWeek></StandardTime></TimeZone><WorkingPeriodArray><WorkingPeriod><DayOfWeek>Monday Tuesday friday Someday</DayOfWeek><StartTimeInMinutes>480</StartTimeInMinutes><EndTimeInMinutes>99999</EndTimeInMinutes></WorkingPeriod></WorkingPeriodArray></WorkingHours></calendarData>)");
        const CalendarData data = parseCalendarData(*element);
        QVERIFY(data.workingHours);
        QCOMPARE(data.workingHours->biasMinutes, 480);
        QCOMPARE(data.workingHours->days,
            (QList<Qt::DayOfWeek> { Qt::Monday, Qt::Tuesday, Qt::Friday }));
        QCOMPARE(data.workingHours->toMinute, 24 * 60);
        QVERIFY(!data.freeBusy);
    }

    void hostileCalendars_data()
    {
        QTest::addColumn<QByteArray>("inside");
        QTest::newRow("granularity zero")
            << R"(<freeBusy startTime="2026-03-02T00:00:00Z" granularity="PT0M">AKpV/w==</freeBusy>)"_ba;
        QTest::newRow("granularity negative")
            << R"(<freeBusy startTime="2026-03-02T00:00:00Z" granularity="PT-9M">AKpV/w==</freeBusy>)"_ba;
        QTest::newRow("no start") << R"(<freeBusy granularity="PT15M">AKpV/w==</freeBusy>)"_ba;
        QTest::newRow("not base64")
            << R"(<freeBusy startTime="2026-03-02T00:00:00Z" granularity="PT15M">!!!!</freeBusy>)"_ba;
        QTest::newRow("a megabyte") << "<freeBusy startTime=\"2026-03-02T00:00:00Z\">"
                + QByteArray(1 << 20, 'A') + "</freeBusy>";
        QTest::newRow("far away")
            << R"(<freeBusy startTime="0001-01-01T00:00:00Z" granularity="PT1440M">qqqq</freeBusy>)"_ba;
    }

    void hostileCalendars()
    {
        QFETCH(QByteArray, inside);
        const PresenceUpdate read = update("<category name=\"state\" instance=\"1\"><state><"
                                           "availability>6500</availability></state></category>"
                                           "<category name=\"calendarData\"><calendarData>"
            + inside + "</calendarData></category>");
        QVERIFY(read.freeBusy);
        QVERIFY(read.freeBusy->minutes >= 1);
        QCOMPARE(read.toPresence(utc(9)).availability, Availability::Busy);
    }

    void saysUntilWhen_data()
    {
        QTest::addColumn<QByteArray>("state");
        QTest::addColumn<QByteArray>("digits");
        QTest::addColumn<QString>("activity");
        const QString one = QLocale().toString(utc(1).toLocalTime().time(), QLocale::ShortFormat);
        const QByteArray busy = "<availability>6500</availability>";
        QTest::newRow("busy") << busy << "22220"_ba << u"Busy until %1"_s.arg(one);
        QTest::newRow("meeting") << busy + "<activity token=\"in-a-meeting\"/>" << "22220"_ba
                                 << u"In a meeting until %1"_s.arg(one);
        QTest::newRow("the calendar is free") << busy << "00002"_ba << u""_s;
        QTest::newRow("no end known") << busy << "22222222"_ba << u""_s;
        QTest::newRow("available all the same")
            << "<availability>3500</availability>"_ba << "22220"_ba << u""_s;
        QTest::newRow("away, at a meeting perhaps")
            << "<availability>15500</availability>"_ba << "22220"_ba << u""_s;
        QTest::newRow("away, out of office")
            << "<availability>15500</availability><activity token=\"out-of-office\"/>"_ba
            << "33330"_ba << u"Out of office until %1"_s.arg(one);
    }

    void saysUntilWhen()
    {
        QFETCH(QByteArray, state);
        QFETCH(QByteArray, digits);
        QFETCH(QString, activity);
        const FreeBusy busy = calendar(digits);
        const PresenceUpdate read = update("<category name=\"state\" instance=\"1\"><state>" + state
            + "</state></category><category name=\"calendarData\"><calendarData><freeBusy "
              "startTime=\"2026-03-02T00:00:00Z\" granularity=\"PT15M\">"
            + busy.encoded.toBase64() + "</freeBusy></calendarData></category>");
        QCOMPARE(read.toPresence(utc(0, 20)).activity, activity);
        QVERIFY(!read.toPresence().activity.contains(u"until"));
    }

    void outOfOfficeNotes_data()
    {
        QTest::addColumn<QDateTime>("now");
        QTest::addColumn<QString>("text");
        const QString text = u"Out of office: Urlop – 休暇 🦄"_s;
        QTest::newRow("not yet") << utc(7) << QString();
        QTest::newRow("now") << utc(9) << text;
        QTest::newRow("over") << utc(18) << QString();
        QTest::newRow("time unknown") << QDateTime() << text;
    }

    void outOfOfficeNotes()
    {
        QFETCH(QDateTime, now);
        QFETCH(QString, text);
        const QList<Publication> published = publishOutOfOfficeNote(
            u"ann@litwareinc.com"_s, { u"Urlop – 休暇 🦄"_s, utc(8), utc(17) });
        QCOMPARE(published.size(), 3);
        const PresenceNote note = parseNote(*published.first().content);
        QVERIFY(note.outOfOffice);
        QCOMPARE(note.ends, utc(17));
        PresenceUpdate read;
        read.note = note;
        QCOMPARE(read.toPresence(now).text, text);
        const QList<Publication> gone = publishOutOfOfficeNote(u"ann@litwareinc.com"_s, {});
        QVERIFY(!gone.first().content);
        QCOMPARE(gone.first().key, published.first().key);
        QVERIFY(gone.first().key != publishNote(u"x"_s).first().key);
    }

    void calendarStates()
    {
        const InstanceNumbers numbers = instanceNumbers("a1b2c3d4e5f6");
        const QString own = u"ben@litwareinc.com"_s;
        const QList<Publication> busy = publishCalendarState(
            numbers, own, { CalendarState::Kind::Busy, utc(9), u"Przegląd <&>"_s, u"2/114"_s });
        QCOMPARE(busy.size(), 4); // two to have, two to take away
        QCOMPARE(busy.at(0).key.instance, 1243294781);
        const PresenceState state = parseState(*busy.at(0).content);
        QCOMPARE(state.level, PresenceLevel::Busy);
        QCOMPARE(state.activityToken, u"in-a-meeting"_s);
        QCOMPARE(state.meetingSubject, u"Przegląd <&>"_s);
        QVERIFY(!busy.at(2).content && !busy.at(3).content);
        const QList<Publication> away = publishCalendarState(
            numbers, own, { CalendarState::Kind::OutOfOffice, utc(9), {}, {} });
        QVERIFY(!away.at(0).content);
        QCOMPARE(away.at(2).key.instance, 1511730237);
        QVERIFY(!away.at(2).content->child(u"availability"));
        QVERIFY(publishCalendarState(numbers, own, {}).first().content == std::nullopt);
        // The stranger containers hold the category, but nothing in it.
        const QList<Publication> slotsPublished = publishFreeBusy(calendar("2222"));
        QCOMPARE(slotsPublished.size(), 6);
        for (const Publication &one : slotsPublished) {
            const bool shown = one.key.container != 100 && one.key.container != 32000;
            QCOMPARE(one.content->child(u"freeBusy") != nullptr, shown);
        }
        QCOMPARE(publishWorkingHours(own, { 0, { Qt::Monday }, 1, 2 }).first().key.instance, 0);
    }

    void languages_data()
    {
        QTest::addColumn<QString>("locale");
        QTest::addColumn<QString>("text");
        QTest::newRow("theirs") << u"pl_PL"_s << u"W podróży"_s;
        QTest::newRow("another country's") << u"en_GB"_s << u"Travelling"_s;
        QTest::newRow("Japanese") << u"ja_JP"_s << u"旅行中"_s;
        QTest::newRow("not there: English") << u"fi_FI"_s << u"Travelling"_s;
        QTest::newRow("none at all: English") << u"C"_s << u"Travelling"_s;
    }

    void languages()
    {
        QFETCH(QString, locale);
        QFETCH(QString, text);
        const QLocale before;
        QLocale::setDefault(QLocale(locale));
        const PresenceUpdate read = update(
            "<category name=\"state\" instance=\"1\"><state><availability>6500</availability>"
            "<activity token=\"in-a-meeting\"><custom LCID=\"1041\">旅行中</custom><custom "
            "LCID=\"1033\">Travelling</custom><custom LCID=\"1045\">W podróży</custom><custom "
            "LCID=\"1031\"> </custom></activity></state></category>");
        const QString chosen = read.toPresence().activity;
        QLocale::setDefault(before);
        QCOMPARE(chosen, text);
        QCOMPARE(textFor({ { 1041, u"旅行中"_s } }, 0x15), u"旅行中"_s);
        QCOMPARE(textFor({}, 0x15), QString());
    }

    void machineLevels_data()
    {
        QTest::addColumn<int>("minutes");
        QTest::addColumn<PresenceLevel>("level");
        QTest::addColumn<int>("next"); ///< minutes; -1: nothing
        QTest::newRow("at work") << 0 << PresenceLevel::Available << 5;
        QTest::newRow("thinking") << 4 << PresenceLevel::Available << 1;
        QTest::newRow("inactive") << 5 << PresenceLevel::AvailableIdle << 10;
        QTest::newRow("still inactive") << 14 << PresenceLevel::AvailableIdle << 1;
        QTest::newRow("away") << 15 << PresenceLevel::Away << -1;
    }

    void machineLevels()
    {
        QFETCH(int, minutes);
        QFETCH(PresenceLevel, level);
        QFETCH(int, next);
        const std::chrono::minutes idle(minutes);
        QCOMPARE(machineLevel(idle), level);
        const auto then = untilNextMachineLevel(idle);
        QCOMPARE(then ? int(then->count() / 60) : -1, next);
    }
};

QTEST_GUILESS_MAIN(tst_FreeBusy)
#include "tst_freebusy.moc"
