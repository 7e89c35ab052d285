// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/exchangefinder.h"

#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

const QString ben = u"ben@litwareinc.com"_s;

QByteArray autodiscover(const QByteArray &account)
{
    return "<?xml version=\"1.0\"?><Autodiscover "
           "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/responseschema/"
           "2006\"><Response "
           "xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/"
           "2006a\">"
        + account + "</Response></Autodiscover>";
}

QByteArray settings(const QByteArray &host = "mail.litwareinc.com")
{
    return autodiscover(
        "<User><DisplayName>Ben</DisplayName></User><Account><AccountType>email"
        "</AccountType><Action>settings</Action><Protocol><Type>EXCH</Type><ASUrl>https://"
        + host + "/EWS/Exchange.asmx</ASUrl><EwsUrl>https://" + host
        + "/EWS/Exchange.asmx</EwsUrl><OOFUrl>https://" + host
        + "/EWS/oof.asmx</OOFUrl></Protocol></Account>");
}

Result<HttpReply> reply(int status, const QByteArray &body = {}, const QByteArray &location = {})
{
    HttpReply out;
    out.status = status;
    out.body = body;
    if (!location.isEmpty()) {
        out.headers.append({ "location"_ba, location });
    }
    return out;
}

QString asked(const ExchangeFinder::Step &step)
{
    if (const auto *request = std::get_if<HttpRequest>(&step)) {
        return QString::fromLatin1(request->method) + u' ' + request->url.toString();
    }
    if (const auto *question = std::get_if<ExchangeFinder::LookUp>(&step)) {
        return u"SRV "_s + question->name;
    }
    if (const auto *found = std::get_if<ExchangeServices>(&step)) {
        return u"found "_s + found->web.toString();
    }
    return std::get<Error>(step).code;
}

constexpr auto mail = u"POST https://autodiscover.litwareinc.com/autodiscover/autodiscover.xml";
constexpr auto root = u"POST https://litwareinc.com/autodiscover/autodiscover.xml";
constexpr auto clear = u"GET http://autodiscover.litwareinc.com/autodiscover/autodiscover.xml";

} // namespace

/// Where a mailbox is served, answer by answer.
class TestExchangeFinder : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answers_data();
    void answers();
    void everyPlace();
    void byHand();
    void wrongPassword();
    void forbiddenOnce();
    void moved();
    void movedInCircles();
    void redirects();
    void redirectsInCircles();
    void clearHints_data();
    void clearHints();
    void recordsHint();
    void behindProxy();
    void nothingSecretInTheClear();
};

void TestExchangeFinder::answers_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("expected");
    const auto account = [](const QByteArray &inside) {
        return autodiscover("<Account>" + inside + "</Account>");
    };
    QTest::newRow("settings") << settings()
                              << u"web https://mail.litwareinc.com/EWS/Exchange.asmx "
                                 "https://mail.litwareinc.com/EWS/Exchange.asmx "
                                 "https://mail.litwareinc.com/EWS/oof.asmx"_s;
    QTest::newRow("outside, 2007")
        << account("<Protocol><Type>WEB</Type></Protocol><Protocol><Type>EXPR</Type><ASUrl>https://"
                   "x.test/as</ASUrl></Protocol>")
        << u"web https://x.test/as https://x.test/as https://x.test/as"_s;
    QTest::newRow("inside first") << account(
        "<Protocol><Type>EXPR</Type><EwsUrl>https://out.test/e</EwsUrl></Protocol>"
        "<Protocol><Type>EXCH</Type><EwsUrl>https://in.test/e</EwsUrl></Protocol>")
                                  << u"web https://in.test/e https://in.test/e https://in.test/e"_s;
    QTest::newRow("in the clear") << account(
        "<Protocol><Type>EXCH</Type><EwsUrl>http://in.test/e</EwsUrl>"
        "</Protocol>") << u"none "_s;
    QTest::newRow("a login in it") << account(
        "<Protocol><Type>EXCH</Type><EwsUrl>https://a:b@in.test/e"
        "</EwsUrl></Protocol>") << u"none "_s;
    QTest::newRow("address") << account("<Action>redirectAddr</Action><RedirectAddr>b@contoso.com"
                                        "</RedirectAddr>")
                             << u"moved b@contoso.com"_s;
    QTest::newRow("url") << account("<Action>redirectUrl</Action><RedirectUrl>https://a.test/x"
                                    "</RedirectUrl>")
                         << u"elsewhere https://a.test/x"_s;
    QTest::newRow("error") << autodiscover(
        "<Error Time=\"1\" Id=\"2\"><ErrorCode>500</ErrorCode><Message>"
        "Zażółć gęślą jaźń</Message></Error>")
                           << u"none Zażółć gęślą jaźń"_s;
    QTest::newRow("nothing") << autodiscover({}) << u"none "_s;
    QTest::newRow("a web page") << "<html><body>404</body></html>"_ba << u"unreadable"_s;
    QTest::newRow("a bomb") << "<!DOCTYPE a [<!ENTITY b \"c\">]><Autodiscover>&b;</Autodiscover>"_ba
                            << u"unreadable"_s;
}

