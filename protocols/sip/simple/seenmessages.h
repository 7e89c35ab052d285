// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QHash>
#include <QQueue>

namespace linchpin::sip {

/// Messages that came lately, so that one that comes twice (by two branches, or once more from a
/// server that did not hear the answer) is shown once. RFC 3428 8, RFC 3261 8.2.2.2. Remembers 500.
class SeenMessages {
public:
    /// False when it was here before.
    bool take(const QByteArray &key)
    {
        if (m_answers.contains(key)) {
            return false;
        }
        m_answers.insert(key, 0);
        m_order.enqueue(key);
        while (m_order.size() > maximum) {
            m_answers.remove(m_order.dequeue());
        }
        return true;
    }
    void setAnswer(const QByteArray &key, int status)
    {
        if (const auto found = m_answers.find(key); found != m_answers.end()) {
            *found = status;
        }
    }
    /// 0 while there is no answer yet.
    int answer(const QByteArray &key) const { return m_answers.value(key); }

private:
    static constexpr qsizetype maximum = 500;
    QHash<QByteArray, int> m_answers;
    QQueue<QByteArray> m_order;
};

} // namespace linchpin::sip
