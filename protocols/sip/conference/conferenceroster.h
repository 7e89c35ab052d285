// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/room.h"
#include "protocols/sip/conference/conferenceinfo.h"

#include <QMap>
#include <QString>

namespace linchpin::sip {

/// The people of a conference under the names a room shows: the display name, with the address
/// where two have the same. A name once given stays while the person is there.
class ConferenceRoster {
public:
    explicit ConferenceRoster(QString self)
        : m_self(std::move(self))
    {
    }

    /// What is different now, for the room: members, who came and went, locked, link, topic.
    RoomChange update(const ConferenceState &state, const QString &room);
    /// Forgets everybody: we are out.
    void clear();

    /// The name of somebody who writes; known or made up from the address.
    QString nickOf(const QString &address) const;
    QString addressOf(const QString &nick) const; ///< empty when nobody is called so

private:
    QString freeNick(const QString &address, const QString &name) const;

    QString m_self; ///< our address
    QMap<QString, QString> m_nicks; ///< by address
    QMap<QString, RoomMember> m_members; ///< as told last, by address
    bool m_told = false;
    QString m_subject;
    bool m_locked = false;
    QString m_link;
};

} // namespace linchpin::sip
