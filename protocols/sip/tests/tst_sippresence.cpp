// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Presence and access levels of a whole session, against the simulated pool.

#include "core/net/realservices.h"
#include "core/sdk/protocolplugin.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using sim::OcsPool;
using Subject = AccessRule::Subject;

namespace {

const auto alice = u"alice@litwareinc.test"_s;
const auto bob = u"bob@litwareinc.test"_s;
const auto carol = u"carol@litwareinc.test"_s;
const auto stranger = u"stranger@litwareinc.test"_s;

/// A signed-in device and what it told.
struct Device {
    SettingValues settings;
    QMap<QString, QByteArray> state;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;
    QMap<QString, Presence> presences;
    QMap<QString, ContactSnapshot> contacts;
    QStringList asked;
    QList<Presence> own;
    int accessChanges = 0;
    int listComplete = 0;

    Device(const OcsPool &pool, const QString &user)
    {
        settings.set(u"address"_s, user);
        settings.set(u"server"_s, u"127.0.0.1"_s);
        settings.set(u"port"_s, pool.tcpPort());
        settings.set(u"connection"_s, u"plain"_s);
        settings.set(u"proxy-type"_s, u"none"_s);
    }
    bool signIn(const Presence &presence = { .availability = Availability::Available })
    {
        ServiceBinding binding;
        binding.settings = sip::accountSchema().complete(settings);
        binding.secret = [](const QString &) { return ready<QString>(u"pw"_s); };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [this](const QString &key) { return state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { state.insert(key, value); };
        binding.log = [](bool, const QByteArray &) { };
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(session.get(), &Session::event, session.get(),
            [this](const SessionEvent &event) { take(event); });
        session->open(presence);
        // The answer to the first publication: everything of ours is known.
        return QTest::qWaitFor([this] { return listComplete > 0 && !own.isEmpty(); }, 15000);
    }
    void take(const SessionEvent &event)
    {
        if (const auto *p = std::get_if<PresenceChanged>(&event)) {
            presences.insert(p->address.value, p->presence);
        } else if (const auto *c = std::get_if<ContactChanged>(&event)) {
            contacts.insert(c->contact.address.value, c->contact);
        } else if (const auto *o = std::get_if<OwnPresenceChanged>(&event)) {
            own.append(o->presence);
        } else if (const auto *a = std::get_if<SubscriptionAsked>(&event)) {
            asked.append(a->address.value);
        } else if (std::holds_alternative<ContactListComplete>(event)) {
            ++listComplete;
        } else if (std::holds_alternative<AccessChanged>(event)) {
            ++accessChanges;
        }
    }
    AccessFacet &access() const { return *session->access(); }
};

/// Waits for it; the error's code, or "ok".
QString outcome(const Async<void> &answer)
{
    if (!QTest::qWaitFor([&answer] { return answer.isFinished(); }, 15000)) {
        return u"no answer"_s;
    }
    const Result<void> result = answer.result();
    return result ? u"ok"_s : result.error().code;
}

} // namespace

class TestSipPresence : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();

    void accessLevelsByRule_data();
    void accessLevelsByRule();
    void accessConflictIsSettled();
    void accessConflictTwiceIsTold();
    void accessFollowsAnotherDevice();
    void blockedIsTheSameThing();
    void accessAfterSigningOut();

    void ownStates_data();
    void ownStates();
    void idleGrows();
    void anotherDeviceChanges();
    void resetStatus();
    void calendarMakesBusy();
    void publishedCalendarIsRead();
    void publicationConflict();

    void peopleOfAnotherPool();
    void poolsInACircle();
    void someoneUnknownWrites();
    void newContactAsks();
    void aThousand();

private:
    /// How many requests to change access levels came.
    int changes() const
    {
        const auto &received = m_pool->received();
        return int(std::ranges::count_if(received, [](const sim::ReceivedMessage &m) {
            return m.message.header("Content-Type").contains("setcontainermembers");
        }));
    }
    sim::Presentity &presentity(const QString &address) const
    {
        return m_pool->core().user(address)->presence;
    }

    std::unique_ptr<OcsPool> m_pool;
    sim::ScriptedPerson *m_carol = nullptr;
    sim::ScriptedPerson *m_stranger = nullptr;
};

