// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/registrar.h"

#include "protocols/sip/simulator/simmessages.h"

#include <QCryptographicHash>
#include <QUuid>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

/// First three fields of a GUID little-endian, the rest as it is.
QByteArray guidBytes(const QUuid &uuid)
{
    auto bytes = uuid.toRfc4122();
    std::reverse(bytes.begin(), bytes.begin() + 4);
    std::reverse(bytes.begin() + 4, bytes.begin() + 6);
    std::reverse(bytes.begin() + 6, bytes.begin() + 8);
    return bytes;
}

QUuid fromGuidBytes(QByteArray bytes)
{
    std::reverse(bytes.begin(), bytes.begin() + 4);
    std::reverse(bytes.begin() + 4, bytes.begin() + 6);
    std::reverse(bytes.begin() + 6, bytes.begin() + 8);
    return QUuid::fromRfc4122(bytes);
}

QString instanceOf(const NameAddress &contact)
{
    auto value = QString::fromLatin1(contact.parameters.value("+sip.instance")).toLower();
    value.remove(u'<').remove(u'>').remove("urn:uuid:"_L1);
    return value;
}

} // namespace

Registrar::Registrar(PoolCore &core)
    : m_core(core)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &Registrar::expire);
}

QByteArray Registrar::gruu(const QString &user, const QString &instance)
{
    const auto opaque
        = (guidBytes(QUuid::fromString(instance)) + QByteArray(2, '\0'))
              .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    return "sip:" + user.toUtf8() + ";opaque=user:epid:" + opaque + ";gruu";
}

QString Registrar::instanceForEpid(const QByteArray &epid)
{
    const auto space = guidBytes(QUuid(u"fcacfb03-8a73-46ef-91b1-e5ebeeaba4fe"_s));
    const auto hash = QCryptographicHash::hash(space + epid, QCryptographicHash::Sha1).first(16);
    auto bytes = fromGuidBytes(hash).toRfc4122();
    bytes[6] = char((bytes[6] & 0x0f) | 0x50);
    bytes[8] = char((bytes[8] & 0x3f) | 0x80);
    return QUuid::fromRfc4122(bytes).toString(QUuid::WithoutBraces).toLower();
}

void Registrar::handle(const SipMessage &request, Hop &from)
{
    const auto address = addressIn(request, "From");
    const auto contact = addressHeader(request, "Contact");
    const auto epid = addressHeader(request, "From").parameters.value("epid");
    const auto event = request.header("Event");
    if (!event.isEmpty() && event.compare("registration", Qt::CaseInsensitive) != 0) {
        auto response = responseTo(request, 489);
        response.addHeader("ms-diagnostics",
            "4055;reason=\"Event header is not registration\";source="
                + quoted(m_core.fqdn.toUtf8()));
        from.deliver(response);
        return;
    }
    if (epid.isEmpty() || epid.size() > 16) {
        auto response = responseTo(request, 400);
        response.addHeader("ms-diagnostics",
            (epid.isEmpty() ? "4011;reason=\"Endpoint identifier not present\""
                            : "4012;reason=\"Endpoint identifier is too long\"")
                + (";source=" + quoted(m_core.fqdn.toUtf8())));
        from.deliver(response);
        return;
    }
    const auto derived = instanceForEpid(epid);
    auto instance = instanceOf(contact);
    const bool supportsGruu = listsToken(request, "Supported", "gruu-10");
    if (listsToken(request, "Supported", "msrtc-event-categories") && !supportsGruu) {
        auto response = responseTo(request, 421, "Extension Required");
        response.addHeader("Require", "gruu-10");
        response.addHeader("ms-diagnostics",
            "2057;reason=\"gruu-10 is required\";source=" + quoted(m_core.fqdn.toUtf8()));
        from.deliver(response);
        return;
    }
    if (instance.isEmpty()) {
        instance = derived;
    } else if (instance != derived) {
        m_core.complain(u"+sip.instance %1 does not belong to epid %2 (%3 does)"_s.arg(
            instance, QString::fromLatin1(epid), derived));
    }

    const auto now = QDateTime::currentDateTimeUtc();
    const auto expiresHeader = request.header("Expires");
    const bool leaving
        = expiresHeader.trimmed() == "0" || contact.parameters.value("expires") == "0";
    bool fresh = false;
    if (leaving) {
        // The answer must still be signed and sent: only what hangs on the registration goes.
        m_core.removeEndpoint(address, instance);
    } else {
        auto lifetime = m_core.registrationLifetime;
        bool given = false;
        const std::chrono::seconds wanted(expiresHeader.trimmed().toInt(&given));
        if (given) {
            lifetime = std::min(lifetime, wanted);
        }
        fresh = m_core.putEndpoint({ .user = address,
            .epid = QString::fromLatin1(epid),
            .instance = instance,
            .gruu = gruu(address, instance),
            .contact = from.reachableContact(contact.uri),
            .hop = &from,
            .expires = now.addDuration(lifetime),
            .registration = request });
    }

    auto response = responseTo(request, 200);
    response.addHeader("ms-keep-alive", "UAS; tcp=no; hop-hop=yes; end-end=no; timeout=300");
    QByteArray own = "0";
    const auto endpoints = m_core.endpointsOf(address);
    for (const auto &endpoint : endpoints) {
        const auto left = QByteArray::number(std::max<qint64>(now.secsTo(endpoint.expires), 1));
        auto line = '<' + endpoint.contact + ">;expires=" + left
            + ";+sip.instance=\"<urn:uuid:" + endpoint.instance.toLatin1() + ">\"";
        if (supportsGruu) {
            line += ";gruu=\"" + endpoint.gruu + '"';
        }
        response.addHeader("Contact", line);
        if (endpoint.instance == instance) {
            own = left;
        }
    }
    response.addHeader("Expires", own);
    if (!leaving) {
        response.addHeader("presence-state",
            fresh ? "register-action=\"added\"" : "register-action=\"refreshed\"");
        response.addHeader("Allow-Events",
            "vnd-microsoft-provisioning,vnd-microsoft-roaming-contacts,vnd-microsoft-roaming-ACL,"
            "presence,presence.wpending,"
            "vnd-microsoft-roaming-self,vnd-microsoft-provisioning-v2");
        response.addHeader("Supported", "adhoclist");
        response.addHeader("Supported", "msrtc-event-categories");
        response.addHeader("Supported", "com.microsoft.msrtc.presence");
    }
    from.deliver(response);
    scheduleExpiry();
}

