// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/imlistedit.h"

#include <QTest>

using namespace linchpin::sip;
using namespace Qt::StringLiterals;

namespace {

QByteArray envelope(const QByteArray &body)
{
    return "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope "
           "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
           "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" "
           "xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><s:Header>"
           "<t:ServerVersionInfo MajorVersion=\"15\"/></s:Header><s:Body>"
        + body + "</s:Body></s:Envelope>";
}

QByteArray group(const QByteArray &id, const QByteArray &name, const QByteArray &type,
    const QByteArrayList &members = {})
{
    QByteArray keys;
    for (const QByteArray &member : members) {
        keys += "<t:ItemId Id=\"" + member + "\" ChangeKey=\"EQ\"/>";
    }
    return "<t:ImGroup><t:DisplayName>" + name + "</t:DisplayName><t:GroupType>" + type
        + "</t:GroupType><t:ExchangeStoreId Id=\"" + id + "\" ChangeKey=\"K1\"/>"
        + (keys.isEmpty() ? keys : "<t:MemberCorrelationKey>" + keys + "</t:MemberCorrelationKey>")
        + "</t:ImGroup>";
}

QByteArray persona(const QByteArray &id, const QByteArray &name, const QByteArray &address)
{
    return "<t:Persona><t:DisplayName>" + name + "</t:DisplayName><t:ImAddress>" + address
        + "</t:ImAddress><t:Attributions>"
          "<t:Attribution><t:SourceId Id=\"HIDDEN\"/><t:IsHidden>true</t:IsHidden>"
          "<t:IsQuickContact>true</t:IsQuickContact></t:Attribution>"
          "<t:Attribution><t:SourceId Id=\"GAL\"/><t:IsHidden>false</t:IsHidden>"
          "<t:IsQuickContact>false</t:IsQuickContact></t:Attribution>"
          "<t:Attribution><t:SourceId Id=\""
        + id
        + "\" ChangeKey=\"P1\"/><t:IsHidden>false</t:IsHidden><t:IsQuickContact>true"
          "</t:IsQuickContact></t:Attribution></t:Attributions></t:Persona>";
}

QByteArray list()
{
    return envelope("<m:GetImItemListResponse ResponseClass=\"Success\"><m:ResponseCode>NoError"
                    "</m:ResponseCode><m:ImItemList><t:Groups>"
        + group("G0", "Other Contacts", "IPM.DistList.MOC.OtherContacts", { "P3" })
        + group("G1", "Zażółć & Co", "IPM.DistList.MOC.UserGroup", { "P1", "P2" })
            .replace(" & ", " &amp; ")
        + group("G2", "Favorites", "IPM.DistList.MOC.Favorites", { "P1" })
        + group("G3", "Tagged", "IPM.DistList.MOC.Tagged", { "P1" })
        + group("G4", "Everybody", "IPM.DistList.MOC.DG")
            .replace(
                "</t:ImGroup>", "<t:SmtpAddress>all@litwareinc.com</t:SmtpAddress></t:ImGroup>")
        + "</t:Groups><t:Personas>" + persona("P1", "Ann Beebe", "sip:Ann@litwareinc.com")
        + persona("P2", "こんにちは世界 👩‍👩‍👧‍👦", "ben@litwareinc.com")
        + persona("P3", "مرحبا", "SIP:cho@contoso.com") + persona("P4", "No address", "")
        + "</t:Personas></m:ImItemList></m:GetImItemListResponse>");
}

QByteArray done(const QByteArray &operation)
{
    return envelope("<m:" + operation
        + "Response ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode></m:"
        + operation + "Response>");
}

/// "AddImContactToGroup ContactId=P1 GroupId=G2"; element text after a colon.
QString inShort(const ImListEdit::Step &step)
{
    if (std::holds_alternative<ImListEdit::Done>(step)) {
        return u"done"_s;
    }
    if (const auto *fault = std::get_if<EwsFault>(&step)) {
        return u"fault "_s + fault->code;
    }
    const auto &request = std::get<EwsRequest>(step);
    const auto envelope = parseXml(request.body);
    if (!envelope || !envelope->child(u"Body") || envelope->child(u"Body")->children.size() != 1) {
        return u"unreadable"_s;
    }
    const XmlElement operation = envelope->child(u"Body")->children.first();
    if (!request.action.endsWith("/messages/" + operation.name.toLatin1())) {
        return u"another action"_s;
    }
    QString out = operation.name;
    for (const XmlElement &part : operation.children) {
        out += u' ' + part.name
            + (part.hasAttribute(u"Id") ? u'=' + part.attribute(u"Id") : u':' + part.text);
    }
    return out;
}

} // namespace

