// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/webanswer.h"

#include <QLocale>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

QByteArray headerOf(const HttpReply &reply, QByteArrayView name)
{
    for (const auto &[key, value] : reply.headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0) {
            return value;
        }
    }
    return {};
}

QDateTime dateOf(const HttpReply &reply)
{
    QDateTime date = QLocale::c().toDateTime(QString::fromLatin1(headerOf(reply, "Date")).trimmed(),
        u"ddd, dd MMM yyyy hh:mm:ss 'GMT'"_s);
    date.setTimeZone(QTimeZone::UTC);
    return date;
}

bool isRedirect(const HttpReply &reply)
{
    return reply.status >= 301 && reply.status <= 308;
}

bool isSecure(const QUrl &url)
{
    return url.isValid() && url.scheme() == "https"_L1 && !url.host().isEmpty();
}

} // namespace linchpin::sip
