// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/tests/plainworld.h"

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// Plain SIP: contacts and presence, where a server can be made to say anything.
class TestSimplePresence : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void blocked();
    void contactsWatched();
    void contactsSurvive();
    void manyContacts();
    void resourceList();
    void foreignNotify();
    void noPresence();
    void presenceAgain();
    void signingOut();
    void signingOutIsChallenged();
    void signingOutAtOnce();
    void signingOutUnheard();
    void watchers();
};

void TestSimplePresence::blocked()
{
    PlainWorld w;
    w.open();
    w.session->roster()->setBlocked({ bob }, true);
    QVERIFY(w.told<ContactChanged>().last().contact.blocked);
    w.message(1, "text/plain"_ba, "psst"_ba);
    QCOMPARE(w.answered().status, 403);
    QVERIFY(w.told<MessageReceived>().isEmpty());
    // It is not forgotten with the contact.
    w.session->roster()->remove({ bob });
    w.message(2, "text/plain"_ba, "psst"_ba);
    QCOMPARE(w.answered().status, 403);
    w.session->roster()->setBlocked({ bob }, false);
    w.message(3, "text/plain"_ba, "thanks"_ba);
    QCOMPARE(w.answered().status, 200);
}

void TestSimplePresence::contactsWatched()
{
    PlainWorld w;
    w.open();
    w.add(u"sip:Bob@X.test"_s);
    const SipMessage subscribe = w.subscription("presence"_ba);
    QCOMPARE(subscribe.uri, "sip:bob@x.test"_ba);
    QVERIFY(subscribe.header("Accept").contains("application/pidf+xml"));
    QCOMPARE(subscribe.header("Supported"), "eventlist"_ba);
    w.notify(subscribe, 1, "pending;expires=600"_ba);
    QCOMPARE(w.answered().status, 200);
    QCOMPARE(w.told<ContactChanged>().last().contact.subscription, Subscription::Pending);
    QVERIFY(w.told<PresenceChanged>().isEmpty());
    const QByteArray pidf = "application/pidf+xml"_ba;
    w.notify(
        subscribe, 2, "active;expires=600"_ba, pidf, PlainWorld::pidf(bob, Availability::Busy));
    QCOMPARE(w.told<ContactChanged>().last().contact.subscription, Subscription::Both);
    QCOMPARE(w.told<PresenceChanged>().last().presence.availability, Availability::Busy);
    QCOMPARE(w.told<PresenceChanged>().last().address.value, bob);
    // An older one, rubbish, and nothing change nothing.
    w.notify(subscribe, 1, "active"_ba, pidf, PlainWorld::pidf(bob, Availability::Away));
    w.notify(subscribe, 3, "active"_ba, pidf, "rubbish"_ba);
    w.notify(subscribe, 4, "active"_ba);
    QCOMPARE(w.told<PresenceChanged>().size(), 1);
    // Ended for a moment: asked for again at once.
    const int before = w.count("SUBSCRIBE"_ba);
    w.notify(subscribe, 5, "terminated;reason=deactivated"_ba);
    QCOMPARE(w.count("SUBSCRIBE"_ba), before + 1);
    const SipMessage again = w.subscription("presence"_ba);
    QVERIFY(again.header("Call-ID") != subscribe.header("Call-ID"));
    w.notify(subscribe, 6, "active"_ba);
    QCOMPARE(w.answered().status, 481); // of the old one
    // Ended for good.
    w.notify(again, 1, "terminated;reason=rejected"_ba);
    QCOMPARE(w.told<ContactChanged>().last().contact.subscription, Subscription::None);
    QCOMPARE(w.told<PresenceChanged>().last().presence.availability, Availability::Unknown);
    w.advance(2h);
    QCOMPARE(w.subscription("presence"_ba).header("Call-ID"), again.header("Call-ID"));
}

