// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/wire/sipframer.h"
#include "protocols/sip/wire/sipparser.h"

#include <QTest>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

const QByteArray first = "SIP/2.0 200 OK\r\nCSeq: 1 X\r\nContent-Length: 3\r\n\r\nabc"_ba;
const QByteArray second = "BENOTIFY sip:b@x SIP/2.0\r\nl: 0\r\n\r\n"_ba;

} // namespace

class TestSipFramer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anySplit();
    void severalInOneRead();
    void keepAlivesAreSkipped();
    void bodyMayHoldBlankLines();
    void errors_data();
    void errors();
    void noContentLengthWithoutTypeIsEmpty();
    void foldedLength();
    void limits();
    void errorStays();
    void resynchronises();
    void bytewiseLargeHeadIsCheap();
};

void TestSipFramer::anySplit()
{
    const QByteArray stream = "\r\n\r\n"_ba + first + second;
    for (qsizetype cut = 0; cut <= stream.size(); ++cut) {
        SipFramer framer;
        QByteArrayList frames;
        for (const QByteArrayView part :
            { QByteArrayView(stream).first(cut), QByteArrayView(stream).sliced(cut) }) {
            framer.feed(part);
            for (auto frame = framer.next(); frame && *frame; frame = framer.next()) {
                frames.append(**frame);
            }
        }
        QCOMPARE(frames, (QByteArrayList { first, second }));
        QCOMPARE(framer.offset(), stream.size());
        QCOMPARE(framer.pending(), 0);
    }
}

void TestSipFramer::severalInOneRead()
{
    SipFramer framer;
    framer.feed(first + first + second + first.chopped(1));
    QCOMPARE(framer.next()->value(), first);
    QCOMPARE(framer.next()->value(), first);
    QCOMPARE(framer.next()->value(), second);
    QVERIFY(!framer.next()->has_value());
    framer.feed("c");
    QCOMPARE(framer.next()->value(), first);
}

void TestSipFramer::keepAlivesAreSkipped()
{
    SipFramer framer;
    framer.feed("\r\n\r\n\r");
    QVERIFY(!framer.next()->has_value());
    framer.feed("\n" + second + "\r\n\r\n");
    QCOMPARE(framer.next()->value(), second);
    QVERIFY(!framer.next()->has_value());
    QCOMPARE(framer.pending(), 0);
}

void TestSipFramer::bodyMayHoldBlankLines()
{
    const QByteArray message = "SIP/2.0 200 OK\r\nContent-Length: 8\r\n\r\n\r\n\r\n\r\n\r\n"_ba;
    SipFramer framer;
    framer.feed(message + second);
    QCOMPARE(framer.next()->value(), message);
    QCOMPARE(framer.next()->value(), second);
}

void TestSipFramer::errors_data()
{
    using Code = ParseError::Code;
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<Code>("code");
    QTest::newRow("http answer")
        << "HTTP/1.1 400 Bad Request\r\nServer: Microsoft-HTTPAPI/2.0\r\n\r\n"_ba
        << Code::WrongProtocol;
    QTest::newRow("http before the line ends") << "HTTP/"_ba << Code::WrongProtocol;
    QTest::newRow("tls alert") << "\x15\x03\x01\x00\x02\x02\x46"_ba << Code::WrongProtocol;
    QTest::newRow("tls handshake") << "\x16\x03\x01"_ba << Code::WrongProtocol;
    QTest::newRow("smtp") << "220 mail.litwareinc.com ESMTP\r\n"_ba << Code::WrongProtocol;
    QTest::newRow("irc") << ":irc.x NOTICE * :***\r\n"_ba << Code::WrongProtocol;
    QTest::newRow("http request") << "GET / HTTP/1.1\r\n"_ba << Code::WrongProtocol;
    QTest::newRow("xmpp") << "<?xml version='1.0'?>\n"_ba << Code::WrongProtocol;
    QTest::newRow("other version (RFC 4475 3.1.2.16)")
        << "OPTIONS sip:t@x SIP/7.0\r\n\r\n"_ba << Code::BadVersion;
    QTest::newRow("status with ten digits (RFC 4475 3.1.2.19)")
        << "SIP/2.0 4294967301 better not break the receiver\r\n\r\n"_ba << Code::BadStartLine;
    QTest::newRow("negative length (RFC 4475 3.1.2.3)")
        << "INVITE sip:a@x SIP/2.0\r\nContent-Length: -999\r\n\r\n"_ba << Code::BadContentLength;
    QTest::newRow("two lengths") << "SIP/2.0 200 OK\r\nContent-Length: 1\r\nl: 2\r\n\r\nab"_ba
                                 << Code::BadContentLength;
    QTest::newRow("empty length") << "SIP/2.0 200 OK\r\nContent-Length:\r\n\r\n"_ba
                                  << Code::BadContentLength;
    QTest::newRow("type without length")
        << "SIP/2.0 200 OK\r\nContent-Type: text/plain\r\n\r\nabc"_ba << Code::BadContentLength;
    QTest::newRow("huge length") << "SIP/2.0 200 OK\r\nContent-Length: 9999999999\r\n\r\n"_ba
                                 << Code::TooLarge;
    QTest::newRow("length beyond 64 bits")
        << "SIP/2.0 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n"_ba
        << Code::BadContentLength;
}

