// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/keychainstore.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

namespace {

template <class T> Result<T> waited(const Async<T> &future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 130000)) {
        qFatal("no answer");
    }
    return future.result();
}

bool isInside()
{
    return qEnvironmentVariableIsSet("LINCHPIN_TEST_KEYRING");
}

} // namespace

/// Runs itself again under a session bus of its own with an unlocked gnome-keyring.
class TestKeychain : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void realKeyring();
    void keepsSecrets();
    void noKeyring();
};

void TestKeychain::realKeyring()
{
    if (isInside()) {
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
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LINCHPIN_TEST_KEYRING"_s, u"1"_s);
    environment.insert(u"HOME"_s, home.path());
    environment.insert(u"XDG_DATA_HOME"_s, home.filePath(u"data"_s));
    environment.insert(u"XDG_RUNTIME_DIR"_s, home.filePath(u"run"_s));
    environment.insert(u"XDG_CURRENT_DESKTOP"_s, u"GNOME"_s);
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s);
    QProcess process;
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"timeout"_s,
        { u"150"_s, u"dbus-run-session"_s, u"--"_s, u"sh"_s, u"-c"_s,
            u"printf linchpin | gnome-keyring-daemon --unlock --components=secrets >/dev/null && "
            "exec \"$0\" keepsSecrets"_s,
            QCoreApplication::applicationFilePath() });
    QVERIFY(process.waitForFinished(160000));
    const QByteArray output = process.readAll();
    QVERIFY2(process.exitCode() == 0, output.constData());
    QVERIFY2(output.contains("PASS   : TestKeychain::keepsSecrets()"), output.constData());
}

void TestKeychain::keepsSecrets()
{
    if (!isInside()) {
        QSKIP("runs inside realKeyring()");
    }
    QVERIFY(KeychainStore::isAvailable());
    KeychainStore store(u"Linchpin test"_s);
    QCOMPARE(waited(store.read(u"id/password"_s)).error().code, u"no-secret"_s);
    const QString secret = u"Zażółć 👩‍👩‍👧‍👦🦄𝄞 こんにちは"_s;
    const auto written = waited(store.write(u"id/password"_s, secret));
    QVERIFY2(written.has_value(), written ? "" : qPrintable(written.error().detail));
    QCOMPARE(waited(store.read(u"id/password"_s)).value(), secret);
    KeychainStore other(u"Another program"_s);
    QCOMPARE(waited(other.read(u"id/password"_s)).error().code, u"no-secret"_s);
    QVERIFY(waited(store.remove(u"id/password"_s)).has_value());
    QCOMPARE(waited(store.read(u"id/password"_s)).error().code, u"no-secret"_s);
}

void TestKeychain::noKeyring()
{
    if (isInside()) {
        return;
    }
    // Without a bus whatever answers is an error of the right kind, soon, and nothing is stored.
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!environment.value(u"DBUS_SESSION_BUS_ADDRESS"_s).isEmpty()) {
        QSKIP("there is a session bus here");
    }
    KeychainStore store(u"Linchpin test"_s);
    const auto answer = waited(store.read(u"id/password"_s));
    QVERIFY(!answer);
    QVERIFY2(
        answer.error().code == "keyring-unavailable"_L1 || answer.error().code == "no-secret"_L1,
        qPrintable(answer.error().code + answer.error().detail));
}

QTEST_GUILESS_MAIN(TestKeychain)
#include "tst_keychain.moc"
