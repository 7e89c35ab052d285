// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QProcess>
#include <QString>

#include <expected>
#include <functional>

namespace linchpin::interop {

/// One pidgin-sipe account in a process of its own (purple_driver.c), on Debian 12.
class PurpleClient : public QObject {
    Q_OBJECT
public:
    struct Account {
        QString address;
        QString login;
        QString password;
        quint16 port = 0;
        QString transport = QStringLiteral("tls");
        QString authorityFile = {};
        QString userAgent = QStringLiteral(
            "UCCAPI/3.5.6907.0 OC/3.5.6907.0 (Microsoft Office Communicator 2007 R2)");
        QString directory = {}; ///< of this run
    };

    /// Compiles the driver where it will run. The error is a sentence; skipped means: no Debian 12
    /// here.
    struct Unavailable {
        bool skipped = false;
        QString why = {};
    };
    static std::expected<void, Unavailable> prepare();

    explicit PurpleClient(const Account &account, QObject *parent = nullptr);
    ~PurpleClient() override;

    void command(const QString &line);
    /// Ends it by "quit". True when it went in order.
    bool quit();

    const QList<QJsonObject> &events() const { return m_events; }
    /// The first event of that name whose fields have those values; an empty object when there is
    /// none.
    QJsonObject find(const QString &event, const QJsonObject &fields = {}) const;
    bool saw(const QString &event, const QJsonObject &fields = {}) const
    {
        return !find(event, fields).isEmpty();
    }
    int count(const QString &event, const QJsonObject &fields = {}) const;
    /// Like saw(), and the field holds that text somewhere: pidgin-sipe wraps texts in its own
    /// markup.
    bool sawWithin(const QString &event, const QJsonObject &fields, const QString &field,
        const QString &part) const;
    void forgetEvents() { m_events.clear(); }
    /// Everything it said, for a failing test.
    QByteArray transcript() const { return m_transcript; }

private:
    static QStringList wrapped(const QStringList &command);
    static QString driver();

    QProcess m_process;
    QByteArray m_buffer;
    QByteArray m_transcript;
    QList<QJsonObject> m_events;
};

} // namespace linchpin::interop
