// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/accounts/savedstatuses.h"

#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace linchpin {

QList<SavedStatus> savedStatusesFromJson(const QJsonArray &json)
{
    QList<SavedStatus> statuses;
    for (const auto &value : json) {
        const QJsonObject object = value.toObject();
        const auto availability = availabilityFromWord(object.value("availability"_L1).toString());
        SavedStatus status;
        status.name = object.value("name"_L1).toString();
        if (!availability || *availability == Availability::Unknown || status.name.isEmpty()) {
            continue;
        }
        status.presence.availability = *availability;
        status.presence.text = object.value("text"_L1).toString();
        status.presence.activity = object.value("activity"_L1).toString();
        statuses.append(status);
    }
    return statuses;
}

QJsonArray savedStatusesToJson(const QList<SavedStatus> &statuses)
{
    QJsonArray json;
    for (const SavedStatus &status : statuses) {
        QJsonObject object { { u"name"_s, status.name },
            { u"availability"_s, toWord(status.presence.availability) },
            { u"text"_s, status.presence.text } };
        if (!status.presence.activity.isEmpty()) {
            object.insert(u"activity"_s, status.presence.activity);
        }
        json.append(object);
    }
    return json;
}

} // namespace linchpin
