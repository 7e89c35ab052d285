// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What can go wrong with XMPP servers.

#include "protocols/xmpp/simulator/xmppsimulator.h"
#include "tests/doctor/fault.h"

using namespace Qt::StringLiterals;

namespace linchpin::test {

using xmpp::simulator::XmppSimulator;

HealthyPeer healthyXmpp(FaultWorld &world)
{
    XmppSimulator &server = world.make<XmppSimulator>(std::chrono::milliseconds(0));
    if (const QString trouble = server.start(world.folder(), 0); !trouble.isEmpty()) {
        qFatal("%s", qPrintable(trouble));
    }
    HealthyPeer peer;
    peer.port = server.port();
    peer.account.settings
        = { { u"address"_s, QString(XmppSimulator::userName() + u'@' + XmppSimulator::domain()) },
              { u"server"_s, u"localhost"_s }, { u"port"_s, server.port() },
              { u"connection"_s, u"starttls"_s }, { u"ca-file"_s, server.caFile() } };
    peer.account.password = XmppSimulator::password();
    return peer;
}

QList<Fault> xmppFaults()
{
    Fault wrongPassword;
    wrongPassword.name = u"wrong password"_s;
    wrongPassword.protocol = u"xmpp"_s;
    wrongPassword.code = u"wrong-password"_s;
    wrongPassword.step = DoctorStep::Authentication.toString();
    wrongPassword.arrange = [](FaultWorld &world) -> std::optional<FaultAccount> {
        HealthyPeer peer = healthyXmpp(world);
        peer.account.password = u"something else"_s;
        return peer.account;
    };
    return { wrongPassword };
}

} // namespace linchpin::test
