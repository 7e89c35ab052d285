// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/eventpublication.h"
#include "protocols/sip/simple/eventsubscription.h"
#include "protocols/sip/simple/seenmessages.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QTest>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

using subeffect::Lost;
using subeffect::Subscribe;
using SubTimer = subeffect::StartTimer;
using pubeffect::Failed;
using pubeffect::Publish;
using pubeffect::Published;
using pubeffect::Withdrawn;
using PubTimer = pubeffect::StartTimer;
using SubEffects = QList<SubscriptionEffect>;
using PubEffects = QList<PublicationEffect>;

SubscriptionInput status(int code)
{
    return subinput::Answered { { .status = code } };
}

SubscriptionInput accepted(std::chrono::seconds expires = 600s)
{
    return subinput::Answered { { .status = 200, .expires = expires } };
}

SubscriptionInput notified(QByteArrayView state)
{
    return subinput::Notified { parseSubscriptionState(state) };
}

PublicationInput published(const QByteArray &etag)
{
    return pubinput::Answered { { .status = 200, .expires = 600s, .etag = etag } };
}

EventSubscription running()
{
    EventSubscription machine;
    machine.step(subinput::Start {});
    machine.step(accepted());
    return machine;
}

} // namespace

/// Subscriptions (RFC 6665) and publications (RFC 3903), step by step.
class TestEventMachines : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void states_data();
    void states();
    void answers();
    void subscribesAndRefreshes();
    void refusals_data();
    void refusals();
    void terminated_data();
    void terminated();
    void doesNotAskAllDay();
    void tooBrief();
    void lostDialog();
    void stops();
    void publishes();
    void oneAtATime();
    void publishedAnew();
    void publicationTooBrief();
    void publicationRefused_data();
    void publicationRefused();
    void takesPublicationBack();
    void seenOnce();
};

void TestEventMachines::states_data()
{
    using Kind = SubscriptionState::Kind;
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<SubscriptionState>("expected");
    QTest::newRow("RFC 3856 8, active")
        << "active;expires=599"_ba << SubscriptionState { .expires = 599s };
    QTest::newRow("pending") << "Pending ; expires=10"_ba
                             << SubscriptionState { .kind = Kind::Pending, .expires = 10s };
    QTest::newRow("terminated") << "terminated;reason=Probation;retry-after=120"_ba
                                << SubscriptionState { .kind = Kind::Terminated,
                                       .reason = "probation"_ba,
                                       .retryAfter = 120s };
    QTest::newRow("no reason") << "TERMINATED"_ba << SubscriptionState { .kind = Kind::Terminated };
    QTest::newRow("absent") << ""_ba << SubscriptionState {};
    QTest::newRow("a word of tomorrow") << "dormant"_ba << SubscriptionState {};
    QTest::newRow("rubbish after it")
        << "active;expires=99999999999999;;=;\""_ba << SubscriptionState {};
}

void TestEventMachines::states()
{
    QFETCH(QByteArray, value);
    QTEST(parseSubscriptionState(value), "expected");
}

void TestEventMachines::answers()
{
    SipMessage answer = SipMessage::response(423, "Interval Too Brief"_ba);
    answer.addHeader("Min-Expires"_ba, "3600"_ba);
    answer.addHeader("Retry-After"_ba, "18000;duration=3600"_ba);
    answer.addHeader("Expires"_ba, "soon"_ba);
    answer.addHeader("SIP-ETag"_ba, " dx200xyz "_ba);
    QCOMPARE(
        eventAnswer(answer), (EventAnswer { 423, std::nullopt, 3600s, 18000s, "dx200xyz"_ba }));
}

