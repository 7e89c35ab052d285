// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/messagelistmodel.h"

#include "core/chat/conversation.h"
#include "core/history/historystore.h"
#include "core/models/framepacer.h"
#include "core/models/messagerows.h"
#include "core/models/roles.h"

#include <QPointer>

#include <algorithm>

namespace linchpin {

namespace {

bool earlier(const StoredMessage &a, const StoredMessage &b)
{
    return a.sentAt != b.sentAt ? a.sentAt < b.sentAt : a.id < b.id;
}

} // namespace

class MessageListModel::Private {
public:
    Private(HistoryStore &store, Conversation &talk, std::function<void()> takeNews)
        : history(store)
        , conversation(talk)
        , pacer(std::move(takeNews))
    {
    }

    HistoryStore &history;
    Conversation &conversation;
    QList<StoredMessage> messages; ///< oldest first
    QList<StoredGap> gaps;
    QList<MessageRowData> rows;
    MessagePlace unreadAfter; ///< where the unread line stands; null sentAt = none
    bool hasOlder = false;
    bool hasNewer = false;
    bool loading = false;
    bool opened = false; ///< a page was asked for
    bool stale = false; ///< something came in between while a page was being read
    int newBelow = 0;
    QList<StoredMessage> arrived; ///< stored since the last frame
    QHash<MessageId, StoredMessage> changed; ///< since the last frame
    FramePacer pacer;
};

MessageListModel::MessageListModel(
    HistoryStore &history, Conversation &conversation, QObject *parent)
    : QAbstractListModel(parent)
    , d(std::make_unique<Private>(history, conversation, [this] { takeNews(); }))
{
    connect(
        &conversation, &Conversation::messageStored, this, [this](const StoredMessage &message) {
            d->arrived.append(message);
            d->pacer.ask();
        });
    connect(
        &conversation, &Conversation::messageChanged, this, [this](const StoredMessage &message) {
            d->changed.insert(message.id, message);
            d->pacer.ask();
        });
    // An import, or a server's archive, may have filled what lay between.
    connect(&conversation, &Conversation::gapsChanged, this, &MessageListModel::refresh);
}

MessageListModel::~MessageListModel() = default;

int MessageListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(d->rows.size());
}

bool MessageListModel::hasOlder() const
{
    return d->hasOlder;
}
bool MessageListModel::hasNewer() const
{
    return d->hasNewer;
}
int MessageListModel::newBelow() const
{
    return d->newBelow;
}

void MessageListModel::openNewest()
{
    const ConversationSummary &summary = d->conversation.summary();
    d->unreadAfter = summary.unread > 0 ? summary.readUpTo : MessagePlace {};
    load(d->history.newest(summary.key, kPage), Where::Whole);
}

void MessageListModel::openAt(const MessageId &id)
{
    load(d->history.around(d->conversation.key(), id, kPage), Where::Whole);
}

void MessageListModel::fetchOlder()
{
    if (d->hasOlder && !d->messages.isEmpty()) {
        load(d->history.before(d->conversation.key(), placeOf(d->messages.constFirst()), kPage),
            Where::Front);
    }
}

void MessageListModel::fetchNewer()
{
    if (d->hasNewer && !d->messages.isEmpty()) {
        load(d->history.after(d->conversation.key(), placeOf(d->messages.constLast()), kPage),
            Where::Back);
    }
}

/// The same window once more, as the history has it now; the reader stays where they are.
void MessageListModel::refresh()
{
    if (d->loading) {
        d->stale = true;
        return;
    }
    const ConversationKey key = d->conversation.key();
    const int size = std::max(kPage, static_cast<int>(d->messages.size()));
    if (d->hasNewer && !d->messages.isEmpty()) {
        const StoredMessage &first = d->messages.constFirst();
        load(d->history.after(key, { first.sentAt, { first.id.value - 1 } }, size), Where::Again);
    } else if (d->opened) {
        load(d->history.newest(key, size), Where::Again);
    }
}

void MessageListModel::load(const Async<HistoryPage> &page, Where where)
{
    if (d->loading && where != Where::Whole) {
        return;
    }
    d->loading = true;
    d->opened = true;
    Async<HistoryPage>(page).then(this, [this, where](const Result<HistoryPage> &result) {
        d->loading = false;
        if (!result) {
            Q_EMIT failed(result.error());
            return;
        }
        take(*result, where);
        if (where == Where::Whole) {
            Q_EMIT ready();
        }
        if (std::exchange(d->stale, false)) {
            refresh();
        }
    });
}

void MessageListModel::take(const HistoryPage &page, Where where)
{
    switch (where) {
    case Where::Whole:
        d->messages = page.messages;
        d->gaps = page.gaps;
        d->hasOlder = page.hasOlder;
        d->hasNewer = page.hasNewer;
        d->newBelow = 0;
        Q_EMIT newBelowChanged();
        break;
    case Where::Again:
        d->messages = page.messages;
        d->gaps = page.gaps;
        d->hasOlder = page.hasOlder;
        d->hasNewer = page.hasNewer;
        break;
    case Where::Front:
        d->messages = page.messages + d->messages;
        d->hasOlder = page.hasOlder;
        if (d->messages.size() > kWindow) {
            d->messages.resize(kWindow);
            d->hasNewer = true;
        }
        break;
    case Where::Back:
        for (const StoredMessage &message : page.messages) {
            insertSorted(message);
        }
        d->hasNewer = page.hasNewer;
        if (d->messages.size() > kWindow) {
            d->messages.remove(0, d->messages.size() - kWindow);
            d->hasOlder = true;
        }
        if (!d->hasNewer && d->newBelow > 0) {
            d->newBelow = 0;
            Q_EMIT newBelowChanged();
        }
        break;
    }
    for (const StoredGap &gap : page.gaps) {
        if (!d->gaps.contains(gap)) {
            d->gaps.append(gap);
        }
    }
    rebuild();
}

