// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/simpleroster.h"
#include "protocols/sip/simple/localcontacts.h"
#include "protocols/sip/tests/plainworld.h"

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Plain SIP: signing in and messages, where a server can be made to say anything.
class TestSimpleSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void registers();
    void contactsOfANewAccount();
    void foundOut_data();
    void foundOut();
    void intervalTooBrief();
    void keepsTheLineAlive();
    void delivered_data();
    void delivered();
    void inOrder();
    void failures_data();
    void failures();
    void challengedInDialog();
    void falseProof();
    void received_data();
    void received();
    void refusedMessages_data();
    void refusedMessages();
    void answeredWhenStored();
    void onceOnly();
    void olderThanWeAre();
    void reports();
    void typing();
    void typingRefused();
    void otherRequests_data();
    void otherRequests();
    void badHeaders();
};

void TestSimpleSession::registers()
{
    PlainWorld w;
    w.open();
    QCOMPARE(w.session->state(), Session::State::Online);
    const SipMessage request = w.seen.first();
    QCOMPARE(request.method, "REGISTER"_ba);
    QCOMPARE(request.uri, "sip:x.test"_ba);
    QVERIFY(request.header("Contact").startsWith(
        "<sip:ann@127.0.0.1:40000;transport=tls>;+sip.instance=\"<urn:uuid:"));
    QVERIFY(request.header("User-Agent").startsWith("Linchpin/"));
    for (const SipMessage &m : std::as_const(w.seen)) {
        const QByteArray wire = serialize(m).toLower();
        for (const char *theirs : { "epid", "ms-", "msrtc", "microsoft", "proxy=replace" }) {
            QVERIFY2(!wire.contains(theirs), wire.constData());
        }
    }
    // Refreshed before it ends.
    w.advance(3599s);
    QCOMPARE(w.count("REGISTER"_ba), 2);
    QCOMPARE(w.session->state(), Session::State::Online);
    w.session->close();
    w.settle();
    QCOMPARE(w.last("REGISTER"_ba).headerLines("Expires"), QByteArrayList { "0"_ba });
    QCOMPARE(w.session->state(), Session::State::Offline);
}

/// What an import hands to a plugin is what its first session reads.
void TestSimpleSession::contactsOfANewAccount()
{
    QList<ContactSnapshot> contacts(3);
    contacts[0].address = { u"sip:Ben@X.example"_s };
    contacts[0].name = u"Zażółć"_s;
    contacts[0].groups = { u"Współpracownicy"_s };
    contacts[1].address = { u"no address"_s };
    contacts[2].address = { u"eve@x.example"_s };
    contacts[2].blocked = true;
    LocalContacts expected;
    expected.people.insert(u"ben@x.example"_s,
        { .address = u"ben@x.example"_s, .name = u"Zażółć"_s, .groups = { u"Współpracownicy"_s } });
    expected.people.insert(u"eve@x.example"_s, { .address = u"eve@x.example"_s, .blocked = true });
    const QByteArrayList pieces = SimpleRoster::stateWith(contacts).values();
    QCOMPARE(LocalContacts::unpacked(pieces), expected);
}

void TestSimpleSession::foundOut_data()
{
    QTest::addColumn<QString>("flavour");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("plain");
    QTest::newRow("nothing") << u"auto"_s << ""_ba << true;
    QTest::newRow("SIP of today") << u"auto"_s << "Supported: path, outbound, gruu"_ba << true;
    QTest::newRow("another server") << u"auto"_s << "Server: kamailio (6.0)"_ba << true;
    QTest::newRow("presence") << u"auto"_s << "Allow-Events: presence, dialog"_ba << true;
    QTest::newRow("OCS") << u"auto"_s << "Supported: msrtc-event-categories"_ba << false;
    QTest::newRow("LCS") << u"auto"_s << "Allow-Events: vnd-microsoft-provisioning"_ba << false;
    QTest::newRow("by name") << u"auto"_s << "Server: RTC/3.5"_ba << false;
    QTest::newRow("keep-alive") << u"auto"_s << "ms-keep-alive: UAS; timeout=300"_ba << false;
    QTest::newRow("chosen") << u"standard"_s << "Server: RTC/3.5"_ba << true;
    QTest::newRow("chosen otherwise") << u"lync"_s << ""_ba << false;
    QTest::newRow("chosen older") << u"ocs2007"_s << ""_ba << false;
}

