// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/presence/categories.h"
#include "protocols/sip/presence/containers.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <compare>
#include <expected>
#include <optional>

namespace linchpin::sip {

/// Somebody who watches us.
struct Watcher {
    QString address = {};
    QString displayName = {};
    QString type = {}; ///< "sameEnterprise", "federated" … as the server writes it
    bool acknowledged = true; ///< false: has just added us, and nobody has answered yet
    friend bool operator==(const Watcher &, const Watcher &) = default;
};

/// A roaming-self notification, or the body of a 200 to a publication ([MS-PRES] 2.2.2.6). A part
/// without value was not in the document.
struct SelfDocument {
    std::optional<CategoriesDocument> categories = {};
    std::optional<QList<Container>> containers = {};
    std::optional<QList<Watcher>> watchers = {};
};

std::expected<SelfDocument, DocumentError> parseSelfDocument(QByteArrayView body);
/// As a server writes it.
QByteArray buildSelfDocument(const SelfDocument &document);

/// What identifies one of our own publications.
struct PublicationKey {
    QString category = {};
    qint64 instance = 0;
    int container = 0;
    friend auto operator<=>(const PublicationKey &, const PublicationKey &) = default;
};

/// Everything the server keeps about us: publications with their versions, access levels, watchers.
class SelfData {
public:
    struct Published {
        int version = 0;
        QDateTime published = {};
        std::optional<XmlElement> content = {};
    };
    enum class Scope {
        Everything, ///< the first notification of a subscription: names not in it are gone
        Changes,
    };

    /// Takes over a document. A category name with a container replaces what was known of that
    /// pair ([MS-PRES] 1.3.1.5: all publications of the affected containers); a name alone clears
    /// it in every container.
    void apply(const SelfDocument &document, Scope scope);

    /// Version to publish with: 0 for something new.
    int version(const PublicationKey &key) const;
    /// The server told the current version (0: there is none) without the content.
    void setVersion(const PublicationKey &key, int version);
    const QMap<PublicationKey, Published> &publications() const { return m_publications; }
    /// Number of end points signed in, from the distinct `device` instances.
    int deviceCount() const;
    /// The combined state the server computed of all our end points.
    std::optional<PresenceState> aggregateState() const;
    /// The choice the user made here or at another device, if one is published.
    std::optional<PresenceState> userState() const;
    /// Our own personal note; empty when there is none.
    PresenceNote note() const;

    const QMap<int, Container> &containers() const { return m_containers; }
    struct Membership {
        ContainerMember member = {};
        int container = 0;
        friend bool operator==(const Membership &, const Membership &) = default;
    };
    /// The membership that decides what @p address sees of us: the person's own, else the domain's,
    /// else the network's, else everybody's; within one kind the highest container. The network is
    /// what the server said of a watcher, else told from the domain; @p ownAddress gives ours.
    std::optional<Membership> membership(const QString &address, const QString &ownAddress) const;
    /// Its container.
    std::optional<int> accessLevel(const QString &address, const QString &ownAddress) const;
    bool isBlocked(const QString &address) const;
    QStringList blocked() const;
    /// The edits that make @p address a member of @p container alone; without a container it is
    /// taken out of all, and the general rules hold again.
    QList<ContainerEdit> editsToMove(const QString &address, std::optional<int> container) const;
    QList<ContainerEdit> editsToMove(
        const ContainerMember &member, std::optional<int> container) const;
    /// These edits were accepted, the notification may still be on its way. Whether anything is
    /// different now: containers whose version has moved on already are left alone.
    bool takeEdits(const QList<ContainerEdit> &edits);
    /// The edits a new user needs before anybody sees anything; empty for everybody else.
    QList<ContainerEdit> firstContainerEdits() const;

    const QList<Watcher> &watchers() const { return m_watchers; }
    /// Those who wait for an answer.
    QList<Watcher> unacknowledged() const;

private:
    void applyCategories(const CategoriesDocument &document, Scope scope);

    QMap<PublicationKey, Published> m_publications;
    QMap<int, Container> m_containers;
    QList<Watcher> m_watchers;
};

} // namespace linchpin::sip
