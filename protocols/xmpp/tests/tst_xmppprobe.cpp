// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/doctor/xmppstreamprobe.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin::xmpp;

namespace {

const QByteArray kHeader
    = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
      "xmlns:stream='http://etherx.jabber.org/streams' id='a1' from='alpha.test' version='1.0' "
      "xml:lang='en'>";

StreamFacts read(const QByteArray &bytes, qsizetype chunk = 0)
{
    XmppStreamProbe probe;
    if (chunk == 0) {
        probe.feed(bytes);
    } else {
        for (qsizetype at = 0; at < bytes.size(); at += chunk) {
            probe.feed(QByteArrayView(bytes).sliced(at, std::min(chunk, bytes.size() - at)));
        }
    }
    return probe.finish();
}

} // namespace

class tst_XmppProbe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void speakers_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<Speaker>("speaker");
        QTest::newRow("nothing") << ""_ba << Speaker::Silent;
        QTest::newRow("white space") << " \r\n"_ba << Speaker::Silent;
        QTest::newRow("XMPP") << kHeader << Speaker::Xmpp;
        QTest::newRow("HTTP") << "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n"_ba
                              << Speaker::Http;
        QTest::newRow("bare HTML")
            << "<html>\r\n<head><title>400</title></head></html>"_ba << Speaker::Http;
        QTest::newRow("HTML with a type")
            << "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>"_ba
            << Speaker::Http;
        QTest::newRow("SSH") << "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"_ba << Speaker::Ssh;
        QTest::newRow("IRC notice")
            << "NOTICE * :*** Looking up your hostname...\r\n"_ba << Speaker::Irc;
        QTest::newRow("IRC numeric")
            << ":irc.test 451 * :You have not registered.\r\n"_ba << Speaker::Irc;
        QTest::newRow("IRC error")
            << "ERROR :Closing link: (unknown@127.0.0.1) []\r\n"_ba << Speaker::Irc;
        QTest::newRow("SMTP") << "220 mail.alpha.test ESMTP Postfix\r\n"_ba << Speaker::Mail;
        QTest::newRow("IMAP") << "* OK [CAPABILITY IMAP4rev1] ready.\r\n"_ba << Speaker::Mail;
        QTest::newRow("POP3") << "+OK ready\r\n"_ba << Speaker::Mail;
        QTest::newRow("SIP") << "SIP/2.0 400 Bad Request\r\n\r\n"_ba << Speaker::Sip;
        QTest::newRow("TLS alert") << QByteArray::fromHex("15030100020246") << Speaker::Tls;
        QTest::newRow("TLS hello") << QByteArray::fromHex("1603010200010001fc0303") << Speaker::Tls;
        QTest::newRow("other XML") << "<cross-domain-policy/>"_ba << Speaker::Other;
        QTest::newRow("bytes") << QByteArray::fromHex("4a0000000a352e352e35") << Speaker::Other;
        QTest::newRow("unfinished word") << "HTT"_ba << Speaker::Other;
    }
    void speakers()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(Speaker, speaker);
        QCOMPARE(read(bytes).speaker, speaker);
        for (const qsizetype chunk : { 1, 3, 7 }) {
            QCOMPARE(read(bytes, chunk).speaker, speaker);
        }
    }

    void features_data()
    {
        QTest::addColumn<QByteArray>("inside");
        QTest::addColumn<bool>("startTls");
        QTest::addColumn<bool>("required");
        QTest::addColumn<QStringList>("mechanisms");
        QTest::addColumn<QStringList>("all");
        const QByteArray tls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
        const QByteArray must
            = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";
        const QByteArray sasl = "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                                "<mechanism>SCRAM-SHA-1</mechanism><mechanism> PLAIN "
                                "</mechanism><mechanism>PLAIN</mechanism></mechanisms>";
        const QByteArray sasl2 = "<authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-256"
                                 "</mechanism><mechanism>PLAIN</mechanism><inline><x/></inline>"
                                 "</authentication>";
        const QStringList both { u"SCRAM-SHA-1"_s, u"PLAIN"_s };
        QTest::newRow("nothing") << ""_ba << false << false << QStringList() << QStringList();
        QTest::newRow("TLS") << tls << true << false << QStringList() << QStringList();
        QTest::newRow("TLS required") << must << true << true << QStringList() << QStringList();
        QTest::newRow("SASL") << sasl << false << false << both << both;
        QTest::newRow("both kinds") << QByteArray(sasl + sasl2) << false << false << both
                                    << QStringList(both + QStringList { u"SCRAM-SHA-256"_s });
        QTest::newRow("somebody else's words")
            << "<starttls xmlns='urn:x'/><mechanisms xmlns='urn:x'><mechanism>PLAIN</mechanism>"
               "</mechanisms>"_ba
            << false << false << QStringList() << QStringList();
        QTest::newRow("hidden in another feature")
            << "<x xmlns='urn:x'><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></x>"_ba
            << false << false << QStringList() << QStringList();
    }
    void features()
    {
        QFETCH(QByteArray, inside);
        QFETCH(bool, startTls);
        QFETCH(bool, required);
        QFETCH(QStringList, mechanisms);
        QFETCH(QStringList, all);
        const QByteArray bytes = kHeader + "<stream:features>" + inside + "</stream:features>";
        for (const qsizetype chunk : { 0, 1, 5 }) {
            const StreamFacts facts = read(bytes, chunk);
            QVERIFY(facts.header);
            QVERIFY(facts.features);
            QCOMPARE(facts.broken, QString());
            QCOMPARE(facts.from, u"alpha.test"_s);
            QCOMPARE(facts.version, u"1.0"_s);
            QCOMPARE(facts.startTls, startTls);
            QCOMPARE(facts.startTlsRequired, required);
            QCOMPARE(facts.mechanisms, mechanisms);
            QCOMPARE(facts.allMechanisms(), all);
        }
        QVERIFY(!read(kHeader + "<stream:features>" + inside).features); // not to its end
    }

    void moreFeatures()
    {
        const StreamFacts facts = read(kHeader
            + "<stream:features><sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding "
              "type='tls-exporter'/></sasl-channel-binding><register "
              "xmlns='http://jabber.org/features/iq-register'/><dialback "
              "xmlns='urn:xmpp:features:dialback'><errors/></dialback></stream:features>");
        QCOMPARE(facts.channelBindings, QStringList { u"tls-exporter"_s });
        QVERIFY(facts.registration);
        QVERIFY(facts.dialback);
        QVERIFY(!facts.legacyDialback);
    }

    void serverStream()
    {
        const StreamFacts facts
            = read("<stream:stream xmlns='jabber:server' xmlns:db='jabber:server:dialback' "
                   "xmlns:stream='http://etherx.jabber.org/streams' id='x'>");
        QVERIFY(facts.header);
        QVERIFY(facts.serverStream);
        QVERIFY(facts.legacyDialback);
        QCOMPARE(facts.version, QString());
    }

    void faults_data()
    {
        QTest::addColumn<QByteArray>("inside");
        QTest::addColumn<QString>("condition");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("host");
        const QByteArray space = "urn:ietf:params:xml:ns:xmpp-streams";
        QTest::newRow("host") << QByteArray(
            "<host-unknown xmlns='" + space + "'/><text xmlns='" + space + "'>Zażółć 🦄</text>")
                              << u"host-unknown"_s << u"Zażółć 🦄"_s << QString();
        QTest::newRow("text first") << QByteArray(
            "<text xmlns='" + space + "'>busy</text><policy-violation xmlns='" + space + "'/>")
                                    << u"policy-violation"_s << u"busy"_s << QString();
        QTest::newRow("elsewhere") << QByteArray(
            "<see-other-host xmlns='" + space + "'>b.alpha.test:5222</see-other-host>")
                                   << u"see-other-host"_s << QString() << u"b.alpha.test:5222"_s;
        QTest::newRow("no condition")
            << "<x xmlns='urn:x'/>"_ba << QString() << QString() << QString();
    }
    void faults()
    {
        QFETCH(QByteArray, inside);
        QFETCH(QString, condition);
        QFETCH(QString, text);
        QFETCH(QString, host);
        const StreamFacts facts
            = read(kHeader + "<stream:error>" + inside + "</stream:error></stream:stream>", 4);
        QVERIFY(facts.fault);
        QCOMPARE(facts.fault->condition, condition);
        QCOMPARE(facts.fault->text, text);
        QCOMPARE(facts.fault->otherHost, host);
    }

    void startTlsAnswers()
    {
        const QByteArray before = kHeader + "<stream:features/>";
        QVERIFY(read(before + "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").proceed);
        QVERIFY(read(before + "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").tlsRefused);
        QVERIFY(!read(before + "<proceed xmlns='urn:x'/>").proceed);
    }

    void hostile_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("document type")
            << "<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>"
               "<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>&b;"_ba;
        QTest::newRow("processing instruction") << QByteArray(kHeader + "<?php x?>");
        QTest::newRow("deep") << QByteArray(kHeader + QByteArray("<a>").repeated(40));
        QTest::newRow("long") << QByteArray(kHeader + QByteArray(100'000, ' '));
        QTest::newRow("not well-formed") << QByteArray(kHeader + "<a></b>");
        QTest::newRow("unknown entity") << QByteArray(kHeader + "<a>&nbsp;</a>");
    }
    void hostile()
    {
        QFETCH(QByteArray, bytes);
        XmppStreamProbe probe;
        probe.feed(bytes);
        QVERIFY(probe.isOver());
        QVERIFY(!probe.facts().broken.isEmpty());
        const StreamFacts before = probe.facts();
        probe.feed("<stream:features/>"); // nothing is believed after that
        QCOMPARE(probe.facts(), before);
    }

    void bounded()
    {
        QByteArray features
            = kHeader + "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>";
        for (int i = 0; i < 500; ++i) {
            features += "<mechanism>M" + QByteArray::number(i) + "</mechanism>";
        }
        features += "<mechanism>" + QByteArray(5000, 'x') + "</mechanism>";
        const StreamFacts facts = read(features);
        QCOMPARE(facts.mechanisms.size(), 32);
        QVERIFY(printable(QByteArray(5000, 'x')).size() <= 120);
        QCOMPARE(printable("a\x01\x1b[31mb\r\nc"), u"a..[31mb"_s);
    }

    void ourHeader()
    {
        const QByteArray header = streamHeader(u"zażółć.test'><x"_s, u"me@a&b"_s, true);
        XmppStreamProbe probe; // what we say is what we would understand
        const StreamFacts facts = probe.feed(header);
        QVERIFY(facts.header);
        QVERIFY(facts.serverStream);
        QVERIFY(facts.legacyDialback);
        QCOMPARE(facts.from, u"me@a&b"_s);
        QCOMPARE(facts.broken, QString());
    }
};

QTEST_GUILESS_MAIN(tst_XmppProbe)
#include "tst_xmppprobe.moc"
