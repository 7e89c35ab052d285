// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircsession.h"

#include "protocols/irc/ircerrors.h"
#include "protocols/irc/state/hostmask.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QPointer>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {

Q_LOGGING_CATEGORY(lcIrc, "linchpin.irc", QtInfoMsg)

constexpr auto kSignInLimit = 60s;
constexpr auto kCapLimit = 5s; // silence after CAP LS means an old server
constexpr auto kGreetingLimit = 5s; // from 001 to the end of the message of the day
constexpr auto kCloseLimit = 3s;
constexpr auto kProbeLimit = 8s;
constexpr qsizetype kBatchesAtMost = 64;
constexpr QStringView kSaslState = u"sasl";
constexpr QByteArrayView kScram = "scram"; ///< The server proved once that it knows the password.
constexpr qsizetype kMotdAtMost = qsizetype { 64 } * 1024;

/// Whether another way to the same server is worth a try: nothing secret was said yet.
bool mayTryNext(const Error &error)
{
    static const QStringList codes { u"refused"_s, u"timed-out"_s, u"unreachable"_s, u"not-tls"_s };
    return codes.contains(error.code);
}

} // namespace

IrcSession::IrcSession(const SettingValues &settings, SessionServices &services, QObject *parent)
    : Session(parent)
    , m_settings(settings)
    , m_services(services)
    , m_codec(m_settings.encoding)
    , m_connection(services)
    , m_texts(*this, m_settings.server)
    , m_rooms(*this)
    , m_contacts(*this)
    , m_directory(*this)
    , m_commands(*this)
    , m_nick(m_settings.nick)
{
    connect(&m_connection, &IrcConnection::opened, this, &IrcSession::opened);
    connect(&m_connection, &IrcConnection::tlsStarted, this, [this] {
        if (m_machine) {
            apply(m_machine->tlsStarted());
        }
    });
    connect(&m_connection, &IrcConnection::received, this, &IrcSession::received);
    connect(&m_connection, &IrcConnection::garbled, this, [this](const QByteArray &bytes) {
        qCDebug(lcIrc) << "not IRC:" << bytes.first(std::min<qsizetype>(80, bytes.size()));
        if (m_machine) {
            apply(m_machine->garbage(bytes));
        }
    });
    connect(&m_connection, &IrcConnection::written, this,
        [this](quint64 message) { m_texts.written(message); });
    connect(&m_connection, &IrcConnection::lost, this, &IrcSession::lost);
}

IrcSession::~IrcSession()
{
    m_connection.disconnect(this);
}

// Life -------------------------------------------------------------------------------------------

void IrcSession::setState(State state)
{
    if (m_state != state) {
        m_state = state;
        Q_EMIT stateChanged(state);
    }
}

void IrcSession::open(const Presence &initial)
{
    if (m_state != State::Offline) {
        return;
    }
    m_presence = initial;
    m_attempts = m_settings.attempts();
    m_rule = StsPolicies::fromState(m_services.state(StsPolicies::stateKey()))
                 .find(m_settings.server, m_services.now());
    if (m_rule) {
        m_attempts.removeIf([](const IrcSettings::Attempt &attempt) {
            return attempt.endpoint.security != Endpoint::Security::Tls;
        });
        if (m_attempts.isEmpty()) {
            m_attempts = { m_settings.attemptWithTls(m_rule->port) };
        }
    }
    m_firstError.reset();
    m_lastWords.clear();
    const quint64 generation = ++m_generation;
    setState(State::Connecting);
    m_services.secret(u"password"_s)
        .then(this, [this, generation](const Result<QString> &password) {
            if (generation != m_generation) {
                return;
            }
            if (!password && password.error().kind == Error::Kind::Cancelled) {
                finish(password.error());
                return;
            }
            const bool needed = m_settings.sasl == SaslChoice::Plain
                || m_settings.sasl == SaslChoice::ScramSha256;
            if (!password && needed) {
                finish(password.error());
                return;
            }
            m_password = password.value_or(QString()); // most nicks have none
            tryNext();
        });
}

void IrcSession::tryNext()
{
    m_attempt = m_attempts.takeFirst();
    setState(State::Connecting);
    m_connection.open(m_attempt.endpoint);
}

