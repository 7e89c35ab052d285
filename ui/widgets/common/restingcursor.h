// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

#include <chrono>

namespace linchpin {

/// Lets the text cursor stand still when nobody has typed or clicked for a while: a blinking one
/// wakes the machine twice a second for as long as the composer has the focus. Lives as long as
/// the application's widgets.
class RestingCursor : public QObject {
    Q_OBJECT
public:
    explicit RestingCursor(
        std::chrono::milliseconds after = std::chrono::seconds(10), QObject *parent = nullptr);
    ~RestingCursor() override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void wake();
    void rest();

    QTimer m_timer;
    int m_flashTime; ///< ms, as the desktop has it
    bool m_resting = false;
};

} // namespace linchpin
