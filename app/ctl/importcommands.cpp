// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl import pidgin | gajim | psi | hexchat | konversation | quassel

#include "app/common/application.h"
#include "app/ctl/command.h"
#include "core/import/importjob.h"
#include "core/import/importsources.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonArray>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

QJsonObject noteJson(const ImportNote &note)
{
    QJsonObject json { { u"skipped"_s, note.file }, { u"why"_s, note.text } };
    if (note.line > 0) {
        json.insert(u"line"_s, note.line);
    }
    return json;
}

QString noteText(const ImportNote &note)
{
    const QString place
        = note.line > 0 ? u"%1:%2"_s.arg(note.file, QString::number(note.line)) : note.file;
    return u"- "_s + place + u": "_s + note.text;
}

QJsonObject accountJson(const PlannedAccount &account)
{
    QJsonObject settings;
    const QStringList keys = account.settings.keys();
    for (const QString &key : keys) {
        settings.insert(key, QJsonValue::fromVariant(account.settings.value(key)));
    }
    QJsonObject json { { u"account"_s, account.imported.name },
        { u"protocol"_s, account.imported.protocol }, { u"address"_s, account.address },
        { u"enabled"_s, account.imported.enabled }, { u"settings"_s, settings },
        { u"unmapped"_s, QJsonArray::fromStringList(account.unmapped) },
        { u"password"_s, account.hasPassword }, { u"contacts"_s, account.contacts },
        { u"conversations"_s, account.conversations }, { u"messages"_s, account.messages } };
    if (!account.known.isEmpty()) {
        json.insert(u"known_as"_s, account.known);
    }
    if (!account.refusal.isEmpty()) {
        json.insert(u"refused"_s, account.refusal);
    }
    return json;
}

QString accountText(const PlannedAccount &account)
{
    QStringList lines { u"%1 %2"_s.arg(account.imported.protocol,
        account.address.isEmpty() ? account.imported.address : account.address) };
    if (!account.refusal.isEmpty()) {
        lines.append(u"  "_s + tr("cannot be taken: %1").arg(account.refusal));
    } else if (!account.known.isEmpty()) {
        lines.append(
            u"  "_s + tr("is here already as %1; only its logs are taken").arg(account.known));
    }
    const QStringList keys = account.settings.keys();
    for (const QString &key : keys) {
        const QVariant value = account.settings.value(key);
        lines.append(u"  %1 = %2"_s.arg(key,
            value.typeId() == QMetaType::QStringList ? value.toStringList().join(u',')
                                                     : value.toString()));
    }
    if (account.hasPassword) {
        lines.append(
            u"  "_s + tr("password: found in plain text in %1").arg(account.imported.secretsFile));
    }
    for (const QString &unmapped : account.unmapped) {
        lines.append(u"  "_s + tr("not taken: %1").arg(unmapped));
    }
    lines.append(u"  "_s
        + tr("contacts: %1, conversations: %2, messages: %3")
            .arg(account.contacts)
            .arg(account.conversations)
            .arg(account.messages));
    return lines.join(u'\n');
}

/// Prints what would be taken.
void printPlan(const Output &output, const ImportPlan &plan)
{
    for (const PlannedAccount &account : plan.accounts) {
        output.line(accountJson(account), accountText(account));
    }
    for (const SavedStatus &status : plan.statuses) {
        output.line({ { u"status"_s, status.name },
                        { u"availability"_s, toWord(status.presence.availability) },
                        { u"text"_s, status.presence.text } },
            tr("status: %1").arg(status.name));
    }
    for (const ImportNote &note : plan.notes) {
        output.line(noteJson(note), noteText(note));
    }
    output.line(
        { { u"plan"_s,
            QJsonObject { { u"accounts"_s, plan.accounts.size() }, { u"contacts"_s, plan.contacts },
                { u"statuses"_s, plan.statuses.size() }, { u"conversations"_s, plan.conversations },
                { u"messages"_s, plan.messages } } } },
        tr("In all: %1 account(s), %2 contact(s), %3 conversation(s), %4 message(s).")
            .arg(plan.accounts.size())
            .arg(plan.contacts)
            .arg(plan.conversations)
            .arg(plan.messages));
}

