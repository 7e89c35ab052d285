// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/contactfiltermodel.h"
#include "core/sdk/error.h"
#include "ui/widgets/uicontext.h"

#include <QTreeView>

namespace linchpin {

class ContactDelegate;

/// The contact tree. Remembers which groups are folded; Enter or a double click opens the
/// conversation; while a filter is set all groups are open and the first hit is current.
class ContactListView : public QTreeView {
    Q_OBJECT
public:
    ContactListView(UiContext context, QWidget *parent = nullptr);

    ContactFilterModel &filterModel() { return *m_filter; }
    void setFilterText(const QString &text);
    void setCompact(bool compact);
    /// Marks the person whose conversation is beside the list; a null key marks nobody.
    void setShown(const ConversationKey &key);
    void openCurrent();
    PersonId currentPerson() const;
    /// What can be done with the person of that row.
    void buildPersonMenu(class QMenu &menu, const QModelIndex &index);

Q_SIGNALS:
    void conversationRequested(const linchpin::ConversationKey &key);
    void addContactRequested();
    void accessRequested();
    void failed(const linchpin::Error &why); ///< something the menu did
    void detailsRequested(
        const linchpin::AccountId &account, const linchpin::ContactAddress &address);
    void membersRequested(const linchpin::AccountId &account, const linchpin::ContactAddress &group,
        const QString &name);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void drawBranches(QPainter *, const QRect &, const QModelIndex &) const override { }
    bool viewportEvent(QEvent *event) override;

private:
    void restoreExpansion();
    void markShown();
    void rename(const Person &person);
    void moveToGroup(const Person &person, const QString &group) const;
    QString toolTip(const Person &person) const;
    void showDetails(const PersonAddress &address);
    void showMembers(const PersonAddress &address);

    UiContext m_context;
    ContactTreeModel *m_tree;
    ContactFilterModel *m_filter;
    ContactDelegate *m_delegate;
    QString m_filterText;
    ConversationKey m_shown;
    bool m_restoring = false;
};

} // namespace linchpin
