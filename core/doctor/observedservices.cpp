// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/observedservices.h"

#include "core/doctor/doctorcodes.h"
#include "core/doctor/observedtransport.h"

#include <QCoreApplication>
#include <QHostAddress>
#include <QSslCertificate>
#include <QSslError>
#include <QSslKey>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

// A server that is there answers within a second; the whole walk has ten.
constexpr std::chrono::milliseconds kConnectLimit = 4s;
constexpr std::chrono::milliseconds kLookUpLimit = 3s;
constexpr std::chrono::milliseconds kHttpLimit = 4s;
/// Limits of sessions while they sign in are half a minute and more.
constexpr std::chrono::milliseconds kLongTimer = 10s;
constexpr std::chrono::milliseconds kShortened = 5s;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::Doctor)
};

QString whereOf(const QString &host, quint16 port)
{
    return (host.contains(u':') ? u"[%1]:%2"_s : u"%1:%2"_s).arg(host).arg(port);
}

bool isLiteral(const QString &host)
{
    return !QHostAddress(host).isNull();
}

Error timedOut(const QString &where)
{
    return doctorError(u"timed-out"_s, where);
}

/// The worst of them; what is worth nothing hides that it has expired as well.
Error doubtOf(const QList<QSslError> &errors, const QSslCertificate &peer)
{
    static const QStringList kWorstFirst { u"certificate-weak"_s, u"certificate-untrusted"_s,
        u"certificate-name-mismatch"_s, u"certificate-expired"_s, u"certificate-not-yet-valid"_s };
    const QSslKey key = peer.publicKey();
    const bool weak = key.algorithm() == QSsl::Rsa && key.length() > 0 && key.length() < 2048;
    qsizetype worst = weak ? 0 : kWorstFirst.size() - 1;
    QStringList words;
    for (const QSslError &error : errors) {
        qsizetype rank = 1;
        switch (error.error()) {
        case QSslError::CertificateNotYetValid:
            rank = 4;
            break;
        case QSslError::CertificateExpired:
            rank = 3;
            break;
        case QSslError::HostNameMismatch:
            rank = 2;
            break;
        default:
            // Qt has no word for OpenSSL's X509_V_ERR_EE_KEY_TOO_SMALL and its sisters.
            rank = error.errorString().contains("too small"_L1)
                    || error.errorString().contains("too weak"_L1)
                ? 0
                : 1;
        }
        worst = std::min(worst, rank);
        words.append(error.errorString());
    }
    words.removeDuplicates();
    return doctorError(kWorstFirst.at(worst), words.join(u"; "_s));
}

/// Without what may be secret in it.
QString shownUrl(const QUrl &url)
{
    return url.adjusted(QUrl::RemoveUserInfo | QUrl::RemoveQuery | QUrl::RemoveFragment).toString();
}

} // namespace

QDateTime dateOf(const HttpReply &reply)
{
    for (const auto &[name, value] : reply.headers) {
        if (name.compare("Date", Qt::CaseInsensitive) == 0) {
            QString text = QString::fromLatin1(value).trimmed();
            text.replace(u" GMT"_s, u" +0000"_s);
            return QDateTime::fromString(text, Qt::RFC2822Date).toUTC();
        }
    }
    return {};
}

namespace {

using State = Finding::State;

/// An answer that gives up after a while.
template <class T> struct Limited {
    Answer<T> answer;
    std::unique_ptr<Timer> timer;
};

template <class T>
std::shared_ptr<Limited<T>> limited(SessionServices &services, std::chrono::milliseconds limit,
    const std::function<void(const Result<T> &)> &then)
{
    auto pending = std::make_shared<Limited<T>>();
    pending->timer = services.timer(limit, [weak = std::weak_ptr(pending), then] {
        if (const auto late = weak.lock(); late && !late->answer.isAnswered()) {
            then(Result<T>(std::unexpect, timedOut({})));
        }
    });
    return pending;
}

} // namespace

