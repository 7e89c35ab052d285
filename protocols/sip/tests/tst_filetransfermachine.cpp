// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/files/filetransfermachine.h"

#include <QTest>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

FileStreamKeys trialKeys()
{
    return { QByteArray(24, 'e'), QByteArray(24, 'h'), 0 };
}

const auto trialName = u"Zażółć 🦄 こんにちは.odt"_s;

FileInvitation invite(bool behindNat = false)
{
    FileInvitation offer;
    offer.cookie = "1839472"_ba;
    offer.name = trialName;
    offer.size = 52311;
    offer.behindNat = behindNat;
    return offer;
}

FileInvitation acceptOf(const FileEffect &effect)
{
    const auto *const say = std::get_if<fileeffect::Say>(&effect);
    return say != nullptr ? say->invitation : FileInvitation {};
}

template <class T> bool is(const QList<FileEffect> &effects, qsizetype at)
{
    return at < effects.size() && std::holds_alternative<T>(effects.at(at));
}

FileTransferState endOf(const QList<FileEffect> &effects)
{
    const auto *const end
        = effects.isEmpty() ? nullptr : std::get_if<fileeffect::End>(&effects.constLast());
    return end != nullptr ? end->state : FileTransferState::Offered;
}

QString codeOf(const QList<FileEffect> &effects)
{
    const auto *const end
        = effects.isEmpty() ? nullptr : std::get_if<fileeffect::End>(&effects.constLast());
    return end != nullptr && end->failure ? end->failure->code : QString();
}

} // namespace

