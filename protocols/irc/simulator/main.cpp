// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpin-sim-irc: the server as a program, for hands-on work, the demonstration and tests in
// other processes.

#include "protocols/irc/simulator/democast.h"
#include "protocols/irc/simulator/simserver.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSocketNotifier>
#include <QTemporaryDir>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace linchpin::irc::sim;

namespace {

int signalPipe[2];

void onSignal(int)
{
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(signalPipe[0], &byte, 1);
}

/// Ends the program when standard input closes or on SIGTERM and SIGINT.
void quitWithParent(QCoreApplication &application)
{
    ::socketpair(AF_UNIX, SOCK_STREAM, 0, signalPipe);
    auto *signals = new QSocketNotifier(signalPipe[1], QSocketNotifier::Read, &application);
    QObject::connect(signals, &QSocketNotifier::activated, &application, &QCoreApplication::quit);
    std::signal(SIGTERM, onSignal);
    std::signal(SIGINT, onSignal);

    auto *input = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, &application);
    QObject::connect(input, &QSocketNotifier::activated, &application, [input] {
        std::array<char, 512> buffer;
        if (::read(STDIN_FILENO, buffer.data(), buffer.size()) <= 0) {
            input->setEnabled(false);
            QCoreApplication::quit();
        }
    });
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(u"A simulated IRC server on loopback."_s);
    parser.addHelpOption();
    parser.addOptions({
        { u"demo"_s, u"Scripted people and one account to sign in with."_s },
        { u"dir"_s, u"Where ca.pem and received.jsonl go (a temporary directory)."_s,
            u"directory"_s },
        { u"port"_s, u"TLS port, 0 for any."_s, u"port"_s, u"0"_s },
        { u"plain-port"_s, u"Port without TLS, 0 for any."_s, u"port"_s, u"0"_s },
        { u"plain"_s, u"Announce the port without TLS."_s },
        { u"delay-ms"_s,
            u"How long scripted people think; 0: they answer at once and otherwise keep still."_s,
            u"ms"_s, u"1500"_s },
        { u"slow-ms"_s, u"The server waits before everything it sends."_s, u"ms"_s, u"0"_s },
        { u"cut-after"_s, u"Cut each connection after that many lines."_s, u"number"_s, u"0"_s },
        { u"flood"_s, u"The partner sends so many numbered messages after signing in."_s,
            u"number"_s, u"0"_s },
        { u"require-sasl"_s, u"Let nobody in without SASL."_s },
        { u"ban"_s, u"Refuse everybody with these words."_s, u"words"_s },
        { u"http"_s, u"Answer like a web server."_s },
        { u"no-caps"_s, u"Offer no capabilities."_s },
        { u"deaf"_s, u"Answer no PING."_s },
        { u"expired-certificate"_s, u"Show a certificate that ended yesterday."_s },
    });
    parser.process(application);

    QTemporaryDir temporary;
    SimOptions options;
    options.directory = parser.isSet(u"dir"_s) ? parser.value(u"dir"_s) : temporary.path();
    options.expiredCertificate = parser.isSet(u"expired-certificate"_s);
    options.tlsPort = parser.value(u"port"_s).toUShort();
    options.plainPort = parser.value(u"plain-port"_s).toUShort();
    options.slowness = std::chrono::milliseconds(parser.value(u"slow-ms"_s).toInt());
    QDir().mkpath(options.directory);
    SimServer server(options);
    server.cutAfter(parser.value(u"cut-after"_s).toInt());
    server.requireSasl(parser.isSet(u"require-sasl"_s));
    server.ban(parser.value(u"ban"_s).toUtf8());
    server.speakHttp(parser.isSet(u"http"_s));
    server.ignorePings(parser.isSet(u"deaf"_s));
    if (parser.isSet(u"no-caps"_s)) {
        server.setCaps({});
    }
    if (const auto started = server.start(); !started) {
        std::fprintf(stderr, "linchpin-sim-irc: %s\n", qUtf8Printable(started.error()));
        return 1;
    }
    DemoCast cast(server, std::chrono::milliseconds(parser.value(u"delay-ms"_s).toInt()));
    cast.floodGuests(parser.value(u"flood"_s).toInt());
    quitWithParent(application);
    // What clients said, a line each: how tests of other processes prove "each exactly once".
    QFile record(QDir(options.directory).absoluteFilePath(u"received.jsonl"_s));
    if (record.open(QIODevice::WriteOnly | QIODevice::Append)) {
        QObject::connect(&server, &SimServer::said, &application,
            [&record](const QByteArray &from, const QByteArray &to, const QByteArray &text) {
                const QJsonObject line { { u"from"_s, QString::fromUtf8(from) },
                    { u"to"_s, QString::fromUtf8(to) }, { u"text"_s, QString::fromUtf8(text) },
                    { u"at"_s, QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs) } };
                record.write(QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n');
                record.flush();
            });
    }

    const bool plain = parser.isSet(u"plain"_s);
    const QString room = QString::fromUtf8(DemoCast::room());
    const QJsonObject settings { { u"server"_s, u"127.0.0.1"_s },
        { u"port"_s, plain ? server.plainPort() : server.tlsPort() },
        { u"connection"_s, plain ? u"plain"_s : u"tls"_s },
        { u"ca-file"_s, server.authorityFile() }, { u"channels"_s, room } };
    const QJsonObject ready { { u"ready"_s, true }, { u"protocol"_s, u"irc"_s },
        { u"address"_s, u"demo@localhost"_s },
        { u"password"_s, QString::fromUtf8(DemoCast::password()) }, { u"settings"_s, settings },
        { u"partner"_s, QString::fromUtf8(DemoCast::partner()) }, { u"room"_s, room },
        { u"tls-port"_s, server.tlsPort() }, { u"plain-port"_s, server.plainPort() } };
    std::puts(QJsonDocument(ready).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
    return QCoreApplication::exec();
}
