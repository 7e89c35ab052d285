// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/sip/contacts/directorysearch.h"
#include "protocols/sip/documents/provisioning.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sipsubscription.h"
#include "protocols/sip/webservices/addressbook.h"
#include "protocols/sip/webservices/webservices.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace linchpin::sip {

/// The company's directory, contact cards and distribution groups. Searches by the address book web
/// query where provisioning names it, otherwise by SERVICE. Lives as long as the session; works
/// while it is signed in.
class SipDirectory : public DirectoryFacet {
public:
    struct Hooks {
        /// What is known of somebody in the contact list; nothing for others.
        std::function<std::optional<PresenceUpdate>(const QString &address)> known;
    };

    /// @p webPhotos: pictures that people have anywhere on the web may be fetched too.
    SipDirectory(SipLink &link, bool webPhotos);

    /// Signed in. What is given lives until detach().
    void attach(WebServices &web, Hooks hooks);
    void detach();
    /// The answer to the provisioning subscription, empty when there is none; until it comes,
    /// requests wait for it.
    void provisioned(QByteArrayView body);
    /// A NOTIFY for a question of ours; false when it belongs elsewhere.
    bool receive(const SipMessage &request);

    Async<QList<DirectoryEntry>> search(const QString &text) override;
    Async<linchpin::ContactCard> card(const ContactAddress &address) override;
    Async<QList<DirectoryEntry>> members(const ContactAddress &group) override;

private:
    using Found = std::function<void(const Result<DirectoryAnswer> &)>;
    struct Card;

    void whenProvisioned(std::function<void()> then);
    void notProvisioned();
    void release();
    void lookUp(const QList<SearchRows> &searches, const QString &words, const Found &found);
    void askInTurn(const QList<AddressBookQuery> &queries, const Found &found);
    void askWeb(const QByteArray &action,
        const std::function<QByteArray(const WebTicket &)> &document,
        const std::function<std::expected<DirectoryAnswer, DocumentError>(QByteArrayView)> &read,
        const Found &then);
    void askSip(const QList<SearchRows> &searches, const Found &found);
    void askPresence(const std::shared_ptr<Card> &card);
    void fetchPhoto(const std::shared_ptr<Card> &card);
    void fetchPhoto(const std::shared_ptr<Card> &card, const QUrl &url, const QByteArray &ticket);
    void finish(const std::shared_ptr<Card> &card);

    SipLink &m_link;
    bool m_webPhotos;
    WebServices *m_web = nullptr;
    Hooks m_hooks;
    std::optional<ServicePlaces> m_places; ///< known once provisioning has answered
    std::vector<std::function<void()>> m_waiting;
    std::unique_ptr<Timer> m_patience;
    std::vector<std::unique_ptr<SipSubscription>> m_questions;
    std::unique_ptr<QObject> m_signedIn; ///< context of everything that ends with detach()
    std::shared_ptr<bool> m_alive;
};

} // namespace linchpin::sip
