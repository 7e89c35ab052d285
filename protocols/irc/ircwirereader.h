// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/wirereader.h"
#include "protocols/irc/wire/ircframer.h"

namespace linchpin::irc {

/// `linchpinctl wire irc`: {"tags","source","verb","params"} a message, absent parts left out.
class IrcWireReader : public WireReader {
public:
    QList<QJsonObject> feed(QByteArrayView bytes) override;
    QList<QJsonObject> finish() override;

private:
    QJsonObject read(const IrcFramer::Frame &frame) const;

    IrcFramer m_framer;
};

} // namespace linchpin::irc
