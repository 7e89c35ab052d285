// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/xmpp/simulator/xmppsimulator.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSslCertificate>
#include <QSslKey>
#include <QTcpServer>
#include <QXmppIncomingClient.h>
#include <QXmppPasswordChecker.h>
#include <QtCrypto>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp::simulator {

namespace {

constexpr int kKeyBits = 2048;

/// A certificate for the simulated domain that signs itself: it is its own CA.
bool makeCertificate(QByteArray *certificate, QByteArray *key)
{
    const QCA::PrivateKey secret = QCA::KeyGenerator().createRSA(kKeyBits);
    QCA::CertificateInfo names;
    names.insert(QCA::CommonName, XmppSimulator::domain());
    names.insert(QCA::DNS, XmppSimulator::domain());
    QCA::CertificateOptions options;
    options.setInfo(names);
    options.setSerialNumber(QCA::BigInteger(1));
    options.setAsCA(0);
    const QDateTime now = QDateTime::currentDateTimeUtc();
    options.setValidityPeriod(now.addDays(-1), now.addDays(30));
    const QCA::Certificate made(options, secret);
    if (made.isNull()) {
        return false;
    }
    *certificate = made.toPEM().toLatin1();
    *key = secret.toPEM().toLatin1();
    return true;
}

quint16 freePort()
{
    QTcpServer probe; // QXmppServer does not say which port it got
    return probe.listen(QHostAddress::LocalHost) ? probe.serverPort() : quint16(0);
}

} // namespace

// QXmppPasswordChecker 1.10 has no virtual destructor; this one is only ever deleted as itself.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
// NOLINTNEXTLINE(cppcoreguidelines-virtual-class-destructor)
class XmppSimulator::Passwords final : public QXmppPasswordChecker {
public:
    QXmppPasswordReply *checkPassword(const QXmppPasswordRequest &request) override
    {
        auto *reply = new QXmppPasswordReply;
        if (request.username() != XmppSimulator::userName()
            || request.password() != XmppSimulator::password()) {
            reply->setError(QXmppPasswordReply::AuthorizationError);
        }
        reply->finishLater();
        return reply;
    }
};
#pragma GCC diagnostic pop

XmppSimulator::XmppSimulator(std::chrono::milliseconds delay, QObject *parent)
    : QObject(parent)
    , m_checker(std::make_unique<Passwords>())
    , m_world(new World(domain(), delay))
{
    m_server.setDomain(domain());
    m_server.setPasswordChecker(m_checker.get());
    m_server.addExtension(m_world);
    connect(&m_server, &QXmppServer::clientConnected, this, [this](const QString &jid) {
        // QXmppServer drops clients that are silent for two minutes; ours may be idle.
        const auto streams = m_server.findChildren<QXmppIncomingClient *>();
        for (QXmppIncomingClient *stream : streams) {
            stream->setInactivityTimeout(0);
        }
        m_world->clientConnected(jid);
    });
    connect(&m_server, &QXmppServer::clientDisconnected, m_world, &World::clientDisconnected);
}

XmppSimulator::~XmppSimulator() = default;

QString XmppSimulator::start(const QString &directory, quint16 port)
{
    const QCA::Initializer crypto;
    if (!QCA::isSupported("cert")) {
        return u"QCA cannot make certificates: is qca-qt6-plugin-ossl there?"_s;
    }
    QByteArray certificate;
    QByteArray key;
    if (!makeCertificate(&certificate, &key)) {
        return u"no certificate could be made"_s;
    }
    m_caFile = QDir(directory).absoluteFilePath(u"ca.pem"_s);
    QFile file(m_caFile);
    if (!file.open(QIODevice::WriteOnly) || file.write(certificate) != certificate.size()) {
        return file.errorString();
    }
    file.close();
    m_world->setRecord(QDir(directory).absoluteFilePath(u"received.jsonl"_s));
    m_server.setLocalCertificate(QSslCertificate(certificate));
    m_server.setPrivateKey(QSslKey(key, QSsl::Rsa));
    m_port = port ? port : freePort();
    if (!m_server.listenForClients(QHostAddress(QHostAddress::LocalHost), m_port)) {
        return u"cannot listen on port %1"_s.arg(m_port);
    }
    return {};
}

} // namespace linchpin::xmpp::simulator
