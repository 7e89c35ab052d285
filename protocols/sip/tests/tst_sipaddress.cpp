// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/discovery/addresslookup.h"
#include "protocols/sip/sippresets.h"
#include "tests/support/fakeservices.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;
using namespace std::chrono_literals;

/// What the network says of an address before anybody has signed in.
class TestSipAddress : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void guesses_data();
    void guesses();
    void asksWithoutSecrets();
    void answersInTime();
    void servicesOfAllGenerations();
};

namespace {

const QString kDomain = u"litwareinc.test"_s;

NetworkAnswers withRecord(const QString &name, const QString &target, quint16 port)
{
    NetworkAnswers answers;
    answers.records.insert(
        name + kDomain, { { .target = target, .port = port, .priority = 0, .weight = 0 } });
    return answers;
}

NetworkAnswers withPage(const QString &url, int status, const QByteArray &body,
    const QList<std::pair<QByteArray, QByteArray>> &headers = {})
{
    NetworkAnswers answers;
    HttpReply reply;
    reply.status = status;
    reply.headers = headers;
    reply.body = body;
    answers.pages.insert(QUrl(url), reply);
    return answers;
}

} // namespace

void TestSipAddress::guesses_data()
{
    QTest::addColumn<NetworkAnswers>("answers");
    QTest::addColumn<int>("confidence");
    QTest::addColumn<QVariantMap>("found");
    QTest::addColumn<QString>("preset");
    const QVariantMap lync { { u"flavour"_s, u"lync"_s } };
    const QString internal = u"https://lyncdiscoverinternal.litwareinc.test/"_s;
    const QString external = u"http://lyncdiscover.litwareinc.test/"_s;
    const QByteArray document
        = R"({"_links":{"self":{"href":"https://a.litwareinc.test/"},"user":{"href":"https://a.litwareinc.test/user"}}})"_ba;
    QTest::newRow("nothing") << NetworkAnswers {} << 1 << QVariantMap {} << QString();
    QTest::newRow("inside") << withRecord(u"_sipinternaltls._tcp."_s, u"pool.litwareinc.test"_s,
        5061) << 2
                            << QVariantMap { { u"server"_s, u"pool.litwareinc.test"_s },
                                   { u"port"_s, 5061 }, { u"connection"_s, u"tls"_s } }
                            << QString();
    QTest::newRow("edge") << withRecord(u"_sip._tls."_s, u"sip.litwareinc.test"_s, 443) << 2
                          << QVariantMap { { u"server"_s, u"sip.litwareinc.test"_s },
                                 { u"port"_s, 443 }, { u"connection"_s, u"tls"_s } }
                          << QString();
    QTest::newRow("plain, wanted by nobody")
        << withRecord(u"_sipinternal._tcp."_s, u"pool.litwareinc.test"_s, 5060) << 2
        << QVariantMap { { u"server"_s, u"pool.litwareinc.test"_s }, { u"port"_s, 5060 },
               { u"connection"_s, u"auto"_s } }
        << QString();
    QTest::newRow("Microsoft's cloud") << withRecord(u"_sip._tls."_s, u"sipdir.online.LYNC.com"_s,
        443) << 2 << QVariantMap {} << u"office-365"_s;
    QTest::newRow("autodiscover") << withPage(internal, 200, document) << 2 << lync << QString();
    QTest::newRow("autodiscover wants a ticket") << withPage(
        external, 401, {}, { { "X-MS-WebTicketURL"_ba, "https://a.litwareinc.test/WebTicket"_ba } })
                                                 << 2 << lync << QString();
    QTest::newRow("autodiscover elsewhere") << withPage(external, 302, {},
        { { "Location"_ba,
            "https://web.litwareinc.test/Autodiscover/AutodiscoverService.svc/root"_ba } })
                                            << 2 << lync << QString();
    QTest::newRow("autodiscover of the cloud") << withPage(external, 302, {},
        { { "Location"_ba,
            "https://webdir.online.lync.com/Autodiscover/AutodiscoverService.svc/root"_ba } })
                                               << 2 << QVariantMap {} << u"office-365"_s;
    QTest::newRow("a web server for everything")
        << withPage(internal, 200, "<html>Zażółć gęślą jaźń</html>"_ba) << 1 << QVariantMap {}
        << QString();
    QTest::newRow("a web server that redirects")
        << withPage(external, 301, {}, { { "Location"_ba, "https://www.litwareinc.test/"_ba } })
        << 1 << QVariantMap {} << QString();
    QTest::newRow("a challenge of something else")
        << withPage(external, 401, {}, { { "WWW-Authenticate"_ba, "Basic"_ba } }) << 1
        << QVariantMap {} << QString();
    NetworkAnswers open;
    open.openDoors.insert(u"sipinternal.litwareinc.test:5061"_s);
    QTest::newRow("usual name") << open << 2
                                << QVariantMap { { u"server"_s, u"sipinternal.litwareinc.test"_s },
                                       { u"port"_s, 5061 }, { u"connection"_s, u"tls"_s } }
                                << QString();
}

