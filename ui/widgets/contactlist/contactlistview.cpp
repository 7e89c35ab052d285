// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/contactlistview.h"

#include "core/accounts/accountmanager.h"
#include "core/contacts/contactstore.h"
#include "core/models/roles.h"
#include "core/settings/appsettings.h"
#include "ui/presenters/timetext.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/questions.h"
#include "ui/widgets/contactlist/accessmenu.h"
#include "ui/widgets/contactlist/contactdelegate.h"
#include "ui/widgets/contactlist/personactions.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QToolTip>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

const QString kFolded = u"folded-groups"_s;

} // namespace

ContactListView::ContactListView(UiContext context, QWidget *parent)
    : QTreeView(parent)
    , m_context(context)
    , m_tree(new ContactTreeModel(context.contacts, context.conversations, context.accounts, this))
    , m_filter(new ContactFilterModel(*m_tree, this))
    , m_delegate(new ContactDelegate(this))
{
    setObjectName(u"contactList"_s);
    setAccessibleName(tr("Contacts"));
    setItemDelegate(m_delegate);
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setIndentation(0);
    setFrameShape(NoFrame);
    setUniformRowHeights(false);
    setAnimated(false);
    setExpandsOnDoubleClick(false);
    setSelectionMode(SingleSelection);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(NoEditTriggers);
    setMouseTracking(true);
    setModel(m_filter);
    restoreExpansion();
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex &parent) {
        if (!parent.isValid()) {
            restoreExpansion();
        }
        markShown();
    });
    connect(m_filter, &QAbstractItemModel::modelReset, this, [this] {
        restoreExpansion();
        markShown();
    });
    connect(this, &QTreeView::activated, this, &ContactListView::openCurrent);
    const auto remember = [this](const QModelIndex &index, bool folded) {
        if (m_restoring || !m_filterText.isEmpty()) {
            return;
        }
        QStringList names = m_context.settings.value(kFolded).toStringList();
        const QString name = index.data(ContactRole::GroupName).toString();
        names.removeAll(name);
        if (folded) {
            names.append(name);
        }
        m_context.settings.setValue(kFolded, names);
    };
    connect(this, &QTreeView::collapsed, this,
        [remember](const QModelIndex &index) { remember(index, true); });
    connect(this, &QTreeView::expanded, this,
        [remember](const QModelIndex &index) { remember(index, false); });
}

void ContactListView::restoreExpansion()
{
    m_restoring = true;
    const QStringList folded = m_context.settings.value(kFolded).toStringList();
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        const QModelIndex group = m_filter->index(row, 0);
        setExpanded(group,
            !m_filterText.isEmpty()
                || !folded.contains(group.data(ContactRole::GroupName).toString()));
    }
    m_restoring = false;
}

void ContactListView::setFilterText(const QString &text)
{
    const bool had = !m_filterText.isEmpty();
    m_filterText = text.trimmed();
    m_delegate->setSelecting(!m_filterText.isEmpty());
    m_filter->setFilterText(m_filterText);
    if (had != !m_filterText.isEmpty()) {
        restoreExpansion();
    }
    if (!m_filterText.isEmpty() && m_filter->rowCount() > 0) {
        setCurrentIndex(m_filter->index(0, 0, m_filter->index(0, 0)));
    }
}

void ContactListView::setShown(const ConversationKey &key)
{
    m_shown = key;
    markShown();
    viewport()->update();
}

/// Which person that is changes with the list: contacts come after the tabs, persons are merged.
void ContactListView::markShown()
{
    const Person *const person = m_shown.kind == ConversationKind::Person
        ? m_context.contacts.personOf(m_shown.account, { m_shown.with })
        : nullptr;
    m_delegate->setShown(person ? person->id : PersonId());
}

void ContactListView::setCompact(bool compact)
{
    m_delegate->setCompact(compact);
    scheduleDelayedItemsLayout();
}

PersonId ContactListView::currentPerson() const
{
    return currentIndex().data(ContactRole::PersonId).value<PersonId>();
}

void ContactListView::openCurrent()
{
    const QModelIndex index = currentIndex();
    if (index.data(ContactRole::IsGroup).toBool()) {
        setExpanded(index, !isExpanded(index));
        return;
    }
    const auto key = index.data(ContactRole::ConversationKey).value<ConversationKey>();
    const Person *const person = m_context.contacts.person(currentPerson());
    if (person && isGroup(m_context, *person)) {
        showMembers(person->addresses.constFirst());
    } else if (!key.isNull()) {
        Q_EMIT conversationRequested(key);
    }
}

void ContactListView::showDetails(const PersonAddress &address)
{
    Q_EMIT detailsRequested(address.account, address.address);
}

void ContactListView::showMembers(const PersonAddress &address)
{
    const Person *const person = m_context.contacts.personOf(address.account, address.address);
    Q_EMIT membersRequested(
        address.account, address.address, person ? m_context.contacts.nameOf(*person) : QString());
}

