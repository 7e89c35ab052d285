// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/discovery/srvcandidates.h"
#include "protocols/sip/sippresets.h"
#include "protocols/sip/sipsettings.h"
#include "protocols/sip/sipwirereader.h"
#include "protocols/sip/transaction/dialog.h"
#include "protocols/sip/transaction/transactionmachine.h"
#include "protocols/sip/wire/sipparser.h"

#include <QJsonArray>
#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

RandomBytes countingRandom()
{
    return [n = std::make_shared<int>(0)](int count) { return QByteArray(count, char(++*n)); };
}

LocalIdentity identity()
{
    LocalIdentity id;
    id.address = "ben@litwareinc.com"_ba;
    id.epid = "a1b2c3d4e5f6"_ba;
    id.userAgent = "OC/1"_ba;
    id.transport = "tls"_ba;
    id.host = "192.0.2.10"_ba;
    id.port = 50713;
    return id;
}

} // namespace

/// Transactions, dialogs, candidates, settings and the wire reader.
class TestSipParts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void transactionsMatchOnce();
    void dialogAsCaller();
    void dialogAsCallee();
    void strictRouter();
    void cancelRepeatsTheInvite();
    void responsesCopyWhatTheyMust();
    void contactWithoutGruu();
    void candidateLists_data();
    void candidateLists();
    void userAgents();
    void schemaIsSane();
    void presetsFitTheSchema();
    void addresses_data();
    void addresses();
    void wireReader();
    void wireReaderGoesOnAfterRubbish();
};

void TestSipParts::transactionsMatchOnce()
{
    const RandomBytes random = countingRandom();
    TransactionMachine machine;
    Dialog dialog = Dialog::outgoing("sip:ann@x"_ba, random);
    const SipMessage one = dialog.request(identity(), "MESSAGE"_ba, random);
    const SipMessage two = dialog.request(identity(), "MESSAGE"_ba, random);
    const auto first = machine.begin(one);
    const auto second = machine.begin(two);
    QVERIFY(first != second);
    const auto trying = machine.receive(makeResponse(two, 100, "Trying"_ba, {}, "t"_ba));
    QVERIFY(trying);
    QVERIFY(!trying->finished);
    const auto ok = machine.receive(makeResponse(two, 200, "OK"_ba, {}, "t"_ba));
    QCOMPARE(ok->id, second);
    QVERIFY(ok->finished);
    QVERIFY(!machine.receive(makeResponse(two, 200, "OK"_ba, {}, "t"_ba)));
    SipMessage other = makeResponse(one, 200, "OK"_ba, {}, "t"_ba);
    other.setHeader("Call-ID"_ba, "else"_ba);
    QVERIFY(!machine.receive(other));
    QCOMPARE(machine.endAll(), QList<TransactionMachine::Id> { first });
    QVERIFY(!machine.end(first));
}

void TestSipParts::dialogAsCaller()
{
    const RandomBytes random = countingRandom();
    Dialog dialog = Dialog::outgoing("sip:ann@litwareinc.com"_ba, random);
    const SipMessage invite = dialog.request(identity(), "INVITE"_ba, random);
    QCOMPARE(invite.uri, "sip:ann@litwareinc.com"_ba);
    QCOMPARE(invite.header("To"), "<sip:ann@litwareinc.com>"_ba);
    QCOMPARE(invite.header("CSeq"), "1 INVITE"_ba);
    QVERIFY(!dialog.isEstablished());
    SipMessage ok = makeResponse(invite, 200, "OK"_ba, {}, "remote"_ba);
    ok.addHeader("Contact"_ba, "<sip:ann@litwareinc.com;opaque=user:epid:Q;gruu>"_ba);
    ok.addHeader("Record-Route"_ba, "<sip:p1.test;lr>, <sip:p2.test;lr>"_ba);
    dialog.establish(ok);
    const SipMessage ack = dialog.ack(identity(), 1, random);
    QCOMPARE(ack.header("CSeq"), "1 ACK"_ba);
    const SipMessage message = dialog.request(identity(), "MESSAGE"_ba, random);
    QCOMPARE(message.uri, "sip:ann@litwareinc.com;opaque=user:epid:Q;gruu"_ba);
    QCOMPARE(message.header("To"), "<sip:ann@litwareinc.com>;tag=remote"_ba);
    QCOMPARE(message.headerLines("Route"),
        (QByteArrayList { "<sip:p2.test;lr>"_ba, "<sip:p1.test;lr>"_ba }));
    QCOMPARE(message.header("CSeq"), "2 MESSAGE"_ba);
    QVERIFY(message.header("Via") != invite.header("Via"));
}

