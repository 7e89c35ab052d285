// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// RTF and the format lines of instant messages: no crash, no text many times as long as what came,
// and a format that was understood survives being written.

#include "protocols/sip/im/imbody.h"
#include "protocols/sip/im/msimformat.h"
#include "protocols/sip/im/rtftext.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstddef>
#include <cstdint>

using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

void same(MsImFormat format, const std::optional<MsImFormat> &again, const char *what)
{
    check(again.has_value(), what);
    if (format.font.isEmpty() || format.font.startsWith(QChar::ByteOrderMark)) {
        format.font = again->font; // a default is written for none, and UTF-8 loses the mark
    }
    check(*again == format, what);
}

void formats(QByteArrayView data)
{
    if (const auto format = parseImFormatLine(decodeText(data))) {
        same(*format, parseImFormatLine(buildImFormatLine(*format)), "X-MMS-IM-Format");
    }
    if (const auto format = parseMsgr(data)) {
        same(*format, parseMsgr(buildMsgr(*format)), "msgr");
    }
}

void bodies(QByteArrayView data)
{
    for (const QByteArrayView type : { "text/rtf", "application/rtf", "text/plain; charset=utf-16",
             "text/plain; charset=windows-1250; msgr=WAAtAE0ATQBTAC0ASQBNAC0ARgBvAHIAbQBhAHQA",
             "multipart/alternative;boundary=b" }) {
        if (const auto text = parseImBody(type, data)) {
            check(text->text.size() <= 8 * data.size() + 64, "text grows");
        }
    }
    if (const auto first = parseMsTextFormat(data)) {
        tried(parseImBody(first->contentType, first->body));
        tried(imContentOf(first->contentType));
    }
    tried(imContentOf(data));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    check(plainTextFromRtf(bytes).size() <= 8 * bytes.size() + 64, "RTF grows");
    check(fromWindows1252(bytes).size() <= bytes.size(), "Windows-1252 grows");
    formats(bytes);
    bodies(bytes);
    return 0;
}
