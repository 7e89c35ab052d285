// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/facets.h"
#include "protocols/xmpp/xmppcontext.h"

#include <QObject>
#include <QSet>

class QXmppBlockingManager;
class QXmppRosterManager;

namespace linchpin::xmpp {

/// Contact list, presence, subscriptions (RFC 6121) and the block list (XEP-0191) of a session.
class XmppRoster : public QObject, public RosterFacet {
    Q_OBJECT
public:
    explicit XmppRoster(XmppContext &context, QObject *parent = nullptr);

    void attach(QXmppClient *client);
    /// Signed in again on the old stream: what is known is told anew.
    void resume();
    bool contains(const QString &address) const;

    Async<void> add(const ContactSnapshot &contact) override;
    Async<void> remove(const ContactAddress &address) override;
    Async<void> update(const ContactSnapshot &contact) override;
    Async<void> setBlocked(const ContactAddress &address, bool blocked) override;
    Async<void> answer(const ContactAddress &address, bool allow) override;

private:
    void handleRoster();
    void tellAll();
    void tell(const QString &jid);
    void tellPresence(const QString &jid);
    void handlePresence(const QXmppPresence &presence);
    void setBlockedLocally(const QVector<QString> &jids, bool blocked);
    QXmppTask<std::variant<QXmpp::Success, QXmppError>> store(const ContactSnapshot &contact);

    XmppContext &m_context;
    QPointer<QXmppRosterManager> m_manager;
    QPointer<QXmppBlockingManager> m_blocking;
    QSet<QString> m_blocked;
    QHash<QString, QString> m_lastWords; ///< note that came with `unavailable`
};

} // namespace linchpin::xmpp
