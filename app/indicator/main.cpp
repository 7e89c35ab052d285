// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpin-indicator: presence in the system tray, without the messenger's window.

#include "app/common/application.h"
#include "app/common/singleinstance.h"
#include "ui/widgets/common/dialogsecretprompt.h"
#include "ui/widgets/common/flatstyle.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/tray/notifier.h"
#include "ui/widgets/tray/trayicon.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QLibraryInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTranslator>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

void complain(const QString &line)
{
    const QByteArray bytes = "linchpin-indicator: " + line.toLocal8Bit() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), stderr);
}

/// What came of a run.
struct Outcome {
    int status = 0;
    bool opensMessenger = false;
};

Outcome run(const QString &profile)
{
    DialogSecretPrompt prompt;
    Application application({ .profile = profile, .interactive = true, .prompt = &prompt });
    // The messenger of this profile has a tray icon of its own; starting this one shows its window.
    SingleInstance single(application.paths().profile());
    if (!single.claim()) {
        return {};
    }
    if (!TrayIcon::isAvailable()) {
        complain(QApplication::translate("linchpin-indicator",
            "This desktop has no system tray, so there is nowhere to show the indicator."));
        return { .status = 1 };
    }
    if (const Result<void> prepared = application.prepare(); !prepared) {
        complain(prepared.error().title + u' ' + prepared.error().detail);
        return { .status = 1 };
    }

    bool opensMessenger = false;
    int status = 0;
    UiContext context { application.accounts(), application.plugins(), application.contacts(),
        application.conversations(), application.history(), application.settings() };
    TrayIcon tray(context, TrayIcon::Content::Indicator);
    Notifier notifier(context, tray.icon(), [](const ConversationKey &) { return false; });
    const auto end = [&application] { application.accounts().stop(); };
    // One profile, one program: this one signs out, then the messenger takes over.
    const auto openMessenger = [&opensMessenger, end] {
        opensMessenger = true;
        end();
    };
    QObject::connect(&tray, &TrayIcon::openRequested, &application, openMessenger);
    QObject::connect(&tray, &TrayIcon::toggleRequested, &application, openMessenger);
    QObject::connect(&tray, &TrayIcon::conversationRequested, &application, openMessenger);
    QObject::connect(&notifier, &Notifier::conversationRequested, &application, openMessenger);
    QObject::connect(&single, &SingleInstance::woken, &application, openMessenger);
    QObject::connect(&tray, &TrayIcon::quitRequested, &application, end);
    QObject::connect(&application.accounts(), &AccountManager::allOffline, &application,
        [&application, &status] { application.leave(status); });
    application.onTerminate(end);
    application.whenLoaded([&application, &status, end](const Result<void> &loaded) {
        if (!loaded) {
            complain(loaded.error().title + u' ' + loaded.error().detail);
            status = 1;
            end();
            return;
        }
        application.accounts().start();
    });
    tray.show();
    application.exec();
    single.release();
    return { .status = status, .opensMessenger = opensMessenger };
}

/// The messenger beside this program, or the installed one.
bool startMessenger(const QString &profile)
{
    QString program
        = QStandardPaths::findExecutable(u"linchpin"_s, { QCoreApplication::applicationDirPath() });
    if (program.isEmpty()) {
        program = QStandardPaths::findExecutable(u"linchpin"_s);
    }
    const QStringList arguments
        = profile.isEmpty() ? QStringList {} : QStringList { u"--profile"_s, profile };
    return !program.isEmpty() && QProcess::startDetached(program, arguments);
}

} // namespace

} // namespace linchpin

int main(int argc, char *argv[])
{
    QApplication qt(argc, argv);
    QApplication::setApplicationName(u"linchpin"_s); // the same profile as the messenger
    QApplication::setApplicationDisplayName(u"Linchpin"_s);
    QApplication::setApplicationVersion(QStringLiteral(LINCHPIN_VERSION));
    QApplication::setDesktopFileName(u"org.linchpin.Linchpin"_s);
    QApplication::setStyle(new linchpin::FlatStyle); // the application owns it
    QApplication::setQuitOnLastWindowClosed(false);
    QTranslator own;
    if (own.load(QLocale(), u"linchpin"_s, u"_"_s, u":/translations"_s)) {
        QApplication::installTranslator(&own);
    }
    QTranslator qts;
    if (qts.load(
            QLocale(), u"qtbase"_s, u"_"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
        QApplication::installTranslator(&qts);
    }
    QApplication::setWindowIcon(linchpin::icons::application());
    QCommandLineParser parser;
    parser.setApplicationDescription(QApplication::translate(
        "linchpin-indicator", "Your presence and your contacts in the system tray."));
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption profile(u"profile"_s,
        QApplication::translate("linchpin-indicator", "Use the profile in this folder."), u"DIR"_s);
    parser.addOption(profile);
    parser.process(qt);
    linchpin::theme::apply(linchpin::theme::Scheme::System);
    const linchpin::Outcome outcome = linchpin::run(parser.value(profile));
    if (outcome.opensMessenger && !linchpin::startMessenger(parser.value(profile))) {
        linchpin::complain(QApplication::translate(
            "linchpin-indicator", "The messenger (linchpin) was not found beside this program."));
        return 1;
    }
    return outcome.status;
}
