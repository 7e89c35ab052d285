// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/files/filestream.h"

#include <QTest>

#include <algorithm>
#include <functional>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

QByteArray counted(int from)
{
    QByteArray bytes;
    for (int i = 0; i < 24; ++i) {
        bytes.append(char(from + i));
    }
    return bytes;
}

FileStreamKeys trialKeys()
{
    return { counted(0x00), counted(0x18), 771290441 };
}

const QByteArray ann = "ann@litwareinc.com"_ba;

QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i) {
        bytes[i] = char((i * 31 + i / 251) & 0xff);
    }
    return bytes;
}

/// Both sides, joined by a line that gives `piece` bytes at a time.
struct Pair {
    Pair(qint64 size, const FileStreamKeys &keys = trialKeys())
        : sender(keys, size, ann)
        , receiver(trialKeys(), size, ann)
    {
    }

    void run(const QByteArray &file, qsizetype piece)
    {
        QByteArray toSender = receiver.start().write;
        QByteArray toReceiver;
        qsizetype at = 0;
        bool wants = false;
        while (!receiverEnd && (!toSender.isEmpty() || !toReceiver.isEmpty() || wants)) {
            if (!toSender.isEmpty()) {
                const auto step = sender.received(toSender.first(std::min(piece, toSender.size())));
                toSender.remove(0, piece);
                toReceiver += step.write;
                wants = wants || step.wantsData;
                senderEnd = step.end ? step.end : senderEnd;
            } else if (!toReceiver.isEmpty()) {
                const auto step
                    = receiver.received(toReceiver.first(std::min(piece, toReceiver.size())));
                toReceiver.remove(0, piece);
                toSender += step.write;
                got += step.data;
                receiverEnd = step.end;
            } else {
                const auto step
                    = sender.give(file.sliced(at, std::min<qsizetype>(9000, file.size() - at)));
                at = std::min<qsizetype>(at + 9000, file.size());
                toReceiver += step.write;
                wants = step.wantsData;
                senderEnd = step.end;
            }
            if (meddle) {
                meddle(toReceiver);
            }
        }
    }

    FileSendStream sender;
    FileReceiveStream receiver;
    QByteArray got;
    std::optional<FileStreamEnd> senderEnd;
    std::optional<FileStreamEnd> receiverEnd;
    std::function<void(QByteArray &)> meddle;
};

} // namespace

