// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/hostmask.h"

namespace linchpin::irc {

using namespace Qt::StringLiterals;

Hostmask splitHostmask(QByteArrayView source)
{
    Hostmask parts;
    if (const qsizetype at = source.indexOf('@'); at >= 0) {
        parts.host = source.sliced(at + 1);
        source = source.first(at);
    }
    if (const qsizetype bang = source.indexOf('!'); bang >= 0) {
        parts.user = source.sliced(bang + 1);
        source = source.first(bang);
    }
    parts.nick = source;
    return parts;
}

bool matchesMask(QStringView text, QStringView mask, CaseMapping mapping)
{
    const QString folded = fold(text, mapping);
    const QString pattern = fold(mask, mapping);
    qsizetype t = 0;
    qsizetype m = 0;
    qsizetype star = -1; // the last star seen, and how much of the text it swallows so far
    qsizetype swallowed = 0;
    while (t < folded.size()) {
        if (m < pattern.size() && pattern[m] == u'*') {
            star = m++;
            swallowed = t;
        } else if (m < pattern.size() && (pattern[m] == u'?' || pattern[m] == folded[t])) {
            ++m;
            ++t;
        } else if (star >= 0) {
            m = star + 1;
            t = ++swallowed;
        } else {
            return false;
        }
    }
    while (m < pattern.size() && pattern[m] == u'*') {
        ++m;
    }
    return m == pattern.size();
}

QString banMask(const QString &nickOrMask, const QString &host)
{
    if (nickOrMask.contains(u'!') || nickOrMask.contains(u'@') || nickOrMask.contains(u'*')
        || nickOrMask.startsWith(u'$')) {
        return nickOrMask;
    }
    return host.isEmpty() ? nickOrMask + u"!*@*"_s : u"*!*@"_s + host;
}

bool isValidHostname(QByteArrayView host)
{
    bool dotted = false;
    qsizetype from = 0;
    while (from < host.size()) {
        qsizetype dot = host.indexOf('.', from);
        dotted = dotted || dot >= 0;
        if (dot < 0) {
            dot = host.size();
        }
        const QByteArrayView label = host.sliced(from, dot - from);
        if (label.isEmpty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
            return false;
        }
        for (const char c : label) {
            const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9') || c == '-';
            if (!allowed) {
                return false;
            }
        }
        from = dot + 1;
    }
    return dotted;
}

} // namespace linchpin::irc
