// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/publication.h"
#include "protocols/sip/presence/selfdocument.h"
#include "protocols/sip/presence/subscriptions.h"
#include "protocols/sip/tests/documentvectors.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin::sip;

namespace {

SelfData self()
{
    SelfData data;
    data.apply(*parseSelfDocument(roamingSelfVector()), SelfData::Scope::Everything);
    return data;
}

const InstanceNumbers kNumbers = instanceNumbers("a1b2c3d4e5f6");

} // namespace

class tst_Publication : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsRoamingSelf()
    {
        const SelfData data = self();
        QCOMPARE(data.version({ u"state"_s, 536870912, 2 }), 22);
        QCOMPARE(data.version({ u"note"_s, 0, 200 }), 4);
        QCOMPARE(data.version({ u"state"_s, 77, 2 }), 0); // new
        QCOMPARE(data.deviceCount(), 2);
        QCOMPARE(data.aggregateState()->level, PresenceLevel::Available);
        QCOMPARE(data.userState()->number, 3500);
        QCOMPARE(data.note().text, u"In the office"_s);
        QCOMPARE(data.watchers().size(), 2);
        QCOMPARE(data.unacknowledged().size(), 1);
        QCOMPARE(data.unacknowledged().first().displayName, u"Ann Beebe"_s);
        QVERIFY(data.isBlocked(u"eve@contoso.com"_s));
        QCOMPARE(data.blocked(), QStringList { u"eve@contoso.com"_s });
        QVERIFY(data.firstContainerEdits().isEmpty());
    }

    void changesReplaceOnlyTheContainersTheyName()
    {
        SelfData data = self();
        const auto document = parseSelfDocument(
            R"(<roamingData><categories uri="sip:ben@litwareinc.com"><category name="state" instance="536870912" container="2" version="23"><state type="userState"><availability>9500</availability></state></category></categories></roamingData>)");
        data.apply(*document, SelfData::Scope::Changes);
        QCOMPARE(data.version({ u"state"_s, 536870912, 2 }), 23);
        QVERIFY(!data.aggregateState()); // same name and container, no longer there
        QCOMPARE(data.deviceCount(), 2); // another name
        QCOMPARE(data.blocked().size(), 1); // part not in the document
    }

    void emptyEntriesClear()
    {
        SelfData data = self();
        data.apply(
            *parseSelfDocument(
                R"(<roamingData><categories><category name="note" container="200"/></categories></roamingData>)"),
            SelfData::Scope::Changes);
        QVERIFY(data.note().text.isEmpty());
        data.apply(
            *parseSelfDocument(
                R"(<roamingData><categories><category name="device"/></categories></roamingData>)"),
            SelfData::Scope::Changes);
        QCOMPARE(data.deviceCount(), 0);
        QCOMPARE(data.version({ u"state"_s, 536870912, 2 }), 22);
    }

    void freshUserGetsItsFirstContainers()
    {
        SelfData data;
        data.apply(*parseSelfDocument(R"(<roamingData><containers/></roamingData>)"),
            SelfData::Scope::Everything);
        const QByteArray body = buildSetContainerMembers(data.firstContainerEdits());
        const auto edits = parseSetContainerMembers(body);
        QVERIFY(edits);
        QCOMPARE(*edits,
            (QList<ContainerEdit> { { 200, 0, true, { ContainerMember::Type::SameEnterprise, {} } },
                { 100, 0, true, { ContainerMember::Type::Federated, {} } } }));
    }

    void accessLevels_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<int>("level");
        QTest::newRow("named person") << u"eve@contoso.com"_s << 32000;
        QTest::newRow("own domain") << u"ann@litwareinc.com"_s << 200;
        QTest::newRow("stranger") << u"cho@contoso.com"_s << -1;
    }
    void accessLevels()
    {
        QFETCH(QString, address);
        QTEST(self().accessLevel(address, u"ben@litwareinc.com"_s).value_or(-1), "level");
    }

    void movesBetweenContainersInOneRequest()
    {
        const SelfData data = self();
        QCOMPARE(data.editsToMove(u"eve@contoso.com"_s, container::Team),
            (QList<ContainerEdit> {
                { 32000, 3, false, { ContainerMember::Type::User, u"eve@contoso.com"_s } },
                { 300, 0, true, { ContainerMember::Type::User, u"eve@contoso.com"_s } } }));
        QVERIFY(data.editsToMove(u"eve@contoso.com"_s, container::Blocked).isEmpty());
        QCOMPARE(data.editsToMove(u"eve@contoso.com"_s, std::nullopt).size(), 1);
        QCOMPARE(buildSetContainerMembers(data.editsToMove(u"eve@contoso.com"_s, 300)),
            "<setContainerMembers xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
            "container-management\"><container id=\"32000\" version=\"3\"><member "
            "action=\"remove\" type=\"user\" value=\"eve@contoso.com\"/></container>"
            "<container id=\"300\" version=\"0\"><member action=\"add\" type=\"user\" "
            "value=\"eve@contoso.com\"/></container></setContainerMembers>"_ba);
    }

    void acknowledgesWatchers()
    {
        const QByteArray body = buildSetSubscribers({ u"ann@litwareinc.com"_s });
        QCOMPARE(body,
            "<setSubscribers xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
            "presence-subscribers\"><subscriber user=\"ann@litwareinc.com\" "
            "acknowledged=\"true\"/></setSubscribers>"_ba);
        QCOMPARE(*parseSetSubscribers(body), QStringList { u"ann@litwareinc.com"_s });
    }

    void writtenSelfDocumentReadsBack()
    {
        const auto document = parseSelfDocument(roamingSelfVector());
        const auto again = parseSelfDocument(buildSelfDocument(*document));
        QVERIFY(again);
        QCOMPARE(*again->containers, *document->containers);
        QCOMPARE(*again->watchers, *document->watchers);
        QCOMPARE(again->categories->categories.size(), document->categories->categories.size());
        SelfData data;
        data.apply(*again, SelfData::Scope::Everything);
        QCOMPARE(data.userState()->level, PresenceLevel::Available);
    }

    void instanceNumbersOfAnEpid()
    {
        QCOMPARE(kNumbers.device, 2712847316);
        QCOMPARE(kNumbers.machineState, 974859325);
        QCOMPARE(kNumbers.userState, 536870912);
        QCOMPARE(kNumbers.calendarState, 1243294781);
        QCOMPARE(kNumbers.outOfOfficeState, 1511730237);
        QVERIFY(instanceNumbers("xyz").device != instanceNumbers("xyw").device);
        QVERIFY(instanceNumbers("").device != 0);
    }

    void publishesDeviceAndMachineState()
    {
        QList<Publication> all = publishDevice(kNumbers, u"ben@litwareinc.com"_s,
                                     u"2f7e7723-96e4-544e-8b98-cf482b8cefb8"_s, u"WKS07"_s, 3600)
            + publishMachineState(kNumbers, PresenceLevel::Available);
        const QByteArray body = buildPublish(u"ben@litwareinc.com"_s, all);
        QVERIFY(
            body.contains("<timezone>00:00:00+01:00</timezone><machineName>WKS07</machineName>"));
        QVERIFY(body.contains(
            "<publication categoryName=\"state\" instance=\"974859325\" container=\"3\" "
            "version=\"0\" expireType=\"endpoint\"><state "
            "xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" manual=\"false\" "
            "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"machineState\">"
            "<availability>3500</availability><endpointLocation/></state></publication>"));
        const auto read = parsePublish(body);
        QVERIFY(read);
        QCOMPARE(read->address, u"ben@litwareinc.com"_s);
        QCOMPARE(read->publications.size(), 3);
        for (qsizetype i = 0; i < all.size(); ++i) {
            QCOMPARE(read->publications.at(i).key, all.at(i).key);
            QCOMPARE(read->publications.at(i).expireType, all.at(i).expireType);
            QVERIFY(sameContent(*read->publications.at(i).content, *all.at(i).content));
        }
    }

    void westOfGreenwich()
    {
        const auto device = publishDevice(kNumbers, u"b@l"_s, u"x"_s, u"y"_s, -12600);
        QCOMPARE(device.first().content->childText(u"timezone"), u"00:00:00-03:30"_s);
    }

    void doNotDisturbLetsTheTeamInterrupt()
    {
        const auto both = publishUserState(kNumbers, { PresenceLevel::DoNotDisturb });
        QCOMPARE(both.size(), 2);
        const PresenceState all = parseState(*both.at(0).content);
        const PresenceState team = parseState(*both.at(1).content);
        QCOMPARE(both.at(0).key.container, 2);
        QCOMPARE(all.number, 9500);
        QVERIFY(all.activityToken.isEmpty());
        QCOMPARE(team.number, 6900);
        QCOMPARE(team.activityToken, u"urgent-interruptions-only"_s);
        QCOMPARE(both.at(0).expireType, u"static"_s);
    }

    void customActivityIsWrittenSafely()
    {
        const auto both
            = publishUserState(kNumbers, { PresenceLevel::Busy, {}, u"<Zażółć> & \"🦄\""_s });
        const auto read = parsePublish(buildPublish(u"b@l"_s, both));
        QCOMPARE(
            parseState(*read->publications.first().content).customActivity, u"<Zażółć> & \"🦄\""_s);
    }

    void unchangedIsNotSentAgain()
    {
        SelfData data = self();
        const auto note = publishNote(u"In the office"_s);
        const auto wanted = withVersions(note, data);
        QCOMPARE(wanted.size(), 2); // container 200 has it already
        QCOMPARE(wanted.first().key.container, 300);
        QCOMPARE(withVersions(publishNote(u"Out"_s), data).first().version, 4);
    }

    void onlyWhatIsThereIsRemoved()
    {
        const auto removal = withVersions(publishNote(u"  "_s), self());
        QCOMPARE(removal.size(), 1);
        const QByteArray body = buildPublish(u"ben@litwareinc.com"_s, removal);
        QVERIFY(
            body.contains("container=\"200\" version=\"4\" expireType=\"static\" expires=\"0\""));
        const auto read = parsePublish(body);
        QVERIFY(!read->publications.first().content);
        // "Reset status" takes the user's choice back.
        QCOMPARE(withVersions(publishUserState(kNumbers, {}), self()).size(), 1);
    }

    void readsFaults()
    {
        const auto fault = parsePublicationFault(publicationFaultVector());
        QVERIFY(fault);
        QVERIFY(fault->isVersionConflict());
        QCOMPARE(fault->operations, (QList<PublicationFault::Operation> { { 2, 0, 7 } }));
        QCOMPARE(*parsePublicationFault(buildPublicationFault(*fault)), *fault);
        QVERIFY(!parsePublicationFault("<Fault><Faultcode>Server.Busy</Faultcode></Fault>")
                ->isVersionConflict());
    }

    void conflictIsResolvedOnce()
    {
        SelfData data;
        PublicationQueue queue;
        queue.submit(publishMachineState(kNumbers, PresenceLevel::Available));
        const auto first = queue.next(data);
        QVERIFY(first);
        QCOMPARE(first->at(1).version, 0);
        QVERIFY(!queue.next(data)); // one at a time
        QCOMPARE(queue.refused(*parsePublicationFault(publicationFaultVector()), data),
            PublicationQueue::Outcome::Retried);
        const auto second = queue.next(data);
        QVERIFY(second);
        QCOMPARE(second->at(0).version, 0);
        QCOMPARE(second->at(1).version, 7);
        queue.accepted();
        QVERIFY(queue.isIdle());
    }

    void conflictIsGivenUpAfterThreeTries()
    {
        SelfData data;
        PublicationQueue queue;
        queue.submit(publishMachineState(kNumbers, PresenceLevel::Available));
        const auto fault = *parsePublicationFault(publicationFaultVector());
        QList<PublicationQueue::Outcome> outcomes;
        while (queue.next(data)) {
            outcomes.append(queue.refused(fault, data));
        }
        using Outcome = PublicationQueue::Outcome;
        QCOMPARE(outcomes, (QList { Outcome::Retried, Outcome::Retried, Outcome::GivenUp }));
        // The next wish starts counting anew.
        queue.submit(publishMachineState(kNumbers, PresenceLevel::Busy));
        QVERIFY(queue.next(data));
        QCOMPARE(queue.refused(fault, data), Outcome::Retried);
    }

    void otherFaultsAreNotRepeated()
    {
        SelfData data;
        PublicationQueue queue;
        queue.submit(publishNote(u"x"_s));
        QVERIFY(queue.next(data));
        PublicationFault fault;
        fault.code = u"Server.Unavailable"_s;
        QCOMPARE(queue.refused(fault, data), PublicationQueue::Outcome::GivenUp);
        QVERIFY(queue.isIdle());
    }

    void newerWishReplacesTheWaitingOne()
    {
        SelfData data;
        PublicationQueue queue;
        queue.submit(publishMachineState(kNumbers, PresenceLevel::Available));
        QVERIFY(queue.next(data));
        queue.submit(publishMachineState(kNumbers, PresenceLevel::Busy));
        queue.submit(publishMachineState(kNumbers, PresenceLevel::Away));
        // Also against a request that is refused and queued again.
        queue.refused(*parsePublicationFault(publicationFaultVector()), data);
        const auto next = queue.next(data);
        QVERIFY(next);
        QCOMPARE(next->size(), 2);
        QCOMPARE(parseState(*next->first().content).number, 15500);
    }

    void batchedSubscriptionIsWrittenAsTheServerExpects()
    {
        const QList<WatchedPerson> people { { u"ann@litwareinc.com"_s },
            { u"cho@contoso.com"_s, true } };
        const auto wanted = parseXml(batchSubscribeVector());
        const auto written
            = parseXml(buildBatchSubscribe(u"ben@litwareinc.com"_s, people, 63792024));
        QVERIFY(wanted && written);
        QVERIFY(sameContent(*wanted, *written));
        const auto read = parseBatchSubscribe(batchSubscribeVector());
        QVERIFY(read);
        QCOMPARE(read->people, people);
        QVERIFY(read->subscribe);
        QCOMPARE(read->categories.size(), 4);
        const auto gone = parseBatchSubscribe(
            buildBatchUnsubscribe(u"ben@litwareinc.com"_s, { u"ann@litwareinc.com"_s }, 1));
        QVERIFY(!gone->subscribe);
        QCOMPARE(gone->people.size(), 1);
    }

    void bigListsAreSplit_data()
    {
        QTest::addColumn<int>("people");
        QTest::addColumn<int>("batches");
        QTest::newRow("nobody") << 0 << 0;
        QTest::newRow("one") << 1 << 1;
        QTest::newRow("exactly full") << 100 << 1;
        QTest::newRow("one more") << 101 << 2;
        QTest::newRow("many") << 1234 << 13;
    }
    void bigListsAreSplit()
    {
        QFETCH(int, people);
        QList<WatchedPerson> all;
        for (int i = 0; i < people; ++i) {
            all.append({ u"u%1@litwareinc.com"_s.arg(i) });
        }
        const auto batches = splitIntoBatches(all);
        QTEST(int(batches.size()), "batches");
        QList<WatchedPerson> together;
        for (const auto &batch : batches) {
            together += batch;
        }
        QCOMPARE(together, all);
    }

    void hintsBecomeSubscriptions()
    {
        using Kind = SubscriptionHint::Kind;
        const Resubscriptions result = resubscriptions(
            { { u"a@x"_s, Kind::Active }, { u"b@x"_s, Kind::Resubscribe, u"Pool2.example.org"_s },
                { u"c@x"_s, Kind::Resubscribe, u"pool2.example.org"_s },
                { u"d@y"_s, Kind::Resubscribe }, { u"e@y"_s, Kind::Terminated } });
        QCOMPARE(result.byPool.size(), 1);
        QCOMPARE(result.byPool[u"pool2.example.org"_s], (QStringList { u"b@x"_s, u"c@x"_s }));
        QCOMPARE(result.single, QStringList { u"d@y"_s });
        QCOMPARE(result.terminated, QStringList { u"e@y"_s });
    }

    void requestBodies()
    {
        QCOMPARE(buildRoamingSelfRequest(),
            "<roamingList xmlns=\"http://schemas.microsoft.com/2006/09/sip/roaming-self\">"
            "<roaming type=\"categories\"/><roaming type=\"containers\"/>"
            "<roaming type=\"subscribers\"/></roamingList>"_ba);
        QCOMPARE(buildProvisioningRequest({ u"ServerConfiguration"_s }),
            "<provisioningGroupList xmlns=\"http://schemas.microsoft.com/2006/09/sip/"
            "provisioninggrouplist\"><provisioningGroup name=\"ServerConfiguration\"/>"
            "</provisioningGroupList>"_ba);
    }

    void refusesForeignBodies()
    {
        for (const QByteArray &body : { "<x/>"_ba, ""_ba, "<publish/>"_ba, "<batchSub/>"_ba,
                 "<!DOCTYPE a [<!ENTITY b 'c'>]><roamingData/>"_ba }) {
            QVERIFY(!parseSelfDocument(body));
            QVERIFY(!parsePublish(body));
            QVERIFY(!parseBatchSubscribe(body));
            QVERIFY(!parsePublicationFault(body));
            QVERIFY(!parseSetContainerMembers(body));
            QVERIFY(!parseSetSubscribers(body));
        }
    }
};

QTEST_GUILESS_MAIN(tst_Publication)
#include "tst_publication.moc"