void TestSimpleSession::foundOut()
{
    QFETCH(QString, flavour);
    QFETCH(QByteArray, header);
    QFETCH(bool, plain);
    PlainWorld w;
    w.settings.set(u"flavour"_s, flavour);
    if (!header.isEmpty()) {
        w.answerHeaders["REGISTER"_ba] = { header };
    }
    w.open();
    QCOMPARE(w.session->state(), Session::State::Online);
    QCOMPARE(w.count("PUBLISH"_ba) > 0, plain);
    QCOMPARE(!w.subscription("vnd-microsoft-roaming-contacts"_ba).method.isEmpty(), !plain);
}

void TestSimpleSession::intervalTooBrief()
{
    PlainWorld w;
    w.statuses["REGISTER"_ba] = 423;
    w.answerHeaders["REGISTER"_ba] = { "Min-Expires: 7200"_ba };
    w.open();
    QCOMPARE(w.count("REGISTER"_ba), 2); // once for as long as was asked for, then it is a refusal
    QCOMPARE(w.last("REGISTER"_ba).header("Expires"), "7200"_ba);
    QVERIFY(w.ended);
}

void TestSimpleSession::keepsTheLineAlive()
{
    PlainWorld w;
    w.open();
    for (int i = 0; i < 4; ++i) {
        w.clock.advance(60s);
        QCoreApplication::processEvents();
    }
    QVERIFY(w.line->takeWritten().contains("\r\n\r\n"));
}

void TestSimpleSession::delivered_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<DeliveryState>("state");
    QTest::newRow("there") << 200 << DeliveryState::Delivered;
    QTest::newRow("kept by somebody") << 202 << DeliveryState::Sent;
}

void TestSimpleSession::delivered()
{
    QFETCH(int, status);
    PlainWorld w;
    w.open();
    w.statuses["MESSAGE"_ba] = status;
    const auto sent = w.send(u"Zażółć\ngęślą 🦄"_s);
    QVERIFY(sent.isFinished() && sent.result());
    QTEST(sent.result()->state, "state");
    const SipMessage message = w.last("MESSAGE"_ba);
    QCOMPARE(message.uri, "sip:bob@x.test"_ba);
    QVERIFY(!message.hasHeader("Contact")); // RFC 3428 4
    QCOMPARE(message.header("Content-Type"), "text/plain; charset=UTF-8"_ba);
    QCOMPARE(QString::fromUtf8(message.body), u"Zażółć\r\ngęślą 🦄"_s);
    QCOMPARE(sent.result()->remoteId,
        QString::fromUtf8(message.header("Call-ID") + ";" + message.header("CSeq").first(1)));
}

void TestSimpleSession::inOrder()
{
    PlainWorld w;
    w.open();
    w.statuses["MESSAGE"_ba] = 0;
    const auto one = w.send(u"one"_s);
    const auto two = w.send(u"two"_s);
    const auto other = w.send(u"other"_s, u"carol@x.test"_s);
    QCOMPARE(w.count("MESSAGE"_ba), 2); // one to each of them
    w.statuses.remove("MESSAGE"_ba);
    for (const SipMessage &m : QList<SipMessage>(w.seen)) {
        if (m.method == "MESSAGE" && m.body == "one") {
            w.answer(m);
        }
    }
    w.settle();
    QVERIFY(one.isFinished() && two.isFinished() && !other.isFinished());
    QCOMPARE(w.last("MESSAGE"_ba).body, "two"_ba);
    w.advance(40s);
    QVERIFY(other.isFinished());
    QCOMPARE(other.result().error().code, u"delivery-timeout"_s);
    w.statuses["MESSAGE"_ba] = 0;
    const auto lost = w.send(u"three"_s);
    w.line->breakOff();
    w.settle();
    QVERIFY(lost.isFinished());
    QCOMPARE(lost.result().error().code, u"connection-lost"_s);
}

