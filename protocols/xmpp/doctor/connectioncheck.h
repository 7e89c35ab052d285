// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/doctorcheck.h"
#include "protocols/xmpp/connectionplan.h"
#include "protocols/xmpp/doctor/streamwalk.h"

#include <QObject>

#include <memory>

namespace linchpin::xmpp {

/// The way of a sign-in as far as it goes without a password, over SessionServices: QXmpp has
/// sockets of its own, which nobody can watch. Looks for the servers as the session does, takes the
/// first that can be used, and says of each step what came back.
class ConnectionCheck : public QObject, public DoctorCheck {
    Q_OBJECT
public:
    ConnectionCheck();
    ~ConnectionCheck() override;

    When when() const override { return When::Before; }
    QString title() const override;
    Async<QList<Finding>> run(
        const DoctorContext &context, const std::optional<Error> &failure) override;

private:
    struct Stop {
        QString step;
        QString tried;
        Error error;
    };
    void lookUp();
    void plan(
        const Result<QList<ServiceRecord>> &direct, const Result<QList<ServiceRecord>> &start);
    void visitNext();
    void visited(const StreamReport &report);
    /// What is wrong at this server, or nothing.
    std::optional<Stop> judge(const StreamReport &report) const;
    /// The same port once more, in the other way: a server that keeps silent may want TLS.
    void tryOtherWay(const Stop &stop);
    void lose(const Stop &stop);
    void tell(const Finding &finding);
    void finish();
    QString where() const;
    std::chrono::milliseconds left() const;

    const DoctorContext *m_context = nullptr;
    Answer<QList<Finding>> m_answer;
    ConnectionSettings m_settings;
    QList<Candidate> m_candidates;
    qsizetype m_next = 0;
    Candidate m_candidate;
    std::unique_ptr<StreamWalk> m_walk;
    std::optional<Stop> m_first; ///< what was wrong with the first server
    QDateTime m_began;
    std::unique_ptr<Timer> m_guard; ///< a name service may keep silent for longer than we have
    bool m_noRecords = false; ///< asked for, and there are none
    bool m_spoke = false; ///< the server visited last said something
};

} // namespace linchpin::xmpp
