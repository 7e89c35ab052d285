// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/networkquestions.h"
#include "core/sdk/protocolplugin.h"

namespace linchpin::sip {

/// What the network says of an address before anybody has signed in: the SRV records of OCS and
/// RFC 3263, whether Lync's autodiscover answers ([MS-OCDISCWS]; no ticket is asked for), and the
/// usual host names. Pure; SipPlugin::discover() asks.
NetworkQuestions questionsAbout(const QString &domain);
/// Whether waiting for the rest could not tell anything better.
bool isEnough(const QString &domain, const NetworkAnswers &answers);
/// The guess that the answers lead to; `otherwise` where they say nothing. Customers of Microsoft's
/// cloud, whose service has ended, are told by where their records point to.
AddressGuess guessFrom(
    const QString &domain, const NetworkAnswers &answers, const AddressGuess &otherwise);

} // namespace linchpin::sip
