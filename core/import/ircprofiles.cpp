// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/ircprofiles.h"

#include "core/import/foreigntext.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kMostLines = 100'000;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::Import", text);
}

QList<QByteArrayView> linesOf(const QByteArray &bytes)
{
    QList<QByteArrayView> lines;
    qsizetype begin = 0;
    while (begin < bytes.size() && lines.size() < kMostLines) {
        qsizetype end = bytes.indexOf('\n', begin);
        if (end < 0) {
            end = bytes.size();
        }
        lines.append(QByteArrayView(bytes).sliced(begin, end - begin).trimmed());
        begin = end + 1;
    }
    return lines;
}

QString unescaped(const QString &value)
{
    QString text;
    text.reserve(value.size());
    for (qsizetype i = 0; i < value.size(); ++i) {
        if (value.at(i) != u'\\' || i + 1 == value.size()) {
            text.append(value.at(i));
            continue;
        }
        const QChar c = value.at(++i);
        if (c == u'n') {
            text.append(u'\n');
        } else if (c == u't') {
            text.append(u'\t');
        } else if (c == u'r') {
            text.append(u'\r');
        } else if (c == u's') {
            text.append(u' ');
        } else if (c == u'x' && i + 2 < value.size()) {
            text.append(QChar(
                static_cast<char16_t>(QStringView(value).sliced(i + 1, 2).toUInt(nullptr, 16))));
            i += 2;
        } else {
            text.append(c);
        }
    }
    return text;
}

void put(ImportedAccount &account, const QString &key, const QString &value)
{
    if (!value.trimmed().isEmpty()) {
        account.settings.insert(key, value.trimmed());
    }
}

void finish(ImportedAccount &account, const QString &file, const QString &nick, const QString &host)
{
    account.protocol = u"irc"_s;
    account.address = nick + u'@' + host;
    put(account, u"server"_s, host);
    account.ownNames.prepend(nick);
    account.ownNames.removeDuplicates();
    account.ownNames.removeAll(QString());
    if (!account.secrets.isEmpty()) {
        account.secretsFile = file;
    }
}

} // namespace

IniFile IniFile::parse(const QByteArray &bytes)
{
    IniFile ini;
    QString group;
    const QList<QByteArrayView> lines = linesOf(bytes);
    for (const QByteArrayView &bytesOfLine : lines) {
        const QString line = foreignText(bytesOfLine);
        if (line.startsWith(u'[') && line.endsWith(u']')) {
            group = line.sliced(1, line.size() - 2);
            if (!ini.m_groups.contains(group)) {
                ini.m_groups.insert(group, {});
                ini.m_order.append(group);
            }
            continue;
        }
        const qsizetype equals = line.indexOf(u'=');
        if (equals <= 0 || line.startsWith(u'#')) {
            continue;
        }
        // `Key[$e]=` and `Key[de]=`: options and languages are no part of the name.
        const QString key = line.first(equals).section(u'[', 0, 0).trimmed();
        if (!ini.m_groups[group].contains(key)) {
            ini.m_groups[group].insert(key, line.sliced(equals + 1).trimmed());
        }
    }
    return ini;
}

QString IniFile::value(const QString &group, const QString &key, const QString &otherwise) const
{
    const auto found = m_groups.constFind(group);
    return found == m_groups.constEnd() || !found->contains(key) ? otherwise
                                                                 : unescaped(found->value(key));
}

QStringList IniFile::list(const QString &group, const QString &key) const
{
    QStringList parts;
    QString part;
    const QString raw = m_groups.value(group).value(key);
    for (qsizetype i = 0; i < raw.size(); ++i) {
        if (raw.at(i) == u'\\' && i + 1 < raw.size()) {
            part += raw.at(i);
            part += raw.at(++i);
        } else if (raw.at(i) == u',') {
            parts.append(unescaped(part));
            part.clear();
        } else {
            part += raw.at(i);
        }
    }
    parts.append(unescaped(part));
    parts.removeAll(QString());
    return parts;
}

