// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/sip/contacts/contactedits.h"
#include "protocols/sip/contacts/contactlist.h"
#include "protocols/sip/session/sipcontactstore.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sippresence.h"
#include "protocols/sip/session/sipsubscription.h"

#include <QHash>

#include <deque>
#include <functional>
#include <memory>

namespace linchpin::sip {

/// The contact list kept by the server: told as events, changed by SOAP one edit at a time.
/// [MS-SIP] 3.7. Lives from sign-in to sign-out.
class SipRoster : public RosterFacet {
public:
    SipRoster(SipLink &link, SipPresence &presence, SipExchange &exchange);
    ~SipRoster() override;

    void start();
    bool receive(const SipMessage &request);
    void cardChanged(const QString &address, const sip::ContactCard &card);
    void blockedChanged();

    Async<void> add(const ContactSnapshot &contact) override;
    Async<void> remove(const ContactAddress &address) override;
    Async<void> update(const ContactSnapshot &contact) override;
    Async<void> setBlocked(const ContactAddress &address, bool blocked) override;
    Async<void> answer(const ContactAddress &address, bool allow) override;

private:
    using EditHandler = std::function<void(const Result<ContactEditReply> &)>;
    struct Pending {
        ContactEdit edit;
        EditHandler done;
    };
    struct NewList {
        QString address;
        Answer<void> answer;
        std::shared_ptr<Timer> limit;
    };

    void subscribe();
    void notified(const SipSubscription::Notification &notification);
    void apply(const ContactList::Difference &difference);
    void take(const ContactListDocument &whole);
    /// The list lives in Exchange; `frozen` is the copy of it that the server has, if any.
    void readStore(const std::optional<ContactListDocument> &frozen);
    void storeTold(const Result<ContactListDocument> &list);
    void announce(const ContactEntry &entry);
    ContactSnapshot snapshot(const ContactEntry &entry) const;
    /// Distribution groups stand in the list as groups; told as contacts of their own.
    void announceLists();

    void edit(const ContactEdit &change, EditHandler done);
    void sendNextEdit();
    void editAnswered(const SipReply &reply);
    /// Ids of the groups with those names; groups that do not exist are made first.
    void withGroups(const QStringList &names, const Answer<void> &answer,
        const std::function<void(const QList<int> &)> &then);
    void withGroupsFrom(QStringList names, QList<int> ids, const Answer<void> &answer,
        const std::function<void(const QList<int> &)> &then);
    EditHandler give(const Answer<void> &answer) const;
    /// A distribution group: the server's word for the new group tells whether it was taken as one.
    Async<void> addList(const QString &address, const QString &name);
    void judgeNewLists();

    SipLink &m_link;
    SipPresence &m_presence;
    SipExchange &m_exchange;
    ContactList m_list;
    bool m_complete = false;
    QHash<QString, sip::ContactCard> m_cards;
    QHash<QString, ContactSnapshot> m_told;
    QHash<int, NewList> m_newLists; ///< by group id; the server has yet to show them
    QHash<QString, int> m_lists; ///< distribution groups told of: group id by address
    std::unique_ptr<SipSubscription> m_subscription;
    std::unique_ptr<SipSubscription> m_finished;
    std::deque<Pending> m_edits;
    bool m_editing = false;
    std::unique_ptr<SipContactStore> m_store; ///< instead of edits, once the list is in Exchange
    std::optional<ContactListDocument> m_frozen; ///< until Exchange has answered
    bool m_storeComplained = false;
    std::unique_ptr<Timer> m_storeRetry;
    int m_storeFailures = 0;
    int m_sentNumber = 0;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
