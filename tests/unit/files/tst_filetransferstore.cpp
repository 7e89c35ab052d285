// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/files/filetransferstore.h"
#include "tests/support/fakefiles.h"
#include "tests/unit/chat/chatworld.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

using namespace linchpin;
using namespace linchpin::test;
using namespace Qt::StringLiterals;

namespace {

const auto bob = u"bob@beta.test"_s;

/// A world whose session can send files.
struct FileWorld : ChatWorld {
    FakeFiles facet;
    FakeSession *session = nullptr;

    FileWorld()
    {
        session = &online();
        session->fileFacet = &facet;
        files().setFolder(received());
    }
    ~FileWorld() { session = nullptr; }
    FileTransferStore &files() const { return chats->files(); }
    QString received() const { return folder.filePath(u"Pobrane"_s); }
    QStringList inFolder() const
    {
        return QDir(received()).entryList(QDir::Files | QDir::Hidden, QDir::Name);
    }
    QString make(const QString &name, const QByteArray &bytes) const
    {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
            qFatal("cannot write %s", qPrintable(name));
        }
        return file.fileName();
    }
    void offerToUs(const QString &id, const QString &name, qint64 size) const
    {
        session->tell(FileOffered { { .id = id, .with = bob, .name = name, .size = size } });
    }
    FileTransferState stateOf(const QString &fileId) const
    {
        const auto transfer = files().find(id, fileId);
        return transfer ? transfer->state : FileTransferState::Offered;
    }
    QString lastLine() const
    {
        const auto lines = stored(person(bob));
        return lines.isEmpty() ? QString() : lines.constLast().body.plain();
    }
};

} // namespace

class TstFileTransferStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void receives();
    void refuses();
    void hostileName();
    void noRoomThenElsewhere();
    void theirLies();
    void cancelledOnTheWay();
    void sends();
    void cannotSend();
    void accountGoesOffline();
    void tooManyOffers();
    void ignoredPeople();
    void strangeNews();
};

void TstFileTransferStore::receives()
{
    FileWorld world;
    QSignalSpy arrived(&world.files(), &FileTransferStore::offerArrived);
    world.offerToUs(u"1"_s, u"Zażółć 🦄.txt"_s, 5);
    QCOMPARE(arrived.size(), 1);
    QVERIFY(world.chats->find(world.person(bob)));
    QVERIFY(world.inFolder().isEmpty()); // nothing before it is wanted
    world.files().accept(world.id, u"1"_s);
    QTRY_VERIFY(world.facet.sinks.contains(u"1"_s));
    const auto sink = world.facet.sinks.take(u"1"_s);
    world.session->tell(FileTransferChanged { u"1"_s, FileTransferState::Running, 0, {} });
    QVERIFY(waited(sink->write("hello"_ba)).has_value());
    world.session->tell(FileTransferChanged { u"1"_s, FileTransferState::Running, 5, {} });
    QVERIFY(waited(sink->commit()).has_value());
    world.session->tell(FileTransferChanged { u"1"_s, FileTransferState::Done, 5, {} });
    const auto transfer = world.files().find(world.id, u"1"_s);
    QVERIFY(transfer);
    QCOMPARE(transfer->state, FileTransferState::Done);
    QCOMPARE(transfer->path, world.received() + u"/Zażółć 🦄.txt"_s);
    QCOMPARE(world.inFolder(), QStringList { u"Zażółć 🦄.txt"_s });
    QTRY_COMPARE(world.lastLine(),
        u"bob@beta.test sent Zażółć 🦄.txt, 5 bytes, saved as %1."_s.arg(transfer->path));
    QCOMPARE(world.stored(world.person(bob)).constLast().kind, MessageKind::System);
    world.files().dismiss(world.id, u"1"_s);
    QVERIFY(world.files().transfers().isEmpty());
}

void TstFileTransferStore::refuses()
{
    FileWorld world;
    world.offerToUs(u"1"_s, u"a.txt"_s, 5);
    world.files().cancel(world.id, u"1"_s);
    QCOMPARE(world.facet.cancelled, QStringList { u"1"_s });
    QCOMPARE(world.stateOf(u"1"_s), FileTransferState::Refused);
    QTRY_COMPARE(world.lastLine(), u"You declined a.txt."_s);
    world.files().accept(world.id, u"1"_s); // too late
    QCOMPARE(world.stateOf(u"1"_s), FileTransferState::Refused);
}

