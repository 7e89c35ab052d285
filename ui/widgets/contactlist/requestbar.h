// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/ids.h"
#include "core/sdk/room.h"
#include "ui/widgets/uicontext.h"

#include <QWidget>

#include <functional>

class QVBoxLayout;

namespace linchpin {

/// People who ask to become contacts, each with Accept, Decline; empty when nobody asks.
class RequestBar : public QWidget {
    Q_OBJECT
public:
    explicit RequestBar(UiContext context, QWidget *parent = nullptr);

Q_SIGNALS:
    void conversationRequested(const linchpin::ConversationKey &key);
    /// An invitation to that room is answered, one way or the other.
    void invitationAnswered(const linchpin::ConversationKey &room);

private:
    struct Invitation {
        AccountId account;
        RoomInvitation what;
    };
    struct Choice {
        QString label;
        QString accessible;
        std::function<void()> then;
    };
    void addCard(const QString &words, const Choice &no, const Choice &yes);
    void answer(const Invitation &invitation, bool come);
    void refresh();

    UiContext m_context;
    QList<Invitation> m_invitations;
    QVBoxLayout *m_rows;
};

} // namespace linchpin
