// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpin-doctor-pictures FOLDER: the doctor's dialog at real faults of the matrix, for
// docs/doctor.md.

#include "core/accounts/accountmanager.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/history/historystore.h"
#include "core/secrets/memorystore.h"
#include "core/settings/appsettings.h"
#include "tests/doctor/fault.h"
#include "tests/support/fakeenvironment.h"
#include "ui/widgets/common/flatstyle.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/doctor/doctordialog.h"

#include <QApplication>
#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

struct Picture {
    QString file;
    QString protocol;
    QString fault;
    bool dark = false;
};

/// Failing by name is better than an old picture in the manual.
Fault faultNamed(const QString &protocol, const QString &name)
{
    const QList<Fault> all = faultsOf(protocol);
    const auto found = std::ranges::find(all, name, &Fault::name);
    if (found == all.cend()) {
        qFatal("there is no fault \"%s\" of %s", qPrintable(name), qPrintable(protocol));
    }
    return *found;
}

} // namespace

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    QApplication::setStyle(new FlatStyle);
    const QString folder = QApplication::arguments().value(1);
    if (folder.isEmpty() || !QDir().mkpath(folder)) {
        std::fputs("linchpin-doctor-pictures FOLDER\n", stderr);
        return 2;
    }
    const QList<Picture> pictures {
        { u"healthy"_s, u"sip"_s, u"healthy"_s },
        { u"name-not-found"_s, u"irc"_s, u"server's name unknown"_s },
        { u"refused"_s, u"xmpp"_s, u"nobody listens"_s },
        { u"timed-out"_s, u"sip"_s, u"packets are dropped"_s, true },
        { u"certificate-name-mismatch"_s, u"sip"_s, u"certificate for another name"_s },
        { u"certificate-expired"_s, u"xmpp"_s, u"certificate expired"_s, true },
        { u"clock-wrong"_s, u"sip"_s, u"our clock is late"_s },
        { u"wrong-protocol"_s, u"irc"_s, u"mail server at a TLS port"_s },
        { u"proxy-auth-required"_s, u"xmpp"_s, u"HTTP proxy wants a password"_s },
        { u"wrong-password"_s, u"sip"_s, u"wrong password"_s, true },
        { u"tls-too-old"_s, u"irc"_s, u"nothing newer than TLS 1.0"_s },
    };
    for (const Picture &picture : pictures) {
        theme::apply(picture.dark ? theme::Scheme::Dark : theme::Scheme::Light);
        const FaultResult result = examine(faultNamed(picture.protocol, picture.fault));
        QTemporaryDir profile;
        ManualClock clock;
        FakeEnvironment environment(clock);
        MemoryStore secrets;
        PluginRegistry registry({ QStringLiteral(LINCHPIN_BINARY_DIR "/plugins/linchpin") });
        registry.scan();
        AppSettings settings(profile.filePath(u"settings.json"_s));
        AccountStore store(profile.filePath(u"accounts.json"_s));
        AccountManager accounts(store, registry, secrets, environment);
        HistoryStore history(profile.filePath(u"history.sqlite"_s));
        ContactStore contacts(accounts, history, profile.filePath(u"persons.json"_s));
        ConversationStore chats(accounts, history);
        AccountConfig config;
        config.protocol = picture.protocol;
        config.name = u"Work"_s;
        config.settings = result.settings;
        const Result<AccountId> id = accounts.add(config, {});
        if (!id) {
            qFatal("%s", qPrintable(id.error().detail));
        }
        DoctorDialog dialog({ accounts, registry, contacts, chats, history, settings });
        dialog.showResult(*id, result.findings, result.verdict);
        dialog.show();
        (void)QTest::qWaitForWindowExposed(&dialog);
        QCoreApplication::processEvents();
        const QString file = QDir(folder).filePath(u"doctor-%1.png"_s.arg(picture.file));
        if (!dialog.grab().save(file)) {
            qFatal("%s cannot be written", qPrintable(file));
        }
        std::puts(qPrintable(file));
    }
    return 0;
}
