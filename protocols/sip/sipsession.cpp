// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/sipsession.h"

#include "protocols/sip/conference/conferenceaddress.h"
#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/session/immessages.h"
#include "protocols/sip/session/signinmechanisms.h"
#include "protocols/sip/sipsettings.h"
#include "protocols/sip/transaction/repeatedrequest.h"
#include "protocols/sip/webservices/certificateprovisioner.h"
#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipparser.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QSysInfo>
#include <QThreadPool>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

Q_LOGGING_CATEGORY(lcSip, "linchpin.sip", QtInfoMsg)

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipSession)
};

constexpr int epidBytes = 6;
constexpr auto serverKey = u"server"; ///< where signing in worked the last time

/// Kept for the life of the account: the registrar tells devices apart by it ([MS-SIPRE] 2.2).
QByteArray deviceId(SessionServices &services)
{
    const QString key = u"epid"_s;
    QByteArray epid = services.state(key);
    if (epid.size() != 2 * epidBytes) {
        epid = services.randomBytes(epidBytes).toHex();
        services.setState(key, epid);
    }
    return epid;
}

} // namespace

SipSession::SipSession(const SettingValues &settings, SessionServices &services, QObject *parent)
    : Session(parent)
    , m_settings(settings)
    , m_services(services)
    , m_directory(*this, settings.isOn(u"web-photos"_s))
    , m_plain(dialectOf(settings) == Dialect::Plain)
    , m_conferences(*this)
{
}

SipSession::~SipSession()
{
    dropParts();
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
    }
}

RandomBytes SipSession::random() const
{
    return [&services = m_services](int count) { return services.randomBytes(count); };
}

void SipSession::setState(State state)
{
    if (m_state != state) {
        m_state = state;
        Q_EMIT stateChanged(state);
    }
}

void SipSession::tell(const SessionEvent &told)
{
    const auto *const received = std::get_if<MessageReceived>(&told);
    if (received && m_presence && received->message.conversation == ConversationKind::Person) {
        m_presence->glance(received->message.with);
    }
    Q_EMIT event(told);
}

// ---------------------------------------------------------------- signing in

void SipSession::open(const Presence &initial)
{
    if (m_state != State::Offline) {
        return;
    }
    m_initial = initial;
    ++m_generation;
    setState(State::Connecting);
    if (m_settings.isOn(u"single-sign-on"_s)) {
        prepare({});
        return;
    }
    m_services.secret(u"password"_s)
        .then(this, [this, generation = m_generation](const Result<QString> &password) {
            if (generation != m_generation || m_state != State::Connecting) {
                return;
            }
            if (password) {
                prepare(*password);
            } else {
                end(password.error());
            }
        });
}

void SipSession::prepare(const QString &password)
{
    m_finder.reset();
    if (!m_certificatesGiven) {
        m_certificates.reset();
    }
    m_web = std::make_unique<WebServices>(m_services, webIdentity(m_settings, password));
    if (!m_certificatesGiven) {
        m_certificates = std::make_unique<CertificateProvisioner>(
            *m_web, instanceFromEpid(deviceId(m_services)));
    }
    const auto known
        = fromRemembered(serverSettings(m_settings), m_services.state(QString(serverKey)));
    m_byMemory = known.has_value();
    if (known) {
        begin({ *known });
    } else {
        discover();
    }
}

void SipSession::discover()
{
    m_finder = std::make_unique<ServerFinder>(m_settings, m_services, *m_web);
    m_finder->find([this, generation = m_generation](const Result<QList<Candidate>> &found) {
        if (generation != m_generation || m_state != State::Connecting) {
            return;
        }
        if (found) {
            begin(*found);
        } else {
            end(found.error());
        }
    });
}

void SipSession::setCertificateSource(std::unique_ptr<CertificateSource> source)
{
    m_certificates = std::move(source);
    m_certificatesGiven = m_certificates != nullptr;
}

