// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipmessage.h"

#include <QByteArray>
#include <QString>

// Small helpers over SipMessage that every part of the pool needs.

namespace linchpin::sip::sim {

/// Lower-case hex of the given number of random bytes.
QByteArray randomHex(int bytes);

/// The name-addr in a header; all empty when the header is absent or broken.
NameAddress addressHeader(const SipMessage &message, QByteArrayView name);
/// "user@domain", lower case, of a From or To header.
QString addressIn(const SipMessage &message, QByteArrayView name);
/// "user@domain", lower case, of a URI.
QString addressOfUri(QByteArrayView uri);

/// A response with the headers RFC 3261 8.2.6 copies from the request; the To tag is added when
/// absent.
SipMessage responseTo(const SipMessage &request, int status, const QByteArray &reason = {});
/// The usual reason phrase of a status.
QByteArray reasonPhrase(int status);

/// True when a header of that name lists the token (comma lists, any case).
bool listsToken(const SipMessage &message, QByteArrayView header, QByteArrayView token);

/// The branch of the first Via; empty when there is none.
QByteArray topBranch(const SipMessage &message);
/// Puts a Via above the others.
void pushVia(SipMessage &message, const QByteArray &value);
/// Takes the first Via away.
void popVia(SipMessage &message);
/// Puts a header line above all others of its name (Record-Route).
void prependHeader(SipMessage &message, const QByteArray &name, const QByteArray &value);

} // namespace linchpin::sip::sim
