// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/doctor/doctor.h"

#include <QMap>

namespace linchpin {

class Account;
class AccountEnvironment;
class PluginRegistry;

/// What is examined beside what stands in the account.
struct Examination {
    SettingValues settings; ///< may differ from the account's: values to try
    QMap<QString, QString> secrets; ///< instead of the stored ones, by settings key
    QList<const ProtocolPlugin *> domainOf; ///< Doctor::Patient::domainOf
    QList<AccountPreset> services; ///< Doctor::Patient::knownServices
    std::optional<DoctorWorld> world; ///< instead of the real one; for tests
};

/// The services that are known for a protocol, ended ones of protocols never spoken here among
/// them.
QList<AccountPreset> knownServices(PluginRegistry &plugins, const QString &protocol);

/// A doctor for an account, in the real world: services of their own, the account's secrets (where
/// it has none, its user is asked the way the account does it). The account's plugin must be there;
/// account and environment outlive the doctor.
std::unique_ptr<Doctor> doctorFor(
    Account &account, AccountEnvironment &environment, const Examination &examination);

/// For settings that are no account (yet). Nobody is asked for a secret.
std::unique_ptr<Doctor> doctorFor(const ProtocolPlugin &plugin, const Examination &examination);

} // namespace linchpin
