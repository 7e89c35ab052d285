// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/ctl/sessionbridge.h"

#include "app/ctl/eventjson.h"
#include "core/sdk/protocolplugin.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::ctl {

namespace {

constexpr auto kDrainLimit = 30s;
constexpr auto kSignOutLimit = 6s;

Error usageError(const QString &title, const QString &detail = {})
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"bad-command"_s;
    error.title = title;
    error.detail = detail;
    return error;
}

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

} // namespace

struct SessionBridge::Command {
    QJsonObject json;
    QString name;
    QString ref;
    Account *account = nullptr;

    QString text(QLatin1StringView key) const { return json.value(key).toString(); }
    QString accountName() const { return account ? account->name() : QString(); }
};

const QHash<QString, SessionBridge::Handler> &SessionBridge::handlers()
{
    static const QHash<QString, Handler> kHandlers {
        { u"send"_s, &SessionBridge::doSend },
        { u"status"_s, &SessionBridge::doStatus },
        { u"add"_s, &SessionBridge::doAdd },
        { u"remove"_s, &SessionBridge::doRemove },
        { u"rename"_s, &SessionBridge::doRename },
        { u"block"_s, &SessionBridge::doBlock },
        { u"unblock"_s, &SessionBridge::doUnblock },
        { u"answer"_s, &SessionBridge::doAnswer },
        { u"typing"_s, &SessionBridge::doTyping },
        { u"join"_s, &SessionBridge::doJoin },
        { u"leave"_s, &SessionBridge::doLeave },
        { u"invite"_s, &SessionBridge::doInvite },
        { u"search"_s, &SessionBridge::doSearch },
        { u"connect"_s, &SessionBridge::doConnect },
        { u"disconnect"_s, &SessionBridge::doDisconnect },
        { u"contacts"_s, &SessionBridge::doContacts },
        { u"retry"_s, &SessionBridge::doRetry },
        { u"quit"_s, &SessionBridge::doQuit },
    };
    return kHandlers;
}

SessionBridge::SessionBridge(AccountManager &accounts, ConversationStore &conversations,
    QStringList only, Write write, QObject *parent)
    : QObject(parent)
    , m_accounts(accounts)
    , m_conversations(conversations)
    , m_only(std::move(only))
    , m_write(std::move(write))
{
    connect(&accounts, &AccountManager::accountChanged, this, &SessionBridge::accountChanged);
    connect(&accounts, &AccountManager::event, this, &SessionBridge::event);
    connect(&accounts, &AccountManager::allOffline, this, [this] {
        if (m_quitting && !std::exchange(m_done, true)) {
            Q_EMIT finished();
        }
    });
    connect(&conversations, &ConversationStore::messageStored, this, &SessionBridge::messageStored);
    connect(
        &conversations, &ConversationStore::messageChanged, this, &SessionBridge::messageChanged);
    connect(&conversations, &ConversationStore::troubled, this,
        [this](const Error &error) { m_write(errorJson({}, error)); });
}

bool SessionBridge::concerns(const Account *account) const
{
    return account && (m_only.isEmpty() || m_only.contains(account->name()));
}

void SessionBridge::signIn()
{
    if (m_only.isEmpty()) {
        m_accounts.start();
        return;
    }
    for (const QString &name : std::as_const(m_only)) {
        if (const Account *const account = m_accounts.accountByName(name)) {
            m_accounts.setPresence(account->id(), { .availability = Availability::Available });
        }
    }
}

void SessionBridge::handleLine(const QByteArray &line)
{
    if (line.trimmed().isEmpty()) {
        return;
    }
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(line, &problem);
    if (!document.isObject()) {
        m_write(errorJson(
            {}, usageError(tr("That line is not a JSON object."), problem.errorString())));
        return;
    }
    handle(document.object());
}

void SessionBridge::handle(const QJsonObject &json)
{
    Command command { .json = json,
        .name = json.value("do"_L1).toString(),
        .ref = json.value("ref"_L1).toVariant().toString() };
    const auto handler = handlers().constFind(command.name);
    if (handler == handlers().constEnd()) {
        complain(
            command, usageError(tr("There is no such command."), json.value("do"_L1).toString()));
        return;
    }
    const QString name = command.text("account"_L1);
    if (!name.isEmpty()) {
        command.account = m_accounts.accountByName(name);
        if (!command.account) {
            Error error = usageError(tr("There is no account of that name."), name);
            error.code = u"unknown-account"_s;
            complain(command, error);
            return;
        }
    }
    static const QSet<QString> kWithoutAccount { u"status"_s, u"contacts"_s, u"quit"_s };
    if (!command.account && !kWithoutAccount.contains(command.name)) {
        complain(command, usageError(tr("This command needs an account.")));
        return;
    }
    (this->*handler.value())(command);
}

