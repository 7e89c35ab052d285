// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What it costs to have the messenger: until its window is mapped, once its three accounts are
// online, and while nothing happens. Beside it, in the same run, an empty window of Qt Widgets.

#include "tests/bench/bench.h"
#include "tests/bench/childprocess.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>
#include <QThread>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

constexpr int kLimit = 60'000; // ms
constexpr int kCalm = 4; // seconds after which a start is over
/// Seconds after which nothing of the start is left: Qt's pixmap cache looks after itself for 70.
constexpr int kLong = 100;

struct Start {
    double mappedCpu = 0; ///< ms
    double mappedWall = 0; ///< ms
    double mappedPss = 0; ///< MiB
    double settledCpu = 0; ///< ms
    double settledPss = 0; ///< MiB
    double wakeUps = 0; ///< a minute
};

/// An X server of our own, and xev telling what happens on its root window.
class Display {
public:
    explicit Display(const QProcessEnvironment &environment)
        : m_environment(environment)
    {
        m_server.start(u"Xvfb"_s,
            { u"-displayfd"_s, u"1"_s, u"-screen"_s, u"0"_s, u"1280x900x24"_s, u"-nolisten"_s,
                u"tcp"_s },
            m_environment);
        const QByteArray number
            = m_server.waitForLine([](const QByteArray &) { return true; }, kLimit).trimmed();
        if (number.isEmpty()) {
            giveUp(u"Xvfb did not start"_s);
        }
        m_environment.insert(u"DISPLAY"_s, u':' + QString::fromLatin1(number));
        m_environment.insert(u"QT_QPA_PLATFORM"_s, u"xcb"_s);
    }

    const QProcessEnvironment &environment() const { return m_environment; }

    Start measure(const QString &program, int idleSeconds)
    {
        ChildProcess events;
        // xev says nothing about being ready; its first line stands for the root window's events.
        events.start(u"stdbuf"_s,
            { u"-oL"_s, u"xev"_s, u"-root"_s, u"-event"_s, u"substructure"_s }, m_environment);
        QThread::msleep(500);
        ChildProcess child;
        QElapsedTimer clock;
        clock.start();
        child.start(programFile(program), {}, m_environment);
        const QByteArray mapped = events.waitForLine(
            [](const QByteArray &line) { return line.startsWith("MapNotify"); }, kLimit);
        Start start;
        start.mappedCpu = cpuMillisecondsOf(child.pid());
        start.mappedWall = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        if (mapped.isEmpty() || start.mappedCpu <= 0) {
            giveUp(program + u": no window"_s);
        }
        start.mappedPss = pssMebibytesOf(child.pid());
        events.stop();
        QThread::sleep(kCalm);
        start.settledCpu = cpuMillisecondsOf(child.pid());
        start.settledPss = pssMebibytesOf(child.pid());
        if (idleSeconds > 0) {
            const WakeUps before = wakeUpsOf(child.pid());
            QThread::sleep(static_cast<unsigned long>(idleSeconds));
            start.wakeUps = static_cast<double>(wakeUpsBetween(before, wakeUpsOf(child.pid())))
                * 60.0 / idleSeconds;
        }
        if (child.process().state() != QProcess::Running) {
            giveUp(program + u" ended by itself"_s);
        }
        return start;
    }

    /// Wake-ups a minute long after the start, of the program in each of these profiles.
    QList<double> measureIdle(const QStringList &profiles, int seconds)
    {
        std::vector<std::unique_ptr<ChildProcess>> children;
        for (const QString &profile : profiles) {
            children.push_back(std::make_unique<ChildProcess>());
            children.back()->start(
                programFile(u"linchpin"_s), { u"--profile"_s, profile }, m_environment);
        }
        QThread::sleep(kLong);
        QList<WakeUps> before;
        for (const auto &child : children) {
            before.append(wakeUpsOf(child->pid()));
        }
        QThread::sleep(static_cast<unsigned long>(seconds));
        QList<double> rates;
        for (size_t i = 0; i < children.size(); ++i) {
            const qint64 count = wakeUpsBetween(
                before.at(static_cast<qsizetype>(i)), wakeUpsOf(children[i]->pid()));
            rates.append(static_cast<double>(count) * 60.0 / seconds);
        }
        return rates;
    }

private:
    QProcessEnvironment m_environment;
    ChildProcess m_server;
};

