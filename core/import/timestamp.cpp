// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/timestamp.h"

#include <QHash>
#include <QList>
#include <QLocale>
#include <QRegularExpression>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kLongestStamp = 128;

/// Digits of every script as ASCII; marks of direction, which Arabic locales put in, dropped.
QString plainDigits(QStringView text)
{
    QString plain;
    plain.reserve(text.size());
    for (const QChar c : text) {
        const int digit = c.digitValue();
        if (digit >= 0) {
            plain.append(QChar(static_cast<char16_t>(u'0' + digit)));
        } else if (c != QChar(0x200e) && c != QChar(0x200f) && c != QChar(0x61c)) {
            plain.append(c == QChar(0xa0) || c == QChar(0x202f) ? QChar(u' ') : c);
        }
    }
    return plain.toLower();
}

enum class Half { None, Morning, Afternoon };

/// glibc's and CLDR's words for the halves of the day where 12 hours are usual.
Half halfOf(const QString &text)
{
    static const QRegularExpression afternoon(
        u"(?:^|[^\\p{L}])(?:p\\.?\\s?m\\.?|nachm\\.?|μ\\.?μ\\.?|пп|du\\.|odp\\.|م|ب\\.ظ)(?:$|[^\\p{L}])|午後|下午|오후"_s,
        QRegularExpression::UseUnicodePropertiesOption);
    static const QRegularExpression morning(
        u"(?:^|[^\\p{L}])(?:a\\.?\\s?m\\.?|vorm\\.?|π\\.?μ\\.?|дп|de\\.|dop\\.|ص|ق\\.ظ)(?:$|[^\\p{L}])|午前|上午|오전"_s,
        QRegularExpression::UseUnicodePropertiesOption);
    if (afternoon.match(text).hasMatch()) {
        return Half::Afternoon;
    }
    return morning.match(text).hasMatch() ? Half::Morning : Half::None;
}

QTime timeOf(int hour, int minute, int second, Half half)
{
    if (half == Half::Afternoon && hour < 12) {
        hour += 12;
    } else if (half == Half::Morning && hour == 12) {
        hour = 0;
    }
    return { hour, minute, std::min(second, 59) }; // 60 is a leap second
}

/// Takes the time of day out of `text`.
std::optional<QTime> takeTime(QString &text)
{
    static const QRegularExpression usual(u"(\\d{1,2})\\s?[:時时시]\\s?(\\d{1,2})(?:\\s?[:分분]\\s?"
                                          "(\\d{1,2}))?\\s?[分秒분초]?"_s);
    static const QRegularExpression dotted(u"(\\d{1,2})\\.(\\d{2})\\.(\\d{2})(?!\\d)\\s*$"_s);
    QRegularExpressionMatch match = usual.match(text);
    if (!match.hasMatch()) {
        match = dotted.match(text);
    }
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    const QTime time = timeOf(match.capturedView(1).toInt(), match.capturedView(2).toInt(),
        match.capturedView(3).toInt(), halfOf(text));
    if (!time.isValid()) {
        return std::nullopt;
    }
    text.remove(match.capturedStart(), match.capturedLength());
    return time;
}

