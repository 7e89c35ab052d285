// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"
#include "protocols/sip/presence/availabilitymap.h"
#include "protocols/sip/presence/freebusy.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QString>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// One instance of a category as it stands in a document ([MS-PRES] 2.2.2): somebody else's, or in
/// roaming-self our own, which alone carries container, version and expiry.
struct CategoryInstance {
    QString name = {}; ///< "state", "note", "contactCard" …
    std::optional<qint64> instance = {}; ///< absent in an entry that only clears
    std::optional<int> container = {};
    std::optional<int> version = {};
    QDateTime published = {}; ///< UTC; invalid when not given
    QString expireType = {}; ///< "static", "endpoint", "user", "time"; empty for other people's
    std::optional<XmlElement> content = {}; ///< the element inside; absent when the entry clears
};

/// A `categories` document, in document order.
struct CategoriesDocument {
    QString address = {}; ///< whose they are, see addressFromUri()
    QList<CategoryInstance> categories = {};
};

/// Parses a `categories` element.
CategoriesDocument parseCategories(const XmlElement &element);
/// Parses application/msrtc-event-categories+xml. When the document is not well formed, every
/// category that can be read by itself still counts; an error only when none can.
std::expected<CategoriesDocument, DocumentError> parseCategoriesDocument(QByteArrayView body);
/// Writes such a document, as a server does for watchers.
QByteArray buildCategories(const CategoriesDocument &document);

/// Availability as published: one `state` category.
struct PresenceState {
    PresenceLevel level = PresenceLevel::Unknown;
    int number = -1; ///< as sent; -1 when the category was cleared
    QString activityToken = {}; ///< only when it applies to the number; empty otherwise
    QString customActivity = {}; ///< the person's own words for it, which win over the token
    QString meetingSubject = {};
    QString meetingLocation = {};
    QString device = {}; ///< "Mobile" for telephones; empty mostly
    QDateTime lastActive = {}; ///< UTC; invalid when not told
    QDateTime published = {}; ///< UTC
    friend bool operator==(const PresenceState &, const PresenceState &) = default;

    /// When the person went idle: lastActive, if the level is an idle one or away; else invalid.
    QDateTime idleSince() const;
    /// The finer word to show: custom text, else the token's words, else the level's.
    QString activity() const;
};

struct PresenceNote {
    QString text = {}; ///< plain text; empty when the note was taken away
    bool outOfOffice = false;
    QDateTime published = {}; ///< UTC
    QDateTime starts = {}; ///< UTC; invalid when it holds now
    QDateTime ends = {}; ///< UTC; invalid when it has no end
    friend bool operator==(const PresenceNote &, const PresenceNote &) = default;
};

struct PhoneNumber {
    enum class Type { Work, Mobile, Home, Other, Custom };
    Type type = Type::Other;
    QString uri = {}; ///< "tel:+15550101"
    QString display = {}; ///< as people write it
    friend bool operator==(const PhoneNumber &, const PhoneNumber &) = default;
};

/// Who somebody is: one or several `contactCard` instances put together.
struct ContactCard {
    QString displayName = {};
    QString email = {};
    QString company = {};
    QString department = {};
    QString title = {};
    QString office = {};
    QString manager = {};
    QString website = {}; ///< http or https only
    QString place = {}; ///< postal address, in one line
    QList<PhoneNumber> phones = {};
    QString photoUri = {}; ///< https only, empty otherwise
    QString photoHash = {};
    /// The photo is a picture chosen by that person, on any server: fetching it tells that server.
    bool photoIsForeign = false;
    bool automaton = false; ///< a program, not a person
    friend bool operator==(const ContactCard &, const ContactCard &) = default;
};

/// What a document says about one person. A field without value was not mentioned and stays as it
/// is; a field with an empty value was taken away.
struct PresenceUpdate {
    QString address = {};
    std::optional<PresenceState> state = {};
    std::optional<PresenceNote> note = {};
    std::optional<ContactCard> card = {};
    std::optional<FreeBusy> freeBusy = {};
    friend bool operator==(const PresenceUpdate &, const PresenceUpdate &) = default;

    /// Takes over what @p newer mentions.
    void merge(const PresenceUpdate &newer);
    /// For the rest of the program; availability Unknown while no state is known. With the time
    /// of now the calendar says until when ("Busy until 15:00", local time), and an out-of-office
    /// note that is over or has not begun is left out.
    Presence toPresence(const QDateTime &now = {}) const;
};

/// The meaning of one person's categories. `services` and `legacyInterop` are ignored.
PresenceUpdate presenceFromCategories(const CategoriesDocument &document);

/// Single categories, for own data in roaming-self. Of texts in several languages the reader's
/// counts, that of QLocale().
PresenceState parseState(const XmlElement &state);
PresenceNote parseNote(const XmlElement &note);
void mergeContactCard(ContactCard &card, const XmlElement &element);

/// A time as these documents write it (ISO 8601, no zone means UTC); invalid when unreadable.
QDateTime parseUtc(const QString &text);
/// "2026-03-01T00:00:00Z".
QString writtenUtc(const QDateTime &time);

} // namespace linchpin::sip
