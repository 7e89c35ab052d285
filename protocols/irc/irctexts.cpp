// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/irctexts.h"

#include "protocols/irc/ircerrors.h"
#include "protocols/irc/ircsettings.h"
#include "protocols/irc/wire/ctcp.h"
#include "protocols/irc/wire/ircformat.h"
#include "protocols/irc/wire/textsplit.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {

/// Our message's own id, so that a Linchpin at the other end recognises a repeat (IRCv3 client-only
/// tags).
constexpr auto kIdTag = "+linchpin.im/id";
constexpr auto kTypingTag = "+typing"; // ircv3.net/specs/client-tags/typing
constexpr auto kAskAgainAfter = 3s;
constexpr int kAskAgainAtMost = 5;
constexpr auto kTypingEvery = 3s;
constexpr auto kTypingLasts = 6s;
constexpr int kCtcpRepliesAtMost = 4; // in kCtcpSpan, whoever asks
constexpr auto kCtcpSpan = 30s;
constexpr qsizetype kCtcpEchoAtMost = 64;
constexpr qsizetype kEchoesAtMost = 500;
constexpr qsizetype kTypistsAtMost = 200;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::irc", text);
}

QString colorName(quint32 rgb)
{
    return u'#' + QString::number(rgb, 16).rightJustified(6, u'0');
}

} // namespace

RichText richTextFromWire(const QString &text)
{
    const bool isPlain = std::ranges::none_of(text, [](QChar c) { return c.unicode() < 0x20; });
    if (isPlain) {
        return RichText::fromPlain(text);
    }
    QString plain;
    QList<RichText::Span> spans;
    for (const FormatRun &run : parseFormatting(text)) {
        RichText::Span span;
        span.start = plain.size();
        span.length = run.text.size();
        span.bold = run.bold;
        span.italic = run.italic;
        span.underline = run.underline;
        span.strikeOut = run.strike;
        span.monospace = run.monospace;
        span.color = run.foreground ? colorName(*run.foreground) : QString();
        RichText::Span none;
        none.start = span.start;
        none.length = span.length;
        if (span != none) {
            spans.append(span);
        }
        plain += run.text;
    }
    return RichText::fromSpans(plain, spans);
}

QString richTextToWire(const RichText &body)
{
    if (body.isPlain()) {
        return body.plain();
    }
    QList<FormatRun> runs;
    qsizetype at = 0;
    const QString &plain = body.plain();
    for (const RichText::Span &span : body.spans()) {
        if (span.start > at) {
            FormatRun between;
            between.text = plain.sliced(at, span.start - at);
            runs.append(between);
        }
        FormatRun run;
        run.text = plain.sliced(span.start, span.length);
        run.bold = span.bold;
        run.italic = span.italic;
        run.underline = span.underline;
        run.strike = span.strikeOut;
        run.monospace = span.monospace;
        if (span.color.size() == 7) {
            run.foreground = QStringView(span.color).sliced(1).toUInt(nullptr, 16);
        }
        runs.append(run);
        at = span.start + span.length;
    }
    if (at < plain.size()) {
        FormatRun rest;
        rest.text = plain.sliced(at);
        runs.append(rest);
    }
    return makeFormatting(runs);
}

IrcTexts::IrcTexts(IrcLink &link, QString serverName)
    : m_link(link)
    , m_serverName(std::move(serverName))
{
}

IrcTexts::~IrcTexts() = default;

void IrcTexts::setOwnUserHost(const QString &user, const QString &host)
{
    if (!user.isEmpty() && !host.isEmpty()) {
        m_userHostSize = m_link.encoded(user).size() + 1 + m_link.encoded(host).size();
    }
}

// Out --------------------------------------------------------------------------------------------

