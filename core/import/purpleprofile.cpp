// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/purpleprofile.h"

#include "core/import/foreigntext.h"

#include <QCoreApplication>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;

namespace linchpin::purple {

namespace {

constexpr int kMostEntries = 100'000; // accounts, contacts: a file with more is broken
constexpr qsizetype kLongestText = qsizetype { 16 } * 1024;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::Import", text);
}

QString bounded(const QString &text)
{
    return text.left(kLongestText);
}

/// Notes where XML breaks off. What was read until there stays.
void noteError(const QXmlStreamReader &xml, const QString &file, QList<ImportNote> &notes)
{
    if (xml.hasError()) {
        notes.append({ file, static_cast<int>(xml.lineNumber()),
            tr("The file is damaged here: %1").arg(xml.errorString()) });
    }
}

QString attribute(const QXmlStreamReader &xml, QStringView name)
{
    return bounded(xml.attributes().value(name).toString());
}

QString textOf(QXmlStreamReader &xml)
{
    return bounded(xml.readElementText(QXmlStreamReader::SkipChildElements));
}

struct RawAccount {
    QString prpl;
    QString name;
    QString password;
    QString alias;
    QMap<QString, QString> settings;
    bool enabled = false;
    bool hasProxy = false;
    Proxy proxy;
};

Proxy readProxy(QXmlStreamReader &xml)
{
    Proxy proxy;
    while (xml.readNextStartElement()) {
        const QStringView name = xml.name();
        QString *const to = name == "type"_L1 ? &proxy.type
            : name == "host"_L1               ? &proxy.host
            : name == "port"_L1               ? &proxy.port
            : name == "username"_L1           ? &proxy.login
            : name == "password"_L1           ? &proxy.password
                                              : nullptr;
        if (to != nullptr) {
            *to = textOf(xml);
        } else {
            xml.skipCurrentElement();
        }
    }
    return proxy;
}

RawAccount readAccount(QXmlStreamReader &xml)
{
    RawAccount account;
    while (xml.readNextStartElement()) {
        if (xml.name() == "protocol"_L1) {
            account.prpl = textOf(xml);
        } else if (xml.name() == "name"_L1 || xml.name() == "username"_L1) {
            account.name = textOf(xml);
        } else if (xml.name() == "password"_L1) {
            account.password = textOf(xml);
        } else if (xml.name() == "alias"_L1) {
            account.alias = textOf(xml);
        } else if (xml.name() == "proxy"_L1) {
            account.hasProxy = true;
            account.proxy = readProxy(xml);
        } else if (xml.name() == "settings"_L1) {
            const bool ofWindow = xml.attributes().hasAttribute("ui"_L1);
            while (xml.readNextStartElement()) {
                const QString name = attribute(xml, u"name");
                const QString value = textOf(xml);
                if (ofWindow) {
                    account.enabled = account.enabled || (name == "auto-login"_L1 && isTrue(value));
                } else if (account.settings.size() < 1000) {
                    account.settings.insert(name, value);
                }
            }
        } else {
            xml.skipCurrentElement();
        }
    }
    return account;
}

/// One option: taken out of `settings`, so that what is left has no counterpart.
QString take(QMap<QString, QString> &settings, const QString &name)
{
    return settings.take(name).trimmed();
}

void put(ImportedAccount &account, const QString &key, const QString &value)
{
    if (!value.isEmpty()) {
        account.settings.insert(key, value);
    }
}

void mapSipe(const RawAccount &raw, QMap<QString, QString> &settings, ImportedAccount &account)
{
    // The account's name is "user@domain,login" (purple_account_user_split_new(…, ',')).
    account.address = raw.name.section(u',', 0, 0).trimmed();
    put(account, u"login"_s, raw.name.section(u',', 1).trimmed());
    const auto [host, port] = hostAndPort(take(settings, u"server"_s));
    put(account, u"server"_s, host);
    put(account, u"port"_s, host.isEmpty() ? QString() : port);
    const QString transport = take(settings, u"transport"_s);
    // A server with "auto" means TLS there: sipe_purple_login().
    put(account, u"connection"_s,
        transport == "tcp"_L1 || transport == "udp"_L1                           ? u"plain"_s
            : transport == "tls"_L1 || (!host.isEmpty() && !transport.isEmpty()) ? u"tls"_s
                                                                                 : QString());
    put(account, u"user-agent"_s, take(settings, u"useragent"_s));
    const QString scheme = take(settings, u"authentication"_s);
    put(account, u"auth"_s,
        scheme == "krb5"_L1                                 ? u"kerberos"_s
            : scheme == "ntlm"_L1 || scheme == "tls-dsk"_L1 ? scheme
                                                            : QString());
    const bool oldKerberos = isTrue(take(settings, u"krb5"_s)); // before 1.12
    if (oldKerberos && !account.settings.contains(u"auth"_s)) {
        put(account, u"auth"_s, u"kerberos"_s);
    }
    const auto flag = [&](const QString &from, const QString &to, bool inverted) {
        if (settings.contains(from)) {
            put(account, to, isTrue(take(settings, from)) != inverted ? u"true"_s : u"false"_s);
        }
    };
    flag(u"sso"_s, u"single-sign-on"_s, false);
    flag(u"dont-publish"_s, u"publish-calendar"_s, true);
    flag(u"allow-web-photo"_s, u"web-photos"_s, false);
    put(account, u"email-url"_s, take(settings, u"email_url"_s));
    put(account, u"email"_s, take(settings, u"email"_s));
    put(account, u"email-login"_s, take(settings, u"email_login"_s));
    if (const QString password = take(settings, u"email_password"_s); !password.isEmpty()) {
        account.secrets.insert(u"email-password"_s, password);
    }
    put(account, u"group-chat"_s, take(settings, u"groupchat_user"_s));
}

void mapJabber(const RawAccount &raw, QMap<QString, QString> &settings, ImportedAccount &account)
{
    account.address = raw.name.section(u'/', 0, 0).trimmed();
    put(account, u"resource"_s, raw.name.section(u'/', 1));
    const QString server = take(settings, u"connect_server"_s);
    put(account, u"server"_s, server);
    const QString port = take(settings, u"port"_s);
    QString security = take(settings, u"connection_security"_s);
    if (isTrue(take(settings, u"old_ssl"_s)) && security.isEmpty()) {
        security = u"old_ssl"_s; // before 2.7
    }
    const QString connection = security == "old_ssl"_L1     ? u"tls"_s
        : security == "require_tls"_L1 && !server.isEmpty() ? u"starttls"_s
                                                            : QString();
    put(account, u"connection"_s, connection);
    // libpurple keeps 5222 and 5223 even where the port is found out.
    const bool usual = port == "0"_L1 || port == (connection == "tls"_L1 ? "5223"_L1 : "5222"_L1);
    put(account, u"port"_s, usual && connection != "tls"_L1 ? QString() : port);
    take(settings, u"require_tls"_s);
}

void mapIrc(const RawAccount &raw, QMap<QString, QString> &settings, ImportedAccount &account)
{
    const QString nick = raw.name.section(u'@', 0, 0).trimmed();
    const QString host = raw.name.section(u'@', 1).trimmed();
    account.address = raw.name.trimmed();
    account.ownNames.append(nick);
    put(account, u"server"_s, host);
    // What nobody set stays automatic, which is always encrypted.
    if (settings.contains(u"ssl"_s)) {
        put(account, u"connection"_s, isTrue(take(settings, u"ssl"_s)) ? u"tls"_s : u"plain"_s);
    }
    const QString port = take(settings, u"port"_s);
    put(account, u"port"_s, port.isEmpty() || port == "0"_L1 ? QString() : port);
    // "UTF-8,ISO-8859-15": the first is written, the others are tried when reading. Ours reads
    // UTF-8 in any case, so the first that is not UTF-8 says more.
    const QStringList encodings = take(settings, u"encoding"_s).split(u',', Qt::SkipEmptyParts);
    QString encoding;
    for (const QString &name : encodings) {
        if (encoding.isEmpty() && name.trimmed().compare("UTF-8"_L1, Qt::CaseInsensitive) != 0) {
            encoding = name.trimmed();
        }
    }
    put(account, u"encoding"_s, encoding);
    take(settings, u"autodetect_utf8"_s);
    put(account, u"real-name"_s, take(settings, u"realname"_s));
    const QString saslLogin = take(settings, u"saslname"_s);
    const QString user = take(settings, u"username"_s);
    put(account, u"login"_s, !saslLogin.isEmpty() ? saslLogin : user);
    if (settings.contains(u"sasl"_s)) {
        put(account, u"sasl"_s, isTrue(take(settings, u"sasl"_s)) ? u"auto"_s : u"none"_s);
    }
    take(settings, u"auth_plain_in_clear"_s); // never done here
}

void mapProxy(const Proxy &own, const Proxy &global, ImportedAccount &account)
{
    const bool isGlobal = own.type.isEmpty() || own.type == "global"_L1;
    const Proxy &proxy = isGlobal ? global : own;
    if (proxy.type == "none"_L1) {
        // The global "none" is what libpurple begins with, on desktops where it is not asked at
        // all: the system's choice stays.
        if (!isGlobal) {
            put(account, u"proxy-type"_s, u"none"_s);
        }
        return;
    }
    if (proxy.type == "http"_L1 || proxy.type == "socks5"_L1 || proxy.type == "tor"_L1) {
        put(account, u"proxy-type"_s, proxy.type == "http"_L1 ? u"http"_s : u"socks5"_s);
        put(account, u"proxy-host"_s, proxy.host);
        put(account, u"proxy-port"_s, proxy.port == "0"_L1 ? QString() : proxy.port);
        put(account, u"proxy-login"_s, proxy.login);
        if (!proxy.password.isEmpty()) {
            account.secrets.insert(u"proxy-password"_s, proxy.password);
        }
    } else if (proxy.type == "socks4"_L1) {
        account.unmapped.append(u"proxy = socks4 %1:%2"_s.arg(proxy.host, proxy.port));
    }
}

/// Options that say nothing any more or that libpurple writes by itself.
bool isNoise(const QString &name)
{
    static const QStringList kNames { u"buddy_icon_timestamp"_s, u"buddy_icon"_s,
        u"use-global-buddyicon"_s, u"check-mail"_s, u"custom_smileys"_s, u"quit_message"_s };
    return kNames.contains(name) || name.startsWith("x-"_L1);
}

bool isSecretName(const QString &name)
{
    return name.contains("pass"_L1, Qt::CaseInsensitive)
        || name.contains("secret"_L1, Qt::CaseInsensitive)
        || name.contains("token"_L1, Qt::CaseInsensitive);
}

} // namespace

