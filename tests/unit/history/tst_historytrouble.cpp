// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What happens to the history when the disk is full, the file damaged or newer, the process killed.

#include "core/history/historystore.h"
#include "tests/support/waited.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>
#include <QScopeGuard>
#include <QSignalSpy>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

#include <sched.h>
#include <sys/mount.h>

#include <cstdio>

using namespace Qt::StringLiterals;
using namespace linchpin;
using linchpin::test::waited;

namespace {

const ConversationKey kBob { { u"11111111-1111-1111-1111-111111111111"_s }, u"bob@alpha.test"_s,
    ConversationKind::Person };

StoredMessage messageNumber(int number)
{
    StoredMessage message;
    message.conversation = kBob;
    message.from = u"bob@alpha.test"_s;
    message.remoteId = u"r%1"_s.arg(number);
    message.body = RichText::fromPlain(u"message %1 Zażółć gęślą jaźń こんにちは世界 "_s.arg(number)
        + u"lorem ipsum "_s.repeated(20));
    message.sentAt = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + number, QTimeZone::UTC);
    return message;
}

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// Appends until killed, 64 at a time, and prints the number of each that was answered.
int appendForEver(const QString &file, int first)
{
    HistoryStore store(file);
    if (!waited(store.open())) {
        return 2;
    }
    int next = first;
    std::function<void()> one = [&] {
        const int number = next++;
        store.append(messageNumber(number))
            .then(&store, [&one, number](const Result<HistoryStore::Appended> &appended) {
                if (appended) {
                    std::printf("%d\n", number);
                    std::fflush(stdout);
                }
                one();
            });
    };
    for (int i = 0; i < 64; ++i) {
        one();
    }
    return QCoreApplication::exec();
}

} // namespace

class tst_HistoryTrouble : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void fullDiskIsWaitedOut();
    void realFullDiskIsWaitedOut();
    void whatCannotBeStoredFailsAtTheEnd();
    void garbageIsSetAside();
    void damageInTheMiddleIsSetAside();
    void newerVersionIsRefused();
    void cannotBeOpened();
    void survivesKill();

private:
    void waitOut(HistoryStore &store, const std::function<void()> &makeRoom);
    QStringList setAside() const
    {
        return QDir(m_folder->path()).entryList({ u"*.damaged-*"_s }, QDir::Files);
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

void tst_HistoryTrouble::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_file = m_folder->filePath(u"history.sqlite"_s);
}

