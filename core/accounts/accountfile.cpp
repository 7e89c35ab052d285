// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/accountfile.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kVersion = 1;

Error fileError(const QString &code, const char *title, const QString &detail)
{
    Error error;
    error.kind = Error::Kind::Storage;
    error.code = code;
    error.title = QCoreApplication::translate("linchpin::AccountFile", title);
    error.detail = detail;
    error.fatal = true;
    return error;
}

Error damaged(const QString &detail)
{
    return fileError(u"accounts-damaged"_s,
        QT_TRANSLATE_NOOP("linchpin::AccountFile", "The file of your accounts is damaged."),
        detail);
}

/// JSON has one kind of number and one kind of list; settings have ints and string lists.
QVariant settingFromJson(const QJsonValue &json)
{
    if (json.isArray()) {
        QStringList list;
        const QJsonArray array = json.toArray();
        for (const auto &value : array) {
            list.append(value.toString());
        }
        return list;
    }
    if (json.isDouble() && std::floor(json.toDouble()) == json.toDouble()
        && std::abs(json.toDouble()) < 2e9) {
        return json.toInt();
    }
    return json.toVariant();
}

QJsonObject settingsToJson(const SettingValues &settings)
{
    QJsonObject json;
    const QStringList keys = settings.keys();
    for (const QString &key : keys) {
        if (isSecretKey(key) || settings.origin(key) == SettingOrigin::Default) {
            continue;
        }
        json.insert(key,
            QJsonObject { { u"value"_s, QJsonValue::fromVariant(settings.value(key)) },
                { u"origin"_s, toWord(settings.origin(key)) } });
    }
    return json;
}

QJsonObject accountToJson(const AccountConfig &account)
{
    QJsonObject state;
    for (auto it = account.state.cbegin(); it != account.state.cend(); ++it) {
        state.insert(it.key(), QString::fromLatin1(it.value().toBase64()));
    }
    return {
        { u"id"_s, account.id.value },
        { u"protocol"_s, account.protocol },
        { u"name"_s, account.name },
        { u"preset"_s, account.presetId },
        { u"enabled"_s, account.enabled },
        { u"color"_s, account.color },
        { u"secrets"_s, account.secrets == SecretPolicy::AskEachTime ? u"ask"_s : u"remember"_s },
        { u"settings"_s, settingsToJson(account.settings) },
        { u"state"_s, state },
    };
}

AccountConfig accountFromJson(const QJsonObject &json)
{
    AccountConfig account;
    account.id.value = json.value("id"_L1).toString();
    account.protocol = json.value("protocol"_L1).toString();
    account.name = json.value("name"_L1).toString();
    account.presetId = json.value("preset"_L1).toString();
    account.enabled = json.value("enabled"_L1).toBool(true);
    account.color = json.value("color"_L1).toInt();
    account.secrets = json.value("secrets"_L1).toString() == "ask"_L1 ? SecretPolicy::AskEachTime
                                                                      : SecretPolicy::Remember;
    const QJsonObject settings = json.value("settings"_L1).toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        const QJsonObject setting = it.value().toObject();
        account.settings.set(it.key(), settingFromJson(setting.value("value"_L1)),
            settingOriginFromWord(setting.value("origin"_L1).toString()));
    }
    const QJsonObject state = json.value("state"_L1).toObject();
    for (auto it = state.begin(); it != state.end(); ++it) {
        account.state.insert(it.key(), QByteArray::fromBase64(it.value().toString().toLatin1()));
    }
    return account;
}

} // namespace

bool isSecretKey(const QString &key)
{
    return key == "password"_L1 || key.endsWith("-password"_L1) || key.endsWith("-secret"_L1);
}

QByteArray accountsToJson(const QList<AccountConfig> &accounts)
{
    QJsonArray array;
    for (const AccountConfig &account : accounts) {
        array.append(accountToJson(account));
    }
    return QJsonDocument(QJsonObject { { u"version"_s, kVersion }, { u"accounts"_s, array } })
        .toJson(QJsonDocument::Indented);
}

Result<QList<AccountConfig>> accountsFromJson(const QByteArray &json)
{
    QJsonParseError parseError;
    const QJsonDocument document = QJsonDocument::fromJson(json, &parseError);
    if (parseError.error != QJsonParseError::NoError) {
        return std::unexpected(
            damaged(u"%1 at byte %2"_s.arg(parseError.errorString()).arg(parseError.offset)));
    }
    const QJsonObject root = document.object();
    if (!root.value("accounts"_L1).isArray() || !root.value("version"_L1).isDouble()) {
        return std::unexpected(damaged(u"no accounts in it"_s));
    }
    const int version = root.value("version"_L1).toInt();
    if (version > kVersion) {
        return std::unexpected(fileError(u"accounts-newer"_s,
            QT_TRANSLATE_NOOP("linchpin::AccountFile",
                "The file of your accounts was written by a newer version of this program."),
            u"version %1"_s.arg(version)));
    }
    QList<AccountConfig> accounts;
    const QJsonArray array = root.value("accounts"_L1).toArray();
    for (const auto &value : array) {
        const AccountConfig account = accountFromJson(value.toObject());
        const bool isKnown = std::ranges::contains(accounts, account.id, &AccountConfig::id);
        if (account.id.isNull() || account.protocol.isEmpty() || isKnown) {
            return std::unexpected(damaged(u"an account without (its own) id or protocol"_s));
        }
        accounts.append(account);
    }
    return accounts;
}

} // namespace linchpin
