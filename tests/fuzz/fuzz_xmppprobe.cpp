// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a stranger's XMPP server (or whatever answers at its port) says before anybody signs in.

#include "protocols/xmpp/doctor/xmppstreamprobe.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstdint>

using namespace linchpin::xmpp;
using linchpin::fuzz::check;

namespace {

void checkBounds(const StreamFacts &facts)
{
    constexpr qsizetype kLongest = 512; // 256 characters, and what one text token may add
    check(facts.opening.size() <= 120, "the first line is short");
    check(facts.mechanisms.size() <= 32 && facts.sasl2Mechanisms.size() <= 32, "lists are short");
    for (const QString &mechanism : facts.allMechanisms()) {
        check(mechanism.size() <= 256, "a mechanism is short");
    }
    check(facts.from.size() <= 256 && facts.broken.size() <= 256, "texts are short");
    if (facts.fault) {
        check(facts.fault->text.size() <= kLongest && facts.fault->otherHost.size() <= kLongest,
            "the server's words are short");
    }
    check(!facts.features || facts.header, "features stand in a stream");
    check(!facts.startTlsRequired || facts.startTls, "required is part of the offer");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(reinterpret_cast<const char *>(data), qsizetype(size));
    XmppStreamProbe whole;
    whole.feed(input);
    checkBounds(whole.finish());
    check(whole.isOver(), "it ends");

    XmppStreamProbe pieces;
    for (qsizetype at = 0; at < input.size(); at += 7) {
        pieces.feed(input.sliced(at, std::min<qsizetype>(7, input.size() - at)));
    }
    checkBounds(pieces.finish());
    // Offers must not depend on where the packets were cut.
    check(whole.facts().startTls == pieces.facts().startTls || !whole.facts().broken.isEmpty()
            || !pieces.facts().broken.isEmpty(),
        "packets make no difference");
    return 0;
}
