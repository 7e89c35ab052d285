// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/lockwatch.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>

using namespace Qt::StringLiterals;

namespace linchpin {

LockWatch::LockWatch(QObject *parent)
    : QObject(parent)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    for (const auto &[service, path] :
        { std::pair(u"org.freedesktop.ScreenSaver"_s, u"/org/freedesktop/ScreenSaver"_s),
            std::pair(u"org.freedesktop.ScreenSaver"_s, u"/ScreenSaver"_s),
            std::pair(u"org.gnome.ScreenSaver"_s, u"/org/gnome/ScreenSaver"_s) }) {
        bus.connect(service, path, service, u"ActiveChanged"_s, this, SLOT(activeChanged(bool)));
    }
    watchLogin();
}

void LockWatch::watchLogin()
{
    const QString login = u"org.freedesktop.login1"_s;
    QDBusMessage question = QDBusMessage::createMethodCall(
        login, u"/org/freedesktop/login1"_s, login + u".Manager"_s, u"GetSessionByPID"_s);
    question << 0U; // our own process
    auto *const answer
        = new QDBusPendingCallWatcher(QDBusConnection::systemBus().asyncCall(question), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer, login] {
        answer->deleteLater();
        const QDBusMessage reply = answer->reply();
        if (reply.type() == QDBusMessage::ReplyMessage && !reply.arguments().isEmpty()) {
            QDBusConnection::systemBus().connect(login,
                reply.arguments().constFirst().value<QDBusObjectPath>().path(),
                login + u".Session"_s, u"Lock"_s, this, SLOT(lockAsked()));
        }
    });
}

void LockWatch::activeChanged(bool active)
{
    if (active) {
        Q_EMIT locked();
    }
}

void LockWatch::lockAsked()
{
    Q_EMIT locked();
}

} // namespace linchpin