RegistrationConfig IrcSession::registrationConfig() const
{
    RegistrationConfig config;
    config.nick = encoded(m_settings.nick);
    for (const QString &nick : m_settings.alternateNicks) {
        config.alternateNicks.append(encoded(nick));
    }
    config.user = encoded(m_settings.userName);
    config.realName = encoded(m_settings.realName);
    config.account = m_settings.login.toUtf8();
    config.password = m_password.toUtf8();
    config.sasl = m_settings.sasl;
    config.hasClientCertificate = m_settings.hasClientCertificate;
    config.startTls = m_attempt.startTls;
    config.secure = m_attempt.endpoint.security == Endpoint::Security::Tls;
    config.withPass = m_settings.nickServ.isEmpty();
    config.nonce = m_services.randomBytes(18).toBase64();
    config.onlyScram = m_services.state(kSaslState.toString()) == kScram;
    return config;
}

void IrcSession::opened()
{
    setState(State::Authenticating);
    m_isupport = ISupport();
    m_motd.clear();
    m_batches.clear();
    m_greetedAt = {};
    m_machine = std::make_unique<RegistrationMachine>(registrationConfig());
    m_deadline = m_services.timer(kSignInLimit, [this] { finish(makeError(u"timed-out"_s)); });
    m_capTimer = m_services.timer(kCapLimit, [this] {
        if (m_machine) {
            apply(m_machine->capTimedOut());
        }
    });
    apply(m_machine->connected());
}

void IrcSession::apply(const RegistrationMachine::Effects &effects)
{
    const quint64 generation = m_generation;
    for (const RegistrationEffect &effect : effects) {
        std::visit(Overloaded {
                       [this](const SendLine &line) {
                           if (!send(line.command, SendQueue::Rank::Urgent)) {
                               finish(makeError(u"login-format"_s));
                           }
                       },
                       [this](const BeginTls &) { m_connection.startTls(m_attempt.endpoint.host); },
                       [this](const MoveToTls &move) {
                           // IRCv3 sts: what was said in clear text does not count.
                           m_attempts = { m_settings.attemptWithTls(move.port) };
                           m_rule = StsRule { m_settings.server, move.port, m_services.now() };
                           m_machine.reset();
                           tryNext();
                       },
                       [this](const Registered &registered) { becomeOnline(registered); },
                       [this](const RegistrationFailed &failed) {
                           const Error error = failureOf(failed);
                           finish(m_firstError && mayTryNext(error) ? *m_firstError : error);
                       },
                   },
            effect);
        if (generation != m_generation || !m_machine) {
            return;
        }
    }
}

Error IrcSession::failureOf(const RegistrationFailed &failed) const
{
    const QString words = decoded(failed.serverWords);
    if (failed.weakerThanBefore) {
        return weakerThanBefore(words);
    }
    Error error = makeError(failed.code, words);
    if (error.code == "nick-in-use"_L1) {
        const QByteArray random = m_services.randomBytes(2);
        const int chance
            = static_cast<quint8>(random.at(0)) * 256 + static_cast<quint8>(random.at(1));
        const int number = 100 + chance % 900;
        error.fix.insert(u"nick"_s, m_settings.nick + QString::number(number));
    } else if (error.code == "tls-required"_L1 && m_settings.port != 0) {
        error.fix.insert(u"port"_s, 0); // it is the port without TLS that was set
    }
    return error;
}

/// IRCv3 sts: only what is said over TLS counts, and the time runs from the connection's end.
void IrcSession::learnSts()
{
    const bool direct = m_attempt.endpoint.security == Endpoint::Security::Tls;
    if (!m_machine || (!direct && !m_attempt.startTls)) {
        return;
    }
    const std::optional<StsPolicy> policy = m_machine->caps().sts();
    if (!policy || !policy->seconds) {
        return;
    }
    StsPolicies policies = StsPolicies::fromState(m_services.state(StsPolicies::stateKey()));
    const StsPolicies before = policies;
    const quint16 port = direct ? m_attempt.endpoint.port : policy->port.value_or(0);
    policies.set(m_settings.server, port, *policy->seconds, m_services.now());
    if (policies != before) {
        m_services.setState(StsPolicies::stateKey(), policies.toState());
    }
}

