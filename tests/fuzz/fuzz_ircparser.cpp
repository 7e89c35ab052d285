// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Everything of IRC that reads a stranger's bytes: framer, parser, tags, text, formatting, and the
// machines they feed.

#include "protocols/irc/state/channelstate.h"
#include "protocols/irc/state/hostmask.h"
#include "protocols/irc/state/registrationmachine.h"
#include "protocols/irc/wire/ctcp.h"
#include "protocols/irc/wire/ircformat.h"
#include "protocols/irc/wire/ircframer.h"
#include "protocols/irc/wire/ircparser.h"
#include "protocols/irc/wire/ircserializer.h"
#include "protocols/irc/wire/textsplit.h"

#include <cstdint>
#include <cstdlib>

using namespace linchpin::irc;

namespace {

void require(bool holds)
{
    if (!holds) {
        std::abort();
    }
}

/// What was parsed and can be written again is parsed to the same.
void checkRoundTrip(const IrcMessage &message)
{
    IrcCommand command { message.verb.toByteArray(), {}, message.tags(),
        message.source.toByteArray() };
    for (const QByteArrayView param : message.params) {
        command.params.append(param.toByteArray());
    }
    const auto line = serialize(command, { 16384, 16384 });
    if (!line) {
        return;
    }
    const QByteArray bare = line->chopped(2);
    const auto again = parseLine(bare);
    require(again.has_value());
    require(again->verb == message.verb && again->source == message.source
        && again->tags() == message.tags());
    require(again->params.size() == message.params.size());
    for (qsizetype i = 0; i < message.params.size(); ++i) {
        require(again->params[i] == message.params[i]);
    }
}

void checkText(QByteArrayView bytes)
{
    static const TextCodec utf8;
    static const TextCodec japanese(QStringLiteral("ISO-2022-JP"));
    const QString text = utf8.decode(bytes);
    japanese.decode(bytes);
    require(withoutFormatting(makeFormatting(parseFormatting(text))) == withoutFormatting(text));
    QString joined;
    for (const QString &piece : splitText(text, 40, utf8)) {
        require(utf8.encode(piece).size() <= 40);
        joined += piece;
    }
    QString lines = text;
    lines.remove(u'\n').remove(u'\r');
    require(joined == lines);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView input(reinterpret_cast<const char *>(data), qsizetype(size));
    RegistrationConfig config;
    config.nick = "alice";
    config.password = "secret";
    config.nonce = "nonce";
    RegistrationMachine machine(config);
    machine.connected();
    ISupport isupport;
    ChannelState channel(QStringLiteral("#c"), CaseMapping::Rfc1459);

    IrcFramer framer;
    const qsizetype half = input.size() / 2;
    for (const QByteArrayView part : { input.first(half), input.sliced(half) }) {
        framer.feed(part);
        while (const auto frame = framer.next()) {
            if (!*frame) {
                continue;
            }
            const QByteArray line = (*frame)->toByteArray();
            const auto message = parseLine(line);
            if (!message) {
                machine.garbage(line);
                continue;
            }
            checkRoundTrip(*message);
            checkText(message->last());
            parseCtcp(message->last());
            splitHostmask(message->source);
            machine.handle(*message);
            isupport.apply(*message);
            QStringList params;
            for (const QByteArrayView param : message->params) {
                params.append(QString::fromUtf8(param));
            }
            for (const ModeChange &change : parseModes(params.value(0), params, isupport)) {
                channel.apply(change, isupport);
            }
            for (const QString &word : std::as_const(params)) {
                channel.addName(word, isupport);
                matchesMask(word, params.value(0), isupport.caseMapping());
            }
            channel.endOfNames();
        }
        require(framer.pending() <= 8191 + 512);
    }
    return 0;
}