/// The contact list that lives in Exchange: documents, and changes call by call.
class TestImList : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads();
    void asContactList();
    void requests();
    void faults_data();
    void faults();
    void edits_data();
    void edits();
    void editFails();
    void bounded();
};

void TestImList::reads()
{
    const auto read = parseImItemList(list());
    QVERIFY(read);
    QCOMPARE(read->people.size(), 3);
    QCOMPARE(read->groups.size(), 5);
    const ImPerson *const ann = read->person(u"ANN@litwareinc.com");
    QVERIFY(ann);
    QCOMPARE(ann->id, (ItemId { u"P1"_s, u"P1"_s }));
    QCOMPARE(ann->name, u"Ann Beebe"_s);
    const ImGroup *const sales = read->group(u"zażółć & co");
    QVERIFY(sales && read->isMember(*ann, *sales));
    QCOMPARE(sales->id.changeKey, u"K1"_s);
    QCOMPARE(read->group({})->kind, ImGroup::Kind::Other);
    QVERIFY(!read->group(u"Tagged"));
    QVERIFY(!read->group(u"Everybody"));
    QVERIFY(!read->group(u"Other Contacts"));
}

void TestImList::asContactList()
{
    const ContactListDocument document = contactDocument(*parseImItemList(list()));
    QCOMPARE(document.groups.size(), 4); // not Tagged
    ContactList contacts;
    contacts.apply(document);
    const auto &people = contacts.contacts();
    QCOMPARE(people.size(), 3);
    QCOMPARE(contacts.groupNames(people.value(u"ann@litwareinc.com"_s)),
        (QStringList { u"Zażółć & Co"_s, u"Favorites"_s }));
    QCOMPARE(contacts.groupNames(people.value(u"cho@contoso.com"_s)), QStringList { u"~"_s });
    QCOMPARE(people.value(u"ben@litwareinc.com"_s).name,
        u"こんにちは世界 👩‍👩‍👧‍👦"_s);
    QVERIFY(contacts.groups().last().isDistributionList());
    QVERIFY(!contacts.isMigrated());
}

void TestImList::requests()
{
    const EwsRequest request = buildAddNewImContact(
        u"a'b<c>&@x.test"_s, u"e\u0301 ก็ 🦄𝄞\u0001"_s, { u"G\"1"_s, u"K"_s });
    QCOMPARE(request.action,
        "http://schemas.microsoft.com/exchange/services/2006/messages/"
        "AddNewImContactToGroup"_ba);
    const auto envelope = parseXml(request.body);
    QVERIFY(envelope);
    QCOMPARE(
        envelope->find(u"Header/RequestServerVersion")->attribute(u"Version"), u"Exchange2013"_s);
    const XmlElement *const operation = envelope->find(u"Body/AddNewImContactToGroup");
    QVERIFY(operation);
    QCOMPARE(operation->childText(u"ImAddress"), u"a'b<c>&@x.test"_s);
    QCOMPARE(operation->childText(u"DisplayName"), u"e\u0301 ก็ 🦄𝄞"_s);
    QCOMPARE(operation->child(u"GroupId")->attribute(u"Id"), u"G\"1"_s);
    QCOMPARE(operation->child(u"GroupId")->attribute(u"ChangeKey"), u"K"_s);
    // The namespaces are those of the schemas, whatever the prefixes.
    QVERIFY(request.body.contains("<soap:Body><m:AddNewImContactToGroup><m:ImAddress>"));
    QVERIFY(request.body.contains(
        "xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\""));
    QVERIFY(
        buildGetImItemList().body.contains("<t:RequestServerVersion Version=\"Exchange2013\"/>"));
    QVERIFY(buildGetImItemList().body.contains("<m:GetImItemList/>"));
}

