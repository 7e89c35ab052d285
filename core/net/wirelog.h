// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QObject>

#include <deque>

namespace linchpin {

/// One piece of what went over the wire, secrets blotted out.
struct WireEntry {
    QDateTime at; ///< UTC
    bool outgoing = false;
    QString text;
};

/// The last of what went over one account's wire, bounded in entries and bytes. Redaction happens
/// when somebody looks: neighbouring pieces of one direction are joined first, so that a secret cut
/// in two by the network is still found, and nobody pays while nobody looks.
class WireLog : public QObject {
    Q_OBJECT
public:
    explicit WireLog(int maximumEntries = 2000, qint64 maximumBytes = qint64 { 1 } << 20,
        QObject *parent = nullptr);
    ~WireLog() override;

    void append(const QDateTime &at, bool outgoing, const QByteArray &bytes);
    QList<WireEntry> entries() const;
    void clear();

Q_SIGNALS:
    void appended(const linchpin::WireEntry &entry);

private:
    struct Raw {
        QDateTime at;
        bool outgoing = false;
        QByteArray bytes;
    };
    int m_maximumEntries;
    qint64 m_maximumBytes;
    qint64 m_bytes = 0;
    std::deque<Raw> m_raw;
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::WireEntry)
