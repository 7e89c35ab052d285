// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/publication.h"

#include "protocols/sip/documents/sipaddress.h"

#include <QCryptographicHash>
#include <QXmlStreamWriter>
#include <QtEndian>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr int kMaximumTries = 3;
// Busy to everybody who is not in the team while the user does not want to be disturbed.
constexpr int kUrgentInterruptions = 6900;

XmlElement makeElement(const QString &name, const QString &text = {})
{
    return XmlElement { .name = name, .text = text };
}

struct StateValues {
    QString type = {};
    bool manual = false;
    int availability = 0;
    QString activityToken = {};
    QString customActivity = {};
};

/// Where an activity's words hold, lowest and highest availability (Lync schema, activity).
std::pair<int, int> activityBounds(QStringView token)
{
    if (token == u"off-work") {
        return { 15000, 17999 };
    }
    return token == u"out-of-office" ? std::pair { 12000, 17999 } : std::pair { 6500, 8999 };
}

XmlElement stateElement(const StateValues &values)
{
    XmlElement state = makeElement(u"state"_s);
    state.attributes = {
        { u"xmlns"_s, u"http://schemas.microsoft.com/2006/09/sip/state"_s },
        { u"manual"_s, values.manual ? u"true"_s : u"false"_s },
        { u"xmlns:xsi"_s, u"http://www.w3.org/2001/XMLSchema-instance"_s },
        { u"xsi:type"_s, values.type },
    };
    if (values.availability >= 0) {
        state.children.append(makeElement(u"availability"_s, QString::number(values.availability)));
    }
    if (!values.activityToken.isEmpty()) {
        XmlElement activity = makeElement(u"activity"_s);
        const auto [least, most] = activityBounds(values.activityToken);
        activity.attributes = { { u"token"_s, values.activityToken },
            { u"minAvailability"_s, QString::number(least) },
            { u"maxAvailability"_s, QString::number(most) } };
        state.children.append(activity);
    } else if (!values.customActivity.isEmpty()) {
        XmlElement activity = makeElement(u"activity"_s);
        XmlElement custom = makeElement(u"custom"_s, values.customActivity);
        custom.attributes = { { u"LCID"_s, u"1033"_s } };
        activity.children.append(custom);
        state.children.append(activity);
    }
    state.children.append(makeElement(u"endpointLocation"_s));
    return state;
}

XmlElement noteElement(const QString &type, const QString &text)
{
    XmlElement note = makeElement(u"note"_s);
    note.attributes = { { u"xmlns"_s, u"http://schemas.microsoft.com/2006/09/sip/note"_s } };
    XmlElement body = makeElement(u"body"_s, text);
    body.attributes = { { u"type"_s, type }, { u"uri"_s, u""_s } };
    note.children.append(body);
    return note;
}

/// Kind 4 and 28 bits of the mailbox's digest: stable over all devices of one mailbox (Lync schema,
/// "category instance ID").
qint64 mailboxInstance(const QString &mailbox)
{
    const QByteArray digest
        = QCryptographicHash::hash(mailbox.toLower().toUtf8(), QCryptographicHash::Md5);
    return 0x40000000 | (qFromLittleEndian<quint32>(digest.constData()) & 0x0fffffff);
}

XmlElement capability(const QString &name, bool capture)
{
    XmlElement element = makeElement(name);
    element.attributes = { { u"capture"_s, capture ? u"true"_s : u"false"_s },
        { u"render"_s, u"true"_s }, { u"publish"_s, u"false"_s } };
    return element;
}

QString writtenOffset(int seconds)
{
    const int minutes = std::abs(seconds) / 60;
    return u"00:00:00%1%2:%3"_s.arg(QChar(seconds < 0 ? u'-' : u'+'))
        .arg(minutes / 60, 2, 10, QChar(u'0'))
        .arg(minutes % 60, 2, 10, QChar(u'0'));
}

} // namespace