void IrcSession::tellMended(const Registered &registered)
{
    ServerNotice notice;
    notice.severity = ServerNotice::Severity::Mended;
    if (m_firstError) {
        notice.code = m_firstError->code;
        notice.text = m_attempt.startTls
            ? tr("The port for TLS did not work; you are signed in at port %1, encrypted all the "
                 "same.")
                  .arg(m_attempt.endpoint.port)
            : tr("The first way did not work; you are signed in at port %1.")
                  .arg(m_attempt.endpoint.port);
        notice.detail = u"%1 %2"_s.arg(m_firstError->title, m_firstError->detail).trimmed();
        tell(notice);
    }
    if (!registered.failedMechanism.isEmpty()) {
        notice.code = u"auth-scheme-unavailable"_s;
        notice.text = tr("The server did not take %1; you are logged in with %2.")
                          .arg(QString::fromLatin1(registered.failedMechanism),
                              QString::fromLatin1(registered.mechanism));
        notice.detail.clear();
        tell(notice);
    }
}

void IrcSession::becomeOnline(const Registered &registered)
{
    m_capTimer.reset();
    m_deadline.reset();
    m_nick = decoded(registered.nick);
    m_connection.setFrameLimits({ FrameLimits().tags, m_isupport.lineLength() });
    m_connection.setRate(m_settings.rate);
    m_connection.watch();
    learnSts();
    if (registered.mechanism.startsWith("SCRAM-")) {
        m_services.setState(kSaslState.toString(), kScram.toByteArray());
    } else if (registered.authenticated && m_settings.sasl != SaslChoice::Auto) {
        m_services.setState(kSaslState.toString(), {}); // chosen by hand: no surprise
    }
    m_state = State::Online; // the channels are joined before anybody can write to them

    if (!m_settings.nickServ.isEmpty() && !m_password.isEmpty() && !registered.authenticated) {
        const QString account = m_settings.login.isEmpty() ? QString() : m_settings.login + u' ';
        send(IrcCommand { "PRIVMSG",
            { encoded(m_settings.nickServ), encoded(u"IDENTIFY "_s + account + m_password) } });
    }
    const quint64 generation = m_generation;
    for (const QString &command : std::as_const(m_settings.onConnect)) {
        if (command.startsWith(u'/')) {
            const qsizetype space = command.indexOf(u' ');
            m_commands.run(space < 0 ? command.sliced(1) : command.sliced(1, space - 1),
                space < 0 ? QString() : command.sliced(space + 1), {}, ConversationKind::Server);
        } else {
            sendRaw(encoded(command));
        }
    }
    if (m_presence.availability > Availability::Offline
        && m_presence.availability < Availability::Available) {
        publish(m_presence); // who has just come is not away
    }
    m_rooms.enter(m_settings.channels);
    tellWhatWorked(registered);
    Q_EMIT stateChanged(State::Online);
    if (generation != m_generation) {
        return;
    }
    tellMended(registered);
    if (generation != m_generation) {
        return;
    }
    if (!isMe(m_settings.nick)) {
        ServerNotice notice;
        notice.severity = ServerNotice::Severity::Mended;
        notice.code = u"nick-in-use"_s;
        notice.text = tr("The nickname %1 is in use; you are %2 until it is free.")
                          .arg(m_settings.nick, m_nick);
        tell(notice);
    }
    m_contacts.start(m_settings.nick);
}

/// For the user to see; never over what was set by hand.
void IrcSession::tellWhatWorked(const Registered &registered)
{
    const Endpoint &endpoint = m_attempt.endpoint;
    tell(SettingLearned { u"server"_s, endpoint.host });
    tell(SettingLearned { u"port"_s, int(endpoint.port) });
    if (m_attempt.startTls || endpoint.security == Endpoint::Security::Tls) {
        tell(SettingLearned { u"connection"_s, m_attempt.startTls ? u"starttls"_s : u"tls"_s });
    }
    if (registered.authenticated && !registered.mechanism.isEmpty()) {
        tell(SettingLearned { u"sasl"_s, QString::fromLatin1(registered.mechanism).toLower() });
    }
}