void TestEventMachines::subscribesAndRefreshes()
{
    EventSubscription machine;
    QCOMPARE(machine.step(subinput::Start {}), (SubEffects { Subscribe { true, 3600s } }));
    QCOMPARE(machine.step(accepted(3600s)), (SubEffects { SubTimer { 3480s } }));
    // The notifier may shorten it; a longer word without one changes nothing.
    QCOMPARE(machine.step(notified("active;expires=100")), (SubEffects { SubTimer { 50s } }));
    QCOMPARE(machine.step(notified("active")), SubEffects {});
    QCOMPARE(machine.step(subinput::TimerFired {}), (SubEffects { Subscribe { false, 3600s } }));
    QCOMPARE(machine.step(accepted(1s)), (SubEffects { SubTimer { 30s } })); // never a flood
    // A NOTIFY may be quicker than the answer.
    EventSubscription quick;
    quick.step(subinput::Start {});
    QCOMPARE(quick.step(notified("pending;expires=600")), (SubEffects { SubTimer { 480s } }));
    QCOMPARE(quick.step(accepted()), (SubEffects { SubTimer { 480s } }));
}

void TestEventMachines::refusals_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("final");
    for (const int code : { 400, 403, 404, 405, 410, 420, 481, 489, 501, 505, 603, 604, 606 }) {
        QTest::addRow("%d", code) << code << true;
    }
    for (const int code : { 0, 408, 430, 480, 486, 491, 500, 502, 503, 504 }) {
        QTest::addRow("%d", code) << code << false;
    }
}

void TestEventMachines::refusals()
{
    QFETCH(int, code);
    QFETCH(bool, final);
    EventSubscription machine;
    machine.step(subinput::Start {});
    const SubEffects effects = machine.step(status(code));
    QCOMPARE(effects.first(), SubscriptionEffect(Lost { code, {}, final }));
    QCOMPARE(machine.isOver(), final);
    QCOMPARE(effects.size(), final ? 1 : 2);
    if (final) {
        QCOMPARE(machine.step(subinput::Start {}), SubEffects {});
    } else {
        QCOMPARE(effects.last(), SubscriptionEffect(SubTimer { 30s }));
        QCOMPARE(machine.step(subinput::TimerFired {}), (SubEffects { Subscribe { true, 3600s } }));
        // Twice as long the next time, unless the server says how long.
        QCOMPARE(machine.step(status(code)).last(), SubscriptionEffect(SubTimer { 60s }));
        machine.step(subinput::TimerFired {});
        QCOMPARE(machine.step(subinput::Answered { { .status = code, .retryAfter = 7s } }).last(),
            SubscriptionEffect(SubTimer { 7s }));
    }
}

void TestEventMachines::terminated_data()
{
    QTest::addColumn<QByteArray>("state");
    QTest::addColumn<SubEffects>("expected");
    const SubEffects atOnce { Subscribe { true, 3600s } };
    QTest::newRow("deactivated") << "terminated;reason=deactivated"_ba << atOnce;
    QTest::newRow("timeout") << "terminated;reason=timeout"_ba << atOnce;
    QTest::newRow("probation") << "terminated;reason=probation;retry-after=3"_ba
                               << SubEffects { Lost { 0, "probation"_ba, false }, SubTimer { 3s } };
    QTest::newRow("giveup") << "terminated;reason=giveup"_ba
                            << SubEffects { Lost { 0, "giveup"_ba, false }, SubTimer { 30s } };
    QTest::newRow("no reason") << "terminated"_ba
                               << SubEffects { Lost { 0, {}, false }, SubTimer { 30s } };
    QTest::newRow("for ever and a day")
        << "terminated;reason=giveup;retry-after=999999999"_ba
        << SubEffects { Lost { 0, "giveup"_ba, false }, SubTimer { 24h } };
    for (const char *reason : { "rejected", "noresource", "invariant" }) {
        QTest::newRow(reason) << QByteArray("terminated;retry-after=5;reason=") + reason
                              << SubEffects { Lost { 0, reason, true } };
    }
}

void TestEventMachines::terminated()
{
    QFETCH(QByteArray, state);
    EventSubscription machine = running();
    QTEST(machine.step(notified(state)), "expected");
}

