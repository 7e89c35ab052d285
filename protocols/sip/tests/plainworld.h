// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/digest.h"
#include "protocols/sip/simple/composing.h"
#include "protocols/sip/simple/cpim.h"
#include "protocols/sip/simple/pidf.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "protocols/sip/wire/sipframer.h"
#include "protocols/sip/wire/sipparser.h"
#include "tests/support/fakeservices.h"
#include "tests/support/manualclock.h"

#include <QTest>

#include <map>
#include <memory>
#include <optional>

namespace linchpin::sip {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

inline const QString bob = u"bob@x.test"_s;

/// A session at a plain SIP server that a test plays.
struct PlainWorld {
    test::ManualClock clock;
    test::FakeServices services { clock };
    SettingValues settings;
    std::unique_ptr<SipSession> session;
    test::MemoryTransport *line = nullptr;
    SipFramer framer;
    QList<SipMessage> seen; ///< everything the session sent
    QHash<QByteArray, int> statuses; ///< other answers than 200, by method; 0 = none
    std::map<QByteArray, QByteArrayList> answerHeaders; ///< by method
    QSet<QByteArray> challenged; ///< methods that need credentials
    QList<SessionEvent> events;
    std::optional<Error> ended;
    bool storing = true; ///< the history keeps what comes
    int tags = 0;

    PlainWorld()
    {
        settings.set(u"address"_s, u"ann@x.test"_s);
        settings.set(u"server"_s, u"sip.x.test"_s);
        settings.set(u"flavour"_s, u"standard"_s);
        services.secrets.insert(u"password"_s, u"pw"_s);
    }

    void open()
    {
        session = std::make_unique<SipSession>(accountSchema().complete(settings), services);
        QObject::connect(
            session.get(), &Session::event, session.get(), [this](const SessionEvent &event) {
                events.append(event);
                const auto *message = std::get_if<MessageReceived>(&event);
                if (storing && message != nullptr && message->stored) {
                    message->stored();
                }
            });
        QObject::connect(
            session.get(), &Session::ended, session.get(), [this](const Error &e) { ended = e; });
        session->open({ .availability = Availability::Available });
        settle();
    }

    void settle()
    {
        for (int i = 0; i < 20; ++i) {
            QCoreApplication::processEvents();
            QCoreApplication::sendPostedEvents();
            pump();
        }
    }
    /// In steps, so that what is asked on the way is answered in time.
    void advance(std::chrono::seconds by)
    {
        for (auto left = by; left > 0s; left -= 20s) {
            clock.advance(std::min(left, std::chrono::seconds(20)));
            settle();
        }
    }

    void pump()
    {
        if (services.transport() != line) {
            line = services.transport();
            framer = SipFramer();
        }
        if (line == nullptr) {
            return;
        }
        framer.feed(line->takeWritten());
        for (auto frame = framer.next(); frame && *frame; frame = framer.next()) {
            const auto message = parseMessage(**frame);
            QVERIFY(message);
            seen.append(*message);
            if (message->isRequest() && message->method != "ACK") {
                answer(*message);
            }
        }
    }

    void answer(const SipMessage &request)
    {
        if (challenged.contains(request.method) && !request.hasHeader("Proxy-Authorization")) {
            SipMessage response
                = makeResponse(request, 407, "Who?"_ba, {}, "srv" + QByteArray::number(++tags));
            response.addHeader("Proxy-Authenticate"_ba,
                "Digest realm=\"x\", nonce=\"n\", qop=\"auth,auth-int\""_ba);
            line->feed(serialize(response));
            return;
        }
        const int status = statuses.value(request.method, 200);
        if (status == 0) {
            return;
        }
        SipMessage response
            = makeResponse(request, status, "Words"_ba, {}, "srv" + QByteArray::number(++tags));
        if (status == 200 && request.method == "REGISTER") {
            response.addHeader("Contact"_ba, request.header("Contact") + ";expires=3600");
        }
        if (status == 200 && request.method == "PUBLISH") {
            response.addHeader("SIP-ETag"_ba, "etag" + QByteArray::number(tags));
        }
        if (status == 200 && request.hasHeader("Expires") && request.method != "REGISTER") {
            response.addHeader("Expires"_ba, request.header("Expires"));
        }
        for (const QByteArray &header : answerHeaders[request.method]) {
            const qsizetype colon = header.indexOf(':');
            response.addHeader(header.first(colon), header.sliced(colon + 1).trimmed());
        }
        line->feed(serialize(response));
    }

