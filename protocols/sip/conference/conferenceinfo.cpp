// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/conference/conferenceinfo.h"

#include "protocols/sip/conference/conferenceaddress.h"
#include "protocols/sip/documents/sipaddress.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype kMaximumUsers = 5000; // Lync takes 1,000 at most
constexpr qsizetype kMaximumEndpoints = 32;
constexpr qsizetype kMaximumMedia = 16;
constexpr qsizetype kMaximumName = 256;

enum class Scope { Whole, Part, Gone };

/// RFC 4575 5.1: what an element without the attribute means is @p otherwise.
Scope scopeOf(const XmlElement &element, Scope otherwise)
{
    const QString word = element.attribute(u"state").trimmed().toLower();
    return word == u"full"   ? Scope::Whole
        : word == u"partial" ? Scope::Part
        : word == u"deleted" ? Scope::Gone
                             : otherwise;
}

QString shortText(const XmlElement &element, QStringView child)
{
    return element.childText(child).simplified().left(kMaximumName);
}

ConferenceMedia mediaOf(const XmlElement &element)
{
    return { .id = element.attribute(u"id").left(64),
        .type = shortText(element, u"type").toLower(),
        .status = shortText(element, u"status").toLower(),
        .blocked
        = element.childText(u"media-ingress-filter").compare(u"block", Qt::CaseInsensitive) == 0 };
}

ConferenceEndpoint endpointOf(const XmlElement &element)
{
    ConferenceEndpoint endpoint { .entity = element.attribute(u"entity").left(512),
        .sessionType = element.attribute(u"session-type").left(64).toLower(),
        .status = shortText(element, u"status").toLower() };
    for (const XmlElement &child : element.children) {
        if (child.is(u"media") && endpoint.media.size() < kMaximumMedia) {
            endpoint.media.append(mediaOf(child));
        }
    }
    return endpoint;
}

bool sameEndpoint(const ConferenceEndpoint &one, const ConferenceEndpoint &other)
{
    return one.entity == other.entity && one.sessionType == other.sessionType;
}

void applyUser(ConferenceUser &user, const XmlElement &element, Scope scope)
{
    if (scope == Scope::Whole) {
        user = ConferenceUser {};
    }
    user.entity = element.attribute(u"entity").trimmed();
    if (element.child(u"display-text") != nullptr) {
        user.name = shortText(element, u"display-text");
    }
    if (const XmlElement *roles = element.child(u"roles")) {
        user.presenter = std::ranges::any_of(roles->children, [](const XmlElement &entry) {
            return entry.is(u"entry")
                && entry.text.trimmed().compare(u"presenter", Qt::CaseInsensitive) == 0;
        });
    }
    for (const XmlElement &child : element.children) {
        if (!child.is(u"endpoint")) {
            continue;
        }
        const ConferenceEndpoint endpoint = endpointOf(child);
        const auto known = std::ranges::find_if(
            user.endpoints, [&](const ConferenceEndpoint &e) { return sameEndpoint(e, endpoint); });
        const Scope what = scopeOf(child, Scope::Whole);
        if (what == Scope::Gone) {
            if (known != user.endpoints.end()) {
                user.endpoints.erase(known);
            }
        } else if (known == user.endpoints.end()) {
            if (user.endpoints.size() < kMaximumEndpoints) {
                user.endpoints.append(endpoint);
            }
        } else if (what == Scope::Whole) {
            *known = endpoint;
        } else {
            if (!endpoint.status.isEmpty()) {
                known->status = endpoint.status;
            }
            if (!endpoint.media.isEmpty()) {
                known->media = endpoint.media;
            }
        }
    }
}

void applyUsers(ConferenceState &state, const XmlElement &users, Scope scope)
{
    if (scope == Scope::Whole) {
        state.users.clear();
    }
    for (const XmlElement &element : users.children) {
        const QString address = addressFromUri(element.attribute(u"entity"));
        if (!element.is(u"user") || address.isEmpty()) {
            continue;
        }
        const Scope what = scopeOf(element, Scope::Whole);
        if (what == Scope::Gone) {
            state.users.remove(address);
        } else if (state.users.contains(address) || state.users.size() < kMaximumUsers) {
            applyUser(state.users[address], element, what);
        }
    }
}