void SessionBridge::complain(const QString &account, const QString &ref, const Error &error)
{
    QJsonObject json = errorJson(account, error);
    if (!ref.isEmpty()) {
        json.insert(u"ref"_s, ref);
    }
    m_write(json);
}

void SessionBridge::complain(const Command &command, const Error &error)
{
    complain(command.accountName(), command.ref, error);
}

void SessionBridge::succeed(const Command &command, const QJsonObject &result)
{
    QJsonObject json = result;
    json.insert(u"event"_s, u"result"_s);
    json.insert(u"do"_s, command.name);
    if (command.account) {
        json.insert(u"account"_s, command.accountName());
    }
    if (!command.ref.isEmpty()) {
        json.insert(u"ref"_s, command.ref);
    }
    m_write(json);
}

void SessionBridge::answerWith(const Command &command, const Async<void> &future)
{
    Async<void>(future).then(this, [this, command](const Result<void> &result) {
        if (result) {
            succeed(command);
        } else {
            complain(command, result.error());
        }
    });
}

std::optional<ConversationKey> SessionBridge::keyFor(
    const Command &command, const QString &to) const
{
    const ProtocolPlugin *const plugin = command.account->plugin();
    if (!plugin || to.isEmpty()) {
        return std::nullopt;
    }
    // A room we know wins over a person of that spelling.
    if (const auto room = plugin->normalizedRoom(to)) {
        ConversationKey key { command.account->id(), *room, ConversationKind::Room };
        if (m_conversations.find(key)) {
            return key;
        }
    }
    if (const auto person = plugin->normalizedAddress(to)) {
        return ConversationKey { command.account->id(), *person, ConversationKind::Person };
    }
    if (const auto room = plugin->normalizedRoom(to)) {
        return ConversationKey { command.account->id(), *room, ConversationKind::Room };
    }
    return std::nullopt;
}

void SessionBridge::doSend(const Command &command)
{
    const auto key = keyFor(command, command.text("to"_L1));
    if (!key) {
        Error error = usageError(tr("That is no address of this network."), command.text("to"_L1));
        error.code = u"invalid-address"_s;
        complain(command, error);
        return;
    }
    const QString text = command.text("text"_L1);
    if (text.isEmpty()) {
        complain(command, usageError(tr("There is no text to send.")));
        return;
    }
    MessageKind kind = key->kind == ConversationKind::Room ? MessageKind::Room : MessageKind::Chat;
    if (command.text("kind"_L1) == "action"_L1) {
        kind = MessageKind::Action;
    } else if (command.text("kind"_L1) == "notice"_L1) {
        kind = MessageKind::Notice;
    }
    ++m_storing;
    m_refsAwaitingRow[*key].enqueue(command.ref);
    m_conversations.send(*key, RichText::fromPlain(text), kind)
        .then(this, [this, command, key = *key](const Result<StoredMessage> &stored) {
            --m_storing;
            if (!stored) {
                m_refsAwaitingRow[key].removeOne(command.ref);
                complain(command, stored.error());
            }
            leaveWhenDrained();
        });
}

void SessionBridge::doStatus(const Command &command)
{
    const auto availability = availabilityFromWord(command.text("availability"_L1));
    if (!availability || *availability == Availability::Unknown) {
        complain(command,
            usageError(tr("There is no such availability."), command.text("availability"_L1)));
        return;
    }
    const Presence presence { .availability = *availability, .text = command.text("text"_L1) };
    if (command.account) {
        m_accounts.setPresence(command.account->id(), presence);
    } else if (m_only.isEmpty()) {
        m_accounts.setGlobalPresence(presence);
    } else {
        for (const QString &name : std::as_const(m_only)) {
            if (const Account *const account = m_accounts.accountByName(name)) {
                m_accounts.setPresence(account->id(), presence);
            }
        }
    }
    succeed(command);
}