/// The server of the last time may have moved, or be of another network: then search anew.
bool SipSession::searchInstead(const Error &why)
{
    if (!m_byMemory || m_state != State::Connecting) {
        return false;
    }
    qCDebug(lcSip) << "not where it was:" << why.code << why.detail;
    m_byMemory = false;
    m_services.setState(QString(serverKey), {});
    perform(regeffect::Disconnect {});
    ++m_generation;
    dropRegistration();
    discover();
    return true;
}

void SipSession::begin(const QList<Candidate> &found)
{
    RegistrationConfig config;
    config.identity.address = m_settings.text(u"address"_s).trimmed().toLower().toUtf8();
    config.identity.epid = deviceId(m_services);
    const UserAgentPlan plan = userAgentPlan(m_settings);
    config.userAgents = plan.order;
    config.suggestedUserAgent = plan.suggestion;
    const ProxySettings proxy = m_services.proxy();
    const SignIn who { .address = m_settings.text(u"address"_s),
        .login = m_settings.text(u"login"_s),
        .password = m_web->identity().user.password,
        .singleSignOn = m_settings.isOn(u"single-sign-on"_s),
        .proxied
        = proxy.type == ProxySettings::Type::Http || proxy.type == ProxySettings::Type::Socks5,
        .workstation = QSysInfo::machineHostName().section(u'.', 0, 0).left(15) };
    config.auth = { .scheme = m_settings.text(u"auth"_s),
        .singleSignOn = who.singleSignOn,
        .skipKerberos = m_kerberosUnreachable && !who.singleSignOn,
        .hasCertificates = m_certificates != nullptr,
        .digest = digestCredentials(who) };
    config.dialect = dialectOf(m_settings);
    config.allowPlain = serverSettings(m_settings).connection == ConnectionChoice::Plain;
    config.candidates = found;
    m_registration = std::make_unique<RegistrationMachine>(config,
        signInMechanisms(who, random(), [&services = m_services] { return services.now(); }),
        random());
    execute(m_registration->start());
}

void SipSession::execute(const QList<RegistrationEffect> &effects)
{
    const int generation = m_generation;
    for (const RegistrationEffect &effect : effects) {
        if (generation != m_generation) {
            return;
        }
        std::visit([this](const auto &e) { perform(e); }, effect);
    }
}

void SipSession::perform(const regeffect::Connect &effect)
{
    qCDebug(lcSip) << "trying" << effect.candidate.host << effect.candidate.port;
    m_framer = SipFramer();
    const int connection = ++m_connection;
    Endpoint endpoint;
    endpoint.host = effect.candidate.host;
    endpoint.port = effect.candidate.port;
    endpoint.security = effect.candidate.tls ? Endpoint::Security::Tls : Endpoint::Security::Plain;
    m_services.connectTo(endpoint).then(
        this, [this, connection](const Result<std::shared_ptr<Transport>> &result) {
            if (connection != m_connection || !m_registration) {
                return;
            }
            if (!result) {
                execute(m_registration->step(reginput::ConnectFailed { result.error() }));
                return;
            }
            m_transport = *result;
            connect(m_transport.get(), &Transport::received, this, &SipSession::received);
            connect(m_transport.get(), &Transport::closed, this, [this](const Error &why) {
                if (m_registration) {
                    execute(m_registration->step(reginput::Lost { why }));
                }
            });
            execute(m_registration->step(reginput::Connected {
                hostLiteral(m_transport->localAddress()), m_transport->localPort() }));
        });
}

void SipSession::perform(const regeffect::Disconnect &)
{
    ++m_connection;
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
        // It may be what called us: it goes when the event loop comes round.
        QMetaObject::invokeMethod(this, [old = std::move(m_transport)] { }, Qt::QueuedConnection);
        m_transport.reset();
    }
    m_timers.clear();
    m_keepAlive.reset();
}

void SipSession::perform(const regeffect::Send &effect)
{
    write(serialize(effect.request));
}

void SipSession::perform(const regeffect::StartTimer &effect)
{
    m_timers[effect.timer] = m_services.timer(effect.in, [this, timer = effect.timer] {
        if (m_registration) {
            execute(m_registration->step(reginput::TimerFired { timer }));
        }
    });
}