class TstFileStream : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knownAnswer()
    {
        FileCipher cipher(trialKeys());
        QCOMPARE(cipher.encrypt("Hello, "), QByteArray::fromHex("f20e2ff48a2495"));
        QCOMPARE(cipher.encrypt("Linchpin!"), QByteArray::fromHex("9ff8ad91c9be7df889"));
        QCOMPARE(cipher.mac(), "i0CBY8CYy/RohBL2ysoO5zcoOYM="_ba);
    }

    void bothSides_data()
    {
        QTest::addColumn<qsizetype>("size");
        QTest::addColumn<qsizetype>("piece");
        for (const qsizetype size : { 0, 1, 2045, 2046, 9000, 9001, 100'000 }) {
            for (const qsizetype piece : { 1, 3, 1460, 1'000'000 }) {
                QTest::addRow("%lld by %lld", qint64(size), qint64(piece)) << size << piece;
            }
        }
    }

    void bothSides()
    {
        QFETCH(qsizetype, size);
        QFETCH(qsizetype, piece);
        const QByteArray file = pattern(size);
        Pair pair(size);
        pair.run(file, piece);
        QCOMPARE(pair.senderEnd, FileStreamEnd::Done);
        QCOMPARE(pair.receiverEnd, FileStreamEnd::Done);
        QVERIFY(pair.got == file);
        QCOMPARE(pair.receiver.received(), qint64(size));
    }

    void theWire()
    {
        FileSendStream sender(trialKeys(), 16, ann);
        QCOMPARE(sender.received("VER MSN_SECURE_FTP\r\n").write, "VER MSN_SECURE_FTP\r\n"_ba);
        QVERIFY(!sender.isAgreed());
        QCOMPARE(sender.received("USR Ann@LitwareInc.com 771290441\r\n").write, "FIL 16\r\n"_ba);
        QVERIFY(sender.isAgreed());
        QVERIFY(sender.received("TFR\r\n").wantsData);
        const auto step = sender.give("Hello, Linchpin!"_ba);
        QCOMPARE(step.write, QByteArray::fromHex("001000f20e2ff48a24959ff8ad91c9be7df889"));
        QVERIFY(!step.wantsData);
        const auto last = sender.received("BYE 16777989\r\n");
        QCOMPARE(last.write, QByteArray("MAC i0CBY8CYy/RohBL2ysoO5zcoOYM=\0\r\n", 35));
        QCOMPARE(last.end, FileStreamEnd::Done);
    }

    void senderHears_data()
    {
        QTest::addColumn<QByteArrayList>("lines");
        QTest::addColumn<FileStreamEnd>("end");
        const QByteArray ver = "VER MSN_SECURE_FTP\r\n"_ba;
        const QByteArray usr = "USR ann@litwareinc.com 771290441\r\n"_ba;
        QTest::newRow("another protocol")
            << QByteArrayList { "GET / HTTP/1.1\r\n"_ba } << FileStreamEnd::WrongPeer;
        QTest::newRow("another person")
            << QByteArrayList { ver, "USR eve@litwareinc.com 771290441\r\n"_ba }
            << FileStreamEnd::WrongPeer;
        QTest::newRow("another cookie")
            << QByteArrayList { ver, "USR ann@litwareinc.com 771290442\r\n"_ba }
            << FileStreamEnd::WrongPeer;
        QTest::newRow("no cookie")
            << QByteArrayList { ver, "USR ann@litwareinc.com\r\n"_ba } << FileStreamEnd::WrongPeer;
        QTest::newRow("no line") << QByteArrayList { QByteArray(600, 'x') }
                                 << FileStreamEnd::Malformed;
        QTest::newRow("not wanted")
            << QByteArrayList { ver, usr, "CCL\r\n"_ba } << FileStreamEnd::Cancelled;
        QTest::newRow("cancelled while sending") << QByteArrayList { ver, usr,
            "TFR\r\nBYE 2164261682\r\n"_ba } << FileStreamEnd::Cancelled;
        QTest::newRow("noise while sending") << QByteArrayList { ver, usr, "TFR\r\n"_ba,
            "hello\r\n"_ba } << FileStreamEnd::Malformed;
        QTest::newRow("no transfer")
            << QByteArrayList { ver, usr, "FOO\r\n"_ba } << FileStreamEnd::Malformed;
    }

    void senderHears()
    {
        QFETCH(QByteArrayList, lines);
        QFETCH(FileStreamEnd, end);
        FileSendStream sender(trialKeys(), 16, ann);
        FileStreamStep step;
        for (const QByteArray &line : std::as_const(lines)) {
            QVERIFY(!step.end);
            step = sender.received(line);
        }
        QCOMPARE(step.end, end);
        QVERIFY(sender.received("TFR\r\n").write.isEmpty()); // it is over
    }

    void sourceLies_data()
    {
        QTest::addColumn<qsizetype>("size");
        QTest::newRow("shorter") << qsizetype(0);
        QTest::newRow("longer") << qsizetype(17);
    }

    void sourceLies()
    {
        QFETCH(qsizetype, size);
        FileSendStream sender(trialKeys(), 16, ann);
        sender.received("VER MSN_SECURE_FTP\r\nUSR ann@litwareinc.com 771290441\r\nTFR\r\n");
        QCOMPARE(sender.give(QByteArray(size, 'x')).end, FileStreamEnd::WrongSize);
    }

    void receiverHears_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<FileStreamEnd>("end");
        const QByteArray ver = "VER MSN_SECURE_FTP\r\n"_ba;
        const QByteArray begun = ver + "FIL 16\r\n";
        const QByteArray data = QByteArray::fromHex("001000f20e2ff48a24959ff8ad91c9be7df889");
        QTest::newRow("another protocol") << "SSH-2.0-x\r\n"_ba << FileStreamEnd::WrongPeer;
        QTest::newRow("larger") << ver + "FIL 17\r\n" << FileStreamEnd::WrongSize;
        QTest::newRow("smaller") << ver + "FIL 15\r\n" << FileStreamEnd::WrongSize;
        QTest::newRow("no number") << ver + "FIL much\r\n" << FileStreamEnd::Malformed;
        QTest::newRow("too long a line") << ver + QByteArray(600, 'F') << FileStreamEnd::Malformed;
        QTest::newRow("one chunk more") << begun + QByteArray::fromHex("001100")
                + QByteArray(17, 'x') << FileStreamEnd::WrongSize;
        QTest::newRow("64 KiB chunk")
            << begun + QByteArray::fromHex("00ffff") << FileStreamEnd::WrongSize;
        QTest::newRow("given up") << begun + QByteArray::fromHex("010000")
                                  << FileStreamEnd::Cancelled;
        QTest::newRow("right") << begun + data
                + QByteArray("MAC i0CBY8CYy/RohBL2ysoO5zcoOYM=\0\r\n", 35)
                               << FileStreamEnd::Done;
        QTest::newRow("right, without NUL") << begun + data + "MAC i0CBY8CYy/RohBL2ysoO5zcoOYM=\r\n"
                                            << FileStreamEnd::Done;
        QTest::newRow("wrong MAC")
            << begun + data + QByteArray("MAC i0CBY8CYy/RohBL2ysoO5zcoOYN=\0\r\n", 35)
            << FileStreamEnd::WrongMac;
        QTest::newRow("empty MAC") << begun + data + "MAC \r\n" << FileStreamEnd::WrongMac;
        QTest::newRow("no MAC") << begun + data + "BYE\r\n" << FileStreamEnd::WrongMac;
    }

    void receiverHears()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(FileStreamEnd, end);
        for (const qsizetype piece : { qsizetype(1), bytes.size() }) {
            FileReceiveStream receiver(trialKeys(), 16, ann);
            std::optional<FileStreamEnd> seen;
            for (qsizetype at = 0; at < bytes.size() && !seen; at += piece) {
                seen = receiver.received(bytes.sliced(at, std::min(piece, bytes.size() - at))).end;
            }
            QCOMPARE(seen, end);
        }
    }

    void meddledWith()
    {
        const QByteArray file = pattern(5000);
        Pair pair(file.size());
        bool done = false;
        pair.meddle = [&done](QByteArray &bytes) {
            if (!done && bytes.size() > 4000) {
                bytes[100] = char(bytes.at(100) ^ 1);
                done = true;
            }
        };
        pair.run(file, 1460);
        QVERIFY(done);
        QCOMPARE(pair.receiverEnd, FileStreamEnd::WrongMac);
    }

    void otherKeys()
    {
        FileStreamKeys keys = trialKeys();
        keys.hash = counted(0x40);
        Pair pair(100, keys);
        pair.run(pattern(100), 1460);
        QCOMPARE(pair.receiverEnd, FileStreamEnd::WrongMac);
    }
};

QTEST_GUILESS_MAIN(TstFileStream)
#include "tst_filestream.moc"
