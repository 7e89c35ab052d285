// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl session | watch | send

#include "app/common/application.h"
#include "app/ctl/command.h"
#include "app/ctl/eventjson.h"
#include "app/ctl/jsonlines.h"
#include "app/ctl/sessionbridge.h"
#include "core/sdk/protocolplugin.h"

#include <QCoreApplication>
#include <QTimer>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::ctl {

namespace {

constexpr auto kSendLimit = 60s;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

std::optional<Error> unknownAmong(Application &application, const QStringList &names)
{
    for (const QString &name : names) {
        if (!application.accounts().accountByName(name)) {
            return commandError(
                u"unknown-account"_s, tr("There is no account of that name."), name);
        }
    }
    return std::nullopt;
}

Outcome session(Application &application, const Arguments &arguments, const Output &output)
{
    if (const auto unknown = unknownAmong(application, arguments.positional)) {
        return failed(output, *unknown);
    }
    auto writer = std::make_shared<JsonWriter>();
    auto *const bridge = new SessionBridge(
        application.accounts(), application.conversations(), arguments.positional,
        [writer](const QJsonObject &json) { writer->write(json); }, &application);
    auto *const reader = new LineReader(&application);
    QObject::connect(reader, &LineReader::line, bridge, &SessionBridge::handleLine);
    QObject::connect(reader, &LineReader::oversized, bridge, [writer] {
        writer->write(
            errorJson({}, commandError(u"bad-command"_s, tr("A line is at most 1 MiB long."))));
    });
    QObject::connect(reader, &LineReader::ended, bridge, &SessionBridge::finish);
    QObject::connect(bridge, &SessionBridge::finished, &application,
        [&application] { application.leave(static_cast<int>(Exit::Done)); });
    application.whenLoaded([bridge, reader, writer, &application](const Result<void> &loaded) {
        if (!loaded) {
            writer->write(errorJson({}, loaded.error()));
            application.leave(static_cast<int>(Exit::Failed));
            return;
        }
        bridge->signIn();
        reader->start();
    });
    application.onTerminate([bridge] { bridge->finish(); });
    return std::nullopt;
}

Outcome watch(Application &application, const Arguments &arguments, const Output &output)
{
    const QStringList wanted = arguments.positional;
    QObject::connect(&application.accounts(), &AccountManager::event, &application,
        [wanted, output](const Account *account, const SessionEvent &event) {
            const auto *const changed = std::get_if<PresenceChanged>(&event);
            if (!changed || (!wanted.isEmpty() && !wanted.contains(changed->address.value))) {
                return;
            }
            QJsonObject json = presenceJson(account->name(), changed->address, changed->presence);
            const QString now = timeText(QDateTime::currentDateTimeUtc());
            json.insert(u"at"_s, now);
            output.line(json,
                u"%1\t%2\t%3\t%4"_s.arg(now, changed->address.value,
                    toWord(changed->presence.availability), changed->presence.text));
        });
    QObject::connect(&application.accounts(), &AccountManager::accountChanged, &application,
        [output](const Account *account) {
            if (account->reason() && account->state() == Account::State::Offline) {
                output.error(*account->reason());
            }
        });
    application.whenLoaded(
        [&application](const Result<void> &) { application.accounts().start(); });
    return std::nullopt;
}

Outcome send(Application &application, const Arguments &arguments, const Output &output)
{
    if (const auto unknown = unknownAmong(application, { arguments.positional.at(0) })) {
        return failed(output, *unknown);
    }
    const QString name = arguments.positional.at(0);
    const QString to = arguments.positional.at(1);
    const QString text = arguments.positional.at(2);
    auto exit = std::make_shared<Exit>(Exit::Failed);
    const auto write = [output, exit, &application](const QJsonObject &json) {
        const QString event = json.value("event"_L1).toString();
        const bool delivery = event == "delivery"_L1;
        const bool fatal = event == "state"_L1 && json.value("state"_L1) == "offline"_L1
            && json.contains("reason"_L1);
        if (delivery && json.value("state"_L1) != "failed"_L1) {
            *exit = Exit::Done;
            output.line(json, tr("Sent."));
        } else if (delivery || fatal) {
            output.error(Error::fromJson(json.value("reason"_L1).toObject()));
        } else if (event == "error"_L1) {
            output.error(Error::fromJson(json));
        } else {
            return;
        }
        QTimer::singleShot(0, &application, [&application] { application.accounts().stop(); });
    };
    auto *const bridge = new SessionBridge(
        application.accounts(), application.conversations(), { name }, write, &application);
    bridge->setKeepsMessages(false);
    QObject::connect(&application.accounts(), &AccountManager::allOffline, &application,
        [&application, exit] { application.leave(static_cast<int>(*exit)); });
    QTimer::singleShot(kSendLimit, &application, [&application, output] {
        Error error
            = commandError(u"timed-out"_s, tr("The message was not taken within a minute."));
        output.error(error);
        application.leave(static_cast<int>(Exit::Failed));
    });
    application.whenLoaded([bridge, name, to, text](const Result<void> &) {
        bridge->signIn();
        bridge->handle({ { u"do"_s, u"send"_s }, { u"account"_s, name }, { u"to"_s, to },
            { u"text"_s, text } });
    });
    return std::nullopt;
}

} // namespace

QList<Command> sessionCommands()
{
    return {
        { u"session"_s, u"[NAME…]"_s,
            tr("Sign in; JSON lines both ways until standard input ends or {\"do\":\"quit\"}."), 0,
            -1, {}, session },
        { u"watch"_s, u"[ADDRESS…]"_s, tr("Print presence changes until interrupted."), 0, -1, {},
            watch },
        { u"send"_s, u"NAME ADDRESS TEXT"_s, tr("Send one message; done once the server took it."),
            3, 3, {}, send },
    };
}

} // namespace linchpin::ctl
