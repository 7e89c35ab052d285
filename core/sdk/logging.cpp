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

const std::array<Rule, 14> &rules()
{
    static constexpr auto kOptions
        = QRegularExpression::CaseInsensitiveOption | QRegularExpression::MultilineOption;
    const auto rule = [](const QString &pattern, const QString &replacement) {
        return Rule { QRegularExpression(pattern, kOptions), replacement };
    };
    static const std::array<Rule, 14> kRules {
        // SIP and HTTP credentials (RFC 3261 §22, MS-SIPAE): tokens and responses.
        rule(uR"re(\b(gssapi-data|response|cnonce|password|token|secret)\s*=\s*"[^"]*")re"_s,
            u"\\1=\"…\""_s),
        rule(uR"(\b(password|token|secret)\s*=\s*'[^']*')"_s, u"\\1='…'"_s),
        // Forms, addresses and JSON of web services (RFC 6749).
        rule(
            uR"(\b(password|passwd|access_token|refresh_token|id_token|client_secret|assertion)=[^&\s"'<>]+)"_s,
            u"\\1=…"_s),
        rule(
            uR"re("(password|passwd|access_token|refresh_token|id_token|client_secret)"\s*:\s*"(?:[^"\\]|\\.)*")re"_s,
            u"\"\\1\":\"…\""_s),
        // A line's rules stay on it: [ \t], never \s.
        rule(
            uR"(^((?:Proxy-)?Authorization[ \t]*:[ \t]*(?:Basic|Bearer|Negotiate|NTLM)[ \t]+)\S.*$)"_s,
            u"\\1…"_s),
        rule(uR"(^((?:WWW|Proxy)-Authenticate[ \t]*:[ \t]*(?:Negotiate|NTLM)[ \t]+)\S.*$)"_s,
            u"\\1…"_s),
        rule(uR"(^((?:Set-)?Cookie[ \t]*:[ \t]*).*$)"_s, u"\\1…"_s),
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
            uR"(^((?:@\S+ )?(?::\S+ )?(?:PASS|AUTHENTICATE)[ \t]+)(?!PLAIN[ \t\r]*$|EXTERNAL[ \t\r]*$|SCRAM-\S+[ \t\r]*$|\+[ \t\r]*$|\*[ \t\r]*$)\S.*$)"_s,
            u"\\1…"_s),
        rule(uR"(^((?:@\S+ )?OPER[ \t]+\S+[ \t]+).*$)"_s, u"\\1…"_s),
        // Keys of channels: what we say; a server's JOIN has a source and no key.
        rule(uR"(^((?:@\S+ )?JOIN[ \t]+[#&+!]\S*[ \t]+)\S.*$)"_s, u"\\1…"_s),
        rule(uR"(^((?:@\S+ )?(?::\S+ )?MODE[ \t]+[#&+!]\S*[ \t]+[-+]\w*k\w*[ \t]+).*$)"_s,
            u"\\1…"_s),
        rule(
            uR"(^((?:@\S+ )?(?::\S+ )?(?:(?:PRIVMSG[ \t]+|SQUERY[ \t]+)?(?:NickServ(?:@\S+)?|NS|ChanServ(?:@\S+)?|CS|Q@\S+|AuthServ\S*|X@\S+)[ \t]+:?)(?:IDENTIFY|ID|REGISTER|GHOST|REGAIN|RECOVER|RELEASE|AUTH|LOGIN|GROUP|SETPASS|SET[ \t]+PASSWORD)[ \t]+).*$)"_s,
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