    int count(const QByteArray &method) const
    {
        return int(std::ranges::count_if(
            seen, [&](const SipMessage &m) { return m.isRequest() && m.method == method; }));
    }
    SipMessage last(const QByteArray &method) const
    {
        for (qsizetype i = seen.size() - 1; i >= 0; --i) {
            if (seen.at(i).isRequest() && seen.at(i).method == method) {
                return seen.at(i);
            }
        }
        return {};
    }
    SipMessage subscription(const QByteArray &event) const
    {
        for (qsizetype i = seen.size() - 1; i >= 0; --i) {
            if (seen.at(i).method == "SUBSCRIBE" && seen.at(i).header("Event") == event) {
                return seen.at(i);
            }
        }
        return {};
    }
    /// Our last answer.
    SipMessage answered() const
    {
        for (qsizetype i = seen.size() - 1; i >= 0; --i) {
            if (seen.at(i).isResponse()) {
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

    SipMessage request(const QByteArray &method, int number, const QString &from = bob) const
    {
        SipMessage m = SipMessage::request(method, "sip:ann@127.0.0.1:40000"_ba);
        m.addHeader("Via"_ba, "SIP/2.0/TLS sip.x.test:5061;branch=z9hG4bK1"_ba);
        m.addHeader("From"_ba, "\"Bob B.\" <sip:" + from.toUtf8() + ">;tag=b1");
        m.addHeader("To"_ba, "<sip:ann@x.test>"_ba);
        m.addHeader("Call-ID"_ba, "theirs"_ba);
        m.addHeader("CSeq"_ba, QByteArray::number(number) + ' ' + method);
        return m;
    }
    void message(int number, const QByteArray &type, const QByteArray &body,
        const QByteArrayList &headers = {})
    {
        SipMessage m = request("MESSAGE"_ba, number);
        for (const QByteArray &header : headers) {
            m.addHeader(header.first(header.indexOf(':')),
                header.sliced(header.indexOf(':') + 1).trimmed());
        }
        m.setBody(type, body);
        feed(m);
    }
    void feed(const SipMessage &m)
    {
        line->feed(serialize(m));
        settle();
    }
    /// A NOTIFY in the dialog of a SUBSCRIBE of ours.
    void notify(const SipMessage &subscribe, int number, const QByteArray &state,
        const QByteArray &type = {}, const QByteArray &body = {})
    {
        SipMessage m = SipMessage::request("NOTIFY"_ba, "sip:ann@127.0.0.1:40000"_ba);
        m.addHeader("Via"_ba, "SIP/2.0/TLS sip.x.test:5061;branch=z9hG4bKn"_ba);
        m.addHeader("From"_ba, subscribe.header("To") + ";tag=" + toTag(subscribe));
        m.addHeader("To"_ba, subscribe.header("From"));
        m.addHeader("Call-ID"_ba, subscribe.header("Call-ID"));
        m.addHeader("CSeq"_ba, QByteArray::number(number) + " NOTIFY");
        m.addHeader("Event"_ba, subscribe.header("Event"));
        m.addHeader("Subscription-State"_ba, state);
        m.setBody(type, body);
        feed(m);
    }
    /// The tag our answer of 200 gave to a SUBSCRIBE: the dialog knows no other.
    QByteArray toTag(const SipMessage &subscribe) const
    {
        // Tags count answers; every request so far got one.
        int tag = 0;
        for (const SipMessage &m : seen) {
            if (m.isRequest() && m.method != "ACK" && statuses.value(m.method, 200) != 0) {
                ++tag;
                if (m == subscribe) {
                    return "srv" + QByteArray::number(tag);
                }
            }
        }
        return {};
    }
    void add(const QString &address)
    {
        ContactSnapshot contact;
        contact.address = { address };
        session->roster()->add(contact);
        settle();
    }
    Async<SentMessage> send(const QString &text, const QString &to = bob)
    {
        OutgoingMessage message;
        message.to = to;
        message.body = RichText::fromPlain(text);
        const auto answer = session->send(message);
        settle();
        return answer;
    }
    static QByteArray pidf(const QString &address, Availability availability)
    {
        return buildPidf(
            { address, u"1"_s, { .availability = availability }, QDateTime::currentDateTimeUtc() });
    }
};

} // namespace linchpin::sip
