// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/importwriter.h"

#include "core/chat/servicesecrets.h"
#include "core/sdk/protocolplugin.h"

#include <QCryptographicHash>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr std::chrono::seconds kTolerance = 60s;
constexpr int kPage = 1000;
constexpr auto kIdBegin = "import-"_L1;

/// What makes two messages the same but for their time.
QString likeness(Direction direction, const QString &speaker, const QString &text)
{
    return (direction == Direction::Out ? u">"_s : u"<"_s + speaker) + u'\n' + text;
}

QString likeness(const StoredMessage &message)
{
    const bool room = message.conversation.kind == ConversationKind::Room;
    return likeness(message.direction, room ? message.from : QString(), message.body.plain());
}

} // namespace

QString importedId(const ImportedLog &log, const ImportedMessage &message, int repeat)
{
    QCryptographicHash hash(QCryptographicHash::Blake2s_128);
    const auto add = [&hash](const QString &text) {
        hash.addData(text.toUtf8());
        hash.addData(QByteArrayView("\0", 1));
    };
    add(log.with.toLower());
    add(QString::number(static_cast<int>(log.kind)));
    add(QString::number(message.sentAt.toMSecsSinceEpoch()));
    add(message.fromName.isEmpty() ? message.from : message.fromName);
    add(message.body.plain());
    add(QString::number(repeat));
    return kIdBegin + QString::fromLatin1(hash.result().toHex());
}

ImportWriter::ImportWriter(HistoryStore &history, QObject *parent)
    : QObject(parent)
    , m_history(history)
{
}

void ImportWriter::setAccount(
    const QString &key, const AccountId &id, const QString &address, const ProtocolPlugin &plugin)
{
    m_targets.insert(key, { id, address, &plugin });
}

void ImportWriter::begin(Then then)
{
    m_history.conversations().then(
        this, [this, then = std::move(then)](const Result<QList<ConversationSummary>> &all) {
            if (!all) {
                then(std::unexpected(all.error()));
                return;
            }
            QList<ConversationKey> unread;
            for (const ConversationSummary &summary : *all) {
                m_existing.insert(
                    summary.key, summary.unread > 0 ? summary.readUpTo.sentAt : QDateTime());
                if (summary.unread > 0 && summary.readUpTo.id.isNull()) {
                    unread.append(summary.key);
                }
            }
            lookForNews(unread, then);
        });
}

/// Conversations in which nothing was ever read: the oldest message is the first new one.
void ImportWriter::lookForNews(QList<ConversationKey> unread, const Then &then)
{
    if (unread.isEmpty()) {
        then({});
        return;
    }
    const ConversationKey key = unread.takeFirst();
    m_history.after(key, {}, 1)
        .then(this, [this, key, unread, then](const Result<HistoryPage> &page) {
            if (page && !page->messages.isEmpty()) {
                m_existing.insert(key, page->messages.constFirst().sentAt.addDuration(-1ms));
            }
            lookForNews(unread, then);
        });
}

ConversationKey ImportWriter::keyOf(const ImportedLog &log)
{
    const QString name = u"%1\n%2\n%3"_s.arg(log.account, log.with).arg(static_cast<int>(log.kind));
    if (const auto known = m_keys.constFind(name); known != m_keys.constEnd()) {
        return *known;
    }
    const Target target = m_targets.value(log.account);
    ConversationKey key;
    if (target.plugin != nullptr && log.privateInRoom) {
        const Result<QString> room = target.plugin->normalizedRoom(log.with.section(u'/', 0, 0));
        if (room) {
            key = { target.id, *room + u'/' + log.with.section(u'/', 1), log.kind };
        }
    } else if (target.plugin != nullptr) {
        const Result<QString> address = log.kind == ConversationKind::Room
            ? target.plugin->normalizedRoom(log.with)
            : target.plugin->normalizedAddress(log.with);
        if (address) {
            key = { target.id, *address, log.kind };
        }
    }
    m_keys.insert(name, key);
    return key;
}

QList<StoredMessage> ImportWriter::stored(const ConversationKey &key, const ImportPart &part)
{
    const Target &target = m_targets[part.log.account];
    QList<StoredMessage> messages;
    messages.reserve(part.messages.size());
    for (const ImportedMessage &imported : part.messages) {
        const QString second
            = part.log.file + u'\n' + QString::number(imported.sentAt.toSecsSinceEpoch());
        if (second != m_repeatsOf) {
            m_repeatsOf = second;
            m_repeats.clear();
        }
        const int repeat = m_repeats[imported.from + u'\n' + imported.fromName + u'\n'
            + imported.body.plain()]++;
        StoredMessage message;
        message.conversation = key;
        message.direction = imported.direction;
        const bool room = key.kind == ConversationKind::Room;
        message.from = room                        ? imported.from
            : imported.direction == Direction::Out ? target.address
                                                   : key.with;
        message.fromName = imported.fromName == message.from ? QString() : imported.fromName;
        message.kind
            = room && imported.kind == MessageKind::Chat ? MessageKind::Room : imported.kind;
        // What one types to NickServ is kept nowhere, whichever program wrote it down.
        message.body = imported.direction == Direction::Out
            ? withoutServiceSecrets(key.with, imported.body)
            : imported.body;
        message.sentAt = imported.sentAt;
        message.originId = importedId(part.log, imported, repeat);
        message.delivery
            = imported.direction == Direction::Out && imported.kind != MessageKind::System
            ? DeliveryState::Sent
            : DeliveryState::None;
        message.delayed = true;
        message.fromArchive = true;
        messages.append(message);
    }
    return messages;
}

