// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/accessrule.h"
#include "protocols/sip/presence/selfdocument.h"

#include <QList>

#include <optional>

namespace linchpin::sip {

// The containers of [MS-PRES] in the words of AccessFacet. Levels have the ids "personal", "team",
// "colleagues", "public" and "blocked".

/// The five levels people are put into, the most trusting first; names as Lync shows them,
/// translated.
QList<AccessLevel> accessLevels();
/// The container of a level's id; nothing for an unknown id.
std::optional<int> containerOfLevel(const QString &id);
/// The id of a container's level; empty for containers that nobody is put into.
QString levelOfContainer(int container);

/// Who a rule is about, as a container's member. Nothing where the rule makes no sense: a person
/// without address, a domain with one.
std::optional<ContainerMember> memberOfRule(const AccessRule &rule);
AccessRule ruleOfMember(const ContainerMember &member, int container);

/// All memberships, general ones first, then domains, then people, each sorted.
QList<AccessRule> accessRules(const SelfData &self);
/// What holds for a person: the level of the most specific membership (person, domain, network,
/// everyone; [MS-PRES] 3.4, "best match"), the rule that it comes from. The level is empty where
/// no membership fits: such a person sees a name and nothing else.
AccessRule standingRule(const SelfData &self, const QString &address, const QString &ownAddress);

} // namespace linchpin::sip