/// A server that ends every subscription at once is not asked again and again.
void TestEventMachines::doesNotAskAllDay()
{
    EventSubscription machine = running();
    int asked = 0;
    bool waits = false;
    for (int i = 0; i < 10 && !waits; ++i) {
        const SubEffects effects = machine.step(notified("terminated;reason=deactivated"));
        waits = std::holds_alternative<Lost>(effects.first());
        asked += waits ? 0 : 1;
        machine.step(accepted());
    }
    QVERIFY(waits);
    QCOMPARE(asked, 2);
}

void TestEventMachines::tooBrief()
{
    EventSubscription machine(600s);
    machine.step(subinput::Start {});
    QCOMPARE(machine.step(subinput::Answered { { .status = 423, .minExpires = 1800s } }),
        (SubEffects { Subscribe { true, 1800s } }));
    // The same again, or something absurd, is a refusal.
    QCOMPARE(machine.step(subinput::Answered { { .status = 423, .minExpires = 1800s } }),
        (SubEffects { Lost { 423, {}, true } }));
    EventSubscription other(600s);
    other.step(subinput::Start {});
    QVERIFY(
        other.step(subinput::Answered { { .status = 423, .minExpires = 99999999s } }).size() == 1);
}

void TestEventMachines::lostDialog()
{
    EventSubscription machine = running();
    machine.step(subinput::TimerFired {});
    QCOMPARE(machine.step(status(481)), (SubEffects { Subscribe { true, 3600s } }));
    QCOMPARE(machine.step(accepted()), (SubEffects { SubTimer { 480s } }));
}

void TestEventMachines::stops()
{
    EventSubscription machine = running();
    QCOMPARE(machine.step(subinput::Stop {}), (SubEffects { Subscribe { false, 0s } }));
    QCOMPARE(machine.step(accepted(0s)), SubEffects {});
    QVERIFY(machine.isOver());
    EventSubscription unanswered;
    unanswered.step(subinput::Start {});
    QCOMPARE(unanswered.step(subinput::Stop {}), SubEffects {});
    QVERIFY(unanswered.isOver());
}

void TestEventMachines::publishes()
{
    EventPublication machine;
    QCOMPARE(machine.step(pubinput::Changed {}), (PubEffects { Publish { {}, true, 3600s } }));
    QCOMPARE(machine.step(published("a")), (PubEffects { Published {}, PubTimer { 480s } }));
    // RFC 3903 4.3: a refresh has the tag and no body; the tag changes with every answer.
    QCOMPARE(
        machine.step(pubinput::TimerFired {}), (PubEffects { Publish { "a"_ba, false, 3600s } }));
    QCOMPARE(machine.step(published("b")), (PubEffects { PubTimer { 480s } }));
    QCOMPARE(machine.step(pubinput::Changed {}), (PubEffects { Publish { "b"_ba, true, 3600s } }));
    QCOMPARE(machine.step(published("c")), (PubEffects { Published {}, PubTimer { 480s } }));
}

void TestEventMachines::oneAtATime()
{
    EventPublication machine;
    machine.step(pubinput::Changed {});
    QCOMPARE(machine.step(pubinput::Changed {}), PubEffects {});
    QCOMPARE(machine.step(pubinput::Changed {}), PubEffects {});
    QCOMPARE(machine.step(pubinput::TimerFired {}), PubEffects {});
    // What was newest meanwhile goes out now; only then it is published.
    QCOMPARE(machine.step(published("a")), (PubEffects { Publish { "a"_ba, true, 3600s } }));
    QCOMPARE(machine.step(published("b")), (PubEffects { Published {}, PubTimer { 480s } }));
    QCOMPARE(machine.step(published("c")), PubEffects {}); // nobody asked
}

void TestEventMachines::publishedAnew()
{
    EventPublication machine;
    machine.step(pubinput::Changed {});
    machine.step(published("a"));
    machine.step(pubinput::TimerFired {});
    const PublicationInput gone = pubinput::Answered { { .status = 412 } };
    QCOMPARE(machine.step(gone), (PubEffects { Publish { {}, true, 3600s } }));
    QCOMPARE(machine.step(gone), (PubEffects { Publish { {}, true, 3600s } }));
    QCOMPARE(machine.step(gone), (PubEffects { Failed { 412, false }, PubTimer { 60s } }));
    QCOMPARE(machine.step(pubinput::TimerFired {}), (PubEffects { Publish { {}, true, 3600s } }));
    QCOMPARE(machine.step(published("b")), (PubEffects { Published {}, PubTimer { 480s } }));
}

