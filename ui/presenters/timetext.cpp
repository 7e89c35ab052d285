// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/presenters/timetext.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

QString shortTimeText(const QDateTime &time, const QDateTime &now)
{
    const QDateTime local = time.toLocalTime();
    const qint64 days = local.date().daysTo(now.toLocalTime().date());
    const QLocale locale;
    if (days == 0) {
        return clockText(local.time(), locale);
    }
    if (days > 0 && days < 7) {
        return locale.toString(local.date(), u"ddd"_s);
    }
    if (local.date().year() == now.toLocalTime().date().year()) {
        return locale.toString(local.date(), u"d MMM"_s);
    }
    return locale.toString(local.date(), QLocale::ShortFormat);
}

QString clockText(const QTime &time, const QLocale &locale)
{
    // The C locale, and a few others, have seconds in their short format.
    QString format = locale.timeFormat(QLocale::ShortFormat);
    format.remove(u":ss"_s).remove(u".ss"_s);
    return locale.toString(time, format);
}

QString idleText(const QDateTime &since, const QDateTime &now)
{
    const qint64 minutes = since.secsTo(now) / 60;
    const auto text = [](const char *source, qint64 n) {
        return QCoreApplication::translate(
            "linchpin::TimeText", source, nullptr, static_cast<int>(n));
    };
    if (minutes < 1) {
        return text(QT_TRANSLATE_NOOP("linchpin::TimeText", "idle"), 0);
    }
    if (minutes < 60) {
        return text(QT_TRANSLATE_NOOP("linchpin::TimeText", "idle for %n min"), minutes);
    }
    if (minutes < qint64 { 48 } * 60) {
        return text(QT_TRANSLATE_NOOP("linchpin::TimeText", "idle for %n h"), minutes / 60);
    }
    return text(QT_TRANSLATE_NOOP("linchpin::TimeText", "idle for %n days"),
        minutes / (qint64 { 24 } * 60));
}

} // namespace linchpin
