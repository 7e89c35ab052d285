// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QWidget>

class QVBoxLayout;

namespace linchpin {

/// Names the accounts that should be online and are not, each with the reason and "Why?". Empty
/// (and without height) when all is well.
class AccountFooter : public QWidget {
    Q_OBJECT
public:
    explicit AccountFooter(UiContext context, QWidget *parent = nullptr);
    void showNotice(const QString &text, const QString &detail);

Q_SIGNALS:
    void whyRequested(const linchpin::AccountId &account);

protected:
    void changeEvent(QEvent *event) override;

private:
    void refresh();

    UiContext m_context;
    QVBoxLayout *m_rows;
    QString m_notice;
    QString m_noticeDetail;
    bool m_refreshing = false;
};

} // namespace linchpin
