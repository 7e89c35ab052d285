// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/sdk/logging.h"

#include <QRegularExpression>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

struct Rule {
    QRegularExpression pattern;
    QString replacement;
};

const std::array<Rule, 9> &rules()
{
    constexpr auto kOptions
        = QRegularExpression::CaseInsensitiveOption | QRegularExpression::MultilineOption;
    const auto rule = [](const QString &pattern, const QString &replacement) {
        return Rule { QRegularExpression(pattern, kOptions), replacement };
    };
    static const std::array<Rule, 9> kRules {
        // SIP and HTTP credentials (RFC 3261 §22, MS-SIPAE): tokens and responses.
        rule(uR"((gssapi-data|response|cnonce|password)\s*=\s*"[^"]*")"_s, u"\\1=\"…\""_s),
        rule(uR"(^((?:Proxy-)?Authorization\s*:\s*(?:Basic|Bearer|Negotiate|NTLM)\s+)\S.*$)"_s,
            u"\\1…"_s),
        rule(uR"(^((?:WWW|Proxy)-Authenticate\s*:\s*(?:Negotiate|NTLM)\s+)\S.*$)"_s, u"\\1…"_s),
        rule(uR"(^((?:Set-)?Cookie\s*:\s*).*$)"_s, u"\\1…"_s),
        // SASL in XMPP (RFC 6120 §6, XEP-0388) and legacy passwords.
        rule(
            uR"(<((?:\w+:)?(?:auth|response|challenge|success|initial-response|password|additional-data|token|secret))\b([^>]*[^/>])?>[^<]+</)"_s,
            u"<\\1\\2>…</"_s),
        // Web tickets and assertions (WS-Trust).
        rule(
            uR"(<((?:\w+:)?(?:Password|BinarySecret|CipherValue|SignatureValue|BinarySecurityToken))\b([^>]*)>[^<]+</)"_s,
            u"<\\1\\2>…</"_s),
        // IRC: PASS, AUTHENTICATE, OPER, services.
        rule(
            uR"(^((?:@\S+ )?(?::\S+ )?(?:PASS|AUTHENTICATE)\s+)(?!PLAIN\s*$|EXTERNAL\s*$|SCRAM-\S+\s*$|\+\s*$|\*\s*$)\S.*$)"_s,
            u"\\1…"_s),
        rule(uR"(^((?:@\S+ )?OPER\s+\S+\s+).*$)"_s, u"\\1…"_s),
        rule(
            uR"(^((?:@\S+ )?(?:(?:PRIVMSG\s+)?(?:NickServ|NS|Q@\S+|AuthServ\S*|X@\S+)\s+:?)(?:IDENTIFY|REGISTER|GHOST|REGAIN|RECOVER|RELEASE|AUTH|LOGIN|SET PASSWORD)\s+).*$)"_s,
            u"\\1…"_s),
    };
    return kRules;
}

} // namespace

QByteArray redact(const QByteArray &bytes)
{
    // Latin-1 keeps every byte as one character, so that binary and split UTF-8 survive the trip;
    // only the mark itself is non-Latin-1 and put in afterwards.
    QString text = QString::fromLatin1(bytes);
    for (const Rule &rule : rules()) {
        QString replacement = rule.replacement;
        replacement.replace(u'…', u'\x1a');
        text.replace(rule.pattern, replacement);
    }
    QByteArray out = text.toLatin1();
    out.replace('\x1a', "\xE2\x80\xA6");
    return out;
}

} // namespace linchpin
