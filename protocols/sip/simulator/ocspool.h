// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/contactbook.h"
#include "protocols/sip/simulator/poolcore.h"
#include "protocols/sip/simulator/presentity.h"
#include "protocols/sip/simulator/simcertificates.h"

#include <QObject>
#include <QString>

#include <chrono>
#include <expected>

class QSslConfiguration;
class QTcpServer;

namespace linchpin::sip::sim {

class ConferenceDesk;
class GroupChatDesk;
class LyncWeb;
class NameProxy;
class PoolConnection;
class ScriptedPerson;

/// Availability numbers people publish, [MS-PRES] and the Lync presence schema.
enum class Availability {
    Available = 3500,
    Inactive = 5000,
    Busy = 6500,
    DoNotDisturb = 9500,
    BeRightBack = 12500,
    Away = 15500,
    Offline = 18500
};

/// Which server is played. Lync has web services beside the pool and offers TLS-DSK.
enum class Profile { Ocs2007R2, Lync2010, Lync2013 };

/// An Office Communications Server pool on loopback: what tests and the demonstration talk
/// to instead of a Microsoft server. Main thread; real sockets, real clock. See
/// protocols/sip/README.md for its limits.
class OcsPool : public QObject {
    Q_OBJECT
public:
    struct Options {
        QString domain = QStringLiteral("litwareinc.test");
        QString directory = {}; ///< ca.pem and received.jsonl go there; empty: no files
        Profile profile = Profile::Ocs2007R2;
        bool expiredCertificate = false;
        bool foreignCertificate = false; ///< for mail.DOMAIN and nothing else
        /// What else is wrong with the certificate; goes before the two above.
        CertificateFault certificateFault = CertificateFault::None;
        /// TLS 1.0 and nothing newer, as Windows Server 2003 has it.
        bool oldTls = false;
        /// No cipher suite that clients of today have, as where only RC4 is allowed.
        bool noCommonCipher = false;
        quint16 tlsPort = 0; ///< 0: any
        quint16 tcpPort = 0;
        /// Made before, for many pools in one process (RSA keys take their time); empty: made at
        /// the start.
        std::optional<SimCertificates> certificates = {};
        /// Puts the pool behind an HTTP proxy under its own names (lyncdiscover.DOMAIN,
        /// sip.DOMAIN…): what a client finds that knows nothing but an address. Otherwise web
        /// services are called localhost.
        bool behindProxy = false;
        quint16 webPort = 0;
        quint16 proxyPort = 0;
    };

    explicit OcsPool(QObject *parent = nullptr);
    OcsPool(Options options, QObject *parent);
    ~OcsPool() override;

    /// Listens on 127.0.0.1 with TLS and with TCP. The error is a sentence.
    std::expected<void, QString> start();
    quint16 tlsPort() const;
    quint16 tcpPort() const;
    /// PEM of the authority to trust.
    QByteArray authority() const { return m_authority; }
    /// Where it was written; empty without a directory.
    QString authorityFile() const;
    QString domain() const { return m_core.domain; }
    /// The web services; nullptr for Ocs2007R2.
    LyncWeb *web() const { return m_web.get(); }
    /// nullptr unless behindProxy.
    NameProxy *proxy() const { return m_proxy.get(); }

    // People
    void addUser(const QString &address, const QString &login, const QString &password,
        const QString &displayName);
    void addUser(const QString &address, const QString &login, const QString &password,
        const PersonCard &card);
    void setContacts(const QString &address, const QList<SeedContact> &contacts);
    /// A distribution group; with `owner` also in that user's contact list.
    void addGroup(const QString &address, const QString &name, const QStringList &members,
        const QString &owner = {});
    /// The account has never been signed in: no access levels are set yet, its first client has to.
    void makeFresh(const QString &address);
    /// That many people, person0@… and on, as contacts of an account in 20 groups; the first
    /// `online` of them are available. They can be watched, not talked to.
    void addCrowd(const QString &address, int people, int online);
    /// That person's presence is known to another pool ("pool02.…"), which the same process plays
    /// too: subscriptions are sent there.
    void moveToPool(const QString &address, const QString &pool);
    /// Somebody played by the pool itself. Owned by the pool.
    ScriptedPerson *addPerson(const QString &address, const PersonCard &card);
    /// The names the certificate of a pool of that domain has to hold.
    static QStringList certificateNames(const QString &domain);
    /// What a colleague sees of a user now.
    int availabilityOf(const QString &address);
    QString noteOf(const QString &address);
    const ContactBook *contactsOf(const QString &address);
    int endpointCount(const QString &address) const;
    /// The access level (container) a user gives somebody.
    int levelOf(const QString &address, const QString &watcher);
    /// Makes somebody a member of a container as if another end point of the user had done it.
    void setLevel(const QString &address, const QString &watcher, int container);
    /// A SOAP contact edit as if another end point of the user had sent it. False when it was
    /// refused.
    bool editContacts(const QString &address, const QByteArray &envelope);
    /// registration-notify: unregistered, rejected or deactivated.
    void deregister(const QString &address, const QByteArray &event, const QByteArray &reason = {});

