// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"
#include "protocols/irc/irclink.h"

namespace linchpin::irc {

class IrcSession;

/// The commands that can be typed: "/topic", "/kick", "/mode" and their kin.
class IrcCommands : public CommandFacet {
public:
    explicit IrcCommands(IrcSession &session);

    QList<CommandInfo> commands() const override;
    Async<QString> run(const QString &name, const QString &arguments, const QString &in,
        ConversationKind conversation) override;

private:
    Async<QString> sendText(const QString &to, const QString &text, MessageKind kind);
    Async<QString> modes(const QString &channel, char sign, char mode, const QStringList &nicks);
    Async<QString> raw(const IrcCommand &command);

    IrcSession &m_session;
};

} // namespace linchpin::irc
