// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Files of other programs: whatever is in them, nothing breaks, and what comes out is bounded. The
// first byte says which reader gets the rest.

#include "core/import/foreigntext.h"
#include "core/import/gajimreader.h"
#include "core/import/irclog.h"
#include "core/import/ircprofiles.h"
#include "core/import/psiprofile.h"
#include "core/import/purplelog.h"
#include "core/import/purpleprofile.h"
#include "core/import/timestamp.h"
#include "tests/fuzz/fuzzcheck.h"

#include <QBuffer>

#include <cstddef>
#include <cstdint>

using namespace Qt::StringLiterals;
using namespace linchpin;
using linchpin::fuzz::check;

namespace {

constexpr qsizetype kMostMessages = 1'000'000;

MessageSink checked(qsizetype &count)
{
    return [&count](ImportedMessage &&message) {
        check(message.sentAt.isValid(), "a message without a time");
        check(!message.body.isEmpty(), "a message without a text");
        check(message.fromName.size() <= 256, "a name without end");
        return ++count < kMostMessages;
    };
}

void purpleLog(QByteArray bytes, bool html)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    qsizetype count = 0;
    purple::readLog(buffer, html, purple::logBegin(u"2012-03-06.191310+0100CET.html"_s),
        { { u"alice"_s }, { u"bob"_s }, false }, checked(count));
}

void ircLog(QByteArray bytes, irclog::Shape shape)
{
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::ReadOnly);
    qsizetype count = 0;
    irclog::readLog(buffer, shape, { u"alice"_s }, true, QDate(2012, 3, 6), checked(count));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    const QByteArray bytes(
        reinterpret_cast<const char *>(data) + 1, static_cast<qsizetype>(size) - 1);
    const QString text = foreignText(bytes);
    QList<ImportNote> notes;
    switch (data[0] % 14) {
    case 0:
        purple::accounts(bytes, u"f"_s, purple::globalProxy(bytes, u"f"_s, notes), notes);
        break;
    case 1:
        purple::blist(bytes, u"f"_s, notes);
        break;
    case 2:
        purple::statuses(bytes, u"f"_s, notes);
        break;
    case 3:
        purpleLog(bytes, true);
        break;
    case 4:
        purpleLog(bytes, false);
        break;
    case 5:
        ircLog(bytes, irclog::Shape::HexChat);
        break;
    case 6:
        ircLog(bytes, irclog::Shape::Scrollback);
        break;
    case 7:
        ircLog(bytes, irclog::Shape::Konversation);
        break;
    case 8:
        hexchat::accounts(bytes, u"f"_s, hexchat::defaults(bytes), {}, notes);
        break;
    case 9:
        konversation::accounts(bytes, u"f"_s, notes);
        break;
    case 10:
        psi::accounts(bytes, u"f"_s, notes);
        break;
    case 11:
        psi::message(text);
        psi::contactOfFile(text);
        psi::decodedPassword(text, u"alice@alpha.test"_s);
        break;
    case 12:
        gajim::accounts(bytes, u"f"_s);
        gajim::account(u"a"_s, bytes, u"f"_s, notes);
        break;
    default:
        parseForeignStamp(text, QDate(2012, 3, 6));
        purple::logBegin(text);
        hostAndPort(text);
        withoutIrcFormatting(text);
        percentDecoded(text);
        break;
    }
    return 0;
}
