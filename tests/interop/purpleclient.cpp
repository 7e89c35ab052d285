// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/interop/purpleclient.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QProcessEnvironment>

using namespace Qt::StringLiterals;

namespace linchpin::interop {

namespace {

const auto sources = QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/interop");
constexpr int skippedStatus = 77; ///< of scripts/in-debian12

} // namespace

/// Directly where the plugin is installed, else in the Debian 12 system of scripts/in-debian12.
QStringList PurpleClient::wrapped(const QStringList &command)
{
    if (QFileInfo::exists(u"/usr/lib/purple-2/libsipe.so"_s)) {
        return command;
    }
    return QStringList { QStringLiteral(LINCHPIN_SOURCE_DIR "/scripts/in-debian12") } + command;
}

QString PurpleClient::driver()
{
    return QStringLiteral(LINCHPIN_BINARY_DIR "/interop/purple_driver");
}

std::expected<void, PurpleClient::Unavailable> PurpleClient::prepare()
{
    QDir().mkpath(QFileInfo(driver()).path());
    QStringList command { u"/bin/sh"_s, u"-c"_s,
        u"set -e; flags=$(pkg-config --cflags --libs purple libxml-2.0); "
        "for source in \"$1\"/purple_*; do test \"$2\" -nt \"$source\" || old=1; done; "
        "test -z \"$old\" && exit; "
        "cc -O1 -Wall -Wextra -rdynamic -o \"$2.$$\" \"$1\"/purple_*.c $flags -ldl; "
        "mv \"$2.$$\" \"$2\""_s, // others may be running the old one
        u"sh"_s, sources, driver() };
    command = wrapped(command);
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(command.takeFirst(), command);
    if (!process.waitForFinished(600000)) {
        return std::unexpected(Unavailable {
            .skipped = false, .why = u"%1: %2"_s.arg(process.program(), process.errorString()) });
    }
    if (process.exitCode() != 0) {
        return std::unexpected(Unavailable { .skipped = process.exitCode() == skippedStatus,
            .why = QString::fromUtf8(process.readAll()) });
    }
    return {};
}

PurpleClient::PurpleClient(const Account &account, QObject *parent)
    : JsonProcess(parent)
{
    auto command = wrapped({ driver(), u"--user"_s,
        account.login.isEmpty() ? account.address : account.address + u',' + account.login,
        u"--password"_s, account.password, u"--server"_s, u"localhost:%1"_s.arg(account.port),
        u"--transport"_s, account.transport, u"--auth"_s, account.scheme, u"--dir"_s,
        account.directory, u"--log"_s, account.directory + u".log"_s });
    if (!account.userAgent.isEmpty()) {
        command += { u"--agent"_s, account.userAgent };
    }
    if (!account.mail.isEmpty()) {
        command += { u"--mail"_s, account.mail };
    }
    if (!account.groupChat.isEmpty()) {
        command += { u"--group-chat"_s, account.groupChat };
    }
    if (!account.authorityFile.isEmpty()) {
        command += { u"--ca"_s, account.authorityFile };
    }
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    start(command, environment);
}

bool PurpleClient::quit()
{
    command(u"quit"_s);
    return waitForEnd();
}

} // namespace linchpin::interop
