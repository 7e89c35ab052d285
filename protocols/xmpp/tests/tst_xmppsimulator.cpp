// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/tests/person.h"
#include "protocols/xmpp/xmppplugin.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QUuid>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::xmpp::test;

/// The plugin against linchpin-sim-xmpp, started as the demo starts it.
class tst_XmppSimulator : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void conversation();
    void joinsTheRoomsOfTheSettings();
    void endsWithStandardInput();

private:
    static QJsonObject start(QProcess &process, const QString &directory);
};

QJsonObject tst_XmppSimulator::start(QProcess &process, const QString &directory)
{
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(qEnvironmentVariable("LINCHPIN_SIMULATOR"),
        { u"--demo"_s, u"--dir"_s, directory, u"--delay-ms"_s, u"100"_s });
    while (!process.canReadLine() && process.waitForReadyRead(20000)) { }
    return QJsonDocument::fromJson(process.readLine()).object();
}

void tst_XmppSimulator::conversation()
{
    QTemporaryDir directory;
    QProcess process;
    const QJsonObject ready = start(process, directory.path());
    QVERIFY(ready.value("ready"_L1).toBool());
    QCOMPARE(ready.value("protocol"_L1).toString(), u"xmpp"_s);

    const xmpp::XmppPlugin plugin;
    Person demo(plugin, ready.value("address"_L1).toString(),
        ready.value("settings"_L1).toObject().toVariantMap());
    demo.services.secrets.insert(u"password"_s, ready.value("password"_L1).toString());
    demo.open();
    QTRY_VERIFY_WITH_TIMEOUT(demo.isOnline(), 20000);
    QTRY_VERIFY_WITH_TIMEOUT(!demo.all<ContactListComplete>().isEmpty(), 10000);
    QVERIFY(demo.all<ContactListComplete>().first().addresses.size() >= 12);
    QTRY_VERIFY_WITH_TIMEOUT(demo.sees(u"marie@alpha.test"_s, Availability::DoNotDisturb), 10000);
    QTRY_VERIFY_WITH_TIMEOUT(demo.sees(u"ines@alpha.test"_s, Availability::Available), 10000);

    const QString partner = ready.value("partner"_L1).toString();
    const OutgoingMessage hello = demo.message(partner, u"Cześć こんにちは 🦄"_s);
    QVERIFY(answerOf(demo.session->send(hello)));
    QTRY_VERIFY_WITH_TIMEOUT(demo.saw<TypingChanged>([&](const TypingChanged &typing) {
        return typing.with == partner && typing.composing;
    }),
        10000);
    QTRY_VERIFY_WITH_TIMEOUT(demo.saw<MessageReceived>([&](const MessageReceived &received) {
        return received.message.with == partner && !received.message.body.isEmpty();
    }),
        10000);
    QTRY_VERIFY_WITH_TIMEOUT(demo.saw<MessageUpdated>([&](const MessageUpdated &updated) {
        return updated.update.originId == hello.localId
            && updated.update.delivery == DeliveryState::Read;
    }),
        10000);

    const QString room = ready.value("room"_L1).toString();
    QVERIFY(answerOf(demo.session->rooms()->join({ room }, u"Ja"_s, {})));
    QVERIFY(demo.saw<RoomChanged>([](const RoomChanged &changed) {
        return changed.change.members && changed.change.members->size() >= 4;
    }));
    QTRY_VERIFY_WITH_TIMEOUT(demo.saw<RoomChanged>([](const RoomChanged &changed) {
        return changed.change.topic && !changed.change.topic->text.isEmpty();
    }),
        10000);
    QVERIFY(answerOf(
        demo.session->send(demo.message(room, u"Guten Morgen"_s, ConversationKind::Room))));
    QTRY_VERIFY_WITH_TIMEOUT(demo.saw<MessageReceived>([&](const MessageReceived &received) {
        return received.message.with == room && received.message.mentionsMe;
    }),
        10000);

    QFile record(directory.filePath(u"received.jsonl"_s));
    QVERIFY(record.open(QIODevice::ReadOnly));
    const QJsonObject line = QJsonDocument::fromJson(record.readLine()).object();
    QCOMPARE(line.value("text"_L1).toString(), u"Cześć こんにちは 🦄"_s);
    QCOMPARE(line.value("to"_L1).toString(), partner);
    QCOMPARE(line.value("id"_L1).toString(), hello.localId);
    process.terminate();
    QVERIFY(process.waitForFinished(10000));
    QCOMPARE(process.exitCode(), 0);
}

void tst_XmppSimulator::joinsTheRoomsOfTheSettings()
{
    QTemporaryDir directory;
    QProcess process;
    const QJsonObject ready = start(process, directory.path());
    QVERIFY(ready.value("ready"_L1).toBool());
    const QString room = ready.value("room"_L1).toString();
    QVariantMap settings = ready.value("settings"_L1).toObject().toVariantMap();
    settings.insert(u"rooms"_s, QStringList { room + u"/Ja"_s, u"room@nothing.invalid"_s });
    const xmpp::XmppPlugin plugin;
    Person demo(plugin, ready.value("address"_L1).toString(), settings);
    demo.services.secrets.insert(u"password"_s, ready.value("password"_L1).toString());
    demo.open();
    QTRY_VERIFY_WITH_TIMEOUT(demo.saw<RoomChanged>([&](const RoomChanged &changed) {
        return changed.change.room.value == room && changed.change.members
            && changed.change.members->size() >= 4;
    }),
        20000);
    // What is not there is told, and keeps nobody out.
    QTRY_VERIFY_WITH_TIMEOUT(demo.saw<ServerNotice>([](const ServerNotice &notice) {
        return notice.severity == ServerNotice::Severity::Warning
            && notice.text.contains(u"room@nothing.invalid"_s);
    }),
        40000);
    QVERIFY(demo.isOnline());
    process.terminate();
    QVERIFY(process.waitForFinished(10000));
}

void tst_XmppSimulator::endsWithStandardInput()
{
    QTemporaryDir directory;
    QProcess process;
    QVERIFY(start(process, directory.path()).value("ready"_L1).toBool());
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished(10000));
    QCOMPARE(process.exitCode(), 0);
}

QTEST_GUILESS_MAIN(tst_XmppSimulator)
#include "tst_xmppsimulator.moc"
