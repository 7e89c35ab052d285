// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/idlewatch.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QTimeZone>

#include <functional>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

const QString mutter = u"org.gnome.Mutter.IdleMonitor"_s;
const QString mutterPath = u"/org/gnome/Mutter/IdleMonitor/Core"_s;
const QString login = u"org.freedesktop.login1"_s;

void ask(const QDBusConnection &bus, const QDBusMessage &question, QObject *context,
    const std::function<void(const QDBusMessage &)> &then)
{
    auto *const answer = new QDBusPendingCallWatcher(bus.asyncCall(question), context);
    QObject::connect(answer, &QDBusPendingCallWatcher::finished, context, [answer, then] {
        answer->deleteLater();
        then(answer->reply());
    });
}

bool isAnswer(const QDBusMessage &message)
{
    return message.type() == QDBusMessage::ReplyMessage && !message.arguments().isEmpty();
}

QDateTime beforeNow(std::chrono::seconds ago)
{
    return QDateTime::currentDateTimeUtc().addSecs(-ago.count());
}

} // namespace

IdleWatch::IdleWatch(QObject *parent)
    : QObject(parent)
{
    watchMutter();
}

void IdleWatch::watchMutter()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    bus.connect(mutter, mutterPath, mutter, u"WatchFired"_s, this, SLOT(watchFired(uint)));
    QDBusMessage question
        = QDBusMessage::createMethodCall(mutter, mutterPath, mutter, u"AddIdleWatch"_s);
    question << qulonglong(std::chrono::milliseconds(kAfter).count());
    ask(bus, question, this, [this](const QDBusMessage &answer) {
        if (isAnswer(answer)) {
            m_idleWatch = answer.arguments().constFirst().toUInt();
        } else {
            watchLogin();
        }
    });
}

void IdleWatch::watchFired(uint id)
{
    if (id == m_idleWatch) {
        found(beforeNow(kAfter));
        awaitReturn();
    } else if (id == m_activeWatch) {
        m_activeWatch = 0; // such a watch fires once
        found({});
    }
}

void IdleWatch::awaitReturn()
{
    ask(QDBusConnection::sessionBus(),
        QDBusMessage::createMethodCall(mutter, mutterPath, mutter, u"AddUserActiveWatch"_s), this,
        [this](const QDBusMessage &answer) {
            if (isAnswer(answer)) {
                m_activeWatch = answer.arguments().constFirst().toUInt();
            } else {
                found({}); // or we would be idle for ever
            }
        });
}

void IdleWatch::watchLogin()
{
    QDBusMessage question = QDBusMessage::createMethodCall(
        login, u"/org/freedesktop/login1"_s, login + u".Manager"_s, u"GetSessionByPID"_s);
    question << 0U; // our own process
    ask(QDBusConnection::systemBus(), question, this, [this](const QDBusMessage &answer) {
        if (isAnswer(answer)) {
            m_login = answer.arguments().constFirst().value<QDBusObjectPath>().path();
            QDBusConnection::systemBus().connect(login, m_login,
                u"org.freedesktop.DBus.Properties"_s, u"PropertiesChanged"_s, this,
                SLOT(loginChanged()));
            loginChanged();
        }
    });
}

void IdleWatch::loginChanged()
{
    QDBusMessage question = QDBusMessage::createMethodCall(
        login, m_login, u"org.freedesktop.DBus.Properties"_s, u"GetAll"_s);
    question << login + u".Session"_s;
    ask(QDBusConnection::systemBus(), question, this, [this](const QDBusMessage &message) {
        const QDBusPendingReply<QVariantMap> reply = message;
        if (reply.isError()) {
            return;
        }
        const QVariantMap session = reply.value();
        const qint64 microseconds = session.value(u"IdleSinceHint"_s).toLongLong();
        if (session.value(u"IdleHint"_s).toBool() && microseconds > 0) {
            found(QDateTime::fromMSecsSinceEpoch(microseconds / 1000, QTimeZone::UTC));
        } else if (session.value(u"LockedHint"_s).toBool()) {
            // Who locks the screen leaves, whatever was touched a moment ago.
            found(m_since.isValid() ? m_since : beforeNow(kAfter));
        } else {
            found({});
        }
    });
}

void IdleWatch::found(const QDateTime &since)
{
    if (since != m_since) {
        m_since = since;
        Q_EMIT idleSinceChanged(since);
    }
}

} // namespace linchpin
