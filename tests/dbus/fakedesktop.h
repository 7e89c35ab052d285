// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusConnection>
#include <QList>
#include <QMutex>
#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>
#include <QThread>
#include <QVariantMap>

#include <memory>

namespace linchpin::test {

/// A session bus and an X display of this process' own.
class PrivateSession {
public:
    PrivateSession();
    ~PrivateSession();
    /// What is missing, or empty once the environment names both.
    QString start();

private:
    QString startBus();
    QString startDisplay();

    QTemporaryDir m_folder;
    QProcess m_bus;
    QProcess m_display;
};

/// One call of Notify.
struct Told {
    uint id = 0;
    uint replaces = 0;
    QString application;
    QString icon;
    QString summary;
    QString body;
    QStringList actions;
    QVariantMap hints;
};

/// The part of the Desktop Notifications Specification 1.2 that a server has to have.
class FakeNotifications : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    QList<Told> told() const;
    QList<uint> closed() const;
    void setCapabilities(const QStringList &capabilities);
    void forget();

public Q_SLOTS:
    Q_SCRIPTABLE QStringList GetCapabilities();
    Q_SCRIPTABLE uint Notify(const QString &application, uint replaces, const QString &icon,
        const QString &summary, const QString &body, const QStringList &actions,
        const QVariantMap &hints, int timeout);
    Q_SCRIPTABLE void CloseNotification(uint id);

Q_SIGNALS:
    Q_SCRIPTABLE void ActionInvoked(uint id, const QString &action);
    Q_SCRIPTABLE void NotificationClosed(uint id, uint reason);

private:
    mutable QMutex m_mutex;
    QStringList m_capabilities;
    QList<Told> m_told;
    QList<uint> m_closed;
    uint m_last = 40;
};

/// Where tray items announce themselves (StatusNotifierItem).
class FakeWatcher : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.kde.StatusNotifierWatcher")
    Q_PROPERTY(bool IsStatusNotifierHostRegistered READ hasHost CONSTANT)
    Q_PROPERTY(int ProtocolVersion READ version CONSTANT)
    Q_PROPERTY(QStringList RegisteredStatusNotifierItems READ items)
public:
    bool hasHost() const { return true; }
    int version() const { return 0; }
    QStringList items() const;

public Q_SLOTS:
    Q_SCRIPTABLE void RegisterStatusNotifierItem(const QString &service);
    Q_SCRIPTABLE void RegisterStatusNotifierHost(const QString &) { }

Q_SIGNALS:
    Q_SCRIPTABLE void StatusNotifierItemRegistered(const QString &service);
    Q_SCRIPTABLE void StatusNotifierItemUnregistered(const QString &service);
    Q_SCRIPTABLE void StatusNotifierHostRegistered();

private:
    mutable QMutex m_mutex;
    QStringList m_items;
};

/// Both on a connection and in a thread of their own, so that a caller who waits is answered.
class FakeDesktop {
public:
    FakeDesktop();
    ~FakeDesktop();
    bool isOk() const { return m_ok; }
    FakeNotifications &notifications() { return *m_notifications; }
    FakeWatcher &watcher() { return *m_watcher; }
    /// The user clicks on what a notification offers.
    void invoke(uint id, const QString &action);

private:
    QThread m_thread;
    std::unique_ptr<FakeNotifications> m_notifications;
    std::unique_ptr<FakeWatcher> m_watcher;
    bool m_ok = false;
};

} // namespace linchpin::test
