// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "protocols/sip/tests/throwawaycertificate.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using sim::OcsPool;

namespace {

/// Gives out what a test put in, and remembers what it was asked.
struct CertificateBox {
    std::optional<ClientCertificate> kept; ///< for the first question
    Result<ClientCertificate> fresh { std::unexpect };
    QList<bool> asked; ///< renew?
    QUrl service;
};

class BoxedCertificates : public CertificateSource {
public:
    explicit BoxedCertificates(CertificateBox &box)
        : m_box(box)
    {
    }
    Async<ClientCertificate> certificate(const QUrl &service, bool renew) override
    {
        m_box.asked.append(renew);
        m_box.service = service;
        return ready<ClientCertificate>(
            !renew && m_box.kept ? Result<ClientCertificate>(*m_box.kept) : m_box.fresh);
    }

private:
    CertificateBox &m_box;
};

/// One account with a real session, and everything it told.
struct Client {
    SettingValues settings;
    QMap<QString, QByteArray> state;
    QString password;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;
    QList<InboundMessage> messages;
    QMap<QString, ContactSnapshot> contacts;
    QMap<QString, Presence> presences;
    QStringList removed;
    QStringList asked;
    QList<SettingLearned> learned;
    QList<ServerNotice> notices;
    QList<TypingChanged> typing;
    std::optional<Presence> own;
    std::optional<Error> ended;
    int listComplete = 0;
    bool storeAtOnce = true;
    QList<std::function<void()>> toStore;
    CertificateBox *certificates = nullptr;

    explicit Client(
        const OcsPool &pool, const QString &user, const QString &secret, bool tls = true)
        : password(secret)
    {
        set(u"address"_s, user);
        set(u"login"_s, u"LITWARE\\"_s + user.section(u'@', 0, 0));
        set(u"server"_s, u"127.0.0.1"_s);
        set(u"port"_s, tls ? pool.tlsPort() : pool.tcpPort());
        set(u"connection"_s, tls ? u"tls"_s : u"plain"_s);
        set(u"proxy-type"_s, u"none"_s);
        set(u"ca-file"_s, pool.authorityFile());
    }
    void set(const QString &key, const QVariant &value) { settings.set(key, value); }

