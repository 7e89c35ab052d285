// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/exchangefinder.h"

#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/webservices/soapfault.h"
#include "protocols/sip/webservices/webanswer.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipExchange)
};

constexpr int kMaximumHops = 10;
constexpr qint64 kMaximumAnswer = qint64 { 1 } << 20;
const QString kPath = u"/autodiscover/autodiscover.xml"_s;

Error notFound(const QString &email, const QString &words)
{
    Error error;
    error.kind = Error::Kind::NotFound;
    error.code = u"exchange-not-found"_s;
    error.title = Text::tr("No Exchange server was found for %1.").arg(email);
    error.detail = words;
    error.remedy
        = Text::tr("Enter the address of the email services in the account's settings; the "
                   "administrator knows it (https://mail.company.com/EWS/Exchange.asmx).");
    return error;
}

} // namespace

Error exchangeRefused(const QUrl &service, const QString &words)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"exchange-refused"_s;
    error.title = Text::tr("Exchange refused login and password.");
    error.detail
        = u"%1: %2"_s.arg(service.toDisplayString(QUrl::RemoveQuery | QUrl::RemoveUserInfo), words);
    error.remedy = Text::tr(
        "Enter email login and email password in the account's settings where they are others.");
    error.fatal = true;
    return error;
}

ExchangeFinder::ExchangeFinder(ExchangeWish wish)
    : m_wish(std::move(wish))
    , m_email(m_wish.email)
{
}

ExchangeFinder::Step ExchangeFinder::start()
{
    if (isSecure(m_wish.byHand)) {
        return exchangeServicesAt(m_wish.byHand);
    }
    m_place = Place::Mail;
    return askPlace();
}

ExchangeFinder::Step ExchangeFinder::askPlace()
{
    m_repeated = false;
    if (domain().isEmpty()) {
        return notFound(m_email, {});
    }
    QUrl url;
    url.setScheme(m_place == Place::Clear ? u"http"_s : u"https"_s);
    url.setHost(m_place == Place::Domain ? domain() : u"autodiscover."_s + domain());
    url.setPath(kPath);
    switch (m_place) {
    case Place::Mail:
    case Place::Domain:
        return post(url);
    case Place::Clear: {
        HttpRequest request;
        request.url = m_url = url;
        request.maximumSize = kMaximumAnswer;
        return request;
    }
    case Place::Records:
        if (m_wish.askRecords) {
            return LookUp { u"_autodiscover._tcp."_s + domain() };
        }
        break;
    case Place::Nowhere:
        break;
    }
    return notFound(m_email, m_words);
}

ExchangeFinder::Step ExchangeFinder::nextPlace()
{
    m_place = Place(qMin(int(m_place) + 1, int(Place::Nowhere)));
    return askPlace();
}

ExchangeFinder::Step ExchangeFinder::post(const QUrl &url)
{
    if (m_visited.contains(url.toString()) || ++m_hops > kMaximumHops) {
        return nextPlace();
    }
    m_visited.insert(url.toString());
    HttpRequest request;
    request.method = "POST"_ba;
    request.url = m_url = url;
    request.headers.append({ "Content-Type"_ba, "text/xml; charset=utf-8"_ba });
    if (!m_wish.userAgent.isEmpty()) {
        request.headers.append({ "User-Agent"_ba, m_wish.userAgent });
    }
    request.body = buildExchangeAutodiscover(m_email);
    request.maximumSize = kMaximumAnswer;
    request.mayAuthenticate = true;
    return request;
}

bool ExchangeFinder::isOwn(const QString &host) const
{
    return host.compare(domain(), Qt::CaseInsensitive) == 0
        || host.endsWith(u'.' + domain(), Qt::CaseInsensitive);
}

ExchangeFinder::Step ExchangeFinder::redirected(const QByteArray &location, bool hint)
{
    const QUrl to = m_url.resolved(QUrl(QString::fromUtf8(location), QUrl::StrictMode));
    if (!isSecure(to) || !to.userInfo().isEmpty()) {
        return nextPlace();
    }
    if (hint && !isOwn(to.host())) {
        m_words = Text::tr("%1 sends us to %2, which is outside of %3.")
                      .arg(m_url.host(), to.host(), domain());
        return nextPlace();
    }
    return post(to);
}

ExchangeFinder::Step ExchangeFinder::answered(const Result<HttpReply> &reply)
{
    if (!reply) {
        return nextPlace();
    }
    if (isRedirect(*reply)) {
        return redirected(headerOf(*reply, "Location"), m_url.scheme() != "https"_L1);
    }
    if (m_url.scheme() != "https"_L1) {
        return nextPlace(); // nothing but a redirect counts in the clear
    }
    if (reply->status == 401) {
        // Not tried elsewhere: a few wrong passwords lock an account.
        return exchangeRefused(m_url, webWords(*reply));
    }
    if (reply->status == 403 && !std::exchange(m_repeated, true)) {
        m_visited.remove(m_url.toString());
        return post(m_url); // seen in the field: the second time it is let in
    }
    if (reply->status != 200) {
        return nextPlace();
    }
    const auto answer = parseExchangeAutodiscover(reply->body);
    if (!answer) {
        return nextPlace();
    }
    return std::visit(Overloaded { [](const ExchangeServices &found) -> Step { return found; },
                          [this](const MailboxMoved &moved) -> Step {
                              if (++m_hops > kMaximumHops
                                  || moved.email.compare(m_email, Qt::CaseInsensitive) == 0) {
                                  return nextPlace();
                              }
                              m_email = moved.email;
                              m_visited.clear();
                              m_place = Place::Mail;
                              return askPlace();
                          },
                          [this](const AskElsewhere &elsewhere) -> Step {
                              return redirected(elsewhere.url.toEncoded(), false);
                          },
                          [this](const NoMailbox &none) -> Step {
                              if (!none.words.isEmpty()) {
                                  m_words = none.words;
                              }
                              return nextPlace();
                          } },
        *answer);
}

ExchangeFinder::Step ExchangeFinder::records(const QList<ServiceRecord> &records)
{
    for (const ServiceRecord &record : records) {
        if (!isOwn(record.target)) {
            continue;
        }
        QUrl url;
        url.setScheme(u"https"_s);
        url.setHost(record.target);
        if (record.port != 443) {
            url.setPort(record.port);
        }
        url.setPath(kPath);
        return post(url);
    }
    return nextPlace();
}

} // namespace linchpin::sip
