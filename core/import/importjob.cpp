// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/importjob.h"

#include "core/accounts/accountmanager.h"
#include "core/accounts/pluginregistry.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/history/historystore.h"
#include "core/import/importwriter.h"
#include "core/net/sharedrows.h"
#include "core/settings/appsettings.h"

#include <QSemaphore>
#include <QThread>
#include <QUuid>

#include <algorithm>
#include <atomic>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr qsizetype kBatch = 1000; ///< messages handed over at once
constexpr int kBatchesAhead = 4;
constexpr int kColors = 10; ///< of accounts
constexpr qsizetype kMostNotes = 2000;

/// Values as the plugin's schema wants them; what it refuses goes to `unmapped`.
void mapSettings(const SettingsSchema &schema, PlannedAccount &planned)
{
    planned.unmapped = planned.imported.unmapped;
    planned.settings.set(u"address"_s, planned.address, SettingOrigin::Imported);
    const QMap<QString, QString> &given = planned.imported.settings;
    for (auto it = given.cbegin(); it != given.cend(); ++it) {
        const SettingField *const field = schema.field(it.key());
        if (field != nullptr && field->type == SettingType::Secret) {
            planned.unmapped.append(it.key()); // its value is nothing to show
            continue;
        }
        if (field == nullptr) {
            planned.unmapped.append(it.key() + u" = "_s + it.value());
            continue;
        }
        const Result<QVariant> value = SettingsSchema::parse(*field, it.value());
        if (!value) {
            planned.unmapped.append(it.key() + u" = "_s + it.value());
        } else if (*value != field->defaultValue) {
            planned.settings.set(field->key, *value, SettingOrigin::Imported);
        }
    }
    // A value may be none in company of the others: then it stays out, the account need not.
    const QList<SettingProblem> problems = schema.problems(planned.settings);
    for (const SettingProblem &problem : problems) {
        if (problem.key == "address"_L1) {
            planned.refusal = problem.text;
        } else if (planned.settings.contains(problem.key)) {
            planned.unmapped.append(u"%1 = %2 (%3)"_s.arg(
                problem.key, planned.settings.text(problem.key), problem.text));
            planned.settings.remove(problem.key);
        }
    }
}

ContactSnapshot snapshotOf(const ImportedContact &contact, const QString &address)
{
    ContactSnapshot snapshot;
    snapshot.address = { address };
    snapshot.name = contact.name;
    snapshot.groups = contact.groups;
    snapshot.blocked = contact.blocked;
    return snapshot;
}

} // namespace

/// The reader's thread: what lives there is made, used and destroyed there.
class ImportJob::Private {
public:
    Private(ImportContext importContext, ImportSource importSource, QString importPath)
        : context(importContext)
        , source(importSource)
        , path(std::move(importPath))
    {
        thread.setObjectName(u"import"_s);
        QObject::connect(
            &thread, &QThread::finished, &worker, [this] { reader.reset(); }, Qt::DirectConnection);
        worker.moveToThread(&thread);
        thread.start(QThread::LowPriority);
    }
    ~Private()
    {
        cancelled = true;
        thread.quit();
        thread.wait();
    }

    template <class Work> void inThread(Work work)
    {
        QMetaObject::invokeMethod(&worker, std::move(work), Qt::QueuedConnection);
    }

    void readProfile(ImportJob *job);
    void count(ImportJob *job, ImportedProfile &found) const;
    void readLogs(ImportJob *job, const QList<ImportedLog> &logs);
    bool handOver(ImportJob *job, QList<ImportPart> &parts);
    void takeBatch(ImportJob *job, const QList<ImportPart> &parts);
    void writeNext(ImportJob *job);
    AccountId idFor(const PlannedAccount &account) const;
    /// The contacts of an account, by its key, as the other program writes them.
    QList<ContactSnapshot> contactsOf(const QString &key) const;

    ImportContext context;
    ImportSource source;
    QString path;
    std::atomic<bool> cancelled = false;

