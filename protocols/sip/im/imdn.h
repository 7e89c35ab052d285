// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>

namespace linchpin::sip {

/// What became of a message sent to many: application/ms-imdn+xml ([MS-CONFIM] 2.2.6).
struct DeliveryReport {
    struct Recipient {
        QString address = {};
        int status = 0; ///< a SIP status; 400 and more: not delivered to this person
        QByteArray diagnostics = {}; ///< the ms-diagnostics value; may be empty
        friend bool operator==(const Recipient &, const Recipient &) = default;

        bool isFailed() const { return status >= 400; }
    };
    QString messageId = {}; ///< the Message-Id of the 202 to our MESSAGE
    QList<Recipient> recipients = {};
    friend bool operator==(const DeliveryReport &, const DeliveryReport &) = default;
};

std::expected<DeliveryReport, DocumentError> parseDeliveryReport(QByteArrayView body);
QByteArray buildDeliveryReport(const DeliveryReport &report);

} // namespace linchpin::sip
