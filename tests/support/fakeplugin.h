// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/protocolplugin.h"
#include "tests/support/fakesession.h"

#include <QPointer>

namespace linchpin::test {

/// A protocol for tests: addresses are `name@domain`, lower-cased; sessions are FakeSessions that
/// the test gets at.
class FakePlugin : public ProtocolPlugin {
public:
    explicit FakePlugin(QString id = QStringLiteral("fake"));
    ~FakePlugin() override;

    ProtocolInfo info() const override;
    SettingsSchema accountSchema() const override;
    QList<AccountPreset> presets() const override;
    Result<QString> normalizedAddress(const QString &address) const override;
    std::unique_ptr<Session> createSession(
        const SettingValues &settings, SessionServices &services) const override;

    Capabilities capabilities = Capability::ServerContacts | Capability::Rooms;
    /// Called with every new session before it is handed out (to set flags).
    std::function<void(FakeSession &)> prepare;

    int sessionsMade() const { return m_made; }
    FakeSession *session() const; ///< the newest one still alive; nullptr if none
    const SettingValues &settings() const { return m_settings; } ///< of the newest session
    SessionServices *services() const { return m_services; } ///< of the newest session

private:
    QString m_id;
    mutable int m_made = 0;
    mutable QPointer<FakeSession> m_session;
    mutable SettingValues m_settings;
    mutable SessionServices *m_services = nullptr;
};

} // namespace linchpin::test
