// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/contacts/person.h"
#include "core/sdk/presence.h"

#include <QHash>
#include <QJsonArray>

namespace linchpin {

/// Whom the user wants to be told of when they become available: pure bookkeeping, the same for
/// every network. Somebody who is available when the wish is made counts from the next time on; our
/// own signing in and out is no news about anybody.
class StatusAlerts {
public:
    enum class Kind {
        None,
        Once, ///< forgotten when it has been told
        Always,
    };

    Kind kind(const PersonAddress &address) const;
    void set(const PersonAddress &address, Kind kind, Availability now);
    void forget(const AccountId &account);

    struct Outcome {
        bool due = false; ///< tell the user now
        bool changed = false; ///< what toJson() says has changed
    };
    Outcome presence(const PersonAddress &address, Availability now);

    QJsonArray toJson() const;
    static StatusAlerts fromJson(const QJsonArray &json);

private:
    struct Alert {
        Kind kind = Kind::None;
        bool armed = true; ///< they were seen not to be available
    };
    QHash<PersonAddress, Alert> m_alerts;
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::StatusAlerts::Kind)
