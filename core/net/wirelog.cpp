// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/wirelog.h"

#include "core/sdk/logging.h"

#include <QMetaMethod>

#include <algorithm>

Q_LOGGING_CATEGORY(lcNetWire, "linchpin.net.wire", QtInfoMsg)

namespace linchpin {

namespace {

constexpr qsizetype kLongestEntry = qsizetype { 64 } << 10;

} // namespace

WireLog::WireLog(int maximumEntries, qint64 maximumBytes, QObject *parent)
    : QObject(parent)
    , m_maximumEntries(maximumEntries)
    , m_maximumBytes(maximumBytes)
{
}

WireLog::~WireLog() = default;

void WireLog::append(const QDateTime &at, bool outgoing, const QByteArray &bytes)
{
    if (bytes.isEmpty()) {
        return;
    }
    if (m_unfinished && m_unfinished->outgoing != outgoing) {
        finishPiece();
    }
    if (!m_unfinished) {
        m_unfinished = Piece { at, outgoing, {} };
    }
    const qsizetype room = kLongestEntry - m_unfinished->bytes.size();
    m_unfinished->bytes += bytes.first(std::min(bytes.size(), room));
    // A piece that ends a line or an element is complete; one that does not belongs to the next.
    if (bytes.size() >= room || bytes.endsWith('\n') || bytes.endsWith('>')) {
        finishPiece();
    }
}

void WireLog::finishPiece()
{
    if (!m_unfinished) {
        return;
    }
    Piece piece = std::move(*m_unfinished);
    m_unfinished.reset();
    piece.bytes = redact(piece.bytes);
    static const QMetaMethod signal = QMetaMethod::fromSignal(&WireLog::appended);
    const bool isLogged = lcNetWire().isDebugEnabled();
    const bool isHeard = isSignalConnected(signal);
    const QString text = isLogged || isHeard ? QString::fromUtf8(piece.bytes) : QString();
    const WireEntry entry { piece.at, piece.outgoing, text };
    m_bytes += piece.bytes.size();
    m_kept.push_back(std::move(piece));
    while (!m_kept.empty()
        && (static_cast<int>(m_kept.size()) > m_maximumEntries || m_bytes > m_maximumBytes)) {
        m_bytes -= m_kept.front().bytes.size();
        m_kept.pop_front();
    }
    if (isLogged) {
        qCDebug(lcNetWire).noquote() << (entry.outgoing ? ">>>" : "<<<") << entry.text;
    }
    if (isHeard) {
        Q_EMIT appended(entry);
    }
}

QList<WireEntry> WireLog::entries() const
{
    QList<WireEntry> found;
    for (const Piece &piece : m_kept) {
        found.append({ piece.at, piece.outgoing, QString::fromUtf8(piece.bytes) });
    }
    if (m_unfinished) {
        found.append({ m_unfinished->at, m_unfinished->outgoing,
            QString::fromUtf8(redact(m_unfinished->bytes)) });
    }
    return found;
}

void WireLog::clear()
{
    m_kept.clear();
    m_unfinished.reset();
    m_bytes = 0;
}

} // namespace linchpin
