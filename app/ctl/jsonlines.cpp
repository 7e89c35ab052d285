// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/ctl/jsonlines.h"

#include "app/ctl/eventjson.h"

#include <QDateTime>
#include <QJsonDocument>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <string>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

constexpr qsizetype kLongestLine = qsizetype { 1 } << 20;

} // namespace

JsonWriter::JsonWriter()
{
    if (!m_out.open(stdout, QIODevice::WriteOnly | QIODevice::Unbuffered)) {
        qFatal("linchpinctl: standard output cannot be written");
    }
}

void JsonWriter::write(QJsonObject object)
{
    if (!object.contains("at"_L1)) {
        object.insert(u"at"_s, timeText(QDateTime::currentDateTimeUtc()));
    }
    m_out.write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
    m_out.flush();
}

LineReader::LineReader(QObject *parent)
    : QObject(parent)
{
}

LineReader::~LineReader()
{
    if (m_thread) {
        ::close(std::exchange(m_stop[1], -1)); // which ends its poll
        m_thread->wait();
        ::close(m_stop[0]);
    }
}

void LineReader::start()
{
    if (::pipe2(m_stop.data(), O_CLOEXEC) != 0) {
        qFatal("linchpinctl: no more files can be opened");
    }
    m_thread.reset(QThread::create([this] { read(); }));
    m_thread->start();
}

void LineReader::read()
{
    QByteArray unfinished;
    bool tooLong = false;
    const auto tell = [&] {
        if (tooLong) {
            Q_EMIT oversized();
        } else {
            Q_EMIT line(unfinished);
        }
        unfinished.clear();
        tooLong = false;
    };
    std::array<char, 65536> buffer;
    while (true) {
        std::array<pollfd, 2> files { { { STDIN_FILENO, POLLIN, 0 }, { m_stop[0], POLLIN, 0 } } };
        if (::poll(files.data(), files.size(), -1) < 0 && errno == EINTR) {
            continue;
        }
        if (files[1].revents != 0) {
            return;
        }
        const ssize_t size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (size <= 0) {
            break;
        }
        QByteArrayView rest(buffer.data(), size);
        for (qsizetype end = rest.indexOf('\n'); !rest.isEmpty(); end = rest.indexOf('\n')) {
            const QByteArrayView part = end < 0 ? rest : rest.first(end);
            tooLong = tooLong || unfinished.size() + part.size() > kLongestLine;
            if (!tooLong) {
                unfinished.append(part);
            }
            if (end < 0) {
                break;
            }
            tell();
            rest = rest.sliced(end + 1);
        }
    }
    if (tooLong || !unfinished.isEmpty()) {
        tell();
    }
    Q_EMIT ended();
}

QString readSecretLine()
{
    std::string text;
    std::getline(std::cin, text);
    QString secret = QString::fromStdString(text);
    while (secret.endsWith(u'\r') || secret.endsWith(u'\n')) {
        secret.chop(1);
    }
    return secret;
}

} // namespace linchpin::ctl
