// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/originbadge.h"

#include "ui/widgets/common/theme.h"

#include <QPainter>

#include <algorithm>

namespace linchpin {

namespace {

constexpr int kMargin = theme::kUnit + 2;

} // namespace

OriginBadge::OriginBadge(QWidget *parent)
    : QLabel(parent)
{
    setFont(theme::small(font()));
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setOrigin(SettingOrigin::Default);
}

QString OriginBadge::word(SettingOrigin origin)
{
    switch (origin) {
    case SettingOrigin::Found:
        return tr("found");
    case SettingOrigin::Preset:
        return tr("preset");
    case SettingOrigin::Imported:
        return tr("imported");
    case SettingOrigin::ByHand:
        return tr("by hand");
    case SettingOrigin::Default:
        return tr("default");
    }
    return {};
}

QString OriginBadge::sentence(SettingOrigin origin)
{
    switch (origin) {
    case SettingOrigin::Found:
        return tr("Found out by signing in. It is looked for again when it stops working.");
    case SettingOrigin::Preset:
        return tr("What is known of this service.");
    case SettingOrigin::Imported:
        return tr("Taken over from another program.");
    case SettingOrigin::ByHand:
        return tr("You have set this. It is never changed without you.");
    case SettingOrigin::Default:
        return tr("Nothing is set: the program chooses.");
    }
    return {};
}

void OriginBadge::setOrigin(SettingOrigin origin)
{
    m_origin = origin;
    setText(word(origin));
    setToolTip(sentence(origin));
    setAccessibleDescription(sentence(origin));
    update();
}

QSize OriginBadge::sizeHint() const
{
    int widest = 0;
    for (const SettingOrigin origin : { SettingOrigin::Found, SettingOrigin::Preset,
             SettingOrigin::Imported, SettingOrigin::ByHand, SettingOrigin::Default }) {
        widest = std::max(widest, fontMetrics().horizontalAdvance(word(origin)));
    }
    return { widest + 2 * kMargin, fontMetrics().height() + theme::kUnit };
}

void OriginBadge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool plain = m_origin == SettingOrigin::Default;
    const int wide = fontMetrics().horizontalAdvance(text()) + 2 * kMargin;
    const QRectF box
        = theme::placed(QRectF(0, 0, wide, height()), QRectF(rect()), layoutDirection());
    if (!plain) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_origin == SettingOrigin::Found ? theme::selection(palette())
                                                          : theme::hover(palette()));
        painter.drawRoundedRect(box, theme::kUnit, theme::kUnit);
    }
    painter.setPen(plain ? theme::muted(palette()) : palette().color(QPalette::WindowText));
    painter.drawText(box, Qt::AlignCenter, text());
}

} // namespace linchpin