void TestSimpleSession::failures_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");
    QTest::newRow("404") << 404 << u"recipient-unknown"_s;
    QTest::newRow("408") << 408 << u"recipient-silent"_s;
    QTest::newRow("413") << 413 << u"message-too-long"_s;
    QTest::newRow("415") << 415 << u"message-type-unsupported"_s;
    QTest::newRow("480") << 480 << u"recipient-offline"_s;
    QTest::newRow("486") << 486 << u"recipient-busy"_s;
    QTest::newRow("488") << 488 << u"message-type-unsupported"_s;
    QTest::newRow("503") << 503 << u"service-unavailable"_s;
    QTest::newRow("603") << 603 << u"recipient-declined"_s;
    QTest::newRow("403") << 403 << u"message-not-allowed"_s;
    QTest::newRow("302") << 302 << u"delivery-failed"_s;
}

void TestSimpleSession::failures()
{
    QFETCH(int, status);
    PlainWorld w;
    w.open();
    w.statuses["MESSAGE"_ba] = status;
    const auto sent = w.send(u"hello"_s);
    QVERIFY(sent.isFinished() && !sent.result());
    QTEST(sent.result().error().code, "code");
    QCOMPARE(sent.result().error().detail, u"%1 Words"_s.arg(status));
    QVERIFY(!sent.result().error().title.isEmpty());
    // The next one goes out all the same.
    w.statuses.remove("MESSAGE"_ba);
    QVERIFY(w.send(u"again"_s).result());
}

/// RFC 3261 22.2 inside a dialog: the number counts on, for what follows too.
void TestSimpleSession::challengedInDialog()
{
    PlainWorld w;
    w.open();
    w.add(bob);
    const SipMessage first = w.subscription("presence"_ba);
    w.challenged.insert("SUBSCRIBE"_ba);
    const int before = w.count("SUBSCRIBE"_ba);
    w.advance(3500s); // everything is refreshed
    const SipMessage again = w.subscription("presence"_ba);
    QVERIFY(w.count("SUBSCRIBE"_ba) > before);
    QCOMPARE(again.header("Call-ID"), first.header("Call-ID"));
    QVERIFY(again.header("Proxy-Authorization").contains("qop=auth,"));
    const quint32 number = parseCSeq(again.header("CSeq"))->number;
    QVERIFY(number >= 3);
    w.advance(3500s);
    const SipMessage next = w.subscription("presence"_ba);
    QCOMPARE(next.header("Call-ID"), first.header("Call-ID"));
    QVERIFY(parseCSeq(next.header("CSeq"))->number > number);
    QVERIFY(next.header("Proxy-Authorization").contains("nonce=\"n\"")); // it still holds
}

