// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/transaction/localidentity.h"
#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QByteArrayList>

#include <expected>

namespace linchpin::sip {

/// One call leg: what stays the same from request to request. RFC 3261 12. Also used for requests
/// that never make a dialog (REGISTER, SERVICE), which share a Call-ID and count on.
class Dialog {
public:
    Dialog() = default;
    /// We begin: `remoteUri` is To and, until the answer names another, the Request-URI.
    static Dialog outgoing(const QByteArray &remoteUri, const RandomBytes &random);
    /// They began with `request`; its Contact becomes the target, its Record-Route the route set.
    static std::expected<Dialog, ParseError> incoming(
        const SipMessage &request, const QByteArray &localTag);

    QByteArray callId() const { return m_callId; }
    QByteArray localTag() const { return m_localTag; }
    QByteArray remoteTag() const { return m_remoteTag; }
    QByteArray remoteUri() const { return m_remoteUri; }
    QByteArray remoteTarget() const { return m_remoteTarget; }
    bool isEstablished() const { return !m_remoteTag.isEmpty(); }

    /// Takes tag, target and route set from a 2xx to the request that opened the dialog.
    void establish(const SipMessage &response);
    /// A later 2xx or request may move the target (RFC 3261 12.2.1.2).
    void refreshTarget(const SipMessage &message);

    /// The request was repeated with credentials, under a higher number (RFC 3261 22.2).
    void catchUp(const SipMessage &response);

    /// The next request: start line and all headers but Authorization.
    SipMessage request(
        const LocalIdentity &identity, const QByteArray &method, const RandomBytes &random);
    /// ACK of the INVITE with that number.
    SipMessage ack(const LocalIdentity &identity, quint32 inviteNumber, const RandomBytes &random);

    /// Whether a request of the peer belongs to this dialog.
    bool owns(const SipMessage &request) const;
    /// False for a request older than the last one (RFC 3261 12.2.2). Remembers the number.
    bool takeNumber(const SipMessage &request);

    quint32 number() const { return m_number; }

private:
    SipMessage build(const LocalIdentity &identity, const QByteArray &method, quint32 number,
        const RandomBytes &random) const;

    QByteArray m_callId;
    QByteArray m_localTag;
    QByteArray m_remoteUri;
    QByteArray m_remoteTag;
    QByteArray m_remoteEpid;
    QByteArray m_remoteTarget;
    QByteArrayList m_routes; ///< in the order of the Route headers
    quint32 m_number = 0;
    quint32 m_remoteNumber = 0;
};

/// A CANCEL for an INVITE that is still ringing: same branch, number and To (RFC 3261 9.1).
SipMessage makeCancel(const SipMessage &invite);

} // namespace linchpin::sip
