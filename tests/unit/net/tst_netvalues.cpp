// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/hostresolver.h"
#include "core/net/neterrors.h"
#include "core/net/proxychoice.h"
#include "core/net/sharedrows.h"
#include "core/net/wirelog.h"
#include "tests/support/fakeplugin.h"

#include <QSignalSpy>
#include <QTest>
#include <QTimeZone>

using namespace linchpin;
using namespace Qt::StringLiterals;

class TestNetValues : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void srvOrder_data();
    void srvOrder();
    void srvWeightsAreChances();
    void srvNoService();
    void nameServer_data();
    void nameServer();
    void familiesTakeTurns();
    void loopback_data();
    void loopback();
    void proxySettings();
    void sharedRows();
    void outdatedTlsEnds_data();
    void outdatedTlsEnds();
    void selfOnlyHasNoNetworkRows();
    void wireLogIsBounded();
    void wireLogHidesSecrets();
    void wireLogTellsThoseWhoListen();
    void handshakeWords_data();
    void handshakeWords();
};

void TestNetValues::srvOrder_data()
{
    QTest::addColumn<double>("chance");
    QTest::addColumn<QStringList>("order");
    // RFC 2782: all of priority 10 before those of 20; within 10 weights 0, 60, 40.
    QTest::newRow("lowest") << 0.0
                            << QStringList { u"zero"_s, u"sixty"_s, u"forty"_s, u"backup"_s };
    QTest::newRow("middle") << 0.5
                            << QStringList { u"sixty"_s, u"forty"_s, u"zero"_s, u"backup"_s };
    QTest::newRow("highest") << 0.999
                             << QStringList { u"forty"_s, u"sixty"_s, u"zero"_s, u"backup"_s };
}

void TestNetValues::srvOrder()
{
    QFETCH(double, chance);
    QFETCH(QStringList, order);
    const QList<ServiceRecord> records { { u"backup"_s, 1, 20, 100 }, { u"sixty"_s, 1, 10, 60 },
        { u"zero"_s, 1, 10, 0 }, { u"forty"_s, 1, 10, 40 } };
    QStringList found;
    const auto ordered = orderedByChance(records, [chance] { return chance; });
    for (const ServiceRecord &record : ordered) {
        found.append(record.target);
    }
    QCOMPARE(found, order);
}

void TestNetValues::srvWeightsAreChances()
{
    const QList<ServiceRecord> records { { u"a"_s, 1, 0, 3 }, { u"b"_s, 1, 0, 1 } };
    int firstA = 0;
    constexpr int kTries = 1000;
    for (int i = 0; i < kTries; ++i) {
        const double chance = double(i) / kTries;
        firstA += orderedByChance(records, [chance] { return chance; }).first().target == "a"_L1;
    }
    QVERIFY(firstA > 600 && firstA < 850);
}

void TestNetValues::srvNoService()
{
    // "The service is decidedly not available" (RFC 2782) is another answer than none at all.
    const ServiceRecord refusal { u"."_s, 0, 0, 0 };
    const ServiceRecord real { u"a"_s, 1, 0, 0 };
    const auto first = [] { return 0.0; };
    QCOMPARE(orderedByChance({ refusal }, first), QList<ServiceRecord> { refusal });
    QCOMPARE(orderedByChance({ { QString(), 0, 0, 0 }, refusal }, first),
        QList<ServiceRecord> { refusal });
    QCOMPARE(orderedByChance({ refusal, real }, first), QList<ServiceRecord> { real });
    QVERIFY(orderedByChance({ { u"a"_s, 0, 0, 0 } }, first).isEmpty());
    QVERIFY(orderedByChance({}, [] { return 0.0; }).isEmpty());
}

void TestNetValues::nameServer_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("address");
    QTest::addColumn<int>("port");
    QTest::newRow("none") << u""_s << u""_s << 53;
    QTest::newRow("address") << u"127.0.0.1"_s << u"127.0.0.1"_s << 53;
    QTest::newRow("port") << u"127.0.0.1:5353"_s << u"127.0.0.1"_s << 5353;
    QTest::newRow("IPv6") << u"::1"_s << u"::1"_s << 53;
    QTest::newRow("IPv6 and port") << u"[::1]:5353"_s << u"::1"_s << 5353;
    QTest::newRow("nonsense") << u"dns.test:99999"_s << u""_s << 53;
}

void TestNetValues::nameServer()
{
    QFETCH(QString, text);
    QFETCH(QString, address);
    QFETCH(int, port);
    const NameServer server = NameServer::fromText(text);
    QCOMPARE(server.address.toString(), address);
    QCOMPARE(int(server.port), port);
}

