// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every document parser of the SIP engine over the same bytes: none may crash, and what one
// understood must survive being written and read again.

#include "protocols/sip/contacts/contactedits.h"
#include "protocols/sip/contacts/contactlist.h"
#include "protocols/sip/im/imbody.h"
#include "protocols/sip/im/imdn.h"
#include "protocols/sip/im/sdp.h"
#include "protocols/sip/im/typing.h"
#include "protocols/sip/presence/presencenotification.h"
#include "protocols/sip/presence/publication.h"
#include "protocols/sip/presence/selfdocument.h"
#include "protocols/sip/presence/subscriptions.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstddef>
#include <cstdint>

using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

void contacts(QByteArrayView data)
{
    if (const auto document = parseContactDocument(data)) {
        const auto again = std::holds_alternative<ContactListDocument>(*document)
            ? parseContactDocument(buildContactList(std::get<ContactListDocument>(*document)))
            : parseContactDocument(buildContactDelta(std::get<ContactDeltaDocument>(*document)));
        check(again && *again == *document, "contact document");
    }
    if (const auto request = parseContactEdit(data)) {
        const auto again = parseContactEdit(buildContactEdit(request->edit, request->deltaNumber));
        check(again && *again == *request, "contact edit");
    }
    tried(parseContactEditReply(data));
}

void presence(QByteArrayView data)
{
    for (const QByteArrayView type :
        { "multipart/related;boundary=b", "application/msrtc-event-categories+xml",
            "application/rlmi+xml", "application/pidf+xml" }) {
        if (const auto notification = parsePresenceNotification(type, data)) {
            for (const PresenceUpdate &update : notification->updates) {
                tried(update.toPresence());
            }
            tried(resubscriptions(notification->hints));
        }
    }
    if (const auto document = parseSelfDocument(data)) {
        SelfData self;
        self.apply(*document, SelfData::Scope::Everything);
        self.apply(*document, SelfData::Scope::Changes);
        const auto again = parseSelfDocument(buildSelfDocument(*document));
        check(again && again->containers == document->containers
                && again->watchers == document->watchers,
            "roaming self");
    }
    if (const auto request = parsePublish(data)) {
        check(parsePublish(buildPublish(request->address, request->publications)).has_value(),
            "publication");
    }
    if (const auto batch = parseBatchSubscribe(data)) {
        const auto again
            = parseBatchSubscribe(buildBatchSubscribe(batch->ownAddress, batch->people, 1));
        check(again && again->people == batch->people, "batched subscription");
    }
    if (const auto fault = parsePublicationFault(data)) {
        const auto again = parsePublicationFault(buildPublicationFault(*fault));
        check(again && *again == *fault, "publication fault");
    }
    if (const auto edits = parseSetContainerMembers(data)) {
        tried(buildSetContainerMembers(*edits));
    }
    tried(parseSetSubscribers(data));
}

void messages(QByteArrayView data)
{
    for (const QByteArrayView type : { "text/plain", "text/html;charset=utf-16", "text/rtf",
             "multipart/alternative;boundary=b" }) {
        tried(parseImBody(type, data));
    }
    if (const auto first = parseMsTextFormat(data)) {
        tried(parseImBody(first->contentType, first->body));
    }
    tried(parseTyping(data));
    if (const auto report = parseDeliveryReport(data)) {
        const auto again = parseDeliveryReport(buildDeliveryReport(*report));
        check(again && *again == *report, "delivery report");
    }
    if (const auto sdp = parseImSdp(data)) {
        check(parseImSdp(buildImSdp(*sdp)).has_value(), "SDP");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    contacts(bytes);
    presence(bytes);
    messages(bytes);
    return 0;
}