void TestSipPresence::init()
{
    m_pool = std::make_unique<OcsPool>(OcsPool::Options {}, nullptr);
    m_pool->addUser(alice, u"alice"_s, u"pw"_s, u"Alice Ames"_s);
    m_pool->addUser(bob, u"bob"_s, u"pw"_s, u"Bob Beck"_s);
    m_carol = m_pool->addPerson(carol, { .displayName = u"Carol Cole"_s });
    m_stranger = m_pool->addPerson(stranger, { .displayName = u"Nieznajoma"_s });
    m_carol->setPresence(6500, u"W drodze – 出張中"_s);
    m_stranger->setPresence(9500);
    m_pool->setContacts(alice, { { bob, {}, { u"Friends"_s } }, { carol, {}, { u"Friends"_s } } });
    m_pool->setContacts(bob, { { alice, {}, { u"Friends"_s } } });
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
}

void TestSipPresence::accessLevelsByRule_data()
{
    QTest::addColumn<int>("subject");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("level");
    QTest::addColumn<QString>("watcher");
    QTest::addColumn<int>("container");
    QTest::newRow("person") << int(Subject::Person) << bob << u"team"_s << bob << 300;
    QTest::newRow("person blocked") << int(Subject::Person) << bob << u"blocked"_s << bob << 32000;
    QTest::newRow("domain") << int(Subject::Domain) << u"contoso.test"_s << u"personal"_s
                            << u"x@contoso.test"_s << 400;
    QTest::newRow("company") << int(Subject::Company) << QString() << u"public"_s << bob << 100;
    QTest::newRow("federated") << int(Subject::Federated) << QString() << u"blocked"_s
                               << u"x@contoso.test"_s << 32000;
    QTest::newRow("everybody") << int(Subject::Everyone) << QString() << u"public"_s << bob << 200;
}

void TestSipPresence::accessLevelsByRule()
{
    QFETCH(int, subject);
    QFETCH(QString, value);
    QFETCH(QString, level);
    QFETCH(QString, watcher);
    QFETCH(int, container);
    Device device(*m_pool, alice);
    QVERIFY(device.signIn());
    const int before = m_pool->levelOf(alice, watcher);
    const AccessRule rule { Subject(subject), value, level };
    QCOMPARE(outcome(device.access().set(rule)), u"ok"_s);
    QCOMPARE(m_pool->levelOf(alice, watcher), container);
    QVERIFY(device.access().rules().contains(rule));
    QVERIFY(device.accessChanges > 0);
    if (container != before) {
        QCOMPARE(device.access().standing({ watcher }).level, level);
    }
    // And back; the versions are those of after the first change.
    QCOMPARE(outcome(device.access().set({ rule.subject, rule.value, {} })), u"ok"_s);
    QVERIFY(!device.access().rules().contains(rule));
    QCOMPARE(outcome(device.access().set({ Subject::Person, u"nobody"_s, u"team"_s })),
        u"invalid-access-rule"_s);
    QCOMPARE(outcome(device.access().set({ Subject::Person, bob, u"elsewhere"_s })),
        u"invalid-access-rule"_s);
    QCOMPARE(m_pool->complaints(), QStringList());
}

namespace {

/// As if another device had changed a container, and its notification got lost.
void changeSilently(sim::Presentity &presentity, int version)
{
    const auto edit = sim::parseXml("<setContainerMembers><container id=\"300\" version=\""
        + QByteArray::number(version)
        + "\"><member action=\"add\" type=\"user\" value=\"dee@litwareinc.test\"/></container>"
          "</setContainerMembers>");
    QCOMPARE(presentity.setContainerMembers(*edit).status, 200);
}

} // namespace

void TestSipPresence::accessConflictIsSettled()
{
    Device device(*m_pool, alice);
    QVERIFY(device.signIn());
    changeSilently(presentity(alice), 0);
    const int before = changes();
    QCOMPARE(outcome(device.access().set({ Subject::Person, bob, u"team"_s })), u"ok"_s);
    QCOMPARE(changes() - before, 2); // refused, then with the new version
    QCOMPARE(m_pool->levelOf(alice, bob), 300);
    // What the other device did is known now, and stayed.
    QCOMPARE(device.access().standing({ u"dee@litwareinc.test"_s }).level, u"team"_s);
}

