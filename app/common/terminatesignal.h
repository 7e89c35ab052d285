// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QSocketNotifier;

namespace linchpin {

/// SIGINT and SIGTERM (Ctrl+C in a Windows console) as a Qt signal in the event loop. One at a
/// time.
class TerminateSignal : public QObject {
    Q_OBJECT
public:
    explicit TerminateSignal(QObject *parent = nullptr);
    ~TerminateSignal() override;

Q_SIGNALS:
    void received();

private:
    QSocketNotifier *m_notifier = nullptr;
};

} // namespace linchpin
