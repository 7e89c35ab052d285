// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/networkquestions.h"
#include "core/sdk/protocolplugin.h"

namespace linchpin::xmpp {

/// What the network says of an address before anybody has signed in: the SRV records of RFC 6120
/// and XEP-0368, the domain's host-meta file (XEP-0156) as a hint, and whether the domain itself
/// answers where RFC 6120 3.2.2 looks last. Pure; XmppPlugin::discover() asks.
NetworkQuestions questionsAbout(const QString &domain);
bool isEnough(const QString &domain, const NetworkAnswers &answers);
/// `otherwise` where the answers say nothing.
AddressGuess guessFrom(
    const QString &domain, const NetworkAnswers &answers, const AddressGuess &otherwise);

} // namespace linchpin::xmpp