namespace hexchat {

namespace {

// servlist.h
constexpr int kUseGlobal = 2;
constexpr int kUseTls = 4;
constexpr int kAutoConnect = 8;
constexpr int kUseProxy = 16;
constexpr int kFavorite = 64;

struct Network {
    QString name;
    int line = 0;
    QStringList nicks;
    QString user;
    QString real;
    QString password;
    QString nickserv; ///< XChat's `B=`
    QString encoding;
    QStringList channels;
    QStringList commands;
    QStringList servers;
    int flags = kUseGlobal | kUseProxy;
    int selected = 0;
    int login = 0;
    bool touched = false;
};

void readLine(Network &network, char letter, const QString &value)
{
    switch (letter) {
    case 'I':
        network.nicks.prepend(value);
        network.touched = true;
        break;
    case 'i':
        network.nicks.append(value);
        break;
    case 'U':
        network.user = value;
        break;
    case 'R':
        network.real = value;
        break;
    case 'P':
        network.password = value;
        network.touched = true;
        break;
    case 'B':
        network.nickserv = value;
        network.touched = true;
        break;
    case 'E':
        // "UTF-8 (Unicode)"
        network.encoding = value.section(u' ', 0, 0);
        break;
    case 'L':
        network.login = value.toInt();
        break;
    case 'F':
        network.flags = value.toInt();
        break;
    case 'D':
        network.selected = value.toInt();
        break;
    case 'S':
        network.servers.append(value);
        break;
    case 'C':
        network.commands.append(value.startsWith(u'/') ? value : u'/' + value);
        break;
    case 'J':
        // HexChat: one `#channel,key` a line. XChat: `#a,#b key,key`.
        if (value.contains(u' ') || value.count(u'#') > 1) {
            const QStringList names = value.section(u' ', 0, 0).split(u',', Qt::SkipEmptyParts);
            const QStringList keys = value.section(u' ', 1).split(u',');
            for (qsizetype i = 0; i < names.size(); ++i) {
                const QString key = keys.value(i);
                network.channels.append(key.isEmpty() ? names.at(i) : names.at(i) + u' ' + key);
            }
        } else {
            network.channels.append(QString(value).replace(u',', u' '));
        }
        break;
    default:
        break;
    }
}

/// The ways to sign in, of servlist.h (LOGIN_…).
void mapLogin(const Network &network, ImportedAccount &account)
{
    if (!network.nickserv.isEmpty() && network.password.isEmpty()) {
        account.secrets.insert(u"password"_s, network.nickserv);
        account.settings.insert(u"nickserv"_s, u"NickServ"_s);
        account.settings.insert(u"sasl"_s, u"none"_s);
        return;
    }
    if (!network.password.isEmpty()) {
        account.secrets.insert(u"password"_s, network.password);
    }
    switch (network.login) {
    case 1: // /MSG NickServ
    case 2: // /NICKSERV
        account.settings.insert(u"nickserv"_s, u"NickServ"_s);
        account.settings.insert(u"sasl"_s, u"none"_s);
        break;
    case 6:
        account.settings.insert(u"sasl"_s, u"plain"_s);
        break;
    case 10:
        account.settings.insert(u"sasl"_s, u"external"_s);
        break;
    case 12:
        account.settings.insert(u"sasl"_s, u"scram-sha-256"_s);
        break;
    case 7: // PASS
        account.settings.insert(u"sasl"_s, u"none"_s);
        break;
    case 8:
        account.unmapped.append(u"login = challenge auth"_s);
        break;
    default:
        break;
    }
}

void mapProxy(const Defaults &defaults, ImportedAccount &account)
{
    const int type = defaults.proxyType.toInt();
    if (type == 3 || type == 4) {
        account.settings.insert(u"proxy-type"_s, type == 4 ? u"http"_s : u"socks5"_s);
        put(account, u"proxy-host"_s, defaults.proxyHost);
        put(account, u"proxy-port"_s,
            defaults.proxyPort == "0"_L1 ? QString() : defaults.proxyPort);
        put(account, u"proxy-login"_s, defaults.proxyLogin);
        if (!defaults.proxyPassword.isEmpty()) {
            account.secrets.insert(u"proxy-password"_s, defaults.proxyPassword);
        }
    } else if (type == 1 || type == 2) {
        account.unmapped.append(
            u"proxy = %1 %2"_s.arg(type == 1 ? u"wingate"_s : u"socks4"_s, defaults.proxyHost));
    }
}

ImportedAccount accountOf(const Network &network, const QString &file, const Defaults &defaults)
{
    ImportedAccount account;
    account.key = network.name;
    account.name = network.name;
    account.enabled = (network.flags & kAutoConnect) != 0;
    const bool global = (network.flags & kUseGlobal) != 0;
    QStringList nicks = global || network.nicks.isEmpty() ? defaults.nicks : network.nicks;
    nicks.removeAll(QString());
    const QString nick = nicks.value(0, u"guest"_s);
    if (nicks.size() > 1) {
        put(account, u"alternate-nicks"_s, nicks.mid(1).join(u','));
    }
    // "host/+6697": a plus means TLS; "host/6667"; "host"
    const QString server = network.servers.value(
        network.selected, network.servers.isEmpty() ? QString() : network.servers.constFirst());
    const QString host = server.section(u'/', 0, 0).trimmed();
    QString port = server.section(u'/', 1).trimmed();
    const bool tls = port.startsWith(u'+') || (network.flags & kUseTls) != 0;
    if (port.startsWith(u'+')) {
        port.removeFirst();
    }
    put(account, u"port"_s, port);
    put(account, u"connection"_s, tls ? u"tls"_s : u"plain"_s);
    put(account, u"real-name"_s, global ? defaults.realName : network.real);
    const QString user = global ? defaults.userName : network.user;
    if (user.compare(nick, Qt::CaseInsensitive) != 0) {
        put(account, u"login"_s, user);
    }
    if (network.encoding.compare("UTF-8"_L1, Qt::CaseInsensitive) != 0
        && network.encoding.compare("System"_L1, Qt::CaseInsensitive) != 0
        && network.encoding.compare("IRC"_L1, Qt::CaseInsensitive) != 0) {
        put(account, u"encoding"_s, network.encoding);
    }
    put(account, u"channels"_s, network.channels.join(u','));
    put(account, u"on-connect"_s, network.commands.join("; "_L1));
    mapLogin(network, account);
    if ((network.flags & kUseProxy) != 0) {
        mapProxy(defaults, account);
    }
    account.ownNames = nicks;
    finish(account, file, nick, host);
    return account;
}

} // namespace

Defaults defaults(const QByteArray &conf)
{
    QHash<QString, QString> values;
    const QList<QByteArrayView> lines = linesOf(conf);
    for (const QByteArrayView &line : lines) {
        const QString text = foreignText(line);
        values.insert(text.section(u'=', 0, 0).trimmed(), text.section(u'=', 1).trimmed());
    }
    Defaults defaults;
    defaults.nicks = { values.value(u"irc_nick1"_s), values.value(u"irc_nick2"_s),
        values.value(u"irc_nick3"_s) };
    defaults.nicks.removeAll(QString());
    defaults.userName = values.value(u"irc_user_name"_s);
    defaults.realName = values.value(u"irc_real_name"_s);
    defaults.logMask = values.value(u"irc_logmask"_s);
    defaults.proxyType = values.value(u"net_proxy_type"_s);
    defaults.proxyHost = values.value(u"net_proxy_host"_s);
    defaults.proxyPort = values.value(u"net_proxy_port"_s);
    if (values.value(u"net_proxy_auth"_s) == "1"_L1) {
        defaults.proxyLogin = values.value(u"net_proxy_user"_s);
        defaults.proxyPassword = values.value(u"net_proxy_pass"_s);
    }
    return defaults;
}

QList<ImportedAccount> accounts(const QByteArray &servlist, const QString &file,
    const Defaults &defaults, const QStringList &used, QList<ImportNote> &notes)
{
    QList<Network> networks;
    int number = 0;
    const QList<QByteArrayView> lines = linesOf(servlist);
    for (const QByteArrayView &line : lines) {
        ++number;
        if (line.size() < 2 || line.at(1) != '=') {
            continue;
        }
        const QString value = foreignText(line.sliced(2));
        if (line.front() == 'N') {
            networks.append({ .name = value,
                .line = number,
                .nicks = {},
                .user = {},
                .real = {},
                .password = {},
                .nickserv = {},
                .encoding = {},
                .channels = {},
                .commands = {},
                .servers = {} });
        } else if (!networks.isEmpty()) {
            readLine(networks.last(), line.front(), value);
        }
    }
    QList<ImportedAccount> accounts;
    int unused = 0;
    for (const Network &network : std::as_const(networks)) {
        const bool wanted = network.touched || (network.flags & (kAutoConnect | kFavorite)) != 0
            || used.contains(network.name, Qt::CaseInsensitive);
        if (!wanted) {
            ++unused;
        } else if (network.servers.isEmpty() || network.name.isEmpty()) {
            notes.append(
                { file, network.line, tr("The network %1 has no server.").arg(network.name) });
        } else {
            accounts.append(accountOf(network, file, defaults));
        }
    }
    if (unused > 0) {
        notes.append(
            { file, 0, tr("Networks of HexChat's own list that were never used: %1").arg(unused) });
    }
    return accounts;
}

} // namespace hexchat

