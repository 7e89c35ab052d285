// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/contact.h"
#include "protocols/sip/contacts/personrecord.h"
#include "protocols/sip/presence/categories.h"

#include <QMap>

namespace linchpin::sip {

/// What goes with a contact unasked: title, company, department, office, email, phone.
QMap<QString, QString> contactDetails(const sip::ContactCard &card);
/// The same of a directory's entry.
QMap<QString, QString> contactDetails(const PersonRecord &record);

/// What a person publishes and what the directory has, as one card to show: the person's own words
/// come first, what the directory alone knows fills the gaps. No photo.
linchpin::ContactCard displayCard(
    const QString &address, const PresenceUpdate &presence, const PersonRecord &record);

} // namespace linchpin::sip