void applyDescription(ConferenceState &state, const XmlElement &description)
{
    if (description.child(u"subject") != nullptr) {
        state.subject = description.childText(u"subject").simplified().left(512);
    }
    if (const QString link = description.childText(u"join-url"); isMeetLink(link)) {
        state.link = link.trimmed();
    }
    if (const XmlElement *organizer = description.child(u"organizer")) {
        state.organizer = shortText(*organizer, u"display-name");
    }
    if (const XmlElement *uris = description.child(u"conf-uris")) {
        for (const XmlElement &entry : uris->children) {
            const QString uri = entry.childText(u"uri");
            const bool usable = uri.startsWith("sip:"_L1, Qt::CaseInsensitive) && uri.size() <= 2048
                && std::ranges::none_of(uri, [](QChar c) {
                       return c.unicode() <= 0x20 || c == u'<' || c == u'>' || c == u'"';
                   });
            if (usable && state.mcus.size() < 16) {
                state.mcus.insert(shortText(entry, u"purpose").toLower(), uri);
            }
        }
    }
}

void applyViews(ConferenceState &state, const XmlElement &views)
{
    for (const XmlElement &view : views.children) {
        const QString entity = view.attribute(u"entity").left(2048);
        if (!view.is(u"entity-view")) {
            continue;
        }
        if (scopeOf(view, Scope::Whole) == Scope::Gone) {
            state.locks.remove(entity);
        } else if (const XmlElement *locked = view.find(u"entity-state/locked");
            locked != nullptr && state.locks.size() < 32) {
            state.locks.insert(entity, xmlBool(locked->text.trimmed()));
        }
    }
}

} // namespace

bool ConferenceUser::isConnected(QStringView sessionType) const
{
    return std::ranges::any_of(endpoints, [sessionType](const ConferenceEndpoint &e) {
        return e.status == u"connected" && (sessionType.isEmpty() || e.sessionType == sessionType);
    });
}

bool ConferenceUser::isWaiting() const
{
    return !isConnected() && std::ranges::any_of(endpoints, [](const ConferenceEndpoint &e) {
        return e.status == u"on-hold";
    });
}

const ConferenceEndpoint *ConferenceUser::audioEndpoint() const
{
    const auto found = std::ranges::find_if(endpoints, [](const ConferenceEndpoint &e) {
        return e.status == u"connected"
            && std::ranges::any_of(e.media, [](const auto &m) { return m.type == u"audio"; });
    });
    return found == endpoints.end() ? nullptr : &*found;
}

QString ConferenceUser::audioMedia() const
{
    if (const ConferenceEndpoint *endpoint = audioEndpoint()) {
        for (const ConferenceMedia &media : endpoint->media) {
            if (media.type == u"audio") {
                return media.id;
            }
        }
    }
    return {};
}

std::optional<bool> ConferenceUser::muted() const
{
    if (const ConferenceEndpoint *endpoint = audioEndpoint()) {
        for (const ConferenceMedia &media : endpoint->media) {
            if (media.type == u"audio") {
                return media.blocked || media.status == u"recvonly" || media.status == u"inactive";
            }
        }
    }
    return std::nullopt;
}

bool ConferenceState::isLocked() const
{
    return std::ranges::any_of(locks, [](bool locked) { return locked; });
}

InfoOutcome applyConferenceInfo(
    ConferenceState &state, QByteArrayView document, const QString &focus, bool fresh)
{
    const auto root = parseXml(document);
    if (!root || !root->is(u"conference-info")
        || normalizedFocus(root->attribute(u"entity")) != std::optional(focus)) {
        return InfoOutcome::Unusable;
    }
    const Scope scope = scopeOf(*root, Scope::Whole);
    if (scope == Scope::Gone) {
        state.ended = true;
        return InfoOutcome::Applied;
    }
    bool counts = false;
    const quint32 version = root->attribute(u"version").toUInt(&counts);
    if (scope == Scope::Whole) {
        if (counts && state.known && !fresh && version <= state.version) {
            return InfoOutcome::Old;
        }
        state = ConferenceState { .known = true, .version = version };
    } else {
        if (!state.known) {
            return InfoOutcome::Gap;
        }
        // RFC 4575 4.6. A server that does not number them is taken at its word.
        if (counts && version <= state.version) {
            return InfoOutcome::Old;
        }
        if (counts && version != state.version + 1) {
            return InfoOutcome::Gap;
        }
        state.version = version;
    }
    for (const XmlElement &part : root->children) {
        if (part.is(u"conference-description")) {
            applyDescription(state, part);
        } else if (part.is(u"users")) {
            // In a document of changes a list without the attribute is one of changes too.
            applyUsers(state, part, scopeOf(part, scope));
        } else if (part.is(u"conference-view")) {
            applyViews(state, part);
        }
    }
    return InfoOutcome::Applied;
}

} // namespace linchpin::sip