void IrcSession::close()
{
    if (m_state == State::Offline || m_state == State::Closing) {
        return;
    }
    const bool known = m_machine && m_machine->phase() == RegistrationMachine::Phase::Done;
    setState(State::Closing);
    if (!known || !m_connection.isOpen()) {
        goOffline();
        return;
    }
    send(IrcCommand { "QUIT" }, SendQueue::Rank::Urgent);
    m_closeTimer = m_services.timer(kCloseLimit, [this] { goOffline(); });
}

void IrcSession::probe()
{
    if (isOnline()) {
        m_connection.probe(kProbeLimit);
    }
}

void IrcSession::goOffline()
{
    ++m_generation;
    if (m_machine && m_machine->phase() == RegistrationMachine::Phase::Done) {
        learnSts();
    }
    m_connection.drop();
    m_machine.reset();
    m_capTimer.reset();
    m_deadline.reset();
    m_closeTimer.reset();
    m_password.clear();
    const QPointer<IrcSession> self(this);
    m_state = State::Closing; // nothing may be asked while the parts let go
    m_texts.reset();
    m_rooms.reset();
    m_contacts.reset();
    m_directory.reset();
    if (self) {
        setState(State::Offline);
    }
}

void IrcSession::finish(const Error &why)
{
    const QPointer<IrcSession> self(this);
    goOffline();
    if (self) {
        Q_EMIT ended(why);
    }
}

void IrcSession::lost(const Error &why)
{
    if (m_state == State::Closing) {
        goOffline();
        return;
    }
    Error error = why;
    if (m_machine && m_machine->phase() != RegistrationMachine::Phase::Done) {
        // The server has spoken and then hung up: its words say more than "connection closed".
        const RegistrationFailed failed = m_machine->connectionLost();
        if (!failed.serverWords.isEmpty()) {
            error = failureOf(failed);
        } else if (why.code == "connection-closed"_L1) {
            error = makeError(u"server-fault"_s, why.detail);
        }
    } else if (!m_machine && mayTryNext(why) && !m_attempts.isEmpty()) {
        if (!m_firstError) {
            m_firstError = why;
        }
        tryNext();
        return;
    } else if (!m_machine && m_firstError) {
        error = *m_firstError;
    }
    if (m_rule && !m_machine && mayTryNext(why)) {
        error = strippedError(why, m_settings.server, m_attempt.endpoint.port);
    }
    finish(error);
}

// Presence ---------------------------------------------------------------------------------------

Async<void> IrcSession::setPresence(const Presence &presence)
{
    m_presence = presence;
    if (isOnline()) {
        publish(presence);
    }
    return readyOk();
}

void IrcSession::publish(const Presence &presence)
{
    switch (presence.availability) {
    case Availability::Away:
    case Availability::Busy:
    case Availability::DoNotDisturb: {
        QString text = presence.text.simplified();
        if (text.isEmpty()) {
            text = displayName(presence.availability);
        }
        text.truncate(qsizetype { std::clamp(m_isupport.number("AWAYLEN", 200), 1, 300) } / 4 * 3);
        send(IrcCommand { "AWAY", { encoded(text) } });
        return;
    }
    case Availability::Invisible:
        send(IrcCommand { "MODE", { encoded(m_nick), "+i" } }); // hidden from WHO: all that IRC has
        [[fallthrough]];
    case Availability::Available:
    case Availability::Unknown:
    case Availability::Offline:
        send(IrcCommand { "AWAY" });
        return;
    }
}

// Lines out --------------------------------------------------------------------------------------

bool IrcSession::send(const IrcCommand &command, SendQueue::Rank rank, quint64 message)
{
    SerializeLimits limits;
    limits.body = m_isupport.lineLength();
    const auto line = serialize(command, limits);
    if (!line) {
        qCWarning(lcIrc) << command.verb << "not sent:" << line.error().reason;
        return false;
    }
    m_connection.write(*line, rank, message);
    return true;
}

