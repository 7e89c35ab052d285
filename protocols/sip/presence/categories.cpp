// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/categories.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/presence/lcid.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTimeZone>
#include <QXmlStreamWriter>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

const QStringView kCategories = u"http://schemas.microsoft.com/2006/09/sip/categories";
constexpr qsizetype kMaximumNote = qsizetype { 8 } * 1024;
constexpr qsizetype kMaximumField = 1024;
constexpr qsizetype kMaximumPhones = 32;
constexpr qsizetype kMaximumLanguages = 64;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::PresenceText)
};

/// States that a calendar explains.
bool isOccupied(PresenceLevel level)
{
    return level == PresenceLevel::Busy || level == PresenceLevel::BusyIdle
        || level == PresenceLevel::Away || level == PresenceLevel::BeRightBack;
}

/// The activity, with the end of what the calendar has now: "In a meeting until 15:00".
QString untilText(const FreeBusy &calendar, const Presence &presence, const QDateTime &now)
{
    const auto span = calendar.at(now);
    const bool away = presence.availability == Availability::Away;
    if (!span || !span->until.isValid() || span->kind == FreeBusy::Slot::Free
        || (away && span->kind != FreeBusy::Slot::OutOfOffice)) {
        return presence.activity;
    }
    const QDateTime until = span->until.toLocalTime();
    const QLocale locale;
    const QString when = until.date() == now.toLocalTime().date()
        ? locale.toString(until.time(), QLocale::ShortFormat)
        : locale.toString(until.date(), QLocale::ShortFormat);
    return Text::tr("%1 until %2")
        .arg(presence.activity.isEmpty() ? displayName(presence.availability) : presence.activity,
            when);
}

int boundedInt(const QString &text, int fallback)
{
    bool ok = false;
    const int value = text.trimmed().toInt(&ok);
    return ok ? value : fallback;
}

QString field(const XmlElement &element, QStringView name)
{
    return element.childText(name).left(kMaximumField);
}

void fill(QString &target, const QString &value)
{
    if (target.isEmpty()) {
        target = value;
    }
}

PhoneNumber::Type phoneType(const QString &word)
{
    if (word.compare(u"work", Qt::CaseInsensitive) == 0) {
        return PhoneNumber::Type::Work;
    }
    if (word.compare(u"mobile", Qt::CaseInsensitive) == 0) {
        return PhoneNumber::Type::Mobile;
    }
    if (word.compare(u"home", Qt::CaseInsensitive) == 0) {
        return PhoneNumber::Type::Home;
    }
    return word.startsWith(u"custom", Qt::CaseInsensitive) ? PhoneNumber::Type::Custom
                                                           : PhoneNumber::Type::Other;
}

CategoryInstance parseCategory(const XmlElement &element)
{
    CategoryInstance category { .name = element.attribute(u"name"),
        .published = parseUtc(element.attribute(u"publishTime")),
        .expireType = element.attribute(u"expireType") };
    const auto number = [&element](QStringView key) -> std::optional<qint64> {
        bool ok = false;
        const qint64 value = element.attribute(key).trimmed().toLongLong(&ok);
        return ok ? std::optional(value) : std::nullopt;
    };
    category.instance = number(u"instance");
    const auto small = [&number](QStringView key) -> std::optional<int> {
        const auto value = number(key);
        return value && *value >= 0 && *value <= 0x7fffffff ? std::optional(int(*value))
                                                            : std::nullopt;
    };
    category.container = small(u"container");
    category.version = small(u"version");
    if (!element.children.isEmpty()) {
        category.content = element.children.first();
    }
    return category;
}

