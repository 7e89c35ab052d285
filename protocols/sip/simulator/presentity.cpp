// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/presentity.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr int offline = 18500;
constexpr int blocked = 32000;
constexpr quint32 userStateInstance = 0x20000000;
constexpr quint32 scriptInstance = 0x5c817000;
const auto scriptEndpoint = u"script"_s;

QString domainOf(const QString &address)
{
    return address.section(u'@', -1);
}

XmlElement stateElement(const QString &type, int availability, const QString &activity)
{
    XmlElement state { .namespaceUri = u"http://schemas.microsoft.com/2006/09/sip/state"_s,
        .name = u"state"_s };
    state.attributes = { { {}, u"manual"_s, type == "userState"_L1 ? u"true"_s : u"false"_s },
        { u"http://www.w3.org/2001/XMLSchema-instance"_s, u"type"_s, type } };
    state.children += { .namespaceUri = state.namespaceUri,
        .name = u"availability"_s,
        .text = QString::number(availability) };
    if (!activity.isEmpty()) {
        XmlElement token { .namespaceUri = state.namespaceUri, .name = u"activity"_s };
        token.attributes = { { {}, u"token"_s, activity } };
        state.children += token;
    }
    return state;
}

XmlElement noteElement(const QString &text)
{
    XmlElement note { .namespaceUri = u"http://schemas.microsoft.com/2006/09/sip/note"_s,
        .name = u"note"_s };
    XmlElement body { .namespaceUri = note.namespaceUri, .name = u"body"_s, .text = text };
    body.attributes = { { {}, u"type"_s, u"personal"_s }, { {}, u"uri"_s, {} } };
    note.children = { body };
    return note;
}

QString timeText(const QDateTime &time)
{
    return time.toUTC().toString(u"yyyy-MM-ddTHH:mm:ss.zzz"_s);
}

int availabilityOf(const XmlElement *state)
{
    return state ? state->childText(u"availability").trimmed().toInt() : 0;
}

} // namespace

Presentity::Presentity(const QString &address, const PersonCard &card)
    : m_address(address.toLower())
    , m_card(card)
{
}

void Presentity::store(const Key &key, const QString &expireType, const QString &endpoint,
    const XmlElement &content, const QDateTime &now)
{
    auto &publication = m_publications[key];
    const bool fresh = publication.published.isNull();
    publication = { .version = fresh ? 1 : publication.version + 1,
        .expireType = expireType,
        .endpoint = endpoint,
        .published = now,
        .content = content };
}

void Presentity::touch(const QDateTime &now)
{
    ++m_aggregateVersion;
    m_lastActive = now;
}

Presentity::Outcome Presentity::publish(
    const XmlElement &document, const QString &endpoint, const QDateTime &now)
{
    const auto *list = document.find(u"publications");
    if (!list || list->children.isEmpty()) {
        return { .status = 400 };
    }
    QString faults;
    int index = 0;
    for (const auto &item : list->children) {
        ++index;
        const Key key { item.attribute(u"categoryName"), item.attribute(u"instance").toUInt(),
            item.attribute(u"container").toInt() };
        const int current = m_publications.contains(key) ? m_publications.value(key).version : 0;
        const int given = item.attribute(u"version").toInt();
        if (key.category.isEmpty()) {
            return { .status = 400 };
        }
        if (given != current) {
            faults += u"<operation index=\"%1\" version=\"%2\" curVersion=\"%3\"/>"_s.arg(index)
                          .arg(given)
                          .arg(current);
        }
    }
    if (!faults.isEmpty()) {
        return { .status = 409,
            .body
            = u"<fault xmlns=\"http://schemas.microsoft.com/2006/09/sip/service-fault\"><Faultcode>Client.BadCall.WrongDelta</Faultcode><details>%1</details></fault>"_s
                .arg(faults)
                .toUtf8() };
    }
    Outcome outcome;
    for (const auto &item : list->children) {
        const Key key { item.attribute(u"categoryName"), item.attribute(u"instance").toUInt(),
            item.attribute(u"container").toInt() };
        outcome.touched += key.category;
        if (item.hasAttribute(u"expires") && item.attribute(u"expires").toInt() == 0) {
            m_publications.remove(key);
        } else if (!item.children.isEmpty()) {
            store(key, item.attribute(u"expireType"), endpoint, item.children.first(), now);
        }
    }
    touch(now);
    outcome.body = selfDocument(outcome.touched);
    return outcome;
}

