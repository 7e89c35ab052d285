// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// A whole profile into a whole profile: with the real protocols' schemas and a real history.

#include "core/accounts/accountmanager.h"
#include "core/accounts/accountstore.h"
#include "core/accounts/pluginregistry.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/history/historystore.h"
#include "core/import/importjob.h"
#include "core/models/messagelistmodel.h"
#include "core/secrets/memorystore.h"
#include "core/settings/appsettings.h"
#include "tests/support/fakeenvironment.h"
#include "tests/support/waited.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

const QString kProfile = QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/unit/import/data/purple");

/// The program without a window.
struct World {
    explicit World(const QString &folder)
        : settings(folder + u"/settings.json"_s)
        , accountStore(folder + u"/accounts.json"_s)
    {
        registry.scan();
        accounts = std::make_unique<AccountManager>(accountStore, registry, secrets, environment);
        history = std::make_unique<HistoryStore>(folder + u"/history.sqlite"_s);
        contacts = std::make_unique<ContactStore>(*accounts, *history, folder + u"/persons.json"_s);
        chats = std::make_unique<ConversationStore>(*accounts, *history);
        if (!waited(history->open()) || !accounts->load() || !waited(chats->load())) {
            qFatal("cannot begin");
        }
    }
    ~World()
    {
        [[maybe_unused]] const auto saved = waited(accounts->flush());
        chats.reset();
        contacts.reset();
        history.reset();
        accounts.reset();
    }

    ImportContext context()
    {
        return { *accounts, registry, *contacts, *chats, *history, settings };
    }

    ManualClock clock;
    FakeEnvironment environment { clock };
    MemoryStore secrets;
    PluginRegistry registry { { QStringLiteral(LINCHPIN_BINARY_DIR "/plugins/linchpin") } };
    AppSettings settings;
    AccountStore accountStore;
    std::unique_ptr<AccountManager> accounts;
    std::unique_ptr<HistoryStore> history;
    std::unique_ptr<ContactStore> contacts;
    std::unique_ptr<ConversationStore> chats;
};

ImportPlan planned(ImportJob &job)
{
    QSignalSpy done(&job, &ImportJob::planned);
    QSignalSpy failed(&job, &ImportJob::failed);
    job.plan();
    if (!QTest::qWaitFor([&] { return !done.isEmpty() || !failed.isEmpty(); }, 60'000)
        || done.isEmpty()) {
        qFatal("no plan");
    }
    return job.currentPlan();
}

ImportChoice everything(const ImportPlan &plan)
{
    ImportChoice choice;
    for (const PlannedAccount &account : plan.accounts) {
        choice.accounts.insert(account.imported.key);
    }
    return choice;
}

ImportReport applied(ImportJob &job, const ImportChoice &choice)
{
    std::optional<ImportReport> report;
    QObject::connect(
        &job, &ImportJob::finished, &job, [&](const ImportReport &finished) { report = finished; });
    job.apply(choice);
    if (!QTest::qWaitFor([&] { return report.has_value(); }, 60'000)) {
        qFatal("no end");
    }
    return *report;
}

ImportReport imported(World &world, const QString &path = kProfile)
{
    ImportJob job(world.context(), ImportSource::Pidgin, path);
    const ImportPlan plan = planned(job);
    return applied(job, everything(plan));
}

qint64 messagesIn(World &world)
{
    qint64 count = 0;
    const auto all = waited(world.history->conversations());
    for (const ConversationSummary &summary : *all) {
        MessagePlace place;
        for (bool more = true; more;) {
            const auto page = waited(world.history->after(summary.key, place, 1000));
            count += page->messages.size();
            more = page->hasNewer && !page->messages.isEmpty();
            if (more) {
                place = placeOf(page->messages.constLast());
            }
        }
    }
    return count;
}

/// A profile with so many messages, in logs of a hundred.
void makeLarge(const QString &folder, int messages)
{
    QDir().mkpath(folder);
    QFile::copy(kProfile + u"/accounts.xml"_s, folder + u"/accounts.xml"_s);
    const QString logs = folder + u"/logs/jabber/alice@alpha.test/bob@alpha.test"_s;
    QDir().mkpath(logs);
    for (int first = 0; first < messages; first += 100) {
        const QDateTime begin
            = QDateTime(QDate(2010, 1, 1), QTime(8, 0), QTimeZone::UTC).addDays(first / 100);
        QFile log(logs + begin.toString(u"/yyyy-MM-dd.hhmmss"_s) + u"+0000UTC.txt"_s);
        if (!log.open(QIODevice::WriteOnly)) {
            qFatal("%s", qPrintable(log.fileName()));
        }
        log.write("Conversation with bob\n");
        for (int i = 0; i < 100 && first + i < messages; ++i) {
            log.write(u"(%1) %2: wiadomość %3 こんにちは\n"_s
                    .arg(begin.addSecs(i).toString(u"hh:mm:ss"_s),
                        i % 2 == 0 ? u"alice"_s : u"bob@alpha.test"_s)
                    .arg(first + i)
                    .toUtf8());
        }
    }
}

QHash<QString, QByteArray> allFilesOf(const QString &folder)
{
    QHash<QString, QByteArray> files;
    QDirIterator it(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        if (file.open(QIODevice::ReadOnly)) {
            files.insert(file.fileName(), file.readAll());
        }
    }
    return files;
}

} // namespace

class ImportJobTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tellsWhatThereIs();
    void takesAWholeProfile();
    void takesTheRightSideOfAConversation();
    void twiceGivesNoDoubles();
    void knowsWhatCameFromTheNetwork();
    void theArchiveComesAfterwards();
    void aMessageOfTheNetworkCountsOnce();
    void whatWasTypedToServicesIsKeptNowhere();
    void whatIsOpenShowsIt();
    void takesOnlyWhatWasChosen();
    void cancelledInTheMiddle();
    void killedInBetween();
    void leavesTheOriginalAlone();
    void saysThatNothingIsThere();
    void unreadStaysUnread();
};

