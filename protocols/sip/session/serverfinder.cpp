// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/serverfinder.h"

#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/sipsettings.h"

#include <QCoreApplication>
#include <QLoggingCategory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

Q_LOGGING_CATEGORY(lcDiscovery, "linchpin.sip.discovery", QtInfoMsg)

/// All of autodiscover together: what takes longer is a host that swallows
/// packets.
constexpr auto autodiscoverLimit = 25s;

bool hasOwnProxy(const SessionServices &services)
{
    const auto type = services.proxy().type;
    return type == ProxySettings::Type::Http || type == ProxySettings::Type::Socks5;
}

/// The domain itself says so, by a record whose target is "." (RFC 2782).
Error notOffered(const QString &domain, const QString &record)
{
    Error error = noServerFound(domain);
    error.title = QCoreApplication::translate(
        "linchpin::sip::ServerFinder", "%1 offers no service of this kind.")
                      .arg(domain);
    error.detail = u"SRV %1: \".\""_s.arg(record);
    return error;
}

} // namespace

bool wantsAutodiscover(const SettingValues &settings)
{
    const QString flavour = settings.text(u"flavour"_s);
    const ServerSettings server = serverSettings(settings);
    return server.server.trimmed().isEmpty() && server.connection != ConnectionChoice::Plain
        && flavour != u"ocs2007" && flavour != u"standard";
}

WebIdentity webIdentity(const SettingValues &settings, const QString &password)
{
    const QString address = settings.text(u"address"_s).trimmed().toLower();
    const QString login = settings.text(u"login"_s).trimmed();
    return { .address = address,
        .user = { login.isEmpty() ? address : login, password },
        .userAgent = userAgentPlan(settings).order.value(0) };
}

ServerFinder::ServerFinder(
    const SettingValues &settings, SessionServices &services, WebServices &web)
    : m_settings(settings)
    , m_server(serverSettings(settings))
    , m_services(services)
    , m_web(web)
{
}

ServerFinder::~ServerFinder() = default;

void ServerFinder::find(Handler handler)
{
    m_handler = std::move(handler);
    const QStringList names = hasOwnProxy(m_services) ? QStringList() : srvNames(m_server);
    m_lookups = int(names.size());
    for (const QString &name : names) {
        m_services.lookUpService(name).then(
            &m_context, [this, name](const Result<QList<ServiceRecord>> &records) {
                if (records) {
                    for (const ServiceRecord &record : *records) {
                        m_records[name].append({ record.target, record.port });
                    }
                } else {
                    m_unanswered.append(
                        u"%1: %2 (%3)"_s.arg(name, records.error().title, records.error().code));
                }
                --m_lookups;
                finishWhenReady();
            });
    }
    if (wantsAutodiscover(m_settings)) {
        m_autodiscover = std::make_unique<AutodiscoverMachine>(
            AutodiscoverConfig { .address = m_web.identity().address,
                .domain = m_server.domain,
                .url = QUrl(m_settings.text(u"discovery-url"_s).trimmed()),
                .userAgent = m_web.identity().userAgent });
        m_limit = m_services.timer(autodiscoverLimit, [this] { giveUpAutodiscover(); });
        carryOut(m_autodiscover->start());
    }
    finishWhenReady();
}

void ServerFinder::carryOut(const QList<DiscoveryStep> &steps)
{
    for (const DiscoveryStep &step : steps) {
        std::visit([this](const auto &one) { carryOut(one); }, step);
    }
}

void ServerFinder::carryOut(const discoverystep::Fetch &step)
{
    m_services.http(step.request)
        .then(&m_context,
            [this, id = step.id, url = step.request.url](const Result<HttpReply> &reply) {
                qCDebug(lcDiscovery).noquote()
                    << url.toDisplayString(QUrl::RemoveQuery)
                    << (reply ? QString::number(reply->status) : reply.error().code);
                if (m_autodiscover) {
                    carryOut(m_autodiscover->answered(id, reply));
                }
            });
}

void ServerFinder::carryOut(const discoverystep::NeedTicket &step)
{
    m_web.ticketForResource(step.ticketService, step.resource)
        .then(&m_context, [this, id = step.id](const Result<TicketGrant> &grant) {
            if (!m_autodiscover) {
                return;
            }
            if (!grant) {
                qCDebug(lcDiscovery) << "no ticket:" << grant.error().code << grant.error().detail;
            }
            carryOut(m_autodiscover->ticket(id,
                grant ? Result<QByteArray>(grant->ticket.token.element)
                      : Result<QByteArray>(std::unexpect, grant.error())));
        });
}

void ServerFinder::carryOut(const discoverystep::Done &step)
{
    m_autodiscovered = step.servers;
    m_refusal = step.refusal;
    m_trouble = step.trouble;
    giveUpAutodiscover();
}

void ServerFinder::giveUpAutodiscover()
{
    m_limit.reset();
    // It may be what called us.
    QMetaObject::invokeMethod(
        &m_context,
        [this] {
            m_autodiscover.reset();
            finishWhenReady();
        },
        Qt::QueuedConnection);
}

void ServerFinder::finishWhenReady()
{
    if (m_autodiscover || !m_handler) {
        return;
    }
    if (m_refusal) {
        std::exchange(m_handler, nullptr)(std::unexpected(*m_refusal));
        return;
    }
    if (m_lookups == 0) {
        if (!m_trouble && m_records.isEmpty() && !m_unanswered.isEmpty()) {
            m_trouble = discoveryFailed(m_server.domain, m_unanswered.join(u'\n'));
        }
        const QList<Candidate> found = candidates(m_server, m_records, m_autodiscovered);
        if (!m_trouble && found.isEmpty() && !m_records.isEmpty()) {
            m_trouble = notOffered(m_server.domain, m_records.firstKey());
        }
        std::exchange(m_handler, nullptr)(found);
    }
}

} // namespace linchpin::sip
