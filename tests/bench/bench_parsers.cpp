// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Lines of IRC and messages of SIP, from bytes to values, beside what merely looking at the same
// bytes costs.

#include "protocols/irc/wire/ircframer.h"
#include "protocols/irc/wire/ircparser.h"
#include "protocols/irc/wire/textcodec.h"
#include "protocols/sip/wire/sipframer.h"
#include "protocols/sip/wire/sipparser.h"
#include "tests/bench/bench.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

constexpr qsizetype kPiece = qsizetype { 64 } * 1024; // what a socket gives at once
constexpr int kRuns = 5;

void expect(qsizetype got, qsizetype wanted, const char *what)
{
    if (got != wanted) {
        std::fprintf(stderr, "linchpin-bench: %s: %lld instead of %lld\n", what,
            static_cast<long long>(got), static_cast<long long>(wanted));
        std::exit(1);
    }
}

/// What a busy channel looks like, with tags and without.
QByteArray ircTraffic(int lines)
{
    QByteArray bytes;
    for (int i = 0; i < lines; ++i) {
        const QByteArray number = QByteArray::number(i);
        const QByteArray who = "user" + QByteArray::number(i % 500) + "!~u@host"
            + QByteArray::number(i % 500) + ".example.org";
        switch (i % 8) {
        case 0:
            bytes += ':' + who + " JOIN #linchpin\r\n";
            break;
        case 1:
            bytes += ':' + who + " QUIT :Connection reset by peer\r\n";
            break;
        case 2:
            bytes += ":irc.example.org 353 me = #linchpin :@op +voice bob carol dave erin " + number
                + "\r\n";
            break;
        case 3:
        case 4:
            bytes += "@time=2026-11-21T00:00:00.000Z;msgid=m" + number + ";account=user :" + who
                + " PRIVMSG #linchpin :Za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105 "
                  "ja\u017a\u0144, "
                + number + "\r\n";
            break;
        default:
            bytes += ':' + who + " PRIVMSG #linchpin :a line of the usual length, number " + number
                + ", neither short nor long\r\n";
        }
    }
    return bytes;
}

QByteArray sipTraffic(int messages)
{
    QByteArray bytes;
    for (int i = 0; i < messages; ++i) {
        const QByteArray number = QByteArray::number(i);
        const QByteArray body = i % 2 == 0
            ? QByteArray("Za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105 ja\u017a\u0144 ") + number
            : "<presentity uri=\"sip:bob@contoso.test\">" + QByteArray(900, 'x') + "</presentity>";
        bytes += (i % 2 == 0 ? "MESSAGE sip:alice@192.0.2.7:5061;transport=tls SIP/2.0\r\n"
                             : "NOTIFY sip:alice@192.0.2.7:5061;transport=tls SIP/2.0\r\n");
        bytes += "Via: SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bK" + number
            + ";received=192.0.2.10;ms-received-port=5061\r\n"
              "Max-Forwards: 68\r\n"
              "From: \"Bob\" <sip:bob@contoso.test>;tag=9a1b2c;epid=5ab1d0ff\r\n"
              "To: <sip:alice@contoso.test>;tag=7f6e5d;epid=01ab23cd\r\n"
              "Call-ID: "
            + number
            + "@contoso.test\r\n"
              "CSeq: "
            + number + (i % 2 == 0 ? " MESSAGE\r\n" : " NOTIFY\r\n")
            + "Authentication-Info: NTLM rspauth=\"0100000062616475C1A0000064000000\", "
              "srand=\"2F00AA21\", snum=\"12\", opaque=\"1A2B3C4D\", qop=\"auth\", "
              "targetname=\"pool.contoso.test\", realm=\"SIP Communications Service\"\r\n"
              "Content-Type: text/plain; charset=UTF-8\r\n"
              "Content-Length: "
            + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }
    return bytes;
}

/// Counts the LFs; the cheapest way of looking at every byte.
qsizetype linesIn(const QByteArray &bytes)
{
    qsizetype lines = 0;
    const char *at = bytes.constData();
    const char *const end = at + bytes.size();
    while (const void *found = std::memchr(at, '\n', size_t(end - at))) {
        ++lines;
        at = static_cast<const char *>(found) + 1;
    }
    return lines;
}

