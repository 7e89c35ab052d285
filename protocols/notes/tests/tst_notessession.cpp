// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/notes/notessession.h"
#include "tests/support/fakeservices.h"

#include <QSignalSpy>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TestNotesSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsItsOnlyContact();
    void keepsText_data();
    void keepsText();
    void refusesOthers();
    void refusesWhileOffline();

private:
    static SettingValues settings()
    {
        SettingValues values;
        values.set(u"address"_s, u"notes"_s);
        return values;
    }
    static Presence available()
    {
        Presence presence;
        presence.availability = Availability::Available;
        return presence;
    }
};

void TestNotesSession::tellsItsOnlyContact()
{
    test::ManualClock clock;
    test::FakeServices services(clock);
    notes::NotesSession session(settings(), services);
    QList<SessionEvent> events;
    connect(&session, &Session::event, &session,
        [&events](const SessionEvent &event) { events.append(event); });
    session.open(available());
    QCOMPARE(session.state(), Session::State::Online);
    QCOMPARE(events.size(), 3);
    QCOMPARE(std::get<ContactChanged>(events.at(0)).contact.address.value, u"notes"_s);
    QCOMPARE(std::get<ContactListComplete>(events.at(1)).addresses.size(), 1);
    QCOMPARE(
        std::get<PresenceChanged>(events.at(2)).presence.availability, Availability::Available);
    session.close();
    QCOMPARE(session.state(), Session::State::Offline);
}

void TestNotesSession::keepsText_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("polish") << u"Zażółć gęślą jaźń"_s;
    QTest::newRow("japanese") << u"こんにちは世界"_s;
    QTest::newRow("arabic") << u"مرحبا بالعالم"_s;
    QTest::newRow("combining") << u"e\u0301 ก็"_s;
    QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞"_s;
}

void TestNotesSession::keepsText()
{
    QFETCH(QString, text);
    test::ManualClock clock;
    test::FakeServices services(clock);
    notes::NotesSession session(settings(), services);
    session.open(available());
    OutgoingMessage message;
    message.localId = u"id-1"_s;
    message.to = u"notes"_s;
    message.body = RichText::fromPlain(text);
    const auto answer = session.send(message);
    QVERIFY(answer.isFinished());
    QVERIFY(answer.result().has_value());
    QCOMPARE(answer.result()->state, DeliveryState::Delivered);
    QCOMPARE(answer.result()->remoteId, u"id-1"_s);
    QCOMPARE(answer.result()->sentAt, clock.now());
}

void TestNotesSession::refusesOthers()
{
    test::ManualClock clock;
    test::FakeServices services(clock);
    notes::NotesSession session(settings(), services);
    session.open(available());
    OutgoingMessage message;
    message.to = u"somebody@else.test"_s;
    const auto answer = session.send(message);
    QVERIFY(!answer.result());
    QCOMPARE(answer.result().error().code, u"unknown-recipient"_s);
}

void TestNotesSession::refusesWhileOffline()
{
    test::ManualClock clock;
    test::FakeServices services(clock);
    notes::NotesSession session(settings(), services);
    OutgoingMessage message;
    message.to = u"notes"_s;
    QCOMPARE(session.send(message).result().error().code, u"not-connected"_s);
}

QTEST_GUILESS_MAIN(TestNotesSession)
#include "tst_notessession.moc"