    void open(const Presence &presence = { .availability = Availability::Available })
    {
        ServiceBinding binding;
        binding.settings = sip::accountSchema().complete(settings);
        binding.secret = [this](const QString &) { return ready<QString>(password); };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [this](const QString &key) { return state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { state.insert(key, value); };
        binding.log = [](bool, const QByteArray &) { };
        session.reset();
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        if (certificates != nullptr) {
            session->setCertificateSource(std::make_unique<BoxedCertificates>(*certificates));
        }
        QObject::connect(session.get(), &Session::event, session.get(),
            [this](const SessionEvent &event) { take(event); });
        QObject::connect(
            session.get(), &Session::ended, session.get(), [this](const Error &e) { ended = e; });
        session->open(presence);
    }
    bool online() const { return session->state() == Session::State::Online; }

    void take(const SessionEvent &event)
    {
        if (const auto *e = std::get_if<MessageReceived>(&event)) {
            messages.append(e->message);
            if (e->stored) {
                if (storeAtOnce) {
                    e->stored();
                } else {
                    toStore.append(e->stored);
                }
            }
        } else if (const auto *c = std::get_if<ContactChanged>(&event)) {
            contacts.insert(c->contact.address.value, c->contact);
        } else if (const auto *r = std::get_if<ContactRemoved>(&event)) {
            contacts.remove(r->address.value);
            removed.append(r->address.value);
        } else if (const auto *p = std::get_if<PresenceChanged>(&event)) {
            presences.insert(p->address.value, p->presence);
        } else if (const auto *o = std::get_if<OwnPresenceChanged>(&event)) {
            own = o->presence;
        } else if (std::holds_alternative<ContactListComplete>(event)) {
            ++listComplete;
        } else if (const auto *a = std::get_if<SubscriptionAsked>(&event)) {
            asked.append(a->address.value);
        } else if (const auto *l = std::get_if<SettingLearned>(&event)) {
            learned.append(*l);
        } else if (const auto *n = std::get_if<ServerNotice>(&event)) {
            notices.append(*n);
        } else if (const auto *t = std::get_if<TypingChanged>(&event)) {
            typing.append(*t);
        }
    }

    Async<SentMessage> send(const QString &to, const RichText &body) const
    {
        OutgoingMessage message;
        message.localId = QUuid::createUuid().toString(QUuid::WithoutBraces);
        message.to = to;
        message.body = body;
        return session->send(message);
    }
    Async<SentMessage> send(const QString &to, const QString &text) const
    {
        return send(to, RichText::fromPlain(text));
    }
};

template <class T> bool succeeded(const Async<T> &future)
{
    return future.isFinished() && future.result().has_value();
}
/// Waits for a success; the expression is evaluated once, unlike in QTRY_VERIFY.
template <class T> bool succeeds(const Async<T> &future)
{
    return QTest::qWaitFor([&future] { return future.isFinished(); }, 10000) && succeeded(future);
}
template <class T> QString codeOf(const Async<T> &future)
{
    return future.isFinished() && !future.result() ? future.result().error().code : QString();
}

const QString alice = u"alice@litwareinc.test"_s;
const QString bob = u"bob@litwareinc.test"_s;
const QString carol = u"carol@litwareinc.test"_s;

} // namespace

/// The session against the simulated pool over loopback: real sockets, real clock.
class TestSipSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void signsIn_data();
    void signsIn();
    void tlsDsk_data();
    void tlsDsk();
    void tlsDskWithARevokedCertificate();
    void tlsDskFallsBack();
    void signsOutCleanly();
    void keepsItsEpid();
    void wrongPassword();
    void userAgentByHand();
    void userAgentFound();
    void certificateIsChecked();
    void answersInHttp();
    void forgedSignatures();
    void redialsNothingByItself();
    void contactsAndPresence();
    void ownPresence();
    void textsBothWays_data();
    void textsBothWays();
    void firstMessageIsSentAgainWhenNotTaken();
    void repliesOnlyWhenStored();
    void htmlIsSanitised();
    void typing();
    void undelivered_data();
    void undelivered();
    void staleDialog();
    void manyInOrder();
    void rosterEdits();
    void blocking();
    void signedInElsewhere();
    void associationLost_data();
    void associationLost();
    void closesWhileConnecting();

private:
    void start();
    bool makeOnline(Client &client);
    /// The pool offers TLS-DSK and knows this certificate as Alice's.
    void offerTlsDsk(const ClientCertificate &known);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    sim::ScriptedPerson *m_carol = nullptr;
};

void TestSipSession::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    OcsPool::Options options;
    options.directory = m_directory->path();
    m_pool = std::make_unique<OcsPool>(options, nullptr);
    m_pool->addUser(alice, u"LITWARE\\alice"_s, u"Zażółć🦄"_s, u"Alice Ames"_s);
    m_pool->addUser(bob, u"LITWARE\\bob"_s, u"bob-pw"_s, u"Bob Beck"_s);
    m_carol = m_pool->addPerson(carol, { .displayName = u"Carol Cole"_s, .title = u"Manager"_s });
    m_pool->setContacts(alice,
        { { bob, {}, { u"Friends"_s } }, { carol, u"Karolina"_s, { u"Friends"_s, u"Work"_s } } });
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
}

void TestSipSession::cleanup()
{
    m_pool.reset();
}

bool TestSipSession::makeOnline(Client &client)
{
    client.open();
    return QTest::qWaitFor([&] { return client.online() || client.ended; }, 15000)
        && client.online();
}

void TestSipSession::signsIn_data()
{
    QTest::addColumn<bool>("tls");
    QTest::addColumn<int>("version");
    QTest::newRow("tls") << true << 4;
    QTest::newRow("tcp") << false << 4;
    QTest::newRow("signature version 3") << false << 3;
    QTest::newRow("signature version 2") << false << 2;
}

void TestSipSession::signsIn()
{
    QFETCH(bool, tls);
    QFETCH(int, version);
    m_pool->setSignatureVersion(version);
    Client client(*m_pool, alice, u"Zażółć🦄"_s, tls);
    client.open();
    QSignalSpy states(client.session.get(), &Session::stateChanged);
    QTRY_VERIFY_WITH_TIMEOUT(client.online() || client.ended, 15000);
    QVERIFY2(
        client.online(), client.ended ? qPrintable(client.ended->code + client.ended->detail) : "");
    QVERIFY(states.contains(QVariantList { QVariant::fromValue(Session::State::Authenticating) }));
    QTRY_COMPARE(client.listComplete, 1);
    QCOMPARE(m_pool->endpointCount(alice), 1);
    QVERIFY2(m_pool->complaints().isEmpty(), qPrintable(m_pool->complaints().join(u'\n')));
    QVERIFY(client.notices.isEmpty());
}

