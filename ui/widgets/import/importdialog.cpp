// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/import/importdialog.h"

#include "core/accounts/accountmanager.h"
#include "core/accounts/pluginregistry.h"
#include "core/sdk/protocolplugin.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

enum Role { SourceRole = Qt::UserRole, PathRole, KeyRole };
constexpr int kMostShown = 500; ///< notes; a list of more is read by nobody

/// Two lines: what it is, and small and muted where.
class TwoLines : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QFont small = theme::small(option.font);
        const int second = secondOf(index).isEmpty() ? 0 : QFontMetrics(small).height();
        return { 10, QFontMetrics(option.font).height() + second + theme::kRelated };
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
        const QModelIndex &index) const override
    {
        const bool enabled = (index.flags() & Qt::ItemIsEnabled) != 0;
        painter->save();
        theme::paintRow(*painter, option.rect, option.palette,
            (option.state & QStyle::State_Selected) != 0,
            enabled && (option.state & QStyle::State_MouseOver) != 0,
            (option.state & QStyle::State_HasFocus) != 0);
        QRect line
            = option.rect.adjusted(theme::kRelated, theme::kUnit, -theme::kRelated, -theme::kUnit);
        const auto write = [&](const QString &text, const QFont &font, const QColor &color) {
            const QFontMetrics metrics(font);
            painter->setFont(font);
            painter->setPen(color);
            painter->drawText(QRect(line.topLeft(), QSize(line.width(), metrics.height())),
                Qt::AlignLeading | Qt::AlignVCenter | Qt::TextSingleLine,
                metrics.elidedText(text, Qt::ElideMiddle, line.width()));
            line.setTop(line.top() + metrics.height());
        };
        const QColor muted = theme::muted(option.palette);
        write(index.data().toString().section(u'\n', 0, 0), option.font,
            enabled ? option.palette.color(QPalette::Text) : muted);
        if (const QString second = secondOf(index); !second.isEmpty()) {
            write(second, theme::small(option.font), muted);
        }
        painter->restore();
    }

private:
    static QString secondOf(const QModelIndex &index)
    {
        return index.data().toString().section(u'\n', 1);
    }
};

QLabel *quiet(const QString &text, QWidget *parent)
{
    auto *const label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setFont(theme::small(parent->font()));
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QLabel *plain(QWidget *parent)
{
    auto *const label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

QTreeWidget *list(const QString &objectName, const QString &name, QWidget *parent)
{
    auto *const tree = new QTreeWidget(parent);
    tree->setObjectName(objectName);
    tree->setAccessibleName(name);
    tree->setHeaderHidden(true);
    tree->setUniformRowHeights(false);
    tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree->setTextElideMode(Qt::ElideMiddle);
    return tree;
}

/// Paths as people know them: their home folder is "~".
QString shown(const QString &path)
{
    const QString home = QDir::homePath();
    return path.startsWith(home + u'/') ? u'~' + path.sliced(home.size()) : path;
}

QString count(qint64 number)
{
    return QLocale().toString(number);
}

void fillNotes(QTreeWidget &tree, const QList<ImportNote> &notes)
{
    tree.clear();
    tree.setRootIsDecorated(false);
    tree.setItemDelegate(new TwoLines(&tree));
    tree.setMouseTracking(true);
    for (const ImportNote &note : notes.mid(0, kMostShown)) {
        const QString place = note.line > 0
            ? ImportDialog::tr("%1, line %2").arg(shown(note.file), QString::number(note.line))
            : shown(note.file);
        auto *const item = new QTreeWidgetItem(&tree, { note.text + u'\n' + place });
        item->setToolTip(0, note.file);
    }
    if (notes.size() > kMostShown) {
        new QTreeWidgetItem(
            &tree, { ImportDialog::tr("… and %1 more").arg(count(notes.size() - kMostShown)) });
    }
}

} // namespace

ImportDialog::ImportDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_pages(new QStackedWidget(this))
    , m_heading(new QLabel(this))
{
    setObjectName(u"importDialog"_s);
    setWindowTitle(tr("Import"));
    setFirstSize(*this, { 600, 560 });
    setMinimumSize(460, 420);
    m_heading->setObjectName(u"heading"_s);
    m_heading->setFont(theme::title(font()));
    m_heading->setWordWrap(true);
    m_pages->addWidget(wherePage());
    m_pages->addWidget(waitingPage()); // Reading and Progress
    m_pages->addWidget(previewPage());
    m_pages->addWidget(resultPage());

    m_back = new QPushButton(tr("Back"), this);
    m_back->setObjectName(u"back"_s);
    m_next = new QPushButton(this);
    m_next->setObjectName(u"next"_s);
    m_next->setDefault(true);
    m_cancel = new QPushButton(tr("Cancel"), this);
    m_cancel->setObjectName(u"cancel"_s);
    auto *const buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kRelated);
    buttons->addWidget(m_back);
    buttons->addStretch();
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_next);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kGroups);
    column->addWidget(m_heading);
    column->addWidget(m_pages, 1);
    column->addLayout(buttons);
    connect(m_back, &QPushButton::clicked, this, &ImportDialog::back);
    connect(m_next, &QPushButton::clicked, this, &ImportDialog::next);
    connect(m_cancel, &QPushButton::clicked, this, &ImportDialog::reject);
    offer(importSourcesFound());
    showPage(Where);
}

