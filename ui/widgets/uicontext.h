// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace linchpin {

class AccountManager;
class AppSettings;
class ContactStore;
class ConversationStore;
class HistoryStore;
class PluginRegistry;

/// What the window needs of the core, handed in by the program; everything outlives the window.
struct UiContext {
    AccountManager &accounts;
    PluginRegistry &plugins;
    ContactStore &contacts;
    ConversationStore &conversations;
    HistoryStore &history;
    AppSettings &settings;
};

} // namespace linchpin
