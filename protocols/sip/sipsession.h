// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/session.h"
#include "core/sdk/sessionservices.h"
#include "core/sdk/settingsschema.h"
#include "protocols/sip/auth/clientcertificate.h"
#include "protocols/sip/registration/registrationmachine.h"
#include "protocols/sip/session/ocsparts.h"
#include "protocols/sip/session/serverfinder.h"
#include "protocols/sip/session/simpleparts.h"
#include "protocols/sip/session/sipconnection.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/siprequests.h"

#include <QMap>

#include <memory>
#include <optional>

namespace linchpin::sip {

/// Where the first sign-in begins, once the wizard has found a server: a memory like that of an
/// earlier session, so that it binds nobody when it is wrong. `chosen` are the settings without it.
void rememberFoundServer(
    const SettingValues &found, const SettingValues &chosen, SessionServices &services);

/// One signed-in account at a SIP server. Carries out what RegistrationMachine decides and moves
/// messages between the connection and the parts: OcsParts at servers of Microsoft's, SimpleParts
/// at others. Main thread.
class SipSession : public Session, private SipLink {
    Q_OBJECT
public:
    SipSession(const SettingValues &settings, SessionServices &services, QObject *parent = nullptr);
    ~SipSession() override;

    State state() const override { return m_state; }
    void open(const Presence &initial) override;
    void close() override;
    void probe() override;
    Async<SentMessage> send(const OutgoingMessage &message) override;
    Async<void> setPresence(const Presence &presence) override;
    /// Where TLS-DSK gets its certificates from, instead of the server's web services. Before
    /// open().
    void setCertificateSource(std::unique_ptr<CertificateSource> source);
    /// Our own data at the server, for what publishes a calendar; nullptr while signed out.
    SipSelf *self() const { return m_ocs.self(); }
    RosterFacet *roster() override { return m_plain ? m_simple.roster() : m_ocs.roster(); }
    AccessFacet *access() override { return m_plain ? nullptr : m_ocs.access(); }
    TypingFacet *typing() override { return m_plain ? m_simple.typing() : m_ocs.typing(); }
    DirectoryFacet *directory() override { return m_plain ? nullptr : m_ocs.directory(); }
    RoomFacet *rooms() override { return m_ocs.rooms(); }
    ConferenceFacet *conferences() override { return m_ocs.conferences(); }
    FileTransferFacet *files() override { return m_plain ? nullptr : m_ocs.files(); }

private:
    // SipLink
    SessionServices &services() override { return m_services; }
    const LocalIdentity &identity() const override { return m_registration->identity(); }
    const RegistrationInfo &registration() const override { return m_registration->info(); }
    RandomBytes random() const override;
    void send(const SipMessage &request, SipReplyHandler handler,
        std::chrono::milliseconds limit) override;
    void sendOnly(const SipMessage &request) override;
    void respond(const SipMessage &response) override;
    void tell(const SessionEvent &told) override;

    void prepare(const QString &password);
    void discover();
    void begin(const QList<Candidate> &found, const std::optional<Error> &trouble = {});
    void rememberSecurity();
    void tellMended(const QString &code, const QString &text, const QString &words);
    bool searchInstead(const Error &why);
    void dropRegistration();
    void execute(const QList<RegistrationEffect> &effects);
    void perform(const regeffect::Connect &effect);
    void perform(const regeffect::Disconnect &effect);
    void perform(const regeffect::Send &effect);
    void perform(const regeffect::StartTimer &effect);
    void perform(const regeffect::StopTimer &effect);
    void perform(const regeffect::Authenticating &effect);
    void perform(const regeffect::Negotiate &effect);
    void perform(const regeffect::NeedCertificate &effect);
    void perform(const regeffect::FellBack &effect);
    void perform(const regeffect::Registered &effect);
    void perform(const regeffect::Failed &effect);
    void perform(const regeffect::SignedOut &effect);
    void perform(const regeffect::UserAgentLearned &effect);
    void perform(const regeffect::Remark &effect);

    void step(const RegistrationInput &input);
    void received(const SipMessage &message);
    void processResponse(const SipMessage &response);
    void processRequest(const SipMessage &request);
    bool accepted(const SipMessage &message);
    SipRequests::Hooks requestHooks();
    void tellWhatWorked();
    void startParts();
    void dropParts();
    void setState(State state);
    void end(const std::optional<Error> &why);

    SettingValues m_settings;
    SessionServices &m_services;
    State m_state = State::Offline;
    Presence m_initial;
    int m_generation = 0; ///< counts open(): answers to questions of an earlier one are ignored

    std::unique_ptr<WebServices> m_web;
    std::unique_ptr<ServerFinder> m_finder;
    bool m_byMemory = false; ///< the server of the last time is being tried, nothing else
    std::optional<Error> m_gone; ///< why the server of the last time was of no use
    QString m_goneFrom; ///< its name
    std::unique_ptr<CertificateSource> m_certificates;
    bool m_kerberosUnreachable = false; ///< found out by the last sign-in; forgotten on close()
    bool m_certificatesGiven = false;
    std::unique_ptr<RegistrationMachine> m_registration;
    QMap<RegistrationTimer, std::shared_ptr<Timer>> m_timers;
    SipConnection m_connection;
    SipRequests m_requests;
    bool m_unsignedReported = false;

    bool m_plain = false; ///< the server is a plain SIP server, as far as we know
    OcsParts m_ocs;
    SimpleParts m_simple { *this }; ///< instead of m_ocs, where m_plain
};

} // namespace linchpin::sip
