// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/dbus/fakedesktop.h"

#include <QFile>
#include <QStandardPaths>

#include <sys/prctl.h>

#include <csignal>

using namespace Qt::StringLiterals;

namespace linchpin::test {

namespace {

constexpr int kStart = 30'000; // milliseconds; a busy machine is slow

/// The first line that a program prints when it is ready.
QByteArray readLine(QProcess &process)
{
    while (!process.canReadLine()) {
        if (process.state() == QProcess::NotRunning || !process.waitForReadyRead(kStart)) {
            return {};
        }
    }
    return process.readLine().trimmed();
}

void dieWithParent(QProcess &process)
{
    process.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGKILL); });
}

void end(QProcess &process)
{
    if (process.state() != QProcess::NotRunning) {
        process.terminate();
        if (!process.waitForFinished(5000)) {
            process.kill();
            process.waitForFinished();
        }
    }
}

} // namespace

PrivateSession::PrivateSession() = default;

PrivateSession::~PrivateSession()
{
    end(m_display);
    end(m_bus);
}

QString PrivateSession::start()
{
    const QString bus = startBus();
    return bus.isEmpty() ? startDisplay() : bus;
}

QString PrivateSession::startBus()
{
    // No service files: nothing of the machine's own comes up on this bus.
    QFile config(m_folder.filePath(u"bus.conf"_s));
    if (!config.open(QIODevice::WriteOnly)) {
        return u"no place for the bus"_s;
    }
    config.write(
        uR"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%1/bus</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
)"_s.arg(m_folder.path())
            .toUtf8());
    config.close();
    if (QStandardPaths::findExecutable(u"dbus-daemon"_s).isEmpty()) {
        return u"dbus-daemon is not installed"_s;
    }
    dieWithParent(m_bus);
    m_bus.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_bus.start(u"dbus-daemon"_s,
        { u"--config-file="_s + config.fileName(), u"--nofork"_s, u"--nopidfile"_s,
            u"--print-address=1"_s });
    const QByteArray address = readLine(m_bus);
    if (address.isEmpty()) {
        qFatal("dbus-daemon does not start");
    }
    qputenv("DBUS_SESSION_BUS_ADDRESS", address);
    return {};
}

QString PrivateSession::startDisplay()
{
    // The offscreen platform has no tray.
    if (QStandardPaths::findExecutable(u"Xvfb"_s).isEmpty()) {
        return u"Xvfb is not installed"_s;
    }
    dieWithParent(m_display);
    m_display.setStandardErrorFile(QProcess::nullDevice());
    m_display.start(u"Xvfb"_s,
        { u"-displayfd"_s, u"1"_s, u"-screen"_s, u"0"_s, u"800x600x24"_s, u"-nolisten"_s, u"tcp"_s,
            u"-noreset"_s });
    const QByteArray number = readLine(m_display);
    if (number.isEmpty()) {
        qFatal("Xvfb does not start");
    }
    qputenv("DISPLAY", ":" + number);
    qputenv("QT_QPA_PLATFORM", "xcb");
    for (const char *const loose : { "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_CURRENT_DESKTOP",
             "DESKTOP_SESSION", "KDE_FULL_SESSION", "QT_QPA_PLATFORMTHEME" }) {
        qunsetenv(loose);
    }
    return {};
}

QList<Told> FakeNotifications::told() const
{
    const QMutexLocker lock(&m_mutex);
    return m_told;
}

QList<uint> FakeNotifications::closed() const
{
    const QMutexLocker lock(&m_mutex);
    return m_closed;
}

void FakeNotifications::setCapabilities(const QStringList &capabilities)
{
    const QMutexLocker lock(&m_mutex);
    m_capabilities = capabilities;
}

void FakeNotifications::forget()
{
    const QMutexLocker lock(&m_mutex);
    m_told.clear();
    m_closed.clear();
}

QStringList FakeNotifications::GetCapabilities()
{
    const QMutexLocker lock(&m_mutex);
    return m_capabilities;
}

uint FakeNotifications::Notify(const QString &application, uint replaces, const QString &icon,
    const QString &summary, const QString &body, const QStringList &actions,
    const QVariantMap &hints, int)
{
    const QMutexLocker lock(&m_mutex);
    const uint id = replaces != 0 ? replaces : ++m_last;
    m_told.append({ id, replaces, application, icon, summary, body, actions, hints });
    return id;
}

void FakeNotifications::CloseNotification(uint id)
{
    const QMutexLocker lock(&m_mutex);
    m_closed.append(id);
}

QStringList FakeWatcher::items() const
{
    const QMutexLocker lock(&m_mutex);
    return m_items;
}

void FakeWatcher::RegisterStatusNotifierItem(const QString &service)
{
    {
        const QMutexLocker lock(&m_mutex);
        m_items.append(service);
    }
    Q_EMIT StatusNotifierItemRegistered(service);
}

FakeDesktop::FakeDesktop()
    : m_notifications(std::make_unique<FakeNotifications>())
    , m_watcher(std::make_unique<FakeWatcher>())
{
    m_notifications->moveToThread(&m_thread);
    m_watcher->moveToThread(&m_thread);
    m_thread.start();
    QMetaObject::invokeMethod(
        m_notifications.get(),
        [this] {
            QDBusConnection bus = QDBusConnection::connectToBus(
                qEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS"), u"desktop"_s);
            constexpr auto kScriptable = QDBusConnection::ExportScriptableSlots
                | QDBusConnection::ExportScriptableSignals
                | QDBusConnection::ExportScriptableProperties;
            m_ok = bus.registerObject(
                       u"/org/freedesktop/Notifications"_s, m_notifications.get(), kScriptable)
                && bus.registerObject(u"/StatusNotifierWatcher"_s, m_watcher.get(), kScriptable)
                && bus.registerService(u"org.freedesktop.Notifications"_s)
                && bus.registerService(u"org.kde.StatusNotifierWatcher"_s);
        },
        Qt::BlockingQueuedConnection);
}

FakeDesktop::~FakeDesktop()
{
    QMetaObject::invokeMethod(
        m_notifications.get(),
        [this, home = QThread::currentThread()] {
            QDBusConnection(u"desktop"_s).unregisterObject(u"/org/freedesktop/Notifications"_s);
            QDBusConnection(u"desktop"_s).unregisterObject(u"/StatusNotifierWatcher"_s);
            QDBusConnection::disconnectFromBus(u"desktop"_s);
            m_watcher->moveToThread(home);
            m_notifications->moveToThread(home);
        },
        Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void FakeDesktop::invoke(uint id, const QString &action)
{
    QMetaObject::invokeMethod(
        m_notifications.get(),
        [this, id, action] {
            Q_EMIT m_notifications->ActionInvoked(id, action);
            Q_EMIT m_notifications->NotificationClosed(id, 2);
        },
        Qt::BlockingQueuedConnection);
}

} // namespace linchpin::test
