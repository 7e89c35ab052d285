// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// The contact list with 10,000 people: from the session's events to pixels.

#include "core/models/roles.h"
#include "tests/bench/bench.h"
#include "tests/bench/livemessenger.h"
#include "tests/bench/stallwatch.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/contactlist/contactlistview.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QScrollBar>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

constexpr int kGroups = 25;
constexpr int kBatch = 50; // presences a socket hands over at once
constexpr double kStall = 50; // ms; nothing may hold the window's thread longer

QString addressOf(int i)
{
    return u"person%1@contoso.test"_s.arg(i);
}

QString nameOf(int i)
{
    static const QStringList kFirst { u"Zażółć"_s, u"Bob"_s, u"こんにちは"_s, u"Layla"_s,
        u"Øystein"_s, u"Marie"_s, u"Олександр"_s, u"Anna"_s };
    static const QStringList kLast { u"Gęślą"_s, u"Smith"_s, u"世界"_s, u"Haddad"_s, u"Ångström"_s,
        u"Dupré"_s, u"Бойко"_s };
    return u"%1 %2 %3"_s.arg(kFirst.at(i % 8), kLast.at(i / 8 % 7)).arg(i);
}

Availability availabilityOf(int i)
{
    static constexpr std::array kAll { Availability::Available, Availability::Away,
        Availability::Busy, Availability::Offline };
    return kAll.at(size_t(i) % kAll.size());
}

/// Runs the event loop until nothing is left to do, painting included.
void settle(QWidget &widget)
{
    QCoreApplication::sendPostedEvents();
    constexpr int kTurns = 200; // a timer may go on for ever
    for (int i = 0;
        i < kTurns && QCoreApplication::eventDispatcher()->processEvents(QEventLoop::AllEvents);
        ++i) { }
    widget.repaint();
}

qsizetype shownPeople(const QAbstractItemModel &model)
{
    qsizetype people = 0;
    for (int row = 0; row < model.rowCount(); ++row) {
        people += model.rowCount(model.index(row, 0));
    }
    return people;
}

void expect(bool holds, const char *what)
{
    if (!holds) {
        std::fprintf(stderr, "linchpin-bench: contacts: %s\n", what);
        std::exit(1);
    }
}

Aim atMost(double value)
{
    return { Aim::Bound::AtMost, value };
}

/// Tells the session's list and presences in batches, as a socket would; the CPU it took.
double fill(test::UiWorld &world, ContactListView &view, int people, int presences)
{
    return cpuMillisecondsOf([&] {
        test::FakeSession &session = world.session();
        for (int i = 0; i < people; ++i) {
            session.tell(ContactChanged { { .address = { addressOf(i) },
                .name = nameOf(i),
                .groups = { u"Group %1"_s.arg(i % kGroups) } } });
        }
        settle(view);
        for (int i = 0; i < presences; ++i) {
            session.tell(PresenceChanged {
                .address = { addressOf(i) }, .presence = { .availability = availabilityOf(i) } });
            if (i % kBatch == kBatch - 1) {
                settle(view);
            }
        }
        settle(view);
    });
}