void TestEventMachines::publicationTooBrief()
{
    EventPublication machine(60s);
    machine.step(pubinput::Changed {});
    QCOMPARE(machine.step(pubinput::Answered { { .status = 423, .minExpires = 3600s } }),
        (PubEffects { Publish { {}, true, 3600s } }));
    QCOMPARE(machine.step(published("a")), (PubEffects { Published {}, PubTimer { 480s } }));
}

void TestEventMachines::publicationRefused_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<PubEffects>("expected");
    for (const int code : { 400, 403, 404, 405, 415, 489, 501 }) {
        QTest::addRow("%d", code) << code << PubEffects { Failed { code, true } };
    }
    for (const int code : { 0, 408, 480, 500, 503 }) {
        QTest::addRow("%d", code) << code << PubEffects { Failed { code, false }, PubTimer { 9s } };
    }
}

void TestEventMachines::publicationRefused()
{
    QFETCH(int, code);
    EventPublication machine;
    machine.step(pubinput::Changed {});
    QTEST(machine.step(pubinput::Answered { { .status = code, .retryAfter = 9s } }), "expected");
}

void TestEventMachines::takesPublicationBack()
{
    EventPublication machine;
    machine.step(pubinput::Changed {});
    machine.step(published("a"));
    QCOMPARE(machine.step(pubinput::Stop {}), (PubEffects { Publish { "a"_ba, false, 0s } }));
    QCOMPARE(machine.step(pubinput::Changed {}), PubEffects {});
    QCOMPARE(machine.step(published("")), (PubEffects { Withdrawn {} }));
    EventPublication never;
    QCOMPARE(never.step(pubinput::Stop {}), (PubEffects { Withdrawn {} }));

    // Only the answer tells by which tag the one that is out can be taken back.
    EventPublication quick;
    quick.step(pubinput::Changed {});
    QCOMPARE(quick.step(pubinput::Stop {}), PubEffects {});
    QCOMPARE(quick.step(published("a")), (PubEffects { Publish { "a"_ba, false, 0s } }));
    QCOMPARE(quick.step(pubinput::Answered { { .status = 412 } }), (PubEffects { Withdrawn {} }));
    EventPublication changing;
    changing.step(pubinput::Changed {});
    changing.step(published("a"));
    changing.step(pubinput::Changed {});
    QCOMPARE(changing.step(pubinput::Stop {}), PubEffects {});
    QCOMPARE(changing.step(published("b")), (PubEffects { Publish { "b"_ba, false, 0s } }));
    EventPublication refused;
    refused.step(pubinput::Changed {});
    QCOMPARE(refused.step(pubinput::Stop {}), PubEffects {});
    QCOMPARE(refused.step(pubinput::Answered { { .status = 503 } }), (PubEffects { Withdrawn {} }));
    EventPublication over;
    over.step(pubinput::Changed {});
    over.step(pubinput::Answered { { .status = 489 } });
    QCOMPARE(over.step(pubinput::Stop {}), (PubEffects { Withdrawn {} }));
}

void TestEventMachines::seenOnce()
{
    SeenMessages seen;
    QVERIFY(seen.take("call;1"));
    QVERIFY(!seen.take("call;1"));
    QVERIFY(seen.take("call;2"));
    QCOMPARE(seen.answer("call;1"), 0);
    seen.setAnswer("call;1", 200);
    QCOMPARE(seen.answer("call;1"), 200);
    for (int i = 0; i < 600; ++i) {
        QVERIFY(seen.take("other;" + QByteArray::number(i)));
    }
    QVERIFY(!seen.take("other;599"));
    QVERIFY(seen.take("call;1")); // long ago: the history drops it then
}

QTEST_APPLESS_MAIN(TestEventMachines)
#include "tst_eventmachines.moc"
