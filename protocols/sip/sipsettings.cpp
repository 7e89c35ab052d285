// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/sipsettings.h"

#include "protocols/sip/conference/conferenceaddress.h"
#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/groupchat/channeladdress.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::Settings)
};

// What the clients of each generation called themselves. Servers filter by the OC token and its
// version numbers ([MS-OCER] 8.16, New-CsClientVersionPolicyRule).
const QString communicator2007R2
    = u"UCCAPI/3.5.6907.0 OC/3.5.6907.0 (Microsoft Office Communicator 2007 R2)"_s;
const QString lync2010 = u"UCCAPI/4.0.7577.0 OC/4.0.7577.0 (Microsoft Lync 2010)"_s;
const QString lync2013 = u"UCCAPI/15.0.4420.1017 OC/15.0.4420.1017"_s;
const QString skype2016 = u"UCCAPI/16.0.6366.4137 OC/16.0.6366.2036 (Skype for Business)"_s;

QStringList knownUserAgents()
{
    return { communicator2007R2, lync2013, skype2016, lync2010 };
}

std::optional<QString> problemWithAddress(const QVariant &value, const SettingValues &)
{
    const auto address = normalizedAddress(value.toString());
    return address ? std::nullopt : std::optional(address.error().title);
}

std::optional<QString> problemWithHeaderText(const QVariant &value, const SettingValues &)
{
    const QString text = value.toString();
    const bool printable = std::ranges::all_of(
        text, [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7f; });
    return printable && text.size() <= 250
        ? std::nullopt
        : std::optional(Text::tr("Only printable ASCII characters, at most 250 of them."));
}

std::optional<QString> problemWithHost(const QVariant &value, const SettingValues &)
{
    const QString host = value.toString().trimmed();
    const bool odd = std::ranges::any_of(
        host, [](QChar c) { return c.isSpace() || c == u'/' || c == u'@' || c == u'\\'; });
    return odd ? std::optional(Text::tr("Only a host name, for example sip.company.com."))
               : std::nullopt;
}

std::optional<QString> problemWithHttps(const QVariant &value, const SettingValues &)
{
    return value.toString().startsWith(u"https://")
        ? std::nullopt
        : std::optional(Text::tr("The address must begin with https://."));
}

} // namespace

Result<QString> normalizedAddress(const QString &address)
{
    QString clean = addressFromUri(address.trimmed());
    const qsizetype at = clean.indexOf(u'@');
    const bool odd = std::ranges::any_of(
        clean, [](QChar c) { return c.isSpace() || c.unicode() < 0x20 || c == u'<' || c == u'>'; });
    if (at <= 0 || at + 1 == clean.size() || clean.count(u'@') != 1 || odd
        || clean.contains(u':')) {
        Error error;
        error.kind = Error::Kind::Unsupported;
        error.code = u"invalid-address"_s;
        error.title = Text::tr("An address looks like name@company.com.");
        error.detail = address;
        error.fatal = true;
        return std::unexpected(error);
    }
    return clean;
}

Result<QString> normalizedRoom(const QString &room)
{
    if (const auto focus = normalizedFocus(room)) {
        return *focus;
    }
    if (const auto channel = normalizedChannel(room)) {
        return *channel;
    }
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"invalid-address"_s;
    error.title = Text::tr("A group conversation is joined by its link or its address.");
    error.detail = room.left(200);
    error.remedy
        = Text::tr("Paste the link of the invitation, or pick a room from the server's list.");
    error.fatal = true;
    return std::unexpected(error);
}

