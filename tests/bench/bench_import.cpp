// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Moving in with 100,000 messages of Pidgin's: read twice (once to tell how many there are), told
// apart from what the history has, and written.

#include "core/accounts/accountmanager.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/history/historystore.h"
#include "core/import/importjob.h"
#include "core/secrets/memorystore.h"
#include "core/settings/appsettings.h"
#include "tests/bench/bench.h"
#include "tests/support/fakeenvironment.h"
#include "tests/support/fakeplugin.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

constexpr int kALog = 100;

void makeProfile(const QString &folder, int messages)
{
    QDir().mkpath(folder);
    QFile accounts(folder + u"/accounts.xml"_s);
    if (!accounts.open(QIODevice::WriteOnly)) {
        qFatal("%s", qPrintable(accounts.fileName()));
    }
    accounts.write("<account version='1.0'><account><protocol>prpl-jabber</protocol>"
                   "<name>alice@alpha.test/Home</name></account></account>");
    for (int first = 0; first < messages; first += kALog) {
        const int person = first / kALog % 50;
        const QString logs
            = u"%1/logs/jabber/alice@alpha.test/bob%2@alpha.test"_s.arg(folder).arg(person);
        QDir().mkpath(logs);
        const QDateTime begin
            = QDateTime(QDate(2010, 1, 1), QTime(8, 0), QTimeZone::UTC).addDays(first / kALog);
        QFile log(logs + begin.toString(u"/yyyy-MM-dd.hhmmss"_s) + u"+0000UTC.html"_s);
        if (!log.open(QIODevice::WriteOnly)) {
            qFatal("%s", qPrintable(log.fileName()));
        }
        log.write("<!DOCTYPE HTML><html><head><title>Conversation</title></head><body><p>\n");
        for (int i = 0; i < kALog && first + i < messages; ++i) {
            const bool own = i % 2 == 0;
            log.write(u"<span style=\"color: %1\"><span style=\"font-size: smaller\">(%2)</span> "
                      u"<b>%3:</b></span> "
                      "<span style='font-weight: bold;'>word%4</span> and some more of it, see "
                      "<a href=\"http://example.test/%4\">here</a><br>\n"_s
                          .arg(own ? u"#16569E"_s : u"#A82F2F"_s,
                              begin.addSecs(qint64 { i } * 20).toString(u"hh:mm:ss"_s),
                              own ? u"alice"_s : u"bob"_s, QString::number(first + i))
                          .toUtf8());
        }
        log.write("</p></body></html>\n");
    }
}

} // namespace

void importing()
{
    const int count = isQuick() ? 10'000 : 100'000;
    QTemporaryDir folder;
    makeProfile(folder.filePath(u"purple"_s), count);

    test::ManualClock clock;
    test::FakeEnvironment environment { clock };
    MemoryStore secrets;
    PluginRegistry registry { {} };
    registry.add(std::make_unique<test::FakePlugin>(u"xmpp"_s));
    AppSettings settings(folder.filePath(u"settings.json"_s));
    AccountStore store(folder.filePath(u"accounts.json"_s));
    AccountManager accounts(store, registry, secrets, environment);
    HistoryStore history(folder.filePath(u"history.sqlite"_s));
    ContactStore contacts(accounts, history, folder.filePath(u"persons.json"_s));
    ConversationStore chats(accounts, history);
    const auto opening = history.open();
    const auto until = [](const std::function<bool()> &done) {
        while (!done()) {
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        }
    };
    until([&] { return opening.isFinished(); });

    const auto run = [&](double &planning, double &taking) {
        ImportJob job({ accounts, registry, contacts, chats, history, settings },
            ImportSource::Pidgin, folder.filePath(u"purple"_s));
        bool planned = false;
        bool finished = false;
        ImportReport report;
        QObject::connect(&job, &ImportJob::planned, &job, [&] { planned = true; });
        QObject::connect(&job, &ImportJob::finished, &job, [&](const ImportReport &done) {
            finished = true;
            report = done;
        });
        planning = millisecondsOf([&] {
            job.plan();
            until([&] { return planned; });
        });
        ImportChoice choice;
        for (const PlannedAccount &account : job.currentPlan().accounts) {
            choice.accounts.insert(account.imported.key);
        }
        taking = millisecondsOf([&] {
            job.apply(choice);
            until([&] { return finished; });
        });
        if (report.messages + report.repeats != count) {
            qFatal("%lld of %d messages", static_cast<long long>(report.messages), count);
        }
    };
    double planning = 0;
    double taking = 0;
    run(planning, taking);
    print({ u"import-plan"_s, count / planning * 1000, u"messages/s"_s, {} });
    print({ u"import-take"_s, count / taking * 1000, u"messages/s"_s,
        { { u"seconds-for-100000"_s, taking / count * 100 } } });
    run(planning, taking);
    print({ u"import-again"_s, count / taking * 1000, u"messages/s"_s, {} });
}

} // namespace linchpin::bench