QByteArray buildPublish(const QString &ownAddress, const QList<Publication> &publications)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"publish");
    writeAttribute(writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/rich-presence");
    writer.writeStartElement(u"publications");
    writeAttribute(writer, u"uri", uriFromAddress(ownAddress));
    for (const Publication &publication : publications) {
        writer.writeStartElement(u"publication");
        writeAttribute(writer, u"categoryName", publication.key.category);
        writeAttribute(writer, u"instance", publication.key.instance);
        writeAttribute(writer, u"container", publication.key.container);
        writeAttribute(writer, u"version", publication.version);
        writeAttribute(writer, u"expireType", publication.expireType);
        if (publication.content) {
            writeElement(writer, *publication.content);
        } else {
            writeAttribute(writer, u"expires", u"0");
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
    writer.writeEndElement();
    return body;
}

std::expected<PublishRequest, DocumentError> parsePublish(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    const XmlElement *list = root->is(u"publish") ? root->child(u"publications") : nullptr;
    if (!list) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not a publication"_s });
    }
    PublishRequest request { .address = addressFromUri(list->attribute(u"uri")) };
    for (const XmlElement &element : list->children) {
        if (!element.is(u"publication")) {
            continue;
        }
        Publication publication { .key = { element.attribute(u"categoryName"),
                                      element.number(u"instance"), element.counter(u"container") },
            .version = element.counter(u"version"),
            .expireType = element.attribute(u"expireType") };
        if (element.attribute(u"expires") != u"0" && !element.children.isEmpty()) {
            publication.content = element.children.first();
        }
        request.publications.append(std::move(publication));
    }
    return request;
}

InstanceNumbers instanceNumbers(QByteArrayView epid)
{
    bool ok = false;
    quint32 base = epid.first(qMin<qsizetype>(8, epid.size())).toUInt(&ok, 16);
    if (!ok) {
        // Not hexadecimal: any stable number does, FNV-1a here.
        base = 2166136261U;
        for (const char c : epid) {
            base = (base ^ uchar(c)) * 16777619U;
        }
    }
    return { .device = base,
        .machineState = (base >> 4) | 0x30000000U,
        .userState = 0x20000000,
        .calendarState = (base >> 4) | 0x40000000U,
        .outOfOfficeState = (base >> 4) | 0x50000000U };
}

QList<Publication> publishDevice(const InstanceNumbers &numbers, const QString &ownAddress,
    const QString &endpointId, const QString &machineName, int utcOffsetSeconds)
{
    XmlElement device = makeElement(u"device"_s);
    device.attributes = { { u"xmlns"_s, u"http://schemas.microsoft.com/2006/09/sip/device"_s },
        { u"endpointId"_s, endpointId } };
    XmlElement capabilities = makeElement(u"capabilities"_s);
    capabilities.attributes
        = { { u"preferred"_s, u"false"_s }, { u"uri"_s, uriFromAddress(ownAddress) } };
    capabilities.children = { capability(u"text"_s, true), capability(u"gifInk"_s, false),
        capability(u"isfInk"_s, false) };
    device.children = { capabilities, makeElement(u"timezone"_s, writtenOffset(utcOffsetSeconds)),
        makeElement(u"machineName"_s, machineName) };
    return { Publication { .key = { u"device"_s, numbers.device, container::Aggregation },
        .expireType = u"endpoint"_s,
        .content = device } };
}

QList<Publication> publishMachineState(const InstanceNumbers &numbers, PresenceLevel level)
{
    QList<Publication> publications;
    for (const int where : { container::Aggregation, container::TeamAggregation }) {
        publications.append(Publication { .key = { u"state"_s, numbers.machineState, where },
            .expireType = u"endpoint"_s,
            .content = stateElement(
                { .type = u"machineState"_s, .availability = numberFromLevel(level) }) });
    }
    return publications;
}

QList<Publication> publishUserState(const InstanceNumbers &numbers, const OwnState &state)
{
    QList<Publication> publications;
    for (const int where : { container::Aggregation, container::TeamAggregation }) {
        Publication publication { .key = { u"state"_s, numbers.userState, where },
            .expireType = u"static"_s };
        if (state.level != PresenceLevel::Unknown) {
            StateValues values { .type = u"userState"_s,
                .manual = true,
                .availability = numberFromLevel(state.level),
                .activityToken = state.activityToken,
                .customActivity = state.customActivity };
            if (state.level == PresenceLevel::DoNotDisturb && where == container::TeamAggregation) {
                values.availability = kUrgentInterruptions;
                values.activityToken = u"urgent-interruptions-only"_s;
            }
            publication.content = stateElement(values);
        }
        publications.append(publication);
    }
    return publications;
}

QList<Publication> publishNote(const QString &text)
{
    QList<Publication> publications;
    for (const int where : { container::Colleagues, container::Team, container::Family }) {
        Publication publication { .key = { u"note"_s, 0, where }, .expireType = u"static"_s };
        if (!text.trimmed().isEmpty()) {
            publication.content = noteElement(u"personal"_s, text);
        }
        publications.append(publication);
    }
    return publications;
}

QList<Publication> publishOutOfOfficeNote(const QString &mailbox, const OutOfOffice &note)
{
    QList<Publication> publications;
    for (const int where : { container::Colleagues, container::Team, container::Family }) {
        Publication publication { .key = { u"note"_s, mailboxInstance(mailbox), where },
            .expireType = u"static"_s };
        if (!note.text.trimmed().isEmpty()) {
            XmlElement element = noteElement(u"OOF"_s, note.text);
            XmlElement &body = element.children.first();
            if (note.starts.isValid()) {
                body.attributes.append({ u"startTime"_s, writtenUtc(note.starts) });
            }
            if (note.ends.isValid()) {
                body.attributes.append({ u"endTime"_s, writtenUtc(note.ends) });
            }
            publication.content = element;
        }
        publications.append(publication);
    }
    return publications;
}

QList<Publication> publishCalendarState(
    const InstanceNumbers &numbers, const QString &mailbox, const CalendarState &state)
{
    QList<Publication> publications;
    const std::initializer_list<std::pair<CalendarState::Kind, qint64>> kinds {
        { CalendarState::Kind::Busy, numbers.calendarState },
        { CalendarState::Kind::OutOfOffice, numbers.outOfOfficeState }
    };
    for (const auto &[kind, instance] : kinds) {
        for (const int where : { container::Aggregation, container::TeamAggregation }) {
            Publication publication { .key = { u"state"_s, instance, where },
                .expireType = u"endpoint"_s };
            if (state.kind == kind) {
                const bool busy = kind == CalendarState::Kind::Busy;
                XmlElement element = stateElement({ .type = u"calendarState"_s,
                    .availability = busy ? numberFromLevel(PresenceLevel::Busy) : -1,
                    .activityToken = busy ? u"in-a-meeting"_s : u"out-of-office"_s });
                element.attributes.append({ u"uri"_s, mailbox });
                if (state.since.isValid()) {
                    element.attributes.append({ u"startTime"_s, writtenUtc(state.since) });
                }
                if (!state.subject.isEmpty()) {
                    element.children.append(makeElement(u"meetingSubject"_s, state.subject));
                }
                if (!state.location.isEmpty()) {
                    element.children.append(makeElement(u"meetingLocation"_s, state.location));
                }
                publication.content = element;
            }
            publications.append(publication);
        }
    }
    return publications;
}

namespace {

QList<Publication> calendarPublications(
    qint64 instance, const QString &expireType, const CalendarData &data)
{
    QList<Publication> publications;
    CalendarData nothing;
    nothing.mailbox = data.mailbox;
    for (const int where : { container::Self, container::Colleagues, container::Team,
             container::Family, container::External, container::Blocked }) {
        const bool shown = where != container::External && where != container::Blocked;
        publications.append(Publication { .key = { u"calendarData"_s, instance, where },
            .expireType = expireType,
            .content = calendarDataElement(shown ? data : nothing) });
    }
    return publications;
}

} // namespace

QList<Publication> publishFreeBusy(const FreeBusy &freeBusy)
{
    return calendarPublications(mailboxInstance(freeBusy.mailbox), u"endpoint"_s,
        { .mailbox = freeBusy.mailbox, .freeBusy = freeBusy });
}

QList<Publication> publishWorkingHours(const QString &mailbox, const WorkingHours &hours)
{
    return calendarPublications(0, u"static"_s, { .mailbox = mailbox, .workingHours = hours });
}

QList<Publication> withVersions(QList<Publication> publications, const SelfData &known)
{
    publications.removeIf([&known](const Publication &publication) {
        const auto published = known.publications().constFind(publication.key);
        if (published == known.publications().cend()) {
            return !publication.content.has_value();
        }
        return publication.content && published->content
            && sameContent(*publication.content, *published->content);
    });
    for (Publication &publication : publications) {
        publication.version = known.version(publication.key);
    }
    return publications;
}

std::expected<PublicationFault, DocumentError> parsePublicationFault(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (!root->is(u"fault")) {
        return std::unexpected(DocumentError { DocumentError::Kind::Unexpected, u"not a fault"_s });
    }
    PublicationFault fault { .code = root->childText(u"Faultcode") };
    if (const XmlElement *details = root->child(u"details")) {
        for (const XmlElement &element : details->children) {
            if (element.is(u"operation") && element.counter(u"index") > 0) {
                fault.operations.append(PublicationFault::Operation { element.counter(u"index"),
                    element.counter(u"version"), element.counter(u"curVersion") });
            }
        }
    }
    return fault;
}

QByteArray buildPublicationFault(const PublicationFault &fault)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"Fault");
    writeAttribute(writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/service-fault");
    writeTextElement(writer, u"Faultcode", fault.code);
    writer.writeStartElement(u"details");
    for (const PublicationFault::Operation &operation : fault.operations) {
        writer.writeEmptyElement(u"operation");
        writeAttribute(writer, u"index", operation.index);
        writeAttribute(writer, u"version", operation.version);
        writeAttribute(writer, u"curVersion", operation.currentVersion);
    }
    writer.writeEndElement();
    writer.writeEndElement();
    return body;
}

