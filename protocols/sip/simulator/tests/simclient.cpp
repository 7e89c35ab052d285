// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/tests/simclient.h"

#include "protocols/sip/auth/ntlm.h"
#include "protocols/sip/simulator/registrar.h"
#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/wire/sipparser.h"

#include <QHostAddress>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr int limit = 10000;

QByteArray randomBytes(int count)
{
    return QByteArray::fromHex(randomHex(count));
}

} // namespace

SimClient::SimClient(const QString &address, const QByteArray &epid, QObject *parent)
    : QObject(parent)
    , m_address(address)
    , m_epid(epid)
    , m_instance(Registrar::instanceForEpid(epid).toLatin1())
    , m_tag(randomHex(5))
    , m_callId(randomHex(8))
{
    connect(&m_socket, &QTcpSocket::readyRead, this, &SimClient::read);
}

bool SimClient::connectTo(quint16 port)
{
    m_socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
    return m_socket.waitForConnected(limit);
}

void SimClient::read()
{
    m_framer.feed(m_socket.readAll());
    for (auto frame = m_framer.next(); frame && *frame; frame = m_framer.next()) {
        const auto message = parseMessage(**frame);
        if (!message) {
            continue;
        }
        if (m_signer && m_signer->isEstablished()
            && (!message->isResponse() || message->status != 401) && !m_signer->verify(*message)) {
            ++m_wrongSignatures;
        }
        m_received.append(*message);
    }
}

std::optional<SipMessage> SimClient::take(const std::function<bool(const SipMessage &)> &wanted)
{
    const auto find = [&] { return std::ranges::find_if(m_received, wanted); };
    if (!QTest::qWaitFor([&] { return find() != m_received.end() || !isConnected(); }, limit)) {
        return std::nullopt;
    }
    const auto found = find();
    if (found == m_received.end()) {
        return std::nullopt;
    }
    SipMessage message = std::move(*found);
    m_received.erase(found);
    return message;
}

SipMessage SimClient::request(const QByteArray &method, const QByteArray &uri, const QByteArray &to)
{
    auto message = SipMessage::request(method, uri);
    message.addHeader("Via",
        "SIP/2.0/TCP 127.0.0.1:" + QByteArray::number(m_socket.localPort()) + ";branch=z9hG4bK"
            + randomHex(10));
    message.addHeader("From", "<sip:" + m_address.toUtf8() + ">;tag=" + m_tag + ";epid=" + m_epid);
    message.addHeader("To", to.isEmpty() ? '<' + uri + '>' : to);
    message.addHeader("Max-Forwards", "70");
    message.addHeader("CSeq", QByteArray::number(++m_cseq) + ' ' + method);
    message.addHeader("User-Agent", "UCCAPI/3.5.6907.0 OC/3.5.6907.0 (test)");
    message.addHeader("Call-ID", method == "REGISTER" ? m_callId : randomHex(8));
    message.addHeader("Contact",
        m_gruu.isEmpty() ? "<sip:127.0.0.1:" + QByteArray::number(m_socket.localPort())
                + ";transport=tcp;ms-opaque=d3470f2e1d>;proxy=replace;+sip.instance=\"<urn:uuid:"
                + m_instance + ">\""
                         : '<' + m_gruu + '>');
    return message;
}

void SimClient::post(SipMessage message, bool sign)
{
    if (sign && m_signer) {
        m_signer->sign(message);
    }
    send(serialize(message));
}

std::optional<SipMessage> SimClient::exchange(SipMessage message, bool sign)
{
    const auto callId = message.header("Call-ID");
    const auto cseq = message.header("CSeq");
    post(std::move(message), sign);
    return take([&](const SipMessage &m) {
        return m.isFinal() && m.header("Call-ID") == callId && m.header("CSeq") == cseq;
    });
}

std::optional<SipMessage> SimClient::expect(const QByteArray &method)
{
    return take([&](const SipMessage &m) { return m.isRequest() && m.method == method; });
}

std::optional<SipMessage> SimClient::expectResponse(
    const QByteArray &callId, const QByteArray &method)
{
    return take([&](const SipMessage &m) {
        return m.isFinal() && m.header("Call-ID") == callId && m.header("CSeq").endsWith(method);
    });
}

bool SimClient::has(const QByteArray &method) const
{
    return std::ranges::any_of(
        m_received, [&](const SipMessage &m) { return m.isRequest() && m.method == method; });
}

SipMessage SimClient::answer(
    const SipMessage &request, int status, const QByteArray &contentType, const QByteArray &body)
{
    auto response = responseTo(request, status);
    response.addHeader("Contact", '<' + m_gruu + '>');
    if (!body.isEmpty()) {
        response.setBody(contentType, body);
    }
    send(serialize(response));
    return response;
}

int SimClient::signIn(const QString &login, const QString &password, const QByteArray &expires)
{
    const auto uri = "sip:" + m_address.section(u'@', 1).toUtf8();
    for (int round = 0; round < 3; ++round) {
        auto message = request("REGISTER", uri, "<sip:" + m_address.toUtf8() + '>');
        message.addHeader("Supported",
            "gruu-10, adhoclist, msrtc-event-categories, com.microsoft.msrtc.presence");
        message.addHeader("Event", "registration");
        message.addHeader("ms-keep-alive", "UAC;hop-hop=yes");
        if (!expires.isEmpty()) {
            message.addHeader("Expires", expires);
        }
        const auto response = exchange(message);
        if (!response) {
            return 0;
        }
        m_registration = *response;
        if (response->status != 401) {
            const auto contacts = response->headerValues("Contact");
            for (const auto &line : contacts) {
                const auto contact = parseNameAddress(line).value_or(NameAddress {});
                if (contact.parameters.value("+sip.instance").contains(m_instance)) {
                    m_gruu = contact.parameters.value("gruu");
                }
            }
            return response->status;
        }
        const auto challenge = parseAuthHeader(response->header("WWW-Authenticate"));
        if (!challenge || (m_signer && m_signer->isEstablished())) {
            return response->status;
        }
        if (!m_signer) {
            auto credentials = splitLogin(login, m_address);
            credentials.password = password;
            m_signer
                = std::make_unique<MessageSigner>(std::make_unique<NtlmMechanism>(credentials,
                                                      randomBytes, QDateTime::currentDateTimeUtc()),
                    randomBytes);
        }
        if (!m_signer->takeChallenge(*challenge)) {
            return -1;
        }
    }
    return m_registration.status;
}

void SimClient::signOut()
{
    auto message = request("REGISTER", "sip:" + m_address.section(u'@', 1).toUtf8(),
        "<sip:" + m_address.toUtf8() + '>');
    message.setHeader("Contact",
        "<sip:127.0.0.1:" + QByteArray::number(m_socket.localPort())
            + ";transport=tcp>;+sip.instance=\"<urn:uuid:" + m_instance + ">\"");
    message.addHeader("Expires", "0");
    exchange(message);
}

} // namespace linchpin::sip::sim