    // The reader's thread only.
    std::unique_ptr<ImportReader> reader;
    QSemaphore room { kBatchesAhead };

    ImportedProfile profile;
    ImportPlan plan;
    ImportChoice choice;
    ImportReport report;
    QHash<QString, AccountId> ids; ///< by ImportedAccount::key
    QSet<QString> fresh; ///< keys of accounts made by this import
    std::unique_ptr<ImportWriter> writer;
    QList<QList<ImportPart>> batches;
    bool writing = false;
    bool readingDone = false;
    qint64 handled = 0;
    bool ended = false;

    QObject worker;
    QThread thread;
};

// In the reader's thread -------------------------------------------------------------------------

void ImportJob::Private::readProfile(ImportJob *job)
{
    reader = makeImportReader(source, path);
    auto result = std::make_shared<Result<ImportedProfile>>(reader->profile(cancelled));
    if (*result) {
        count(job, **result);
    }
    QMetaObject::invokeMethod(job, [job, result] { job->takePlan(*result); }, Qt::QueuedConnection);
}

void ImportJob::Private::count(ImportJob *job, ImportedProfile &found) const
{
    qint64 counted = 0;
    qint64 told = 0;
    for (ImportedLog &log : found.logs) {
        if (log.messages < 0) {
            log.messages = 0;
            const auto read = reader->messages(
                log,
                [&](ImportedMessage &&) {
                    ++log.messages;
                    return !cancelled;
                },
                found.notes);
            if (!read) {
                found.notes.append({ log.file, 0, read.error().title });
            }
        }
        counted += log.messages;
        if (cancelled) {
            return;
        }
        if (counted - told >= 5000) {
            told = counted;
            QMetaObject::invokeMethod(
                job, [job, counted] { Q_EMIT job->progress(counted, 0); }, Qt::QueuedConnection);
        }
    }
}

/// Waits until the history has caught up; false when the import was cancelled.
bool ImportJob::Private::handOver(ImportJob *job, QList<ImportPart> &parts)
{
    if (parts.isEmpty()) {
        return !cancelled;
    }
    while (!room.tryAcquire(1, 50ms)) {
        if (cancelled) {
            return false;
        }
    }
    QMetaObject::invokeMethod(
        job, [this, job, batch = std::exchange(parts, {})] { takeBatch(job, batch); },
        Qt::QueuedConnection);
    return !cancelled;
}

void ImportJob::Private::readLogs(ImportJob *job, const QList<ImportedLog> &logs)
{
    QList<ImportPart> parts;
    qsizetype size = 0;
    QList<ImportNote> notes;
    for (const ImportedLog &log : logs) {
        if (cancelled) {
            break;
        }
        ImportPart part { log, {} };
        const auto read = reader->messages(
            log,
            [&](ImportedMessage &&message) {
                part.messages.append(std::move(message));
                if (++size < kBatch) {
                    return !cancelled;
                }
                parts.append(std::exchange(part, { log, {} }));
                size = 0;
                return handOver(job, parts);
            },
            notes);
        if (!read) {
            notes.append({ log.file, 0, read.error().title });
        }
        if (!part.messages.isEmpty()) {
            parts.append(part);
        }
    }
    handOver(job, parts);
    QMetaObject::invokeMethod(
        job,
        [this, job, notes] {
            readingDone = true;
            for (const ImportNote &note : notes) {
                if (!report.notes.contains(note) && report.notes.size() < kMostNotes) {
                    report.notes.append(note);
                }
            }
            writeNext(job);
        },
        Qt::QueuedConnection);
}

// In the main thread -----------------------------------------------------------------------------

void ImportJob::Private::takeBatch(ImportJob *job, const QList<ImportPart> &parts)
{
    batches.append(parts);
    writeNext(job);
}

