// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/accessdialog.h"

#include "core/accounts/accountmanager.h"
#include "core/contacts/contactstore.h"
#include "core/sdk/protocolplugin.h"
#include "ui/widgets/common/questions.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/contactlist/accessmenu.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

using Subject = AccessRule::Subject;

constexpr int kSubjectRole = Qt::UserRole;
constexpr int kValueRole = Qt::UserRole + 1;
constexpr int kLevelRole = Qt::UserRole + 2;

} // namespace

bool AccessDialog::isUseful(const UiContext &context)
{
    const QList<Account *> accounts = context.accounts.accounts();
    return std::ranges::any_of(
        accounts, [](const Account *account) { return accessOf(account) != nullptr; });
}

AccessDialog::AccessDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_accounts(new QComboBox(this))
    , m_rules(new QTreeWidget(this))
    , m_level(new QComboBox(this))
    , m_help(new QLabel(this))
    , m_complaint(new QLabel(this))
    , m_addDomain(new QPushButton(tr("Add a &domain…"), this))
    , m_addPerson(new QPushButton(tr("Add a &person…"), this))
    , m_remove(new QPushButton(tr("&Remove"), this))
{
    setObjectName(u"accessDialog"_s);
    setWindowTitle(tr("Privacy relationships"));
    setMinimumSize(520, 460);
    m_accounts->setObjectName(u"account"_s);
    m_rules->setObjectName(u"accessRules"_s);
    m_rules->setAccessibleName(tr("Who sees us, and how much"));
    m_rules->setHeaderLabels({ tr("Who"), tr("Privacy relationship") });
    m_rules->setUniformRowHeights(true);
    m_rules->setRootIsDecorated(true);
    m_rules->header()->setStretchLastSection(false);
    m_rules->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_rules->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_level->setObjectName(u"accessLevel"_s);
    m_level->setAccessibleName(tr("Privacy relationship of the selected"));
    m_help->setObjectName(u"accessHelp"_s);
    m_help->setWordWrap(true);
    m_help->setFont(theme::small(font()));
    m_complaint->setTextFormat(Qt::PlainText);
    m_complaint->setWordWrap(true);
    m_complaint->setFont(theme::small(font()));
    QPalette red = palette();
    red.setColor(QPalette::WindowText, theme::danger(palette()));
    m_complaint->setPalette(red);
    m_complaint->hide();
    m_addDomain->setObjectName(u"addDomain"_s);
    m_addPerson->setObjectName(u"addPerson"_s);
    m_remove->setObjectName(u"removeRule"_s);
    for (QPushButton *const button : { m_addDomain, m_addPerson, m_remove }) {
        button->setAutoDefault(false);
    }
    const QList<Account *> accounts = context.accounts.accounts();
    for (const Account *const account : accounts) {
        if (accessOf(account)) {
            m_accounts->addItem(u"%1 (%2)"_s.arg(account->name(), account->address()),
                QVariant::fromValue(account->id()));
        }
    }
    auto *const edit = new QHBoxLayout;
    edit->addWidget(m_addDomain);
    edit->addWidget(m_addPerson);
    edit->addStretch();
    edit->addWidget(m_remove);
    auto *const form = new QFormLayout;
    form->setHorizontalSpacing(theme::kGroups);
    form->addRow(tr("&Account"), m_accounts);
    form->setRowVisible(m_accounts, m_accounts->count() > 1);
    auto *const below = new QFormLayout;
    below->setHorizontalSpacing(theme::kGroups);
    below->addRow(tr("&Sees us as"), m_level);
    below->addRow(QString(), m_help);
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kRelated);
    column->addLayout(form);
    column->addWidget(m_rules, 1);
    column->addLayout(edit);
    column->addLayout(below);
    column->addWidget(m_complaint);
    column->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_accounts, &QComboBox::currentIndexChanged, this, &AccessDialog::fill);
    connect(m_rules, &QTreeWidget::currentItemChanged, this, &AccessDialog::showCurrent);
    connect(m_level, &QComboBox::activated, this, &AccessDialog::choose);
    connect(m_addDomain, &QPushButton::clicked, this, [this] { addRule(true); });
    connect(m_addPerson, &QPushButton::clicked, this, [this] { addRule(false); });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        AccessRule rule = ruleOf(m_rules->currentItem());
        rule.level.clear();
        set(rule);
    });
    connect(&context.accounts, &AccountManager::event, this,
        [this](const Account *from, const SessionEvent &what) {
            if (from == account() && std::holds_alternative<AccessChanged>(what)) {
                fill();
            }
        });
    connect(&context.accounts, &AccountManager::accountChanged, this, [this](const Account *which) {
        if (which == account() && m_rules->isEnabled() != (accessOf(which) != nullptr)) {
            fill();
        }
    });
    fill();
    m_rules->setFocus();
}

Account *AccessDialog::account() const
{
    return m_context.accounts.account(m_accounts->currentData().value<AccountId>());
}

AccessFacet *AccessDialog::access() const
{
    return accessOf(account());
}

AccessRule AccessDialog::ruleOf(const QTreeWidgetItem *item) const
{
    AccessRule rule;
    if (item) {
        rule.subject = static_cast<Subject>(item->data(0, kSubjectRole).toInt());
        rule.value = item->data(0, kValueRole).toString();
        rule.level = item->data(0, kLevelRole).toString();
    }
    return rule;
}

