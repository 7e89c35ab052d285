// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/messenger/autostartswitch.h"

#include "core/settings/appsettings.h"
#include "core/settings/autostart.h"

#include <QtConcurrent>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

const auto kKey = u"start-with-session"_s;

} // namespace

AutostartSwitch::AutostartSwitch(AppSettings &settings, QStringList command, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_command(std::move(command))
{
    m_thread.setMaxThreadCount(1); // one after the other: the last wish wins
    connect(&settings, &AppSettings::changed, this, [this](const QString &key) {
        if (key == kKey && !m_reading) {
            write();
        }
    });
    read();
}

AutostartSwitch::~AutostartSwitch()
{
    m_thread.waitForDone();
}

void AutostartSwitch::read()
{
    QtConcurrent::run(&m_thread, [] {
        return Autostart::ofUser().isOn();
    }).then(this, [this](bool on) {
        m_reading = true;
        m_settings.setValue(kKey, on);
        m_reading = false;
    });
}

void AutostartSwitch::write()
{
    const bool on = m_settings.isOn(kKey);
    QtConcurrent::run(&m_thread, [on, command = m_command] {
        return Autostart::ofUser().set(on, command);
    }).then(this, [this](const Result<void> &written) {
        if (!written) {
            read();
            Q_EMIT failed(written.error());
        }
    });
}

} // namespace linchpin
