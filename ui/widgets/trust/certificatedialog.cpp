// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/trust/certificatedialog.h"

#include "core/accounts/accountmanager.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/trust/certificatetext.h"
#include "ui/widgets/trust/trustenddialog.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QCryptographicHash>
#include <QFontDatabase>
#include <QFormLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSslCertificate>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace text = certificatetext;
using text::Care;

namespace {

constexpr int kDer = Qt::UserRole;
constexpr int kChainRows = 4;

QLabel *words(QWidget *parent, const QString &objectName)
{
    auto *const label = new QLabel(parent);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

CertificateDialog::CertificateDialog(UiContext context, const AccountId &account, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_account(account)
    , m_chooser(new QComboBox(this))
    , m_headline(words(this, u"headline"_s))
    , m_way(words(this, u"way"_s))
    , m_advice(words(this, u"advice"_s))
    , m_comparison(words(this, u"comparison"_s))
    , m_chain(new QTreeWidget(this))
    , m_details(new QWidget(this))
    , m_rows(new QFormLayout(m_details))
    , m_agree(new QCheckBox(this))
    , m_compare(new QWidget(this))
    , m_compareLabel(new QLabel(m_compare))
    , m_typed(new QLineEdit(m_compare))
    , m_never(new QPushButton(tr("Never"), this))
    , m_notNow(new QPushButton(tr("Not now"), this))
    , m_once(new QPushButton(tr("Trust once"), this))
    , m_always(new QPushButton(tr("Always for this account…"), this))
{
    setObjectName(u"certificateDialog"_s);
    const Account *const known = this->account();
    setWindowTitle(known ? tr("Certificate — %1").arg(known->name()) : tr("Certificate"));
    setFirstSize(*this, { 660, 640 });
    auto *const scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(makeBody());
    auto *const line = new QFrame(this);
    line->setFrameShape(QFrame::HLine);
    line->setFrameShadow(QFrame::Plain);
    line->setForegroundRole(QPalette::Mid);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(scroll, 1);
    column->addWidget(line);
    column->addWidget(makeDecision());

    connect(m_chain, &QTreeWidget::currentItemChanged, this, [this](const QTreeWidgetItem *item) {
        if (item) {
            showCertificate(QSslCertificate(item->data(0, kDer).toByteArray(), QSsl::Der));
        }
    });
    connect(m_agree, &QCheckBox::toggled, this, &CertificateDialog::refreshButtons);
    connect(m_typed, &QLineEdit::textChanged, this, &CertificateDialog::refreshButtons);
    connect(m_notNow, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_once, &QPushButton::clicked, this, [this] { decide(Decision::Once); });
    connect(m_never, &QPushButton::clicked, this, [this] { decide(Decision::Never); });
    connect(m_always, &QPushButton::clicked, this, &CertificateDialog::askForEnd);
    fillChooser();
    m_notNow->setFocus();
}

CertificateDialog::~CertificateDialog() = default;

bool CertificateDialog::isUseful(const UiContext &context, const AccountId &account)
{
    const TrustStore *const trust = context.accounts.trust();
    return trust && !trust->refused(account).isEmpty();
}

void CertificateDialog::open(UiContext context, const AccountId &account, QWidget *parent)
{
    if (!isUseful(context, account)) {
        return;
    }
    auto *const dialog = new CertificateDialog(context, account, parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->QDialog::open();
}

Account *CertificateDialog::account() const
{
    return m_context.accounts.account(m_account);
}

QWidget *CertificateDialog::makeBody()
{
    auto *const body = new QWidget(this);
    m_chooser->setObjectName(u"refusedChooser"_s);
    m_chooser->setAccessibleName(tr("Refused certificates"));
    m_headline->setFont(theme::strong(theme::title(font())));
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, theme::danger(palette()));
    m_headline->setPalette(colors);
    m_chain->setObjectName(u"chain"_s);
    m_chain->setAccessibleName(tr("Chain of certificates"));
    m_chain->setHeaderHidden(true);
    m_chain->setRootIsDecorated(true);
    m_chain->setUniformRowHeights(true);
    m_chain->setTabKeyNavigation(false);
    m_chain->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_comparison->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_details->setObjectName(u"certificateDetails"_s);
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setHorizontalSpacing(theme::kGroups);
    m_rows->setVerticalSpacing(theme::kUnit);
    m_rows->setLabelAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_rows->setRowWrapPolicy(QFormLayout::WrapLongRows);
    auto *const chainTitle = new QLabel(tr("Who vouches for it"), body);
    chainTitle->setFont(theme::strong(font()));
    chainTitle->setBuddy(m_chain);

    auto *const column = new QVBoxLayout(body);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kRelated);
    column->addWidget(m_chooser);
    column->addWidget(m_headline);
    column->addWidget(m_way);
    column->addWidget(m_advice);
    column->addWidget(m_comparison);
    column->addSpacing(theme::kRelated);
    column->addWidget(chainTitle);
    column->addWidget(m_chain);
    column->addWidget(m_details);
    column->addStretch();
    return body;
}

QWidget *CertificateDialog::makeDecision()
{
    auto *const bottom = new QWidget(this);
    m_agree->setObjectName(u"agree"_s);
    m_compareLabel->setWordWrap(true);
    m_compareLabel->setTextFormat(Qt::PlainText);
    m_compareLabel->setBuddy(m_typed);
    m_typed->setObjectName(u"typedFingerprint"_s);
    m_typed->setAccessibleName(tr("End of the fingerprint"));
    m_typed->setMaximumWidth(fontMetrics().averageCharWidth() * 24);
    auto *const compare = new QHBoxLayout(m_compare);
    compare->setContentsMargins(0, 0, 0, 0);
    compare->setSpacing(theme::kRelated);
    compare->addWidget(m_compareLabel, 1);
    compare->addWidget(m_typed);
    m_never->setObjectName(u"trustNever"_s);
    m_never->setToolTip(tr("Remember that this certificate is not to be trusted"));
    m_notNow->setObjectName(u"notNow"_s);
    m_once->setObjectName(u"trustOnce"_s);
    m_always->setObjectName(u"trustAlways"_s);
    for (QPushButton *const button : { m_never, m_once, m_always }) {
        button->setAutoDefault(false);
    }
    m_notNow->setDefault(true);
    auto *const buttons = new QHBoxLayout;
    buttons->setSpacing(theme::kRelated);
    buttons->addWidget(m_never);
    buttons->addStretch();
    buttons->addWidget(m_always);
    buttons->addWidget(m_once);
    buttons->addWidget(m_notNow);
    auto *const column = new QVBoxLayout(bottom);
    column->setContentsMargins(theme::kEdge, theme::kGroups - 4, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kRelated);
    column->addWidget(m_agree);
    column->addWidget(m_compare);
    column->addLayout(buttons);
    return bottom;
}

void CertificateDialog::fillChooser()
{
    const TrustStore *const trust = m_context.accounts.trust();
    const QList<RefusedCase> cases = trust ? trust->refused(m_account) : QList<RefusedCase> {};
    for (const RefusedCase &refused : cases) {
        m_chooser->addItem(
            tr("%1 (%2)").arg(refused.peer.expectedName.left(100), text::service(refused.service)));
    }
    m_chooser->setVisible(cases.size() > 1);
    connect(m_chooser, &QComboBox::currentIndexChanged, this, [this, cases](int row) {
        if (row >= 0 && row < cases.size()) {
            showCase(cases.at(row));
        }
    });
    // What keeps the account offline before what only some of its services miss.
    int first = 0;
    for (int row = 0; row < cases.size(); ++row) {
        if (cases.at(row).service == TrustService::Connection) {
            first = row;
            break;
        }
    }
    m_chooser->setCurrentIndex(first);
    showCase(cases.value(first));
}

void CertificateDialog::showCase(const RefusedCase &refused)
{
    m_case = refused;
    m_headline->setText(text::headline(refused));
    m_way->setText(text::way(refused));
    m_advice->setText(text::advice(refused));
    showComparison();
    showChain();
    const Care care = text::careOf(refused);
    m_agree->setText(text::agreement(refused));
    m_agree->setChecked(false);
    m_agree->setVisible(care == Care::Tick);
    m_compare->setVisible(care == Care::Compare);
    m_compareLabel->setText(
        tr("To trust the new one, type the last eight characters of the fingerprint that the "
           "operator told you:"));
    m_typed->clear();
    m_never->setVisible(care != Care::Refused && !refused.isNever);
    refreshButtons();
}

void CertificateDialog::showComparison()
{
    m_comparison->setVisible(m_case.isChanged());
    if (!m_case.isChanged()) {
        return;
    }
    const QDateTime now = m_context.accounts.trust()->now();
    const auto described = [&now](const QByteArray &sha256, const QSslCertificate &certificate) {
        const QString finger = text::fingerprint(sha256);
        // Two lines of sixteen bytes: what differs stands below what it differs from.
        const QString lines = finger.left(48).chopped(1) + u'\n' + finger.mid(48);
        return certificate.isNull() ? lines : lines + u'\n' + text::validity(certificate, now);
    };
    const QSslCertificate before = m_case.before
        ? QSslCertificate(m_case.before->certificate, QSsl::Der)
        : QSslCertificate();
    const QSslCertificate shown = m_case.certificate();
    m_comparison->setText(tr("Trusted until now:") + u'\n'
        + described(m_case.before ? m_case.before->sha256() : m_case.pinned, before) + u"\n\n"_s
        + tr("Shown now:") + u'\n' + described(shown.digest(QCryptographicHash::Sha256), shown));
}

void CertificateDialog::showChain()
{
    m_chain->clear();
    QTreeWidgetItem *above = nullptr;
    QTreeWidgetItem *last = nullptr;
    // From the authority down to the server, as trust goes.
    for (qsizetype i = m_case.peer.chain.size(); i-- > 0;) {
        const QSslCertificate certificate(m_case.peer.chain.at(i), QSsl::Der);
        auto *const item = above ? new QTreeWidgetItem(above) : new QTreeWidgetItem(m_chain);
        item->setText(0, text::displayName(certificate));
        item->setData(0, kDer, m_case.peer.chain.at(i));
        above = item;
        last = item;
    }
    m_chain->expandAll();
    const int rows = std::clamp(static_cast<int>(m_case.peer.chain.size()), 1, kChainRows);
    m_chain->setFixedHeight(rows * std::max(m_chain->sizeHintForRow(0), fontMetrics().height())
        + 2 * m_chain->frameWidth() + theme::kUnit);
    m_chain->setCurrentItem(last);
    if (!last) {
        showCertificate(QSslCertificate());
    }
}

void CertificateDialog::addRow(
    const QString &label, const QString &value, const QString &objectName)
{
    if (value.isEmpty()) {
        return;
    }
    auto *const caption = new QLabel(label, m_details);
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, theme::muted(palette()));
    caption->setPalette(colors);
    QLabel *const field = words(m_details, objectName);
    field->setText(value);
    field->setAccessibleName(u"%1: %2"_s.arg(label, value));
    m_rows->addRow(caption, field);
}

void CertificateDialog::showCertificate(const QSslCertificate &certificate)
{
    while (m_rows->rowCount() > 0) {
        m_rows->removeRow(0);
    }
    if (certificate.isNull()) {
        return;
    }
    const QByteArray sha256 = certificate.digest(QCryptographicHash::Sha256);
    addRow(tr("For"), text::displayName(certificate), u"certificateSubject"_s);
    addRow(tr("Names"), text::names(certificate).join(u", "_s), u"certificateNames"_s);
    addRow(tr("Issued by"), text::issuer(certificate), u"certificateIssuer"_s);
    addRow(tr("Valid"), text::validity(certificate, m_context.accounts.trust()->now()),
        u"certificateDates"_s);
    addRow(tr("Key"), text::key(certificate), u"certificateKey"_s);
    addRow(tr("Signature"), text::signature(certificate), u"certificateSignature"_s);
    auto *const caption = new QLabel(tr("SHA-256"), m_details);
    QPalette colors = palette();
    colors.setColor(QPalette::WindowText, theme::muted(palette()));
    caption->setPalette(colors);
    auto *const box = new QWidget(m_details);
    QLabel *const finger = words(box, u"certificateFingerprint"_s);
    const QString whole = text::fingerprint(sha256);
    finger->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    finger->setText(whole.left(48).chopped(1) + u'\n' + whole.mid(48));
    finger->setAccessibleName(tr("SHA-256 fingerprint: %1").arg(whole));
    auto *const copy = new QToolButton(box);
    copy->setObjectName(u"copyFingerprint"_s);
    copy->setIcon(icons::icon(u"copy"_s));
    copy->setAutoRaise(true);
    copy->setFocusPolicy(Qt::StrongFocus);
    copy->setToolTip(tr("Copy the fingerprint"));
    copy->setAccessibleName(copy->toolTip());
    connect(copy, &QToolButton::clicked, this,
        [whole] { QGuiApplication::clipboard()->setText(whole); });
    auto *const row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(finger, 1);
    row->addWidget(copy, 0, Qt::AlignTop);
    m_rows->addRow(caption, box);
}

void CertificateDialog::refreshButtons()
{
    const Care care = text::careOf(m_case);
    const QByteArray sha256 = m_case.certificate().digest(QCryptographicHash::Sha256);
    const bool may = care == Care::Plain || (care == Care::Tick && m_agree->isChecked())
        || (care == Care::Compare && text::isFingerprintEnd(m_typed->text(), sha256));
    for (QPushButton *const button : { m_once, m_always }) {
        button->setVisible(care != Care::Refused);
        button->setEnabled(may);
        button->setToolTip(may || care == Care::Refused ? QString()
                : care == Care::Tick                    ? tr("Tick the sentence above first")
                                     : tr("Type the end of the fingerprint first"));
    }
}

void CertificateDialog::askForEnd()
{
    auto *const end = new TrustEndDialog(m_case, m_context.accounts.trust()->now(), this);
    end->setAttribute(Qt::WA_DeleteOnClose);
    connect(end, &TrustEndDialog::chosen, this,
        [this](const QDateTime &until) { decide(Decision::Always, until); });
    end->open();
}

void CertificateDialog::decide(Decision decision, const QDateTime &until)
{
    TrustStore *const trust = m_context.accounts.trust();
    Account *const known = account();
    if (!trust || !known) {
        reject();
        return;
    }
    switch (decision) {
    case Decision::Once:
        trust->trustOnce(*known, m_case);
        break;
    case Decision::Never:
        trust->trustNever(*known, m_case);
        accept();
        return;
    case Decision::Always:
        trust->trustAlways(*known, m_case, until);
        if (!m_case.pinned.isEmpty()) {
            // The setting pins the old one: the decision takes its place.
            AccountConfig config = known->config();
            config.settings.remove(u"pinned-certificate"_s);
            [[maybe_unused]] const auto changed = m_context.accounts.change(config, {});
        }
        break;
    }
    known->retryNow();
    accept();
}

} // namespace linchpin
