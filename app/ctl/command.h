// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"

#include <QJsonObject>
#include <QMap>
#include <QStringList>

#include <functional>
#include <optional>

namespace linchpin {
class Application;
}

namespace linchpin::ctl {

/// Exit status of the contract.
enum class Exit { Done = 0, Failed = 1, Usage = 2 };

/// The command line after the command's name.
struct Arguments {
    QStringList positional;
    QStringList sets; ///< KEY=VALUE of every --set
    QMap<QString, QString> options; ///< --name, --preset, --account, --with, --limit, --format
    bool json = false;
    bool passwordFromStdin = false;
    bool enabled = false;
    bool disabled = false;
    bool domain = false; ///< doctor --domain
    bool dryRun = false; ///< import --dry-run
};

/// What a command writes: JSON lines with --json, plain lines without.
class Output {
public:
    explicit Output(bool json)
        : m_json(json)
    {
    }
    bool isJson() const { return m_json; }
    /// With --json the object, else the line.
    void line(const QJsonObject &object, const QString &text) const;
    /// On standard error, and as an `error` event with --json.
    void error(const Error &error) const;

private:
    bool m_json;
};

/// A command either ends with an exit status, or runs on in the event loop and answers later
/// through Application::leave().
using Outcome = std::optional<Exit>;

struct Command {
    QString name; ///< one or two words: "account add"
    QString usage;
    QString help;
    int least = 0; ///< positional arguments
    int most = 0; ///< -1 = any number
    QStringList options; ///< those that make sense here
    std::function<Outcome(Application &, const Arguments &, const Output &)> run;
};

QList<Command> accountCommands();
QList<Command> doctorCommands();
QList<Command> schemaCommands();
QList<Command> sessionCommands();
QList<Command> historyCommands();
QList<Command> wireCommands();
QList<Command> importCommands();

/// Shorthands of the commands.
Outcome failed(const Output &output, const Error &error);
/// Why there is no plugin of that id: unknown, or found and broken.
Error protocolError(Application &application, const QString &id);
Error commandError(const QString &code, const QString &title, const QString &detail = {});

} // namespace linchpin::ctl
