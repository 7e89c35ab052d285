// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpin: the desktop messenger.

#include "app/common/application.h"
#include "app/common/singleinstance.h"
#include "app/demo/demo.h"
#include "app/messenger/autostartswitch.h"
#include "app/messenger/demodirector.h"
#include "app/messenger/wakewatch.h"
#include "core/accounts/savedstatuses.h"
#include "core/secrets/vaultstore.h"
#include "ui/widgets/chat/conversationpage.h"
#include "ui/widgets/common/dialogsecretprompt.h"
#include "ui/widgets/common/flatstyle.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/idlewatch.h"
#include "ui/widgets/common/lockwatch.h"
#include "ui/widgets/common/restingcursor.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/doctor/doctorwatch.h"
#include "ui/widgets/mainwindow.h"
#include "ui/widgets/tray/notifier.h"
#include "ui/widgets/tray/trayicon.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QJsonArray>
#include <QJsonObject>
#include <QLibraryInfo>
#include <QTemporaryDir>
#include <QTimer>
#include <QTranslator>

#include <memory>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

struct Wishes {
    QString profile;
    bool demo = false;
    bool automatic = false;
    bool hidden = false;
    QString screenshots;
};

Wishes wishesOf(const QApplication &qt)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QApplication::translate("linchpin", "One messenger that holds your accounts together."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption profile(u"profile"_s,
        QApplication::translate("linchpin", "Use the profile in this folder."), u"DIR"_s);
    const QCommandLineOption demo(u"demo"_s,
        QApplication::translate(
            "linchpin", "Three accounts on simulated networks in a throw-away profile."));
    const QCommandLineOption automatic(u"auto"_s,
        QApplication::translate(
            "linchpin", "With --demo: talk on every network, save screenshots, and end."));
    const QCommandLineOption screenshots(u"screenshots"_s,
        QApplication::translate("linchpin", "Where --auto saves them."), u"DIR"_s,
        u"screenshots"_s);
    const QCommandLineOption hidden(
        u"hidden"_s, QApplication::translate("linchpin", "Start in the tray."));
    parser.addOptions({ profile, demo, automatic, screenshots, hidden });
    parser.process(qt);
    return Wishes { .profile = parser.value(profile),
        .demo = parser.isSet(demo),
        .automatic = parser.isSet(automatic),
        .hidden = parser.isSet(hidden),
        .screenshots = parser.value(screenshots) };
}

theme::Scheme schemeOf(const AppSettings &settings)
{
    const QString word = settings.text(u"color-scheme"_s);
    return word == "dark"_L1 ? theme::Scheme::Dark
        : word == "light"_L1 ? theme::Scheme::Light
                             : theme::Scheme::System;
}

/// Whether there is a tray is asked when the window is about to close into it: panels come and go.
class TrayGuard : public QObject {
public:
    explicit TrayGuard(MainWindow &window)
        : m_window(window)
    {
        m_window.setProperty("trayAvailable", TrayIcon::isAvailable());
        m_window.installEventFilter(this);
    }
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (watched == &m_window && event->type() == QEvent::Close) {
            m_window.setProperty("trayAvailable", TrayIcon::isAvailable());
        }
        return false;
    }

private:
    MainWindow &m_window;
};

/// The status of the last run, and from now on every new one remembered.
void restoreStatus(Application &application)
{
    const QString key = u"last-status"_s;
    const QList<SavedStatus> last
        = savedStatusesFromJson(QJsonArray { application.settings().remembered(key).toObject() });
    if (application.settings().isOn(u"restore-status"_s) && !last.isEmpty()) {
        application.accounts().setGlobalPresence(last.constFirst().presence);
    }
    QObject::connect(&application.accounts(), &AccountManager::globalPresenceChanged, &application,
        [&application, key](const Presence &presence) {
            application.settings().remember(
                key, savedStatusesToJson({ { .name = key, .presence = presence } }).first());
        });
}

/// What starts this program with this profile, in the tray.
QStringList commandOf(const Application &application, const Wishes &wishes)
{
    QStringList command { QApplication::applicationFilePath(), u"--hidden"_s };
    if (!wishes.profile.isEmpty()) {
        command += { u"--profile"_s, QDir(application.paths().profile()).absolutePath() };
    }
    return command;
}

