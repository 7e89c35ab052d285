// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/selfdocument.h"

#include "protocols/sip/documents/sipaddress.h"

#include <QSet>
#include <QXmlStreamWriter>

#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

bool isStateType(const SelfData::Published &entry, QStringView type)
{
    return entry.content && entry.content->attribute(u"type") == type;
}

QString domainOf(const QString &address)
{
    return address.section(u'@', 1);
}

bool isPublicCloud(const QString &domain)
{
    constexpr QStringView domains[]
        = { u"hotmail.com", u"live.com", u"msn.com", u"aol.com", u"yahoo.com" };
    return std::ranges::find(domains, QStringView(domain)) != std::end(domains);
}

} // namespace

std::expected<SelfDocument, DocumentError> parseSelfDocument(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    SelfDocument document;
    if (!root->is(u"roamingData")) {
        return std::unexpected(DocumentError {
            DocumentError::Kind::Unexpected, u"not roaming data: %1"_s.arg(root->name) });
    }
    if (const XmlElement *categories = root->child(u"categories")) {
        document.categories = parseCategories(*categories);
    }
    if (const XmlElement *containers = root->child(u"containers")) {
        document.containers.emplace();
        for (const XmlElement &element : containers->children) {
            if (element.is(u"container")) {
                if (auto container = parseContainer(element)) {
                    document.containers->append(std::move(*container));
                }
            }
        }
    }
    if (const XmlElement *subscribers = root->child(u"subscribers")) {
        document.watchers.emplace();
        for (const XmlElement &element : subscribers->children) {
            const QString address = addressFromUri(element.attribute(u"user"));
            if (element.is(u"subscriber") && !address.isEmpty()) {
                document.watchers->append(Watcher { .address = address,
                    .displayName = element.attribute(u"displayName").left(256),
                    .type = element.attribute(u"type").left(64),
                    .acknowledged = xmlBool(element.attribute(u"acknowledged"), true) });
            }
        }
    }
    return document;
}