/// Lines and their words, nothing looked at and nothing kept.
qsizetype wordsIn(const QByteArray &bytes)
{
    qsizetype words = 0;
    const char *at = bytes.constData();
    const char *const end = at + bytes.size();
    while (const void *found = std::memchr(at, '\n', size_t(end - at))) {
        const char *const lineEnd = static_cast<const char *>(found);
        while (const void *space = std::memchr(at, ' ', size_t(lineEnd - at))) {
            ++words;
            at = static_cast<const char *>(space) + 1;
        }
        ++words;
        at = lineEnd + 1;
    }
    return words;
}

template <class Framer, class Take>
void inPieces(const QByteArray &bytes, Framer &framer, Take take)
{
    for (qsizetype at = 0; at < bytes.size(); at += kPiece) {
        framer.feed(QByteArrayView(bytes).sliced(at, std::min(kPiece, bytes.size() - at)));
        take(framer);
    }
}

void ircLines()
{
    const int lines = isQuick() ? 100'000 : 1'000'000;
    const QByteArray bytes = ircTraffic(lines);
    const double perSecond = lines * 1e3;
    const double memchrTime = leastCpuOf(kRuns, [&] { expect(linesIn(bytes), lines, "lines"); });
    qsizetype words = 0;
    const double splitTime = leastCpuOf(kRuns, [&] { words = wordsIn(bytes); });
    expect(words > lines ? 1 : 0, 1, "words");

    const double parse = leastCpuOf(kRuns, [&] {
        irc::IrcFramer framer;
        qsizetype parsed = 0;
        inPieces(bytes, framer, [&](irc::IrcFramer &from) {
            while (const auto frame = from.next()) {
                parsed += *frame && irc::parseLine(**frame) ? 1 : 0;
            }
        });
        expect(parsed, lines, "parsed lines");
    });
    const irc::TextCodec codec;
    const double values = leastCpuOf(kRuns, [&] {
        irc::IrcFramer framer;
        qsizetype texts = 0;
        inPieces(bytes, framer, [&](irc::IrcFramer &from) {
            while (const auto frame = from.next()) {
                const auto message = irc::parseLine(**frame);
                const QList<irc::IrcTag> tags = message->tags();
                const QString source = codec.decode(message->source);
                const QString text = codec.decode(message->last());
                texts += !source.isEmpty() && !text.isEmpty() && tags.size() != 1 ? 1 : 0;
            }
        });
        expect(texts, lines, "texts");
    });
    const QList<std::pair<QString, double>> beside { { u"memchr"_s, perSecond / memchrTime },
        { u"split"_s, perSecond / splitTime } };
    print({ u"irc-lines"_s, perSecond / parse, u"lines/s"_s, beside, std::nullopt });
    print({ u"irc-values"_s, perSecond / values, u"lines/s"_s, beside,
        Aim { Aim::Bound::AtLeast, 2e6 } });
}

void sipMessages()
{
    const int messages = isQuick() ? 5'000 : 50'000;
    const QByteArray bytes = sipTraffic(messages);
    const double megabytesPerSecond = static_cast<double>(bytes.size()) / 1e6 * 1e3;
    qsizetype lines = 0;
    const double memchrTime = leastCpuOf(kRuns, [&] { lines = linesIn(bytes); });
    expect(lines > messages ? 1 : 0, 1, "lines");
    const double parse = leastCpuOf(kRuns, [&] {
        sip::SipFramer framer;
        qsizetype parsed = 0;
        inPieces(bytes, framer, [&](sip::SipFramer &from) {
            for (;;) {
                const auto frame = from.next();
                if (!frame || !*frame) {
                    break;
                }
                const auto message = sip::parseMessage(**frame);
                parsed += message && sip::missingMandatoryHeader(*message).isEmpty() ? 1 : 0;
            }
        });
        expect(parsed, messages, "parsed messages");
    });
    print({ u"sip-messages"_s, megabytesPerSecond / parse, u"MB/s"_s,
        { { u"memchr"_s, megabytesPerSecond / memchrTime } }, std::nullopt });
    print({ u"sip-messages-rate"_s, messages * 1e3 / parse, u"messages/s"_s, {}, std::nullopt });
}

} // namespace

void parsers()
{
    ircLines();
    sipMessages();
}

} // namespace linchpin::bench
