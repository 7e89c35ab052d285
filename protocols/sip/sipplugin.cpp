// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/sipplugin.h"

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
    if (domain == u"onmicrosoft.com" || domain.endsWith(u".onmicrosoft.com")) {
        return { 2, u"office-365"_s,
            Text::tr("This looks like an Office 365 address; its messaging service has ended.") };
    }
    return { 1, {}, Text::tr("Company addresses are often used with Skype for Business or Lync.") };
}

Result<QString> SipPlugin::normalizedAddress(const QString &address) const
{
    return sip::normalizedAddress(address);
}

Result<QString> SipPlugin::normalizedRoom(const QString &room) const
{
    return sip::normalizedRoom(room);
}

std::unique_ptr<Session> SipPlugin::createSession(
    const SettingValues &settings, SessionServices &services) const
{
    return std::make_unique<SipSession>(settings, services);
}

std::unique_ptr<WireReader> SipPlugin::wireReader() const
{
    return std::make_unique<SipWireReader>();
}

} // namespace linchpin::sip
