// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/storedmessage.h"
#include "ui/widgets/uicontext.h"

#include <QAbstractListModel>
#include <QStyledItemDelegate>

namespace linchpin {

/// What a search found, newest first; grows a page at a time.
class HistoryHitModel : public QAbstractListModel {
    Q_OBJECT
public:
    enum Role { Message = Qt::UserRole + 1, Matches, Where, AccountColor };

    explicit HistoryHitModel(UiContext context, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

    void clear();
    void append(const QList<SearchHit> &hits, bool more);
    QDateTime oldest() const;

Q_SIGNALS:
    void moreRequested();

private:
    UiContext m_context;
    QList<SearchHit> m_hits;
    bool m_more = false;
};

/// A hit: conversation, date, author, and the words around the match, marked.
class HistoryHitDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    explicit HistoryHitDelegate(QObject *parent = nullptr);
    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::SearchHit)