Async<void> IrcSession::sendRaw(const QByteArray &bytes)
{
    if (!isOnline()) {
        return readyError<void>(makeError(u"not-online"_s));
    }
    // Not parsed and written anew: a raw line is what it is. But it is one line.
    if (bytes.isEmpty() || bytes.contains('\n') || bytes.contains('\r') || bytes.contains('\0')
        || bytes.size() > SerializeLimits().tags) {
        return readyError<void>(makeError(u"invalid-message"_s));
    }
    m_connection.write(bytes + "\r\n", SendQueue::Rank::Normal);
    return readyOk();
}

bool IrcSession::hasCap(const QByteArray &cap) const
{
    return m_machine && m_machine->caps().isEnabled(cap);
}

// Lines in ---------------------------------------------------------------------------------------

Origin IrcSession::originOf(const IrcMessage &message) const
{
    Origin origin;
    const Hostmask parts = splitHostmask(message.source);
    origin.nick = decoded(parts.nick);
    origin.user = decoded(parts.user);
    origin.host = decoded(parts.host);
    // A nick never has a dot, a server nearly always; services without user and host are people
    // here.
    origin.isServer = !message.hasSource || (parts.user.isEmpty() && parts.nick.contains('.'));
    if (message.hasTags) {
        if (const auto time = message.tag("time")) {
            origin.at
                = QDateTime::fromString(QString::fromLatin1(*time), Qt::ISODateWithMs).toUTC();
        }
        origin.label = message.tag("label").value_or(QByteArray());
        if (const auto reference = message.tag("batch")) {
            const Batch batch = m_batches.value(*reference);
            origin.replayed = batch.type == "chathistory" || batch.type.endsWith("playback");
            if (origin.label.isEmpty()) {
                origin.label = batch.label;
            }
        }
    }
    if (!origin.at.isValid()) {
        origin.at = m_services.now();
    } else if (m_greetedAt.isValid() && origin.at.addSecs(2) < m_greetedAt) {
        origin.delayed = true;
    }
    origin.delayed = origin.delayed || origin.replayed;
    return origin;
}

void IrcSession::received(const IrcMessage &message)
{
    if (!m_machine) {
        return;
    }
    const quint64 generation = m_generation;
    if (m_machine->phase() != RegistrationMachine::Phase::Done) {
        const int numeric = message.numeric();
        if (numeric == 1) {
            m_greetedAt = originOf(message).at;
            m_capTimer = m_services.timer(kGreetingLimit, [this] {
                if (m_machine) {
                    apply(m_machine->greetingTimedOut());
                }
            });
        }
        m_isupport.apply(message);
        if (numeric == 372 && m_motd.size() < kMotdAtMost) {
            m_motd += decoded(message.last()) + u'\n';
        }
        apply(m_machine->handle(message));
        if (generation == m_generation && m_machine && isOnline() && numeric == 396) {
            dispatch(message, originOf(message));
        }
        return;
    }
    dispatch(message, originOf(message));
}

