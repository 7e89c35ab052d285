// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"
#include "protocols/sip/exchange/exchangeautodiscover.h"

#include <QSet>
#include <QStringList>

#include <variant>

namespace linchpin::sip {

/// What is known of a mailbox before it was looked for.
struct ExchangeWish {
    QString email = {};
    QUrl byHand = {}; ///< asked nobody else then
    bool askRecords = true; ///< SRV records may be asked for: nothing leaves beside a proxy
    QByteArray userAgent = {};
};

/// Where a mailbox is served, [MS-OXDSCLI] 3.1.5: autodiscover at the two usual places of the mail
/// domain by https, then where a redirect in the clear or an SRV record points to. Login and
/// password go to nobody but https, and what was learned in the clear is a hint: it is followed
/// within the mail domain only. No socket, no clock.
class ExchangeFinder {
public:
    struct LookUp {
        QString name; ///< of the SRV records
    };
    /// Send this and bring the answer; look this up and bring the records; found; or why not:
    /// `exchange-not-found`, `exchange-refused`.
    using Step = std::variant<HttpRequest, LookUp, ExchangeServices, Error>;

    explicit ExchangeFinder(ExchangeWish wish);

    Step start();
    Step answered(const Result<HttpReply> &reply);
    Step records(const QList<ServiceRecord> &records);

private:
    enum class Place { Mail, Domain, Clear, Records, Nowhere };

    Step askPlace();
    Step nextPlace();
    Step post(const QUrl &url);
    Step redirected(const QByteArray &location, bool hint);
    bool isOwn(const QString &host) const;
    QString domain() const { return m_email.section(u'@', -1).toLower(); }

    ExchangeWish m_wish;
    QString m_email;
    Place m_place = Place::Mail;
    QUrl m_url; ///< of the request that is out
    QSet<QString> m_visited; ///< addresses asked for that mail address
    int m_hops = 0;
    bool m_repeated = false; ///< after a 403, once
    QString m_words; ///< the most telling of what was said
};

/// `exchange-refused`: login and password were not taken there.
Error exchangeRefused(const QUrl &service, const QString &words);

} // namespace linchpin::sip
