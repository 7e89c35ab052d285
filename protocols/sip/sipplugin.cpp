// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/sipplugin.h"

#include "core/sdk/foundvalues.h"
#include "protocols/sip/discovery/addresslookup.h"
#include "protocols/sip/doctor/sipdoctor.h"
#include "protocols/sip/session/simpleroster.h"
#include "protocols/sip/sippresets.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"
#include "protocols/sip/sipwirereader.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipPlugin)
};

} // namespace

ProtocolInfo SipPlugin::info() const
{
    return { .id = u"sip"_s,
        .name = Text::tr("Skype for Business, Lync, Office Communicator"),
        .iconName = u"protocol-sip"_s,
        .addressExample = Text::tr("you@company.com"),
        .capabilities = Capability::ServerContacts | Capability::Typing | Capability::RichTextOut
            | Capability::DeliveryReceipts | Capability::PresenceText | Capability::Blocking
            | Capability::AccessLevels | Capability::WorkStatuses | Capability::IdleStatus
            | Capability::Rooms | Capability::Conferences };
}

SettingsSchema SipPlugin::accountSchema() const
{
    return sip::accountSchema();
}

QList<AccountPreset> SipPlugin::presets() const
{
    return accountPresets();
}

QList<ServicePreset> SipPlugin::services() const
{
    return sip::services();
}

AddressGuess SipPlugin::guess(const QString &address) const
{
    const QString text = address.trimmed().toLower();
    if (text.startsWith(u"sip:") || text.startsWith(u"sips:")) {
        return { 3, {}, Text::tr("The address is a SIP address.") };
    }
    const auto clean = sip::normalizedAddress(address);
    if (!clean) {
        return {};
    }
    const QString domain = clean->section(u'@', 1, 1);
    const QList<AccountPreset> known = accountPresets();
    if (const AccountPreset *const preset = presetForDomain(known, domain)) {
        return { 2, preset->id, Text::tr("This looks like an address of %1.").arg(preset->name) };
    }
    return { 1, {}, Text::tr("Company addresses are often used with Skype for Business or Lync.") };
}

Async<AddressGuess> SipPlugin::discover(const QString &address, SessionServices &services) const
{
    const AddressGuess known = guess(address);
    const auto clean = sip::normalizedAddress(address);
    if (!clean || !known.presetId.isEmpty()) {
        return ready<AddressGuess>(known);
    }
    const QString domain = clean->section(u'@', 1, 1).toLower();
    return askNetwork(services, questionsAbout(domain), [domain](const NetworkAnswers &answers) {
        return isEnough(domain, answers);
    }).then([domain, known](const Result<NetworkAnswers> &answers) {
        return answers ? Result<AddressGuess>(guessFrom(domain, *answers, known))
                       : Result<AddressGuess>(std::unexpect, answers.error());
    });
}

Result<QString> SipPlugin::normalizedAddress(const QString &address) const
{
    return sip::normalizedAddress(address);
}

Result<QString> SipPlugin::normalizedRoom(const QString &room) const
{
    return sip::normalizedRoom(room);
}

QMap<QString, QByteArray> SipPlugin::stateWithContacts(
    const SettingValues &settings, const QList<ContactSnapshot> &contacts) const
{
    // Microsoft's servers keep the list.
    return dialectOf(settings) == Dialect::Plain ? SimpleRoster::stateWith(contacts)
                                                 : QMap<QString, QByteArray> {};
}

std::unique_ptr<Session> SipPlugin::createSession(
    const SettingValues &settings, SessionServices &services) const
{
    const SettingsSchema schema = accountSchema();
    const SettingValues chosen = withoutFound(
        settings, schema, { u"server"_s, u"port"_s, u"connection"_s, u"auth"_s, u"flavour"_s });
    if (settings.origin(u"server"_s) == SettingOrigin::Found) {
        rememberFoundServer(settings, chosen, services);
    }
    return std::make_unique<SipSession>(chosen, services);
}

std::vector<std::unique_ptr<DoctorCheck>> SipPlugin::doctorChecks(const SettingValues &) const
{
    return sipDoctorChecks();
}

std::unique_ptr<WireReader> SipPlugin::wireReader() const
{
    return std::make_unique<SipWireReader>();
}

} // namespace linchpin::sip
