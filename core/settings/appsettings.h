// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/settingsschema.h"

#include <QJsonObject>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

namespace linchpin {

/// The program's own settings, rows of a schema like an account's; and a few values the window
/// remembers that no dialog shows. settings.json, written atomically, a little later, in a thread
/// of its own.
class AppSettings : public QObject {
    Q_OBJECT
public:
    explicit AppSettings(QString fileName, QObject *parent = nullptr);
    ~AppSettings() override; ///< writes what is still to be written

    /// A file that cannot be understood is put aside (settings.json.damaged), reported as
    /// `settings-damaged`, and the defaults hold.
    Result<void> load();

    /// Keys: color-scheme, list-density, message-layout, sort-order, show-offline, notifications,
    /// notification-text, start-with-session,
    /// start-hidden, close-to-tray, restore-status, send-typing,
    /// download-folder.
    static SettingsSchema schema();

    /// The value or the row's default; for keys without a row what is remembered under them.
    QVariant value(const QString &key) const;
    QString text(const QString &key) const { return value(key).toString(); }
    bool isOn(const QString &key) const { return value(key).toBool(); }
    /// One that its row refuses is not taken (false). A key without a row is remembered.
    bool setValue(const QString &key, const QVariant &value);
    void reset(const QString &key); ///< back to the default

    /// What is remembered without being a setting (window geometry, saved statuses), as JSON.
    QJsonValue remembered(const QString &key) const { return m_remembered.value(key); }
    void remember(const QString &key, const QJsonValue &value);

    void flush(); ///< writes now and waits

Q_SIGNALS:
    void changed(const QString &key);

private:
    void later();
    void writeNow();

    QString m_fileName;
    SettingsSchema m_schema;
    SettingValues m_values;
    QJsonObject m_remembered;
    QTimer m_delay;
    QThreadPool m_thread;
    bool m_dirty = false;
};

} // namespace linchpin
