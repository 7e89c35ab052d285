// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/presetfile.h"

#include <QObject>

namespace linchpin::sip {

/// The OCS, Lync and Skype for Business backend: data, and a factory of sessions.
class SipPlugin : public QObject, public ProtocolPlugin, public ServiceCatalogue {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID LINCHPIN_PROTOCOL_IID FILE "sip.json")
    Q_INTERFACES(linchpin::ProtocolPlugin)

public:
    ProtocolInfo info() const override;
    SettingsSchema accountSchema() const override;
    QList<AccountPreset> presets() const override;
    QList<ServicePreset> services() const override;
    AddressGuess guess(const QString &address) const override;
    Async<AddressGuess> discover(const QString &address, SessionServices &services) const override;
    Result<QString> normalizedAddress(const QString &address) const override;
    Result<QString> normalizedRoom(const QString &room) const override;
    QMap<QString, QByteArray> stateWithContacts(
        const SettingValues &settings, const QList<ContactSnapshot> &contacts) const override;
    std::unique_ptr<Session> createSession(
        const SettingValues &settings, SessionServices &services) const override;
    std::vector<std::unique_ptr<DoctorCheck>> doctorChecks(const SettingValues &) const override;
    std::unique_ptr<WireReader> wireReader() const override;
};

} // namespace linchpin::sip
