// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QDateTime>
#include <QObject>

#include <deque>
#include <optional>

namespace linchpin {

/// One piece of what went over the wire, secrets blotted out.
struct WireEntry {
    QDateTime at; ///< UTC
    bool outgoing = false;
    QString text;
};

/// The last of what went over one account's wire, bounded in entries and bytes. Nothing is kept
/// that was not redacted, so that no picture of the memory shows a password either. Pieces of one
/// direction are joined until a line or an element ends, so that a secret cut in two by the network
/// is still found; only such an unfinished piece is held as it came.
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
    struct Piece {
        QDateTime at;
        bool outgoing = false;
        QByteArray bytes;
    };
    void finishPiece();

    int m_maximumEntries;
    qint64 m_maximumBytes;
    qint64 m_bytes = 0;
    std::deque<Piece> m_kept; ///< redacted
    std::optional<Piece> m_unfinished; ///< as it came
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::WireEntry)
