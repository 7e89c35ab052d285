// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmppdirectory.h"

#include "protocols/xmpp/translate.h"

#include <QCoreApplication>
#include <QDomElement>
#include <QJsonDocument>
#include <QXmppDiscoveryManager.h>
#include <QXmppUtils.h>
#include <QXmppVCardManager.h>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

namespace {

constexpr qsizetype kLargestPhoto = qsizetype { 1 } << 20;
constexpr qsizetype kLargestState = 60000; // the sdk keeps 64 KiB a value
constexpr qsizetype kHashKept = 10; // enough to see a change
constexpr qsizetype kMostFound = 500;
const QString kSearch = u"jabber:iq:search"_s;
const QString kForm = u"jabber:x:data"_s;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::xmpp::XmppDirectory", text);
}

QXmppElement element(const QString &name, const QString &ns = {}, const QString &value = {})
{
    QXmppElement out;
    out.setTagName(name);
    if (!ns.isEmpty()) {
        out.setAttribute(u"xmlns"_s, ns);
    }
    if (!value.isEmpty()) {
        out.setValue(value);
    }
    return out;
}

QXmppElement formField(const QString &key, const QString &value)
{
    QXmppElement field = element(u"field"_s);
    field.setAttribute(u"var"_s, key);
    field.appendChild(element(u"value"_s, {}, value));
    return field;
}

} // namespace

struct XmppDirectory::Search {
    QString text;
    Answer<QList<DirectoryEntry>> answer;
    QList<DirectoryEntry> found;
    std::optional<Error> failure;
    bool anyService = false;

    // The last question answered gives the answer.
    ~Search()
    {
        if (found.isEmpty() && (failure || !anyService)) {
            Error none = failure.value_or(Error {});
            if (!failure) {
                none.kind = Error::Kind::Unsupported;
                none.code = u"not-implemented"_s;
                none.title = tr("This server has no directory to search.");
            }
            answer.fail(none);
        } else {
            answer.give(found);
        }
    }
    Search(QString words, Answer<QList<DirectoryEntry>> to)
        : text(std::move(words))
        , answer(std::move(to))
    {
    }
    Search(const Search &) = delete;
    Search &operator=(const Search &) = delete;
};

XmppDirectory::XmppDirectory(XmppContext &context, QObject *parent)
    : QObject(parent)
    , m_context(context)
    , m_hashes(QJsonDocument::fromJson(context.services.state(u"avatars"_s)).object())
{
}

void XmppDirectory::attach(QXmppClient *client)
{
    m_cards = client->addNewExtension<QXmppVCardManager>();
    m_fetching = false;
    m_wanted.clear();
    connect(client, &QXmppClient::presenceReceived, this, &XmppDirectory::handlePresence);
}

void XmppDirectory::handlePresence(const QXmppPresence &presence)
{
    const QString address = bareJid(presence.from());
    if (presence.type() != QXmppPresence::Available || m_context.isRoom(address)) {
        return;
    }
    const QString known = m_hashes.value(address).toString();
    if (presence.vCardUpdateType() == QXmppPresence::VCardUpdateNoPhoto && !known.isEmpty()) {
        keepHash(address, {});
        m_context.emitEvent(
            AvatarChanged { { address == m_context.ownJid ? QString() : address }, {} });
    } else if (presence.vCardUpdateType() == QXmppPresence::VCardUpdateValidPhoto) {
        const QString hash = QString::fromLatin1(presence.photoHash().toHex()).left(kHashKept);
        if (!hash.isEmpty() && hash != known) {
            m_wanted.insert(address, hash);
            fetchNext();
        }
    }
}

