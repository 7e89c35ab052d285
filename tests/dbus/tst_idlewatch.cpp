// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/dbus/fakedesktop.h"
#include "ui/widgets/common/idlewatch.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace std::chrono_literals;

/// Mutter's idle monitor, as far as it is asked.
class FakeMonitor : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.gnome.Mutter.IdleMonitor")
public:
    std::chrono::milliseconds idle { 0 };
    int asked = 0;

public Q_SLOTS:
    Q_SCRIPTABLE qulonglong GetIdletime()
    {
        ++asked;
        return qulonglong(idle.count());
    }
};

class IdleWatchTest : public QObject {
    Q_OBJECT

public:
    QString missing;

private Q_SLOTS:
    void tellsWhenNobodyIsThere();
};

void IdleWatchTest::tellsWhenNobodyIsThere()
{
    if (!missing.isEmpty()) {
        QSKIP(qPrintable(u"SKIP-ALL: %1"_s.arg(missing)));
    }
    FakeMonitor monitor;
    QDBusConnection bus = QDBusConnection::sessionBus();
    QVERIFY(bus.registerObject(
        u"/org/gnome/Mutter/IdleMonitor/Core"_s, &monitor, QDBusConnection::ExportScriptableSlots));
    QVERIFY(bus.registerService(u"org.gnome.Mutter.IdleMonitor"_s));
    IdleWatch watch(10ms);
    QSignalSpy told(&watch, &IdleWatch::idleSinceChanged);
    monitor.idle = 4min;
    QTRY_VERIFY(monitor.asked >= 3);
    QCOMPARE(told.size(), 0); // thinking
    monitor.idle = 6min;
    QTRY_COMPARE(told.size(), 1);
    const qint64 ago = watch.idleSince().secsTo(QDateTime::currentDateTimeUtc());
    QVERIFY2(ago >= 355 && ago <= 420, qPrintable(QString::number(ago)));
    const int asked = monitor.asked;
    QTRY_VERIFY(monitor.asked >= asked + 3);
    QCOMPARE(told.size(), 1); // the same absence
    monitor.idle = 0ms;
    QTRY_COMPARE(told.size(), 2);
    QVERIFY(!watch.idleSince().isValid());
}

int main(int argc, char *argv[])
{
    test::PrivateSession session;
    IdleWatchTest test;
    test.missing = session.start();
    QCoreApplication application(argc, argv);
    return QTest::qExec(&test, argc, argv);
}

#include "tst_idlewatch.moc"
