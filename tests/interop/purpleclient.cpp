// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/interop/purpleclient.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QProcessEnvironment>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::interop {

namespace {

const auto source = QStringLiteral(LINCHPIN_SOURCE_DIR "/tests/interop/purple_driver.c");
constexpr int skippedStatus = 77; ///< of scripts/in-debian12

bool matches(const QJsonObject &event, const QString &name, const QJsonObject &fields)
{
    if (event.value("event"_L1).toString() != name) {
        return false;
    }
    for (auto it = fields.begin(); it != fields.end(); ++it) {
        if (event.value(it.key()) != it.value()) {
            return false;
        }
    }
    return true;
}

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
        u"test \"$2\" -nt \"$1\" || cc -O1 -Wall -Wextra $(pkg-config --cflags purple libxml-2.0) -rdynamic -o \"$2\" \"$1\" $(pkg-config --libs purple libxml-2.0) -ldl"_s,
        u"sh"_s, source, driver() };
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
    : QObject(parent)
{
    auto command = wrapped({ driver(), u"--user"_s,
        account.login.isEmpty() ? account.address : account.address + u',' + account.login,
        u"--password"_s, account.password, u"--server"_s, u"localhost:%1"_s.arg(account.port),
        u"--transport"_s, account.transport, u"--dir"_s, account.directory, u"--log"_s,
        account.directory + u".log"_s });
    if (!account.userAgent.isEmpty()) {
        command += { u"--agent"_s, account.userAgent };
    }
    if (!account.authorityFile.isEmpty()) {
        command += { u"--ca"_s, account.authorityFile };
    }
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    m_process.setProcessEnvironment(environment);
    connect(&m_process, &QProcess::readyReadStandardError, this,
        [this] { m_transcript += m_process.readAllStandardError(); });
    connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] {
        m_buffer += m_process.readAllStandardOutput();
        for (auto end = m_buffer.indexOf('\n'); end >= 0; end = m_buffer.indexOf('\n')) {
            const auto line = m_buffer.first(end);
            m_buffer.remove(0, end + 1);
            m_transcript += line + '\n';
            m_events.append(QJsonDocument::fromJson(line).object());
        }
    });
    m_process.start(command.takeFirst(), command);
}

PurpleClient::~PurpleClient()
{
    m_process.disconnect(this);
    if (m_process.state() != QProcess::NotRunning) {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(5000)) {
            m_process.kill();
            m_process.waitForFinished(5000);
        }
    }
}

void PurpleClient::command(const QString &line)
{
    m_transcript += "> " + line.toUtf8() + '\n';
    m_process.write(line.toUtf8() + '\n');
}

bool PurpleClient::quit()
{
    command(u"quit"_s);
    return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(10000);
}

QJsonObject PurpleClient::find(const QString &event, const QJsonObject &fields) const
{
    const auto found = std::ranges::find_if(
        m_events, [&](const QJsonObject &e) { return matches(e, event, fields); });
    return found == m_events.end() ? QJsonObject() : *found;
}

int PurpleClient::count(const QString &event, const QJsonObject &fields) const
{
    return int(std::ranges::count_if(
        m_events, [&](const QJsonObject &e) { return matches(e, event, fields); }));
}

bool PurpleClient::sawWithin(const QString &event, const QJsonObject &fields, const QString &field,
    const QString &part) const
{
    return std::ranges::any_of(m_events, [&](const QJsonObject &e) {
        return matches(e, event, fields) && e.value(field).toString().contains(part);
    });
}

} // namespace linchpin::interop
