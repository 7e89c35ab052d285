// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/simulator/ocspool.h"

#include <QMap>
#include <QObject>
#include <QSet>
#include <QTimer>

#include <chrono>

namespace linchpin::sip::sim {

/// The scripted colleagues of the demonstration: they have moods, answer, and one of them writes
/// first.
class DemoCast : public QObject {
    Q_OBJECT
public:
    /// pace: how long somebody thinks before an answer; zero for tests: answers at once, no
    /// changing moods.
    DemoCast(OcsPool &pool, std::chrono::milliseconds pace, QObject *parent = nullptr);

    QString account() const; ///< whom to sign in as
    QString password() const;
    QString partner() const; ///< who answers everything

private:
    struct Mood {
        int availability;
        QString note;
        QString activity = {};
    };
    struct Colleague {
        QString user;
        PersonCard card;
        QStringList groups;
        QList<Mood> moods; ///< the first is the one at the beginning
    };

    QList<Colleague> colleagues() const;
    QString wittyReply(const QString &from, const QString &text);
    QString countingReply(const QString &text);
    void openRooms();
    void changeMood();
    void greet(const QString &user);
    QString address(const QString &user) const;

    OcsPool &m_pool;
    std::chrono::milliseconds m_pace;
    QTimer m_moods;
    QList<Colleague> m_colleagues;
    QMap<QString, ScriptedPerson *> m_people; ///< owned by the pool
    QMap<QString, int> m_counted; ///< text → how often the counter got it
    QSet<QString> m_greeted;
    int m_replies = 0;
    int m_step = 0;
};

} // namespace linchpin::sip::sim
