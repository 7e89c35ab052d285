// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// The SIP framer, parser and header readers over the same bytes: none may crash, how the bytes were
// split must not matter, and what was understood must survive being written and read again.

#include "protocols/sip/wire/sipframer.h"
#include "protocols/sip/wire/sipheader.h"
#include "protocols/sip/wire/sipparser.h"
#include "protocols/sip/wire/sipuri.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

using namespace linchpin::sip;
using linchpin::fuzz::tried;

namespace {

void check(bool holds, const char *what)
{
    if (!holds) {
        std::fprintf(stderr, "broken: %s\n", what);
        std::abort();
    }
}

/// All frames of the stream, fed in pieces of that size; errors are skipped as the wire reader
/// does.
QByteArrayList frames(QByteArrayView bytes, qsizetype piece)
{
    SipFramer framer({ .head = 4096, .body = 65536 });
    QByteArrayList found;
    for (qsizetype i = 0; i < bytes.size(); i += piece) {
        framer.feed(bytes.sliced(i, qMin(piece, bytes.size() - i)));
        while (true) {
            const auto frame = framer.next();
            if (!frame || !*frame) {
                break; // an error stays: a connection would be closed
            }
            found.append(**frame);
        }
    }
    return found;
}

void headers(const SipMessage &message)
{
    for (const SipHeader &header : message.headers) {
        tried(splitCommaList(header.value));
        if (const auto address = parseNameAddress(header.value)) {
            tried(parseSipUri(address->uri));
            tried(bareAddress(address->uri));
        }
        tried(parseCSeq(header.value));
        tried(parseAuthHeader(header.value));
        tried(parseDiagnostics(header.value));
    }
    tried(missingMandatoryHeader(message));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    const QByteArrayList whole = frames(bytes, qMax<qsizetype>(bytes.size(), 1));
    check(whole == frames(bytes, 1), "frames depend on how the stream was split");
    check(whole == frames(bytes, 7), "frames depend on how the stream was split");
    for (const QByteArray &frame : whole) {
        const auto message = parseMessage(frame);
        if (!message) {
            continue;
        }
        headers(*message);
        const auto once = parseMessage(serialize(*message));
        check(once.has_value(), "what was read cannot be written");
        const auto twice = parseMessage(serialize(*once));
        check(twice && *twice == *once, "writing and reading changes the message");
        check(once->body == message->body, "the body changed");
    }
    SipFramer reader;
    reader.feed(bytes);
    for (int i = 0; i < 10000; ++i) {
        const auto frame = reader.next();
        if (!frame ? !reader.resynchronise() : !frame->has_value()) {
            break;
        }
    }
    if (const auto uri = parseSipUri(bytes)) {
        check(parseSipUri(uri->toBytes()).has_value(), "URI");
    }
    return 0;
}