void TestSipParts::dialogAsCallee()
{
    const RandomBytes random = countingRandom();
    SipMessage invite = SipMessage::request("INVITE"_ba, "sip:ben@x"_ba);
    invite.addHeader("From"_ba, "sip:ann@x;tag=77;epid=ee"_ba);
    invite.addHeader("To"_ba, "<sip:ben@x>"_ba);
    invite.addHeader("Call-ID"_ba, "c1"_ba);
    invite.addHeader("CSeq"_ba, "5 INVITE"_ba);
    invite.addHeader("Record-Route"_ba, "<sip:p1.test;lr>"_ba);
    invite.addHeader("Record-Route"_ba, "<sip:p2.test;lr>"_ba);
    auto dialog = Dialog::incoming(invite, "mine"_ba);
    QVERIFY(dialog);
    SipMessage bye = SipMessage::request("BYE"_ba, "sip:ben@x"_ba);
    bye.addHeader("From"_ba, "<sip:ann@x>;tag=77"_ba);
    bye.addHeader("To"_ba, "<sip:ben@x>;tag=mine"_ba);
    bye.addHeader("Call-ID"_ba, "c1"_ba);
    bye.addHeader("CSeq"_ba, "6 BYE"_ba);
    QVERIFY(dialog->owns(bye));
    QVERIFY(dialog->takeNumber(bye));
    QVERIFY(!dialog->takeNumber(bye));
    bye.setHeader("From"_ba, "<sip:ann@x>;tag=78"_ba);
    QVERIFY(!dialog->owns(bye));
    const SipMessage message = dialog->request(identity(), "MESSAGE"_ba, random);
    QCOMPARE(message.header("To"), "<sip:ann@x>;tag=77;epid=ee"_ba);
    QCOMPARE(message.headerLines("Route"),
        (QByteArrayList { "<sip:p1.test;lr>"_ba, "<sip:p2.test;lr>"_ba }));
    QVERIFY(message.header("From").contains(";tag=mine;"));
}

void TestSipParts::strictRouter()
{
    const RandomBytes random = countingRandom();
    Dialog dialog = Dialog::outgoing("sip:ann@x"_ba, random);
    SipMessage ok
        = makeResponse(dialog.request(identity(), "INVITE"_ba, random), 200, "OK"_ba, {}, "r"_ba);
    ok.addHeader("Contact"_ba, "<sip:ann@host>"_ba);
    ok.addHeader("Record-Route"_ba, "<sip:strict.test>"_ba);
    dialog.establish(ok);
    const SipMessage bye = dialog.request(identity(), "BYE"_ba, random);
    QCOMPARE(bye.uri, "sip:strict.test"_ba);
    QCOMPARE(bye.headerLines("Route"), QByteArrayList { "<sip:ann@host>"_ba });
}

void TestSipParts::cancelRepeatsTheInvite()
{
    const RandomBytes random = countingRandom();
    Dialog dialog = Dialog::outgoing("sip:ann@x"_ba, random);
    const SipMessage invite = dialog.request(identity(), "INVITE"_ba, random);
    const SipMessage cancel = makeCancel(invite);
    QCOMPARE(cancel.header("Via"), invite.header("Via"));
    QCOMPARE(cancel.header("CSeq"), "1 CANCEL"_ba);
    QCOMPARE(cancel.header("To"), invite.header("To"));
    QCOMPARE(cancel.uri, invite.uri);
}

