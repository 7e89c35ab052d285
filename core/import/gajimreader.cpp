// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/gajimreader.h"

#include "core/import/foreigntext.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTimeZone>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace linchpin::gajim {

namespace {

// gajim/common/const.py, KindConstant
constexpr int kRoomMessage = 2;
constexpr int kSingleSent = 5;
constexpr int kChatSent = 6;
// gajim/common/storage/archive/const.py
constexpr int kGroupChat = 2;
constexpr int kOutgoing = 2;
constexpr qsizetype kLongestText = qsizetype { 256 } * 1024;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::Import", text);
}

ImportedAccount accountOf(
    const QString &name, const QMap<QString, QString> &values, const QString &file)
{
    ImportedAccount account;
    account.protocol = u"xmpp"_s;
    QString address = values.value(u"address"_s); // since 1.7
    if (address.isEmpty()) {
        address = values.value(u"name"_s) + u'@' + values.value(u"hostname"_s);
    }
    account.address = address;
    account.key = address.toLower();
    const QString label = values.value(u"account_label"_s);
    account.name = label.isEmpty() ? name : label;
    account.enabled = isTrue(values.value(u"active"_s, u"true"_s))
        && isTrue(values.value(u"autoconnect"_s, u"true"_s));
    const auto put = [&](const QString &key, const QString &value) {
        if (!value.isEmpty()) {
            account.settings.insert(key, value);
        }
    };
    if (isTrue(values.value(u"use_custom_host"_s))) {
        put(u"server"_s, values.value(u"custom_host"_s));
        const QString port = values.value(u"custom_port"_s);
        put(u"port"_s, port == "5222"_L1 || port == "0"_L1 ? QString() : port);
        const QString type = values.value(u"custom_type"_s);
        put(u"connection"_s,
            type == "DIRECT TLS"_L1      ? u"tls"_s
                : type == "START TLS"_L1 ? u"starttls"_s
                : type == "PLAIN"_L1     ? u"plain"_s
                                         : QString());
    }
    if (isTrue(values.value(u"use_plain_connection"_s))) {
        put(u"connection"_s, u"plain"_s);
    }
    const QString resource = values.value(u"resource"_s);
    if (!resource.contains(u'$')) { // "gajim.$rand"
        put(u"resource"_s, resource);
    }
    if (!isTrue(values.value(u"adjust_priority_with_status"_s, u"true"_s))) {
        put(u"priority"_s, values.value(u"priority"_s));
    }
    if (const QString proxy = values.value(u"proxy"_s);
        !proxy.isEmpty() && proxy != "None"_L1 && proxy != "no-proxy"_L1 && proxy != "system"_L1) {
        account.unmapped.append(u"proxy = "_s + proxy);
    }
    const QString password = values.value(u"password"_s);
    if (!password.isEmpty() && !password.startsWith("libsecret:"_L1)
        && !password.startsWith("winvault:"_L1) && !password.startsWith("gnomekeyring:"_L1)
        && !password.startsWith("kwallet:"_L1) && !password.startsWith("keyring:"_L1)
        && !password.startsWith("osxkeychain:"_L1)) {
        account.secrets.insert(u"password"_s, password);
        account.secretsFile = file;
    }
    account.ownNames = { account.address, account.address.section(u'@', 0, 0) };
    return account;
}

} // namespace

ImportedAccount account(
    const QString &name, const QByteArray &json, const QString &file, QList<ImportNote> &notes)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    const QJsonObject object = document.object().value("account"_L1).toObject();
    if (object.isEmpty()) {
        notes.append({ file, 0, tr("The settings of the account %1 are damaged.").arg(name) });
    }
    QMap<QString, QString> values;
    for (auto it = object.constBegin(); it != object.constEnd(); ++it) {
        values.insert(it.key(), it.value().toVariant().toString());
    }
    return accountOf(name, values, file);
}

