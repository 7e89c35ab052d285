// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/legacypresence.h"

#include "protocols/sip/documents/sipaddress.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr qsizetype kMaximumText = 1024;

struct Word {
    QStringView word;
    PresenceLevel level;
    QStringView token; ///< the activity token of the categories with the same meaning
};

// RFC 4480 3.2 activities, and the spellings older implementations use as element text.
constexpr Word kActivities[] = {
    { u"away", PresenceLevel::Away, u"" },
    { u"busy", PresenceLevel::Busy, u"" },
    { u"meeting", PresenceLevel::Busy, u"in-a-meeting" },
    { u"in-a-meeting", PresenceLevel::Busy, u"in-a-meeting" },
    { u"appointment", PresenceLevel::Busy, u"in-a-meeting" },
    { u"on-the-phone", PresenceLevel::Busy, u"on-the-phone" },
    { u"presentation", PresenceLevel::Busy, u"in-presentation" },
    { u"dnd", PresenceLevel::DoNotDisturb, u"" },
    { u"do-not-disturb", PresenceLevel::DoNotDisturb, u"" },
    { u"urgent-interruptions-only", PresenceLevel::DoNotDisturb, u"urgent-interruptions-only" },
    { u"be-right-back", PresenceLevel::BeRightBack, u"" },
    { u"brb", PresenceLevel::BeRightBack, u"" },
    { u"idle", PresenceLevel::AvailableIdle, u"" },
    { u"meal", PresenceLevel::Away, u"out-to-lunch" },
    { u"breakfast", PresenceLevel::Away, u"" },
    { u"dinner", PresenceLevel::Away, u"" },
    { u"vacation", PresenceLevel::Away, u"out-of-office" },
    { u"holiday", PresenceLevel::Away, u"out-of-office" },
    { u"permanent-absence", PresenceLevel::Away, u"off-work" },
    { u"sleeping", PresenceLevel::Away, u"" },
};

const Word *activityFor(QStringView word)
{
    for (const Word &candidate : kActivities) {
        if (candidate.word.compare(word, Qt::CaseInsensitive) == 0) {
            return &candidate;
        }
    }
    return nullptr;
}

/// How much a level is worth when several tuples speak for one person.
int reachability(PresenceLevel level)
{
    return int(availabilityFromLevel(level)) * 2 + (isIdle(level) ? 0 : 1);
}

PresenceState stateOf(PresenceLevel level)
{
    return { .level = level, .number = numberFromLevel(level) };
}

void applyActivities(PresenceState &state, const XmlElement &element)
{
    for (const XmlElement &activity : element.children) {
        // <activity>busy</activity> in old drafts, <rpid:busy/> in RFC 4480.
        const QString word
            = activity.is(u"activity") ? activity.text.trimmed() : QString(activity.name);
        if (const Word *known = activityFor(word)) {
            state.level = known->level;
            state.number = numberFromLevel(known->level);
            state.activityToken = known->token.toString();
            return;
        }
    }
}

} // namespace

PresenceUpdate parsePidf(const XmlElement &presence)
{
    PresenceUpdate update { .address = addressFromUri(presence.attribute(u"entity")) };
    PresenceNote note;
    for (const XmlElement &tuple : presence.children) {
        if (tuple.is(u"note") && note.text.isEmpty()) {
            note.text = tuple.text.trimmed().left(kMaximumText);
        }
        if (!tuple.is(u"tuple")) {
            continue;
        }
        PresenceState state = stateOf(PresenceLevel::Offline);
        if (const XmlElement *status = tuple.child(u"status")) {
            if (status->childText(u"basic").compare(u"open", Qt::CaseInsensitive) == 0) {
                state = stateOf(PresenceLevel::Available);
                if (const XmlElement *activities = status->child(u"activities")) {
                    applyActivities(state, *activities);
                }
                if (const XmlElement *activities = tuple.child(u"activities")) {
                    applyActivities(state, *activities);
                }
            }
        }
        state.published = parseUtc(tuple.childText(u"timestamp"));
        if (const QString text = tuple.childText(u"note"); !text.isEmpty() && note.text.isEmpty()) {
            note.text = text.left(kMaximumText);
        }
        if (!update.state || reachability(state.level) > reachability(update.state->level)) {
            update.state = state;
        }
    }
    // RFC 4479: what holds for the person and not for one device.
    if (const XmlElement *person = presence.child(u"person");
        person && update.state && update.state->level != PresenceLevel::Offline) {
        if (const XmlElement *activities = person->child(u"activities")) {
            applyActivities(*update.state, *activities);
        }
        if (const QString text = person->childText(u"note"); !text.isEmpty()) {
            note.text = text.left(kMaximumText);
        }
    }
    if (!update.state) {
        update.state = stateOf(PresenceLevel::Offline);
    }
    update.note = note;
    return update;
}

