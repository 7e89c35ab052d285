// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/auth/ntlmacceptor.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "protocols/sip/wire/sipframer.h"
#include "protocols/sip/wire/sipparser.h"
#include "tests/support/fakeservices.h"
#include "tests/support/manualclock.h"

#include <QSignalSpy>
#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

RandomBytes countingRandom()
{
    return [n = std::make_shared<int>(0)](int count) { return QByteArray(count, char(++*n)); };
}

/// A session in memory and a registrar that answers what a test does not want to answer itself.
struct World {
    test::ManualClock clock;
    test::FakeServices services { clock };
    SettingValues settings;
    std::unique_ptr<SipSession> session;
    std::unique_ptr<ServerMessageSigner> signer;
    test::MemoryTransport *line = nullptr;
    SipFramer framer;
    QByteArray keepAlives; ///< what came between messages
    QList<SipMessage> seen; ///< everything the session sent
    QSet<QByteArray> ignored; ///< methods that get no answer
    QList<SessionEvent> events;
    std::optional<Error> ended;

    World()
    {
        settings.set(u"address"_s, u"ben@litwareinc.com"_s);
        settings.set(u"server"_s, u"pool.test"_s);
        services.secrets.insert(u"password"_s, u"pw"_s);
    }

    void open()
    {
        session = std::make_unique<SipSession>(accountSchema().complete(settings), services);
        QObject::connect(session.get(), &Session::event, session.get(),
            [this](const SessionEvent &event) { events.append(event); });
        QObject::connect(
            session.get(), &Session::ended, session.get(), [this](const Error &e) { ended = e; });
        session->open({ .availability = Availability::Available });
        settle();
    }

    /// Moves everything that waits: futures, and what the session wrote.
    void settle()
    {
        for (int i = 0; i < 20; ++i) {
            QCoreApplication::processEvents();
            QCoreApplication::sendPostedEvents();
            pump();
        }
    }
    void advance(std::chrono::milliseconds by)
    {
        clock.advance(by);
        settle();
    }

    void pump()
    {
        if (services.transport() != line) {
            line = services.transport();
            framer = SipFramer();
            newSigner();
        }
        if (line == nullptr) {
            return;
        }
        const QByteArray bytes = line->takeWritten();
        if (bytes == "\r\n\r\n") {
            keepAlives += bytes;
        }
        framer.feed(bytes);
        for (auto frame = framer.next(); frame && *frame; frame = framer.next()) {
            const auto message = parseMessage(**frame);
            QVERIFY(message);
            seen.append(*message);
            if (message->isRequest() && !ignored.contains(message->method)) {
                answer(*message);
            }
        }
    }

    void newSigner()
    {
        signer = std::make_unique<ServerMessageSigner>(
            std::make_unique<NtlmAcceptor>(
                NtlmAcceptor::Options(),
                [](const QString &, const QString &) { return std::optional(u"pw"_s); },
                countingRandom(), clock.now()),
            SecurityParameters { .scheme = {},
                .realm = "r"_ba,
                .targetName = "pool.test"_ba,
                .opaque = {},
                .version = 4 },
            countingRandom());
    }

    void answer(const SipMessage &request)
    {
        if (request.method == "ACK") {
            return;
        }
        if (request.method != "REGISTER") {
            SipMessage ok = makeResponse(request, 200, "OK"_ba, {}, "srv"_ba);
            feedSigned(ok);
            return;
        }
        const QByteArray authorization = request.header("Authorization");
        SipMessage challenge = makeResponse(request, 401, "Unauthorized"_ba, {}, "srv"_ba);
        if (authorization.isEmpty()) {
            if (signer->isEstablished()) {
                newSigner(); // re-authentication
            }
            challenge.addHeader("WWW-Authenticate"_ba, signer->offer());
            feed(challenge);
            return;
        }
        if (!signer->isEstablished()) {
            const auto next = signer->accept(*parseAuthHeader(authorization));
            QVERIFY(next);
            if (!next->isEmpty()) {
                challenge.addHeader("WWW-Authenticate"_ba, *next);
                feed(challenge);
                return;
            }
        }
        QVERIFY(signer->verify(request));
        SipMessage ok = makeResponse(request, 200, "OK"_ba, {}, "srv"_ba);
        ok.addHeader("Expires"_ba, "3600"_ba);
        ok.addHeader("ms-keep-alive"_ba, "UAS; hop-hop=yes; timeout=300"_ba);
        ok.addHeader("presence-state"_ba, "register-action=\"refreshed\""_ba);
        feedSigned(ok);
    }