void SipSession::perform(const regeffect::StopTimer &effect)
{
    m_timers.remove(effect.timer);
}

void SipSession::perform(const regeffect::Authenticating &)
{
    setState(State::Authenticating);
}

void SipSession::perform(const regeffect::Negotiate &effect)
{
    QPromise<AuthToken> promise;
    promise.start();
    promise.future().then(
        this, [this, id = effect.id, generation = m_generation](const AuthToken &token) {
            if (generation == m_generation && m_registration) {
                execute(m_registration->step(reginput::Negotiated { id, token }));
            }
        });
    // A Kerberos server may take its time; the window must not wait with us.
    QThreadPool::globalInstance()->start(
        [work = effect.work, promise = std::move(promise)]() mutable {
            promise.addResult(work());
            promise.finish();
        });
}

void SipSession::perform(const regeffect::NeedCertificate &effect)
{
    m_certificates->certificate(effect.service, effect.renew)
        .then(this,
            [this, id = effect.id, generation = m_generation](
                const Result<ClientCertificate> &certificate) {
                if (generation != m_generation || !m_registration) {
                    return;
                }
                execute(certificate
                        ? m_registration->step(reginput::CertificateReady { id, *certificate })
                        : m_registration->step(
                              reginput::CertificateFailed { id, certificate.error() }));
            });
}

void SipSession::perform(const regeffect::FellBack &effect)
{
    for (const SchemeFailure &failure : effect.failures) {
        qCInfo(lcSip).noquote() << failure.scheme << "did not work:" << failure.error.code
                                << failure.error.detail;
        // Signing in again after a cut shall not wait for it again.
        m_kerberosUnreachable
            = m_kerberosUnreachable || failure.error.code == u"kerberos-unreachable"_s;
        if (!failure.expected) {
            tell(ServerNotice { ServerNotice::Severity::Information, failure.error.code,
                Text::tr("Signed in with %1, because %2 did not work: %3")
                    .arg(QString::fromLatin1(effect.scheme), QString::fromLatin1(failure.scheme),
                        failure.error.title),
                failure.error.detail });
        }
    }
}

void SipSession::perform(const regeffect::Registered &effect)
{
    if (effect.reauthenticated) {
        for (Waiting &waiting : std::exchange(m_unauthenticated, {})) {
            sendTracked(std::move(waiting));
        }
    }
    if (effect.first || effect.renewed) {
        qCDebug(lcSip) << "registered with" << m_registration->info().server
                       << (effect.renewed ? "again" : "");
        if (effect.first) {
            const QByteArray server
                = rememberedServer(serverSettings(m_settings), m_registration->candidate());
            if (!server.isEmpty()) {
                m_services.setState(QString(serverKey), server);
            }
        }
        startParts();
        keepAlive();
    }
}

void SipSession::startSimpleParts()
{
    m_hasAccess = false;
    const int generation = m_generation;
    setState(State::Online);
    if (generation == m_generation && m_state == State::Online) {
        m_simple.start(m_initial);
    }
}

void SipSession::startParts()
{
    m_plain = m_registration->info().plain;
    if (m_plain) {
        startSimpleParts();
        return;
    }
    SipPresence::Hooks hooks;
    hooks.cardChanged = [this](const QString &address, const sip::ContactCard &card) {
        if (m_roster) {
            m_roster->cardChanged(address, card);
        }
    };
    hooks.blockedChanged = [this] {
        if (m_roster) {
            m_roster->blockedChanged();
        }
    };
    hooks.provisioned = [this](const QByteArray &body) {
        m_directory.provisioned(body);
        m_conferences.setFactory(focusFactory(body));
    };
    m_directory.attach(*m_web, { .known = [this](const QString &address) {
        return m_presence ? m_presence->known(address) : std::nullopt;
    } });
    // After the server had lost us, subscriptions begin anew; conversations go on.
    m_roster.reset();
    SipLink &link = *this;
    m_access.setSelf(nullptr, {});
    m_presence = std::make_unique<SipPresence>(link, m_initial, hooks);
    m_hasAccess = m_registration->info().hasCategories();
    m_access.setSelf(&m_presence->self(), m_settings.text(u"address"_s));
    m_roster = std::make_unique<SipRoster>(link, *m_presence, m_exchange);
    m_exchange.start(m_presence->self());
    if (!m_conversations) {
        m_conversations = std::make_unique<SipConversations>(link);
    }
    const int generation = m_generation;
    setState(State::Online);
    if (generation == m_generation && m_state == State::Online) {
        m_roster->start();
        m_presence->start();
        if (m_registration->info().hasCategories()) {
            m_conferences.start();
        }
    }
}

