// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/accessmenu.h"

#include "core/accounts/account.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <QMenu>
#include <QPointer>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::AccessMenu)
};

} // namespace

AccessFacet *accessOf(const Account *account)
{
    return account && account->state() == Account::State::Online && account->session()
        ? account->session()->access()
        : nullptr;
}

void addAccessMenu(QMenu &menu, const QString &title, const Account *account,
    const ContactAddress &address, QObject *context, const AccessMenuHandlers &handlers)
{
    AccessFacet *const access = accessOf(account);
    if (!access) {
        return;
    }
    const QPointer<Session> session = account->session();
    const auto change = [session, address, context, handlers](const QString &level) {
        AccessFacet *const now = session ? session->access() : nullptr;
        if (!now) {
            return;
        }
        now->set({ AccessRule::Subject::Person, address.value, level })
            .then(context, [handlers](const Result<void> &done) {
                if (!done && done.error().kind != Error::Kind::Cancelled) {
                    handlers.failed(done.error());
                }
            });
    };
    QMenu *const levels = menu.addMenu(title);
    levels->setObjectName(u"accessMenu"_s);
    levels->setToolTipsVisible(true);
    auto *const choice = new QActionGroup(levels);
    const AccessRule standing = access->standing(address);
    const bool own = standing.subject == AccessRule::Subject::Person && !standing.level.isEmpty();
    QString general;
    const QList<AccessLevel> all = access->levels();
    for (const AccessLevel &level : all) {
        QAction *const action
            = levels->addAction(level.name, context, [change, id = level.id] { change(id); });
        action->setCheckable(true);
        action->setChecked(standing.level == level.id);
        action->setToolTip(level.help);
        action->setStatusTip(level.help);
        action->setData(level.id);
        choice->addAction(action);
        if (!own && standing.level == level.id) {
            general = level.name;
        }
    }
    levels->addSeparator();
    QAction *const automatic
        = levels->addAction(own ? Text::tr("As for everybody of that kind")
                                : Text::tr("As for everybody of that kind (%1)")
                                      .arg(general.isEmpty() ? Text::tr("name only") : general),
            context, [change] { change({}); });
    automatic->setObjectName(u"accessAutomatic"_s);
    automatic->setEnabled(own);
    levels->addAction(Text::tr("All privacy relationships…"), context, handlers.dialogRequested);
}

} // namespace linchpin