QString accountKey(const QString &protocol, const QString &name)
{
    return protocol + u' ' + name;
}

QString protocolOf(const QString &prpl)
{
    if (prpl == "prpl-sipe"_L1 || prpl == "prpl-simple"_L1) {
        return u"sip"_s;
    }
    if (prpl == "prpl-jabber"_L1 || prpl == "prpl-jabber-gtalk"_L1) {
        return u"xmpp"_s;
    }
    return prpl == "prpl-irc"_L1 ? u"irc"_s : QString();
}

Proxy globalProxy(const QByteArray &prefs, const QString &file, QList<ImportNote> &notes)
{
    Proxy proxy;
    QXmlStreamReader xml(prefs);
    QStringList path;
    while (!xml.atEnd()) {
        const auto token = xml.readNext();
        if (token == QXmlStreamReader::StartElement) {
            path.append(attribute(xml, u"name"));
            // <pref name='/'><pref name='purple'><pref name='proxy'><pref name='type' …/>
            if (path.size() == 4 && path.at(2) == "proxy"_L1
                && (path.at(1) == "purple"_L1 || path.at(1) == "gaim"_L1)) {
                const QString value = attribute(xml, u"value");
                const QString &name = path.constLast();
                QString *const to = name == "type"_L1 ? &proxy.type
                    : name == "host"_L1               ? &proxy.host
                    : name == "port"_L1               ? &proxy.port
                    : name == "username"_L1           ? &proxy.login
                    : name == "password"_L1           ? &proxy.password
                                                      : nullptr;
                if (to != nullptr) {
                    *to = value;
                }
            }
        } else if (token == QXmlStreamReader::EndElement && !path.isEmpty()) {
            path.removeLast();
        }
    }
    noteError(xml, file, notes);
    return proxy;
}

