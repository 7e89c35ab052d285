// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/personactions.h"

#include "core/contacts/contactstore.h"
#include "ui/widgets/common/iconset.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QMenu>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::PersonActions)
};

} // namespace

bool isGroup(UiContext context, const Person &person)
{
    const PersonAddress &first = person.addresses.constFirst();
    const Contact *const contact = context.contacts.contact(first.account, first.address);
    return contact && contact->snapshot.kind == ContactKind::Group;
}

void addDetailActions(QMenu &menu, UiContext context, const Person &person,
    const AddressAction &details, const AddressAction &members)
{
    if (isGroup(context, person)) {
        QAction *const action = menu.addAction(icons::icon(u"people"_s), Text::tr("Show members…"),
            &menu, [members, address = person.addresses.constFirst()] { members(address); });
        action->setObjectName(u"showMembers"_s);
        return;
    }
    if (person.addresses.size() == 1) {
        QAction *const action = menu.addAction(icons::icon(u"info"_s), Text::tr("Details…"), &menu,
            [details, address = person.addresses.constFirst()] { details(address); });
        action->setObjectName(u"showDetails"_s);
        action->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_I));
        return;
    }
    QMenu *const each = menu.addMenu(icons::icon(u"info"_s), Text::tr("Details"));
    for (const PersonAddress &address : person.addresses) {
        each->addAction(address.address.value, &menu, [details, address] { details(address); });
    }
}

void addAlertActions(QMenu &menu, UiContext context, const Person &person)
{
    using Kind = StatusAlerts::Kind;
    if (isGroup(context, person)) {
        return;
    }
    QMenu *const alerts = menu.addMenu(icons::icon(u"bell"_s),
        Text::tr("Tell me when %1 is available").arg(context.contacts.nameOf(person)));
    alerts->setObjectName(u"statusAlerts"_s);
    auto *const choice = new QActionGroup(alerts);
    const Kind now = context.contacts.alertOf(person);
    const QList<std::pair<Kind, QString>> kinds { { Kind::Once, Text::tr("The next time") },
        { Kind::Always, Text::tr("Every time") }, { Kind::None, Text::tr("Never") } };
    for (const auto &[kind, label] : kinds) {
        QAction *const action = alerts->addAction(label, &menu,
            [context, id = person.id, kind = kind] { context.contacts.setAlert(id, kind); });
        action->setCheckable(true);
        action->setChecked(kind == now);
        choice->addAction(action);
    }
}

} // namespace linchpin
