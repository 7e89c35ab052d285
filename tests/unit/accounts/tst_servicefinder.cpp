// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/pluginregistry.h"
#include "core/accounts/servicefinder.h"
#include "core/net/discoveryservices.h"
#include "tests/support/fakeplugin.h"
#include "tests/support/fakeservices.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QUdpSocket>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;
using namespace std::chrono_literals;

namespace {

/// Says what the test wants, when it wants.
class AskedPlugin : public FakePlugin {
public:
    using FakePlugin::FakePlugin;

    AddressGuess guess(const QString &) const override { return local; }
    Async<AddressGuess> discover(const QString &address, SessionServices &) const override
    {
        asked.append(address);
        return answer.future();
    }

    AddressGuess local { 1, {}, u"maybe"_s };
    Answer<AddressGuess> answer;
    mutable QStringList asked;
};

ServiceGuess guessOf(
    const QString &protocol, int confidence, const QVariantMap &found = {}, bool retired = false)
{
    ServiceGuess guess;
    guess.protocol = protocol;
    guess.guess.confidence = confidence;
    guess.guess.found = found;
    guess.retired = retired;
    return guess;
}

QString protocolsOf(const QList<ServiceGuess> &guesses)
{
    QStringList names;
    for (const ServiceGuess &guess : guesses) {
        names.append(guess.protocol);
    }
    return names.join(u' ');
}

/// A private name server on loopback: A and SRV records out of two tables, NXDOMAIN for the rest.
class NameServerOnLoopback : public QUdpSocket {
public:
    NameServerOnLoopback()
    {
        bind(QHostAddress::LocalHost);
        connect(this, &QUdpSocket::readyRead, this, [this] {
            while (hasPendingDatagrams()) {
                answer();
            }
        });
    }

    QHash<QByteArray, QPair<QByteArray, quint16>> services; ///< name → target, port
    QHash<QByteArray, QHostAddress> hosts;

private:
    static QByteArray wire(const QByteArray &name)
    {
        QByteArray bytes;
        for (const QByteArray &label : name.split('.')) {
            bytes += char(label.size()) + label;
        }
        return bytes + '\0';
    }

    void answer()
    {
        QByteArray question(int(pendingDatagramSize()), Qt::Uninitialized);
        QHostAddress from;
        quint16 port = 0;
        readDatagram(question.data(), question.size(), &from, &port);
        QByteArrayList labels;
        qsizetype at = 12;
        while (at < question.size() && question.at(at) != 0) {
            labels.append(question.mid(at + 1, uchar(question.at(at))));
            at += uchar(question.at(at)) + 1;
        }
        const QByteArray name = labels.join('.').toLower();
        const int type = uchar(question.at(at + 2));
        QByteArray data;
        if (type == 33 && services.contains(name)) {
            const auto [target, service] = services.value(name);
            data = "\x00\x05\x00\x00"_ba.first(4) + char(service >> 8) + char(service & 0xff)
                + wire(target);
        } else if (type == 1 && hosts.contains(name)) {
            const quint32 address = hosts.value(name).toIPv4Address();
            for (int shift = 24; shift >= 0; shift -= 8) {
                data += char(address >> shift);
            }
        }
        const bool known = !data.isEmpty() || hosts.contains(name);
        QByteArray reply = question.first(at + 5);
        reply[2] = char(0x81);
        reply[3] = known ? char(0x80) : char(0x83);
        reply[7] = data.isEmpty() ? 0 : 1;
        reply[8] = reply[9] = reply[10] = reply[11] = 0;
        if (!data.isEmpty()) {
            reply += "\xc0\x0c\x00"_ba.first(3) + char(type)
                + "\x00\x01\x00\x00\x00\x3c\x00"_ba.first(7) + char(data.size()) + data;
        }
        writeDatagram(reply, from, port);
    }
};

} // namespace

class ServiceFinderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ranks_data();
    void ranks();
    void worthAsking_data();
    void worthAsking();
    void streams();
    void endsAndCancels();
    void slowPlugin();
    void finishesOnce();
    void mayGoWhileItTells();
    void endedServices();
    void filesOfServices();
    void foundOnLoopback_data();
    void foundOnLoopback();
};

void ServiceFinderTest::ranks_data()
{
    QTest::addColumn<QList<ServiceGuess>>("guesses");
    QTest::addColumn<QString>("order");
    const QVariantMap server { { u"server"_s, u"a.test"_s } };
    const QVariantMap more { { u"server"_s, u"a.test"_s }, { u"port"_s, 1 } };
    const auto a = u"a"_s;
    const auto b = u"b"_s;
    const auto c = u"c"_s;
    using Guesses = QList<ServiceGuess>;
    QTest::newRow("nothing") << Guesses {} << QString();
    QTest::newRow("impossible ones go") << Guesses { guessOf(a, 0), guessOf(b, 1) } << u"b"_s;
    QTest::newRow("certain before found")
        << Guesses { guessOf(a, 2, server), guessOf(b, 3) } << u"b a"_s;
    QTest::newRow("found before known")
        << Guesses { guessOf(a, 2), guessOf(b, 2, server) } << u"b a"_s;
    QTest::newRow("found, if less sure, before known")
        << Guesses { guessOf(a, 2), guessOf(b, 1, server) } << u"b a"_s;
    QTest::newRow("known before possible") << Guesses { guessOf(a, 1), guessOf(b, 2) } << u"b a"_s;
    QTest::newRow("the order stays") << Guesses { guessOf(b, 1), guessOf(a, 1) } << u"b a"_s;
    QTest::newRow("ended after the living")
        << Guesses { guessOf(a, 2, {}, true), guessOf(b, 2) } << u"b a"_s;
    QTest::newRow("ended, but known, before possible")
        << Guesses { guessOf(a, 1), guessOf(b, 2, {}, true) } << u"b a"_s;
    QTest::newRow("more found first")
        << Guesses { guessOf(a, 2, server), guessOf(b, 2, more), guessOf(c, 1) } << u"b a c"_s;
}

void ServiceFinderTest::ranks()
{
    QFETCH(const QList<ServiceGuess>, guesses);
    QFETCH(const QString, order);
    QCOMPARE(protocolsOf(ranked(guesses)), order);
}

void ServiceFinderTest::worthAsking_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<bool>("worth");
    QTest::newRow("nothing") << QString() << false;
    QTest::newRow("a name") << u"alice"_s << false;
    QTest::newRow("half") << u"alice@litware"_s << false;
    QTest::newRow("dot") << u"alice@litware."_s << false;
    QTest::newRow("one letter") << u"alice@litware.t"_s << false;
    QTest::newRow("whole") << u"alice@litware.test"_s << true;
    QTest::newRow("two at") << u"a@b@litware.test"_s << false;
    QTest::newRow("space") << u"alice@lit ware.test"_s << false;
    QTest::newRow("japanese") << u"雪子@例え.テスト"_s << true;
    QTest::newRow("endless") << QString(u"a@"_s + QString(400, u'x') + u".test"_s) << false;
}

void ServiceFinderTest::worthAsking()
{
    QFETCH(const QString, address);
    QFETCH(const bool, worth);
    QCOMPARE(ServiceFinder::isWorthAsking(address), worth);
}

struct World {
    ManualClock clock;
    PluginRegistry registry { {} };
    AskedPlugin *a = nullptr;
    AskedPlugin *b = nullptr;

    World()
    {
        auto one = std::make_unique<AskedPlugin>(u"alpha"_s);
        auto two = std::make_unique<AskedPlugin>(u"beta"_s);
        a = one.get();
        b = two.get();
        registry.add(std::move(one));
        registry.add(std::move(two));
        registry.setDiscovery([this] { return std::make_unique<FakeServices>(clock); });
    }
};

