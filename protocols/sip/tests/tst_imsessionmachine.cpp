// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/imsessionmachine.h"

#include <QMap>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::sip;

namespace {

const ImDialogId kOurs { "call-1"_ba, "t1"_ba };
const ImDialogId kFork { "call-1"_ba, "t2"_ba };
const ImDialogId kTheirs { "call-9"_ba, "t9"_ba };

QString written(const ImDialogId &dialog)
{
    return QString::fromLatin1(dialog.callId + "/"_ba + dialog.remoteTag);
}

/// Effects as one line, to compare with rows of a table.
struct Writer {
    QString operator()(const ImSendInvite &e) const
    {
        return u"INVITE#%1(%2)"_s.arg(e.invite).arg(e.first ? e.first->localId : u""_s);
    }
    QString operator()(const ImSendCancel &e) const { return u"CANCEL#%1"_s.arg(e.invite); }
    QString operator()(const ImSendAck &e) const { return u"ACK "_s + written(e.dialog); }
    QString operator()(const ImSendMessage &e) const
    {
        return u"MESSAGE %1 %2"_s.arg(written(e.dialog), e.draft.localId);
    }
    QString operator()(const ImSendTyping &e) const
    {
        return u"TYPING %1"_s.arg(e.active ? u"on"_s : u"off"_s);
    }
    QString operator()(const ImSendBye &e) const { return u"BYE "_s + written(e.dialog); }
    QString operator()(const ImAnswer &e) const
    {
        return u"%1 %2%3"_s.arg(QString::fromLatin1(e.transaction))
            .arg(e.status)
            .arg(e.tookFirstMessage ? u"+text"_s : u""_s);
    }
    QString operator()(const ImDelivered &e) const { return u"delivered "_s + e.localId; }
    QString operator()(const ImFailed &e) const
    {
        return u"failed %1 %2"_s.arg(e.localId, e.error.code);
    }
    QString operator()(const ImShowMessage &e) const { return u"show "_s + e.text.text; }
    QString operator()(const ImShowTyping &e) const
    {
        return u"typing %1"_s.arg(e.active ? u"on"_s : u"off"_s);
    }
    QString operator()(const ImStartTimer &) const { return {}; }
    QString operator()(const ImStopTimer &) const { return {}; }
};

/// A conversation driven by hand; timers are checked apart from the traffic.
struct Driver {
    ImSession session { .peerName = u"Ann"_s };
    QList<ImTimer> running;

    QString operator()(const ImInput &input)
    {
        const ImStep result = step(session, input);
        session = result.next;
        QStringList lines;
        for (const ImEffect &effect : result.effects) {
            if (const auto *start = std::get_if<ImStartTimer>(&effect)) {
                running.removeAll(start->timer);
                running.append(start->timer);
            } else if (const auto *stop = std::get_if<ImStopTimer>(&effect)) {
                running.removeAll(stop->timer);
            }
            const QString line = std::visit(Writer {}, effect);
            if (!line.isEmpty()) {
                lines.append(line);
            }
        }
        return lines.join(u"; "_s);
    }
    template <class T> bool is() const { return std::holds_alternative<T>(session.phase); }

    QString send(const char *id)
    {
        return (*this)(ImSendRequested { QString::fromLatin1(id), {} });
    }
    QString inviteAnswer(
        int status, bool took = false, const ImDialogId &dialog = kOurs, int invite = 1)
    {
        return (*this)(ImInviteAnswered { invite, dialog, { .status = status }, took });
    }
    QString messageAnswer(const char *id, int status)
    {
        return (*this)(ImMessageAnswered { QString::fromLatin1(id), { .status = status } });
    }
    QString receive(const char *key, const ImDialogId &dialog = kOurs)
    {
        return (*this)(ImMessageReceived { incoming(key, dialog) });
    }
    static ImIncoming incoming(const char *key, const ImDialogId &dialog)
    {
        return { "tx"_ba, dialog, QByteArray(key), ImText { .text = QString::fromLatin1(key) } };
    }
    void establish()
    {
        send("m0");
        inviteAnswer(200, true);
    }
};

} // namespace

