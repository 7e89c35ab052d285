// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"
#include "core/sdk/settingsschema.h"

#include <functional>

namespace linchpin {

class SessionServices;

/// Stable words of the steps of a sign-in, in their order.
namespace DoctorStep {
inline constexpr QStringView Settings = u"settings";
inline constexpr QStringView Name = u"name"; ///< A and AAAA records
inline constexpr QStringView Srv = u"srv";
inline constexpr QStringView Discovery = u"discovery"; ///< autodiscovery over HTTP
inline constexpr QStringView Proxy = u"proxy";
inline constexpr QStringView Tcp = u"tcp";
inline constexpr QStringView Tls = u"tls";
inline constexpr QStringView Clock = u"clock";
inline constexpr QStringView Protocol = u"protocol"; ///< is this a server of this kind at all?
inline constexpr QStringView AuthenticationSchemes = u"authentication-schemes";
inline constexpr QStringView Authentication = u"authentication";
inline constexpr QStringView UserAgent = u"user-agent";
inline constexpr QStringView Registered = u"registered";
inline constexpr QStringView Contacts = u"contacts";
inline constexpr QStringView Presence = u"presence";
inline constexpr QStringView Message = u"message"; ///< to oneself
inline constexpr QStringView FederationSrv = u"federation-srv";
inline constexpr QStringView FederationTcp = u"federation-tcp";
inline constexpr QStringView FederationStream = u"federation-stream";
inline constexpr QStringView FederationTls = u"federation-tls";
} // namespace DoctorStep

/// What one step of the connection doctor came to.
struct Finding {
    enum class State { Ok, Warning, Failed, Skipped };
    QString step; ///< a word of DoctorStep
    State state = State::Ok;
    QString tried; ///< host, port, record, scheme
    QString answer; ///< the server's words
    std::optional<Error> error; ///< with Warning and Failed
};

/// What a check of the doctor may use. Outlives the check's answer.
struct DoctorContext {
    const SettingValues &settings; ///< complete
    SessionServices &services; ///< what goes through them is found and told as steps by itself
    std::function<void(const Finding &finding)> report; ///< shows a finding as it happens
};

/// Steps of the doctor that a protocol knows more about than its session tells; they travel with
/// the plugin. A sign-in through the protocol's own session, with what it looks up and connects to
/// shown as steps, needs no check: core does that.
class LINCHPIN_SDK_EXPORT DoctorCheck {
public:
    enum class When {
        Before, ///< ahead of the sign-in; a Failed finding ends the walk
        AfterFailure, ///< the sign-in failed: finds out more about the cause
        Online, ///< signed in: what else has to work
        Domain, ///< on demand, about the address's domain (federation); needs no password
    };

    virtual ~DoctorCheck();
    virtual When when() const = 0;
    virtual QString title() const = 0; ///< translated, what is being looked at
    /// `failure` is why the sign-in failed, with When::AfterFailure. Answers the findings that
    /// were not reported on the way; the most telling Failed one becomes the verdict. Finishes
    /// within eight seconds.
    virtual Async<QList<Finding>> run(
        const DoctorContext &context, const std::optional<Error> &failure)
        = 0;
};

} // namespace linchpin