Async<SentMessage> IrcTexts::send(const OutgoingMessage &message)
{
    if (!m_link.isOnline()) {
        return readyError<SentMessage>(makeError(u"not-online"_s));
    }
    const bool isRoom = message.conversation == ConversationKind::Room;
    const auto address = isRoom ? normalizedChannel(message.to) : normalizedNick(message.to);
    if (!address) {
        return readyError<SentMessage>(address.error());
    }
    const QString target = isRoom ? *address : splitAddress(*address).nick;
    const QByteArray wireTarget = m_link.encoded(target);
    const QByteArray verb = message.kind == MessageKind::Notice ? "NOTICE"_ba : "PRIVMSG"_ba;
    const bool isAction = message.kind == MessageKind::Action;

    const qsizetype prefix = m_link.encoded(m_link.ownNick()).size() + 1 + m_userHostSize;
    const qsizetype wrapping = isAction ? makeCtcp("ACTION", "x").size() - 1 : 0;
    const qsizetype budget
        = textBudget(prefix, verb, wireTarget, wrapping, m_link.isupport().lineLength());
    QStringList pieces = splitText(richTextToWire(message.body), budget, m_link.codec());
    if (pieces.size() > 1 && !message.body.isPlain()) {
        // Codes would not carry over from line to line: long texts go without.
        pieces = splitText(message.body.plain(), budget, m_link.codec());
    }
    if (pieces.isEmpty()) {
        return readyError<SentMessage>(makeError(u"invalid-message"_s));
    }

    const bool labeled = m_link.hasCap("labeled-response") && m_link.hasCap("batch");
    const bool tagged = m_link.hasCap("message-tags");
    const QString folded = m_link.folded(target);
    const quint64 id = m_delivery.add(folded, int(pieces.size()), labeled);
    const Answer<SentMessage> answer;
    m_answers.insert(id, { target, answer });
    for (int line = 0; line < pieces.size(); ++line) {
        QByteArray text = m_link.encoded(pieces[line]);
        if (isAction) {
            text = makeCtcp("ACTION", text);
        }
        IrcCommand command { verb, { wireTarget, text } };
        if (labeled) {
            command.tags.append({ "label", DeliveryTracker::label(id, line) });
        }
        if (tagged && !message.localId.isEmpty()) {
            const QString part
                = line == 0 ? message.localId : u"%1/%2"_s.arg(message.localId).arg(line);
            command.tags.append({ kIdTag, part.toUtf8() });
        }
        if (tagged && !message.replyTo.remoteId.isEmpty()) {
            command.tags.append({ "+draft/reply", message.replyTo.remoteId.toUtf8() });
        }
        if (m_link.hasCap("echo-message") && !labeled && m_echoes.size() < kEchoesAtMost) {
            m_echoes.append({ folded, text });
        }
        if (!m_link.send(command, SendQueue::Rank::Normal, id)) {
            m_delivery.refusedLabel(DeliveryTracker::label(id, line), 0, {});
            m_answers.remove(id);
            return readyError<SentMessage>(makeError(u"invalid-message"_s));
        }
    }
    m_typingSent.remove(folded);
    askWhetherTaken();
    return answer.future();
}

void IrcTexts::askWhetherTaken()
{
    if (const auto token = m_delivery.ping()) {
        m_token = *token;
        m_askedAgain = 0;
        m_link.send({ "PING", { m_token } });
        m_askTimer = m_link.services().timer(kAskAgainAfter, [this] { askAgain(); });
    }
}

/// ngIRCd 27 leaves what came behind 2 kB in its buffer over TLS until the next line comes (seen
/// with 3 kB in one write): without a nudge the message would seem unsent for a minute.
void IrcTexts::askAgain()
{
    if (++m_askedAgain <= kAskAgainAtMost) {
        m_link.send({ "PING", { m_token } });
        m_askTimer = m_link.services().timer(kAskAgainAfter, [this] { askAgain(); });
    }
}

void IrcTexts::settle(const DeliveryOutcome &outcome)
{
    const auto found = m_answers.constFind(outcome.message);
    if (found == m_answers.cend()) {
        return;
    }
    const auto [target, answer] = *found;
    m_answers.erase(found);
    if (outcome.failed) {
        answer.fail(refusalError(outcome.numeric, target, m_link.decoded(outcome.words)));
        return;
    }
    SentMessage sent;
    sent.remoteId = m_link.decoded(outcome.msgid);
    sent.serverId = sent.remoteId;
    sent.sentAt = outcome.at;
    answer.give(sent);
}

bool IrcTexts::handlePong(QByteArrayView token)
{
    QList<DeliveryOutcome> outcomes;
    if (!m_delivery.pong(token, outcomes)) {
        return false;
    }
    m_askTimer.reset();
    for (const DeliveryOutcome &outcome : std::as_const(outcomes)) {
        settle(outcome);
    }
    askWhetherTaken();
    return true;
}

bool IrcTexts::handleAnswer(const IrcMessage &message, const Origin &origin)
{
    const int numeric = message.numeric();
    const bool refusal = (numeric >= 400 && numeric < 600) || numeric == 716 || numeric == 937
        || message.is("FAIL");
    if (!origin.label.isEmpty()) {
        const auto outcome = refusal
            ? m_delivery.refusedLabel(origin.label, numeric, message.last())
            : message.is("ACK") ? m_delivery.accepted(origin.label, {}, {})
                                : std::nullopt;
        if (outcome) {
            settle(*outcome);
            return true;
        }
    }
    if (!refusal || numeric < 0) {
        return message.is("ACK");
    }
    const auto outcome = m_delivery.refused(
        m_link.folded(m_link.decoded(message.param(1))), numeric, message.last());
    if (outcome) {
        settle(*outcome);
    }
    return outcome.has_value();
}