void TestSipParts::responsesCopyWhatTheyMust()
{
    SipMessage request = SipMessage::request("OPTIONS"_ba, "sip:ben@x"_ba);
    request.addHeader("Via"_ba, "a"_ba);
    request.addHeader("Via"_ba, "b"_ba);
    request.addHeader("From"_ba, "sip:ann@x;tag=1"_ba);
    request.addHeader("To"_ba, "<sip:ben@x>"_ba);
    request.addHeader("Call-ID"_ba, "c"_ba);
    request.addHeader("CSeq"_ba, "1 OPTIONS"_ba);
    const SipMessage response = makeResponse(request, 200, "OK"_ba, identity(), "t"_ba);
    QCOMPARE(response.headerLines("Via"), (QByteArrayList { "a"_ba, "b"_ba }));
    QCOMPARE(response.header("From"), "sip:ann@x;tag=1"_ba);
    QCOMPARE(response.header("To"), "<sip:ben@x>;tag=t;epid=a1b2c3d4e5f6"_ba);
    QVERIFY(missingMandatoryHeader(response).isEmpty());
}

void TestSipParts::contactWithoutGruu()
{
    LocalIdentity id = identity();
    QCOMPARE(id.contact(),
        "<sip:ben@litwareinc.com:50713;maddr=192.0.2.10;transport=tls>;proxy=replace"_ba);
    id.gruu = "sip:g;gruu"_ba;
    QCOMPARE(id.contact(), "<sip:g;gruu>"_ba);
}

void TestSipParts::candidateLists_data()
{
    QTest::addColumn<QString>("server");
    QTest::addColumn<int>("port");
    QTest::addColumn<QString>("connection");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("manual") << u"pool.x"_s << 0 << u"auto"_s
                            << QStringList { u"tls pool.x 5061"_s, u"tls pool.x 443"_s };
    QTest::newRow("manual, the port without TLS")
        << u"pool.x"_s << 5060 << u"auto"_s
        << QStringList { u"tls pool.x 5060"_s, u"tls pool.x 5061"_s };
    QTest::newRow("manual plain") << u"pool.x"_s << 0 << u"plain"_s
                                  << QStringList { u"tcp pool.x 5060"_s };
    QTest::newRow("port in the name")
        << u"pool.x:443"_s << 0 << u"tls"_s << QStringList { u"tls pool.x 443"_s };
    QTest::newRow("port setting wins")
        << u"pool.x:443"_s << 8443 << u"tls"_s << QStringList { u"tls pool.x 8443"_s };
    QTest::newRow("ipv6") << u"[2001:db8::1]:443"_s << 0 << u"tls"_s
                          << QStringList { u"tls 2001:db8::1 443"_s };
    QTest::newRow("bare ipv6") << u"2001:db8::1"_s << 0 << u"tls"_s
                               << QStringList { u"tls 2001:db8::1 5061"_s,
                                      u"tls 2001:db8::1 443"_s };
    QTest::newRow("found") << u""_s << 0 << u"auto"_s
                           << QStringList { u"tls pool01.x 5061"_s, u"tls access.x 443"_s,
                                  u"tcp last.x 5060"_s, u"tls sipinternal.x 5061"_s,
                                  u"tls sipexternal.x 443"_s, u"tls sip.x 443"_s,
                                  u"tls sip.x 5061"_s, u"tls x 5061"_s };
    QTest::newRow("found, plain only")
        << u""_s << 0 << u"plain"_s
        << QStringList { u"tcp last.x 5060"_s, u"tcp sipinternal.x 5060"_s,
               u"tcp sipexternal.x 5060"_s, u"tcp sip.x 5060"_s, u"tcp x 5060"_s };
}

