// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QObject>
#include <QString>

#include <chrono>

namespace linchpin {

/// Tells since when nobody has touched the machine, by what the desktop tells of its own accord (no
/// timer runs here): Mutter's idle monitor (GNOME) on the session bus, else IdleHint and LockedHint
/// of the login session (org.freedesktop.login1). Silent where neither is there.
class IdleWatch : public QObject {
    Q_OBJECT
public:
    explicit IdleWatch(QObject *parent = nullptr);

    /// How long nobody touches anything before it is told.
    static constexpr std::chrono::minutes kAfter { 5 };

    QDateTime idleSince() const { return m_since; }

Q_SIGNALS:
    /// UTC; invalid: somebody is there again.
    void idleSinceChanged(const QDateTime &since);

private:
    Q_SLOT void watchFired(uint id);
    Q_SLOT void loginChanged();
    void watchMutter();
    void awaitReturn();
    void watchLogin();
    void found(const QDateTime &since);

    uint m_idleWatch = 0; ///< Mutter's numbers begin at 1
    uint m_activeWatch = 0;
    QString m_login; ///< object path of the login session
    QDateTime m_since;
};

} // namespace linchpin
