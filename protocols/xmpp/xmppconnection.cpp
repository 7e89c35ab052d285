// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmppconnection.h"

#include "core/sdk/peerjudge.h"
#include "core/sdk/systemauthorities.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDomElement>
#include <QRegularExpression>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QXmppOutgoingClient.h>
#include <QXmppPingIq.h>
#include <QXmppTask.h>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

#if QXMPP_VERSION < QT_VERSION_CHECK(1, 11, 0)
#define LINCHPIN_READS_FOR_QXMPP
// The one function needed of a class whose header QXmpp does not install (it exports the class):
// see StreamText for why. QXmpp 1.11 reads its stream in another way; this can go with 1.10.
namespace QXmpp::Private {
class XmppSocket {
public:
    void processData(const QString &data);
};
} // namespace QXmpp::Private
#endif

namespace linchpin::xmpp {

namespace {

constexpr std::chrono::milliseconds kSignInLimit = 30s;
constexpr std::chrono::milliseconds kProbeLimit = 8s;
constexpr std::chrono::milliseconds kCloseLimit = 3s;
constexpr qsizetype kLargestStanza = qsizetype { 32 } << 20; // characters; more is an attack
/// Bytes before other events get a turn: some 60 short messages, about ten milliseconds of work.
constexpr qint64 kMostAtOnce = qint64 { 16 } << 10;
constexpr std::chrono::milliseconds kResumable = 10min; // servers keep a broken stream no longer
constexpr qsizetype kMostCertificates = 10;

/// The mechanism of `<auth mechanism='…'>` or SASL 2's `<authenticate>`; empty in other stanzas.
QString mechanismOf(const QString &stanza)
{
    if (!stanza.startsWith("<auth"_L1)) {
        return {};
    }
    static const QRegularExpression kMechanism(u"\\bmechanism=[\"']([A-Z0-9_-]{1,40})[\"']"_s);
    return kMechanism.match(stanza.left(400)).captured(1);
}

} // namespace

XmppConnection::XmppConnection(
    const ConnectionSettings &settings, SessionServices &services, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_services(services)
{
}

XmppConnection::~XmppConnection()
{
    if (m_client) {
        m_client->disconnect(this);
        m_client->logger()->disconnect(this);
        if (m_socket) {
            m_socket->disconnect(this);
        }
    }
}

void XmppConnection::startLimit(std::chrono::milliseconds limit, bool failing)
{
    // Through the event loop: ending destroys the timer that says so.
    m_limit = m_services.timer(limit, [this, failing] {
        QMetaObject::invokeMethod(
            this,
            [this, attempt = m_attempt, candidate = m_next, failing] {
                if (!m_limit || attempt != m_attempt || candidate != m_next) {
                    return;
                }
                if (failing) {
                    m_failure = timedOut(m_trouble);
                }
                end();
            },
            Qt::QueuedConnection);
    });
}

void XmppConnection::setState(Session::State state)
{
    if (m_state != state) {
        m_state = state;
        Q_EMIT stateChanged(state);
    }
}

void XmppConnection::open(const QXmppPresence &initial)
{
    if (m_state != Session::State::Offline) {
        return;
    }
    m_initial = initial;
    m_firstFailure.reset();
    m_settings.known = KnownServer::fromState(m_services.state(KnownServer::stateKey()));
    m_settings.brokenMechanisms.clear();
    m_noRecords = false;
    const int attempt = ++m_attempt;
    setState(Session::State::Connecting);
    m_services.secret(u"password"_s).then(this, [this, attempt](const Result<QString> &password) {
        if (attempt != m_attempt || m_state != Session::State::Connecting) {
            return;
        }
        if (!password) {
            finish(password.error());
            return;
        }
        m_password = *password;
        readAuthorities();
    });
}

void XmppConnection::readAuthorities()
{
    if (m_settings.caFile.isEmpty()) {
        lookUp();
        return;
    }
    const int attempt = m_attempt;
    systemAuthorities().then(
        this, [this, attempt](const Result<QList<QSslCertificate>> &authorities) {
            if (attempt != m_attempt || m_state != Session::State::Connecting) {
                return;
            }
            m_authorities = authorities.value_or(QList<QSslCertificate> {})
                + QSslCertificate::fromPath(m_settings.caFile);
            lookUp();
        });
}

void XmppConnection::lookUp()
{
    if (!needsLookup(m_settings)) {
        m_candidates = candidates(m_settings, {}, {});
        m_next = 0;
        tryNext();
        return;
    }
    const int attempt = m_attempt;
    const QString domain = m_settings.domain();
    auto direct = m_services.lookUpService(u"_xmpps-client._tcp."_s + domain);
    auto startTls = m_services.lookUpService(u"_xmpp-client._tcp."_s + domain);
    direct.then(
        this, [this, attempt, startTls](const Result<QList<ServiceRecord>> &directRecords) mutable {
            startTls.then(
                this, [this, attempt, directRecords](const Result<QList<ServiceRecord>> &records) {
                    if (attempt != m_attempt || m_state != Session::State::Connecting) {
                        return;
                    }
                    m_noRecords = directRecords && records && directRecords->isEmpty()
                        && records->isEmpty();
                    // A resolver that fails is no reason to give up: the domain itself is tried.
                    m_candidates
                        = candidates(m_settings, directRecords.value_or(QList<ServiceRecord> {}),
                            records.value_or(QList<ServiceRecord> {}));
                    m_next = 0;
                    if (m_candidates.isEmpty()) {
                        finish(notOffered(m_settings.domain()));
                        return;
                    }
                    tryNext();
                });
        });
}

void XmppConnection::tryNext()
{
    const Candidate candidate = m_candidates.at(m_next++);
    m_candidate = candidate;
    m_mechanism.clear();
    m_sslErrors.clear();
    m_resuming = m_client != nullptr;
    if (!m_client) {
        makeClient();
    }
    m_ending = false;
    m_failure.reset();
    m_error = {};
    m_trouble = {};
    m_trouble.host = u"%1:%2"_s.arg(candidate.host).arg(candidate.port);
    m_trouble.domain = m_settings.domain();
    m_trouble.directTls = candidate.directTls;
    m_trouble.record = candidate.record;
    m_trouble.noRecords = m_noRecords;
    const bool automatic = m_settings.auth.isEmpty() || m_settings.auth == "auto"_L1;
    m_trouble.auth = automatic ? QString() : m_settings.auth;
    m_trouble.onlyScram = automatic && m_settings.known.scram;
    m_trouble.knownTls = m_settings.known.tls;

    QXmppConfiguration config = configuration(
        m_settings, candidate, m_password, toNetworkProxy(m_services.proxy(), candidate));
    if (!m_authorities.isEmpty()) {
        config.setCaCertificates(m_authorities);
    }
    startLimit(kSignInLimit, true);
    m_client->connectToServer(config, m_initial);
}

void XmppConnection::makeClient()
{
    m_client = std::make_unique<QXmppClient>(QXmppClient::NoExtensions);
    auto *logger = new QXmppLogger(m_client.get());
    logger->setLoggingType(QXmppLogger::SignalLogging);
    logger->setMessageTypes(QXmppLogger::MessageTypes(
        QXmppLogger::SentMessage | QXmppLogger::ReceivedMessage | QXmppLogger::WarningMessage));
    connect(logger, &QXmppLogger::message, this, &XmppConnection::handleLog);
    m_client->setLogger(logger);
    attachSocket();
    connect(m_client.get(), &QXmppClient::errorOccurred, this, &XmppConnection::handleError);
    connect(m_client.get(), &QXmppClient::connected, this, &XmppConnection::handleConnected);
    connect(m_client.get(), &QXmppClient::disconnected, this, &XmppConnection::endSoon);
    Q_EMIT clientMade(m_client.get());
}

void XmppConnection::attachSocket()
{
    // QXmpp opens its own socket; its configuration knows neither pins nor a minimum TLS version.
    auto *stream = m_client->findChild<QXmppOutgoingClient *>();
    m_socket = stream ? stream->socket() : nullptr;
    if (!m_socket) {
        return;
    }
    connect(m_socket, &QAbstractSocket::stateChanged, this,
        [this](QAbstractSocket::SocketState socketState) {
            if (socketState == QAbstractSocket::HostLookupState) {
                QSslConfiguration tls = m_socket->sslConfiguration();
                tls.setProtocol(m_settings.oldestTls);
                if (m_settings.oldestTls != QSsl::TlsV1_2OrLater
                    && m_settings.oldestTls != QSsl::TlsV1_3OrLater) {
                    // OpenSSL's usual security level has no ciphers for the old versions.
                    tls.setBackendConfigurationOption("CipherString"_ba, "DEFAULT:@SECLEVEL=0"_ba);
                }
                tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
                m_socket->setSslConfiguration(tls);
            } else if (socketState == QAbstractSocket::ConnectedState) {
                m_trouble.connected = true;
            }
        });
    connect(m_socket, &QSslSocket::sslErrors, this, &XmppConnection::handleSslErrors);
    connect(m_socket, &QSslSocket::encrypted, this, &XmppConnection::handleEncrypted);
    readFor(stream);
}

void XmppConnection::readFor([[maybe_unused]] QXmppOutgoingClient *stream)
{
#ifdef LINCHPIN_READS_FOR_QXMPP
    const auto children = stream->children();
    const auto found = std::ranges::find_if(children, [](const QObject *child) {
        return qstrcmp(child->metaObject()->className(), "QXmpp::Private::XmppSocket") == 0;
    });
    if (found == children.end() || !disconnect(m_socket, &QSslSocket::readyRead, *found, nullptr)) {
        return; // another QXmpp: it reads by itself
    }
    connect(m_socket, &QAbstractSocket::connected, this, [this] { resetStream(); });
    connect(m_socket, &QSslSocket::encrypted, this, [this] { resetStream(); });
    connect(m_socket, &QSslSocket::readyRead, this, [this, stream] { takeTurn(stream); });
    // What came before the end is heard before the end.
    connect(m_socket, &QSslSocket::readChannelFinished, this,
        [this, stream] { read(stream, m_socket->bytesAvailable()); });
#endif
}

/// Once for each turn of the event loop: TLS says readyRead() again and again within one, as long
/// as there is something to decrypt, and a flood would hold the window.
void XmppConnection::takeTurn([[maybe_unused]] QXmppOutgoingClient *stream)
{
#ifdef LINCHPIN_READS_FOR_QXMPP
    if (m_turnOf == m_socket) {
        return;
    }
    m_turnOf = m_socket;
    QMetaObject::invokeMethod(
        this,
        [this, socket = m_socket, stream] {
            if (m_turnOf == socket) {
                m_turnOf.clear();
            }
            if (socket && socket == m_socket && socket->bytesAvailable() > 0) {
                takeTurn(stream);
            }
        },
        Qt::QueuedConnection);
    read(stream, kMostAtOnce);
#endif
}

void XmppConnection::read(
    [[maybe_unused]] QXmppOutgoingClient *stream, [[maybe_unused]] qint64 most)
{
#ifdef LINCHPIN_READS_FOR_QXMPP
    const QByteArray bytes = m_socket->read(most);
    if (bytes.isEmpty()) {
        return;
    }
    if (!std::exchange(m_trouble.heard, true) && !m_trouble.directTls && bytes.size() > 1) {
        // RFC 8446 §5.1: an alert or a handshake, where we began without TLS.
        m_trouble.heardTls = (bytes.at(0) == 0x15 || bytes.at(0) == 0x16) && bytes.at(1) == 0x03;
        if (m_trouble.heardTls) {
            m_socket->abort();
            endSoon();
            return;
        }
    }
    const QString text = m_text.feed(bytes);
    m_unparsed += text.size();
    if (m_unparsed + m_text.waiting() > kLargestStanza) {
        m_error = { u"A stanza without end."_s, QXmpp::StreamError::PolicyViolation };
        m_socket->abort();
        endSoon();
    } else if (!text.isEmpty()) {
        stream->xmppSocket().processData(text);
    }
#endif
}

void XmppConnection::resetStream()
{
    m_text.reset();
    m_unparsed = 0;
}

void XmppConnection::dropClient()
{
    if (!m_client) {
        return;
    }
    m_client->disconnect(this);
    m_client->logger()->disconnect(this);
    if (m_socket) {
        m_socket->disconnect(this);
        m_socket->abort();
    }
    m_client.release()->deleteLater(); // we may stand in one of its signals
}

void XmppConnection::handleLog(QXmppLogger::MessageType type, const QString &text)
{
    switch (type) {
    case QXmppLogger::SentMessage:
        if (const QString mechanism = mechanismOf(text); !mechanism.isEmpty()) {
            m_mechanism = mechanism;
        }
        m_services.logWire(true, text.toUtf8());
        break;
    case QXmppLogger::ReceivedMessage:
        m_trouble.streamSeen = true;
        m_unparsed = 0;
        m_services.logWire(false, text.toUtf8());
        if (!m_trouble.online) { // later, anybody's message may hold such words
            if (const QString condition = streamCondition(text); !condition.isEmpty()) {
                m_trouble.streamCondition = condition;
            }
            if (const QString condition = saslCondition(text); !condition.isEmpty()) {
                m_trouble.saslCondition = condition;
            }
            if (const QStringList offered = offeredMechanisms(text); !offered.isEmpty()) {
                m_trouble.mechanisms = offered;
            }
        }
        // QXmpp 1.10 sends everything unacknowledged again on a new stream, also what may have
        // arrived: a stream that cannot be resumed is given up before it comes to that.
        if (m_resuming && text.contains("urn:xmpp:sm:3"_L1) && text.contains("<failed"_L1)) {
            m_resuming = false;
            const int attempt = m_attempt;
            QMetaObject::invokeMethod(
                this,
                [this, attempt] {
                    if (attempt == m_attempt && m_state != Session::State::Offline) {
                        dropClient();
                        m_next = 0;
                        setState(Session::State::Connecting);
                        tryNext();
                    }
                },
                Qt::QueuedConnection);
        }
        break;
    case QXmppLogger::WarningMessage:
        // The only sign QXmpp 1.10 gives of it (QXmppOutgoingClient::handleStarttls).
        if (text.contains("Server does not support TLS"_L1)) {
            m_trouble.tlsMissing = true;
        }
        break;
    default:
        break;
    }
}

/// The account's own rules, where the services know them; else the settings' alone. Nothing: go on.
std::optional<Error> XmppConnection::judgePeer(const QList<QSslError> &errors)
{
    const QByteArray sha256 = m_socket->peerCertificate().digest(QCryptographicHash::Sha256);
    m_trouble.fingerprint = sha256;
    m_trouble.sslErrors = errors;
    m_trouble.pinned = !m_settings.pin.isEmpty() && sha256 != m_settings.pin;
    RefusedPeer peer { .host = m_candidate.host,
        .port = m_candidate.port,
        .expectedName = m_settings.domain(),
        .record = m_candidate.record,
        .error = {},
        .chain = {} };
    const QList<QSslCertificate> chain = m_socket->peerCertificateChain();
    for (const QSslCertificate &certificate :
        chain.first(std::min(chain.size(), kMostCertificates))) {
        peer.chain.append(certificate.toDer());
    }
    if (auto *judge = dynamic_cast<PeerJudge *>(&m_services)) {
        return judge->judgePeer(peer, errors);
    }
    const bool isPinned = !m_settings.pin.isEmpty() && sha256 == m_settings.pin;
    if (isPinned || (errors.isEmpty() && !m_trouble.pinned)) {
        return std::nullopt;
    }
    peer.error = connectionError({}, m_trouble);
    m_services.peerRefused(peer);
    return peer.error;
}

void XmppConnection::handleSslErrors(const QList<QSslError> &errors)
{
    m_sslErrors = errors;
    m_trouble.judged = judgePeer(errors);
    if (!m_trouble.judged) {
        m_trouble.sslErrors.clear();
        m_socket->ignoreSslErrors(errors);
    }
}

void XmppConnection::handleEncrypted()
{
    // Once more: signed by somebody trusted, it may still not be the one that the account wants.
    m_trouble.judged = judgePeer(m_sslErrors);
    if (m_trouble.judged) {
        m_socket->abort(); // nothing was said to it
        endSoon();
        return;
    }
    m_trouble.sslErrors.clear();
    if (m_state == Session::State::Connecting) {
        setState(Session::State::Authenticating);
    }
}

/// What this server is able to do, so that less is noticed the next time.
void XmppConnection::learn()
{
    KnownServer now = m_settings.known;
    const bool byHand = !m_trouble.auth.isEmpty();
    const bool scram = m_mechanism.startsWith("SCRAM-"_L1);
    if (!m_mechanism.isEmpty()) {
        now.scram = scram || (!byHand && now.scram);
    }
    const bool secure = m_socket && m_socket->isEncrypted();
    now.tls = secure || (m_settings.security != Security::Plain && now.tls);
    if (now != m_settings.known) {
        m_settings.known = now;
        m_services.setState(KnownServer::stateKey(), now.toState());
    }
}

/// A server that cannot do what it offers: another SCRAM will do, never anything weaker.
bool XmppConnection::tryOtherMechanism()
{
    const QString &said = m_trouble.saslCondition;
    const bool cannot = said == "invalid-mechanism"_L1 || said == "malformed-request"_L1
        || said == "mechanism-too-weak"_L1;
    if (!cannot || !m_trouble.auth.isEmpty() || !m_mechanism.startsWith("SCRAM-"_L1)
        || m_settings.brokenMechanisms.contains(m_mechanism)) {
        return false;
    }
    m_settings.brokenMechanisms.append(m_mechanism);
    m_settings.known.scram = true;
    const QStringList allowed = allowedMechanisms(m_settings);
    if (std::ranges::none_of(allowed, [this](const QString &mechanism) {
            return m_trouble.mechanisms.contains(mechanism);
        })) {
        return false;
    }
    --m_next;
    return true;
}

void XmppConnection::tellMended()
{
    ServerNotice notice;
    notice.severity = ServerNotice::Severity::Mended;
    if (m_firstFailure) {
        notice.code = m_firstFailure->code;
        notice.text = QCoreApplication::translate("linchpin::xmpp::errors",
            "The first server did not work; this account is signed in at %1.")
                          .arg(m_trouble.host);
        notice.detail = u"%1 %2"_s.arg(m_firstFailure->title, m_firstFailure->detail).trimmed();
        Q_EMIT mended(notice);
    }
    if (!m_settings.brokenMechanisms.isEmpty()) {
        notice.code = u"auth-scheme-unavailable"_s;
        notice.text = QCoreApplication::translate("linchpin::xmpp::errors",
            "The server offers %1 but cannot do it; this account is signed in with %2.")
                          .arg(m_settings.brokenMechanisms.join(u", "_s), m_mechanism);
        notice.detail = m_trouble.mechanisms.join(u", "_s);
        Q_EMIT mended(notice);
    }
}

void XmppConnection::handleConnected()
{
    m_limit.reset();
    m_trouble.online = true;
    m_resuming = false;
    learn();
    const bool resumed = m_client->streamManagementState() == QXmppClient::ResumedStream;
    if (m_state == Session::State::Connecting) {
        setState(Session::State::Authenticating);
    }
    setState(Session::State::Online);
    tellMended();
    m_firstFailure.reset();
    m_settings.brokenMechanisms.clear();
    Q_EMIT online(resumed);
}

void XmppConnection::handleError(const QXmppError &error)
{
    if (!m_error.error.has_value()) { // the first word is the cause, what follows its echo
        m_error = error;
    }
    endSoon();
}

void XmppConnection::endSoon()
{
    if (m_ending) {
        return;
    }
    m_ending = true;
    const int attempt = m_attempt;
    const qsizetype candidate = m_next;
    QMetaObject::invokeMethod(
        this,
        [this, attempt, candidate] {
            if (attempt == m_attempt && candidate == m_next) {
                end();
            }
        },
        Qt::QueuedConnection);
}

void XmppConnection::end()
{
    m_limit.reset();
    if (m_state == Session::State::Offline) {
        return;
    }
    if (m_state == Session::State::Closing) {
        dropClient();
        Q_EMIT broken();
        setState(Session::State::Offline);
        return;
    }
    const bool wasOnline = m_trouble.online;
    if (!wasOnline && tryOtherMechanism()) {
        dropClient();
        setState(Session::State::Connecting);
        tryNext();
        return;
    }
    const Error why = m_failure ? *m_failure : connectionError(m_error, m_trouble);
    const auto *stream = m_client->findChild<QXmppOutgoingClient *>();
    if (wasOnline) {
        m_resumeUntil = m_services.now().addDuration(kResumable);
    }
    const bool mayResume = stream && stream->c2sStreamManager().canResume()
        && (why.kind == Error::Kind::Network || why.kind == Error::Kind::Timeout)
        && m_services.now() < m_resumeUntil;
    if (!mayResume) {
        dropClient();
    } else if (m_socket) {
        m_socket->abort();
    }
    if (!wasOnline && m_next < m_candidates.size() && !why.fatal) {
        if (!m_firstFailure) {
            m_firstFailure = why;
        }
        setState(Session::State::Connecting);
        tryNext();
        return;
    }
    finish(m_firstFailure.value_or(why));
}

void XmppConnection::finish(const Error &why)
{
    ++m_attempt;
    m_limit.reset();
    m_password.clear();
    Q_EMIT broken();
    setState(Session::State::Offline);
    Q_EMIT failed(why);
}

void XmppConnection::close()
{
    if (m_state == Session::State::Offline || m_state == Session::State::Closing) {
        return;
    }
    const bool wasOnline = m_state == Session::State::Online;
    setState(Session::State::Closing);
    ++m_attempt;
    m_ending = false;
    if (!wasOnline || !m_client) {
        end();
        return;
    }
    m_client->disconnectFromServer();
    startLimit(kCloseLimit, false);
}

void XmppConnection::probe()
{
    if (m_state != Session::State::Online) {
        return;
    }
    QXmppPingIq ping;
    ping.setTo(m_settings.domain());
    const int attempt = m_attempt;
    startLimit(kProbeLimit, true);
    m_client->sendIq(std::move(ping)).then(this, [this, attempt](const auto &) {
        if (attempt == m_attempt && m_state == Session::State::Online) {
            m_limit.reset(); // any answer will do, a refusal too
        }
    });
}

} // namespace linchpin::xmpp