void IrcTexts::reset()
{
    const auto answers = std::exchange(m_answers, {});
    QHash<quint64, bool> written;
    for (auto answer = answers.cbegin(); answer != answers.cend(); ++answer) {
        written.insert(answer.key(), m_delivery.isWritten(answer.key()));
    }
    m_delivery.clear();
    m_echoes.clear();
    m_askTimer.reset();
    m_typingSent.clear();
    m_typingTimer.reset();
    m_typists.clear();
    for (auto answer = answers.cbegin(); answer != answers.cend(); ++answer) {
        answer->second.fail(
            makeError(written.value(answer.key()) ? u"connection-closed"_s : u"not-sent"_s));
    }
}

void IrcTexts::setTyping(const QString &to, ConversationKind conversation, bool composing)
{
    if (!m_link.isOnline() || !m_link.hasCap("message-tags")) {
        return;
    }
    const auto address
        = conversation == ConversationKind::Room ? normalizedChannel(to) : normalizedNick(to);
    if (!address) {
        return;
    }
    const QString target = splitAddress(*address).nick;
    const QString folded = m_link.folded(target);
    const QDateTime now = m_link.services().now();
    const QDateTime last = m_typingSent.value(folded);
    if (composing ? last.isValid() && last.addDuration(kTypingEvery) > now : !last.isValid()) {
        return; // told recently, or never told that we type
    }
    if (composing) {
        m_typingSent.insert(folded, now);
    } else {
        m_typingSent.remove(folded);
    }
    m_link.send({ "TAGMSG", { m_link.encoded(target) },
                    { { kTypingTag, composing ? "active"_ba : "done"_ba } } },
        SendQueue::Rank::Idle);
}

// In ---------------------------------------------------------------------------------------------

bool IrcTexts::isOwnEcho(const QString &target, QByteArrayView text)
{
    const QString folded = m_link.folded(target);
    const auto found = std::ranges::find_if(
        m_echoes, [&](const Echo &echo) { return echo.target == folded && echo.text == text; });
    if (found == m_echoes.end()) {
        return false;
    }
    m_echoes.erase(found);
    return true;
}

bool IrcTexts::mentionsMe(const QString &text) const
{
    const QString nick = m_link.ownNick();
    for (qsizetype at = text.indexOf(nick, 0, Qt::CaseInsensitive); at >= 0;
        at = text.indexOf(nick, at + 1, Qt::CaseInsensitive)) {
        const qsizetype end = at + nick.size();
        const auto isPart = [](QChar c) { return c.isLetterOrNumber() || c == u'_' || c == u'-'; };
        if ((at == 0 || !isPart(text[at - 1])) && (end == text.size() || !isPart(text[end]))) {
            return true;
        }
    }
    return false;
}

