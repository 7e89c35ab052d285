// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/accounteditor.h"

#include "core/accounts/accountmanager.h"
#include "core/models/accountlistmodel.h"
#include "core/models/settingsformmodel.h"
#include "core/net/truststore.h"
#include "core/sdk/protocolplugin.h"
#include "ui/widgets/accounts/settingsform.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/trust/certificatedialog.h"
#include "ui/widgets/trust/safefix.h"
#include "ui/widgets/trust/trustdecisions.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QIcon colorIcon(int index, const QPalette &palette)
{
    QPixmap pixmap(32, 32);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::account(index, palette));
    painter.drawEllipse(4, 4, 24, 24);
    return QIcon(pixmap);
}

QString colorName(int index)
{
    const QStringList names { AccountEditor::tr("Blue"), AccountEditor::tr("Teal"),
        AccountEditor::tr("Orange"), AccountEditor::tr("Purple"), AccountEditor::tr("Pink"),
        AccountEditor::tr("Green"), AccountEditor::tr("Cyan"), AccountEditor::tr("Gold"),
        AccountEditor::tr("Red"), AccountEditor::tr("Grey") };
    return names.value(index);
}

} // namespace

AccountEditor::AccountEditor(UiContext context, Account &account, QWidget *parent)
    : QWidget(parent)
    , m_context(context)
    , m_id(account.id())
    , m_model(std::make_unique<SettingsFormModel>(account.schema(), account.config().settings))
    , m_tabs(new QTabWidget(this))
    , m_basic(new SettingsForm(*m_model, SettingGroup::Basic, false, m_tabs))
    , m_name(new QLineEdit(account.name(), this))
    , m_color(new QComboBox(this))
    , m_remember(new QCheckBox(tr("Remember the password"), this))
    , m_banner(new QFrame(this))
    , m_state(new QLabel(this))
    , m_words(new QLabel(this))
    , m_fix(new QPushButton(tr("Mend it"), this))
    , m_certificate(new QPushButton(tr("Show certificate…"), this))
    , m_tryNow(new QPushButton(tr("Try now"), this))
    , m_why(new QPushButton(tr("Find out why"), this))
{
    m_name->setObjectName(u"accountName"_s);
    m_color->setObjectName(u"accountColor"_s);
    m_remember->setObjectName(u"rememberPassword"_s);
    m_remember->setChecked(account.config().secrets == SecretPolicy::Remember);
    for (int i = 0; i < theme::kAccountColors; ++i) {
        m_color->addItem(colorIcon(i, palette()), colorName(i));
    }
    m_color->setCurrentIndex(account.config().color % theme::kAccountColors);
    m_basic->addRow(tr("Colour"), m_color);
    m_basic->addRow(tr("Name"), m_name);
    m_basic->setObjectName(u"pageBasic"_s);
    m_basic->setAccessibleName(tr("Basic"));
    m_basic->setSecretPlaceholder(account.config().secrets == SecretPolicy::Remember
            ? tr("unchanged")
            : tr("asked for each time"));
    auto *const basicPage = new QWidget(m_tabs);
    auto *const basicColumn = new QVBoxLayout(basicPage);
    basicColumn->setContentsMargins(0, 0, 0, 0);
    basicColumn->setSpacing(0);

    auto *const banner = static_cast<QFrame *>(m_banner);
    banner->setFrameShape(QFrame::NoFrame);
    banner->setBackgroundRole(QPalette::AlternateBase);
    banner->setAutoFillBackground(true);
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    m_state->setFont(theme::strong(font()));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setWordWrap(true);
    m_words->setFont(theme::small(font()));
    m_words->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto *const buttons = new QHBoxLayout;
    m_certificate->setObjectName(u"showCertificate"_s);
    m_certificate->setAutoDefault(false);
    buttons->addWidget(m_certificate);
    buttons->addWidget(m_fix);
    buttons->addWidget(m_tryNow);
    buttons->addWidget(m_why);
    buttons->addStretch();
    auto *const bannerColumn = new QVBoxLayout(m_banner);
    bannerColumn->setContentsMargins(
        theme::kEdge, theme::kGroups - 4, theme::kEdge, theme::kGroups - 4);
    bannerColumn->setSpacing(theme::kUnit);
    bannerColumn->addWidget(m_state);
    bannerColumn->addWidget(m_words);
    bannerColumn->addLayout(buttons);
    basicColumn->addWidget(m_banner);
    basicColumn->addWidget(m_basic, 1);
    m_basic->appendRow(m_remember);

    m_tabs->setObjectName(u"pages"_s);
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(basicPage, tr("Basic"));
    for (const auto &[group, name, label] :
        { std::tuple(SettingGroup::Advanced, u"pageAdvanced"_s, tr("Advanced")),
            std::tuple(SettingGroup::Proxy, u"pageProxy"_s, tr("Proxy")) }) {
        auto *const page = new SettingsForm(*m_model, group, true, m_tabs);
        page->setObjectName(name);
        page->setAccessibleName(label);
        if (page->isEmpty()) {
            page->deleteLater();
        } else {
            if (group == SettingGroup::Advanced) {
                page->appendRow(new TrustDecisions(m_context, m_id, page));
            }
            m_tabs->addTab(page, label);
        }
    }
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_tabs);

    const auto touched = [this] {
        m_touched = true;
        Q_EMIT changed();
    };
    connect(m_name, &QLineEdit::textEdited, this, touched);
    connect(m_color, &QComboBox::activated, this, touched);
    connect(m_remember, &QCheckBox::clicked, this, touched);
    connect(m_model.get(), &SettingsFormModel::stateChanged, this, &AccountEditor::changed);
    connect(m_fix, &QPushButton::clicked, this, [this] {
        const Account *const current = this->account();
        if (current && current->reason()) {
            m_model->apply(safeFix(current->reason()->fix), SettingOrigin::ByHand);
            apply();
        }
    });
    m_why->setObjectName(u"findOutWhy"_s);
    connect(m_why, &QPushButton::clicked, this, [this] { Q_EMIT whyRequested(m_id); });
    connect(m_certificate, &QPushButton::clicked, this,
        [this] { CertificateDialog::open(m_context, m_id, this); });
    if (const TrustStore *const trust = context.accounts.trust()) {
        connect(trust, &TrustStore::refusedChanged, this, [this](const AccountId &which) {
            if (which == m_id) {
                refreshState();
            }
        });
    }
    connect(m_tryNow, &QPushButton::clicked, this, [this] {
        if (Account *const current = this->account()) {
            apply();
            current->retryNow();
        }
    });
    connect(&context.accounts, &AccountManager::accountChanged, this, [this](const Account *which) {
        if (which->id() == m_id) {
            m_model->adopt(which->config().settings);
            refreshState();
        }
    });
    refreshState();
}

