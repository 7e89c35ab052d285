// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"

#include <QJsonObject>
#include <QMetaType>
#include <QString>
#include <QVariantMap>

#include <chrono>

namespace linchpin {

/// Settings that a remedy would change: keys of the account's schema and their new values. The
/// account dialog and the doctor show it as a button.
using SettingsPatch = QVariantMap;

/// What went wrong, for people, for programs and for support. Stands in every failing result, in
/// account states, in failed deliveries and in `linchpinctl`'s `error` objects.
struct LINCHPIN_SDK_EXPORT Error {
    enum class Kind {
        Network,
        Tls,
        Authentication,
        Forbidden,
        NotFound,
        Timeout,
        Protocol,
        Storage,
        Unsupported,
        Cancelled,
    };

    Kind kind = Kind::Protocol;
    QString code; ///< stable kebab-case word, for example `user-agent-rejected`; never translated
    QString title; ///< one plain sentence, translated
    QString detail; ///< the server's own words, untranslated; empty where it said nothing
    QString remedy; ///< what to do, translated; may be empty
    bool fatal = false; ///< trying again unchanged cannot help: the account waits for the user
    SettingsPatch fix = {}; ///< settings that would mend it; empty where none is known
    /// The server asked not to be tried again before that; 0 where it asked for nothing. An account
    /// keeps to it, up to an hour.
    std::chrono::seconds retryAfter { 0 };

    /// The error object of the `linchpinctl` contract: code, title, detail, remedy, fatal.
    QJsonObject toJson() const;
    static Error fromJson(const QJsonObject &json);

    friend bool operator==(const Error &, const Error &) = default;
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::Error)
