// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/accounts/firstrundialog.h"

#include "core/accounts/accountmanager.h"
#include "core/accounts/pluginregistry.h"
#include "core/accounts/servicefinder.h"
#include "core/net/sharedrows.h"
#include "ui/widgets/accounts/servicechoice.h"
#include "ui/widgets/accounts/signinprogress.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

/// Without typing, before anybody is asked: half a name is nobody's business.
constexpr std::chrono::milliseconds kPause = 600ms;

QLabel *wrapped(const QString &text, QWidget *parent)
{
    auto *const label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

FirstRunDialog::FirstRunDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_finder(new ServiceFinder(context.plugins, this))
    , m_pages(new QStackedWidget(this))
    , m_form(new QScrollArea(m_pages))
    , m_progress(new SignInProgress(context, this))
    , m_address(new QLineEdit(this))
    , m_hint(wrapped(tr("The address that others write to: you@company.com, you@jabber.org, "
                        "nick@irc.libera.chat."),
          this))
    , m_moveIn(new QPushButton(tr("Move in from another program…"), this))
    , m_looking(new QWidget(this))
    , m_lookingText(wrapped({}, m_looking))
    , m_reason(wrapped({}, this))
    , m_note(new QFrame(this))
    , m_noteText(wrapped({}, m_note))
    , m_noteMore(new QLabel(m_note))
    , m_details(new QWidget(this))
    , m_choice(new ServiceChoice(context.plugins, m_details))
    , m_password(new QLineEdit(m_details))
    , m_remember(new QCheckBox(tr("Remember the password"), m_details))
    , m_more(new QToolButton(m_details))
    , m_server(new QLineEdit(m_details))
    , m_login(new QLineEdit(m_details))
    , m_problem(wrapped({}, this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
    , m_ok(m_buttons->button(QDialogButtonBox::Ok))
    , m_back(m_buttons->addButton(tr("Back"), QDialogButtonBox::ActionRole))
    , m_keep(m_buttons->addButton(tr("Keep the account"), QDialogButtonBox::ActionRole))
{
    setObjectName(u"firstRunDialog"_s);
    setWindowTitle(tr("Add an account"));
    setMinimumWidth(540);
    m_ok->setObjectName(u"signIn"_s);
    m_ok->setText(tr("Sign in"));
    m_back->setObjectName(u"back"_s);
    m_back->setAutoDefault(false);
    m_keep->setObjectName(u"keep"_s);
    m_keep->setAutoDefault(false);
    m_keep->setToolTip(tr("It goes on trying, and can be changed under Accounts."));

    m_form->setObjectName(u"form"_s);
    m_form->setFrameShape(QFrame::NoFrame);
    m_form->setFocusPolicy(Qt::NoFocus);
    m_form->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_form->setWidgetResizable(true);
    m_form->setWidget(makeForm());
    m_pages->addWidget(m_form);
    m_pages->addWidget(m_progress);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kGroups);
    column->addWidget(m_pages, 1);
    column->addWidget(m_buttons);

    m_pause.setSingleShot(true);
    connect(&m_pause, &QTimer::timeout, this, &FirstRunDialog::lookUp);
    connect(m_address, &QLineEdit::textChanged, this, &FirstRunDialog::addressEdited);
    connect(m_choice, &ServiceChoice::changed, this, &FirstRunDialog::showGuesses);
    connect(m_finder, &ServiceFinder::changed, this, &FirstRunDialog::showGuesses);
    connect(m_finder, &ServiceFinder::finished, this, &FirstRunDialog::showGuesses);
    connect(m_buttons, &QDialogButtonBox::accepted, this, &FirstRunDialog::signIn);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &FirstRunDialog::reject);
    connect(m_back, &QPushButton::clicked, this, &FirstRunDialog::backToForm);
    connect(m_keep, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_progress, &SignInProgress::online, this, &QDialog::accept);
    connect(m_progress, &SignInProgress::failedChanged, this, [this] {
        refreshButtons();
        if (m_progress->hasFailed()) {
            m_back->setFocus(); // what undoes nothing that was typed
        }
    });
    connect(m_progress, &SignInProgress::diagnosisWanted, this, &FirstRunDialog::diagnosisWanted);
    showMore(false);
    addressEdited();
    resize(minimumWidth(), std::min(neededHeight(minimumWidth()), mostHeight(*this)));
    m_address->setFocus();
}

QWidget *FirstRunDialog::makeForm()
{
    auto *const page = new QWidget(m_form);
    auto *const mark = new QLabel(page);
    mark->setPixmap(icons::application().pixmap(40, 40));
    auto *const heading = new QLabel(tr("Your address"), page);
    heading->setFont(theme::title(font()));
    heading->setBuddy(m_address);
    m_address->setObjectName(u"address"_s);
    m_address->setAccessibleName(tr("Your address"));
    m_address->setPlaceholderText(tr("you@company.com"));
    m_address->setInputMethodHints(Qt::ImhEmailCharactersOnly | Qt::ImhNoAutoUppercase);
    QPalette muted = palette();
    muted.setColor(QPalette::WindowText, theme::muted(palette()));
    for (QLabel *const label : { m_hint, m_lookingText }) {
        label->setFont(theme::small(font()));
        label->setPalette(muted);
    }

    m_moveIn->setObjectName(u"moveIn"_s);
    m_moveIn->setIcon(icons::icon(u"down"_s));
    m_moveIn->setAutoDefault(false);
    m_moveIn->setToolTip(
        tr("Takes over accounts, contacts and conversations of Pidgin, Gajim, Psi, "
           "HexChat, Konversation or Quassel"));
    connect(m_moveIn, &QPushButton::clicked, this, &FirstRunDialog::importRequested);

    auto *const stop = new QToolButton(m_looking);
    stop->setObjectName(u"stopLooking"_s);
    stop->setText(tr("Stop"));
    stop->setAccessibleName(tr("Stop looking"));
    stop->setAutoRaise(true);
    stop->setFont(theme::small(font()));
    connect(stop, &QToolButton::clicked, this, &FirstRunDialog::stopLooking);
    setTabOrder(m_address, stop); // it stands there
    m_looking->setObjectName(u"looking"_s);
    auto *const lookingRow = new QHBoxLayout(m_looking);
    lookingRow->setContentsMargins(0, 0, 0, 0);
    lookingRow->addWidget(m_lookingText, 1);
    lookingRow->addWidget(stop);
    // The form does not jump when the search ends.
    QSizePolicy keeps = m_looking->sizePolicy();
    keeps.setRetainSizeWhenHidden(true);
    m_looking->setSizePolicy(keeps);

    m_reason->setObjectName(u"reason"_s);
    m_password->setObjectName(u"password"_s);
    m_password->setAccessibleName(tr("Password"));
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setPlaceholderText(tr("kept in the keyring"));
    m_remember->setObjectName(u"rememberPassword"_s);
    m_remember->setChecked(true);
    connect(m_remember, &QCheckBox::toggled, this, [this](bool on) {
        m_password->setPlaceholderText(on ? tr("kept in the keyring") : tr("asked for each time"));
    });
    m_more->setObjectName(u"more"_s);
    m_more->setText(tr("More"));
    m_more->setAccessibleName(tr("Show server and login"));
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setAutoRaise(true);
    m_more->setCheckable(true);
    m_more->setArrowType(Qt::RightArrow);
    connect(m_more, &QToolButton::toggled, this, &FirstRunDialog::showMore);
    m_server->setObjectName(u"server"_s);
    m_server->setPlaceholderText(tr("found automatically"));
    m_login->setObjectName(u"login"_s);
    m_login->setPlaceholderText(tr("same as the address"));
    m_problem->setObjectName(u"problem"_s);

    m_rows = new QFormLayout;
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setVerticalSpacing(theme::kRelated);
    m_rows->setHorizontalSpacing(theme::kGroups);
    m_rows->setLabelAlignment(Qt::AlignLeft);
    m_rows->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_rows->addRow(tr("Password"), m_password);
    m_rows->addRow(QString(), m_remember);
    m_rows->addRow(m_more);
    m_rows->addRow(tr("Server"), m_server);
    m_rows->addRow(tr("Login (if different)"), m_login);
    auto *const details = new QVBoxLayout(m_details);
    details->setContentsMargins(0, 0, 0, 0);
    details->setSpacing(theme::kGroups);
    details->addWidget(m_choice);
    details->addLayout(m_rows);

    auto *const column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme::kRelated);
    column->addWidget(mark);
    column->addWidget(heading);
    column->addWidget(m_address);
    column->addWidget(m_hint);
    column->addWidget(m_moveIn, 0, Qt::AlignLeft);
    column->addWidget(m_looking);
    column->addWidget(makeNote());
    column->addWidget(m_reason);
    column->addWidget(m_details);
    column->addWidget(m_problem);
    column->addStretch();
    return page;
}

