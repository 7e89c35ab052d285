// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/sip/session/simplepresence.h"
#include "protocols/sip/simple/localcontacts.h"

#include <QSet>

namespace linchpin::sip {

/// The contact list of an account whose server keeps none: in the account's state, told and changed
/// like any other. Lives as long as the session; works while signed out, too.
class SimpleRoster : public RosterFacet {
public:
    explicit SimpleRoster(SipLink &link);
    ~SimpleRoster() override;

    Async<void> add(const ContactSnapshot &contact) override;
    Async<void> remove(const ContactAddress &address) override;
    Async<void> update(const ContactSnapshot &contact) override;
    Async<void> setBlocked(const ContactAddress &address, bool blocked) override;
    /// Only remembered: the server has no way to be told. A notice says so, once a session.
    Async<void> answer(const ContactAddress &address, bool allow) override;

    /// Signed in: tells the list and watches everybody in it.
    void start(SimplePresence &presence);
    void stop();

    bool isBlocked(const QString &address) const;
    void watcherAsked(const PresenceWatcher &watcher);
    void setStanding(const QString &address, Subscription standing);

    /// The account's state with these contacts: what a session reads them from.
    static QMap<QString, QByteArray> stateWith(const QList<ContactSnapshot> &contacts);

private:
    void load();
    void save();
    void tell(const LocalContact &contact);
    /// The entry to change; nullptr for what is no address.
    LocalContact *entry(const ContactAddress &address);
    Async<void> put(const ContactSnapshot &contact, bool watch);

    SipLink &m_link;
    SimplePresence *m_presence = nullptr; ///< while signed in
    LocalContacts m_contacts;
    QMap<QString, Subscription> m_standing; ///< where it is not Both
    QSet<QString> m_asked; ///< in this session
    bool m_loaded = false;
    bool m_toldRules = false;
};

} // namespace linchpin::sip
