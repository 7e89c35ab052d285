// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/doctor/doctordialog.h"

#include "core/accounts/accountmanager.h"
#include "core/accounts/pluginregistry.h"
#include "core/doctor/doctorcodes.h"
#include "core/doctor/patients.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/doctor/stepsign.h"
#include "ui/widgets/trust/certificatedialog.h"

#include <QApplication>
#include <QClipboard>
#include <QDialogButtonBox>
#include <QFrame>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QSysInfo>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kStep = 0;
constexpr int kResult = 1;
constexpr int kTried = 2;
constexpr int kAnswer = 3;
constexpr int kSignSize = 16;
constexpr int kRowHeight = 28; // as a compact row of the contact list
constexpr int kCardSignSize = 28;

/// A login that the server refused may be locked after a few tries: nobody tries it unasked.
bool isAboutLogin(const Error &error)
{
    return stepOfCode(error.code, {}) == DoctorStep::Authentication
        || error.kind == Error::Kind::Authentication;
}

QString oneLine(const QString &text)
{
    return text.simplified().left(400);
}

} // namespace

DoctorDialog::DoctorDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_title(new QLabel(this))
    , m_subject(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_doing(new QLabel(this))
    , m_card(new QFrame(this))
    , m_sign(new QLabel(m_card))
    , m_sentence(new QLabel(m_card))
    , m_words(new QLabel(m_card))
    , m_remedy(new QLabel(m_card))
    , m_fixRow(new QWidget(m_card))
    , m_changes(new QLabel(m_fixRow))
    , m_fix(new QPushButton(tr("Apply and sign in"), m_fixRow))
    , m_steps(new QTreeWidget(this))
{
    setObjectName(u"doctorDialog"_s);
    setWindowTitle(tr("Connection doctor"));
    setFirstSize(*this, { 860, 600 });
    m_maker = [this](Account &account, bool domain) {
        Examination examination;
        examination.settings = account.config().settings;
        examination.services = knownServices(m_context.plugins, account.config().protocol);
        if (domain) {
            const QStringList ids = m_context.plugins.ids();
            for (const QString &id : ids) {
                if (const ProtocolPlugin *const plugin = m_context.plugins.plugin(id)) {
                    examination.domainOf.append(plugin);
                }
            }
        }
        return doctorFor(account, m_context.accounts.environment(), examination);
    };
    m_title->setTextFormat(Qt::PlainText);
    m_title->setFont(theme::strong(theme::title(font())));
    m_title->setWordWrap(true);
    m_subject->setTextFormat(Qt::PlainText);
    m_subject->setFont(theme::small(font()));
    m_subject->setForegroundRole(QPalette::PlaceholderText);
    m_progress->setObjectName(u"doctorProgress"_s);
    m_progress->setAccessibleName(tr("Progress"));
    m_progress->setTextVisible(false);
    m_progress->setRange(0, static_cast<int>(doctorSteps().size()));
    m_progress->setMaximumHeight(theme::kRelated);
    m_doing->setObjectName(u"doctorDoing"_s);
    m_doing->setTextFormat(Qt::PlainText);
    m_doing->setFont(theme::small(font()));

    m_card->setObjectName(u"doctorVerdict"_s);
    m_card->setFrameShape(QFrame::NoFrame);
    m_card->setBackgroundRole(QPalette::Base);
    m_card->setAutoFillBackground(true);
    m_sentence->setObjectName(u"verdictSentence"_s);
    m_sentence->setFont(theme::strong(font()));
    m_words->setObjectName(u"verdictWords"_s);
    m_words->setFont(theme::small(font()));
    m_remedy->setObjectName(u"verdictRemedy"_s);
    m_changes->setFont(theme::small(font()));
    for (QLabel *const label : { m_sentence, m_words, m_remedy, m_changes }) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    }
    m_sign->setFixedSize(kCardSignSize, kCardSignSize);
    m_fix->setObjectName(u"applyFix"_s);
    auto *const fixRow = new QHBoxLayout(m_fixRow);
    fixRow->setContentsMargins(0, theme::kUnit, 0, 0);
    fixRow->setSpacing(theme::kRelated);
    fixRow->addWidget(m_fix);
    fixRow->addWidget(m_changes, 1);
    auto *const words = new QVBoxLayout;
    words->setSpacing(theme::kUnit);
    words->addWidget(m_sentence);
    words->addWidget(m_words);
    words->addWidget(m_remedy);
    words->addWidget(m_fixRow);
    auto *const card = new QHBoxLayout(m_card);
    card->setContentsMargins(theme::kGroups, theme::kGroups, theme::kGroups, theme::kGroups);
    card->setSpacing(theme::kGroups);
    card->addWidget(m_sign, 0, Qt::AlignTop);
    card->addLayout(words, 1);

    m_steps->setObjectName(u"doctorSteps"_s);
    m_steps->setAccessibleName(tr("Steps"));
    m_steps->setHeaderLabels({ tr("Step"), tr("Result"), tr("Tried"), tr("What came back") });
    m_steps->setRootIsDecorated(false);
    m_steps->setUniformRowHeights(true);
    m_steps->setIconSize({ kSignSize, kSignSize });
    // The signs keep their colours on the row that is chosen.
    QPalette rows = m_steps->palette();
    rows.setColor(QPalette::Highlight, theme::selection(palette()));
    rows.setColor(QPalette::HighlightedText, palette().color(QPalette::Text));
    m_steps->setPalette(rows);
    m_steps->setTextElideMode(Qt::ElideRight);
    m_steps->header()->setStretchLastSection(true);
    m_steps->header()->resizeSection(kStep, 170);
    m_steps->header()->resizeSection(kResult, 84);
    m_steps->header()->resizeSection(kTried, 210);

    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    const auto button = [&](const QString &text, const QString &name) {
        QPushButton *const made = buttons->addButton(text, QDialogButtonBox::ActionRole);
        made->setObjectName(name);
        made->setAutoDefault(false);
        return made;
    };
    m_again = button(tr("Run again"), u"runAgain"_s);
    m_copy = button(tr("Copy report"), u"copyReport"_s);
    m_domain = button(tr("Check federation"), u"checkDomain"_s);
    m_domain->setToolTip(tr("What the domain offers other domains; needs no password"));
    m_settings = button(tr("Settings…"), u"doctorSettings"_s);
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false);
    m_fix->setAutoDefault(true);

    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kRelated);
    column->addWidget(m_title);
    column->addWidget(m_subject);
    column->addSpacing(theme::kUnit);
    column->addWidget(m_progress);
    column->addWidget(m_doing);
    column->addWidget(m_card);
    column->addWidget(m_steps, 1);
    column->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_again, &QPushButton::clicked, this, [this] {
        if (isExamining()) {
            m_doctor->cancel();
        } else {
            examine();
        }
    });
    connect(m_domain, &QPushButton::clicked, this, [this] { examine(true); });
    connect(m_copy, &QPushButton::clicked, this,
        [this] { QApplication::clipboard()->setText(report()); });
    connect(
        m_settings, &QPushButton::clicked, this, [this] { Q_EMIT settingsRequested(m_account); });
    connect(m_fix, &QPushButton::clicked, this, &DoctorDialog::applyFix);
    connect(&context.accounts, &AccountManager::accountRemoved, this, [this](const AccountId &id) {
        if (id == m_account) {
            reject();
        }
    });
    clear();
    showButtons();
}

