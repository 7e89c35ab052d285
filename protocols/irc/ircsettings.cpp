// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircsettings.h"

#include "protocols/irc/ircerrors.h"
#include "protocols/irc/irclink.h"
#include "protocols/irc/ircpresets.h"
#include "protocols/irc/wire/textcodec.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {

constexpr quint16 kTlsPort = 6697; // RFC 7194
constexpr quint16 kPlainPort = 6667;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::irc", text);
}

/// RFC 2812 2.3.1 is narrower, but servers today allow more, Unicode letters too: only what would
/// break the line or mean something else is refused here.
bool canBeNick(QStringView nick)
{
    static constexpr QStringView kForbidden = u" ,*?!@#&:.\"'";
    return !nick.isEmpty() && nick.size() <= 128 && std::ranges::none_of(nick, [](QChar c) {
        return c.unicode() <= 0x20 || c.unicode() == 0x7f || kForbidden.contains(c);
    });
}

std::optional<QString> checkNick(const QVariant &value, const SettingValues &)
{
    return canBeNick(value.toString())
        ? std::nullopt
        : std::optional(tr("A nickname has no spaces and none of these: , * ? ! @ # & : ."));
}

std::optional<QString> checkAddress(const QVariant &value, const SettingValues &values)
{
    const IrcAddress address = splitAddress(value.toString());
    if (!canBeNick(address.nick)) {
        return tr("The address looks like nickname@irc.example.org.");
    }
    if (address.server.isEmpty() && values.text(u"server"_s).isEmpty()) {
        return tr("Add the network or the server after an @, or fill in the server.");
    }
    return std::nullopt;
}

SettingChoice choice(const QString &value, const QString &label)
{
    return { value, label };
}

} // namespace

QString addressOf(QStringView name)
{
    QString small = name.toString();
    for (QChar &c : small) {
        if (c >= u'A' && c <= u'Z') {
            c = QChar(c.unicode() + 0x20);
        }
    }
    return small;
}

SettingsSchema accountSchema()
{
    QStringList encodings = TextCodec::available();
    QList<SettingChoice> encodingChoices;
    for (const QString &encoding : std::as_const(encodings)) {
        encodingChoices.append({ encoding, encoding });
    }
    const auto checkEncoding = [](const QVariant &value, const SettingValues &) {
        return TextCodec::isAvailable(value.toString())
            ? std::nullopt
            : std::optional(tr("This encoding is not known here."));
    };
    using enum SettingType;
    using enum SettingGroup;
    using Section = SettingSection;
    return SettingsSchema {
        { .key = u"address"_s,
            .label = tr("Address"),
            .placeholder = u"nickname@irc.libera.chat"_s,
            .help = tr("Your nickname, an @, and the network or its server."),
            .required = true,
            .validate = checkAddress },
        { .key = u"password"_s,
            .label = tr("Password"),
            .type = Secret,
            .help
            = tr("Of your registered nickname, or of the server; empty where you have none.") },
        { .key = u"server"_s,
            .label = tr("Server"),
            .type = Host,
            .group = Advanced,
            .section = Section::Connection,
            .placeholder = tr("from the address") },
        { .key = u"port"_s,
            .label = tr("Port"),
            .type = Port,
            .group = Advanced,
            .section = Section::Connection,
            .defaultValue = 0 },
        { .key = u"connection"_s,
            .label = tr("Connection type"),
            .type = Choice,
            .group = Advanced,
            .section = Section::Connection,
            .defaultValue = u"auto"_s,
            .choices = { choice(u"auto"_s, tr("Automatic (always encrypted)")),
                choice(u"tls"_s, tr("SSL/TLS")), choice(u"starttls"_s, tr("STARTTLS")),
                choice(u"plain"_s, tr("Not encrypted")) } },
        { .key = u"encoding"_s,
            .label = tr("Text encoding"),
            .group = Advanced,
            .section = Section::Connection,
            .defaultValue = u"UTF-8"_s,
            .choices = encodingChoices,
            .help
            = tr("For channels that do not write UTF-8. Text in UTF-8 is recognised in any case."),
            .validate = checkEncoding },
        { .key = u"flood-protection"_s,
            .label = tr("Send slowly enough for the server's flood protection"),
            .type = Bool,
            .group = Advanced,
            .section = Section::Connection,
            .defaultValue = true,
            .help = tr("Never applies to servers on this computer (bouncers).") },
        { .key = u"login"_s,
            .label = tr("Login"),
            .group = Advanced,
            .section = Section::Authentication,
            .placeholder = tr("same as the nickname"),
            .help = tr("The account's name where it differs from the nickname.") },
        { .key = u"sasl"_s,
            .label = tr("Authentication (SASL)"),
            .type = Choice,
            .group = Advanced,
            .section = Section::Authentication,
            .defaultValue = u"auto"_s,
            .choices = { choice(u"auto"_s, tr("Automatic")), choice(u"none"_s, tr("None")),
                choice(u"plain"_s, u"PLAIN"_s),
                choice(u"external"_s, tr("EXTERNAL (client certificate)")),
                choice(u"scram-sha-256"_s, u"SCRAM-SHA-256"_s) },
            .help
            = tr("Without SASL the password goes to the server as the connection's password.") },
        { .key = u"nickserv"_s,
            .label = tr("Identify with"),
            .group = Advanced,
            .section = Section::Authentication,
            .placeholder = tr("nobody"),
            .help = tr("For networks without SASL: the service that takes the password, usually "
                       "NickServ.") },
        { .key = u"client-certificate"_s,
            .label = tr("Client certificate"),
            .type = Path,
            .group = Advanced,
            .section = Section::Authentication,
            .help = tr("A PEM file with certificate and key.") },
        { .key = u"nick"_s,
            .label = tr("Nickname"),
            .group = Advanced,
            .section = Section::Identity,
            .placeholder = tr("from the address"),
            .inTrial = SettingInTrial::OwnNameIfTaken,
            .validate = checkNick },
        { .key = u"alternate-nicks"_s,
            .label = tr("Other nicknames"),
            .type = List,
            .group = Advanced,
            .section = Section::Identity,
            .help = tr("Tried in turn when the nickname is in use.") },
        { .key = u"real-name"_s,
            .label = tr("Real name"),
            .group = Advanced,
            .section = Section::Identity,
            .placeholder = tr("same as the nickname"),
            .help = tr("Everybody can see it.") },
        { .key = u"channels"_s,
            .label = tr("Channels"),
            .type = List,
            .group = Advanced,
            .section = Section::Rooms,
            .help = tr("Joined after signing in. A channel's password follows after a space."),
            .inTrial = SettingInTrial::LeftOut },
        { .key = u"on-connect"_s,
            .label = tr("Commands after signing in"),
            .group = Advanced,
            .section = Section::Other,
            .help = tr("Separated by semicolons, for example: /msg Q@CServe.quakenet.org AUTH …; "
                       "/mode +x"),
            .inTrial = SettingInTrial::LeftOut },
    };
}