/// A server that wants to prove itself must know the password.
void TestSimpleSession::falseProof()
{
    PlainWorld w;
    w.open();
    w.challenged.insert("MESSAGE"_ba);
    QVERIFY(w.send(u"hello"_s).result());
    const auto proofOf = [&](const QByteArray &password, const SipMessage &request) {
        const auto header = parseAuthHeader(request.header("Proxy-Authorization"));
        const QByteArray response = digestResponse({ .user = header->parameters.value("username"),
            .password = password,
            .realm = "x"_ba,
            .uri = request.uri,
            .nonce = "n"_ba,
            .clientNonce = header->parameters.value("cnonce"),
            .count = header->parameters.value("nc") });
        return "Proxy-Authentication-Info: qop=auth, rspauth=\"" + response + "\", cnonce=\""
            + header->parameters.value("cnonce") + "\", nc=" + header->parameters.value("nc");
    };
    w.statuses["MESSAGE"_ba] = 0;
    const auto good = w.send(u"one"_s);
    const SipMessage one = w.last("MESSAGE"_ba);
    w.statuses["MESSAGE"_ba] = 200;
    w.answerHeaders["MESSAGE"_ba] = { proofOf("pw"_ba, one) };
    w.answer(one);
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Online);
    w.statuses["MESSAGE"_ba] = 0;
    w.send(u"two"_s);
    const SipMessage two = w.last("MESSAGE"_ba);
    w.statuses["MESSAGE"_ba] = 200;
    w.answerHeaders["MESSAGE"_ba] = { proofOf("guess"_ba, two) };
    w.answer(two);
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Offline);
    QVERIFY(w.ended);
}

void TestSimpleSession::received_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("text");
    QTest::newRow("plain") << "text/plain;charset=UTF-8"_ba << "こんにちは\r\n世界"_ba
                           << u"こんにちは\n世界"_s;
    QTest::newRow("no charset") << "text/plain"_ba << "Zażółć"_ba << u"Zażółć"_s;
    QTest::newRow("html") << "text/html"_ba
                          << "<p>مرحبا <b>x</b><script>alert(1)</script></p>"_ba << u"مرحبا x"_s;
    QTest::newRow("both") << "multipart/alternative;boundary=b"_ba
                          << "--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b\r\n"
                             "Content-Type: text/html\r\n\r\n<i>rich</i>\r\n--b--\r\n"_ba
                          << u"rich"_s;
    QTest::newRow("CPIM")
        << "message/cpim"_ba
        << "From: <im:bob@x.test>\r\n\r\nContent-Type: text/plain\r\n\r\n👩‍👩‍👧‍👦"_ba
        << u"👩‍👩‍👧‍👦"_s;
}

void TestSimpleSession::received()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    PlainWorld w;
    w.open();
    w.message(1, type, body);
    QCOMPARE(w.answered().status, 200);
    const auto messages = w.told<MessageReceived>();
    QCOMPARE(messages.size(), 1);
    QTEST(messages.first().message.body.plain(), "text");
    QCOMPARE(messages.first().message.with, bob);
    QCOMPARE(messages.first().message.fromName, u"Bob B."_s);
    QCOMPARE(messages.first().message.remoteId, u"theirs;1"_s);
    QVERIFY(!messages.first().message.delayed);
}

void TestSimpleSession::refusedMessages_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArrayList>("headers");
    QTest::addColumn<int>("status");
    const QByteArrayList none;
    QTest::newRow("picture") << "image/png"_ba << "x"_ba << none << 415;
    QTest::newRow("packed") << "text/plain"_ba << "x"_ba
                            << QByteArrayList { "Content-Encoding: gzip"_ba } << 415;
    QTest::newRow("too long") << "text/plain"_ba << QByteArray(qsizetype { 300 } * 1024, 'x')
                              << none << 413;
    QTest::newRow("wrapped, too long")
        << "message/cpim"_ba << QByteArray(qsizetype { 300 } * 1024, 'x') << none << 413;
    QTest::newRow("wrapped badly") << "message/cpim"_ba << "x"_ba << none << 400;
    QTest::newRow("parts without a boundary")
        << "multipart/alternative"_ba << "--b--"_ba << none << 400;
    QTest::newRow("nothing") << "text/plain"_ba << ""_ba << none << 200;
    QTest::newRow("a report nobody asked for")
        << "message/imdn+xml"_ba << "<imdn/>"_ba << none << 200;
}

