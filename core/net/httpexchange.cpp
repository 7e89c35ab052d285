// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/httpexchange.h"

#include "core/net/neterrors.h"

#include <QAuthenticator>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// One request; child of the manager; deletes itself when it has answered.
class HttpExchange : public QObject {
public:
    HttpExchange(QNetworkAccessManager &manager, HttpRequest request, PeerTrust trust,
        HttpCredentials credentials, std::function<void(bool, const QByteArray &)> log)
        : QObject(&manager)
        , m_manager(manager)
        , m_request(std::move(request))
        , m_trust(std::move(trust))
        , m_credentials(std::move(credentials))
        , m_log(std::move(log))
    {
    }

    Async<HttpReply> start()
    {
        const auto future = m_answer.future();
        QNetworkRequest request(m_request.url);
        request.setSslConfiguration(m_trust.policy.configuration());
        request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
            m_request.followRedirects ? QNetworkRequest::NoLessSafeRedirectPolicy
                                      : QNetworkRequest::ManualRedirectPolicy);
        request.setAttribute(
            QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Automatic);
        // NTLM and Negotiate authenticate a connection, which HTTP/2 has no notion of; and Qt keeps
        // a second connection for requests that may not use it, which costs a TLS handshake.
        request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
        for (const auto &[name, value] : std::as_const(m_request.headers)) {
            request.setRawHeader(name, value);
        }
        m_log(true, m_request.method + ' ' + m_request.url.toEncoded() + '\n' + m_request.body);
        m_reply = m_manager.sendCustomRequest(request, m_request.method, m_request.body);
        m_reply->setParent(this);
        connect(m_reply, &QNetworkReply::readyRead, this, &HttpExchange::onReadyRead);
        connect(m_reply, &QNetworkReply::finished, this, &HttpExchange::onFinished);
        connect(m_reply, &QNetworkReply::sslErrors, this, [this](const QList<QSslError> &errors) {
            m_sslErrors = errors;
            m_failure = judgePeer();
            if (!m_failure) {
                m_reply->ignoreSslErrors(errors);
            }
        });
        connect(m_reply, &QNetworkReply::encrypted, this, [this] {
            // A redirection may lead to another server: the next handshake has its own errors.
            if (std::exchange(m_sslErrors, {}).isEmpty()) {
                m_failure = judgePeer();
                if (m_failure) {
                    m_reply->abort();
                }
            }
        });
        connect(&m_manager, &QNetworkAccessManager::authenticationRequired, this,
            [this](QNetworkReply *reply, QAuthenticator *authenticator) {
                // Asked a second time, the credentials were wrong: let the 401 come through.
                if (reply != m_reply || !m_request.mayAuthenticate || m_asked) {
                    return;
                }
                m_asked = true;
                authenticator->setUser(m_credentials.login);
                authenticator->setPassword(m_credentials.password);
            });
        QTimer::singleShot(m_request.limit, this, [this] {
            m_failure = networkError(u"timed-out"_s, where(), {});
            m_reply->abort();
        });
        return future;
    }

private:
    QString where() const
    {
        const int port = m_request.url.port(m_request.url.scheme() == "https"_L1 ? 443 : 80);
        return u"%1:%2"_s.arg(m_request.url.host()).arg(port);
    }

    std::optional<Error> judgePeer() const
    {
        const QUrl url = m_reply->url(); // after redirections not the one that was asked for
        return m_trust.judge(m_sslErrors, m_reply->sslConfiguration().peerCertificateChain(),
            { url.host(), static_cast<quint16>(url.port(443)), url.host() });
    }

    void onReadyRead()
    {
        m_body += m_reply->readAll();
        if (m_body.size() > m_request.maximumSize && !m_failure) {
            m_failure = networkError(u"too-large"_s, where(), {});
            m_reply->abort();
        }
    }

    void onFinished()
    {
        if (m_answer.isAnswered()) {
            return;
        }
        if (!m_failure) {
            onReadyRead();
        }
        deleteLater();
        HttpReply reply;
        reply.status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (!m_failure && reply.status == 0) {
            m_failure = httpError(m_reply->error(), where(), m_reply->errorString());
        }
        if (m_failure) {
            m_answer.fail(*m_failure);
            return;
        }
        reply.reason = m_reply->attribute(QNetworkRequest::HttpReasonPhraseAttribute).toByteArray();
        const auto &headers = m_reply->rawHeaderPairs();
        for (const auto &[name, value] : headers) {
            reply.headers.append({ name, value });
        }
        reply.body = m_body;
        reply.url = m_reply->url();
        m_log(false, QByteArray::number(reply.status) + ' ' + reply.reason + '\n' + m_body);
        m_answer.give(reply);
    }

    QNetworkAccessManager &m_manager;
    HttpRequest m_request;
    PeerTrust m_trust;
    QList<QSslError> m_sslErrors;
    HttpCredentials m_credentials;
    std::function<void(bool, const QByteArray &)> m_log;
    Answer<HttpReply> m_answer;
    QNetworkReply *m_reply = nullptr;
    QByteArray m_body;
    std::optional<Error> m_failure;
    bool m_asked = false;
};

} // namespace

Async<HttpReply> exchangeHttp(QNetworkAccessManager &manager, const HttpRequest &request,
    const PeerTrust &trust, const HttpCredentials &credentials,
    std::function<void(bool outgoing, const QByteArray &bytes)> log)
{
    auto *const exchange = new HttpExchange(manager, request, trust, credentials, std::move(log));
    return exchange->start();
}

} // namespace linchpin