void ImportJob::Private::writeNext(ImportJob *job)
{
    if (writing) {
        return;
    }
    if (cancelled && !batches.isEmpty()) {
        room.release(static_cast<int>(batches.size()));
        batches.clear();
    }
    if (batches.isEmpty()) {
        if (readingDone) {
            job->finish();
        }
        return;
    }
    writing = true;
    const QList<ImportPart> parts = batches.takeFirst();
    qint64 count = 0;
    for (const ImportPart &part : parts) {
        count += part.messages.size();
    }
    writer->write(parts, [this, job, count](const Result<void> &written) {
        writing = false;
        room.release();
        handled += count;
        if (!written) {
            report.error = written.error();
            cancelled = true;
        }
        Q_EMIT job->progress(handled, plan.messages);
        // Not in the depth of this call: batches that are known answer at once.
        QMetaObject::invokeMethod(job, [this, job] { writeNext(job); }, Qt::QueuedConnection);
    });
}

ImportJob::ImportJob(
    ImportContext context, ImportSource source, const QString &path, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(context, source, path))
{
}

ImportJob::~ImportJob() = default;

const ImportPlan &ImportJob::currentPlan() const
{
    return d->plan;
}

void ImportJob::plan()
{
    d->inThread([this] { d->readProfile(this); });
}

void ImportJob::cancel()
{
    d->cancelled = true;
}

QList<ContactSnapshot> ImportJob::Private::contactsOf(const QString &key) const
{
    QList<ContactSnapshot> contacts;
    for (const ImportedContact &contact : profile.contacts) {
        if (contact.account == key) {
            contacts.append(snapshotOf(contact, contact.address));
        }
    }
    return contacts;
}

AccountId ImportJob::Private::idFor(const PlannedAccount &account) const
{
    const QList<Account *> all = context.accounts.accounts();
    const auto found = std::ranges::find_if(all, [&](const Account *known) {
        return known->config().protocol == account.imported.protocol
            && known->address().compare(account.address, Qt::CaseInsensitive) == 0;
    });
    return found == all.cend() ? AccountId {} : (*found)->id();
}

void ImportJob::takePlan(const Result<ImportedProfile> &profile)
{
    if (d->cancelled) {
        Error error = profile ? Error {} : profile.error();
        error.kind = Error::Kind::Cancelled;
        error.code = u"cancelled"_s;
        error.title = tr("The import was cancelled.");
        Q_EMIT failed(error);
        return;
    }
    if (!profile) {
        Q_EMIT failed(profile.error());
        return;
    }
    d->profile = *profile;
    ImportPlan &plan = d->plan;
    plan.source = d->source;
    plan.path = d->path;
    plan.statuses = profile->statuses;
    plan.notes = profile->notes.mid(0, kMostNotes);
    QHash<QString, qsizetype> rows;
    for (const ImportedAccount &imported : profile->accounts) {
        PlannedAccount planned;
        planned.imported = imported;
        planned.hasPassword = imported.secrets.contains(u"password"_s);
        const ProtocolPlugin *const plugin = d->context.plugins.plugin(imported.protocol);
        if (plugin == nullptr) {
            planned.refusal = tr("The protocol \"%1\" is not installed.").arg(imported.protocol);
        } else if (const auto address = plugin->normalizedAddress(imported.address); !address) {
            planned.refusal = address.error().title;
        } else {
            planned.address = *address;
            mapSettings(fullSchema(*plugin), planned);
            if (const AccountId id = d->idFor(planned); !id.isNull()) {
                planned.known = d->context.accounts.account(id)->name();
            }
        }
        rows.insert(imported.key, plan.accounts.size());
        plan.accounts.append(planned);
    }
    for (const ImportedContact &contact : profile->contacts) {
        if (const auto row = rows.constFind(contact.account); row != rows.constEnd()) {
            ++plan.accounts[*row].contacts;
            ++plan.contacts;
        }
    }
    QSet<QString> conversations;
    for (const ImportedLog &log : profile->logs) {
        const auto row = rows.constFind(log.account);
        if (row == rows.constEnd() || log.messages <= 0) {
            continue;
        }
        PlannedAccount &account = plan.accounts[*row];
        account.messages += log.messages;
        plan.messages += log.messages;
        const QString name = log.account + u'\n' + log.with.toLower();
        if (!conversations.contains(name)) {
            conversations.insert(name);
            ++account.conversations;
            ++plan.conversations;
        }
    }
    Q_EMIT planned(plan);
}