void thousand()
{
    test::UiWorld world;
    world.add(u"fake"_s, u"alice@contoso.test"_s);
    ContactListView view(world.context());
    view.resize(280, 700);
    view.show();
    world.online();
    settle(view);
    const double spent = fill(world, view, 1'000, 200);
    expect(shownPeople(*view.model()) == 1'000, "not all of 1,000 are there");
    print({ u"contacts-1000-settled"_s, spent, u"CPU ms"_s, {}, atMost(250) });
}

/// The same over a real plugin: from signing in until all stand in the window's list, and as many
/// as are online shown so. That includes the connection, TLS, the handshake, and whatever else a
/// sign-in asks for.
void thousandOver(const QString &protocol, int onlinePeople, double aim)
{
    constexpr int kPeople = 1'000;
    LiveMessenger messenger(protocol,
        { u"--delay-ms"_s, u"0"_s, u"--contacts"_s, QString::number(kPeople), u"--online"_s,
            QString::number(onlinePeople) });
    messenger.application().settings().setValue(u"show-offline"_s, true);
    const QAbstractItemModel &model = *messenger.window().contactList().model();
    const auto online = [&model] {
        int count = 0;
        for (int row = 0; row < model.rowCount(); ++row) {
            count += model.index(row, 0).data(ContactRole::GroupOnline).toInt();
        }
        return count;
    };
    StallWatch watch;
    double window = 0;
    const double spent = processCpuMillisecondsOf([&] {
        window = cpuMillisecondsOf([&] {
            QElapsedTimer clock;
            clock.start();
            messenger.signIn();
            QEventLoop loop;
            QTimer look;
            QObject::connect(&look, &QTimer::timeout, &loop, [&] {
                if (clock.elapsed() > 60'000
                    || (shownPeople(model) >= kPeople && online() >= onlinePeople)) {
                    loop.quit();
                }
            });
            look.start(20);
            loop.exec();
            QCoreApplication::processEvents();
        });
    });
    expect(shownPeople(model) >= kPeople && online() >= onlinePeople,
        "the people of the server are not all there");
    print({ u"contacts-1000-"_s + protocol, spent, u"CPU ms"_s,
        { { u"window-thread"_s, window }, { u"stall"_s, watch.longestWall() },
            { u"stall-cpu"_s, watch.longestCpu() } },
        atMost(aim) });
}

void tenThousand()
{
    const int people = isQuick() ? 2'000 : 10'000;
    test::UiWorld world;
    world.add(u"fake"_s, u"alice@contoso.test"_s);
    ContactListView view(world.context());
    view.resize(280, 700);
    view.show();
    world.online();
    settle(view);
    const double loaded = fill(world, view, people, 0);
    expect(shownPeople(*view.model()) == people, "not all are there");
    print({ u"contacts-load"_s, loaded, u"CPU ms"_s, { { u"people"_s, double(people) } },
        std::nullopt });

    double longest = 0;
    QList<double> keys;
    for (const QString &text : { u"a"_s, u"an"_s, u"ann"_s, u"anna"_s, u"anna "_s, u"anna 1"_s,
             u"anna "_s, u"anna"_s, u"ann"_s, u"an"_s, u"a"_s, QString() }) {
        keys.append(cpuMillisecondsOf([&] {
            view.setFilterText(text);
            settle(view);
        }));
        longest = std::max(longest, keys.last());
    }
    std::ranges::sort(keys);
    print({ u"contacts-filter-key"_s, longest, u"CPU ms"_s,
        { { u"median"_s, keys.at(keys.size() / 2) } }, atMost(kStall) });
    expect(shownPeople(*view.model()) == people, "not all are back after filtering");

    QScrollBar &bar = *view.verticalScrollBar();
    expect(bar.maximum() > people, "nothing to scroll");
    QList<double> frames;
    for (int i = 0; i < 200; ++i) {
        frames.append(cpuMillisecondsOf([&] {
            bar.setValue(int(qint64(bar.maximum()) * ((i * 37) % 200) / 200) + i);
            view.viewport()->repaint();
        }));
    }
    std::ranges::sort(frames);
    print({ u"contacts-scroll-frame"_s, frames.at(frames.size() / 2), u"CPU ms"_s,
        { { u"worst"_s, frames.last() } }, atMost(16) });

    // Everybody comes back from lunch: a socket's worth at a time, the window drawing in between.
    const int storm = 2'000;
    int told = 0;
    StallWatch watch;
    QTimer pump;
    QEventLoop loop;
    QObject::connect(&pump, &QTimer::timeout, &loop, [&] {
        for (int i = 0; i < kBatch && told < storm; ++i, ++told) {
            world.session().tell(PresenceChanged { .address = { addressOf(told * 7 % people) },
                .presence = { .availability = availabilityOf(told + 1), .text = u"back"_s } });
        }
        if (told == storm) {
            pump.stop();
            QTimer::singleShot(0, &loop, &QEventLoop::quit);
        }
    });
    const double spent = cpuMillisecondsOf([&] {
        pump.start(0);
        loop.exec();
        settle(view);
        QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
    });
    print({ u"contacts-presence-storm"_s, spent, u"CPU ms"_s, { { u"presences"_s, double(storm) } },
        std::nullopt });
    print({ u"contacts-presence-storm-stall"_s, watch.longestWall(), u"ms"_s,
        { { u"cpu"_s, watch.longestCpu() } }, atMost(kStall) });
}

} // namespace

void contacts()
{
    thousand();
    thousandOver(u"xmpp"_s, 200, 250);
    thousandOver(u"sip"_s, 1'000, 1'000);
    tenThousand();
}

} // namespace linchpin::bench
