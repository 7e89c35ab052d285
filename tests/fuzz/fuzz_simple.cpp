// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// The documents of plain SIP: none may crash, and what is understood survives being written and
// read again.

#include "protocols/sip/simple/composing.h"
#include "protocols/sip/simple/cpim.h"
#include "protocols/sip/simple/eventsubscription.h"
#include "protocols/sip/simple/localcontacts.h"
#include "protocols/sip/simple/pidf.h"
#include "protocols/sip/simple/watcherinfo.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstddef>
#include <cstdint>

using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

void messages(QByteArrayView data)
{
    if (const auto message = parseCpim(data)) {
        check(parseCpim(buildCpim(*message)).has_value(), "a wrapped message");
    }
    if (const auto notice = parseDispositionNotice(data)) {
        const auto again = parseDispositionNotice(buildDispositionNotice(*notice));
        check(again && again->messageId == notice->messageId && again->status == notice->status,
            "a delivery report");
    }
    if (const auto typing = parseComposing(data)) {
        check(typing->lifetime.count() >= 0, "time that runs backwards");
    }
}

void presence(QByteArrayView data)
{
    for (const QByteArrayView type :
        { "application/pidf+xml", "multipart/related;boundary=b", "application/rlmi+xml" }) {
        tried(parsePresenceBody(type, data));
    }
    if (const auto person = parsePidfDocument(data)) {
        const auto again = parsePidfDocument(buildPidf(
            { QStringLiteral("a@x"), QStringLiteral("t"), person->presence, QDateTime() }));
        check(again.has_value(), "a presence document");
    }
    tried(parseWatcherInfo(data));
    tried(parseSubscriptionState(data));
}

/// What an account's state brings back.
void contacts(QByteArrayView data)
{
    const LocalContacts once = LocalContacts::unpacked({ data.toByteArray() });
    check(LocalContacts::unpacked(once.packed()) == once, "a contact list that changes");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    messages(bytes);
    presence(bytes);
    contacts(bytes);
    return 0;
}
