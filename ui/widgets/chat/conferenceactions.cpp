// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/chat/conferenceactions.h"

#include "core/accounts/accountmanager.h"
#include "core/models/roles.h"
#include "core/sdk/session.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/questions.h"

#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QMenu>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::conferences {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::Conferences", text);
}

Session *sessionOf(UiContext context, const AccountId &id)
{
    const Account *const account = context.accounts.account(id);
    return account && account->state() == Account::State::Online ? account->session() : nullptr;
}

/// Shows what went wrong; what went well the roster shows.
void watch(const Async<void> &done, QWidget *parent, const OnError &failed)
{
    Async<void>(done).then(parent, [failed](const Result<void> &result) {
        if (!result) {
            failed(result.error());
        }
    });
}

const RoomMember *memberOf(const Conversation &room, const QString &nick)
{
    const auto found = std::ranges::find(room.members(), nick, &RoomMember::nick);
    return found == room.members().end() ? nullptr : &*found;
}

} // namespace

ConferenceFacet *facetOf(UiContext context, const AccountId &account)
{
    Session *const session = sessionOf(context, account);
    return session ? session->conferences() : nullptr;
}

RoomFacet *roomsOf(UiContext context, const AccountId &account)
{
    Session *const session = sessionOf(context, account);
    return session ? session->rooms() : nullptr;
}

bool isPresenter(const Conversation &room)
{
    return std::ranges::any_of(
        room.members(), [](const RoomMember &m) { return m.self && m.rank >= RoomRank::Operator; });
}

void addRoomActions(
    QMenu &menu, UiContext context, Conversation &room, QWidget *parent, const OnError &failed)
{
    const ConversationKey key = room.key();
    if (!room.isRoom() || !room.isJoined() || !facetOf(context, key.account)) {
        return;
    }
    const QString link = room.link().isEmpty() ? key.with : room.link();
    const auto addCopying = [&] {
        menu.addAction(icons::icon(u"copy"_s),
                room.link().isEmpty() ? tr("Copy the address") : tr("Copy the link"), parent,
                [link] { QGuiApplication::clipboard()->setText(link); })
            ->setObjectName(u"copyRoomLink"_s);
    };
    if (!room.isConference()) {
        addCopying();
        return;
    }
    const bool presenter = isPresenter(room);
    QAction *const lock = menu.addAction(tr("Let nobody else in"));
    lock->setObjectName(u"lockRoom"_s);
    lock->setCheckable(true);
    lock->setChecked(room.isLocked());
    lock->setEnabled(presenter);
    QObject::connect(
        lock, &QAction::triggered, parent, [context, key, parent, failed](bool locked) {
            if (ConferenceFacet *const facet = facetOf(context, key.account)) {
                watch(facet->setLocked({ key.with }, locked), parent, failed);
            }
        });
    addCopying();
    menu.addSeparator();
    QAction *const end = menu.addAction(
        icons::icon(u"trash"_s), tr("End for everybody…"), parent, [context, key, parent, failed] {
            ConferenceFacet *const facet = facetOf(context, key.account);
            if (facet
                && questions::confirm(parent, tr("End for everybody"),
                    tr("Everybody is sent out and the group conversation is gone. What was written "
                       "stays in the history."),
                    tr("End"))) {
                watch(facet->end({ key.with }), parent, failed);
            }
        });
    end->setObjectName(u"endRoom"_s);
    end->setEnabled(presenter);
}

void addMemberActions(QMenu &menu, UiContext context, Conversation &room, const QModelIndex &index,
    QWidget *parent, const OnError &failed)
{
    const ConversationKey &key = room.key();
    const QString nick = index.data(MemberRole::Nick).toString();
    const RoomMember *const found = memberOf(room, nick);
    if (!found || !room.isConference() || !facetOf(context, key.account)) {
        return;
    }
    const RoomMember member = *found;
    const bool presenter = isPresenter(room);
    using Ask = std::function<Async<void>(ConferenceFacet &)>;
    const auto add = [&](const QString &icon, const QString &text, const QString &name, bool may,
                         const Ask &ask) {
        QAction *const action
            = menu.addAction(icons::icon(icon), text, parent, [context, key, parent, failed, ask] {
                  if (ConferenceFacet *const facet = facetOf(context, key.account)) {
                      watch(ask(*facet), parent, failed);
                  }
              });
        action->setObjectName(name);
        action->setEnabled(may);
    };
    const RoomAddress address { key.with };
    if (member.waiting) {
        add(u"check"_s, tr("Let in"), u"admitMember"_s, presenter,
            [=](ConferenceFacet &facet) { return facet.admit(address, nick, true); });
        add(u"block"_s, tr("Send away"), u"denyMember"_s, presenter,
            [=](ConferenceFacet &facet) { return facet.admit(address, nick, false); });
        return;
    }
    const bool leads = member.rank >= RoomRank::Operator;
    add(u"person"_s, leads ? tr("No longer presenter") : tr("Make presenter"), u"promoteMember"_s,
        presenter && !member.self,
        [=](ConferenceFacet &facet) { return facet.setPresenter(address, nick, !leads); });
    if (member.muted) {
        const bool muted = *member.muted;
        add(muted ? u"bell"_s : u"bell-off"_s, muted ? tr("Unmute") : tr("Mute"), u"muteMember"_s,
            presenter || member.self,
            [=](ConferenceFacet &facet) { return facet.setMuted(address, nick, !muted); });
    }
    if (!member.self) {
        QAction *const remove = menu.addAction(icons::icon(u"remove"_s),
            tr("Remove from the conversation"), parent, [context, key, parent, failed, nick] {
                if (RoomFacet *const rooms = roomsOf(context, key.account)) {
                    watch(rooms->kick({ key.with }, nick, {}), parent, failed);
                }
            });
        remove->setObjectName(u"removeMember"_s);
        remove->setEnabled(presenter);
    }
}

} // namespace linchpin::conferences
