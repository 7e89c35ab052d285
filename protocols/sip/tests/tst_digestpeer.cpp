// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realservices.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "tests/support/peerserver.h"

#include <QTest>

#include <algorithm>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

constexpr int limit = 60000;

struct Client {
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;
    std::optional<Error> ended;
    QByteArrayList sent;
    QByteArrayList received;

    Client(const test::PeerServer &server, const QString &login, const QString &password,
        const QString &scheme)
    {
        SettingValues settings;
        settings.set(u"address"_s, u"alice@sip.test"_s);
        settings.set(u"login"_s, login);
        settings.set(u"auth"_s, scheme);
        settings.set(u"flavour"_s, u"standard"_s);
        settings.set(u"server"_s, u"127.0.0.1"_s);
        settings.set(u"port"_s, server.port(1));
        settings.set(u"connection"_s, u"tls"_s);
        settings.set(u"proxy-type"_s, u"none"_s);
        settings.set(u"ca-file"_s, server.caFile());
        ServiceBinding binding;
        binding.settings = sip::accountSchema().complete(settings);
        binding.secret = [password](const QString &) { return ready<QString>(password); };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [](const QString &) { return QByteArray(); };
        binding.setState = [](const QString &, const QByteArray &) { };
        binding.log = [this](bool outgoing, const QByteArray &bytes) {
            (outgoing ? sent : received).append(bytes);
        };
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(
            session.get(), &Session::ended, session.get(), [this](const Error &e) { ended = e; });
        session->open({ .availability = Availability::Available });
    }
    bool isOnline() const { return session->state() == Session::State::Online; }
    bool saw(const QByteArrayList &log, const QByteArray &start, const QByteArray &what) const
    {
        return std::ranges::any_of(
            log, [&](const QByteArray &m) { return m.startsWith(start) && m.contains(what); });
    }
};

} // namespace

/// Digest against Kamailio, a registrar that nobody here wrote.
class TestDigestPeer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void signsIn_data();
    void signsIn();
};

void TestDigestPeer::signsIn_data()
{
    QTest::addColumn<QString>("algorithm");
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<QString>("login");
    QTest::newRow("MD5") << u"MD5"_s << u"auto"_s << QString();
    QTest::newRow("SHA-256, chosen") << u"SHA-256"_s << u"digest"_s << u"alice"_s;
}

void TestDigestPeer::signsIn()
{
    QFETCH(QString, algorithm);
    QFETCH(QString, scheme);
    QFETCH(QString, login);
    test::PeerServer server;
    if (!server.start(u"kamailio"_s, { u"PEER_SIP_ALGORITHM="_s + algorithm })) {
        if (server.isMissing()) {
            QSKIP(qPrintable(server.reason()));
        }
        QFAIL(qPrintable(server.reason()));
    }
    Client client(server, login, u"alice-pw"_s, scheme);
    QTRY_VERIFY_WITH_TIMEOUT(client.isOnline() || client.ended, limit);
    QVERIFY2(client.isOnline(), client.ended ? qPrintable(client.ended->detail) : "");
    QVERIFY(client.saw(client.sent, "REGISTER", "Authorization: Digest username=\"alice\""));
    QVERIFY(client.saw(client.sent, "REGISTER", "algorithm=" + algorithm.toLatin1()));
    client.session->close();
    QTRY_COMPARE_WITH_TIMEOUT(client.session->state(), Session::State::Offline, limit);
    QVERIFY(!client.ended); // signing out carried credentials, too

    Client wrong(server, login, u"wrong"_s, scheme);
    QTRY_VERIFY_WITH_TIMEOUT(wrong.ended, limit);
    QCOMPARE(wrong.ended->code, u"wrong-password"_s);
    QVERIFY(wrong.ended->title.contains(u"Digest"_s));
}

QTEST_GUILESS_MAIN(TestDigestPeer)
#include "tst_digestpeer.moc"
