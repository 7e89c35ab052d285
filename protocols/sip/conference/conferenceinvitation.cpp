// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/conference/conferenceinvitation.h"

#include "protocols/sip/conference/conferenceaddress.h"

#include <QXmlStreamWriter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

QByteArray buildConferenceInvitation(const ConferenceInvitation &invitation)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"Conferencing");
    writeAttribute(writer, u"version", u"2.0");
    writeTextElement(writer, u"focus-uri", invitation.focus);
    writeTextElement(writer, u"subject", invitation.subject);
    if (invitation.messages) {
        writer.writeStartElement(u"im");
        writeAttribute(writer, u"available", u"true");
        writer.writeEmptyElement(u"first-im");
        writer.writeEndElement();
    }
    if (invitation.audio) {
        writer.writeEmptyElement(u"audio");
        writeAttribute(writer, u"available", u"true");
    }
    writer.writeEndElement();
    return body;
}

std::expected<ConferenceInvitation, DocumentError> parseConferenceInvitation(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    const auto focus = normalizedFocus(root->childText(u"focus-uri"));
    if (!root->is(u"Conferencing") || !focus) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no invitation to a conference"_s });
    }
    const auto available = [&root](QStringView medium) {
        const XmlElement *element = root->child(medium);
        return element != nullptr && xmlBool(element->attribute(u"available"));
    };
    return ConferenceInvitation { .focus = *focus,
        .subject = root->childText(u"subject").simplified().left(512),
        .messages = available(u"im"),
        .audio = available(u"audio") };
}

} // namespace linchpin::sip
