// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/xmpp/xmppplugin.h"

#include "protocols/xmpp/doctor/connectioncheck.h"
#include "protocols/xmpp/doctor/federationcheck.h"
#include "protocols/xmpp/translate.h"
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

AddressGuess XmppPlugin::guess(const QString &address) const
{
    if (address.trimmed().startsWith("xmpp:"_L1, Qt::CaseInsensitive) && normalizedJid(address)) {
        return { .confidence = 3, .presetId = {}, .reason = tr("This is an XMPP address.") };
    }
    const AddressGuess known = ProtocolPlugin::guess(address.trimmed());
    if (known.confidence > 0) {
        return known;
    }
    if (normalizedJid(address)) {
        return { .confidence = 1,
            .presetId = {},
            .reason = tr("An address like this may belong to an XMPP server.") };
    }
    return {};
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
    return std::make_unique<XmppSession>(settings, services);
}

std::vector<std::unique_ptr<DoctorCheck>> XmppPlugin::doctorChecks(const SettingValues &) const
{
    std::vector<std::unique_ptr<DoctorCheck>> checks;
    checks.push_back(std::make_unique<ConnectionCheck>());
    checks.push_back(std::make_unique<FederationCheck>());
    return checks;
}

} // namespace linchpin::xmpp