void TestExchangeFinder::answers()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, expected);
    const auto answer = parseExchangeAutodiscover(body);
    QString got = u"unreadable"_s;
    if (answer) {
        if (const auto *found = std::get_if<ExchangeServices>(&*answer)) {
            got = u"web %1 %2 %3"_s.arg(found->web.toString(), found->availability.toString(),
                found->outOfOffice.toString());
        } else if (const auto *moved = std::get_if<MailboxMoved>(&*answer)) {
            got = u"moved "_s + moved->email;
        } else if (const auto *elsewhere = std::get_if<AskElsewhere>(&*answer)) {
            got = u"elsewhere "_s + elsewhere->url.toString();
        } else {
            got = u"none "_s + std::get<NoMailbox>(*answer).words;
        }
    }
    QCOMPARE(got, expected);
}

void TestExchangeFinder::everyPlace()
{
    ExchangeFinder finder({ .email = ben, .userAgent = "UCCAPI/15"_ba });
    auto step = finder.start();
    QCOMPARE(asked(step), mail);
    const auto &request = std::get<HttpRequest>(step);
    QVERIFY(request.mayAuthenticate);
    QVERIFY(request.body.contains("<EMailAddress>ben@litwareinc.com</EMailAddress>"));
    QVERIFY(request.headers.contains(
        std::pair<QByteArray, QByteArray>("User-Agent"_ba, "UCCAPI/15"_ba)));
    step = finder.answered(std::unexpected(Error { .code = u"name-not-found"_s }));
    QCOMPARE(asked(step), root);
    step = finder.answered(reply(200, "<html/>"_ba));
    QCOMPARE(asked(step), clear);
    step = finder.answered(reply(200, settings())); // believed from nobody in the clear
    QCOMPARE(asked(step), u"SRV _autodiscover._tcp.litwareinc.com"_s);
    step = finder.records({});
    QCOMPARE(asked(step), u"exchange-not-found"_s);
    QVERIFY(std::get<Error>(step).title.contains(ben));
}

void TestExchangeFinder::byHand()
{
    ExchangeFinder whole({ .email = ben, .byHand = QUrl(u"https://m.test/ews/x.asmx"_s) });
    QCOMPARE(asked(whole.start()), u"found https://m.test/ews/x.asmx"_s);
    ExchangeFinder host({ .email = ben, .byHand = QUrl(u"https://m.test"_s) });
    QCOMPARE(asked(host.start()), u"found https://m.test/EWS/Exchange.asmx"_s);
    ExchangeFinder clearText({ .email = ben, .byHand = QUrl(u"http://m.test/x"_s) });
    QCOMPARE(asked(clearText.start()), mail);
}

void TestExchangeFinder::wrongPassword()
{
    ExchangeFinder finder({ .email = ben });
    finder.start();
    const auto step = finder.answered(reply(401));
    QCOMPARE(asked(step), u"exchange-refused"_s); // tried nowhere else
    QVERIFY(std::get<Error>(step).fatal);
}

void TestExchangeFinder::forbiddenOnce()
{
    ExchangeFinder finder({ .email = ben });
    finder.start();
    QCOMPARE(asked(finder.answered(reply(403))), mail);
    QCOMPARE(asked(finder.answered(reply(403))), root);
    QCOMPARE(asked(finder.answered(reply(200, settings()))),
        u"found https://mail.litwareinc.com/EWS/Exchange.asmx"_s);
}

void TestExchangeFinder::moved()
{
    ExchangeFinder finder({ .email = ben });
    finder.start();
    const auto step = finder.answered(reply(
        200, autodiscover("<Account><RedirectAddr>ben@contoso.com</RedirectAddr></Account>")));
    QCOMPARE(asked(step), u"POST https://autodiscover.contoso.com/autodiscover/autodiscover.xml"_s);
    QVERIFY(std::get<HttpRequest>(step).body.contains(">ben@contoso.com<"));
}

