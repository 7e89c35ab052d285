// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/keychainstore.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

template <class T> Result<T> waited(const Async<T> &future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 130000)) {
        qFatal("no answer");
    }
    return future.result();
}

/// How the keyring around us is, in the child; empty in the parent.
QString inside()
{
    return qEnvironmentVariable("LINCHPIN_TEST_KEYRING");
}

/// Limits that a test can wait for.
KeychainStore testStore(const QString &service = u"Linchpin test"_s)
{
    return KeychainStore(service, { .answer = 10s, .unlocking = 3s });
}

/// Locks whatever keyrings there are.
bool lockAll()
{
    QDBusMessage question = QDBusMessage::createMethodCall(u"org.freedesktop.secrets"_s,
        u"/org/freedesktop/secrets"_s, u"org.freedesktop.Secret.Service"_s, u"Lock"_s);
    question << QVariant::fromValue(
        QList<QDBusObjectPath> { QDBusObjectPath(u"/org/freedesktop/secrets/collection/login"_s) });
    const QDBusMessage reply = QDBusConnection::sessionBus().call(question);
    return reply.type() == QDBusMessage::ReplyMessage;
}

} // namespace

/// Runs itself again under session buses of their own: with an unlocked gnome-keyring, with a
/// locked one, with one that has nothing to ask with, with none.
class TestKeychain : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void realKeyring_data();
    void realKeyring();
    void keepsSecrets();
    void lockedAndNobodyUnlocks();
    void lockedAndNothingCouldAsk();
    void nobodyAnswers();
    void noKeyring();
};

void TestKeychain::realKeyring_data()
{
    QTest::addColumn<QString>("test");
    QTest::addColumn<bool>("hasKeyring");
    QTest::addColumn<bool>("hasPrompter");
    QTest::newRow("open") << u"keepsSecrets"_s << true << true;
    QTest::newRow("locked") << u"lockedAndNobodyUnlocks"_s << true << true;
    QTest::newRow("locked, no prompter") << u"lockedAndNothingCouldAsk"_s << true << false;
    QTest::newRow("no daemon") << u"nobodyAnswers"_s << false << false;
}

void TestKeychain::realKeyring()
{
    QFETCH(QString, test);
    QFETCH(bool, hasKeyring);
    QFETCH(bool, hasPrompter);
    if (!inside().isEmpty()) {
        return;
    }
    for (const QString &program :
        { u"dbus-run-session"_s, u"gnome-keyring-daemon"_s, u"timeout"_s }) {
        if (QStandardPaths::findExecutable(program).isEmpty()) {
            QSKIP(qPrintable(u"no %1 here: the real keyring was NOT tested"_s.arg(program)));
        }
    }
    QTemporaryDir home;
    QVERIFY(QDir(home.path()).mkpath(u"run"_s));
    QFile::setPermissions(
        home.filePath(u"run"_s), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    // A bus that starts nothing by itself has no prompter, and none that comes uncalled.
    QFile config(home.filePath(u"bus.conf"_s));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write(
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\""
        " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
        "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>"
        "<auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\""
        " eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy>"
        "</busconfig>\n");
    config.close();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LINCHPIN_TEST_KEYRING"_s, test);
    environment.insert(u"HOME"_s, home.path());
    environment.insert(u"XDG_DATA_HOME"_s, home.filePath(u"data"_s));
    environment.insert(u"XDG_RUNTIME_DIR"_s, home.filePath(u"run"_s));
    environment.insert(u"XDG_CURRENT_DESKTOP"_s, u"GNOME"_s);
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s);
    environment.remove(u"DISPLAY"_s);
    environment.remove(u"WAYLAND_DISPLAY"_s);
    QStringList arguments { u"100"_s, u"dbus-run-session"_s };
    if (!hasPrompter) {
        arguments << u"--config-file"_s << config.fileName();
    }
    const QString daemon = hasKeyring
        ? u"printf linchpin | gnome-keyring-daemon --unlock --components=secrets >/dev/null && "_s
        : QString();
    arguments << u"--"_s << u"sh"_s << u"-c"_s << daemon + u"exec \"$0\" \"$1\""_s
              << QCoreApplication::applicationFilePath() << test;
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"timeout"_s, arguments);
    QVERIFY(process.waitForFinished(110000));
    const QByteArray output = process.readAll();
    QVERIFY2(process.exitCode() == 0, output.constData());
    QVERIFY2(
        output.contains("PASS   : TestKeychain::" + test.toLatin1() + "()"), output.constData());
}