/// What is said of a service that has ended: calm, but not to be overlooked.
QWidget *FirstRunDialog::makeNote()
{
    m_note->setObjectName(u"note"_s);
    m_note->setFrameShape(QFrame::NoFrame);
    m_note->setBackgroundRole(QPalette::Base);
    m_note->setAutoFillBackground(true);
    m_noteText->setObjectName(u"noteText"_s);
    m_noteMore->setObjectName(u"noteMore"_s);
    m_noteMore->setFont(theme::small(font()));
    m_noteMore->setOpenExternalLinks(true);
    m_noteMore->setTextInteractionFlags(Qt::TextBrowserInteraction);
    auto *const picture = new QLabel(m_note);
    picture->setPixmap(icons::icon(u"info"_s).pixmap(20, 20));
    auto *const words = new QVBoxLayout;
    words->setSpacing(theme::kUnit);
    words->addWidget(m_noteText);
    words->addWidget(m_noteMore);
    auto *const row = new QHBoxLayout(m_note);
    row->setContentsMargins(
        theme::kGroups - 4, theme::kGroups - 4, theme::kGroups - 4, theme::kGroups - 4);
    row->setSpacing(theme::kGroups - 4);
    row->addWidget(picture, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    return m_note;
}

void FirstRunDialog::addressEdited()
{
    const QString address = m_address->text().trimmed();
    m_finder->cancel();
    if (address.isEmpty()) {
        m_choice->forgetHand();
    }
    if (ServiceFinder::isWorthAsking(address)) {
        m_pause.start(kPause);
    } else {
        m_pause.stop();
    }
    showGuesses();
}

void FirstRunDialog::lookUp()
{
    if (m_added.isNull()) {
        m_finder->find(m_address->text().trimmed());
    }
}

void FirstRunDialog::stopLooking()
{
    m_pause.stop();
    m_finder->cancel();
    showGuesses();
    m_address->setFocus();
}

void FirstRunDialog::showGuesses()
{
    const QString address = m_address->text().trimmed();
    // What was found for this very address, or what is known without asking.
    m_choice->setGuesses(
        m_finder->address() == address ? m_finder->guesses() : m_finder->known(address));
    const bool begun = address.contains(u'@') || address.contains(u':');
    m_hint->setVisible(!begun);
    m_moveIn->setVisible(address.isEmpty());
    m_details->setVisible(begun);
    m_looking->setVisible(m_finder->isRunning());
    m_lookingText->setText(
        tr("Looking for the service of %1…").arg(address.section(u'@', -1).left(80)));

    const QList<ServiceGuess> all
        = m_finder->address() == address ? m_finder->guesses() : m_finder->known(address);
    const ServiceGuess chosen = m_choice->guess();
    const bool foreign = !all.isEmpty() && all.constFirst().protocol.isEmpty();
    showNote(foreign && !m_choice->isByHand() ? all.constFirst() : chosen);
    m_reason->setText(begun ? chosen.guess.reason : QString());
    m_reason->setVisible(!m_reason->text().isEmpty() && !m_note->isVisibleTo(this));
    refreshButtons();
}

void FirstRunDialog::showNote(const ServiceGuess &guess)
{
    const bool tell = guess.retired && !m_address->text().trimmed().isEmpty();
    m_note->setVisible(tell || (!guess.note.isEmpty() && guess.protocol == m_choice->protocol()));
    QString text = guess.note;
    if (tell) {
        text += u"\n\n"_s
            + (guess.protocol.isEmpty()
                    ? tr("Nobody can sign in there any more. If your company, or somebody you "
                         "know, "
                         "runs a server for this address, choose its kind below.")
                    : tr("Signing in there will not work. If somebody runs a server of their own "
                         "for "
                         "this address, name it under More."));
    } else if (!guess.guess.reason.isEmpty()) {
        text = guess.guess.reason + u' ' + text;
    }
    m_noteText->setText(text);
    m_noteMore->setText(u"<a href=\"%1\">%2</a>"_s.arg(
        guess.link.toString(QUrl::FullyEncoded).toHtmlEscaped(), tr("Read more")));
    m_noteMore->setVisible(!guess.link.isEmpty());
}

void FirstRunDialog::showMore(bool more)
{
    m_more->setArrowType(more ? Qt::DownArrow : Qt::RightArrow);
    m_rows->setRowVisible(m_server, more);
    const ProtocolPlugin *const plugin = m_context.plugins.plugin(m_choice->protocol());
    m_rows->setRowVisible(m_login, more && plugin && plugin->accountSchema().field(u"login"_s));
}

void FirstRunDialog::refreshButtons()
{
    const bool signingIn = !m_added.isNull();
    const QString address = m_address->text().trimmed();
    const ProtocolPlugin *const plugin = m_context.plugins.plugin(m_choice->protocol());
    QString problem;
    bool wrong = false;
    if (m_choice->isEmpty()) {
        problem = tr("No protocol could be loaded; see Accounts for the reason.");
        wrong = true;
    } else if (!address.isEmpty() && m_details->isVisibleTo(this)) {
        if (!plugin) {
            problem = tr("Choose the kind of service to sign in to.");
        } else if (const Result<QString> normalized = plugin->normalizedAddress(address);
            !normalized) {
            problem = normalized.error().title;
        }
    }
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText, wrong ? theme::danger(palette()) : theme::muted(palette()));
    m_problem->setPalette(colors);
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_ok->setEnabled(plugin && plugin->normalizedAddress(address).has_value() && !signingIn);
    m_ok->setToolTip(problem);
    m_ok->setVisible(!signingIn);
    m_back->setVisible(signingIn);
    m_keep->setVisible(signingIn && m_progress->hasFailed());
    showMore(m_more->isChecked());
    // Once the layout knows what is shown.
    QMetaObject::invokeMethod(this, &FirstRunDialog::fit, Qt::QueuedConnection);
}