void TstFileTransferStore::hostileName()
{
    FileWorld world;
    world.offerToUs(u"1"_s, u"../../.ssh/authorized\u202E_keys"_s, 1);
    QCOMPARE(world.files().find(world.id, u"1"_s)->file.name, u"authorized_keys"_s);
    world.files().accept(world.id, u"1"_s);
    QTRY_COMPARE(world.inFolder(), QStringList { u"authorized_keys.part"_s });
}

void TstFileTransferStore::noRoomThenElsewhere()
{
    FileWorld world;
    world.offerToUs(u"1"_s, u"huge.bin"_s, qint64 { 1 } << 60);
    world.files().accept(world.id, u"1"_s);
    QTRY_VERIFY(world.files().find(world.id, u"1"_s)->failure.has_value());
    const auto transfer = world.files().find(world.id, u"1"_s);
    QCOMPARE(transfer->failure->code, u"disk-full"_s);
    QCOMPARE(transfer->state, FileTransferState::Offered); // may go elsewhere
    QVERIFY(!transfer->isAccepted);
    QVERIFY(world.facet.sinks.isEmpty());
    // The answer may come before acceptAs() returns.
    QList<bool> accepted;
    QObject::connect(&world.files(), &FileTransferStore::transferChanged, &world.files(),
        [&accepted](const FileTransfer &now) { accepted.append(now.isAccepted); });
    world.files().acceptAs(world.id, u"1"_s, world.folder.filePath(u"x"_s));
    QVERIFY(accepted.value(0));
}

void TstFileTransferStore::theirLies()
{
    FileWorld world;
    world.offerToUs(u"1"_s, u"a.txt"_s, 3);
    world.files().accept(world.id, u"1"_s);
    QTRY_VERIFY(world.facet.sinks.contains(u"1"_s));
    const auto written = waited(world.facet.sinks.value(u"1"_s)->write("more than three"_ba));
    QVERIFY(!written);
    world.facet.sinks.clear();
    world.session->tell(
        FileTransferChanged { u"1"_s, FileTransferState::Failed, 0, written.error() });
    QCOMPARE(world.files().find(world.id, u"1"_s)->failure->code, u"size-mismatch"_s);
    QTRY_VERIFY(world.inFolder().isEmpty());
    QTRY_COMPARE(world.lastLine(),
        u"a.txt could not be received: The file is not as large as it was said to be."_s);
}

void TstFileTransferStore::cancelledOnTheWay()
{
    FileWorld world;
    world.offerToUs(u"1"_s, u"a.txt"_s, 10);
    world.files().accept(world.id, u"1"_s);
    QTRY_VERIFY(world.facet.sinks.contains(u"1"_s));
    world.session->tell(FileTransferChanged { u"1"_s, FileTransferState::Running, 0, {} });
    QVERIFY(waited(world.facet.sinks.value(u"1"_s)->write("12345"_ba)).has_value());
    QCOMPARE(world.inFolder().size(), 1);
    world.files().cancel(world.id, u"1"_s);
    QCOMPARE(world.stateOf(u"1"_s), FileTransferState::Cancelled);
    QTRY_VERIFY(world.inFolder().isEmpty());
    QTRY_COMPARE(world.lastLine(), u"The transfer of a.txt was cancelled."_s);
    // What the session still says changes nothing.
    world.session->tell(FileTransferChanged { u"1"_s, FileTransferState::Failed, 0, {} });
    QCOMPARE(world.stateOf(u"1"_s), FileTransferState::Cancelled);
}

void TstFileTransferStore::sends()
{
    FileWorld world;
    const QString path = world.make(u"こんにちは 🦄.txt"_s, "0123456789"_ba);
    QVERIFY(world.files().canSend(world.person(bob)));
    QVERIFY(!world.files().canSend(world.room(u"#room"_s)));
    const auto sent = waited(world.files().send(world.person(bob), path));
    QVERIFY(sent.has_value());
    QCOMPARE(world.facet.offers.size(), 1);
    const FileOffer offer = world.facet.offers.constFirst();
    QCOMPARE(offer.name, u"こんにちは 🦄.txt"_s);
    QCOMPARE(offer.size, 10);
    QCOMPARE(waited(world.facet.sources.value(offer.id)->read(4)).value_or(""_ba), "0123"_ba);
    world.session->tell(FileTransferChanged { offer.id, FileTransferState::Running, 4, {} });
    world.session->tell(FileTransferChanged { offer.id, FileTransferState::Running, 2, {} });
    QCOMPARE(world.files().find(world.id, offer.id)->transferred, 4); // nothing goes back
    world.session->tell(FileTransferChanged { offer.id, FileTransferState::Running, 4000, {} });
    QCOMPARE(world.files().find(world.id, offer.id)->transferred, 10);
    world.session->tell(FileTransferChanged { offer.id, FileTransferState::Done, 10, {} });
    QTRY_COMPARE(world.lastLine(), u"You sent こんにちは 🦄.txt (10 bytes)."_s);
}