void ServiceFinderTest::streams()
{
    World world;
    ServiceFinder finder(world.registry);
    QSignalSpy changed(&finder, &ServiceFinder::changed);
    QSignalSpy finished(&finder, &ServiceFinder::finished);
    finder.find(u"alice@litware.test"_s);
    QVERIFY(finder.isRunning());
    QCOMPARE(changed.size(), 1); // what is known, at once
    QCOMPARE(protocolsOf(finder.guesses()), u"alpha beta"_s);
    QCOMPARE(world.a->asked, QStringList { u"alice@litware.test"_s });
    world.b->answer.give(AddressGuess { 2, {}, u"found it"_s, { { u"server"_s, u"s.test"_s } } });
    QTRY_COMPARE(changed.size(), 2);
    QCOMPARE(protocolsOf(finder.guesses()), u"beta alpha"_s);
    QCOMPARE(finder.guesses().constFirst().guess.reason, u"found it"_s);
    QVERIFY(finder.isRunning());
    QCOMPARE(finished.size(), 0);
    world.a->answer.fail({ .code = u"timed-out"_s }); // no error, but no guess either
    QTRY_COMPARE(finished.size(), 1);
    QVERIFY(!finder.isRunning());
    QCOMPARE(protocolsOf(finder.guesses()), u"beta alpha"_s);
}

void ServiceFinderTest::endsAndCancels()
{
    World world;
    auto finder = std::make_unique<ServiceFinder>(world.registry);
    QSignalSpy changed(finder.get(), &ServiceFinder::changed);
    QSignalSpy finished(finder.get(), &ServiceFinder::finished);
    finder->find(u"alice@litware.test"_s);
    finder->cancel();
    QVERIFY(!finder->isRunning());
    const qsizetype before = changed.size();
    world.a->answer.give(AddressGuess { 3, {}, u"late"_s });
    QCoreApplication::processEvents();
    QCOMPARE(changed.size(), before);
    QCOMPARE(finished.size(), 0);
    // Another search may begin inside a signal of the one before, and the finder may go in one.
    World second;
    finder = std::make_unique<ServiceFinder>(second.registry);
    connect(finder.get(), &ServiceFinder::finished, this, [&] { finder.reset(); });
    finder->find(u"bob@litware.test"_s);
    second.a->answer.give(AddressGuess { 1, {}, u"a"_s });
    second.b->answer.give(AddressGuess { 1, {}, u"b"_s });
    QTRY_VERIFY(!finder);
}

void ServiceFinderTest::slowPlugin()
{
    World world;
    ServiceFinder finder(world.registry);
    QSignalSpy finished(&finder, &ServiceFinder::finished);
    finder.find(u"alice@litware.test"_s);
    QCoreApplication::processEvents();
    world.clock.advance(11s);
    QTRY_COMPARE(finished.size(), 1);
    QVERIFY(!finder.isRunning());
    QCOMPARE(protocolsOf(finder.guesses()), u"alpha beta"_s);
}

void ServiceFinderTest::finishesOnce()
{
    World world;
    ServiceFinder finder(world.registry);
    QSignalSpy finished(&finder, &ServiceFinder::finished);
    finder.find(u"alice@litware.test"_s);
    world.a->answer.give(AddressGuess { 1, {}, u"a"_s });
    world.b->answer.give(AddressGuess { 1, {}, u"b"_s });
    QTRY_COMPARE(finished.size(), 1);
    world.clock.advance(11s); // nobody is waited for any more
    QCoreApplication::processEvents();
    QCOMPARE(finished.size(), 1);
}

void ServiceFinderTest::mayGoWhileItTells()
{
    World world;
    auto finder = std::make_unique<ServiceFinder>(world.registry);
    connect(finder.get(), &ServiceFinder::changed, this, [&] { finder.reset(); });
    finder->find(u"alice@litware.test"_s);
    QVERIFY(!finder);
    QCoreApplication::processEvents();
}