void TestNetValues::familiesTakeTurns()
{
    const auto list = [](const QStringList &texts) {
        QList<QHostAddress> addresses;
        for (const QString &text : texts) {
            addresses.append(QHostAddress(text));
        }
        return addresses;
    };
    QCOMPARE(interleaved(list({ u"::1"_s, u"::2"_s, u"::3"_s, u"1.1.1.1"_s, u"2.2.2.2"_s })),
        list({ u"::1"_s, u"1.1.1.1"_s, u"::2"_s, u"2.2.2.2"_s, u"::3"_s }));
    QCOMPARE(interleaved(list({ u"1.1.1.1"_s, u"1.1.1.1"_s, u"::1"_s })),
        list({ u"1.1.1.1"_s, u"::1"_s }));
    QList<QHostAddress> many;
    for (quint32 i = 1; i < 1000; ++i) {
        many.append(QHostAddress(i));
    }
    QVERIFY(interleaved(many).size() <= 16);
}

void TestNetValues::loopback_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<bool>("is");
    QTest::newRow("127.0.0.1") << u"127.0.0.1"_s << true;
    QTest::newRow("127.9.9.9") << u"127.9.9.9"_s << true;
    QTest::newRow("::1") << u"::1"_s << true;
    QTest::newRow("localhost") << u"LocalHost"_s << true;
    QTest::newRow("chat.localhost") << u"chat.localhost"_s << true;
    QTest::newRow("name") << u"server.test"_s << false;
    QTest::newRow("address") << u"10.0.0.1"_s << false;
}

void TestNetValues::loopback()
{
    QFETCH(QString, host);
    QFETCH(bool, is);
    QCOMPARE(isLoopback(host), is);
}

void TestNetValues::proxySettings()
{
    SettingValues values;
    QCOMPARE(proxyFromSettings(values, {}).type, ProxySettings::Type::System);
    values.set(u"proxy-type"_s, u"none"_s);
    values.set(u"proxy-host"_s, u"proxy.test"_s);
    values.set(u"proxy-login"_s, u"me"_s);
    QCOMPARE(proxyFromSettings(values, {}).type, ProxySettings::Type::None);
    QVERIFY(proxyFromSettings(values, {}).login.isEmpty()); // not asked for what is not used
    values.set(u"proxy-type"_s, u"socks5"_s);
    const ProxySettings socks = proxyFromSettings(values, u"pw"_s);
    QCOMPARE(socks.type, ProxySettings::Type::Socks5);
    QCOMPARE(socks.port, 1080);
    QCOMPARE(socks.login, u"me"_s);
    QCOMPARE(socks.password, u"pw"_s);
    values.set(u"proxy-type"_s, u"http"_s);
    values.set(u"proxy-port"_s, 8080);
    QCOMPARE(proxyFromSettings(values, {}).port, 8080);
    QVERIFY(proxyFactory(socks)->queryProxy().constFirst().capabilities().testFlag(
        QNetworkProxy::HostNameLookupCapability));
}

void TestNetValues::sharedRows()
{
    const test::FakePlugin plugin;
    const SettingsSchema schema = fullSchema(plugin);
    for (const QString &key : { u"address"_s, u"proxy-type"_s, u"proxy-host"_s, u"proxy-port"_s,
             u"proxy-login"_s, u"proxy-password"_s, u"ca-file"_s, u"pinned-certificate"_s,
             u"minimum-tls"_s, u"minimum-tls-until"_s }) {
        QVERIFY2(schema.field(key), qPrintable(key));
    }
    SettingValues values;
    values.set(u"address"_s, u"a@b.test"_s);
    QVERIFY(schema.problems(values).isEmpty());
    QVERIFY(!schema.isEnabled(*schema.field(u"proxy-host"_s), values));
    for (const QString &type : { u"http"_s, u"socks5"_s }) {
        values.set(u"proxy-type"_s, type);
        QVERIFY(schema.isEnabled(*schema.field(u"proxy-host"_s), values));
        QCOMPARE(schema.problems(values).size(), 1); // the host is missing
    }
}

void TestNetValues::outdatedTlsEnds_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("until");
    QTest::addColumn<QString>("inForce");
    QTest::addColumn<QString>("given"); // the end that it gets
    QTest::newRow("1.2") << u"1.2"_s << QString() << u"1.2"_s << QString();
    QTest::newRow("1.3") << u"1.3"_s << QString() << u"1.3"_s << QString();
    QTest::newRow("1.3 needs no end") << u"1.3"_s << u"2026-12-01"_s << u"1.3"_s << QString();
    QTest::newRow("1.0 until later") << u"1.0"_s << u"2026-12-01"_s << u"1.0"_s << u"2026-12-01"_s;
    QTest::newRow("1.1 on the last day")
        << u"1.1"_s << u"2026-11-21"_s << u"1.1"_s << u"2026-11-21"_s;
    QTest::newRow("1.1 the day after")
        << u"1.1"_s << u"2026-11-20"_s << u"1.2"_s << u"2026-11-20"_s;
    QTest::newRow("without an end") << u"1.0"_s << QString() << u"1.2"_s << u"2027-11-21"_s;
    QTest::newRow("no date") << u"1.0"_s << u"for ever"_s << u"1.2"_s << u"for ever"_s;
}