void TestSipSession::offerTlsDsk(const ClientCertificate &known)
{
    m_pool->offerSchemes({ "NTLM"_ba, "TLS-DSK"_ba });
    m_pool->core().certificateService = "https://localhost/CertProv.svc"_ba;
    m_pool->core().certificateHolder
        = [known](const QByteArray &der) { return der == known.certificate ? alice : QString(); };
}

void TestSipSession::tlsDsk_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<bool>("oldTls");
    QTest::newRow("version 4") << 4 << false;
    QTest::newRow("version 3") << 3 << false;
    QTest::newRow("TLS 1.0 inside") << 4 << true;
}

void TestSipSession::tlsDsk()
{
    QFETCH(int, version);
    QFETCH(bool, oldTls);
    const ClientCertificate certificate = sip::test::throwawayCertificate("alice"_ba);
    offerTlsDsk(certificate);
    m_pool->setSignatureVersion(version);
    m_pool->core().oldTlsOnly = oldTls;
    CertificateBox box;
    box.fresh = certificate;
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    client.certificates = &box;
    QVERIFY2(makeOnline(client), client.ended ? qPrintable(client.ended->detail) : "");
    QCOMPARE(box.asked, QList<bool> { false });
    QCOMPARE(box.service, QUrl(u"https://localhost/CertProv.svc"_s));
    QCOMPARE(m_pool->count("REGISTER"), 4); // empty, hello, proof, signed
    QTRY_COMPARE(client.listComplete, 1);
    const auto &last = m_pool->received().last().message;
    QVERIFY(last.isResponse() || last.header("Authorization").startsWith("TLS-DSK "));
    QVERIFY(client.notices.isEmpty());
    client.session->close();
    QTRY_COMPARE(client.session->state(), Session::State::Offline);
    QVERIFY2(m_pool->complaints().isEmpty(), qPrintable(m_pool->complaints().join(u'\n')));
}

void TestSipSession::tlsDskWithARevokedCertificate()
{
    const ClientCertificate fresh = sip::test::throwawayCertificate("alice"_ba);
    offerTlsDsk(fresh);
    CertificateBox box;
    box.kept = sip::test::throwawayCertificate("alice, revoked"_ba);
    box.fresh = fresh;
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    client.certificates = &box;
    QVERIFY2(makeOnline(client), client.ended ? qPrintable(client.ended->detail) : "");
    QCOMPARE(box.asked, (QList<bool> { false, true }));
    QCOMPARE(client.notices.size(), 1);
    QCOMPARE(client.notices.first().code, u"certificate-refused"_s);
    QCOMPARE(client.notices.first().severity, ServerNotice::Severity::Mended);
    client.session->close();

    // The new one is no good either: NTLM, and a word about it.
    m_pool->core().certificateHolder = [](const QByteArray &) { return QString(); };
    box.asked.clear();
    Client other(*m_pool, alice, u"Zażółć🦄"_s);
    other.certificates = &box;
    QVERIFY(makeOnline(other));
    QCOMPARE(box.asked, (QList<bool> { false, true }));
    QCOMPARE(other.notices.size(), 1);
    QCOMPARE(other.notices.first().code, u"certificate-refused"_s);
    QVERIFY(other.notices.first().text.contains(u"NTLM"_s));
}

void TestSipSession::tlsDskFallsBack()
{
    offerTlsDsk({});
    Error failed;
    failed.kind = Error::Kind::Protocol;
    failed.code = u"web-ticket-failed"_s;
    failed.title = u"No ticket."_s;
    CertificateBox box;
    box.fresh = std::unexpected(failed);
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    client.certificates = &box;
    QVERIFY(makeOnline(client));
    QCOMPARE(client.notices.size(), 1);
    QCOMPARE(client.notices.first().code, u"web-ticket-failed"_s);

    Client strict(*m_pool, alice, u"Zażółć🦄"_s);
    strict.certificates = &box;
    strict.set(u"auth"_s, u"tls-dsk"_s);
    QVERIFY(!makeOnline(strict));
    QCOMPARE(strict.ended->code, u"web-ticket-failed"_s);
    QCOMPARE(strict.ended->fix.value(u"auth"_s).toString(), u"auto"_s);
}

