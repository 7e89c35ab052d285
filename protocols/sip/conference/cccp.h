// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>

#include <expected>

namespace linchpin::sip {

// The Centralized Conference Control Protocol (C3P): requests to the focus factory (SERVICE), to
// enter a focus (INVITE) and inside it (INFO). [MS-CONFBAS] 2.2.3, [MS-CONFPRO] 2.2.

inline constexpr QByteArrayView kCccpType = "application/cccp+xml";

/// Who asks whom.
struct CccpHeader {
    QString to = {}; ///< URI of the focus or its factory
    QString from = {}; ///< our URI
    quint32 requestId = 0;
};

struct NewConference {
    QString id = {}; ///< letters and digits, 8 to 32
    QString subject = {};
    QDateTime expires = {}; ///< UTC; the server may forget it then
};
QByteArray buildAddConference(const CccpHeader &header, const NewConference &conference);
/// Ourselves, as attendee; the server decides. @p endpoint is a UUID without braces.
QByteArray buildAddUser(const CccpHeader &header, const QString &focus, const QString &endpoint);
QByteArray buildDeleteUser(const CccpHeader &header, const QString &focus, const QString &user);
QByteArray buildModifyUserRoles(
    const CccpHeader &header, const QString &focus, const QString &user, bool presenter);
QByteArray buildModifyConferenceLock(const CccpHeader &header, const QString &focus, bool locked);
/// The end for everybody. [MS-CONFBAS] 2.2.3.13
QByteArray buildDeleteConference(const CccpHeader &header, const QString &focus);
/// [MS-CONFAV] 3.2.5.4: the microphone of somebody's end point, as the roster names it.
struct MediaKey {
    QString mcu = {}; ///< URI of the audio-video MCU
    QString user = {};
    QString endpoint = {};
    QString media = {};
};
QByteArray buildModifyEndpointMedia(
    const CccpHeader &header, const QString &focus, const MediaKey &key, bool muted);
/// Lets somebody in from the lobby. [MS-CONFBAS] 4.4.8
QByteArray buildSetLobbyAccess(const CccpHeader &header, const QString &focus, const QString &user);

struct CccpResponse {
    enum class Code { Success, Pending, Failure };
    Code code = Code::Failure;
    quint32 requestId = 0;
    QString reason = {}; ///< the server's word for a failure; may be empty
    QString conference = {}; ///< addConference: the focus URI as written
    friend bool operator==(const CccpResponse &, const CccpResponse &) = default;
};
std::expected<CccpResponse, DocumentError> parseCccpResponse(QByteArrayView body);

} // namespace linchpin::sip
