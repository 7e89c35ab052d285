// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QString>
#include <QUrl>

#include <expected>
#include <variant>

namespace linchpin::sip {

/// Where a mailbox is served: Exchange Web Services, free/busy times, out-of-office settings. All
/// three are the same address mostly.
struct ExchangeServices {
    QUrl web = {};
    QUrl availability = {};
    QUrl outOfOffice = {};
    friend bool operator==(const ExchangeServices &, const ExchangeServices &) = default;

    bool isEmpty() const { return web.isEmpty() && availability.isEmpty(); }
};
/// What a user has typed; a bare host gets the path that Exchange has by default.
ExchangeServices exchangeServicesAt(const QUrl &url);

// What autodiscover may answer ([MS-OXDSCLI] 2.2.4).
struct MailboxMoved {
    QString email; ///< ask for this address instead
    friend bool operator==(const MailboxMoved &, const MailboxMoved &) = default;
};
struct AskElsewhere {
    QUrl url;
    friend bool operator==(const AskElsewhere &, const AskElsewhere &) = default;
};
struct NoMailbox {
    QString words; ///< the server's; may be empty
    friend bool operator==(const NoMailbox &, const NoMailbox &) = default;
};
using MailboxAnswer = std::variant<ExchangeServices, MailboxMoved, AskElsewhere, NoMailbox>;

/// "Plain old XML": the request for Outlook's settings.
QByteArray buildExchangeAutodiscover(const QString &email);
/// Only https addresses are taken. From outside of the company (EXPR) where there is nothing for
/// inside (EXCH).
std::expected<MailboxAnswer, DocumentError> parseExchangeAutodiscover(QByteArrayView body);

} // namespace linchpin::sip
