// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QProcess>
#include <QString>

namespace linchpin::interop {

/// A program that takes lines and gives events as one JSON object a line, each with an "event".
class JsonProcess : public QObject {
    Q_OBJECT
public:
    explicit JsonProcess(QObject *parent = nullptr);
    ~JsonProcess() override;

    void start(QStringList command, const QProcessEnvironment &environment);
    void command(const QString &line);
    /// Waits until it has ended by itself.
    bool waitForEnd();

    const QList<QJsonObject> &events() const { return m_events; }
    /// The first event of that name whose fields have those values; empty when there is none.
    QJsonObject find(const QString &event, const QJsonObject &fields = {}) const;
    bool saw(const QString &event, const QJsonObject &fields = {}) const
    {
        return !find(event, fields).isEmpty();
    }
    int count(const QString &event, const QJsonObject &fields = {}) const;
    /// Like saw(), and the field holds that text somewhere: pidgin-sipe wraps texts in its markup.
    bool sawWithin(const QString &event, const QJsonObject &fields, const QString &field,
        const QString &part) const;
    void forgetEvents() { m_events.clear(); }
    /// Everything that went in and came out, for a failing test.
    QByteArray transcript() const { return m_transcript; }

private:
    QProcess m_process;
    QByteArray m_buffer;
    QByteArray m_transcript;
    QList<QJsonObject> m_events;
};

} // namespace linchpin::interop
