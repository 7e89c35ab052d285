// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/capnegotiation.h"

#include <algorithm>

namespace linchpin::irc {

namespace {

constexpr qsizetype kMostCaps = 256; // a hostile server may not fill the memory
constexpr qsizetype kRequestBytes = 400; // one REQ stays within a line of 512

QList<QByteArrayView> words(QByteArrayView list)
{
    QList<QByteArrayView> result;
    qsizetype at = 0;
    while (at < list.size()) {
        qsizetype end = list.indexOf(' ', at);
        if (end < 0) {
            end = list.size();
        }
        if (end > at) {
            result.append(list.sliced(at, end - at));
        }
        at = end + 1;
    }
    return result;
}

} // namespace

QList<IrcCommand> CapNegotiation::handle(const IrcMessage &message)
{
    if (!message.is("CAP") || message.params.size() < 2) {
        return {};
    }
    const QByteArray verb = message.param(1).toByteArray().toUpper();
    if (verb == "LS") {
        // "CAP * LS * :more to come" against "CAP * LS :the rest"
        const bool more = message.params.size() > 3 && message.param(2) == "*";
        offer(message.params.size() > 2 ? message.last() : QByteArrayView());
        if (more) {
            return {};
        }
        m_listed = true;
        return request();
    }
    if (verb == "ACK") {
        for (const QByteArrayView word : words(message.last())) {
            const bool off = word.startsWith('-');
            const QByteArray cap = (off ? word.sliced(1) : word).toByteArray();
            if (!off && !m_wanted.contains(cap)) {
                continue; // never asked for
            }
            m_asked.remove(cap);
            if (off) {
                m_enabled.remove(cap);
            } else {
                m_enabled.insert(cap);
            }
        }
        return {};
    }
    if (verb == "NAK") {
        for (const QByteArrayView word : words(message.last())) {
            const QByteArray cap = (word.startsWith('-') ? word.sliced(1) : word).toByteArray();
            m_asked.remove(cap);
            m_refused.insert(cap);
        }
        // A REQ is refused as a whole. Some servers repeat a cut list: ask again for what remains,
        // one by one.
        QList<IrcCommand> again;
        for (const QByteArray &cap : std::as_const(m_wanted)) {
            if (m_refused.contains(cap) && words(message.last()).size() > 1
                && m_offered.contains(cap) && !m_asked.contains(cap) && !m_enabled.contains(cap)) {
                m_asked.insert(cap);
                again.append({ "CAP", { "REQ", cap } });
            }
        }
        return again;
    }
    if (verb == "NEW") {
        offer(message.last());
        return request();
    }
    if (verb == "DEL") {
        for (const QByteArrayView word : words(message.last())) {
            const QByteArray cap = word.toByteArray();
            m_offered.remove(cap);
            m_enabled.remove(cap);
            m_asked.remove(cap);
            m_refused.remove(cap);
        }
    }
    return {};
}

void CapNegotiation::offer(QByteArrayView list)
{
    for (const QByteArrayView word : words(list)) {
        if (m_offered.size() >= kMostCaps) {
            return;
        }
        const qsizetype equals = word.indexOf('=');
        if (equals < 0) {
            m_offered.insert(word.toByteArray(), {});
        } else {
            m_offered.insert(
                word.first(equals).toByteArray(), word.sliced(equals + 1).toByteArray());
        }
    }
}

QList<IrcCommand> CapNegotiation::request()
{
    QList<IrcCommand> commands;
    QByteArray list;
    const auto flush = [&] {
        if (!list.isEmpty()) {
            commands.append({ "CAP", { "REQ", std::exchange(list, {}) } });
        }
    };
    for (const QByteArray &cap : std::as_const(m_wanted)) {
        if (!m_offered.contains(cap) || m_enabled.contains(cap) || m_asked.contains(cap)
            || m_refused.contains(cap)) {
            continue;
        }
        if (list.size() + cap.size() > kRequestBytes) {
            flush();
        }
        if (!list.isEmpty()) {
            list += ' ';
        }
        list += cap;
        m_asked.insert(cap);
    }
    flush();
    return commands;
}

QList<QByteArray> CapNegotiation::enabled() const
{
    QList<QByteArray> list = m_enabled.values();
    std::ranges::sort(list);
    return list;
}

std::optional<StsPolicy> CapNegotiation::sts() const
{
    const auto offered = m_offered.constFind("sts");
    if (offered == m_offered.cend()) {
        return std::nullopt;
    }
    StsPolicy policy;
    for (const QByteArray &item : offered->split(',')) {
        bool ok = false;
        if (item.startsWith("port=")) {
            if (const int port = item.sliced(5).toInt(&ok); ok && port > 0 && port < 65536) {
                policy.port = quint16(port);
            }
        } else if (item.startsWith("duration=")) {
            if (const qint64 seconds = item.sliced(9).toLongLong(&ok); ok && seconds >= 0) {
                policy.seconds = seconds;
            }
        }
    }
    return policy;
}

} // namespace linchpin::irc
