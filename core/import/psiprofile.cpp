// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/psiprofile.h"

#include "core/import/foreigntext.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QTimeZone>
#include <QXmlStreamReader>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::psi {

namespace {

constexpr int kMostAccounts = 1000;
constexpr int kMostContacts = 100'000;
constexpr int kDeepest = 16;
constexpr qsizetype kMostRooms = 1000;
constexpr qsizetype kLongestText = qsizetype { 16 } * 1024;

/// The leaves below an element, by their path: `custom-auth.authid`.
QMap<QString, QString> leaves(
    QXmlStreamReader &xml, QMap<QString, QString> &contacts, QStringList &rooms)
{
    QMap<QString, QString> found;
    QStringList path;
    QString text;
    while (!xml.atEnd()) {
        switch (xml.readNext()) {
        case QXmlStreamReader::StartElement:
            path.append(xml.name().toString());
            text.clear();
            // Before 0.11 flags were attributes.
            for (const QXmlStreamAttribute &attribute : xml.attributes()) {
                found.insert(path.join(u'.') + u'@' + attribute.name().toString(),
                    attribute.value().toString());
            }
            break;
        case QXmlStreamReader::Characters:
            text += xml.text().left(kLongestText);
            break;
        case QXmlStreamReader::EndElement: {
            if (path.isEmpty()) {
                return found;
            }
            if (path.constLast() == "jid"_L1 && path.size() > 1
                && path.first().startsWith("roster"_L1) && contacts.size() < kMostContacts) {
                contacts.insert(text.trimmed().toLower(), {});
            } else if (path.size() == 2 && path.first() == "muc-bookmarks"_L1) {
                // Rooms that are entered on this computer; the others are kept by the server.
                if (rooms.size() < kMostRooms && !text.contains(u',')) {
                    rooms.append(text.trimmed());
                }
            } else if (found.size() < 10'000 && path.size() < kDeepest) {
                found.insert(path.join(u'.'), text.trimmed());
            }
            path.removeLast();
            text.clear();
            break;
        }
        default:
            break;
        }
    }
    return found;
}

ImportedAccount accountOf(const QMap<QString, QString> &values, const QString &file)
{
    ImportedAccount account;
    const QString jid = values.value(u"jid"_s);
    account.protocol = u"xmpp"_s;
    account.address = jid.section(u'/', 0, 0);
    account.key = account.address.toLower();
    account.name = values.value(u"name"_s);
    account.enabled = isTrue(values.value(u"enabled"_s, u"true"_s))
        && isTrue(values.value(u"auto"_s, u"false"_s));
    const auto put = [&](const QString &key, const QString &value) {
        if (!value.isEmpty()) {
            account.settings.insert(key, value);
        }
    };
    const bool useHost = isTrue(values.value(u"use-host"_s)) || isTrue(values.value(u"useHost"_s));
    const QString ssl = values.value(u"ssl"_s);
    const bool legacy = ssl == "legacy"_L1;
    if (useHost) {
        put(u"server"_s, values.value(u"host"_s));
        const QString port = values.value(u"port"_s);
        put(u"port"_s, port == "0"_L1 || (port == "5222"_L1 && !legacy) ? QString() : port);
    }
    put(u"connection"_s,
        legacy                ? u"tls"_s
            : ssl == "yes"_L1 ? u"starttls"_s
            : ssl == "no"_L1  ? u"plain"_s
                              : QString());
    if (!isTrue(values.value(u"automatic-resource"_s))) {
        put(u"resource"_s, values.value(u"resource"_s));
    }
    const QString priority = values.value(u"priority"_s);
    put(u"priority"_s, priority == "5"_L1 ? QString() : priority);
    if (isTrue(values.value(u"custom-auth.use"_s)) || isTrue(values.value(u"custom-auth@use"_s))) {
        put(u"login"_s, values.value(u"custom-auth.authid"_s));
        if (!values.value(u"custom-auth.realm"_s).isEmpty()) {
            account.unmapped.append(u"realm = "_s + values.value(u"custom-auth.realm"_s));
        }
    }
    if (const QString proxy = values.value(u"proxy-id"_s); !proxy.isEmpty()) {
        account.unmapped.append(u"proxy-id = "_s + proxy);
    }
    const QString password = decodedPassword(values.value(u"password"_s), jid);
    if (!password.isEmpty()) {
        account.secrets.insert(u"password"_s, password);
        account.secretsFile = file;
    }
    account.ownNames = { account.address, account.address.section(u'@', 0, 0) };
    return account;
}

QString logDecoded(QStringView text)
{
    QString plain;
    plain.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) != u'\\' || i + 1 == text.size()) {
            plain.append(text.at(i));
            continue;
        }
        const QChar c = text.at(++i);
        plain.append(c == u'n' ? QChar(u'\n') : c == u'p' ? QChar(u'|') : c);
    }
    return plain;
}

} // namespace

