// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/questions.h"

#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>

namespace linchpin::questions {

namespace {

// The one answer a test has prepared: outer optional = prepared at all.
std::optional<std::optional<QString>> &prepared()
{
    static std::optional<std::optional<QString>> answer;
    return answer;
}

} // namespace

void setNextAnswer(const std::optional<QString> &answer)
{
    prepared() = answer;
}

bool confirm(QWidget *parent, const QString &title, const QString &text, const QString &action)
{
    if (const auto answer = std::exchange(prepared(), std::nullopt)) {
        return answer->has_value();
    }
    QMessageBox box(QMessageBox::Question, title, text, QMessageBox::Cancel, parent);
    box.setTextFormat(Qt::PlainText);
    const QPushButton *const yes = box.addButton(action, QMessageBox::AcceptRole);
    box.exec();
    return box.clickedButton() == yes;
}

std::optional<QString> text(
    QWidget *parent, const QString &title, const QString &label, const QString &initial)
{
    if (const auto answer = std::exchange(prepared(), std::nullopt)) {
        return *answer;
    }
    bool ok = false;
    const QString typed
        = QInputDialog::getText(parent, title, label, QLineEdit::Normal, initial, &ok);
    return ok ? std::optional(typed) : std::nullopt;
}

std::optional<QString> secret(QWidget *parent, const QString &title, const QString &label)
{
    if (const auto answer = std::exchange(prepared(), std::nullopt)) {
        return *answer;
    }
    bool ok = false;
    const QString typed = QInputDialog::getText(parent, title, label, QLineEdit::Password, {}, &ok);
    return ok ? std::optional(typed) : std::nullopt;
}

} // namespace linchpin::questions