void TestSipPresence::accessConflictTwiceIsTold()
{
    Device device(*m_pool, alice);
    QVERIFY(device.signIn());
    const int before = changes();
    m_pool->answer(409, "SERVICE"_ba, "Conflict"_ba);
    const Async<void> changed = device.access().set({ Subject::Person, bob, u"team"_s });
    QVERIFY(outcome(changed) != u"ok"_s);
    QCOMPARE(changes() - before, 2); // once more, not for ever
    m_pool->behave();
    QCOMPARE(m_pool->levelOf(alice, bob), 200);
    QCOMPARE(outcome(device.access().set({ Subject::Person, bob, u"team"_s })), u"ok"_s);
}

void TestSipPresence::accessFollowsAnotherDevice()
{
    Device desk(*m_pool, alice);
    Device laptop(*m_pool, alice);
    QVERIFY(desk.signIn() && laptop.signIn());
    const int before = desk.accessChanges;
    QCOMPARE(outcome(laptop.access().set({ Subject::Person, bob, u"blocked"_s })), u"ok"_s);
    QTRY_VERIFY(desk.accessChanges > before);
    QCOMPARE(desk.access().standing({ bob }).level, u"blocked"_s);
    QTRY_VERIFY(desk.contacts.value(bob).blocked);
    QCOMPARE(outcome(desk.access().set({ Subject::Person, bob, {} })), u"ok"_s);
    QTRY_COMPARE(laptop.access().standing({ bob }).level, u"colleagues"_s);
    QCOMPARE(laptop.access().standing({ bob }).subject, Subject::Company);
}

void TestSipPresence::blockedIsTheSameThing()
{
    Device a(*m_pool, alice);
    Device b(*m_pool, bob);
    QVERIFY(a.signIn() && b.signIn());
    QTRY_COMPARE(b.presences.value(alice).availability, Availability::Available);
    QCOMPARE(outcome(a.session->roster()->setBlocked({ bob }, true)), u"ok"_s);
    QCOMPARE(a.access().standing({ bob }).level, u"blocked"_s);
    QTRY_COMPARE(b.presences.value(alice).availability, Availability::Offline);
    QCOMPARE(outcome(a.access().set({ Subject::Person, bob, u"team"_s })), u"ok"_s);
    QTRY_VERIFY(!a.contacts.value(bob).blocked);
    QTRY_COMPARE(b.presences.value(alice).availability, Availability::Available);
}

void TestSipPresence::accessAfterSigningOut()
{
    Device device(*m_pool, alice);
    QVERIFY(device.signIn());
    AccessFacet &access = device.access();
    QCOMPARE(access.levels().size(), 5);
    device.session->close();
    QTRY_COMPARE(device.session->state(), Session::State::Offline);
    QCOMPARE(&device.access(), &access);
    QVERIFY(access.rules().isEmpty());
    QVERIFY(access.standing({ bob }).level.isEmpty());
    QVERIFY(outcome(access.set({ Subject::Person, bob, u"team"_s })) != u"ok"_s);
}

void TestSipPresence::ownStates_data()
{
    QTest::addColumn<Availability>("availability");
    QTest::addColumn<QString>("word");
    QTest::addColumn<int>("seen");
    QTest::addColumn<int>("byTeam");
    QTest::addColumn<Availability>("told");
    QTest::addColumn<QString>("activity");
    using A = Availability;
    QTest::newRow("available") << A::Available << u""_s << 3500 << 3500 << A::Available << u""_s;
    QTest::newRow("busy") << A::Busy << u""_s << 6500 << 6500 << A::Busy << u""_s;
    QTest::newRow("do not disturb")
        << A::DoNotDisturb << u""_s << 9500 << 6900 << A::DoNotDisturb << u""_s;
    QTest::newRow("be right back")
        << A::Away << u"be-right-back"_s << 12500 << 12500 << A::Away << u"Be right back"_s;
    QTest::newRow("away") << A::Away << u""_s << 15500 << 15500 << A::Away << u""_s;
    QTest::newRow("off work") << A::Away << u"off-work"_s << 15500 << 15500 << A::Away
                              << u"Off work"_s;
    QTest::newRow("appear offline")
        << A::Invisible << u""_s << 18500 << 18500 << A::Invisible << u""_s;
}

