// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"
#include "core/sdk/facets.h"
#include "core/sdk/sessionevent.h"

#include <QObject>

namespace linchpin {

/// One signed-in account on one network. Lives on the main thread. States go Offline → Connecting →
/// Authenticating → Online → Closing → Offline; any state may fall to Offline with ended(). A
/// session never retries by itself after it ended (core's ReconnectPolicy does), but may try
/// several servers, schemes or User-Agents within one open().
class LINCHPIN_SDK_EXPORT Session : public QObject {
    Q_OBJECT
public:
    enum class State { Offline, Connecting, Authenticating, Online, Closing };
    Q_ENUM(State)

    explicit Session(QObject *parent = nullptr);
    ~Session() override;

    virtual State state() const = 0;
    /// Idempotent; answers by stateChanged(Online) or ended().
    virtual void open(const Presence &initial) = 0;
    /// Signs out; reaches Offline within five seconds, without ended().
    virtual void close() = 0;
    /// The line may be dead (network came back, machine woke up): checks soon, with a short limit.
    virtual void probe() { }
    /// Answers when the server has taken (or refused) the message; that may take long. Messages to
    /// one conversation are sent in the order of the calls. `Submitted` is implied by the call.
    virtual Async<SentMessage> send(const OutgoingMessage &message) = 0;
    virtual Async<void> setPresence(const Presence &presence) = 0;

    /// Whether an attempt with OutgoingMessage::repeated cannot double the message at its recipient
    /// (the session finds out first whether the earlier attempt arrived, or the id makes it one).
    virtual bool canRepeatSafely() const { return false; }

    /// Whether this session, after ended() for want of a line, knows something that makes the next
    /// open() of the same object worth more than a new one (a stream to resume, XEP-0198).
    virtual bool canReopen() const { return false; }

    virtual RosterFacet *roster() { return nullptr; }
    virtual RoomFacet *rooms() { return nullptr; }
    virtual ConferenceFacet *conferences() { return nullptr; }
    virtual DirectoryFacet *directory() { return nullptr; }
    virtual AccessFacet *access() { return nullptr; }
    virtual FileTransferFacet *files() { return nullptr; }
    virtual TypingFacet *typing() { return nullptr; }
    virtual ReadFacet *readMarks() { return nullptr; }
    virtual CommandFacet *commands() { return nullptr; }
    virtual RawFacet *raw() { return nullptr; }
    virtual ArchiveFacet *archive() { return nullptr; }

Q_SIGNALS:
    void stateChanged(linchpin::Session::State state);
    /// In wire order: the only way in.
    void event(const linchpin::SessionEvent &event);
    /// Offline unasked, or open() failed. Emitted once, after stateChanged(Offline).
    void ended(const linchpin::Error &why);
};

} // namespace linchpin
