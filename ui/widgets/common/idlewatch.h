// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QObject>

#include <chrono>
#include <optional>

class QTimer;

namespace linchpin {

/// Tells since when nobody has touched the machine, by what the desktop knows: Mutter's idle
/// monitor (GNOME) on the session bus, else IdleHint and LockedHint of the login session
/// (org.freedesktop.login1). Silent where neither is there.
class IdleWatch : public QObject {
    Q_OBJECT
public:
    /// `every`: how often it is looked.
    explicit IdleWatch(
        std::chrono::milliseconds every = std::chrono::seconds(30), QObject *parent = nullptr);

    /// How long nobody touches anything before it is told.
    static constexpr std::chrono::minutes kAfter { 5 };

    QDateTime idleSince() const { return m_since; }
    /// Looks now.
    void look();

Q_SIGNALS:
    /// UTC; invalid: somebody is there again.
    void idleSinceChanged(const QDateTime &since);

private:
    void askLogin();
    void found(const QDateTime &since);

    QTimer *m_timer;
    QDateTime m_since;
};

} // namespace linchpin
