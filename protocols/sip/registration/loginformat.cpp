// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/registration/loginformat.h"

#include "protocols/sip/auth/ntlm.h"
#include "protocols/sip/auth/ntlmcrypto.h"
#include "protocols/sip/auth/ntlmmessages.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype longestName = 255;

QString nameIn(const QList<ntlm::AvPair> &pairs, ntlm::AvId id)
{
    const QString name = ntlm::fromUtf16(ntlm::find(pairs, id).value_or(QByteArray()));
    const bool plausible = name.size() <= longestName && std::ranges::all_of(name, [](QChar c) {
        return c.isLetterOrNumber() || c == u'.' || c == u'-' || c == u'_';
    });
    return plausible ? name : QString();
}

bool same(const QString &a, const QString &b)
{
    return a.compare(b, Qt::CaseInsensitive) == 0;
}

} // namespace

std::optional<WindowsDomain> windowsDomainOf(const QByteArray &ntlmChallenge)
{
    const auto challenge = ntlm::parseChallenge(ntlmChallenge);
    if (!challenge) {
        return std::nullopt;
    }
    const auto pairs = ntlm::parseAvPairs(challenge->targetInfo);
    if (!pairs) {
        return std::nullopt;
    }
    const WindowsDomain domain { nameIn(*pairs, ntlm::AvId::NetbiosDomain),
        nameIn(*pairs, ntlm::AvId::DnsDomain) };
    return domain.netbios.isEmpty() ? std::nullopt : std::optional(domain);
}

std::optional<QString> loginInDomain(
    const QString &login, const QString &signInAddress, const WindowsDomain &domain)
{
    const NtlmCredentials split = splitLogin(login, signInAddress);
    QString user = split.user;
    QString named = split.domain;
    if (named.isEmpty() && user.contains(u'@')) {
        named = user.section(u'@', -1);
        user = user.section(u'@', 0, -2);
    }
    if (named.isEmpty() || user.isEmpty() || domain.netbios.isEmpty() || same(named, domain.netbios)
        || same(named, domain.dns)) {
        return std::nullopt;
    }
    return domain.netbios + u'\\' + user;
}

} // namespace linchpin::sip
