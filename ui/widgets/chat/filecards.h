// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/files/filetransferstore.h"
#include "ui/widgets/uicontext.h"

#include <QScrollArea>

class QVBoxLayout;

namespace linchpin {

class FileCard;

/// The files of one conversation that wait, are under way or are over, one card each, above the
/// composer. Hidden while there are none; at most a third of its parent high.
class FileCards : public QScrollArea {
    Q_OBJECT
public:
    FileCards(UiContext context, const ConversationKey &conversation, QWidget *parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void put(const FileTransfer &transfer);
    FileCard *card(const AccountId &account, const QString &id) const;
    void saveAs(const AccountId &account, const QString &id);
    void fit();

    UiContext m_context;
    ConversationKey m_conversation;
    QVBoxLayout *m_column = nullptr;
    QList<FileCard *> m_cards;
};

} // namespace linchpin
