// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/chat/conversation.h"
#include "ui/widgets/uicontext.h"

#include <functional>

class QMenu;
class QModelIndex;
class QWidget;

namespace linchpin {

class ConferenceFacet;
class RoomFacet;

/// What can be done with a group conversation and with the people in it, as menus. Everything here
/// needs a session whose network has conferences; nothing is added where there is none.
namespace conferences {

using OnError = std::function<void(const Error &why)>;

/// Of an account that is online; nullptr where the network has no conferences.
ConferenceFacet *facetOf(UiContext context, const AccountId &account);
RoomFacet *roomsOf(UiContext context, const AccountId &account);
/// Whether the user may do more than talk.
bool isPresenter(const Conversation &room);

/// Lock, copy the link, end for everybody. `parent` owns what is asked.
void addRoomActions(
    QMenu &menu, UiContext context, Conversation &room, QWidget *parent, const OnError &failed);
/// Make presenter, mute, let in, remove: of the member at `index` of a RoomMemberModel.
void addMemberActions(QMenu &menu, UiContext context, Conversation &room, const QModelIndex &index,
    QWidget *parent, const OnError &failed);

} // namespace conferences

} // namespace linchpin
