// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/flatstyle.h"

#include "ui/widgets/common/theme.h"

#include <QLineEdit>
#include <QPainter>
#include <QScrollBar>
#include <QSpinBox>
#include <QStyleOption>
#include <QTabBar>
#include <QToolButton>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kScrollBar = 12;
constexpr int kShortestHandle = 32;
constexpr int kArrow = 16; // room for a menu's arrow
constexpr int kTabHeight = 32;

void paintChevron(
    QPainter &painter, const QPointF &center, const QColor &color, bool upwards = false)
{
    const qreal tip = upwards ? -1.75 : 1.75;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF {
        center + QPointF(-3.5, -tip), center + QPointF(0, tip), center + QPointF(3.5, -tip) });
    painter.restore();
}

QColor fieldBorder(const QStyleOption *option, bool focus)
{
    if (focus) {
        return theme::accent(option->palette);
    }
    const bool dark = theme::isDark(option->palette);
    QColor color = option->palette.color(QPalette::Text);
    color.setAlphaF(option->state.testFlag(QStyle::State_Enabled) ? (dark ? 0.36F : 0.42F) : 0.16F);
    return color;
}

/// The flat ground of buttons and of fields that open a list.
void paintButton(QPainter &painter, const QStyleOption *option)
{
    using State = QStyle;
    const bool enabled = option->state.testFlag(State::State_Enabled);
    const bool pressed = option->state.testFlag(State::State_Sunken);
    const bool checked = option->state.testFlag(State::State_On);
    const auto *const button = qstyleoption_cast<const QStyleOptionButton *>(option);
    const bool main = button && button->features.testFlag(QStyleOptionButton::DefaultButton);
    const bool focus = option->state.testFlag(State::State_HasFocus)
        && (main || option->state.testFlag(State::State_KeyboardFocusChange));
    QColor fill = option->palette.color(QPalette::Button);
    if (pressed || checked) {
        fill = theme::selection(option->palette);
    } else if (enabled && option->state.testFlag(State::State_MouseOver)) {
        fill = theme::isDark(option->palette) ? fill.lighter(115) : fill.darker(104);
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(fill);
    painter.setPen(QPen(fieldBorder(option, focus || (main && enabled)), focus ? 2 : 1));
    const qreal inset = focus ? 1 : 0.5;
    painter.drawRoundedRect(QRectF(option->rect).adjusted(inset, inset, -inset, -inset), 4, 4);
    painter.restore();
}

void paintField(QPainter &painter, const QStyleOption *option)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(option->palette.color(QPalette::Base));
    painter.setPen(QPen(fieldBorder(option, option->state.testFlag(QStyle::State_HasFocus)), 1));
    painter.drawRoundedRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter.restore();
}

QColor arrowColor(const QStyleOption *option, bool enabled)
{
    return enabled && option->state.testFlag(QStyle::State_Enabled)
        ? theme::muted(option->palette)
        : option->palette.color(QPalette::Disabled, QPalette::Text);
}

/// A button with text that opens a menu; those with an icon alone need no arrow.
bool hasArrow(const QStyleOptionToolButton *button)
{
    return button && button->features.testFlag(QStyleOptionToolButton::HasMenu)
        && button->toolButtonStyle != Qt::ToolButtonIconOnly && !button->text.isEmpty();
}

} // namespace

FlatStyle::FlatStyle()
    : QProxyStyle(u"Fusion"_s)
{
}

void FlatStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option,
    QPainter *painter, const QWidget *widget) const
{
    switch (element) {
    case PE_IndicatorTabClose: {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF box(option->rect);
        const bool hot = option->state.testFlag(State_MouseOver);
        if (hot) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme::separator(option->palette));
            painter->drawRoundedRect(box, 4, 4);
        }
        painter->setPen(
            QPen(hot ? option->palette.color(QPalette::Text) : theme::muted(option->palette), 1.4,
                Qt::SolidLine, Qt::RoundCap));
        const QPointF c = box.center();
        const qreal arm = box.width() * 0.2;
        painter->drawLine(c + QPointF(-arm, -arm), c + QPointF(arm, arm));
        painter->drawLine(c + QPointF(-arm, arm), c + QPointF(arm, -arm));
        painter->restore();
        return;
    }
    case PE_FrameTabBarBase: {
        painter->save();
        painter->setPen(theme::separator(option->palette));
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        painter->restore();
        return;
    }
    case PE_FrameLineEdit: {
        const bool focus = option->state.testFlag(State_HasFocus);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(fieldBorder(option, focus), 1));
        painter->drawRoundedRect(QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        painter->restore();
        return;
    }
    case PE_IndicatorRadioButton: {
        const bool on = option->state.testFlag(State_On) && option->state.testFlag(State_Enabled);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const qreal side = std::min({ 15, option->rect.width(), option->rect.height() });
        QRectF disc(0, 0, side - 1, side - 1);
        disc.moveCenter(QRectF(option->rect).center());
        painter->setPen(QPen(on ? theme::accent(option->palette) : fieldBorder(option, false), 1));
        painter->setBrush(
            on ? QBrush(theme::accent(option->palette)) : option->palette.brush(QPalette::Base));
        painter->drawEllipse(disc);
        if (option->state.testFlag(State_On)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(on ? theme::onAccent(option->palette)
                                 : option->palette.color(QPalette::Disabled, QPalette::Text));
            painter->drawEllipse(disc.center(), side * 0.2, side * 0.2);
        }
        painter->restore();
        return;
    }
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck: {
        const bool on = option->state.testFlag(State_On);
        const bool some = option->state.testFlag(State_NoChange);
        const bool enabled = option->state.testFlag(State_Enabled);
        const bool marked = (on || some) && enabled;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const qreal side = std::min({ 15, option->rect.width(), option->rect.height() });
        QRectF box(0, 0, side - 1, side - 1);
        box.moveCenter(QRectF(option->rect).center());
        // On a selected row the accent would be drowned by the selection.
        const bool selected = option->state.testFlag(State_Selected);
        painter->setPen(QPen(marked && !selected ? theme::accent(option->palette)
                : selected                       ? theme::onAccent(option->palette)
                                                 : fieldBorder(option, false),
            1));
        painter->setBrush(marked && !selected ? QBrush(theme::accent(option->palette))
                : selected                    ? QBrush(Qt::NoBrush)
                                              : option->palette.brush(QPalette::Base));
        painter->drawRoundedRect(box, 3, 3);
        painter->setPen(QPen(marked ? theme::onAccent(option->palette)
                                    : option->palette.color(QPalette::Disabled, QPalette::Text),
            1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const QPointF c = box.center();
        if (on) {
            painter->drawPolyline(QPolygonF { c + QPointF(-side * 0.24, 0),
                c + QPointF(-side * 0.06, side * 0.2), c + QPointF(side * 0.26, -side * 0.2) });
        } else if (some) {
            painter->drawLine(c + QPointF(-side * 0.2, 0), c + QPointF(side * 0.2, 0));
        }
        painter->restore();
        return;
    }
    case PE_PanelButtonCommand:
    case PE_PanelButtonTool:
        paintButton(*painter, option);
        return;
    case PE_PanelScrollAreaCorner:
        painter->fillRect(option->rect, option->palette.brush(QPalette::Base));
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void FlatStyle::drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
    const QWidget *widget) const
{
    const auto *const tab = qstyleoption_cast<const QStyleOptionTab *>(option);
    if (element == CE_TabBarTabShape && tab) {
        const bool selected = tab->state.testFlag(State_Selected);
        painter->save();
        if (!selected && tab->state.testFlag(State_MouseOver)) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme::hover(tab->palette));
            painter->drawRoundedRect(QRectF(tab->rect).adjusted(2, 3, -2, -3), 4, 4);
        }
        if (selected) {
            painter->fillRect(
                QRect(tab->rect.left() + 8, tab->rect.bottom() - 1, tab->rect.width() - 16, 2),
                theme::accent(tab->palette));
        }
        painter->restore();
        return;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void FlatStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
    QPainter *painter, const QWidget *widget) const
{
    if (control == CC_ScrollBar) {
        const auto *const bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
        if (!bar || bar->maximum <= bar->minimum) {
            return;
        }
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRectF handle = subControlRect(CC_ScrollBar, bar, SC_ScrollBarSlider, widget);
        const bool grabbed = bar->activeSubControls.testFlag(SC_ScrollBarSlider)
            && bar->state.testFlag(State_Sunken);
        const bool near = bar->state.testFlag(State_MouseOver);
        QColor color = bar->palette.color(QPalette::Text);
        color.setAlphaF(grabbed ? 0.6F : near ? 0.45F : 0.28F);
        const qreal thickness = near || grabbed ? 8 : 6;
        const bool upright = bar->orientation == Qt::Vertical;
        QRectF shape = upright ? QRectF(handle.center().x() - thickness / 2, handle.top() + 2,
                                     thickness, handle.height() - 4)
                               : QRectF(handle.left() + 2, handle.center().y() - thickness / 2,
                                     handle.width() - 4, thickness);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color);
        painter->drawRoundedRect(shape, thickness / 2, thickness / 2);
        painter->restore();
        return;
    }
    if (const auto *const box = qstyleoption_cast<const QStyleOptionComboBox *>(option);
        control == CC_ComboBox && box) {
        if (box->frame && box->editable) {
            paintField(*painter, box);
        } else if (box->frame) {
            paintButton(*painter, box);
        }
        const QRectF arrow = proxy()->subControlRect(CC_ComboBox, box, SC_ComboBoxArrow, widget);
        paintChevron(*painter, arrow.center(), arrowColor(box, true));
        return;
    }
    if (const auto *const spin = qstyleoption_cast<const QStyleOptionSpinBox *>(option);
        control == CC_SpinBox && spin) {
        if (spin->frame) {
            paintField(*painter, spin);
        }
        const QRectF up = proxy()->subControlRect(CC_SpinBox, spin, SC_SpinBoxUp, widget);
        const QRectF down = proxy()->subControlRect(CC_SpinBox, spin, SC_SpinBoxDown, widget);
        paintChevron(*painter, up.center() + QPointF(0, 1),
            arrowColor(spin, spin->stepEnabled.testFlag(QAbstractSpinBox::StepUpEnabled)), true);
        paintChevron(*painter, down.center() - QPointF(0, 1),
            arrowColor(spin, spin->stepEnabled.testFlag(QAbstractSpinBox::StepDownEnabled)));
        return;
    }
    const auto *const button = qstyleoption_cast<const QStyleOptionToolButton *>(option);
    if (control == CC_ToolButton && button
        && button->features.testFlag(QStyleOptionToolButton::HasMenu)) {
        QStyleOptionToolButton plain(*button);
        plain.features.setFlag(QStyleOptionToolButton::HasMenu, false);
        if (!hasArrow(button)) {
            QProxyStyle::drawComplexControl(control, &plain, painter, widget);
            return;
        }
        // The frame spans the whole, the words leave room for the arrow.
        const bool raised = !plain.state.testFlag(State_AutoRaise)
            || (plain.state.testFlag(State_MouseOver) && plain.state.testFlag(State_Enabled));
        if (raised || plain.state.testFlag(State_Sunken) || plain.state.testFlag(State_On)) {
            paintButton(*painter, &plain);
        } else if (plain.state.testFlag(State_HasFocus)
            && plain.state.testFlag(State_KeyboardFocusChange)) {
            painter->setPen(theme::accent(plain.palette));
            painter->drawRoundedRect(QRectF(plain.rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        }
        QStyleOptionToolButton words(plain);
        words.rect.adjust(button->direction == Qt::RightToLeft ? kArrow : 0, 0,
            button->direction == Qt::RightToLeft ? 0 : -kArrow, 0);
        proxy()->drawControl(CE_ToolButtonLabel, &words, painter, widget);
        const qreal x = button->direction == Qt::RightToLeft
            ? button->rect.left() + kArrow / 2.0 + 2
            : button->rect.right() - kArrow / 2.0 - 1;
        paintChevron(*painter, { x, QRectF(button->rect).center().y() + 0.5 },
            theme::muted(button->palette));
        return;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect FlatStyle::subControlRect(ComplexControl control, const QStyleOptionComplex *option,
    SubControl subControl, const QWidget *widget) const
{
    const auto *const bar = qstyleoption_cast<const QStyleOptionSlider *>(option);
    if (control != CC_ScrollBar || !bar) {
        return QProxyStyle::subControlRect(control, option, subControl, widget);
    }
    // No arrows: the handle has the whole length.
    const bool upright = bar->orientation == Qt::Vertical;
    const int length = upright ? bar->rect.height() : bar->rect.width();
    const qint64 range = qint64 { bar->maximum } - bar->minimum;
    int handle = length;
    int start = 0;
    if (range > 0) {
        handle = std::clamp(
            static_cast<int>(qint64 { length } * bar->pageStep / (range + bar->pageStep)),
            std::min(kShortestHandle, length), length);
        start = sliderPositionFromValue(
            bar->minimum, bar->maximum, bar->sliderPosition, length - handle, bar->upsideDown);
    }
    const auto along = [&](int from, int size) {
        return upright ? QRect(bar->rect.left(), bar->rect.top() + from, bar->rect.width(), size)
                       : QRect(bar->rect.left() + from, bar->rect.top(), size, bar->rect.height());
    };
    switch (subControl) {
    case SC_ScrollBarGroove:
        return bar->rect;
    case SC_ScrollBarSlider:
        return along(start, handle);
    case SC_ScrollBarSubPage:
        return along(0, start);
    case SC_ScrollBarAddPage:
        return along(start + handle, length - start - handle);
    default:
        return {};
    }
}

QRect FlatStyle::subElementRect(
    SubElement element, const QStyleOption *option, const QWidget *widget) const
{
    const QRect rect = QProxyStyle::subElementRect(element, option, widget);
    const auto *const edit = qobject_cast<const QLineEdit *>(widget);
    // Words do not touch the border; parts of a combo or spin box have none.
    return element == SE_LineEditContents && edit && edit->hasFrame()
        ? rect.adjusted(theme::kUnit, 0, -theme::kUnit, 0)
        : rect;
}

QSize FlatStyle::sizeFromContents(
    ContentsType type, const QStyleOption *option, const QSize &size, const QWidget *widget) const
{
    QSize wanted = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_ToolButton
        && hasArrow(qstyleoption_cast<const QStyleOptionToolButton *>(option))) {
        wanted.rwidth() += kArrow;
    } else if (type == CT_TabBarTab) {
        wanted.setHeight(std::max(wanted.height(), kTabHeight));
    }
    return wanted;
}

int FlatStyle::pixelMetric(
    PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_ScrollBarExtent:
        return kScrollBar;
    case PM_ScrollBarSliderMin:
        return kShortestHandle;
    case PM_TabCloseIndicatorWidth:
    case PM_TabCloseIndicatorHeight:
        return 16;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabOverlap:
    case PM_MenuButtonIndicator:
        return 0;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int FlatStyle::styleHint(
    StyleHint hint, const QStyleOption *option, const QWidget *widget, QStyleHintReturn *data) const
{
    switch (hint) {
    case SH_DialogButtonBox_ButtonsHaveIcons:
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

} // namespace linchpin
