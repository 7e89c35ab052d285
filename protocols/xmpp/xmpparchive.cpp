// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmpparchive.h"

#include <QDomElement>
#include <QJsonDocument>
#include <QJsonObject>
#include <QXmppResultSet.h>
#include <QXmppUtils.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::xmpp {

namespace {

const QString kMam = u"urn:xmpp:mam:2"_s;
constexpr int kPageSize = 100;
constexpr int kMostPages = 50; // 5000 messages; beyond that the newest matter more
constexpr int kFirstPage = 50; // at the very first sign-in
constexpr int kRoomFirstPage = 30;
constexpr qsizetype kLargestPage = 1000; // a hostile server's page ends here
constexpr std::chrono::seconds kClockSkew = 10min;
constexpr std::chrono::milliseconds kSaveDelay = 2s;

QDomElement child(const QDomElement &parent, const QString &name)
{
    return parent.firstChildElement(name);
}

QXmppDataForm::Field field(
    QXmppDataForm::Field::Type type, const QString &key, const QString &value)
{
    QXmppDataForm::Field out(type);
    out.setKey(key);
    out.setValue(value);
    return out;
}

QString stateKey(const QString &key)
{
    return key.isEmpty() ? u"archive"_s : u"archive:"_s + key;
}

} // namespace

QStringList ArchiveTap::discoveryFeatures() const
{
    return { kMam };
}

bool ArchiveTap::handleStanza(const QDomElement &stanza)
{
    if (stanza.tagName() != "message"_L1) {
        return false;
    }
    const QDomElement result = child(stanza, u"result"_s);
    if (result.isNull() || result.namespaceURI() != kMam) {
        return false;
    }
    const QString query = result.attribute(u"queryid"_s);
    const auto page = pages.find(query);
    if (page == pages.end() || page->messages.size() >= kLargestPage) {
        return true;
    }
    // Anybody may send us something that looks like a result: only the archive we asked counts.
    const QString from = stanza.attribute(u"from"_s);
    const QString source = sources.value(query);
    if (source.isEmpty() ? !from.isEmpty() && bareJid(from) != ownJid : bareJid(from) != source) {
        return true;
    }
    const QDomElement forwarded = child(result, u"forwarded"_s);
    const QDomElement inner = child(forwarded, u"message"_s);
    if (inner.isNull()) {
        return true;
    }
    ArchivedMessage message;
    message.id = result.attribute(u"id"_s);
    message.at = QXmppUtils::datetimeFromString(child(forwarded, u"delay"_s).attribute(u"stamp"_s))
                     .toUTC();
    message.message.parse(inner);
    page->messages.append(message);
    return true;
}

