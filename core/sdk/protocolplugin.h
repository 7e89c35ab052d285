// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/doctorcheck.h"
#include "core/sdk/result.h"
#include "core/sdk/session.h"
#include "core/sdk/sessionservices.h"
#include "core/sdk/settingsschema.h"
#include "core/sdk/wirereader.h"

#include <QtPlugin>

#include <memory>
#include <vector>

namespace linchpin {

/// What a protocol can do at best; the UI hides the rest. A session may offer less (nil facets).
enum class Capability {
    ServerContacts = 1 << 0, ///< the network keeps the contact list
    LocalContacts = 1 << 1, ///< the account keeps it (IRC): ProtocolPlugin::stateWithContacts()
    Rooms = 1 << 2,
    Directory = 1 << 3,
    Typing = 1 << 4,
    RichTextOut = 1 << 5,
    DeliveryReceipts = 1 << 6,
    ReadReceipts = 1 << 7,
    CompleteHistory = 1 << 8, ///< the archive can prove that nothing is missing
    PresenceText = 1 << 9,
    Blocking = 1 << 10,
    OfflineMessages = 1 << 11,
    Conferences = 1 << 13,
    AccessLevels = 1 << 14,
    FileTransfer = 1 << 15,
    WorkStatuses = 1 << 16, ///< takes OwnStatusWord::… as Presence::activity of our own status
    IdleStatus = 1 << 17, ///< setPresence() makes use of Presence::idleSince
    SelfOnly = 1 << 12, ///< no network: notes to oneself
};
Q_DECLARE_FLAGS(Capabilities, Capability)
Q_DECLARE_OPERATORS_FOR_FLAGS(Capabilities)

/// Own statuses that only some networks have (Capability::WorkStatuses), as Presence::activity of
/// the presence a session is asked to publish. The availability beside them is Away.
namespace OwnStatusWord {
inline constexpr QStringView BeRightBack = u"be-right-back";
inline constexpr QStringView OffWork = u"off-work";
/// No choice by hand: the machine and the calendar say it. Beside it stands Available.
inline constexpr QStringView Automatic = u"automatic";
} // namespace OwnStatusWord

struct ProtocolInfo {
    QString id; ///< `sip`, `xmpp`, `irc`; equals "id" in the metadata
    QString name; ///< translated, for people: "Skype for Business, Lync, OCS"
    QString iconName; ///< semantic name; the UI knows the picture
    QString addressExample; ///< "you@company.com"
    Capabilities capabilities;
};

/// A known service: a name plus values. Data, so that administrators may add some.
struct AccountPreset {
    QString id; ///< stable word for `--preset`
    QString name; ///< translated
    QStringList domains; ///< address domains that mean this service; may be empty
    QVariantMap values;
    bool retired = false; ///< the service has ended
    QString note; ///< translated sentence for the wizard ("Google ended this service in 2015.")
};

/// How well an address fits a protocol, for the wizard that starts from an address.
struct AddressGuess {
    int confidence = 0; ///< 0 no, 1 possible, 2 likely (a domain known), 3 certain (scheme, preset)
    QString presetId;
    QString reason; ///< translated sentence
    QVariantMap found = {}; ///< settings that the network told (`server`); may be empty
};

/// A protocol backend. Stateless; may be asked before any account exists (dialog, importer,
/// doctor, documentation). Found by IID; its JSON metadata holds "id", "name" and "interface".
class LINCHPIN_SDK_EXPORT ProtocolPlugin {
public:
    virtual ~ProtocolPlugin();
    virtual ProtocolInfo info() const = 0;
    /// Without the rows that all protocols share (proxy): core appends those.
    virtual SettingsSchema accountSchema() const = 0;
    virtual QList<AccountPreset> presets() const { return {}; }
    virtual AddressGuess guess(const QString &address) const;
    /// guess(), with what the network says of the address (SRV records, autodiscovery, host-meta).
    /// Signs in to nothing and sends no password. Answers within ten seconds; a network that does
    /// not answer is no error but a guess.
    virtual Async<AddressGuess> discover(const QString &address, SessionServices &services) const;
    /// The one spelling of a contact's (or one's own) address, or `invalid-address`.
    virtual Result<QString> normalizedAddress(const QString &address) const = 0;
    virtual Result<QString> normalizedRoom(const QString &room) const;
    /// The state (SessionServices::state()) of a new account that has these contacts already, where
    /// the sessions keep the list themselves; empty where a server keeps it. Contacts whose address
    /// is none of this network are left out. For moving in from other programs.
    virtual QMap<QString, QByteArray> stateWithContacts(
        const SettingValues &settings, const QList<ContactSnapshot> &contacts) const;
    /// `settings` are complete (SettingsSchema::complete). `services` outlives the session.
    virtual std::unique_ptr<Session> createSession(
        const SettingValues &settings, SessionServices &services) const
        = 0;
    virtual std::vector<std::unique_ptr<DoctorCheck>> doctorChecks(const SettingValues &) const;
    virtual std::unique_ptr<WireReader> wireReader() const { return {}; }
};

} // namespace linchpin

#define LINCHPIN_PROTOCOL_IID "org.linchpin.ProtocolPlugin/1"
Q_DECLARE_INTERFACE(linchpin::ProtocolPlugin, LINCHPIN_PROTOCOL_IID)
