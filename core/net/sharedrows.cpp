// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/sharedrows.h"

#include "core/net/certificatepolicy.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::SharedRows", text);
}

const QString kMinimumTls = u"minimum-tls"_s;
const QString kMinimumTlsUntil = u"minimum-tls-until"_s;
constexpr int kLongestExceptionDays = 366;

bool isOutdated(const QString &version)
{
    return version == "1.0"_L1 || version == "1.1"_L1;
}

QDate dateOf(const QString &text)
{
    return QDate::fromString(text, Qt::ISODate);
}

} // namespace

SettingsSchema proxyRows()
{
    const SettingCondition whenSet { u"proxy-type"_s, QStringList { u"http"_s, u"socks5"_s } };
    return {
        { .key = u"proxy-type"_s,
            .label = tr("Proxy"),
            .type = SettingType::Choice,
            .group = SettingGroup::Proxy,
            .section = SettingSection::Connection,
            .defaultValue = u"system"_s,
            .choices = { { u"system"_s, tr("As the system says") }, { u"none"_s, tr("None") },
                { u"http"_s, tr("HTTP") }, { u"socks5"_s, tr("SOCKS 5") } } },
        { .key = u"proxy-host"_s,
            .label = tr("Host"),
            .type = SettingType::Host,
            .group = SettingGroup::Proxy,
            .section = SettingSection::Connection,
            .required = true,
            .enabledWhen = whenSet },
        { .key = u"proxy-port"_s,
            .label = tr("Port"),
            .type = SettingType::Port,
            .group = SettingGroup::Proxy,
            .section = SettingSection::Connection,
            .defaultValue = 0,
            .placeholder = tr("3128 for HTTP, 1080 for SOCKS 5"),
            .enabledWhen = whenSet },
        { .key = u"proxy-login"_s,
            .label = tr("Login"),
            .group = SettingGroup::Proxy,
            .section = SettingSection::Authentication,
            .enabledWhen = whenSet },
        { .key = u"proxy-password"_s,
            .label = tr("Password"),
            .type = SettingType::Secret,
            .group = SettingGroup::Proxy,
            .section = SettingSection::Authentication,
            .enabledWhen = whenSet },
    };
}

SettingsSchema trustRows()
{
    return {
        { .key = u"ca-file"_s,
            .label = tr("Trusted authority"),
            .type = SettingType::Path,
            .group = SettingGroup::Advanced,
            .section = SettingSection::Trust,
            .placeholder = tr("those of the system"),
            .help = tr("A file of PEM certificates to trust besides the system's authorities.") },
        { .key = u"pinned-certificate"_s,
            .label = tr("Pinned certificate"),
            .group = SettingGroup::Advanced,
            .section = SettingSection::Trust,
            .help = tr("SHA-256 fingerprint of the only certificate that is accepted."),
            .validate = [](const QVariant &value, const SettingValues &) -> std::optional<QString> {
                if (fingerprintFromText(value.toString())) {
                    return std::nullopt;
                }
                return tr("A SHA-256 fingerprint has 64 hex digits.");
            } },
        { .key = u"minimum-tls"_s,
            .label = tr("Oldest TLS version"),
            .type = SettingType::Choice,
            .group = SettingGroup::Advanced,
            .section = SettingSection::Trust,
            .defaultValue = u"1.2"_s,
            .choices = { { u"1.3"_s, tr("TLS 1.3") }, { u"1.2"_s, tr("TLS 1.2") },
                { u"1.1"_s, tr("TLS 1.1 (unsafe)") }, { u"1.0"_s, tr("TLS 1.0 (unsafe)") } },
            .help = tr("Versions before 1.2 can be broken: others may read along. Lower this only "
                       "for a server that offers nothing newer, and only for a while.") },
        { .key = kMinimumTlsUntil,
            .label = tr("Outdated TLS until"),
            .group = SettingGroup::Advanced,
            .section = SettingSection::Trust,
            .placeholder = tr("a year from now"),
            .help = tr("The day after which TLS 1.2 is required again (year-month-day)."),
            .enabledWhen = SettingCondition { kMinimumTls, QStringList { u"1.1"_s, u"1.0"_s } },
            .validate = [](const QVariant &value, const SettingValues &) -> std::optional<QString> {
                const QDate date = dateOf(value.toString());
                if (!date.isValid()) {
                    return tr("A date is written year-month-day, such as 2027-01-31.");
                }
                if (date > QDate::currentDate().addDays(kLongestExceptionDays)) {
                    return tr("No later than a year from now.");
                }
                return std::nullopt;
            } },
    };
}

SettingValues settingsInForce(
    const SettingsSchema &schema, const SettingValues &values, const QDateTime &now)
{
    SettingValues complete = schema.complete(values);
    if (isOutdated(complete.text(kMinimumTls))) {
        const QDate until = dateOf(complete.text(kMinimumTlsUntil));
        if (!until.isValid() || now.date() > until) {
            complete.set(kMinimumTls, u"1.2"_s, complete.origin(kMinimumTls));
        }
    }
    return complete;
}

void setTrustEnds(const SettingsSchema &schema, SettingValues &values, const QDateTime &now)
{
    if (!schema.field(kMinimumTlsUntil)) {
        return;
    }
    if (!isOutdated(values.text(kMinimumTls))) {
        values.remove(kMinimumTlsUntil);
    } else if (values.text(kMinimumTlsUntil).isEmpty()) {
        values.set(kMinimumTlsUntil, now.date().addYears(1).toString(Qt::ISODate),
            values.origin(kMinimumTls));
    }
}

SettingsSchema fullSchema(const ProtocolPlugin &plugin)
{
    SettingsSchema schema = plugin.accountSchema();
    if (plugin.info().capabilities.testFlag(Capability::SelfOnly)) {
        return schema;
    }
    for (const SettingsSchema &shared : { trustRows(), proxyRows() }) {
        for (const SettingField &row : shared.fields()) {
            if (!schema.field(row.key)) {
                schema.append(row);
            }
        }
    }
    return schema;
}

} // namespace linchpin
