// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/session.h"

namespace linchpin::test {

/// A Session that does what the test says and remembers what it was told. It has roster, rooms,
/// typing and (asked for) access and conference facets that record their calls; the `has…` flags
/// take them away.
class FakeSession : public Session,
                    public RosterFacet,
                    public RoomFacet,
                    public TypingFacet,
                    public AccessFacet,
                    public ConferenceFacet {
    Q_OBJECT
public:
    struct Sent {
        OutgoingMessage message;
        Answer<SentMessage> answer;
    };

    explicit FakeSession(QObject *parent = nullptr);
    ~FakeSession() override;

    State state() const override { return m_state; }
    void open(const Presence &initial) override;
    void close() override;
    void probe() override { ++probes; }
    Async<SentMessage> send(const OutgoingMessage &message) override;
    Async<void> setPresence(const Presence &presence) override;
    bool canRepeatSafely() const override { return repeatsSafely; }
    bool canReopen() const override { return reopens; }
    RosterFacet *roster() override { return hasRoster ? this : nullptr; }
    RoomFacet *rooms() override { return hasRooms ? this : nullptr; }
    DirectoryFacet *directory() override { return directoryFacet; }
    ConferenceFacet *conferences() override { return hasConferences ? this : nullptr; }
    TypingFacet *typing() override { return hasTyping ? this : nullptr; }
    AccessFacet *access() override { return hasAccess ? this : nullptr; }
    FileTransferFacet *files() override { return fileFacet; }

    Async<void> add(const ContactSnapshot &contact) override;
    Async<void> remove(const ContactAddress &address) override;
    Async<void> update(const ContactSnapshot &contact) override;
    Async<void> setBlocked(const ContactAddress &address, bool blocked) override;
    Async<void> answer(const ContactAddress &address, bool allow) override;

    Async<void> join(
        const RoomAddress &room, const QString &nick, const QString &password) override;
    Async<void> leave(const RoomAddress &room, const QString &reason) override;
    Async<void> invite(
        const RoomAddress &room, const ContactAddress &who, const QString &text) override;
    Async<void> setTopic(const RoomAddress &room, const QString &topic) override;
    Async<void> kick(const RoomAddress &room, const QString &nick, const QString &reason) override;
    Async<QList<RoomListing>> list(const QString &filter) override;
    /// Answers `resolvesTo`, or that it is no room.
    Async<RoomAddress> resolve(const QString &link) override;

    /// Answers the room "#made".
    Async<RoomAddress> create(
        const QString &subject, const QList<ContactAddress> &invited) override;
    Async<void> setPresenter(const RoomAddress &room, const QString &nick, bool presenter) override;
    Async<void> setMuted(const RoomAddress &room, const QString &nick, bool muted) override;
    Async<void> admit(const RoomAddress &room, const QString &nick, bool in) override;
    Async<void> setLocked(const RoomAddress &room, bool locked) override;
    Async<void> end(const RoomAddress &room) override;

    void setTyping(const QString &to, ConversationKind conversation, bool composing) override;

    QList<AccessLevel> levels() const override;
    QList<AccessRule> rules() const override { return accessRules; }
    AccessRule standing(const ContactAddress &address) const override;
    /// Takes it at once and tells AccessChanged; fails with `accessFailure` where there is one.
    Async<void> set(const AccessRule &rule) override;

    // What the test arranges.
    bool opensAtOnce = false; ///< open() goes Online without goOnline()
    bool closesAtOnce = true; ///< close() goes Offline; else it stays Closing until finishClosing()
    bool sendsAtOnce = false; ///< send() answers Sent with remoteId "remote-LOCALID"
    bool repeatsSafely = false;
    bool reopens = false; ///< may be opened again after it was cut off
    bool hasRoster = true;
    bool hasRooms = true;
    bool hasTyping = true;
    bool hasConferences = false;
    QString resolvesTo;
    bool hasAccess = false;
    FileTransferFacet *fileFacet = nullptr; ///< FakeFiles, owned by the test
    QList<AccessRule> accessRules { { AccessRule::Subject::Company, {}, QStringLiteral("near") } };
    std::optional<Error> accessFailure;
    DirectoryFacet *directoryFacet = nullptr; ///< not owned

    // What the test makes happen.
    void setState(State state);
    void goOnline(); ///< through Connecting and Authenticating as far as needed
    void end(const Error &why); ///< falls to Offline with ended()
    void finishClosing() { setState(State::Offline); }
    void tell(const SessionEvent &what) { Q_EMIT event(what); }
    /// A chat message from somebody, now or at a time.
    void tellMessage(const QString &from, const QString &text, const QString &remoteId = {},
        const QDateTime &at = {});

    // What the test looks at.
    Presence openedWith;
    int opens = 0;
    int closes = 0;
    int probes = 0;
    QList<Sent> sent;
    QList<Presence> presences;
    /// Facet calls in order: "add bob@b", "join #room nick", "typing bob@b true" …
    QStringList calls;

private:
    Async<void> noted(const QString &call);

    State m_state = State::Offline;
};

} // namespace linchpin::test
