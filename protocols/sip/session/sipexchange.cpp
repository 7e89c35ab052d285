// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipexchange.h"

#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/session/sipcalendar.h"
#include "protocols/sip/webservices/soapfault.h"
#include "protocols/sip/webservices/webanswer.h"

#include <QCoreApplication>
#include <QLoggingCategory>
#include <QPointer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

Q_LOGGING_CATEGORY(lcExchange, "linchpin.sip.exchange", QtInfoMsg)

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipExchange)
};

constexpr auto kLimit = 60s;

Error failed(const QUrl &service, const HttpReply &reply)
{
    Error error;
    error.kind = Error::Kind::Protocol;
    error.code = u"exchange-failed"_s;
    error.title = Text::tr("Exchange did not answer as expected.");
    error.detail = u"%1: %2"_s.arg(
        service.toDisplayString(QUrl::RemoveQuery | QUrl::RemoveUserInfo), webWords(reply));
    return error;
}

bool hasOwnProxy(const SessionServices &services)
{
    const ProxySettings::Type type = services.proxy().type;
    return type == ProxySettings::Type::Http || type == ProxySettings::Type::Socks5;
}

} // namespace

SipExchange::SipExchange(SipLink &link, const SettingValues &settings)
    : m_link(link)
    , m_settings(settings)
{
}

SipExchange::~SipExchange() = default;

QString SipExchange::email() const
{
    const QString email = m_settings.text(u"email"_s).trimmed();
    return email.contains(u'@') ? email : m_settings.text(u"address"_s).trimmed().toLower();
}

bool SipExchange::publishesCalendar() const
{
    return m_settings.isOn(u"publish-calendar"_s);
}

bool SipExchange::isConfigured() const
{
    return !m_settings.text(u"email-url"_s).trimmed().isEmpty()
        || !m_settings.text(u"email"_s).trimmed().isEmpty()
        || !m_settings.text(u"email-login"_s).trimmed().isEmpty();
}

void SipExchange::start(SipSelf &self)
{
    stop();
    m_context = std::make_unique<QObject>();
    m_calendar = std::make_unique<SipCalendar>(*this, self);
    m_calendar->start();
}

void SipExchange::stop()
{
    m_context.reset();
    m_calendar.reset();
    m_waiting.clear();
    m_finder.reset();
    m_refused.reset();
    m_credentialsKnown = false;
}

void SipExchange::call(Service service, const EwsRequest &request, const Handler &handler)
{
    if (!m_context) {
        return;
    }
    const auto ask = [this, service, request, handler](const std::optional<Error> &problem) {
        if (problem) {
            handler(std::unexpected(*problem));
            return;
        }
        const QUrl url = service == Service::Web ? m_services.web
            : service == Service::Availability   ? m_services.availability
                                                 : m_services.outOfOffice;
        post(url, request, handler, false);
    };
    m_waiting.append(ask);
    if (m_waiting.size() == 1) {
        // Never before this returns.
        QMetaObject::invokeMethod(m_context.get(), [this] { find(); }, Qt::QueuedConnection);
    }
}

// ---------------------------------------------------------------- where it is

void SipExchange::find()
{
    if (m_refused) {
        found(std::unexpected(*m_refused));
        return;
    }
    if (!m_services.isEmpty()) {
        found(m_services);
        return;
    }
    withCredentials([this] {
        m_finder = std::make_unique<ExchangeFinder>(ExchangeWish { .email = email(),
            .byHand = QUrl(m_settings.text(u"email-url"_s).trimmed()),
            .askRecords = !hasOwnProxy(m_link.services()),
            .userAgent = m_link.identity().userAgent });
        carryOut(m_finder->start());
    });
}

