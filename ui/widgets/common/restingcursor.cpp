// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/restingcursor.h"

#include <QApplication>
#include <QEvent>

namespace linchpin {

RestingCursor::RestingCursor(std::chrono::milliseconds after, QObject *parent)
    : QObject(parent)
    , m_flashTime(QApplication::cursorFlashTime())
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(after);
    connect(&m_timer, &QTimer::timeout, this, &RestingCursor::rest);
    qApp->installEventFilter(this);
    m_timer.start();
}

RestingCursor::~RestingCursor()
{
    wake();
}

bool RestingCursor::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::KeyPress:
    case QEvent::MouseButtonPress:
    case QEvent::TouchBegin:
    case QEvent::InputMethod:
    case QEvent::ApplicationActivate:
        wake();
        m_timer.start();
        break;
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

void RestingCursor::wake()
{
    if (m_resting) {
        m_resting = false;
        QApplication::setCursorFlashTime(m_flashTime);
    }
}

void RestingCursor::rest()
{
    m_flashTime = QApplication::cursorFlashTime();
    m_resting = true;
    QApplication::setCursorFlashTime(0);
}

} // namespace linchpin