void XmppDirectory::fetchNext()
{
    if (m_fetching || m_wanted.isEmpty() || !m_cards || !m_context.online) {
        return;
    }
    m_fetching = true;
    const QString address = m_wanted.constBegin().key();
    const QString hash = m_wanted.take(address);
    m_cards->fetchVCard(address).then(
        this, [this, address, hash](QXmppVCardManager::VCardIqResult &&result) {
            m_fetching = false;
            if (const auto *vcard = std::get_if<QXmppVCardIq>(&result)) {
                keepHash(address, hash);
                if (!vcard->photo().isEmpty() && vcard->photo().size() <= kLargestPhoto) {
                    m_context.emitEvent(AvatarChanged {
                        { address == m_context.ownJid ? QString() : address }, vcard->photo() });
                }
            }
            fetchNext();
        });
}

void XmppDirectory::keepHash(const QString &address, const QString &hash)
{
    if (hash.isEmpty()) {
        m_hashes.remove(address);
    } else {
        m_hashes.insert(address, hash);
    }
    const QByteArray bytes = QJsonDocument(m_hashes).toJson(QJsonDocument::Compact);
    if (bytes.size() <= kLargestState) {
        m_context.services.setState(u"avatars"_s, bytes);
    }
}

ContactCard toCard(const ContactAddress &address, const QXmppVCardIq &vcard)
{
    ContactCard card;
    card.address = address;
    card.name = vcard.fullName();
    const auto add = [&card](const QString &label, const QString &value) {
        if (!value.trimmed().isEmpty()) {
            card.fields.append({ label, value.trimmed() });
        }
    };
    if (card.name.isEmpty()) {
        card.name = QStringList { vcard.firstName(), vcard.lastName() }.join(u' ').trimmed();
    }
    add(tr("Nickname"), vcard.nickName());
    add(tr("Organisation"), vcard.organization().organization());
    add(tr("Department"), vcard.organization().unit());
    add(tr("Title"), vcard.organization().title());
    add(tr("Role"), vcard.organization().role());
    const auto emails = vcard.emails();
    for (const QXmppVCardEmail &email : emails) {
        add(tr("E-mail"), email.address());
    }
    const auto phones = vcard.phones();
    for (const QXmppVCardPhone &phone : phones) {
        add(tr("Phone"), phone.number());
    }
    const auto addresses = vcard.addresses();
    for (const QXmppVCardAddress &place : addresses) {
        QStringList lines { place.street(), (place.postcode() + u' ' + place.locality()).trimmed(),
            place.region(), place.country() };
        lines.removeAll(QString());
        add(tr("Address"), lines.join(u", "_s));
    }
    if (vcard.birthday().isValid()) {
        add(tr("Birthday"), vcard.birthday().toString(Qt::ISODate));
    }
    add(tr("Web page"), vcard.url());
    add(tr("About"), vcard.description());
    if (vcard.photo().size() <= kLargestPhoto) {
        card.photo = vcard.photo();
    }
    return card;
}

Async<ContactCard> XmppDirectory::card(const ContactAddress &address)
{
    if (!m_context.online || !m_cards) {
        return readyError<ContactCard>(offline());
    }
    const Answer<ContactCard> answer;
    m_cards->fetchVCard(address.value)
        .then(this, [answer, address](QXmppVCardManager::VCardIqResult &&result) {
            if (const auto *error = std::get_if<QXmppError>(&result)) {
                answer.fail(taskError(*error));
            } else {
                answer.give(toCard(address, std::get<QXmppVCardIq>(result)));
            }
        });
    return answer.future();
}

Async<QList<DirectoryEntry>> XmppDirectory::search(const QString &text)
{
    auto *discovery
        = m_context.client ? m_context.client->findExtension<QXmppDiscoveryManager>() : nullptr;
    if (!m_context.online || !discovery) {
        return readyError<QList<DirectoryEntry>>(offline());
    }
    const Answer<QList<DirectoryEntry>> answer;
    const auto search = std::make_shared<Search>(text.trimmed(), answer);
    discovery->requestDiscoItems(QXmppUtils::jidToDomain(m_context.ownJid))
        .then(this, [this, search, discovery](QXmppDiscoveryManager::ItemsResult &&result) {
            const auto *items = std::get_if<QList<QXmppDiscoveryIq::Item>>(&result);
            if (!items) {
                return;
            }
            for (const auto &item : *items) {
                discovery->requestDiscoInfo(item.jid())
                    .then(this,
                        [this, search, service = item.jid()](
                            QXmppDiscoveryManager::InfoResult &&info) {
                            const auto *found = std::get_if<QXmppDiscoveryIq>(&info);
                            if (found && found->features().contains(kSearch)) {
                                search->anyService = true;
                                searchService(service, search);
                            }
                        });
            }
        });
    return answer.future();
}