IrcAddress splitAddress(const QString &address)
{
    const QString trimmed = address.trimmed();
    const qsizetype at = trimmed.indexOf(u'@');
    return at < 0 ? IrcAddress { trimmed, {} }
                  : IrcAddress { trimmed.first(at), trimmed.sliced(at + 1).toLower() };
}

Result<QString> normalizedNick(const QString &address)
{
    const IrcAddress parts = splitAddress(address);
    static const QRegularExpression host(u"^[^\\s@/\\\\,]{1,255}$"_s);
    const bool hasServer = address.contains(u'@');
    if (!canBeNick(parts.nick) || (hasServer && !host.match(parts.server).hasMatch())) {
        return std::unexpected(makeError(u"invalid-address"_s, address));
    }
    return hasServer ? addressOf(parts.nick) + u'@' + parts.server : addressOf(parts.nick);
}

Result<QString> normalizedChannel(const QString &channel)
{
    QString name = addressOf(channel.trimmed());
    static constexpr QStringView kPrefixes = u"#&+!";
    if (!name.isEmpty() && !kPrefixes.contains(name.front())) {
        name.prepend(u'#');
    }
    const bool broken = std::ranges::any_of(
        name, [](QChar c) { return c.unicode() <= 0x20 || c == u',' || c.unicode() == 0x7f; });
    if (name.size() < 2 || name.size() > 200 || broken) {
        return std::unexpected(makeError(u"invalid-address"_s, channel));
    }
    return name;
}