/// The `category` elements of a broken document, each parsed by itself.
QList<XmlElement> salvage(QByteArrayView body)
{
    QList<XmlElement> found;
    qsizetype at = 0;
    while (found.size() < 1000) {
        at = body.indexOf("<category", at);
        if (at < 0) {
            break;
        }
        const qsizetype tagEnd = body.indexOf('>', at);
        const qsizetype next = at + 9;
        if (tagEnd < 0) {
            break;
        }
        const char after = body.at(next);
        if (after != ' ' && after != '\t' && after != '\r' && after != '\n' && after != '/') {
            at = next; // an element of another name
            continue;
        }
        qsizetype end = tagEnd + 1;
        if (body.at(tagEnd - 1) != '/') {
            const qsizetype close = body.indexOf("</category>", tagEnd);
            if (close < 0) {
                break;
            }
            end = close + 11;
        }
        // A document that lost its own end tag swallows the next element: then start there.
        if (auto element = parseXml(body.sliced(at, end - at))) {
            found.append(std::move(*element));
            at = end;
        } else {
            at = next;
        }
    }
    return found;
}

QString categoriesUri(QByteArrayView body)
{
    const qsizetype at = body.indexOf("<categories");
    const qsizetype end = at < 0 ? -1 : body.indexOf('>', at);
    if (end < 0) {
        return {};
    }
    const QByteArray tag
        = body.sliced(at, end - at).toByteArray() + (body.at(end - 1) == '/' ? ">"_ba : "/>"_ba);
    const auto element = parseXml(tag);
    return element ? element->attribute(u"uri") : QString();
}

} // namespace

QDateTime parseUtc(const QString &text)
{
    if (text.isEmpty() || text.size() > 64) {
        return {};
    }
    QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (time.isValid() && time.timeSpec() == Qt::LocalTime) {
        time.setTimeZone(QTimeZone::UTC);
    }
    return time.isValid() ? time.toUTC() : QDateTime();
}

QString writtenUtc(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODate);
}

CategoriesDocument parseCategories(const XmlElement &element)
{
    CategoriesDocument document { .address = addressFromUri(element.attribute(u"uri")) };
    for (const XmlElement &child : element.children) {
        if (child.is(u"category") && !child.attribute(u"name").isEmpty()) {
            document.categories.append(parseCategory(child));
        }
    }
    return document;
}

std::expected<CategoriesDocument, DocumentError> parseCategoriesDocument(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (root) {
        if (root->is(u"categories")) {
            return parseCategories(*root);
        }
        return std::unexpected(DocumentError {
            DocumentError::Kind::Unexpected, u"not categories: %1"_s.arg(root->name) });
    }
    if (root.error().kind != DocumentError::Kind::Malformed) {
        return std::unexpected(root.error());
    }
    XmlElement repaired { .name = u"categories"_s, .children = salvage(body) };
    repaired.attributes.emplaceBack(u"uri"_s, categoriesUri(body));
    CategoriesDocument document = parseCategories(repaired);
    if (document.address.isEmpty() || document.categories.isEmpty()) {
        return std::unexpected(root.error());
    }
    return document;
}

