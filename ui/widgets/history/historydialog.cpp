// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/history/historydialog.h"

#include "core/accounts/accountmanager.h"
#include "core/history/historystore.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/history/historyhitmodel.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QTimer>
#include <QVBoxLayout>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr int kPage = 50;

} // namespace

HistoryDialog::HistoryDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_words(new QLineEdit(this))
    , m_accounts(new QComboBox(this))
    , m_with(new QLineEdit(this))
    , m_hits(new QListView(this))
    , m_model(new HistoryHitModel(context, this))
    , m_state(new QLabel(this))
    , m_pause(new QTimer(this))
{
    setObjectName(u"historyDialog"_s);
    setWindowTitle(tr("Search the history"));
    setFirstSize(*this, { 680, 560 });
    m_words->setObjectName(u"historyWords"_s);
    m_words->setPlaceholderText(tr("Words, “a phrase”, -without"));
    m_words->setAccessibleName(tr("Words to search for"));
    m_words->setClearButtonEnabled(true);
    m_accounts->setObjectName(u"historyAccount"_s);
    m_accounts->setAccessibleName(tr("Account"));
    m_accounts->addItem(tr("All accounts"));
    const QList<Account *> accounts = context.accounts.accounts();
    for (const Account *account : accounts) {
        m_accounts->addItem(account->name(), QVariant::fromValue(account->id()));
    }
    m_with->setObjectName(u"historyWith"_s);
    m_with->setPlaceholderText(tr("With anybody"));
    m_with->setAccessibleName(tr("Only the conversation with"));
    m_with->setClearButtonEnabled(true);
    m_hits->setObjectName(u"historyHits"_s);
    m_hits->setAccessibleName(tr("Found messages"));
    m_hits->setModel(m_model);
    m_hits->setItemDelegate(new HistoryHitDelegate(m_hits));
    m_hits->setFrameShape(QFrame::NoFrame);
    m_hits->setUniformItemSizes(true);
    m_hits->setMouseTracking(true);
    m_hits->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_state->setFont(theme::small(font()));
    m_state->setForegroundRole(QPalette::PlaceholderText);

    auto *const filters = new QHBoxLayout;
    filters->addWidget(m_accounts, 1);
    filters->addWidget(m_with, 1);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kGroups, theme::kGroups, theme::kGroups, theme::kGroups);
    column->setSpacing(theme::kRelated);
    column->addWidget(m_words);
    column->addLayout(filters);
    column->addWidget(m_hits, 1);
    column->addWidget(m_state);

    m_pause->setSingleShot(true);
    m_pause->setInterval(150ms);
    connect(m_pause, &QTimer::timeout, this, [this] { search(false); });
    const auto later = [this] { m_pause->start(); };
    connect(m_words, &QLineEdit::textChanged, this, later);
    connect(m_with, &QLineEdit::textChanged, this, later);
    connect(m_accounts, &QComboBox::currentIndexChanged, this, later);
    connect(m_model, &HistoryHitModel::moreRequested, this, [this] { search(true); });
    const auto open = [this](const QModelIndex &index) {
        Q_EMIT messageRequested(index.data(HistoryHitModel::Message).value<StoredMessage>());
    };
    connect(m_hits, &QListView::activated, this, open);
    connect(m_words, &QLineEdit::returnPressed, this, [this] {
        if (m_model->rowCount() > 0) {
            m_hits->setFocus();
            m_hits->setCurrentIndex(m_model->index(0, 0));
        }
    });
    m_state->setText(tr("Type what you remember."));
    m_words->setFocus();
}

HistoryDialog::~HistoryDialog() = default;

void HistoryDialog::search(bool more)
{
    SearchRequest request;
    request.words = m_words->text().trimmed();
    request.with = m_with->text().trimmed();
    request.limit = kPage;
    if (const QVariant id = m_accounts->currentData(); id.isValid()) {
        request.account = id.value<AccountId>();
    }
    const int asked = ++m_asked;
    if (request.words.isEmpty()) {
        m_model->clear();
        m_state->setText(tr("Type what you remember."));
        return;
    }
    if (more) {
        request.before = m_model->oldest();
    }
    m_context.history.search(request).then(
        this, [this, asked, more](const Result<QList<SearchHit>> &found) {
            if (asked != m_asked) {
                return; // typed on in the meantime
            }
            if (!found) {
                m_state->setText(found.error().title);
                return;
            }
            if (!more) {
                m_model->clear();
            }
            m_model->append(*found, found->size() >= kPage);
            const int count = m_model->rowCount();
            m_state->setText(count == 0 ? tr("Nothing found.")
                    : found->size() >= kPage
                    ? tr("The newest %n hits; scroll for more.", nullptr, count)
                    : count == 1 ? tr("1 hit")
                                 : tr("%n hits", nullptr, count));
        });
}

} // namespace linchpin
