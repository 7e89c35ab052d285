// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/addresslookup.h"
#include "protocols/xmpp/xmpppresets.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

/// What the network says of an address before anybody has signed in.
class TestXmppAddress : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void guesses_data();
    void guesses();
    void asks();
    void services();
};

namespace {

const QString kDomain = u"alpha.test"_s;

NetworkAnswers withRecord(const QString &name, const QString &target, quint16 port)
{
    NetworkAnswers answers;
    answers.records.insert(
        name + kDomain, { { .target = target, .port = port, .priority = 0, .weight = 0 } });
    return answers;
}

NetworkAnswers withPage(int status, const QByteArray &body)
{
    NetworkAnswers answers;
    HttpReply reply;
    reply.status = status;
    reply.body = body;
    answers.pages.insert(QUrl(u"https://alpha.test/.well-known/host-meta"_s), reply);
    return answers;
}

} // namespace

void TestXmppAddress::guesses_data()
{
    QTest::addColumn<NetworkAnswers>("answers");
    QTest::addColumn<int>("confidence");
    QTest::addColumn<QVariantMap>("found");
    const auto found = [](const QString &server, int port, const QString &connection) {
        return QVariantMap { { u"server"_s, server }, { u"port"_s, port },
            { u"connection"_s, connection } };
    };
    QTest::newRow("nothing") << NetworkAnswers {} << 1 << QVariantMap {};
    QTest::newRow("STARTTLS") << withRecord(u"_xmpp-client._tcp."_s, u"chat.alpha.test"_s, 5222)
                              << 2 << found(u"chat.alpha.test"_s, 5222, u"starttls"_s);
    QTest::newRow("TLS from the start") << withRecord(u"_xmpps-client._tcp."_s,
        u"chat.alpha.test"_s, 443) << 2 << found(u"chat.alpha.test"_s, 443, u"tls"_s);
    QTest::newRow("Google's, which has ended")
        << withRecord(u"_xmpp-client._tcp."_s, u"xmpp.l.google.com"_s, 5222) << 2 << QVariantMap {};
    NetworkAnswers open;
    open.openDoors.insert(u"alpha.test:5222"_s);
    QTest::newRow("the domain itself") << open << 2 << found(kDomain, 5222, u"starttls"_s);
    // XEP-0156, examples 1 and 2
    QTest::newRow("host-meta") << withPage(200,
        R"(<?xml version='1.0' encoding='utf-8'?>
<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>
  <Link rel="urn:xmpp:alt-connections:xbosh" href="https://web.alpha.test:5280/bosh" />
</XRD>)"_ba) << 2 << QVariantMap {};
    QTest::newRow("host-meta.json") << withPage(200,
        R"({"links":[{"rel":"lrdd"},{"rel":"urn:xmpp:alt-connections:websocket","href":"wss://web.alpha.test/ws"}]})"_ba)
                                    << 2 << QVariantMap {};
    QTest::newRow("host-meta of something else")
        << withPage(200, R"(<XRD><Link rel="lrdd" href="https://alpha.test"/></XRD>)"_ba) << 1
        << QVariantMap {};
    QTest::newRow("no host-meta") << withPage(
        404, R"(<XRD><Link rel="urn:xmpp:alt-connections:xbosh"/></XRD>)"_ba)
                                  << 1 << QVariantMap {};
    QTest::newRow("a page for everything")
        << withPage(200, "<html><p>こんにちは世界"_ba) << 1 << QVariantMap {};
    QTest::newRow("broken JSON") << withPage(200, "{\"links\":"_ba) << 1 << QVariantMap {};
}

void TestXmppAddress::guesses()
{
    QFETCH(const NetworkAnswers, answers);
    QFETCH(const int, confidence);
    QFETCH(const QVariantMap, found);
    const AddressGuess guess = xmpp::guessFrom(kDomain, answers, { 1, {}, u"maybe"_s });
    QCOMPARE(guess.confidence, confidence);
    QCOMPARE(guess.found, found);
    QCOMPARE(guess.reason.contains(kDomain), confidence > 1);
    const bool google = qstrcmp(QTest::currentDataTag(), "Google's, which has ended") == 0;
    QCOMPARE(guess.presetId, google ? u"google-workspace"_s : QString());
}

void TestXmppAddress::asks()
{
    const NetworkQuestions questions = xmpp::questionsAbout(kDomain);
    QCOMPARE(questions.records,
        (QStringList { u"_xmpp-client._tcp.alpha.test"_s, u"_xmpps-client._tcp.alpha.test"_s }));
    for (const HttpRequest &page : questions.pages) {
        QCOMPARE(page.url.scheme(), u"https"_s);
        QVERIFY(!page.mayAuthenticate);
    }
    NetworkAnswers answers = withRecord(u"_xmpp-client._tcp."_s, u"chat.alpha.test"_s, 5222);
    answers.pendingRecords = 1;
    QVERIFY(!xmpp::isEnough(kDomain, answers)); // the other record may be the better one
    answers.pendingRecords = 0;
    QVERIFY(xmpp::isEnough(kDomain, answers));
}

void TestXmppAddress::services()
{
    int providers = 0;
    for (const ServicePreset &service : xmpp::services()) {
        providers += service.preset.retired ? 0 : 1;
    }
    QVERIFY(providers >= 12);
    const QList<AccountPreset> presets = xmpp::xmppPresets();
    QCOMPARE(presetForDomain(presets, u"gmail.com"_s)->id, u"google-talk"_s);
    QVERIFY(presetForDomain(presets, u"gmail.com"_s)->retired);
    QCOMPARE(presetForDomain(presets, u"team.xmpp.slack.com"_s)->id, u"slack-xmpp"_s);
}

QTEST_GUILESS_MAIN(TestXmppAddress)
#include "tst_xmppaddress.moc"