    void feed(const SipMessage &message) const { line->feed(serialize(message)); }
    void feedSigned(SipMessage message)
    {
        signer->sign(message);
        feed(message);
    }
    int count(const QByteArray &method) const
    {
        return int(
            std::ranges::count_if(seen, [&](const SipMessage &m) { return m.method == method; }));
    }
    SipMessage last(const QByteArray &method) const
    {
        for (qsizetype i = seen.size() - 1; i >= 0; --i) {
            if (seen.at(i).method == method) {
                return seen.at(i);
            }
        }
        return {};
    }
    template <class T> QList<T> told() const
    {
        QList<T> list;
        for (const SessionEvent &event : events) {
            if (const auto *one = std::get_if<T>(&event)) {
                list.append(*one);
            }
        }
        return list;
    }

    SipMessage request(const QByteArray &method, int number, const QByteArray &tag = {}) const
    {
        SipMessage m = SipMessage::request(method, "sip:ben@litwareinc.com"_ba);
        m.addHeader("Via"_ba, "SIP/2.0/TLS pool.test:5061;branch=z9hG4bK1"_ba);
        m.addHeader("From"_ba, "sip:ann@litwareinc.com;tag=a1;epid=e1"_ba);
        m.addHeader("To"_ba,
            tag.isEmpty() ? "<sip:ben@litwareinc.com>"_ba : "<sip:ben@litwareinc.com>;tag=" + tag);
        m.addHeader("Call-ID"_ba, "theirs"_ba);
        m.addHeader("CSeq"_ba, QByteArray::number(number) + ' ' + method);
        return m;
    }
};

} // namespace

/// The session without a network: timers, discovery, what a server may do wrong.
class TestSipSessionMemory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signsInByteByByte();
    void asksDnsInOrder();
    void asksNoDnsBesideProxy();
    void rememberedServer();
    void keepsTheLineAlive();
    void refreshesBeforeItExpires();
    void authenticatesAgain();
    void silentServerWhileProbing();
    void silentSignOut();
    void messageWithoutAnswer();
    void unsignedAndForgedMessages();
    void requestsOfTheServer_data();
    void requestsOfTheServer();
    void rubbishInOneMessage();
    void lostLineFailsWhatWaits();
    void noPassword();
};

void TestSipSessionMemory::signsInByteByByte()
{
    World w;
    w.open();
    QCOMPARE(w.session->state(), Session::State::Online);
    QCOMPARE(w.services.endpoints.first().host, u"pool.test"_s);
    QCOMPARE(w.services.endpoints.first().port, 5061);
    QCOMPARE(w.services.endpoints.first().security, Endpoint::Security::Tls);
    QVERIFY(w.services.lookups.isEmpty());
    // One message in one-byte pieces, two in one piece.
    SipMessage options = w.request("OPTIONS"_ba, 1);
    w.signer->sign(options);
    for (const char c : serialize(options)) {
        w.line->feed(QByteArray(1, c));
    }
    SipMessage second = w.request("OPTIONS"_ba, 2);
    w.signer->sign(second);
    SipMessage third = w.request("OPTIONS"_ba, 3);
    w.signer->sign(third);
    w.line->feed("\r\n\r\n" + serialize(second) + serialize(third));
    w.settle();
    int answers = 0;
    for (const SipMessage &m : w.seen) {
        answers += m.isResponse() && m.status == 200 && m.header("CSeq").endsWith("OPTIONS");
    }
    QCOMPARE(answers, 3);
}

void TestSipSessionMemory::asksDnsInOrder()
{
    World w;
    w.settings.remove(u"server"_s);
    w.services.services.insert(
        u"_sip._tls.litwareinc.com"_s, { { .target = u"edge.litwareinc.com"_s, .port = 443 } });
    w.services.onConnect = [](const Endpoint &endpoint) -> Result<void> {
        if (endpoint.host.startsWith(u"edge")) {
            return {};
        }
        Error error;
        error.code = u"name-not-found"_s;
        return std::unexpected(error);
    };
    w.open();
    QCOMPARE(w.services.lookups.size(), 4);
    QVERIFY(!w.services.lookups.contains(u"_sipfederationtls._tcp.litwareinc.com"_s));
    QCOMPARE(w.services.endpoints.first().host, u"edge.litwareinc.com"_s);
    QCOMPARE(w.session->state(), Session::State::Online);
}

