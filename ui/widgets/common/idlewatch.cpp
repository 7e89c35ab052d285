// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/idlewatch.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QTimeZone>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// Measured anew each time, the beginning wanders by less than this.
constexpr qint64 kWanders = 60;

} // namespace

IdleWatch::IdleWatch(std::chrono::milliseconds every, QObject *parent)
    : QObject(parent)
    , m_timer(new QTimer(this))
{
    connect(m_timer, &QTimer::timeout, this, &IdleWatch::look);
    m_timer->start(every);
}

void IdleWatch::look()
{
    const QDBusMessage question = QDBusMessage::createMethodCall(u"org.gnome.Mutter.IdleMonitor"_s,
        u"/org/gnome/Mutter/IdleMonitor/Core"_s, u"org.gnome.Mutter.IdleMonitor"_s,
        u"GetIdletime"_s);
    auto *const answer
        = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(question), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        answer->deleteLater();
        const QDBusPendingReply<qulonglong> reply = *answer;
        if (reply.isError()) {
            askLogin();
            return;
        }
        const std::chrono::milliseconds idle(qint64(reply.value()));
        found(
            idle < kAfter ? QDateTime() : QDateTime::currentDateTimeUtc().addMSecs(-idle.count()));
    });
}

void IdleWatch::askLogin()
{
    QDBusMessage question = QDBusMessage::createMethodCall(u"org.freedesktop.login1"_s,
        u"/org/freedesktop/login1/session/auto"_s, u"org.freedesktop.DBus.Properties"_s,
        u"GetAll"_s);
    question << u"org.freedesktop.login1.Session"_s;
    auto *const answer
        = new QDBusPendingCallWatcher(QDBusConnection::systemBus().asyncCall(question), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        answer->deleteLater();
        const QDBusPendingReply<QVariantMap> reply = *answer;
        if (reply.isError()) {
            return;
        }
        const QVariantMap session = reply.value();
        const qint64 microseconds = session.value(u"IdleSinceHint"_s).toLongLong();
        const bool idle = session.value(u"IdleHint"_s).toBool() && microseconds > 0;
        const bool locked = session.value(u"LockedHint"_s).toBool();
        if (idle) {
            found(QDateTime::fromMSecsSinceEpoch(microseconds / 1000, QTimeZone::UTC));
        } else if (locked) {
            // Who locks the screen leaves: from now on, where nobody says since when.
            found(m_since.isValid() ? m_since
                                    : QDateTime::currentDateTimeUtc().addSecs(
                                          -std::chrono::seconds(kAfter).count()));
        } else {
            found({});
        }
    });
}

void IdleWatch::found(const QDateTime &since)
{
    const bool same = since.isValid() == m_since.isValid()
        && (!since.isValid() || qAbs(since.secsTo(m_since)) < kWanders);
    if (!same) {
        m_since = since;
        Q_EMIT idleSinceChanged(since);
    }
}

} // namespace linchpin