void TestSipPresence::ownStates()
{
    QFETCH(Availability, availability);
    QFETCH(QString, word);
    QFETCH(int, seen);
    QFETCH(int, byTeam);
    QFETCH(Availability, told);
    QFETCH(QString, activity);
    Device a(*m_pool, alice);
    Device b(*m_pool, bob);
    QVERIFY(a.signIn({ .availability = Availability::Busy }) && b.signIn());
    QCOMPARE(outcome(a.session->setPresence(
                 { .availability = availability, .text = u"Zażółć 🦄"_s, .activity = word })),
        u"ok"_s);
    QCOMPARE(presentity(alice).availability(200), seen);
    QCOMPARE(presentity(alice).availability(300), byTeam);
    QCOMPARE(m_pool->noteOf(alice), u"Zażółć 🦄"_s);
    QTRY_COMPARE(a.own.last().availability, told);
    QCOMPARE(a.own.last().activity, activity);
    QCOMPARE(a.own.last().text, u"Zażółć 🦄"_s);
    const Availability others = told == Availability::Invisible ? Availability::Offline : told;
    QTRY_COMPARE(b.presences.value(alice).availability, others);
    QTRY_COMPARE(b.presences.value(alice).activity, activity);
}

void TestSipPresence::idleGrows()
{
    Device a(*m_pool, alice);
    QVERIFY(a.signIn());
    QTRY_COMPARE(m_pool->availabilityOf(alice), 3500);
    Presence idle { .availability = Availability::Available };
    idle.idleSince = QDateTime::currentDateTimeUtc().addSecs(-qint64 { 6 } * 60);
    QCOMPARE(outcome(a.session->setPresence(idle)), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 5000);
    QTRY_COMPARE(a.own.last().activity, u"Inactive"_s);
    // The next step comes by itself.
    idle.idleSince = QDateTime::currentDateTimeUtc().addSecs(-qint64 { 15 } * 60 + 1);
    QCOMPARE(outcome(a.session->setPresence(idle)), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 5000);
    QTRY_COMPARE(m_pool->availabilityOf(alice), 15500);
    QCOMPARE(outcome(a.session->setPresence({ .availability = Availability::Available })), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 3500);
}

/// Another device's choice shows here, and is not undone because this machine went idle.
void TestSipPresence::anotherDeviceChanges()
{
    Device desk(*m_pool, alice);
    Device laptop(*m_pool, alice);
    QVERIFY(desk.signIn() && laptop.signIn());
    QCOMPARE(outcome(laptop.session->setPresence({ .availability = Availability::DoNotDisturb })),
        u"ok"_s);
    QTRY_COMPARE(desk.own.last().availability, Availability::DoNotDisturb);
    Presence idle { .availability = Availability::Available };
    idle.idleSince = QDateTime::currentDateTimeUtc().addSecs(-qint64 { 6 } * 60);
    QCOMPARE(outcome(desk.session->setPresence(idle)), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 9500);
    // Chosen here again, it counts, although this device never wanted anything else.
    QCOMPARE(outcome(desk.session->setPresence(idle)), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 3500);
    // Of two machines the active one counts.
    QTRY_COMPARE(laptop.own.last().availability, Availability::Available);
    laptop.session->close();
    QTRY_COMPARE(m_pool->availabilityOf(alice), 5000);
}

void TestSipPresence::resetStatus()
{
    Device a(*m_pool, alice);
    QVERIFY(a.signIn({ .availability = Availability::Busy }));
    QTRY_COMPARE(m_pool->availabilityOf(alice), 6500);
    QCOMPARE(outcome(a.session->setPresence({ .availability = Availability::Available,
                 .activity = OwnStatusWord::Automatic.toString() })),
        u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 3500);
    QVERIFY(!presentity(alice).selfDocument().contains("userState"));
}