/// Fills the store until it is in trouble, makes room, and expects that nothing is missing.
void tst_HistoryTrouble::waitOut(HistoryStore &store, const std::function<void()> &makeRoom)
{
    store.setFirstRetry(std::chrono::milliseconds(10));
    QSignalSpy troubled(&store, &HistoryStore::troubled);
    QSignalSpy recovered(&store, &HistoryStore::recovered);
    QList<Async<HistoryStore::Appended>> answers;
    for (int number = 0; troubled.isEmpty() && number < 20'000; ++number) {
        answers.append(store.append(messageNumber(number)));
        if (number % 200 == 199) {
            QCoreApplication::processEvents();
        }
    }
    QTRY_COMPARE_WITH_TIMEOUT(troubled.size(), 1, 30'000);
    QCOMPARE(troubled.constFirst().constFirst().value<Error>().code, u"disk-full"_s);
    QVERIFY(!troubled.constFirst().constFirst().value<Error>().title.isEmpty());
    QVERIFY(!answers.constLast().isFinished());
    // Reading goes on meanwhile.
    const Result<HistoryPage> page = waited(store.newest(kBob, 10));
    QVERIFY(page);
    makeRoom();
    QTRY_COMPARE_WITH_TIMEOUT(recovered.size(), 1, 60'000);
    for (const auto &answer : std::as_const(answers)) {
        QVERIFY(waited(answer));
    }
    QCOMPARE(troubled.size(), 1); // told once
    const HistoryPage newest = waited(store.newest(kBob, 1)).value();
    QCOMPARE(newest.messages.constFirst().remoteId, u"r%1"_s.arg(answers.size() - 1));
}

void tst_HistoryTrouble::fullDiskIsWaitedOut()
{
    HistoryStore store(m_file);
    QVERIFY(waited(store.open()));
    QVERIFY(waited(store.setMaximumPages(100)));
    waitOut(store, [&] { QVERIFY(waited(store.setMaximumPages(0))); });
}

void tst_HistoryTrouble::realFullDiskIsWaitedOut()
{
#ifdef Q_OS_LINUX
    // In a mount namespace of our own, so that nothing is left behind; where "/" is no mount point
    // (in a chroot) it cannot be made private, and unmounting has to do.
    const QByteArray folder = m_folder->path().toLocal8Bit();
    if (unshare(CLONE_NEWNS) != 0) {
        QSKIP("mounting a small file system is not permitted here");
    }
    (void)mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    if (mount("tmpfs", folder.constData(), "tmpfs", 0, "size=1m") != 0) {
        QSKIP("mounting a small file system is not permitted here");
    }
    const auto unmount = qScopeGuard([&] { umount2(folder.constData(), MNT_DETACH); });
    HistoryStore store(m_file);
    QVERIFY(waited(store.open()));
    waitOut(store,
        [&] { QCOMPARE(mount("tmpfs", folder.constData(), "tmpfs", MS_REMOUNT, "size=100m"), 0); });
#else
    QSKIP("needs Linux");
#endif
}

void tst_HistoryTrouble::whatCannotBeStoredFailsAtTheEnd()
{
    auto store = std::make_unique<HistoryStore>(m_file);
    QVERIFY(waited(store->open()));
    QVERIFY(waited(store->setMaximumPages(100)));
    QSignalSpy troubled(store.get(), &HistoryStore::troubled);
    QList<Async<HistoryStore::Appended>> answers;
    for (int number = 0; number < 2000; ++number) {
        answers.append(store->append(messageNumber(number)));
    }
    QTRY_COMPARE_WITH_TIMEOUT(troubled.size(), 1, 30'000);
    store.reset();
    // A last batch of a few may still fit; what is answered must be what the file says.
    int failed = 0;
    int kept = 0;
    for (const auto &answer : std::as_const(answers)) {
        QVERIFY(answer.isFinished());
        const Result<HistoryStore::Appended> appended = answer.result();
        ++(appended ? kept : failed);
        if (!appended) {
            QCOMPARE(appended.error().code, u"disk-full"_s);
        }
    }
    QVERIFY(failed >= 512);
    HistoryStore again(m_file);
    QVERIFY(waited(again.open()));
    QCOMPARE(waited(again.newest(kBob, 2000)).value().messages.size(), kept);
}

void tst_HistoryTrouble::garbageIsSetAside()
{
    const QByteArray garbage = QByteArrayLiteral("this is not a database\n").repeated(1000);
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(garbage);
    file.close();
    HistoryStore store(m_file);
    QSignalSpy troubled(&store, &HistoryStore::troubled);
    QVERIFY(waited(store.open()));
    QTRY_COMPARE(troubled.size(), 1);
    QCOMPARE(troubled.constFirst().constFirst().value<Error>().code, u"history-damaged"_s);
    QCOMPARE(setAside().size(), 1);
    QCOMPARE(contentsOf(m_folder->filePath(setAside().constFirst())), garbage);
    QVERIFY(waited(store.append(messageNumber(1))));
}

void tst_HistoryTrouble::damageInTheMiddleIsSetAside()
{
    {
        HistoryStore store(m_file);
        QVERIFY(waited(store.open()));
        QList<StoredMessage> messages;
        for (int number = 0; number < 2000; ++number) {
            messages.append(messageNumber(number));
        }
        QVERIFY(waited(store.appendMany(messages)));
    }
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::ReadWrite));
    const qint64 size = file.size();
    // The first pages hold the schema; everything behind them becomes noise.
    constexpr qint64 kKept = qint64 { 4096 } * 40;
    QVERIFY(size > kKept * 2);
    QVERIFY(file.seek(kKept));
    file.write(QByteArray(size - kKept, '\xaa'));
    file.close();

    HistoryStore store(m_file);
    QSignalSpy troubled(&store, &HistoryStore::troubled);
    QVERIFY(waited(store.open()));
    for (int number = 5000; troubled.isEmpty() && number < 5100; ++number) {
        [[maybe_unused]] const auto page = waited(store.newest(kBob, 1000));
        [[maybe_unused]] const auto id = waited(store.append(messageNumber(number)));
        QCoreApplication::processEvents();
    }
    QTRY_COMPARE(troubled.size(), 1);
    QCOMPARE(troubled.constFirst().constFirst().value<Error>().code, u"history-damaged"_s);
    QVERIFY(troubled.constFirst().constFirst().value<Error>().remedy.contains(u".damaged-"_s));
    QVERIFY(!setAside().isEmpty());
    QVERIFY(waited(store.append(messageNumber(9999))));
    QCOMPARE(waited(store.newest(kBob, 1)).value().messages.constFirst().remoteId, u"r9999"_s);
}

void tst_HistoryTrouble::newerVersionIsRefused()
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"newer"_s);
        database.setDatabaseName(m_file);
        QVERIFY(database.open());
        QSqlQuery sql(database);
        QVERIFY(sql.exec(u"CREATE TABLE message(new_thing TEXT)"_s));
        QVERIFY(sql.exec(u"PRAGMA user_version = 99"_s));
    }
    QSqlDatabase::removeDatabase(u"newer"_s);
    HistoryStore store(m_file);
    const Result<void> opened = waited(store.open());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, u"history-newer-version"_s);
    QVERIFY(opened.error().fatal);
    QCOMPARE(waited(store.append(messageNumber(1))).error().code, u"history-newer-version"_s);
    QCOMPARE(waited(store.conversations()).error().code, u"history-newer-version"_s);
    QVERIFY(setAside().isEmpty());
}

