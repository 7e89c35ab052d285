// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/history/historyhitmodel.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversationstore.h"
#include "core/contacts/contactstore.h"
#include "core/models/conversationlistmodel.h"
#include "ui/presenters/timetext.h"
#include "ui/widgets/common/theme.h"

#include <QPainter>
#include <QTextLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kBefore = 40; // characters shown before the first match

} // namespace

HistoryHitModel::HistoryHitModel(UiContext context, QObject *parent)
    : QAbstractListModel(parent)
    , m_context(context)
{
}

int HistoryHitModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_hits.size());
}

QVariant HistoryHitModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const SearchHit &hit = m_hits.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return hit.message.body.plain();
    case Qt::AccessibleTextRole:
        return tr("%1 in %2: %3")
            .arg(hit.message.fromName.isEmpty() ? hit.message.from : hit.message.fromName,
                hit.message.conversation.with, hit.message.body.plain());
    case Message:
        return QVariant::fromValue(hit.message);
    case Matches:
        return QVariant::fromValue(hit);
    case Where: {
        const Conversation *const conversation
            = m_context.conversations.find(hit.message.conversation);
        return conversation ? conversationName(*conversation, m_context.contacts)
                            : hit.message.conversation.with;
    }
    case AccountColor: {
        const Account *const account = m_context.accounts.account(hit.message.conversation.account);
        return account ? account->config().color : 9;
    }
    default:
        return {};
    }
}

bool HistoryHitModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && m_more;
}

void HistoryHitModel::fetchMore(const QModelIndex &)
{
    m_more = false; // until the answer says otherwise
    Q_EMIT moreRequested();
}

void HistoryHitModel::clear()
{
    beginResetModel();
    m_hits.clear();
    m_more = false;
    endResetModel();
}

void HistoryHitModel::append(const QList<SearchHit> &hits, bool more)
{
    m_more = more;
    if (hits.isEmpty()) {
        return;
    }
    const int first = static_cast<int>(m_hits.size());
    beginInsertRows({}, first, first + static_cast<int>(hits.size()) - 1);
    m_hits += hits;
    endInsertRows();
}

QDateTime HistoryHitModel::oldest() const
{
    return m_hits.isEmpty() ? QDateTime() : m_hits.constLast().message.sentAt;
}

HistoryHitDelegate::HistoryHitDelegate(QObject *parent)
    : QStyledItemDelegate(parent)
{
}

QSize HistoryHitDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return { 200,
        QFontMetrics(option.font).height() + QFontMetrics(theme::small(option.font)).height()
            + 2 * theme::kRelated };
}

void HistoryHitDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QPalette &palette = option.palette;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QRectF card = QRectF(option.rect).adjusted(theme::kUnit, 1, -theme::kUnit, -1);
    theme::paintRow(*painter, card, palette, selected,
        option.state.testFlag(QStyle::State_MouseOver),
        option.state.testFlag(QStyle::State_HasFocus));
    const auto placed
        = [&](const QRectF &box) { return theme::placed(box, card, option.direction); };
    const auto hit = index.data(HistoryHitModel::Matches).value<SearchHit>();
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme::account(index.data(HistoryHitModel::AccountColor).toInt(), palette));
    painter->drawRoundedRect(
        placed(QRectF(card.left() + 2, card.top() + 6, 3, card.height() - 12)), 1.5, 1.5);
    const QRectF inside = placed(card.adjusted(theme::kGroups - 4, 6, -theme::kRelated, -6));
    const QFont small = theme::small(option.font);
    const QFontMetricsF smallMetrics(small);
    const QString when = shortTimeText(hit.message.sentAt, QDateTime::currentDateTimeUtc());
    const QString who = hit.message.fromName.isEmpty() ? hit.message.from : hit.message.fromName;
    const QString where = index.data(HistoryHitModel::Where).toString();
    painter->setFont(small);
    painter->setPen(theme::muted(palette));
    painter->drawText(inside, Qt::AlignTop | Qt::AlignRight, when);
    painter->drawText(inside, Qt::AlignTop | Qt::AlignLeft,
        smallMetrics.elidedText(who == where ? where : u"%1 · %2"_s.arg(where, who), Qt::ElideRight,
            inside.width() - smallMetrics.horizontalAdvance(when) - theme::kGroups));
    // The line begins a little before the first match.
    QString text = hit.message.body.plain();
    text.replace(u'\n', u' ');
    qsizetype cut = 0;
    if (!hit.matches.isEmpty() && hit.matches.constFirst().first > kBefore) {
        cut = hit.matches.constFirst().first - kBefore;
    }
    QFont bold = option.font;
    bold.setBold(true);
    text = QFontMetricsF(bold).elidedText(
        (cut > 0 ? u"…"_s : QString()) + text.mid(cut, 300), Qt::ElideRight, inside.width());
    const qsizetype shift = cut > 0 ? cut - 1 : 0;
    QTextLayout layout(text, option.font);
    QList<QTextLayout::FormatRange> ranges;
    for (const auto &[start, length] : hit.matches) {
        QTextCharFormat format;
        format.setFontWeight(QFont::Bold);
        format.setBackground(theme::found(palette));
        const int from = static_cast<int>(start - shift);
        if (from >= 0 && from < text.size()) {
            ranges.append({ from, length, format });
        }
    }
    layout.setFormats(ranges);
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::NoWrap);
    if (option.direction == Qt::RightToLeft) {
        wrap.setAlignment(Qt::AlignRight | Qt::AlignAbsolute);
    }
    layout.setTextOption(wrap);
    layout.beginLayout();
    QTextLine line = layout.createLine();
    if (line.isValid()) {
        line.setLineWidth(inside.width());
    }
    layout.endLayout();
    painter->setPen(palette.color(QPalette::Text));
    painter->setClipRect(inside);
    layout.draw(
        painter, QPointF(inside.left(), inside.bottom() - QFontMetricsF(option.font).height()));
    painter->restore();
}

} // namespace linchpin