void SipExchange::carryOut(const ExchangeFinder::Step &step)
{
    std::visit(
        Overloaded { [this](const HttpRequest &request) {
                        m_link.services()
                            .http(withUser(request))
                            .then(m_context.get(),
                                [this, url = request.url](const Result<HttpReply> &reply) {
                                    qCDebug(lcExchange).noquote()
                                        << url.toDisplayString(QUrl::RemoveQuery)
                                        << (reply ? QString::number(reply->status)
                                                  : reply.error().code);
                                    carryOut(m_finder->answered(reply));
                                });
                    },
            [this](const ExchangeFinder::LookUp &question) {
                m_link.services()
                    .lookUpService(question.name)
                    .then(m_context.get(), [this](const Result<QList<ServiceRecord>> &found) {
                        auto records = found.value_or(QList<ServiceRecord>());
                        records.removeIf([](const ServiceRecord &r) { return r.target == "."_L1; });
                        carryOut(m_finder->records(records));
                    });
            },
            [this](const ExchangeServices &services) { found(services); },
            [this](const Error &error) { found(std::unexpected(error)); } },
        step);
}

void SipExchange::found(const Result<ExchangeServices> &services)
{
    std::optional<Error> problem;
    if (services) {
        m_services = *services;
    } else {
        problem = services.error();
        qCDebug(lcExchange).noquote() << problem->code << problem->detail;
        if (problem->code == "exchange-refused"_L1) {
            m_refused = problem;
        }
    }
    const auto waiting = std::exchange(m_waiting, {});
    const auto alive = QPointer<QObject>(m_context.get());
    for (const auto &one : waiting) {
        if (alive) {
            one(problem);
        }
    }
}

void SipExchange::withCredentials(std::function<void()> then)
{
    if (m_credentialsKnown) {
        then();
        return;
    }
    const QString login = m_settings.text(u"email-login"_s).trimmed();
    const QString accountLogin = m_settings.text(u"login"_s).trimmed();
    SessionServices &services = m_link.services();
    services.secret(u"email-password"_s)
        .then(m_context.get(),
            [this, login, accountLogin, then = std::move(then), &services](
                const Result<QString> &own) {
                m_login.clear();
                m_password.clear();
                const bool hasOwn = own && !own->isEmpty();
                if (login.isEmpty() && !hasOwn) {
                    m_credentialsKnown = true; // the account's, as everywhere
                    then();
                    return;
                }
                m_login = !login.isEmpty()    ? login
                    : !accountLogin.isEmpty() ? accountLogin
                                              : m_settings.text(u"address"_s).trimmed().toLower();
                if (hasOwn) {
                    m_password = *own;
                    m_credentialsKnown = true;
                    then();
                    return;
                }
                services.secret(u"password"_s)
                    .then(m_context.get(), [this, then](const Result<QString> &password) {
                        m_password = password.value_or(QString());
                        m_credentialsKnown = true;
                        then();
                    });
            });
}

HttpRequest SipExchange::withUser(HttpRequest request) const
{
    if (request.mayAuthenticate && isSecure(request.url) && !m_login.isEmpty()) {
        // Taken out again before the request leaves or is written down: HttpRequest::url.
        request.url.setUserName(m_login, QUrl::DecodedMode);
        request.url.setPassword(m_password, QUrl::DecodedMode);
    }
    return request;
}

// ---------------------------------------------------------------- asking it

void SipExchange::post(
    const QUrl &url, const EwsRequest &request, const Handler &handler, bool repeated)
{
    HttpRequest http;
    http.method = "POST"_ba;
    http.url = url;
    http.headers = { { "Content-Type"_ba, "text/xml; charset=utf-8"_ba },
        { "SOAPAction"_ba, '"' + request.action + '"' },
        { "User-Agent"_ba, m_link.identity().userAgent } };
    http.body = request.body;
    http.limit = kLimit;
    http.mayAuthenticate = true;
    m_link.services()
        .http(withUser(http))
        .then(m_context.get(),
            [this, url, request, handler, repeated](const Result<HttpReply> &reply) {
                if (!reply) {
                    m_services = {}; // it may have moved: looked for again the next time
                    handler(std::unexpected(reply.error()));
                    return;
                }
                if (reply->status == 401) {
                    m_refused = exchangeRefused(url, webWords(*reply));
                    handler(std::unexpected(*m_refused));
                    return;
                }
                if (reply->status == 403 && !repeated) {
                    post(url, request, handler, true);
                    return;
                }
                // Faults come with 500; that one of them is SOAP is told from the body.
                if (reply->status != 200 && !parseFault(reply->body)) {
                    m_services = {};
                    handler(std::unexpected(failed(url, *reply)));
                    return;
                }
                handler(reply->body);
            });
}

} // namespace linchpin::sip