ImportDialog::~ImportDialog() = default;

QWidget *ImportDialog::wherePage()
{
    auto *const page = new QWidget(this);
    auto *const column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kRelated);
    m_sources = new QListWidget(page);
    m_sources->setObjectName(u"sources"_s);
    m_sources->setAccessibleName(tr("Profiles of other programs"));
    m_sources->setItemDelegate(new TwoLines(m_sources));
    m_sources->setMouseTracking(true);
    m_program = new QComboBox(page);
    m_program->setObjectName(u"program"_s);
    for (const ImportSource source : importSources()) {
        m_program->addItem(displayName(source), QVariant::fromValue(source));
    }
    m_path = new QLineEdit(page);
    m_path->setObjectName(u"path"_s);
    m_path->setPlaceholderText(tr("its folder"));
    auto *const browse = new QPushButton(tr("Choose…"), page);
    browse->setObjectName(u"browse"_s);
    browse->setAccessibleName(tr("Choose a folder"));
    m_complaint = plain(page);
    m_complaint->setObjectName(u"complaint"_s);
    m_complaint->hide();
    auto *const path = new QHBoxLayout;
    path->setSpacing(theme::kRelated);
    path->addWidget(m_path, 1);
    path->addWidget(browse);
    auto *const form = new QFormLayout;
    form->setVerticalSpacing(theme::kRelated);
    form->setHorizontalSpacing(theme::kGroups);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Program"), m_program);
    form->addRow(tr("Folder"), path);
    if (auto *const label = qobject_cast<QLabel *>(form->labelForField(path))) {
        label->setBuddy(m_path);
    }
    column->addWidget(quiet(tr("Accounts, contacts and conversations are taken over. The other "
                               "program's files stay as they are."),
        page));
    column->addWidget(m_sources, 1);
    column->addLayout(form);
    column->addWidget(m_complaint);
    connect(m_sources, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem *item) {
        if (item != nullptr && item->data(SourceRole).isValid()) {
            m_program->setCurrentIndex(m_program->findData(item->data(SourceRole)));
            m_path->setText(QDir::toNativeSeparators(item->data(PathRole).toString()));
        }
    });
    connect(m_sources, &QListWidget::itemActivated, this, &ImportDialog::next);
    connect(m_path, &QLineEdit::textChanged, this, &ImportDialog::updateButtons);
    connect(browse, &QPushButton::clicked, this, &ImportDialog::browse);
    return page;
}

