// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/irc/irclink.h"

#include <QHash>
#include <QSet>

namespace linchpin::irc {

/**
 * Nicks the user wants to see coming and going. IRC keeps no such list: it lies in the account's
 * state, and the server is asked by MONITOR (IRCv3) or, where that is missing, by ISON once a
 * minute.
 */
class IrcContacts : public RosterFacet {
public:
    explicit IrcContacts(IrcLink &link);
    ~IrcContacts() override;

    Async<void> add(const ContactSnapshot &contact) override;
    Async<void> remove(const ContactAddress &address) override;
    Async<void> update(const ContactSnapshot &contact) override;
    Async<void> setBlocked(const ContactAddress &address, bool blocked) override;
    /// Nobody asks on IRC.
    Async<void> answer(const ContactAddress &, bool) override { return readyOk(); }

    /// Signed in: tells the list and begins to watch. @p wantedNick is watched too when it is not
    /// ours.
    void start(const QString &wantedNick);
    void reset();
    void handle(const IrcMessage &message, const Origin &origin);
    bool isBlocked(QStringView nick) const;

    /// The account's state with these contacts: what a session reads them from.
    static QMap<QString, QByteArray> stateWith(const QList<ContactSnapshot> &contacts);

private:
    struct Watched {
        ContactSnapshot contact;
        Presence presence;
    };

    static QString nickOf(const ContactAddress &address);
    void load();
    void save();
    void monitor(const QStringList &nicks);
    void poll();
    void setPresence(
        const QString &folded, Availability availability, const QString &text, const QDateTime &at);
    void seen(const QString &nick, const QDateTime &at);
    void gone(const QString &nick, const QDateTime &at);

    IrcLink &m_link;
    QHash<QString, Watched> m_watched; ///< By folded nick.
    QString m_wantedNick;
    QList<QStringList> m_polled; ///< ISONs without an answer: the folded nicks asked for.
    std::unique_ptr<Timer> m_pollTimer;
    bool m_loaded = false;
};

} // namespace linchpin::irc
