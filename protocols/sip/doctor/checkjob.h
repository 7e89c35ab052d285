// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/doctorcheck.h"
#include "core/sdk/sessionservices.h"
#include "protocols/sip/discovery/srvcandidates.h"
#include "protocols/sip/doctor/diagnosis.h"
#include "protocols/sip/doctor/sipprobe.h"

#include <QObject>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace linchpin::sip {

/// The work of one DoctorCheck: questions to name service and ports, several at a time, and an end
/// that comes within a limit whatever the network does. Owned by the check; when it goes, so do its
/// questions. Main thread.
class CheckJob : public QObject {
    Q_OBJECT
public:
    explicit CheckJob(const DoctorContext &context);
    ~CheckJob() override;

    /// Ends the job by itself when the time is over.
    void limit(std::chrono::milliseconds in);
    Async<QList<Finding>> answer() const { return m_answer.future(); }

    SessionServices &services() { return m_context.services; }
    const SettingValues &settings() const { return m_context.settings; }
    QString address() const;
    /// Shows a step; Failed ones make the verdict, and come with the answer.
    void found(const Finding &finding);
    void done();

    /// Puts all the questions at the same time; `then` gets the answers in their order.
    void probe(const QList<ProbeQuestion> &questions, std::chrono::milliseconds each,
        std::function<void(const QList<Probed> &)> then);
    /// The records under those names, in their order; failures count as none. None are asked for
    /// behind a proxy of the account: DNS would go past it.
    void lookUp(
        const QStringList &names, std::function<void(const QList<QList<SrvTarget>> &)> then);

private:
    const DoctorContext &m_context;
    Answer<QList<Finding>> m_answer;
    QList<Finding> m_failed;
    std::unique_ptr<Timer> m_limit;
};

/// Where signing in was tried: the server set by hand, else the first that the records name.
Candidate triedFirst(const ServerSettings &settings, const QList<QList<SrvTarget>> &records);

} // namespace linchpin::sip
