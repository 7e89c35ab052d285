// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/presence/selfdocument.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// One publication of ours; without content it takes the published one away.
struct Publication {
    PublicationKey key = {};
    int version = 0; ///< the one currently known; the server stores one more
    QString expireType = {}; ///< "static", "endpoint", "user", "time"
    std::optional<XmlElement> content = {};
};

/// Content-Type of a publication.
inline constexpr QByteArrayView kPublishType = "application/msrtc-category-publish+xml";

/// The body of a SERVICE request that publishes all of them, in this order.
QByteArray buildPublish(const QString &ownAddress, const QList<Publication> &publications);
/// The server's side of it.
struct PublishRequest {
    QString address = {};
    QList<Publication> publications = {};
};
std::expected<PublishRequest, DocumentError> parsePublish(QByteArrayView body);

/// The instance numbers of one end point, from its epid (hexadecimal): stable and distinct.
struct InstanceNumbers {
    qint64 device = 0;
    qint64 machineState = 0;
    qint64 userState = 0x20000000;
    qint64 calendarState = 0;
    qint64 outOfOfficeState = 0;
    friend bool operator==(const InstanceNumbers &, const InstanceNumbers &) = default;
};
InstanceNumbers instanceNumbers(QByteArrayView epid);

// What to publish. Versions are filled in by withVersions() before sending.

/// This end point and what it can do. @p endpointId is the +sip.instance UUID without braces,
/// @p utcOffsetSeconds the local zone's.
QList<Publication> publishDevice(const InstanceNumbers &numbers, const QString &ownAddress,
    const QString &endpointId, const QString &machineName, int utcOffsetSeconds);
/// What the keyboard says, in containers 2 and 3.
QList<Publication> publishMachineState(const InstanceNumbers &numbers, PresenceLevel level);
/// What the user chose.
struct OwnState {
    PresenceLevel level = PresenceLevel::Unknown;
    QString activityToken = {}; ///< "off-work"; empty mostly
    QString customActivity = {}; ///< own words instead of it
};
/// In containers 2 and 3; do-not-disturb lets the team interrupt. A level of Unknown takes the
/// choice back, so that automatic states count again.
QList<Publication> publishUserState(const InstanceNumbers &numbers, const OwnState &state);
/// The personal note, for colleagues, team and family; an empty one is taken away.
QList<Publication> publishNote(const QString &text);

/// An automatic answer that is switched on.
struct OutOfOffice {
    QString text = {};
    QDateTime starts = {}; ///< UTC; invalid: now
    QDateTime ends = {}; ///< UTC; invalid: no end is set
};
/// The out-of-office note of a mailbox, beside the personal one; an empty text takes it away.
QList<Publication> publishOutOfOfficeNote(const QString &mailbox, const OutOfOffice &note);

/// What the calendar makes of us now.
struct CalendarState {
    enum class Kind { Free, Busy, OutOfOffice };
    Kind kind = Kind::Free; ///< Free takes the published state away
    QDateTime since = {}; ///< UTC
    QString subject = {}; ///< published only if the user agrees; mostly empty
    QString location = {};
};
/// In containers 2 and 3; the server weighs it against what the user chose by hand.
QList<Publication> publishCalendarState(
    const InstanceNumbers &numbers, const QString &mailbox, const CalendarState &state);
/// When we are free, and when we work: for colleagues, team and family; the others learn nothing.
QList<Publication> publishFreeBusy(const FreeBusy &freeBusy);
QList<Publication> publishWorkingHours(const QString &mailbox, const WorkingHours &hours);

/// With the versions known; what would change nothing, or remove what is not there, is left out.
QList<Publication> withVersions(QList<Publication> publications, const SelfData &known);

/// A refused publication (409, application/msrtc-fault+xml).
struct PublicationFault {
    struct Operation {
        int index = 0; ///< 1-based place in our request
        int version = 0;
        int currentVersion = 0;
        friend bool operator==(const Operation &, const Operation &) = default;
    };
    QString code = {}; ///< "Client.BadCall.WrongDelta" can be resolved, others cannot
    QList<Operation> operations = {};
    friend bool operator==(const PublicationFault &, const PublicationFault &) = default;

    bool isVersionConflict() const { return code == u"Client.BadCall.WrongDelta"; }
};
std::expected<PublicationFault, DocumentError> parsePublicationFault(QByteArrayView body);
QByteArray buildPublicationFault(const PublicationFault &fault);

/// Sends publications one request at a time and settles version conflicts. Pure: the caller sends
/// what it is given and reports the answers.
class PublicationQueue {
public:
    /// Puts publications in the queue; a newer one of the same key replaces one that waits.
    void submit(const QList<Publication> &publications);
    /// The next request to send, or nothing: while one is outstanding, or when all is said.
    std::optional<QList<Publication>> next(const SelfData &known);

    /// The outstanding request was answered 200 (apply its body to SelfData first).
    void accepted();
    enum class Outcome { Retried, GivenUp };
    /// It was answered 409: the versions go into @p known, and the request is queued again unless
    /// it has been tried three times or the fault is of another kind.
    Outcome refused(const PublicationFault &fault, SelfData &known);
    /// Any other final answer, or none: the outstanding request is dropped.
    void failed();

    bool isIdle() const { return m_waiting.isEmpty() && m_outstanding.isEmpty(); }

private:
    QList<Publication> m_waiting;
    QList<Publication> m_outstanding;
    int m_tries = 0;
};

} // namespace linchpin::sip
