// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QObject>
#include <QTimer>

#include <chrono>
#include <functional>

namespace linchpin::irc::sim {

class SimServer;

/// The scripted people of the demonstration: a channel that lives, and a partner who answers.
class DemoCast : public QObject {
    Q_OBJECT
public:
    /// @p pace is how long somebody thinks before answering; with 0 they answer at once and
    /// otherwise keep still.
    DemoCast(SimServer &server, std::chrono::milliseconds pace, QObject *parent = nullptr);

    /// Sends so many numbered messages from the partner to everybody who comes into room().
    void floodGuests(int messages) { m_flood = messages; }

    static QByteArray account() { return "demo"; }
    /// LINCHPIN_SIM_PASSWORD names another one, for tests that look where it turns up.
    static QByteArray password()
    {
        const QByteArray other = qgetenv("LINCHPIN_SIM_PASSWORD");
        return other.isEmpty() ? QByteArrayLiteral("demo-password") : other;
    }
    static QByteArray partner() { return "marta"; }
    static QByteArray room() { return "#linchpin"; }

private:
    void answer(const QByteArray &nick, const QByteArray &target, const QByteArray &text);
    void later(int paces, std::function<void()> what);
    void playOn();

    SimServer &m_server;
    std::chrono::milliseconds m_pace;
    QTimer m_timer;
    int m_flood = 0;
    qsizetype m_step = 0;
    qsizetype m_answered = 0;
};

} // namespace linchpin::irc::sim
