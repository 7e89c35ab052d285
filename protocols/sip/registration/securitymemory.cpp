// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/registration/securitymemory.h"

#include <QByteArrayList>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype mostServers = 32;
constexpr std::array<QByteArrayView, 4> weakestFirst { "digest", "ntlm", "kerberos", "tls-dsk" };

} // namespace

int strengthOf(QByteArrayView scheme)
{
    const auto at = std::ranges::find_if(weakestFirst,
        [scheme](QByteArrayView name) { return name.compare(scheme, Qt::CaseInsensitive) == 0; });
    return at == weakestFirst.end() ? 0 : int(at - weakestFirst.begin()) + 1;
}

SecurityMemory SecurityMemory::fromState(const QByteArray &state)
{
    SecurityMemory memory;
    const QByteArrayList lines = state.split('\n');
    for (const QByteArray &line : lines) {
        const QByteArrayList parts = line.split(' ');
        if (parts.size() != 4 || strengthOf(parts.at(3)) == 0
            || memory.m_entries.size() >= mostServers) {
            continue;
        }
        memory.m_entries.append({ QString::fromUtf8(parts.at(0)), parts.at(1).toUShort(),
            parts.at(2) == "tls", parts.at(3) });
    }
    return memory;
}

QByteArray SecurityMemory::toState() const
{
    QByteArrayList lines;
    for (const Entry &entry : m_entries) {
        lines.append(QByteArrayList { entry.host.toUtf8(), QByteArray::number(entry.port),
            entry.tls ? "tls"_ba : "tcp"_ba, entry.scheme }
                .join(' '));
    }
    return lines.join('\n');
}

QByteArray SecurityMemory::schemeAt(const Candidate &server) const
{
    const auto at = std::ranges::find_if(m_entries, [&server](const Entry &entry) {
        return entry.port == server.port
            && entry.host.compare(server.host, Qt::CaseInsensitive) == 0;
    });
    return at == m_entries.end() ? QByteArray() : at->scheme;
}

void SecurityMemory::forget(const Candidate &server)
{
    m_entries.removeIf([&server](const Entry &entry) {
        return entry.port == server.port
            && entry.host.compare(server.host, Qt::CaseInsensitive) == 0;
    });
}

void SecurityMemory::remember(const Candidate &server, const QByteArray &scheme)
{
    if (server.host.contains(u' ') || server.host.contains(u'\n') || strengthOf(scheme) == 0) {
        return;
    }
    forget(server);
    m_entries.append({ server.host, server.port, server.tls, scheme });
    if (m_entries.size() > mostServers) {
        m_entries.removeFirst();
    }
}

bool SecurityMemory::wasEncrypted() const
{
    return std::ranges::any_of(m_entries, &Entry::tls);
}

} // namespace linchpin::sip