void PublicationQueue::submit(const QList<Publication> &publications)
{
    for (const Publication &publication : publications) {
        const auto waiting = std::ranges::find(m_waiting, publication.key, &Publication::key);
        if (waiting == m_waiting.end()) {
            m_waiting.append(publication);
        } else {
            *waiting = publication;
        }
    }
}

std::optional<QList<Publication>> PublicationQueue::next(const SelfData &known)
{
    if (!m_outstanding.isEmpty()) {
        return std::nullopt;
    }
    m_outstanding = withVersions(std::exchange(m_waiting, {}), known);
    if (m_outstanding.isEmpty()) {
        m_tries = 0;
        return std::nullopt;
    }
    ++m_tries;
    return m_outstanding;
}

void PublicationQueue::accepted()
{
    m_outstanding.clear();
    m_tries = 0;
}

PublicationQueue::Outcome PublicationQueue::refused(const PublicationFault &fault, SelfData &known)
{
    const QList<Publication> request = std::exchange(m_outstanding, {});
    if (!fault.isVersionConflict() || fault.operations.isEmpty() || m_tries >= kMaximumTries) {
        m_tries = 0;
        return Outcome::GivenUp;
    }
    for (const PublicationFault::Operation &operation : fault.operations) {
        if (operation.index <= request.size()) {
            known.setVersion(request.at(operation.index - 1).key, operation.currentVersion);
        }
    }
    // What has been submitted meanwhile is newer than what was refused.
    const QList<Publication> newer = std::exchange(m_waiting, request);
    submit(newer);
    return Outcome::Retried;
}

void PublicationQueue::failed()
{
    m_outstanding.clear();
    m_tries = 0;
}

} // namespace linchpin::sip