void TestSipSessionMemory::asksNoDnsBesideProxy()
{
    for (const auto type : { ProxySettings::Type::Http, ProxySettings::Type::Socks5 }) {
        World w;
        w.settings.remove(u"server"_s);
        w.services.proxySettings.type = type;
        w.open();
        QVERIFY(w.services.lookups.isEmpty());
        QCOMPARE(w.session->state(), Session::State::Online);
        QCOMPARE(w.services.endpoints.first().host, u"sipinternal.litwareinc.com"_s);
        // Autodiscover was asked all the same: over HTTP, names are the proxy's business.
        QCOMPARE(w.services.requests.size(), 4);
    }
}

void TestSipSessionMemory::rememberedServer()
{
    World w;
    w.settings.remove(u"server"_s);
    w.open();
    QCOMPARE(w.services.states.value(u"server"_s),
        "litwareinc.com sipinternal.litwareinc.com 5061 tls"_ba);
    const qsizetype asked = w.services.requests.size() + w.services.lookups.size();
    w.session->close();
    w.settle();
    w.session->open({});
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Online);
    QCOMPARE(w.services.requests.size() + w.services.lookups.size(), asked);
    // Elsewhere it cannot be reached: everything is asked again.
    w.session->close();
    w.settle();
    w.services.onConnect = [](const Endpoint &endpoint) -> Result<void> {
        if (!endpoint.host.startsWith(u"sipinternal")) {
            return {};
        }
        Error error;
        error.code = u"name-not-found"_s;
        return std::unexpected(error);
    };
    w.session->open({});
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Online);
    QVERIFY(w.services.requests.size() + w.services.lookups.size() > asked);
    QCOMPARE(w.services.states.value(u"server"_s),
        "litwareinc.com sipexternal.litwareinc.com 443 tls"_ba);
}

void TestSipSessionMemory::keepsTheLineAlive()
{
    World w;
    w.open();
    w.advance(200s);
    QVERIFY(w.keepAlives.isEmpty());
    w.advance(80s);
    QCOMPARE(w.keepAlives, "\r\n\r\n"_ba);
    w.advance(280s);
    QCOMPARE(w.keepAlives, "\r\n\r\n\r\n\r\n"_ba);
    QCOMPARE(w.session->state(), Session::State::Online);
}

void TestSipSessionMemory::refreshesBeforeItExpires()
{
    World w;
    w.open();
    const int before = w.count("REGISTER"_ba);
    w.advance(3560s);
    QCOMPARE(w.count("REGISTER"_ba), before);
    w.advance(15s);
    QCOMPARE(w.count("REGISTER"_ba), before + 1);
    w.advance(3600s);
    QCOMPARE(w.count("REGISTER"_ba), before + 2);
    QCOMPARE(w.session->state(), Session::State::Online);
}

void TestSipSessionMemory::authenticatesAgain()
{
    World w;
    w.open();
    const ServerMessageSigner *before = w.signer.get();
    for (int hour = 0; hour < 8; ++hour) {
        for (int i = 0; i < 12; ++i) {
            w.advance(5min);
        }
    }
    QVERIFY(w.signer.get() != before);
    QCOMPARE(w.session->state(), Session::State::Online);
    QVERIFY(!w.ended);
    QVERIFY(w.told<ServerNotice>().isEmpty());
}

void TestSipSessionMemory::silentServerWhileProbing()
{
    World w;
    w.open();
    w.ignored.insert("REGISTER"_ba);
    w.session->probe();
    w.advance(11s);
    QVERIFY(w.ended);
    QCOMPARE(w.ended->code, u"timed-out"_s);
    QCOMPARE(w.session->state(), Session::State::Offline);
}

void TestSipSessionMemory::silentSignOut()
{
    World w;
    w.open();
    w.ignored.insert("REGISTER"_ba);
    w.session->close();
    QCOMPARE(w.session->state(), Session::State::Closing);
    w.advance(3s);
    QCOMPARE(w.session->state(), Session::State::Offline);
    QVERIFY(!w.ended);
    QCOMPARE(w.last("REGISTER"_ba).header("Expires"), "0"_ba);
    QVERIFY(w.line->isClosed());
}

void TestSipSessionMemory::messageWithoutAnswer()
{
    World w;
    w.open();
    w.ignored.insert("INVITE"_ba);
    OutgoingMessage message;
    message.localId = u"1"_s;
    message.to = u"ann@litwareinc.com"_s;
    message.body = RichText::fromPlain(u"hello"_s);
    const Async<SentMessage> sent = w.session->send(message);
    w.advance(50s);
    QVERIFY(!sent.isFinished());
    w.advance(15s);
    QVERIFY(sent.isFinished());
    QVERIFY(!sent.result());
    QCOMPARE(sent.result().error().code, u"delivery-timeout"_s);
    QCOMPARE(w.count("CANCEL"_ba), 1);
    QCOMPARE(w.last("CANCEL"_ba).header("CSeq"), "1 CANCEL"_ba);
    QCOMPARE(w.session->state(), Session::State::Online);
}

