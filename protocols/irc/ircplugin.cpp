// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/ircplugin.h"

#include "core/sdk/foundvalues.h"
#include "protocols/irc/addresslookup.h"
#include "protocols/irc/doctor/linecheck.h"
#include "protocols/irc/irccontacts.h"
#include "protocols/irc/ircpresets.h"
#include "protocols/irc/ircsession.h"
#include "protocols/irc/ircsettings.h"
#include "protocols/irc/ircwirereader.h"

using namespace Qt::StringLiterals;

namespace linchpin::irc {

ProtocolInfo IrcPlugin::info() const
{
    ProtocolInfo info;
    info.id = u"irc"_s;
    info.name = tr("IRC");
    info.iconName = u"protocol-irc"_s;
    info.addressExample = u"nickname@irc.libera.chat"_s;
    info.capabilities = Capability::LocalContacts | Capability::Rooms | Capability::Directory
        | Capability::Typing | Capability::RichTextOut | Capability::PresenceText;
    return info;
}

SettingsSchema IrcPlugin::accountSchema() const
{
    return irc::accountSchema();
}

QList<AccountPreset> IrcPlugin::presets() const
{
    return accountPresets();
}

QList<ServicePreset> IrcPlugin::services() const
{
    return irc::services();
}

AddressGuess IrcPlugin::guess(const QString &address) const
{
    const IrcAddress parts = splitAddress(address);
    if (address.startsWith("irc:"_L1) || address.startsWith("ircs:"_L1)) {
        return { 3, {}, tr("This is an IRC link.") };
    }
    if (!normalizedNick(address) || parts.server.isEmpty()) {
        return {};
    }
    if (const AccountPreset *preset = presetForDomain(parts.server)) {
        return { 2, preset->id, tr("%1 is an IRC network.").arg(preset->name) };
    }
    if (parts.server.startsWith("irc."_L1) || parts.server.contains(".irc."_L1)) {
        return { 2, {}, tr("The server's name begins with irc.") };
    }
    return {};
}

Async<AddressGuess> IrcPlugin::discover(const QString &address, SessionServices &services) const
{
    const AddressGuess known = guess(address);
    const QString domain = splitAddress(address).server;
    if (!normalizedNick(address) || domain.isEmpty() || known.confidence > 2
        || !known.presetId.isEmpty()) {
        return ready<AddressGuess>(known);
    }
    return askNetwork(services, questionsAbout(domain))
        .then([domain, known](const Result<NetworkAnswers> &answers) {
            return answers ? Result<AddressGuess>(guessFrom(domain, *answers, known))
                           : Result<AddressGuess>(std::unexpect, answers.error());
        });
}

Result<QString> IrcPlugin::normalizedAddress(const QString &address) const
{
    return normalizedNick(address);
}

Result<QString> IrcPlugin::normalizedRoom(const QString &room) const
{
    return normalizedChannel(room);
}

QMap<QString, QByteArray> IrcPlugin::stateWithContacts(
    const SettingValues &, const QList<ContactSnapshot> &contacts) const
{
    return IrcContacts::stateWith(contacts);
}

std::unique_ptr<Session> IrcPlugin::createSession(
    const SettingValues &settings, SessionServices &services) const
{
    return std::make_unique<IrcSession>(
        withoutFound(settings, accountSchema(), { u"sasl"_s }), services);
}

std::vector<std::unique_ptr<DoctorCheck>> IrcPlugin::doctorChecks(const SettingValues &) const
{
    std::vector<std::unique_ptr<DoctorCheck>> checks;
    checks.push_back(std::make_unique<LineCheck>());
    return checks;
}

std::unique_ptr<WireReader> IrcPlugin::wireReader() const
{
    return std::make_unique<IrcWireReader>();
}

} // namespace linchpin::irc
