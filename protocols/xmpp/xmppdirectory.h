// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/facets.h"
#include "protocols/xmpp/xmppcontext.h"

#include <QHash>
#include <QJsonObject>
#include <QObject>
#include <QXmppPresence.h>
#include <QXmppVCardIq.h>

class QXmppVCardManager;

namespace linchpin::xmpp {

/// People's cards and pictures (vcard-temp, XEP-0054 and XEP-0153), and the servers' user
/// directories (XEP-0055).
class XmppDirectory : public QObject, public DirectoryFacet {
    Q_OBJECT
public:
    explicit XmppDirectory(XmppContext &context, QObject *parent = nullptr);

    void attach(QXmppClient *client);

    Async<QList<DirectoryEntry>> search(const QString &text) override;
    Async<ContactCard> card(const ContactAddress &address) override;

private:
    struct Search;

    void handlePresence(const QXmppPresence &presence);
    void fetchNext();
    void keepHash(const QString &address, const QString &hash);
    void searchService(const QString &service, const std::shared_ptr<Search> &search);
    void submit(const QString &service, const QString &key, const std::shared_ptr<Search> &search);

    XmppContext &m_context;
    QPointer<QXmppVCardManager> m_cards;
    QJsonObject m_hashes; ///< beginnings of the picture hashes core has, by address
    QHash<QString, QString> m_wanted; ///< address → hash
    bool m_fetching = false;
};

/// A card for display. Pure.
ContactCard toCard(const ContactAddress &address, const QXmppVCardIq &vcard);

} // namespace linchpin::xmpp
