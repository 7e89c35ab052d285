// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/pidf.h"

#include "protocols/sip/documents/mimebody.h"
#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/presence/legacypresence.h"

#include <QXmlStreamWriter>

#include <algorithm>
#include <optional>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype maximumNote = 1024;
constexpr int idleThreshold = 300; // seconds; what the window calls idle
constexpr int maximumNesting = 2;

const QString pidf = u"urn:ietf:params:xml:ns:pidf"_s;
const QString dataModel = u"urn:ietf:params:xml:ns:pidf:data-model"_s;
const QString rpid = u"urn:ietf:params:xml:ns:pidf:rpid"_s;

// RPID has no activity for it; in "other" everybody shows busy and we know better.
const QString doNotDisturb = u"do-not-disturb"_s;

bool saysDoNotDisturb(const XmlElement &activities)
{
    return std::ranges::any_of(activities.children, [](const XmlElement &activity) {
        return activity.is(u"other")
            && activity.text.trimmed().compare(doNotDisturb, Qt::CaseInsensitive) == 0;
    });
}

/// <user-input last-input="…">idle</user-input>, RFC 4480 3.12; in a person, a tuple or a device.
std::optional<QDateTime> idleIn(const XmlElement &element)
{
    const XmlElement *input = element.child(u"user-input");
    if (input == nullptr || input->text.trimmed().compare(u"idle", Qt::CaseInsensitive) != 0) {
        return std::nullopt;
    }
    return parseUtc(input->attribute(u"last-input"));
}

void readInto(
    PresenceBody &result, int &unread, const ContentType &type, QByteArrayView body, int nesting)
{
    if (type.type.startsWith("multipart/")) {
        const auto parts = nesting < maximumNesting
            ? parseMultipart(type, body)
            : std::unexpected(DocumentError { DocumentError::Kind::TooDeep });
        if (!parts) {
            ++unread;
            return;
        }
        for (const MimePart &part : *parts) {
            readInto(result, unread, parseContentType(part.contentType), part.body, nesting + 1);
        }
        return;
    }
    if (type.is("application/rlmi+xml")) {
        const auto root = parseXml(body);
        if (root && root->is(u"list")) {
            result.isList = true;
            result.resources += parseResourceList(*root);
        } else {
            ++unread;
        }
        return;
    }
    const auto person = type.is(kPidfType) || type.is("application/cpim-pidf+xml")
            || type.is("application/xpidf+xml")
        ? parsePidfDocument(body)
        : std::unexpected(DocumentError { DocumentError::Kind::Unexpected });
    if (person) {
        result.people.append(*person);
    } else {
        ++unread;
    }
}

QString activityOf(Availability availability)
{
    switch (availability) {
    case Availability::Away:
        return u"away"_s;
    case Availability::Busy:
    case Availability::DoNotDisturb:
        return u"busy"_s;
    default:
        return {};
    }
}

} // namespace

std::expected<PersonPresence, DocumentError> parsePidfDocument(QByteArrayView body)
{
    const auto update = parseLegacyPresence(body);
    if (!update) {
        return std::unexpected(update.error());
    }
    PersonPresence person { update->address, update->toPresence() };
    const auto root = parseXml(body, { .externalDoctype = true });
    if (!root || !person.presence.isOnline()) {
        return person;
    }
    // What is said of the person counts, else what is said of the devices. Several devices publish
    // a person each: who uses one of them is not idle.
    const bool hasPerson = root->child(u"person") != nullptr;
    int voices = 0;
    int idle = 0;
    for (const XmlElement &element : root->children) {
        if (!element.is(hasPerson ? u"person" : u"tuple")) {
            continue;
        }
        ++voices;
        if (const auto since = idleIn(element); since && since->isValid()) {
            ++idle;
            person.presence.idleSince = person.presence.idleSince.isValid()
                ? std::max(person.presence.idleSince, *since)
                : *since;
        }
        const XmlElement *activities = element.child(u"activities");
        if (activities != nullptr && saysDoNotDisturb(*activities)) {
            person.presence.availability = Availability::DoNotDisturb;
            person.presence.activity.clear();
        }
    }
    if (idle < voices) {
        person.presence.idleSince = update->toPresence().idleSince;
    }
    return person;
}

QByteArray buildPidf(const OwnPidf &own)
{
    const Presence &presence = own.presence;
    const bool open = presence.isOnline();
    const QString note = open ? presence.text.trimmed().left(maximumNote) : QString();
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartDocument();
    writer.writeNamespace(dataModel, u"dm"_s);
    writer.writeNamespace(rpid, u"rpid"_s);
    writer.writeDefaultNamespace(pidf);
    writer.writeStartElement(pidf, u"presence"_s);
    writeAttribute(writer, u"entity", uriFromAddress(own.address));

    writer.writeStartElement(pidf, u"tuple"_s);
    writeAttribute(writer, u"id", u't' + own.id);
    writer.writeStartElement(pidf, u"status"_s);
    writer.writeTextElement(pidf, u"basic"_s, open ? u"open"_s : u"closed"_s);
    writer.writeEndElement();
    writer.writeTextElement(pidf, u"contact"_s, uriFromAddress(own.address));
    if (!note.isEmpty()) {
        writer.writeTextElement(pidf, u"note"_s, cleanXmlText(note));
    }
    writer.writeTextElement(pidf, u"timestamp"_s, writtenUtc(own.now));
    writer.writeEndElement();

    if (open) {
        writer.writeStartElement(dataModel, u"person"_s);
        writeAttribute(writer, u"id", u'p' + own.id);
        if (const QString activity = activityOf(presence.availability); !activity.isEmpty()) {
            writer.writeStartElement(rpid, u"activities"_s);
            writer.writeEmptyElement(rpid, activity);
            if (presence.availability == Availability::DoNotDisturb) {
                writer.writeTextElement(rpid, u"other"_s, doNotDisturb);
            }
            writer.writeEndElement();
        }
        if (presence.idleSince.isValid()) {
            writer.writeStartElement(rpid, u"user-input"_s);
            writeAttribute(writer, u"idle-threshold", qint64(idleThreshold));
            writeAttribute(writer, u"last-input", writtenUtc(presence.idleSince));
            writer.writeCharacters(u"idle"_s);
            writer.writeEndElement();
        }
        if (!note.isEmpty()) {
            writer.writeTextElement(dataModel, u"note"_s, cleanXmlText(note));
        }
        writer.writeTextElement(dataModel, u"timestamp"_s, writtenUtc(own.now));
        writer.writeEndElement();
    }
    writer.writeEndElement();
    writer.writeEndDocument();
    return body;
}

std::expected<PresenceBody, DocumentError> parsePresenceBody(
    QByteArrayView contentType, QByteArrayView body)
{
    PresenceBody result;
    int unread = 0;
    readInto(result, unread, parseContentType(contentType), body, 0);
    if (unread > 0 && !result.isList && result.people.isEmpty()) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no presence can be read"_s });
    }
    return result;
}

} // namespace linchpin::sip