SettingsSchema accountSchema()
{
    using enum SettingType;
    constexpr auto kAdvanced = SettingGroup::Advanced;
    using Section = SettingSection;
    const SettingCondition withPassword { u"single-sign-on"_s, false };
    return {
        { .key = u"address"_s,
            .label = Text::tr("Sign-in address"),
            .placeholder = Text::tr("you@company.com"),
            .required = true,
            .validate = problemWithAddress,
            .formerKeys = { u"username"_s } },
        { .key = u"login"_s,
            .label = Text::tr("Login (if different)"),
            .placeholder = Text::tr("user, DOMAIN\\user or user@domain"),
            .help
            = Text::tr("Often the name used to log on to Windows. Empty: the sign-in address."),
            .enabledWhen = withPassword },
        { .key = u"password"_s,
            .label = Text::tr("Password"),
            .type = Secret,
            .help = Text::tr("Empty: it is asked for."),
            .required = true,
            .enabledWhen = withPassword },
        { .key = u"server"_s,
            .label = Text::tr("Server"),
            .type = Host,
            .group = kAdvanced,
            .section = Section::Connection,
            .placeholder = Text::tr("found automatically"),
            .validate = problemWithHost },
        { .key = u"port"_s,
            .label = Text::tr("Port"),
            .type = Port,
            .group = kAdvanced,
            .section = Section::Connection,
            .defaultValue = 0,
            .help
            = Text::tr("0: 5061 with TLS, 5060 without; many servers on the internet use 443.") },
        { .key = u"connection"_s,
            .label = Text::tr("Connection type"),
            .type = Choice,
            .group = kAdvanced,
            .section = Section::Connection,
            .defaultValue = u"auto"_s,
            .choices = { { u"auto"_s, Text::tr("Automatic") }, { u"tls"_s, Text::tr("TLS") },
                { u"plain"_s, Text::tr("TCP, not encrypted") } } },
        { .key = u"user-agent"_s,
            .label = Text::tr("User-Agent"),
            .group = kAdvanced,
            .section = Section::Identity,
            .choices = { { communicator2007R2, Text::tr("Office Communicator 2007 R2") },
                { lync2010, Text::tr("Lync 2010") }, { lync2013, Text::tr("Lync 2013") },
                { skype2016, Text::tr("Skype for Business 2016") } },
            .placeholder = Text::tr("chosen automatically"),
            .help
            = Text::tr("Some servers refuse clients they do not know. Empty: one that works is "
                       "found and kept."),
            .validate = problemWithHeaderText },
        { .key = u"auth"_s,
            .label = Text::tr("Authentication scheme"),
            .type = Choice,
            .group = kAdvanced,
            .section = Section::Authentication,
            .defaultValue = u"auto"_s,
            .choices = { { u"auto"_s, Text::tr("Automatic") }, { u"tls-dsk"_s, u"TLS-DSK"_s },
                { u"ntlm"_s, u"NTLM"_s }, { u"kerberos"_s, u"Kerberos"_s },
                { u"digest"_s, u"Digest"_s } } },
        { .key = u"single-sign-on"_s,
            .label = Text::tr("Use Single Sign-On"),
            .type = Bool,
            .group = kAdvanced,
            .section = Section::Authentication,
            .defaultValue = false,
            .help = Text::tr("Signs in with the Kerberos ticket or the Windows session.") },
        { .key = u"flavour"_s,
            .label = Text::tr("Server generation"),
            .type = Choice,
            .group = kAdvanced,
            .section = Section::Connection,
            .defaultValue = u"auto"_s,
            .choices = { { u"auto"_s, Text::tr("Automatic") },
                { u"ocs2007"_s, Text::tr("Office Communications Server 2007") },
                { u"lync"_s, Text::tr("Lync, Skype for Business") },
                { u"standard"_s, Text::tr("Plain SIP") } } },
        { .key = u"discovery-url"_s,
            .label = Text::tr("Discovery address"),
            .group = kAdvanced,
            .section = Section::Connection,
            .placeholder = Text::tr("found automatically"),
            .help = Text::tr("Overrides where Lync's automatic discovery is asked."),
            .validate = problemWithHttps },
        { .key = u"publish-calendar"_s,
            .label = Text::tr("Publish calendar availability"),
            .type = Bool,
            .group = kAdvanced,
            .section = Section::Exchange,
            .defaultValue = true,
            .help
            = Text::tr("Free and busy times, meetings going on and out-of-office notes of your "
                       "Exchange mailbox, for colleagues; no subjects."),
            .inTrial = SettingInTrial::LeftOut },
        { .key = u"email-url"_s,
            .label = Text::tr("Email services URL"),
            .group = kAdvanced,
            .section = Section::Exchange,
            .placeholder = Text::tr("found automatically"),
            .help
            = Text::tr("Only where it is not found: https://mail.company.com/EWS/Exchange.asmx."),
            .validate = problemWithHttps },
        { .key = u"email"_s,
            .label = Text::tr("Email address"),
            .group = kAdvanced,
            .section = Section::Exchange,
            .placeholder = Text::tr("the sign-in address") },
        { .key = u"email-login"_s,
            .label = Text::tr("Email login"),
            .group = kAdvanced,
            .section = Section::Exchange,
            .placeholder = Text::tr("the login above") },
        { .key = u"email-password"_s,
            .label = Text::tr("Email password"),
            .type = Secret,
            .group = kAdvanced,
            .section = Section::Exchange,
            .placeholder = Text::tr("the password above") },
        { .key = u"group-chat"_s,
            .label = Text::tr("Group Chat proxy"),
            .group = kAdvanced,
            .section = Section::Rooms,
            .placeholder = Text::tr("found automatically"),
            .help = Text::tr("The server to ask for chat rooms: company.com or user@company.com. "
                             "Needed where neither the pool names one nor ocschat answers in your "
                             "own domain."),
            .inTrial = SettingInTrial::LeftOut },
        { .key = u"web-photos"_s,
            .label = Text::tr("Show pictures from the web"),
            .type = Bool,
            .group = kAdvanced,
            .section = Section::Other,
            .defaultValue = false,
            .help
            = Text::tr("Fetches addresses that contacts choose: their servers learn about you."),
            .inTrial = SettingInTrial::LeftOut },
    };
}

