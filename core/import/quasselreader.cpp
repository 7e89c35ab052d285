// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/quasselreader.h"

#include "core/import/foreigntext.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QTimeZone>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::quassel {

namespace {

// src/common/message.h
constexpr qint64 kNotice = 0x2;
constexpr qint64 kAction = 0x4;
constexpr qint64 kTopic = 0x4000;
constexpr qint64 kSelf = 0x1;
// src/common/bufferinfo.h
constexpr qint64 kChannel = 2;
constexpr qsizetype kLongestText = qsizetype { 256 } * 1024;
/// Seconds do not come that far, milliseconds did in 1973.
constexpr qint64 kMilliseconds = 100'000'000'000;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::Import", text);
}

void put(ImportedAccount &account, const QString &key, const QString &value)
{
    if (!value.trimmed().isEmpty()) {
        account.settings.insert(key, value.trimmed());
    }
}

} // namespace

Result<void> Reader::readNetworks(ImportedProfile &profile)
{
    // Columns came one by one; those an older core has not got are empty.
    const QSet<QString> network = m_database.columns(u"network"_s);
    const QSet<QString> server = m_database.columns(u"ircserver"_s);
    const auto column = [](const QSet<QString> &all, QLatin1StringView table, const QString &name) {
        return all.contains(name) ? table + u'.' + name : u"''"_s;
    };
    const auto n = [&](const QString &name) { return column(network, "n"_L1, name); };
    const auto s = [&](const QString &name) { return column(server, "s"_L1, name); };
    auto rows = m_database.query(u"SELECT n.networkid, n.networkname, n.identityid, "_s
        + QStringList { n(u"servercodec"_s), n(u"decodingcodec"_s), n(u"perform"_s),
            n(u"useautoidentify"_s), n(u"autoidentifyservice"_s), n(u"autoidentifypassword"_s),
            n(u"usesasl"_s), n(u"saslaccount"_s), n(u"saslpassword"_s), n(u"connected"_s),
            s(u"hostname"_s), s(u"port"_s), s(u"password"_s), s(u"ssl"_s), s(u"useproxy"_s),
            s(u"proxytype"_s), s(u"proxyhost"_s), s(u"proxyport"_s), s(u"proxyuser"_s),
            s(u"proxypass"_s) }
            .join(", "_L1)
        + u" FROM network n LEFT JOIN ircserver s ON s.networkid = n.networkid"
          " ORDER BY n.networkid, s.serverid LIMIT 10000"_s);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    QSet<qint64> seen;
    while (rows->next()) {
        const qint64 id = rows->number(0);
        if (seen.contains(id)) {
            continue; // its other servers
        }
        seen.insert(id);
        const QString name = rows->text(1);
        const QString host = rows->text(13);
        if (host.isEmpty()) {
            profile.notes.append({ m_file, 0, tr("The network %1 has no server.").arg(name) });
            continue;
        }
        QStringList nicks;
        auto nickRows = m_database.query(
            u"SELECT nick FROM identity_nick WHERE identityid = ? ORDER BY nickid LIMIT 20"_s,
            { rows->value(2) });
        while (nickRows && nickRows->next()) {
            nicks.append(nickRows->text(0));
        }
        nicks.removeAll(QString());
        const QString nick = nicks.value(0, u"guest"_s);
        ImportedAccount account;
        account.key = QString::number(id);
        account.name = name;
        account.protocol = u"irc"_s;
        account.address = nick + u'@' + host;
        account.enabled = rows->number(12) != 0;
        account.ownNames = nicks;
        put(account, u"server"_s, host);
        put(account, u"port"_s, rows->text(14) == "0"_L1 ? QString() : rows->text(14));
        put(account, u"connection"_s, rows->number(16) != 0 ? u"tls"_s : u"plain"_s);
        put(account, u"alternate-nicks"_s, nicks.mid(1).join(u','));
        auto identity = m_database.query(
            u"SELECT realname FROM identity WHERE identityid = ?"_s, { rows->value(2) });
        if (identity && identity->next()) {
            put(account, u"real-name"_s, identity->text(0));
        }
        const QString codec = rows->text(4);
        if (codec.compare("UTF-8"_L1, Qt::CaseInsensitive) != 0) {
            put(account, u"encoding"_s, codec);
        }
        put(account, u"on-connect"_s,
            QString(rows->text(5))
                .replace(u'\n', u';')
                .split(u';', Qt::SkipEmptyParts)
                .join("; "_L1));
        QString password = rows->text(15);
        if (rows->number(9) != 0) {
            put(account, u"sasl"_s, u"plain"_s);
            put(account, u"login"_s, rows->text(10));
            password = rows->text(11);
        } else if (rows->number(6) != 0) {
            put(account, u"nickserv"_s, rows->text(7));
            put(account, u"sasl"_s, u"none"_s);
            password = rows->text(8);
        }
        if (!password.isEmpty()) {
            account.secrets.insert(u"password"_s, password);
        }
        // QNetworkProxy::ProxyType: 1 SOCKS 5, 3 HTTP
        const qint64 proxy = rows->number(18);
        if (rows->number(17) != 0 && (proxy == 1 || proxy == 3)) {
            put(account, u"proxy-type"_s, proxy == 3 ? u"http"_s : u"socks5"_s);
            put(account, u"proxy-host"_s, rows->text(19));
            put(account, u"proxy-port"_s, rows->text(20));
            put(account, u"proxy-login"_s, rows->text(21));
            if (!rows->text(22).isEmpty()) {
                account.secrets.insert(u"proxy-password"_s, rows->text(22));
            }
        }
        if (!account.secrets.isEmpty()) {
            account.secretsFile = m_file;
        }
        profile.accounts.append(account);
    }
    return {};
}