void TestSipAddress::guesses()
{
    QFETCH(const NetworkAnswers, answers);
    QFETCH(const int, confidence);
    QFETCH(const QVariantMap, found);
    QFETCH(const QString, preset);
    const AddressGuess guess = sip::guessFrom(kDomain, answers, { 1, {}, u"often"_s });
    QCOMPARE(guess.confidence, confidence);
    QCOMPARE(guess.found, found);
    QCOMPARE(guess.presetId, preset);
    QCOMPARE(guess.reason.contains(kDomain), confidence > 1);
}

void TestSipAddress::asksWithoutSecrets()
{
    ManualClock clock;
    FakeServices services(clock);
    services.onConnect = [](const Endpoint &) {
        return Result<void>(std::unexpect, Error { .code = u"name-not-found"_s });
    };
    services.secrets.insert(u"password"_s, u"hunter2"_s);
    const auto asked = sip::questionsAbout(kDomain);
    auto answers = askNetwork(services, asked);
    QVERIFY(answers.isFinished());
    QCOMPARE(answers.result()->records.size(), 0);
    QCOMPARE(answers.result()->pages.size(), 4); // 404 each
    QVERIFY(services.lookups.contains(u"_sipinternaltls._tcp.litwareinc.test"_s));
    QVERIFY(services.lookups.contains(u"_sip._tls.litwareinc.test"_s));
    QVERIFY(!services.lookups.contains(u"_sipfederationtls._tcp.litwareinc.test"_s));
    QStringList hosts;
    for (const HttpRequest &request : std::as_const(services.requests)) {
        hosts.append(request.url.host());
        QVERIFY(!request.mayAuthenticate);
        QVERIFY(!request.url.toString().contains(u'@'));
        QVERIFY(request.limit < 10s);
    }
    QVERIFY(hosts.contains(u"lyncdiscover.litwareinc.test"_s));
    QVERIFY(hosts.contains(u"lyncdiscoverinternal.litwareinc.test"_s));
    for (const Endpoint &endpoint : std::as_const(services.endpoints)) {
        QCOMPARE(endpoint.port, 5061);
    }
}

void TestSipAddress::answersInTime()
{
    ManualClock clock;
    FakeServices services(clock);
    services.connectsPend = true; // hosts that swallow packets
    auto answers = askNetwork(services, sip::questionsAbout(kDomain));
    QVERIFY(!answers.isFinished());
    clock.advance(9s);
    QVERIFY(answers.isFinished());
    QVERIFY(answers.result().has_value());
    // An SRV record is enough: nobody waits for the rest.
    services.services.insert(u"_sip._tls.litwareinc.test"_s,
        { { .target = u"sip.litwareinc.test"_s, .port = 443, .priority = 0, .weight = 0 } });
    auto early = askNetwork(services, sip::questionsAbout(kDomain),
        [](const NetworkAnswers &so) { return sip::isEnough(kDomain, so); });
    QVERIFY(early.isFinished());
    QVERIFY(early.result()->pending > 0);
    // Whoever asked may be gone before the answers are.
    {
        auto dropped = std::make_unique<FakeServices>(clock);
        dropped->connectsPend = true;
        early = askNetwork(*dropped, sip::questionsAbout(kDomain));
    }
    QVERIFY(early.isFinished());
}

void TestSipAddress::servicesOfAllGenerations()
{
    QStringList ids;
    QStringList ended;
    for (const ServicePreset &service : sip::services()) {
        ids.append(service.preset.id);
        if (service.preset.retired) {
            ended.append(service.preset.id);
        }
    }
    QCOMPARE(ids,
        (QStringList { u"ocs-2007-r2"_s, u"lync-2010"_s, u"lync-2013"_s, u"skype-for-business"_s,
            u"plain-sip"_s, u"communications-online"_s, u"office-365"_s }));
    QCOMPARE(ended, (QStringList { u"communications-online"_s, u"office-365"_s }));
    const QList<AccountPreset> presets = sip::accountPresets();
    QCOMPARE(presetForDomain(presets, u"contoso.onmicrosoft.com"_s)->id, u"office-365"_s);
}

QTEST_GUILESS_MAIN(TestSipAddress)
#include "tst_sipaddress.moc"