void ServiceFinderTest::endedServices()
{
    World world;
    ServiceFinder finder(world.registry);
    const QList<ServiceGuess> guesses = finder.known(u"Carol@HotMail.com"_s);
    QVERIFY(guesses.size() >= 3);
    QVERIFY(guesses.constFirst().protocol.isEmpty());
    QVERIFY(guesses.constFirst().retired);
    QVERIFY(guesses.constFirst().note.contains(u"2013"_s));
    QCOMPARE(guesses.constFirst().link.scheme(), u"https"_s);
    // Who wants to go on may.
    QCOMPARE(protocolsOf(guesses.sliced(1)), u"alpha beta"_s);
    for (const QString &domain : { u"yahoo.com"_s, u"aim.com"_s, u"icq.com"_s, u"xfire.com"_s,
             u"skype.com"_s, u"myspace.com"_s, u"msn.com"_s }) {
        const QList<ServiceGuess> known = finder.known(u"x@"_s + domain);
        QVERIFY2(!known.isEmpty() && known.constFirst().retired, qPrintable(domain));
    }
}

void ServiceFinderTest::filesOfServices()
{
    const QTemporaryDir system;
    const QTemporaryDir own;
    const auto write
        = [](const QTemporaryDir &folder, const QString &name, const QByteArray &text) {
              QFile file(folder.filePath(name));
              QVERIFY(file.open(QIODevice::WriteOnly));
              file.write(text);
          };
    write(system, u"10-company.json"_s, R"({"services":[
        {"id":"example","protocol":"fake","name":"Replaced","values":{"server":"new.test"}},
        {"id":"company","protocol":"fake","name":"Company","domains":["company.test"],
         "values":{"server":"pool.company.test","port":443}},
        {"id":"nonsense","protocol":"fake","name":"x","values":{"colour":"blue"}},
        {"id":"secret","protocol":"fake","name":"x","values":{"password":"hunter2"}},
        {"id":"port","protocol":"fake","name":"x","values":{"port":"many"}},
        {"id":"other","protocol":"nobody","name":"x"}]})"_ba);
    write(system, u"20-broken.json"_s, "{"_ba);
    write(system, u"notes.txt"_s, "not looked at"_ba);
    write(own, u"mine.json"_s, R"({"services":[
        {"id":"company","protocol":"fake","name":"Mine","domains":["company.test"],
         "values":{"server":"mine.test"}}]})"_ba);
    PluginRegistry registry { {} };
    registry.add(std::make_unique<FakePlugin>(u"fake"_s));
    registry.serviceFiles().setFolders({ system.path(), own.path(), u"/nowhere"_s });
    const QList<ServicePreset> services = registry.services(u"fake"_s);
    QCOMPARE(services.size(), 2);
    QCOMPARE(registry.service(u"fake"_s, u"example"_s)->preset.name, u"Replaced"_s);
    const auto company = registry.service(u"fake"_s, u"company"_s);
    QVERIFY(company);
    QCOMPARE(company->preset.name, u"Mine"_s);
    QCOMPARE(company->preset.values.value(u"server"_s).toString(), u"mine.test"_s);
    QCOMPARE(company->file, own.filePath(u"mine.json"_s));
    QVERIFY(!registry.service(u"fake"_s, u"nonsense"_s));
    QVERIFY(!registry.service(u"fake"_s, QString()));
    QStringList sentences;
    for (const Error &problem : registry.serviceFiles().problems()) {
        QCOMPARE(problem.code, u"service-file-invalid"_s);
        QVERIFY(!problem.detail.isEmpty());
        sentences.append(problem.title);
    }
    QCOMPARE(sentences.size(), 4);
    QVERIFY(sentences.join(u' ').contains(u"colour"_s));
    QVERIFY(sentences.join(u' ').contains(u"JSON"_s));
    QVERIFY(!sentences.join(u' ').contains(u"hunter2"_s));
    ServiceFinder finder(registry);
    const QList<ServiceGuess> guesses = finder.known(u"alice@company.test"_s);
    QCOMPARE(guesses.constFirst().service, u"Mine"_s);
    QCOMPARE(rankOf(guesses.constFirst()), ServiceRank::KnownDomain);
}

