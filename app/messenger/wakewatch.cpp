// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/messenger/wakewatch.h"

#include <QDBusConnection>

using namespace Qt::StringLiterals;

namespace linchpin {

WakeWatch::WakeWatch(QObject *parent)
    : QObject(parent)
{
    QDBusConnection::systemBus().connect(u"org.freedesktop.login1"_s, u"/org/freedesktop/login1"_s,
        u"org.freedesktop.login1.Manager"_s, u"PrepareForSleep"_s, this,
        SLOT(prepareForSleep(bool)));
}

void WakeWatch::prepareForSleep(bool sleeping)
{
    if (!sleeping) {
        Q_EMIT resumed();
    }
}

} // namespace linchpin
