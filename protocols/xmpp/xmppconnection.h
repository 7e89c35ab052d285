// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/session.h"
#include "core/sdk/sessionservices.h"
#include "protocols/xmpp/connectionplan.h"
#include "protocols/xmpp/errors.h"
#include "protocols/xmpp/streamtext.h"

#include <QPointer>
#include <QSslCertificate>
#include <QXmppClient.h>
#include <QXmppLogger.h>

#include <memory>

class QSslSocket;
class QXmppOutgoingClient;

namespace linchpin::xmpp {

/// One sign-in after the other: finds the servers, tries them, keeps the account's certificate
/// rules over QXmpp's own socket, feeds the wire log, and says why it ended. Makes a new
/// QXmppClient each time, unless the old one can resume its stream (XEP-0198).
class XmppConnection : public QObject {
    Q_OBJECT
public:
    XmppConnection(
        const ConnectionSettings &settings, SessionServices &services, QObject *parent = nullptr);
    ~XmppConnection() override;

    QXmppClient *client() const { return m_client.get(); }
    const ConnectionSettings &settings() const { return m_settings; }
    Session::State state() const { return m_state; }
    /// The server that is being tried, or signed in to; nothing before the first.
    std::optional<Candidate> candidate() const
    {
        return m_next > 0 && m_next <= m_candidates.size()
            ? std::optional(m_candidates.at(m_next - 1))
            : std::nullopt;
    }
    /// The SASL mechanism that was used; empty before.
    QString mechanism() const { return m_mechanism; }
    /// After failed(): the next open() may go on with the old stream.
    bool canResume() const { return m_state == Session::State::Offline && m_client != nullptr; }

    void open(const QXmppPresence &initial);
    void close();
    /// Ends the connection as failed when the server does not answer soon.
    void probe();

Q_SIGNALS:
    /// A new client is made: extensions and signals are attached now.
    void clientMade(QXmppClient *client);
    void stateChanged(linchpin::Session::State state);
    /// Signed in; `resumed`: the old stream goes on, nothing was lost.
    void online(bool resumed);
    /// Something did not work and another way did; emitted right before online().
    void mended(const linchpin::ServerNotice &notice);
    /// Emitted before stateChanged(Offline) when the stream is over for good or until resumed.
    void broken();
    void failed(const linchpin::Error &why);

private:
    void readAuthorities();
    void lookUp();
    void tryNext();
    void makeClient();
    void dropClient();
    void attachSocket();
    void readFor(QXmppOutgoingClient *stream);
    void takeTurn(QXmppOutgoingClient *stream);
    void read(QXmppOutgoingClient *stream, qint64 most);
    void resetStream();
    void setState(Session::State state);
    void handleLog(QXmppLogger::MessageType type, const QString &text);
    void handleError(const QXmppError &error);
    void handleConnected();
    void handleSslErrors(const QList<QSslError> &errors);
    void handleEncrypted();
    std::optional<Error> judgePeer(const QList<QSslError> &errors);
    void learn();
    bool tryOtherMechanism();
    void tellMended();
    void endSoon();
    void end();
    void finish(const Error &why);
    void startLimit(std::chrono::milliseconds limit, bool failing);

    ConnectionSettings m_settings;
    SessionServices &m_services;
    std::unique_ptr<QXmppClient> m_client;
    QPointer<QSslSocket> m_socket;
    QPointer<QSslSocket> m_turnOf; ///< what is there waits for the next turn of the event loop
    Session::State m_state = Session::State::Offline;
    QXmppPresence m_initial;
    QString m_password;
    QList<QSslCertificate> m_authorities; ///< the system's and the account's; empty = the system's
    QList<Candidate> m_candidates;
    Candidate m_candidate; ///< tried now, or connected to
    bool m_noRecords = false; ///< asked for, and there are none
    QString m_mechanism; ///< SASL, that we began with
    QList<QSslError> m_sslErrors; ///< of the peer that is there now
    qsizetype m_next = 0;
    int m_attempt = 0; ///< answers to questions of an earlier attempt are void
    bool m_ending = false;
    bool m_resuming = false;
    std::optional<Error> m_firstFailure;
    std::optional<Error> m_failure;
    QXmppError m_error;
    StreamText m_text;
    qsizetype m_unparsed = 0; ///< characters QXmpp got since its last complete stanza
    ConnectionTrouble m_trouble;
    QDateTime m_resumeUntil;
    std::unique_ptr<Timer> m_limit;
};

} // namespace linchpin::xmpp