void ImportJobTest::tellsWhatThereIs()
{
    QTemporaryDir folder;
    World world(folder.path());
    ImportJob job(world.context(), ImportSource::Pidgin, kProfile);
    const ImportPlan plan = planned(job);
    QCOMPARE(plan.accounts.size(), 3);
    for (const PlannedAccount &account : plan.accounts) {
        QCOMPARE(account.refusal, QString());
        QCOMPARE(account.unmapped, QStringList()); // all of it is good for the real schemas
    }
    QCOMPARE(plan.accounts.at(2).settings.value(u"single-sign-on"_s), QVariant(true));
    QCOMPARE(plan.accounts.at(2).settings.origin(u"auth"_s), SettingOrigin::Imported);
    QCOMPARE(plan.conversations, 4);
    QCOMPARE(plan.messages, 5 * 15);
    QCOMPARE(plan.contacts, 4);
    QCOMPARE(plan.statuses.size(), 2);
    QVERIFY(!plan.notes.isEmpty()); // the .system folder
    QVERIFY(world.accounts->accounts().isEmpty()); // nothing was done
}

void ImportJobTest::takesAWholeProfile()
{
    QTemporaryDir folder;
    World world(folder.path());
    const ImportReport report = imported(world);
    QVERIFY(!report.error);
    QVERIFY(!report.cancelled);
    QCOMPARE(report.added.size(), 3);
    QCOMPARE(report.messages, 5 * 15);
    QCOMPARE(report.repeats, 0);
    QCOMPARE(report.statuses, 2);
    QCOMPARE(report.persons, 1);
    QCOMPARE(report.passwords, 2);
    QCOMPARE(report.passwordFiles, QStringList { kProfile + u"/accounts.xml"_s });
    QCOMPARE(messagesIn(world), 5 * 15);

    const Account *const sip = world.accounts->accountByName(u"alice@litwareinc.test"_s);
    QVERIFY(sip != nullptr);
    QCOMPARE(sip->config().settings.text(u"login"_s), u"LITWARE\\alice"_s);
    QCOMPARE(sip->config().settings.origin(u"login"_s), SettingOrigin::Imported);
    QVERIFY(!sip->config().enabled);
    QVERIFY(!sip->config().settings.contains(u"proxy-password"_s));
    QCOMPARE(*waited(world.secrets.read(sip->id().value + u"/proxy-password"_s)), u"pp"_s);
    const Account *const xmpp = world.accounts->accountByName(u"alice@alpha.test"_s);
    QVERIFY(xmpp != nullptr);
    QCOMPARE(*waited(world.secrets.read(xmpp->id().value + u"/password"_s)), u"s3cret"_s);
    const Account *const irc = world.accounts->accountByName(u"alice@irc.example.test"_s);
    QVERIFY(irc != nullptr);
    QCOMPARE(irc->config().settings.list(u"channels"_s), QStringList { u"#linchpin key"_s });
    QVERIFY(irc->config().state.value(u"contacts"_s).contains("carol"));

    // Bob is one person, with two addresses and the name he was given.
    const Person *const bob = world.contacts->personOf(xmpp->id(), { u"bob@alpha.test"_s });
    QVERIFY(bob != nullptr);
    QCOMPARE(bob->addresses.size(), 2);
    QCOMPARE(bob->alias, u"Robert"_s);
    QCOMPARE(world.contacts->groups(), QStringList { u"Współpracownicy"_s });
    const auto statuses = world.settings.remembered(u"saved-statuses"_s).toArray();
    QCOMPARE(statuses.size(), 2);

    // What was read years ago is not unread, and nobody says that it is complete.
    const auto conversations = waited(world.history->conversations());
    QCOMPARE(conversations->size(), 4);
    for (const ConversationSummary &summary : *conversations) {
        QCOMPARE(summary.unread, 0);
        QCOMPARE(waited(world.history->newest(summary.key, 100))->gaps.size(), 1);
        QVERIFY(world.chats->find(summary.key) != nullptr); // the list of conversations has them
    }
    const auto outbox = waited(world.history->outbox());
    QVERIFY(outbox->isEmpty()); // nothing of it is sent again
    SearchRequest request;
    request.words = u"gęślą"_s;
    QCOMPARE(waited(world.history->search(request))->size(), 5);
}

