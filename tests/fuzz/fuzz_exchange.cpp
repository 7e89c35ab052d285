// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What Exchange answers: contact list, calendar, out of office, autodiscover. None may crash, and
// what is asked next is a request that can be read.

#include "protocols/sip/exchange/exchangeautodiscover.h"
#include "protocols/sip/exchange/imlist.h"
#include "protocols/sip/exchange/mailboxcalendar.h"
#include "tests/fuzz/fuzzcheck.h"

#include <QTimeZone>

#include <cstddef>
#include <cstdint>

using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

const QDateTime now(QDate(2026, 3, 2), QTime(9, 30), QTimeZone::UTC);

void contacts(QByteArrayView data)
{
    if (const auto list = parseImItemList(data)) {
        tried(contactDocument(*list));
        for (const ImGroup &group : list->groups) {
            for (const ImPerson &person : list->people) {
                tried(list->isMember(person, group));
            }
            if (!list->people.isEmpty()) {
                const EwsRequest next = buildAddImContact(list->people.constFirst().id, group.id);
                check(parseXml(next.body).has_value(), "a request that cannot be read");
            }
        }
    } else {
        tried(exchangeFault(list.error()));
    }
    [[maybe_unused]] const auto group = parseAddedImGroup(data);
    [[maybe_unused]] const auto contact = parseAddedImContact(data);
    [[maybe_unused]] const auto done = parseImDone(data, QStringLiteral("RemoveContactFromImList"));
}

void calendar(QByteArrayView data)
{
    const QString mailbox = QStringLiteral("ben@litwareinc.com");
    const auto view = parseAvailability(data, mailbox, calendarWindow(now));
    const auto reply = parseOutOfOffice(data);
    if (view || reply) {
        tried(
            calendarAt(view.value_or(MailboxCalendar {}), reply.value_or(AutomaticReply {}), now));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    contacts(bytes);
    calendar(bytes);
    if (const auto answer = parseExchangeAutodiscover(bytes)) {
        if (const auto *moved = std::get_if<MailboxMoved>(&*answer)) {
            check(parseXml(buildExchangeAutodiscover(moved->email)).has_value(),
                "a question that cannot be read");
        }
    }
    return 0;
}
