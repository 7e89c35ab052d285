// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Contacts and calendar of a mailbox, of whole sessions, against the simulated pool and its
// Exchange server.

#include "core/net/realservices.h"
#include "core/sdk/logging.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/web/lyncweb.h"
#include "protocols/sip/simulator/web/nameproxy.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"

#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using sim::LyncWeb;
using sim::OcsPool;
using sim::Profile;

namespace {

const auto ben = u"ben@litwareinc.test"_s;
const auto ann = u"ann@litwareinc.test"_s;
const auto cho = u"cho@litwareinc.test"_s;
const auto dan = u"dan@litwareinc.test"_s;
const auto password = u"Zażółć🦄&<:@/"_s;
const auto sales = u"Zażółć & Co"_s;
constexpr int limit = 20000;

/// A signed-in device and what it told; its network is the pool's proxy.
struct Device {
    SettingValues settings;
    QMap<QString, QByteArray> state;
    QMap<QString, QString> secrets { { u"password"_s, password } };
    QByteArray wire;
    QMap<QString, ContactSnapshot> contacts;
    QMap<QString, Presence> presences;
    QList<ServerNotice> notices;
    int lists = 0;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;

    Device(const OcsPool &pool, const QString &user)
    {
        settings.set(u"address"_s, user);
        settings.set(u"server"_s, u"sip.litwareinc.test"_s);
        settings.set(u"port"_s, 5061);
        settings.set(u"connection"_s, u"tls"_s);
        settings.set(u"auth"_s, u"ntlm"_s);
        settings.set(u"proxy-type"_s, u"http"_s);
        settings.set(u"proxy-host"_s, u"127.0.0.1"_s);
        settings.set(u"proxy-port"_s, pool.proxy()->port());
        settings.set(u"ca-file"_s, pool.authorityFile());
        settings.set(u"publish-calendar"_s, false);
    }
    bool signIn()
    {
        ServiceBinding binding;
        binding.settings = accountSchema().complete(settings);
        binding.secret = [this](const QString &key) {
            Error none;
            none.code = u"no-password"_s;
            return secrets.contains(key) ? ready<QString>(secrets.value(key))
                                         : readyError<QString>(none);
        };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [this](const QString &key) { return state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { state.insert(key, value); };
        binding.log = [this](bool, const QByteArray &bytes) { wire += bytes + '\n'; };
        session.reset();
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(session.get(), &Session::event, session.get(),
            [this](const SessionEvent &event) { take(event); });
        session->open({ .availability = Availability::Available });
        return QTest::qWaitFor(
            [this] { return session->state() == Session::State::Online; }, limit);
    }
    void take(const SessionEvent &event)
    {
        if (const auto *c = std::get_if<ContactChanged>(&event)) {
            contacts.insert(c->contact.address.value, c->contact);
        } else if (const auto *r = std::get_if<ContactRemoved>(&event)) {
            contacts.remove(r->address.value);
        } else if (const auto *p = std::get_if<PresenceChanged>(&event)) {
            presences.insert(p->address.value, p->presence);
        } else if (const auto *n = std::get_if<ServerNotice>(&event)) {
            notices.append(*n);
        } else if (std::holds_alternative<ContactListComplete>(event)) {
            ++lists;
        }
    }
    QStringList codes() const
    {
        QStringList out;
        for (const ServerNotice &notice : notices) {
            out.append(notice.code);
        }
        return out;
    }
    /// "ann: Zażółć & Co" for everybody.
    QStringList list() const
    {
        QStringList out;
        for (const ContactSnapshot &contact : contacts) {
            out.append(
                contact.address.value.section(u'@', 0, 0) + u": "_s + contact.groups.join(u", "_s));
        }
        return out;
    }
};

QString outcome(const Async<void> &answer)
{
    if (!QTest::qWaitFor([&answer] { return answer.isFinished(); }, limit)) {
        return u"no answer"_s;
    }
    const Result<void> result = answer.result();
    return result ? u"ok"_s : result.error().code;
}

ContactSnapshot contact(const QString &address, const QStringList &groups, const QString &name = {})
{
    ContactSnapshot out;
    out.address = { address };
    out.name = name;
    out.groups = groups;
    return out;
}

} // namespace

class TestSipExchange : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void contactsAreRead_data();
    void contactsAreRead();
    void contactsAreChanged();
    void anotherDeviceChanges();
    void staleKeyIsSettled();
    void faultIsTold();
    void listRefused488();
    void noExchange();
    void wrongPasswordOnce();
    void ownLogin();
    void calendar();
    void outOfOffice();
    void quietWithoutExchange();
    void calendarComplainsOnce();

private:
    sim::ExchangeWeb &exchange() const { return m_pool->web()->exchange(); }
    void nameAutodiscover() const
    {
        m_pool->proxy()->map(u"autodiscover.litwareinc.test"_s, 443, m_pool->web()->securePort());
    }