void ImportWriter::write(const QList<ImportPart> &parts, Then then)
{
    m_then = std::move(then);
    m_waiting.clear();
    m_fresh.clear();
    m_ids.clear();
    for (const ImportPart &part : parts) {
        const ConversationKey key = keyOf(part.log);
        if (key.isNull()) {
            m_unplaced += part.messages.size();
        } else if (!part.messages.isEmpty()) {
            m_waiting.append({ key, stored(key, part) });
        }
    }
    lookUpNext();
}

void ImportWriter::lookUpNext()
{
    if (m_waiting.isEmpty()) {
        append();
        return;
    }
    m_lookedUp = {};
    const auto &[key, messages] = m_waiting.constFirst();
    const auto [first, last] = std::ranges::minmax_element(messages, {}, &StoredMessage::sentAt);
    lookUp({ first->sentAt.addDuration(-kTolerance), {} }, last->sentAt.addDuration(kTolerance));
}

void ImportWriter::lookUp(const MessagePlace &after, const QDateTime &until)
{
    m_history.after(m_waiting.constFirst().first, after, kPage)
        .then(this, [this, until](const Result<HistoryPage> &page) {
            if (!page) {
                m_then(std::unexpected(page.error()));
                return;
            }
            bool more = page->hasNewer && !page->messages.isEmpty();
            for (const StoredMessage &message : page->messages) {
                if (message.sentAt > until) {
                    more = false;
                    break;
                }
                if (message.originId.startsWith(kIdBegin)) {
                    m_lookedUp.ids.insert(message.originId);
                } else if (message.kind != MessageKind::System
                    && !m_recognised.contains(message.id)) {
                    StoredMessage known = message;
                    known.conversation = m_waiting.constFirst().first;
                    m_lookedUp.places[likeness(known)].append(
                        { message.sentAt.toSecsSinceEpoch(), message.id });
                }
            }
            if (more) {
                lookUp(placeOf(page->messages.constLast()), until);
            } else {
                take(m_lookedUp);
            }
        });
}

/// What is new of the first waiting messages.
void ImportWriter::take(Known &known)
{
    const auto [key, messages] = m_waiting.takeFirst();
    for (const StoredMessage &message : messages) {
        // Ids are of a conversation: another one may have the same line.
        const QString id = key.account.value + key.with + message.originId;
        bool repeated = known.ids.contains(message.originId) || m_ids.contains(id);
        if (!repeated && message.kind != MessageKind::System) {
            const auto found = known.places.find(likeness(message));
            if (found != known.places.end()) {
                const qint64 second = message.sentAt.toSecsSinceEpoch();
                const auto match
                    = std::ranges::find_if(*found, [second](const Known::Place &place) {
                          return std::abs(place.second - second) <= kTolerance.count();
                      });
                if (match != found->end()) {
                    // Each counts once, also where the next log or batch goes on within the minute.
                    m_recognised.insert(match->id);
                    found->erase(match);
                    repeated = true;
                }
            }
        }
        if (repeated) {
            ++m_known;
            continue;
        }
        m_ids.insert(id);
        m_fresh.append(message);
        Span &span = m_spans[key];
        span.from = span.from.isValid() ? std::min(span.from, message.sentAt) : message.sentAt;
        span.to = span.to.isValid() ? std::max(span.to, message.sentAt) : message.sentAt;
    }
    lookUpNext();
}

void ImportWriter::append()
{
    if (m_fresh.isEmpty()) {
        const Then then = std::exchange(m_then, {});
        then({});
        return;
    }
    QHash<ConversationKey, QDateTime> read;
    for (const StoredMessage &message : std::as_const(m_fresh)) {
        QDateTime &latest = read[message.conversation];
        latest = latest.isValid() ? std::max(latest, message.sentAt) : message.sentAt;
    }
    const qint64 count = m_fresh.size();
    m_history.appendMany(m_fresh).then(this, [this, count](const Result<void> &appended) {
        if (appended) {
            m_written += count;
        }
        const Then then = std::exchange(m_then, {});
        then(appended);
    });
    m_fresh.clear();
    // Old messages are no news. Queued behind the messages, so that both are one transaction.
    for (auto it = read.cbegin(); it != read.cend(); ++it) {
        const QDateTime news = m_existing.value(it.key());
        m_history.markRead(it.key(),
            { news.isValid() ? std::min(news, it.value()) : it.value(),
                { std::numeric_limits<qint64>::max() } });
    }
}

void ImportWriter::finish(Then then)
{
    if (m_spans.isEmpty()) {
        then({});
        return;
    }
    const auto left = std::make_shared<qsizetype>(m_spans.size());
    const auto worst = std::make_shared<Result<void>>();
    const auto told = std::make_shared<Then>(std::move(then));
    for (auto it = m_spans.cbegin(); it != m_spans.cend(); ++it) {
        m_history.addGap(it.key(), it->from, it->to.addDuration(1ms))
            .then(this, [left, worst, told](const Result<void> &added) {
                if (!added) {
                    *worst = added;
                }
                if (--*left == 0) {
                    (*told)(*worst);
                }
            });
    }
}

} // namespace linchpin
