// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/purplelog.h"

#include "core/import/foreigntext.h"
#include "core/import/timestamp.h"

#include <QRegularExpression>
#include <QTimeZone>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::purple {

namespace {

constexpr qsizetype kLongestMessage = qsizetype { 256 } * 1024;
constexpr qsizetype kLongestName = 200;
constexpr qsizetype kMostNames = 1000;
/// A stamp so much earlier than the one before it is the next day's; a little earlier is disorder.
constexpr std::chrono::seconds kDisorder = 5min;
constexpr int kMostWordsOfAName = 4;

/// Who writes, by the colours that log.c gives.
enum class Paint { None, Out, In, Action, Whisper, Error };

Paint paintOf(QStringView tag)
{
    const auto has
        = [&](QLatin1StringView color) { return tag.contains(color, Qt::CaseInsensitive); };
    return has("#16569e"_L1) ? Paint::Out
        : has("#a82f2f"_L1)  ? Paint::In
        : has("#062585"_L1)  ? Paint::Action
        : has("#6c2585"_L1)  ? Paint::Whisper
        : has("#ff0000"_L1)  ? Paint::Error
                             : Paint::None;
}

class LogReader {
public:
    LogReader(const QDateTime &begin, LogPeople people, const MessageSink &sink)
        : m_zone(begin.timeZone())
        , m_last(begin)
        , m_people(std::move(people))
        , m_sink(sink)
    {
    }

    bool htmlLine(const QString &line)
    {
        // A message begins with its stamp in a font or span; other lines go on with one.
        static const QRegularExpression begin(u"^(<(?:font|span)[^>]*>)?(<(?:font|span)[^>]*>)\\((["
                                              u"^()]{1,128}(?:\\([^()]*\\)[^()]*)?)\\)"
                                              "</(?:font|span)>\\s*(.*)$"_s,
            QRegularExpression::CaseInsensitiveOption
                | QRegularExpression::DotMatchesEverythingOption);
        const QRegularExpressionMatch match = begin.match(line);
        if (!match.hasMatch() || !takesStamp(match.captured(3))) {
            static const QRegularExpression header(u"^(?:<!doctype|<html|</html|</body|</p>)"_s,
                QRegularExpression::CaseInsensitiveOption);
            return header.match(line).hasMatch() ? flush() : goOn(line);
        }
        if (!flush()) {
            return false;
        }
        m_at = std::exchange(m_next, {});
        m_paint = paintOf(match.capturedView(1));
        m_pending = match.captured(4);
        m_html = true;
        return true;
    }

    bool textLine(const QString &line)
    {
        static const QRegularExpression begin(u"^\\(([^()]{1,128})\\) (.*)$"_s);
        const QRegularExpressionMatch match = begin.match(line);
        if (!match.hasMatch() || !takesStamp(match.captured(1))) {
            return !m_at.isValid() || goOn(line);
        }
        if (!flush()) {
            return false;
        }
        m_at = std::exchange(m_next, {});
        m_pending = match.captured(2);
        m_html = false;
        return true;
    }

    bool flush()
    {
        if (!m_at.isValid()) {
            return true;
        }
        ImportedMessage message;
        message.sentAt = m_at.toUTC();
        m_at = {};
        const bool understood = m_html ? fromHtml(message) : fromText(message);
        m_pending.clear();
        return !understood || m_sink(std::move(message));
    }

private:
    bool goOn(const QString &line)
    {
        if (m_at.isValid() && m_pending.size() < kLongestMessage) {
            m_pending += u'\n' + line;
        }
        return true;
    }

    /// Whether `text` is a stamp; where it is, m_next is its time.
    bool takesStamp(const QString &text)
    {
        const ForeignStamp stamp = parseForeignStamp(text, m_last.date());
        if (!stamp.time) {
            return false;
        }
        if (stamp.date) {
            m_next = QDateTime(*stamp.date, *stamp.time, m_zone);
            // What came late (offline messages) does not move the clock of the conversation back.
            if (m_next > m_last) {
                m_last = m_next;
            }
            return m_next.isValid();
        }
        m_next = QDateTime(m_last.date(), *stamp.time, m_zone);
        if (m_next.addDuration(kDisorder) < m_last) {
            m_next = QDateTime(m_last.date().addDays(1), *stamp.time, m_zone);
        }
        m_last = std::max(m_last, m_next);
        return m_next.isValid();
    }

    bool isOwn(const QString &name) const
    {
        return m_people.own.contains(name, Qt::CaseInsensitive);
    }
    bool isOther(const QString &name) const
    {
        return m_people.others.contains(name, Qt::CaseInsensitive);
    }

    /// Where " <AUTO-REPLY>" begins behind a name, in whatever language; -1 = nowhere.
    static qsizetype autoReplyAt(const QString &name)
    {
        const qsizetype mark = name.lastIndexOf(" <"_L1);
        if (mark <= 0 || !name.endsWith(u'>')) {
            return -1;
        }
        const QString word = name.sliced(mark + 2).chopped(1);
        return !word.isEmpty() && word == word.toUpper() ? mark : -1;
    }

    void speakerIs(const QString &speaker, ImportedMessage &message)
    {
        QString name = speaker.left(kLongestName).trimmed();
        if (const qsizetype mark = autoReplyAt(name); mark > 0) {
            name.truncate(mark);
            message.kind = MessageKind::Notice; // written by a program
        }
        if (name.startsWith("***"_L1)) {
            name = name.sliced(3);
            message.kind = MessageKind::Action;
        }
        message.fromName = name;
        const bool out = m_paint == Paint::Out
            || (m_paint != Paint::In && m_paint != Paint::Whisper && isOwn(name) && !isOther(name));
        message.direction = out ? Direction::Out : Direction::In;
        if (m_paint == Paint::Out && !isOwn(name) && m_people.own.size() < kMostNames) {
            m_people.own.append(name); // for actions, whose colour does not tell
        } else if (m_paint == Paint::In && !isOther(name) && m_people.others.size() < kMostNames) {
            m_people.others.append(name);
        }
        if (m_people.room) {
            message.from = name;
        }
    }