void TestNetValues::outdatedTlsEnds()
{
    QFETCH(QString, version);
    QFETCH(QString, until);
    QFETCH(QString, inForce);
    QFETCH(QString, given);
    const QDateTime now(QDate(2026, 11, 21), QTime(12, 0), QTimeZone::UTC);
    const test::FakePlugin plugin;
    const SettingsSchema schema = fullSchema(plugin);
    SettingValues values;
    values.set(u"address"_s, u"a@b.test"_s);
    values.set(u"minimum-tls"_s, version);
    if (!until.isEmpty()) {
        values.set(u"minimum-tls-until"_s, until);
    }
    QCOMPARE(settingsInForce(schema, values, now).text(u"minimum-tls"_s), inForce);
    QCOMPARE(schema.problems(values).size(), until == "for ever"_L1 ? 1 : 0);
    setTrustEnds(schema, values, now);
    QCOMPARE(values.text(u"minimum-tls-until"_s), given);
}

void TestNetValues::selfOnlyHasNoNetworkRows()
{
    test::FakePlugin plugin;
    plugin.capabilities = Capability::SelfOnly;
    QVERIFY(!fullSchema(plugin).field(u"proxy-type"_s));
}

void TestNetValues::wireLogIsBounded()
{
    const QDateTime now(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
    WireLog byCount(10, 1 << 20);
    for (int i = 0; i < 100; ++i) {
        byCount.append(now, true, QByteArray::number(i) + '\n');
    }
    QCOMPARE(byCount.entries().size(), 10);
    QCOMPARE(byCount.entries().constLast().text, u"99\n"_s);
    QCOMPARE(byCount.entries().constLast().at, now);
    WireLog byBytes(1000, 1000);
    for (int i = 0; i < 100; ++i) {
        byBytes.append(now, true, QByteArray(99, 'x') + '\n');
    }
    QCOMPARE(byBytes.entries().size(), 10);
    byBytes.append(now, true, QByteArray(1 << 22, 'y')); // larger than all: nothing is left
    QVERIFY(byBytes.entries().isEmpty());
    byBytes.clear();
}

void TestNetValues::wireLogHidesSecrets()
{
    const QDateTime now(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
    WireLog log;
    log.append(now, true, "PASS canary\r\n");
    log.append(now, true, "<auth mechanism='PLAIN'>can"); // cut in two by a small buffer
    log.append(now, true, "ary==</auth>");
    log.append(now, false, "zażółć 👩‍👩‍👧‍👦\r\n"_ba);
    const QList<WireEntry> entries = log.entries();
    QCOMPARE(entries.size(), 3);
    for (const WireEntry &entry : entries) {
        QVERIFY2(!entry.text.contains("canary"_L1), qPrintable(entry.text));
        QVERIFY2(!entry.text.contains("ary="_L1), qPrintable(entry.text));
    }
    QVERIFY(entries.at(0).outgoing && !entries.at(2).outgoing);
    QCOMPARE(entries.at(2).text, u"zażółć 👩‍👩‍👧‍👦\r\n"_s);
}

void TestNetValues::wireLogTellsThoseWhoListen()
{
    const QDateTime now(QDate(2026, 3, 1), QTime(12, 0), QTimeZone::UTC);
    WireLog log;
    const QSignalSpy appended(&log, &WireLog::appended);
    log.append(now, true, "PASS canary\r\n");
    QCOMPARE(appended.size(), 1);
    QVERIFY(!appended.constFirst().constFirst().value<WireEntry>().text.contains("canary"_L1));
}

void TestNetValues::handshakeWords_data()
{
    QTest::addColumn<QString>("words");
    QTest::addColumn<QString>("code");
    QTest::newRow("plain text") << u"error:0A00010B:SSL routines::wrong version number"_s
                                << u"not-tls"_s;
    QTest::newRow("too old") << u"error:0A000102:SSL routines::unsupported protocol"_s
                             << u"tls-too-old"_s;
    QTest::newRow("alert") << u"error:0A00042E:SSL routines::tlsv1 alert protocol version"_s
                           << u"tls-too-old"_s;
    QTest::newRow("weak") << u"error:0A00018A:SSL routines::dh key too small"_s
                          << u"certificate-weak"_s;
    QTest::newRow("other") << u"error:0A000410:SSL routines::sslv3 alert handshake failure"_s
                           << u"tls-handshake-failed"_s;
}

void TestNetValues::handshakeWords()
{
    QFETCH(QString, words);
    QFETCH(QString, code);
    const Error error = handshakeError(u"h:1"_s, words);
    QCOMPARE(error.code, code);
    QVERIFY(error.detail.contains(words));
    QVERIFY(!error.title.isEmpty());
}

QTEST_GUILESS_MAIN(TestNetValues)
#include "tst_netvalues.moc"