namespace konversation {

QList<ImportedAccount> accounts(const QByteArray &rc, const QString &file, QList<ImportNote> &notes)
{
    const IniFile ini = IniFile::parse(rc);
    QHash<QString, QString> identities; // name → group
    QString firstIdentity;
    const QStringList groups = ini.groups();
    for (const QString &group : groups) {
        if (group.startsWith("Identity "_L1)) {
            identities.insert(ini.value(group, u"Name"_s), group);
            if (firstIdentity.isEmpty()) {
                firstIdentity = group;
            }
        }
    }
    QList<ImportedAccount> accounts;
    for (const QString &group : groups) {
        if (!group.startsWith("ServerGroup "_L1)) {
            continue;
        }
        ImportedAccount account;
        account.name = ini.value(group, u"Name"_s);
        account.key = account.name;
        const QStringList servers = ini.list(group, u"ServerList"_s);
        const QString server = servers.value(0);
        const QString host = ini.value(server, u"Server"_s).trimmed();
        if (host.isEmpty()) {
            notes.append({ file, 0, tr("The network %1 has no server.").arg(account.name) });
            continue;
        }
        account.enabled = isTrue(ini.value(group, u"AutoConnect"_s));
        const QString named = ini.value(group, u"Identity"_s);
        const QString identity = identities.value(named, firstIdentity);
        const QStringList nicks = ini.list(identity, u"Nicknames"_s);
        const QString nick = nicks.value(0, u"guest"_s);
        if (nicks.size() > 1) {
            put(account, u"alternate-nicks"_s, nicks.mid(1).join(u','));
        }
        account.ownNames = nicks;
        const QString port = ini.value(server, u"Port"_s);
        put(account, u"port"_s, port == "0"_L1 ? QString() : port);
        put(account, u"connection"_s,
            isTrue(ini.value(server, u"SSLEnabled"_s)) ? u"tls"_s : u"plain"_s);
        put(account, u"real-name"_s, ini.value(identity, u"Realname"_s));
        const QString codec = ini.value(identity, u"Codec"_s);
        put(account, u"encoding"_s,
            codec.compare("UTF-8"_L1, Qt::CaseInsensitive) == 0
                    || codec.compare("utf8"_L1, Qt::CaseInsensitive) == 0
                ? QString()
                : codec);
        QStringList channels;
        const QStringList joined = ini.list(group, u"AutoJoinChannels"_s);
        for (const QString &channel : joined) {
            const QString name = ini.value(channel, u"Name"_s);
            const QString key = ini.value(channel, u"Password"_s);
            if (!name.isEmpty()) {
                channels.append(key.isEmpty() ? name : name + u' ' + key);
            }
        }
        put(account, u"channels"_s, channels.join(u','));
        put(account, u"on-connect"_s, ini.value(group, u"ConnectCommands"_s));
        // AuthType: nickserv, saslplain, saslexternal, pemclientcert (identity.h)
        const QString scheme = ini.value(identity, u"AuthType"_s, u"nickserv"_s);
        const QString serverPassword = ini.value(server, u"Password"_s);
        const QString identityPassword = ini.value(identity, u"Password"_s);
        const QString password = serverPassword.isEmpty() ? identityPassword : serverPassword;
        if (!password.isEmpty()) {
            account.secrets.insert(u"password"_s, password);
        }
        if (scheme == "saslplain"_L1) {
            put(account, u"sasl"_s, u"plain"_s);
            put(account, u"login"_s, ini.value(identity, u"SaslAccount"_s));
        } else if (scheme == "saslexternal"_L1 || scheme == "pemclientcert"_L1) {
            put(account, u"sasl"_s, scheme == "saslexternal"_L1 ? u"external"_s : QString());
            const QString certificate = ini.value(identity, u"PemClientCertFile"_s);
            put(account, u"client-certificate"_s,
                certificate.startsWith("file://"_L1) ? certificate.sliced(7) : certificate);
        } else if (!identityPassword.isEmpty()) {
            put(account, u"nickserv"_s, ini.value(identity, u"Bot"_s, u"NickServ"_s));
            put(account, u"sasl"_s, u"none"_s);
        }
        if (!serverPassword.isEmpty() && !identityPassword.isEmpty()
            && serverPassword != identityPassword) {
            account.unmapped.append(u"Identity/Password"_s); // there is one password here
        }
        if (servers.size() > 1) {
            QStringList others;
            for (const QString &other : servers.mid(1)) {
                others.append(ini.value(other, u"Server"_s));
            }
            account.unmapped.append(u"ServerList = "_s + others.join(u' '));
        }
        finish(account, file, nick, host);
        accounts.append(account);
    }
    return accounts;
}

} // namespace konversation

} // namespace linchpin