    bool fromHtml(ImportedMessage &message)
    {
        QString html = std::move(m_pending);
        static const QRegularExpression end(u"<br\\s*/?>\\s*$"_s);
        html.remove(end);
        static const QRegularExpression speaker(u"^<b>(.*?)</b>(?:</(?:font|span)>)?\\s?"_s,
            QRegularExpression::DotMatchesEverythingOption);
        const QRegularExpressionMatch match = speaker.match(html);
        if (!match.hasMatch()) {
            message.kind = MessageKind::System; // "raw" lines
            message.body = RichText::fromHtml(html);
            return !message.body.isEmpty();
        }
        const QString bold = match.captured(1);
        const bool speaks = m_paint != Paint::None && m_paint != Paint::Error;
        if (!speaks) {
            message.kind = MessageKind::System;
            message.body = RichText::fromHtml(bold.trimmed() + html.sliced(match.capturedEnd()));
            return !message.body.isEmpty();
        }
        QString name = RichText::fromHtml(bold).plain().trimmed();
        if (name.endsWith(u':')) {
            name.chop(1);
        }
        speakerIs(name, message);
        message.body = RichText::fromHtml(html.sliced(match.capturedEnd()));
        return !message.body.isEmpty();
    }

    bool fromText(ImportedMessage &message)
    {
        m_paint = Paint::None;
        const QString text = std::exchange(m_pending, {});
        if (text.startsWith("***"_L1)) {
            const QString action = text.sliced(3);
            QString name = knownNameAt(action, u' ');
            if (name.isEmpty()) {
                name = action.section(u' ', 0, 0);
            }
            speakerIs(u"***"_s + name, message);
            message.body = RichText::fromPlain(action.mid(name.size() + 1));
            return !message.body.isEmpty();
        }
        QString name = knownNameAt(text, u':');
        if (name.isEmpty()) {
            const qsizetype colon = text.indexOf(": "_L1);
            const qsizetype newline = text.indexOf(u'\n');
            if (colon > 0 && colon <= kLongestName && (newline < 0 || colon < newline)) {
                name = text.first(colon);
            }
        }
        // Sentences of the program have no speaker: "Unable to send message: too large".
        const bool sentence = !isOwn(name) && !isOther(name)
            && name.count(u' ') >= kMostWordsOfAName - 1 && autoReplyAt(name) < 0;
        if (name.isEmpty() || sentence) {
            message.kind = MessageKind::System;
            message.body = RichText::fromPlain(text);
            return !message.body.isEmpty();
        }
        speakerIs(name, message);
        if (message.direction == Direction::In && !isOther(message.fromName)
            && m_people.others.size() < kMostNames) {
            m_people.others.append(message.fromName); // for actions, which do not mark its end
        }
        message.body = RichText::fromPlain(text.mid(name.size() + 2));
        return !message.body.isEmpty();
    }

    /// A name that is known may have colons and blanks in it.
    QString knownNameAt(const QString &text, QChar end) const
    {
        QString found;
        for (const QStringList *const names : { &m_people.own, &m_people.others }) {
            for (const QString &name : *names) {
                if (name.size() > found.size() && text.size() > name.size()
                    && text.at(name.size()) == end && text.startsWith(name)) {
                    found = name;
                }
            }
        }
        return found;
    }

    QTimeZone m_zone;
    QDateTime m_last;
    QDateTime m_next; ///< of the line that begins
    QDateTime m_at; ///< of the message being read; invalid = none
    LogPeople m_people;
    const MessageSink &m_sink;
    Paint m_paint = Paint::None;
    QString m_pending;
    bool m_html = false;
};

} // namespace

QDateTime logBegin(const QString &fileName)
{
    static const QRegularExpression name(
        u"^(\\d{4})-(\\d{2})-(\\d{2})\\.(\\d{2})(\\d{2})(\\d{2})(?:([+-])(\\d{2})(\\d{2}))?[^/]*\\.(?:html|htm|txt)$"_s,
        QRegularExpression::CaseInsensitiveOption);
    const QRegularExpressionMatch match = name.match(fileName);
    if (!match.hasMatch()) {
        return {};
    }
    const auto number = [&](int group) { return match.capturedView(group).toInt(); };
    const QDate date(number(1), number(2), number(3));
    const QTime time(number(4), number(5), std::min(number(6), 59));
    if (match.captured(7).isEmpty()) {
        return { date, time, QTimeZone(QTimeZone::LocalTime) };
    }
    const int offset = number(8) * 3600 + number(9) * 60;
    return { date, time,
        QTimeZone::fromSecondsAheadOfUtc(match.captured(7) == "-"_L1 ? -offset : offset) };
}

void readLog(QIODevice &device, bool html, const QDateTime &begin, const LogPeople &people,
    const MessageSink &sink)
{
    LogReader reader(begin, people, sink);
    bool wanted = true;
    eachLine(device, [&](QByteArrayView bytes, int) {
        const QString line = foreignText(bytes);
        wanted = html ? reader.htmlLine(line) : reader.textLine(line);
        return wanted;
    });
    if (wanted) {
        reader.flush();
    }
}

} // namespace linchpin::purple
