// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/xmlelement.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMap>
#include <QSet>
#include <QString>

namespace linchpin::sip::sim {

/// What an address book would say about a person; published by the server as contactCard.
struct PersonCard {
    QString displayName;
    QString title = {};
    QString department = {};
    QString company = {};
    QString office = {};
    QString phone = {}; ///< "+48 12 555 0101"
    QString manager = {}; ///< a name
    QByteArray photo = {}; ///< JPEG; Lync's address book hands it out
    QString webPhoto = {}; ///< https; a picture of their own choosing, anywhere on the web
};

/// The presence of one user as the pool keeps it: publications with versions, containers (access
/// levels), subscribers, and the aggregate the server computes. [MS-PRES] 3.4 and 3.7; pure, no
/// sockets, no clock.
class Presentity {
public:
    /// Result of a publish or container request.
    struct Outcome {
        int status = 200;
        QByteArray body = {}; ///< roamingData (200) or fault (409)
        QSet<QString> touched = {}; ///< category names that changed; empty for container requests
    };

    Presentity() = default;
    Presentity(const QString &address, const PersonCard &card);

    const QString &address() const { return m_address; }
    const PersonCard &card() const { return m_card; }

    /// application/msrtc-category-publish+xml from the given end point.
    Outcome publish(const XmlElement &document, const QString &endpoint, const QDateTime &now);
    /// application/msrtc-setcontainermembers+xml.
    Outcome setContainerMembers(const XmlElement &document);
    /// application/msrtc-presence-setsubscriber+xml.
    Outcome setSubscribers(const XmlElement &document);

    /// The end point is gone: its publications expire; with the last one also those of expireType
    /// "user".
    QSet<QString> endpointGone(const QString &endpoint, const QDateTime &now);
    void endpointCame(const QString &endpoint, const QDateTime &now);

    /// What a scripted person does without a client: availability number, note, activity token.
    QSet<QString> script(
        int availability, const QString &note, const QString &activity, const QDateTime &now);

    /// Remembers that somebody follows this user. True when that is news.
    bool addSubscriber(const QString &address, const QString &displayName);
    /// Containers 200 for colleagues and 100 for federated people, as a client sets them at its
    /// first sign-in.
    void useDefaultContainers();
    /// Makes somebody a member of that container alone.
    void putInto(const QString &watcher, int container);

    /// The access level (container) of a watcher: 32000 blocked, 400, 300, 200, 100, or 0.
    int level(const QString &watcher) const;
    /// What colleagues see as availability, 18500 when offline or hidden.
    int availability(int level = 200) const;
    QString note(int level = 200) const;

    /// roamingData with everything.
    QByteArray selfDocument() const;
    /// roamingData with the complete content of these categories.
    QByteArray selfDocument(const QSet<QString> &categories) const;
    QByteArray containersDocument() const;
    QByteArray subscribersDocument() const;
    /// categories document for one watcher; content is what their level shows.
    QByteArray watcherDocument(const QString &watcher, const QSet<QString> &categories) const;

private:
    struct Key {
        QString category;
        quint32 instance = 0;
        int container = 0;
        friend auto operator<=>(const Key &, const Key &) = default;
    };
    struct Publication {
        int version = 1;
        QString expireType;
        QString endpoint;
        QDateTime published;
        XmlElement content;
    };
    struct Container {
        int version = 0;
        QList<std::pair<QString, QString>> members; ///< type, value
    };
    struct Subscriber {
        QString displayName;
        bool acknowledged = false;
    };

    void store(const Key &key, const QString &expireType, const QString &endpoint,
        const XmlElement &content, const QDateTime &now);
    void touch(const QDateTime &now);
    /// The published state of that kind which counts.
    const Publication *stateOfType(QStringView type, int container) const;
    QString stateXml(int level) const;
    QString categoryXml(const Key &key, const Publication &publication) const;
    QString selfCategories(const QSet<QString> &categories) const;
    QString containersXml() const;
    QString subscribersXml() const;
    QString cardXml() const;

    QString m_address;
    PersonCard m_card;
    QMap<Key, Publication> m_publications;
    QMap<int, Container> m_containers;
    QMap<QString, Subscriber> m_subscribers;
    QSet<QString> m_endpoints;
    int m_aggregateVersion = 1;
    QDateTime m_lastActive;
};

} // namespace linchpin::sip::sim
