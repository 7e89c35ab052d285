// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/discovery/autodiscovermachine.h"

#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

const QString root = u"/Autodiscover/AutodiscoverService.svc/root"_s;

QByteArray redirectTo(const QByteArray &url)
{
    return "<AutodiscoverResponse xmlns=\"http://schemas.microsoft.com/rtc/autodiscover\"><Root>"
           "<Link token=\"Redirect\" href=\""
        + url + "\"/></Root></AutodiscoverResponse>";
}
QByteArray userAt(const QByteArray &url)
{
    return "<AutodiscoverResponse AccessLocation=\"External\"><Root><Link token=\"Domain\" "
           "href=\"https://x.test/d\"/><Link token=\"User\" href=\""
        + url + "\"/></Root></AutodiscoverResponse>";
}
QByteArray servers(const QByteArray &access = "External"_ba)
{
    return "<AutodiscoverResponse AccessLocation=\"" + access
        + "\"><User><SipServerInternalAccess fqdn=\"pool\" port=\"5061\"/>"
          "<SipClientInternalAccess fqdn=\"pool01.ad.litwareinc.com\" port=\"443\"/>"
          "<SipClientExternalAccess fqdn=\"access.litwareinc.com\" port=\"5061\"/>"
          "<Link token=\"External/Ucwa\" href=\"https://x.test/u\"/></User></AutodiscoverResponse>";
}

Result<HttpReply> reply(int status, const QByteArray &body = {},
    const QList<std::pair<QByteArray, QByteArray>> &headers = {})
{
    HttpReply out;
    out.status = status;
    out.body = body;
    out.headers = headers;
    return out;
}
Result<HttpReply> nobody()
{
    Error error;
    error.code = u"name-not-found"_s;
    return std::unexpected(error);
}

AutodiscoverConfig config(const QUrl &url = {})
{
    return { .address = u"ben@litwareinc.com"_s,
        .domain = u"litwareinc.com"_s,
        .url = url,
        .userAgent = "UCCAPI/15"_ba };
}

/// A world of URLs (without query), and where the machine went in it.
struct Walk {
    QHash<QString, Result<HttpReply>> world;
    Result<QByteArray> assertion = "<saml:Assertion/>"_ba;
    AutodiscoverMachine machine;
    QStringList fetched;
    QStringList tickets;
    std::optional<discoverystep::Done> end;
    bool httpFirst = false;

    explicit Walk(const AutodiscoverConfig &with = config())
        : machine(with)
    {
    }

    void run()
    {
        QList<DiscoveryStep> todo = machine.start();
        while (!todo.isEmpty() && fetched.size() < 100) {
            const DiscoveryStep step = httpFirst ? todo.takeLast() : todo.takeFirst();
            if (const auto *fetch = std::get_if<discoverystep::Fetch>(&step)) {
                const QUrl url = fetch->request.url;
                const QString key = url.toString(QUrl::RemoveQuery);
                bool ticketed = false;
                for (const auto &header : fetch->request.headers) {
                    ticketed |= header.first == "X-MS-WebTicket"
                        && header.second == "opaque=" + QByteArray("<saml:Assertion/>").toBase64();
                }
                fetched.append(key + (ticketed ? u" T"_s : QString()));
                QVERIFY(url.query().contains(u"sipuri=ben@litwareinc.com"_s));
                QVERIFY(!fetch->request.mayAuthenticate);
                QVERIFY(!fetch->request.followRedirects);
                todo += machine.answered(
                    fetch->id, world.value(key + (ticketed ? u" T"_s : QString()), nobody()));
            } else if (const auto *need = std::get_if<discoverystep::NeedTicket>(&step)) {
                tickets.append(need->ticketService.toString() + u" for "_s
                    + need->resource.toString(QUrl::RemoveQuery));
                todo += machine.ticket(need->id, assertion);
            } else {
                QVERIFY(!end);
                end = std::get<discoverystep::Done>(step);
            }
        }
        QVERIFY(end);
    }
    QStringList found() const
    {
        QStringList list;
        for (const SrvTarget &target : end ? end->servers : QList<SrvTarget>()) {
            list.append(u"%1:%2"_s.arg(target.host).arg(target.port));
        }
        return list;
    }
};

} // namespace

