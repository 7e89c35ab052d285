// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Messages by the thousand into the real window, which must not stand still: over a scripted
// session, and over the real plugins from simulated servers, each message exactly once.

#include "tests/bench/bench.h"
#include "tests/bench/livemessenger.h"
#include "tests/bench/stallwatch.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/mainwindow.h"

#include <QElapsedTimer>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

constexpr int kLimit = 170'000; // ms for a whole flood
constexpr int kBatch = 50; // messages a socket hands over at once
constexpr double kStall = 50; // ms; nothing may hold the window's thread longer

/// Which of 1 … N have come, and how often.
class Tally {
public:
    explicit Tally(int wanted)
        : m_counts(wanted + 1)
    {
    }
    void add(const QString &text)
    {
        const int number = text.mid(text.indexOf(u' ') + 1).toInt();
        if (number > 0 && number < m_counts.size()) {
            m_missing -= m_counts[number] == 0 ? 1 : 0;
            m_twice += m_counts[number]++ > 0 ? 1 : 0;
        }
    }
    qsizetype missing() const { return m_counts.size() - 1 + m_missing; }
    qsizetype twice() const { return m_twice; }

private:
    QList<int> m_counts;
    qsizetype m_missing = 0; // below zero: what has come
    qsizetype m_twice = 0;
};

/// The messenger in this process: plugins, history and window, against a server behind a socket.
void floodOver(const QString &protocol, int messages)
{
    LiveMessenger messenger(
        protocol, { u"--delay-ms"_s, u"0"_s, u"--flood"_s, QString::number(messages) });
    Tally tally(messages);
    QEventLoop loop;
    QObject::connect(&messenger.application().conversations(), &ConversationStore::messageStored,
        &loop, [&](const StoredMessage &message) {
            const QString text = message.body.plain();
            if (text.startsWith("flood "_L1)) {
                tally.add(text);
                if (tally.missing() == 0) {
                    QTimer::singleShot(100, &loop, &QEventLoop::quit);
                }
            }
        });
    QTimer::singleShot(kLimit, &loop, &QEventLoop::quit);
    messenger.openPartner();
    QElapsedTimer clock;
    clock.start();
    StallWatch watch;
    double window = 0;
    const double cpu = processCpuMillisecondsOf([&] {
        window = cpuMillisecondsOf([&] {
            messenger.signIn();
            loop.exec();
        });
    });
    const double wall = static_cast<double>(clock.nsecsElapsed()) / 1e9;
    print({ u"messages-"_s + protocol, cpu / 1e3, u"CPU s"_s,
        { { u"messages"_s, double(messages) }, { u"window-thread"_s, window / 1e3 },
            { u"wall-seconds"_s, wall }, { u"per-message-cpu-us"_s, cpu * 1e3 / messages },
            { u"missing"_s, double(tally.missing()) }, { u"twice"_s, double(tally.twice()) } },
        std::nullopt });
    print({ u"messages-"_s + protocol + u"-stall"_s, watch.longestWall(), u"ms"_s,
        { { u"cpu"_s, watch.longestCpu() } }, Aim { Aim::Bound::AtMost, kStall } });
}

/// The real window with the conversation open, over the core with a scripted session.
void floodTheWindow(int messages)
{
    test::UiWorld world;
    const AccountId account = world.add(u"fake"_s, u"alice@contoso.test"_s);
    world.online();
    world.contact(u"fake"_s, u"bob@contoso.test"_s, u"Bob"_s, { u"Friends"_s },
        { .availability = Availability::Available });
    MainWindow window(world.context());
    window.resize(1100, 750);
    window.show();
    window.openConversation({ account, { u"bob@contoso.test"_s }, ConversationKind::Person });
    QTest::qWait(300);

    int told = 0;
    int stored = 0;
    StallWatch watch;
    QTimer pump;
    QEventLoop loop;
    QObject::connect(&pump, &QTimer::timeout, &loop, [&] {
        for (int i = 0; i < kBatch && told < messages; ++i) {
            ++told;
            world.session().tell(
                MessageReceived { test::inbound(u"bob@contoso.test"_s,
                                      u"flood %1 – neither short nor long"_s.arg(told),
                                      world.clock.now().addMSecs(told), QString::number(told)),
                    [&] {
                        if (++stored == messages) {
                            QTimer::singleShot(100, &loop, &QEventLoop::quit);
                        }
                    } });
        }
        if (told == messages) {
            pump.stop();
        }
    });
    QTimer::singleShot(kLimit, &loop, &QEventLoop::quit);
    QElapsedTimer clock;
    clock.start();
    const double cpu = cpuMillisecondsOf([&] {
        pump.start(0);
        loop.exec();
    });
    const double wall = static_cast<double>(clock.nsecsElapsed()) / 1e9;
    print({ u"messages-window"_s, cpu / 1e3, u"CPU s of the window's thread"_s,
        { { u"messages"_s, double(messages) }, { u"wall-seconds"_s, wall },
            { u"missing"_s, double(messages - stored) } },
        std::nullopt });
    print({ u"messages-window-stall"_s, watch.longestWall(), u"ms"_s,
        { { u"cpu"_s, watch.longestCpu() } }, Aim { Aim::Bound::AtMost, kStall } });
}

} // namespace

void messages()
{
    floodTheWindow(isQuick() ? 1'000 : 10'000);
    floodOver(u"xmpp"_s, isQuick() ? 1'000 : 10'000);
    floodOver(u"irc"_s, isQuick() ? 5'000 : 50'000);
}

} // namespace linchpin::bench
