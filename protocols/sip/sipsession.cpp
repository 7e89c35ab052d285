// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/sipsession.h"

#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/registration/sipfailures.h"
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
constexpr auto securityKey = u"sign-in-security"; ///< SecurityMemory

/// Kept for the life of the account: the registrar tells devices apart by it ([MS-SIPRE] 2.2).
QByteArray deviceId(SessionServices &services)
{
    const QString key = u"epid"_s;
    QByteArray epid = services.state(key);
    if (epid.size() != qsizetype { 2 } * epidBytes) {
        epid = services.randomBytes(epidBytes).toHex();
        services.setState(key, epid);
    }
    return epid;
}

/// The server has signed us out, [MS-SIPREGE] 3.2.5.
std::optional<reginput::Deregistered> deregistration(const SipMessage &request)
{
    if ((request.method != "NOTIFY" && request.method != "BENOTIFY")
        || request.header("Event").toLower() != "registration-notify") {
        return std::nullopt;
    }
    const auto parameters = parseParameters(QByteArrayView(request.body).trimmed());
    const auto diagnostics = parseDiagnostics(request.header("ms-diagnostics-public"));
    return reginput::Deregistered { parameters ? parameters->value("event") : QByteArray(),
        diagnostics ? QString::fromUtf8(diagnostics->reason()) : QString() };
}

} // namespace

void rememberFoundServer(
    const SettingValues &found, const SettingValues &chosen, SessionServices &services)
{
    const Candidate candidate { .host = found.text(u"server"_s),
        .port = found.port(u"port"_s),
        .tls = found.text(u"connection"_s) != u"plain"_s,
        .source = Candidate::Source::Srv };
    if (services.state(QString(serverKey)).isEmpty() && candidate.port != 0) {
        services.setState(QString(serverKey), rememberedServer(serverSettings(chosen), candidate));
    }
}

SipSession::SipSession(const SettingValues &settings, SessionServices &services, QObject *parent)
    : Session(parent)
    , m_settings(settings)
    , m_services(services)
    , m_connection(services,
          { .happened = [this](const RegistrationInput &input) { step(input); },
              .received = [this](const SipMessage &message) { received(message); } })
    , m_requests(services, random(), requestHooks())
    , m_plain(dialectOf(settings) == Dialect::Plain)
    , m_ocs(*this, m_settings)
{
}

SipSession::~SipSession()
{
    blockSignals(true); // whoever listens may be half gone
    dropParts();
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
    if (received && received->message.conversation == ConversationKind::Person) {
        m_ocs.heardFrom(received->message.with);
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
    m_gone.reset();
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
            begin(*found, m_finder->trouble());
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
    qCInfo(lcSip) << "not where it was:" << why.code << why.detail;
    m_byMemory = false;
    m_gone = why;
    m_goneFrom = m_registration ? m_registration->serverName() : QString();
    m_services.setState(QString(serverKey), {});
    perform(regeffect::Disconnect {});
    ++m_generation;
    dropRegistration();
    discover();
    return true;
}

void SipSession::begin(const QList<Candidate> &found, const std::optional<Error> &trouble)
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
        .authorityFile = m_settings.text(u"ca-file"_s),
        .pinnedCertificate = m_settings.text(u"pinned-certificate"_s),
        .workstation = QSysInfo::machineHostName().section(u'.', 0, 0).left(15) };
    config.auth = { .scheme = m_settings.text(u"auth"_s),
        .singleSignOn = who.singleSignOn,
        .skipKerberos = m_kerberosUnreachable && !who.singleSignOn,
        .hasCertificates = m_certificates != nullptr,
        .digest = digestCredentials(who),
        .login = who.login,
        .address = who.address };
    config.dialect = dialectOf(m_settings);
    config.allowPlain = serverSettings(m_settings).connection == ConnectionChoice::Plain;
    config.candidates = found;
    config.trouble = trouble;
    config.memory = SecurityMemory::fromState(m_services.state(QString(securityKey)));
    m_registration = std::make_unique<RegistrationMachine>(config,
        signInMechanisms(who, random(), [&services = m_services] { return services.now(); }),
        random());
    execute(m_registration->start());
}

void SipSession::step(const RegistrationInput &input)
{
    if (m_state == State::Closing && std::holds_alternative<reginput::Lost>(input)) {
        end(std::nullopt); // that, too, is signed out
    } else if (m_registration) {
        execute(m_registration->step(input));
    }
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
    m_connection.open(effect.candidate);
}

void SipSession::perform(const regeffect::Disconnect &)
{
    m_connection.close();
    m_timers.clear();
}

void SipSession::perform(const regeffect::Send &effect)
{
    m_connection.write(effect.request);
}