/// Lync's autodiscover: documents, and the way through them.
class TestAutodiscover : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void documents_data();
    void documents();
    void noDocuments_data();
    void noDocuments();
    void wholeWay();
    void wholeWayByHttpHint();
    void nothingThere();
    void internalFailsExternalWorks();
    void homedElsewhere();
    void httpIsOnlyAHint_data();
    void httpIsOnlyAHint();
    void secureChainMayLeaveTheDomain();
    void loops();
    void longChain();
    void ticketRefused();
    void wrongPasswordEndsIt();
    void ownAddress();
    void laterAnswerSaves();
    void candidatesMerged();
};

void TestAutodiscover::documents_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::addColumn<QString>("redirect");
    QTest::addColumn<QString>("user");
    QTest::addColumn<QStringList>("hosts");
    const QStringList none;
    QTest::newRow("redirect") << redirectTo("https://a.test/b?c=1&amp;d=2"_ba)
                              << u"https://a.test/b?c=1&d=2"_s << QString() << none;
    QTest::newRow("root") << userAt("https://a.test/u"_ba) << QString() << u"https://a.test/u"_s
                          << none;
    QTest::newRow("outside") << servers() << QString() << QString()
                             << QStringList { u"access.litwareinc.com"_s };
    QTest::newRow("inside") << servers("Internal"_ba) << QString() << QString()
                            << QStringList { u"pool01.ad.litwareinc.com"_s };
    QTest::newRow("does not say") << servers("Maybe"_ba) << QString() << QString()
                                  << QStringList { u"pool01.ad.litwareinc.com"_s,
                                         u"access.litwareinc.com"_s };
    QTest::newRow("other prefixes")
        << "<q:AutodiscoverResponse xmlns:q=\"urn:z\"><q:Root><q:Link token=\"user\" "
           "href=\"https://a.test/u\"/></q:Root></q:AutodiscoverResponse>"_ba
        << QString() << u"https://a.test/u"_s << none;
    QTest::newRow("json root")
        << R"({"AccessLocation":"External","Root":{"Links":[{"href":"https://a.test/d","token":"Domain"},{"href":"https://a.test/u","token":"User"}]}})"_ba
        << QString() << u"https://a.test/u"_s << none;
    QTest::newRow("json servers")
        << R"( {"AccessLocation":"Internal","User":{"SipClientInternalAccess":{"fqdn":"in.test","port":"443"},"SipClientExternalAccess":{"fqdn":"out.test","port":443},"Links":[]}})"_ba
        << QString() << QString() << QStringList { u"in.test"_s };
    QTest::newRow("ucwa")
        << R"({"_links":{"self":{"href":"https://a.test/"},"redirect":{"href":"https://b.test/root"}}})"_ba
        << u"https://b.test/root"_s << QString() << none;
}

void TestAutodiscover::documents()
{
    QFETCH(QByteArray, document);
    QFETCH(QString, redirect);
    QFETCH(QString, user);
    QFETCH(QStringList, hosts);
    const auto answer = parseAutodiscover(document);
    QVERIFY(answer);
    QCOMPARE(answer->redirect.toString(), redirect);
    QCOMPARE(answer->user.toString(), user);
    QStringList found;
    for (const SrvTarget &target : answer->servers()) {
        found.append(target.host);
    }
    QCOMPARE(found, hosts);
}

