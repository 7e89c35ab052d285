// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/contacts/statusalerts.h"

#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace linchpin {

StatusAlerts::Kind StatusAlerts::kind(const PersonAddress &address) const
{
    return m_alerts.value(address).kind;
}

void StatusAlerts::set(const PersonAddress &address, Kind kind, Availability now)
{
    if (kind == Kind::None) {
        m_alerts.remove(address);
        return;
    }
    Alert &alert = m_alerts[address];
    alert.armed = now != Availability::Available;
    alert.kind = kind;
}

void StatusAlerts::forget(const AccountId &account)
{
    m_alerts.removeIf([&](const auto &entry) { return entry.key().account == account; });
}

StatusAlerts::Outcome StatusAlerts::presence(const PersonAddress &address, Availability now)
{
    const auto found = m_alerts.find(address);
    if (found == m_alerts.end() || now == Availability::Unknown) {
        return {};
    }
    if (now != Availability::Available) {
        return { .changed = !std::exchange(found->armed, true) };
    }
    if (!std::exchange(found->armed, false)) {
        return {};
    }
    if (found->kind == Kind::Once) {
        m_alerts.erase(found);
    }
    return { .due = true, .changed = true };
}

QJsonArray StatusAlerts::toJson() const
{
    QJsonArray all;
    for (auto it = m_alerts.cbegin(); it != m_alerts.cend(); ++it) {
        all.append(QJsonObject { { u"account"_s, it.key().account.value },
            { u"address"_s, it.key().address.value }, { u"once"_s, it->kind == Kind::Once },
            { u"armed"_s, it->armed } });
    }
    return all;
}

StatusAlerts StatusAlerts::fromJson(const QJsonArray &json)
{
    StatusAlerts alerts;
    for (const auto &value : json) {
        const PersonAddress address { { value["account"_L1].toString() },
            { value["address"_L1].toString() } };
        if (!address.account.isNull() && !address.address.isNull()) {
            alerts.m_alerts.insert(address,
                { .kind = value["once"_L1].toBool() ? Kind::Once : Kind::Always,
                    .armed = value["armed"_L1].toBool(true) });
        }
    }
    return alerts;
}

} // namespace linchpin