    std::optional<sim::SimCertificates> m_certificates;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
};

void TestSipExchange::initTestCase()
{
    m_certificates = sim::makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
    QVERIFY(m_certificates);
}

void TestSipExchange::init()
{
    m_pool.reset();
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool = std::make_unique<OcsPool>(OcsPool::Options { .directory = m_directory->path(),
                                           .profile = Profile::Lync2013,
                                           .certificates = m_certificates,
                                           .behindProxy = true },
        nullptr);
    m_pool->addUser(ben, u"LITWAREINC\\ben"_s, password, u"Ben"_s);
    m_pool->addUser(ann, {}, password, u"Ann Beebe"_s);
    m_pool->addUser(cho, {}, password, u"こんにちは世界"_s);
    m_pool->addUser(dan, {}, password, u"Dan"_s);
    m_pool->setContacts(ben, { { ann, {}, { sales } }, { cho, u"مرحبا"_s, {} } });
    m_pool->setContacts(ann, { { ben, {}, {} } });
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
    m_pool->offerSchemes({ "NTLM"_ba });
}

void TestSipExchange::cleanup()
{
    if (QTest::currentTestFailed() && m_pool) {
        qInfo() << m_pool->complaints() << m_pool->web()->complaints() << exchange().operations()
                << m_pool->proxy()->asked();
    }
    m_pool.reset();
}

void TestSipExchange::contactsAreRead_data()
{
    QTest::addColumn<QString>("way");
    QTest::newRow("autodiscover") << u"mail"_s;
    QTest::newRow("redirect in the clear") << u"clear"_s;
    QTest::newRow("moved mailbox") << u"moved"_s;
    QTest::newRow("by hand") << u"hand"_s;
    QTest::newRow("basic") << u"basic"_s;
}