/// The same accounts, all switched off, in a profile of their own.
QString disabledProfile(const SimulatedAccounts &accounts)
{
    const QString folder = accounts.folder() + u"/disabled"_s;
    QDir().mkpath(folder);
    QFile from(accounts.profile() + u"/accounts.json"_s);
    QFile to(folder + u"/accounts.json"_s);
    if (!from.open(QIODevice::ReadOnly) || !to.open(QIODevice::WriteOnly)) {
        giveUp(u"start: the accounts cannot be copied"_s);
    }
    QJsonObject all = QJsonDocument::fromJson(from.readAll()).object();
    QJsonArray list = all.value("accounts"_L1).toArray();
    for (QJsonValueRef value : list) {
        QJsonObject account = value.toObject();
        account.insert("enabled"_L1, false);
        value = account;
    }
    all.insert("accounts"_L1, list);
    to.write(QJsonDocument(all).toJson());
    return folder;
}

/// The least processor time of so many starts; the last one is watched while idle.
Start best(Display &display, const QString &program, int runs, int idleSeconds)
{
    Start best = display.measure(program, idleSeconds);
    for (int i = 1; i < runs; ++i) {
        const Start next = display.measure(program, 0);
        best.mappedCpu = std::min(best.mappedCpu, next.mappedCpu);
        best.mappedWall = std::min(best.mappedWall, next.mappedWall);
        best.mappedPss = std::min(best.mappedPss, next.mappedPss);
        best.settledCpu = std::min(best.settledCpu, next.settledCpu);
        best.settledPss = std::min(best.settledPss, next.settledPss);
    }
    return best;
}

} // namespace

void start()
{
    for (const QString &tool : { u"Xvfb"_s, u"xev"_s, u"stdbuf"_s }) {
        if (QStandardPaths::findExecutable(tool).isEmpty()) {
            giveUp(u"start: %1 is not installed"_s.arg(tool));
        }
    }
    SimulatedAccounts accounts;
    accounts.add(u"irc"_s, { u"--delay-ms"_s, u"0"_s });
    accounts.add(u"xmpp"_s);
    accounts.add(u"sip"_s, { u"--delay-ms"_s, u"0"_s });
    Display display(accounts.environment());
    const int runs = isQuick() ? 1 : 3;
    const int idle = isQuick() ? 20 : 60;
    const Start bare = best(display, u"linchpin-barewindow"_s, runs, idle);
    const Start ours = best(display, u"linchpin"_s, runs, idle);
    const auto atMost = [](double value) { return Aim { Aim::Bound::AtMost, value }; };
    print({ u"start-mapped-cpu"_s, ours.mappedCpu, u"CPU ms"_s,
        { { u"bare-window"_s, bare.mappedCpu } }, atMost(80) });
    print({ u"start-mapped-wall"_s, ours.mappedWall, u"ms"_s,
        { { u"bare-window"_s, bare.mappedWall } }, std::nullopt });
    print({ u"start-settled-cpu"_s, ours.settledCpu, u"CPU ms"_s,
        { { u"bare-window"_s, bare.settledCpu } }, std::nullopt });
    print({ u"start-mapped-memory"_s, ours.mappedPss, u"MiB PSS"_s,
        { { u"bare-window"_s, bare.mappedPss } }, atMost(40) });
    print({ u"start-settled-memory"_s, ours.settledPss, u"MiB PSS"_s,
        { { u"bare-window"_s, bare.settledPss } }, std::nullopt });
    print({ u"idle-wake-ups"_s, ours.wakeUps, u"wake-ups/min"_s,
        { { u"bare-window"_s, bare.wakeUps }, { u"watched-seconds"_s, double(idle) } },
        atMost(0) });
    if (isQuick()) {
        return;
    }
    const QList<double> later
        = display.measureIdle({ disabledProfile(accounts), accounts.profile() }, idle);
    print({ u"idle-wake-ups-later"_s, later.at(0), u"wake-ups/min"_s,
        { { u"three-accounts-online"_s, later.at(1) },
            { u"seconds-after-start"_s, double(kLong) } },
        atMost(0) });
}

} // namespace linchpin::bench
