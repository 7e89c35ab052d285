// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/siplink.h"

#include "protocols/sip/transaction/dialog.h"

namespace linchpin::sip {

SipMessage newRequest(SipLink &link, const QByteArray &method, const QByteArray &uri)
{
    const LocalIdentity &identity = link.identity();
    Dialog dialog = Dialog::outgoing(uri.isEmpty() ? identity.uri() : uri, link.random());
    SipMessage request = dialog.request(identity, method, link.random());
    request.addHeader(QByteArrayLiteral("Contact"), identity.contact());
    return request;
}

} // namespace linchpin::sip
