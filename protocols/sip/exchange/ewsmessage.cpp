// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/ewsmessage.h"

#include "protocols/sip/webservices/soapfault.h"

#include <KDSoapClient/KDSoapValue.h>
#include <QCoreApplication>
#include <QDateTime>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipExchange)
};

const QString kSoap = u"http://schemas.xmlsoap.org/soap/envelope/"_s;
const QString kMessages = u"http://schemas.microsoft.com/exchange/services/2006/messages"_s;
const QString kTypes = u"http://schemas.microsoft.com/exchange/services/2006/types"_s;
constexpr qsizetype kMaximumWords = 500;

KDSoapValue soapValue(const QString &name, const QString &space, const KDSoapValueList &children)
{
    KDSoapValue value(name, children);
    value.setNamespaceUri(space);
    value.setQualified(true);
    return value;
}

KDSoapValue soapValue(const EwsElement &element)
{
    KDSoapValueList children;
    for (const EwsElement &child : element.children) {
        children.append(soapValue(child));
    }
    KDSoapValue value = soapValue(element.name,
        element.schema == EwsElement::Schema::Messages ? kMessages : kTypes, children);
    if (!element.text.isEmpty()) {
        value.setValue(cleanXmlText(element.text));
    }
    for (const auto &[name, text] : element.attributes) {
        value.childValues().attributes().append(KDSoapValue(name, cleanXmlText(text)));
    }
    return value;
}

QString bounded(const QString &words)
{
    const QString clean = words.simplified();
    return clean.size() > kMaximumWords ? clean.first(kMaximumWords) + u'…' : clean;
}

} // namespace

EwsElement messageElement(const QString &name, const QString &text)
{
    return { .name = name, .text = text };
}

EwsElement messageElement(const QString &name, const QList<EwsElement> &children)
{
    return { .name = name, .children = children };
}

EwsElement typeElement(const QString &name, const QString &text)
{
    return { .name = name, .schema = EwsElement::Schema::Types, .text = text };
}

EwsElement typeElement(const QString &name, const QList<EwsElement> &children)
{
    return { .name = name, .schema = EwsElement::Schema::Types, .children = children };
}

EwsRequest buildEwsRequest(
    const QString &action, const EwsElement &operation, const QString &schemaVersion)
{
    KDSoapValueList parts;
    if (!schemaVersion.isEmpty()) {
        EwsElement version = typeElement(u"RequestServerVersion"_s);
        version.attributes.append({ u"Version"_s, schemaVersion });
        KDSoapValueList headers;
        headers.append(soapValue(version));
        parts.append(soapValue(u"Header"_s, kSoap, headers));
    }
    KDSoapValueList body;
    body.append(soapValue(operation));
    parts.append(soapValue(u"Body"_s, kSoap, body));
    KDSoapValue envelope = soapValue(u"Envelope"_s, kSoap, parts);
    // Declared once, here: otherwise every element of the other schema declares it anew.
    envelope.addNamespaceDeclaration(QXmlStreamNamespaceDeclaration(u"m"_s, kMessages));
    envelope.addNamespaceDeclaration(QXmlStreamNamespaceDeclaration(u"t"_s, kTypes));
    return { .action = (kMessages + u'/' + action).toLatin1(),
        .body = envelope.toXml(KDSoapValue::LiteralUse, kSoap) };
}

bool EwsFault::isStale() const
{
    return code == "ErrorIrresolvableConflict"_L1 || code == "ErrorItemNotFound"_L1
        || code == "ErrorStaleObject"_L1 || code == "ErrorInvalidChangeKey"_L1
        || code == "ErrorChangeKeyRequired"_L1;
}

std::optional<EwsFault> responseFault(const XmlElement &response)
{
    if (!response.hasAttribute(u"ResponseClass")
        || response.attribute(u"ResponseClass").compare("Error"_L1, Qt::CaseInsensitive) != 0) {
        return std::nullopt;
    }
    return EwsFault { response.childText(u"ResponseCode").left(kMaximumWords),
        bounded(response.childText(u"MessageText")) };
}

std::expected<XmlElement, EwsFault> ewsResponse(QByteArrayView body, QStringView name)
{
    const auto envelope = parseXml(body);
    if (!envelope) {
        return std::unexpected(EwsFault { u"unreadable"_s, envelope.error().text });
    }
    const XmlElement *const inside = envelope->child(u"Body");
    const XmlElement *const response = inside ? inside->child(name) : nullptr;
    if (response) {
        if (const auto fault = responseFault(*response)) {
            return std::unexpected(*fault);
        }
        return *response;
    }
    if (const auto fault = parseFault(body)) {
        const XmlElement *const code = inside->find(u"Fault/detail/ResponseCode");
        return std::unexpected(EwsFault {
            code ? code->text.trimmed().left(kMaximumWords) : fault->code, fault->words });
    }
    return std::unexpected(EwsFault { u"unreadable"_s, u"no %1"_s.arg(name) });
}

QDateTime ewsTime(const QString &text)
{
    QString written = text.trimmed().left(64);
    const qsizetype clock = written.indexOf(u'T');
    const bool hasZone = written.endsWith(u'Z') || written.indexOf(u'+', clock) > 0
        || written.indexOf(u'-', clock) > 0;
    // Never as local time, not even for a moment: there are hours that it does not have.
    if (clock > 0 && !hasZone) {
        written += u'Z';
    }
    return QDateTime::fromString(written, Qt::ISODate).toUTC();
}

Error exchangeFault(const EwsFault &fault)
{
    Error error;
    error.kind = Error::Kind::Protocol;
    error.code = u"exchange-fault"_s;
    error.title = fault.isStale() ? Text::tr("The contact list in Exchange was changed meanwhile.")
                                  : Text::tr("Exchange refused the request.");
    error.detail = fault.words.isEmpty() ? fault.code
        : fault.code.isEmpty()           ? fault.words
                                         : u"%1: %2"_s.arg(fault.code, fault.words);
    error.remedy = fault.isStale() ? Text::tr("The list has been read again; repeat the change.")
                                   : QString();
    return error;
}

} // namespace linchpin::sip