void TestAutodiscover::noDocuments_data()
{
    QTest::addColumn<QByteArray>("document");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("a parking page") << "<html><body><a href=\"https://x\">x</a></body></html>"_ba;
    QTest::newRow("broken html") << "<!DOCTYPE html><p>hello"_ba;
    QTest::newRow("broken json") << "{\"Root\":"_ba;
    QTest::newRow("other json") << "{\"a\":[1,2]}"_ba;
    QTest::newRow("a file") << redirectTo("file:///etc/passwd"_ba);
    QTest::newRow("bad port")
        << "<A><User><SipClientExternalAccess fqdn=\"a\" port=\"70000\"/></User></A>"_ba;
    QTest::newRow("bad host")
        << "<A><User><SipClientExternalAccess fqdn=\"a b/@\" port=\"443\"/></User></A>"_ba;
    QTest::newRow("huge") << redirectTo(QByteArray(300'000, 'a'));
}

void TestAutodiscover::noDocuments()
{
    QFETCH(QByteArray, document);
    QVERIFY(!parseAutodiscover(document));
}

void TestAutodiscover::wholeWay()
{
    Walk w;
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(200, userAt("https://web.test/user"_ba)));
    w.world.insert(u"https://web.test/user"_s,
        reply(401, {}, { { "x-ms-webticketurl"_ba, "https://web.test/Ticket.svc"_ba } }));
    w.world.insert(u"https://web.test/user T"_s, reply(200, servers()));
    w.run();
    QCOMPARE(w.found(), QStringList { u"access.litwareinc.com:5061"_s });
    QCOMPARE(w.tickets, QStringList { u"https://web.test/Ticket.svc for https://web.test/user"_s });
    QVERIFY(!w.fetched.contains(u"https://lyncdiscover.litwareinc.com/"_s));
}

void TestAutodiscover::wholeWayByHttpHint()
{
    Walk w;
    w.httpFirst = true;
    w.world.insert(u"http://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(200, redirectTo("https://lyncweb.litwareinc.com/root?originalDomain=a"_ba)));
    w.world.insert(u"https://lyncweb.litwareinc.com/root"_s,
        reply(200, userAt("https://lyncweb.litwareinc.com/user"_ba)));
    w.world.insert(u"https://lyncweb.litwareinc.com/user"_s, reply(200, servers()));
    w.run();
    QCOMPARE(w.found(), QStringList { u"access.litwareinc.com:5061"_s });
    QVERIFY(w.tickets.isEmpty());
}

void TestAutodiscover::nothingThere()
{
    Walk w;
    w.run();
    QVERIFY(w.found().isEmpty());
    QVERIFY(!w.end->refusal);
    QCOMPARE(w.fetched,
        QStringList({ u"https://lyncdiscoverinternal.litwareinc.com/"_s,
            u"http://lyncdiscoverinternal.litwareinc.com/"_s,
            u"https://lyncdiscover.litwareinc.com/"_s, u"http://lyncdiscover.litwareinc.com/"_s }));
}

void TestAutodiscover::internalFailsExternalWorks()
{
    Walk w;
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s, reply(404));
    w.world.insert(u"http://lyncdiscoverinternal.litwareinc.com/"_s, reply(200, "<html/>"_ba));
    w.world.insert(u"https://lyncdiscover.litwareinc.com/"_s,
        reply(302, {}, { { "Location"_ba, "/there"_ba } }));
    w.world.insert(u"https://lyncdiscover.litwareinc.com/there"_s,
        reply(200, userAt("https://web.test/user"_ba)));
    w.world.insert(u"https://web.test/user"_s, reply(200, servers("Internal"_ba)));
    w.run();
    QCOMPARE(w.found(), QStringList { u"pool01.ad.litwareinc.com:443"_s });
}

void TestAutodiscover::homedElsewhere()
{
    Walk w;
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(200, userAt("https://one.test/user"_ba)));
    w.world.insert(u"https://one.test/user"_s,
        reply(401, {}, { { "X-MS-WebTicketURL"_ba, "https://one.test/T"_ba } }));
    w.world.insert(u"https://one.test/user T"_s,
        reply(200,
            "<A AccessLocation=\"External\"><User><Link token=\"Redirect\" "
            "href=\"https://two.test/root\"/></User></A>"_ba));
    w.world.insert(u"https://two.test/root"_s, reply(200, userAt("https://two.test/user"_ba)));
    w.world.insert(u"https://two.test/user"_s,
        reply(401, {}, { { "X-MS-WebTicketURL"_ba, "https://two.test/T"_ba } }));
    w.world.insert(u"https://two.test/user T"_s, reply(200, servers()));
    w.run();
    QCOMPARE(w.found(), QStringList { u"access.litwareinc.com:5061"_s });
    QCOMPARE(w.tickets.size(), 2);
}

void TestAutodiscover::httpIsOnlyAHint_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("servers") << servers();
    QTest::newRow("user in the clear") << userAt("http://lyncweb.litwareinc.com/u"_ba);
    QTest::newRow("redirect in the clear") << redirectTo("http://lyncweb.litwareinc.com/"_ba);
    QTest::newRow("foreign host") << redirectTo("https://evil.test/root"_ba);
    QTest::newRow("look-alike") << redirectTo("https://evil-litwareinc.com/root"_ba);
    QTest::newRow("look-alike tail") << redirectTo("https://litwareinc.com.evil.test/root"_ba);
}