QByteArray buildCategories(const CategoriesDocument &document)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"categories");
    writeAttribute(writer, u"xmlns", kCategories);
    writeAttribute(writer, u"uri", uriFromAddress(document.address));
    for (const CategoryInstance &category : document.categories) {
        writer.writeStartElement(u"category");
        writeAttribute(writer, u"name", category.name);
        if (category.instance) {
            writeAttribute(writer, u"instance", *category.instance);
        }
        if (category.published.isValid()) {
            writeAttribute(writer, u"publishTime", writtenUtc(category.published));
        }
        if (category.container) {
            writeAttribute(writer, u"container", *category.container);
        }
        if (category.version) {
            writeAttribute(writer, u"version", *category.version);
        }
        if (!category.expireType.isEmpty()) {
            writeAttribute(writer, u"expireType", category.expireType);
        }
        if (category.content) {
            writeElement(writer, *category.content);
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
    return body;
}

QDateTime PresenceState::idleSince() const
{
    return isIdle(level) || level == PresenceLevel::Away ? lastActive : QDateTime();
}

QString PresenceState::activity() const
{
    if (!customActivity.isEmpty()) {
        return customActivity;
    }
    const QString words = activityText(activityToken);
    return words.isEmpty() ? levelText(level) : words;
}

PresenceState parseState(const XmlElement &state)
{
    PresenceState result;
    result.number = boundedInt(state.childText(u"availability"), -1);
    result.level = levelFromNumber(result.number);
    result.lastActive = parseUtc(state.attribute(u"lastActive"));
    result.meetingSubject = field(state, u"meetingSubject");
    result.meetingLocation = field(state, u"meetingLocation");
    result.device = field(state, u"device");
    if (const XmlElement *activity = state.child(u"activity")) {
        // The token holds only while the availability is inside its bounds ([MS-PRES] activity).
        const qint64 least = activity->number(u"minAvailability", 0);
        const qint64 most = activity->number(u"maxAvailability", 0x7fffffff);
        if (result.number >= least && result.number <= most) {
            result.activityToken = activity->attribute(u"token").left(64);
            QList<LanguageText> texts;
            for (const XmlElement &custom : activity->children) {
                const QString text = custom.text.trimmed().left(kMaximumField);
                if (custom.is(u"custom") && !text.isEmpty() && texts.size() < kMaximumLanguages) {
                    texts.append({ custom.counter(u"LCID"), text });
                }
            }
            result.customActivity = textFor(texts, primaryLanguage(QLocale()));
        }
    }
    return result;
}

PresenceNote parseNote(const XmlElement &note)
{
    PresenceNote result;
    for (const XmlElement &body : note.children) {
        const QString text = body.text.trimmed();
        if (!body.is(u"body") || text.isEmpty()) {
            continue;
        }
        result.text = text.left(kMaximumNote);
        result.outOfOffice = body.attribute(u"type").compare(u"OOF", Qt::CaseInsensitive) == 0;
        result.starts = parseUtc(body.attribute(u"startTime"));
        result.ends = parseUtc(body.attribute(u"endTime"));
        break;
    }
    return result;
}

void mergeContactCard(ContactCard &card, const XmlElement &element)
{
    if (const XmlElement *identity = element.child(u"identity")) {
        if (const XmlElement *name = identity->child(u"name")) {
            fill(card.displayName, field(*name, u"displayName"));
        }
        fill(card.email, field(*identity, u"email"));
    }
    fill(card.company, field(element, u"company"));
    fill(card.department, field(element, u"department"));
    fill(card.title, field(element, u"title"));
    fill(card.office, field(element, u"office"));
    fill(card.manager, field(element, u"manager"));
    card.automaton = card.automaton || xmlBool(element.childText(u"automaton"));
    for (const XmlElement &child : element.children) {
        if (child.is(u"phone") && card.phones.size() < kMaximumPhones) {
            PhoneNumber phone { phoneType(child.attribute(u"type")), field(child, u"uri"),
                field(child, u"displayString") };
            if (phone.display.isEmpty()) {
                phone.display = phone.uri.startsWith(u"tel:") ? phone.uri.sliced(4) : phone.uri;
            }
            if (!phone.display.isEmpty() && !card.phones.contains(phone)) {
                card.phones.append(phone);
            }
        } else if (child.is(u"url")) {
            const QString address = child.text.trimmed();
            if (address.size() <= 2048
                && (address.startsWith(u"https://", Qt::CaseInsensitive)
                    || address.startsWith(u"http://", Qt::CaseInsensitive))) {
                fill(card.website, address);
            }
        } else if (child.is(u"address")) {
            QStringList lines { field(child, u"street"),
                (field(child, u"zipcode") + u' ' + field(child, u"city")).trimmed(),
                field(child, u"state"), field(child, u"countryCode") };
            lines.removeAll(QString());
            fill(card.place, lines.join(u", "_s));
        } else if (child.is(u"photo")) {
            const QString uri = child.childText(u"uri");
            const bool foreign
                = child.attribute(u"type").compare(u"enterprise", Qt::CaseInsensitive) != 0;
            if (uri.startsWith(u"https://", Qt::CaseInsensitive) && uri.size() <= 2048
                && (card.photoUri.isEmpty() || (card.photoIsForeign && !foreign))) {
                card.photoUri = uri;
                card.photoHash = field(child, u"hash");
                card.photoIsForeign = foreign;
            }
        }
    }
}

void PresenceUpdate::merge(const PresenceUpdate &newer)
{
    if (address.isEmpty()) {
        address = newer.address;
    }
    if (newer.state) {
        state = newer.state;
    }
    if (newer.note) {
        note = newer.note;
    }
    if (newer.card) {
        card = newer.card;
    }
    if (newer.freeBusy) {
        freeBusy = newer.freeBusy;
    }
}

Presence PresenceUpdate::toPresence(const QDateTime &now) const
{
    Presence presence;
    if (state) {
        presence.availability = availabilityFromLevel(state->level);
        presence.activity = state->activity();
        presence.device = state->device;
        presence.idleSince = state->idleSince();
        presence.since = state->published;
        if (freeBusy && isOccupied(state->level)) {
            presence.activity = untilText(*freeBusy, presence, now);
        }
    }
    if (note && note->outOfOffice) {
        const bool over = now.isValid()
            && ((note->ends.isValid() && note->ends <= now)
                || (note->starts.isValid() && note->starts > now));
        if (!over && !note->text.isEmpty()) {
            presence.text = Text::tr("Out of office: %1").arg(note->text);
        }
    } else if (note) {
        presence.text = note->text;
    }
    return presence;
}

PresenceUpdate presenceFromCategories(const CategoriesDocument &document)
{
    PresenceUpdate update { .address = document.address };
    bool haveAggregate = false;
    QList<std::pair<qint64, const XmlElement *>> cards;
    for (const CategoryInstance &category : document.categories) {
        const XmlElement *content = category.content ? &*category.content : nullptr;
        const auto is = [&category](QStringView name) {
            return category.name.compare(name, Qt::CaseInsensitive) == 0;
        };
        if (is(u"state")) {
            PresenceState state = content ? parseState(*content) : PresenceState {};
            state.published = category.published;
            const bool aggregate = content && content->attribute(u"type") == u"aggregateState";
            const bool newer = !update.state || state.published >= update.state->published
                || !update.state->published.isValid();
            if (!update.state || (aggregate && !haveAggregate)
                || (aggregate == haveAggregate && content && newer)) {
                update.state = state;
            }
            haveAggregate = haveAggregate || aggregate;
        } else if (is(u"note")) {
            PresenceNote note = content ? parseNote(*content) : PresenceNote {};
            note.published = note.text.isEmpty() ? QDateTime() : category.published;
            // Of several the newest counts; an empty one only when there is no other.
            if (!update.note || update.note->text.isEmpty()
                || (!note.text.isEmpty() && note.published > update.note->published)) {
                update.note = note;
            }
        } else if (is(u"contactCard")) {
            if (!update.card) {
                update.card.emplace();
            }
            if (content) {
                cards.emplaceBack(category.instance.value_or(0), content);
            }
        } else if (is(u"calendarData")) {
            if (!update.freeBusy) {
                update.freeBusy.emplace();
            }
            if (content && update.freeBusy->encoded.isEmpty()) {
                if (const auto busy = parseCalendarData(*content).freeBusy) {
                    update.freeBusy = busy;
                }
            }
        }
    }
    // Instance 0 comes from the directory and is trusted first; others only fill gaps.
    std::ranges::stable_sort(cards, {}, [](const auto &entry) { return entry.first; });
    for (const auto &[instance, element] : std::as_const(cards)) {
        mergeContactCard(*update.card, *element);
    }
    return update;
}

} // namespace linchpin::sip
