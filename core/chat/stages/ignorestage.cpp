// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/chat/stages/ignorestage.h"

namespace linchpin {

void IgnoreStage::setIgnored(const AccountId &account, const QString &address, bool ignored)
{
    if (ignored) {
        m_ignored.insert({ account.value, address });
    } else {
        m_ignored.remove({ account.value, address });
    }
}

bool IgnoreStage::isIgnored(const AccountId &account, const QString &address) const
{
    return m_ignored.contains({ account.value, address });
}

bool IgnoreStage::isIgnored(const AccountId &account, const InboundMessage &message) const
{
    return message.direction == Direction::In && !m_ignored.isEmpty()
        && isIgnored(account, message.from);
}

} // namespace linchpin