void TestSipSession::signsOutCleanly()
{
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    client.session->close();
    QTRY_COMPARE_WITH_TIMEOUT(client.session->state(), Session::State::Offline, 5000);
    QVERIFY(!client.ended);
    QTRY_COMPARE(m_pool->endpointCount(alice), 0);
    client.session->open({});
    QTRY_VERIFY_WITH_TIMEOUT(client.online(), 15000);
}

void TestSipSession::keepsItsEpid()
{
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    const QByteArray epid = client.state.value(u"epid"_s);
    QCOMPARE(epid.size(), 12);
    QVERIFY(makeOnline(client));
    QCOMPARE(client.state.value(u"epid"_s), epid);
}

void TestSipSession::wrongPassword()
{
    Client client(*m_pool, alice, u"wrong"_s);
    client.open();
    QTRY_VERIFY_WITH_TIMEOUT(client.ended, 15000);
    QCOMPARE(client.ended->code, u"wrong-password"_s);
    QVERIFY(client.ended->fatal);
    QCOMPARE(client.session->state(), Session::State::Offline);
    QVERIFY(m_pool->count("REGISTER"_ba) <= 3);
}

void TestSipSession::userAgentByHand()
{
    const QString words = u"You are currently not using the recommended version of the client."_s;
    m_pool->refuseUserAgent(words);
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    client.set(u"user-agent"_s, u"Linchpin/0.1"_s);
    client.open();
    QTRY_VERIFY_WITH_TIMEOUT(client.ended, 15000);
    QCOMPARE(client.ended->code, u"user-agent-rejected"_s);
    QCOMPARE(client.ended->detail, words);
    QVERIFY(client.ended->fix.value(u"user-agent"_s).toString().contains(u"OC/"));
}

void TestSipSession::userAgentFound()
{
    m_pool->refuseUserAgent(
        u"You are currently not using the recommended version of the client."_s, u"OC/15\\."_s);
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    const auto agent = std::ranges::find(client.learned, u"user-agent"_s, &SettingLearned::key);
    QVERIFY(agent != client.learned.cend());
    QVERIFY(agent->value.toString().contains(u"OC/15."));
    QCOMPARE(client.notices.size(), 1);
    QCOMPARE(client.notices.first().severity, ServerNotice::Severity::Mended);
}

void TestSipSession::certificateIsChecked()
{
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    client.set(u"ca-file"_s, QString());
    client.open();
    QTRY_VERIFY_WITH_TIMEOUT(client.ended, 15000);
    QCOMPARE(client.ended->code, u"certificate-untrusted"_s);
    QCOMPARE(m_pool->count("REGISTER"_ba), 0);
}

void TestSipSession::answersInHttp()
{
    m_pool->speakHttp(true);
    Client client(*m_pool, alice, u"Zażółć🦄"_s, false);
    client.open();
    QTRY_VERIFY_WITH_TIMEOUT(client.ended, 15000);
    QCOMPARE(client.ended->code, u"wrong-protocol"_s);
    QVERIFY(client.ended->detail.startsWith(u"HTTP/1.1"));
}

void TestSipSession::forgedSignatures()
{
    m_pool->corruptSignatures(true);
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    client.open();
    QTRY_VERIFY_WITH_TIMEOUT(client.ended, 15000);
    QCOMPARE(client.ended->code, u"bad-signature"_s);
}

void TestSipSession::redialsNothingByItself()
{
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    m_pool->cutAll();
    QTRY_VERIFY(client.ended);
    QVERIFY(!client.ended->fatal);
    QCOMPARE(client.session->state(), Session::State::Offline);
    QCOMPARE(codeOf(client.send(bob, u"x"_s)), u"not-signed-in"_s);
}