void SipSession::dropParts()
{
    m_simple.stop();
    m_conferences.stop();
    m_exchange.stop();
    m_conversations.reset();
    m_directory.detach();
    m_roster.reset();
    m_access.setSelf(nullptr, {});
    m_presence.reset();
    m_transactions.endAll();
    m_waiting.clear();
    m_unauthenticated.clear();
}

void SipSession::perform(const regeffect::UserAgentLearned &effect)
{
    const QString userAgent = QString::fromUtf8(effect.userAgent);
    tell(SettingLearned { u"user-agent"_s, userAgent });
    tell(ServerNotice { ServerNotice::Severity::Mended, u"user-agent-rejected"_s,
        Text::tr("The server refused the client version; it accepts \"%1\", which is kept.")
            .arg(userAgent),
        effect.refusal });
}

void SipSession::perform(const regeffect::Failed &effect)
{
    if (searchInstead(effect.error)) {
        return;
    }
    qCDebug(lcSip) << "over:" << effect.error.code << effect.error.detail;
    end(effect.error);
}

void SipSession::perform(const regeffect::SignedOut &)
{
    end(std::nullopt);
}

void SipSession::end(const std::optional<Error> &why)
{
    perform(regeffect::Disconnect {});
    ++m_generation;
    dropParts();
    m_unsignedReported = false;
    dropRegistration();
    setState(State::Offline);
    if (why) {
        Q_EMIT ended(*why);
    }
}

/// The machine, or the search, may be what called us: they go when the event loop comes round.
void SipSession::dropRegistration()
{
    QMetaObject::invokeMethod(
        this,
        [registration = std::shared_ptr<RegistrationMachine>(std::move(m_registration)),
            finder = std::shared_ptr<ServerFinder>(std::move(m_finder))] { },
        Qt::QueuedConnection);
}

void SipSession::close()
{
    if (m_state == State::Offline || m_state == State::Closing) {
        return;
    }
    if (!m_registration) {
        end(std::nullopt);
        return;
    }
    setState(State::Closing);
    m_kerberosUnreachable = false;
    m_conferences.close();
    if (m_conversations) {
        m_conversations->close();
    }
    m_simple.close();
    execute(m_registration->step(reginput::SignOut {}));
}

void SipSession::probe()
{
    if (m_registration) {
        execute(m_registration->step(reginput::Probe {}));
    }
}

Async<SentMessage> SipSession::send(const OutgoingMessage &message)
{
    if (m_plain) {
        return m_simple.send(message);
    }
    if (m_state != State::Online || !m_conversations) {
        return readyError<SentMessage>(notSignedIn());
    }
    return message.conversation == ConversationKind::Room ? m_conferences.send(message)
                                                          : m_conversations->send(message);
}

Async<void> SipSession::setPresence(const Presence &presence)
{
    m_initial = presence;
    if (m_plain) {
        return m_simple.setPresence(presence);
    }
    if (m_state != State::Online || !m_presence) {
        return readyError<void>(notSignedIn());
    }
    Answer<void> answer;
    m_presence->setPresence(presence, answer);
    return answer.future();
}

Async<void> SipSession::add(const ContactSnapshot &contact)
{
    return m_roster ? m_roster->add(contact) : readyError<void>(notSignedIn());
}

Async<void> SipSession::remove(const ContactAddress &address)
{
    return m_roster ? m_roster->remove(address) : readyError<void>(notSignedIn());
}

Async<void> SipSession::update(const ContactSnapshot &contact)
{
    return m_roster ? m_roster->update(contact) : readyError<void>(notSignedIn());
}