Presentity::Outcome Presentity::setContainerMembers(const XmlElement &document)
{
    const auto requested = document.childrenNamed(u"container");
    for (const auto &container : requested) {
        if (container.attribute(u"version").toInt()
            != m_containers.value(container.attribute(u"id").toInt()).version) {
            return { .status = 409,
                .body
                = "<fault "
                  "xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
                  "service-fault\"><Faultcode>Client.BadCall.WrongDelta</Faultcode></fault>" };
        }
    }
    for (const auto &element : requested) {
        auto &container = m_containers[element.attribute(u"id").toInt()];
        ++container.version;
        const auto members = element.childrenNamed(u"member");
        for (const auto &member : members) {
            const std::pair entry { member.attribute(u"type"),
                member.attribute(u"value").toLower() };
            container.members.removeAll(entry);
            if (member.attribute(u"action") == "add"_L1) {
                container.members += entry;
            }
        }
    }
    return {};
}

Presentity::Outcome Presentity::setSubscribers(const XmlElement &document)
{
    const auto subscribers = document.childrenNamed(u"subscriber");
    for (const auto &element : subscribers) {
        const auto found = m_subscribers.find(element.attribute(u"user").toLower());
        if (found != m_subscribers.end()) {
            found->acknowledged = element.attribute(u"acknowledged") == "true"_L1;
        }
    }
    return {};
}

void Presentity::endpointCame(const QString &endpoint, const QDateTime &now)
{
    m_endpoints += endpoint;
    touch(now);
}

QSet<QString> Presentity::endpointGone(const QString &endpoint, const QDateTime &now)
{
    m_endpoints -= endpoint;
    QSet<QString> touched { u"state"_s };
    m_publications.removeIf([&](const QMap<Key, Publication>::iterator it) {
        const auto &p = it.value();
        const bool gone = (p.expireType == "endpoint"_L1 && p.endpoint == endpoint)
            || (p.expireType == "user"_L1 && m_endpoints.isEmpty());
        if (gone) {
            touched += it.key().category;
        }
        return gone;
    });
    touch(now);
    return touched;
}

QSet<QString> Presentity::script(
    int availability, const QString &note, const QString &activity, const QDateTime &now)
{
    m_endpoints += scriptEndpoint;
    for (const int container : { 2, 3 }) {
        store({ u"state"_s, userStateInstance, container }, u"static"_s, scriptEndpoint,
            stateElement(u"userState"_s, availability, activity), now);
        store({ u"state"_s, scriptInstance, container }, u"endpoint"_s, scriptEndpoint,
            stateElement(u"machineState"_s, 3500, {}), now);
    }
    for (const int container : { 200, 300, 400 }) {
        if (note.isEmpty()) {
            m_publications.remove({ u"note"_s, 0, container });
        } else {
            store({ u"note"_s, 0, container }, u"static"_s, scriptEndpoint, noteElement(note), now);
        }
    }
    touch(now);
    return { u"state"_s, u"note"_s };
}

bool Presentity::addSubscriber(const QString &address, const QString &displayName)
{
    if (m_subscribers.contains(address.toLower())) {
        return false;
    }
    m_subscribers.insert(address.toLower(), { .displayName = displayName, .acknowledged = false });
    return true;
}

void Presentity::useDefaultContainers()
{
    m_containers[200] = { .version = 1, .members = { { u"sameEnterprise"_s, {} } } };
    m_containers[100] = { .version = 1, .members = { { u"federated"_s, {} } } };
}

void Presentity::putInto(const QString &watcher, int container)
{
    const std::pair member { u"user"_s, watcher.toLower() };
    for (auto &other : m_containers) {
        if (other.members.removeAll(member) > 0) {
            ++other.version;
        }
    }
    auto &target = m_containers[container];
    ++target.version;
    target.members += member;
}

int Presentity::level(const QString &watcher) const
{
    const auto address = watcher.toLower();
    const bool colleague = domainOf(address) == domainOf(m_address);
    const std::array<std::pair<QString, QString>, 4> wanted { { { u"user"_s, address },
        { u"domain"_s, domainOf(address) },
        { colleague ? u"sameEnterprise"_s : u"federated"_s, {} }, { u"everyone"_s, {} } } };
    for (const auto &member : wanted) {
        for (const int id : { blocked, 400, 300, 200, 100 }) {
            if (m_containers.value(id).members.contains(member)) {
                return id;
            }
        }
    }
    return 0;
}

const Presentity::Publication *Presentity::stateOfType(QStringView type, int container) const
{
    const Publication *best = nullptr;
    for (auto it = m_publications.cbegin(); it != m_publications.cend(); ++it) {
        const Publication &candidate = it.value();
        if (it.key().category != "state"_L1 || it.key().container != container
            || candidate.content.attribute(u"type") != type) {
            continue;
        }
        // Of several machines the most active counts (active, inactive, away), of other states the
        // newest.
        const bool better = !best
            || (type == u"machineState"
                    ? availabilityOf(&candidate.content) < availabilityOf(&best->content)
                    : candidate.published > best->published);
        if (better) {
            best = &candidate;
        }
    }
    return best;
}