QWidget *ImportDialog::waitingPage()
{
    auto *const page = new QWidget(this);
    auto *const column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kRelated);
    m_bar = new QProgressBar(page);
    m_bar->setObjectName(u"bar"_s);
    m_bar->setAccessibleName(tr("Progress"));
    m_bar->setTextVisible(false);
    m_waiting = plain(page);
    m_waiting->setObjectName(u"waiting"_s);
    column->addWidget(m_bar);
    column->addWidget(m_waiting);
    column->addStretch();
    return page;
}

QWidget *ImportDialog::previewPage()
{
    auto *const page = new QWidget(this);
    auto *const column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kRelated);
    m_summary = plain(page);
    m_summary->setObjectName(u"summary"_s);
    m_accounts = list(u"accounts"_s, tr("Accounts"), page);
    m_accounts->setColumnCount(2);
    m_accounts->header()->setStretchLastSection(true);
    m_accounts->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    m_logs = new QCheckBox(page);
    m_logs->setObjectName(u"logs"_s);
    m_logs->setText(tr("Conversations"));
    m_contacts = new QCheckBox(page);
    m_contacts->setObjectName(u"contacts"_s);
    m_contacts->setText(tr("Contacts"));
    m_statuses = new QCheckBox(page);
    m_statuses->setObjectName(u"statuses"_s);
    m_statuses->setText(tr("Saved statuses"));
    m_skippedLabel = quiet({}, page);
    m_skipped = list(u"skipped"_s, tr("What is not taken"), page);
    column->addWidget(m_summary);
    column->addWidget(m_accounts, 3);
    column->addWidget(m_logs);
    column->addWidget(m_contacts);
    column->addWidget(m_statuses);
    column->addSpacing(theme::kRelated);
    column->addWidget(m_skippedLabel);
    column->addWidget(m_skipped, 1);
    for (const QCheckBox *const box : { m_logs, m_contacts, m_statuses }) {
        connect(box, &QCheckBox::toggled, this, &ImportDialog::updateButtons);
    }
    connect(m_accounts, &QTreeWidget::itemChanged, this, &ImportDialog::updateButtons);
    return page;
}

QWidget *ImportDialog::resultPage()
{
    auto *const page = new QWidget(this);
    auto *const column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kRelated);
    m_result = plain(page);
    m_result->setObjectName(u"result"_s);
    m_passwords = plain(page);
    m_passwords->setObjectName(u"passwords"_s);
    m_passwords->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_passwords->setAccessibleName(tr("Where passwords still stand"));
    m_leftLabel = quiet({}, page);
    m_left = list(u"left"_s, tr("What was not taken"), page);
    m_copy = new QPushButton(icons::icon(u"copy"_s), tr("Copy"), page);
    m_copy->setObjectName(u"copy"_s);
    m_copy->setAccessibleName(tr("Copy the report"));
    column->addWidget(m_result);
    column->addWidget(m_passwords);
    column->addSpacing(theme::kRelated);
    column->addWidget(m_leftLabel);
    column->addWidget(m_left, 1);
    column->addWidget(m_copy, 0, Qt::AlignLeft);
    column->addStretch();
    connect(m_copy, &QPushButton::clicked, this, &ImportDialog::copyReport);
    return page;
}

void ImportDialog::offer(const QList<FoundSource> &sources)
{
    m_sources->clear();
    for (const FoundSource &source : sources) {
        auto *const item = new QListWidgetItem(
            displayName(source.source) + u'\n' + shown(source.path), m_sources);
        item->setData(SourceRole, QVariant::fromValue(source.source));
        item->setData(PathRole, source.path);
    }
    if (sources.isEmpty()) {
        auto *const item = new QListWidgetItem(
            tr("No profile of another program was found in your home folder."), m_sources);
        item->setFlags(Qt::NoItemFlags);
    } else {
        m_sources->setCurrentRow(0);
    }
}

void ImportDialog::browse()
{
    const QString begin = m_path->text().isEmpty() ? QDir::homePath() : m_path->text();
    const QString folder
        = QFileDialog::getExistingDirectory(this, tr("Folder of the other program"), begin);
    if (!folder.isEmpty()) {
        m_path->setText(QDir::toNativeSeparators(folder));
    }
}

