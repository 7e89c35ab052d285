// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/ctl/jsonlines.h"

#include "app/ctl/eventjson.h"

#include <QDateTime>
#include <QJsonDocument>

#include <cstdio>
#include <iostream>
#include <string>

using namespace Qt::StringLiterals;

namespace linchpin::ctl {

namespace {

constexpr std::size_t kLongestLine = std::size_t { 1 } << 20;

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
    if (m_thread && m_thread->isRunning()) {
        // The thread may sit in a read that nothing ends; the process is about to.
        m_thread->terminate();
        m_thread->wait(1000);
    }
}

void LineReader::start()
{
    m_thread.reset(QThread::create([this] {
        std::string text;
        while (std::getline(std::cin, text)) {
            if (text.size() > kLongestLine) {
                Q_EMIT oversized();
            } else {
                Q_EMIT line(QByteArray::fromStdString(text));
            }
        }
        Q_EMIT ended();
    }));
    m_thread->start();
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