void ContactListView::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        openCurrent();
        return;
    }
    if (event->key() == Qt::Key_I && event->modifiers() == Qt::ControlModifier) {
        if (const Person *const person = m_context.contacts.person(currentPerson())) {
            const PersonAddress address = person->addresses.constFirst();
            isGroup(m_context, *person) ? showMembers(address) : showDetails(address);
        }
        return;
    }
    if (event->key() == Qt::Key_F2) {
        if (const Person *const person = m_context.contacts.person(currentPerson())) {
            rename(*person);
        }
        return;
    }
    QTreeView::keyPressEvent(event);
}

void ContactListView::mouseReleaseEvent(QMouseEvent *event)
{
    QTreeView::mouseReleaseEvent(event);
    if (event->button() == Qt::LeftButton) {
        const QModelIndex index = indexAt(event->position().toPoint());
        if (index.isValid() && index == currentIndex()) {
            openCurrent();
        }
    }
}

void ContactListView::rename(const Person &person)
{
    const auto name = questions::text(this, tr("Rename"),
        tr("Name for %1:").arg(m_context.contacts.nameOf(person)),
        m_context.contacts.nameOf(person));
    if (!name) {
        return;
    }
    if (person.addresses.size() > 1) {
        m_context.contacts.setAlias(person.id, *name);
        return;
    }
    const PersonAddress &address = person.addresses.constFirst();
    const Contact *const contact = m_context.contacts.contact(address.account, address.address);
    const Account *const account = m_context.accounts.account(address.account);
    RosterFacet *const roster
        = account && account->session() ? account->session()->roster() : nullptr;
    if (contact && roster && account->state() == Account::State::Online) {
        ContactSnapshot changed = contact->snapshot;
        changed.name = *name;
        roster->update(changed);
    } else {
        m_context.contacts.setAlias(person.id, *name);
    }
}

void ContactListView::moveToGroup(const Person &person, const QString &group) const
{
    for (const PersonAddress &address : person.addresses) {
        const Contact *const contact = m_context.contacts.contact(address.account, address.address);
        const Account *const account = m_context.accounts.account(address.account);
        RosterFacet *const roster
            = account && account->session() ? account->session()->roster() : nullptr;
        if (contact && roster && account->state() == Account::State::Online) {
            ContactSnapshot changed = contact->snapshot;
            changed.groups = group.isEmpty() ? QStringList {} : QStringList { group };
            roster->update(changed);
        }
    }
}

void ContactListView::buildPersonMenu(QMenu &menu, const QModelIndex &index)
{
    const Person *const found
        = m_context.contacts.person(index.data(ContactRole::PersonId).value<PersonId>());
    if (!found) {
        return;
    }
    const Person person = *found;
    if (isGroup(m_context, person)) {
        // Nobody writes to a group: its members are people.
    } else if (person.addresses.size() == 1) {
        menu.addAction(
            icons::icon(u"send"_s), tr("Write a message"), this, &ContactListView::openCurrent);
    } else {
        QMenu *const by = menu.addMenu(icons::icon(u"send"_s), tr("Write through"));
        for (const PersonAddress &address : person.addresses) {
            const Account *const account = m_context.accounts.account(address.account);
            by->addAction(
                u"%1 (%2)"_s.arg(account ? account->name() : QString(), address.address.value),
                this, [this, address] {
                    Q_EMIT conversationRequested(
                        { address.account, address.address.value, ConversationKind::Person });
                });
        }
    }
    addDetailActions(
        menu, m_context, person, [this](const PersonAddress &address) { showDetails(address); },
        [this](const PersonAddress &address) { showMembers(address); });
    addAlertActions(menu, m_context, person);
    menu.addAction(icons::icon(u"edit"_s), tr("Rename…"), this, [this, person] { rename(person); });
    QMenu *const groups = menu.addMenu(tr("Group"));
    const QStringList theirs = m_context.contacts.groupsOf(person);
    const QStringList names = m_context.contacts.groups();
    for (const QString &name : names) {
        QAction *const action
            = groups->addAction(name, this, [this, person, name] { moveToGroup(person, name); });
        action->setCheckable(true);
        action->setChecked(theirs.contains(name));
    }
    groups->addSeparator();
    groups->addAction(tr("New group…"), this, [this, person] {
        const auto name = questions::text(this, tr("New group"), tr("Name of the group:"), {});
        if (name && !name->trimmed().isEmpty()) {
            moveToGroup(person, name->trimmed());
        }
    });
    QMenu *const merge = menu.addMenu(tr("Same person as"));
    const QList<Person> all = m_context.contacts.persons();
    QList<std::pair<QString, PersonId>> others;
    for (const Person &other : all) {
        if (other.id != person.id
            && m_context.contacts.nameOf(other).compare(
                   m_context.contacts.nameOf(person), Qt::CaseInsensitive)
                == 0) {
            others.prepend({ m_context.contacts.nameOf(other), other.id });
        } else if (other.id != person.id && others.size() < 40) {
            others.append({ m_context.contacts.nameOf(other), other.id });
        }
    }
    for (const auto &[name, id] : std::as_const(others)) {
        const Person *const other = m_context.contacts.person(id);
        merge->addAction(u"%1 (%2)"_s.arg(name, other->addresses.constFirst().address.value), this,
            [this, person, other = id] { m_context.contacts.merge({ person.id, other }); });
    }
    merge->setEnabled(!others.isEmpty());
    if (person.addresses.size() > 1) {
        QMenu *const split = menu.addMenu(tr("Not the same person"));
        for (const PersonAddress &address : person.addresses) {
            split->addAction(address.address.value, this,
                [this, person, address] { m_context.contacts.split(person.id, address); });
        }
    }
    for (const PersonAddress &address : person.addresses) {
        addAccessMenu(menu,
            person.addresses.size() == 1
                ? tr("Privacy relationship")
                : tr("Privacy relationship of %1").arg(address.address.value),
            m_context.accounts.account(address.account), address.address, this,
            { .failed = [this](const Error &why) { Q_EMIT failed(why); },
                .dialogRequested = [this] { Q_EMIT accessRequested(); } });
    }
    menu.addSeparator();
    for (const PersonAddress &address : person.addresses) {
        const Contact *const contact = m_context.contacts.contact(address.account, address.address);
        const Account *const account = m_context.accounts.account(address.account);
        RosterFacet *const roster
            = account && account->session() && account->state() == Account::State::Online
            ? account->session()->roster()
            : nullptr;
        if (!contact) {
            continue;
        }
        const bool blocked = contact->snapshot.blocked;
        const QString who = address.address.value;
        QAction *const block = menu.addAction(icons::icon(u"block"_s),
            blocked ? tr("Unblock %1").arg(who) : tr("Block %1").arg(who), this,
            [roster, address, blocked] { roster->setBlocked(address.address, !blocked); });
        QAction *const remove = menu.addAction(
            icons::icon(u"trash"_s), tr("Remove %1…").arg(who), this, [this, roster, address, who] {
                if (questions::confirm(this, tr("Remove contact"),
                        tr("Remove %1 from your contacts? The history stays.").arg(who),
                        tr("Remove"))) {
                    roster->remove(address.address);
                }
            });
        block->setEnabled(roster);
        remove->setEnabled(roster);
    }
}

