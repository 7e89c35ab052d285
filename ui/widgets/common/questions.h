// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

class QWidget;

/// Every modal question of the program, so that a test can set the next answer instead of clicking.
namespace linchpin::questions {

/// Whether the user wants it; `action` is the verb on the button.
bool confirm(QWidget *parent, const QString &title, const QString &text, const QString &action);
std::optional<QString> text(
    QWidget *parent, const QString &title, const QString &label, const QString &initial);
std::optional<QString> secret(QWidget *parent, const QString &title, const QString &label);

/// For tests: what the next question answers, without showing anything.
void setNextAnswer(const std::optional<QString> &answer);

} // namespace linchpin::questions