QString decodedPassword(const QString &hidden, const QString &jid)
{
    if (hidden.size() % 4 != 0 || hidden.size() > 4096 || jid.isEmpty()) {
        return {};
    }
    QString password;
    for (qsizetype i = 0; i < hidden.size(); i += 4) {
        bool ok = false;
        const uint unit = QStringView(hidden).sliced(i, 4).toUInt(&ok, 16);
        if (!ok) {
            return {};
        }
        const char16_t key = jid.at((i / 4) % jid.size()).unicode();
        password.append(QChar(static_cast<char16_t>(unit ^ key)));
    }
    const bool sane = std::ranges::none_of(
        password, [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7f; });
    return sane ? password : QString();
}

Accounts accounts(const QByteArray &bytes, const QString &file, QList<ImportNote> &notes)
{
    Accounts result;
    static const QRegularExpression entry(u"^(?:a\\d+|account)$"_s);
    QXmlStreamReader xml(bytes);
    while (!xml.atEnd() && result.accounts.size() < kMostAccounts) {
        if (xml.readNext() != QXmlStreamReader::StartElement
            || !entry.matchView(xml.name()).hasMatch()) {
            continue;
        }
        QMap<QString, QString> contacts;
        QStringList rooms;
        const QMap<QString, QString> values = leaves(xml, contacts, rooms);
        if (xml.hasError() || !values.value(u"jid"_s).contains(u'@')) {
            continue;
        }
        ImportedAccount account = accountOf(values, file);
        rooms.removeAll(QString());
        if (!rooms.isEmpty()) {
            account.settings.insert(u"rooms"_s, rooms.join(u','));
        }
        for (auto it = contacts.cbegin(); it != contacts.cend(); ++it) {
            result.accountOf.insert(it.key(), account.key);
        }
        result.accounts.append(account);
    }
    if (xml.hasError()) {
        notes.append({ file, static_cast<int>(xml.lineNumber()),
            QCoreApplication::translate("linchpin::Import", "The file is damaged here: %1")
                .arg(xml.errorString()) });
    }
    return result;
}

QString contactOfFile(const QString &baseName)
{
    QString name = baseName;
    const qsizetype at = name.indexOf("_at_"_L1);
    if (at >= 0) {
        name.replace(at, 4, u"@"_s);
    }
    return percentDecoded(name);
}

std::optional<ImportedMessage> message(const QString &line)
{
    // |time|type|origin|flags|[subject|][url|description|]text
    const QStringView view(line);
    if (!view.startsWith(u'|')) {
        return std::nullopt;
    }
    QList<QStringView> fields;
    qsizetype begin = 1;
    qsizetype wanted = 4;
    for (qsizetype i = 0; i < wanted; ++i) {
        const qsizetype end = view.indexOf(u'|', begin);
        if (end < 0) {
            return std::nullopt;
        }
        fields.append(view.sliced(begin, end - begin));
        begin = end + 1;
        if (i == 3) {
            if (fields.at(3).size() < 2) {
                return std::nullopt;
            }
            const QChar extra = fields.at(3).at(1);
            const uint flags = extra == u'-' ? 0 : QString(extra).toUInt(nullptr, 16);
            wanted += ((flags & 1U) != 0 ? 1 : 0) + ((flags & 2U) != 0 ? 2 : 0);
        }
    }
    const int type = fields.at(1).toInt();
    const QDateTime local = QDateTime::fromString(fields.at(0).toString(), Qt::ISODate);
    if (!local.isValid() || (type != 0 && type != 1 && type != 5)) {
        return std::nullopt; // 2, 3, 6 to 8: subscriptions; 4: errors
    }
    ImportedMessage message;
    message.sentAt = local.toUTC();
    message.direction = fields.at(2) == "to"_L1 ? Direction::Out : Direction::In;
    message.kind = type == 5 ? MessageKind::Notice : MessageKind::Chat;
    const bool unicode = fields.at(3).at(0) == u'N';
    QString text = logDecoded(view.sliced(begin));
    if (!unicode) {
        text = QString::fromUtf8(text.toLatin1());
    }
    if (wanted >= 5 && (wanted == 5 || wanted == 7)) {
        const QString subject = logDecoded(fields.at(4));
        text = text.isEmpty() ? subject : subject + u'\n' + text;
    }
    if (wanted >= 6) {
        const QString url = logDecoded(fields.at(wanted - 2));
        text += (text.isEmpty() ? u""_s : u"\n"_s) + url;
    }
    if (text.startsWith("/me "_L1)) {
        message.kind = MessageKind::Action;
        text = text.sliced(4);
    }
    message.body = RichText::fromPlain(text);
    return message.body.isEmpty() ? std::nullopt : std::optional(message);
}

} // namespace linchpin::psi
