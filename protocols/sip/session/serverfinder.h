// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/sessionservices.h"
#include "core/sdk/settingsschema.h"
#include "protocols/sip/discovery/autodiscovermachine.h"
#include "protocols/sip/discovery/srvcandidates.h"
#include "protocols/sip/webservices/webservices.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>

namespace linchpin::sip {

/// Where to sign in: carries out what AutodiscoverMachine and srvNames() want,
/// at the same time, and merges what they found. Behind a proxy of the account
/// no SRV record is asked for: DNS would go past the proxy. Main thread;
/// destroying it ends the search.
class ServerFinder {
public:
    /// Best candidates first, or why signing in is of no use.
    using Handler = std::function<void(const Result<QList<Candidate>> &)>;

    ServerFinder(const SettingValues &settings, SessionServices &services, WebServices &web);
    ~ServerFinder();

    /// Calls the handler once, from the event loop or at once.
    void find(Handler handler);
    /// What the search met, told where no candidate is of use; since the handler was called.
    const std::optional<Error> &trouble() const { return m_trouble; }

private:
    void carryOut(const QList<DiscoveryStep> &steps);
    void carryOut(const discoverystep::Fetch &step);
    void carryOut(const discoverystep::NeedTicket &step);
    void carryOut(const discoverystep::Done &step);
    void giveUpAutodiscover();
    void finishWhenReady();

    const SettingValues &m_settings;
    ServerSettings m_server;
    SessionServices &m_services;
    WebServices &m_web;
    Handler m_handler;
    std::unique_ptr<AutodiscoverMachine> m_autodiscover;
    std::unique_ptr<Timer> m_limit;
    QList<SrvTarget> m_autodiscovered;
    std::optional<Error> m_refusal;
    std::optional<Error> m_trouble;
    QStringList m_unanswered; ///< SRV names the name service had no answer for, with its words
    QMap<QString, QList<SrvTarget>> m_records;
    int m_lookups = 0;
    QObject m_context; // last
};

/// Whether Lync's autodiscover can be of use with these settings.
bool wantsAutodiscover(const SettingValues &settings);

/// Who the account is to web services.
WebIdentity webIdentity(const SettingValues &settings, const QString &password);

} // namespace linchpin::sip
