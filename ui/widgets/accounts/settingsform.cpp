// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/settingsform.h"

#include "ui/widgets/accounts/originbadge.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString sectionName(SettingSection section)
{
    switch (section) {
    case SettingSection::Connection:
        return SettingsForm::tr("Connection");
    case SettingSection::Authentication:
        return SettingsForm::tr("Authentication");
    case SettingSection::Identity:
        return SettingsForm::tr("Identity to the server");
    case SettingSection::Exchange:
        return SettingsForm::tr("Exchange");
    case SettingSection::Trust:
        return SettingsForm::tr("Trust");
    case SettingSection::Rooms:
        return SettingsForm::tr("Rooms");
    case SettingSection::Other:
        return SettingsForm::tr("Other");
    }
    return {};
}

/// A path with a button to browse for it; the line edit carries the key.
class PathField : public QWidget {
public:
    PathField(bool isFolder, QWidget *parent)
        : QWidget(parent)
        , edit(new QLineEdit(this))
        , browse(new QToolButton(this))
    {
        browse->setText(u"…"_s);
        browse->setAccessibleName(SettingsForm::tr("Browse"));
        auto *const row = new QHBoxLayout(this);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(theme::kUnit);
        row->addWidget(edit, 1);
        row->addWidget(browse);
        setFocusProxy(edit);
        connect(browse, &QToolButton::clicked, this, [this, isFolder] {
            auto *const dialog = new QFileDialog(this,
                isFolder ? SettingsForm::tr("Choose a folder") : SettingsForm::tr("Choose a file"),
                edit->text());
            dialog->setAttribute(Qt::WA_DeleteOnClose);
            if (isFolder) {
                dialog->setFileMode(QFileDialog::Directory);
                dialog->setOption(QFileDialog::ShowDirsOnly);
            }
            connect(dialog, &QFileDialog::fileSelected, edit, &QLineEdit::setText);
            dialog->open();
        });
    }
    QLineEdit *edit;
    QToolButton *browse;
};

QLabel *smallLabel(const QString &text, QWidget *parent)
{
    auto *const label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setFont(theme::small(parent->font()));
    return label;
}

} // namespace