void TstFileTransferStore::cannotSend()
{
    FileWorld world;
    const QString path = world.make(u"a.txt"_s, "x"_ba);
    const auto nothing = waited(world.files().send(world.person(bob), u"/nowhere"_s));
    QVERIFY(!nothing);
    QCOMPARE(nothing.error().code, u"file-not-found"_s);
    world.facet.refusal = Error {
        .kind = Error::Kind::NotFound, .code = u"recipient-offline"_s, .title = u"bob is offline."_s
    };
    const auto refused = waited(world.files().send(world.person(bob), path));
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, u"recipient-offline"_s);
    QCOMPARE(world.files().transfers().constLast().state, FileTransferState::Failed);
    QTRY_COMPARE(world.lastLine(), u"a.txt could not be sent: bob is offline."_s);
    world.session->fileFacet = nullptr;
    QCOMPARE(
        waited(world.files().send(world.person(bob), path)).error().code, u"cannot-send-files"_s);
    world.session->end({ .kind = Error::Kind::Network, .code = u"connection-closed"_s });
    QCOMPARE(waited(world.files().send(world.person(bob), path)).error().code, u"offline"_s);
}

void TstFileTransferStore::accountGoesOffline()
{
    FileWorld world;
    const QString path = world.make(u"a.txt"_s, "x"_ba);
    QVERIFY(waited(world.files().send(world.person(bob), path)).has_value());
    world.offerToUs(u"1"_s, u"b.txt"_s, 10);
    world.files().accept(world.id, u"1"_s);
    QTRY_VERIFY(world.facet.sinks.contains(u"1"_s));
    world.session->end({ .kind = Error::Kind::Network, .code = u"connection-closed"_s });
    world.facet.sinks.clear();
    for (const FileTransfer &transfer : world.files().transfers()) {
        QCOMPARE(transfer.state, FileTransferState::Failed);
        QCOMPARE(transfer.failure->code, u"connection-lost"_s);
    }
    QCOMPARE(world.files().transfers().size(), 2);
    QTRY_VERIFY(world.inFolder().isEmpty());
}

void TstFileTransferStore::tooManyOffers()
{
    FileWorld world;
    for (int i = 0; i < 100; ++i) {
        world.offerToUs(QString::number(i), u"a.txt"_s, 1);
    }
    QVERIFY(world.files().transfers().size() < 50);
    QTRY_COMPARE(world.facet.cancelled.size(), 100 - world.files().transfers().size());
    world.offerToUs(u"0"_s, u"b.txt"_s, 1); // an id that is taken
    QCOMPARE(world.files().find(world.id, u"0"_s)->file.name, u"a.txt"_s);
}

void TstFileTransferStore::ignoredPeople()
{
    FileWorld world;
    world.chats->setIgnored(world.id, bob, true);
    world.offerToUs(u"1"_s, u"a.txt"_s, 1);
    QVERIFY(world.files().transfers().isEmpty());
    QTRY_COMPARE(world.facet.cancelled, QStringList { u"1"_s });
}

void TstFileTransferStore::strangeNews()
{
    FileWorld world;
    world.session->tell(FileTransferChanged { u"unknown"_s, FileTransferState::Done, 1, {} });
    QVERIFY(world.files().transfers().isEmpty());
    world.offerToUs(u"1"_s, u"a.txt"_s, -7);
    QCOMPARE(world.files().find(world.id, u"1"_s)->file.size, -1);
    world.session->tell(FileTransferChanged { u"1"_s, FileTransferState::Failed, 0, {} });
    QCOMPARE(world.files().find(world.id, u"1"_s)->failure->code, u"transfer-failed"_s);
}

QTEST_GUILESS_MAIN(TstFileTransferStore)
#include "tst_filetransferstore.moc"