Result<void> Reader::listBuffers(ImportedProfile &profile)
{
    const QSet<QString> columns = m_database.columns(u"buffer"_s);
    const QString key = columns.contains(u"key"_s) ? u"b.key"_s : u"''"_s;
    const QString joined = columns.contains(u"joined"_s) ? u"b.joined"_s : u"0"_s;
    auto rows = m_database.query(u"SELECT b.bufferid, b.networkid, b.buffername, b.buffertype, "_s
        + key + u", "_s + joined
        + u", (SELECT count(*) FROM backlog l WHERE l.bufferid = b.bufferid AND l.type IN (1, 2, 4,"
          " 16384)) FROM buffer b WHERE b.buffertype IN (2, 4) ORDER BY b.bufferid LIMIT 100000"_s);
    if (!rows) {
        return std::unexpected(rows.error());
    }
    while (rows->next()) {
        const QString account = rows->text(1);
        const auto owner = std::ranges::find(profile.accounts, account, &ImportedAccount::key);
        const bool channel = rows->number(3) == kChannel;
        const QString name = rows->text(2);
        if (owner == profile.accounts.end() || name.isEmpty()) {
            continue;
        }
        if (channel && rows->number(5) != 0) {
            const QString entry = rows->text(4).isEmpty() ? name : name + u' ' + rows->text(4);
            QString &channels = owner->settings[u"channels"_s];
            channels += (channels.isEmpty() ? QString() : u","_s) + entry;
        }
        if (rows->number(6) > 0) {
            profile.logs.append({ .file = m_file,
                .account = account,
                .with = name,
                .kind = channel ? ConversationKind::Room : ConversationKind::Person,
                .messages = rows->number(6),
                .detail = rows->number(0) });
        }
    }
    return {};
}

Result<ImportedProfile> Reader::profile(const std::atomic<bool> &)
{
    ImportedProfile profile;
    const QFileInfo given(m_path);
    m_file = given.isDir() ? QDir(m_path).filePath(u"quassel-storage.sqlite"_s) : m_path;
    for (const QString &client : { u"quasselclient.conf"_s, u"quasselcore.conf"_s }) {
        const QString conf = QDir(given.isDir() ? m_path : given.path()).filePath(client);
        if (QFileInfo::exists(conf)) {
            profile.notes.append({ conf, 0,
                tr("It only tells the way to a Quassel core and may hold that core's password. "
                   "Import the core's quassel-storage.sqlite to get its networks.") });
        }
    }
    if (!QFileInfo::exists(m_file)) {
        if (profile.notes.isEmpty()) {
            return std::unexpected(importError(u"import-nothing-found"_s,
                tr("There is no profile of Quassel in this folder."), m_path));
        }
        return profile;
    }
    Result<void> done = m_database.open(m_file);
    if (done) {
        done = readNetworks(profile);
    }
    if (done) {
        done = listBuffers(profile);
    }
    if (!done) {
        return std::unexpected(
            importError(u"read-failed"_s, tr("A file cannot be read."), done.error().detail));
    }
    return profile;
}

Result<void> Reader::messages(const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &)
{
    auto rows
        = m_database.query(u"SELECT l.time, l.type, l.flags, s.sender, substr(l.message, 1, 262144)"
                           " FROM backlog l"
                           " JOIN sender s ON s.senderid = l.senderid WHERE l.bufferid = ?"
                           " AND l.type IN (1, 2, 4, 16384) ORDER BY l.messageid"_s,
            { log.detail });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    while (rows->next()) {
        ImportedMessage message;
        const qint64 time = rows->number(0);
        if (time <= 0 || time > 4'102'444'800'000) { // until 2100
            continue;
        }
        message.sentAt = QDateTime::fromMSecsSinceEpoch(
            time >= kMilliseconds ? time : time * 1000, QTimeZone::UTC);
        const qint64 type = rows->number(1);
        message.kind = type == kNotice ? MessageKind::Notice
            : type == kAction          ? MessageKind::Action
            : type == kTopic           ? MessageKind::System
                                       : MessageKind::Chat;
        message.direction = (rows->number(2) & kSelf) != 0 ? Direction::Out : Direction::In;
        const QString nick = rows->text(3).section(u'!', 0, 0);
        message.fromName = nick;
        if (log.kind == ConversationKind::Room) {
            message.from = nick;
        }
        message.body = RichText::fromPlain(withoutIrcFormatting(rows->text(4).left(kLongestText)));
        if (!message.body.isEmpty() && !sink(std::move(message))) {
            break;
        }
    }
    return {};
}

} // namespace linchpin::quassel