PresenceUpdate parseXpidf(const XmlElement &presence)
{
    PresenceUpdate update;
    const XmlElement *presentity = presence.child(u"presentity");
    update.address
        = addressFromUri(presentity ? presentity->attribute(u"uri") : presence.attribute(u"uri"));
    PresenceState state = stateOf(PresenceLevel::Offline);
    const XmlElement *address = presence.find(u"atom/address");
    if (address) {
        if (update.address.isEmpty()) {
            update.address = addressFromUri(address->attribute(u"uri"));
        }
        const XmlElement *status = address->child(u"status");
        const QString word = status ? status->attribute(u"status") : QString();
        if (word.compare(u"open", Qt::CaseInsensitive) == 0
            || word.compare(u"inuse", Qt::CaseInsensitive) == 0
            || word.compare(u"inactive", Qt::CaseInsensitive) == 0) {
            state = stateOf(PresenceLevel::Available);
            const XmlElement *sub = address->child(u"msnsubstatus");
            const QString finer = sub ? sub->attribute(u"substatus") : QString();
            if (finer.compare(u"onthephone", Qt::CaseInsensitive) == 0) {
                state = stateOf(PresenceLevel::Busy);
                state.activityToken = u"on-the-phone"_s;
            } else if (finer.compare(u"outtolunch", Qt::CaseInsensitive) == 0) {
                state = stateOf(PresenceLevel::Away);
                state.activityToken = u"out-to-lunch"_s;
            } else if (finer.compare(u"berightback", Qt::CaseInsensitive) == 0) {
                state = stateOf(PresenceLevel::BeRightBack);
            } else if (const Word *known = activityFor(finer)) {
                state = stateOf(known->level);
            } else if (word.compare(u"inuse", Qt::CaseInsensitive) == 0) {
                state = stateOf(PresenceLevel::Busy);
            }
        }
    }
    update.state = state;
    return update;
}

PresenceUpdate parsePresentity(const XmlElement &presentity)
{
    PresenceUpdate update { .address = addressFromUri(presentity.attribute(u"uri")) };
    const XmlElement *availability = presentity.child(u"availability");
    const XmlElement *activity = presentity.child(u"activity");
    const qint64 reach = availability ? availability->number(u"aggregate", 0) : 0;
    const qint64 doing = activity ? activity->number(u"aggregate", 0) : 0;

    PresenceState state = stateOf(PresenceLevel::Offline);
    if (reach >= 100) {
        // [MS-SIP] activity values come in hundreds; anything not named is plain activity.
        struct Row {
            qint64 value;
            PresenceLevel level;
            QStringView token;
        };
        constexpr Row rows[] = {
            { 100, PresenceLevel::Away, u"" },
            { 150, PresenceLevel::Away, u"out-to-lunch" },
            { 200, PresenceLevel::AvailableIdle, u"" },
            { 300, PresenceLevel::BeRightBack, u"" },
            { 400, PresenceLevel::Available, u"" },
            { 500, PresenceLevel::Busy, u"on-the-phone" },
            { 600, PresenceLevel::Busy, u"" },
            { 700, PresenceLevel::Away, u"" },
            { 800, PresenceLevel::Available, u"" },
        };
        state = stateOf(PresenceLevel::Available);
        for (const Row &row : rows) {
            if (doing < row.value) {
                break;
            }
            state = stateOf(row.level);
            state.activityToken = row.token.toString();
        }
    }
    if (const XmlElement *user = presentity.child(u"userInfo")) {
        if (const XmlElement *note = user->child(u"note")) {
            update.note = PresenceNote { .text = note->text.trimmed().left(kMaximumText) };
        }
        // Enhanced presence behind a 2007 server writes the number here as well; it is finer.
        if (const XmlElement *own = user->find(u"states/state"); own && reach >= 100) {
            bool ok = false;
            const int number = own->attribute(u"avail").toInt(&ok);
            if (ok) {
                const QString token = state.activityToken;
                state = { .level = levelFromNumber(number), .number = number };
                if (availabilityFromLevel(state.level) != Availability::Available) {
                    state.activityToken = token;
                }
                state.published = parseUtc(own->attribute(u"since"));
            }
        }
    }
    if (const XmlElement *device = presentity.find(u"devices/devicePresence")) {
        if (const XmlElement *calendar = device->child(u"calendarInfo")) {
            FreeBusy busy { .start = parseUtc(calendar->attribute(u"startTime")),
                .encoded = QByteArray::fromBase64(
                    calendar->text.trimmed().left(qsizetype { 16 } * 1024).toLatin1()) };
            update.freeBusy = busy;
        }
    }
    update.state = state;

    ContactCard card;
    if (const XmlElement *name = presentity.child(u"displayName")) {
        card.displayName = name->attribute(u"displayName").left(kMaximumText);
    }
    if (const XmlElement *email = presentity.child(u"email")) {
        card.email = email->attribute(u"email").left(kMaximumText);
    }
    if (const XmlElement *phone = presentity.child(u"phoneNumber")) {
        const QString number = phone->attribute(u"number").left(kMaximumText);
        if (!number.isEmpty()) {
            card.phones.append(PhoneNumber { PhoneNumber::Type::Work, u"tel:"_s + number, number });
        }
    }
    if (card != ContactCard {}) {
        update.card = card;
    }
    return update;
}

std::expected<PresenceUpdate, DocumentError> parseLegacyPresence(QByteArrayView body)
{
    const auto root = parseXml(body, { .externalDoctype = true });
    if (!root) {
        return std::unexpected(root.error());
    }
    PresenceUpdate update;
    if (root->is(u"presentity")) {
        update = parsePresentity(*root);
    } else if (root->is(u"presence")) {
        update = root->find(u"atom") ? parseXpidf(*root) : parsePidf(*root);
    } else {
        return std::unexpected(DocumentError {
            DocumentError::Kind::Unexpected, u"not presence: %1"_s.arg(root->name) });
    }
    if (update.address.isEmpty()) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"presence of nobody"_s });
    }
    return update;
}

} // namespace linchpin::sip