int Presentity::availability(int level) const
{
    if (m_endpoints.isEmpty() || level == blocked || level == 0) {
        return offline;
    }
    // Containers 2 and 3 are what clients feed; team members (300) get the third, everybody else
    // the second.
    const int source = level == 300 ? 3 : 2;
    const auto *machine = stateOfType(u"machineState", source);
    const auto *user = stateOfType(u"userState", source);
    const auto *calendar = stateOfType(u"calendarState", source);
    if (!machine && !user) {
        return offline; // signed in, but nothing published yet
    }
    int value = user ? availabilityOf(&user->content) : 3500;
    if (value < 9000) {
        // What somebody says by hand outweighs a meeting that had begun then.
        if (calendar && (!user || calendar->published > user->published)) {
            value = std::max(value, availabilityOf(&calendar->content));
        }
        if (const auto *phone = stateOfType(u"phoneState", source)) {
            value = std::max(value, availabilityOf(&phone->content));
        }
        const int machineValue = machine ? availabilityOf(&machine->content) : 0;
        const bool idle = (machineValue >= 4500 && machineValue < 6000)
            || (machineValue >= 7500 && machineValue < 9000);
        if (idle) {
            value = value < 4500 ? 5000 : value >= 6000 && value < 7500 ? 7500 : value;
        } else {
            value = std::max(value, machineValue);
        }
    }
    return value >= 18000 ? offline : value;
}

QString Presentity::note(int level) const
{
    const auto found = m_publications.constFind({ u"note"_s, 0, level });
    return found == m_publications.cend() ? QString() : found->content.childText(u"body");
}

QString Presentity::stateXml(int level) const
{
    const int value = availability(level);
    QString extra;
    for (const QStringView type :
        { QStringView(u"userState"), QStringView(u"calendarState"), QStringView(u"phoneState") }) {
        const auto *state = stateOfType(type, level == 300 ? 3 : 2);
        const auto *activity = state ? state->content.child(u"activity") : nullptr;
        const bool holds = activity
            && (availabilityOf(&state->content) == value
                || (activity->attribute(u"minAvailability").toInt() > 0
                    && activity->attribute(u"minAvailability").toInt() <= value && value < 18000));
        if (holds) {
            auto copy = *activity;
            copy.namespaceUri.clear(); // inherits the namespace of <state> below
            extra = toXml(copy);
        }
    }
    return u"<state xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"aggregateState\" lastActive=\"%1\"><availability>%2</availability>%3</state>"_s
        .arg(timeText(m_lastActive))
        .arg(value)
        .arg(extra);
}

QString Presentity::cardXml() const
{
    QString out
        = u"<contactCard xmlns=\"http://schemas.microsoft.com/2006/09/sip/contactcard\"><identity><name><displayName>%1</displayName></name><email>%2</email></identity>"_s
              .arg(escaped(m_card.displayName), escaped(m_address));
    const std::array<std::pair<QLatin1StringView, QString>, 5> fields {
        { { "company"_L1, m_card.company }, { "department"_L1, m_card.department },
            { "title"_L1, m_card.title }, { "office"_L1, m_card.office },
            { "manager"_L1, m_card.manager } }
    };
    for (const auto &[name, value] : fields) {
        if (!value.isEmpty()) {
            out += u"<%1>%2</%1>"_s.arg(name, escaped(value));
        }
    }
    if (!m_card.phone.isEmpty()) {
        auto digits = m_card.phone;
        digits.removeIf([](QChar c) { return !c.isDigit() && c != u'+'; });
        out += u"<phone type=\"work\"><uri>tel:%1</uri><displayString>%2</displayString></phone>"_s
                   .arg(digits, escaped(m_card.phone));
    }
    if (!m_card.webPhoto.isEmpty()) {
        out += u"<photo type=\"default\"><uri>%1</uri></photo>"_s.arg(escaped(m_card.webPhoto));
    }
    return out + "</contactCard>"_L1;
}

QString Presentity::categoryXml(const Key &key, const Publication &publication) const
{
    return u"<category name=\"%1\" instance=\"%2\" publishTime=\"%3\" container=\"%4\" version=\"%5\" expireType=\"%6\">%7</category>"_s
        .arg(escaped(key.category))
        .arg(key.instance)
        .arg(timeText(publication.published))
        .arg(key.container)
        .arg(publication.version)
        .arg(escaped(publication.expireType), toXml(publication.content));
}

