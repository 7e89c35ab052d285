// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/contact.h"
#include "protocols/sip/contacts/contactlist.h"
#include "protocols/sip/exchange/imlistedit.h"
#include "protocols/sip/session/sipexchange.h"

#include <deque>
#include <functional>
#include <memory>

namespace linchpin::sip {

/// The contact list of somebody whose contacts live in Exchange: read whole, changed one wish at a
/// time, and read again after every change. [MS-OXWSCOS]. Lives from sign-in to sign-out.
class SipContactStore {
public:
    using Told = std::function<void(const Result<ContactListDocument> &)>;

    /// `told`: what reading brought, each time.
    SipContactStore(SipExchange &exchange, Told told);

    /// The list, now or as soon as what is being changed is changed.
    void read();
    /// Puts somebody in, or into other groups. Names of people cannot be changed.
    Async<void> put(const ContactSnapshot &contact);
    Async<void> remove(const QString &address);

private:
    struct Change {
        ImWish wish;
        Answer<void> answer;
        bool repeated = false;
    };

    void next();
    void readNow(const std::function<void(const Result<void> &)> &then);
    void carryOut(const ImListEdit::Step &step);
    void changed(const Result<void> &result);

    SipExchange &m_exchange;
    Told m_told;
    std::optional<ImList> m_list;
    std::deque<Change> m_changes;
    std::unique_ptr<ImListEdit> m_edit;
    bool m_busy = false;
    bool m_readWanted = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