void ImportJobTest::takesTheRightSideOfAConversation()
{
    QTemporaryDir folder;
    World world(folder.path());
    imported(world);
    const Account *const xmpp = world.accounts->accountByName(u"alice@alpha.test"_s);
    const ConversationKey key { xmpp->id(), u"bob@alpha.test"_s, ConversationKind::Person };
    const auto page = waited(world.history->after(key, {}, 100));
    QCOMPARE(page->messages.size(), 30);
    const StoredMessage &delayed = page->messages.at(0); // from three days before
    QCOMPARE(delayed.sentAt, QDateTime(QDate(2012, 3, 3), QTime(18, 13, 10), QTimeZone::UTC));
    const StoredMessage &own = page->messages.at(2); // another came late in between
    QCOMPARE(own.direction, Direction::Out);
    QCOMPARE(own.from, u"alice@alpha.test"_s);
    QCOMPARE(own.delivery, DeliveryState::Sent);
    const StoredMessage &bobs = page->messages.at(3);
    QCOMPARE(bobs.from, u"bob@alpha.test"_s);
    QCOMPARE(bobs.fromName, u"Bob (work)"_s);
    QVERIFY(!bobs.body.isPlain());
    const Account *const irc = world.accounts->accountByName(u"alice@irc.example.test"_s);
    const auto room = waited(
        world.history->after({ irc->id(), u"#linchpin"_s, ConversationKind::Room }, {}, 100));
    QCOMPARE(room->messages.size(), 15);
    QCOMPARE(room->messages.at(1).kind, MessageKind::Room);
    QCOMPARE(room->messages.at(1).from, u"alice"_s);
}

void ImportJobTest::twiceGivesNoDoubles()
{
    QTemporaryDir folder;
    World world(folder.path());
    imported(world);
    const ImportReport again = imported(world);
    QCOMPARE(again.added, QStringList());
    QCOMPARE(again.known.size(), 3);
    QCOMPARE(again.messages, 0);
    QCOMPARE(again.repeats, 5 * 15);
    QCOMPARE(again.statuses, 0);
    QCOMPARE(again.persons, 0);
    QCOMPARE(world.accounts->accounts().size(), 3);
    QCOMPARE(messagesIn(world), 5 * 15);
    const auto conversations = waited(world.history->conversations());
    for (const ConversationSummary &summary : *conversations) {
        QCOMPARE(waited(world.history->newest(summary.key, 100))->gaps.size(), 1);
    }
}

