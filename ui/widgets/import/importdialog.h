// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importjob.h"
#include "core/import/importsources.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>
#include <QPointer>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QTreeWidget;

namespace linchpin {

/// Moving in from another program: where from, what there is, how it goes, what came of it.
class ImportDialog : public QDialog {
    Q_OBJECT
public:
    explicit ImportDialog(UiContext context, QWidget *parent = nullptr);
    ~ImportDialog() override;

    /// What the first page offers; at first what is found in the home folder.
    void offer(const QList<FoundSource> &sources);
    /// Goes on to the second page with this one.
    void read(ImportSource source, const QString &path);

    void reject() override; ///< a running import is cancelled, not hidden

Q_SIGNALS:
    void imported(const linchpin::ImportReport &report);

private:
    enum Page { Where, Reading, Preview, Progress, Result };

    QWidget *wherePage();
    QWidget *waitingPage();
    QWidget *previewPage();
    QWidget *resultPage();
    void browse();
    void next();
    void back();
    void showPage(Page page);
    void updateButtons();
    void showPlan(const ImportPlan &plan);
    void fillAccounts(const ImportPlan &plan);
    void showProgress(qint64 done, qint64 total);
    void showReport(const ImportReport &report);
    void startImport();
    void copyReport();

    UiContext m_context;
    QPointer<ImportJob> m_job;
    Page m_page = Where;
    QStackedWidget *m_pages;
    QLabel *m_heading;
    QListWidget *m_sources = nullptr;
    QComboBox *m_program = nullptr;
    QLineEdit *m_path = nullptr;
    QLabel *m_complaint = nullptr;
    QLabel *m_waiting = nullptr;
    QProgressBar *m_bar = nullptr;
    QLabel *m_summary = nullptr;
    QTreeWidget *m_accounts = nullptr;
    QCheckBox *m_logs = nullptr;
    QCheckBox *m_contacts = nullptr;
    QCheckBox *m_statuses = nullptr;
    QLabel *m_skippedLabel = nullptr;
    QTreeWidget *m_skipped = nullptr;
    QLabel *m_result = nullptr;
    QLabel *m_passwords = nullptr;
    QLabel *m_leftLabel = nullptr;
    QTreeWidget *m_left = nullptr;
    QPushButton *m_copy = nullptr;
    QPushButton *m_back = nullptr;
    QPushButton *m_next = nullptr;
    QPushButton *m_cancel = nullptr;
};

} // namespace linchpin