void TestSipSession::contactsAndPresence()
{
    m_carol->setPresence(6500, u"W drodze – 出張中"_s);
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    QTRY_COMPARE(client.listComplete, 1);
    QCOMPARE(client.contacts.value(carol).name, u"Karolina"_s);
    QCOMPARE(client.contacts.value(carol).groups, (QStringList { u"Friends"_s, u"Work"_s }));
    QTRY_COMPARE(client.presences.value(carol).availability, Availability::Busy);
    QTRY_COMPARE(client.presences.value(carol).text, u"W drodze – 出張中"_s);
    QTRY_COMPARE(client.contacts.value(bob).name, u"Bob Beck"_s);
    m_carol->setPresence(15500);
    QTRY_COMPARE(client.presences.value(carol).availability, Availability::Away);
    m_carol->signOut();
    QTRY_COMPARE(client.presences.value(carol).availability, Availability::Offline);
}

void TestSipSession::ownPresence()
{
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    QTRY_COMPARE(m_pool->availabilityOf(alice), 3500);
    const Async<void> busy = client.session->setPresence(
        { .availability = Availability::Busy, .text = u"مرحبا بالعالم 🦄"_s });
    QTRY_VERIFY(succeeded(busy));
    QTRY_COMPARE(m_pool->availabilityOf(alice), 6500);
    QTRY_COMPARE(m_pool->noteOf(alice), u"مرحبا بالعالم 🦄"_s);
    QTRY_VERIFY(client.own && client.own->availability == Availability::Busy);
    const Async<void> back
        = client.session->setPresence({ .availability = Availability::Available });
    QTRY_VERIFY(succeeded(back));
    QTRY_COMPARE(m_pool->availabilityOf(alice), 3500);
    QTRY_COMPARE(m_pool->noteOf(alice), QString());
}

void TestSipSession::textsBothWays_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("polish") << u"Zażółć gęślą jaźń"_s;
    QTest::newRow("japanese") << u"こんにちは世界"_s;
    QTest::newRow("arabic") << u"مرحبا بالعالم"_s;
    QTest::newRow("combining") << u"e\u0301 ก็"_s;
    QTest::newRow("emoji") << u"👩‍👩‍👧‍👦🦄𝄞"_s;
    QTest::newRow("lines and markup") << u"a < b & c\nsecond line"_s;
}

void TestSipSession::textsBothWays()
{
    QFETCH(QString, text);
    Client a(*m_pool, alice, u"Zażółć🦄"_s);
    Client b(*m_pool, bob, u"bob-pw"_s, false);
    QVERIFY(makeOnline(a));
    QVERIFY(makeOnline(b));
    const auto first = a.send(bob, text); // rides in the INVITE
    QTRY_COMPARE(b.messages.size(), 1);
    QCOMPARE(b.messages.first().body.plain(), text);
    QCOMPARE(b.messages.first().from, alice);
    QCOMPARE(b.messages.first().with, alice);
    QTRY_VERIFY(succeeded(first));
    QCOMPARE(first.result()->remoteId, b.messages.first().remoteId);
    QCOMPARE(first.result()->state, DeliveryState::Delivered);
    const auto second = a.send(bob, text + text); // a MESSAGE in the session
    QTRY_VERIFY(succeeded(second));
    QCOMPARE(b.messages.last().body.plain(), text + text);
    QCOMPARE(second.result()->remoteId, b.messages.last().remoteId);
    const auto reply = b.send(alice, text);
    QTRY_VERIFY(succeeded(reply));
    QCOMPARE(a.messages.size(), 1);
    QCOMPARE(a.messages.first().body.plain(), text);
    QCOMPARE(m_pool->count("INVITE"_ba), 1);
    QVERIFY2(m_pool->complaints().isEmpty(), qPrintable(m_pool->complaints().join(u'\n')));
}

void TestSipSession::firstMessageIsSentAgainWhenNotTaken()
{
    m_carol->setPresence(3500);
    m_carol->setTakesFirstMessage(false);
    QSignalSpy received(m_carol, &sim::ScriptedPerson::messageReceived);
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    const auto sent = client.send(carol, u"once"_s);
    QTRY_VERIFY(succeeded(sent));
    QCOMPARE(received.size(), 1);
    QCOMPARE(m_pool->count("MESSAGE"_ba, alice), 1);
}

