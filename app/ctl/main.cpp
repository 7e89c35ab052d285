// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl: the messenger without a window. Contract: docs/linchpinctl.md.

#include "app/common/application.h"
#include "app/ctl/command.h"
#include "app/ctl/eventjson.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

void print(FILE *to, const QString &text)
{
    const QByteArray bytes = text.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, static_cast<std::size_t>(bytes.size()), to);
    std::fflush(to);
}

/// What others wrote must not steer the terminal: control characters but for line ends and tabs are
/// shown as one that stands for none.
QString harmless(const QString &text)
{
    QString shown = text;
    for (QChar &c : shown) {
        const char16_t code = c.unicode();
        const bool isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
        if (isControl && code != u'\n' && code != u'\t') {
            c = QChar::ReplacementCharacter;
        }
    }
    return shown;
}

QList<Command> allCommands()
{
    return accountCommands() + schemaCommands() + sessionCommands() + historyCommands()
        + doctorCommands() + wireCommands() + importCommands();
}

QString usage(const QList<Command> &commands)
{
    QString text = tr("Usage: linchpinctl [--profile DIR] [--json] COMMAND …") + u"\n\n"_s;
    for (const Command &command : commands) {
        text += u"  %1 %2\n      %3\n"_s.arg(command.name, command.usage, command.help);
    }
    return text;
}

} // namespace

void Output::line(const QJsonObject &object, const QString &text) const
{
    print(stdout,
        m_json ? QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact))
               : harmless(text));
}

void Output::error(const Error &error) const
{
    if (m_json) {
        QJsonObject json = errorJson({}, error);
        json.insert(u"at"_s, timeText(QDateTime::currentDateTimeUtc()));
        line(json, {});
    }
    QString text = u"linchpinctl: %1"_s.arg(error.title);
    if (!error.detail.isEmpty()) {
        text += u"\n  "_s + error.detail;
    }
    if (!error.remedy.isEmpty()) {
        text += u"\n  "_s + error.remedy;
    }
    print(stderr, harmless(text + u"\n  ["_s + error.code + u']'));
}

Outcome failed(const Output &output, const Error &error)
{
    output.error(error);
    static const QStringList kUsage { u"unknown-setting"_s, u"unknown-protocol"_s,
        u"unknown-preset"_s, u"bad-format"_s, u"secret-on-command-line"_s };
    return kUsage.contains(error.code) ? Exit::Usage : Exit::Failed;
}

Error commandError(const QString &code, const QString &title, const QString &detail)
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = code;
    error.title = title;
    error.detail = detail;
    return error;
}

namespace {

int run()
{
    const QList<Command> commands = allCommands();
    QCommandLineParser parser;
    const auto valueOption = [](const QString &name, const QString &what) {
        return QCommandLineOption(name, QString(), what);
    };
    parser.addOptions({ valueOption(u"profile"_s, u"DIR"_s), QCommandLineOption(u"json"_s),
        valueOption(u"name"_s, u"NAME"_s), valueOption(u"preset"_s, u"ID"_s),
        valueOption(u"set"_s, u"KEY=VALUE"_s), QCommandLineOption(u"password-stdin"_s),
        QCommandLineOption(u"enabled"_s), QCommandLineOption(u"disabled"_s),
        QCommandLineOption(u"domain"_s), valueOption(u"account"_s, u"NAME"_s),
        valueOption(u"with"_s, u"ADDRESS"_s), valueOption(u"limit"_s, u"N"_s),
        valueOption(u"format"_s, u"FORMAT"_s), QCommandLineOption(u"dry-run"_s),
        QCommandLineOption(QStringList { u"h"_s, u"help"_s }), QCommandLineOption(u"version"_s) });
    const auto wrong = [&](const QString &what) {
        print(stderr, u"linchpinctl: "_s + what + u'\n' + usage(commands));
        return static_cast<int>(Exit::Usage);
    };
    if (!parser.parse(QCoreApplication::arguments())) {
        return wrong(parser.errorText());
    }
    if (parser.isSet(u"version"_s)) {
        print(stdout, u"linchpinctl "_s + QCoreApplication::applicationVersion());
        return static_cast<int>(Exit::Done);
    }
    QStringList words = parser.positionalArguments();
    if (parser.isSet(u"help"_s) || (!words.isEmpty() && words.constFirst() == "help"_L1)) {
        print(stdout, usage(commands));
        return static_cast<int>(Exit::Done);
    }
    if (words.isEmpty()) {
        return wrong(tr("Which command?"));
    }
    const auto command = std::ranges::find_if(commands, [&](const Command &known) {
        const QStringList name = known.name.split(u' ');
        return words.mid(0, name.size()) == name;
    });
    if (command == commands.cend()) {
        return wrong(tr("There is no such command: %1").arg(words.mid(0, 2).join(u' ')));
    }
    words = words.mid(command->name.split(u' ').size());
    if (words.size() < command->least || (command->most >= 0 && words.size() > command->most)) {
        return wrong(u"%1 %2"_s.arg(command->name, command->usage));
    }
    Arguments arguments { .positional = words,
        .sets = parser.values(u"set"_s),
        .json = parser.isSet(u"json"_s),
        .passwordFromStdin = parser.isSet(u"password-stdin"_s),
        .enabled = parser.isSet(u"enabled"_s),
        .disabled = parser.isSet(u"disabled"_s),
        .domain = parser.isSet(u"domain"_s),
        .dryRun = parser.isSet(u"dry-run"_s) };
    static const QStringList kEverywhere { u"profile"_s, u"json"_s };
    const QStringList given = parser.optionNames();
    for (const QString &option : given) {
        if (!kEverywhere.contains(option) && !command->options.contains(option)) {
            return wrong(tr("--%1 makes no sense with %2").arg(option, command->name));
        }
    }
    for (const QString &name :
        { u"name"_s, u"preset"_s, u"account"_s, u"with"_s, u"limit"_s, u"format"_s }) {
        if (parser.isSet(name)) {
            arguments.options.insert(name, parser.value(name));
        }
    }
    const bool jsonAlways = command->name == "session"_L1;
    const Output output(arguments.json || jsonAlways);
    Application application({ .profile = parser.value(u"profile"_s), .interactive = false });
    if (const auto prepared = application.prepare(); !prepared) {
        output.error(prepared.error());
        return static_cast<int>(Exit::Failed);
    }
    const Outcome outcome = command->run(application, arguments, output);
    if (outcome) {
        return static_cast<int>(*outcome);
    }
    return application.exec();
}

} // namespace

} // namespace linchpin::ctl

int main(int argc, char *argv[])
{
    QCoreApplication qt(argc, argv);
    QCoreApplication::setApplicationName(u"linchpin"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(LINCHPIN_VERSION));
    return linchpin::ctl::run();
}
