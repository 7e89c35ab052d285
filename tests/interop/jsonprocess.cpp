// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/interop/jsonprocess.h"

#include <QJsonDocument>
#include <QProcessEnvironment>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::interop {

namespace {

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

JsonProcess::JsonProcess(QObject *parent)
    : QObject(parent)
{
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
}

JsonProcess::~JsonProcess()
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

void JsonProcess::start(QStringList command, const QProcessEnvironment &environment)
{
    m_process.setProcessEnvironment(environment);
    const auto program = command.takeFirst();
    m_process.start(program, command);
}

void JsonProcess::command(const QString &line)
{
    m_transcript += "> " + line.toUtf8() + '\n';
    m_process.write(line.toUtf8() + '\n');
}

bool JsonProcess::waitForEnd()
{
    return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(10000);
}

QJsonObject JsonProcess::find(const QString &event, const QJsonObject &fields) const
{
    const auto found = std::ranges::find_if(
        m_events, [&](const QJsonObject &e) { return matches(e, event, fields); });
    return found == m_events.end() ? QJsonObject() : *found;
}

int JsonProcess::count(const QString &event, const QJsonObject &fields) const
{
    return int(std::ranges::count_if(
        m_events, [&](const QJsonObject &e) { return matches(e, event, fields); }));
}

bool JsonProcess::sawWithin(const QString &event, const QJsonObject &fields, const QString &field,
    const QString &part) const
{
    return std::ranges::any_of(m_events, [&](const QJsonObject &e) {
        return matches(e, event, fields) && e.value(field).toString().contains(part);
    });
}

} // namespace linchpin::interop
