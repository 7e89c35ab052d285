// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/notes/notesplugin.h"

#include "protocols/notes/notessession.h"

using namespace Qt::StringLiterals;

namespace linchpin::notes {

namespace {

constexpr qsizetype kLongestAddress = 64;

} // namespace

ProtocolInfo NotesPlugin::info() const
{
    return { .id = u"notes"_s,
        .name = tr("Notes to yourself"),
        .iconName = u"protocol-notes"_s,
        .addressExample = u"notes"_s,
        .capabilities = Capability::SelfOnly };
}

SettingsSchema NotesPlugin::accountSchema() const
{
    return {
        { .key = u"address"_s,
            .label = tr("Name"),
            .help = tr("Under this name your notes stand in the contact list."),
            .required = true },
    };
}

AddressGuess NotesPlugin::guess(const QString &) const
{
    return {}; // any word would do; the wizard shouldn't offer notes for every address
}

Result<QString> NotesPlugin::normalizedAddress(const QString &address) const
{
    QString clean = address.simplified();
    const bool isPrintable
        = std::ranges::all_of(clean, [](QChar c) { return c.isPrint() || c.isSurrogate(); });
    if (clean.isEmpty() || clean.size() > kLongestAddress || !isPrintable) {
        Error error;
        error.kind = Error::Kind::Unsupported;
        error.code = u"invalid-address"_s;
        error.title = tr("A name for notes has 1 to %1 characters.").arg(kLongestAddress);
        error.detail = clean.left(kLongestAddress);
        error.fatal = true;
        return std::unexpected(error);
    }
    return clean;
}

std::unique_ptr<Session> NotesPlugin::createSession(
    const SettingValues &settings, SessionServices &services) const
{
    return std::make_unique<NotesSession>(settings, services);
}

} // namespace linchpin::notes