QList<ImportedAccount> accounts(
    const QByteArray &bytes, const QString &file, const Proxy &global, QList<ImportNote> &notes)
{
    QList<ImportedAccount> list;
    QXmlStreamReader xml(bytes);
    if (xml.readNextStartElement()) { // <account version='1.0'>, <accounts> before 2.0
        while (xml.readNextStartElement() && list.size() < kMostEntries) {
            if (xml.name() != "account"_L1) {
                xml.skipCurrentElement();
                continue;
            }
            const int line = static_cast<int>(xml.lineNumber());
            RawAccount raw = readAccount(xml);
            if (xml.hasError() || raw.name.trimmed().isEmpty()) {
                continue;
            }
            ImportedAccount account;
            account.key = accountKey(raw.prpl, raw.name);
            account.protocol = protocolOf(raw.prpl);
            account.enabled = raw.enabled;
            if (account.protocol.isEmpty()) {
                notes.append({ file, line,
                    tr("The account %1 is of a network that is not spoken here (%2).")
                        .arg(raw.name, raw.prpl) });
                continue;
            }
            if (!raw.alias.isEmpty()) {
                account.ownNames.append(raw.alias);
            }
            if (raw.prpl == "prpl-simple"_L1) {
                account.settings.insert(u"flavour"_s, u"standard"_s);
                account.address = raw.name.trimmed();
                put(account, u"server"_s, take(raw.settings, u"proxy"_s));
                put(account, u"port"_s, take(raw.settings, u"port"_s));
                put(account, u"connection"_s,
                    take(raw.settings, u"transport"_s) == "tls"_L1 ? u"tls"_s : u"plain"_s);
            } else if (account.protocol == "sip"_L1) {
                mapSipe(raw, raw.settings, account);
            } else if (account.protocol == "xmpp"_L1) {
                mapJabber(raw, raw.settings, account);
            } else {
                mapIrc(raw, raw.settings, account);
            }
            mapProxy(raw.hasProxy ? raw.proxy : Proxy {}, global, account);
            account.ownNames += { raw.name, account.address, account.address.section(u'@', 0, 0) };
            account.ownNames.removeDuplicates();
            if (!raw.password.isEmpty()) {
                account.secrets.insert(u"password"_s, raw.password);
            }
            if (!account.secrets.isEmpty()) {
                account.secretsFile = file;
            }
            for (auto it = raw.settings.cbegin(); it != raw.settings.cend(); ++it) {
                if (!isNoise(it.key()) && !it.value().trimmed().isEmpty()) {
                    account.unmapped.append(
                        isSecretName(it.key()) ? it.key() : u"%1 = %2"_s.arg(it.key(), it.value()));
                }
            }
            list.append(account);
        }
    }
    noteError(xml, file, notes);
    return list;
}

