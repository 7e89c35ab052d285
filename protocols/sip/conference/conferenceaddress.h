// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>
#include <QStringView>
#include <QUrl>

#include <optional>

namespace linchpin::sip {

// How conferences are addressed ([MS-CONFBAS] 2.2.1, [MS-CONFPRO] 2.2.1). A conference is known by
// the URI of its focus: "sip:ben@litwareinc.com;gruu;opaque=app:conf:focus:id:8C1F", the organizer
// and an id of letters and digits.

/// The one spelling of a focus URI (organizer in lower case, id as written, nothing after it), from
/// such a URI, from "conf:" and "meet:" URIs, which may be escaped and carry a query, and from
/// "organizer id" as two words. Nothing for everything else.
std::optional<QString> normalizedFocus(QStringView given);

/// The focus URI of an organizer's address and a meeting id; nothing when they cannot be one.
std::optional<QString> focusUri(QStringView organizer, QStringView id);

/// "ben@litwareinc.com" and "8C1F" of a normalized focus URI.
QString organizerOf(QStringView focus);
QString conferenceIdOf(QStringView focus);

/// Where a medium (`chat`, `audio-video`) of the conference is, when the conference did not say.
QString mcuUri(const QString &focus, const QString &medium);

/// An address for people that leads to a page about the conference.
bool isMeetLink(QStringView text);

/// What the page behind a link for people says.
struct MeetPage {
    std::optional<QString> focus = {}; ///< normalized
    QUrl launcher = {}; ///< another page (https) to look at when there is no focus here
};
/// Only the first MiB is looked at.
MeetPage readMeetPage(QByteArrayView html);

/// The focus factory in the answer of in-band provisioning; empty when there is none, as on
/// servers without conferences.
QString focusFactory(QByteArrayView provisioning);

} // namespace linchpin::sip
