// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/networkquestions.h"
#include "core/sdk/protocolplugin.h"

namespace linchpin::irc {

/// What the network says of `nick@domain` before anybody has signed in: SRV records (of use to some
/// networks, in no RFC), and whether `irc.domain`, or a server with such a name, answers. Pure;
/// IrcPlugin::discover() asks.
NetworkQuestions questionsAbout(const QString &domain);
/// `otherwise` where the answers say nothing.
AddressGuess guessFrom(
    const QString &domain, const NetworkAnswers &answers, const AddressGuess &otherwise);

} // namespace linchpin::irc