namespace {

class BlistReader {
public:
    BlistReader(const QByteArray &bytes, Blist &blist)
        : m_xml(bytes)
        , m_blist(blist)
    {
    }

    void read(const QString &file, QList<ImportNote> &notes)
    {
        if (m_xml.readNextStartElement()) { // <purple version='1.0'>
            while (m_xml.readNextStartElement()) {
                if (m_xml.name() == "blist"_L1) {
                    while (m_xml.readNextStartElement()) {
                        readGroup();
                    }
                } else if (m_xml.name() == "privacy"_L1) {
                    while (m_xml.readNextStartElement()) {
                        readPrivacy();
                    }
                } else {
                    m_xml.skipCurrentElement();
                }
            }
        }
        noteError(m_xml, file, notes);
    }

private:
    void readGroup()
    {
        const QString group = attribute(m_xml, u"name");
        while (m_xml.readNextStartElement()) {
            if (m_xml.name() == "contact"_L1) {
                const QString alias = attribute(m_xml, u"alias");
                const int person = m_persons++;
                const qsizetype first = m_blist.contacts.size();
                while (m_xml.readNextStartElement()) {
                    if (m_xml.name() == "buddy"_L1) {
                        readBuddy(group, person, alias);
                    } else {
                        m_xml.skipCurrentElement();
                    }
                }
                if (m_blist.contacts.size() == first + 1) {
                    m_blist.contacts.last().person = -1; // one address is a person by itself
                }
            } else if (m_xml.name() == "buddy"_L1) {
                readBuddy(group, -1, {});
            } else if (m_xml.name() == "chat"_L1) {
                readChat();
            } else {
                m_xml.skipCurrentElement();
            }
        }
    }

    void readBuddy(const QString &group, int person, const QString &personName)
    {
        ImportedContact contact;
        contact.account = accountKey(attribute(m_xml, u"proto"), attribute(m_xml, u"account"));
        contact.groups = QStringList { group };
        contact.person = person;
        contact.personName = personName;
        while (m_xml.readNextStartElement()) {
            if (m_xml.name() == "name"_L1) {
                contact.address = textOf(m_xml).trimmed();
            } else if (m_xml.name() == "alias"_L1) {
                contact.name = textOf(m_xml);
            } else {
                m_xml.skipCurrentElement();
            }
        }
        if (contact.address.isEmpty() || m_blist.contacts.size() >= kMostEntries) {
            return;
        }
        // In two groups a buddy stands twice.
        const auto key = std::pair { contact.account, contact.address };
        if (const auto known = m_known.constFind(key); known != m_known.constEnd()) {
            QStringList &groups = m_blist.contacts[*known].groups;
            if (!groups.contains(group)) {
                groups.append(group);
            }
            return;
        }
        m_known.insert(key, m_blist.contacts.size());
        m_blist.contacts.append(contact);
    }

