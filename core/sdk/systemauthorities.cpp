// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/systemauthorities.h"

#include <QCoreApplication>
#include <QSslConfiguration>
#include <QThreadPool>

#include <atomic>

namespace linchpin {

namespace {

std::atomic<bool> areRead = false;

const QList<QSslCertificate> &readOnce()
{
    static const QList<QSslCertificate> kAuthorities = QSslConfiguration::systemCaCertificates();
    areRead = true;
    return kAuthorities;
}

} // namespace

Async<QList<QSslCertificate>> systemAuthorities()
{
    const Answer<QList<QSslCertificate>> answer;
    if (areRead) {
        answer.give(readOnce());
        return answer.future();
    }
    // The application waits for the pool before it ends.
    QThreadPool::globalInstance()->start([answer] {
        const QList<QSslCertificate> &list = readOnce();
        QMetaObject::invokeMethod(
            QCoreApplication::instance(), [answer, list] { answer.give(list); },
            Qt::QueuedConnection);
    });
    return answer.future();
}

} // namespace linchpin