void TestSimpleSession::refusedMessages()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QFETCH(QByteArrayList, headers);
    PlainWorld w;
    w.open();
    w.message(1, type, body, headers);
    QTEST(w.answered().status, "status");
    QVERIFY(w.told<MessageReceived>().isEmpty());
    QCOMPARE(w.answered().status == 415, w.answered().hasHeader("Accept"));
}

void TestSimpleSession::answeredWhenStored()
{
    PlainWorld w;
    w.storing = false;
    w.open();
    const qsizetype before = w.seen.size();
    w.message(1, "text/plain"_ba, "hello"_ba);
    QCOMPARE(w.seen.size(), before);
    w.message(1, "text/plain"_ba, "hello"_ba); // once more: still nobody has it
    QCOMPARE(w.seen.size(), before);
    w.told<MessageReceived>().first().stored();
    w.settle();
    QCOMPARE(w.answered().status, 200);
    QCOMPARE(w.seen.size(), before + 1);
}

void TestSimpleSession::onceOnly()
{
    PlainWorld w;
    w.open();
    w.message(1, "text/plain"_ba, "hello"_ba);
    const qsizetype before = w.seen.size();
    w.message(1, "text/plain"_ba, "hello"_ba); // by another way
    QCOMPARE(w.seen.size(), before + 1);
    QCOMPARE(w.answered().status, 200);
    QCOMPARE(w.told<MessageReceived>().size(), 1);
    w.message(2, "text/plain"_ba, "hello"_ba); // said twice
    QCOMPARE(w.told<MessageReceived>().size(), 2);
}

void TestSimpleSession::olderThanWeAre()
{
    PlainWorld w;
    w.open();
    const QDateTime written = w.clock.now().addDays(-1);
    w.message(1, "text/plain"_ba, "kept"_ba,
        { "Date: "_ba
            + QLocale::c().toString(written, u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s).toLatin1() });
    const InboundMessage message = w.told<MessageReceived>().first().message;
    QVERIFY(message.delayed);
    QCOMPARE(message.sentAt.toSecsSinceEpoch(), written.toSecsSinceEpoch());
}

void TestSimpleSession::reports()
{
    PlainWorld w;
    w.open();
    const CpimMessage asking { .from = bob,
        .to = u"ann@x.test"_s,
        .sentAt = w.clock.now(),
        .messageId = u"id77"_s,
        .wantsDelivery = true,
        .contentType = "text/plain"_ba,
        .body = "did you get it?"_ba };
    w.message(1, "message/cpim"_ba, buildCpim(asking));
    const SipMessage report = w.last("MESSAGE"_ba);
    QCOMPARE(report.uri, "sip:bob@x.test"_ba);
    QCOMPARE(report.header("Content-Type"), "message/cpim"_ba);
    const auto wrapper = parseCpim(report.body);
    QVERIFY(wrapper);
    QCOMPARE(wrapper->contentType, "message/imdn+xml"_ba);
    QVERIFY(!wrapper->wantsDelivery); // RFC 5438 8: never a report about a report
    const auto notice = parseDispositionNotice(wrapper->body);
    QVERIFY(notice);
    QCOMPARE(notice->messageId, u"id77"_s);
    QCOMPARE(notice->status, DispositionNotice::Status::Delivered);
    // Their report, wrapped in the same way, is no message.
    w.message(2, "message/cpim"_ba, report.body);
    QCOMPARE(w.answered().status, 200);
    QCOMPARE(w.told<MessageReceived>().size(), 1);
    QCOMPARE(w.count("MESSAGE"_ba), 1);
}