AccountEditor::~AccountEditor()
{
    // The forms look at the model until they are gone.
    delete m_tabs;
}

Account *AccountEditor::account() const
{
    return m_context.accounts.account(m_id);
}

void AccountEditor::showPage(const QString &objectName)
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        if (m_tabs->widget(i)->objectName() == objectName
            || m_tabs->widget(i)->findChild<QWidget *>(objectName)) {
            m_tabs->setCurrentIndex(i);
            return;
        }
    }
}

bool AccountEditor::isModified() const
{
    return m_touched || m_model->isModified();
}

bool AccountEditor::isAcceptable() const
{
    return complaint().isEmpty();
}

QString AccountEditor::complaint() const
{
    if (!m_failure.isEmpty()) {
        return m_failure;
    }
    if (m_name->text().trimmed().isEmpty()) {
        return tr("The account needs a name.");
    }
    if (!m_model->problems().isEmpty()) {
        const SettingProblem first = m_model->problems().constFirst();
        const SettingField *const field = m_model->schema().field(first.key);
        return u"%1: %2"_s.arg(field ? field->label : first.key, first.text);
    }
    return {};
}

bool AccountEditor::apply()
{
    Account *const current = account();
    m_failure.clear();
    if (!current || !isAcceptable()) {
        Q_EMIT changed();
        return false;
    }
    AccountConfig config = current->config();
    config.name = m_name->text().trimmed();
    config.color = m_color->currentIndex();
    config.secrets = m_remember->isChecked() ? SecretPolicy::Remember : SecretPolicy::AskEachTime;
    config.settings = m_model->values();
    const Result<void> done = m_context.accounts.change(config, m_model->secrets());
    if (!done) {
        m_failure = done.error().title;
        Q_EMIT changed();
        m_failure.clear();
        return false;
    }
    m_touched = false;
    m_model->setValues(current->config().settings);
    Q_EMIT changed();
    return true;
}

void AccountEditor::refreshState()
{
    const Account *const current = account();
    if (!current) {
        return;
    }
    const std::optional<Error> &reason = current->reason();
    const bool wrong = reason.has_value();
    const QString protocol
        = current->plugin() ? current->plugin()->info().name : current->config().protocol;
    m_state->setText(u"%1 — %2"_s.arg(protocol, stateText(*current)));
    QPalette colors = palette();
    if (wrong) {
        colors.setColor(QPalette::WindowText, theme::danger(palette()));
    }
    m_state->setPalette(colors);
    QStringList words;
    if (reason) {
        if (!reason->detail.isEmpty()) {
            words.append(reason->detail);
        }
        if (!reason->remedy.isEmpty()) {
            words.append(reason->remedy);
        }
    }
    m_words->setText(words.join(u'\n'));
    m_words->setVisible(!words.isEmpty());
    const bool isRefused = CertificateDialog::isUseful(m_context, m_id);
    m_certificate->setVisible(isRefused);
    // A certificate is looked at before it is trusted.
    const SettingsPatch fix = reason ? safeFix(reason->fix) : SettingsPatch {};
    m_fix->setVisible(!fix.isEmpty());
    if (!fix.isEmpty()) {
        QStringList changes;
        for (auto it = fix.cbegin(); it != fix.cend(); ++it) {
            const SettingField *const field = m_model->schema().field(it.key());
            changes.append(
                tr("%1: %2").arg(field ? field->label : it.key(), it.value().toString().left(60)));
        }
        m_fix->setText(tr("Set %1").arg(changes.join(u", "_s)));
    }
    m_why->setVisible(wrong && current->plugin());
    m_tryNow->setVisible(current->config().enabled && current->state() != Account::State::Online
        && current->state() != Account::State::Connecting);
}

} // namespace linchpin
