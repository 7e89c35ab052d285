// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/wirereader.h"
#include "protocols/sip/wire/sipframer.h"

namespace linchpin::sip {

/// Captured SIP to JSON, for `linchpinctl wire sip` and support.
class SipWireReader : public WireReader {
public:
    QList<QJsonObject> feed(QByteArrayView bytes) override;
    QList<QJsonObject> finish() override;

private:
    SipFramer m_framer;
};

} // namespace linchpin::sip