    // Ways of going wrong. All but the certificate take effect at once.
    /// 403 for every User-Agent the pattern does not match, in the words of real pools.
    void refuseUserAgent(
        const QString &reason, const QString &allowedPattern = QStringLiteral("\\bOC/"));
    /// The connection is cut when this many more messages have been read (0: at the next one).
    void cutAfter(int messages);
    /// Cuts every connection now.
    void cutAll();
    void setDelay(std::chrono::milliseconds delay);
    /// This answer to the next requests of that method (empty: any), before anything else looks at
    /// them.
    void answer(int status, const QByteArray &method = {}, const QByteArray &reason = {},
        const QList<SipHeader> &headers = {}, int times = -1);
    void speakHttp(bool on);
    /// Takes connections and messages, and never says anything.
    void stayMute(bool on);
    /// These bytes instead of an answer, then the line is cut: another protocol's server.
    void speak(const QByteArray &words);
    /// The account exists, and its password is right, but it may not sign in ([MS-OCER] 4141).
    void disable(const QString &address);
    /// Says of everybody that the clock is wrong ([MS-OCER] 1013).
    void refuseClock(bool on);
    /// Says that the login is somebody else's ([MS-OCER] 4004).
    void refuseIdentity();
    /// The web services of Lync refuse tickets, or certificates. False without web services.
    bool refuseWebTickets();
    bool refuseNewCertificates();
    void corruptSignatures(bool on);
    /// Directory searches by SIP are refused.
    void refuseSearches(bool on) { m_core.searchesBySip = !on; }
    void omitSignatures(bool on);
    /// TLS-DSK with RC4 or not at all.
    void insistOnRc4(bool on);
    void setClockSkew(std::chrono::seconds ahead);
    /// 302 to every REGISTER, with these places ("host:port"), the best first. Its own: a loop.
    void redirectTo(const QStringList &places);
    /// 503 to every REGISTER, asking for some patience.
    void beBusy(std::chrono::seconds retryAfter);
    /// 2, 3 or 4, [MS-SIPAE] 2.2.1.
    void setSignatureVersion(int version);
    /// What the next challenges offer, in this order: NTLM, Kerberos, TLS-DSK.
    void offerSchemes(const QByteArrayList &schemes);
    /// The file with the key of sip/<name of the pool>, for Kerberos.
    void setKeytab(const QString &file);
    void setRegistrationLifetime(std::chrono::seconds lifetime);
    /// Back to good behaviour.
    void behave();

    // What was seen
    /// Since the last resetTraffic(); the second part is of the web services.
    std::pair<Traffic, Traffic> traffic() const;
    void resetTraffic();
    const QList<ReceivedMessage> &received() const { return m_core.log(); }
    /// How many of that method came from an address (empty: anybody).
    int count(const QByteArray &method, const QString &from = {}) const;
    void clearLog() { m_core.clearLog(); }
    /// What a strict server would have objected to.
    QStringList complaints() const { return m_core.complaints(); }

    PoolCore &core() { return m_core; }
    ConferenceDesk &conferences() { return m_core.conferences(); }
    GroupChatDesk &groupChat() { return m_core.groupChat(); }

Q_SIGNALS:
    void messageReceived(const linchpin::sip::sim::ReceivedMessage &message);
    void signedIn(const QString &address);
    void signedOut(const QString &address);
    /// A scripted person got an instant message.
    void personReceived(const QString &person, const QString &from, const QString &text);

private:
    void accept(QTcpServer &server, bool tls);
    std::expected<void, QString> startWeb(
        const QSslConfiguration &configuration, const SimCertificates &certificates);
    void record(const QString &person, const QString &from, const QString &text) const;

    Options m_options;
    PoolCore m_core;
    QByteArray m_authority;
    std::unique_ptr<LyncWeb> m_web;
    std::unique_ptr<NameProxy> m_proxy;
    std::unique_ptr<QTcpServer> m_tls;
    std::unique_ptr<QTcpServer> m_tcp;
    std::vector<std::unique_ptr<ScriptedPerson>> m_people;
    QList<PoolConnection *> m_connections; ///< children of this object
    int m_connectionNumber = 0x1d00;
};

} // namespace linchpin::sip::sim