void IrcTexts::handleText(const IrcMessage &message, const Origin &origin, bool isBlocked)
{
    const QString wireTarget = m_link.decoded(message.param(0));
    const QString target = m_link.isupport().withoutStatus(wireTarget).toString();
    const bool isRoom = m_link.isupport().isChannel(target);
    const bool fromMe = !origin.isServer && m_link.isMe(origin.nick);
    const QByteArrayView text = message.param(1);

    if (fromMe && !message.is("TAGMSG")) {
        const QByteArray msgid = message.tag("msgid").value_or(QByteArray());
        if (!origin.label.isEmpty()) {
            const bool hasTime = message.tag("time").has_value();
            if (const auto outcome
                = m_delivery.accepted(origin.label, msgid, hasTime ? origin.at : QDateTime())) {
                settle(*outcome);
            }
            return;
        }
        if (!origin.replayed && isOwnEcho(target, text)) {
            return;
        }
    }
    if (isBlocked && !fromMe) {
        return;
    }

    InboundMessage in;
    in.conversation = isRoom ? ConversationKind::Room : ConversationKind::Person;
    in.with = addressOf(isRoom || fromMe ? target : origin.nick);
    in.from = isRoom ? origin.nick : addressOf(origin.nick);
    in.fromName = origin.nick;
    if (origin.isServer && !isRoom) {
        in.conversation = ConversationKind::Server;
        in.with = m_serverName;
        in.from = origin.nick;
    }

    if (message.is("TAGMSG")) {
        const auto typing = message.tag(kTypingTag);
        if (typing && !fromMe && !origin.replayed) {
            stopTyping(in.with, in.from);
            const Typist typist { in.with, in.conversation, in.from,
                m_link.services().now().addDuration(kTypingLasts) };
            if (*typing == "active" && m_typists.size() < kTypistsAtMost) {
                m_typists.append(typist);
                tellTyping(typist, true);
                if (!m_typingTimer) {
                    m_typingTimer
                        = m_link.services().timer(kTypingLasts, [this] { expireTypists(); });
                }
            }
        }
        return;
    }

    in.kind = message.is("NOTICE") ? MessageKind::Notice
        : isRoom                   ? MessageKind::Room
                                   : MessageKind::Chat;
    QByteArrayView body = text;
    if (const auto ctcp = parseCtcp(text)) {
        const bool isAction = qstrnicmp(ctcp->verb.data(), ctcp->verb.size(), "ACTION", 6) == 0;
        if (isAction) {
            in.kind = MessageKind::Action;
            body = ctcp->text;
        } else if (message.is("PRIVMSG")) {
            if (!fromMe && !origin.replayed) {
                handleCtcpRequest(message, origin);
            }
            return;
        } else {
            in.body = RichText::fromPlain(tr("Answer to %1: %2")
                    .arg(
                        m_link.decoded(ctcp->verb), withoutFormatting(m_link.decoded(ctcp->text))));
        }
    }
    if (in.body.isEmpty()) {
        in.body = richTextFromWire(m_link.decoded(body));
    }
    in.direction = fromMe ? Direction::Out : Direction::In;
    in.sentAt = origin.at;
    in.delayed = origin.delayed;
    in.mentionsMe = isRoom && !fromMe && mentionsMe(in.body.plain());
    if (message.hasTags) {
        in.remoteId = m_link.decoded(message.tag("msgid").value_or(QByteArray()));
        in.serverId = in.remoteId;
        in.originId = m_link.decoded(message.tag(kIdTag).value_or(QByteArray()));
        in.replyTo.remoteId = m_link.decoded(message.tag("+draft/reply").value_or(QByteArray()));
    }
    stopTyping(in.with, in.from);
    m_link.tell(MessageReceived { in });
}

/// modern.ircdocs.horse/ctcp. Answers are few and short, so that nobody can use us to flood.
void IrcTexts::handleCtcpRequest(const IrcMessage &message, const Origin &origin)
{
    const auto ctcp = parseCtcp(message.param(1));
    if (!ctcp) {
        return;
    }
    const QByteArray verb = ctcp->verb.toByteArray().toUpper();
    SessionServices &services = m_link.services();
    QByteArray reply;
    if (verb == "VERSION") {
        reply = m_link.encoded(services.applicationName() + u' ' + services.applicationVersion());
    } else if (verb == "PING") {
        reply = ctcp->text.first(std::min(ctcp->text.size(), kCtcpEchoAtMost)).toByteArray();
    } else if (verb == "TIME") {
        reply = services.now().toString(Qt::ISODate).toLatin1();
    } else if (verb == "CLIENTINFO") {
        reply = "ACTION CLIENTINFO PING TIME VERSION";
    } else {
        return; // FINGER, USERINFO, DCC and inventions
    }
    const QDateTime now = services.now();
    m_ctcpReplies.removeIf([&](const QDateTime &at) { return at.addDuration(kCtcpSpan) < now; });
    if (origin.isServer || m_ctcpReplies.size() >= kCtcpRepliesAtMost) {
        return;
    }
    m_ctcpReplies.append(now);
    m_link.send({ "NOTICE", { m_link.encoded(origin.nick), makeCtcp(verb, reply) } },
        SendQueue::Rank::Idle);
}

void IrcTexts::tellTyping(const Typist &typist, bool composing)
{
    m_link.tell(TypingChanged { typist.with, typist.conversation, typist.from, composing });
}

void IrcTexts::stopTyping(const QString &with, const QString &from)
{
    for (qsizetype i = m_typists.size() - 1; i >= 0; --i) {
        if (m_typists[i].with == with && m_typists[i].from == from) {
            tellTyping(m_typists.takeAt(i), false);
        }
    }
}

void IrcTexts::expireTypists()
{
    m_typingTimer.reset();
    const QDateTime now = m_link.services().now();
    for (qsizetype i = m_typists.size() - 1; i >= 0; --i) {
        if (m_typists[i].until <= now) {
            tellTyping(m_typists.takeAt(i), false);
        }
    }
    if (!m_typists.isEmpty()) {
        m_typingTimer = m_link.services().timer(kTypingLasts, [this] { expireTypists(); });
    }
}

} // namespace linchpin::irc