QByteArray buildSelfDocument(const SelfDocument &document)
{
    QByteArray body;
    QXmlStreamWriter writer(&body);
    writer.writeStartElement(u"roamingData");
    writeAttribute(writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/roaming-self");
    if (document.categories) {
        if (const auto inner = parseXml(buildCategories(*document.categories))) {
            writeElement(writer, *inner);
        }
    }
    if (document.containers) {
        writer.writeStartElement(u"containers");
        writeAttribute(writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/containers");
        for (const Container &container : *document.containers) {
            writeContainer(writer, container);
        }
        writer.writeEndElement();
    }
    if (document.watchers) {
        writer.writeStartElement(u"subscribers");
        writeAttribute(
            writer, u"xmlns", u"http://schemas.microsoft.com/2006/09/sip/presence-subscribers");
        for (const Watcher &watcher : *document.watchers) {
            writer.writeEmptyElement(u"subscriber");
            writeAttribute(writer, u"user", watcher.address);
            writeAttribute(writer, u"displayName", watcher.displayName);
            writeAttribute(writer, u"acknowledged", watcher.acknowledged ? u"true" : u"false");
            writeAttribute(writer, u"type", watcher.type);
        }
        writer.writeEndElement();
    }
    writer.writeEndElement();
    return body;
}

void SelfData::applyCategories(const CategoriesDocument &document, Scope scope)
{
    if (scope == Scope::Everything) {
        m_publications.clear();
    }
    QSet<std::pair<QString, int>> cleared;
    for (const CategoryInstance &category : document.categories) {
        if (!category.container) {
            m_publications.removeIf(
                [&](const auto &entry) { return entry.key().category == category.name; });
            continue;
        }
        const std::pair bucket(category.name, *category.container);
        if (!cleared.contains(bucket)) {
            cleared.insert(bucket);
            m_publications.removeIf([&](const auto &entry) {
                return entry.key().category == bucket.first
                    && entry.key().container == bucket.second;
            });
        }
        if (category.instance) {
            m_publications.insert(
                PublicationKey { category.name, *category.instance, *category.container },
                Published { category.version.value_or(0), category.published, category.content });
        }
    }
}

void SelfData::apply(const SelfDocument &document, Scope scope)
{
    if (document.categories) {
        applyCategories(*document.categories, scope);
    }
    if (document.containers) {
        if (scope == Scope::Everything) {
            m_containers.clear();
        }
        for (const Container &container : *document.containers) {
            m_containers.insert(container.id, container);
        }
    }
    if (document.watchers) {
        if (scope == Scope::Everything) {
            m_watchers.clear();
        }
        for (const Watcher &watcher : *document.watchers) {
            const auto known = std::ranges::find(m_watchers, watcher.address, &Watcher::address);
            if (known == m_watchers.end()) {
                m_watchers.append(watcher);
            } else {
                *known = watcher;
            }
        }
    }
}

int SelfData::version(const PublicationKey &key) const
{
    return m_publications.value(key).version;
}

void SelfData::setVersion(const PublicationKey &key, int version)
{
    if (version == 0) {
        m_publications.remove(key);
    } else if (Published &entry = m_publications[key]; entry.version != version) {
        // Somebody else published there: what it says now is not known.
        entry = Published { .version = version };
    }
}

int SelfData::deviceCount() const
{
    QSet<qint64> instances;
    for (auto it = m_publications.cbegin(); it != m_publications.cend(); ++it) {
        if (it.key().category == u"device") {
            instances.insert(it.key().instance);
        }
    }
    return int(instances.size());
}

std::optional<PresenceState> SelfData::aggregateState() const
{
    for (auto it = m_publications.cbegin(); it != m_publications.cend(); ++it) {
        const auto &content = it->content;
        if (it.key().category == u"state" && it.key().container == container::Aggregation && content
            && isStateType(*it, u"aggregateState")) {
            PresenceState state = parseState(*content);
            state.published = it->published;
            return state;
        }
    }
    return std::nullopt;
}

std::optional<PresenceState> SelfData::userState() const
{
    for (auto it = m_publications.cbegin(); it != m_publications.cend(); ++it) {
        const auto &content = it->content;
        if (it.key().category == u"state" && it.key().container == container::Aggregation && content
            && isStateType(*it, u"userState")) {
            PresenceState state = parseState(*content);
            state.published = it->published;
            return state;
        }
    }
    return std::nullopt;
}

PresenceNote SelfData::note() const
{
    PresenceNote newest;
    for (auto it = m_publications.cbegin(); it != m_publications.cend(); ++it) {
        const auto &content = it->content;
        if (it.key().category != u"note" || !content) {
            continue;
        }
        PresenceNote note = parseNote(*content);
        note.published = it->published;
        if (!note.outOfOffice && !note.text.isEmpty()
            && (newest.text.isEmpty() || note.published > newest.published)) {
            newest = note;
        }
    }
    return newest;
}

std::optional<SelfData::Membership> SelfData::membership(
    const QString &address, const QString &ownAddress) const
{
    using Type = ContainerMember::Type;
    const QString domain = domainOf(address);
    QList<ContainerMember> rules { { Type::User, address }, { Type::Domain, domain } };
    const auto watcher = std::ranges::find(m_watchers, address, &Watcher::address);
    const QString told = watcher == m_watchers.end() ? QString() : watcher->type;
    const auto isTold
        = [&told](QStringView word) { return told.compare(word, Qt::CaseInsensitive) == 0; };
    const bool isKind = isTold(u"sameEnterprise") || isTold(u"publicCloud") || isTold(u"federated");
    if (isKind ? isTold(u"sameEnterprise") : domain == domainOf(ownAddress)) {
        rules.append({ Type::SameEnterprise, {} });
    } else if (isKind ? isTold(u"publicCloud") : isPublicCloud(domain)) {
        rules.append({ Type::PublicCloud, {} });
    } else {
        rules.append({ Type::Federated, {} });
    }
    rules.append({ Type::Everyone, {} });
    for (const ContainerMember &rule : std::as_const(rules)) {
        for (const int id : { container::Blocked, container::Family, container::Team,
                 container::Colleagues, container::External }) {
            const auto found = m_containers.constFind(id);
            if (found != m_containers.cend() && found->contains(rule)) {
                return Membership { rule, id };
            }
        }
    }
    return std::nullopt;
}

std::optional<int> SelfData::accessLevel(const QString &address, const QString &ownAddress) const
{
    const auto found = membership(address, ownAddress);
    return found ? std::optional(found->container) : std::nullopt;
}

bool SelfData::isBlocked(const QString &address) const
{
    return m_containers.value(container::Blocked)
        .contains({ ContainerMember::Type::User, address });
}

QStringList SelfData::blocked() const
{
    QStringList addresses;
    const QList<ContainerMember> members = m_containers.value(container::Blocked).members;
    for (const ContainerMember &member : members) {
        if (member.type == ContainerMember::Type::User) {
            addresses.append(member.value);
        }
    }
    return addresses;
}

QList<ContainerEdit> SelfData::editsToMove(
    const QString &address, std::optional<int> container) const
{
    return editsToMove(ContainerMember { ContainerMember::Type::User, address }, container);
}

QList<ContainerEdit> SelfData::editsToMove(
    const ContainerMember &member, std::optional<int> container) const
{
    QList<ContainerEdit> edits;
    for (const Container &known : m_containers) {
        if (known.contains(member) && known.id != container) {
            edits.append(ContainerEdit { known.id, known.version, false, member });
        }
    }
    if (container) {
        const Container target = m_containers.value(*container);
        if (!target.contains(member)) {
            edits.append(ContainerEdit { *container, target.version, true, member });
        }
    }
    return edits;
}

bool SelfData::takeEdits(const QList<ContainerEdit> &edits)
{
    QSet<int> taken;
    for (const ContainerEdit &edit : edits) {
        const auto known = m_containers.constFind(edit.container);
        const int version = known == m_containers.cend() ? 0 : known->version;
        if (version == edit.version || taken.contains(edit.container)) {
            Container &changed = m_containers[edit.container];
            changed.id = edit.container;
            changed.version = edit.version + 1;
            changed.members.removeAll(edit.member);
            if (edit.add) {
                changed.members.append(edit.member);
            }
            taken.insert(edit.container);
        }
    }
    return !taken.isEmpty();
}

QList<ContainerEdit> SelfData::firstContainerEdits() const
{
    using Type = ContainerMember::Type;
    for (const Container &known : m_containers) {
        for (const ContainerMember &member : known.members) {
            if (member.type == Type::SameEnterprise || member.type == Type::Federated) {
                return {};
            }
        }
    }
    return { ContainerEdit { container::Colleagues,
                 m_containers.value(container::Colleagues).version, true,
                 { Type::SameEnterprise, {} } },
        ContainerEdit { container::External, m_containers.value(container::External).version, true,
            { Type::Federated, {} } } };
}

QList<Watcher> SelfData::unacknowledged() const
{
    QList<Watcher> waiting;
    std::ranges::copy_if(m_watchers, std::back_inserter(waiting),
        [](const Watcher &watcher) { return !watcher.acknowledged; });
    return waiting;
}

} // namespace linchpin::sip