void TestSipSession::repliesOnlyWhenStored()
{
    Client a(*m_pool, alice, u"Zażółć🦄"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    b.storeAtOnce = false;
    QVERIFY(makeOnline(a));
    QVERIFY(makeOnline(b));
    const auto sent = a.send(bob, u"keep me"_s);
    QTRY_COMPARE(b.messages.size(), 1);
    QVERIFY(!sent.isFinished());
    b.toStore.takeFirst()();
    QTRY_VERIFY(succeeded(sent));
    const auto next = a.send(bob, u"me too"_s);
    QTRY_COMPARE(b.messages.size(), 2);
    QVERIFY(!next.isFinished());
    b.toStore.takeFirst()();
    QTRY_VERIFY(succeeded(next));
}

void TestSipSession::htmlIsSanitised()
{
    Client a(*m_pool, alice, u"Zażółć🦄"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(makeOnline(a));
    QVERIFY(makeOnline(b));
    QVERIFY(succeeds(a.send(bob, u"hello"_s)));
    const RichText rich
        = RichText::fromHtml(u"<b>bold</b> and <script>alert(1)</script><i>slanted 🦄</i>"_s);
    const auto sent = a.send(bob, rich);
    QTRY_VERIFY(succeeded(sent));
    QCOMPARE(b.messages.last().body.plain(), rich.plain());
    QVERIFY(!b.messages.last().body.isPlain());
    QVERIFY(b.messages.last().body.spans().first().bold);
    QVERIFY(!b.messages.last().body.toHtml().contains(u"script"));
}

void TestSipSession::typing()
{
    m_carol->setPresence(3500);
    Client a(*m_pool, alice, u"Zażółć🦄"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(makeOnline(a));
    QVERIFY(makeOnline(b));
    QVERIFY(succeeds(a.send(bob, u"hello"_s)));
    a.session->typing()->setTyping(bob, ConversationKind::Person, true);
    QTRY_COMPARE(b.typing.size(), 1);
    QVERIFY(b.typing.first().composing);
    QCOMPARE(b.typing.first().with, alice);
    a.session->typing()->setTyping(bob, ConversationKind::Person, true);
    a.session->typing()->setTyping(bob, ConversationKind::Person, false);
    QTRY_COMPARE(b.typing.size(), 2);
    QVERIFY(!b.typing.last().composing);
    QCOMPARE(m_pool->count("INFO"_ba, alice), 2);
}

void TestSipSession::undelivered_data()
{
    QTest::addColumn<int>("status");
    QTest::newRow("offline") << 480;
    QTest::newRow("unknown") << 404;
    QTest::newRow("forbidden") << 403;
    QTest::newRow("busy") << 486;
    QTest::newRow("declined") << 603;
    QTest::newRow("type") << 415;
    QTest::newRow("session") << 488;
    QTest::newRow("service") << 503;
}

void TestSipSession::undelivered()
{
    QFETCH(int, status);
    m_carol->setPresence(3500);
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    m_carol->setInviteAnswer(status);
    const auto sent = client.send(carol, u"x"_s);
    QTRY_VERIFY(sent.isFinished());
    QVERIFY(!sent.result());
    QVERIFY(!sent.result().error().title.isEmpty());
    QVERIFY(!sent.result().error().code.isEmpty());
    m_carol->setInviteAnswer(200);
    QVERIFY(succeeds(client.send(carol, u"again"_s)));
}

void TestSipSession::staleDialog()
{
    Client a(*m_pool, alice, u"Zażółć🦄"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(makeOnline(a));
    QVERIFY(makeOnline(b));
    QVERIFY(succeeds(a.send(bob, u"one"_s)));
    QVERIFY(makeOnline(b)); // a new session that knows of no dialog
    const auto sent = a.send(bob, u"two"_s);
    QTRY_VERIFY_WITH_TIMEOUT(sent.isFinished(), 10000);
    QVERIFY(succeeded(sent));
    QCOMPARE(b.messages.last().body.plain(), u"two"_s);
    QCOMPARE(b.messages.count(), 2);
}

void TestSipSession::manyInOrder()
{
    Client a(*m_pool, alice, u"Zażółć🦄"_s);
    Client b(*m_pool, bob, u"bob-pw"_s);
    QVERIFY(makeOnline(a));
    QVERIFY(makeOnline(b));
    QStringList expected;
    QList<Async<SentMessage>> sent;
    for (int i = 0; i < 30; ++i) {
        expected.append(u"message %1 🦄"_s.arg(i));
        sent.append(a.send(bob, expected.last()));
    }
    QTRY_COMPARE_WITH_TIMEOUT(b.messages.size(), expected.size(), 20000);
    for (int i = 0; i < expected.size(); ++i) {
        QCOMPARE(b.messages.at(i).body.plain(), expected.at(i));
        QTRY_VERIFY(succeeded(sent.at(i)));
    }
}

void TestSipSession::rosterEdits()
{
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    QTRY_COMPARE(client.listComplete, 1);
    RosterFacet *roster = client.session->roster();
    const QString dee = u"dee@litwareinc.test"_s;
    m_pool->addPerson(dee, { .displayName = u"Dee"_s })->setPresence(9500);

    const auto added = roster->add(
        { .address = { dee }, .name = u"Żółw"_s, .groups = { u"Partners"_s, u"Friends"_s } });
    QTRY_VERIFY(added.isFinished());
    QVERIFY2(added.result(), added.result() ? "" : qPrintable(added.result().error().detail));
    QTRY_VERIFY(client.contacts.contains(dee));
    QTRY_COMPARE(client.contacts.value(dee).groups, (QStringList { u"Partners"_s, u"Friends"_s }));
    QCOMPARE(client.contacts.value(dee).name, u"Żółw"_s);
    QTRY_COMPARE(client.presences.value(dee).availability, Availability::DoNotDisturb);
    QVERIFY(m_pool->contactsOf(alice)->contains(dee));

    ContactSnapshot moved = client.contacts.value(dee);
    moved.name = u"こんにちは"_s;
    moved.groups = QStringList { u"Work"_s };
    const auto updated = roster->update(moved);
    QTRY_VERIFY(succeeded(updated));
    QTRY_COMPARE(client.contacts.value(dee).name, u"こんにちは"_s);
    QTRY_COMPARE(client.contacts.value(dee).groups, QStringList { u"Work"_s });

    const auto gone = roster->remove({ dee });
    QTRY_VERIFY(succeeded(gone));
    QTRY_VERIFY(client.removed.contains(dee));
    QVERIFY(!m_pool->contactsOf(alice)->contains(dee));
}

void TestSipSession::blocking()
{
    Client a(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(a));
    QTRY_COMPARE(a.listComplete, 1);
    QTRY_VERIFY(a.own); // access levels are known
    const auto blocked = a.session->roster()->setBlocked({ bob }, true);
    QTRY_VERIFY(blocked.isFinished());
    QVERIFY2(blocked.result(), blocked.result() ? "" : qPrintable(blocked.result().error().detail));
    QTRY_VERIFY(a.contacts.value(bob).blocked);
    const auto again = a.session->roster()->setBlocked({ bob }, false);
    QTRY_VERIFY(succeeded(again));
    QTRY_VERIFY(!a.contacts.value(bob).blocked);
}

void TestSipSession::signedInElsewhere()
{
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    QVERIFY(makeOnline(client));
    m_pool->deregister(alice, "unregistered"_ba, "Signed in at another place"_ba);
    QTRY_VERIFY(client.ended);
    QCOMPARE(client.ended->code, u"elsewhere-signed-in"_s);
    QVERIFY(client.ended->fatal);
}

void TestSipSession::associationLost_data()
{
    QTest::addColumn<bool>("tlsDsk");
    QTest::newRow("NTLM") << false;
    QTest::newRow("TLS-DSK") << true;
}

void TestSipSession::associationLost()
{
    QFETCH(bool, tlsDsk);
    CertificateBox box;
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    if (tlsDsk) {
        box.fresh = sip::test::throwawayCertificate("alice"_ba);
        offerTlsDsk(*box.fresh);
        client.certificates = &box;
    }
    QVERIFY(makeOnline(client));
    QTRY_COMPARE(client.listComplete, 1);
    m_carol->setPresence(3500);
    m_pool->answer(401, "INVITE"_ba, {}, {}, 1);
    const auto sent = client.send(carol, u"x"_s);
    QTRY_VERIFY_WITH_TIMEOUT(succeeded(sent), 10000);
    QVERIFY(client.online());
    QCOMPARE(box.asked.size(), tlsDsk ? 2 : 0);
}

void TestSipSession::closesWhileConnecting()
{
    m_pool->setDelay(500ms);
    Client client(*m_pool, alice, u"Zażółć🦄"_s);
    client.open();
    client.session->close();
    QTRY_COMPARE_WITH_TIMEOUT(client.session->state(), Session::State::Offline, 5000);
    QVERIFY(!client.ended);
}

QTEST_GUILESS_MAIN(TestSipSession)
#include "tst_sipsession.moc"