void AccessDialog::fill()
{
    const AccessRule before = ruleOf(m_rules->currentItem());
    const AccessFacet *const facet = access();
    m_filling = true;
    m_rules->clear();
    m_level->clear();
    m_rules->setEnabled(facet);
    m_addDomain->setEnabled(facet);
    m_addPerson->setEnabled(facet);
    if (!facet) {
        m_filling = false;
        showCurrent();
        return;
    }
    QHash<QString, QString> names;
    const QList<AccessLevel> levels = facet->levels();
    for (const AccessLevel &level : levels) {
        names.insert(level.id, level.name);
        m_level->addItem(level.name, level.id);
        m_level->setItemData(m_level->count() - 1, level.help, Qt::ToolTipRole);
    }
    m_level->addItem(tr("No rule"), QString());
    m_level->setItemData(m_level->count() - 1,
        tr("What holds for them otherwise; without any rule they see a name and nothing else."),
        Qt::ToolTipRole);
    const QList<AccessRule> rules = facet->rules();
    QTreeWidgetItem *again = nullptr;
    const auto add = [&](QTreeWidgetItem *parent, const QString &text, const AccessRule &rule) {
        auto *const item = new QTreeWidgetItem(parent);
        item->setText(0, text);
        item->setText(1, names.value(rule.level, tr("No rule")));
        item->setData(0, kSubjectRole, static_cast<int>(rule.subject));
        item->setData(0, kValueRole, rule.value);
        item->setData(0, kLevelRole, rule.level);
        item->setData(0, Qt::AccessibleTextRole, u"%1: %2"_s.arg(text, item->text(1)));
        if (rule.subject == before.subject && rule.value == before.value) {
            again = item;
        }
    };
    const auto section = [this](const QString &text) {
        auto *const item = new QTreeWidgetItem(m_rules);
        item->setText(0, text);
        item->setFlags(Qt::ItemIsEnabled);
        item->setFont(0, theme::strong(font()));
        item->setFirstColumnSpanned(true);
        return item;
    };
    QTreeWidgetItem *const groups = section(tr("Groups"));
    const std::initializer_list<std::pair<Subject, QString>> general {
        { Subject::Company, tr("Everybody of my organisation") },
        { Subject::Federated, tr("People of organisations that mine talks to") },
        { Subject::PublicCloud, tr("People of public networks") },
        { Subject::Everyone, tr("Everybody") }
    };
    for (const auto &[subject, text] : general) {
        const auto found = std::ranges::find(rules, subject, &AccessRule::subject);
        add(groups, text, found == rules.end() ? AccessRule { subject, {}, {} } : *found);
    }
    QTreeWidgetItem *domains = nullptr;
    QTreeWidgetItem *people = nullptr;
    for (const AccessRule &rule : rules) {
        if (rule.subject == Subject::Domain) {
            domains = domains ? domains : section(tr("Domains"));
            add(domains, rule.value, rule);
        } else if (rule.subject == Subject::Person) {
            people = people ? people : section(tr("People"));
            const Contact *const contact
                = m_context.contacts.contact(account()->id(), { rule.value });
            const QString name = contact ? contact->snapshot.name : QString();
            add(people, name.isEmpty() ? rule.value : u"%1 (%2)"_s.arg(name, rule.value), rule);
        }
    }
    m_rules->expandAll();
    m_filling = false;
    m_rules->setCurrentItem(again ? again : groups->child(0));
    showCurrent();
}

void AccessDialog::showCurrent()
{
    if (m_filling) {
        return;
    }
    const QTreeWidgetItem *const item = m_rules->currentItem();
    const bool good = item && item->parent() && access();
    const AccessRule rule = ruleOf(good ? item : nullptr);
    m_level->setEnabled(good);
    m_remove->setEnabled(good && !rule.level.isEmpty());
    m_level->setCurrentIndex(good ? m_level->findData(rule.level) : -1);
    m_help->setText(m_level->currentData(Qt::ToolTipRole).toString());
}

void AccessDialog::choose()
{
    const QTreeWidgetItem *const item = m_rules->currentItem();
    AccessRule rule = ruleOf(item);
    const QString level = m_level->currentData().toString();
    m_help->setText(m_level->currentData(Qt::ToolTipRole).toString());
    if (item && item->parent() && level != rule.level) {
        rule.level = level;
        set(rule);
    }
}

void AccessDialog::addRule(bool domain)
{
    const auto typed = domain
        ? questions::text(this, tr("Add a domain"), tr("Domain, for example contoso.com:"), {})
        : questions::text(this, tr("Add a person"), tr("Address:"), {});
    const Account *const which = account();
    if (!typed || typed->trimmed().isEmpty() || !which || !access()) {
        return;
    }
    AccessRule rule { domain ? Subject::Domain : Subject::Person, typed->trimmed().toLower(), {} };
    if (!domain) {
        const Result<QString> address = which->plugin()->normalizedAddress(rule.value);
        if (!address) {
            complain(&address.error());
            return;
        }
        rule.value = *address;
    }
    // The middle of the road; it can be changed at once below.
    const QList<AccessLevel> levels = access()->levels();
    rule.level = levels.isEmpty() ? QString() : levels.at(levels.size() / 2).id;
    set(rule);
}

void AccessDialog::set(const AccessRule &rule)
{
    AccessFacet *const facet = access();
    if (!facet) {
        return;
    }
    complain(nullptr);
    facet->set(rule).then(this, [this](const Result<void> &done) {
        if (!done && done.error().kind != Error::Kind::Cancelled) {
            complain(&done.error());
        }
        fill(); // what the server took, or what stands still
    });
}

void AccessDialog::complain(const Error *error)
{
    m_complaint->setVisible(error);
    if (error) {
        m_complaint->setText(
            error->detail.isEmpty() ? error->title : error->title + u'\n' + error->detail);
    }
}

} // namespace linchpin