int run(QApplication &qt)
{
    Wishes wishes = wishesOf(qt);
    std::unique_ptr<QTemporaryDir> throwAway;
    if (wishes.demo) {
        throwAway = std::make_unique<QTemporaryDir>();
        wishes.profile = throwAway->path();
    }
    DialogSecretPrompt prompt;
    Application application({ .profile = wishes.profile,
        .interactive = true,
        .prompt = &prompt,
        .secretsInMemory = wishes.demo });
    SingleInstance single(application.paths().profile());
    if (!single.claim()) {
        return 0;
    }
    // Settings first: they decide how the window looks. Everything slow comes after it is shown.
    const Result<void> folder = application.paths().create();
    [[maybe_unused]] const Result<void> settings = application.settings().load();
    theme::apply(schemeOf(application.settings()));

    UiContext context { application.accounts(), application.plugins(), application.contacts(),
        application.conversations(), application.history(), application.settings() };
    MainWindow window(context);
    Dialogs dialogs(context, window);
    dialogs.setVault(application.vault());
    const RestingCursor restingCursor;
    prompt.setParentWidget(&window);
    if (!wishes.hidden && (wishes.demo || !application.settings().isOn(u"start-hidden"_s))) {
        window.show();
    }
    const auto present = [&window] {
        window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
        window.show();
        window.raise();
        window.activateWindow();
    };
    QObject::connect(&single, &SingleInstance::woken, &window, present);
    QObject::connect(&application.settings(), &AppSettings::changed, &window,
        [&application](const QString &key) {
            if (key == "color-scheme"_L1) {
                theme::apply(schemeOf(application.settings()));
            }
        });
    QObject::connect(&window, &MainWindow::quitRequested, &application, [&application, &window] {
        window.hide();
        application.accounts().stop();
    });
    QObject::connect(&application.accounts(), &AccountManager::allOffline, &application,
        [&application, &window] {
            if (!window.isVisible()) {
                application.leave(0);
            }
        });
    application.onTerminate([&application, &window] {
        window.hide();
        application.accounts().stop();
    });
    TrayIcon tray(context, TrayIcon::Content::Messenger);
    Notifier notifier(context, tray.icon(), [&window](const ConversationKey &key) {
        const ConversationPage *const page = window.currentPage();
        return window.isActiveWindow() && page && page->isVisible() && page->key() == key;
    });
    const auto open = [&window, &notifier, present](const ConversationKey &key) {
        present();
        window.openConversation(key);
        notifier.dismiss(key);
    };
    QObject::connect(&tray, &TrayIcon::openRequested, &window, present);
    QObject::connect(&tray, &TrayIcon::toggleRequested, &window, [&window, present] {
        if (window.isVisible() && window.isActiveWindow()) {
            window.hide();
        } else {
            present();
        }
    });
    QObject::connect(&tray, &TrayIcon::conversationRequested, &window, open);
    QObject::connect(&notifier, &Notifier::conversationRequested, &window, open);
    QObject::connect(&window, &MainWindow::invitationAnswered, &notifier, &Notifier::dismiss);
    QObject::connect(&tray, &TrayIcon::accountsRequested, &window, [&window, present] {
        present();
        Q_EMIT window.accountsRequested();
    });
    QObject::connect(
        &tray, &TrayIcon::whyRequested, &window, [&window, present](const AccountId &account) {
            present();
            Q_EMIT window.whyRequested(account);
        });
    DoctorWatch doctorWatch(context);
    dialogs.setDoctorWatch(doctorWatch);
    QObject::connect(&tray, &TrayIcon::quitRequested, &window, &MainWindow::quitRequested);
    tray.show();
    TrayGuard guard(window);
    if (!window.isVisible() && !TrayIcon::isAvailable()) {
        window.show(); // nothing else would lead to it
    }
    WakeWatch wake;
    QObject::connect(&wake, &WakeWatch::resumed, &application.accounts(), &AccountManager::resumed);
    LockWatch lock;
    QObject::connect(&lock, &LockWatch::locked, &application.vault(), &VaultStore::lock);
    IdleWatch idle;
    QObject::connect(&idle, &IdleWatch::idleSinceChanged, &application.accounts(),
        &AccountManager::setIdleSince);

    std::unique_ptr<AutostartSwitch> autostart;
    std::unique_ptr<Demo> demo;
    std::unique_ptr<DemoDirector> director;
    QTimer::singleShot(0, &application, [&] {
        if (!folder) {
            dialogs.showError(folder.error());
            return;
        }
        if (const Result<void> prepared = application.prepare(); !prepared) {
            dialogs.showError(prepared.error());
        }
        application.whenLoaded([&](const Result<void> &loaded) {
            if (!loaded) {
                dialogs.showError(loaded.error());
            }
            window.restoreConversations();
            if (wishes.demo) {
                demo = std::make_unique<Demo>(application, QApplication::applicationDirPath());
                if (wishes.automatic) {
                    director = std::make_unique<DemoDirector>(
                        application, *demo, window, dialogs, wishes.screenshots);
                }
                demo->start();
                return;
            }
            autostart = std::make_unique<AutostartSwitch>(
                application.settings(), commandOf(application, wishes));
            QObject::connect(
                autostart.get(), &AutostartSwitch::failed, &dialogs, &Dialogs::showError);
            restoreStatus(application);
            application.accounts().start();
            if (application.accounts().accounts().isEmpty()) {
                dialogs.showFirstRun();
            }
        });
    });
    const int status = application.exec();
    autostart.reset();
    director.reset();
    demo.reset();
    return status;
}

} // namespace

} // namespace linchpin

int main(int argc, char *argv[])
{
    QApplication qt(argc, argv);
    QApplication::setApplicationName(u"linchpin"_s);
    QApplication::setApplicationDisplayName(u"Linchpin"_s);
    QApplication::setApplicationVersion(QStringLiteral(LINCHPIN_VERSION));
    QApplication::setDesktopFileName(u"org.linchpin.Linchpin"_s);
    QApplication::setStyle(new linchpin::FlatStyle); // the application owns it
    QApplication::setQuitOnLastWindowClosed(false);
    QTranslator own;
    if (own.load(QLocale(), u"linchpin"_s, u"_"_s, u":/translations"_s)
        || own.load(u":/translations/linchpin_en.qm"_s)) {
        QApplication::installTranslator(&own);
    }
    QTranslator qts;
    if (qts.load(
            QLocale(), u"qtbase"_s, u"_"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
        QApplication::installTranslator(&qts);
    }
    QApplication::setWindowIcon(linchpin::icons::application());
    return linchpin::run(qt);
}