void TestSipPresence::calendarMakesBusy()
{
    Device a(*m_pool, alice);
    Device b(*m_pool, bob);
    QVERIFY(a.signIn() && b.signIn());
    SipSelf *const self = a.session->self();
    QVERIFY(self);
    const CalendarState meeting { CalendarState::Kind::Busy, QDateTime::currentDateTimeUtc(),
        u"Przegląd 🦄"_s, {} };
    Answer<void> published;
    self->publishCalendar(publishCalendarState(self->instances(), alice, meeting), published);
    QCOMPARE(outcome(published.future()), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 6500);
    QTRY_COMPARE(a.own.last().activity, u"In a meeting"_s);
    QTRY_COMPARE(b.presences.value(alice).activity, u"In a meeting"_s);
    // Said by hand, after it has begun, something else counts.
    QCOMPARE(
        outcome(a.session->setPresence({ .availability = Availability::DoNotDisturb })), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 9500);
    QCOMPARE(outcome(a.session->setPresence({ .availability = Availability::Available,
                 .activity = OwnStatusWord::Automatic.toString() })),
        u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 6500);
    Answer<void> over;
    self->publishCalendar(publishCalendarState(self->instances(), alice, {}), over);
    QCOMPARE(outcome(over.future()), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 3500);
}

void TestSipPresence::publishedCalendarIsRead()
{
    Device a(*m_pool, alice);
    Device b(*m_pool, bob);
    QVERIFY(a.signIn({ .availability = Availability::Busy }) && b.signIn());
    QTRY_COMPARE(b.presences.value(alice).availability, Availability::Busy);
    // Busy from an hour ago until an hour from now, on the quarter.
    const qint64 quarter = QDateTime::currentSecsSinceEpoch() / 900 * 900;
    FreeBusy calendar { .mailbox = alice,
        .start = QDateTime::fromSecsSinceEpoch(quarter - 3600, QTimeZone::UTC) };
    QList<FreeBusy::Slot> all(8, FreeBusy::Slot::Busy);
    all += QList<FreeBusy::Slot>(8, FreeBusy::Slot::Free);
    calendar.encoded = encodeFreeBusy(all);
    SipSelf *const self = a.session->self();
    Answer<void> published;
    self->publishCalendar(publishFreeBusy(calendar)
            + publishWorkingHours(alice, { -60, { Qt::Monday, Qt::Friday }, 9 * 60, 17 * 60 + 30 })
            + publishOutOfOfficeNote(alice, { u"Na urlopie – 休暇中"_s, {}, {} }),
        published);
    QCOMPARE(outcome(published.future()), u"ok"_s);
    const QString until = QLocale().toString(
        QDateTime::fromSecsSinceEpoch(quarter + 3600).time(), QLocale::ShortFormat);
    QTRY_VERIFY(b.presences.value(alice).activity.startsWith(u"Busy until "_s));
    if (QDateTime::fromSecsSinceEpoch(quarter + 3600).date() == QDate::currentDate()) {
        QCOMPARE(b.presences.value(alice).activity, u"Busy until "_s + until);
    }
    QTRY_COMPARE(b.presences.value(alice).text, u"Out of office: Na urlopie – 休暇中"_s);
    // External contacts learn nothing of it.
    QCOMPARE(outcome(a.access().set({ Subject::Person, bob, u"public"_s })), u"ok"_s);
    QTRY_COMPARE(b.presences.value(alice).activity, QString());
    QTRY_COMPARE(b.presences.value(alice).text, QString());
}

void TestSipPresence::publicationConflict()
{
    Device a(*m_pool, alice);
    QVERIFY(a.signIn({ .availability = Availability::Busy }));
    QTRY_COMPARE(m_pool->availabilityOf(alice), 6500);
    // Another device published, its notification got lost.
    const auto publication = sim::parseXml(
        R"(<publish><publications uri="sip:alice@litwareinc.test"><publication categoryName="state" instance="536870912" container="2" version="1" expireType="static"><state manual="true" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="userState"><availability>12500</availability></state></publication></publications></publish>)");
    QCOMPARE(
        presentity(alice).publish(*publication, u"x"_s, QDateTime::currentDateTimeUtc()).status,
        200);
    QCOMPARE(m_pool->availabilityOf(alice), 12500);
    QCOMPARE(outcome(a.session->setPresence({ .availability = Availability::Away })), u"ok"_s);
    QCOMPARE(m_pool->availabilityOf(alice), 15500);
}