void TestKeychain::keepsSecrets()
{
    if (inside() != "keepsSecrets"_L1) {
        QSKIP("runs inside realKeyring()");
    }
    QVERIFY(KeychainStore::isAvailable());
    KeychainStore store = testStore();
    QCOMPARE(waited(store.read(u"id/password"_s)).error().code, u"no-secret"_s);
    const QString secret = u"Zażółć 👩‍👩‍👧‍👦🦄𝄞 こんにちは"_s;
    const auto written = waited(store.write(u"id/password"_s, secret));
    QVERIFY2(written.has_value(), written ? "" : qPrintable(written.error().detail));
    QCOMPARE(waited(store.read(u"id/password"_s)).value(), secret);
    KeychainStore other = testStore(u"Another program"_s);
    QCOMPARE(waited(other.read(u"id/password"_s)).error().code, u"no-secret"_s);
    QVERIFY(waited(store.remove(u"id/password"_s)).has_value());
    QCOMPARE(waited(store.read(u"id/password"_s)).error().code, u"no-secret"_s);
}

void TestKeychain::lockedAndNobodyUnlocks()
{
    if (inside() != "lockedAndNobodyUnlocks"_L1) {
        QSKIP("runs inside realKeyring()");
    }
    KeychainStore store = testStore();
    QVERIFY(waited(store.write(u"id/password"_s, u"canary"_s)).has_value());
    QVERIFY(lockAll());
    // There is a prompter to start, but no screen that it could show itself on: whatever becomes of
    // that, there is an answer, and it says that the keyring is locked.
    QElapsedTimer clock;
    clock.start();
    const auto answer = waited(store.read(u"id/password"_s));
    QVERIFY(!answer);
    QVERIFY2(answer.error().code == "keyring-locked"_L1,
        qPrintable(answer.error().code + u": "_s + answer.error().detail));
    QVERIFY(!answer.error().remedy.isEmpty());
    QVERIFY2(clock.elapsed() < 30'000, qPrintable(QString::number(clock.elapsed())));
    const auto written = waited(store.write(u"id/other"_s, u"canary"_s));
    QVERIFY(!written);
    QCOMPARE(written.error().code, u"keyring-locked"_s);
}

void TestKeychain::lockedAndNothingCouldAsk()
{
    if (inside() != "lockedAndNothingCouldAsk"_L1) {
        QSKIP("runs inside realKeyring()");
    }
    KeychainStore store(u"Linchpin test"_s); // with the limits of the product
    QVERIFY(waited(store.write(u"id/password"_s, u"canary"_s)).has_value());
    QVERIFY(lockAll());
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < 3; ++i) {
        const auto answer = waited(store.read(u"id/password"_s));
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, u"keyring-locked"_s);
        QVERIFY2(
            answer.error().detail.contains("no program"_L1), qPrintable(answer.error().detail));
    }
    QVERIFY2(clock.elapsed() < 9'000, qPrintable(QString::number(clock.elapsed())));
}

void TestKeychain::nobodyAnswers()
{
    if (inside() != "nobodyAnswers"_L1) {
        QSKIP("runs inside realKeyring()");
    }
    KeychainStore store = testStore();
    const auto read = waited(store.read(u"id/password"_s));
    QVERIFY(!read);
    QVERIFY2(read.error().code == "keyring-unavailable"_L1,
        qPrintable(read.error().code + u": "_s + read.error().detail));
    const auto written = waited(store.write(u"id/password"_s, u"canary"_s));
    QVERIFY(!written);
    QCOMPARE(written.error().code, u"keyring-unavailable"_s);
    // Nothing was put into a file instead.
    QDirIterator files(QDir::homePath(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(!file.open(QIODevice::ReadOnly) || !file.readAll().contains("canary"));
    }
}

void TestKeychain::noKeyring()
{
    if (!inside().isEmpty()) {
        return;
    }
    // Without a bus whatever answers is an error of the right kind, soon, and nothing is stored.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!environment.value(u"DBUS_SESSION_BUS_ADDRESS"_s).isEmpty()) {
        QSKIP("there is a session bus here");
    }
    KeychainStore store = testStore();
    const auto answer = waited(store.read(u"id/password"_s));
    QVERIFY(!answer);
    QVERIFY2(
        answer.error().code == "keyring-unavailable"_L1 || answer.error().code == "no-secret"_L1,
        qPrintable(answer.error().code + answer.error().detail));
}

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