class TstFileTransferMachine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void invitations()
    {
        QCOMPARE(parseFileInvitation(buildFileInvitation(invite())), invite());
        QCOMPARE(parseFileInvitation(buildFileInvitation(invite(true))), invite(true));
        FileInvitation yes;
        yes.command = FileInvitation::Command::Accept;
        yes.cookie = "7"_ba;
        yes.encryptionKey = QByteArray(24, 'e');
        yes.hashKey = QByteArray(24, 'h');
        yes.address = "192.0.2.20"_ba;
        yes.port = 6891;
        yes.authCookie = 771290441;
        yes.senderConnects = true;
        QCOMPARE(parseFileInvitation(buildFileInvitation(yes)), yes);
        FileInvitation no;
        no.command = FileInvitation::Command::Cancel;
        no.cookie = "7"_ba;
        no.cancelCode = "REJECT"_ba;
        QCOMPARE(parseFileInvitation(buildFileInvitation(no)), no);
    }

    void notInvitations_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("empty") << ""_ba;
        QTest::newRow("text") << "hello"_ba;
        QTest::newRow("no cookie") << "Invitation-Command: CANCEL\r\n"_ba;
        QTest::newRow("unknown") << "Invitation-Command: JUMP\r\nInvitation-Cookie: 1\r\n"_ba;
        QTest::newRow("a game")
            << "Application-GUID: {8A6E5D29-1BDD-4C0E-8A1F-1A62D4B8EE1C}\r\nInvitation-Command: INVITE\r\nInvitation-Cookie: 1\r\nApplication-File: x\r\nApplication-FileSize: 1\r\n"_ba;
        QTest::newRow("no size")
            << "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\nApplication-File: x\r\n"_ba;
        QTest::newRow("negative size")
            << "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\nApplication-File: x\r\nApplication-FileSize: -1\r\n"_ba;
        QTest::newRow("size beyond numbers")
            << "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\nApplication-File: x\r\nApplication-FileSize: 99999999999999999999\r\n"_ba;
        QTest::newRow("no name")
            << "Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\nApplication-FileSize: 1\r\n"_ba;
        QTest::newRow("short key")
            << "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\nEncryption-Key: AAECAw==\r\nHash-Key: AAECAw==\r\n"_ba;
        QTest::newRow("half a key")
            << "Invitation-Command: ACCEPT\r\nInvitation-Cookie: 1\r\nEncryption-Key: AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\r\n"_ba;
        QTest::newRow("huge") << "Invitation-Command: CANCEL\r\nInvitation-Cookie: 1\r\nX: "_ba
                + QByteArray(20'000, 'x');
    }

    void notInvitations()
    {
        QFETCH(QByteArray, body);
        QVERIFY(!parseFileInvitation(body));
    }

    void oneLineOnly()
    {
        FileInvitation sly = invite();
        sly.name = u"a\r\nInvitation-Command: ACCEPT\r\nb"_s;
        const auto read = parseFileInvitation(buildFileInvitation(sly));
        QVERIFY(read);
        QCOMPARE(read->command, FileInvitation::Command::Invite);
    }

    void theSenderListens()
    {
        FileTransferMachine sender("1839472"_ba, trialName, 52311, false);
        FileTransferMachine receiver(invite());
        QCOMPARE(acceptOf(sender.begin().constFirst()), invite());
        const auto accepted = receiver.accept(trialKeys());
        QVERIFY(is<fileeffect::Say>(accepted, 0));
        QVERIFY(is<fileeffect::Listen>(sender.heard(acceptOf(accepted.constFirst())), 0));
        const auto here = sender.listening("192.0.2.20"_ba, 6892, 99);
        QVERIFY(acceptOf(here.constFirst()).encryptionKey.isEmpty());
        const auto connects = receiver.heard(acceptOf(here.constFirst()));
        QCOMPARE(connects, QList<FileEffect>({ fileeffect::Connect { "192.0.2.20"_ba, 6892 } }));
        QVERIFY(is<fileeffect::StartStream>(receiver.connected(), 0));
        QVERIFY(is<fileeffect::StartStream>(sender.connected(), 0));
        QCOMPARE(sender.streamKeys().encryption, trialKeys().encryption);
        QCOMPARE(sender.streamKeys().authCookie, 99U);
        QCOMPARE(receiver.streamKeys().authCookie, 99U);
        QCOMPARE(endOf(sender.streamEnded(FileStreamEnd::Done)), FileTransferState::Done);
        QCOMPARE(endOf(receiver.streamEnded(FileStreamEnd::Done)), FileTransferState::Done);
        QVERIFY(receiver.lineLost({}).isEmpty()); // it is over
    }

    void theReceiverListens()
    {
        FileTransferMachine sender("1839472"_ba, trialName, 52311, true);
        FileTransferMachine receiver(invite(true));
        QVERIFY(is<fileeffect::Listen>(receiver.accept(trialKeys()), 0));
        const auto here = receiver.listening("10.0.0.7"_ba, 6891, 5);
        QVERIFY(acceptOf(here.constFirst()).senderConnects);
        QCOMPARE(sender.heard(acceptOf(here.constFirst())),
            QList<FileEffect>({ fileeffect::Connect { "10.0.0.7"_ba, 6891 } }));
        QCOMPARE(sender.streamKeys().authCookie, 5U);
    }

    void theReceiverCannotListen()
    {
        FileTransferMachine receiver(invite(true));
        receiver.accept(trialKeys());
        const auto asks = receiver.cannotListen({});
        QVERIFY(is<fileeffect::Say>(asks, 0));
        QVERIFY(!acceptOf(asks.constFirst()).senderConnects);
        QCOMPARE(acceptOf(asks.constFirst()).encryptionKey, trialKeys().encryption);
    }

    void theSenderCannotListen()
    {
        FileTransferMachine sender("1"_ba, trialName, 1, false);
        FileTransferMachine receiver(sender.offer());
        sender.heard(acceptOf(receiver.accept(trialKeys()).constFirst()));
        const auto gives
            = sender.cannotListen({ .kind = Error::Kind::Unsupported, .code = u"behind-proxy"_s });
        QCOMPARE(codeOf(gives), u"behind-proxy"_s);
        QCOMPARE(endOf(receiver.heard(acceptOf(gives.constFirst()))), FileTransferState::Failed);
    }

    void refused()
    {
        FileTransferMachine sender("1"_ba, trialName, 1, false);
        FileTransferMachine receiver(sender.offer());
        const auto no = receiver.cancel();
        QCOMPARE(endOf(no), FileTransferState::Refused);
        QCOMPARE(acceptOf(no.constFirst()).cancelCode, "REJECT"_ba);
        QCOMPARE(endOf(sender.heard(acceptOf(no.constFirst()))), FileTransferState::Refused);
        QVERIFY(sender.cancel().isEmpty());
    }

    void takenBack()
    {
        FileTransferMachine sender("1"_ba, trialName, 1, false);
        FileTransferMachine receiver(sender.offer());
        const auto no = sender.cancel();
        QCOMPARE(endOf(no), FileTransferState::Cancelled);
        QCOMPARE(endOf(receiver.heard(acceptOf(no.constFirst()))), FileTransferState::Cancelled);
    }

    void whereNotToConnect_data()
    {
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<int>("port");
        QTest::addColumn<bool>("usable");
        QTest::newRow("IPv4") << "192.0.2.20"_ba << 6891 << true;
        QTest::newRow("IPv6") << "2001:db8::1"_ba << 6891 << true;
        QTest::newRow("a name") << "intranet.litwareinc.com"_ba << 6891 << false;
        QTest::newRow("port 0") << "192.0.2.20"_ba << 0 << false;
        QTest::newRow("a service") << "192.0.2.20"_ba << 25 << false;
        QTest::newRow("multicast") << "224.0.0.1"_ba << 6891 << false;
        QTest::newRow("any") << "0.0.0.0"_ba << 6891 << false;
        QTest::newRow("everybody") << "255.255.255.255"_ba << 6891 << false;
    }

    void whereNotToConnect()
    {
        QFETCH(QByteArray, address);
        QFETCH(int, port);
        QFETCH(bool, usable);
        QCOMPARE(isUsableFileAddress(address, quint16(port)), usable);
        FileTransferMachine receiver(invite());
        receiver.accept(trialKeys());
        FileInvitation here;
        here.command = FileInvitation::Command::Accept;
        here.address = address;
        here.port = quint16(port);
        const auto effects = receiver.heard(here);
        QCOMPARE(is<fileeffect::Connect>(effects, 0), usable);
        QCOMPARE(codeOf(effects), usable ? QString() : u"no-path"_s);
    }

    void endsOfTheStream_data()
    {
        QTest::addColumn<FileStreamEnd>("end");
        QTest::addColumn<FileTransferState>("state");
        QTest::addColumn<QString>("code");
        QTest::newRow("done") << FileStreamEnd::Done << FileTransferState::Done << QString();
        QTest::newRow("cancelled")
            << FileStreamEnd::Cancelled << FileTransferState::Cancelled << QString();
        QTest::newRow("size") << FileStreamEnd::WrongSize << FileTransferState::Failed
                              << u"size-mismatch"_s;
        QTest::newRow("MAC") << FileStreamEnd::WrongMac << FileTransferState::Failed
                             << u"file-damaged"_s;
        QTest::newRow("peer") << FileStreamEnd::WrongPeer << FileTransferState::Failed
                              << u"wrong-peer"_s;
        QTest::newRow("noise") << FileStreamEnd::Malformed << FileTransferState::Failed
                               << u"not-understood"_s;
    }

    void endsOfTheStream()
    {
        QFETCH(FileStreamEnd, end);
        QFETCH(FileTransferState, state);
        QFETCH(QString, code);
        FileTransferMachine sender("1"_ba, trialName, 1, false);
        const auto effects = sender.streamEnded(end);
        QCOMPARE(endOf(effects), state);
        QCOMPARE(codeOf(effects), code);
    }

    void acceptWithoutKeys()
    {
        FileTransferMachine sender("1"_ba, trialName, 1, false);
        FileInvitation yes;
        yes.command = FileInvitation::Command::Accept;
        yes.cookie = "1"_ba;
        QCOMPARE(codeOf(sender.heard(yes)), u"not-encrypted"_s);
    }

    void cutAndStalled()
    {
        FileTransferMachine sender("1"_ba, trialName, 1, false);
        FileTransferMachine receiver(sender.offer());
        sender.heard(acceptOf(receiver.accept(trialKeys()).constFirst()));
        sender.listening("192.0.2.1"_ba, 6891, 1);
        QVERIFY(sender.isConnecting());
        FileTransferMachine waiting = sender;
        QCOMPARE(codeOf(waiting.timedOut()), u"no-path"_s);
        sender.connected();
        FileTransferMachine stalled = sender;
        QCOMPARE(codeOf(stalled.timedOut()), u"stalled"_s);
        QCOMPARE(codeOf(sender.lineLost({})), u"transfer-interrupted"_s);
        QVERIFY(sender.isOver());
    }
};

QTEST_GUILESS_MAIN(TstFileTransferMachine)
#include "tst_filetransfermachine.moc"
