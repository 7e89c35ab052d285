// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/siproster.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/session/cardfields.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipRoster)
};

constexpr std::chrono::milliseconds kStoreRetry = 1min; ///< at first, then twice as long each time
constexpr std::chrono::milliseconds kStoreLongest = 15min;
constexpr std::chrono::milliseconds kListLimit = 30s; ///< until a new group has to be shown

Error listsNotKept()
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"not-implemented"_s;
    error.title = Text::tr("A distribution group cannot be added to this contact list.");
    return error;
}

} // namespace

SipRoster::SipRoster(SipLink &link, SipPresence &presence, SipExchange &exchange)
    : m_link(link)
    , m_presence(presence)
    , m_exchange(exchange)
{
}

SipRoster::~SipRoster() = default;

void SipRoster::start()
{
    subscribe();
}

void SipRoster::subscribe()
{
    SipSubscription::Options options;
    options.event = "vnd-microsoft-roaming-contacts"_ba;
    options.accept = "application/vnd-microsoft-roaming-contacts+xml"_ba;
    options.headers.append({ "Supported"_ba, "ms-ucs"_ba });
    m_finished = std::move(m_subscription);
    m_subscription = std::make_unique<SipSubscription>(
        m_link, options, [this](const SipSubscription::Notification &n) { notified(n); },
        [this](int status) {
            if (status == 0) {
                subscribe();
                return;
            }
            // Lync 2013 and later refuse when the list lives in Exchange; others have no list.
            if (status == 488) {
                readStore({});
                return;
            }
            m_link.tell(ServerNotice { ServerNotice::Severity::Warning, u"contacts-unavailable"_s,
                Text::tr("The server keeps no contact list for this account."),
                QString::number(status) });
            m_link.tell(ContactListComplete {});
        });
    m_subscription->start();
}

bool SipRoster::receive(const SipMessage &request)
{
    if (!m_subscription || !m_subscription->owns(request)) {
        return false;
    }
    m_subscription->receive(request);
    return true;
}

void SipRoster::notified(const SipSubscription::Notification &notification)
{
    const auto document = parseContactDocument(notification.body);
    if (!document) {
        return;
    }
    const auto *const whole = std::get_if<ContactListDocument>(&*document);
    if (whole && !whole->isMigrated()) {
        m_store.reset();
        take(*whole);
        return;
    }
    if (whole || m_store) { // whatever it says of the list, only Exchange knows it
        readStore(whole ? std::optional(*whole) : std::nullopt);
        return;
    }
    const auto difference = m_list.apply(std::get<ContactDeltaDocument>(*document));
    if (!difference) {
        subscribe(); // a delta was lost
        return;
    }
    apply(*difference);
}

void SipRoster::take(const ContactListDocument &whole)
{
    const ContactList::Difference difference = m_list.apply(whole);
    apply(difference);
    // The whole list was told: what the program remembers beyond it is gone from the server.
    ContactListComplete complete;
    for (const ContactEntry &entry : m_list.contacts()) {
        complete.addresses.append({ entry.address });
    }
    for (auto list = m_lists.cbegin(); list != m_lists.cend(); ++list) {
        complete.addresses.append({ list.key() });
    }
    m_complete = true;
    m_link.tell(complete);
}

void SipRoster::readStore(const std::optional<ContactListDocument> &frozen)
{
    if (!m_store) {
        m_frozen = frozen;
        m_store = std::make_unique<SipContactStore>(
            m_exchange, [this](const Result<ContactListDocument> &list) { storeTold(list); });
    }
    m_storeRetry.reset();
    m_store->read();
}

void SipRoster::storeTold(const Result<ContactListDocument> &list)
{
    if (list) {
        m_storeRetry.reset();
        m_storeFailures = 0;
        m_frozen.reset();
        take(*list);
        return;
    }
    if (!list.error().fatal) {
        const auto pause
            = std::min(kStoreRetry * (1 << std::min(m_storeFailures++, 4)), kStoreLongest);
        m_storeRetry = m_link.services().timer(pause, [this] {
            const auto fired = std::move(m_storeRetry);
            m_store->read();
        });
    }
    if (!std::exchange(m_storeComplained, true)) {
        m_link.tell(ServerNotice { ServerNotice::Severity::Warning, u"contacts-unavailable"_s,
            m_frozen
                ? Text::tr("The contact list is kept in Exchange and cannot be read; an older copy "
                           "of it is shown. %1")
                      .arg(list.error().title)
                : Text::tr("The contact list is kept in Exchange and cannot be read. %1")
                      .arg(list.error().title),
            list.error().detail });
    }
    if (const auto frozen = std::exchange(m_frozen, {})) {
        take(*frozen);
    }
}

