// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl import, from outside: as told by docs/linchpinctl.md, also when it is killed.

#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

#include <csignal>

using namespace Qt::StringLiterals;

namespace {

const QString kCtl = QStringLiteral(LINCHPIN_BINARY_DIR "/bin/linchpinctl");
const QString kProfile = QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/unit/import/data/purple");

struct Outcome {
    int status = -1;
    QList<QJsonObject> lines;
    QByteArray errors;
};

Outcome ctl(const QString &profile, const QStringList &arguments)
{
    QProcess process;
    process.start(kCtl, QStringList { u"--profile"_s, profile, u"--json"_s } + arguments);
    if (!process.waitForFinished(120'000)) {
        qFatal("linchpinctl does not end");
    }
    Outcome outcome;
    outcome.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    outcome.errors = process.readAllStandardError();
    const QList<QByteArray> lines = process.readAllStandardOutput().split('\n');
    for (const QByteArray &line : lines) {
        if (!line.isEmpty()) {
            outcome.lines.append(QJsonDocument::fromJson(line).object());
        }
    }
    return outcome;
}

QJsonObject last(const Outcome &outcome, const QString &key)
{
    return outcome.lines.isEmpty() ? QJsonObject()
                                   : outcome.lines.constLast().value(key).toObject();
}

void makeLarge(const QString &folder, int messages)
{
    QDir().mkpath(folder);
    QFile::copy(kProfile + u"/accounts.xml"_s, folder + u"/accounts.xml"_s);
    const QString logs = folder + u"/logs/jabber/alice@alpha.test/bob@alpha.test"_s;
    QDir().mkpath(logs);
    for (int first = 0; first < messages; first += 1000) {
        const QDateTime begin
            = QDateTime(QDate(2010, 1, 1), QTime(8, 0), QTimeZone::UTC).addDays(first / 1000);
        QFile log(logs + begin.toString(u"/yyyy-MM-dd.hhmmss"_s) + u"+0000UTC.txt"_s);
        if (!log.open(QIODevice::WriteOnly)) {
            qFatal("%s", qPrintable(log.fileName()));
        }
        for (int i = 0; i < 1000 && first + i < messages; ++i) {
            log.write(u"(%1) bob@alpha.test: wiadomość %2\n"_s
                    .arg(begin.addSecs(i).toString(u"hh:mm:ss"_s))
                    .arg(first + i)
                    .toUtf8());
        }
    }
}

} // namespace

class MovingInTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tellsFirst();
    void takesAndSays();
    void writesNoPasswordDown();
    void survivesBeingKilled();
    void othersWordsDoNotSteerTheTerminal();
    void wrongUse_data();
    void wrongUse();
};

void MovingInTest::tellsFirst()
{
    QTemporaryDir folder;
    const Outcome plan = ctl(folder.path(), { u"import"_s, u"pidgin"_s, kProfile, u"--dry-run"_s });
    QCOMPARE(plan.status, 0);
    QCOMPARE(last(plan, u"plan"_s).value("messages"_L1).toInt(), 75);
    QCOMPARE(last(plan, u"plan"_s).value("accounts"_L1).toInt(), 3);
    const QJsonObject sip = plan.lines.at(2);
    QCOMPARE(sip.value("protocol"_L1).toString(), u"sip"_s);
    QCOMPARE(sip.value("settings"_L1).toObject().value("login"_L1).toString(), u"LITWARE\\alice"_s);
    QCOMPARE(ctl(folder.path(), { u"account"_s, u"list"_s }).lines.size(), 0);
}

void MovingInTest::takesAndSays()
{
    QTemporaryDir folder;
    const Outcome first = ctl(folder.path(), { u"import"_s, u"pidgin"_s, kProfile });
    QCOMPARE(first.status, 0);
    const QJsonObject taken = last(first, u"imported"_s);
    QCOMPARE(taken.value("messages"_L1).toInt(), 75);
    QCOMPARE(taken.value("accounts"_L1).toArray().size(), 3);
    QCOMPARE(
        taken.value("password_files"_L1).toArray().at(0).toString(), kProfile + u"/accounts.xml"_s);
    const Outcome shown
        = ctl(folder.path(), { u"account"_s, u"show"_s, u"alice@litwareinc.test"_s });
    QCOMPARE(shown.lines.at(0).value("origins"_L1).toObject().value("auth"_L1).toString(),
        u"imported"_s);
    const Outcome found = ctl(folder.path(), { u"history"_s, u"search"_s, u"世界"_s });
    QCOMPARE(found.lines.size(), 5);
    const Outcome again = ctl(folder.path(), { u"import"_s, u"pidgin"_s, kProfile });
    QCOMPARE(last(again, u"imported"_s).value("messages"_L1).toInt(), 0);
    QCOMPARE(last(again, u"imported"_s).value("repeats"_L1).toInt(), 75);
}