void ImportJob::apply(const ImportChoice &choice)
{
    d->choice = choice;
    d->report.notes = d->plan.notes;
    d->writer = std::make_unique<ImportWriter>(d->context.history);
    d->writer->begin([this](const Result<void> &begun) {
        if (!begun || d->cancelled) {
            if (!begun) {
                d->report.error = begun.error();
            }
            finish();
            return;
        }
        addAccounts();
        addStatuses();
        addContacts();
        // First the accounts on disk, then their messages: whatever happens in between, the next
        // import finds both together.
        d->context.accounts.flush().then(this, [this](const Result<void> &written) {
            if (!written && written.error().code == "write-failed"_L1) {
                d->report.error = written.error();
                finish();
                return;
            }
            if (!written) { // passwords: the accounts go without, they are asked for
                d->report.notes.append({ d->path, 0, written.error().title });
                d->report.passwords = 0;
            }
            readLogs();
        });
    });
}

void ImportJob::addAccounts()
{
    for (const PlannedAccount &planned : std::as_const(d->plan.accounts)) {
        const QString &key = planned.imported.key;
        if (!d->choice.accounts.contains(key) || !planned.refusal.isEmpty()) {
            continue;
        }
        if (!planned.imported.secretsFile.isEmpty()
            && !d->report.passwordFiles.contains(planned.imported.secretsFile)) {
            d->report.passwordFiles.append(planned.imported.secretsFile);
        }
        const ProtocolPlugin *const plugin = d->context.plugins.plugin(planned.imported.protocol);
        AccountId id = d->idFor(planned);
        if (!id.isNull()) {
            d->report.known.append(d->context.accounts.account(id)->name());
        } else {
            AccountConfig config;
            config.id.value = QUuid::createUuid().toString(QUuid::WithoutBraces);
            config.protocol = planned.imported.protocol;
            config.name = planned.imported.name;
            if (d->context.accounts.accountByName(config.name) != nullptr) {
                config.name.clear(); // the address, then
            }
            config.enabled = planned.imported.enabled;
            config.color = static_cast<int>(d->context.accounts.accounts().size()) % kColors;
            config.settings = planned.settings;
            if (d->choice.contacts) {
                config.state = plugin->stateWithContacts(config.settings, d->contactsOf(key));
            }
            const auto added = d->context.accounts.add(config, planned.imported.secrets);
            if (!added) {
                d->report.notes.append({ planned.imported.address, 0,
                    added.error().title + u' ' + added.error().detail });
                continue;
            }
            id = *added;
            d->fresh.insert(key);
            d->report.added.append(d->context.accounts.account(id)->name());
            d->report.passwords += static_cast<int>(planned.imported.secrets.size());
        }
        d->ids.insert(key, id);
        d->writer->setAccount(key, id, planned.address, *plugin);
    }
}

void ImportJob::addStatuses()
{
    if (!d->choice.statuses || d->profile.statuses.isEmpty()) {
        return;
    }
    QList<SavedStatus> statuses
        = savedStatusesFromJson(d->context.settings.remembered(u"saved-statuses"_s).toArray());
    for (const SavedStatus &status : std::as_const(d->profile.statuses)) {
        if (std::ranges::find(statuses, status.name, &SavedStatus::name) == statuses.end()) {
            statuses.append(status);
            ++d->report.statuses;
        }
    }
    d->context.settings.remember(u"saved-statuses"_s, savedStatusesToJson(statuses));
}