void TestSipParts::candidateLists()
{
    QFETCH(QString, server);
    QFETCH(int, port);
    QFETCH(QString, connection);
    SettingValues values;
    values.set(u"address"_s, u"Ben@X"_s);
    values.set(u"server"_s, server);
    values.set(u"port"_s, port);
    values.set(u"connection"_s, connection);
    const ServerSettings settings = serverSettings(values);
    QCOMPARE(settings.domain, u"x"_s);
    const QMap<QString, QList<SrvTarget>> records {
        { u"_sipinternaltls._tcp.x"_s, { { u"pool01.x"_s, 5061 } } },
        { u"_sip._tls.x"_s, { { u"access.x"_s, 443 } } },
        { u"_sip._tcp.x"_s, { { u"last.x"_s, 5060 } } },
        { u"_sipfederationtls._tcp.x"_s, { { u"never.x"_s, 5061 } } },
    };
    QStringList list;
    for (const Candidate &c : candidates(settings, records)) {
        list.append(u"%1 %2 %3"_s.arg(c.tls ? u"tls"_s : u"tcp"_s, c.host).arg(c.port));
    }
    QTEST(list, "expected");
    QCOMPARE(srvNames(settings).isEmpty(), !server.isEmpty());
}

void TestSipParts::userAgents()
{
    const QByteArray r2
        = "UCCAPI/3.5.6907.0 OC/3.5.6907.0 (Microsoft Office Communicator 2007 R2)"_ba;
    const QByteArray lync = "UCCAPI/15.0.4420.1017 OC/15.0.4420.1017"_ba;
    const auto plan = [](const QString &flavour, const QString &agent, SettingOrigin origin) {
        SettingValues values;
        values.set(u"flavour"_s, flavour);
        values.set(u"user-agent"_s, agent, origin);
        return userAgentPlan(values);
    };
    QCOMPARE(plan(u"auto"_s, {}, SettingOrigin::Default).order.first(), r2);
    QCOMPARE(plan(u"ocs2007"_s, {}, SettingOrigin::Default).order.first(), r2);
    QCOMPARE(plan(u"lync"_s, {}, SettingOrigin::Default).order.first(), lync);
    QVERIFY(plan(u"standard"_s, {}, SettingOrigin::Default).order.first().startsWith("Linchpin/"));
    const UserAgentPlan all = plan(u"auto"_s, {}, SettingOrigin::Default);
    QCOMPARE(all.order.size(), 4);
    QCOMPARE(QSet<QByteArray>(all.order.begin(), all.order.end()).size(), 4);
    const UserAgentPlan found = plan(u"auto"_s, QString::fromLatin1(lync), SettingOrigin::Found);
    QCOMPARE(found.order.first(), lync);
    QCOMPARE(found.order.size(), 4);
    const UserAgentPlan hand = plan(u"auto"_s, u"Mine/1"_s, SettingOrigin::ByHand);
    QCOMPARE(hand.order, QByteArrayList { "Mine/1"_ba });
    QCOMPARE(hand.suggestion, r2);
    QCOMPARE(plan(u"auto"_s, QString::fromLatin1(r2), SettingOrigin::ByHand).suggestion, lync);
}

void TestSipParts::schemaIsSane()
{
    const SettingsSchema schema = accountSchema();
    QSet<QString> keys;
    for (const SettingField &field : schema.fields()) {
        QVERIFY2(!keys.contains(field.key), qPrintable(field.key));
        keys.insert(field.key);
        QVERIFY(!field.label.isEmpty());
        if (field.enabledWhen) {
            QVERIFY(schema.field(field.enabledWhen->key));
        }
    }
    for (const char *key :
        { "address", "login", "password", "server", "port", "connection", "user-agent", "auth",
            "single-sign-on", "flavour", "publish-calendar", "web-photos", "email-url", "email",
            "email-login", "email-password", "group-chat", "discovery-url" }) {
        QVERIFY2(keys.contains(QString::fromLatin1(key)), key);
    }
    SettingValues values;
    values.set(u"address"_s, u"ben@litwareinc.com"_s);
    QVERIFY(schema.problems(values).isEmpty());
    values.set(u"user-agent"_s, u"a\r\nEvil: 1"_s);
    QCOMPARE(schema.problems(values).size(), 1);
    values.set(u"user-agent"_s, QString());
    values.set(u"address"_s, u"ben"_s);
    QCOMPARE(schema.problems(values).first().key, u"address"_s);
}

