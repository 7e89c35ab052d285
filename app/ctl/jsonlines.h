// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QJsonObject>
#include <QObject>
#include <QThread>

#include <array>
#include <memory>

namespace linchpin::ctl {

/// One JSON object a line on standard output, stamped with `at`; flushed at once.
class JsonWriter {
public:
    JsonWriter();
    void write(QJsonObject object);

private:
    QFile m_out;
};

/// Lines of standard input, read in a thread of its own (no platform lets the event loop watch
/// every kind of standard input). Lines over 1 MiB are told as oversized and skipped.
class LineReader : public QObject {
    Q_OBJECT
public:
    explicit LineReader(QObject *parent = nullptr);
    ~LineReader() override;
    void start();

Q_SIGNALS:
    void line(const QByteArray &line);
    void oversized();
    void ended();

private:
    void read();

    std::unique_ptr<QThread> m_thread;
    std::array<int, 2> m_stop { -1, -1 }; ///< a pipe; the thread ends when its second end is closed
};

/// The first line of standard input, without its end: how passwords are handed over.
QString readSecretLine();

} // namespace linchpin::ctl
