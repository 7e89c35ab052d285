// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importtypes.h"
#include "core/sdk/ids.h"

#include <QObject>
#include <QSet>

#include <memory>

namespace linchpin {

class AccountManager;
class AppSettings;
class ContactStore;
class ConversationStore;
class HistoryStore;
class PluginRegistry;

/// What an import writes to; everything outlives the job.
struct ImportContext {
    AccountManager &accounts;
    PluginRegistry &plugins;
    ContactStore &contacts;
    ConversationStore &conversations;
    HistoryStore &history;
    AppSettings &settings;
};

/// An account as it would come to be.
struct PlannedAccount {
    ImportedAccount imported;
    QString address; ///< in our spelling; empty where it is none
    SettingValues settings; ///< what is taken, with SettingOrigin::Imported
    QStringList unmapped; ///< `key = value`: no counterpart, or a value that is none here
    QString refusal; ///< translated: why this account cannot be taken; empty = it can
    QString known; ///< our name for it where it is here already: then only its logs are taken
    int contacts = 0;
    int conversations = 0;
    qint64 messages = 0;
    bool hasPassword = false;
};

struct ImportPlan {
    ImportSource source = ImportSource::Pidgin;
    QString path;
    QList<PlannedAccount> accounts;
    int contacts = 0;
    QList<SavedStatus> statuses;
    int conversations = 0;
    qint64 messages = 0;
    QList<ImportNote> notes; ///< what is not taken, and why
};

struct ImportChoice {
    QSet<QString> accounts; ///< ImportedAccount::key
    bool contacts = true;
    bool statuses = true;
    bool logs = true;
};

struct ImportReport {
    QStringList added; ///< names of new accounts
    QStringList known; ///< that were here already
    int contacts = 0;
    int persons = 0; ///< put together
    int statuses = 0;
    int conversations = 0;
    qint64 messages = 0;
    qint64 repeats = 0; ///< were in the history already
    int passwords = 0; ///< moved to the secret store
    QStringList passwordFiles; ///< where they still stand in plain text
    QList<ImportNote> notes;
    bool cancelled = false;
    std::optional<Error> error; ///< what ended it early
};

/// Takes over a foreign profile: plan() reads it and tells what there is, apply() takes what was
/// chosen. Reading is done in a thread of its own, writing by the history's; the thread this
/// object lives in (the main one) only hands on. May be cancelled at any time; what was taken until
/// then stays, and importing again goes on from there without doubles.
class ImportJob : public QObject {
    Q_OBJECT
public:
    ImportJob(
        ImportContext context, ImportSource source, const QString &path, QObject *parent = nullptr);
    ~ImportJob() override; ///< cancels, and waits for the reader

    void plan(); ///< once; planned() or failed() follows
    void apply(const ImportChoice &choice); ///< once, after planned(); finished() follows
    void cancel();

    const ImportPlan &currentPlan() const;

Q_SIGNALS:
    void planned(const linchpin::ImportPlan &plan);
    void failed(const linchpin::Error &error); ///< there is nothing to import; or cancelled
    /// Messages done, of those known so far (while planning: counted, 0).
    void progress(qint64 done, qint64 total);
    void finished(const linchpin::ImportReport &report);

private:
    void takePlan(const Result<ImportedProfile> &profile);
    void addAccounts();
    void addContacts();
    void addStatuses();
    void readLogs();
    void finish();

    class Private;
    std::unique_ptr<Private> d;
};

} // namespace linchpin
