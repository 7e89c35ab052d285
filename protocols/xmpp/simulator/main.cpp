// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpin-sim-xmpp: an XMPP server on loopback with people who answer, for the demo and tests.

#include "protocols/xmpp/simulator/xmppsimulator.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSocketNotifier>
#include <QTemporaryDir>

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace linchpin::xmpp::simulator;

namespace {

std::array<int, 2> g_signalPipe { -1, -1 };

void onSignal(int)
{
    const char byte = 0;
    [[maybe_unused]] const auto written = ::write(g_signalPipe[1], &byte, 1);
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"A simulated XMPP server on loopback."_s);
    parser.addHelpOption();
    const QCommandLineOption demo(u"demo"_s, u"People come, go and talk by themselves."_s);
    const QCommandLineOption dir(u"dir"_s, u"Where ca.pem and received.jsonl go."_s, u"DIR"_s);
    const QCommandLineOption port(u"port"_s, u"Port; 0 = any."_s, u"N"_s, u"0"_s);
    const QCommandLineOption delay(u"delay-ms"_s, u"How long people take."_s, u"N"_s, u"600"_s);
    const QCommandLineOption flood(u"flood"_s,
        u"The partner sends so many numbered messages after signing in."_s, u"N"_s, u"0"_s);
    const QCommandLineOption contacts(
        u"contacts"_s, u"So many more people in the contact list."_s, u"N"_s, u"0"_s);
    const QCommandLineOption online(u"online"_s, u"So many of them are online."_s, u"N"_s, u"0"_s);
    parser.addOptions({ demo, dir, port, delay, flood, contacts, online });
    parser.process(app);

    QTemporaryDir own;
    const QString directory = parser.isSet(dir) ? parser.value(dir) : own.path();
    XmppSimulator simulator(std::chrono::milliseconds(parser.value(delay).toInt()));
    const QString trouble = simulator.start(directory, parser.value(port).toUShort());
    if (!trouble.isEmpty()) {
        std::fprintf(stderr, "linchpin-sim-xmpp: %s\n", qPrintable(trouble));
        return 1;
    }
    simulator.world()->addPeople(parser.value(contacts).toInt(), parser.value(online).toInt());
    simulator.world()->floodGuests(parser.value(flood).toInt());
    if (parser.isSet(demo)) {
        simulator.world()->live();
    }
    const QJsonObject ready { { u"ready"_s, true }, { u"protocol"_s, u"xmpp"_s },
        { u"address"_s, XmppSimulator::userName() + u'@' + XmppSimulator::domain() },
        { u"password"_s, XmppSimulator::password() },
        { u"settings"_s,
            QJsonObject { { u"server"_s, u"127.0.0.1"_s }, { u"port"_s, simulator.port() },
                { u"ca-file"_s, simulator.caFile() } } },
        { u"partner"_s, simulator.world()->partner() }, { u"room"_s, simulator.world()->room() } };
    std::fprintf(stdout, "%s\n", QJsonDocument(ready).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);

    // The one who started us holds our standard input: when it closes, so do we.
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &app, [] {
        std::array<char, 256> ignored {};
        if (::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0) {
            QCoreApplication::quit();
        }
    });
    if (::pipe(g_signalPipe.data()) == 0) {
        std::signal(SIGTERM, onSignal);
        std::signal(SIGINT, onSignal);
    }
    QSocketNotifier signalled(g_signalPipe[0], QSocketNotifier::Read);
    QObject::connect(
        &signalled, &QSocketNotifier::activated, &app, [] { QCoreApplication::quit(); });
    return QCoreApplication::exec();
}