void TestSipFramer::errors()
{
    QFETCH(QByteArray, stream);
    SipFramer framer;
    framer.feed(stream);
    const auto frame = framer.next();
    QVERIFY(!frame);
    QTEST(frame.error().code, "code");
    QCOMPARE(frame.error().offset, 0);
    QVERIFY(!frame.error().detail.isEmpty());
}

void TestSipFramer::noContentLengthWithoutTypeIsEmpty()
{
    const QByteArray message = "SIP/2.0 100 Trying\r\nVia: x\r\n\r\n"_ba;
    SipFramer framer;
    framer.feed(message + second);
    QCOMPARE(framer.next()->value(), message);
    QCOMPARE(framer.next()->value(), second);
}

void TestSipFramer::foldedLength()
{
    const QByteArray message = "SIP/2.0 200 OK\r\nContent-Length\t:\r\n  3\r\n\r\nabc"_ba;
    SipFramer framer;
    framer.feed(message);
    QCOMPARE(framer.next()->value(), message);
    QCOMPARE(parseMessage(message)->body, "abc"_ba);
}

void TestSipFramer::limits()
{
    SipFramer head({ .head = 100, .body = 10 });
    head.feed("SIP/2.0 200 OK\r\nX: " + QByteArray(200, 'x'));
    QCOMPARE(head.next().error().code, ParseError::Code::TooLarge);

    SipFramer body({ .head = 100, .body = 10 });
    body.feed("SIP/2.0 200 OK\r\nContent-Length: 11\r\n\r\n");
    QCOMPARE(body.next().error().code, ParseError::Code::TooLarge);

    SipFramer line;
    line.feed(QByteArray(qsizetype { 65 } * 1024, 'A'));
    QCOMPARE(line.next().error().code, ParseError::Code::TooLarge);
}

void TestSipFramer::errorStays()
{
    SipFramer framer;
    framer.feed("HTTP/1.1 200 OK\r\n\r\n");
    QVERIFY(!framer.next());
    framer.feed(first);
    QVERIFY(!framer.next());
}

void TestSipFramer::resynchronises()
{
    SipFramer framer;
    framer.feed(second + "rubbish\r\nmore rubbish\r\n\r\n" + first);
    QCOMPARE(framer.next()->value(), second);
    const auto broken = framer.next();
    QVERIFY(!broken);
    QCOMPARE(broken.error().offset, second.size());
    QVERIFY(framer.resynchronise());
    QCOMPARE(framer.next()->value(), first);
    framer.feed("rubbish only\r\n");
    QVERIFY(!framer.next());
    QVERIFY(!framer.resynchronise());
    QCOMPARE(framer.pending(), 0);
}

void TestSipFramer::bytewiseLargeHeadIsCheap()
{
    // 60 KiB one byte at a time: quadratic searching would look at 1.8 GB and run into the limit.
    QByteArray message = "SIP/2.0 200 OK\r\n"_ba;
    while (message.size() < qsizetype { 60 } * 1024) {
        message += "X-Header: " + QByteArray(70, 'x') + "\r\n";
    }
    message += "\r\n";
    SipFramer framer;
    int frames = 0;
    for (const char c : message) {
        framer.feed(QByteArrayView(&c, 1));
        const auto frame = framer.next();
        QVERIFY(frame);
        frames += frame->has_value() ? 1 : 0;
    }
    QCOMPARE(frames, 1);
}

QTEST_APPLESS_MAIN(TestSipFramer)
#include "tst_sipframer.moc"
