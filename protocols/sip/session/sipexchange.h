// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/settingsschema.h"
#include "protocols/sip/exchange/ewsmessage.h"
#include "protocols/sip/exchange/exchangefinder.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sipself.h"

#include <QObject>

#include <functional>
#include <memory>

namespace linchpin::sip {

class SipCalendar;

/// The Exchange server of an account: found when it is first needed, asked with the account's email
/// login, and left alone after it refused a password. Between start() and stop() it publishes the
/// calendar too, if the account wants that. Lives as long as the session.
class SipExchange {
public:
    using Handler = std::function<void(const Result<QByteArray> &)>;
    enum class Service { Web, Availability, OutOfOffice };

    SipExchange(SipLink &link, const SettingValues &settings);
    ~SipExchange();

    /// Signed in.
    void start(SipSelf &self);
    /// Signed out: answers that are still on their way are not told.
    void stop();

    /// The body of the answer, a SOAP fault's as well; errors `exchange-not-found`,
    /// `exchange-refused`, `exchange-failed` and those of connections. Told once, later; not at all
    /// after stop().
    void call(Service service, const EwsRequest &request, const Handler &handler);

    SipLink &link() const { return m_link; }
    /// The mailbox.
    QString email() const;
    bool publishesCalendar() const;
    /// The user has said where Exchange is, or who we are there.
    bool isConfigured() const;

private:
    void find();
    void carryOut(const ExchangeFinder::Step &step);
    void found(const Result<ExchangeServices> &services);
    void withCredentials(std::function<void()> then);
    void post(const QUrl &url, const EwsRequest &request, const Handler &handler, bool repeated);
    HttpRequest withUser(HttpRequest request) const;

    SipLink &m_link;
    SettingValues m_settings;
    ExchangeServices m_services;
    std::optional<Error> m_refused; ///< a wrong password is not sent a second time
    bool m_credentialsKnown = false;
    QString m_login; ///< empty: the account's own, which HTTP knows
    QString m_password;
    std::unique_ptr<ExchangeFinder> m_finder;
    QList<std::function<void(const std::optional<Error> &)>> m_waiting;
    std::unique_ptr<SipCalendar> m_calendar;
    std::unique_ptr<QObject> m_context; ///< of answers; lives from start() to stop()
};

} // namespace linchpin::sip