XmppArchive::XmppArchive(XmppContext &context, Deliver deliver, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_deliver(std::move(deliver))
    , m_available(!context.services.state(u"archive"_s).isEmpty())
{
}

XmppArchive::~XmppArchive()
{
    for (const QString &key : std::as_const(m_unsaved)) {
        save(key);
    }
}

void XmppArchive::attach(QXmppClient *client)
{
    m_tap = client->addNewExtension<ArchiveTap>();
    m_tap->ownJid = m_context.ownJid;
    stop();
}

void XmppArchive::stop()
{
    ++m_session;
    for (auto &reading : m_readings) {
        reading.running = false;
        reading.held.clear(); // what lies before them was not fetched: next time
    }
}

Async<ArchivePage> XmppArchive::ask(const ArchiveQuery &query)
{
    if (!m_context.client || !m_tap) {
        return readyError<ArchivePage>(offline());
    }
    using Field = QXmppDataForm::Field;
    QList<Field> fields { field(Field::HiddenField, u"FORM_TYPE"_s, kMam) };
    if (!query.with.isEmpty()) {
        fields.append(field(Field::JidSingleField, u"with"_s, query.with));
    }
    if (query.start.isValid()) {
        fields.append(
            field(Field::TextSingleField, u"start"_s, QXmppUtils::datetimeToString(query.start)));
    }
    if (query.end.isValid()) {
        fields.append(
            field(Field::TextSingleField, u"end"_s, QXmppUtils::datetimeToString(query.end)));
    }
    QXmppDataForm form;
    form.setType(QXmppDataForm::Submit);
    form.setFields(fields);
    QXmppResultSetQuery set;
    set.setMax(query.atMost);
    if (!query.after.isEmpty()) {
        set.setAfter(query.after);
    }
    if (query.before) {
        set.setBefore(query.before->isEmpty() ? u""_s : *query.before);
    }
    QXmppMamQueryIq iq;
    const QString id = iq.id();
    iq.setTo(query.archive);
    iq.setQueryId(id);
    iq.setForm(form);
    iq.setResultSetQuery(set);

    m_tap->pages.insert(id, {});
    m_tap->sources.insert(id, query.archive);
    const Answer<ArchivePage> answer;
    m_context.client->sendIq(std::move(iq))
        .then(this, [id, answer, tap = m_tap](QXmppClient::IqResult &&result) {
            ArchivePage page;
            if (tap) {
                page = tap->pages.take(id);
                tap->sources.remove(id);
            }
            if (const auto *error = std::get_if<QXmppError>(&result)) {
                answer.fail(taskError(*error));
                return;
            }
            QXmppMamResultIq end;
            end.parse(std::get<QDomElement>(result));
            page.complete = end.complete();
            page.last = end.resultSetReply().last();
            if (page.last.isEmpty() && !page.messages.isEmpty()) {
                page.last = page.messages.last().id;
            }
            answer.give(page);
        });
    return answer.future();
}

XmppArchive::Reading &XmppArchive::reading(const QString &key)
{
    const auto known = m_readings.find(key);
    if (known != m_readings.end()) {
        return *known;
    }
    const QJsonObject kept
        = QJsonDocument::fromJson(m_context.services.state(stateKey(key))).object();
    Reading fresh;
    fresh.id = kept.value("id"_L1).toString();
    fresh.at = QDateTime::fromString(kept.value("at"_L1).toString(), Qt::ISODateWithMs);
    return *m_readings.insert(key, fresh);
}

void XmppArchive::catchUp()
{
    Reading &own = reading({});
    own.running = true;
    own.pages = 0;
    own.cursor = own.id;
    own.conversations.clear();
    if (own.id.isEmpty()) {
        readNewest({}, false);
    } else {
        readOn({}, false);
    }
}

void XmppArchive::catchUpRoom(const QString &room, const QString &nick)
{
    Reading &state = reading(room);
    state.nick = nick;
    if (state.running) {
        return;
    }
    state.running = true;
    state.pages = 0;
    state.cursor = state.id;
    state.conversations = { room };
    if (state.id.isEmpty()) {
        readNewest(room, false);
    } else {
        readOn(room, false);
    }
}

void XmppArchive::readOn(const QString &key, bool byTime)
{
    ArchiveQuery query;
    query.archive = key;
    query.atMost = kPageSize;
    const Reading &state = reading(key);
    if (byTime) {
        query.start = state.at;
    } else {
        query.after = state.cursor;
    }
    ask(query).then(
        this, [this, key, byTime, session = m_session](const Result<ArchivePage> &page) {
            if (session != m_session) {
                return;
            }
            const Reading &state = reading(key);
            if (!page) {
                if (page.error().code == "not-found"_L1 && !byTime && state.at.isValid()) {
                    readOn(key, true); // the id has left the archive (XEP-0059 §2.4)
                } else {
                    finishReading(key);
                }
                return;
            }
            if (key.isEmpty()) {
                m_available = true;
            }
            take(key, *page);
            Reading &after = reading(key);
            after.cursor = page->last;
            if (page->complete || page->messages.isEmpty()) {
                finishReading(key);
            } else if (++after.pages >= kMostPages) {
                readNewest(key, true);
            } else {
                readOn(key, false);
            }
        });
}

void XmppArchive::readNewest(const QString &key, bool afterGap)
{
    ArchiveQuery query;
    query.archive = key;
    query.before = QString();
    query.atMost = afterGap ? kPageSize : key.isEmpty() ? kFirstPage : kRoomFirstPage;
    ask(query).then(
        this, [this, key, afterGap, session = m_session](const Result<ArchivePage> &page) {
            if (session != m_session) {
                return;
            }
            if (!page) {
                if (key.isEmpty() && page.error().kind != Error::Kind::Network) {
                    m_available = false;
                }
                finishReading(key);
                return;
            }
            if (key.isEmpty()) {
                m_available = true;
            }
            const QDateTime from = afterGap ? reading(key).lastSeen : QDateTime();
            const QDateTime to = page->messages.isEmpty() ? QDateTime() : page->messages.first().at;
            take(key, *page);
            if (!page->complete && to.isValid()) {
                const auto kind = key.isEmpty() ? ConversationKind::Person : ConversationKind::Room;
                const QStringList conversations = reading(key).conversations;
                for (const QString &with : conversations) {
                    m_context.emitEvent(HistoryGap { with, kind, from, to });
                }
            }
            finishReading(key);
        });
}

void XmppArchive::take(const QString &key, const ArchivePage &page)
{
    for (const ArchivedMessage &archived : page.messages) {
        if (key.isEmpty() && archived.message.type() == QXmppMessage::GroupChat) {
            track(key, archived.id, archived.at, false)(); // rooms have archives of their own
            continue;
        }
        Reading &state = reading(key);
        const MessageContext context { .ownJid = m_context.ownJid,
            .roomNick = state.nick,
            .isRoom = !key.isEmpty(),
            .now = m_context.services.now(),
            .archiveId = archived.id,
            .archivedAt = archived.at };
        const QString with = conversationOf(archived.message, context);
        if (!state.conversations.contains(with)) {
            state.conversations.append(with);
        }
        state.lastSeen = archived.at;
        m_deliver(archived.message, context, track(key, archived.id, archived.at, false));
    }
}

void XmppArchive::finishReading(const QString &key)
{
    Reading &state = reading(key);
    state.running = false;
    state.entries += state.held;
    state.held.clear();
    advance(key);
}

std::function<void()> XmppArchive::trackLive(
    const QString &room, const QString &id, const QDateTime &at)
{
    return id.isEmpty() ? std::function<void()>() : track(room, id, at, true);
}

std::function<void()> XmppArchive::track(
    const QString &key, const QString &id, const QDateTime &at, bool live)
{
    Reading &state = reading(key);
    const auto entry = std::make_shared<Entry>(Entry { .id = id, .at = at });
    if (live && state.running) {
        state.held.append(entry);
    } else {
        state.entries.append(entry);
    }
    return [guard = QPointer<XmppArchive>(this), entry, key] {
        entry->stored = true;
        if (guard) {
            guard->advance(key);
        }
    };
}

void XmppArchive::advance(const QString &key)
{
    Reading &state = reading(key);
    bool moved = false;
    while (!state.entries.isEmpty() && state.entries.first()->stored) {
        state.id = state.entries.first()->id;
        state.at = state.entries.first()->at;
        state.entries.removeFirst();
        moved = true;
    }
    if (!moved) {
        return;
    }
    m_unsaved.insert(key);
    if (!m_saveSoon) {
        m_saveSoon = m_context.services.timer(kSaveDelay, [this] {
            QMetaObject::invokeMethod(
                this,
                [this] {
                    m_saveSoon.reset();
                    const QSet<QString> keys = std::exchange(m_unsaved, {});
                    for (const QString &each : keys) {
                        save(each);
                    }
                },
                Qt::QueuedConnection);
        });
    }
}

void XmppArchive::save(const QString &key)
{
    const Reading &state = reading(key);
    m_context.services.setState(stateKey(key),
        QJsonDocument(QJsonObject { { u"id"_s, state.id },
                          { u"at"_s, state.at.toUTC().toString(Qt::ISODateWithMs) } })
            .toJson(QJsonDocument::Compact));
}

Async<QString> XmppArchive::findOwn(const OutgoingMessage &message)
{
    ArchiveQuery query;
    if (message.conversation == ConversationKind::Room) {
        query.archive = message.to;
    } else {
        query.with = message.to;
    }
    query.start = message.composedAt.addDuration(-kClockSkew);
    query.atMost = kPageSize;
    const Answer<QString> answer;
    search(query, message.localId, kMostPages, answer);
    return answer.future();
}

void XmppArchive::search(
    const ArchiveQuery &query, const QString &localId, int pagesLeft, const Answer<QString> &answer)
{
    ask(query).then(
        this, [this, query, localId, pagesLeft, answer](const Result<ArchivePage> &page) {
            if (!page) {
                answer.fail(page.error());
                return;
            }
            for (const ArchivedMessage &archived : page->messages) {
                if (archived.message.originId() == localId || archived.message.id() == localId) {
                    answer.give(archived.id);
                    return;
                }
            }
            if (page->complete || page->messages.isEmpty() || pagesLeft <= 1) {
                answer.give(QString());
                return;
            }
            ArchiveQuery next = query;
            next.after = page->last;
            search(next, localId, pagesLeft - 1, answer);
        });
}

Async<bool> XmppArchive::fetchBefore(
    const QString &with, ConversationKind conversation, const QDateTime &before, int atMost)
{
    if (!m_context.online) {
        return readyError<bool>(offline());
    }
    ArchiveQuery query;
    const bool room = conversation == ConversationKind::Room;
    if (room) {
        query.archive = with;
    } else {
        query.with = with;
    }
    query.end = before;
    query.before = QString();
    query.atMost = std::clamp(atMost, 1, kPageSize * 2);
    const Answer<bool> answer;
    ask(query).then(this, [this, answer, room, with](const Result<ArchivePage> &page) {
        if (!page) {
            answer.fail(page.error());
            return;
        }
        for (const ArchivedMessage &archived : page->messages) {
            m_deliver(archived.message,
                { .ownJid = m_context.ownJid,
                    .roomNick = room ? reading(with).nick : QString(),
                    .isRoom = room,
                    .now = m_context.services.now(),
                    .archiveId = archived.id,
                    .archivedAt = archived.at },
                {});
        }
        answer.give(!page->complete);
    });
    return answer.future();
}

} // namespace linchpin::xmpp
