// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/session.h"
#include "protocols/irc/irccommands.h"
#include "protocols/irc/ircconnection.h"
#include "protocols/irc/irccontacts.h"
#include "protocols/irc/ircdirectory.h"
#include "protocols/irc/irclink.h"
#include "protocols/irc/ircrooms.h"
#include "protocols/irc/ircsettings.h"
#include "protocols/irc/irctexts.h"
#include "protocols/irc/state/registrationmachine.h"
#include "protocols/irc/state/stspolicies.h"

namespace linchpin::irc {

/// One signed-in nick: runs the sign-in's effects, hands messages to the parts that know them.
/// Lives on the main thread.
class IrcSession : public Session, public IrcLink, public RawFacet {
    Q_OBJECT
public:
    IrcSession(const SettingValues &settings, SessionServices &services, QObject *parent = nullptr);
    ~IrcSession() override;

    State state() const override { return m_state; }
    void open(const Presence &initial) override;
    void close() override;
    void probe() override;
    Async<SentMessage> send(const OutgoingMessage &message) override
    {
        return m_texts.send(message);
    }
    Async<void> setPresence(const Presence &presence) override;
    RosterFacet *roster() override { return &m_contacts; }
    RoomFacet *rooms() override { return &m_rooms; }
    DirectoryFacet *directory() override { return &m_directory; }
    TypingFacet *typing() override { return hasCap("message-tags") ? &m_texts : nullptr; }
    CommandFacet *commands() override { return &m_commands; }
    RawFacet *raw() override { return this; }
    Async<void> sendRaw(const QByteArray &bytes) override;

    // IrcLink
    bool isOnline() const override { return m_state == State::Online; }
    bool send(const IrcCommand &command, SendQueue::Rank rank = SendQueue::Rank::Normal,
        quint64 message = 0) override;
    void tell(const SessionEvent &event) override { Q_EMIT this->event(event); }
    const ISupport &isupport() const override { return m_isupport; }
    const TextCodec &codec() const override { return m_codec; }
    QString ownNick() const override { return m_nick; }
    bool hasCap(const QByteArray &cap) const override;
    SessionServices &services() override { return m_services; }

    const ChannelState *channel(QStringView name) const { return m_rooms.channel(name); }
    QString messageOfTheDay() const { return m_motd; }

private:
    struct Batch {
        QByteArray type;
        QByteArray label;
    };

    void tryNext();
    void opened();
    void lost(const Error &why);
    void apply(const RegistrationMachine::Effects &effects);
    RegistrationConfig registrationConfig() const;
    Error failureOf(const RegistrationFailed &failed) const;
    void becomeOnline(const Registered &registered);
    void learnSts();
    void tellMended(const Registered &registered);
    void tellWhatWorked(const Registered &registered);
    void received(const IrcMessage &message);
    void dispatch(const IrcMessage &message, const Origin &origin);
    void handleNumeric(const IrcMessage &message, const Origin &origin, int numeric);
    void handleBatch(const IrcMessage &message);
    Origin originOf(const IrcMessage &message) const;
    void publish(const Presence &presence);
    void setState(State state);
    void goOffline();
    void finish(const Error &why);

    IrcSettings m_settings;
    SessionServices &m_services;
    TextCodec m_codec;
    IrcConnection m_connection;
    ISupport m_isupport;
    IrcTexts m_texts;
    IrcRooms m_rooms;
    IrcContacts m_contacts;
    IrcDirectory m_directory;
    IrcCommands m_commands;
    std::unique_ptr<RegistrationMachine> m_machine;

    State m_state = State::Offline;
    QList<IrcSettings::Attempt> m_attempts; ///< Those not tried yet.
    IrcSettings::Attempt m_attempt; ///< The one under way.
    std::optional<Error>
        m_firstError; ///< Of the attempt that came first: what the user should read.
    std::optional<StsRule> m_rule; ///< TLS and nothing else, at this port.
    QString m_password;
    QString m_nick;
    QString m_motd;
    QByteArray m_lastWords; ///< Of the server's ERROR.
    Presence m_presence;
    QDateTime m_greetedAt; ///< By the server's clock where it tells the time.
    QHash<QByteArray, Batch> m_batches;
    std::unique_ptr<Timer> m_capTimer;
    std::unique_ptr<Timer> m_deadline;
    std::unique_ptr<Timer> m_closeTimer;
    quint64 m_generation = 0;
};

} // namespace linchpin::irc
