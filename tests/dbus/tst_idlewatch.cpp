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

/// Mutter's idle monitor, as far as it is asked.
class FakeMonitor : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.gnome.Mutter.IdleMonitor")
public:
    qulonglong interval = 0;
    int activeWatches = 0;

public Q_SLOTS:
    Q_SCRIPTABLE uint AddIdleWatch(qulonglong milliseconds)
    {
        interval = milliseconds;
        return 7;
    }
    Q_SCRIPTABLE uint AddUserActiveWatch() { return 100 + uint(++activeWatches); }

Q_SIGNALS:
    Q_SCRIPTABLE void WatchFired(uint);
};

class IdleWatchTest : public QObject {
    Q_OBJECT

public:
    QString missing;

private Q_SLOTS:
    void tellsWhenNobodyIsThere() const;
};

void IdleWatchTest::tellsWhenNobodyIsThere() const
{
    if (!missing.isEmpty()) {
        QSKIP(qPrintable(u"SKIP-ALL: %1"_s.arg(missing)));
    }
    FakeMonitor monitor;
    QDBusConnection bus = QDBusConnection::sessionBus();
    QVERIFY(bus.registerObject(u"/org/gnome/Mutter/IdleMonitor/Core"_s, &monitor,
        QDBusConnection::ExportScriptableSlots | QDBusConnection::ExportScriptableSignals));
    QVERIFY(bus.registerService(u"org.gnome.Mutter.IdleMonitor"_s));
    IdleWatch watch;
    QSignalSpy told(&watch, &IdleWatch::idleSinceChanged);
    QTRY_COMPARE(monitor.interval, qulonglong(300'000));
    for (int absence = 1; absence <= 2; ++absence) {
        // The number of the watch is known only when its answer has come.
        QTRY_VERIFY((Q_EMIT monitor.WatchFired(7), watch.idleSince().isValid()));
        const qint64 ago = watch.idleSince().secsTo(QDateTime::currentDateTimeUtc());
        QVERIFY2(ago >= 300 && ago <= 330, qPrintable(QString::number(ago)));
        QTRY_VERIFY(monitor.activeWatches > 0);
        Q_EMIT monitor.WatchFired(3); // somebody else's
        QVERIFY(watch.idleSince().isValid());
        QTRY_VERIFY((Q_EMIT monitor.WatchFired(100 + uint(monitor.activeWatches)),
            !watch.idleSince().isValid()));
    }
    QVERIFY(told.size() >= 4);
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