void ImportDialog::showPage(Page page)
{
    m_page = page;
    const QString program = displayName(m_program->currentData().value<ImportSource>());
    switch (page) {
    case Where:
        m_heading->setText(tr("Where do you come from?"));
        m_pages->setCurrentIndex(0);
        break;
    case Reading:
        m_heading->setText(tr("Reading the profile of %1").arg(program));
        m_waiting->setText(tr("Nothing is changed yet."));
        m_bar->setRange(0, 0);
        m_pages->setCurrentIndex(1);
        break;
    case Preview:
        m_heading->setText(tr("What to take over from %1?").arg(program));
        m_pages->setCurrentIndex(2);
        m_accounts->setFocus();
        break;
    case Progress:
        m_heading->setText(tr("Taking over from %1").arg(program));
        m_waiting->setText(tr("You may cancel at any time and go on later: nothing comes twice."));
        m_bar->setRange(0, 1000);
        m_bar->setValue(0);
        m_pages->setCurrentIndex(1);
        break;
    case Result:
        m_pages->setCurrentIndex(3);
        break;
    }
    updateButtons();
}

void ImportDialog::updateButtons()
{
    if (m_next == nullptr) {
        return;
    }
    const bool waiting = m_page == Reading || m_page == Progress;
    m_back->setVisible(m_page == Preview);
    m_next->setVisible(!waiting);
    m_cancel->setVisible(m_page != Result);
    m_cancel->setEnabled(m_page != Progress || m_job != nullptr);
    m_next->setText(m_page == Result ? tr("Close")
            : m_page == Preview      ? tr("Import")
                                     : tr("Continue"));
    bool ready = true;
    QString why;
    if (m_page == Where) {
        ready = !m_path->text().trimmed().isEmpty();
        why = ready ? QString() : tr("Choose a program and its folder first.");
    } else if (m_page == Preview) {
        ready = m_statuses->isChecked() && m_statuses->isEnabled();
        for (int i = 0; i < m_accounts->topLevelItemCount() && !ready; ++i) {
            ready = m_accounts->topLevelItem(i)->checkState(0) == Qt::Checked;
        }
        why = ready ? QString() : tr("Nothing is chosen.");
    }
    m_next->setEnabled(ready);
    m_next->setToolTip(why);
}

void ImportDialog::next()
{
    switch (m_page) {
    case Where:
        if (!m_path->text().trimmed().isEmpty()) {
            read(m_program->currentData().value<ImportSource>(),
                QDir::fromNativeSeparators(m_path->text().trimmed()));
        }
        break;
    case Preview:
        startImport();
        break;
    case Result:
        accept();
        break;
    case Reading:
    case Progress:
        break;
    }
}

void ImportDialog::back()
{
    delete m_job;
    showPage(Where);
}

void ImportDialog::read(ImportSource source, const QString &path)
{
    m_program->setCurrentIndex(m_program->findData(QVariant::fromValue(source)));
    m_path->setText(QDir::toNativeSeparators(path));
    m_complaint->hide();
    delete m_job;
    m_job = new ImportJob({ m_context.accounts, m_context.plugins, m_context.contacts,
                              m_context.conversations, m_context.history, m_context.settings },
        source, path, this);
    connect(m_job, &ImportJob::planned, this, &ImportDialog::showPlan);
    connect(m_job, &ImportJob::progress, this, &ImportDialog::showProgress);
    connect(m_job, &ImportJob::finished, this, &ImportDialog::showReport);
    connect(m_job, &ImportJob::failed, this, [this](const Error &error) {
        QPalette colors = palette();
        colors.setColor(QPalette::WindowText, theme::danger(palette()));
        m_complaint->setPalette(colors);
        m_complaint->setText(error.title);
        m_complaint->setToolTip(error.detail);
        m_complaint->setVisible(error.kind != Error::Kind::Cancelled);
        m_job->deleteLater();
        showPage(Where);
    });
    showPage(Reading);
    m_job->plan();
}