SettingsForm::SettingsForm(
    SettingsFormModel &model, SettingGroup group, bool showOrigins, QWidget *parent)
    : QScrollArea(parent)
    , m_model(model)
{
    setFrameShape(NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *const page = new QWidget(this);
    page->setObjectName(u"formPage"_s);
    m_form = new QFormLayout(page);
    m_form->setContentsMargins(theme::kEdge, theme::kGroups, theme::kEdge, theme::kEdge);
    m_form->setHorizontalSpacing(theme::kGroups);
    m_form->setVerticalSpacing(theme::kRelated + 2);
    m_form->setLabelAlignment(Qt::AlignLeft);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->setRowWrapPolicy(QFormLayout::DontWrapRows);

    static constexpr std::array kSections { SettingSection::Connection,
        SettingSection::Authentication, SettingSection::Identity, SettingSection::Exchange,
        SettingSection::Trust, SettingSection::Rooms, SettingSection::Other };
    const bool sections = group == SettingGroup::Advanced;
    for (const SettingSection section : kSections) {
        bool headed = false;
        for (const SettingField &field : model.schema().fields()) {
            if (field.group != group || (sections && field.section != section)) {
                continue;
            }
            if (sections && !std::exchange(headed, true)) {
                auto *const heading = new QLabel(sectionName(section), page);
                heading->setFont(theme::strong(font()));
                heading->setContentsMargins(0, m_form->rowCount() > 0 ? theme::kRelated : 0, 0, 0);
                m_form->addRow(heading);
            }
            addField(field, showOrigins);
        }
        if (!sections) {
            break;
        }
    }
    setWidget(page);
    connect(&model, &SettingsFormModel::valueChanged, this, [this](const QString &key) {
        const auto row = m_rows.find(key);
        if (row != m_rows.end()) {
            show(*row);
        }
    });
    connect(&model, &SettingsFormModel::stateChanged, this, &SettingsForm::refreshState);
    for (Row &row : m_rows) {
        show(row);
    }
    refreshState();
}

void SettingsForm::addRow(const QString &label, QWidget *field)
{
    auto *const text = new QLabel(label, widget());
    text->setBuddy(field);
    field->setAccessibleName(label);
    m_form->insertRow(0, text, field);
}

void SettingsForm::appendRow(QWidget *field)
{
    m_form->addRow(QString(), field);
}

QWidget *SettingsForm::makeEditor(const SettingField &field)
{
    const QString key = field.key;
    QWidget *const page = m_form->parentWidget();
    switch (field.type) {
    case SettingType::Bool: {
        auto *const box = new QCheckBox(field.label, page);
        connect(box, &QCheckBox::toggled, this, [this, key](bool on) { edited(key, on); });
        return box;
    }
    case SettingType::Port: {
        auto *const spin = new QSpinBox(page);
        spin->setRange(0, 65535);
        spin->setSpecialValueText(tr("automatic"));
        spin->setGroupSeparatorShown(false);
        spin->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        spin->setMinimumWidth(spin->fontMetrics().averageCharWidth() * 20);
        connect(spin, &QSpinBox::valueChanged, this, [this, key](int port) { edited(key, port); });
        return spin;
    }
    case SettingType::Choice: {
        auto *const box = new QComboBox(page);
        for (const SettingChoice &choice : field.choices) {
            box->addItem(choice.label, choice.value);
        }
        connect(box, &QComboBox::currentIndexChanged, this,
            [this, key, box] { edited(key, box->currentData()); });
        return box;
    }
    case SettingType::Path: {
        auto *const path = new PathField(key.endsWith("-folder"_L1), page);
        connect(path->edit, &QLineEdit::textChanged, this,
            [this, key](const QString &text) { edited(key, text); });
        return path;
    }
    case SettingType::Secret: {
        auto *const edit = new QLineEdit(page);
        edit->setEchoMode(QLineEdit::Password);
        connect(edit, &QLineEdit::textEdited, this, [this, key](const QString &text) {
            if (!m_showing) {
                m_model.setSecret(key, text);
            }
        });
        return edit;
    }
    case SettingType::List: {
        auto *const edit = new QLineEdit(page);
        connect(edit, &QLineEdit::textChanged, this, [this, key](const QString &text) {
            QStringList parts;
            const QStringList raw = text.split(u',', Qt::SkipEmptyParts);
            for (const QString &part : raw) {
                if (!part.trimmed().isEmpty()) {
                    parts.append(part.trimmed());
                }
            }
            edited(key, parts);
        });
        return edit;
    }
    case SettingType::Text:
    case SettingType::Host:
        break;
    }
    if (!field.choices.isEmpty()) {
        auto *const box = new QComboBox(page);
        box->setEditable(true);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(20);
        for (const SettingChoice &choice : field.choices) {
            box->addItem(choice.label.isEmpty() ? choice.value : choice.label, choice.value);
            box->setItemData(box->count() - 1, choice.value, Qt::ToolTipRole);
        }
        connect(box, &QComboBox::activated, this,
            [box](int index) { box->setEditText(box->itemData(index).toString()); });
        connect(box, &QComboBox::editTextChanged, this, [this, key, box](const QString &text) {
            // A label that was just picked is replaced by its value a moment later.
            const int index = box->findText(text);
            edited(key, index >= 0 ? box->itemData(index).toString() : text);
        });
        return box;
    }
    auto *const edit = new QLineEdit(page);
    connect(edit, &QLineEdit::textChanged, this,
        [this, key](const QString &text) { edited(key, text); });
    return edit;
}

void SettingsForm::addField(const SettingField &field, bool showOrigin)
{
    QWidget *const page = m_form->parentWidget();
    Row row;
    row.field = &field;
    row.editor = makeEditor(field);
    QWidget *const named
        = field.type == SettingType::Path ? static_cast<PathField *>(row.editor)->edit : row.editor;
    named->setObjectName(field.key);
    named->setAccessibleName(field.label);
    named->setAccessibleDescription(field.help);
    row.editor->setToolTip(field.help);
    if (auto *const edit = qobject_cast<QLineEdit *>(named)) {
        edit->setPlaceholderText(field.placeholder);
    } else if (auto *const box = qobject_cast<QComboBox *>(named); box && box->isEditable()) {
        box->lineEdit()->setPlaceholderText(field.placeholder);
    }
    auto *const cell = new QWidget(page);
    auto *const column = new QVBoxLayout(cell);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    auto *const line = new QHBoxLayout;
    line->setSpacing(theme::kRelated);
    const bool fixed = field.type == SettingType::Port;
    line->addWidget(row.editor, fixed ? 0 : 1);
    if (fixed) {
        line->addStretch();
    }
    if (showOrigin) {
        row.origin = new OriginBadge(page);
        row.origin->setObjectName(field.key + u"-origin"_s);
        row.reset = new QToolButton(page);
        row.reset->setIcon(icons::icon(u"retry"_s));
        row.reset->setIconSize({ 14, 14 });
        row.reset->setAutoRaise(true);
        row.reset->setToolTip(tr("Use automatic again"));
        row.reset->setAccessibleName(tr("Reset %1 to automatic").arg(field.label));
        QSizePolicy keeps = row.reset->sizePolicy();
        keeps.setRetainSizeWhenHidden(true);
        row.reset->setSizePolicy(keeps);
        const QString key = field.key;
        connect(row.reset, &QToolButton::clicked, this, [this, key] { m_model.reset(key); });
        line->addWidget(row.origin);
        line->addWidget(row.reset);
    }
    column->addLayout(line);
    row.complaint = smallLabel({}, page);
    row.complaint->setObjectName(field.key + u"-problem"_s);
    row.complaint->hide();
    column->addWidget(row.complaint);
    if (!field.help.isEmpty()) {
        QLabel *const help = smallLabel(field.help, page);
        help->setForegroundRole(QPalette::PlaceholderText);
        column->addWidget(help);
    }
    if (field.type == SettingType::Bool) {
        row.label = nullptr;
        m_form->addRow(QString(), cell);
    } else {
        row.label = new QLabel(field.label, page);
        row.label->setBuddy(named);
        // The label stands beside its field, not beside field and help together.
        row.label->setContentsMargins(0, theme::kUnit, 0, 0);
        row.label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        m_form->addRow(row.label, cell);
    }
    m_rows.insert(field.key, row);
}

void SettingsForm::edited(const QString &key, const QVariant &value)
{
    if (m_showing) {
        return;
    }
    if (const auto row = m_rows.find(key); row != m_rows.end()) {
        row->touched = true;
    }
    m_model.setValue(key, value);
}

/// The model's value into the editor.
void SettingsForm::show(Row &row)
{
    m_showing = true;
    const QVariant value = m_model.value(row.field->key);
    if (auto *const box = qobject_cast<QCheckBox *>(row.editor)) {
        box->setChecked(value.toBool());
    } else if (auto *const spin = qobject_cast<QSpinBox *>(row.editor)) {
        spin->setValue(value.toInt());
    } else if (auto *const choice = qobject_cast<QComboBox *>(row.editor)) {
        if (choice->isEditable()) {
            if (choice->currentText() != value.toString()) {
                choice->setEditText(value.toString());
                choice->lineEdit()->setCursorPosition(0); // a User-Agent is longer than the field
            }
        } else {
            choice->setCurrentIndex(choice->findData(value.toString()));
        }
    } else {
        QLineEdit *const edit = row.field->type == SettingType::Path
            ? static_cast<PathField *>(row.editor)->edit
            : qobject_cast<QLineEdit *>(row.editor);
        if (edit && row.field->type == SettingType::List) {
            const QString text = value.toStringList().join(u", "_s);
            if (!edit->hasFocus()) {
                edit->setText(text);
            }
        } else if (edit && row.field->type == SettingType::Secret) {
            if (!m_model.secrets().contains(row.field->key)) {
                edit->clear();
            }
        } else if (edit && edit->text() != value.toString()) {
            edit->setText(value.toString());
            edit->setCursorPosition(0);
        }
    }
    m_showing = false;
}

void SettingsForm::refreshState()
{
    for (Row &row : m_rows) {
        const QString key = row.field->key;
        const bool enabled = m_model.isEnabled(key);
        row.editor->setEnabled(enabled);
        if (row.label) {
            row.label->setEnabled(enabled);
        }
        const QString problem = m_model.problem(key);
        // A field nobody has touched yet is not scolded for being empty.
        const bool tell
            = !problem.isEmpty() && (row.touched || !m_model.value(key).toString().isEmpty());
        QPalette colors = palette();
        colors.setColor(QPalette::WindowText, theme::danger(palette()));
        row.complaint->setPalette(colors);
        row.complaint->setText(problem);
        row.complaint->setVisible(tell);
        if (row.origin) {
            const SettingOrigin origin = m_model.origin(key);
            row.origin->setOrigin(origin);
            row.origin->setAccessibleName(
                tr("%1: %2", "%1 is a setting, %2 where its value came from")
                    .arg(row.field->label, OriginBadge::word(origin)));
            // Whoever cannot see the mark hears it with the field.
            QWidget *const named = row.field->type == SettingType::Path
                ? static_cast<PathField *>(row.editor)->edit
                : row.editor;
            named->setAccessibleDescription(
                QStringList { row.field->help, OriginBadge::sentence(origin) }
                    .join(u' ')
                    .trimmed());
            row.reset->setToolTip(origin == SettingOrigin::Found ? tr("Look for it again")
                                                                 : tr("Use automatic again"));
            row.reset->setVisible(origin != SettingOrigin::Default);
        }
    }
}

void SettingsForm::setSecretPlaceholder(const QString &text)
{
    for (const Row &row : std::as_const(m_rows)) {
        if (row.field->type == SettingType::Secret) {
            qobject_cast<QLineEdit *>(row.editor)->setPlaceholderText(text);
        }
    }
}

void SettingsForm::focusField(const QString &key)
{
    if (const auto row = m_rows.constFind(key); row != m_rows.constEnd()) {
        row->editor->setFocus();
        ensureWidgetVisible(row->editor);
    }
}

} // namespace linchpin
