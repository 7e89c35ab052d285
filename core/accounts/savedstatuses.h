// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/presence.h"

#include <QJsonArray>
#include <QList>

namespace linchpin {

/// A status the user keeps under a name ("Lunch": away, "back at one").
struct SavedStatus {
    QString name;
    Presence presence; ///< availability, text and OwnStatusWord
    friend bool operator==(const SavedStatus &, const SavedStatus &) = default;
};

/// As they stand in the settings under `saved-statuses`; entries that make no sense are left out.
QList<SavedStatus> savedStatusesFromJson(const QJsonArray &json);
QJsonArray savedStatusesToJson(const QList<SavedStatus> &statuses);

} // namespace linchpin
