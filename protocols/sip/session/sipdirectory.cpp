// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipdirectory.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/presence/presencenotification.h"
#include "protocols/sip/presence/subscriptions.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/session/cardfields.h"
#include "protocols/sip/webservices/addressbook.h"
#include "protocols/sip/webservices/soapfault.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipDirectory)
};

constexpr int kMostFound = 100;
constexpr int kMostMembers = 500;
constexpr auto kPatience = 10s; // for provisioning, and for one person's presence

Error directoryUnavailable(const QString &words)
{
    Error error;
    error.kind = Error::Kind::Protocol;
    error.code = u"directory-unavailable"_s;
    error.title = Text::tr("The company's directory could not be searched.");
    error.detail = words;
    error.remedy = Text::tr("Try again later; ask the administrator if it stays like this.");
    return error;
}

/// Neither way exists: says of both why.
Error noDirectory(const QString &words)
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"no-directory"_s;
    error.title = Text::tr("This server has no directory to search.");
    error.detail = Text::tr("It names no address book web service, and refuses to be asked by SIP.")
        + (words.isEmpty() ? QString() : u' ' + words);
    return error;
}

Error invalidSearch()
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"invalid-search"_s;
    error.title = Text::tr("Type a name or an address to search for.");
    return error;
}

Error unknownPerson(const QString &address)
{
    Error error;
    error.kind = Error::Kind::NotFound;
    error.code = u"address-unknown"_s;
    error.title = Text::tr("The server knows nothing about %1.").arg(address);
    return error;
}

Error notAGroup(const QString &group, const QString &words)
{
    Error error;
    error.kind = Error::Kind::NotFound;
    error.code = u"not-a-group"_s;
    error.title = Text::tr("%1 is not a distribution group.").arg(group);
    error.detail = words;
    return error;
}

Error noExpansion()
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"no-directory"_s;
    error.title = Text::tr("This server does not tell who is in a distribution group.");
    error.detail = Text::tr("It names no service for it.");
    return error;
}

QList<DirectoryEntry> entries(const QList<PersonRecord> &records)
{
    QList<DirectoryEntry> found;
    for (const PersonRecord &record : records) {
        found.append({ .address = { record.address },
            .name = record.name,
            .kind = record.group ? ContactKind::Group : ContactKind::Person,
            .details = contactDetails(record) });
    }
    return found;
}

} // namespace

struct SipDirectory::Card {
    QString address;
    PresenceUpdate presence;
    PersonRecord record;
    QByteArray photo;
    std::optional<Error> failure; ///< why the directory said nothing
    bool any = false; ///< somebody knew something
    int open = 0; ///< questions out
    std::unique_ptr<Timer> limit;
    Answer<linchpin::ContactCard> answer;
};

SipDirectory::SipDirectory(SipLink &link, bool webPhotos)
    : m_link(link)
    , m_webPhotos(webPhotos)
{
}

void SipDirectory::attach(WebServices &web, Hooks hooks)
{
    detach();
    m_web = &web;
    m_hooks = std::move(hooks);
    m_signedIn = std::make_unique<QObject>();
    m_alive = std::make_shared<bool>(true);
    m_patience = m_link.services().timer(kPatience, [this] { notProvisioned(); });
}

void SipDirectory::detach()
{
    m_alive.reset();
    m_signedIn.reset();
    m_patience.reset();
    m_places.reset();
    m_web = nullptr;
    m_hooks = {};
    m_questions.clear();
    m_waiting.clear(); // their answers become "cancelled"
}

void SipDirectory::provisioned(QByteArrayView body)
{
    const auto places = parseServicePlaces(body, m_link.registration().remoteUser);
    m_places = places.value_or(ServicePlaces {});
    release();
}

void SipDirectory::notProvisioned()
{
    if (!m_places) {
        m_places = ServicePlaces {};
        release();
    }
}

void SipDirectory::release()
{
    for (const auto &then : std::exchange(m_waiting, {})) {
        then();
    }
}

void SipDirectory::whenProvisioned(std::function<void()> then)
{
    if (m_places) {
        then();
    } else {
        m_waiting.push_back(std::move(then));
    }
}