void TestSipParts::presetsFitTheSchema()
{
    const SettingsSchema schema = accountSchema();
    bool retired = false;
    for (const AccountPreset &preset : accountPresets()) {
        SettingValues values;
        values.set(u"address"_s, u"ben@litwareinc.com"_s);
        for (auto it = preset.values.begin(); it != preset.values.end(); ++it) {
            QVERIFY2(schema.field(it.key()), qPrintable(it.key()));
            values.set(it.key(), it.value(), SettingOrigin::Preset);
        }
        QVERIFY2(schema.problems(values).isEmpty(), qPrintable(preset.id));
        QCOMPARE(preset.retired, !preset.note.isEmpty());
        retired = retired || preset.retired;
    }
    QVERIFY(retired);
}

void TestSipParts::addresses_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("clean");
    QTest::newRow("case") << u" Ben@LitwareInc.com "_s << u"ben@litwareinc.com"_s;
    QTest::newRow("scheme") << u"sip:ben@x.test;gruu"_s << u"ben@x.test"_s;
    QTest::newRow("no domain") << u"ben@"_s << QString();
    QTest::newRow("no user") << u"@x"_s << QString();
    QTest::newRow("blank") << u"b en@x"_s << QString();
    QTest::newRow("line end") << u"ben\r\n@x"_s << QString();
    QTest::newRow("empty") << u""_s << QString();
    QTest::newRow("telephone") << u"tel:+1"_s << QString();
}

void TestSipParts::addresses()
{
    QFETCH(QString, text);
    QTEST(normalizedAddress(text).value_or(QString()), "clean");
}

void TestSipParts::wireReader()
{
    SipWireReader reader;
    QList<QJsonObject> out = reader.feed(
        "MESSAGE sip:a@x SIP/2.0\r\nf: <sip:b@x>\r\nVia: a\r\n b\r\nl: 3\r\n\r\n\xe2\x82");
    QVERIFY(out.isEmpty());
    out = reader.feed("\xac"
                      "SIP/2.0 200 OK\r\nContent-Length: 1\r\n\r\n\xff");
    QCOMPARE(out.size(), 2);
    const QJsonObject request = out.at(0);
    QCOMPARE(request.value(u"kind").toString(), u"request"_s);
    QCOMPARE(request.value(u"method").toString(), u"MESSAGE"_s);
    QCOMPARE(request.value(u"uri").toString(), u"sip:a@x"_s);
    QCOMPARE(request.value(u"version").toString(), u"SIP/2.0"_s);
    QCOMPARE(request.value(u"body").toString(), u"€"_s);
    QCOMPARE(request.value(u"headers").toArray().at(0).toArray(),
        (QJsonArray { u"f"_s, u"<sip:b@x>"_s }));
    QCOMPARE(
        request.value(u"headers").toArray().at(1).toArray(), (QJsonArray { u"Via"_s, u"a b"_s }));
    const QJsonObject response = out.at(1);
    QCOMPARE(response.value(u"status").toInt(), 200);
    QCOMPARE(response.value(u"reason").toString(), u"OK"_s);
    QCOMPARE(response.value(u"body_base64").toString(), u"/w=="_s);
    QVERIFY(!response.contains(u"body"));
    QVERIFY(reader.finish().isEmpty());
}

void TestSipParts::wireReaderGoesOnAfterRubbish()
{
    const QByteArray good = "SIP/2.0 200 OK\r\n\r\n"_ba;
    SipWireReader reader;
    const QList<QJsonObject> out = reader.feed(good + "HTTP/1.1 400 Bad\r\nServer: x\r\n\r\n" + good
        + "SIP/2.0 200 OK\r\nrubbish\r\n\r\n" + good);
    QCOMPARE(out.size(), 5);
    QCOMPARE(out.at(1).value(u"offset").toInt(), good.size());
    QVERIFY(!out.at(1).value(u"error").toString().isEmpty());
    QCOMPARE(out.at(2).value(u"status").toInt(), 200);
    QVERIFY(out.at(3).contains(u"error"));
    QCOMPARE(out.at(4).value(u"status").toInt(), 200);
    QVERIFY(reader.feed("SIP/2.0 200 OK\r\nCont").isEmpty());
    QCOMPARE(reader.finish().size(), 1);
}

QTEST_APPLESS_MAIN(TestSipParts)
#include "tst_sipparts.moc"
