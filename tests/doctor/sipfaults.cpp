// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What can go wrong with OCS, Lync and plain SIP servers.

#include "protocols/sip/simulator/ocspool.h"
#include "tests/doctor/fault.h"

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

using sip::sim::OcsPool;

const QString kAlice = u"alice@litwareinc.test"_s;
const QString kPassword = u"Zażółć🦄"_s;

/// A pool with one user, and the account for it.
struct Pool {
    OcsPool *pool = nullptr;
    FaultAccount account;
};

Pool poolIn(FaultWorld &world)
{
    // RSA keys take their time; one for all rows.
    static const auto kCertificates
        = sip::sim::makeCertificates(OcsPool::certificateNames(u"litwareinc.test"_s));
    OcsPool::Options options;
    options.directory = world.folder();
    options.certificates = kCertificates;
    OcsPool &pool = world.make<OcsPool>(options, nullptr);
    pool.addUser(kAlice, u"LITWARE\\alice"_s, kPassword, u"Alice"_s);
    if (const auto started = pool.start(); !started) {
        qFatal("%s", qPrintable(started.error()));
    }
    Pool made;
    made.pool = &pool;
    made.account.settings = { { u"address"_s, kAlice }, { u"login"_s, u"LITWARE\\alice"_s },
        { u"server"_s, u"localhost"_s }, { u"port"_s, pool.tlsPort() },
        { u"connection"_s, u"tls"_s }, { u"ca-file"_s, pool.authorityFile() } };
    made.account.password = kPassword;
    return made;
}

Fault row(const QString &name, const QString &code, QStringView step,
    const std::function<void(Pool &)> &spoil)
{
    Fault fault;
    fault.name = name;
    fault.protocol = u"sip"_s;
    fault.code = code;
    fault.step = step.toString();
    fault.arrange = [spoil](FaultWorld &world) -> std::optional<FaultAccount> {
        Pool pool = poolIn(world);
        spoil(pool);
        return pool.account;
    };
    return fault;
}

} // namespace

HealthyPeer healthySip(FaultWorld &world)
{
    const Pool pool = poolIn(world);
    return { pool.account, pool.pool->tlsPort() };
}

QList<Fault> sipFaults()
{
    return {
        row(u"wrong password"_s, u"wrong-password"_s, DoctorStep::Authentication,
            [](Pool &pool) { pool.account.password = u"something else"_s; }),
    };
}

} // namespace linchpin::test
