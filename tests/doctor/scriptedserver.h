// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QList>
#include <QSslConfiguration>
#include <QTcpServer>

#include <memory>
#include <optional>
#include <vector>

class QSslSocket;

namespace linchpin::test {

/// A server on loopback that reads from a script, the same to everybody who comes: waits for
/// words, says others, may turn to TLS or hang up. For what real servers cannot be brought to do.
class ScriptedServer : public QTcpServer {
    Q_OBJECT
public:
    enum class Then { GoOn, StartTls, HangUp, Forward };
    struct Line {
        QByteArray awaits; ///< what has to be heard; empty: speaks at once
        QByteArray says; ///< "@ID@" stands for the id= of what was heard
        Then then = Then::GoOn;
        quint16 forwardTo = 0; ///< with Forward: the port that has the rest of the talk
    };
    using Script = QList<Line>;

    /// With `directTls` the script begins behind TLS. `tls` is what it shows there.
    explicit ScriptedServer(Script script,
        const std::optional<QSslConfiguration> &tls = std::nullopt, bool directTls = false);
    ~ScriptedServer() override;

    quint16 port() const { return serverPort(); }
    /// All that was heard, of everybody.
    QByteArray heard() const { return m_heard; }
    int visits() const { return m_visits; }

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    struct Visitor;
    void go(Visitor &visitor);
    void forward(Visitor &visitor, quint16 port);

    Script m_script;
    std::optional<QSslConfiguration> m_tls;
    bool m_directTls = false;
    QByteArray m_heard;
    int m_visits = 0;
    std::vector<std::unique_ptr<Visitor>> m_visitors; ///< gone with the server
};

} // namespace linchpin::test