ServerSettings serverSettings(const SettingValues &settings)
{
    ServerSettings out;
    out.domain = settings.text(u"address"_s).trimmed().toLower().section(u'@', 1, 1);
    out.server = settings.text(u"server"_s);
    out.port = settings.port(u"port"_s);
    const QString connection = settings.text(u"connection"_s);
    out.connection = connection == u"tls"_s ? ConnectionChoice::Tls
        : connection == u"plain"_s          ? ConnectionChoice::Plain
                                            : ConnectionChoice::Auto;
    return out;
}

Dialect dialectOf(const SettingValues &settings)
{
    const QString flavour = settings.text(u"flavour"_s);
    return flavour == u"standard"_s                       ? Dialect::Plain
        : flavour == u"ocs2007"_s || flavour == u"lync"_s ? Dialect::Microsoft
                                                          : Dialect::Auto;
}

QByteArrayList everyUserAgent(const SettingValues &settings)
{
    QByteArrayList agents { userAgentPlan(settings).order.value(0) };
    for (const QString &known : knownUserAgents()) {
        if (!agents.contains(known.toUtf8())) {
            agents.append(known.toUtf8());
        }
    }
    return agents;
}

UserAgentPlan userAgentPlan(const SettingValues &settings)
{
    const QString key = u"user-agent"_s;
    const QString set = settings.text(key).trimmed();
    const SettingOrigin origin = settings.origin(key);
    UserAgentPlan plan;
    if (!set.isEmpty() && (origin == SettingOrigin::ByHand || origin == SettingOrigin::Imported)) {
        // The user's own choice is never replaced; a refusal only suggests another.
        plan.order = { set.toUtf8() };
        for (const QString &known : knownUserAgents()) {
            if (known != set) {
                plan.suggestion = known.toUtf8();
                break;
            }
        }
        return plan;
    }
    const QString flavour = settings.text(u"flavour"_s);
    const QString first = !set.isEmpty() ? set
        : flavour == u"lync"_s           ? lync2013
        : flavour == u"standard"_s       ? QStringLiteral("Linchpin/" LINCHPIN_VERSION)
                                         : communicator2007R2;
    plan.order = { first.toUtf8() };
    for (const QString &known : knownUserAgents()) {
        if (known != first) {
            plan.order.append(known.toUtf8());
        }
    }
    return plan;
}

} // namespace linchpin::sip
