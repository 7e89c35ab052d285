// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/message.h"

#include <QSet>

namespace linchpin {

/// Drops what blocked or ignored people write, to us and into rooms.
class IgnoreStage {
public:
    void setIgnored(const AccountId &account, const QString &address, bool ignored);
    bool isIgnored(const AccountId &account, const InboundMessage &message) const;
    bool isIgnored(const AccountId &account, const QString &address) const;

private:
    QSet<std::pair<QString, QString>> m_ignored; // account, address
};

} // namespace linchpin