void MovingInTest::writesNoPasswordDown()
{
    QTemporaryDir folder;
    const Outcome taken = ctl(folder.path(), { u"import"_s, u"pidgin"_s, kProfile });
    QVERIFY(!taken.errors.contains("s3cret"));
    for (const QJsonObject &line : taken.lines) {
        QVERIFY(!QJsonDocument(line).toJson().contains("s3cret"));
    }
    int files = 0;
    QDirIterator it(folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY2(!file.readAll().contains("s3cret"), qPrintable(file.fileName()));
        ++files;
    }
    QVERIFY(files >= 3);
}

void MovingInTest::survivesBeingKilled()
{
    QTemporaryDir folder;
    const QString large = folder.filePath(u"large"_s);
    const QString profile = folder.filePath(u"profile"_s);
    constexpr int kMessages = 30'000;
    makeLarge(large, kMessages);
    QProcess process;
    process.start(kCtl, { u"--profile"_s, profile, u"import"_s, u"pidgin"_s, large });
    QVERIFY(process.waitForStarted());
    // Somewhere in the middle: when the database has begun to grow.
    const QString database = profile + u"/history.db-wal"_s;
    QVERIFY(QTest::qWaitFor([&] { return QFileInfo(database).size() > 1'000'000; }, 60'000));
    ::kill(static_cast<pid_t>(process.processId()), SIGKILL);
    process.waitForFinished();
    const Outcome rest = ctl(profile, { u"import"_s, u"pidgin"_s, large });
    QCOMPARE(rest.status, 0);
    const QJsonObject taken = last(rest, u"imported"_s);
    QCOMPARE(taken.value("messages"_L1).toInt() + taken.value("repeats"_L1).toInt(), kMessages);
    const Outcome all = ctl(profile, { u"history"_s, u"export"_s });
    QCOMPARE(all.lines.size(), kMessages);
    QSet<QString> texts;
    for (const QJsonObject &line : all.lines) {
        texts.insert(line.value("text"_L1).toString());
    }
    QCOMPARE(texts.size(), kMessages); // each once
}

void MovingInTest::othersWordsDoNotSteerTheTerminal()
{
    QTemporaryDir folder;
    const QString hexchat = folder.filePath(u"hexchat"_s);
    QVERIFY(QDir().mkpath(hexchat));
    QFile list(hexchat + u"/servlist.conf"_s);
    QVERIFY(list.open(QIODevice::WriteOnly));
    list.write("v=2.16.1\n\nN=\x1b]0;title\x07\xc2\x9b"
               "31m\nF=8\n");
    list.close();
    QProcess process;
    process.start(kCtl,
        { u"--profile"_s, folder.filePath(u"profile"_s), u"import"_s, u"hexchat"_s, hexchat,
            u"--dry-run"_s });
    QVERIFY(process.waitForFinished(120'000));
    const QByteArray out = process.readAllStandardOutput();
    QVERIFY2(out.contains("]0;title"), out.constData()); // named as having no server
    QVERIFY(!out.contains('\x1b'));
    QVERIFY(!out.contains('\x07'));
    QVERIFY(!out.contains("\xc2\x9b"));
}

void MovingInTest::wrongUse_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::newRow("no folder") << QStringList { u"import"_s, u"pidgin"_s } << 2;
    QTest::newRow("unknown program") << QStringList { u"import"_s, u"trillian"_s, u"/tmp"_s } << 2;
    QTest::newRow("nothing there") << QStringList { u"import"_s, u"psi"_s, u"/nowhere"_s } << 1;
}

void MovingInTest::wrongUse()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QTemporaryDir folder;
    const Outcome outcome = ctl(folder.path(), arguments);
    QCOMPARE(outcome.status, status);
    QVERIFY(!outcome.errors.isEmpty());
}

QTEST_GUILESS_MAIN(MovingInTest)
#include "tst_movingin.moc"