class tst_ImSessionMachine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void firstMessageTravelsInTheInvite()
    {
        Driver drive;
        QCOMPARE(drive.send("a"), u"INVITE#1(a)"_s);
        QCOMPARE(drive.running, QList { ImTimer::Invite });
        QCOMPARE(drive.inviteAnswer(100), u""_s);
        QCOMPARE(drive.inviteAnswer(180), u""_s);
        QCOMPARE(drive.inviteAnswer(200, true), u"ACK call-1/t1; delivered a"_s);
        QVERIFY(drive.is<ImEstablished>());
        QVERIFY(drive.running.isEmpty());
    }

    void firstMessageIsSentAgainWhenThePeerDidNotTakeIt()
    {
        Driver drive;
        drive.send("a");
        QCOMPARE(drive.inviteAnswer(200, false), u"ACK call-1/t1; MESSAGE call-1/t1 a"_s);
        QCOMPARE(drive.messageAnswer("a", 200), u"delivered a"_s);
    }

    void whatIsTypedWhileInvitingWaitsInOrder()
    {
        Driver drive;
        drive.send("a");
        QCOMPARE(drive.send("b"), u""_s);
        QCOMPARE(drive.send("c"), u""_s);
        QCOMPARE(
            drive.inviteAnswer(200, true), u"ACK call-1/t1; delivered a; MESSAGE call-1/t1 b"_s);
        QCOMPARE(drive.messageAnswer("b", 100), u""_s);
        QCOMPARE(drive.messageAnswer("b", 200), u"delivered b; MESSAGE call-1/t1 c"_s);
        QCOMPARE(drive.messageAnswer("c", 200), u"delivered c"_s);
        QVERIFY(drive.running.isEmpty());
    }

    void refusedInviteFailsEverything_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::newRow("offline") << 480 << u"recipient-offline"_s;
        QTest::newRow("busy") << 486 << u"recipient-busy"_s;
        QTest::newRow("declined") << 603 << u"recipient-declined"_s;
        QTest::newRow("unknown") << 404 << u"recipient-unknown"_s;
        QTest::newRow("filter") << 403 << u"message-not-allowed"_s;
        QTest::newRow("service") << 503 << u"service-unavailable"_s;
        QTest::newRow("no dialog") << 481 << u"recipient-offline"_s;
        QTest::newRow("redirect") << 302 << u"delivery-failed"_s;
    }
    void refusedInviteFailsEverything()
    {
        QFETCH(int, status);
        QFETCH(QString, code);
        Driver drive;
        drive.send("a");
        drive.send("b");
        QCOMPARE(drive.inviteAnswer(status), u"failed a %1; failed b %1"_s.arg(code));
        QVERIFY(drive.is<ImIdle>());
        QCOMPARE(drive.send("c"), u"INVITE#2(c)"_s); // and the next one tries anew
    }

    void unansweredInvite()
    {
        Driver drive;
        drive.send("a");
        QCOMPARE(drive(ImTimedOut { ImTimer::Invite }), u"CANCEL#1; failed a delivery-timeout"_s);
        // An answer that comes after all must not leave the other side with an open session.
        QCOMPARE(drive.inviteAnswer(200), u"ACK call-1/t1; BYE call-1/t1"_s);
        QVERIFY(drive.is<ImIdle>());
    }

    void forkedAnswerIsEnded()
    {
        Driver drive;
        drive.establish();
        QCOMPARE(drive.inviteAnswer(200, true, kFork), u"ACK call-1/t2; BYE call-1/t2"_s);
        QCOMPARE(drive.inviteAnswer(200, true, kOurs), u"ACK call-1/t1"_s); // sent again
        QCOMPARE(drive.send("b"), u"MESSAGE call-1/t1 b"_s);
    }

    void deadDialogIsReplacedOnce_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("code");
        QTest::newRow("481") << 481 << u"recipient-offline"_s;
        QTest::newRow("480") << 480 << u"recipient-offline"_s;
        QTest::newRow("408") << 408 << u"recipient-silent"_s;
    }
    void deadDialogIsReplacedOnce()
    {
        QFETCH(int, status);
        Driver drive;
        drive.establish();
        drive.send("a");
        drive.send("b");
        QCOMPARE(drive.messageAnswer("a", status), u"INVITE#2(a)"_s);
        QCOMPARE(drive.inviteAnswer(200, false, kFork, 2), u"ACK call-1/t2; MESSAGE call-1/t2 a"_s);
        // The second time it is reported, and the rest of the queue gets its own chance.
        QFETCH(QString, code);
        QCOMPARE(drive.messageAnswer("a", status), u"failed a %1; INVITE#3(b)"_s.arg(code));
    }

    void refusedMessageDoesNotStopTheNext()
    {
        Driver drive;
        drive.establish();
        drive.send("a");
        drive.send("b");
        QCOMPARE(drive.messageAnswer("a", 415),
            u"failed a message-type-unsupported; MESSAGE call-1/t1 b"_s);
        QCOMPARE(drive.messageAnswer("x", 200), u""_s); // answer to nothing
        QCOMPARE(drive.messageAnswer("b", 202), u"delivered b"_s);
    }

    void unansweredMessage()
    {
        Driver drive;
        drive.establish();
        drive.send("a");
        QCOMPARE(drive(ImTimedOut { ImTimer::Message }), u"failed a delivery-timeout"_s);
        QCOMPARE(drive.messageAnswer("a", 200), u""_s); // too late to change the mark
    }

    void peerThatNeverAnswersIsLearnt()
    {
        Driver drive;
        drive.establish();
        drive.send("a");
        drive.receive("hello");
        QCOMPARE(drive(ImTimedOut { ImTimer::Message }), u"delivered a"_s);
        QCOMPARE(drive.send("b"), u"MESSAGE call-1/t1 b; delivered b"_s);
        QCOMPARE(drive.send("c"), u"MESSAGE call-1/t1 c; delivered c"_s);
    }

    void incomingInvite()
    {
        Driver drive;
        QCOMPARE(
            drive(ImInviteReceived { .transaction = "tx"_ba, .dialog = kTheirs }), u"tx 200"_s);
        QVERIFY(drive.is<ImEstablished>());
        QCOMPARE(drive.send("a"), u"MESSAGE call-9/t9 a"_s);
        QCOMPARE(drive.receive("hello", kTheirs), u"show hello; tx 200"_s);
    }

    void incomingInviteWithFirstMessage()
    {
        Driver drive;
        QCOMPARE(
            drive(ImInviteReceived { "tx"_ba, kTheirs, true, Driver::incoming("hello", kTheirs) }),
            u"show hello; tx 200+text"_s);
        // The peer sends it again although we took it: shown once.
        QCOMPARE(drive.receive("hello", kTheirs), u"tx 200"_s);
        // A text we cannot read is left to the MESSAGE that follows.
        ImIncoming unreadable = Driver::incoming("x", kTheirs);
        unreadable.text = std::unexpected(ImBodyError::Unsupported);
        QCOMPARE(drive(ImInviteReceived { "tx"_ba, { "c8"_ba, "t"_ba }, true, unreadable }),
            u"tx 200"_s);
    }

    void foreignInvitationIsRefused()
    {
        Driver drive;
        QCOMPARE(drive(ImInviteReceived {
                     .transaction = "tx"_ba, .dialog = kTheirs, .isImSession = false }),
            u"tx 488"_s);
        QVERIFY(drive.is<ImIdle>());
    }

    void invitationWaitsForOtherDevices()
    {
        Driver drive;
        drive.session.delayAccept = true;
        const ImInviteReceived invite { "tx"_ba, kTheirs, true,
            Driver::incoming("hello", kTheirs) };
        QCOMPARE(drive(invite), u"tx 180; show hello"_s);
        QCOMPARE(drive.running, QList { ImTimer::Accept });
        QCOMPARE(drive(ImTimedOut { ImTimer::Accept }), u"tx 200+text"_s);
        QVERIFY(drive.is<ImEstablished>());

        Driver present;
        present.session.delayAccept = true;
        present(invite);
        QCOMPARE(present(ImUserPresent {}), u"tx 200+text"_s);

        Driver answered;
        answered.session.delayAccept = true;
        answered(invite);
        QCOMPARE(answered.send("a"), u"tx 200+text; MESSAGE call-9/t9 a"_s);

        Driver taken;
        taken.session.delayAccept = true;
        taken(invite);
        QCOMPARE(taken(ImCancelReceived { "c"_ba, kTheirs }), u"c 200; tx 487"_s);
        QVERIFY(taken.is<ImIdle>());
        QVERIFY(taken.running.isEmpty());

        Driver closed;
        closed.session.delayAccept = true;
        closed(invite);
        QCOMPARE(closed(ImCloseRequested {}), u"tx 480"_s);
    }

    void lateCancel()
    {
        Driver drive;
        drive(ImInviteReceived { .transaction = "tx"_ba, .dialog = kTheirs });
        QCOMPARE(drive(ImCancelReceived { "c"_ba, kTheirs }), u"c 200"_s);
        QVERIFY(drive.is<ImEstablished>());
        QCOMPARE(drive(ImCancelReceived { "c"_ba, { "nope"_ba, {} } }), u"c 481"_s);
    }

    void reInviteKeepsTheDialog()
    {
        Driver drive;
        drive.establish();
        QCOMPARE(drive(ImInviteReceived { .transaction = "tx"_ba, .dialog = kOurs }), u"tx 200"_s);
        const auto open = std::get<ImEstablished>(drive.session.phase);
        QCOMPARE(open.dialog, kOurs);
        QVERIFY(open.others.isEmpty());
    }

    void newInvitationReplacesTheDialogWeSendIn()
    {
        Driver drive;
        drive.establish();
        drive(ImInviteReceived { .transaction = "tx"_ba, .dialog = kTheirs });
        QCOMPARE(drive.send("a"), u"MESSAGE call-9/t9 a"_s);
        QCOMPARE(drive.messageAnswer("a", 200), u"delivered a"_s);
        // The other one still carries what the peer writes there, and stands in when needed.
        QCOMPARE(drive.receive("x", kOurs), u"show x; tx 200"_s);
        QCOMPARE(drive(ImByeReceived { "tx"_ba, kTheirs }), u"tx 200"_s);
        QCOMPARE(drive.send("b"), u"MESSAGE call-1/t1 b"_s);
    }

    void dialogsDoNotPileUp()
    {
        Driver drive;
        for (int i = 0; i < 50; ++i) {
            drive(ImInviteReceived {
                .transaction = "tx"_ba, .dialog = { QByteArray::number(i), "t"_ba } });
        }
        QVERIFY(std::get<ImEstablished>(drive.session.phase).others.size() < 4);
    }

    void crossedInvitations()
    {
        Driver drive;
        drive.send("a");
        drive.send("b");
        QCOMPARE(drive(ImInviteReceived { .transaction = "tx"_ba, .dialog = kTheirs }),
            u"tx 200; MESSAGE call-9/t9 b"_s);
        // Ours is answered too, and took its message: both sessions stand.
        QCOMPARE(drive.inviteAnswer(200, true), u"ACK call-1/t1; delivered a"_s);
        QCOMPARE(drive.messageAnswer("b", 200), u"delivered b"_s);
        QCOMPARE(drive(ImCloseRequested {}), u"BYE call-9/t9; BYE call-1/t1"_s);
    }

    void crossedInvitationThatIsRefusedCostsNothing()
    {
        Driver drive;
        drive.send("a");
        drive(ImInviteReceived { .transaction = "tx"_ba, .dialog = kTheirs });
        QCOMPARE(drive.inviteAnswer(486), u"MESSAGE call-9/t9 a"_s);
        Driver silent;
        silent.send("a");
        silent(ImInviteReceived { .transaction = "tx"_ba, .dialog = kTheirs });
        QCOMPARE(silent(ImTimedOut { ImTimer::Invite }), u"CANCEL#1; MESSAGE call-9/t9 a"_s);
    }

    void byeEndsTheDialogAndTheNextMessageOpensAnother()
    {
        Driver drive;
        drive.establish();
        QCOMPARE(drive(ImByeReceived { "tx"_ba, kOurs }), u"tx 200"_s);
        QVERIFY(drive.is<ImIdle>());
        QCOMPARE(drive.send("a"), u"INVITE#2(a)"_s);
        QCOMPARE(drive(ImByeReceived { "tx"_ba, kFork }), u"tx 481"_s);
    }

    void byeCrossesAMessage()
    {
        Driver drive;
        drive.establish();
        drive.send("a");
        QCOMPARE(drive(ImByeReceived { "tx"_ba, kOurs }), u"tx 200"_s);
        // Not sent twice before its fate is known, and later ones keep behind it.
        QCOMPARE(drive.send("b"), u""_s);
        QCOMPARE(drive.messageAnswer("a", 481), u"INVITE#2(a)"_s);
        Driver lucky;
        lucky.establish();
        lucky.send("a");
        lucky(ImByeReceived { "tx"_ba, kOurs });
        QCOMPARE(lucky.messageAnswer("a", 200), u"delivered a"_s);
    }

    void closing()
    {
        Driver drive;
        drive.establish();
        QCOMPARE(drive(ImCloseRequested {}), u"BYE call-1/t1"_s);
        QVERIFY(drive.is<ImClosing>());
        QCOMPARE(drive.send("a"), u""_s); // waits for the end of the old one
        QCOMPARE(drive(ImByeAnswered {}), u"INVITE#2(a)"_s);
        Driver silent;
        silent.establish();
        silent(ImCloseRequested {});
        silent.send("a");
        QCOMPARE(silent(ImTimedOut { ImTimer::Bye }), u"INVITE#2(a)"_s);
    }

    void closingWaitsForWhatWasTyped()
    {
        Driver drive;
        drive.send("a");
        drive.send("b");
        QCOMPARE(drive(ImCloseRequested {}), u""_s);
        drive.inviteAnswer(200, true);
        QCOMPARE(drive.messageAnswer("b", 200), u"delivered b; BYE call-1/t1"_s);
    }

    void typing()
    {
        Driver drive;
        QCOMPARE(drive(ImTypingRequested { true }), u""_s); // no session yet
        drive.establish();
        QCOMPARE(drive(ImTypingRequested { true }), u"TYPING on"_s);
        QCOMPARE(drive(ImTypingRequested { true }), u""_s); // not so often
        drive(ImTimedOut { ImTimer::TypingPause });
        QCOMPARE(drive(ImTypingRequested { true }), u"TYPING on"_s);
        QCOMPARE(drive(ImTypingRequested { false }), u"TYPING off"_s);
        QCOMPARE(drive(ImTypingRequested { false }), u""_s);
        drive(ImTypingRequested { true });
        drive.send("a");
        QCOMPARE(drive(ImTypingRequested { false }), u""_s); // the message said it
    }

    void peerTyping()
    {
        Driver drive;
        drive.establish();
        const ImTypingReceived on { .transaction = "tx"_ba, .dialog = kOurs, .active = true };
        QCOMPARE(drive(on), u"tx 200; typing on"_s);
        QCOMPARE(drive(on), u"tx 200"_s);
        QCOMPARE(drive.running, QList { ImTimer::PeerTyping });
        QCOMPARE(drive(ImTimedOut { ImTimer::PeerTyping }), u"typing off"_s);
        drive(on);
        QCOMPARE(drive.receive("hello"), u"typing off; show hello; tx 200"_s);
        QVERIFY(!drive.running.contains(ImTimer::PeerTyping));
    }

    void deadDialogFoundByTyping()
    {
        Driver drive;
        drive.establish();
        QCOMPARE(drive(ImInfoAnswered { kOurs, 481 }), u""_s);
        QCOMPARE(drive.send("a"), u"INVITE#2(a)"_s);
    }

    void repeatedAndUnreadableMessages()
    {
        Driver drive;
        drive.establish();
        QCOMPARE(drive.receive("one"), u"show one; tx 200"_s);
        QCOMPARE(drive.receive("one"), u"tx 200"_s);
        ImIncoming message = Driver::incoming("two", kOurs);
        message.text = std::unexpected(ImBodyError::Unsupported);
        QCOMPARE(drive(ImMessageReceived { message }), u"tx 415"_s);
        message.text = std::unexpected(ImBodyError::TooLarge);
        QCOMPARE(drive(ImMessageReceived { message }), u"tx 413"_s);
        message.text = std::unexpected(ImBodyError::Malformed);
        QCOMPARE(drive(ImMessageReceived { message }), u"tx 400"_s);
        for (int i = 0; i < 1000; ++i) {
            drive.receive(QByteArray::number(i).constData());
        }
        QVERIFY(drive.session.seenMessages.size() <= 64);
    }

    void lostConnection()
    {
        Driver drive;
        drive.establish();
        drive.send("a");
        drive.send("b");
        drive(ImTypingReceived { .transaction = "tx"_ba, .dialog = kOurs, .active = true });
        QCOMPARE(drive(ImConnectionLost {}),
            u"failed a connection-lost; failed b connection-lost; typing off"_s);
        QVERIFY(drive.is<ImIdle>());
        QVERIFY(drive.running.isEmpty());
        Driver inviting;
        inviting.send("a");
        QCOMPARE(inviting(ImConnectionLost {}), u"failed a connection-lost"_s);
    }

    /// Whatever comes in whatever order: no message is lost or settled twice, and traffic ends.
    void everyMessageIsSettledOnce()
    {
        quint32 seed = 1;
        const auto random = [&seed](int below) {
            seed = seed * 1664525U + 1013904223U;
            return int((seed >> 8) % quint32(below));
        };
        for (int round = 0; round < 300; ++round) {
            ImSession session;
            QMap<QString, int> settled;
            QStringList sent;
            const auto feed = [&](const ImInput &input) {
                const ImStep result = step(session, input);
                session = result.next;
                for (const ImEffect &effect : result.effects) {
                    if (const auto *done = std::get_if<ImDelivered>(&effect)) {
                        ++settled[done->localId];
                    } else if (const auto *failed = std::get_if<ImFailed>(&effect)) {
                        ++settled[failed->localId];
                    }
                }
            };
            const int codes[] = { 180, 200, 202, 408, 415, 480, 481, 486, 503 };
            const ImDialogId dialogs[] = { kOurs, kFork, kTheirs };
            for (int i = 0; i < 60; ++i) {
                const ImDialogId dialog = dialogs[random(3)];
                const int code = codes[random(9)];
                switch (random(11)) {
                case 0:
                case 1: {
                    const QString id = u"m%1"_s.arg(i);
                    sent.append(id);
                    feed(ImSendRequested { id, {} });
                    break;
                }
                case 2:
                    feed(ImInviteAnswered {
                        session.inviteCount, dialog, { .status = code }, random(2) == 1 });
                    break;
                case 3:
                case 4:
                    if (session.inFlight) {
                        feed(ImMessageAnswered { session.inFlight->localId, { .status = code } });
                    }
                    break;
                case 5:
                    feed(ImTimedOut { ImTimer(random(6)) });
                    break;
                case 6:
                    session.delayAccept = random(2) == 1;
                    feed(ImInviteReceived { .transaction = "t"_ba, .dialog = dialog });
                    break;
                case 7:
                    feed(ImByeReceived { "t"_ba, dialog });
                    break;
                case 8:
                    feed(ImCancelReceived { "t"_ba, dialog });
                    break;
                case 9:
                    feed(ImCloseRequested {});
                    break;
                default:
                    feed(ImInfoAnswered { dialog, code });
                    break;
                }
            }
            feed(ImConnectionLost {});
            for (const QString &id : std::as_const(sent)) {
                QCOMPARE(settled.value(id), 1);
            }
        }
    }
};

QTEST_GUILESS_MAIN(tst_ImSessionMachine)
#include "tst_imsessionmachine.moc"