bool SipDirectory::receive(const SipMessage &request)
{
    const auto question
        = std::ranges::find_if(m_questions, [&](const auto &q) { return q->owns(request); });
    if (question == m_questions.end()) {
        return false;
    }
    (*question)->receive(request);
    return true;
}

// ---------------------------------------------------------------- searching

Async<QList<DirectoryEntry>> SipDirectory::search(const QString &text)
{
    if (!m_signedIn) {
        return readyError<QList<DirectoryEntry>>(notSignedIn());
    }
    const QList<SearchRows> searches = searchesFor(text);
    if (searches.isEmpty()) {
        return readyError<QList<DirectoryEntry>>(invalidSearch());
    }
    const Answer<QList<DirectoryEntry>> answer;
    lookUp(searches, text.simplified(), [answer](const Result<DirectoryAnswer> &found) {
        if (found) {
            answer.give(entries(found->records));
        } else {
            answer.fail(found.error());
        }
    });
    return answer.future();
}

/// The web query where there is one, otherwise (or when it fails) the way by SIP. Without @p words
/// the searches alone count.
void SipDirectory::lookUp(
    const QList<SearchRows> &searches, const QString &words, const Found &found)
{
    whenProvisioned([this, searches, words, found] {
        if (!m_places->groupExpansion.isValid()) {
            askSip(searches, [found](const Result<DirectoryAnswer> &answer) {
                const bool refused = !answer && answer.error().kind != Error::Kind::Timeout;
                found(refused ? std::unexpected(noDirectory(answer.error().detail)) : answer);
            });
            return;
        }
        const auto bySip = [this, searches, found](const Error &web) {
            askSip(searches, [found, web](const Result<DirectoryAnswer> &answer) {
                found(answer ? answer : std::unexpected(web));
            });
        };
        QList<AddressBookQuery> queries;
        if (!words.isEmpty()) {
            queries.append({ .words = words, .most = kMostFound });
        }
        // "Beebe Ann" begins no name: then given name and surname, in either order.
        for (const SearchRows &rows : searches.first(std::min<qsizetype>(searches.size(), 2))) {
            queries.append(
                { .kind = AddressBookQuery::Kind::Fields, .rows = rows, .most = kMostFound });
        }
        askInTurn(queries, [found, bySip](const Result<DirectoryAnswer> &answer) {
            answer ? found(answer) : bySip(answer.error());
        });
    });
}

/// The first query that finds anybody.
void SipDirectory::askInTurn(const QList<AddressBookQuery> &queries, const Found &found)
{
    askWeb(
        searchAction,
        [query = queries.first()](
            const WebTicket &ticket) { return buildAddressBookQuery(query, ticket); },
        [](QByteArrayView body) { return parseAddressBookAnswer(body, kMostFound); },
        [this, queries, found](const Result<DirectoryAnswer> &answer) {
            if (answer && answer->records.isEmpty() && queries.size() > 1) {
                askInTurn(queries.sliced(1), found);
            } else {
                found(answer);
            }
        });
}

void SipDirectory::askWeb(const QByteArray &action,
    const std::function<QByteArray(const WebTicket &)> &document,
    const std::function<std::expected<DirectoryAnswer, DocumentError>(QByteArrayView)> &read,
    const Found &then)
{
    const Found found = [this, then](const auto &result) {
        if (!result && result.error().kind != Error::Kind::NotFound) {
            // What provisioning said may hold no more: the next sign-in asks again.
            m_link.services().setState(kProvisioningState.toString(), {});
        }
        then(result);
    };
    m_web
        ->ticketForService(
            m_places.value_or(ServicePlaces {}).groupExpansion, QString(addressBookPort))
        .then(m_signedIn.get(),
            [this, action, document, read, found](const Result<TicketGrant> &grant) {
                if (!grant) {
                    found(std::unexpected(directoryUnavailable(grant.error().detail)));
                    return;
                }
                HttpRequest request;
                request.method = "POST"_ba;
                request.url = grant->service;
                request.headers = { { "Content-Type"_ba, "text/xml; charset=utf-8"_ba },
                    { "SOAPAction"_ba, action } };
                if (!m_web->identity().userAgent.isEmpty()) {
                    request.headers.append({ "User-Agent"_ba, m_web->identity().userAgent });
                }
                request.body = document(grant->ticket);
                m_link.services().http(request).then(
                    m_signedIn.get(), [read, found](const Result<HttpReply> &reply) {
                        if (!reply) {
                            found(std::unexpected(directoryUnavailable(reply.error().detail)));
                            return;
                        }
                        const auto answer = reply->status == 200
                            ? read(reply->body)
                            : std::unexpected(DocumentError {});
                        if (answer) {
                            found(*answer);
                            return;
                        }
                        Error error = directoryUnavailable(webWords(*reply));
                        if (parseFault(reply->body)) {
                            error.kind = Error::Kind::NotFound; // understood, and refused
                        }
                        found(std::unexpected(error));
                    });
            });
}