void TestAutodiscover::httpIsOnlyAHint()
{
    QFETCH(QByteArray, body);
    Walk w;
    w.world.insert(u"http://lyncdiscoverinternal.litwareinc.com/"_s, reply(200, body));
    for (const QString &trap : { u"https://evil.test/root"_s, u"https://evil-litwareinc.com/root"_s,
             u"https://litwareinc.com.evil.test/root"_s, u"http://lyncweb.litwareinc.com/"_s,
             u"http://lyncweb.litwareinc.com/u"_s }) {
        w.world.insert(trap, reply(200, servers()));
    }
    w.run();
    QVERIFY(w.found().isEmpty());
    QCOMPARE(w.fetched.size(), 4); // the four usual ones, none of the traps
    // Nor does a hint that stays in the domain lead to a foreign ticket service.
    Walk hint;
    hint.world.insert(u"http://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(200, redirectTo("https://web.litwareinc.com/root"_ba)));
    hint.world.insert(u"https://web.litwareinc.com/root"_s,
        reply(401, {}, { { "X-MS-WebTicketURL"_ba, "https://evil.test/T"_ba } }));
    hint.run();
    QVERIFY(hint.tickets.isEmpty());
}

void TestAutodiscover::secureChainMayLeaveTheDomain()
{
    Walk w;
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(200, redirectTo("https://hoster.test/root"_ba)));
    w.world.insert(
        u"https://hoster.test/root"_s, reply(200, userAt("https://hoster.test/user"_ba)));
    w.world.insert(u"https://hoster.test/user"_s, reply(200, servers()));
    w.run();
    QCOMPARE(w.found().size(), 1);
    // But never back into the clear.
    Walk down;
    down.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(200, userAt("http://web.litwareinc.com/user"_ba)));
    down.world.insert(u"http://web.litwareinc.com/user"_s, reply(200, servers()));
    down.run();
    QVERIFY(down.found().isEmpty());
}

void TestAutodiscover::loops()
{
    Walk w;
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(200, redirectTo("https://a.test/"_ba)));
    w.world.insert(u"https://a.test/"_s, reply(200, redirectTo("https://b.test/"_ba)));
    w.world.insert(
        u"https://b.test/"_s, reply(302, {}, { { "Location"_ba, "https://a.test/"_ba } }));
    w.run();
    QVERIFY(w.found().isEmpty());
    QCOMPARE(w.fetched.count(u"https://a.test/"_s), 1);
}

void TestAutodiscover::longChain()
{
    Walk w;
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(200, redirectTo("https://a.test/0"_ba)));
    for (int i = 0; i < 30; ++i) {
        w.world.insert(u"https://a.test/%1"_s.arg(i),
            reply(200, redirectTo("https://a.test/" + QByteArray::number(i + 1))));
    }
    w.run();
    QVERIFY(w.found().isEmpty());
    QVERIFY(w.fetched.contains(u"https://a.test/9"_s));
    QVERIFY(!w.fetched.contains(u"https://a.test/10"_s));
}

void TestAutodiscover::ticketRefused()
{
    Walk w;
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(401, {}, { { "X-MS-WebTicketURL"_ba, "https://web.test/T"_ba } }));
    // The same answer with a ticket: no second one is asked for.
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/ T"_s,
        reply(401, {}, { { "X-MS-WebTicketURL"_ba, "https://web.test/T"_ba } }));
    w.run();
    QVERIFY(w.found().isEmpty());
    QCOMPARE(w.tickets.size(), 1);
    QVERIFY(!w.end->refusal);
}

void TestAutodiscover::wrongPasswordEndsIt()
{
    Walk w;
    w.world.insert(u"https://lyncdiscoverinternal.litwareinc.com/"_s,
        reply(401, {}, { { "X-MS-WebTicketURL"_ba, "https://web.test/T"_ba } }));
    Error refused;
    refused.code = u"wrong-password"_s;
    w.assertion = std::unexpected(refused);
    w.run();
    QVERIFY(w.end->refusal);
    QCOMPARE(w.end->refusal->code, u"wrong-password"_s);
    QVERIFY(!w.fetched.contains(u"https://lyncdiscover.litwareinc.com/"_s));
    // Another failure of the ticket only ends this way.
    Walk other;
    other.world = w.world;
    refused.code = u"web-ticket-failed"_s;
    other.assertion = std::unexpected(refused);
    other.run();
    QVERIFY(!other.end->refusal);
    QVERIFY(other.fetched.contains(u"https://lyncdiscover.litwareinc.com/"_s));
}