namespace {

Error noFacet()
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"not-supported"_s;
    error.title = tr("This network, or this server, cannot do that.");
    return error;
}

Error notOnline()
{
    Error error;
    error.kind = Error::Kind::Network;
    error.code = u"not-online"_s;
    error.title = tr("The account is not signed in.");
    return error;
}

Session *sessionOf(const Account *account)
{
    return account->state() == Account::State::Online ? account->session() : nullptr;
}

} // namespace

void SessionBridge::doAdd(const Command &command)
{
    Session *const session = sessionOf(command.account);
    RosterFacet *const roster = session ? session->roster() : nullptr;
    if (!roster) {
        complain(command, session ? noFacet() : notOnline());
        return;
    }
    const auto key = keyFor(command, command.text("address"_L1));
    if (!key) {
        complain(command, usageError(tr("That is no address of this network.")));
        return;
    }
    ContactSnapshot contact { .address = { key->with }, .name = command.text("name"_L1) };
    const QJsonArray groups = command.json.value("groups"_L1).toArray();
    for (const auto &group : groups) {
        contact.groups.append(group.toString());
    }
    answerWith(command, roster->add(contact));
}

void SessionBridge::doRemove(const Command &command)
{
    Session *const session = sessionOf(command.account);
    RosterFacet *const roster = session ? session->roster() : nullptr;
    const auto key = keyFor(command, command.text("address"_L1));
    if (!roster || !key) {
        complain(command, session ? noFacet() : notOnline());
        return;
    }
    answerWith(command, roster->remove({ key->with }));
}

void SessionBridge::doRename(const Command &command)
{
    Session *const session = sessionOf(command.account);
    RosterFacet *const roster = session ? session->roster() : nullptr;
    const auto key = keyFor(command, command.text("address"_L1));
    if (!roster || !key) {
        complain(command, session ? noFacet() : notOnline());
        return;
    }
    ContactSnapshot contact = m_known.value({ command.account->id().value + u'/' + key->with });
    contact.address = { key->with };
    if (command.json.contains("name"_L1)) {
        contact.name = command.text("name"_L1);
    }
    if (command.json.contains("groups"_L1)) {
        contact.groups.clear();
        const QJsonArray groups = command.json.value("groups"_L1).toArray();
        for (const auto &group : groups) {
            contact.groups.append(group.toString());
        }
    }
    answerWith(command, roster->update(contact));
}

void SessionBridge::setBlocked(const Command &command, bool blocked)
{
    Session *const session = sessionOf(command.account);
    RosterFacet *const roster = session ? session->roster() : nullptr;
    const auto key = keyFor(command, command.text("address"_L1));
    if (!roster || !key) {
        complain(command, session ? noFacet() : notOnline());
        return;
    }
    answerWith(command, roster->setBlocked({ key->with }, blocked));
}

void SessionBridge::doBlock(const Command &command)
{
    setBlocked(command, true);
}
void SessionBridge::doUnblock(const Command &command)
{
    setBlocked(command, false);
}

void SessionBridge::doAnswer(const Command &command)
{
    Session *const session = sessionOf(command.account);
    RosterFacet *const roster = session ? session->roster() : nullptr;
    const auto key = keyFor(command, command.text("address"_L1));
    if (!roster || !key) {
        complain(command, session ? noFacet() : notOnline());
        return;
    }
    answerWith(command, roster->answer({ key->with }, command.json.value("allow"_L1).toBool()));
}

void SessionBridge::doTyping(const Command &command)
{
    const auto key = keyFor(command, command.text("to"_L1));
    Session *const session = sessionOf(command.account);
    TypingFacet *const typing = session ? session->typing() : nullptr;
    if (!typing || !key) {
        complain(command, session ? noFacet() : notOnline());
        return;
    }
    typing->setTyping(key->with, key->kind, command.text("state"_L1) == "composing"_L1);
    if (!command.ref.isEmpty()) {
        succeed(command);
    }
}