void SipDirectory::askSip(const QList<SearchRows> &searches, const Found &found)
{
    struct Together {
        RecordList records;
        bool more = false;
        bool any = false;
        Error failure;
        qsizetype open = 0;
    };
    const auto together = std::make_shared<Together>();
    together->open = searches.size();
    const QByteArray domain
        = m_link.identity().address.mid(m_link.identity().address.indexOf('@') + 1);
    for (const SearchRows &rows : searches) {
        SipMessage request = newRequest(m_link, "SERVICE"_ba, "sip:" + domain);
        request.setBody("application/SOAP+xml"_ba, buildDirectorySearch(rows, kMostFound));
        m_link.send(
            request, [together, found, alive = std::weak_ptr(m_alive)](const SipReply &reply) {
                if (!alive.lock()) {
                    return;
                }
                const auto answer = reply && reply->status < 300
                    ? parseDirectorySearch(reply->body)
                    : std::unexpected(DocumentError {});
                if (answer) {
                    together->any = true;
                    together->more = together->more || answer->more;
                    together->records.add(answer->records);
                } else {
                    together->failure = reply ? requestFailure(*reply) : reply.error();
                }
                if (--together->open > 0) {
                    return;
                }
                if (together->any) {
                    found(DirectoryAnswer {
                        .records = together->records.records(), .more = together->more });
                } else {
                    found(std::unexpected(together->failure));
                }
            });
    }
}

Async<QList<DirectoryEntry>> SipDirectory::members(const ContactAddress &group)
{
    if (!m_signedIn) {
        return readyError<QList<DirectoryEntry>>(notSignedIn());
    }
    const Answer<QList<DirectoryEntry>> answer;
    const QString address = addressFromUri(group.value);
    whenProvisioned([this, answer, address] {
        if (!m_places->groupExpansion.isValid()) {
            answer.fail(noExpansion());
            return;
        }
        askWeb(
            membersAction,
            [address](const WebTicket &ticket) {
                return buildMembersQuery(address, kMostMembers, ticket);
            },
            [](QByteArrayView body) { return parseMembersAnswer(body, kMostMembers); },
            [answer, address](const Result<DirectoryAnswer> &found) {
                if (found) {
                    answer.give(entries(found->records));
                } else if (found.error().kind == Error::Kind::NotFound) {
                    answer.fail(notAGroup(address, found.error().detail));
                } else {
                    answer.fail(found.error());
                }
            });
    });
    return answer.future();
}

// ---------------------------------------------------------------- one person

Async<linchpin::ContactCard> SipDirectory::card(const ContactAddress &address)
{
    if (!m_signedIn) {
        return readyError<linchpin::ContactCard>(notSignedIn());
    }
    const auto card = std::make_shared<Card>();
    card->address = addressFromUri(address.value);
    if (!card->address.contains(u'@')) {
        return readyError<linchpin::ContactCard>(unknownPerson(address.value));
    }
    card->open = 2;
    askPresence(card);
    const SearchRows byAddress { { u"msRTCSIP-PrimaryUserAddress"_s, u"sip:"_s + card->address } };
    lookUp({ byAddress }, {}, [this, card](const Result<DirectoryAnswer> &found) {
        if (!found) {
            card->failure = found.error();
        } else {
            const QList<PersonRecord> &records = found->records;
            const auto exact = std::ranges::find(records, card->address, &PersonRecord::address);
            if (exact != records.end()) {
                card->record = *exact;
                card->any = true;
            }
        }
        finish(card);
    });
    return card->answer.future();
}