Async<void> SipSession::setBlocked(const ContactAddress &address, bool blocked)
{
    return m_roster ? m_roster->setBlocked(address, blocked) : readyError<void>(notSignedIn());
}

Async<void> SipSession::answer(const ContactAddress &address, bool allow)
{
    return m_roster ? m_roster->answer(address, allow) : readyError<void>(notSignedIn());
}

void SipSession::setTyping(const QString &to, ConversationKind conversation, bool composing)
{
    if (conversation == ConversationKind::Room) {
        m_conferences.setTyping(to, composing);
    } else if (m_conversations) {
        m_conversations->setTyping(to, conversation, composing);
    }
}

// ---------------------------------------------------------------- the wire

void SipSession::write(const QByteArray &bytes)
{
    if (m_transport) {
        m_lastWrite = m_services.now();
        m_transport->write(bytes);
    }
}

void SipSession::keepAlive()
{
    const auto interval = m_registration ? m_registration->info().keepAlive : 0s;
    if (interval <= 0s) {
        m_keepAlive.reset();
        return;
    }
    // [MS-CONMGMT] 3.4.5: two line ends when nothing was sent for that long; somewhat earlier.
    const std::chrono::milliseconds due = interval * 9 / 10;
    const auto silent = std::chrono::milliseconds(m_lastWrite.msecsTo(m_services.now()));
    if (silent >= due) {
        write("\r\n\r\n"_ba);
    }
    const auto left = silent >= due ? due : due - silent;
    m_keepAlive = m_services.timer(left, [this] { keepAlive(); });
}

void SipSession::received(const QByteArray &bytes)
{
    m_framer.feed(bytes);
    const int connection = m_connection;
    while (connection == m_connection && m_registration) {
        const auto frame = m_framer.next();
        if (!frame) {
            execute(m_registration->step(reginput::Unreadable { frame.error() }));
            return;
        }
        if (!*frame) {
            return;
        }
        const auto message = parseMessage(**frame);
        if (!message) {
            // The frame was whole: what follows it can still be read.
            qCWarning(lcSip).noquote() << "a message was ignored:" << message.error().detail;
            continue;
        }
        process(*message);
    }
}

/// [MS-SIPAE] 3.2.5.2: once there is an association everything final and every request is signed.
bool SipSession::accepted(const SipMessage &message)
{
    const auto verified = m_registration->verify(message);
    if (verified) {
        return true;
    }
    if (verified.error() == SignatureProblem::Wrong) {
        end(badSignature());
        return false;
    }
    if (!std::exchange(m_unsignedReported, true)) {
        tell(ServerNotice { ServerNotice::Severity::Warning, u"unsigned-message"_s,
            Text::tr(
                "A message without a valid signature came over the connection; it was ignored."),
            QString::fromUtf8(
                message.isRequest() ? message.method : QByteArray::number(message.status)) });
    }
    return false;
}

void SipSession::process(const SipMessage &message)
{
    if (const QByteArray problem = headerProblem(message); !problem.isEmpty()) {
        qCWarning(lcSip) << "a message was ignored for its" << problem;
        if (isAnswerable(message)) {
            respond(makeResponse(
                message, 400, "Bad "_ba + problem, identity(), randomHex(random(), 5)));
        }
        return;
    }
    if (message.isResponse()) {
        processResponse(message);
    } else {
        processRequest(message);
    }
}