QList<ImportedAccount> accounts(const QByteArray &config, const QString &file)
{
    QMap<QString, QMap<QString, QString>> all;
    const QList<QByteArray> lines = config.split('\n');
    for (const QByteArray &bytes : lines) {
        const QString line = foreignText(bytes).trimmed();
        const qsizetype equals = line.indexOf(u'=');
        const QString path = line.left(std::max<qsizetype>(equals, 0)).trimmed();
        if (equals < 0 || !path.startsWith("accounts."_L1) || all.size() > 1000) {
            continue;
        }
        // An account's name may have dots; its keys have none.
        const QString name = path.sliced(9).section(u'.', 0, -2);
        if (!name.isEmpty()) {
            all[name].insert(path.section(u'.', -1), line.sliced(equals + 1).trimmed());
        }
    }
    QList<ImportedAccount> list;
    for (auto it = all.cbegin(); it != all.cend(); ++it) {
        if (!it->value(u"hostname"_s).isEmpty() && !isTrue(it->value(u"is_zeroconf"_s))) {
            list.append(accountOf(it.key(), *it, file));
        }
    }
    return list;
}

void Reader::readSettings(ImportedProfile &profile)
{
    const QString modern = QDir(m_folder).filePath(u"settings.sqlite"_s);
    const QString old = QDir(m_folder).filePath(u"config"_s);
    if (QFileInfo::exists(modern)) {
        ForeignDatabase settings;
        if (const auto opened = settings.open(modern); !opened) {
            profile.notes.append({ modern, 0, opened.error().detail });
            return;
        }
        auto rows = settings.query(u"SELECT account, settings FROM account_settings LIMIT 1000"_s);
        if (!rows) {
            profile.notes.append({ modern, 0, rows.error().detail });
            return;
        }
        while (rows->next()) {
            const ImportedAccount found
                = account(rows->text(0), rows->value(1).toByteArray(), modern, profile.notes);
            if (found.address.size() > 1 && found.address.contains(u'@')
                && !found.address.endsWith(u'@')) {
                profile.accounts.append(found);
            }
        }
    } else if (QFileInfo(old).isFile()) {
        const Result<QByteArray> bytes = foreignFile(old);
        if (bytes) {
            profile.accounts = accounts(*bytes, old);
        } else {
            profile.notes.append({ old, 0, bytes.error().detail });
        }
    }
}

void Reader::listLogs(ImportedProfile &profile, const QString &file)
{
    m_logs = std::make_unique<ForeignDatabase>();
    if (const auto opened = m_logs->open(file); !opened) {
        profile.notes.append({ file, 0, opened.error().detail });
        m_logs.reset();
        return;
    }
    m_new = m_logs->hasTable(u"message"_s) && m_logs->hasTable(u"remote"_s);
    const QString sql = m_new
        ? u"SELECT a.jid, r.jid, max(m.type = 2), count(*), m.fk_account_pk, m.fk_remote_pk"
          " FROM message m JOIN account a ON a.pk = m.fk_account_pk"
          " JOIN remote r ON r.pk = m.fk_remote_pk WHERE m.text IS NOT NULL AND m.type IN (1, 2, 3)"
          " GROUP BY m.fk_account_pk, m.fk_remote_pk"_s
        : u"SELECT a.jid, j.jid, max(l.kind = 2), count(*), l.account_id, l.jid_id FROM logs l"
          " JOIN jids j ON j.jid_id = l.jid_id LEFT JOIN jids a ON a.jid_id = l.account_id"
          " WHERE l.kind IN (2, 3, 4, 5, 6) AND l.message IS NOT NULL"
          " GROUP BY l.account_id, l.jid_id"_s;
    auto rows = m_logs->query(sql);
    if (!rows) {
        profile.notes.append({ file, 0, rows.error().detail });
        return;
    }
    while (rows->next()) {
        ImportedLog log;
        log.file = file;
        // Before 1.0 the logs named no account: then it is the only one, or the first.
        log.account = rows->isNull(0)
            ? (profile.accounts.isEmpty() ? QString() : profile.accounts.constFirst().key)
            : rows->text(0).toLower();
        log.with = rows->text(1);
        log.kind = rows->number(2) != 0 ? ConversationKind::Room : ConversationKind::Person;
        log.messages = rows->number(3);
        log.detail = (rows->number(4) << 32) | (rows->number(5) & 0xffffffff);
        if (log.with.isEmpty() || log.account.isEmpty()) {
            continue;
        }
        log.privateInRoom = log.kind == ConversationKind::Person && log.with.contains(u'/');
        profile.logs.append(log);
    }
}

