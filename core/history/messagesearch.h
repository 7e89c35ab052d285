// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/historystore.h"

namespace linchpin {

class ConversationTable;
class SqlConnection;

/// The newest messages that fit a request, over all conversations or some (docs/adr/0003). For the
/// worker's thread.
class MessageSearch {
public:
    MessageSearch(SqlConnection &connection, ConversationTable &conversations);

    Result<QList<SearchHit>> find(const SearchRequest &request);

private:
    Result<void> complete(
        QList<SearchHit> &hits, const QList<qint64> &conversations, const QStringList &parts);

    SqlConnection &m_connection;
    ConversationTable &m_conversations;
};

} // namespace linchpin