IrcSettings::IrcSettings(const SettingValues &values)
{
    const IrcAddress address = splitAddress(values.text(u"address"_s));
    const auto isFound
        = [&values](const QString &key) { return values.origin(key) == SettingOrigin::Found; };
    (isFound(u"server"_s) ? foundServer : server) = values.text(u"server"_s).trimmed();
    (isFound(u"port"_s) ? foundPort : port) = values.port(u"port"_s);
    (isFound(u"connection"_s) ? foundConnection : connection) = values.text(u"connection"_s);
    if (connection.isEmpty()) {
        connection = u"auto"_s;
    }
    if (server.isEmpty()) {
        // The name of a network is as good as its server's.
        const AccountPreset *preset = presetForDomain(address.server);
        server = preset ? preset->values.value(u"server"_s).toString() : address.server;
    }
    nick = values.text(u"nick"_s).trimmed();
    if (nick.isEmpty()) {
        nick = address.nick;
    }
    alternateNicks = values.list(u"alternate-nicks"_s);
    login = values.text(u"login"_s).trimmed();
    realName = values.text(u"real-name"_s).trimmed();
    if (realName.isEmpty()) {
        realName = nick;
    }
    // RFC 2812 3.1.3: the user name has no Unicode, and servers cut it short.
    for (const QChar c : login.isEmpty() ? nick : login) {
        if (c.unicode() < 0x80 && (c.isLetterOrNumber() || c == u'_' || c == u'-')) {
            userName += c;
        }
    }
    if (userName.isEmpty()) {
        userName = u"linchpin"_s;
    }
    encoding = values.text(u"encoding"_s);
    for (const QString &item : values.list(u"channels"_s)) {
        const qsizetype space = item.trimmed().indexOf(u' ');
        const QString name = space < 0 ? item.trimmed() : item.trimmed().first(space);
        if (const auto normal = normalizedChannel(name)) {
            const QString spelled = name.startsWith(normal->front()) ? name : *normal;
            channels.append(
                { spelled, space < 0 ? QString() : item.trimmed().sliced(space + 1).trimmed() });
        }
    }
    const QString mechanism = values.text(u"sasl"_s);
    sasl = mechanism == "none"_L1         ? SaslChoice::None
        : mechanism == "plain"_L1         ? SaslChoice::Plain
        : mechanism == "external"_L1      ? SaslChoice::External
        : mechanism == "scram-sha-256"_L1 ? SaslChoice::ScramSha256
                                          : SaslChoice::Auto;
    nickServ = values.text(u"nickserv"_s).trimmed();
    if (nickServ == "true"_L1 || nickServ == "1"_L1) {
        nickServ = u"NickServ"_s;
    } else if (nickServ == "false"_L1 || nickServ == "0"_L1) {
        nickServ.clear();
    }
    hasClientCertificate = !values.text(u"client-certificate"_s).isEmpty();
    static const QRegularExpression separators(u"[;\\r\\n]+"_s);
    for (const QString &command :
        values.text(u"on-connect"_s).split(separators, Qt::SkipEmptyParts)) {
        if (!command.trimmed().isEmpty()) {
            onConnect.append(command.trimmed());
        }
    }
    const bool slowly
        = !values.contains(u"flood-protection"_s) || values.isOn(u"flood-protection"_s);
    rate = slowly && !isLoopback() ? SendRate {} : SendRate { 0, 0ms };
}

bool IrcSettings::isLoopback() const
{
    return server == "localhost"_L1 || server == "::1"_L1 || server.startsWith("127."_L1);
}

IrcSettings::Attempt IrcSettings::attemptWithTls(quint16 where) const
{
    Attempt attempt;
    attempt.endpoint.host = server;
    attempt.endpoint.port = where;
    attempt.endpoint.security = Endpoint::Security::Tls;
    return attempt;
}

QList<IrcSettings::Attempt> IrcSettings::attempts() const
{
    if (foundServer.isEmpty() || foundServer == server) {
        return usualAttempts();
    }
    IrcSettings there = *this;
    there.foundServer.clear();
    there.server = foundServer;
    there.port = port == 0 ? foundPort : port;
    // Never less than what the user wants.
    const bool free = connection == "auto"_L1;
    there.connection = free && foundConnection == "tls"_L1 ? foundConnection : connection;
    QList<Attempt> all = there.usualAttempts();
    if (port == 0 && foundPort != 0) {
        // Nor does a port that was found keep us from the usual ones.
        there.port = 0;
        there.connection = connection;
        const QList<Attempt> usual = there.usualAttempts();
        for (const Attempt &attempt : usual) {
            const bool known = std::ranges::any_of(all, [&attempt](const Attempt &other) {
                return other.endpoint.port == attempt.endpoint.port
                    && other.endpoint.security == attempt.endpoint.security
                    && other.startTls == attempt.startTls;
            });
            if (!known) {
                all.append(attempt);
            }
        }
    }
    return all + usualAttempts();
}

QList<IrcSettings::Attempt> IrcSettings::usualAttempts() const
{
    const auto at = [this](quint16 where, Endpoint::Security security, bool startTls) {
        Endpoint endpoint;
        endpoint.host = server;
        endpoint.port = where;
        endpoint.security = security;
        return Attempt { endpoint, startTls };
    };
    using enum Endpoint::Security;
    if (connection == "plain"_L1) {
        return { at(port == 0 ? kPlainPort : port, Plain, false) };
    }
    if (connection == "starttls"_L1) {
        return { at(port == 0 ? kPlainPort : port, Plain, true) };
    }
    if (connection == "tls"_L1) {
        return { at(port == 0 ? kTlsPort : port, Tls, false) };
    }
    // Automatic: encrypted in one way or the other, never silently in clear text.
    if (port == 0) {
        return { at(kTlsPort, Tls, false), at(kPlainPort, Plain, true) };
    }
    if (port == kPlainPort) {
        return { at(port, Plain, true) };
    }
    return { at(port, Tls, false), at(port, Plain, true) };
}

} // namespace linchpin::irc
