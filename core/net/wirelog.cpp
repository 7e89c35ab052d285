// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/wirelog.h"

#include "core/sdk/logging.h"

#include <QMetaMethod>

Q_LOGGING_CATEGORY(lcNetWire, "linchpin.net.wire", QtInfoMsg)

namespace linchpin {

namespace {

constexpr qsizetype kLongestEntry = qsizetype { 64 } << 10;

QString readable(const QByteArray &bytes)
{
    return QString::fromUtf8(redact(bytes));
}

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
    const QByteArray kept = bytes.size() > kLongestEntry ? bytes.first(kLongestEntry) : bytes;
    m_raw.push_back({ at, outgoing, kept });
    m_bytes += kept.size();
    while (!m_raw.empty()
        && (static_cast<int>(m_raw.size()) > m_maximumEntries || m_bytes > m_maximumBytes)) {
        m_bytes -= m_raw.front().bytes.size();
        m_raw.pop_front();
    }
    static const QMetaMethod signal = QMetaMethod::fromSignal(&WireLog::appended);
    const bool isLogged = lcNetWire().isDebugEnabled();
    if (isLogged || isSignalConnected(signal)) {
        const QString text = readable(kept);
        if (isLogged) {
            qCDebug(lcNetWire).noquote() << (outgoing ? ">>>" : "<<<") << text;
        }
        Q_EMIT appended({ at, outgoing, text });
    }
}

QList<WireEntry> WireLog::entries() const
{
    QList<WireEntry> found;
    QByteArray joined;
    for (std::size_t i = 0; i < m_raw.size(); ++i) {
        const Raw &raw = m_raw[i];
        joined += raw.bytes;
        // A piece that ends a line is complete; one that does not belongs to the next.
        const bool goesOn = i + 1 < m_raw.size() && m_raw[i + 1].outgoing == raw.outgoing
            && !raw.bytes.endsWith('\n') && !raw.bytes.endsWith('>')
            && joined.size() < kLongestEntry;
        if (!goesOn) {
            found.append({ raw.at, raw.outgoing, readable(joined) });
            joined.clear();
        }
    }
    return found;
}

void WireLog::clear()
{
    m_raw.clear();
    m_bytes = 0;
}

} // namespace linchpin