void TestSipExchange::contactsAreRead()
{
    QFETCH(QString, way);
    exchange().migrate(ben);
    Device device(*m_pool, ben);
    if (way == "clear"_L1) {
        m_pool->proxy()->map(u"autodiscover.litwareinc.test"_s, 80, m_pool->web()->clearPort());
    } else if (way != "hand"_L1) {
        nameAutodiscover();
    } else {
        device.settings.set(u"email-url"_s, u"https://mail.litwareinc.test"_s);
    }
    if (way == "moved"_L1) {
        exchange().movedTo = u"ben@litwareinc.test"_s;
        device.settings.set(u"email"_s, u"benjamin@litwareinc.test"_s);
    }
    if (way == "basic"_L1) {
        m_pool->web()->offersBasic = true;
        // Qt writes Basic in Latin-1 (RFC 7617 leaves it open): other passwords need NTLM.
        m_pool->core().user(ben)->password = u"Pä55:@/&"_s;
        device.secrets.insert(u"password"_s, u"Pä55:@/&"_s);
    }
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(device.lists, 1, limit);
    QCOMPARE(device.list(), (QStringList { u"ann: "_s + sales, u"cho: "_s }));
    QCOMPARE(device.contacts.value(cho).name, u"مرحبا"_s);
    QCOMPARE(device.contacts.value(ann).name, u"Ann Beebe"_s);
    QCOMPARE(device.codes(), QStringList());
    QCOMPARE(m_pool->web()->complaints(), QStringList());
    QVERIFY(!device.wire.contains(password.toUtf8()));
    QVERIFY(!device.wire.contains(password.toUtf8().toPercentEncoding()));
    // People of the list are watched.
    Device other(*m_pool, ann);
    QVERIFY(other.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(
        device.presences.value(ann).availability, Availability::Available, limit);
}

void TestSipExchange::contactsAreChanged()
{
    exchange().migrate(ben);
    nameAutodiscover();
    Device device(*m_pool, ben);
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(device.lists, 1, limit);
    RosterFacet &roster = *device.session->roster();
    QCOMPARE(outcome(roster.add(contact(dan, { u"Partnerzy 👩‍👩‍👧‍👦"_s, sales }))),
        u"ok"_s);
    QCOMPARE(exchange().contactsOf(ben),
        (QStringList { u"Other Contacts: "_s + cho,
            u"Partnerzy 👩‍👩‍👧‍👦: "_s + dan,
            u"Zażółć & Co: "_s + ann + u", "_s + dan }));
    QCOMPARE(device.list(),
        (QStringList { u"ann: "_s + sales, u"cho: "_s,
            u"dan: "_s + sales + u", Partnerzy 👩‍👩‍👧‍👦"_s }));
    QCOMPARE(device.contacts.value(dan).name, u"Dan"_s);
    QCOMPARE(outcome(roster.update(contact(dan, {}, u"Dan"_s))), u"ok"_s);
    QCOMPARE(exchange().contactsOf(ben),
        (QStringList { u"Other Contacts: "_s + cho + u", "_s + dan, u"Zażółć & Co: "_s + ann }));
    QCOMPARE(outcome(roster.update(contact(dan, {}, u"Daniel"_s))), u"rename-unsupported"_s);
    // Several at once: one after the other.
    const auto first = roster.remove({ dan });
    const auto second = roster.update(contact(cho, { u"Favorites"_s }));
    const auto third = roster.remove({ ann });
    QCOMPARE(outcome(third), u"ok"_s);
    QCOMPARE(outcome(second), u"ok"_s);
    QCOMPARE(outcome(first), u"ok"_s);
    QCOMPARE(exchange().contactsOf(ben), QStringList { u"Favorites: "_s + cho });
    QTRY_COMPARE(device.list(), QStringList { u"cho: Favorites"_s });
    QCOMPARE(m_pool->web()->complaints(), QStringList());
    // Distribution groups come and go as a whole.
    ContactSnapshot everybody = contact(u"all@litwareinc.test"_s, {}, u"Wszyscy"_s);
    everybody.kind = ContactKind::Group;
    QCOMPARE(outcome(roster.add(everybody)), u"ok"_s);
    QTRY_COMPARE(device.contacts.value(everybody.address.value).kind, ContactKind::Group);
    QCOMPARE(outcome(roster.remove(everybody.address)), u"ok"_s);
    QTRY_VERIFY(!device.contacts.contains(everybody.address.value));
    QCOMPARE(m_pool->web()->complaints(), QStringList());
    // The pool's own list was not touched.
    QVERIFY(!m_pool->contactsOf(ben)->contains(dan));
}

void TestSipExchange::anotherDeviceChanges()
{
    exchange().migrate(ben);
    nameAutodiscover();
    Device one(*m_pool, ben);
    Device two(*m_pool, ben);
    QVERIFY(one.signIn() && two.signIn());
    QTRY_VERIFY_WITH_TIMEOUT(one.lists > 0 && two.lists > 0, limit);
    exchange().addPerson(ben, dan, sales);
    QTRY_VERIFY_WITH_TIMEOUT(one.contacts.contains(dan), limit);
    QCOMPARE(outcome(two.session->roster()->remove({ ann })), u"ok"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!one.contacts.contains(ann), limit);
    QVERIFY(two.contacts.contains(dan));
}

void TestSipExchange::staleKeyIsSettled()
{
    exchange().migrate(ben);
    nameAutodiscover();
    Device device(*m_pool, ben);
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(device.lists, 1, limit);
    exchange().touch(ben, sales); // nobody tells
    QCOMPARE(outcome(device.session->roster()->update(contact(cho, { sales }))), u"ok"_s);
    QCOMPARE(exchange().contactsOf(ben), QStringList { u"Zażółć & Co: "_s + ann + u", "_s + cho });
    QVERIFY(exchange().operations().count(u"AddImContactToGroup"_s) == 2);
}

void TestSipExchange::faultIsTold()
{
    exchange().migrate(ben);
    nameAutodiscover();
    Device device(*m_pool, ben);
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(device.lists, 1, limit);
    RosterFacet &roster = *device.session->roster();
    m_pool->web()->answer("/EWS/Exchange.asmx", LyncWeb::fault11("Zażółć"_ba, 1), 1);
    QCOMPARE(outcome(roster.add(contact(dan, { sales }))), u"exchange-fault"_s);
    QVERIFY(!device.contacts.contains(dan));
    m_pool->web()->answer("/EWS/Exchange.asmx", { .status = 503 }, 1);
    QCOMPARE(outcome(roster.add(contact(dan, { sales }))), u"exchange-failed"_s);
    // And then it works, found anew.
    QCOMPARE(outcome(roster.add(contact(dan, { sales }))), u"ok"_s);
    QVERIFY(device.contacts.contains(dan));
}

void TestSipExchange::listRefused488()
{
    exchange().migrate(ben);
    nameAutodiscover();
    m_pool->answer(488, "SUBSCRIBE"_ba, {}, {}, 1); // the contact list is asked for first
    Device device(*m_pool, ben);
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(
        device.list(), (QStringList { u"ann: "_s + sales, u"cho: "_s }), limit);
}

void TestSipExchange::noExchange()
{
    exchange().migrate(ben);
    Device device(*m_pool, ben);
    QVERIFY(device.signIn());
    // The copy of the pool is better than nothing.
    QTRY_COMPARE_WITH_TIMEOUT(device.lists, 1, limit);
    QCOMPARE(device.list(), (QStringList { u"ann: "_s + sales, u"cho: "_s }));
    QCOMPARE(device.codes(), QStringList { u"contacts-unavailable"_s });
    QVERIFY(device.notices.first().text.contains(u"older copy"_s));
    QCOMPARE(outcome(device.session->roster()->add(contact(dan, {}))), u"exchange-not-found"_s);
    // Nothing left beside the proxy, and nobody else was asked.
    for (const QString &place : m_pool->proxy()->asked()) {
        QVERIFY2(place == u"litwareinc.test:443"_s || place.contains(u".litwareinc.test:"_s),
            qPrintable(place));
    }
}

void TestSipExchange::wrongPasswordOnce()
{
    exchange().migrate(ben);
    nameAutodiscover();
    Device device(*m_pool, ben);
    device.settings.set(u"publish-calendar"_s, true);
    device.secrets.insert(u"email-password"_s, u"wrong"_s);
    QVERIFY(device.signIn());
    QTRY_VERIFY_WITH_TIMEOUT(device.codes().contains(u"calendar-unavailable"_s), limit);
    QVERIFY(device.codes().contains(u"contacts-unavailable"_s));
    QCOMPARE(outcome(device.session->roster()->add(contact(dan, {}))), u"exchange-refused"_s);
    QCOMPARE(device.notices.size(), 2);
    // One handshake, whatever was wanted: accounts are locked by a few wrong passwords.
    QVERIFY(m_pool->web()->count("/autodiscover/"_ba) <= 3);
    QCOMPARE(exchange().operations(), QStringList());
    QVERIFY(!device.wire.contains("wrong@"));
}

void TestSipExchange::ownLogin()
{
    // The mailbox is somebody else's as far as passwords go.
    exchange().migrate(dan);
    exchange().addPerson(dan, ann, u"Favorites"_s);
    m_pool->core().user(dan)->login = u"LITWAREINC\\dan"_s;
    m_pool->core().user(dan)->password = u"p&ss:w@rd/ł"_s;
    exchange().migrate(ben);
    nameAutodiscover();
    Device device(*m_pool, ben);
    device.settings.set(u"email"_s, dan);
    device.settings.set(u"email-login"_s, u"LITWAREINC\\dan"_s);
    device.secrets.insert(u"email-password"_s, u"p&ss:w@rd/ł"_s);
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(device.list(), QStringList { u"ann: Favorites"_s }, limit);
    QVERIFY(!device.wire.contains("p&ss:w@rd") && !device.wire.contains("p%26ss")
        && !device.wire.contains("dan:p"));
}

void TestSipExchange::calendar()
{
    nameAutodiscover();
    const QDateTime now = QDateTime::currentDateTimeUtc();
    exchange().mailbox(ben).meetings = { { now.addSecs(-1800), now.addSecs(1800), u"Busy"_s },
        { now.addSecs(-7200), now.addSecs(-1800), u"Tentative"_s } };
    Device device(*m_pool, ben);
    device.settings.set(u"publish-calendar"_s, true);
    Device watcher(*m_pool, ann);
    QVERIFY(watcher.signIn() && device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(watcher.presences.value(ben).availability, Availability::Busy, limit);
    QVERIFY2(watcher.presences.value(ben).activity.startsWith(u"In a meeting"_s)
            || watcher.presences.value(ben).activity.startsWith(u"Busy"_s),
        qPrintable(watcher.presences.value(ben).activity));
    QCOMPARE(exchange().operations(),
        (QStringList { u"autodiscover"_s, u"GetUserAvailability"_s, u"GetUserOofSettings"_s }));
    QCOMPARE(m_pool->web()->complaints(), QStringList());
    QCOMPARE(device.codes(), QStringList());
    // Words of the calendar stay in it.
    for (const auto &received : m_pool->received()) {
        QVERIFY(!received.message.body.contains("Kraków"));
    }
}

void TestSipExchange::outOfOffice()
{
    nameAutodiscover();
    sim::Mailbox &box = exchange().mailbox(ben);
    box.oofState = u"Scheduled"_s;
    box.oofText = u"<html><body><p>Na urlopie – 休暇中</p></body></html>"_s;
    box.oofStart = QDateTime::currentDateTimeUtc().addDays(-1);
    box.oofEnd = QDateTime::currentDateTimeUtc().addDays(2);
    Device watcher(*m_pool, ann);
    QVERIFY(watcher.signIn());
    Device device(*m_pool, ben);
    device.settings.set(u"publish-calendar"_s, true);
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(
        watcher.presences.value(ben).text, u"Out of office: Na urlopie – 休暇中"_s, limit);
    // Switched off: the note that stayed at the server is taken back.
    device.session->close();
    QTRY_COMPARE(device.session->state(), Session::State::Offline);
    device.settings.set(u"publish-calendar"_s, false);
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(watcher.presences.value(ben).text, QString(), limit);
    QCOMPARE(device.state.value(u"out-of-office-note"_s), QByteArray());
}

void TestSipExchange::quietWithoutExchange()
{
    Device device(*m_pool, ben);
    device.settings.set(u"publish-calendar"_s, true);
    QVERIFY(device.signIn());
    QTRY_VERIFY_WITH_TIMEOUT(
        m_pool->proxy()->asked().contains(u"autodiscover.litwareinc.test:80"_s), limit);
    QTRY_COMPARE(device.lists, 1);
    QCOMPARE(device.codes(), QStringList());
}

void TestSipExchange::calendarComplainsOnce()
{
    m_pool->web()->answer("/EWS/Exchange.asmx", { .status = 503 });
    Device device(*m_pool, ben);
    device.settings.set(u"email-url"_s, u"https://mail.litwareinc.test/EWS/Exchange.asmx"_s);
    device.settings.set(u"publish-calendar"_s, true);
    QVERIFY(device.signIn());
    QTRY_COMPARE_WITH_TIMEOUT(device.codes(), QStringList { u"calendar-unavailable"_s }, limit);
    QVERIFY(device.notices.first().detail.contains(u"503"_s));
}

QTEST_GUILESS_MAIN(TestSipExchange)
#include "tst_sipexchange.moc"