void SipSession::processResponse(const SipMessage &response)
{
    const auto cseq = parseCSeq(response.header("CSeq"));
    if (cseq && cseq->method == "REGISTER") {
        execute(m_registration->step(reginput::Response { response, m_services.now() }));
        return;
    }
    if (!accepted(response)) {
        return;
    }
    const auto match = m_transactions.receive(response);
    if (!match && m_conversations) {
        m_conversations->receiveLate(response);
    }
    if (!match || !match->finished) {
        return;
    }
    const auto waiting = m_waiting.find(match->id);
    const bool challenged = response.status == 401 || response.status == 407;
    if (challenged && waiting != m_waiting.end() && !waiting->second.repeated) {
        const bool digest
            = canBeNumberedAnew(waiting->second.request) && m_registration->takeDigest(response);
        if (!digest && (response.status == 407 || !m_registration->isAuthenticated())) {
            finish(match->id, response);
            return;
        }
        Waiting again = std::move(waiting->second);
        m_waiting.erase(waiting);
        again.timer.reset();
        again.repeated = true;
        if (digest) {
            numberAnew(again.request, random());
            sendTracked(std::move(again));
            return;
        }
        // The server has lost the association: the request goes out again under a new one.
        m_unauthenticated.push_back(std::move(again));
        execute(m_registration->step(reginput::AssociationLost {}));
        return;
    }
    finish(match->id, response);
}

void SipSession::finish(TransactionMachine::Id id, const SipReply &reply)
{
    const auto waiting = m_waiting.find(id);
    if (waiting == m_waiting.end()) {
        return;
    }
    const Waiting done = std::move(waiting->second);
    m_waiting.erase(waiting);
    done.handler(reply);
}

void SipSession::send(
    const SipMessage &request, SipReplyHandler handler, std::chrono::milliseconds limit)
{
    Waiting waiting;
    waiting.request = request;
    waiting.handler = std::move(handler);
    waiting.limit = limit;
    sendTracked(std::move(waiting));
}

void SipSession::sendTracked(Waiting waiting)
{
    SipMessage out = waiting.request;
    if (m_registration) {
        m_registration->sign(out);
    }
    const TransactionMachine::Id id = m_transactions.begin(out);
    waiting.timer = m_services.timer(waiting.limit, [this, id] {
        m_transactions.end(id);
        finish(id, std::unexpected(requestTimeout()));
    });
    m_waiting.insert_or_assign(id, std::move(waiting));
    write(serialize(out));
}

void SipSession::sendOnly(const SipMessage &request)
{
    SipMessage out = request;
    if (m_registration) {
        m_registration->sign(out);
    }
    write(serialize(out));
}

void SipSession::respond(const SipMessage &response)
{
    write(serialize(response));
}

void SipSession::processRequest(const SipMessage &request)
{
    if (!accepted(request)) {
        return;
    }
    if (m_plain && m_simple.isRunning()) {
        m_simple.receive(request);
        return;
    }
    const auto answer = [this, &request](int status, const QByteArray &reason) {
        return makeResponse(request, status, reason, identity(), randomHex(random(), 5));
    };
    if (request.method == "NOTIFY" || request.method == "BENOTIFY") {
        if (request.method == "NOTIFY") { // [MS-SIP] 3.5: BENOTIFY is never answered
            respond(answer(200, "OK"_ba));
        }
        if (request.header("Event").toLower() == "registration-notify") {
            const auto parameters = parseParameters(QByteArrayView(request.body).trimmed());
            const auto diagnostics = parseDiagnostics(request.header("ms-diagnostics-public"));
            execute(m_registration->step(
                reginput::Deregistered { parameters ? parameters->value("event") : QByteArray(),
                    diagnostics ? QString::fromUtf8(diagnostics->reason()) : QString() }));
            return;
        }
        if (!m_conferences.receive(request) && !(m_roster && m_roster->receive(request))
            && !m_directory.receive(request)) {
            if (m_presence) {
                m_presence->receive(request);
            }
        }
        return;
    }
    if (m_conferences.receive(request) || (m_conversations && m_conversations->receive(request))) {
        return;
    }
    if (request.method == "ACK") {
        return;
    }
    if (request.method == "OPTIONS") {
        SipMessage ok = answer(200, "OK"_ba);
        describeOwnIm(ok, identity());
        respond(ok);
        return;
    }
    const bool known = request.method == "MESSAGE" || request.method == "INFO"
        || request.method == "BYE" || request.method == "CANCEL";
    SipMessage refusal = known ? answer(481, "Call/Transaction Does Not Exist"_ba)
                               : answer(501, "Not Implemented"_ba);
    refusal.addHeader("Contact"_ba, identity().contact());
    respond(refusal);
}

} // namespace linchpin::sip