ObservedServices::ObservedServices(
    std::unique_ptr<SessionServices> services, const QSet<QString> &secretKeys, Watch watch)
    : m_services(std::move(services))
    , m_secretKeys(secretKeys)
    , m_shared(std::make_shared<Shared>())
{
    m_shared->watch = std::move(watch);
}

ObservedServices::~ObservedServices() = default;

void ObservedServices::tell(const QString &step, Finding::State state, const QString &tried,
    const QString &answer, const std::optional<Error> &error)
{
    m_shared->tell(step, state, tried, answer, error);
}

const ObservedServices::Evidence &ObservedServices::evidence() const
{
    return m_shared->evidence;
}

QString ObservedServices::stepUnderWay() const
{
    if (m_shared->shaking > 0) {
        return DoctorStep::Tls.toString();
    }
    if (m_shared->connecting > 0) {
        return DoctorStep::Tcp.toString();
    }
    if (m_shared->fetching > 0) {
        return (m_shared->evidence.heard ? DoctorStep::Authentication : DoctorStep::Discovery)
            .toString();
    }
    if (m_shared->lookingUp > 0) {
        return DoctorStep::Srv.toString();
    }
    if (m_shared->evidence.connected && !m_shared->evidence.heard) {
        return DoctorStep::Protocol.toString();
    }
    return {};
}

bool ObservedServices::hasProxy() const
{
    const ProxySettings::Type type = m_services->proxy().type;
    return type == ProxySettings::Type::Http || type == ProxySettings::Type::Socks5;
}

void ObservedServices::resolve(
    const Endpoint &endpoint, const std::function<void(const Result<void> &)> &then)
{
    if (isLiteral(endpoint.host) || hasProxy() || !m_shared->watch.addresses) {
        then({});
        return;
    }
    m_shared->watch.addresses(endpoint.host)
        .then(&m_context, [this, endpoint, then](const Result<QStringList> &addresses) {
            if (addresses && addresses->isEmpty()) {
                then({});
                return;
            }
            if (addresses) {
                tell(DoctorStep::Name.toString(), State::Ok, endpoint.host,
                    addresses->mid(0, 6).join(u", "_s));
            } else if (!m_shared->evidence.missingNames.contains(endpoint.host)) {
                m_shared->evidence.missingNames.append(endpoint.host);
            }
            then({}); // the system's proxy may know the name
        });
}

Async<std::shared_ptr<Transport>> ObservedServices::connectTo(const Endpoint &endpoint)
{
    m_shared->watch.attempted();
    m_shared->evidence.peer = whereOf(endpoint.host, endpoint.port);
    ++m_shared->connecting;
    using Pipe = std::shared_ptr<Transport>;
    const QString where = m_shared->evidence.peer;
    // Ends the attempt in the log before the session hears of it: it may go on at once.
    const auto finish = std::make_shared<std::function<void(const Result<Pipe> &)>>();
    const auto pending = limited<Pipe>(
        *m_services, kConnectLimit, [finish](const Result<Pipe> &result) { (*finish)(result); });
    *finish = [this, pending = std::weak_ptr(pending), where](const Result<Pipe> &result) {
        const auto open = pending.lock();
        if (!open || open->answer.isAnswered()) {
            return;
        }
        --m_shared->connecting;
        if (!result && result.error().kind != Error::Kind::Cancelled) {
            Error error = result.error();
            if (error.detail.isEmpty()) {
                error.detail = where;
            }
            const QString step = stepOfCode(error.code, DoctorStep::Tcp.toString());
            const bool named = step == DoctorStep::Name;
            tell(step, State::Failed, named ? where.section(u':', 0, -2) : where, error.detail,
                error);
            open->answer.fail(error);
            return;
        }
        open->answer.give(result);
    };
    resolve(endpoint, [this, endpoint, pending, finish, where](const Result<void> &) {
        if (pending->answer.isAnswered()) {
            return;
        }
        Endpoint plain = endpoint;
        plain.security = Endpoint::Security::Plain;
        m_services->connectTo(plain).then(
            &m_context, [this, endpoint, pending, finish, where](const Result<Pipe> &raw) {
                if (pending->answer.isAnswered()) {
                    return; // too late
                }
                if (!raw) {
                    (*finish)(raw);
                    return;
                }
                m_shared->evidence.connected = true;
                if (hasProxy()) {
                    const ProxySettings proxy = m_services->proxy();
                    tell(DoctorStep::Proxy.toString(), State::Ok, whereOf(proxy.host, proxy.port),
                        Text::tr("connects to %1").arg(where));
                }
                tell(DoctorStep::Tcp.toString(), State::Ok, where, Text::tr("connected"));
                const auto observed = std::make_shared<ObservedTransport>(
                    *raw, where, endpoint.host, *m_services, m_shared);
                if (endpoint.security == Endpoint::Security::Plain) {
                    (*finish)(Pipe(observed));
                    return;
                }
                pending->timer.reset(); // the handshake has a limit of its own
                observed->startTls(endpoint.certificateName)
                    .then(&m_context, [this, observed, pending](const Result<void> &result) {
                        --m_shared->connecting;
                        if (result) {
                            pending->answer.give(Pipe(observed));
                        } else {
                            pending->answer.fail(result.error()); // told by the transport
                        }
                    });
            });
    });
    return pending->answer.future();
}