void TestSimpleSession::typing()
{
    PlainWorld w;
    w.open();
    TypingFacet *typing = w.session->typing();
    typing->setTyping(bob, ConversationKind::Person, true);
    typing->setTyping(bob, ConversationKind::Person, true);
    w.settle();
    QCOMPARE(w.count("MESSAGE"_ba), 1);
    QCOMPARE(w.last("MESSAGE"_ba).header("Content-Type"), "application/im-iscomposing+xml"_ba);
    QVERIFY(parseComposing(w.last("MESSAGE"_ba).body)->active);
    w.advance(95s); // still at it
    QCOMPARE(w.count("MESSAGE"_ba), 2);
    typing->setTyping(bob, ConversationKind::Person, false);
    w.settle();
    QVERIFY(!parseComposing(w.last("MESSAGE"_ba).body)->active);
    w.advance(200s);
    QCOMPARE(w.count("MESSAGE"_ba), 3);

    // Theirs: it ends by a message, and by itself.
    const QByteArray type = kComposingType.toByteArray();
    w.message(1, type, buildComposing(true));
    QCOMPARE(w.answered().status, 200);
    QCOMPARE(w.told<TypingChanged>().size(), 1);
    QVERIFY(w.told<TypingChanged>().last().composing);
    w.message(2, "text/plain"_ba, "done"_ba);
    QCOMPARE(w.told<TypingChanged>().size(), 2);
    QVERIFY(!w.told<TypingChanged>().last().composing);
    w.message(3, type, buildComposing(true));
    w.message(4, type, buildComposing(true));
    QCOMPARE(w.told<TypingChanged>().size(), 3);
    w.advance(125s);
    QCOMPARE(w.told<TypingChanged>().size(), 4);
    QVERIFY(!w.told<TypingChanged>().last().composing);
}

void TestSimpleSession::typingRefused()
{
    PlainWorld w;
    w.open();
    w.statuses["MESSAGE"_ba] = 415;
    TypingFacet *typing = w.session->typing();
    typing->setTyping(bob, ConversationKind::Person, true);
    w.settle();
    QCOMPARE(w.count("MESSAGE"_ba), 1);
    w.advance(100s);
    typing->setTyping(bob, ConversationKind::Person, false);
    typing->setTyping(bob, ConversationKind::Person, true);
    w.settle();
    QCOMPARE(w.count("MESSAGE"_ba), 1); // not again
    typing->setTyping(u"#room"_s, ConversationKind::Room, true);
    w.settle();
    QCOMPARE(w.count("MESSAGE"_ba), 1);
}

void TestSimpleSession::otherRequests_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<int>("status");
    QTest::newRow("OPTIONS") << "OPTIONS"_ba << 200;
    QTest::newRow("a call") << "INVITE"_ba << 488;
    QTest::newRow("SUBSCRIBE") << "SUBSCRIBE"_ba << 489;
    QTest::newRow("BYE") << "BYE"_ba << 481;
    QTest::newRow("NOTIFY of nothing") << "NOTIFY"_ba << 481;
    QTest::newRow("REFER") << "REFER"_ba << 405;
    QTest::newRow("unknown") << "DANCE"_ba << 405;
    QTest::newRow("ACK") << "ACK"_ba << 0;
}

void TestSimpleSession::otherRequests()
{
    QFETCH(QByteArray, method);
    QFETCH(int, status);
    PlainWorld w;
    w.open();
    const qsizetype before = w.seen.size();
    w.feed(w.request(method, 1));
    QCOMPARE(w.seen.size(), before + (status != 0 ? 1 : 0));
    if (status != 0) {
        QCOMPARE(w.answered().status, status);
        QCOMPARE(w.answered().hasHeader("Allow"), status == 200 || status == 405);
    }
}

void TestSimpleSession::badHeaders()
{
    PlainWorld w;
    w.open();
    SipMessage wrong = w.request("MESSAGE"_ba, 1);
    wrong.setHeader("CSeq"_ba, "1 INVITE"_ba);
    wrong.setBody("text/plain"_ba, "x"_ba);
    w.feed(wrong);
    QCOMPARE(w.answered().status, 400);
    QVERIFY(w.told<MessageReceived>().isEmpty());
}

QTEST_GUILESS_MAIN(TestSimpleSession)
#include "tst_simplesession.moc"
