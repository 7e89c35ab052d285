// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/certificateprovisioner.h"

#include "protocols/sip/webservices/certificateservice.h"
#include "protocols/sip/webservices/soapfault.h"

#include <QLoggingCategory>
#include <QThreadPool>
#include <QtCrypto>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

Q_LOGGING_CATEGORY(lcCertificate, "linchpin.sip.certificate", QtInfoMsg)

/// Makes the key in a pool thread; the answer comes in the caller's.
QFuture<std::expected<KeyAndRequest, QString>> makeInPool(const QString &commonName)
{
    const auto promise = std::make_shared<QPromise<std::expected<KeyAndRequest, QString>>>();
    promise->start();
    QThreadPool::globalInstance()->start([promise, commonName] {
        // QCA's plugins are gone when the last Initializer is: hold one as long as this takes.
        const QCA::Initializer crypto;
        promise->addResult(makeKeyAndRequest(commonName));
        promise->finish();
    });
    return promise->future();
}

} // namespace

CertificateProvisioner::CertificateProvisioner(WebServices &web, QByteArray deviceId)
    : m_web(web)
    , m_deviceId(std::move(deviceId))
    , m_crypto(std::make_unique<QCA::Initializer>())
{
}

CertificateProvisioner::~CertificateProvisioner() = default;

Async<ClientCertificate> CertificateProvisioner::certificate(const QUrl &stsUri, bool renew)
{
    if (stsUri.scheme() != "https"_L1 || stsUri.host().isEmpty()) {
        return readyError<ClientCertificate>(noCertificateService(stsUri.toDisplayString()));
    }
    const Answer<ClientCertificate> answer;
    if (renew) {
        m_kept.reset();
        fetch(stsUri, answer);
        return answer.future();
    }
    const auto decide = [this, stsUri, answer] {
        const QDateTime now = m_web.now();
        const bool usable
            = m_kept && m_kept->isFor(m_web.identity().address, stsUri) && m_kept->isUsable(now);
        if (!usable) {
            fetch(stsUri, answer);
            return;
        }
        if (!m_kept->isDue(now)) {
            answer.give(m_kept->certificate);
            return;
        }
        const Answer<ClientCertificate> renewed;
        renewed.future().then(&m_context,
            [answer, old = m_kept->certificate](const Result<ClientCertificate> &fresh) {
                if (!fresh) {
                    qCInfo(lcCertificate)
                        << "not renewed yet:" << fresh.error().code << fresh.error().detail;
                }
                answer.give(fresh ? *fresh : old);
            });
        fetch(stsUri, renewed);
    };
    if (m_kept) {
        decide();
        return answer.future();
    }
    m_web.services()
        .secret(QString(secretKey))
        .then(&m_context, [this, decide](const Result<QString> &secret) {
            // Nothing there, a locked keyring: then a new one is fetched.
            if (secret) {
                m_kept = KeptCertificate::fromSecret(*secret);
            }
            decide();
        });
    return answer.future();
}

void CertificateProvisioner::fetch(
    const QUrl &stsUri, const Answer<ClientCertificate> &answer, bool again)
{
    m_web.ticketForService(stsUri, QString(certificatePort))
        .then(&m_context, [this, stsUri, answer, again](const Result<TicketGrant> &grant) {
            if (!grant) {
                answer.fail(grant.error());
                return;
            }
            makeInPool(m_web.identity().address)
                .then(&m_context,
                    [this, stsUri, answer, again, grant = *grant](
                        const std::expected<KeyAndRequest, QString> &made) {
                        if (!made) {
                            answer.fail(certificateFailed(stsUri, made.error(), false));
                            return;
                        }
                        demand(stsUri, grant, *made, answer, again);
                    });
        });
}

void CertificateProvisioner::demand(const QUrl &stsUri, const TicketGrant &grant,
    const KeyAndRequest &made, const Answer<ClientCertificate> &answer, bool again)
{
    SessionServices &services = m_web.services();
    const auto random = [&services](int count) { return services.randomBytes(count); };
    HttpRequest request;
    request.method = "POST"_ba;
    request.url = grant.service;
    request.limit = 30s;
    request.headers = { { "Content-Type"_ba, "text/xml; charset=utf-8"_ba },
        { "SOAPAction"_ba, certificateAction } };
    if (!m_web.identity().userAgent.isEmpty()) {
        request.headers.append({ "User-Agent"_ba, m_web.identity().userAgent });
    }
    request.body = buildCertificateDemand({ .address = m_web.identity().address,
                                              .deviceId = m_deviceId,
                                              .request = made.request,
                                              .requestId = randomUuid(random) },
        grant.ticket);
    services.http(request).then(
        &m_context, [this, stsUri, answer, made, again](const Result<HttpReply> &reply) {
            if (!reply) {
                answer.fail(reply.error());
                return;
            }
            const auto der = reply->status == 200 ? parseCertificateAnswer(reply->body)
                                                  : std::unexpected(DocumentError {});
            const auto fresh = der
                ? KeptCertificate::make(*der, made.privateKey, m_web.identity().address, stsUri)
                : std::nullopt;
            if (!fresh && isTicketRefusal(*reply) && !again) {
                // Kept too long, or the server has forgotten it: a new one may do.
                m_web.forget(stsUri, QString(certificatePort));
                fetch(stsUri, answer, true);
                return;
            }
            if (!fresh || !fresh->isUsable(m_web.now())) {
                const bool transient = reply->status >= 500 && !parseFault(reply->body);
                answer.fail(certificateFailed(stsUri,
                    fresh ? u"the certificate is valid until %1 only"_s.arg(
                                fresh->certificate.notAfter.toString(Qt::ISODate))
                          : webWords(*reply),
                    transient));
                return;
            }
            keep(*fresh);
            answer.give(fresh->certificate);
        });
}

void CertificateProvisioner::keep(const KeptCertificate &fresh)
{
    m_kept = fresh;
    m_web.services()
        .storeSecret(QString(secretKey), fresh.toSecret())
        .then(&m_context, [](const Result<void> &stored) {
            if (!stored) {
                qCInfo(lcCertificate) << "the certificate could not be kept:" << stored.error().code
                                      << stored.error().detail;
            }
        });
}

} // namespace linchpin::sip