void SipSession::perform(const regeffect::StartTimer &effect)
{
    m_timers[effect.timer] = m_services.timer(
        effect.in, [this, timer = effect.timer] { step(reginput::TimerFired { timer }); });
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
            if (generation == m_generation) {
                step(reginput::Negotiated { id, token });
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
                if (generation != m_generation) {
                    return;
                }
                if (certificate) {
                    step(reginput::CertificateReady { id, *certificate });
                } else {
                    step(reginput::CertificateFailed { id, certificate.error() });
                }
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
            tell(ServerNotice { ServerNotice::Severity::Mended, failure.error.code,
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
        m_requests.resend();
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
            tellWhatWorked();
            rememberSecurity();
            // Names of the company's network are not known at home: nothing to tell people about.
            if (m_gone && m_gone->code != u"name-not-found"_s && !m_goneFrom.isEmpty()) {
                tellMended(m_gone->code,
                    anotherServer(m_goneFrom, *m_gone, m_registration->serverName()),
                    m_gone->detail);
            }
            m_gone.reset();
        }
        startParts();
    }
    if (m_registration) {
        m_connection.keepAlive(m_registration->info().keepAlive);
    }
}

/// For the user to see, and for the next sign-in to begin with; never over what was set by hand.
void SipSession::tellWhatWorked()
{
    const Candidate &candidate = m_registration->candidate();
    // A redirect belongs to this sign-in alone.
    if (candidate.source != Candidate::Source::Redirect) {
        tell(SettingLearned { u"server"_s, candidate.host });
        tell(SettingLearned { u"port"_s, int(candidate.port) });
        tell(SettingLearned { u"connection"_s, candidate.tls ? u"tls"_s : u"plain"_s });
    }
    if (m_registration->isAuthenticated()) {
        tell(SettingLearned { u"auth"_s, QString::fromLatin1(m_registration->scheme()).toLower() });
    }
    tell(SettingLearned {
        u"user-agent"_s, QString::fromUtf8(m_registration->identity().userAgent) });
}

/// For the next time: a server that offers less then has changed, or is another one.
void SipSession::rememberSecurity()
{
    SecurityMemory memory = SecurityMemory::fromState(m_services.state(QString(securityKey)));
    memory.remember(m_registration->candidate(), m_registration->scheme().toLower());
    const QByteArray state = memory.toState();
    if (state != m_services.state(QString(securityKey))) {
        m_services.setState(QString(securityKey), state);
    }
}

void SipSession::tellMended(const QString &code, const QString &text, const QString &words)
{
    qCInfo(lcSip).noquote() << "mended:" << code << text << words;
    tell(ServerNotice { ServerNotice::Severity::Mended, code, text, words });
}

void SipSession::perform(const regeffect::Remark &effect)
{
    if (!effect.warning) {
        tellMended(effect.code, effect.text, effect.words);
        return;
    }
    qCWarning(lcSip).noquote() << effect.code << effect.text << effect.words;
    tell(ServerNotice { ServerNotice::Severity::Warning, effect.code, effect.text, effect.words });
}

void SipSession::startParts()
{
    m_plain = m_registration->info().plain;
    if (!m_plain) {
        m_ocs.prepare(m_initial, *m_web);
    }
    const int generation = m_generation;
    setState(State::Online);
    if (generation != m_generation || m_state != State::Online) {
        return;
    }
    if (m_plain) {
        m_simple.start(m_initial);
    } else {
        m_ocs.start();
    }
}

void SipSession::dropParts()
{
    m_simple.stop();
    m_ocs.stop();
    m_requests.clear();
}

void SipSession::perform(const regeffect::UserAgentLearned &effect)
{
    const QString userAgent = QString::fromUtf8(effect.userAgent);
    tell(SettingLearned { u"user-agent"_s, userAgent });
    tellMended(u"user-agent-rejected"_s,
        Text::tr("The server refused the client version; it accepts \"%1\", which is kept.")
            .arg(userAgent),
        effect.refusal);
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
    m_ocs.close();
    m_simple.close([this] { step(reginput::SignOut {}); });
}

void SipSession::probe()
{
    step(reginput::Probe {});
}

Async<SentMessage> SipSession::send(const OutgoingMessage &message)
{
    if (m_plain) {
        return m_simple.send(message);
    }
    return m_state == State::Online ? m_ocs.send(message) : readyError<SentMessage>(notSignedIn());
}

Async<void> SipSession::setPresence(const Presence &presence)
{
    m_initial = presence;
    if (m_plain) {
        return m_simple.setPresence(presence);
    }
    return m_state == State::Online ? m_ocs.setPresence(presence) : readyError<void>(notSignedIn());
}

// ---------------------------------------------------------------- the wire

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

void SipSession::received(const SipMessage &message)
{
    if (!m_registration) {
        return;
    }
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
        step(reginput::Response { response, m_services.now() });
        return;
    }
    if (accepted(response)) {
        m_requests.receive(response);
    }
}

SipRequests::Hooks SipSession::requestHooks()
{
    return { .sign =
                 [this](SipMessage &request) {
                     if (m_registration) {
                         m_registration->sign(request);
                     }
                 },
        .write = [this](const SipMessage &request) { m_connection.write(request); },
        .challenged =
            [this](const SipMessage &request, const SipMessage &challenge) {
                if (canBeNumberedAnew(request) && m_registration->takeDigest(challenge)) {
                    return SipRequests::Challenge::SendAnew;
                }
                const bool lost = challenge.status == 401 && m_registration->isAuthenticated();
                return lost ? SipRequests::Challenge::Hold : SipRequests::Challenge::Refusal;
            },
        .held = [this] { step(reginput::AssociationLost {}); },
        .late = [this](const SipMessage &response) { m_ocs.receiveLate(response); } };
}

void SipSession::send(
    const SipMessage &request, SipReplyHandler handler, std::chrono::milliseconds limit)
{
    m_requests.send(request, std::move(handler), limit);
}

void SipSession::sendOnly(const SipMessage &request)
{
    SipMessage out = request;
    if (m_registration) {
        m_registration->sign(out);
    }
    m_connection.write(out);
}

void SipSession::respond(const SipMessage &response)
{
    m_connection.write(response);
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
    const auto over = deregistration(request);
    if (!over) {
        m_ocs.receive(request);
        return;
    }
    if (request.method == "NOTIFY") {
        respond(makeResponse(request, 200, "OK"_ba, identity(), randomHex(random(), 5)));
    }
    step(*over);
}

} // namespace linchpin::sip
