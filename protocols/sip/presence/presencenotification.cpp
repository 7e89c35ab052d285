// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/presencenotification.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/presence/legacypresence.h"

#include <QXmlStreamWriter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

bool isResourceList(const ContentType &type)
{
    return type.is("application/rlmi+xml");
}

bool isCategories(const ContentType &type)
{
    return type.is("application/msrtc-event-categories+xml");
}

bool isLegacy(const ContentType &type)
{
    return type.is("application/pidf+xml") || type.is("text/xml+msrtc.pidf")
        || type.is("application/xpidf+xml");
}

std::expected<void, DocumentError> readInto(
    PresenceNotification &result, const ContentType &type, QByteArrayView body, int depth);

std::expected<void, DocumentError> readMultipart(
    PresenceNotification &result, const ContentType &type, QByteArrayView body, int depth)
{
    if (depth > 2) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::TooDeep, u"multipart in multipart"_s });
    }
    const auto parts = parseMultipart(type, body);
    if (!parts) {
        return std::unexpected(parts.error());
    }
    for (const MimePart &part : *parts) {
        if (!readInto(result, parseContentType(part.contentType), part.body, depth + 1)) {
            ++result.skippedParts;
        }
    }
    return {};
}

std::expected<void, DocumentError> readInto(
    PresenceNotification &result, const ContentType &type, QByteArrayView body, int depth)
{
    if (type.type.startsWith("multipart/")) {
        return readMultipart(result, type, body, depth);
    }
    if (isCategories(type)) {
        const auto document = parseCategoriesDocument(body);
        if (!document) {
            return std::unexpected(document.error());
        }
        if (document->address.isEmpty()) {
            return std::unexpected(
                DocumentError { DocumentError::Kind::Unexpected, u"categories of nobody"_s });
        }
        result.updates.append(presenceFromCategories(*document));
        return {};
    }
    if (isResourceList(type)) {
        const auto root = parseXml(body);
        if (!root) {
            return std::unexpected(root.error());
        }
        result.hints += parseResourceList(*root);
        return {};
    }
    if (isLegacy(type)) {
        auto update = parseLegacyPresence(body);
        if (!update) {
            return std::unexpected(update.error());
        }
        result.updates.append(std::move(*update));
        return {};
    }
    return std::unexpected(DocumentError { DocumentError::Kind::Unexpected,
        u"not a presence type: %1"_s.arg(QString::fromLatin1(type.type)) });
}

QStringView stateWord(SubscriptionHint::Kind kind)
{
    switch (kind) {
    case SubscriptionHint::Kind::Active:
        return u"active";
    case SubscriptionHint::Kind::Resubscribe:
        return u"resubscribe";
    case SubscriptionHint::Kind::Terminated:
        break;
    }
    return u"terminated";
}

} // namespace

QList<SubscriptionHint> parseResourceList(const XmlElement &list)
{
    QList<SubscriptionHint> hints;
    for (const XmlElement &resource : list.children) {
        SubscriptionHint hint { .address = addressFromUri(resource.attribute(u"uri")) };
        const XmlElement *instance = resource.child(u"instance");
        if (!resource.is(u"resource") || hint.address.isEmpty() || !instance) {
            continue;
        }
        const QString state = instance->attribute(u"state");
        if (state.compare(u"resubscribe", Qt::CaseInsensitive) == 0) {
            hint.kind = SubscriptionHint::Kind::Resubscribe;
            // The pool becomes a request URI: take a host name or nothing.
            const QString pool = instance->attribute(u"poolFqdn").trimmed();
            const bool isHost = pool.size() <= 255 && std::ranges::all_of(pool, [](QChar c) {
                return c.unicode() < 0x80 && (c.isLetterOrNumber() || c == u'.' || c == u'-');
            });
            hint.poolFqdn = isHost ? pool : QString();
        } else if (state.compare(u"terminated", Qt::CaseInsensitive) == 0) {
            hint.kind = SubscriptionHint::Kind::Terminated;
            hint.reason = instance->attribute(u"reason").left(256);
        }
        hints.append(hint);
    }
    return hints;
}

std::expected<PresenceNotification, DocumentError> parsePresenceNotification(
    QByteArrayView contentType, QByteArrayView body)
{
    PresenceNotification result;
    if (const auto read = readInto(result, parseContentType(contentType), body, 0); !read) {
        return std::unexpected(read.error());
    }
    if (result.updates.isEmpty() && result.hints.isEmpty() && result.skippedParts > 0) {
        return std::unexpected(DocumentError {
            DocumentError::Kind::Malformed, u"no part of the notification is readable"_s });
    }
    return result;
}

QByteArray buildResourceList(const QString &listAddress, const QList<SubscriptionHint> &resources,
    int version, bool fullState)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"list");
    writeAttribute(writer, u"xmlns", u"urn:ietf:params:xml:ns:rlmi");
    writeAttribute(writer, u"uri", uriFromAddress(listAddress));
    writeAttribute(writer, u"version", version);
    writeAttribute(writer, u"fullState", fullState ? u"true" : u"false");
    int id = 0;
    for (const SubscriptionHint &hint : resources) {
        writer.writeStartElement(u"resource");
        writeAttribute(writer, u"uri", uriFromAddress(hint.address));
        writer.writeEmptyElement(u"instance");
        writeAttribute(writer, u"id", id++);
        writeAttribute(writer, u"state", stateWord(hint.kind));
        if (hint.kind == SubscriptionHint::Kind::Active) {
            writeAttribute(writer, u"cid", hint.address);
        }
        if (!hint.poolFqdn.isEmpty()) {
            writeAttribute(writer, u"poolFqdn", hint.poolFqdn);
        }
        if (!hint.reason.isEmpty()) {
            writeAttribute(writer, u"reason", hint.reason);
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
    return body;
}

QByteArray buildBatchedNotification(const QString &listAddress,
    const QList<SubscriptionHint> &resources, const QList<CategoriesDocument> &people,
    const QByteArray &boundary)
{
    QList<MimePart> parts;
    parts.append(MimePart { .contentType = "application/rlmi+xml"_ba,
        .contentId = "resourceList"_ba,
        .body = buildResourceList(listAddress, resources) });
    for (const CategoriesDocument &person : people) {
        parts.append(MimePart { .contentType = "application/msrtc-event-categories+xml"_ba,
            .contentId = person.address.toUtf8(),
            .body = buildCategories(person) });
    }
    return buildMultipart(parts, boundary);
}

} // namespace linchpin::sip
