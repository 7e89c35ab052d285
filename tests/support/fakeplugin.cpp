// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/fakeplugin.h"

using namespace Qt::StringLiterals;

namespace linchpin::test {

FakePlugin::FakePlugin(QString id)
    : m_id(std::move(id))
{
}

FakePlugin::~FakePlugin() = default;

ProtocolInfo FakePlugin::info() const
{
    return { .id = m_id,
        .name = u"Fake"_s,
        .iconName = u"protocol-fake"_s,
        .addressExample = u"you@example.test"_s,
        .capabilities = capabilities };
}

SettingsSchema FakePlugin::accountSchema() const
{
    return {
        { .key = u"address"_s, .label = u"Address"_s, .required = true },
        { .key = u"password"_s, .label = u"Password"_s, .type = SettingType::Secret },
        { .key = u"server"_s,
            .label = u"Server"_s,
            .type = SettingType::Host,
            .group = SettingGroup::Advanced,
            .formerKeys = { u"host"_s } },
        { .key = u"port"_s,
            .label = u"Port"_s,
            .type = SettingType::Port,
            .group = SettingGroup::Advanced,
            .defaultValue = 0 },
        { .key = u"connection"_s,
            .label = u"Connection type"_s,
            .type = SettingType::Choice,
            .group = SettingGroup::Advanced,
            .defaultValue = u"auto"_s,
            .choices = { { u"auto"_s, u"Auto"_s }, { u"tls"_s, u"TLS"_s } } },
        { .key = u"greeting"_s,
            .label = u"Greeting"_s,
            .group = SettingGroup::Advanced,
            .restartsSession = false },
    };
}

QList<AccountPreset> FakePlugin::presets() const
{
    return { { .id = u"example"_s,
        .name = u"Example Service"_s,
        .domains = { u"example.test"_s },
        .values = { { u"server"_s, u"chat.example.test"_s } },
        .retired = false,
        .note = {} } };
}

Result<QString> FakePlugin::normalizedAddress(const QString &address) const
{
    QString clean = address.trimmed().toLower();
    if (clean.count(u'@') != 1 || clean.startsWith(u'@') || clean.endsWith(u'@')) {
        Error error;
        error.kind = Error::Kind::Unsupported;
        error.code = u"invalid-address"_s;
        error.title = u"An address looks like name@domain."_s;
        error.detail = address;
        return std::unexpected(error);
    }
    return clean;
}

std::unique_ptr<Session> FakePlugin::createSession(
    const SettingValues &settings, SessionServices &services) const
{
    auto session = std::make_unique<FakeSession>();
    if (prepare) {
        prepare(*session);
    }
    ++m_made;
    m_session = session.get();
    m_settings = settings;
    m_services = &services;
    return session;
}

FakeSession *FakePlugin::session() const
{
    return m_session;
}

} // namespace linchpin::test