Result<ImportedProfile> Reader::profile(const std::atomic<bool> &)
{
    ImportedProfile profile;
    readSettings(profile);
    for (const QString &candidate : { u"logs.db"_s, u"../../.local/share/gajim/logs.db"_s,
             u"../.local/share/gajim/logs.db"_s }) {
        const QString file = QDir::cleanPath(QDir(m_folder).filePath(candidate));
        if (QFileInfo::exists(file)) {
            listLogs(profile, file);
            break;
        }
    }
    if (profile.accounts.isEmpty() && profile.logs.isEmpty() && profile.notes.isEmpty()) {
        return std::unexpected(importError(u"import-nothing-found"_s,
            tr("There is no profile of Gajim in this folder."), m_folder));
    }
    return profile;
}

Result<void> Reader::messages(const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &)
{
    if (!m_logs) {
        return std::unexpected(
            importError(u"read-failed"_s, tr("A file cannot be read."), log.file));
    }
    const qint64 accountRow = log.detail >> 32;
    const qint64 withRow = log.detail & 0xffffffff;
    const QString own = log.account.section(u'@', 0, 0);
    auto rows = m_new
        ? m_logs->query(u"SELECT m.timestamp, m.type, m.direction, substr(m.text, 1, 262144), "
                        u"coalesce(o.nickname, "
                        u"m.resource, '')"
                        " FROM message m LEFT JOIN occupant o ON o.pk = m.fk_occupant_pk"
                        " WHERE m.fk_account_pk = ? AND m.fk_remote_pk = ? AND m.text IS NOT NULL"
                        " AND m.type IN (1, 2, 3) ORDER BY m.timestamp, m.pk"_s,
              { accountRow, withRow })
        : m_logs->query(
              u"SELECT time, kind, 0, substr(message, 1, 262144), coalesce(contact_name, '') FROM "
              u"logs"
              " WHERE coalesce(account_id, 0) = ? AND jid_id = ? AND kind IN (2, 3, 4, 5, 6)"
              " AND message IS NOT NULL ORDER BY time, log_line_id"_s,
              { accountRow, withRow });
    if (!rows) {
        return std::unexpected(rows.error());
    }
    while (rows->next()) {
        ImportedMessage message;
        const double seconds = rows->value(0).toDouble();
        if (!std::isfinite(seconds) || seconds <= 0 || seconds > 4'102'444'800.0) { // until 2100
            continue;
        }
        message.sentAt
            = QDateTime::fromMSecsSinceEpoch(std::llround(seconds * 1000), QTimeZone::UTC);
        const qint64 type = rows->number(1);
        const QString name = rows->text(4);
        if (m_new) {
            message.direction = rows->number(2) == kOutgoing ? Direction::Out : Direction::In;
        } else {
            message.direction = type == kChatSent || type == kSingleSent
                    || (type == kRoomMessage && name.compare(own, Qt::CaseInsensitive) == 0)
                ? Direction::Out
                : Direction::In;
        }
        if (log.kind == ConversationKind::Room) {
            if ((m_new && type != kGroupChat) || (!m_new && type != kRoomMessage)) {
                continue;
            }
            message.from = name;
            message.fromName = name;
        } else if (log.privateInRoom && message.direction == Direction::In) {
            message.fromName = log.with.section(u'/', 1);
        }
        QString text = rows->text(3);
        if (text.startsWith("/me "_L1)) {
            message.kind = MessageKind::Action;
            text = text.sliced(4);
        }
        message.body = RichText::fromPlain(text.left(kLongestText));
        if (!message.body.isEmpty() && !sink(std::move(message))) {
            break;
        }
    }
    return {};
}

} // namespace linchpin::gajim
