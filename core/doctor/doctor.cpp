// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/doctor.h"

#include "core/doctor/doctorcodes.h"
#include "core/doctor/doctorwalk.h"
#include "core/sdk/presetfile.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString domainOf(const QString &address)
{
    return address.section(u'@', -1).section(u'/', 0, 0).trimmed().toLower();
}

} // namespace

SettingValues trialSettings(
    const SettingsSchema &schema, const SettingValues &settings, bool running)
{
    SettingValues trial = schema.complete(settings);
    for (const SettingField &field : schema.fields()) {
        switch (field.inTrial) {
        case SettingInTrial::Kept:
            break;
        case SettingInTrial::LeftOut:
            trial.set(field.key,
                field.type == SettingType::Bool       ? QVariant(false)
                    : field.type == SettingType::List ? QVariant(QStringList())
                                                      : QVariant(QString()));
            break;
        case SettingInTrial::OwnNameIfTaken:
            if (!running) {
                break;
            }
            [[fallthrough]];
        case SettingInTrial::OwnName:
            if (const QString name = trial.text(field.key); !name.isEmpty()) {
                trial.set(field.key, QString(name + u'_'));
            }
        }
    }
    return trial;
}

std::optional<Error> retiredService(
    const QList<AccountPreset> &presets, const SettingValues &settings)
{
    const bool own = !settings.text(u"server"_s).isEmpty()
        && settings.origin(u"server"_s) != SettingOrigin::Preset
        && settings.origin(u"server"_s) != SettingOrigin::Default;
    const QString domain = domainOf(settings.text(u"address"_s));
    if (own || domain.isEmpty()) {
        return std::nullopt;
    }
    const AccountPreset *const ended = presetForDomain(presets, domain);
    if (!ended || !ended->retired) {
        return std::nullopt;
    }
    Error error = doctorError(u"service-retired"_s, ended->name);
    if (!ended->note.isEmpty()) {
        error.title = ended->note;
    }
    return error;
}

Doctor::Doctor(Patient patient, QObject *parent)
    : Doctor(std::move(patient), DoctorWorld {}, parent)
{
    d->world = realDoctorWorld(this);
}

Doctor::Doctor(Patient patient, DoctorWorld world, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Walk>(*this, std::move(patient), std::move(world)))
{
}

Doctor::~Doctor() = default;

void Doctor::start()
{
    if (!d->running) {
        d->running = true;
        QMetaObject::invokeMethod(d.get(), &Walk::start, Qt::QueuedConnection);
    }
}

void Doctor::cancel()
{
    d->giveUp();
}

bool Doctor::isRunning() const
{
    return d->running;
}

QString Doctor::stepUnderWay() const
{
    if (!d->running) {
        return {};
    }
    const QString under = d->services->stepUnderWay();
    return under.isEmpty() ? d->m_stepUnderWay : under;
}

const QList<Finding> &Doctor::findings() const
{
    return d->log.shown();
}

void Doctor::notePeer(const RefusedPeer &peer)
{
    d->services->notePeer(peer);
}

} // namespace linchpin
