// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/session.h"
#include "core/sdk/sessionservices.h"
#include "core/sdk/settingsschema.h"

namespace linchpin::notes {

/// A session that is online as soon as it is opened and keeps what it is sent: the history, which
/// core writes, is all a note needs. Main thread.
class NotesSession : public Session {
    Q_OBJECT
public:
    NotesSession(const SettingValues &settings, SessionServices &services);
    ~NotesSession() override;

    State state() const override { return m_state; }
    void open(const Presence &initial) override;
    void close() override;
    Async<SentMessage> send(const OutgoingMessage &message) override;
    Async<void> setPresence(const Presence &presence) override;
    bool canRepeatSafely() const override { return true; } ///< there is nobody to see it twice

private:
    void setState(State state);
    Error notConnected() const;

    ContactAddress m_self;
    SessionServices &m_services;
    State m_state = State::Offline;
};

} // namespace linchpin::notes