void TestSipSessionMemory::unsignedAndForgedMessages()
{
    World w;
    w.open();
    w.feed(w.request("OPTIONS"_ba, 1));
    w.feed(w.request("OPTIONS"_ba, 2));
    w.settle();
    const QList<ServerNotice> notices = w.told<ServerNotice>();
    QCOMPARE(std::ranges::count(notices, u"unsigned-message"_s, &ServerNotice::code), 1);
    QCOMPARE(w.session->state(), Session::State::Online);
    SipMessage replayed = w.request("OPTIONS"_ba, 3);
    w.signer->sign(replayed);
    w.feed(replayed);
    w.feed(replayed);
    w.settle();
    int answers = 0;
    for (const SipMessage &m : w.seen) {
        answers += m.isResponse() && m.header("CSeq").endsWith("OPTIONS");
    }
    QCOMPARE(answers, 1);
    SipMessage forged = w.request("MESSAGE"_ba, 4);
    w.signer->sign(forged);
    forged.setHeader("From"_ba, "<sip:eve@litwareinc.com>;tag=a1"_ba);
    w.feed(forged);
    w.settle();
    QVERIFY(w.ended);
    QCOMPARE(w.ended->code, u"bad-signature"_s);
}

void TestSipSessionMemory::requestsOfTheServer_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<int>("status");
    QTest::newRow("unknown method") << "PUBLISH"_ba << 501;
    QTest::newRow("compression is declined") << "NEGOTIATE"_ba << 501;
    QTest::newRow("info of no dialog") << "INFO"_ba << 481;
    QTest::newRow("bye of no dialog") << "BYE"_ba << 481;
    QTest::newRow("cancel of nothing") << "CANCEL"_ba << 481;
    QTest::newRow("notify is answered") << "NOTIFY"_ba << 200;
    QTest::newRow("benotify never") << "BENOTIFY"_ba << 0;
    QTest::newRow("invite without session") << "INVITE"_ba << 488;
}

void TestSipSessionMemory::requestsOfTheServer()
{
    QFETCH(QByteArray, method);
    World w;
    w.open();
    w.seen.clear();
    w.feedSigned(w.request(method, 7));
    w.settle();
    int status = 0;
    for (const SipMessage &m : w.seen) {
        if (m.isResponse()) {
            QCOMPARE(status, 0);
            status = m.status;
            QVERIFY(missingMandatoryHeader(m).isEmpty());
            QVERIFY(m.header("To").contains("tag="));
            if (status == 501) {
                QVERIFY(!m.header("Contact").isEmpty());
            }
        }
    }
    QTEST(status, "status");
    QCOMPARE(w.session->state(), Session::State::Online);
}

void TestSipSessionMemory::rubbishInOneMessage()
{
    World w;
    w.open();
    w.line->feed("SIP/2.0 200 OK\r\nno colon here\r\n\r\n");
    w.line->feed("NOTIFY sip:ben@litwareinc.com SIP/2.0\r\nCSeq: 1 NOTIFY\r\n\r\n");
    w.feedSigned(w.request("OPTIONS"_ba, 9));
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Online);
    QVERIFY(w.seen.last().isResponse());
    w.line->feed("HTTP/1.1 400 Bad Request\r\n\r\n");
    w.settle();
    QVERIFY(w.ended);
    QCOMPARE(w.ended->code, u"wrong-protocol"_s);
}

void TestSipSessionMemory::lostLineFailsWhatWaits()
{
    World w;
    w.open();
    w.ignored.insert("INVITE"_ba);
    OutgoingMessage message;
    message.localId = u"1"_s;
    message.to = u"ann@litwareinc.com"_s;
    message.body = RichText::fromPlain(u"hello"_s);
    const Async<SentMessage> sent = w.session->send(message);
    w.settle();
    w.line->breakOff();
    w.settle();
    QVERIFY(w.ended);
    QVERIFY(!w.ended->fatal);
    QVERIFY(sent.isFinished());
    QVERIFY(!sent.result());
    QCOMPARE(sent.result().error().code, u"connection-lost"_s);
}

void TestSipSessionMemory::noPassword()
{
    World w;
    w.services.secrets.clear();
    w.open();
    QVERIFY(w.ended);
    QCOMPARE(w.ended->code, u"no-password"_s);
    QVERIFY(w.services.endpoints.isEmpty());
}

QTEST_GUILESS_MAIN(TestSipSessionMemory)
#include "tst_sipsessionmemory.moc"
