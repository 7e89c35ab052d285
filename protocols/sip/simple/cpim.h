// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <expected>

namespace linchpin::sip {

inline constexpr QByteArrayView kCpimType = "message/cpim";
inline constexpr QByteArrayView kImdnType = "message/imdn+xml";

/// A message in the wrapper of RFC 3862, with what RFC 5438 adds to it.
struct CpimMessage {
    QString from = {}; ///< addresses, see addressFromUri(); empty when none is written
    QString to = {};
    QString fromName = {};
    QDateTime sentAt = {}; ///< UTC; invalid when not told
    QString subject = {};
    QString messageId = {}; ///< imdn.Message-ID
    bool wantsDelivery = false; ///< imdn.Disposition-Notification: positive-delivery
    QByteArray contentType = {}; ///< of what is inside; "text/plain" when it does not say
    QByteArray body = {}; ///< transfer encoding undone
    friend bool operator==(const CpimMessage &, const CpimMessage &) = default;
};

std::expected<CpimMessage, DocumentError> parseCpim(QByteArrayView body);
/// Lines end in CRLF. Nothing in a header value can end its line.
QByteArray buildCpim(const CpimMessage &message);

/// What became of a message, RFC 5438 7: message/imdn+xml.
struct DispositionNotice {
    enum class Status { Delivered, Displayed, Failed, Forbidden, Error };
    QString messageId = {};
    QDateTime sentAt = {}; ///< of the message, UTC
    QString recipient = {}; ///< address
    Status status = Status::Delivered;
    friend bool operator==(const DispositionNotice &, const DispositionNotice &) = default;
};
std::expected<DispositionNotice, DocumentError> parseDispositionNotice(QByteArrayView body);
QByteArray buildDispositionNotice(const DispositionNotice &notice);

} // namespace linchpin::sip