void IrcSession::dispatch(const IrcMessage &message, const Origin &origin)
{
    if (message.is("PRIVMSG") || message.is("NOTICE") || message.is("TAGMSG")) {
        const quint64 generation = m_generation;
        m_texts.handleText(message, origin, m_contacts.isBlocked(origin.nick));
        if (generation == m_generation) {
            m_contacts.handle(message, origin);
        }
        return;
    }
    if (message.is("PING")) {
        send(IrcCommand { "PONG", { message.last().toByteArray() } }, SendQueue::Rank::Urgent);
        return;
    }
    if (message.is("PONG")) {
        if (m_texts.handlePong(message.last())) {
            m_connection.refill(); // the server has worked off all we wrote
        }
        return;
    }
    if (message.is("ERROR")) {
        if (m_state == State::Closing) {
            goOffline();
            return;
        }
        const QByteArray words = message.last().toByteArray();
        const QByteArray lower = words.toLower();
        const bool elsewhere
            = lower.contains("ghost") || lower.contains("regain") || lower.contains("collision");
        finish(makeError(
            elsewhere ? u"elsewhere-signed-in"_s : QString(codeForWords(words)), decoded(words)));
        return;
    }
    if (message.is("CAP")) {
        apply(m_machine->handle(message));
        return;
    }
    if (message.is("BATCH")) {
        handleBatch(message);
        return;
    }
    if (const int numeric = message.numeric(); numeric >= 0) {
        handleNumeric(message, origin, numeric);
        return;
    }
    if (message.is("ACK") || message.is("FAIL")) {
        if (!m_texts.handleAnswer(message, origin) && !m_rooms.handle(message, origin)
            && message.is("FAIL")) {
            ServerNotice notice;
            notice.severity = ServerNotice::Severity::Warning;
            notice.text = refusalError(0, {}, {}).title;
            notice.detail = decoded(message.last());
            tell(notice);
        }
        return;
    }
    const quint64 generation = m_generation;
    const bool mine = isMe(origin.nick);
    if (mine && (message.is("JOIN") || message.is("MODE"))) {
        m_texts.setOwnUserHost(origin.user, origin.host);
    } else if (mine && message.is("CHGHOST")) {
        m_texts.setOwnUserHost(decoded(message.param(0)), decoded(message.param(1)));
    }
    if (mine && message.is("NICK")) {
        m_rooms.handle(message, origin);
        m_nick = decoded(message.param(0));
        m_contacts.handle(message, origin);
        return;
    }
    m_rooms.handle(message, origin);
    if (generation == m_generation) {
        m_contacts.handle(message, origin);
    }
}

void IrcSession::handleNumeric(const IrcMessage &message, const Origin &origin, int numeric)
{
    const quint64 generation = m_generation;
    switch (numeric) {
    case 5: // RPL_ISUPPORT, again: a server that was reconfigured
        m_isupport.apply(message);
        m_connection.setFrameLimits({ FrameLimits().tags, m_isupport.lineLength() });
        return;
    case 305: // RPL_UNAWAY
    case 306: { // RPL_NOWAWAY
        Presence presence = m_presence;
        if (numeric == 305 && presence.availability < Availability::Available
            && presence.availability != Availability::Invisible) {
            presence.availability = Availability::Available;
        } else if (numeric == 306 && presence.availability == Availability::Available) {
            presence.availability = Availability::Away;
        }
        tell(OwnPresenceChanged { presence });
        return;
    }
    case 396: { // RPL_VISIBLEHOST: [user@]host
        const QString host = decoded(message.param(1));
        const qsizetype at = host.indexOf(u'@');
        m_texts.setOwnUserHost(
            at < 0 ? m_settings.userName : host.first(at), at < 0 ? host : host.sliced(at + 1));
        return;
    }
    case 422: // ERR_NOMOTD
        return;
    default:
        break;
    }
    if (m_texts.handleAnswer(message, origin)) {
        return;
    }
    const bool used = m_directory.handle(message) || m_rooms.handle(message, origin);
    if (generation != m_generation) {
        return;
    }
    m_contacts.handle(message, origin);
    if (!used && numeric >= 400 && numeric < 600 && generation == m_generation) {
        // Something typed as a command was refused: nobody waits for the answer, the user does.
        ServerNotice notice;
        notice.severity = ServerNotice::Severity::Warning;
        const Error error = refusalError(numeric, decoded(message.param(1)), {});
        notice.code = error.code;
        notice.text = error.title;
        notice.detail = decoded(message.last());
        tell(notice);
    }
}

void IrcSession::handleBatch(const IrcMessage &message)
{
    // BATCH +reference type …, BATCH -reference (IRCv3 batch)
    const QByteArrayView reference = message.param(0);
    if (reference.startsWith('+') && m_batches.size() < kBatchesAtMost) {
        Batch batch { message.param(1).toByteArray().toLower(),
            message.tag("label").value_or(QByteArray()) };
        if (const auto outer = message.tag("batch")) {
            const Batch around = m_batches.value(*outer);
            batch.label = batch.label.isEmpty() ? around.label : batch.label;
        }
        m_batches.insert(reference.sliced(1).toByteArray(), batch);
    } else if (reference.startsWith('-')) {
        m_batches.remove(reference.sliced(1).toByteArray());
    }
}

} // namespace linchpin::irc
