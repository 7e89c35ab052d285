// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// linchpinctl wire PROTOCOL [FILE]: captured bytes, one JSON object a message. Connects nowhere.

#include "app/common/application.h"
#include "app/ctl/command.h"
#include "core/accounts/pluginregistry.h"
#include "core/sdk/protocolplugin.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonDocument>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

constexpr qint64 kChunk = qint64 { 256 } << 10;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpinctl", text);
}

Outcome wire(Application &application, const Arguments &arguments, const Output &output)
{
    const QString protocol = arguments.positional.at(0);
    const ProtocolPlugin *const plugin = application.plugins().plugin(protocol);
    const std::unique_ptr<WireReader> reader = plugin ? plugin->wireReader() : nullptr;
    if (!reader) {
        return failed(output,
            commandError(u"unknown-protocol"_s,
                tr("There is no reader for captured bytes of that protocol."), protocol));
    }
    QFile in;
    const bool fromFile = arguments.positional.size() > 1;
    if (fromFile) {
        in.setFileName(arguments.positional.at(1));
    }
    const bool opened = fromFile ? in.open(QIODevice::ReadOnly)
                                 : in.open(stdin, QIODevice::ReadOnly | QIODevice::Unbuffered);
    if (!opened) {
        return failed(output,
            commandError(u"file-not-readable"_s, tr("The file cannot be read."), in.errorString()));
    }
    const auto print = [](const QList<QJsonObject> &objects) {
        for (const QJsonObject &object : objects) {
            const QByteArray line = QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
            std::fwrite(line.constData(), 1, static_cast<std::size_t>(line.size()), stdout);
        }
    };
    for (QByteArray chunk = in.read(kChunk); !chunk.isEmpty(); chunk = in.read(kChunk)) {
        print(reader->feed(chunk));
    }
    print(reader->finish());
    std::fflush(stdout);
    return Exit::Done;
}

} // namespace

QList<Command> wireCommands()
{
    return { { u"wire"_s, u"irc|sip [FILE]"_s,
        tr("Read captured bytes, print each message parsed."), 1, 2, {}, wire } };
}

} // namespace linchpin::ctl
