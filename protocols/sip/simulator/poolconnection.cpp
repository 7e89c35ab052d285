// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/poolconnection.h"

#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/wire/sipparser.h"
#include "protocols/sip/wire/sipuri.h"

#include <QTimer>

#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

PoolConnection::PoolConnection(
    QTcpSocket *socket, bool isTls, int number, PoolCore &core, QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_tls(isTls)
    , m_number(number)
    , m_core(core)
    , m_association(core)
{
    socket->setParent(this);
    ++core.traffic.connections;
    connect(socket, &QTcpSocket::readyRead, this, &PoolConnection::readAll);
    connect(socket, &QTcpSocket::disconnected, this, &PoolConnection::end);
    if (socket->bytesAvailable() > 0) {
        QMetaObject::invokeMethod(this, &PoolConnection::readAll, Qt::QueuedConnection);
    }
}

PoolConnection::~PoolConnection()
{
    m_socket->disconnect(this);
    if (!m_ended) {
        m_core.forget(this);
    }
}

void PoolConnection::end()
{
    if (m_ended) {
        return;
    }
    m_ended = true;
    m_core.forget(this);
    Q_EMIT finished();
}

void PoolConnection::cut()
{
    m_socket->abort();
    end();
}

void PoolConnection::readAll()
{
    if (m_core.faults.mute) {
        m_socket->readAll();
        return;
    }
    if (!m_core.faults.foreignWords.isEmpty()) {
        m_socket->readAll();
        write(m_core.faults.foreignWords);
        m_socket->disconnectFromHost();
        return;
    }
    if (m_core.faults.speakHttp) {
        m_socket->readAll();
        const auto page = "<html><body>Bad Request</body></html>"_ba;
        write("HTTP/1.1 400 Bad Request\r\nServer: Microsoft-IIS/7.5\r\nContent-Type: "
              "text/html\r\nConnection: close\r\nContent-Length: "
            + QByteArray::number(page.size()) + "\r\n\r\n" + page);
        m_socket->disconnectFromHost();
        return;
    }
    const auto bytes = m_socket->readAll();
    m_core.traffic.received += bytes.size();
    m_framer.feed(bytes);
    while (!m_ended) {
        const auto frame = m_framer.next();
        if (!frame) {
            m_core.complain(u"not SIP: %1"_s.arg(frame.error().detail));
            cut();
            return;
        }
        const std::optional<QByteArray> &whole = *frame;
        if (!whole) {
            return;
        }
        if (m_core.faults.cutAfter == 0) {
            cut();
            return;
        }
        if (m_core.faults.cutAfter > 0) {
            --m_core.faults.cutAfter;
        }
        const auto message = parseMessage(*whole);
        if (!message) {
            m_core.complain(u"broken message: %1"_s.arg(message.error().detail));
            continue;
        }
        receive(*message);
    }
}

void PoolConnection::receive(SipMessage message)
{
    m_core.log(message);
    if (const auto missing = missingMandatoryHeader(message); !missing.isEmpty()) {
        m_core.complain(u"%1 without %2"_s.arg(
            QString::fromLatin1(
                message.isRequest() ? message.method : QByteArray::number(message.status)),
            QString::fromLatin1(missing)));
        if (message.isRequest()) {
            m_core.answer(message, *this, 400);
        }
        return;
    }
    if (message.isResponse()) {
        m_core.receive(message, *this);
        return;
    }
    m_core.traffic.waits += std::exchange(m_core.answerHeard, false) ? 1 : 0;
    // RFC 3261 18.2.1, and the same facts in Microsoft's words.
    auto via = message.headerValues("Via").value(0);
    popVia(message);
    via += ";received=" + m_socket->peerAddress().toString().toLatin1()
        + ";ms-received-port=" + QByteArray::number(m_socket->peerPort())
        + ";ms-received-cid=" + QByteArray::number(m_number, 16).toUpper();
    pushVia(message, via);

    const auto agent = QString::fromUtf8(message.header("User-Agent"));
    if (message.method == "REGISTER" && m_core.faults.allowedUserAgents
        && !m_core.faults.allowedUserAgents->match(agent).hasMatch()) {
        auto refusal = responseTo(message, 403);
        refusal.addHeader(
            "Warning", "310 lcs.microsoft.com " + quoted(m_core.faults.userAgentRefusal.toUtf8()));
        refusal.addHeader("ms-diagnostics",
            "17002;source=" + quoted(m_core.fqdn.toUtf8())
                + ";reason=\"Invalid protocol client version\"");
        deliver(refusal);
        return;
    }
    if (const auto ordered = m_core.orderedAnswer(message)) {
        deliver(*ordered);
        return;
    }
    if (const auto refusal = m_association.check(message)) {
        if (message.method != "ACK") {
            deliver(*refusal);
        }
        return;
    }
    m_core.receive(message, *this);
}

QByteArray PoolConnection::reachableContact(const QByteArray &uri) const
{
    auto parsed = parseSipUri(uri);
    if (!parsed || parsed->parameters.has("gruu")) {
        return uri;
    }
    parsed->host = m_socket->peerAddress().toString().toLatin1();
    parsed->port = m_socket->peerPort();
    parsed->parameters.set("ms-received-cid", QByteArray::number(m_number, 16).toUpper());
    return parsed->toBytes();
}

void PoolConnection::deliver(const SipMessage &message)
{
    if (m_ended) {
        return;
    }
    auto out = message;
    if (out.isResponse()) {
        m_core.traffic.answered += out.status >= 200 ? 1 : 0;
        out.addHeader("Server", m_core.product);
    }
    m_association.sign(out);
    auto bytes = serialize(out);
    // pidgin-sipe 1.25.0 loses data when the first message it reads is exactly 768 bytes long.
    if (!m_wroteSomething && bytes.size() == 768 && out.isResponse()) {
        out.setHeader("Server", m_core.product + ".0");
        bytes = serialize(out);
    }
    m_wroteSomething = true;
    if (m_core.faults.delay.count() > 0) {
        QTimer::singleShot(m_core.faults.delay, this, [this, bytes] { write(bytes); });
    } else {
        write(bytes);
    }
}

void PoolConnection::write(const QByteArray &bytes)
{
    if (!m_ended && m_socket->isOpen()) {
        m_core.traffic.sent += bytes.size();
        m_core.answerHeard = m_core.answerHeard || bytes.startsWith("SIP/2.0 ");
        m_socket->write(bytes);
    }
}

} // namespace linchpin::sip::sim