void TestSipPresence::peopleOfAnotherPool()
{
    m_pool->moveToPool(carol, u"pool02.litwareinc.test"_s);
    Device a(*m_pool, alice);
    QVERIFY(a.signIn());
    QTRY_COMPARE(a.presences.value(carol).availability, Availability::Busy);
    QCOMPARE(a.presences.value(carol).text, u"W drodze – 出張中"_s);
    m_carol->setPresence(15500);
    QTRY_COMPARE(a.presences.value(carol).availability, Availability::Away);
    const auto &received = m_pool->received();
    QCOMPARE(std::ranges::count_if(received,
                 [](const sim::ReceivedMessage &m) {
                     return m.message.method == "SUBSCRIBE"
                         && m.message.uri.contains("pool02.litwareinc.test");
                 }),
        1);
}

/// Two pools that send us to each other do not make us ask for ever.
void TestSipPresence::poolsInACircle()
{
    m_pool->moveToPool(carol, u"pool02.litwareinc.test"_s);
    connect(m_pool.get(), &OcsPool::messageReceived, this, [this](const auto &received) {
        if (received.message.method == "SUBSCRIBE"
            && received.message.header("Event").startsWith("presence")) {
            const bool second = received.message.uri.contains("pool02");
            m_pool->moveToPool(
                carol, second ? u"pool03.litwareinc.test"_s : u"pool02.litwareinc.test"_s);
        }
    });
    Device a(*m_pool, alice);
    QVERIFY(a.signIn());
    QTRY_COMPARE(a.presences.value(carol).availability, Availability::Unknown);
    QTRY_VERIFY(a.presences.contains(bob));
    QVERIFY(m_pool->count("SUBSCRIBE"_ba, alice) <= 10);
}

void TestSipPresence::someoneUnknownWrites()
{
    Device a(*m_pool, alice);
    QVERIFY(a.signIn());
    QVERIFY(!a.presences.contains(stranger));
    m_stranger->write(alice, u"Dzień dobry 🦄"_s);
    QTRY_COMPARE(a.presences.value(stranger).availability, Availability::DoNotDisturb);
    m_stranger->setPresence(3500);
    QTRY_COMPARE(a.presences.value(stranger).availability, Availability::Available);
}

void TestSipPresence::newContactAsks()
{
    m_pool->setContacts(bob, {});
    Device a(*m_pool, alice);
    Device b(*m_pool, bob);
    QVERIFY(a.signIn() && b.signIn());
    QVERIFY(a.asked.isEmpty());
    QCOMPARE(outcome(b.session->roster()->add({ .address = { alice } })), u"ok"_s);
    QTRY_COMPARE(a.asked, QStringList { bob });
    QCOMPARE(outcome(a.session->roster()->answer({ bob }, true)), u"ok"_s);
    QVERIFY(presentity(alice).subscribersDocument().contains("acknowledged=\"true\""));
    QTRY_COMPARE(b.presences.value(alice).availability, Availability::Available);
    QCOMPARE(outcome(a.session->roster()->answer({ bob }, false)), u"ok"_s);
    QCOMPARE(m_pool->levelOf(alice, bob), 32000);
}

void TestSipPresence::aThousand()
{
    m_pool->setContacts(alice, {});
    m_pool->addCrowd(alice, 1000, 1000);
    for (int i = 0; i < 1000; i += 7) {
        m_pool->moveToPool(u"person%1@litwareinc.test"_s.arg(i), u"pool02.litwareinc.test"_s);
    }
    Device a(*m_pool, alice);
    QVERIFY(a.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(a.presences.size(), 1000, 30000);
    const auto known = [](const Presence &presence) { return presence.isOnline(); };
    QTRY_VERIFY(std::ranges::all_of(a.presences, known));
    QTRY_COMPARE(a.contacts.value(u"person14@litwareinc.test"_s).name, u"Zażółć Person 14"_s);
    QCOMPARE(m_pool->complaints(), QStringList());
    // Lists of a hundred: ten of ours, two for the other pool's 143, and our own data.
    QVERIFY(m_pool->count("SUBSCRIBE"_ba, alice) <= 25);
}

QTEST_GUILESS_MAIN(TestSipPresence)
#include "tst_sippresence.moc"