QString Presentity::selfCategories(const QSet<QString> &categories) const
{
    QString out;
    for (const auto &name : categories) {
        const auto before = out.size();
        for (auto it = m_publications.cbegin(); it != m_publications.cend(); ++it) {
            if (it.key().category == name) {
                out += categoryXml(it.key(), it.value());
            }
        }
        if (name == "state"_L1) {
            for (const int container : { 2, 3 }) {
                out += u"<category name=\"state\" instance=\"1\" publishTime=\"%1\" container=\"%2\" version=\"%3\" expireType=\"user\">%4</category>"_s
                           .arg(timeText(m_lastActive))
                           .arg(container)
                           .arg(m_aggregateVersion)
                           .arg(stateXml(container == 3 ? 300 : 200));
            }
        }
        if (name == "contactCard"_L1) {
            out += u"<category name=\"contactCard\" instance=\"0\" publishTime=\"%1\" container=\"1\" version=\"1\" expireType=\"static\">%2</category>"_s
                       .arg(timeText(m_lastActive), cardXml());
        }
        if (out.size() == before) {
            out += u"<category name=\"%1\"/>"_s.arg(escaped(name)); // all of it is gone
        }
    }
    return u"<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" uri=\"sip:%1\">%2</categories>"_s
        .arg(escaped(m_address), out);
}

QString Presentity::containersXml() const
{
    QString out;
    for (auto it = m_containers.cbegin(); it != m_containers.cend(); ++it) {
        out += u"<container id=\"%1\" version=\"%2\">"_s.arg(it.key()).arg(it->version);
        for (const auto &[type, value] : it->members) {
            out += value.isEmpty()
                ? u"<member type=\"%1\"/>"_s.arg(escaped(type))
                : u"<member type=\"%1\" value=\"%2\"/>"_s.arg(escaped(type), escaped(value));
        }
        out += "</container>"_L1;
    }
    return u"<containers xmlns=\"http://schemas.microsoft.com/2006/09/sip/containers\">%1</containers>"_s
        .arg(out);
}

QString Presentity::subscribersXml() const
{
    QString out;
    for (auto it = m_subscribers.cbegin(); it != m_subscribers.cend(); ++it) {
        out += u"<subscriber user=\"%1\" displayName=\"%2\" acknowledged=\"%3\" type=\"sameEnterprise\"/>"_s
                   .arg(escaped(it.key()), escaped(it->displayName),
                       it->acknowledged ? u"true"_s : u"false"_s);
    }
    return u"<subscribers xmlns=\"http://schemas.microsoft.com/2006/09/sip/presence-subscribers\">%1</subscribers>"_s
        .arg(out);
}

namespace {
QByteArray roamingData(const QString &inner)
{
    return u"<roamingData xmlns=\"http://schemas.microsoft.com/2006/09/sip/roaming-self\">%1</roamingData>"_s
        .arg(inner)
        .toUtf8();
}
} // namespace

QByteArray Presentity::selfDocument() const
{
    QSet<QString> names { u"state"_s, u"contactCard"_s };
    for (auto it = m_publications.cbegin(); it != m_publications.cend(); ++it) {
        names += it.key().category;
    }
    return roamingData(selfCategories(names) + containersXml() + subscribersXml());
}

QByteArray Presentity::selfDocument(const QSet<QString> &categories) const
{
    return roamingData(selfCategories(categories));
}

QByteArray Presentity::containersDocument() const
{
    return roamingData(containersXml());
}

QByteArray Presentity::subscribersDocument() const
{
    return roamingData(subscribersXml());
}

QByteArray Presentity::watcherDocument(
    const QString &watcher, const QSet<QString> &categories) const
{
    const int seenAs = level(watcher);
    QString out;
    for (const auto &name : categories) {
        if (name == "state"_L1) {
            out += u"<category name=\"state\" instance=\"1\" publishTime=\"%1\">%2</category>"_s
                       .arg(timeText(m_lastActive), stateXml(seenAs));
        } else if (name == "contactCard"_L1) {
            out += u"<category name=\"contactCard\" instance=\"0\" publishTime=\"2026-01-05T08:00:00.000\">%1</category>"_s
                       .arg(cardXml());
        } else {
            const auto before = out.size();
            for (auto it = m_publications.cbegin(); it != m_publications.cend(); ++it) {
                if (it.key().category == name && it.key().container == seenAs
                    && seenAs != blocked) {
                    out += u"<category name=\"%1\" instance=\"%2\" publishTime=\"%3\">%4</category>"_s
                               .arg(escaped(name))
                               .arg(it.key().instance)
                               .arg(timeText(it->published), toXml(it->content));
                }
            }
            if (out.size() == before) {
                out += u"<category name=\"%1\"/>"_s.arg(escaped(name));
            }
        }
    }
    return u"<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" uri=\"sip:%1\">%2</categories>"_s
        .arg(escaped(m_address), out)
        .toUtf8();
}

} // namespace linchpin::sip::sim
