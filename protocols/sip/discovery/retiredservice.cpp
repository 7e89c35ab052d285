// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/discovery/retiredservice.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Row {
    QLatin1StringView suffix; ///< of the host's name
    const char *title;
};

// The hosted services of Microsoft. Their names were given out as SRV targets and redirects, and
// still stand in many zones.
const Row kServices[] = {
    { ".online.lync.com"_L1,
        QT_TRANSLATE_NOOP("linchpin::sip::RetiredService",
            "This address belongs to Skype for Business Online (Office 365), which Microsoft ended "
            "on 31 July 2021.") },
    { ".infra.lync.com"_L1,
        QT_TRANSLATE_NOOP("linchpin::sip::RetiredService",
            "This address belongs to Skype for Business Online (Office 365), which Microsoft ended "
            "on 31 July 2021.") },
    { ".oconline.microsoftonline.com"_L1,
        QT_TRANSLATE_NOOP("linchpin::sip::RetiredService",
            "This address belongs to Office Communications Online (BPOS), which Microsoft "
            "replaced by Office 365 long ago.") },
};

} // namespace

std::optional<Error> retiredService(const QString &host, const QString &record)
{
    const QString name = u'.' + (host.endsWith(u'.') ? host.chopped(1) : host).toLower();
    for (const Row &row : kServices) {
        if (!name.endsWith(row.suffix)) {
            continue;
        }
        Error error;
        error.kind = Error::Kind::NotFound;
        error.code = u"service-retired"_s;
        error.title = QCoreApplication::translate("linchpin::sip::RetiredService", row.title);
        error.detail = record.isEmpty() ? host : u"%1: %2"_s.arg(record, host);
        error.remedy = QCoreApplication::translate("linchpin::sip::RetiredService",
            "Only servers that a company runs itself can be used. Ask your administrator whether "
            "there is one; if so, enter its name as server.");
        error.fatal = true;
        return error;
    }
    return std::nullopt;
}

} // namespace linchpin::sip
