// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/contacts/contactlist.h"
#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/tests/documentvectors.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin::sip;

namespace {

ContactListDocument full()
{
    return std::get<ContactListDocument>(*parseContactDocument(contactListVector()));
}

ContactDeltaDocument delta()
{
    return std::get<ContactDeltaDocument>(*parseContactDocument(contactDeltaVector()));
}

} // namespace

class tst_ContactList : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parsesTheFullList()
    {
        const ContactListDocument document = full();
        QCOMPARE(document.deltaNumber, 37);
        QVERIFY(!document.isMigrated());
        QCOMPARE(document.groups.size(), 4);
        QVERIFY(document.groups.at(0).isRoot());
        QCOMPARE(document.groups.at(3).listAddress, u"all@litwareinc.com"_s);
        QVERIFY(document.groups.at(3).isDistributionList());
        QCOMPARE(document.contacts.size(), 3);
        QCOMPARE(document.contacts.at(0).address, u"ann@litwareinc.com"_s);
        QCOMPARE(document.contacts.at(0).groups, (QList { 1, 2 }));
        QCOMPARE(document.contacts.at(1).name, u"Cho (Contoso)"_s);
        QVERIFY(document.contacts.at(2).groups.isEmpty());
        QVERIFY(!document.contacts.at(2).subscribed);
    }

    void knowsTheExchangeStore_data()
    {
        QTest::addColumn<QByteArray>("attribute");
        QTest::addColumn<bool>("migrated");
        QTest::newRow("none") << ""_ba << false;
        QTest::newRow("disabled") << R"(ucsmode="disabled")"_ba << false;
        QTest::newRow("migrated") << R"(ucsmode="migrated")"_ba << true;
        QTest::newRow("spelling of MS-PRES") << R"(ucsMode="Migrated")"_ba << true;
    }
    void knowsTheExchangeStore()
    {
        QFETCH(QByteArray, attribute);
        const auto parsed
            = parseContactDocument("<contactList deltaNum=\"1\" "_ba + attribute + "/>"_ba);
        QVERIFY(parsed);
        QTEST(std::get<ContactListDocument>(*parsed).isMigrated(), "migrated");
    }

    void appliesTheFullList()
    {
        ContactList list;
        const auto difference = list.apply(full());
        QCOMPARE(difference.changed.size(), 3);
        QVERIFY(difference.groupsChanged);
        QCOMPARE(list.deltaNumber(), 37);
        QCOMPARE(list.groupNames(list.contacts()[u"ann@litwareinc.com"_s]),
            (QStringList { u"~"_s, u"Sales"_s }));
        // No group at all means the built-in one.
        QCOMPARE(list.groupNames(list.contacts()[u"old@litwareinc.com"_s]), QStringList { u"~"_s });
        // The same list again is no news; one without a contact removes it.
        QCOMPARE(list.apply(full()), ContactList::Difference {});
        ContactListDocument shorter = full();
        shorter.contacts.removeLast();
        QCOMPARE(list.apply(shorter).removed, QStringList { u"old@litwareinc.com"_s });
    }

    void unknownGroupIdCountsAsTheFirst()
    {
        ContactList list;
        list.apply(full());
        ContactEntry stray;
        stray.groups = { 63 };
        QCOMPARE(list.groupNames(stray), QStringList { u"~"_s });
    }

    void appliesADelta()
    {
        ContactList list;
        list.apply(full());
        const auto difference = list.apply(delta());
        QVERIFY(difference);
        QVERIFY(difference->groupsChanged);
        QCOMPARE(difference->removed, QStringList { u"old@litwareinc.com"_s });
        QCOMPARE(difference->changed.size(), 2); // ann and dee; cho is in no changed group
        QCOMPARE(list.groups()[2].name, u"Sales EMEA"_s);
        QVERIFY(!list.groups().contains(4));
        const ContactEntry ann = list.contacts()[u"ann@litwareinc.com"_s];
        QCOMPARE(ann.name, u"Annie"_s);
        QVERIFY(ann.subscribed); // not in the delta: kept
        QCOMPARE(list.groupNames(ann), (QStringList { u"Sales EMEA"_s, u"Partners"_s }));
        QVERIFY(list.contacts().contains(u"dee@litwareinc.com"_s));
        QCOMPARE(list.deltaNumber(), 38);
    }

    void repeatedDeltaChangesNothing()
    {
        ContactList list;
        list.apply(full());
        QVERIFY(list.apply(delta()));
        const auto again = list.apply(delta());
        QVERIFY(again);
        QCOMPARE(*again, ContactList::Difference {});
    }

    void missedDeltaAsksForTheWholeList_data()
    {
        QTest::addColumn<int>("number");
        QTest::addColumn<int>("previous");
        QTest::newRow("gap") << 40 << 39;
        QTest::newRow("older") << 36 << 35;
        QTest::newRow("zero is invalid") << 0 << 37;
    }
    void missedDeltaAsksForTheWholeList()
    {
        QFETCH(int, number);
        QFETCH(int, previous);
        ContactList list;
        list.apply(full());
        ContactDeltaDocument document = delta();
        document.deltaNumber = number;
        document.previousDelta = previous;
        const auto refused = list.apply(document);
        QVERIFY(!refused);
        QCOMPARE(refused.error(), ContactList::Refusal::MissedDelta);
        QVERIFY(list.contacts().contains(u"old@litwareinc.com"_s)); // untouched
    }

    void ownEditCountsAheadAndItsDeltaStillApplies()
    {
        ContactList list;
        list.apply(full());
        QCOMPARE(list.editNumber(), 37);
        list.noteAcceptedEdit();
        QCOMPARE(list.editNumber(), 38);
        QCOMPARE(list.deltaNumber(), 37);
        QVERIFY(list.apply(delta()));
        QVERIFY(list.contacts().contains(u"dee@litwareinc.com"_s));
        QCOMPARE(list.editNumber(), 38);
    }

    void deletedGroupLetsItsPeopleStay()
    {
        ContactList list;
        list.apply(full());
        ContactDeltaDocument document;
        document.deltaNumber = 38;
        document.previousDelta = 37;
        document.changes = { GroupDeleted { 2 } };
        const auto difference = list.apply(document);
        QVERIFY(difference);
        QCOMPARE(difference->changed.size(), 1);
        QCOMPARE(difference->changed.first().groups, QList { 1 });
    }

    void addedAgainAfterDeletionIsNotRemoved()
    {
        ContactList list;
        list.apply(full());
        ContactDeltaDocument document;
        document.deltaNumber = 38;
        document.previousDelta = 37;
        ContactEntry cho;
        cho.address = u"cho@contoso.com"_s;
        document.changes = { ContactDeleted { cho.address }, ContactAdded { cho } };
        const auto difference = list.apply(document);
        QVERIFY(difference);
        QVERIFY(difference->removed.isEmpty());
        QCOMPARE(difference->changed, QList { cho });
    }

    void writtenDocumentsReadBack()
    {
        ContactListDocument document = full();
        document.groups[1].name
            = u"Zażółć <&> こんにちは世界 مرحبا \"👩‍👩‍👧‍👦\""_s;
        document.contacts[0].name = u"e\u0301 ก็ 🦄𝄞"_s;
        const auto read = parseContactDocument(buildContactList(document));
        QVERIFY(read);
        QCOMPARE(std::get<ContactListDocument>(*read), document);
        const auto readDelta = parseContactDocument(buildContactDelta(delta()));
        QVERIFY(readDelta);
        QCOMPARE(std::get<ContactDeltaDocument>(*readDelta), delta());
    }

    void addressesWithAndWithoutSchemeAreOne_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("address");
        QTest::newRow("bare") << u"Ann@LitwareInc.com"_s << u"ann@litwareinc.com"_s;
        QTest::newRow("sip") << u"SIP:ann@litwareinc.com"_s << u"ann@litwareinc.com"_s;
        QTest::newRow("gruu") << u"sip:ann@litwareinc.com;opaque=user:epid:x;gruu"_s
                              << u"ann@litwareinc.com"_s;
        QTest::newRow("name") << u"\"Ann <3\" <sip:ann@litwareinc.com>;tag=1"_s
                              << u"ann@litwareinc.com"_s;
        QTest::newRow("pres") << u"pres:joe@gmail.com"_s << u"joe@gmail.com"_s;
        QTest::newRow("escaped") << u"sip:j%C3%B6rg@litwareinc.com"_s << u"jörg@litwareinc.com"_s;
        QTest::newRow("telephone") << u"tel:+15550101"_s << u"tel:+15550101"_s;
        QTest::newRow("escaped twice") << u"sip:a%2540b@x"_s << u"a%40b@x"_s;
        QTest::newRow("line end in it") << u"sip:a%0d%0aVia:x@y"_s << QString();
        QTest::newRow("scheme in the user part") << u"sip:sip%3Aann@x"_s << QString();
        QTest::newRow("nothing") << u"  "_s << QString();
        QTest::newRow("endless") << u"a"_s.repeated(5000) << QString();
    }
    void addressesWithAndWithoutSchemeAreOne()
    {
        QFETCH(QString, uri);
        QTEST(addressFromUri(uri), "address");
        const QString address = addressFromUri(uri);
        QCOMPARE(addressFromUri(uriFromAddress(address)), address);
    }

    void refusesHostileDocuments_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("kind");
        const auto row = [](const char *name, const QByteArray &body, DocumentError::Kind kind) {
            QTest::newRow(name) << body << int(kind);
        };
        using Kind = DocumentError::Kind;
        row("empty", ""_ba, Kind::Malformed);
        row("binary", QByteArray("\0\xff\xfe\x01", 4), Kind::Malformed);
        row("cut off", contactListVector().first(200), Kind::Malformed);
        row("another document", "<roamingData/>"_ba, Kind::Unexpected);
        row("entities",
            "<!DOCTYPE c [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><contactList>&b;</contactList>"_ba,
            Kind::Forbidden);
        row("external type", "<!DOCTYPE c SYSTEM \"file:///etc/passwd\"><contactList/>"_ba,
            Kind::Forbidden);
        row("deep",
            "<contactList>"_ba + "<a>"_ba.repeated(100) + "</a>"_ba.repeated(100)
                + "</contactList>"_ba,
            Kind::TooDeep);
        row("huge",
            "<contactList>"_ba + QByteArray(qsizetype { 5 } * 1024 * 1024, ' ')
                + "</contactList>"_ba,
            Kind::TooLarge);
        row("elements", "<contactList>"_ba + "<a/>"_ba.repeated(200'001) + "</contactList>"_ba,
            Kind::TooLarge);
    }
    void refusesHostileDocuments()
    {
        QFETCH(QByteArray, body);
        const auto parsed = parseContactDocument(body);
        QVERIFY(!parsed);
        QTEST(int(parsed.error().kind), "kind");
    }

    void skipsWhatMakesNoSense()
    {
        const auto parsed = parseContactDocument(
            R"(<contactList deltaNum="-5"><group id="0" name="x"/><group id="99"/><group id="9" name="g"/>
            <contact uri="" name="nobody"/><contact uri="sip:a@b" groups="9 9 x -1 700"/><future/></contactList>)");
        QVERIFY(parsed);
        const auto document = std::get<ContactListDocument>(*parsed);
        QCOMPARE(document.deltaNumber, 0);
        QCOMPARE(document.groups.size(), 1);
        QCOMPARE(document.contacts.size(), 1);
        QCOMPARE(document.contacts.first().groups, QList { 9 });
    }

    void takesThreeHundredContacts()
    {
        ContactListDocument big;
        big.deltaNumber = 1;
        for (int i = 0; i < 300; ++i) {
            ContactEntry entry;
            entry.address = u"user%1@litwareinc.com"_s.arg(i);
            big.contacts.append(entry);
        }
        ContactList list;
        QCOMPARE(
            list.apply(std::get<ContactListDocument>(*parseContactDocument(buildContactList(big))))
                .changed.size(),
            300);
    }
};

QTEST_APPLESS_MAIN(tst_ContactList)
#include "tst_contactlist.moc"
