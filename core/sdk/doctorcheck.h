// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"
#include "core/sdk/settingsschema.h"

namespace linchpin {

class SessionServices;

/// What one step of the connection doctor came to.
struct Finding {
    enum class State { Ok, Warning, Failed, Skipped };
    QString step; ///< stable word (`srv`, `tls`, `authentication`)
    State state = State::Ok;
    QString tried; ///< host, port, record, scheme
    QString answer; ///< the server's words
    std::optional<Error> error; ///< with Warning and Failed
};

/// One step on the way to being signed in; protocol steps travel with the plugin.
class LINCHPIN_SDK_EXPORT DoctorCheck {
public:
    virtual ~DoctorCheck();
    virtual QString step() const = 0;
    virtual QString title() const = 0; ///< translated
    virtual Async<Finding> run(const SettingValues &settings, SessionServices &services) = 0;
};

} // namespace linchpin