void ContactListView::contextMenuEvent(QContextMenuEvent *event)
{
    const QModelIndex index
        = event->reason() == QContextMenuEvent::Keyboard ? currentIndex() : indexAt(event->pos());
    QMenu menu(this);
    if (index.isValid() && !index.data(ContactRole::IsGroup).toBool()) {
        setCurrentIndex(index);
        buildPersonMenu(menu, index);
        menu.addSeparator();
    }
    menu.addAction(
        icons::icon(u"add"_s), tr("Add a contact…"), this, &ContactListView::addContactRequested);
    menu.exec(event->globalPos());
}

QString ContactListView::toolTip(const Person &person) const
{
    QStringList lines { u"<b>%1</b>"_s.arg(m_context.contacts.nameOf(person).toHtmlEscaped()) };
    for (const PersonAddress &address : person.addresses) {
        const Contact *const contact = m_context.contacts.contact(address.account, address.address);
        const Account *const account = m_context.accounts.account(address.account);
        if (!contact || !account) {
            continue;
        }
        const Presence &presence = contact->presence;
        QString line = u"%1 — %2 (%3)"_s.arg(address.address.value.toHtmlEscaped(),
            (presence.activity.isEmpty() ? displayName(presence.availability) : presence.activity)
                .toHtmlEscaped(),
            account->name().toHtmlEscaped());
        if (!presence.device.isEmpty()) {
            line += u" · "_s + presence.device.toHtmlEscaped();
        }
        lines.append(line);
        const QMap<QString, QString> &details = contact->snapshot.details;
        QStringList place { details.value(u"title"_s), details.value(u"company"_s),
            details.value(u"phone"_s) };
        place.removeAll(QString());
        if (!place.isEmpty()) {
            lines.append(place.join(u" · "_s).left(200).toHtmlEscaped());
        }
        if (!presence.text.isEmpty()) {
            lines.append(u"<i>%1</i>"_s.arg(presence.text.left(400).toHtmlEscaped()));
        }
        if (presence.idleSince.isValid()) {
            lines.append(idleText(presence.idleSince, QDateTime::currentDateTimeUtc()));
        }
    }
    return lines.join(u"<br/>"_s);
}

bool ContactListView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *const help = static_cast<QHelpEvent *>(event);
        const QModelIndex index = indexAt(help->pos());
        const Person *const person
            = m_context.contacts.person(index.data(ContactRole::PersonId).value<PersonId>());
        QToolTip::showText(help->globalPos(), person ? toolTip(*person) : QString(), this);
        return true;
    }
    return QTreeView::viewportEvent(event);
}

} // namespace linchpin
