// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/poolcore.h"
#include "protocols/sip/simulator/web/httpresponder.h"
#include "protocols/sip/simulator/xmlelement.h"

#include <QDateTime>
#include <QMap>

namespace linchpin::sip::sim {

/// What a mailbox of the simulated Exchange holds, as far as a messenger looks.
struct Mailbox {
    struct Group {
        QString id;
        int version = 1; ///< in the change key
        QString name;
        QString type; ///< last part of IPM.DistList.MOC.…
        QStringList members; ///< ids of people
        QString mail = {}; ///< of a distribution group
    };
    struct Person {
        QString id;
        QString address;
        QString name;
    };
    struct Meeting {
        QDateTime start; ///< UTC
        QDateTime end;
        QString type; ///< Busy, Tentative, OOF, Free
    };

    QList<Group> groups;
    QList<Person> people;
    QList<Meeting> meetings;
    QString oofState = QStringLiteral("Disabled");
    QString oofText; ///< HTML
    QDateTime oofStart; ///< of "Scheduled"
    QDateTime oofEnd;
};

/// The Exchange server beside a Lync pool: autodiscover ([MS-OXDSCLI]), the unified contact store
/// ([MS-OXWSCOS]), free and busy times ([MS-OXWAVLS]) and out-of-office settings ([MS-OXWOOF]).
/// Written from the specifications apart from the client. Who asks is known by HTTP.
class ExchangeWeb {
public:
    explicit ExchangeWeb(PoolCore &core);

    /// How clients are told to reach it, "mail.litwareinc.test" or "localhost:4443".
    QString host;
    bool strictKeys = true; ///< an outdated change key is a conflict
    QString movedTo; ///< autodiscover answers with this mail address instead, for everybody else

    /// Moves a user's contact list into the mailbox: the pool keeps a frozen copy of it.
    void migrate(const QString &user);
    Mailbox &mailbox(const QString &user) { return m_mailboxes[user.toLower()]; }
    /// "group: person, person" for every group, sorted.
    QStringList contactsOf(const QString &user);
    /// As another program of the user would do it.
    void addPerson(const QString &user, const QString &address, const QString &group);
    /// Somebody has changed the group meanwhile: keys that were read are outdated.
    void touch(const QString &user, const QString &group);

    static bool isAutodiscover(const WebRequest &request);
    bool isMine(const WebRequest &request) const;
    WebResponse handle(const WebRequest &request, const QString &user);
    /// Names of the operations that came, in order.
    const QStringList &operations() const { return m_operations; }
    QStringList complaints() const { return m_complaints; }

private:
    WebResponse autodiscover(const WebRequest &request, const QString &user);
    WebResponse operation(const XmlElement &call, Mailbox &mailbox, const QString &user);
    QString availability(const XmlElement &call, const Mailbox &mailbox, const QString &user);
    QString outOfOffice(const Mailbox &mailbox) const;
    QString itemList(const Mailbox &mailbox) const;
    QString edit(const XmlElement &call, Mailbox &mailbox);
    Mailbox::Group *group(Mailbox &mailbox, const XmlElement *id, QString &problem) const;
    static const Mailbox::Person *person(const Mailbox &mailbox, const XmlElement *id);
    void changed(const QString &user);
    QString newId(const QString &kind);
    void complain(const QString &what) { m_complaints.append(what); }

    PoolCore &m_core;
    QMap<QString, Mailbox> m_mailboxes;
    QStringList m_operations;
    QStringList m_complaints;
    int m_lastId = 0;
};

} // namespace linchpin::sip::sim