void SessionBridge::doJoin(const Command &command)
{
    const ProtocolPlugin *const plugin = command.account->plugin();
    const auto room = plugin ? plugin->normalizedRoom(command.text("room"_L1))
                             : Result<QString>(std::unexpect, noFacet());
    const auto join = [this, command](const RoomAddress &address) {
        answerWith(command,
            m_conversations.join(command.account->id(), address, command.text("nick"_L1),
                command.text("password"_L1)));
    };
    if (room) {
        join({ *room });
        return;
    }
    Session *const session = sessionOf(command.account);
    RoomFacet *const rooms = session ? session->rooms() : nullptr;
    if (!rooms) {
        complain(command, room.error());
        return;
    }
    // It may be a link for people.
    rooms->resolve(command.text("room"_L1))
        .then(this, [this, command, join](const Result<RoomAddress> &found) {
            if (found) {
                join(*found);
            } else {
                complain(command, found.error());
            }
        });
}

void SessionBridge::doLeave(const Command &command)
{
    const ProtocolPlugin *const plugin = command.account->plugin();
    const auto room = plugin ? plugin->normalizedRoom(command.text("room"_L1))
                             : Result<QString>(std::unexpect, noFacet());
    if (!room) {
        complain(command, room.error());
        return;
    }
    answerWith(
        command, m_conversations.leave({ command.account->id(), *room, ConversationKind::Room }));
}

void SessionBridge::doInvite(const Command &command)
{
    Session *const session = sessionOf(command.account);
    RoomFacet *const rooms = session ? session->rooms() : nullptr;
    const ProtocolPlugin *const plugin = command.account->plugin();
    if (!rooms || !plugin) {
        complain(command, session ? noFacet() : notOnline());
        return;
    }
    const auto who = plugin->normalizedAddress(command.text("to"_L1));
    if (!who) {
        complain(command, who.error());
        return;
    }
    // Without a room one is made; a person in its place comes along: the talk with them grows.
    const QString in = command.text("room"_L1);
    const auto room = plugin->normalizedRoom(in);
    const auto partner = plugin->normalizedAddress(in);
    if (ConferenceFacet *const conferences = session->conferences();
        conferences && !room && (in.isEmpty() || partner)) {
        QList<ContactAddress> people { { *who } };
        if (partner && *partner != *who) {
            people.prepend({ *partner });
        }
        conferences->create(command.text("text"_L1), people)
            .then(this, [this, command](const Result<RoomAddress> &made) {
                if (made) {
                    succeed(command, { { u"room"_s, made->value } });
                } else {
                    complain(command, made.error());
                }
            });
        return;
    }
    if (!room) {
        complain(command, room.error());
        return;
    }
    answerWith(command, rooms->invite({ *room }, { *who }, command.text("text"_L1)));
}

void SessionBridge::doSearch(const Command &command)
{
    Session *const session = sessionOf(command.account);
    DirectoryFacet *const directory = session ? session->directory() : nullptr;
    if (!directory) {
        complain(command, session ? noFacet() : notOnline());
        return;
    }
    directory->search(command.text("text"_L1))
        .then(this, [this, command](const Result<QList<DirectoryEntry>> &found) {
            if (!found) {
                complain(command, found.error());
                return;
            }
            QJsonArray people;
            for (const DirectoryEntry &entry : *found) {
                QJsonObject person { { u"address"_s, entry.address.value },
                    { u"name"_s, entry.name } };
                if (entry.kind == ContactKind::Group) {
                    person.insert(u"kind"_s, u"group"_s);
                }
                for (auto it = entry.details.cbegin(); it != entry.details.cend(); ++it) {
                    person.insert(it.key(), it.value());
                }
                people.append(person);
            }
            succeed(command, { { u"people"_s, people } });
        });
}

void SessionBridge::doConnect(const Command &command)
{
    Presence wanted = m_accounts.globalPresence();
    if (wanted.availability <= Availability::Offline) {
        wanted = { .availability = Availability::Available };
    }
    m_accounts.setPresence(command.account->id(), wanted);
    command.account->retryNow();
    succeed(command);
}

void SessionBridge::doDisconnect(const Command &command)
{
    m_accounts.setPresence(command.account->id(), { .availability = Availability::Offline });
    succeed(command);
}

void SessionBridge::doContacts(const Command &command)
{
    QJsonArray contacts;
    for (auto it = m_known.cbegin(); it != m_known.cend(); ++it) {
        const Account *const account = m_accounts.account({ it.key().value.section(u'/', 0, 0) });
        if (!account || (command.account && account != command.account)) {
            continue;
        }
        QJsonObject contact = contactJson(account->name(), it.value());
        contact.remove(u"event"_s);
        contacts.append(contact);
    }
    succeed(command, { { u"contacts"_s, contacts } });
}

