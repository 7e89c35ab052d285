// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/protocolplugin.h"

#include <QObject>

namespace linchpin::notes {

/// Notes to oneself: an account whose only contact is its owner. Needs no network. Small on
/// purpose: a new protocol begins as a copy of this folder (docs/adding-a-protocol.md).
class NotesPlugin : public QObject, public ProtocolPlugin {
    Q_OBJECT
    Q_PLUGIN_METADATA(IID LINCHPIN_PROTOCOL_IID FILE "notes.json")
    Q_INTERFACES(linchpin::ProtocolPlugin)
public:
    ProtocolInfo info() const override;
    SettingsSchema accountSchema() const override;
    AddressGuess guess(const QString &address) const override;
    Result<QString> normalizedAddress(const QString &address) const override;
    std::unique_ptr<Session> createSession(
        const SettingValues &settings, SessionServices &services) const override;
};

} // namespace linchpin::notes
