// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "core/sdk/result.h"

#include <QAbstractListModel>

#include <memory>

namespace linchpin {

class Conversation;
class HistoryStore;

/// What a row of the message view is.
enum class MessageRow {
    Message,
    DateLine,
    UnreadLine, ///< "New messages"
    GapLine, ///< "Messages may be missing here"
    SystemFold, ///< one or more consecutive system lines (joined, left) as one row
};

/// A window of at most `kWindow` messages over one conversation's history: opening a conversation
/// of a million messages reads one page. Rows at either end are dropped when the reader goes far.
/// Follows new messages while it stands at the end.
class MessageListModel : public QAbstractListModel {
    Q_OBJECT
public:
    static constexpr int kPage = 60;
    static constexpr int kWindow = 600;

    MessageListModel(HistoryStore &history, Conversation &conversation, QObject *parent = nullptr);
    ~MessageListModel() override;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    /// The newest page, with the unread line after what was read. ready() follows.
    void openNewest();
    /// The page around a message (a search hit). ready() follows.
    void openAt(const MessageId &id);
    bool hasOlder() const;
    bool hasNewer() const;
    void fetchOlder(); ///< one page; no effect while one is under way
    void fetchNewer();
    bool isAtEnd() const { return !hasNewer(); }

    QModelIndex indexOf(const MessageId &id) const;
    int newBelow() const; ///< messages that came in while the window does not stand at the end

Q_SIGNALS:
    void ready();
    void failed(const linchpin::Error &error);
    void newBelowChanged();

private:
    enum class Where { Whole, Again, Front, Back };
    void refresh();
    void load(const Async<HistoryPage> &page, Where where);
    void take(const HistoryPage &page, Where where);
    void insertSorted(const StoredMessage &message);
    void takeNews();
    bool takeArrived(); ///< true: rows differ
    bool takeChanged(); ///< true: rows differ
    void rebuild();

    class Private;
    std::unique_ptr<Private> d;
};

} // namespace linchpin