void tst_HistoryTrouble::cannotBeOpened()
{
    HistoryStore store(m_folder->path()); // a folder
    const Result<void> opened = waited(store.open());
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, u"history-open-failed"_s);
    QCOMPARE(waited(store.append(messageNumber(1))).error().code, u"history-open-failed"_s);
}

void tst_HistoryTrouble::survivesKill()
{
    int first = 0;
    QSet<QString> acknowledged;
    for (int round = 0; round < 5; ++round) {
        QProcess child;
        child.start(QCoreApplication::applicationFilePath(),
            { u"--append"_s, m_file, QString::number(first) });
        QVERIFY(child.waitForStarted());
        QByteArray output;
        while (output.count('\n') < 300 + round * 37) {
            QVERIFY2(child.waitForReadyRead(30'000), "the child stores nothing");
            output += child.readAllStandardOutput();
        }
        child.kill(); // SIGKILL
        QVERIFY(child.waitForFinished());
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        output += child.readAllStandardOutput();
        output.truncate(output.lastIndexOf('\n') + 1); // a number cut in two says nothing
        for (const QByteArray &line : output.split('\n')) {
            if (!line.isEmpty()) {
                acknowledged.insert(u"r"_s + QString::fromLatin1(line));
                first = qMax(first, line.toInt() + 1);
            }
        }
        first += 10'000;

        HistoryStore store(m_file);
        QVERIFY(waited(store.open()));
        QSet<QString> stored;
        HistoryPage page = waited(store.newest(kBob, 1000)).value();
        qsizetype rows = 0;
        while (!page.messages.isEmpty()) {
            for (const StoredMessage &message : std::as_const(page.messages)) {
                stored.insert(message.remoteId);
            }
            rows += page.messages.size();
            page = waited(store.before(kBob, placeOf(page.messages.constFirst()), 1000)).value();
        }
        QCOMPARE(rows, stored.size()); // nothing twice
        QVERIFY2(stored.contains(acknowledged),
            qPrintable(u"lost: %1"_s.arg((acknowledged - stored).values().join(u' '))));
    }
}

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() == 4 && arguments.at(1) == "--append"_L1) {
        return appendForEver(arguments.at(2), arguments.at(3).toInt());
    }
    tst_HistoryTrouble test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_historytrouble.moc"
