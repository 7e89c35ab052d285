// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/contacts/contactedits.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin::sip;

Q_DECLARE_METATYPE(linchpin::sip::ContactEdit)

class tst_ContactEdits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void writesSetContact()
    {
        const QByteArray body = buildContactEdit(
            SetContact {
                .address = u"ann@litwareinc.com"_s, .name = u"Annie"_s, .groups = { 2, 6 } },
            39);
        QCOMPARE(body,
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
            "xmlns:m=\"http://schemas.microsoft.com/winrtc/2002/11/sip\"><s:Body>"
            "<m:setContact><m:displayName>Annie</m:displayName><m:groups>2 6</m:groups>"
            "<m:subscribed>true</m:subscribed><m:URI>sip:ann@litwareinc.com</m:URI>"
            "<m:externalURI></m:externalURI><m:deltaNum>39</m:deltaNum></m:setContact>"
            "</s:Body></s:Envelope>"_ba);
    }

    void everyEditReadsBack_data()
    {
        QTest::addColumn<ContactEdit>("edit");
        QTest::newRow("setContact") << ContactEdit(SetContact { .address = u"ann@litwareinc.com"_s,
            .name = u"<Zażółć & \"gęślą\"> こんにちは 👩‍👩‍👧‍👦"_s,
            .groups = { 1 },
            .subscribed = false,
            .externalUri = u"ldap:x?y&z"_s });
        QTest::newRow("deleteContact") << ContactEdit(DeleteContact { u"cho@contoso.com"_s });
        QTest::newRow("addGroup") << ContactEdit(AddGroup { u"Partners & Co"_s, u""_s });
        QTest::newRow("add a distribution group")
            << ContactEdit(AddGroup { u"Zażółć こんにちは"_s, u""_s, u"sales@litwareinc.test"_s });
        QTest::newRow("modifyGroup") << ContactEdit(ModifyGroup { 2, u"مرحبا"_s, u""_s });
        QTest::newRow("deleteGroup") << ContactEdit(DeleteGroup { 63 });
        QTest::newRow("setACE") << ContactEdit(
            SetAce { SetAce::Type::User, u"eve@contoso.com"_s, u"BD"_s });
        QTest::newRow("setACE domain")
            << ContactEdit(SetAce { SetAce::Type::Domain, u"contoso.com"_s, u"AA"_s });
        QTest::newRow("setACE all") << ContactEdit(SetAce { SetAce::Type::All, u""_s, u"AA"_s });
    }
    void everyEditReadsBack()
    {
        QFETCH(ContactEdit, edit);
        const auto read = parseContactEdit(buildContactEdit(edit, 41));
        QVERIFY(read);
        QVERIFY(read->edit == edit);
        QCOMPARE(read->deltaNumber, 41);
    }

    void controlCharactersDoNotBreakTheDocument()
    {
        const auto read = parseContactEdit(
            buildContactEdit(AddGroup { u"a\u0001b\ufffe"_s + QChar(0xd800), {} }, 1));
        QVERIFY(read);
        QCOMPARE(std::get<AddGroup>(read->edit).name, u"ab"_s);
    }

    void readsReplies()
    {
        QCOMPARE(*parseContactEditReply(""), ContactEditReply {});
        QCOMPARE(parseContactEditReply(buildAddGroupReply(7))->groupId, 7);
        const auto reply = parseContactEditReply(
            R"(<SOAP-ENV:Envelope xmlns:SOAP-ENV="x"><SOAP-ENV:Body><m:addGroup xmlns:m="y">
            <m:groupID>12</m:groupID><m:deltaNum>40</m:deltaNum></m:addGroup></SOAP-ENV:Body></SOAP-ENV:Envelope>)");
        QVERIFY(reply);
        QCOMPARE(reply->groupId, 12);
        QCOMPARE(reply->deltaNumber, 40);
        QVERIFY(reply->faultCode.isEmpty());
    }

    void readsFaults()
    {
        const auto reply = parseContactEditReply(
            buildContactEditFault(u"Client.BadCall.WrongDelta"_s, u"delta <mismatch>"_s));
        QVERIFY(reply);
        QCOMPARE(reply->faultCode, u"Client.BadCall.WrongDelta"_s);
        QCOMPARE(reply->faultText, u"delta <mismatch>"_s);
        QVERIFY(!reply->groupId);
    }

    void refusesOtherBodies_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("no envelope") << "<setContact/>"_ba;
        QTest::newRow("no method") << "<s:Envelope xmlns:s=\"x\"><s:Body/></s:Envelope>"_ba;
        QTest::newRow("contact without address")
            << "<s:Envelope><s:Body><m:setContact><m:URI/></m:setContact></s:Body></s:Envelope>"_ba;
        QTest::newRow("group without number")
            << "<s:Envelope><s:Body><m:deleteGroup><m:groupID>x</m:groupID></m:deleteGroup></s:Body></s:Envelope>"_ba;
        QTest::newRow("not XML") << "Server error"_ba;
        QTest::newRow("entity")
            << "<!DOCTYPE x [<!ENTITY e \"1\">]><s:Envelope><s:Body/></s:Envelope>"_ba;
    }
    void refusesOtherBodies()
    {
        QFETCH(QByteArray, body);
        QVERIFY(!parseContactEdit(body));
    }
};

QTEST_APPLESS_MAIN(tst_ContactEdits)
#include "tst_contactedits.moc"