Result<std::shared_ptr<Listener>> ObservedServices::listen(quint16 firstPort, quint16 lastPort)
{
    return m_services->listen(firstPort, lastPort);
}

Async<QList<ServiceRecord>> ObservedServices::lookUpService(const QString &name)
{
    using Records = QList<ServiceRecord>;
    ++m_shared->lookingUp;
    const auto finish = std::make_shared<std::function<void(const Result<Records> &)>>();
    const auto pending = limited<Records>(
        *m_services, kLookUpLimit, [finish](const Result<Records> &result) { (*finish)(result); });
    *finish = [this, pending = std::weak_ptr(pending), name](const Result<Records> &result) {
        const auto open = pending.lock();
        if (!open || open->answer.isAnswered()) {
            return;
        }
        --m_shared->lookingUp;
        const QString step = DoctorStep::Srv.toString();
        const QString tried = u"SRV "_s + name;
        if (!result) {
            if (result.error().kind != Error::Kind::Cancelled) {
                tell(step, State::Failed, tried, result.error().detail, result.error());
            }
        } else if (result->isEmpty()) {
            tell(step, State::Skipped, tried, Text::tr("no such record"));
        } else if (result->constFirst().target == "."_L1) { // RFC 2782
            tell(step, State::Skipped, tried, Text::tr("the domain says: no such service"));
        } else {
            QStringList words;
            for (const ServiceRecord &record : *result) {
                m_shared->evidence.targets.insert(record.target, name);
                words.append(whereOf(record.target, record.port));
            }
            tell(step, State::Ok, tried, words.mid(0, 6).join(u", "_s));
        }
        open->answer.give(result);
    };
    m_services->lookUpService(name).then(
        &m_context, [pending, finish](const Result<Records> &result) { (*finish)(result); });
    return pending->answer.future();
}

void ObservedServices::silence()
{
    m_shared->silent = true;
}

Async<HttpReply> ObservedServices::http(const HttpRequest &request)
{
    if (m_shared->silent) {
        return Answer<HttpReply>().future(); // cancelled
    }
    m_shared->watch.attempted();
    ++m_shared->fetching;
    const Answer<HttpReply> answer;
    HttpRequest hasty = request;
    hasty.limit = std::min(request.limit, kHttpLimit);
    const QString tried = QString::fromLatin1(request.method) + u' ' + shownUrl(request.url);
    // Once somebody talks to us, web services are part of signing in (tickets, certificates).
    const QString step
        = (m_shared->evidence.heard ? DoctorStep::Authentication : DoctorStep::Discovery)
              .toString();
    m_services->http(hasty).then(
        &m_context, [this, answer, tried, step, url = request.url](const Result<HttpReply> &reply) {
            --m_shared->fetching;
            if (reply) {
                const QDateTime date = dateOf(*reply);
                if (date.isValid()) {
                    m_shared->evidence.dates.append({ url, date, m_services->now() });
                }
                const QString words
                    = u"%1 %2"_s.arg(reply->status).arg(QString::fromLatin1(reply->reason));
                const bool usable
                    = reply->status < 400 || reply->status == 401 || reply->status == 403;
                tell(step, usable ? State::Ok : State::Skipped, tried, words.trimmed());
            } else if (reply.error().code == "name-not-found"_L1) {
                tell(step, State::Skipped, tried, Text::tr("no such name"));
            } else if (reply.error().kind != Error::Kind::Cancelled) {
                tell(step, State::Failed, tried, reply.error().detail, reply.error());
            }
            answer.give(reply);
        });
    return answer.future();
}

