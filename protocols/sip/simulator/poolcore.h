// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/contactbook.h"
#include "protocols/sip/simulator/presentity.h"
#include "protocols/sip/simulator/traffic.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QByteArrayList>
#include <QDateTime>
#include <QList>
#include <QMap>
#include <QObject>
#include <QRegularExpression>
#include <QSet>
#include <QString>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace linchpin::sip::sim {

class ConferenceDesk;
class GroupChatDesk;
class Proxy;
class Registrar;
class ServiceDesk;
class Subscriptions;

/// Where the pool can put a message: a client's connection, or a scripted person inside the
/// process.
class Hop {
public:
    Hop() = default;
    Hop(const Hop &) = delete;
    Hop &operator=(const Hop &) = delete;
    virtual ~Hop() = default;
    /// Must not call back into the pool before it returns.
    virtual void deliver(const SipMessage &message) = 0;
    /// "TLS" or "TCP", for Via.
    virtual QByteArray transport() const = 0;
    /// Changes the URI a client calls itself into one the pool can route (the ms-received-cid of
    /// OCS).
    virtual QByteArray reachableContact(const QByteArray &uri) const { return uri; }
};

/// One signed-in device of a user.
struct Endpoint {
    QString user;
    QString epid;
    QString instance; ///< UUID in lower case
    QByteArray gruu;
    QByteArray contact; ///< Request-URI for what the pool itself sends there
    Hop *hop = nullptr; ///< not owned; PoolCore::forget() removes the end point before the hop dies
    QDateTime expires;
    quint64 order = 0; ///< grows with every registration: the highest is the most recent
    SipMessage registration; ///< the REGISTER, for registration-notify
};

/// An account of the pool.
struct PoolUser {
    QString address;
    QString login; ///< "DOMAIN\user", "user" or "user@domain"
    QString password;
    Presentity presence;
    ContactBook contacts;
    QString pool = {}; ///< the pool that knows this person's presence; empty: ours
};

/// A distribution group of the company.
struct DistributionGroup {
    QString address; ///< e-mail
    QString name;
    QStringList members; ///< addresses of users
};

/// One line of the log.
struct ReceivedMessage {
    QDateTime at;
    QString from; ///< user@domain of the From header
    SipMessage message;
};

/// What the pool does wrong on command.
struct Faults {
    struct Answer {
        QByteArray method; ///< empty: any
        int status = 0;
        QByteArray reason;
        QList<SipHeader> headers;
        int times = -1; ///< -1: always
    };

    std::optional<QRegularExpression> allowedUserAgents;
    QString userAgentRefusal;
    int cutAfter = -1; ///< messages still to be read before the connection is cut; -1: never
    std::chrono::milliseconds delay { 0 }; ///< before everything the pool sends
    QList<Answer> answers;
    bool speakHttp = false; ///< answers like a web server
    bool corruptSignatures = false;
    bool omitSignatures = false; ///< nothing is signed, though an association exists
    bool rc4Only
        = false; ///< TLS-DSK: answers a hello without RC4 as a server that has nothing else
    /// The pool's clock is that much ahead; handshakes over five minutes off are refused.
    std::chrono::seconds clockSkew { 0 };
    bool refuseCertificates = false; ///< as if every client certificate were revoked
    bool refuseClock = false; ///< whoever signs in has a wrong clock, whatever time is shown
    bool mute = false; ///< takes everything and says nothing
    QByteArray foreignWords; ///< said instead of an answer, then the line is cut: another protocol
    QSet<QString> disabled; ///< accounts that may not sign in
};

/// The state of the simulated pool and the paths a message takes through it. Main thread only.
class PoolCore : public QObject {
    Q_OBJECT
public:
    explicit PoolCore(QObject *parent = nullptr);
    ~PoolCore() override;

    QString domain; ///< SIP domain
    QString fqdn; ///< name of the pool, targetname of the challenges
    int signatureVersion = 4;
    QByteArray product = "RTC/3.5"; ///< Server header
    std::chrono::seconds registrationLifetime { 7200 };
    bool strictSignatures = true;
    /// What is offered, as in the headers, in this order: NTLM, Kerberos, TLS-DSK.
    QByteArrayList schemes { "NTLM" };
    QString keytab; ///< file with the key of sip/fqdn, for Kerberos
    QByteArray certificateService; ///< sts-uri of TLS-DSK challenges; empty: none is named
    QByteArray certificate; ///< DER; shown inside TLS-DSK
    QByteArray privateKey; ///< of the certificate, DER
    /// The address of the account a client certificate (DER) was issued to; empty: refused.
    std::function<QString(const QByteArray &certificate)> certificateHolder;
    QList<DistributionGroup> groups;
    QByteArray groupExpansion; ///< URLs that provisioning names; empty: it does not
    QByteArray addressBook;
    bool searchesBySip = true; ///< false: directorySearch is answered 405
    bool oldTlsOnly = false; ///< TLS 1.0 inside TLS-DSK
    QStringList refusals; ///< why handshakes were refused, for tests
    Faults faults;
    Traffic traffic; ///< of SIP
    bool answerHeard = true; ///< an answer went out after the latest request, for Traffic::waits

    PoolUser *user(const QString &address);
    void addUser(const PoolUser &user);
    QMap<QString, PoolUser> &users() { return m_users; }

    const QList<Endpoint> &endpoints() const { return m_endpoints; }
    QList<Endpoint> endpointsOf(const QString &user) const;
    /// Adds it or replaces the one with the same instance. True when it is new.
    bool putEndpoint(const Endpoint &endpoint);
    void removeEndpoint(const QString &user, const QString &instance);
    /// Everything that goes through this hop ends.
    void forget(Hop *hop);

    /// A request of a signed-in client, or any response.
    void receive(const SipMessage &message, Hop &from);
    /// What came in, kept for tests; at most 5000.
    void log(const SipMessage &message);
    const QList<ReceivedMessage> &log() const { return m_log; }
    void clearLog() { m_log.clear(); }
    /// Something a strict server would object to; tests look at the list.
    void complain(const QString &what);
    const QStringList &complaints() const { return m_complaints; }

    /// Answers, with the fault table applied by the caller.
    void answer(const SipMessage &request, Hop &to, int status, const QByteArray &reason = {});
    /// The answer a test ordered for this request, if any.
    std::optional<SipMessage> orderedAnswer(const SipMessage &request);

    /// Tells watchers and the user's own end points; except: instance that knows already.
    void presenceTouched(
        const QString &user, const QSet<QString> &categories, const QString &exceptInstance = {});

    Registrar &registrar() { return *m_registrar; }
    Subscriptions &subscriptions() { return *m_subscriptions; }
    Proxy &proxy() { return *m_proxy; }
    ConferenceDesk &conferences() { return *m_conferences; }
    GroupChatDesk &groupChat() { return *m_groupChat; }

Q_SIGNALS:
    void received(const linchpin::sip::sim::ReceivedMessage &message);
    void signedIn(const QString &user);
    void signedOut(const QString &user);
    void complained(const QString &what);

private:
    QMap<QString, PoolUser> m_users;
    QList<Endpoint> m_endpoints;
    QList<ReceivedMessage> m_log;
    QStringList m_complaints;
    quint64 m_order = 0;
    std::unique_ptr<Registrar> m_registrar;
    std::unique_ptr<Subscriptions> m_subscriptions;
    std::unique_ptr<ServiceDesk> m_services;
    std::unique_ptr<Proxy> m_proxy;
    std::unique_ptr<ConferenceDesk> m_conferences;
    std::unique_ptr<GroupChatDesk> m_groupChat;
};

} // namespace linchpin::sip::sim
