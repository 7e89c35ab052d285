// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/export.h"

#include <QByteArrayView>
#include <QJsonObject>
#include <QList>

namespace linchpin {

/// Captured bytes of a protocol to one JSON object a message, for `linchpinctl wire` and support.
/// What cannot be parsed becomes {"error", "offset"}; reading goes on where it can.
class LINCHPIN_SDK_EXPORT WireReader {
public:
    virtual ~WireReader();
    virtual QList<QJsonObject> feed(QByteArrayView bytes) = 0;
    /// What is left at the end of input, or the complaint about it.
    virtual QList<QJsonObject> finish() = 0;
};

} // namespace linchpin