void ImportDialog::showPlan(const ImportPlan &plan)
{
    fillAccounts(plan);
    const auto box = [](QCheckBox &check, const QString &text, bool any) {
        check.setText(text);
        check.setEnabled(any);
        check.setChecked(any);
    };
    box(*m_logs,
        tr("Conversations (%1, with %2 messages)")
            .arg(count(plan.conversations), count(plan.messages)),
        plan.messages > 0);
    box(*m_contacts, tr("Contacts, their names and groups (%1)").arg(count(plan.contacts)),
        plan.contacts > 0);
    box(*m_statuses, tr("Saved statuses (%1)").arg(count(plan.statuses.size())),
        !plan.statuses.isEmpty());
    m_summary->setText(plan.accounts.isEmpty()
            ? tr("There is no account in this profile that could be taken.")
            : tr("Settings are shown below each account; those marked with – have no counterpart "
                 "here."));
    fillNotes(*m_skipped, plan.notes);
    m_skippedLabel->setText(tr("Not taken (%1)").arg(count(plan.notes.size())));
    m_skippedLabel->setVisible(!plan.notes.isEmpty());
    m_skipped->setVisible(!plan.notes.isEmpty());
    showPage(Preview);
}

void ImportDialog::fillAccounts(const ImportPlan &plan)
{
    const QSignalBlocker quietly(m_accounts);
    m_accounts->clear();
    for (const PlannedAccount &account : plan.accounts) {
        const QString address
            = account.address.isEmpty() ? account.imported.address : account.address;
        QStringList what;
        if (!account.refusal.isEmpty()) {
            what.append(account.refusal);
        } else if (!account.known.isEmpty()) {
            what.append(tr("here already as \"%1\": only its conversations").arg(account.known));
        }
        if (account.messages > 0) {
            what.append(tr("messages: %1").arg(count(account.messages)));
        }
        if (account.hasPassword && account.known.isEmpty()) {
            what.append(tr("password found"));
        }
        auto *const item = new QTreeWidgetItem(m_accounts, { address, what.join(u" · "_s) });
        item->setSizeHint(0, { 0, theme::kGroups + theme::kRelated + theme::kUnit });
        item->setForeground(1, theme::muted(palette()));
        item->setToolTip(1, item->text(1));
        item->setIcon(0, icons::icon(u"protocol-"_s + account.imported.protocol));
        item->setData(0, KeyRole, account.imported.key);
        const bool possible = account.refusal.isEmpty();
        item->setFlags(possible ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable
                                : Qt::ItemIsSelectable);
        item->setCheckState(0, possible ? Qt::Checked : Qt::Unchecked);
        const ProtocolPlugin *const plugin = m_context.plugins.plugin(account.imported.protocol);
        const SettingsSchema schema
            = plugin != nullptr ? plugin->accountSchema() : SettingsSchema {};
        const QStringList keys = account.settings.keys();
        for (const QString &key : keys) {
            if (key == "address"_L1) {
                continue;
            }
            const SettingField *const field = schema.field(key);
            const QVariant value = account.settings.value(key);
            const QString text = value.typeId() == QMetaType::QStringList
                ? value.toStringList().join(", "_L1)
                : value.typeId() == QMetaType::Bool ? (value.toBool() ? tr("yes") : tr("no"))
                                                    : value.toString();
            auto *const row
                = new QTreeWidgetItem(item, { field != nullptr ? field->label : key, text });
            row->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
        }
        for (const QString &unmapped : account.unmapped) {
            auto *const row = new QTreeWidgetItem(item,
                { u"– "_s + unmapped.section(" = "_L1, 0, 0), unmapped.section(" = "_L1, 1) });
            row->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
            row->setForeground(0, theme::muted(palette()));
            row->setForeground(1, theme::muted(palette()));
            row->setToolTip(0, tr("There is no such setting here."));
        }
    }
    if (m_accounts->topLevelItemCount() > 0) {
        m_accounts->setCurrentItem(m_accounts->topLevelItem(0));
        if (m_accounts->topLevelItemCount() <= 2) {
            m_accounts->expandAll();
        }
    }
}

