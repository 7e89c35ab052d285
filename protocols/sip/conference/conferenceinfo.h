// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArrayView>
#include <QList>
#include <QMap>
#include <QString>

#include <optional>

namespace linchpin::sip {

// What the focus tells of a conference: application/conference-info+xml, RFC 4575 with the
// extensions of [MS-CONFBAS] 2.2.2, whole at first and as changes afterwards.

struct ConferenceMedia {
    QString id = {};
    QString type = {}; ///< "audio", "chat"
    QString status = {}; ///< "sendrecv", "recvonly" …
    bool blocked = false; ///< media-ingress-filter: the MCU lets nothing in
    friend bool operator==(const ConferenceMedia &, const ConferenceMedia &) = default;
};

struct ConferenceEndpoint {
    QString entity = {};
    QString sessionType = {}; ///< "focus", "chat", "audio-video", "applicationsharing"
    QString status = {}; ///< "connected", "on-hold", "disconnected" …
    QList<ConferenceMedia> media = {};
    friend bool operator==(const ConferenceEndpoint &, const ConferenceEndpoint &) = default;
};

struct ConferenceUser {
    QString entity = {}; ///< as written, for requests
    QString name = {}; ///< may be empty
    bool presenter = false;
    QList<ConferenceEndpoint> endpoints = {};
    friend bool operator==(const ConferenceUser &, const ConferenceUser &) = default;

    /// Whether one of the end points is there; any type when @p sessionType is empty.
    bool isConnected(QStringView sessionType = {}) const;
    /// In the lobby: on hold, and nowhere else.
    bool isWaiting() const;
    /// Of the microphone; empty when there is none.
    std::optional<bool> muted() const;
    /// End point and media of the microphone; nullptr when there is none.
    const ConferenceEndpoint *audioEndpoint() const;
    QString audioMedia() const; ///< its id
};

/// A conference as far as it was told.
struct ConferenceState {
    bool known = false; ///< a whole state has come
    quint32 version = 0;
    bool ended = false;
    QString subject = {};
    QString link = {}; ///< for people; https
    QString organizer = {}; ///< their name
    QMap<QString, QString> mcus = {}; ///< URI by purpose ("chat")
    QMap<QString, bool> locks = {}; ///< by entity of the view
    QMap<QString, ConferenceUser> users = {}; ///< by address
    friend bool operator==(const ConferenceState &, const ConferenceState &) = default;

    bool isLocked() const;
};

enum class InfoOutcome {
    Applied,
    Old, ///< said before; nothing changed
    Gap, ///< something between is missing: the whole state has to be asked for
    Unusable, ///< another conference's, or not such a document
};

/// Brings @p state up to date with one document about @p focus. A whole state that answers a new
/// subscription (@p fresh) starts counting anew.
InfoOutcome applyConferenceInfo(
    ConferenceState &state, QByteArrayView document, const QString &focus, bool fresh = false);

} // namespace linchpin::sip
