// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What can go wrong with IRC servers.

#include "protocols/irc/simulator/simserver.h"
#include "tests/doctor/fault.h"

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

using irc::sim::SimOptions;
using irc::sim::SimServer;

struct Network {
    SimServer *server = nullptr;
    FaultAccount account;
};

Network networkIn(FaultWorld &world)
{
    SimOptions options;
    options.directory = world.folder();
    SimServer &server = world.make<SimServer>(options);
    server.addAccount("alice"_ba, "alice-pw"_ba);
    if (const auto started = server.start(); !started) {
        qFatal("%s", qPrintable(started.error()));
    }
    Network made;
    made.server = &server;
    made.account.settings = { { u"address"_s, u"alice@irc.sim.test"_s },
        { u"server"_s, u"localhost"_s }, { u"port"_s, server.tlsPort() },
        { u"connection"_s, u"tls"_s }, { u"ca-file"_s, server.authorityFile() },
        { u"nick"_s, u"alice"_s }, { u"login"_s, u"alice"_s }, { u"sasl"_s, u"auto"_s } };
    made.account.password = u"alice-pw"_s;
    return made;
}

Fault row(const QString &name, const QString &code, QStringView step,
    const std::function<void(Network &)> &spoil)
{
    Fault fault;
    fault.name = name;
    fault.protocol = u"irc"_s;
    fault.code = code;
    fault.step = step.toString();
    fault.arrange = [spoil](FaultWorld &world) -> std::optional<FaultAccount> {
        Network network = networkIn(world);
        spoil(network);
        return network.account;
    };
    return fault;
}

} // namespace

HealthyPeer healthyIrc(FaultWorld &world)
{
    const Network network = networkIn(world);
    return { network.account, network.server->tlsPort() };
}

QList<Fault> ircFaults()
{
    return {
        row(u"wrong password"_s, u"wrong-password"_s, DoctorStep::Authentication,
            [](Network &network) { network.account.password = u"something else"_s; }),
        row(u"banned"_s, u"banned"_s, DoctorStep::Registered,
            [](Network &network) { network.server->ban("You are not welcome here"_ba); }),
    };
}

} // namespace linchpin::test
