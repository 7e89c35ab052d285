// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/notes/notessession.h"

using namespace Qt::StringLiterals;

namespace linchpin::notes {

NotesSession::NotesSession(const SettingValues &settings, SessionServices &services)
    : m_self { settings.text(u"address"_s) }
    , m_services(services)
{
}

NotesSession::~NotesSession() = default;

void NotesSession::setState(State state)
{
    if (m_state != state) {
        m_state = state;
        Q_EMIT stateChanged(state);
    }
}

void NotesSession::open(const Presence &initial)
{
    if (m_state != State::Offline) {
        return;
    }
    setState(State::Connecting);
    setState(State::Online);
    ContactSnapshot self;
    self.address = m_self;
    Q_EMIT event(ContactChanged { self });
    Q_EMIT event(ContactListComplete { { m_self } });
    Q_EMIT event(PresenceChanged { m_self, initial });
}

void NotesSession::close()
{
    setState(State::Offline);
}

Error NotesSession::notConnected() const
{
    Error error;
    error.kind = Error::Kind::Cancelled;
    error.code = u"not-connected"_s;
    error.title = tr("The account is not signed in.");
    return error;
}

Async<SentMessage> NotesSession::send(const OutgoingMessage &message)
{
    if (m_state != State::Online) {
        return readyError<SentMessage>(notConnected());
    }
    if (message.to != m_self.value) {
        Error error;
        error.kind = Error::Kind::NotFound;
        error.fatal = true;
        error.code = u"unknown-recipient"_s;
        error.title = tr("Notes go to yourself only.");
        error.detail = message.to;
        return readyError<SentMessage>(error);
    }
    SentMessage sent;
    sent.remoteId = message.localId;
    sent.sentAt = m_services.now();
    sent.state = DeliveryState::Delivered;
    return ready<SentMessage>(sent);
}

Async<void> NotesSession::setPresence(const Presence &presence)
{
    if (m_state != State::Online) {
        return readyError<void>(notConnected());
    }
    Q_EMIT event(PresenceChanged { m_self, presence });
    return readyOk();
}

} // namespace linchpin::notes
