// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/patients.h"

#include "core/accounts/account.h"
#include "core/accounts/accountenvironment.h"
#include "core/accounts/pluginregistry.h"
#include "core/doctor/doctorcodes.h"
#include "core/net/realservices.h"
#include "core/net/sharedrows.h"
#include "core/net/truststore.h"
#include "core/net/wirelog.h"

#include <QPointer>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// Services are there before their doctor, and tell it whom they refused.
using DoctorSlot = std::shared_ptr<QPointer<Doctor>>;

void tellRefused(const DoctorSlot &slot, const RefusedCase &refused)
{
    if (*slot) {
        (*slot)->notePeer(refused.peer);
    }
}

ServiceBinding bindingFor(const SettingsSchema &schema, const Examination &examination,
    const std::shared_ptr<SessionServices> &kept, const DoctorSlot &slot)
{
    ServiceBinding binding;
    binding.settings = schema.complete(examination.settings);
    binding.secret = [kept, secrets = examination.secrets](const QString &key) {
        if (secrets.contains(key)) {
            return ready<QString>(secrets.value(key));
        }
        if (kept) {
            return kept->secret(key);
        }
        Error none;
        none.kind = Error::Kind::Authentication;
        none.code = u"no-password"_s;
        none.title = Doctor::tr("There is no password for this account.");
        none.remedy = Doctor::tr("Enter the account's password.");
        none.fatal = true;
        return readyError<QString>(none);
    };
    // The doctor keeps what a session wants kept to itself; this is for who comes around it.
    binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
    binding.state = [](const QString &) { return QByteArray(); };
    binding.setState = [](const QString &, const QByteArray &) { };
    binding.log = [](bool, const QByteArray &) { };
    binding.refused = [slot](const RefusedCase &refused) { tellRefused(slot, refused); };
    return binding;
}

std::unique_ptr<Doctor> made(
    Doctor::Patient patient, const Examination &examination, const DoctorSlot &slot)
{
    patient.settings = examination.settings;
    patient.domainOf = examination.domainOf;
    patient.knownServices = examination.services;
    auto doctor = examination.world
        ? std::make_unique<Doctor>(std::move(patient), *examination.world)
        : std::make_unique<Doctor>(std::move(patient));
    *slot = doctor.get();
    return doctor;
}

} // namespace

QList<AccountPreset> knownServices(PluginRegistry &plugins, const QString &protocol)
{
    return presetsOf(plugins.services(protocol)) + presetsOf(plugins.services({}));
}

std::unique_ptr<Doctor> doctorFor(
    Account &account, AccountEnvironment &environment, const Examination &examination)
{
    const std::shared_ptr<SessionServices> kept = environment.servicesFor(account);
    const auto slot = std::make_shared<QPointer<Doctor>>();
    ServiceBinding binding = bindingFor(account.schema(), examination, kept, slot);
    const QPointer<WireLog> log(environment.wireLog(account.id()));
    binding.log = [log](bool outgoing, const QByteArray &bytes) {
        if (log) {
            log->append(QDateTime::currentDateTimeUtc(), outgoing, bytes);
        }
    };
    if (account.state() != Account::State::Online) {
        // What the server proved before binds the trial as it binds the account (no less than
        // then). An account that is online needs its names (epid, resource) for itself.
        binding.state = [kept](const QString &key) { return kept->state(key); };
    }
    binding.settings = settingsInForce(account.schema(), examination.settings, environment.now());
    // What its user trusts holds here as well, and what is refused can be looked at.
    const QPointer<TrustStore> trust(environment.trust());
    binding.exceptions = [trust, guard = QPointer<Account>(&account)] {
        return trust && guard ? trust->decisions(*guard) : TrustExceptions {};
    };
    binding.refused = [trust, slot, id = account.id()](const RefusedCase &refused) {
        tellRefused(slot, refused);
        if (trust) {
            trust->noteRefused(id, refused);
        }
    };
    Doctor::Patient patient;
    patient.plugin = account.plugin();
    patient.running = account.state() == Account::State::Online;
    if (patient.running) {
        patient.presence = account.presence();
    }
    patient.services = std::make_unique<RealServices>(std::move(binding));
    return made(std::move(patient), examination, slot);
}

std::unique_ptr<Doctor> doctorFor(const ProtocolPlugin &plugin, const Examination &examination)
{
    const auto slot = std::make_shared<QPointer<Doctor>>();
    Doctor::Patient patient;
    patient.plugin = &plugin;
    patient.services = std::make_unique<RealServices>(
        bindingFor(fullSchema(plugin), examination, nullptr, slot));
    return made(std::move(patient), examination, slot);
}

} // namespace linchpin
