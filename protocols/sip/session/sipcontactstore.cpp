// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipcontactstore.h"

#include "protocols/sip/documents/overloaded.h"
#include "protocols/sip/documents/sipaddress.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipContactStore)
};

Error namesAreFixed(const QString &name)
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"rename-unsupported"_s;
    error.title = Text::tr("Names in a contact list kept in Exchange cannot be changed here.");
    error.detail = name;
    error.remedy = Text::tr("Change the name in Outlook.");
    return error;
}

} // namespace

SipContactStore::SipContactStore(SipExchange &exchange, Told told)
    : m_exchange(exchange)
    , m_told(std::move(told))
{
}

void SipContactStore::read()
{
    m_readWanted = true;
    next();
}

Async<void> SipContactStore::put(const ContactSnapshot &contact)
{
    const QString address = addressFromUri(contact.address.value);
    const ImPerson *const person = m_list ? m_list->person(address) : nullptr;
    const ImGroup *const list = m_list ? m_list->distributionList(address) : nullptr;
    const QString known = person ? person->name : list ? list->name : QString();
    if (!contact.name.isEmpty() && !known.isEmpty() && contact.name != known) {
        return readyError<void>(namesAreFixed(known));
    }
    m_changes.push_back({ { .address = address,
                              .name = contact.name,
                              .groups = contact.groups,
                              .isList = contact.kind == ContactKind::Group },
        {} });
    const auto future = m_changes.back().answer.future();
    next();
    return future;
}

Async<void> SipContactStore::remove(const QString &address)
{
    m_changes.push_back({ { .address = address, .remove = true }, {} });
    const auto future = m_changes.back().answer.future();
    next();
    return future;
}

void SipContactStore::next()
{
    if (m_busy) {
        return;
    }
    if (m_changes.empty()) {
        if (std::exchange(m_readWanted, false)) {
            m_busy = true;
            readNow([this](const Result<void> &) {
                m_busy = false;
                next();
            });
        }
        return;
    }
    m_busy = true;
    const auto begin = [this](const Result<void> &known) {
        if (!known) {
            changed(std::unexpected(known.error()));
            return;
        }
        m_edit = std::make_unique<ImListEdit>(*m_list, m_changes.front().wish);
        carryOut(m_edit->start());
    };
    if (m_list) {
        begin({});
    } else {
        readNow(begin);
    }
}

void SipContactStore::readNow(const std::function<void(const Result<void> &)> &then)
{
    m_readWanted = false;
    m_exchange.call(SipExchange::Service::Web, buildGetImItemList(),
        [this, then, alive = std::weak_ptr(m_alive)](const Result<QByteArray> &body) {
            if (!alive.lock()) {
                return;
            }
            Result<void> result;
            if (!body) {
                result = std::unexpected(body.error());
            } else if (auto list = parseImItemList(*body)) {
                m_list = std::move(*list);
            } else {
                result = std::unexpected(exchangeFault(list.error()));
            }
            m_told(result ? Result<ContactListDocument>(contactDocument(*m_list))
                          : Result<ContactListDocument>(std::unexpect, result.error()));
            if (alive.lock()) {
                then(result);
            }
        });
}

void SipContactStore::carryOut(const ImListEdit::Step &step)
{
    std::visit(
        Overloaded { [this](const EwsRequest &request) {
                        m_exchange.call(SipExchange::Service::Web, request,
                            [this, alive = std::weak_ptr(m_alive)](const Result<QByteArray> &body) {
                                if (!alive.lock()) {
                                    return;
                                }
                                if (body) {
                                    carryOut(m_edit->answered(*body));
                                } else {
                                    changed(std::unexpected(body.error()));
                                }
                            });
                    },
            [this](ImListEdit::Done) { changed({}); },
            [this](const EwsFault &fault) {
                if (fault.isStale() && !std::exchange(m_changes.front().repeated, true)) {
                    // Somebody else was faster: once more, on top of that.
                    m_list.reset();
                    m_busy = false;
                    next();
                } else {
                    changed(std::unexpected(exchangeFault(fault)));
                }
            } },
        step);
}

/// The first change is over, one way or the other; told when the list shows it.
void SipContactStore::changed(const Result<void> &result)
{
    const Change done = std::move(m_changes.front());
    m_changes.pop_front();
    const auto finish = [this, done, result](const Result<void> &) {
        m_busy = false;
        done.answer.give(result);
        next();
    };
    if (!m_list) {
        finish({}); // it could not be read: a moment later it cannot either
        return;
    }
    readNow(finish);
}

} // namespace linchpin::sip
