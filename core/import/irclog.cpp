// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/irclog.h"

#include "core/chat/servicesecrets.h"
#include "core/import/foreigntext.h"
#include "core/import/timestamp.h"

#include <QTimeZone>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::irclog {

namespace {

constexpr qsizetype kLongestNick = 64;

class LogReader {
public:
    LogReader(Shape shape, QStringList ownNicks, bool room, const QDate &lastChange,
        const MessageSink &sink)
        : m_shape(shape)
        , m_own(std::move(ownNicks))
        , m_room(room)
        , m_lastChange(lastChange)
        , m_sink(sink)
    {
    }

    bool line(const QString &line)
    {
        ImportedMessage message;
        QString rest;
        switch (m_shape) {
        case Shape::HexChat:
            if (line.startsWith("****"_L1)) { // BEGIN and ENDING LOGGING AT, in any language
                readBanner(line);
                return true;
            }
            rest = takeHexChatStamp(line);
            break;
        case Shape::Scrollback:
            rest = takeSeconds(line);
            break;
        case Shape::Konversation:
            rest = takeBrackets(line);
            break;
        }
        if (!m_at.isValid() || rest.isEmpty()) {
            return true;
        }
        message.sentAt = m_at.toUTC();
        return !speaks(rest, message) || m_sink(std::move(message));
    }

private:
    void readBanner(const QString &line)
    {
        // "Tue Mar  6 19:13:10 2012": the last five words, whatever stands before.
        const QStringList words = line.split(u' ', Qt::SkipEmptyParts);
        const ForeignStamp stamp = parseForeignStamp(
            QStringList(words.mid(std::max<qsizetype>(0, words.size() - 5))).join(u' '),
            m_lastChange);
        if (stamp.date && !stamp.yearMissing) {
            m_day = *stamp.date;
        }
    }

    /// What comes before `<nick>`, `*`, `-nick-` is the stamp.
    QString takeHexChatStamp(const QString &line)
    {
        m_at = {};
        const qsizetype tab = line.indexOf(u'\t');
        if (tab < 0) {
            return {};
        }
        const QString left = line.first(tab).trimmed();
        qsizetype mark = left.lastIndexOf(u' ');
        if (left.endsWith(u'>') && left.contains(u'<')) {
            mark = left.indexOf(u'<') - 1; // nicks have no blanks, but marks of rank might
        }
        const QString stampText = mark > 0 ? left.first(mark) : QString();
        const ForeignStamp stamp
            = parseForeignStamp(stampText, m_day.isValid() ? m_day : m_lastChange);
        if (!stamp.time) {
            return {};
        }
        if (stamp.date) {
            QDate day = *stamp.date;
            if (stamp.yearMissing) {
                // The year goes on from line to line; before the first banner it is the file's.
                if (m_day.isValid() && day < m_day.addMonths(-6)) {
                    day = day.addYears(1);
                } else if (!m_day.isValid() && m_lastChange.isValid() && day > m_lastChange) {
                    day = day.addYears(-1);
                }
            }
            m_day = day;
        } else if (m_day.isValid() && m_lastTime.isValid() && *stamp.time < m_lastTime.addSecs(-300)
            && m_lastTime > QTime(0, 5)) {
            m_day = m_day.addDays(1);
        }
        m_lastTime = *stamp.time;
        const QDate day = m_day.isValid() ? m_day : m_lastChange;
        m_at = QDateTime(day, *stamp.time, QTimeZone(QTimeZone::LocalTime));
        return left.sliced(mark + 1) + line.sliced(tab);
    }

    QString takeSeconds(const QString &line)
    {
        m_at = {};
        const qsizetype blank = line.indexOf(u' ', 2);
        if (!line.startsWith("T "_L1) || blank < 0) {
            return {};
        }
        bool ok = false;
        const qint64 seconds = QStringView(line).sliced(2, blank - 2).toLongLong(&ok);
        if (!ok || seconds <= 0 || seconds > 4'102'444'800) { // until 2100
            return {};
        }
        m_at = QDateTime::fromSecsSinceEpoch(seconds, QTimeZone::UTC);
        return withoutIrcFormatting(line.sliced(blank + 1));
    }