QJsonObject reportJson(const ImportReport &report)
{
    return { { u"imported"_s,
        QJsonObject { { u"accounts"_s, QJsonArray::fromStringList(report.added) },
            { u"known"_s, QJsonArray::fromStringList(report.known) },
            { u"contacts"_s, report.contacts }, { u"persons"_s, report.persons },
            { u"statuses"_s, report.statuses }, { u"conversations"_s, report.conversations },
            { u"messages"_s, report.messages }, { u"repeats"_s, report.repeats },
            { u"passwords"_s, report.passwords },
            { u"password_files"_s, QJsonArray::fromStringList(report.passwordFiles) },
            { u"cancelled"_s, report.cancelled } } } };
}

QString reportText(const ImportReport &report)
{
    QStringList lines;
    for (const QString &name : report.added) {
        lines.append(tr("account added: %1").arg(name));
    }
    for (const QString &name : report.known) {
        lines.append(tr("account was here already: %1").arg(name));
    }
    lines.append(tr("messages: %1 taken, %2 were here already; contacts: %3; statuses: %4")
            .arg(report.messages)
            .arg(report.repeats)
            .arg(report.contacts)
            .arg(report.statuses));
    for (const QString &file : report.passwordFiles) {
        lines.append(
            tr("Passwords still stand in plain text in %1. It was not changed.").arg(file));
    }
    return lines.join(u'\n');
}

void done(Application &application, const Output &output, const ImportReport &report)
{
    for (const ImportNote &note : report.notes) {
        output.line(noteJson(note), noteText(note));
    }
    output.line(reportJson(report), reportText(report));
    if (report.error) {
        output.error(*report.error);
    }
    application.settings().flush();
    application.whenSaved([&application, output, report](const Result<void> &saved) {
        if (!saved) {
            output.error(saved.error());
        }
        const bool well = saved && !report.error && !report.cancelled;
        application.leave(static_cast<int>(well ? Exit::Done : Exit::Failed));
    });
}

Outcome runImport(
    Application &application, const Arguments &arguments, const Output &output, ImportSource source)
{
    const QString path = QFileInfo(arguments.positional.at(0)).absoluteFilePath();
    application.whenLoaded(
        [&application, output, source, path, dry = arguments.dryRun](const Result<void> &loaded) {
            if (!loaded) {
                output.error(loaded.error());
                application.leave(static_cast<int>(Exit::Failed));
                return;
            }
            auto *const job = new ImportJob(
                { application.accounts(), application.plugins(), application.contacts(),
                    application.conversations(), application.history(), application.settings() },
                source, path, &application);
            QObject::connect(
                job, &ImportJob::failed, &application, [&application, output](const Error &error) {
                    output.error(error);
                    application.leave(static_cast<int>(Exit::Failed));
                });
            QObject::connect(job, &ImportJob::planned, &application,
                [&application, output, job, dry](const ImportPlan &plan) {
                    if (dry) {
                        printPlan(output, plan);
                        application.leave(static_cast<int>(Exit::Done));
                        return;
                    }
                    ImportChoice choice;
                    for (const PlannedAccount &account : plan.accounts) {
                        choice.accounts.insert(account.imported.key);
                    }
                    job->apply(choice);
                });
            QObject::connect(job, &ImportJob::finished, &application,
                [&application, output](
                    const ImportReport &report) { done(application, output, report); });
            application.onTerminate([job] { job->cancel(); });
            job->plan();
        });
    return std::nullopt;
}

} // namespace

QList<Command> importCommands()
{
    QList<Command> commands;
    for (const ImportSource source : importSources()) {
        commands.append({ u"import "_s + toWord(source), u"DIR [--dry-run]"_s,
            tr("Take over accounts, contacts and logs of %1; --dry-run only tells what there is.")
                .arg(displayName(source)),
            1, 1, { u"dry-run"_s },
            [source](Application &application, const Arguments &arguments, const Output &output) {
                return runImport(application, arguments, output, source);
            } });
    }
    return commands;
}

} // namespace linchpin::ctl