DoctorDialog::~DoctorDialog()
{
    delete m_doctor; // before the labels that it tells
}

Account *DoctorDialog::account() const
{
    return m_context.accounts.account(m_account);
}

bool DoctorDialog::isExamining() const
{
    return m_doctor && m_doctor->isRunning();
}

void DoctorDialog::reject()
{
    if (m_doctor) {
        m_doctor->disconnect(this);
        m_doctor->cancel();
    }
    QDialog::reject();
}

void DoctorDialog::showAccount(const AccountId &id)
{
    if (id == m_account && (isExamining() || m_verdict)) {
        return; // it is being looked at
    }
    m_account = id;
    const Account *const current = account();
    const std::optional<Error> reason = current ? current->reason() : std::nullopt;
    if (reason && isAboutLogin(*reason)) {
        Verdict known;
        known.error = completedError(*reason);
        known.step = stepOfCode(known.error.code, DoctorStep::Authentication.toString());
        showResult(id,
            { { known.step, Finding::State::Failed, current->address(), known.error.detail,
                known.error } },
            known);
        return;
    }
    examine();
}

void DoctorDialog::showResult(
    const AccountId &id, const QList<Finding> &findings, const Verdict &verdict)
{
    delete m_doctor;
    m_account = id;
    m_at = QDateTime::currentDateTimeUtc();
    clear();
    for (const Finding &finding : findings) {
        addFinding(finding);
    }
    showVerdict(verdict);
}