void XmppDirectory::searchService(const QString &service, const std::shared_ptr<Search> &search)
{
    QXmppIq iq(QXmppIq::Get);
    iq.setTo(service);
    iq.setExtensions({ element(u"query"_s, kSearch) });
    m_context.client->sendIq(std::move(iq))
        .then(this, [this, service, search](QXmppClient::IqResult &&result) {
            if (const auto *error = std::get_if<QXmppError>(&result)) {
                search->failure = taskError(*error);
                return;
            }
            // Which fields there are differs from server to server; these stand for a name.
            QStringList keys;
            const auto fields = std::get<QDomElement>(result).elementsByTagName(u"field"_s);
            for (int i = 0; i < fields.size(); ++i) {
                keys.append(fields.at(i).toElement().attribute(u"var"_s));
            }
            static const QStringList kNames { u"search"_s, u"fn"_s, u"nick"_s, u"user"_s,
                u"email"_s };
            for (const QString &name : kNames) {
                if (keys.contains(name) && m_context.client) {
                    submit(service, name, search);
                }
            }
        });
}

void XmppDirectory::submit(
    const QString &service, const QString &key, const std::shared_ptr<Search> &search)
{
    QXmppElement form = element(u"x"_s, kForm);
    form.setAttribute(u"type"_s, u"submit"_s);
    QXmppElement type = formField(u"FORM_TYPE"_s, kSearch);
    type.setAttribute(u"type"_s, u"hidden"_s);
    form.appendChild(type);
    form.appendChild(formField(key, key == "search"_L1 ? search->text : search->text + u'*'));
    if (key == "search"_L1) { // Openfire, Prosody's mod_vjud: one box and what to look in
        form.appendChild(formField(u"Username"_s, u"1"_s));
        form.appendChild(formField(u"Name"_s, u"1"_s));
        form.appendChild(formField(u"Email"_s, u"1"_s));
    }
    QXmppElement query = element(u"query"_s, kSearch);
    query.appendChild(form);
    QXmppIq iq(QXmppIq::Set);
    iq.setTo(service);
    iq.setExtensions({ query });
    m_context.client->sendIq(std::move(iq)).then(this, [search](QXmppClient::IqResult &&result) {
        if (const auto *error = std::get_if<QXmppError>(&result)) {
            search->failure = taskError(*error);
            return;
        }
        const auto items = std::get<QDomElement>(result).elementsByTagName(u"item"_s);
        for (int i = 0; i < items.size() && search->found.size() < kMostFound; ++i) {
            DirectoryEntry entry;
            const auto fields = items.at(i).toElement().elementsByTagName(u"field"_s);
            for (int f = 0; f < fields.size(); ++f) {
                const QDomElement field = fields.at(f).toElement();
                const QString var = field.attribute(u"var"_s).toLower();
                const QString value = field.firstChildElement(u"value"_s).text();
                if (var == "jid"_L1) {
                    entry.address.value = bareJid(value);
                } else if (var == "fn"_L1 || var == "name"_L1) {
                    entry.name = value;
                } else if (!value.isEmpty()) {
                    entry.details.insert(var, value);
                }
            }
            const auto same
                = [&](const DirectoryEntry &other) { return other.address == entry.address; };
            if (!entry.address.isNull() && std::ranges::none_of(search->found, same)) {
                search->found.append(entry);
            }
        }
    });
}

} // namespace linchpin::xmpp