void ServiceFinderTest::foundOnLoopback_data()
{
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("protocol");
    QTest::addColumn<QString>("server");
    QTest::addColumn<int>("port");
    QTest::newRow("communicator") << u"alice@litware.test"_s << u"sip"_s << u"pool.litware.test"_s
                                  << 5061;
    QTest::newRow("lync at the edge")
        << u"alice@edge.test"_s << u"sip"_s << u"access.edge.test"_s << 443;
    QTest::newRow("xmpp") << u"alice@jabber.test"_s << u"xmpp"_s << u"chat.jabber.test"_s << 5222;
    QTest::newRow("xmpp, TLS from the start")
        << u"alice@direct.test"_s << u"xmpp"_s << u"chat.direct.test"_s << 5223;
    QTest::newRow("irc by its name")
        << u"alice@club.test"_s << u"irc"_s << u"irc.club.test"_s << 6697;
    QTest::newRow("the cloud that has ended")
        << u"alice@cloud.test"_s << u"sip"_s << QString() << 0;
}

/// The real plugins against a private zone on loopback; nobody signs in.
void ServiceFinderTest::foundOnLoopback()
{
    QFETCH(const QString, address);
    QFETCH(const QString, protocol);
    QFETCH(const QString, server);
    QFETCH(const int, port);
    NameServerOnLoopback dns;
    dns.services = { { "_sipinternaltls._tcp.litware.test"_ba, { "pool.litware.test"_ba, 5061 } },
        { "_sip._tls.edge.test"_ba, { "access.edge.test"_ba, 443 } },
        { "_sip._tls.cloud.test"_ba, { "sipdir.online.lync.com"_ba, 443 } },
        { "_xmpp-client._tcp.jabber.test"_ba, { "chat.jabber.test"_ba, 5222 } },
        { "_xmpps-client._tcp.direct.test"_ba, { "chat.direct.test"_ba, 5223 } } };
    const QHostAddress home(u"127.83.7.91"_s); // ours alone
    dns.hosts = { { "irc.club.test"_ba, home } };
    QTcpServer irc;
    int visitors = 0;
    connect(&irc, &QTcpServer::newConnection, &irc, [&] {
        while (QTcpSocket *const visitor = irc.nextPendingConnection()) {
            ++visitors;
            connect(visitor, &QTcpSocket::readyRead, visitor, [] { qFatal("it talks"); });
        }
    });
    QVERIFY(irc.listen(home, 6697));
    qputenv("LINCHPIN_DNS_SERVER", "127.0.0.1:" + QByteArray::number(dns.localPort()));
    PluginRegistry registry({ QStringLiteral(LINCHPIN_BINARY_DIR "/plugins/linchpin") });
    registry.scan();
    registry.setDiscovery(discoveryServices);
    ServiceFinder finder(registry);
    QSignalSpy finished(&finder, &ServiceFinder::finished);
    finder.find(address);
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 12000);
    qunsetenv("LINCHPIN_DNS_SERVER");
    QVERIFY(!finder.guesses().isEmpty());
    const ServiceGuess best = finder.guesses().constFirst();
    QCOMPARE(best.protocol, protocol);
    QCOMPARE(best.guess.found.value(u"server"_s).toString(), server);
    QCOMPARE(best.guess.found.value(u"port"_s).toInt(), port);
    QVERIFY(best.guess.reason.contains(address.section(u'@', 1)));
    QCOMPARE(best.retired, server.isEmpty());
    QCOMPARE(visitors > 0, protocol == "irc"_L1);
}

QTEST_GUILESS_MAIN(ServiceFinderTest)
#include "tst_servicefinder.moc"
