// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/subscriptions.h"

#include "protocols/sip/documents/sipaddress.h"

#include <QXmlStreamWriter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

QByteArray batch(
    const QString &ownAddress, const QList<WatchedPerson> &people, quint32 actionId, bool subscribe)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"batchSub");
    writeAttribute(writer, u"xmlns", u"http://schemas.microsoft.com/2006/01/sip/batch-subscribe");
    writeAttribute(writer, u"uri", uriFromAddress(ownAddress));
    writeAttribute(writer, u"name", u"");
    writer.writeStartElement(u"action");
    writeAttribute(writer, u"name", subscribe ? u"subscribe" : u"unsubscribe");
    writeAttribute(writer, u"id", qint64(actionId));
    writer.writeStartElement(u"adhocList");
    for (const WatchedPerson &person : people) {
        writer.writeStartElement(u"resource");
        writeAttribute(writer, u"uri", uriFromAddress(person.address));
        if (person.isNew) {
            writer.writeEmptyElement(u"context");
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
    if (subscribe) {
        writer.writeStartElement(u"categoryList");
        writeAttribute(writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/categorylist");
        for (const QStringView name : { QStringView(u"calendarData"), QStringView(u"contactCard"),
                 QStringView(u"note"), QStringView(u"state") }) {
            writer.writeEmptyElement(u"category");
            writeAttribute(writer, u"name", name);
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
    writer.writeEndElement();
    return body;
}

} // namespace

QByteArray buildBatchSubscribe(
    const QString &ownAddress, const QList<WatchedPerson> &people, quint32 actionId)
{
    return batch(ownAddress, people, actionId, true);
}

QByteArray buildBatchUnsubscribe(
    const QString &ownAddress, const QStringList &addresses, quint32 actionId)
{
    QList<WatchedPerson> people;
    for (const QString &address : addresses) {
        people.append(WatchedPerson { address });
    }
    return batch(ownAddress, people, actionId, false);
}

std::expected<BatchSubscribe, DocumentError> parseBatchSubscribe(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    const XmlElement *action = root->is(u"batchSub") ? root->child(u"action") : nullptr;
    const XmlElement *list = action ? action->child(u"adhocList") : nullptr;
    if (!list) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not a batched subscription"_s });
    }
    BatchSubscribe result { .ownAddress = addressFromUri(root->attribute(u"uri")),
        .subscribe = action->attribute(u"name") != u"unsubscribe" };
    for (const XmlElement &resource : list->children) {
        const QString address = addressFromUri(resource.attribute(u"uri"));
        if (resource.is(u"resource") && !address.isEmpty()) {
            result.people.append(WatchedPerson { address, resource.child(u"context") != nullptr });
        }
    }
    // [MS-PRES] 6.8 puts the list inside the action; some clients write it next to it.
    const XmlElement *categories = action->child(u"categoryList");
    if (!categories) {
        categories = root->child(u"categoryList");
    }
    if (categories) {
        for (const XmlElement &category : categories->children) {
            result.categories.append(category.attribute(u"name"));
        }
    }
    return result;
}

QList<QList<WatchedPerson>> splitIntoBatches(const QList<WatchedPerson> &people, int size)
{
    QList<QList<WatchedPerson>> batches;
    const int step = qMax(1, size);
    for (qsizetype at = 0; at < people.size(); at += step) {
        batches.append(people.mid(at, step));
    }
    return batches;
}

Resubscriptions resubscriptions(const QList<SubscriptionHint> &hints)
{
    Resubscriptions result;
    for (const SubscriptionHint &hint : hints) {
        switch (hint.kind) {
        case SubscriptionHint::Kind::Active:
            break;
        case SubscriptionHint::Kind::Terminated:
            result.terminated.append(hint.address);
            break;
        case SubscriptionHint::Kind::Resubscribe:
            if (hint.poolFqdn.isEmpty()) {
                result.single.append(hint.address);
            } else {
                result.byPool[hint.poolFqdn.toLower()].append(hint.address);
            }
            break;
        }
    }
    return result;
}

QByteArray buildRoamingSelfRequest(const QStringList &parts)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"roamingList");
    writeAttribute(writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/roaming-self");
    for (const QString &type : parts) {
        writer.writeEmptyElement(u"roaming");
        writeAttribute(writer, u"type", type);
    }
    writer.writeEndElement();
    return body;
}

QByteArray buildProvisioningRequest(const QStringList &groups)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"provisioningGroupList");
    writeAttribute(
        writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/provisioninggrouplist");
    for (const QString &group : groups) {
        writer.writeEmptyElement(u"provisioningGroup");
        writeAttribute(writer, u"name", group);
    }
    writer.writeEndElement();
    return body;
}

} // namespace linchpin::sip