void SessionBridge::doRetry(const Command &command)
{
    // Only messages of this run are known by their id here; older ones are in the window.
    Error error = usageError(tr("There is no such failed message."), command.text("id"_L1));
    error.code = u"message-not-found"_s;
    const auto found = m_failed.constFind(command.text("id"_L1));
    if (found == m_failed.constEnd()) {
        complain(command, error);
        return;
    }
    m_underway.insert(found.key());
    m_conversations.retry(*found);
    succeed(command);
}

void SessionBridge::doQuit(const Command &command)
{
    succeed(command);
    signOut();
}

void SessionBridge::signOut()
{
    if (std::exchange(m_quitting, true)) {
        return;
    }
    m_accounts.stop();
    QTimer::singleShot(kSignOutLimit, this, [this] {
        if (!std::exchange(m_done, true)) {
            Q_EMIT finished();
        }
    });
}

void SessionBridge::finish()
{
    m_draining = true;
    QTimer::singleShot(kDrainLimit, this, &SessionBridge::signOut);
    leaveWhenDrained();
}

void SessionBridge::leaveWhenDrained()
{
    if (m_draining && !m_quitting && m_storing == 0 && m_underway.isEmpty()) {
        signOut();
    }
}

void SessionBridge::accountChanged(Account *account)
{
    if (!concerns(account)) {
        return;
    }
    QJsonObject json = stateJson(*account, QDateTime::currentDateTimeUtc());
    QJsonObject key = json;
    key.remove(u"retry_in"_s);
    key.insert(u"retry_at"_s, timeText(account->retryAt()));
    if (std::exchange(m_lastState[account->id()], key) != key) {
        m_write(json);
    }
}

void SessionBridge::event(Account *account, const SessionEvent &event)
{
    if (!concerns(account)) {
        return;
    }
    const QString prefix = account->id().value + u'/';
    if (const auto *const changed = std::get_if<ContactChanged>(&event)) {
        m_known.insert({ prefix + changed->contact.address.value }, changed->contact);
    } else if (const auto *const removed = std::get_if<ContactRemoved>(&event)) {
        m_known.remove({ prefix + removed->address.value });
    }
    if (const auto json = eventJson(account->name(), event)) {
        m_write(*json);
    }
}

void SessionBridge::messageStored(const StoredMessage &message)
{
    const Account *const account = m_accounts.account(message.conversation.account);
    if (!concerns(account) || message.kind == MessageKind::System) {
        return;
    }
    QJsonObject json = messageJson(account->name(), message);
    if (message.direction == Direction::Out && message.delivery == DeliveryState::Queued) {
        const QString id = messageId(message);
        m_underway.insert(id);
        m_told.insert(id, message.delivery);
        const auto waiting = m_refsAwaitingRow.find(message.conversation);
        if (waiting != m_refsAwaitingRow.end() && !waiting->isEmpty()) {
            const QString ref = waiting->dequeue();
            if (!ref.isEmpty()) {
                m_refs.insert(id, ref);
                json.insert(u"ref"_s, ref);
            }
        }
    }
    m_write(json);
}

void SessionBridge::messageChanged(const StoredMessage &message)
{
    const Account *const account = m_accounts.account(message.conversation.account);
    if (!concerns(account) || message.direction != Direction::Out) {
        return;
    }
    const QString id = messageId(message);
    // Kept for somebody who is not there: for scripts that is a failure, with "waiting" beside it.
    const bool kept = message.delivery == DeliveryState::Queued && message.failure;
    if (m_told.value(id, DeliveryState::None) != message.delivery) {
        m_told.insert(id, message.delivery);
        if (auto json = deliveryJson(account->name(), message)) {
            if (const QString ref = m_refs.value(id); !ref.isEmpty()) {
                json->insert(u"ref"_s, ref);
            }
            m_write(*json);
            m_underway.remove(id);
        }
        if (kept && !m_keeps) {
            m_told.insert(id, DeliveryState::Failed); // told already
            m_conversations.discard(message);
        }
    }
    if (message.delivery == DeliveryState::Failed || kept
        || message.delivery == DeliveryState::Unconfirmed) {
        m_failed.insert(id, message);
    } else {
        m_failed.remove(id);
    }
    leaveWhenDrained();
}

} // namespace linchpin::ctl
