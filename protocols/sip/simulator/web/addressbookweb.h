// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/web/httpresponder.h"

#include <QByteArray>

namespace linchpin::sip::sim {

class PoolCore;

// The address book behind Lync's web services: web query ([MS-ABS]), distribution groups
// ([MS-DLX]), photos. Who asks has been found out before.

/// A SOAP request to the group expansion service.
WebResponse answerGroupExpansion(PoolCore &core, const WebRequest &request);
/// The photo of that name ("ann@litwareinc.test.jpg"), or 404.
WebResponse answerPhoto(PoolCore &core, const QByteArray &name);
/// Where a person's photo is, relative to the address book's files; empty without one.
QString photoPath(PoolCore &core, const QString &address);

} // namespace linchpin::sip::sim
