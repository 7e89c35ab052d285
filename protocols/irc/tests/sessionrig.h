// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/irc/ircsession.h"
#include "tests/support/fakeservices.h"

#include <QTest>

#include <algorithm>

namespace linchpin::irc::test {

using namespace Qt::StringLiterals;

inline const QString kMixed
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞"_s;
inline constexpr auto kFullCaps
    = "message-tags server-time echo-message labeled-response batch away-notify";

/// A session in memory with a server that says what the test writes.
struct Rig {
    explicit Rig(const QVariantMap &settings = {})
    {
        SettingValues values;
        values.set(u"address"_s, u"alice@irc.test"_s);
        for (auto value = settings.begin(); value != settings.end(); ++value) {
            values.set(value.key(), *value);
        }
        session = std::make_unique<IrcSession>(accountSchema().complete(values), services);
        QObject::connect(session.get(), &Session::event, session.get(),
            [this](const SessionEvent &event) { events.append(event); });
        QObject::connect(session.get(), &Session::ended, session.get(),
            [this](const Error &why) { ends.append(why); });
    }

    /// Waits for a line that is @p wanted or, with a star at its end, begins so; those before it
    /// are dropped.
    QByteArray expect(const QByteArray &wanted)
    {
        QByteArray found;
        [[maybe_unused]] const bool ok = QTest::qWaitFor(
            [&] {
                if (services.transport()) {
                    for (const QByteArray &line : services.transport()->takeWritten().split('\n')) {
                        if (!line.isEmpty()) {
                            lines.append(line.chopped(1));
                        }
                    }
                }
                while (!lines.isEmpty()) {
                    const QByteArray line = lines.takeFirst();
                    seen.append(line);
                    if (wanted.endsWith('*') ? line.startsWith(wanted.chopped(1))
                                             : line == wanted) {
                        found = line;
                        return true;
                    }
                }
                return false;
            },
            2000);
        if (found.isEmpty()) {
            qWarning() << "expected" << wanted << "seen" << seen;
        }
        return found;
    }

    /// How many lines seen by expect() contain @p part.
    qsizetype count(const QByteArray &part) const
    {
        return std::ranges::count_if(
            seen, [&](const QByteArray &line) { return line.contains(part); });
    }

    void say(const QByteArray &line) const
    {
        if (services.transport()) {
            services.transport()->feed(line + "\r\n");
        }
    }

    bool signIn(const QByteArray &caps = {}, const QByteArray &isupport = "CASEMAPPING=ascii")
    {
        session->open({ .availability = Availability::Available });
        if (expect("CAP LS 302").isEmpty()) {
            return false;
        }
        say(":irc.test CAP * LS :" + caps);
        if (!caps.isEmpty()) {
            say(":irc.test CAP * ACK :" + expect("CAP REQ*").sliced(8).replace(':', ""));
        }
        if (expect("CAP END").isEmpty()) {
            return false;
        }
        say(":irc.test 001 alice :Welcome");
        say(":irc.test 005 alice " + isupport + " :are supported by this server");
        say(":irc.test 376 alice :End of MOTD");
        return session->state() == Session::State::Online;
    }

    template <class T> QList<T> all() const
    {
        QList<T> list;
        for (const SessionEvent &event : events) {
            if (const T *wanted = std::get_if<T>(&event)) {
                list.append(*wanted);
            }
        }
        return list;
    }
    QList<InboundMessage> messages() const
    {
        QList<InboundMessage> list;
        for (const MessageReceived &received : all<MessageReceived>()) {
            list.append(received.message);
        }
        return list;
    }
    RoomChange lastRoom() const
    {
        const auto changes = all<RoomChanged>();
        return changes.isEmpty() ? RoomChange() : changes.last().change;
    }

    void join()
    {
        say(":alice!al@home.test JOIN #Linchpin");
        say(":irc.test 332 alice #Linchpin :Wir sprechen über Bolzen 🦄");
        say(":irc.test 333 alice #Linchpin bob!b@h 1700000000");
        say(":irc.test 353 alice = #Linchpin :@bob +carol alice");
        say(":irc.test 366 alice #Linchpin :End of NAMES");
    }

    linchpin::test::ManualClock clock;
    linchpin::test::FakeServices services { clock };
    std::unique_ptr<IrcSession> session;
    QList<SessionEvent> events;
    QList<Error> ends;
    QByteArrayList lines;
    QByteArrayList seen;
};

inline OutgoingMessage outgoing(
    const QString &to, const QString &text, MessageKind kind = MessageKind::Chat)
{
    OutgoingMessage message;
    message.localId = u"0f0e0d0c-1111-4222-8333-444455556666"_s;
    message.to = to;
    message.conversation = to.startsWith(u'#') ? ConversationKind::Room : ConversationKind::Person;
    message.kind = kind;
    message.body = RichText::fromPlain(text);
    return message;
}

} // namespace linchpin::irc::test
