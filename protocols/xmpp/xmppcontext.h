// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/result.h"
#include "core/sdk/sessionevent.h"
#include "core/sdk/sessionservices.h"
#include "protocols/xmpp/errors.h"

#include <QDomElement>
#include <QPointer>
#include <QXmppClient.h>
#include <QXmppTask.h>

#include <functional>
#include <variant>

namespace linchpin::xmpp {

/// What the parts of one session share. Owned by XmppSession, which outlives them.
struct XmppContext {
    SessionServices &services;
    std::function<void(const SessionEvent &)> emitEvent;
    QPointer<QXmppClient> client; ///< null before the first sign-in
    QString ownJid; ///< bare
    bool online = false;
    /// Whether a bare JID is a room we are in or are entering.
    std::function<bool(const QString &)> isRoom;
};

/// A QXmpp task as the sdk's answer.
template <class Task> Async<void> answerOf(Task task, const QObject *context)
{
    const Answer<void> answer;
    task.then(context, [answer](auto &&result) {
        if (const auto *error = std::get_if<QXmppError>(&result)) {
            answer.fail(taskError(*error));
        } else {
            answer.give({});
        }
    });
    return answer.future();
}

} // namespace linchpin::xmpp
