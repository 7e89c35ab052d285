// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"

#include <QJsonObject>
#include <QObject>
#include <QProcess>
#include <QTemporaryDir>

#include <memory>
#include <vector>

namespace linchpin {

class Account;
class Application;
struct StoredMessage;

/// The demonstration's networks: one simulator a protocol in a child process on loopback, with
/// scripted people, and an account on each in a throw-away profile.
class Demo : public QObject {
    Q_OBJECT
public:
    /// `simulators`: where the programs `linchpin-sim-PROTOCOL` lie.
    Demo(Application &application, QString simulators, QObject *parent = nullptr);
    ~Demo() override;

    /// Starts every simulator that lies there; ready() or failed() follows.
    void start();

    /// An account of the demonstration and somebody on its network who answers.
    struct Line {
        QString protocol;
        AccountId account;
        QString partner;
        QString room;
        bool online = false;
        bool greeted = false;
        bool sent = false; ///< the server took our message
        bool answered = false; ///< the partner's answer came in
    };
    const std::vector<Line> &lines() const { return m_lines; }
    bool isComplete() const; ///< on every network online, and a conversation has gone both ways

    /// Writes to the partner on every network as soon as its account is online.
    void converse();

Q_SIGNALS:
    void ready(); ///< all accounts are added and sign in
    void progressed(const QString &what); ///< one line, for the terminal
    void completed();
    void failed(const QString &why);

private:
    void simulatorSaid(std::size_t index);
    void accountChanged(Account *account);
    void stored(const StoredMessage &message);
    void changed(const StoredMessage &message);
    void greet(Line &line);
    void check();

    struct Simulator {
        QString protocol;
        std::unique_ptr<QProcess> process;
        bool told = false;
    };

    Application &m_application;
    QString m_programs;
    QTemporaryDir m_folder;
    std::vector<Simulator> m_simulators;
    std::vector<Line> m_lines;
    bool m_conversing = false;
    bool m_done = false;
};

} // namespace linchpin