/// People of new accounts are shown until the network answers, like those of the last run; lists
/// kept by a server are its own business. Who was one person stays one.
void ImportJob::addContacts()
{
    if (!d->choice.contacts) {
        return;
    }
    QHash<AccountId, QList<ContactSnapshot>> lists;
    QHash<int, QList<PersonAddress>> persons;
    QHash<int, QString> names;
    QList<std::pair<PersonAddress, QString>> aliases; // of those who have one address
    for (const ImportedContact &contact : std::as_const(d->profile.contacts)) {
        const AccountId id = d->ids.value(contact.account);
        const Account *const account = d->context.accounts.account(id);
        if (account == nullptr || account->plugin() == nullptr) {
            continue;
        }
        const Result<QString> address = account->plugin()->normalizedAddress(contact.address);
        if (!address) {
            d->report.notes.append({ contact.address, 0, address.error().title });
            continue;
        }
        if (contact.person >= 0) {
            persons[contact.person].append({ id, { *address } });
            names.insert(contact.person, contact.personName);
        } else if (!contact.personName.isEmpty() && contact.personName != contact.name) {
            aliases.append({ { id, { *address } }, contact.personName });
        }
        if (d->fresh.contains(contact.account)) {
            lists[id].append(snapshotOf(contact, *address));
        }
    }
    for (auto it = lists.cbegin(); it != lists.cend(); ++it) {
        d->report.contacts += static_cast<int>(it->size());
        d->context.history.cacheContacts(it.key(), *it);
    }
    d->context.contacts.loadCached();
    // The history answers in order: after this, the contacts are there.
    d->context.history.conversations().then(
        this, [this, persons, names, aliases](const Result<QList<ConversationSummary>> &) {
            ContactStore &contacts = d->context.contacts;
            for (const auto &[address, alias] : aliases) {
                const Person *const person = contacts.personOf(address.account, address.address);
                if (person != nullptr && person->alias.isEmpty()) {
                    contacts.setAlias(person->id, alias);
                }
            }
            for (auto it = persons.cbegin(); it != persons.cend(); ++it) {
                QList<PersonId> ids;
                for (const PersonAddress &address : *it) {
                    const Person *const person
                        = contacts.personOf(address.account, address.address);
                    if (person != nullptr && !ids.contains(person->id)) {
                        ids.append(person->id);
                    }
                }
                if (ids.size() < 2) {
                    continue; // one person already, or only one of them is here
                }
                const PersonId merged = contacts.merge(ids);
                if (!merged.isNull()) {
                    ++d->report.persons;
                    if (!names.value(it.key()).isEmpty()) {
                        contacts.setAlias(merged, names.value(it.key()));
                    }
                }
            }
        });
}

void ImportJob::readLogs()
{
    QList<ImportedLog> logs;
    if (d->choice.logs) {
        for (const ImportedLog &log : std::as_const(d->profile.logs)) {
            if (d->ids.contains(log.account) && log.messages > 0) {
                logs.append(log);
            }
        }
    }
    d->inThread([this, logs] { d->readLogs(this, logs); });
}

void ImportJob::finish()
{
    if (std::exchange(d->ended, true)) {
        return;
    }
    d->writer->finish([this](const Result<void> &done) {
        ImportReport &report = d->report;
        if (!done && !report.error) {
            report.error = done.error();
        }
        report.messages = d->writer->messagesWritten();
        report.repeats = d->writer->messagesKnown();
        report.conversations = static_cast<int>(d->writer->conversations().size());
        report.cancelled = d->cancelled && !report.error;
        if (d->writer->messagesUnplaced() > 0) {
            report.notes.append({ d->path, 0,
                tr("Messages of conversations whose address is none here: %1")
                    .arg(d->writer->messagesUnplaced()) });
        }
        // The list of conversations learns of the new ones; the outbox is none the worse for it.
        d->context.conversations.load().then(this, [this](const Result<void> &) {
            // Those that are open show what has come into them.
            const QList<ConversationKey> written = d->writer->conversations();
            for (const ConversationKey &key : written) {
                if (Conversation *const conversation = d->context.conversations.find(key)) {
                    Q_EMIT conversation->gapsChanged();
                }
            }
            // Passwords are no longer needed here.
            d->profile.accounts.clear();
            for (PlannedAccount &account : d->plan.accounts) {
                account.imported.secrets.clear();
            }
            Q_EMIT finished(d->report);
        });
    });
}

} // namespace linchpin