    QString takeBrackets(const QString &line)
    {
        m_at = {};
        const qsizetype first = line.indexOf("] ["_L1);
        if (!line.startsWith(u'[')) {
            return {};
        }
        if (first < 0) { // before 1.0: only the time
            const qsizetype end = line.indexOf("] "_L1);
            const ForeignStamp stamp = parseForeignStamp(
                QStringView(line).sliced(1, std::max<qsizetype>(end - 1, 0)), m_lastChange);
            if (end < 0 || !stamp.time || !m_lastChange.isValid()) {
                return {};
            }
            m_at = QDateTime(m_lastChange, *stamp.time, QTimeZone(QTimeZone::LocalTime));
            return line.sliced(end + 2);
        }
        const qsizetype second = line.indexOf("] "_L1, first + 3);
        if (second < 0) {
            return {};
        }
        const QStringView date = QStringView(line).sliced(1, first - 1);
        const QStringView time = QStringView(line).sliced(first + 3, second - first - 3);
        const ForeignStamp day = parseForeignStamp(date, m_day.isValid() ? m_day : m_lastChange);
        const ForeignStamp clock = parseForeignStamp(time, m_lastChange);
        if (!day.date || !clock.time) {
            return {};
        }
        m_day = *day.date;
        m_at = QDateTime(m_day, *clock.time, QTimeZone(QTimeZone::LocalTime));
        return line.sliced(second + 2);
    }

    bool isOwn(const QString &nick) const { return m_own.contains(nick, Qt::CaseInsensitive); }

    void spokenBy(QString nick, ImportedMessage &message) const
    {
        static constexpr QStringView kRanks = u"@+%&~!";
        nick = nick.trimmed();
        while (!nick.isEmpty() && kRanks.contains(nick.front())) {
            nick.removeFirst();
        }
        nick.truncate(kLongestNick);
        message.fromName = nick;
        message.from = m_room ? nick : QString();
        message.direction = isOwn(nick) ? Direction::Out : Direction::In;
    }

    /// `<nick>\ttext`, `*\tnick waves`, `\t * nick waves`, `-nick-\ttext`, `type\ttext`
    bool speaks(const QString &rest, ImportedMessage &message) const
    {
        const qsizetype tab = rest.indexOf(u'\t');
        if (tab < 0) {
            return false;
        }
        const QString left = rest.first(tab).trimmed();
        QString right = withoutIrcFormatting(rest.sliced(tab + 1));
        if (left.startsWith(u'<') && left.endsWith(u'>') && left.size() > 2) {
            spokenBy(left.sliced(1, left.size() - 2), message);
        } else if (left.startsWith(u'-') && left.endsWith(u'-') && left.size() > 2
            && !left.contains(u' ')) {
            spokenBy(left.sliced(1, left.size() - 2).section(u'/', 0, 0), message);
            message.kind = MessageKind::Notice;
        } else if (left == "*"_L1 || (left.isEmpty() && right.startsWith(" * "_L1))) {
            if (left.isEmpty()) {
                right = right.sliced(3);
            }
            const QString nick = right.section(u' ', 0, 0);
            // HexChat writes joins and actions alike; "has joined" and its like have a host mask.
            const bool happens = m_shape != Shape::Konversation
                && (right.contains(" has joined"_L1) || right.contains(" has quit"_L1)
                    || right.contains(" has left"_L1) || right.contains(" is now known as "_L1)
                    || right.contains(" sets mode"_L1) || right.contains(" gives "_L1)
                    || right.contains(" removes "_L1) || right.contains(" has changed the topic"_L1)
                    || right.startsWith("Now talking on"_L1) || right.startsWith("Topic for"_L1)
                    || right.startsWith("Disconnected"_L1) || right.startsWith("You are now"_L1));
            if (happens) {
                message.kind = MessageKind::System;
            } else {
                spokenBy(nick, message);
                message.kind = MessageKind::Action;
                right = right.mid(nick.size() + 1);
            }
        } else {
            message.kind = MessageKind::System;
        }
        message.body = RichText::fromPlain(right);
        if (left.startsWith(u'>') && left.endsWith(u'<') && left.size() > 2) {
            // HexChat: `>NickServ<\tidentify …`, written to somebody from this window
            message.body = withoutServiceSecrets(left.sliced(1, left.size() - 2), message.body);
        }
        return !message.body.isEmpty();
    }

    Shape m_shape;
    QStringList m_own;
    bool m_room;
    QDate m_lastChange;
    const MessageSink &m_sink;
    QDate m_day;
    QTime m_lastTime;
    QDateTime m_at;
};

} // namespace

void readLog(QIODevice &device, Shape shape, const QStringList &ownNicks, bool room,
    const QDate &lastChange, const MessageSink &sink)
{
    LogReader reader(shape, ownNicks, room, lastChange, sink);
    eachLine(device, [&](QByteArrayView bytes, int) { return reader.line(foreignText(bytes)); });
}

} // namespace linchpin::irclog
