// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <expected>
#include <optional>
#include <utility>

namespace linchpin::sip {

/// One element of a request to Exchange Web Services. Elements are of the schema of messages, or of
/// the one of types ([MS-OXWSCDATA]).
struct EwsElement {
    enum class Schema { Messages, Types };

    QString name = {};
    Schema schema = Schema::Messages;
    QString text = {};
    QList<std::pair<QString, QString>> attributes = {};
    QList<EwsElement> children = {};
};
EwsElement messageElement(const QString &name, const QString &text = {});
EwsElement messageElement(const QString &name, const QList<EwsElement> &children);
EwsElement typeElement(const QString &name, const QString &text = {});
EwsElement typeElement(const QString &name, const QList<EwsElement> &children);

/// A call, ready to be posted.
struct EwsRequest {
    QByteArray action = {}; ///< SOAPAction, without quotes
    QByteArray body = {};
};
/// @p schemaVersion is what RequestServerVersion names ("Exchange2013"); empty: no such header,
/// which Exchange 2007 wants.
EwsRequest buildEwsRequest(
    const QString &action, const EwsElement &operation, const QString &schemaVersion = {});

/// Why Exchange did not do what it was asked for.
struct EwsFault {
    QString code
        = {}; ///< ResponseCode of [MS-OXWSCDATA] ("ErrorItemNotFound"), or the SOAP fault's
    QString words = {}; ///< the server's, bounded
    friend bool operator==(const EwsFault &, const EwsFault &) = default;

    /// Somebody else has changed it meanwhile, or it is gone: reading again helps.
    bool isStale() const;
};
/// The response element of that name inside the SOAP body, or why there is none.
std::expected<XmlElement, EwsFault> ewsResponse(QByteArrayView body, QStringView name);
/// What ResponseClass and ResponseCode of an element say; nothing where it is no error.
std::optional<EwsFault> responseFault(const XmlElement &response);

/// A time as Exchange writes it: with Z or an offset; without either it is UTC, which is what our
/// requests ask for. Invalid when unreadable.
QDateTime ewsTime(const QString &text);

/// As an error for people: `exchange-fault`.
Error exchangeFault(const EwsFault &fault);

} // namespace linchpin::sip