void DoctorDialog::examine(bool domain)
{
    Account *const current = account();
    delete m_doctor;
    clear();
    if (!current || !current->plugin()) {
        showButtons();
        return;
    }
    m_at = QDateTime::currentDateTimeUtc();
    m_doctor = m_maker(*current, domain).release();
    m_doctor->setParent(this);
    connect(m_doctor, &Doctor::found, this, [this](const Finding &finding) {
        addFinding(finding);
        showStep();
    });
    connect(m_doctor, &Doctor::finished, this, [this](const Verdict &verdict) {
        m_doctor->deleteLater();
        m_doctor.clear();
        showVerdict(verdict);
        Q_EMIT examined(verdict);
    });
    m_doctor->start();
    showStep();
    showButtons();
}

void DoctorDialog::clear()
{
    m_findings.clear();
    m_verdict.reset();
    m_steps->clear();
    m_card->hide();
    m_progress->setValue(0);
    const Account *const current = account();
    const QString protocol
        = current && current->plugin() ? current->plugin()->info().name : QString();
    m_title->setText(current ? tr("Why does %1 not sign in?").arg(current->name()) : QString());
    m_subject->setText(current ? u"%1 · %2"_s.arg(current->address(), protocol) : QString());
}

void DoctorDialog::fill(QTreeWidgetItem *item, const Finding &finding)
{
    const QString answer
        = finding.answer.isEmpty() && finding.error ? finding.error->title : finding.answer;
    item->setIcon(kStep, stepSign(finding.state, palette(), kSignSize, devicePixelRatioF()));
    item->setText(kStep, titleOfStep(finding.step));
    item->setSizeHint(kStep, QSize(0, kRowHeight));
    item->setText(kResult, wordOfState(finding.state));
    item->setText(kTried, oneLine(finding.tried));
    item->setText(kAnswer, oneLine(answer));
    QStringList whole { finding.tried, finding.answer };
    if (finding.error) {
        whole += QStringList { finding.error->title, u'[' + finding.error->code + u']' };
    }
    whole.removeAll(QString());
    whole.removeDuplicates();
    const QString tip = whole.join(u'\n').toHtmlEscaped().replace(u'\n', u"<br>"_s);
    for (const int column : { kStep, kResult, kTried, kAnswer }) {
        item->setToolTip(column, tip);
    }
    // What a screen reader says of the row.
    item->setData(kStep, Qt::AccessibleTextRole,
        u"%1: %2. %3"_s.arg(item->text(kStep), item->text(kResult), item->text(kAnswer)));
    if (finding.state == Finding::State::Failed) {
        for (const int column : { kStep, kResult }) {
            item->setForeground(column, theme::danger(palette()));
            item->setFont(column, theme::strong(font()));
        }
    } else if (finding.state == Finding::State::Skipped) {
        for (const int column : { kStep, kResult, kTried, kAnswer }) {
            item->setForeground(column, theme::muted(palette()));
        }
    }
}

void DoctorDialog::addFinding(const Finding &finding)
{
    const auto codeOf = [](const Finding &one) { return one.error ? one.error->code : QString(); };
    // An attempt that was a warning first and is the failure in the end is one row.
    for (qsizetype i = 0; i < m_findings.size(); ++i) {
        const Finding &known = m_findings.at(i);
        if (known.step == finding.step && known.tried == finding.tried
            && codeOf(known) == codeOf(finding) && finding.state == Finding::State::Failed) {
            m_findings[i] = finding;
            fill(m_steps->topLevelItem(static_cast<int>(i)), finding);
            return;
        }
    }
    m_findings.append(finding);
    auto *const item = new QTreeWidgetItem(m_steps);
    fill(item, finding);
    m_steps->scrollToItem(item);
    const auto reached = static_cast<int>(doctorSteps().indexOf(finding.step)) + 1;
    m_progress->setValue(std::max(m_progress->value(), reached));
}

void DoctorDialog::showStep()
{
    const bool running = isExamining();
    m_progress->setVisible(running);
    m_doing->setVisible(running);
    if (running) {
        m_doing->setText(tr("Looking at: %1").arg(titleOfStep(m_doctor->stepUnderWay())));
    }
}