void SipRoster::apply(const ContactList::Difference &difference)
{
    for (const QString &address : difference.removed) {
        m_presence.forget(address);
        m_cards.remove(address);
        m_told.remove(address);
        m_link.tell(ContactRemoved { { address } });
    }
    QList<WatchedPerson> people;
    for (const ContactEntry &entry : difference.changed) {
        announce(entry);
        // After the first list, somebody new in it has just been added.
        people.append({ entry.address, m_complete });
    }
    if (difference.groupsChanged) {
        judgeNewLists();
        announceLists();
        for (const ContactEntry &entry : m_list.contacts()) {
            announce(entry);
        }
    }
    m_presence.watch(people);
}

ContactSnapshot SipRoster::snapshot(const ContactEntry &entry) const
{
    ContactSnapshot contact;
    contact.address = { entry.address };
    const auto card = m_cards.constFind(entry.address);
    contact.name = entry.name;
    if (card != m_cards.constEnd()) {
        if (contact.name.isEmpty()) {
            contact.name = card->displayName;
        }
        contact.details = contactDetails(*card);
    }
    for (const QString &group : m_list.groupNames(entry)) {
        if (group != u"~") {
            contact.groups.append(group);
        }
    }
    contact.subscription = Subscription::Both;
    contact.blocked = m_presence.isBlocked(entry.address);
    return contact;
}

void SipRoster::announce(const ContactEntry &entry)
{
    const ContactSnapshot contact = snapshot(entry);
    const auto told = m_told.constFind(entry.address);
    if (told == m_told.constEnd() || *told != contact) {
        m_told.insert(entry.address, contact);
        m_link.tell(ContactChanged { contact });
    }
}

void SipRoster::announceLists()
{
    QHash<QString, int> lists;
    for (const ContactGroup &group : m_list.groups()) {
        const QString address = addressFromUri(group.listAddress);
        if (!address.contains(u'@') || m_list.contacts().contains(address)
            || lists.contains(address)) {
            continue;
        }
        lists.insert(address, group.id);
        ContactSnapshot contact;
        contact.address = { address };
        contact.name = group.name;
        contact.kind = ContactKind::Group;
        if (m_told.value(address) != contact) {
            m_told.insert(address, contact);
            m_link.tell(ContactChanged { contact });
        }
    }
    for (auto old = m_lists.cbegin(); old != m_lists.cend(); ++old) {
        if (!lists.contains(old.key()) && !m_list.contacts().contains(old.key())) {
            m_told.remove(old.key());
            m_link.tell(ContactRemoved { { old.key() } });
        }
    }
    m_lists = lists;
}

void SipRoster::cardChanged(const QString &address, const sip::ContactCard &card)
{
    m_cards.insert(address, card);
    if (const auto entry = m_list.contacts().constFind(address);
        entry != m_list.contacts().constEnd()) {
        announce(*entry);
    }
}

void SipRoster::blockedChanged()
{
    for (const ContactEntry &entry : m_list.contacts()) {
        announce(entry);
    }
}

// ---------------------------------------------------------------- editing

void SipRoster::edit(const ContactEdit &change, EditHandler done)
{
    m_edits.push_back({ change, std::move(done) });
    sendNextEdit();
}

void SipRoster::sendNextEdit()
{
    if (m_editing || m_edits.empty()) {
        return;
    }
    m_editing = true;
    m_sentNumber = m_list.editNumber();
    SipMessage request = newRequest(m_link, "SERVICE"_ba);
    request.setBody(
        "application/SOAP+xml"_ba, buildContactEdit(m_edits.front().edit, m_sentNumber));
    m_link.send(request, [this, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
        if (alive.lock()) {
            editAnswered(reply);
        }
    });
}

void SipRoster::editAnswered(const SipReply &reply)
{
    const Pending pending = std::move(m_edits.front());
    m_edits.pop_front();
    m_editing = false;
    Result<ContactEditReply> result;
    if (!reply) {
        result = std::unexpected(reply.error());
    } else {
        const auto answer
            = reply->body.isEmpty() ? ContactEditReply() : parseContactEditReply(reply->body);
        if (reply->status >= 300 || (answer && !answer->faultCode.isEmpty())) {
            Error error = requestFailure(*reply);
            if (answer && !answer->faultText.isEmpty()) {
                error.detail = answer->faultText;
            }
            result = std::unexpected(error);
            subscribe(); // our idea of the list may be wrong: the whole list again
        } else {
            // The delta may have come before the answer; then the number has counted already.
            if (m_list.editNumber() == m_sentNumber) {
                m_list.noteAcceptedEdit();
            }
            result = answer.value_or(ContactEditReply());
        }
    }
    const auto alive = std::weak_ptr(m_alive);
    if (pending.done) {
        pending.done(result);
    }
    if (alive.lock()) {
        sendNextEdit();
    }
}

SipRoster::EditHandler SipRoster::give(const Answer<void> &answer) const
{
    return [answer](const Result<ContactEditReply> &result) {
        if (result) {
            answer.give({});
        } else {
            answer.fail(result.error());
        }
    };
}