std::unique_ptr<Timer> ObservedServices::timer(
    std::chrono::milliseconds in, std::function<void()> fire)
{
    const bool hasty = !m_patient && in >= kLongTimer;
    return m_services->timer(hasty ? kShortened : in, std::move(fire));
}

QDateTime ObservedServices::now() const
{
    return m_services->now();
}

QByteArray ObservedServices::randomBytes(int count) const
{
    return m_services->randomBytes(count);
}

Async<QString> ObservedServices::secret(const QString &key)
{
    if (const auto own = m_secrets.constFind(key); own != m_secrets.constEnd()) {
        return ready<QString>(*own);
    }
    if (!m_secretKeys.contains(key)) {
        Error none;
        none.kind = Error::Kind::Authentication;
        none.code = u"no-password"_s;
        return readyError<QString>(none);
    }
    const Answer<QString> answer;
    m_shared->watch.waiting(true);
    m_services->secret(key).then(&m_context, [this, answer](const Result<QString> &secret) {
        m_shared->watch.waiting(false);
        if (!secret && secret.error().code == "no-password"_L1 && m_placeholders) {
            answer.give(QString::fromLatin1(randomBytes(12).toHex()));
            return;
        }
        answer.give(secret);
    });
    return answer.future();
}

Async<void> ObservedServices::storeSecret(const QString &key, const QString &value)
{
    m_secrets.insert(key, value);
    return readyOk();
}

QByteArray ObservedServices::state(const QString &key) const
{
    const auto kept = m_states.constFind(key);
    return kept != m_states.cend() ? *kept : m_services->state(key);
}

void ObservedServices::setState(const QString &key, const QByteArray &value)
{
    m_states.insert(key, value);
}

ProxySettings ObservedServices::proxy() const
{
    return m_services->proxy();
}

QString ObservedServices::applicationName() const
{
    return m_services->applicationName();
}

QString ObservedServices::applicationVersion() const
{
    return m_services->applicationVersion();
}

void ObservedServices::notePeer(const RefusedPeer &peer)
{
    RefusedPeer known = peer;
    if (known.record.isEmpty()) {
        known.record = m_shared->evidence.targets.value(peer.host);
    }
    m_shared->evidence.refused.append(known);
}

void ObservedServices::peerRefused(const RefusedPeer &peer)
{
    // Nobody is asked to trust it: the doctor tells what is wrong.
    notePeer(peer);
}

void ObservedServices::logWire(bool outgoing, const QByteArray &bytes)
{
    m_shared->evidence.connected = true;
    if (!outgoing) {
        m_shared->evidence.heard = true;
    }
    m_services->logWire(outgoing, bytes);
}

std::optional<Error> ObservedServices::judgePeer(
    const RefusedPeer &peer, const QList<QSslError> &errors)
{
    std::optional<Error> doubt;
    if (auto *const judge = dynamic_cast<PeerJudge *>(m_services.get())) {
        doubt = judge->judgePeer(peer, errors);
    } else if (!errors.isEmpty()) {
        doubt = doubtOf(errors,
            QSslCertificate(peer.chain.value(0),
                QSsl::Der)); // nobody to ask: nothing that is wrong is let through
    }
    if (doubt) {
        RefusedPeer refused = peer;
        refused.error = *doubt;
        notePeer(refused);
    }
    return doubt;
}

} // namespace linchpin