void TestImList::faults_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("stale");
    QTest::newRow("response") << envelope(
        "<m:GetImItemListResponse ResponseClass=\"Error\"><m:MessageText>Zażółć</m:MessageText>"
        "<m:ResponseCode>ErrorAccessDenied</m:ResponseCode></m:GetImItemListResponse>")
                              << u"ErrorAccessDenied"_s << u"Zażółć"_s << false;
    QTest::newRow("stale") << envelope(
        "<m:GetImItemListResponse ResponseClass=\"Error\"><m:MessageText>x</m:MessageText>"
        "<m:ResponseCode>ErrorIrresolvableConflict</m:ResponseCode></m:GetImItemListResponse>")
                           << u"ErrorIrresolvableConflict"_s << u"x"_s << true;
    QTest::newRow("soap") << envelope(
        "<s:Fault><faultcode>a:ErrorSchemaValidation</faultcode><faultstring>The request failed."
        "</faultstring><detail><e:ResponseCode xmlns:e=\"urn:e\">ErrorSchemaValidation"
        "</e:ResponseCode></detail></s:Fault>")
                          << u"ErrorSchemaValidation"_s << u"The request failed."_s << false;
    QTest::newRow("another answer")
        << envelope("<m:Other/>") << u"unreadable"_s << u"no GetImItemListResponse"_s << false;
}

void TestImList::faults()
{
    QFETCH(QByteArray, body);
    QFETCH(QString, code);
    QFETCH(QString, words);
    QFETCH(bool, stale);
    const auto read = parseImItemList(body);
    QVERIFY(!read);
    QCOMPARE(read.error().code, code);
    QCOMPARE(read.error().words, words);
    QCOMPARE(read.error().isStale(), stale);
    QVERIFY(exchangeFault(read.error()).detail.contains(words));
    QVERIFY(!parseImItemList(body.chopped(5)));
}

void TestImList::edits_data()
{
    QTest::addColumn<ImWish>("wish");
    QTest::addColumn<QStringList>("calls");
    const QString ann = u"ann@litwareinc.com"_s;
    const QString cho = u"cho@contoso.com"_s;
    const QString newcomer = u"dan@contoso.com"_s;
    const QString sales = u"Zażółć & Co"_s;
    QTest::newRow("new, no group")
        << ImWish { newcomer, u"Dan"_s, {}, false }
        << QStringList { u"AddNewImContactToGroup ImAddress:dan@contoso.com "
                         "DisplayName:Dan GroupId=G0"_s };
    QTest::newRow("new, two groups, one to be made")
        << ImWish { newcomer, {}, { sales, u"Partners"_s }, false }
        << QStringList { u"AddImGroup DisplayName:Partners"_s,
               u"AddNewImContactToGroup ImAddress:dan@contoso.com GroupId=G1"_s,
               u"AddImContactToGroup ContactId=NEW GroupId=NEWGROUP"_s };
    QTest::newRow("nothing to do")
        << ImWish { ann, {}, { sales.toUpper(), u"Favorites"_s }, false } << QStringList {};
    QTest::newRow("out of one group") << ImWish { ann, {}, { sales },
        false } << QStringList { u"RemoveImContactFromGroup ContactId=P1 GroupId=G2"_s };
    QTest::newRow("moved") << ImWish { cho, {}, { sales }, false }
                           << QStringList { u"AddImContactToGroup ContactId=P3 GroupId=G1"_s,
                                  u"RemoveImContactFromGroup ContactId=P3 GroupId=G0"_s };
    QTest::newRow("to the others")
        << ImWish { ann, {}, {}, false }
        << QStringList { u"AddImContactToGroup ContactId=P1 GroupId=G0"_s,
               u"RemoveImContactFromGroup ContactId=P1 GroupId=G1"_s,
               u"RemoveImContactFromGroup ContactId=P1 GroupId=G2"_s };
    QTest::newRow("removed") << ImWish { ann, {}, {}, true }
                             << QStringList { u"RemoveContactFromImList ContactId=P1"_s };
    QTest::newRow("distribution group") << ImWish { .address = u"Sales@x.test"_s, .isList = true }
                                        << QStringList { u"AddDistributionGroupToImList "
                                                         "SmtpAddress:Sales@x.test "
                                                         "DisplayName:Sales@x.test"_s };
    QTest::newRow("distribution group, there")
        << ImWish { .address = u"ALL@litwareinc.com"_s, .isList = true } << QStringList {};
    QTest::newRow("distribution group removed") << ImWish { .address = u"all@litwareinc.com"_s,
        .remove = true } << QStringList { u"RemoveDistributionGroupFromImList GroupId=G4"_s };
    QTest::newRow("removed already") << ImWish { newcomer, {}, {}, true } << QStringList {};
}

