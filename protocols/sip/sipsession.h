// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/session.h"
#include "core/sdk/sessionservices.h"
#include "core/sdk/settingsschema.h"
#include "protocols/sip/auth/clientcertificate.h"
#include "protocols/sip/registration/registrationmachine.h"
#include "protocols/sip/session/serverfinder.h"
#include "protocols/sip/session/simpleparts.h"
#include "protocols/sip/session/sipaccess.h"
#include "protocols/sip/session/sipconferences.h"
#include "protocols/sip/session/sipconversations.h"
#include "protocols/sip/session/sipdirectory.h"
#include "protocols/sip/session/sipexchange.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sippresence.h"
#include "protocols/sip/session/siproster.h"
#include "protocols/sip/transaction/transactionmachine.h"
#include "protocols/sip/wire/sipframer.h"

#include <QHash>
#include <QMap>

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace linchpin::sip {

/// One signed-in OCS or Lync account. Carries out what RegistrationMachine decides, moves messages
/// between the connection and the parts (contacts, presence, conversations). Main thread.
class SipSession : public Session, private SipLink, private RosterFacet, private TypingFacet {
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
    SipSelf *self() const { return m_presence ? &m_presence->self() : nullptr; }
    RosterFacet *roster() override { return m_plain ? m_simple.roster() : this; }
    AccessFacet *access() override { return m_hasAccess ? &m_access : nullptr; }
    TypingFacet *typing() override { return m_plain ? m_simple.typing() : this; }
    DirectoryFacet *directory() override { return m_plain ? nullptr : &m_directory; }
    RoomFacet *rooms() override { return m_conferences.isStarted() ? &m_conferences : nullptr; }
    ConferenceFacet *conferences() override
    {
        return m_conferences.isAvailable() ? &m_conferences : nullptr;
    }

private:
    struct Waiting {
        SipMessage request; ///< as sent, for a second try after 401
        SipReplyHandler handler;
        std::chrono::milliseconds limit { 0 };
        bool repeated = false;
        std::unique_ptr<Timer> timer;
    };

    // Facets live as long as the session, the parts only while signed in.
    Async<void> add(const ContactSnapshot &contact) override;
    Async<void> remove(const ContactAddress &address) override;
    Async<void> update(const ContactSnapshot &contact) override;
    Async<void> setBlocked(const ContactAddress &address, bool blocked) override;
    Async<void> answer(const ContactAddress &address, bool allow) override;
    void setTyping(const QString &to, ConversationKind conversation, bool composing) override;

    // SipLink
    SessionServices &services() override { return m_services; }
    const LocalIdentity &identity() const override { return m_registration->identity(); }
    const RegistrationInfo &registration() const override { return m_registration->info(); }
    RandomBytes random() const override;
    void send(const SipMessage &request, SipReplyHandler handler,
        std::chrono::milliseconds limit) override;
    void sendOnly(const SipMessage &request) override;
    void respond(const SipMessage &response) override;
    void tell(const SessionEvent &event) override;

    void sendTracked(Waiting waiting);
    void prepare(const QString &password);
    void discover();
    void begin(const QList<Candidate> &found);
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

    void received(const QByteArray &bytes);
    void process(const SipMessage &message);
    void processResponse(const SipMessage &response);
    void processRequest(const SipMessage &request);
    bool accepted(const SipMessage &message);
    void finish(TransactionMachine::Id id, const SipReply &reply);
    void write(const QByteArray &bytes);
    void keepAlive();
    void startParts();
    void startSimpleParts();
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
    std::unique_ptr<CertificateSource> m_certificates;
    bool m_kerberosUnreachable = false; ///< found out by the last sign-in; forgotten on close()
    bool m_certificatesGiven = false;
    std::unique_ptr<RegistrationMachine> m_registration;
    std::shared_ptr<Transport> m_transport;
    int m_connection = 0; ///< counts connections, for the same reason
    SipFramer m_framer;
    QMap<RegistrationTimer, std::shared_ptr<Timer>> m_timers;
    std::unique_ptr<Timer> m_keepAlive;
    QDateTime m_lastWrite;
    TransactionMachine m_transactions;
    std::map<TransactionMachine::Id, Waiting> m_waiting;
    std::vector<Waiting> m_unauthenticated; ///< to be sent again under a new association
    bool m_unsignedReported = false;

    SipAccess m_access;
    bool m_hasAccess = true; ///< until a server turns out to keep no access levels
    SipDirectory m_directory;
    SipExchange m_exchange { *this, m_settings };
    std::unique_ptr<SipPresence> m_presence;
    std::unique_ptr<SipRoster> m_roster;
    std::unique_ptr<SipConversations> m_conversations;
    SimpleParts m_simple { *this }; ///< instead of those above, where m_plain
    bool m_plain = false; ///< the server is a plain SIP server, as far as we know
    SipConferences m_conferences;
};

} // namespace linchpin::sip
