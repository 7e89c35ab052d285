// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/contacts/person.h"
#include "ui/widgets/uicontext.h"

#include <functional>

class QMenu;

namespace linchpin {

/// What may be done with an address of a person, by its menu entries.
using AddressAction = std::function<void(const PersonAddress &)>;

/// "Details…" for each address of a person; "Show members…" for a distribution group.
void addDetailActions(QMenu &menu, UiContext context, const Person &person,
    const AddressAction &details, const AddressAction &members);
/// "Tell me when … is available": once, every time, or not.
void addAlertActions(QMenu &menu, UiContext context, const Person &person);
/// Whether the person is a distribution group.
bool isGroup(UiContext context, const Person &person);

} // namespace linchpin
