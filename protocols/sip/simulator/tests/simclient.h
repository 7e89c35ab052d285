// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/messagesigner.h"
#include "protocols/sip/wire/sipframer.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QObject>
#include <QTcpSocket>

#include <memory>
#include <optional>

namespace linchpin::sip::sim {

/// A bare SIP end point for tests of the pool: it signs and checks with the client's own classes
/// and otherwise does what the test says, also what no decent client would do.
class SimClient : public QObject {
    Q_OBJECT
public:
    SimClient(const QString &address, const QByteArray &epid, QObject *parent = nullptr);

    bool connectTo(quint16 port);
    void send(const QByteArray &bytes) { m_socket.write(bytes); }
    bool isConnected() const { return m_socket.state() == QAbstractSocket::ConnectedState; }

    /// REGISTER with NTLM until the end; the status of the last answer.
    int signIn(const QString &login, const QString &password, const QByteArray &expires = {});
    void signOut();
    const SipMessage &registration() const { return m_registration; }
    QByteArray gruu() const { return m_gruu; }

    /// A request with the usual headers, not sent yet. Dialogs continue by setting To and Call-ID.
    SipMessage request(const QByteArray &method, const QByteArray &uri, const QByteArray &to = {});
    /// Signs and sends; waits for the final response.
    std::optional<SipMessage> exchange(SipMessage message, bool sign = true);
    /// Signs and sends, waits for nothing.
    void post(SipMessage message, bool sign = true);
    /// Waits for a request of that method; takes it out of what has been received.
    std::optional<SipMessage> expect(const QByteArray &method);
    std::optional<SipMessage> expectResponse(const QByteArray &callId, const QByteArray &method);
    /// Is there one of that method now?
    bool has(const QByteArray &method) const;
    SipMessage answer(const SipMessage &request, int status, const QByteArray &contentType = {},
        const QByteArray &body = {});

    int wrongSignatures() const { return m_wrongSignatures; }

private:
    void read();
    std::optional<SipMessage> take(const std::function<bool(const SipMessage &)> &wanted);

    QString m_address;
    QByteArray m_epid;
    QByteArray m_instance;
    QByteArray m_tag;
    QByteArray m_callId;
    QByteArray m_gruu;
    QTcpSocket m_socket;
    SipFramer m_framer;
    std::unique_ptr<MessageSigner> m_signer;
    SipMessage m_registration;
    QList<SipMessage> m_received;
    quint32 m_cseq = 0;
    int m_wrongSignatures = 0;
};

} // namespace linchpin::sip::sim