void ImportDialog::startImport()
{
    if (m_job == nullptr) {
        return;
    }
    ImportChoice choice;
    for (int i = 0; i < m_accounts->topLevelItemCount(); ++i) {
        const QTreeWidgetItem *const item = m_accounts->topLevelItem(i);
        if (item->checkState(0) == Qt::Checked) {
            choice.accounts.insert(item->data(0, KeyRole).toString());
        }
    }
    choice.logs = m_logs->isChecked();
    choice.contacts = m_contacts->isChecked();
    choice.statuses = m_statuses->isChecked();
    showPage(Progress);
    m_job->apply(choice);
}

void ImportDialog::showProgress(qint64 done, qint64 total)
{
    if (m_page == Reading) {
        m_waiting->setText(tr("%1 messages so far. Nothing is changed yet.").arg(count(done)));
    } else if (m_page == Progress && total > 0) {
        m_bar->setValue(static_cast<int>(std::min<qint64>(done * 1000 / total, 1000)));
        m_waiting->setText(tr("%1 of %2 messages. You may cancel at any time and go on later: "
                              "nothing comes twice.")
                .arg(count(done), count(total)));
    }
}

void ImportDialog::showReport(const ImportReport &report)
{
    QStringList lines;
    if (report.error) {
        lines.append(report.error->title);
    }
    if (!report.added.isEmpty()) {
        lines.append(tr("Accounts added: %1").arg(report.added.join(", "_L1)));
    }
    if (!report.known.isEmpty()) {
        lines.append(tr("Accounts that were here already: %1").arg(report.known.join(", "_L1)));
    }
    lines.append(tr("Messages taken: %1. Conversations: %2.")
            .arg(count(report.messages), count(report.conversations)));
    if (report.repeats > 0) {
        lines.append(tr("Messages that were here already: %1").arg(count(report.repeats)));
    }
    if (report.contacts > 0) {
        lines.append(tr("Contacts: %1").arg(count(report.contacts)));
    }
    if (report.statuses > 0) {
        lines.append(tr("Saved statuses: %1").arg(count(report.statuses)));
    }
    m_result->setText(lines.join(u'\n'));
    QStringList places;
    for (const QString &file : report.passwordFiles) {
        places.append(shown(file));
    }
    QString passwords;
    if (!places.isEmpty()) {
        passwords = (report.passwords > 0 ? tr("Your passwords are in the keyring now.") + u' '
                                          : QString())
            + tr("They still stand in plain text in the other program's file, which was not "
                 "changed:")
            + u'\n' + places.join(u'\n');
    }
    m_passwords->setText(passwords);
    m_passwords->setVisible(!passwords.isEmpty());
    fillNotes(*m_left, report.notes);
    m_leftLabel->setText(tr("Not taken (%1)").arg(count(report.notes.size())));
    m_leftLabel->setVisible(!report.notes.isEmpty());
    m_left->setVisible(!report.notes.isEmpty());
    m_heading->setText(report.error ? tr("The import ended early")
            : report.cancelled      ? tr("The import was cancelled")
                                    : tr("You have moved in"));
    m_job->deleteLater();
    m_job = nullptr;
    showPage(Result);
    Q_EMIT imported(report);
}

void ImportDialog::copyReport()
{
    QStringList lines { m_heading->text(), m_result->text() };
    if (!m_passwords->text().isEmpty()) {
        lines.append(m_passwords->text());
    }
    for (int i = 0; i < m_left->topLevelItemCount(); ++i) {
        lines.append(m_left->topLevelItem(i)->text(0).replace(u'\n', u" – "_s));
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void ImportDialog::reject()
{
    if (m_page == Progress && m_job != nullptr) {
        m_job->cancel(); // the report follows
        m_cancel->setEnabled(false);
        return;
    }
    if (m_page == Reading && m_job != nullptr) {
        m_job->cancel();
        return;
    }
    QDialog::reject();
}

} // namespace linchpin