void ImportJobTest::knowsWhatCameFromTheNetwork()
{
    QTemporaryDir folder;
    World world(folder.path());
    AccountConfig config;
    config.protocol = u"xmpp"_s;
    config.name = u"home"_s;
    config.settings.set(u"address"_s, u"Alice@alpha.test"_s);
    const auto id = world.accounts->add(config, {});
    QVERIFY(id);
    // The archive of the server had this line, by its own clock.
    StoredMessage message;
    message.conversation = { *id, u"bob@alpha.test"_s, ConversationKind::Person };
    message.direction = Direction::Out;
    message.from = u"alice@alpha.test"_s;
    message.remoteId = u"x1"_s;
    message.body = RichText::fromPlain(u"Zażółć gęślą jaźń"_s);
    message.sentAt = QDateTime(QDate(2012, 3, 6), QTime(18, 13, 7), QTimeZone::UTC);
    message.receivedAt = message.sentAt;
    message.delivery = DeliveryState::Sent;
    QVERIFY(waited(world.history->append(message)));
    const ImportReport report = imported(world);
    QCOMPARE(report.known, QStringList { u"home"_s });
    QCOMPARE(report.added.size(), 2);
    QCOMPARE(report.repeats, 1);
    QCOMPARE(report.messages, 5 * 15 - 1);
    // The account stays as it was.
    QVERIFY(!world.accounts->accountByName(u"home"_s)->config().settings.contains(u"resource"_s));
}

void ImportJobTest::theArchiveComesAfterwards()
{
    QTemporaryDir folder;
    World world(folder.path());
    imported(world);
    const qint64 before = messagesIn(world);
    const Account *const xmpp = world.accounts->accountByName(u"alice@alpha.test"_s);
    StoredMessage message;
    message.conversation = { xmpp->id(), u"bob@alpha.test"_s, ConversationKind::Person };
    message.from = u"bob@alpha.test"_s;
    message.remoteId = u"r1"_s;
    message.serverId = u"s1"_s;
    message.fromArchive = true;
    message.body = RichText::fromPlain(u"dances"_s);
    message.sentAt = QDateTime(QDate(2012, 3, 6), QTime(18, 13, 20, 250), QTimeZone::UTC);
    const auto repeat = waited(world.history->append(message));
    QVERIFY(repeat->duplicate);
    QCOMPARE(messagesIn(world), before);
    QCOMPARE(waited(world.history->message(repeat->id))->serverId, u"s1"_s);
    // The same words once more are new ones, and so are those that just came.
    message.remoteId = u"r2"_s;
    message.serverId = u"s2"_s;
    QVERIFY(!waited(world.history->append(message))->duplicate);
    message.remoteId = u"r3"_s;
    message.serverId = u"s3"_s;
    message.fromArchive = false;
    message.body = RichText::fromPlain(u"psst"_s);
    QVERIFY(!waited(world.history->append(message))->duplicate);
    // An import that is repeated knows it by either.
    QCOMPARE(imported(world).messages, 0);
}

