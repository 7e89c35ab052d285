// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Out-of-line destructors, so that every interface has one vtable, in this library; and the answer
// that many of them give.

#include "core/sdk/peerjudge.h"
#include "core/sdk/protocolplugin.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

Async<void> readyOk()
{
    return ready<void>(Result<void> {});
}

RosterFacet::~RosterFacet() = default;
RoomFacet::~RoomFacet() = default;
ConferenceFacet::~ConferenceFacet() = default;
DirectoryFacet::~DirectoryFacet() = default;
AccessFacet::~AccessFacet() = default;
FileTransferFacet::~FileTransferFacet() = default;
FileSource::~FileSource() = default;
FileSink::~FileSink() = default;
TypingFacet::~TypingFacet() = default;
ReadFacet::~ReadFacet() = default;
CommandFacet::~CommandFacet() = default;
RawFacet::~RawFacet() = default;
ArchiveFacet::~ArchiveFacet() = default;
Timer::~Timer() = default;
SessionServices::~SessionServices() = default;
PeerJudge::~PeerJudge() = default;
DoctorCheck::~DoctorCheck() = default;
WireReader::~WireReader() = default;
ProtocolPlugin::~ProtocolPlugin() = default;

Session::Session(QObject *parent)
    : QObject(parent)
{
}
Session::~Session() = default;

Transport::Transport(QObject *parent)
    : QObject(parent)
{
}
Transport::~Transport() = default;

void Transport::setPaused(bool) { }

Listener::Listener(QObject *parent)
    : QObject(parent)
{
}
Listener::~Listener() = default;

void SessionServices::peerRefused(const RefusedPeer &) { }

Result<std::shared_ptr<Listener>> SessionServices::listen(quint16, quint16)
{
    return std::unexpected(Error { .kind = Error::Kind::Unsupported,
        .code = u"cannot-listen"_s,
        .title = QCoreApplication::translate(
            "linchpin::SessionServices", "Nobody can connect to this computer here.") });
}

Async<RoomAddress> RoomFacet::resolve(const QString &link)
{
    return readyError<RoomAddress>({ .kind = Error::Kind::NotFound,
        .code = u"not-a-room"_s,
        .title = QCoreApplication::translate(
            "linchpin::RoomFacet", "This link does not lead to a room of this account."),
        .detail = link.left(200) });
}

Async<QList<DirectoryEntry>> DirectoryFacet::members(const ContactAddress &group)
{
    return readyError<QList<DirectoryEntry>>({ .kind = Error::Kind::NotFound,
        .code = u"not-a-group"_s,
        .title
        = QCoreApplication::translate("linchpin::DirectoryFacet", "%1 is not a distribution group.")
            .arg(group.value) });
}

AddressGuess ProtocolPlugin::guess(const QString &address) const
{
    const QString domain = address.section(u'@', -1).toLower();
    const QList<AccountPreset> known = presets();
    for (const AccountPreset &preset : known) {
        if (!domain.isEmpty() && preset.domains.contains(domain)) {
            return { .confidence = 2,
                .presetId = preset.id,
                .reason = QCoreApplication::translate(
                    "linchpin::ProtocolPlugin", "%1 belongs to %2.", "%1 is a domain, %2 a service")
                    .arg(domain, preset.name) };
        }
    }
    return {};
}

Async<AddressGuess> ProtocolPlugin::discover(const QString &address, SessionServices &) const
{
    return ready<AddressGuess>(guess(address));
}

Result<QString> ProtocolPlugin::normalizedRoom(const QString &room) const
{
    return normalizedAddress(room);
}

QMap<QString, QByteArray> ProtocolPlugin::stateWithContacts(
    const SettingValues &, const QList<ContactSnapshot> &) const
{
    return {};
}

std::vector<std::unique_ptr<DoctorCheck>> ProtocolPlugin::doctorChecks(const SettingValues &) const
{
    return {};
}

} // namespace linchpin