void TestImList::edits()
{
    QFETCH(ImWish, wish);
    QFETCH(QStringList, calls);
    ImListEdit edit(*parseImItemList(list()), wish);
    auto step = edit.start();
    QStringList seen;
    while (std::holds_alternative<EwsRequest>(step) && seen.size() < 10) {
        seen.append(inShort(step));
        const QByteArray operation = seen.last().section(u' ', 0, 0).toLatin1();
        QByteArray answer = done(operation);
        if (operation == "AddImGroup") {
            answer = envelope("<m:AddImGroupResponse ResponseClass=\"Success\">"
                + group("NEWGROUP", "partners ", "IPM.DistList.MOC.UserGroup")
                    .replace("t:ImGroup", "m:ImGroup")
                + "</m:AddImGroupResponse>");
        } else if (operation == "AddNewImContactToGroup") {
            answer = envelope("<m:AddNewImContactToGroupResponse ResponseClass=\"Success\">"
                + persona("NEW", "Dan", "dan@contoso.com").replace("t:Persona>", "m:Persona>")
                + "</m:AddNewImContactToGroupResponse>");
        }
        step = edit.answered(answer);
    }
    QCOMPARE(seen, calls);
    QCOMPARE(inShort(step), u"done"_s);
}

void TestImList::editFails()
{
    ImListEdit edit(
        *parseImItemList(list()), { u"cho@contoso.com"_s, {}, { u"Favorites"_s }, false });
    edit.start();
    QCOMPARE(inShort(edit.answered(envelope(
                 "<m:AddImContactToGroupResponse ResponseClass=\"Error\"><m:MessageText>gone"
                 "</m:MessageText><m:ResponseCode>ErrorItemNotFound</m:ResponseCode>"
                 "</m:AddImContactToGroupResponse>"))),
        u"fault ErrorItemNotFound"_s);
    // Somebody who is there through the directory alone cannot be moved.
    ImList foreign = *parseImItemList(list());
    foreign.people[0].id = {};
    ImListEdit readOnly(foreign, { u"ann@litwareinc.com"_s, {}, { u"Favorites"_s }, false });
    QCOMPARE(inShort(readOnly.start()), u"fault ErrorAccessDenied"_s);
}

void TestImList::bounded()
{
    QByteArray many
        = "<m:GetImItemListResponse ResponseClass=\"Success\"><m:ImItemList><t:Personas>";
    for (int i = 0; i < 6000; ++i) {
        many += "<t:Persona><t:ImAddress>p" + QByteArray::number(i)
            + "@x.test</t:ImAddress></t:Persona>";
    }
    many += "</t:Personas></m:ImItemList></m:GetImItemListResponse>";
    const auto read = parseImItemList(envelope(many));
    QVERIFY(read);
    QCOMPARE(read->people.size(), 5000);
}

QTEST_GUILESS_MAIN(TestImList)
#include "tst_imlist.moc"