void ImportJobTest::aMessageOfTheNetworkCountsOnce()
{
    QTemporaryDir folder;
    const QString purple = folder.filePath(u"purple"_s);
    const QString logs = purple + u"/logs/jabber/alice@alpha.test/bob@alpha.test"_s;
    QVERIFY(QDir().mkpath(logs));
    QVERIFY(QFile::copy(kProfile + u"/accounts.xml"_s, purple + u"/accounts.xml"_s));
    // Said twice within a minute, in two logs; the network brought only the first.
    const auto write = [&](const QString &name, const QByteArray &line) {
        QFile log(logs + u'/' + name);
        QVERIFY(log.open(QIODevice::WriteOnly));
        log.write("Conversation with bob\n" + line);
    };
    write(u"2012-03-06.191310+0000UTC.txt"_s, "(19:13:10) bob@alpha.test: ok\n"_ba);
    write(u"2012-03-06.191340+0000UTC.txt"_s, "(19:13:40) bob@alpha.test: ok\n"_ba);
    World world(folder.path());
    AccountConfig config;
    config.protocol = u"xmpp"_s;
    config.settings.set(u"address"_s, u"alice@alpha.test"_s);
    const auto id = world.accounts->add(config, {});
    StoredMessage message;
    message.conversation = { *id, u"bob@alpha.test"_s, ConversationKind::Person };
    message.from = u"bob@alpha.test"_s;
    message.remoteId = u"x1"_s;
    message.body = RichText::fromPlain(u"ok"_s);
    message.sentAt = QDateTime(QDate(2012, 3, 6), QTime(19, 13, 11), QTimeZone::UTC);
    message.receivedAt = message.sentAt;
    QVERIFY(waited(world.history->append(message)));
    const ImportReport report = imported(world, purple);
    QCOMPARE(report.repeats, 1);
    QCOMPARE(report.messages, 1);
    QCOMPARE(messagesIn(world), 2);
}

void ImportJobTest::whatWasTypedToServicesIsKeptNowhere()
{
    QTemporaryDir folder;
    const QString purple = folder.filePath(u"purple"_s);
    const QString logs = purple + u"/logs/irc/alice@irc.example.test/nickserv"_s;
    QVERIFY(QDir().mkpath(logs));
    QVERIFY(QFile::copy(kProfile + u"/accounts.xml"_s, purple + u"/accounts.xml"_s));
    QFile log(logs + u"/2012-03-06.191310+0000UTC.txt"_s);
    QVERIFY(log.open(QIODevice::WriteOnly));
    log.write("Conversation with nickserv\n(19:13:10) alice: identify kanarek\n"
              "(19:13:11) nickserv: Password accepted.\n");
    log.close();
    World world(folder.path());
    QCOMPARE(imported(world, purple).messages, 2);
    const Account *const irc = world.accounts->accountByName(u"alice@irc.example.test"_s);
    QVERIFY(irc != nullptr);
    const auto page = waited(
        world.history->after({ irc->id(), u"nickserv"_s, ConversationKind::Person }, {}, 10));
    QCOMPARE(page->messages.size(), 2);
    QCOMPARE(page->messages.at(0).direction, Direction::Out);
    QVERIFY(!page->messages.at(0).body.plain().contains(u"kanarek"_s));
    QVERIFY(page->messages.at(0).body.plain().contains(u"identify"_s, Qt::CaseInsensitive));
    // Also so, it is known again.
    QCOMPARE(imported(world, purple).messages, 0);
}

void ImportJobTest::whatIsOpenShowsIt()
{
    QTemporaryDir folder;
    World world(folder.path());
    AccountConfig config;
    config.protocol = u"xmpp"_s;
    config.settings.set(u"address"_s, u"alice@alpha.test"_s);
    const auto id = world.accounts->add(config, {});
    Conversation *const open
        = world.chats->ensure({ *id, u"bob@alpha.test"_s, ConversationKind::Person });
    MessageListModel model(*world.history, *open);
    QSignalSpy ready(&model, &MessageListModel::ready);
    model.openNewest();
    QTRY_COMPARE(ready.size(), 1);
    QCOMPARE(model.rowCount(), 0);
    imported(world);
    QTRY_VERIFY(model.rowCount() >= 30);
}

void ImportJobTest::takesOnlyWhatWasChosen()
{
    QTemporaryDir folder;
    World world(folder.path());
    ImportJob job(world.context(), ImportSource::Pidgin, kProfile);
    const ImportPlan plan = planned(job);
    ImportChoice choice;
    choice.accounts = { plan.accounts.at(0).imported.key };
    choice.logs = false;
    choice.contacts = false;
    choice.statuses = false;
    const ImportReport report = applied(job, choice);
    QCOMPARE(report.added, QStringList { u"alice@alpha.test"_s });
    QCOMPARE(report.messages, 0);
    QCOMPARE(report.contacts, 0);
    QCOMPARE(report.statuses, 0);
    QCOMPARE(messagesIn(world), 0);
}

