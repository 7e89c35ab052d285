// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/accesslevels.h"

#include "protocols/sip/documents/sipaddress.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <tuple>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

struct Level {
    int container;
    QStringView id;
    const char *name;
    const char *help;
};

constexpr std::array kLevels {
    Level { container::Family, u"personal",
        QT_TRANSLATE_NOOP("linchpin::sip::Access", "Friends and family"),
        QT_TRANSLATE_NOOP(
            "linchpin::sip::Access", "See your status, notes, calendar, and all phone numbers") },
    Level { container::Team, u"team", QT_TRANSLATE_NOOP("linchpin::sip::Access", "Workgroup"),
        QT_TRANSLATE_NOOP("linchpin::sip::Access",
            "See what colleagues see and your meetings, and may interrupt you while you do not "
            "want to be disturbed") },
    Level { container::Colleagues, u"colleagues",
        QT_TRANSLATE_NOOP("linchpin::sip::Access", "Colleagues"),
        QT_TRANSLATE_NOOP("linchpin::sip::Access",
            "See your status, notes, work phone numbers, and when you are free") },
    Level { container::External, u"public",
        QT_TRANSLATE_NOOP("linchpin::sip::Access", "External contacts"),
        QT_TRANSLATE_NOOP("linchpin::sip::Access", "See your name and your status, nothing more") },
    Level { container::Blocked, u"blocked", QT_TRANSLATE_NOOP("linchpin::sip::Access", "Blocked"),
        QT_TRANSLATE_NOOP(
            "linchpin::sip::Access", "See your name, never a status, and cannot reach you") },
};

using Type = ContainerMember::Type;
using Subject = AccessRule::Subject;

constexpr std::array kSubjects {
    std::pair { Subject::Company, Type::SameEnterprise },
    std::pair { Subject::Federated, Type::Federated },
    std::pair { Subject::PublicCloud, Type::PublicCloud },
    std::pair { Subject::Everyone, Type::Everyone },
    std::pair { Subject::Domain, Type::Domain },
    std::pair { Subject::Person, Type::User },
};

size_t placeOf(Subject subject)
{
    return size_t(std::ranges::find(kSubjects, subject, &std::pair<Subject, Type>::first)
        - kSubjects.begin());
}

} // namespace

QList<AccessLevel> accessLevels()
{
    QList<AccessLevel> levels;
    for (const Level &level : kLevels) {
        levels.append(
            { level.id.toString(), QCoreApplication::translate("linchpin::sip::Access", level.name),
                QCoreApplication::translate("linchpin::sip::Access", level.help) });
    }
    return levels;
}

std::optional<int> containerOfLevel(const QString &id)
{
    const auto found = std::ranges::find(kLevels, QStringView(id), &Level::id);
    return found == kLevels.end() ? std::nullopt : std::optional(found->container);
}

QString levelOfContainer(int container)
{
    const auto found = std::ranges::find(kLevels, container, &Level::container);
    return found == kLevels.end() ? QString() : found->id.toString();
}

std::optional<ContainerMember> memberOfRule(const AccessRule &rule)
{
    const Type type = kSubjects.at(placeOf(rule.subject)).second;
    if (type == Type::User) {
        const QString address = addressFromUri(rule.value);
        return address.contains(u'@') ? std::optional(ContainerMember { type, address })
                                      : std::nullopt;
    }
    if (type == Type::Domain) {
        const QString domain = rule.value.trimmed().toLower();
        const bool good = domain.contains(u'.') && !domain.contains(u'@') && domain.size() <= 255
            && std::ranges::none_of(domain, [](QChar c) { return c.isSpace() || c == u'/'; });
        return good ? std::optional(ContainerMember { type, domain }) : std::nullopt;
    }
    return ContainerMember { type, {} };
}

AccessRule ruleOfMember(const ContainerMember &member, int container)
{
    const auto found = std::ranges::find(kSubjects, member.type, &std::pair<Subject, Type>::second);
    return { found->first, member.value, levelOfContainer(container) };
}

QList<AccessRule> accessRules(const SelfData &self)
{
    QList<AccessRule> rules;
    for (const Container &container : self.containers()) {
        if (levelOfContainer(container.id).isEmpty()) {
            continue;
        }
        for (const ContainerMember &member : container.members) {
            rules.append(ruleOfMember(member, container.id));
        }
    }
    std::ranges::sort(rules, {}, [](const AccessRule &rule) {
        return std::tuple(placeOf(rule.subject), rule.value, rule.level);
    });
    return rules;
}

AccessRule standingRule(const SelfData &self, const QString &address, const QString &ownAddress)
{
    const auto membership = self.membership(address, ownAddress);
    if (!membership) {
        return { Subject::Everyone, {}, {} };
    }
    return ruleOfMember(membership->member, membership->container);
}

} // namespace linchpin::sip