void Registrar::scheduleExpiry()
{
    QDateTime next;
    for (const auto &endpoint : m_core.endpoints()) {
        if (endpoint.expires.isValid() && (next.isNull() || endpoint.expires < next)) {
            next = endpoint.expires;
        }
    }
    if (next.isNull()) {
        m_timer.stop();
    } else {
        m_timer.start(std::chrono::milliseconds(std::clamp<qint64>(
            QDateTime::currentDateTimeUtc().msecsTo(next) + 50, 50, qint64 { 60 } * 60 * 1000)));
    }
}

void Registrar::expire()
{
    const auto now = QDateTime::currentDateTimeUtc();
    const auto copy = m_core.endpoints();
    for (const auto &endpoint : copy) {
        if (endpoint.expires.isValid() && endpoint.expires <= now) {
            m_core.removeEndpoint(endpoint.user, endpoint.instance);
        }
    }
    scheduleExpiry();
}

void Registrar::deregister(const QString &user, const QByteArray &event, const QByteArray &reason)
{
    const auto endpoints = m_core.endpointsOf(user);
    for (const auto &endpoint : endpoints) {
        if (!endpoint.hop || endpoint.registration.method.isEmpty()) {
            continue;
        }
        auto notify = SipMessage::request("BENOTIFY", endpoint.contact);
        notify.addHeader("Via",
            "SIP/2.0/" + endpoint.hop->transport() + ' ' + m_core.fqdn.toUtf8() + ";branch=z9hG4bK"
                + randomHex(10));
        notify.addHeader("Max-Forwards", "70");
        auto from = addressHeader(endpoint.registration, "To");
        from.parameters.set("tag", randomHex(4).toUpper());
        notify.addHeader("From", serialize(from));
        notify.addHeader("To", endpoint.registration.header("From"));
        notify.addHeader("Call-ID", endpoint.registration.header("Call-ID"));
        notify.addHeader("CSeq", "1 BENOTIFY");
        notify.addHeader("Event", "registration-notify");
        notify.addHeader("subscription-state", "terminated;expires=0");
        if (!reason.isEmpty()) {
            notify.addHeader("ms-diagnostics-public",
                (event == "rejected" ? "4141" : "4140") + (";reason=" + quoted(reason)));
        }
        notify.setBody("text/registration-event", "deregistered;event=" + event);
        endpoint.hop->deliver(notify);
        m_core.removeEndpoint(user, endpoint.instance);
    }
}

} // namespace linchpin::sip::sim