void TestSimplePresence::contactsSurvive()
{
    PlainWorld first;
    first.open();
    first.add(bob);
    ContactSnapshot changed;
    changed.address = { bob };
    changed.name = u"Bób"_s;
    changed.groups = { u"Praca"_s };
    first.session->roster()->update(changed);
    first.session->roster()->add({ { u"no address"_s } });
    QVERIFY(!first.session->roster()->add({ { u"no address"_s } }).result());
    first.add(u"gone@x.test"_s);
    first.session->roster()->remove({ u"gone@x.test"_s });
    first.settle();
    QCOMPARE(first.told<ContactRemoved>().last().address.value, u"gone@x.test"_s);
    QCOMPARE(first.last("SUBSCRIBE"_ba).header("Expires"), "0"_ba);

    PlainWorld next;
    next.services.states = first.services.states;
    next.open();
    const auto contacts = next.told<ContactChanged>();
    QCOMPARE(contacts.size(), 1);
    QCOMPARE(contacts.first().contact, changed);
    QCOMPARE(next.told<ContactListComplete>().first().addresses, QList<ContactAddress> { { bob } });
    QCOMPARE(next.subscription("presence"_ba).uri, "sip:bob@x.test"_ba);
    // And while nobody is signed in.
    next.session->close();
    next.settle();
    QVERIFY(next.session->roster()->add({ { u"carol@x.test"_s } }).result());
    QCOMPARE(next.told<ContactChanged>().last().contact.address.value, u"carol@x.test"_s);
}

void TestSimplePresence::manyContacts()
{
    PlainWorld w;
    w.open();
    w.statuses["SUBSCRIBE"_ba] = 0;
    for (int i = 0; i < 300; ++i) {
        w.session->roster()->add({ { u"p%1@x.test"_s.arg(i) } });
    }
    w.settle();
    const int before = w.count("SUBSCRIBE"_ba);
    QVERIFY(before <= 21); // not all at once; one is for our watchers
    w.session->roster()->remove({ u"p0@x.test"_s }); // makes room for the next
    w.settle();
    QVERIFY(w.count("SUBSCRIBE"_ba) > before);
    w.statuses.remove("SUBSCRIBE"_ba);
    for (const SipMessage &m : QList<SipMessage>(w.seen)) {
        if (m.method == "SUBSCRIBE") {
            w.answer(m);
        }
    }
    w.settle();
    QVERIFY(w.count("SUBSCRIBE"_ba) >= 300);
}

void TestSimplePresence::resourceList()
{
    PlainWorld w;
    w.open();
    w.add(u"friends@x.test"_s);
    const SipMessage subscribe = w.subscription("presence"_ba);
    const QByteArray list = buildResourceList(u"friends@x.test"_s,
        { { .address = bob },
            { .address = u"ed@x.test"_s, .kind = SubscriptionHint::Kind::Terminated } },
        1, true);
    const QByteArray body = buildMultipart(
        { { .contentType = "application/rlmi+xml"_ba, .contentId = "l"_ba, .body = list },
            { .contentType = "application/pidf+xml"_ba,
                .contentId = "1"_ba,
                .body = PlainWorld::pidf(bob, Availability::Away) } },
        "bb"_ba);
    w.notify(subscribe, 1, "active;expires=600"_ba,
        "multipart/related;type=\"application/rlmi+xml\";boundary=bb"_ba, body);
    const auto told = w.told<PresenceChanged>();
    QCOMPARE(told.size(), 2);
    QCOMPARE(told.at(0).address.value, u"ed@x.test"_s);
    QCOMPARE(told.at(0).presence.availability, Availability::Unknown);
    QCOMPARE(told.at(1).address.value, bob);
    QCOMPARE(told.at(1).presence.availability, Availability::Away);
}

