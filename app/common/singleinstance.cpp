// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/common/singleinstance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kAnswerWithin = 300; // ms; a live instance on this machine answers in one

} // namespace

SingleInstance::SingleInstance(const QString &profile, QObject *parent)
    : QObject(parent)
    , m_name(u"linchpin-"_s
          + QString::fromLatin1(QCryptographicHash::hash(
              QDir(profile).absolutePath().toUtf8(), QCryptographicHash::Sha256)
                  .toHex()
                  .left(16)))
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket *const caller = m_server.nextPendingConnection()) {
            caller->deleteLater();
            Q_EMIT woken();
        }
    });
}

bool SingleInstance::claim()
{
    if (m_server.listen(m_name)) {
        return true;
    }
    QLocalSocket first;
    first.connectToServer(m_name);
    if (first.waitForConnected(kAnswerWithin)) {
        return false;
    }
    // Left behind by a crash.
    QLocalServer::removeServer(m_name);
    return m_server.listen(m_name);
}

void SingleInstance::release()
{
    m_server.close();
}

} // namespace linchpin
