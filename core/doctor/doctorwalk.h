// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/doctor/doctor.h"
#include "core/doctor/observedservices.h"

namespace linchpin {

/// One examination from its start to its verdict: what Doctor does.
class Doctor::Walk : public QObject {
public:
    Walk(Doctor &doctor, Patient patient, DoctorWorld world);

    void start();
    void examineDomain();
    void conclude(const Finding &failure);
    void endWith(const Finding &failed);
    void end(Verdict verdict);
    void giveUp();

    Doctor &q;
    const ProtocolPlugin *plugin;
    SettingsSchema schema;
    SettingValues given;
    SettingValues trial;
    Presence presence;
    QList<const ProtocolPlugin *> domainPlugins;
    QList<AccountPreset> known;
    DoctorWorld world;
    FindingLog log;
    std::unique_ptr<ObservedServices> services;
    bool running = false;

private:
    using Checks = std::vector<std::unique_ptr<DoctorCheck>>;
    using Then = std::function<void(const std::optional<Finding> &failed)>;

    void armLimit();
    void limitReached();
    bool settingsAreSound();
    void runChecks(DoctorCheck::When when, const std::optional<Error> &failure, const Then &then);
    void runNextCheck(DoctorCheck::When when, const std::optional<Error> &failure, const Then &then,
        std::size_t index);
    Finding checked(Finding finding);
    void signIn();
    void onState(Session::State state);
    void onEvent(const SessionEvent &what);
    void onEnded(const Error &why);
    void onOnline();
    void afterContacts();
    void askAboutMyself();
    void answeredAboutMyself(bool answered);
    QString placeOf(const Error &why) const;
    void lookCloser(const Error &why);
    void lookCloserAt(const Finding &failed);
    void askPlugin();
    void stopBeforePassword();
    Finding missingPassword() const;
    void judged(const std::optional<Finding> &bad);
    void closeSession(const std::function<void()> &then);
    void pass(const QString &step, Finding::State state, const QString &tried,
        const QString &answer = {}, const std::optional<Error> &error = std::nullopt);

    Checks m_checks;
    QList<Finding> m_failed; ///< of the checks that run now
    std::optional<DoctorContext> m_context;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Timer> m_limit;
    std::unique_ptr<Timer> m_signInLimit;
    std::unique_ptr<Timer> m_contactsLimit;
    std::unique_ptr<Timer> m_selfLimit; ///< while a question about oneself is under way
    std::unique_ptr<Timer> m_closeLimit;
    std::function<void()> m_closed;
    QDateTime m_started;
    QDateTime m_pausedAt;
    std::chrono::milliseconds m_paused { 0 };
    Session::State m_state = Session::State::Offline;
    SettingsPatch m_learned;
    QString m_stepUnderWay;
    Finding m_failure; ///< while its cause is being looked for
    int m_questions = 0; ///< secrets that the user is being asked for
    int m_contacts = 0;
    int m_presences = 0;
    bool m_contactsComplete = false;
    bool m_online = false;
    bool m_placeholder = false; ///< there is no password: we look how far it goes without
    bool m_ended = false; ///< the session ended by itself
    bool m_looking = false; ///< the failure is known, its cause is being looked for
    bool m_signInOver = false;
    bool m_finishing = false;

    friend class Doctor;
};

/// The one that says most: with settings that would mend it, else the first that has a name;
/// nullptr where none failed.
const Finding *mostTelling(const QList<Finding> &findings);

} // namespace linchpin
