// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

// Documents as servers write them, shared by several tests. In a file of their own because moc
// loses its way in some raw strings.

namespace linchpin::sip {

QByteArray contactListVector();
QByteArray contactDeltaVector();
QByteArray categoriesVector();
QByteArray xpidfVector();
QByteArray presentityVector();
QByteArray roamingSelfVector();
QByteArray publicationFaultVector();
QByteArray batchSubscribeVector();
QByteArray sdpVector();
QByteArray imdnVector();

} // namespace linchpin::sip
