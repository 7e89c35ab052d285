// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/doctor/doctorreport.h"
#include "core/doctor/findinglog.h"
#include "core/doctor/netchecks.h"
#include "core/sdk/protocolplugin.h"

#include <QObject>

#include <memory>

namespace linchpin {

/// Finds out why an account cannot sign in, or that it can: walks the way a sign-in goes, by a real
/// sign-in through the protocol's own session, and tells each step as it happens. Answers within
/// ten seconds, whatever the servers do. Never touches the account it is about: the sign-in is one
/// of its own, with nothing kept of it. Main thread; examines once.
class Doctor : public QObject {
    Q_OBJECT
public:
    /// Whom to examine.
    struct Patient {
        const ProtocolPlugin *plugin = nullptr; ///< outlives the doctor
        SettingValues settings; ///< as the user set them; completed here
        /// Services of its own, bound to these settings. Its secrets are read, nothing is written.
        std::unique_ptr<SessionServices> services;
        Presence presence = {}; ///< what to publish; that of a running account
        bool running = false; ///< the account is signed in: it must not be thrown out
        /// Plugins to ask for Domain checks; their checks are all that is made. Empty: a sign-in.
        QList<const ProtocolPlugin *> domainOf = {};
        /// Services known beside the plugin's own presets: those that have ended, an
        /// administrator's.
        QList<AccountPreset> knownServices = {};
    };

    /// The real world, unless tests hand in theirs.
    explicit Doctor(Patient patient, QObject *parent = nullptr);
    Doctor(Patient patient, DoctorWorld world, QObject *parent = nullptr);
    ~Doctor() override;

    /// Once. The verdict comes through finished(), never from inside this call.
    void start();
    /// Gives up; finished() follows at once with Verdict::cancelled.
    void cancel();
    bool isRunning() const;
    QString stepUnderWay() const; ///< a word of DoctorStep; empty when not running
    const QList<Finding> &findings() const; ///< all told so far
    /// From the sockets of the services handed in: a peer that they did not trust.
    void notePeer(const RefusedPeer &peer);

Q_SIGNALS:
    void found(const linchpin::Finding &finding); ///< as it happens
    void finished(const linchpin::Verdict &verdict); ///< once, last

private:
    class Walk;
    std::unique_ptr<Walk> d;
};

/// The settings of a trial sign-in: complete, without what acts on others once signed in (channels
/// to join, commands to send, calendars to publish), and with names of its own where `running` says
/// that the account's are taken. Pure.
SettingValues trialSettings(
    const SettingsSchema &schema, const SettingValues &settings, bool running);

/// The service of the address's domain has ended (presets marked retired), in the preset's words;
/// nothing where it lives, or where the user set a server by hand. Pure.
std::optional<Error> retiredService(
    const QList<AccountPreset> &presets, const SettingValues &settings);

} // namespace linchpin