/// That of the larger page with all it shows now.
int FirstRunDialog::neededHeight(int width) const
{
    const QMargins edges = layout()->contentsMargins();
    const int inside = width - edges.left() - edges.right();
    const int page = std::max(m_form->widget()->layout()->totalHeightForWidth(inside),
        m_progress->hasHeightForWidth() ? m_progress->heightForWidth(inside)
                                        : m_progress->sizeHint().height());
    return edges.top() + page + layout()->spacing() + m_buttons->sizeHint().height()
        + edges.bottom();
}

/// Only where it is needed: a scroll bar makes the text narrower, hence higher, and so would stay.
void FirstRunDialog::allowScrolling()
{
    m_form->setVerticalScrollBarPolicy(
        height() < neededHeight(width()) ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
}

void FirstRunDialog::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    allowScrolling();
}

/// Texts that wrap need a height that no layout asks for by itself; never smaller again, so that
/// nothing jumps while one types. What a small screen has no room for is scrolled to.
void FirstRunDialog::fit()
{
    const int wanted = std::min(neededHeight(width()), mostHeight(*this));
    if (height() < wanted) {
        resize(width(), wanted);
    }
    allowScrolling();
}

void FirstRunDialog::signIn()
{
    const ProtocolPlugin *const plugin = m_context.plugins.plugin(m_choice->protocol());
    if (!plugin || !m_added.isNull()) {
        return;
    }
    m_pause.stop();
    m_finder->cancel();
    const ServiceGuess guess = m_choice->guess();
    const SettingsSchema schema = fullSchema(*plugin);
    AccountConfig config;
    config.protocol = plugin->info().id;
    config.presetId = guess.guess.presetId;
    config.color = static_cast<int>(m_context.accounts.accounts().size()) % theme::kAccountColors;
    config.secrets = m_remember->isChecked() ? SecretPolicy::Remember : SecretPolicy::AskEachTime;
    const QVariantMap &found = guess.guess.found;
    for (auto it = found.cbegin(); it != found.cend(); ++it) {
        if (schema.field(it.key())) {
            config.settings.set(it.key(), it.value(), SettingOrigin::Found);
        }
    }
    if (const auto service = m_context.plugins.service(config.protocol, config.presetId)) {
        const QVariantMap &values = service->preset.values;
        for (auto it = values.cbegin(); it != values.cend(); ++it) {
            config.settings.set(it.key(), it.value(), SettingOrigin::Preset);
        }
    }
    const QString typed = m_address->text().trimmed();
    config.settings.set(u"address"_s, plugin->normalizedAddress(typed).value_or(typed));
    for (const auto &[key, field] :
        { std::pair(u"server"_s, m_server), std::pair(u"login"_s, m_login) }) {
        const QString text = field->text().trimmed();
        if (!text.isEmpty() && m_rows->isRowVisible(field)) {
            config.settings.set(key, text);
        }
    }
    if (config.settings.origin(u"server"_s) == SettingOrigin::ByHand) {
        // A port that was found, or is known, belongs to another server.
        for (const QString &key : { u"port"_s, u"connection"_s }) {
            config.settings.remove(key);
        }
    }
    QMap<QString, QString> secrets;
    if (!m_password->text().isEmpty()) {
        secrets.insert(u"password"_s, m_password->text());
    }
    const Result<AccountId> added = m_context.accounts.add(config, secrets);
    if (!added) {
        QPalette colors = palette();
        colors.setColor(QPalette::WindowText, theme::danger(palette()));
        m_problem->setPalette(colors);
        m_problem->setText(added.error().detail.isEmpty()
                ? added.error().title
                : added.error().title + u'\n' + added.error().detail);
        m_problem->show();
        return;
    }
    m_added = *added;
    Presence wanted = m_context.accounts.globalPresence();
    if (wanted.availability <= Availability::Offline) {
        wanted = { .availability = Availability::Available };
        m_context.accounts.setGlobalPresence(wanted);
    }
    m_pages->setCurrentWidget(m_progress);
    refreshButtons();
    m_buttons->button(QDialogButtonBox::Cancel)->setFocus();
    m_context.accounts.setPresence(m_added, wanted);
    m_progress->follow(m_added);
}

/// The account goes again: what was typed stays in the form.
void FirstRunDialog::backToForm()
{
    forgetAccount();
    m_pages->setCurrentIndex(0);
    showGuesses();
    m_password->setFocus();
    m_password->selectAll();
}

void FirstRunDialog::forgetAccount()
{
    const AccountId id = std::exchange(m_added, {});
    const Account *const account = m_context.accounts.account(id);
    if (account && account->state() != Account::State::Online) {
        m_context.accounts.remove(id);
    }
}

bool FirstRunDialog::isUntouched() const
{
    return m_added.isNull() && m_address->text().trimmed().isEmpty();
}

void FirstRunDialog::reject()
{
    m_pause.stop();
    m_finder->cancel();
    forgetAccount();
    QDialog::reject();
}

} // namespace linchpin