void ImportJobTest::cancelledInTheMiddle()
{
    QTemporaryDir folder;
    const QString large = folder.filePath(u"large"_s);
    constexpr int kMessages = 20'000;
    makeLarge(large, kMessages);
    World world(folder.path());
    {
        ImportJob job(world.context(), ImportSource::Pidgin, large);
        const ImportPlan plan = planned(job);
        QCOMPARE(plan.messages, kMessages);
        connect(&job, &ImportJob::progress, &job, [&job](qint64 done, qint64) {
            if (done >= 3000) {
                job.cancel();
            }
        });
        const ImportReport report = applied(job, everything(plan));
        QVERIFY(report.cancelled);
        QVERIFY(!report.error);
        QVERIFY(report.messages >= 3000);
        QVERIFY(report.messages < kMessages);
        QCOMPARE(messagesIn(world), report.messages);
    }
    // Once more takes the rest, each once.
    const ImportReport rest = imported(world, large);
    QCOMPARE(rest.messages + rest.repeats, kMessages);
    QCOMPARE(messagesIn(world), kMessages);
    // And while it plans.
    ImportJob job(world.context(), ImportSource::Pidgin, large);
    QSignalSpy failed(&job, &ImportJob::failed);
    job.plan();
    job.cancel();
    QVERIFY(failed.wait(60'000));
    QCOMPARE(failed.at(0).at(0).value<Error>().code, u"cancelled"_s);
}

void ImportJobTest::killedInBetween()
{
    QTemporaryDir folder;
    const QString large = folder.filePath(u"large"_s);
    constexpr int kMessages = 10'000;
    makeLarge(large, kMessages);
    {
        World world(folder.path());
        auto job = std::make_unique<ImportJob>(world.context(), ImportSource::Pidgin, large);
        const ImportPlan plan = planned(*job);
        bool far = false;
        connect(job.get(), &ImportJob::progress, job.get(),
            [&far](qint64 done, qint64) { far = far || done >= 2000; });
        job->apply(everything(plan));
        QVERIFY(QTest::qWaitFor([&] { return far; }, 60'000));
        job.reset(); // nobody hears of the end: no gaps, no report
    }
    World world(folder.path());
    const qint64 before = messagesIn(world);
    QVERIFY(before >= 2000 && before < kMessages);
    QCOMPARE(world.accounts->accounts().size(), 3);
    imported(world, large);
    QCOMPARE(messagesIn(world), kMessages);
    const auto conversations = waited(world.history->conversations());
    QCOMPARE(conversations->constFirst().unread, 0);
}

void ImportJobTest::leavesTheOriginalAlone()
{
    QTemporaryDir folder;
    const auto before = allFilesOf(kProfile);
    QVERIFY(before.size() >= 9);
    World world(folder.path());
    imported(world);
    QCOMPARE(allFilesOf(kProfile), before);
}

void ImportJobTest::saysThatNothingIsThere()
{
    QTemporaryDir folder;
    World world(folder.path());
    ImportJob job(world.context(), ImportSource::Pidgin, folder.filePath(u"missing"_s));
    QSignalSpy failed(&job, &ImportJob::failed);
    job.plan();
    QVERIFY(failed.wait(60'000));
    QCOMPARE(failed.at(0).at(0).value<Error>().code, u"import-nothing-found"_s);
}

void ImportJobTest::unreadStaysUnread()
{
    QTemporaryDir folder;
    World world(folder.path());
    AccountConfig config;
    config.protocol = u"xmpp"_s;
    config.settings.set(u"address"_s, u"alice@alpha.test"_s);
    const auto id = world.accounts->add(config, {});
    StoredMessage message;
    message.conversation = { *id, u"bob@alpha.test"_s, ConversationKind::Person };
    message.from = u"bob@alpha.test"_s;
    message.body = RichText::fromPlain(u"new"_s);
    message.sentAt = QDateTime(QDate(2026, 3, 6), QTime(18, 13, 7), QTimeZone::UTC);
    message.receivedAt = message.sentAt;
    QVERIFY(waited(world.history->append(message)));
    imported(world);
    QCOMPARE(waited(world.history->conversation(message.conversation))->unread, 1);
}

QTEST_GUILESS_MAIN(ImportJobTest)
#include "tst_importjob.moc"
