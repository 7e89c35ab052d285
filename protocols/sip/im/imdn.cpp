// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/imdn.h"

#include "protocols/sip/documents/sipaddress.h"

#include <QXmlStreamWriter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

std::expected<DeliveryReport, DocumentError> parseDeliveryReport(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    DeliveryReport report { .messageId = root->childText(u"message-id").left(256) };
    if (!root->is(u"imdn") || report.messageId.isEmpty()) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not a delivery report"_s });
    }
    for (const XmlElement &element : root->children) {
        bool ok = false;
        const int status = element.childText(u"status").toInt(&ok);
        DeliveryReport::Recipient recipient { .address = addressFromUri(element.attribute(u"uri")),
            .status = status };
        if (!element.is(u"recipient") || recipient.address.isEmpty() || !ok || status < 100
            || status > 699) {
            continue;
        }
        for (const XmlElement &entry : element.children) {
            if (entry.is(u"entry") && entry.childText(u"key") == u"ms-diagnostics") {
                recipient.diagnostics = entry.childText(u"value").left(1024).toUtf8();
            }
        }
        report.recipients.append(recipient);
    }
    return report;
}

QByteArray buildDeliveryReport(const DeliveryReport &report)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"imdn");
    writeAttribute(writer, u"xmlns", u"http://schemas.microsoft.com/rtc/2005/08/imdn");
    writeTextElement(writer, u"message-id", report.messageId);
    for (const DeliveryReport::Recipient &recipient : report.recipients) {
        writer.writeStartElement(u"recipient");
        writeAttribute(writer, u"uri", u"<%1>"_s.arg(uriFromAddress(recipient.address)));
        writeTextElement(writer, u"status", QString::number(recipient.status));
        if (!recipient.diagnostics.isEmpty()) {
            writer.writeStartElement(u"entry");
            writeTextElement(writer, u"key", u"ms-diagnostics");
            writeTextElement(writer, u"value", QString::fromUtf8(recipient.diagnostics));
            writer.writeEndElement();
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
    return body;
}

} // namespace linchpin::sip