/// Nobody can talk into a subscription from outside.
void TestSimplePresence::foreignNotify()
{
    PlainWorld w;
    w.open();
    w.add(bob);
    SipMessage forged = w.subscription("presence"_ba);
    forged.setHeader("Call-ID"_ba, "guess"_ba);
    w.notify(forged, 1, "active"_ba, "application/pidf+xml"_ba,
        PlainWorld::pidf(bob, Availability::Available));
    QCOMPARE(w.answered().status, 481);
    QVERIFY(w.told<PresenceChanged>().isEmpty());
    // Within it, a document about somebody else is about the one who was asked for.
    w.notify(w.subscription("presence"_ba), 1, "active"_ba, "application/pidf+xml"_ba,
        PlainWorld::pidf(u"carol@x.test"_s, Availability::Available));
    QCOMPARE(w.told<PresenceChanged>().last().address.value, bob);
}

void TestSimplePresence::noPresence()
{
    PlainWorld w;
    w.statuses["PUBLISH"_ba] = 489;
    w.statuses["SUBSCRIBE"_ba] = 489;
    w.open();
    w.add(bob);
    w.add(u"carol@x.test"_s);
    const auto notices = w.told<ServerNotice>();
    QCOMPARE(notices.size(), 1);
    QCOMPARE(notices.first().code, u"presence-unavailable"_s);
    QCOMPARE(w.session->state(), Session::State::Online);
    const auto set = w.session->setPresence({ .availability = Availability::Busy });
    QVERIFY(set.isFinished() && set.result());
    QCOMPARE(w.count("PUBLISH"_ba), 1);
}

void TestSimplePresence::presenceAgain()
{
    PlainWorld w;
    w.open();
    QCOMPARE(w.told<OwnPresenceChanged>().size(), 1);
    QVERIFY(!w.last("PUBLISH"_ba).hasHeader("SIP-If-Match"));
    const auto set = w.session->setPresence({ .availability = Availability::Busy });
    w.settle();
    QVERIFY(set.isFinished() && set.result());
    QVERIFY(w.last("PUBLISH"_ba).header("SIP-If-Match").startsWith("etag"));
    QCOMPARE(
        parsePidfDocument(w.last("PUBLISH"_ba).body)->presence.availability, Availability::Busy);
    // The server has forgotten it.
    w.statuses["PUBLISH"_ba] = 412;
    w.session->setPresence({ .availability = Availability::Away });
    w.pump();
    w.statuses.remove("PUBLISH"_ba);
    w.settle();
    QVERIFY(!w.last("PUBLISH"_ba).hasHeader("SIP-If-Match"));
    QCOMPARE(
        parsePidfDocument(w.last("PUBLISH"_ba).body)->presence.availability, Availability::Away);
    QCOMPARE(w.told<OwnPresenceChanged>().last().presence.availability, Availability::Away);
}

void TestSimplePresence::signingOut()
{
    PlainWorld w;
    w.open();
    w.add(bob);
    w.session->close();
    w.settle();
    QCOMPARE(w.last("PUBLISH"_ba).header("Expires"), "0"_ba);
    QVERIFY(w.last("PUBLISH"_ba).body.isEmpty());
    QCOMPARE(w.last("SUBSCRIBE"_ba).header("Expires"), "0"_ba);
    QCOMPARE(w.last("REGISTER"_ba).header("Expires"), "0"_ba);
    QCOMPARE(w.session->state(), Session::State::Offline);
    QVERIFY(!w.ended);
    // And in again.
    w.events.clear();
    w.session->open({ .availability = Availability::Away });
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Online);
    QCOMPARE(w.told<OwnPresenceChanged>().last().presence.availability, Availability::Away);
    QCOMPARE(w.told<ContactChanged>().size(), 1);
}

/// The nonce is stale by then, as a rule: nothing may stay behind at the server.
void TestSimplePresence::signingOutIsChallenged()
{
    PlainWorld w;
    w.open();
    w.challenged = { "PUBLISH"_ba, "REGISTER"_ba };
    w.session->close();
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Offline);
    QVERIFY(w.last("PUBLISH"_ba).hasHeader("Proxy-Authorization"));
    QCOMPARE(w.last("PUBLISH"_ba).header("Expires"), "0"_ba);
    QVERIFY(w.last("REGISTER"_ba).hasHeader("Proxy-Authorization"));
    QCOMPARE(w.last("REGISTER"_ba).header("Expires"), "0"_ba);
    QVERIFY(!w.ended);
}

