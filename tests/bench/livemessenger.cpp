// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/bench/livemessenger.h"

#include <QEventLoop>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::bench {

LiveMessenger::LiveMessenger(const QString &protocol, const QStringList &simulatorSwitches)
{
    m_accounts.add(protocol, simulatorSwitches);
    // The password lies where linchpinctl put it, behind the key in that configuration.
    qputenv("XDG_CONFIG_HOME", m_accounts.environment().value(u"XDG_CONFIG_HOME"_s).toLocal8Bit());
    qputenv("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    m_application.emplace(
        Application::Options { .profile = m_accounts.profile(), .interactive = false });
    Application &all = *m_application;
    if (const Result<void> prepared = all.prepare(); !prepared) {
        giveUp(prepared.error().title);
    }
    m_window.emplace(UiContext { all.accounts(), all.plugins(), all.contacts(), all.conversations(),
        all.history(), all.settings() });
    m_window->resize(1100, 750);
    m_window->show();
    QEventLoop loop;
    all.whenLoaded([&loop](const Result<void> &loaded) {
        if (!loaded) {
            giveUp(loaded.error().title);
        }
        loop.quit();
    });
    loop.exec();
    all.accounts().setGlobalPresence({ .availability = Availability::Available });
}

LiveMessenger::~LiveMessenger()
{
    QEventLoop loop;
    QObject::connect(
        &m_application->accounts(), &AccountManager::allOffline, &loop, &QEventLoop::quit);
    QTimer::singleShot(5s, &loop, &QEventLoop::quit);
    m_application->accounts().stop();
    loop.exec();
    m_window.reset();
    m_application.reset();
}

void LiveMessenger::openPartner()
{
    const QList<Account *> accounts = m_application->accounts().accounts();
    m_window->openConversation(
        { accounts.constFirst()->id(), m_accounts.partner(), ConversationKind::Person });
}

} // namespace linchpin::bench