void TestExchangeFinder::movedInCircles()
{
    ExchangeFinder finder({ .email = ben });
    auto step = finder.start();
    int requests = 0;
    while (std::holds_alternative<HttpRequest>(step) && ++requests < 100) {
        const QByteArray other
            = std::get<HttpRequest>(step).body.contains("litwareinc") ? "contoso" : "litwareinc";
        step = finder.answered(reply(200,
            autodiscover("<Account><RedirectAddr>ben@" + other + ".com</RedirectAddr></Account>")));
    }
    QVERIFY2(requests < 20, qPrintable(QString::number(requests)));
}

void TestExchangeFinder::redirects()
{
    ExchangeFinder finder({ .email = ben });
    finder.start();
    // By https from the start: it may lead out of the domain.
    auto step
        = finder.answered(reply(302, {}, "https://hosted.test/autodiscover/autodiscover.xml"));
    QCOMPARE(asked(step), u"POST https://hosted.test/autodiscover/autodiscover.xml"_s);
    step = finder.answered(reply(200,
        autodiscover("<Account><RedirectUrl>https://second.test/a.xml</RedirectUrl></Account>")));
    QCOMPARE(asked(step), u"POST https://second.test/a.xml"_s);
    step = finder.answered(reply(301, {}, "http://second.test/b.xml")); // never down to http
    QCOMPARE(asked(step), root);
}

void TestExchangeFinder::redirectsInCircles()
{
    ExchangeFinder finder({ .email = ben });
    auto step = finder.start();
    int requests = 0;
    while (std::holds_alternative<HttpRequest>(step) && ++requests < 100) {
        step = finder.answered(
            reply(302, {}, "https://autodiscover.litwareinc.com/?" + QByteArray::number(requests)));
    }
    QVERIFY2(requests < 20, qPrintable(QString::number(requests)));
    // The same one again is noticed at once.
    ExchangeFinder same({ .email = ben });
    same.start();
    QCOMPARE(asked(same.answered(reply(
                 302, {}, "https://autodiscover.litwareinc.com/autodiscover/autodiscover.xml"))),
        root);
}

void TestExchangeFinder::clearHints_data()
{
    QTest::addColumn<QByteArray>("location");
    QTest::addColumn<QString>("then");
    const QString records = u"SRV _autodiscover._tcp.litwareinc.com"_s;
    QTest::newRow("own") << "https://mail.litwareinc.com/a.xml"_ba
                         << u"POST https://mail.litwareinc.com/a.xml"_s;
    QTest::newRow("foreign") << "https://evil.test/a.xml"_ba << records;
    QTest::newRow("looks alike") << "https://mail.evil-litwareinc.com/a.xml"_ba << records;
    QTest::newRow("clear") << "http://mail.litwareinc.com/a.xml"_ba << records;
    QTest::newRow("with a login") << "https://a:b@mail.litwareinc.com/a.xml"_ba << records;
    QTest::newRow("nonsense") << "::"_ba << records;
}

void TestExchangeFinder::clearHints()
{
    QFETCH(QByteArray, location);
    QFETCH(QString, then);
    ExchangeFinder finder({ .email = ben });
    finder.start();
    finder.answered(reply(404));
    QCOMPARE(asked(finder.answered(reply(404))), clear);
    QCOMPARE(asked(finder.answered(reply(302, {}, location))), then);
}

void TestExchangeFinder::recordsHint()
{
    ExchangeFinder finder({ .email = ben });
    finder.start();
    finder.answered(reply(404));
    finder.answered(reply(404));
    finder.answered(reply(404));
    auto step = finder.records({ { u"evil.test"_s, 443 }, { u"mail.litwareinc.com"_s, 8443 } });
    QCOMPARE(asked(step), u"POST https://mail.litwareinc.com:8443/autodiscover/autodiscover.xml"_s);
    step = finder.answered(reply(404));
    QCOMPARE(asked(step), u"exchange-not-found"_s);
}

void TestExchangeFinder::behindProxy()
{
    ExchangeFinder finder({ .email = ben, .askRecords = false });
    finder.start();
    finder.answered(reply(404));
    finder.answered(reply(404));
    QCOMPARE(asked(finder.answered(reply(404))), u"exchange-not-found"_s);
}

void TestExchangeFinder::nothingSecretInTheClear()
{
    ExchangeFinder finder({ .email = ben });
    auto step = finder.start();
    while (const auto *request = std::get_if<HttpRequest>(&step)) {
        QCOMPARE(request->mayAuthenticate, request->url.scheme() == "https"_L1);
        QVERIFY(!request->followRedirects);
        step = finder.answered(reply(404));
    }
}

QTEST_GUILESS_MAIN(TestExchangeFinder)
#include "tst_exchangefinder.moc"