void DoctorDialog::showVerdict(const Verdict &verdict)
{
    m_verdict = verdict;
    showStep();
    m_card->setVisible(true);
    const Finding::State state = verdict.cancelled ? Finding::State::Skipped
        : verdict.ok                               ? Finding::State::Ok
                                                   : Finding::State::Failed;
    m_sign->setPixmap(stepSign(state, palette(), kCardSignSize, devicePixelRatioF())
            .pixmap(QSize(kCardSignSize, kCardSignSize), devicePixelRatioF()));
    m_sign->setAccessibleName(wordOfState(state));
    const bool ofDomain = verdict.ok && verdict.step == DoctorStep::FederationSrv;
    const QString good = ofDomain
        ? tr("Nothing was found that keeps other servers from this domain.")
        : tr("Signing in works.");
    m_sentence->setText(verdict.cancelled ? tr("The examination was given up.")
            : verdict.ok                  ? good
                                          : verdict.error.title);
    // The server's words, with the word that support asks for.
    const QString words = oneLine(verdict.error.detail);
    m_words->setText(verdict.ok || verdict.cancelled ? QString()
            : words.isEmpty()                        ? u'[' + verdict.error.code + u']'
                                                     : u"%1 [%2]"_s.arg(words, verdict.error.code));
    m_words->setVisible(!m_words->text().isEmpty());
    m_remedy->setText(verdict.error.remedy);
    m_remedy->setVisible(!verdict.error.remedy.isEmpty());
    const SettingsPatch patch = verdict.ok ? SettingsPatch {} : verdict.error.fix;
    const Account *const current = account();
    QStringList changes;
    for (auto it = patch.cbegin(); current && it != patch.cend(); ++it) {
        const SettingsSchema schema = current->schema();
        const SettingField *const field = schema.field(it.key());
        const QString value = it.value().toString();
        changes.append(tr("%1: %2").arg(
            field ? field->label : it.key(), value.isEmpty() ? tr("automatic") : value.left(80)));
    }
    // A certificate is looked at before it is trusted.
    const bool looks = showsCertificate();
    m_fix->setText(looks ? tr("Show certificate…") : tr("Apply and sign in"));
    if (looks) {
        changes.clear();
    }
    m_changes->setText(changes.join(u'\n'));
    m_fix->setAccessibleDescription(changes.join(u", "_s));
    m_fixRow->setVisible(looks || !changes.isEmpty());
    m_fix->setDefault(looks || !changes.isEmpty());
    if (verdict.ok && current) {
        m_title->setText(ofDomain ? current->name() : tr("%1 can sign in").arg(current->name()));
    }
    // The failure in sight, and what a screen reader comes to first.
    const QList<QTreeWidgetItem *> all
        = m_steps->findItems(wordOfState(Finding::State::Failed), Qt::MatchExactly, kResult);
    if (!all.isEmpty()) {
        m_steps->setCurrentItem(all.constLast());
        m_steps->scrollToItem(all.constLast());
    }
    setAccessibleDescription(m_sentence->text());
    showButtons();
}

bool DoctorDialog::showsCertificate() const
{
    if (!m_verdict || m_verdict->ok || !m_verdict->error.code.startsWith("certificate-"_L1)) {
        return false;
    }
    const SettingsPatch &fix = m_verdict->error.fix;
    return (fix.isEmpty() || fix.contains(u"pinned-certificate"_s))
        && CertificateDialog::isUseful(m_context, m_account);
}

void DoctorDialog::showButtons()
{
    const bool running = isExamining();
    m_again->setText(running ? tr("Stop") : tr("Run again"));
    m_again->setEnabled(account() != nullptr);
    m_copy->setEnabled(m_verdict.has_value());
    m_domain->setEnabled(!running && account());
    m_settings->setEnabled(account() != nullptr);
    showStep();
}

QString DoctorDialog::report() const
{
    const Account *const current = account();
    if (!current || !m_verdict) {
        return {};
    }
    return reportText(
        { u"Linchpin "_s + QApplication::applicationVersion(), QSysInfo::prettyProductName(),
            current->config().protocol, current->address(), m_at },
        current->schema(), current->config().settings, m_findings, *m_verdict);
}

void DoctorDialog::applyFix()
{
    Account *const current = account();
    if (!current || !m_verdict) {
        return;
    }
    if (showsCertificate()) {
        CertificateDialog::open(m_context, m_account, this);
        return;
    }
    AccountConfig config = current->config();
    const SettingsPatch patch = m_verdict->error.fix;
    for (auto it = patch.cbegin(); it != patch.cend(); ++it) {
        // What the doctor found may be found anew later; what was emptied is automatic again.
        if (it.value().toString().isEmpty()) {
            config.settings.remove(it.key());
        } else {
            config.settings.set(it.key(), it.value(), SettingOrigin::Found);
        }
    }
    config.enabled = true;
    if (const Result<void> changed = m_context.accounts.change(config, {}); !changed) {
        m_remedy->setText(changed.error().title);
        m_remedy->setVisible(true);
        return;
    }
    current->retryNow();
    accept();
}

} // namespace linchpin