void SipRoster::withGroups(const QStringList &names, const Answer<void> &answer,
    const std::function<void(const QList<int> &)> &then)
{
    if (names.isEmpty()) {
        then({ m_list.rootGroupId() });
        return;
    }
    withGroupsFrom(names, {}, answer, then);
}

void SipRoster::withGroupsFrom(QStringList names, QList<int> ids, const Answer<void> &answer,
    const std::function<void(const QList<int> &)> &then)
{
    while (!names.isEmpty()) {
        const QString name = names.first();
        const auto known = m_list.groupId(name);
        if (!known) {
            edit(AddGroup { name, {} },
                [this, names, ids, answer, then](const Result<ContactEditReply> &result) mutable {
                    if (!result) {
                        answer.fail(result.error());
                        return;
                    }
                    if (!result->groupId) {
                        answer.fail(requestTimeout());
                        return;
                    }
                    names.removeFirst();
                    ids.append(*result->groupId);
                    withGroupsFrom(names, ids, answer, then);
                });
            return;
        }
        ids.append(*known);
        names.removeFirst();
    }
    then(ids);
}

Async<void> SipRoster::addList(const QString &address, const QString &name)
{
    const Answer<void> answer;
    edit(AddGroup { name.isEmpty() ? address : name, {}, address },
        [this, address, answer](const Result<ContactEditReply> &result) {
            if (!result || !result->groupId) {
                answer.fail(result ? requestTimeout() : result.error());
                return;
            }
            const int id = *result->groupId;
            m_newLists.insert(
                id, { address, answer, m_link.services().timer(kListLimit, [this, id] {
                         m_newLists.take(id).answer.fail(requestTimeout());
                     }) });
            judgeNewLists();
        });
    return answer.future();
}

void SipRoster::judgeNewLists()
{
    const QList<int> ids = m_newLists.keys();
    for (const int id : ids) {
        const auto group = m_list.groups().constFind(id);
        if (group == m_list.groups().constEnd()) {
            continue; // the server has not shown it yet
        }
        const NewList made = m_newLists.take(id);
        if (addressFromUri(group->listAddress) == made.address) {
            made.answer.give({});
            continue;
        }
        edit(DeleteGroup { id }, {}); // an ordinary group of that name is nothing anybody wanted
        made.answer.fail(listsNotKept());
    }
}

Async<void> SipRoster::add(const ContactSnapshot &contact)
{
    if (m_store) {
        return m_store->put(contact);
    }
    Answer<void> answer;
    const QString address = addressFromUri(contact.address.value);
    if (contact.kind == ContactKind::Group) {
        if (m_lists.contains(address)) {
            answer.give({}); // it is there
            return answer.future();
        }
        return addList(address, contact.name);
    }
    const QString name = contact.name;
    withGroups(contact.groups, answer, [this, address, name, answer](const QList<int> &groups) {
        SetContact change;
        change.address = address;
        change.name = name;
        change.groups = groups;
        edit(change, give(answer));
    });
    return answer.future();
}

Async<void> SipRoster::update(const ContactSnapshot &contact)
{
    if (m_store) {
        return m_store->put(contact);
    }
    const QString address = addressFromUri(contact.address.value);
    if (const auto list = m_lists.constFind(address); list != m_lists.cend()) {
        Answer<void> answer;
        edit(ModifyGroup { *list, contact.name, m_list.groups().value(*list).externalUri },
            give(answer));
        return answer.future();
    }
    const auto known = m_list.contacts().constFind(address);
    if (known == m_list.contacts().constEnd()) {
        return add(contact);
    }
    Answer<void> answer;
    SetContact change;
    change.address = address;
    // The card's name shown for an empty alias is not an alias the user has chosen.
    const auto card = m_cards.constFind(address);
    change.name
        = card != m_cards.constEnd() && known->name.isEmpty() && card->displayName == contact.name
        ? QString()
        : contact.name;
    change.subscribed = known->subscribed;
    change.externalUri = known->externalUri;
    withGroups(contact.groups, answer, [this, change, answer](const QList<int> &groups) mutable {
        change.groups = groups;
        edit(change, give(answer));
    });
    return answer.future();
}

Async<void> SipRoster::remove(const ContactAddress &address)
{
    if (m_store) {
        return m_store->remove(addressFromUri(address.value));
    }
    Answer<void> answer;
    if (const auto list = m_lists.constFind(addressFromUri(address.value));
        list != m_lists.cend()) {
        edit(DeleteGroup { *list }, give(answer));
        return answer.future();
    }
    edit(DeleteContact { addressFromUri(address.value) }, give(answer));
    return answer.future();
}

Async<void> SipRoster::setBlocked(const ContactAddress &address, bool blocked)
{
    Answer<void> answer;
    m_presence.setBlocked(addressFromUri(address.value), blocked, answer);
    return answer.future();
}

Async<void> SipRoster::answer(const ContactAddress &address, bool allow)
{
    Answer<void> answer;
    m_presence.self().answerWatcher(addressFromUri(address.value), allow, answer);
    return answer.future();
}

} // namespace linchpin::sip
