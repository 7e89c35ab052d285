// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/presence/publication.h"
#include "protocols/sip/presence/selfdocument.h"
#include "protocols/sip/session/siplink.h"
#include "protocols/sip/session/sipsubscription.h"

#include <QSet>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace linchpin::sip {

/// What the server keeps about ourselves: publications with their versions, access levels,
/// watchers. [MS-PRES] 3.2 to 3.4 and 3.8. Lives from sign-in to sign-out.
class SipSelf {
public:
    /// `accessChanged`: who sees what may be different, here or by another device.
    SipSelf(SipLink &link, const Presence &initial, std::function<void()> accessChanged);

    void start();
    /// A NOTIFY or BENOTIFY; false when it is not ours.
    bool receive(const SipMessage &request);
    const SelfData &data() const { return m_data; }
    /// Whether the server has told what it keeps.
    bool isKnown() const { return m_known; }

    /// The user's choice and note, and since when the machine is idle. What did not change is not
    /// published again.
    void setPresence(const Presence &presence, const Answer<void> &answer);
    /// The calendar's part: whatever publishFreeBusy(), publishCalendarState() and
    /// publishOutOfOfficeNote() build. Before the server has told its versions it waits.
    void publishCalendar(const QList<Publication> &publications, const Answer<void> &answer);
    InstanceNumbers instances() const;

    /// Makes somebody a member of that container alone; without one the general rules hold again.
    void setLevel(
        const ContainerMember &member, std::optional<int> container, const Answer<void> &answer);
    void answerWatcher(const QString &address, bool allow, const Answer<void> &answer);

private:
    struct LevelChange {
        ContainerMember member;
        std::optional<int> container;
        Answer<void> answer;
        bool repeated = false; ///< after a version conflict: once
    };

    void subscribe();
    void notified(const SipSubscription::Notification &notification);
    void firstPublication();
    QList<Publication> machineState();
    void publish(const QList<Publication> &publications, const Answer<void> &answer);
    void publishNext();
    void announceOwn();
    void announceWatchers();

    void sendFirstContainers();
    void nextChange();
    void changeAnswered(const QList<ContainerEdit> &edits, const SipReply &reply);
    void changeDone(const Result<void> &result);
    /// Asks for the containers anew, then sends the first change again.
    void readAgain(const Error &conflict);
    void sendEdits(const QList<ContainerEdit> &edits, SipReplyHandler handler);

    SipLink &m_link;
    std::function<void()> m_accessChanged;
    Presence m_wanted;
    SelfData m_data;
    bool m_known = false;
    PublicationQueue m_queue;
    QList<Answer<void>> m_publishAnswers;
    QList<Publication> m_waitingCalendar; ///< until the versions are known
    std::unique_ptr<Timer> m_idleTimer;
    std::optional<Presence> m_announced;
    QSet<QString> m_asked; ///< watchers announced in this session
    std::deque<LevelChange> m_changes;
    bool m_changing = false;
    std::unique_ptr<SipSubscription> m_subscription;
    std::unique_ptr<SipSubscription> m_reread; ///< one question for the containers
    std::unique_ptr<Timer> m_rereadLimit;
    std::vector<std::unique_ptr<SipSubscription>> m_finished; ///< destroyed outside their callbacks
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace linchpin::sip