/// What is known already, or one question to the server.
void SipDirectory::askPresence(const std::shared_ptr<Card> &card)
{
    if (const auto known = m_hooks.known ? m_hooks.known(card->address) : std::nullopt;
        known && known->card) {
        card->presence = *known;
        card->any = true;
        finish(card);
        return;
    }
    std::erase_if(m_questions, [](const auto &question) { return question->isOver(); });
    SipSubscription::Options options;
    options.event = "presence"_ba;
    options.accept = "application/msrtc-event-categories+xml, text/xml+msrtc.pidf, "
                     "application/pidf+xml, application/rlmi+xml, multipart/related"_ba;
    options.target = uriFromAddress(card->address).toUtf8();
    options.oneShot = true;
    if (m_link.registration().hasCategories()) {
        options.bodyType = kCategoryListType.toByteArray();
        options.body = buildBatchSubscribe(QString::fromUtf8(m_link.identity().address),
            { { card->address, false } },
            m_link.random()(4).toHex().toUInt(nullptr, 16) & 0x7fffffff);
    }
    const auto answered = std::make_shared<bool>(false);
    const auto once = [this, card, answered] {
        if (!std::exchange(*answered, true)) {
            card->limit.reset();
            finish(card);
        }
    };
    card->limit = m_link.services().timer(kPatience, [this, weak = std::weak_ptr(card), answered] {
        const auto late = weak.lock();
        if (late && !std::exchange(*answered, true)) {
            finish(late);
        }
    });
    m_questions.push_back(std::make_unique<SipSubscription>(
        m_link, options,
        [card, once](const SipSubscription::Notification &notification) {
            const auto parsed
                = parsePresenceNotification(notification.contentType, notification.body);
            if (parsed) {
                for (const PresenceUpdate &update : parsed->updates) {
                    if (update.address == card->address) {
                        card->presence.merge(update);
                        card->any = card->any || update.card || update.state;
                    }
                }
            }
            once();
        },
        [once](int) { once(); }));
    m_questions.back()->start();
}

void SipDirectory::finish(const std::shared_ptr<Card> &card)
{
    if (--card->open > 0) {
        return;
    }
    if (!card->any) {
        const std::optional<Error> &failure = card->failure;
        card->answer.fail(failure && failure->kind != Error::Kind::Unsupported
                ? *failure
                : unknownPerson(card->address));
        return;
    }
    fetchPhoto(card);
}

/// The company's own picture first; one from the web where the account allows it. A ticket goes to
/// the company's services only.
void SipDirectory::fetchPhoto(const std::shared_ptr<Card> &card)
{
    const ServicePlaces places = m_places.value_or(ServicePlaces {});
    const auto &shown = card->presence.card;
    const QUrl published(shown ? shown->photoUri : QString(), QUrl::StrictMode);
    const QUrl kept = addressBookPhoto(places.addressBook, card->record.photoPath);
    const QUrl own = published.isValid() && places.contains(published) ? published : kept;
    if (own.isValid() && places.groupExpansion.isValid()) {
        m_web->ticketForService(places.groupExpansion, QString(addressBookPort))
            .then(m_signedIn.get(), [this, card, own](const Result<TicketGrant> &grant) {
                fetchPhoto(card, own, grant ? webTicketHeader(grant->ticket) : QByteArray());
            });
        return;
    }
    fetchPhoto(card, m_webPhotos && published.isValid() ? published : QUrl(), {});
}

void SipDirectory::fetchPhoto(
    const std::shared_ptr<Card> &card, const QUrl &url, const QByteArray &ticket)
{
    const auto done = [this, card] {
        linchpin::ContactCard shown = displayCard(card->address, card->presence, card->record);
        shown.photo = card->photo;
        if (!shown.photo.isEmpty()) {
            m_link.tell(AvatarChanged { shown.address, shown.photo });
        }
        card->answer.give(shown);
    };
    if (!url.isValid() || url.scheme() != "https"_L1) {
        done();
        return;
    }
    HttpRequest request;
    request.url = url;
    request.maximumSize = kLargestPhoto;
    if (!ticket.isEmpty()) {
        request.headers.append({ "X-MS-WebTicket"_ba, ticket });
    }
    m_link.services().http(request).then(
        m_signedIn.get(), [card, done](const Result<HttpReply> &reply) {
            if (reply && reply->status == 200 && isPhoto(reply->body)) {
                card->photo = reply->body;
            }
            done();
        });
}

} // namespace linchpin::sip