    void readChat()
    {
        Autojoin room;
        room.account = accountKey(attribute(m_xml, u"proto"), attribute(m_xml, u"account"));
        bool joined = false;
        QString server;
        while (m_xml.readNextStartElement()) {
            const QString name = attribute(m_xml, u"name");
            if (m_xml.name() == "component"_L1) {
                const QString value = textOf(m_xml).trimmed();
                if (name == "channel"_L1 || name == "room"_L1) {
                    room.room = value;
                } else if (name == "server"_L1) {
                    server = value;
                } else if (name == "handle"_L1) {
                    room.nick = value;
                } else if (name == "password"_L1) {
                    room.password = value;
                }
            } else if (m_xml.name() == "setting"_L1 && name == "gtk-autojoin"_L1) {
                joined = isTrue(textOf(m_xml));
            } else {
                m_xml.skipCurrentElement();
            }
        }
        if (!server.isEmpty()) {
            room.room += u'@' + server;
        }
        if (joined && !room.room.isEmpty() && m_blist.rooms.size() < kMostEntries) {
            m_blist.rooms.append(room);
        }
    }

    void readPrivacy()
    {
        const QString account = accountKey(attribute(m_xml, u"proto"), attribute(m_xml, u"name"));
        while (m_xml.readNextStartElement()) {
            const bool block = m_xml.name() == "block"_L1;
            const QString who = textOf(m_xml).trimmed();
            if (!block || who.isEmpty() || m_blist.contacts.size() >= kMostEntries) {
                continue;
            }
            const auto known = m_known.constFind({ account, who });
            if (known != m_known.constEnd()) {
                m_blist.contacts[*known].blocked = true;
            } else {
                m_known.insert({ account, who }, m_blist.contacts.size());
                m_blist.contacts.append({ .account = account,
                    .address = who,
                    .name = {},
                    .groups = {},
                    .blocked = true,
                    .personName = {} });
            }
        }
    }

    QXmlStreamReader m_xml;
    Blist &m_blist;
    QHash<std::pair<QString, QString>, qsizetype> m_known;
    int m_persons = 0;
};

/// libpurple's primitives: status.c, primitive_map.
std::optional<Availability> availabilityOf(const QString &primitive)
{
    static const QHash<QString, Availability> kPrimitives {
        { u"available"_s, Availability::Available },
        { u"unavailable"_s, Availability::Busy },
        { u"invisible"_s, Availability::Invisible },
        { u"away"_s, Availability::Away },
        { u"extended_away"_s, Availability::Away },
        { u"mobile"_s, Availability::Away },
        { u"offline"_s, Availability::Offline },
    };
    const auto found = kPrimitives.constFind(primitive);
    return found == kPrimitives.constEnd() ? std::nullopt : std::optional(*found);
}

} // namespace

Blist blist(const QByteArray &xml, const QString &file, QList<ImportNote> &notes)
{
    Blist list;
    BlistReader(xml, list).read(file, notes);
    return list;
}

QList<SavedStatus> statuses(const QByteArray &bytes, const QString &file, QList<ImportNote> &notes)
{
    QList<SavedStatus> list;
    QXmlStreamReader xml(bytes);
    if (xml.readNextStartElement()) {
        while (xml.readNextStartElement() && list.size() < 1000) {
            // Transient ones were typed once and have a made-up name.
            const bool transient = isTrue(attribute(xml, u"transient"));
            SavedStatus status;
            status.name = attribute(xml, u"name").trimmed();
            std::optional<Availability> availability;
            while (xml.readNextStartElement()) {
                if (xml.name() == "state"_L1) {
                    availability = availabilityOf(textOf(xml));
                } else if (xml.name() == "message"_L1) {
                    status.presence.text = RichText::fromHtml(textOf(xml)).plain();
                } else {
                    xml.skipCurrentElement();
                }
            }
            if (!transient && availability && !status.name.isEmpty() && !xml.hasError()) {
                status.presence.availability = *availability;
                list.append(status);
            }
        }
    }
    noteError(xml, file, notes);
    return list;
}

} // namespace linchpin::purple
