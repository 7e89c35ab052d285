// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/secretprompt.h"
#include "core/secrets/vaultstore.h"
#include "tests/dbus/fakedesktop.h"
#include "tests/support/waited.h"
#include "ui/widgets/common/lockwatch.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusError>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;

/// A screen locker; each desktop has its own name for it.
class FreedesktopSaver : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.ScreenSaver")
Q_SIGNALS:
    Q_SCRIPTABLE void ActiveChanged(bool);
};

class GnomeSaver : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.gnome.ScreenSaver")
Q_SIGNALS:
    Q_SCRIPTABLE void ActiveChanged(bool);
};

/// The part of logind that knows our session.
class FakeLogin : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")
public:
    int asked = 0;

public Q_SLOTS:
    Q_SCRIPTABLE QDBusObjectPath GetSessionByPID(uint)
    {
        ++asked;
        return QDBusObjectPath(u"/org/freedesktop/login1/session/_31"_s);
    }
};

class FakeLoginSession : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Session")
Q_SIGNALS:
    Q_SCRIPTABLE void Lock();
};

class MasterPrompt : public SecretPrompt {
public:
    Async<Reply> ask(const Question &) override
    {
        ++asked;
        return ready<Reply>(Reply { u"master"_s, true });
    }
    int asked = 0;
};

class LockWatchTest : public QObject {
    Q_OBJECT

public:
    QString missing;

private Q_SLOTS:
    void initTestCase() const
    {
        if (!missing.isEmpty()) {
            QSKIP(qPrintable(u"SKIP-ALL: %1"_s.arg(missing)));
        }
    }
    void hearsTheLockers();
    void hearsLogin();
    void vaultLocksAndAsksAgain();

private:
    /// All signals emitted so far have come back: the bus keeps their order.
    static void settle()
    {
        QDBusConnection::sessionBus().call(QDBusMessage::createMethodCall(
            u"org.freedesktop.DBus"_s, u"/"_s, u"org.freedesktop.DBus"_s, u"GetId"_s));
        QCoreApplication::processEvents();
    }
    static constexpr auto kExport
        = QDBusConnection::ExportScriptableSlots | QDBusConnection::ExportScriptableSignals;
};

void LockWatchTest::hearsTheLockers()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    FreedesktopSaver kde;
    GnomeSaver gnome;
    QVERIFY(bus.registerObject(u"/ScreenSaver"_s, &kde, kExport));
    QVERIFY(bus.registerObject(u"/org/gnome/ScreenSaver"_s, &gnome, kExport));
    QVERIFY(bus.registerService(u"org.freedesktop.ScreenSaver"_s));
    QVERIFY(bus.registerService(u"org.gnome.ScreenSaver"_s));
    LockWatch watch;
    QSignalSpy locked(&watch, &LockWatch::locked);
    QTRY_VERIFY((Q_EMIT kde.ActiveChanged(true), !locked.isEmpty()));
    locked.clear();
    QTRY_VERIFY((Q_EMIT gnome.ActiveChanged(true), !locked.isEmpty()));
    settle();
    locked.clear();
    Q_EMIT kde.ActiveChanged(false); // unlocked
    Q_EMIT gnome.ActiveChanged(false);
    settle();
    QCOMPARE(locked.size(), 0);
}

void LockWatchTest::hearsLogin()
{
    // The same bus plays the system's.
    QDBusConnection bus = QDBusConnection::systemBus();
    QVERIFY2(bus.isConnected(), qPrintable(bus.lastError().message()));
    FakeLogin login;
    FakeLoginSession session;
    QVERIFY(bus.registerObject(u"/org/freedesktop/login1"_s, &login, kExport));
    QVERIFY(bus.registerObject(u"/org/freedesktop/login1/session/_31"_s, &session, kExport));
    QVERIFY(bus.registerService(u"org.freedesktop.login1"_s));
    LockWatch watch;
    const QSignalSpy locked(&watch, &LockWatch::locked);
    QTRY_COMPARE(login.asked, 1);
    QTRY_VERIFY((Q_EMIT session.Lock(), !locked.isEmpty()));
}

void LockWatchTest::vaultLocksAndAsksAgain()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    FreedesktopSaver saver;
    QVERIFY(bus.registerObject(u"/org/freedesktop/ScreenSaver"_s, &saver, kExport));
    QTemporaryDir folder;
    MasterPrompt prompt;
    VaultStore vault(folder.filePath(u"vault.bin"_s), &prompt, 1000);
    LockWatch watch;
    connect(&watch, &LockWatch::locked, &vault, &VaultStore::lock);
    QVERIFY(test::waited(vault.write(u"id/password"_s, u"canary"_s)).has_value());
    QVERIFY(vault.isUnlocked());
    QTRY_VERIFY((Q_EMIT saver.ActiveChanged(true), !vault.isUnlocked()));
    settle(); // what was told more than once locks more than once
    const int before = prompt.asked;
    QCOMPARE(test::waited(vault.read(u"id/password"_s)).value(), u"canary"_s);
    QCOMPARE(prompt.asked, before + 1);
}

int main(int argc, char *argv[])
{
    test::PrivateSession session;
    LockWatchTest test;
    test.missing = session.start();
    // logind is looked for on the system's bus: it is the private one as well.
    qputenv("DBUS_SYSTEM_BUS_ADDRESS", qgetenv("DBUS_SESSION_BUS_ADDRESS"));
    QCoreApplication application(argc, argv);
    return QTest::qExec(&test, argc, argv);
}

#include "tst_lockwatch.moc"