/// The month that a word begins like, in any language; 0 = none, or several.
int monthOf(const QString &word)
{
    static const QHash<QString, int> kMonths = [] {
        QHash<QString, int> months;
        const auto learn = [&months](const QString &name, int month) {
            // Abbreviations of three letters; some scripts need no more than two.
            QString key = name.toLower();
            key.remove(u'.');
            for (const qsizetype length : { qsizetype { 3 }, qsizetype { 4 }, key.size() }) {
                const QString begin = key.left(length);
                if (begin.size() < 2) {
                    continue;
                }
                const auto known = months.constFind(begin);
                if (known == months.constEnd()) {
                    months.insert(begin, month);
                } else if (*known != month) {
                    months.insert(begin, 0); // another language's month begins the same
                }
            }
        };
        const QList<QLocale> locales = QLocale::matchingLocales(
            QLocale::AnyLanguage, QLocale::AnyScript, QLocale::AnyTerritory);
        for (const QLocale &locale : locales) {
            for (int month = 1; month <= 12; ++month) {
                for (const auto format : { QLocale::LongFormat, QLocale::ShortFormat }) {
                    learn(locale.monthName(month, format), month);
                    learn(locale.standaloneMonthName(month, format), month);
                }
            }
        }
        // English is meant where another language's month begins the same.
        const QLocale c = QLocale::c();
        for (int month = 1; month <= 12; ++month) {
            months.insert(c.monthName(month, QLocale::ShortFormat).toLower(), month);
            months.insert(c.monthName(month, QLocale::LongFormat).toLower(), month);
        }
        return months;
    }();
    for (const qsizetype length : { word.size(), qsizetype { 4 }, qsizetype { 3 } }) {
        if (length > word.size()) {
            continue;
        }
        if (const int month = kMonths.value(word.left(length)); month > 0) {
            return month;
        }
    }
    return 0;
}

int fullYear(int year)
{
    return year < 100 ? 2000 + year : year;
}

/// The nearest to a day of the readings that are days at all.
std::optional<QDate> nearest(const QList<QDate> &readings, const QDate &around)
{
    std::optional<QDate> best;
    for (const QDate &date : readings) {
        if (date.isValid() && date.year() >= 1990 && date.year() < 2110
            && (!best || std::abs(date.daysTo(around)) < std::abs(best->daysTo(around)))) {
            best = date;
        }
    }
    return best;
}

QList<int> numbersIn(const QString &text)
{
    static const QRegularExpression digits(u"\\d+"_s);
    QList<int> numbers;
    for (const QRegularExpressionMatch &match : digits.globalMatch(text)) {
        if (match.capturedLength() <= 4) {
            numbers.append(match.capturedView().toInt());
        }
    }
    return numbers;
}

int monthNamedIn(const QString &text)
{
    static const QRegularExpression letters(
        u"[\\p{L}\\p{M}]{2,}"_s, QRegularExpression::UseUnicodePropertiesOption);
    // A weekday's name comes before; months are looked for from behind.
    QStringList words;
    for (const QRegularExpressionMatch &match : letters.globalMatch(text)) {
        words.prepend(match.captured());
    }
    for (const QString &word : std::as_const(words)) {
        if (const int month = monthOf(word); month > 0) {
            return month;
        }
    }
    return 0;
}

} // namespace

ForeignStamp parseForeignStamp(QStringView text, const QDate &around)
{
    ForeignStamp stamp;
    if (text.size() > kLongestStamp) {
        return stamp;
    }
    QString rest = plainDigits(text);
    stamp.time = takeTime(rest);
    const QList<int> numbers = numbersIn(rest);
    if (numbers.size() == 3) {
        const int a = numbers.at(0);
        const int b = numbers.at(1);
        const int c = numbers.at(2);
        QList<QDate> readings { QDate(fullYear(a), b, c) };
        if (a <= 99) {
            readings.append(QDate(fullYear(c), a, b));
            readings.append(QDate(fullYear(c), b, a));
        }
        stamp.date = nearest(readings, around);
    } else if (numbers.size() == 2 || numbers.size() == 1) {
        const int month = monthNamedIn(rest);
        if (month > 0 && numbers.size() == 2) {
            stamp.date = nearest({ QDate(fullYear(numbers.at(0)), month, numbers.at(1)),
                                     QDate(fullYear(numbers.at(1)), month, numbers.at(0)) },
                around);
        } else if (month > 0 && around.isValid()) {
            stamp.yearMissing = true;
            stamp.date = nearest({ QDate(around.year(), month, numbers.at(0)) }, around);
        }
    }
    return stamp;
}

} // namespace linchpin
