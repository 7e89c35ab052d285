// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/trust/trustenddialog.h"

#include "ui/widgets/common/theme.h"
#include "ui/widgets/trust/certificatetext.h"

#include <QDateEdit>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSslCertificate>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// Tab leads on to the next field, as everywhere; the arrow keys go from day to month to year.
class DayEdit : public QDateEdit {
public:
    using QDateEdit::QDateEdit;

protected:
    bool focusNextPrevChild(bool next) override
    {
        return QWidget::focusNextPrevChild(next); // NOLINT(bugprone-parent-virtual-call)
    }
};

} // namespace

TrustEndDialog::TrustEndDialog(const RefusedCase &refused, const QDateTime &now, QWidget *parent)
    : QDialog(parent)
{
    setObjectName(u"trustEndDialog"_s);
    setWindowTitle(tr("Always trust this certificate"));
    const QDateTime latest = latestTrustEnd(refused.certificate(), now);
    auto *const words = new QLabel(
        tr("This account will accept exactly this certificate from %1 (%2) until the day below. If "
           "the server shows another one that nobody vouches for, you are warned. If it shows one "
           "that is in order, this exception goes by itself.")
            .arg(refused.peer.expectedName.left(200), certificatetext::service(refused.service)),
        this);
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    auto *const day = new DayEdit(latest.toLocalTime().date(), this);
    day->setObjectName(u"trustUntil"_s);
    day->setAccessibleName(tr("Until"));
    day->setCalendarPopup(true);
    day->setDateRange(now.toLocalTime().date(), latest.toLocalTime().date());
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    QPushButton *const trust = buttons->addButton(tr("Trust it"), QDialogButtonBox::AcceptRole);
    trust->setObjectName(u"trustUntilButton"_s);
    trust->setAutoDefault(false);
    buttons->button(QDialogButtonBox::Cancel)->setDefault(true);
    auto *const form = new QFormLayout;
    form->addRow(tr("Until"), day);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kGroups);
    column->addWidget(words);
    column->addLayout(form);
    column->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this, day, latest] {
        // The whole of the last day.
        const QDateTime end = day->date().endOfDay().toUTC();
        accept();
        Q_EMIT chosen(std::min(end, latest));
    });
}

TrustEndDialog::~TrustEndDialog() = default;

} // namespace linchpin
