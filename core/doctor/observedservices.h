// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/doctorcheck.h"
#include "core/sdk/peerjudge.h"

#include <QObject>
#include <QSet>

#include <functional>

namespace linchpin {

/// The services of a trial sign-in: what a session looks up, connects to and fetches is told as
/// findings while it happens; nothing it keeps (state, secrets) gets to the account, and nothing
/// the account keeps (end point id, cached answers) gets to it but the secrets of the settings.
/// Attempts have shorter limits than those of a patient sign-in. Main thread.
class ObservedServices : public SessionServices, public PeerJudge {
public:
    /// What happened, for who looks for the cause.
    struct Evidence {
        struct Date {
            QUrl from;
            QDateTime server; ///< UTC, of an HTTP Date header
            QDateTime own; ///< our clock when it came
        };
        QHash<QString, QString> targets; ///< host → SRV record that named it
        QStringList missingNames; ///< hosts without an address
        QList<RefusedPeer> refused;
        QList<Date> dates;
        QString peer; ///< "host:port" connected to last
        bool connected = false; ///< a line stands or stood
        bool heard = false; ///< the other end said something
    };

    struct Watch {
        std::function<void(const Finding &)> found; ///< an attempt's outcome
        std::function<void()> attempted; ///< another attempt begins
        std::function<void(bool)> waiting; ///< the user is (no longer) being asked for a secret
        /// The addresses of a host as literals, or `name-not-found`; may be empty.
        std::function<Async<QStringList>(const QString &host)> addresses;
    };

    /// `secretKeys`: secrets of the account's settings, which may be read.
    ObservedServices(
        std::unique_ptr<SessionServices> services, const QSet<QString> &secretKeys, Watch watch);
    ~ObservedServices() override;

    /// The step that is under way now (DoctorStep), or empty where none of ours is.
    QString stepUnderWay() const;
    const Evidence &evidence() const;
    /// From outside: sockets of the real services tell here whom they did not trust.
    void notePeer(const RefusedPeer &peer);
    /// From now on a secret that nobody has is answered with something random: to see how far a
    /// sign-in gets without it. Whoever does so silences us before it is used.
    void usePlaceholders() { m_placeholders = true; }
    /// Nothing more goes out over the connections made here.
    void silence();
    /// Signed in: timers are no longer shortened.
    void setPatient() { m_patient = true; }
    SessionServices &bare() { return *m_services; }

    Async<std::shared_ptr<Transport>> connectTo(const Endpoint &endpoint) override;
    Result<std::shared_ptr<Listener>> listen(quint16 firstPort, quint16 lastPort) override;
    Async<QList<ServiceRecord>> lookUpService(const QString &name) override;
    Async<HttpReply> http(const HttpRequest &request) override;
    std::unique_ptr<Timer> timer(std::chrono::milliseconds in, std::function<void()> fire) override;
    QDateTime now() const override;
    QByteArray randomBytes(int count) const override;
    Async<QString> secret(const QString &key) override;
    Async<void> storeSecret(const QString &key, const QString &value) override;
    QByteArray state(const QString &key) const override;
    void setState(const QString &key, const QByteArray &value) override;
    ProxySettings proxy() const override;
    QString applicationName() const override;
    QString applicationVersion() const override;
    void peerRefused(const RefusedPeer &peer) override;
    void logWire(bool outgoing, const QByteArray &bytes) override;
    std::optional<Error> judgePeer(
        const RefusedPeer &peer, const QList<QSslError> &errors) override;

    struct Shared; ///< with the transports, which may live longer

private:
    void resolve(const Endpoint &endpoint, const std::function<void(const Result<void> &)> &then);
    void connectBy(const Endpoint &endpoint, const Answer<std::shared_ptr<Transport>> &answer);
    void tell(const QString &step, Finding::State state, const QString &tried,
        const QString &answer, const std::optional<Error> &error = std::nullopt);
    bool hasProxy() const;

    std::unique_ptr<SessionServices> m_services;
    QSet<QString> m_secretKeys;
    std::shared_ptr<Shared> m_shared;
    QHash<QString, QByteArray> m_states;
    QHash<QString, QString> m_secrets;
    bool m_patient = false;
    bool m_placeholders = false;
    QObject m_context; // last: pending answers end before anything they use
};

/// "Date: Sat, 21 Nov 2026 12:00:00 GMT" of an answer, UTC (RFC 9110 §5.6.7); invalid where it has
/// none.
QDateTime dateOf(const HttpReply &reply);

} // namespace linchpin