/// Where it belongs by time; a message that is there already is replaced.
void MessageListModel::insertSorted(const StoredMessage &message)
{
    const auto at = std::ranges::lower_bound(d->messages, message, earlier);
    if (at != d->messages.end() && at->id == message.id) {
        *at = message;
    } else {
        d->messages.insert(at, message);
    }
}

void MessageListModel::takeNews()
{
    const bool more = takeArrived();
    if (takeChanged() || more) {
        rebuild();
    }
}

bool MessageListModel::takeArrived()
{
    const QList<StoredMessage> arrived = std::exchange(d->arrived, {});
    bool changed = false;
    const int newBelow = d->newBelow;
    for (const StoredMessage &message : arrived) {
        const bool before = !d->messages.isEmpty() && earlier(message, d->messages.constFirst());
        const bool after = d->messages.isEmpty() || earlier(d->messages.constLast(), message);
        if ((before && d->hasOlder) || (after && d->hasNewer)) {
            if (after && message.direction == Direction::In) {
                ++d->newBelow;
            }
            continue; // outside the window: it is read when the reader comes there
        }
        insertSorted(message);
        changed = true;
    }
    if (newBelow != d->newBelow) {
        Q_EMIT newBelowChanged();
    }
    // The window follows the end; the far end is dropped a page at a time.
    if (d->messages.size() > kWindow + kPage) {
        d->messages.remove(0, d->messages.size() - kWindow);
        d->hasOlder = true;
    }
    return changed;
}

bool MessageListModel::takeChanged()
{
    const QHash<MessageId, StoredMessage> changed = std::exchange(d->changed, {});
    QList<StoredMessage> moved;
    bool any = false;
    for (qsizetype i = d->messages.size() - 1; i >= 0 && !changed.isEmpty(); --i) {
        const auto found = changed.constFind(d->messages.at(i).id);
        if (found == changed.constEnd()) {
            continue;
        }
        any = true;
        if (found->sentAt == d->messages.at(i).sentAt) {
            d->messages[i] = *found;
        } else {
            d->messages.removeAt(i);
            moved.append(*found);
        }
    }
    for (const StoredMessage &message : std::as_const(moved)) {
        insertSorted(message);
    }
    return any;
}

/// Turns the messages into rows and tells the view what differs: what both ends have in common
/// stays as it is.
void MessageListModel::rebuild()
{
    const QList<MessageRowData> next = messageRows(d->messages, d->gaps, d->unreadAfter);
    const auto same
        = [](const MessageRowData &a, const MessageRowData &b) { return a.isSameRow(b); };
    qsizetype head = 0;
    while (head < d->rows.size() && head < next.size() && same(d->rows.at(head), next.at(head))) {
        ++head;
    }
    qsizetype tail = 0;
    while (tail < d->rows.size() - head && tail < next.size() - head
        && same(d->rows.at(d->rows.size() - 1 - tail), next.at(next.size() - 1 - tail))) {
        ++tail;
    }
    const qsizetype removed = d->rows.size() - head - tail;
    const qsizetype added = next.size() - head - tail;
    const QList<MessageRowData> before = d->rows;
    if (removed > 0) {
        beginRemoveRows({}, static_cast<int>(head), static_cast<int>(head + removed - 1));
        d->rows.remove(head, removed);
        endRemoveRows();
    }
    if (added > 0) {
        beginInsertRows({}, static_cast<int>(head), static_cast<int>(head + added - 1));
        d->rows = next;
        endInsertRows();
    } else {
        d->rows = next;
    }
    // Rows that stayed may look different now: grouping, delivery, text.
    const auto tellChanged = [&](qsizetype from, qsizetype count, qsizetype oldFrom) {
        for (qsizetype i = 0; i < count; ++i) {
            if (before.at(oldFrom + i) != d->rows.at(from + i)) {
                const QModelIndex changed = index(static_cast<int>(from + i), 0);
                Q_EMIT dataChanged(changed, changed);
            }
        }
    };
    tellChanged(0, head, 0);
    tellChanged(head + added, tail, head + removed);
}

QModelIndex MessageListModel::indexOf(const MessageId &id) const
{
    for (qsizetype row = 0; row < d->rows.size(); ++row) {
        if (d->rows.at(row).covers(id)) {
            return index(static_cast<int>(row), 0);
        }
    }
    return {};
}

QVariant MessageListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    return messageRowData(d->rows.at(index.row()), role);
}

QHash<int, QByteArray> MessageListModel::roleNames() const
{
    return { { MessageRole::RowKind, "rowKind" }, { MessageRole::Id, "id" },
        { MessageRole::From, "from" }, { MessageRole::FromName, "fromName" },
        { MessageRole::Body, "body" }, { MessageRole::SentAt, "sentAt" },
        { MessageRole::Delivery, "delivery" }, { MessageRole::Date, "date" } };
}

} // namespace linchpin