/// What is published goes with us though its entity tag is not known yet.
void TestSimplePresence::signingOutAtOnce()
{
    PlainWorld w;
    w.statuses.insert("PUBLISH"_ba, 0);
    w.open();
    QCOMPARE(w.session->state(), Session::State::Online);
    const SipMessage first = w.last("PUBLISH"_ba);
    w.session->close();
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Closing);
    QCOMPARE(w.count("PUBLISH"_ba), 1);
    w.statuses.remove("PUBLISH"_ba);
    w.answer(first);
    w.settle();
    QCOMPARE(w.count("PUBLISH"_ba), 2);
    QVERIFY(w.last("PUBLISH"_ba).hasHeader("SIP-If-Match"));
    QCOMPARE(w.last("PUBLISH"_ba).header("Expires"), "0"_ba);
    QCOMPARE(w.last("REGISTER"_ba).header("Expires"), "0"_ba);
    QCOMPARE(w.session->state(), Session::State::Offline);
    QVERIFY(!w.ended);
}

/// A server that says nothing keeps nobody.
void TestSimplePresence::signingOutUnheard()
{
    PlainWorld w;
    w.open();
    w.statuses.insert("PUBLISH"_ba, 0);
    w.session->close();
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Closing);
    w.advance(5s);
    QCOMPARE(w.last("REGISTER"_ba).header("Expires"), "0"_ba);
    QCOMPARE(w.session->state(), Session::State::Offline);
    // The line breaks meanwhile: signed out as well.
    w.session->open({ .availability = Availability::Available });
    w.settle();
    w.session->close();
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Closing);
    w.line->breakOff({ .kind = Error::Kind::Network, .code = u"connection-lost"_s });
    w.settle();
    QCOMPARE(w.session->state(), Session::State::Offline);
    QVERIFY(!w.ended);
}

void TestSimplePresence::watchers()
{
    PlainWorld w;
    w.open();
    const SipMessage subscribe = w.subscription("presence.winfo"_ba);
    QCOMPARE(subscribe.uri, "sip:ann@x.test"_ba);
    const auto document = [](const QByteArray &watchers) {
        return "<?xml version=\"1.0\"?><watcherinfo xmlns=\"urn:ietf:params:xml:ns:watcherinfo\" "
               "version=\"0\" state=\"full\"><watcher-list resource=\"sip:ann@x.test\" "
               "package=\"presence\">"_ba
            + watchers + "</watcher-list></watcherinfo>";
    };
    const QByteArray type = "application/watcherinfo+xml"_ba;
    const QByteArray asks = "<watcher id=\"1\" status=\"pending\" event=\"subscribe\" "
                            "display-name=\"Bob\">sip:bob@x.test</watcher>"_ba;
    w.notify(subscribe, 1, "active"_ba, type,
        document(asks
            + "<watcher id=\"2\" status=\"active\" event=\"approved\">sip:carol@x.test</watcher>"));
    const auto asked = w.told<SubscriptionAsked>();
    QCOMPARE(asked.size(), 1);
    QCOMPARE(asked.first().address.value, bob);
    QCOMPARE(asked.first().name, u"Bob"_s);
    w.notify(subscribe, 2, "active"_ba, type, document(asks));
    QCOMPARE(w.told<SubscriptionAsked>().size(), 1);
    w.session->roster()->answer({ bob }, false);
    QCOMPARE(w.told<ServerNotice>().last().code, u"presence-rules-on-server"_s);
    // Decided: the next program does not ask either.
    PlainWorld next;
    next.services.states = w.services.states;
    next.open();
    QVERIFY(next.told<ContactChanged>().isEmpty()); // no contact, only a decision
    next.notify(next.subscription("presence.winfo"_ba), 1, "active"_ba, type, document(asks));
    QVERIFY(next.told<SubscriptionAsked>().isEmpty());
}

QTEST_GUILESS_MAIN(TestSimplePresence)
#include "tst_simplepresence.moc"