void TestAutodiscover::ownAddress()
{
    Walk w(config(QUrl(u"https://own.test/root"_s)));
    w.world.insert(u"https://own.test/root"_s, reply(200, servers()));
    w.run();
    QCOMPARE(w.found().size(), 1);
    QCOMPARE(w.fetched, QStringList { u"https://own.test/root"_s });
    Walk clear(config(QUrl(u"http://own.test/root"_s)));
    clear.run();
    QVERIFY(clear.fetched.isEmpty());
}

void TestAutodiscover::laterAnswerSaves()
{
    // The hint of http comes first and leads astray; the answer of https that waited is used then.
    AutodiscoverMachine machine(config());
    const QList<DiscoveryStep> begin = machine.start();
    QCOMPARE(begin.size(), 2);
    const int secure = std::get<discoverystep::Fetch>(begin[0]).id;
    const int clear = std::get<discoverystep::Fetch>(begin[1]).id;
    const auto led
        = machine.answered(clear, reply(200, redirectTo("https://a.litwareinc.com/"_ba)));
    QCOMPARE(led.size(), 1);
    QVERIFY(machine.answered(secure, reply(200, servers())).isEmpty());
    const auto end = machine.answered(clear, reply(404));
    QCOMPARE(end.size(), 1);
    QCOMPARE(std::get<discoverystep::Done>(end[0]).servers.size(), 1);
    QVERIFY(machine.isDone());
    QVERIFY(machine.answered(clear, reply(200, servers())).isEmpty());
    QVERIFY(machine.answered(99, reply(200, servers())).isEmpty());
}

void TestAutodiscover::candidatesMerged()
{
    ServerSettings settings;
    settings.domain = u"litwareinc.com"_s;
    const QMap<QString, QList<SrvTarget>> records {
        { u"_sip._tls.litwareinc.com"_s, { { u"access.litwareinc.com"_s, 443 } } },
        { u"_sipinternaltls._tcp.litwareinc.com"_s, { { u"pool01.litwareinc.com"_s, 5061 } } },
    };
    const QList<SrvTarget> lync { { u"access.litwareinc.com"_s, 443 } };
    auto list = candidates(settings, records, lync);
    QCOMPARE(list.at(0).host, u"access.litwareinc.com"_s);
    QCOMPARE(list.at(0).source, Candidate::Source::Autodiscover);
    QCOMPARE(list.at(1).host, u"pool01.litwareinc.com"_s);
    // A domain that says there is no such service (RFC 2782) is believed, unless another record or
    // autodiscover names somebody.
    const QMap<QString, QList<SrvTarget>> refusal {
        { u"_sip._tls.litwareinc.com"_s, { { u"."_s, 0 } } },
    };
    QVERIFY(candidates(settings, refusal).isEmpty());
    QCOMPARE(candidates(settings, refusal, lync).at(0).host, u"access.litwareinc.com"_s);
    QVERIFY(!candidates(settings, {}).isEmpty());
    settings.connection = ConnectionChoice::Plain;
    list = candidates(settings, records, lync);
    QVERIFY(list.at(0).source != Candidate::Source::Autodiscover);
    settings.server = u"own.test"_s;
    QCOMPARE(candidates(settings, records, lync).size(), 1);
    // With TLS and no port there are two usual ones; a port without TLS by custom may be a mistake.
    settings.connection = ConnectionChoice::Auto;
    list = candidates(settings, records, lync);
    QCOMPARE(list.size(), 2);
    QCOMPARE(list.at(0).port, 5061);
    QCOMPARE(list.at(1).port, 443);
    settings.port = 5060;
    list = candidates(settings, records, lync);
    QCOMPARE(list.size(), 2);
    QCOMPARE(list.at(1).port, 5061);
    QVERIFY(list.at(1).tls);
    settings.port = 7061;
    QCOMPARE(candidates(settings, records, lync).size(), 1);
}

QTEST_GUILESS_MAIN(TestAutodiscover)
#include "tst_autodiscover.moc"
