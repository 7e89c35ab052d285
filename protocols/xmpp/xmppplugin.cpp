// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmppplugin.h"

#include "core/sdk/foundvalues.h"
#include "protocols/xmpp/addresslookup.h"
#include "protocols/xmpp/doctor/connectioncheck.h"
#include "protocols/xmpp/doctor/federationcheck.h"
#include "protocols/xmpp/translate.h"
#include "protocols/xmpp/xmpppresets.h"
#include "protocols/xmpp/xmppschema.h"
#include "protocols/xmpp/xmppsession.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::xmpp {

ProtocolInfo XmppPlugin::info() const
{
    return { .id = u"xmpp"_s,
        .name = tr("XMPP (Jabber)"),
        .iconName = u"protocol-xmpp"_s,
        .addressExample = u"you@example.org"_s,
        .capabilities = { Capability::ServerContacts, Capability::Rooms, Capability::Directory,
            Capability::Typing, Capability::RichTextOut, Capability::DeliveryReceipts,
            Capability::ReadReceipts, Capability::CompleteHistory, Capability::PresenceText,
            Capability::Blocking, Capability::OfflineMessages } };
}

SettingsSchema XmppPlugin::accountSchema() const
{
    return xmppSchema();
}

QList<AccountPreset> XmppPlugin::presets() const
{
    return xmppPresets();
}

QList<ServicePreset> XmppPlugin::services() const
{
    return xmpp::services();
}

AddressGuess XmppPlugin::guess(const QString &address) const
{
    if (address.trimmed().startsWith("xmpp:"_L1, Qt::CaseInsensitive) && normalizedJid(address)) {
        return { .confidence = 3, .presetId = {}, .reason = tr("This is an XMPP address.") };
    }
    const QString domain = address.trimmed().section(u'@', -1).toLower();
    const QList<AccountPreset> known = xmppPresets();
    if (const AccountPreset *const preset = presetForDomain(known, domain)) {
        return {
            .confidence = 2,
            .presetId = preset->id,
            .reason = preset->name == domain
                ? tr("%1 is a public XMPP provider.").arg(domain)
                : tr("%1 belongs to %2.", "%1 is a domain, %2 a service").arg(domain, preset->name)
        };
    }
    if (normalizedJid(address)) {
        return { .confidence = 1,
            .presetId = {},
            .reason = tr("An address like this may belong to an XMPP server.") };
    }
    return {};
}

Async<AddressGuess> XmppPlugin::discover(const QString &address, SessionServices &services) const
{
    const AddressGuess known = guess(address);
    const Result<QString> jid = normalizedJid(address);
    if (!jid || !known.presetId.isEmpty()) {
        return ready<AddressGuess>(known);
    }
    const QString domain = jid->section(u'@', -1);
    return askNetwork(services, questionsAbout(domain), [domain](const NetworkAnswers &answers) {
        return isEnough(domain, answers);
    }).then([domain, known](const Result<NetworkAnswers> &answers) {
        return answers ? Result<AddressGuess>(guessFrom(domain, *answers, known))
                       : Result<AddressGuess>(std::unexpect, answers.error());
    });
}

Result<QString> XmppPlugin::normalizedAddress(const QString &address) const
{
    return normalizedJid(address);
}

Result<QString> XmppPlugin::normalizedRoom(const QString &room) const
{
    return normalizedJid(room);
}

std::unique_ptr<Session> XmppPlugin::createSession(
    const SettingValues &settings, SessionServices &services) const
{
    // The records are asked for each time: what they said the last time is there to be looked at.
    return std::make_unique<XmppSession>(
        withoutFound(
            settings, xmppSchema(), { u"server"_s, u"port"_s, u"connection"_s, u"auth"_s }),
        services);
}

std::vector<std::unique_ptr<DoctorCheck>> XmppPlugin::doctorChecks(const SettingValues &) const
{
    std::vector<std::unique_ptr<DoctorCheck>> checks;
    checks.push_back(std::make_unique<ConnectionCheck>());
    checks.push_back(std::make_unique<FederationCheck>());
    return checks;
}

} // namespace linchpin::xmpp
