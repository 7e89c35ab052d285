// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/presence/accesslevels.h"
#include "protocols/sip/tests/documentvectors.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::sip;
using Subject = AccessRule::Subject;

namespace {

const auto own = u"ben@litwareinc.com"_s;

SelfData self(const QByteArray &containers, const QByteArray &subscribers = {})
{
    SelfData data;
    data.apply(*parseSelfDocument("<roamingData><containers>" + containers + "</containers>"
                   + subscribers + "</roamingData>"),
        SelfData::Scope::Everything);
    return data;
}

SelfData everyKind()
{
    return self(R"(<container id="32000" version="3"><member type="user">eve@contoso.com</member>
                   <member type="domain">spam.example</member></container>
                   <container id="400" version="7"><member type="user">mum@home.example</member>
                   <member type="user">ann@litwareinc.com</member></container>
                   <container id="300" version="2"><member type="user">ann@litwareinc.com</member>
                   <member type="domain">partner.example</member></container>
                   <container id="200" version="1"><member type="sameEnterprise"/></container>
                   <container id="100" version="4"><member type="federated"/>
                   <member type="user">boss@litwareinc.com</member></container>)");
}

} // namespace

class tst_AccessLevels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void levelsAreTheFiveContainers()
    {
        const QList<AccessLevel> levels = accessLevels();
        QCOMPARE(levels.size(), 5);
        QList<int> containers;
        for (const AccessLevel &level : levels) {
            QVERIFY(!level.name.isEmpty() && !level.help.isEmpty());
            containers.append(*containerOfLevel(level.id));
            QCOMPARE(levelOfContainer(containers.last()), level.id);
        }
        QCOMPARE(containers, (QList<int> { 400, 300, 200, 100, 32000 }));
        QVERIFY(!containerOfLevel(u"elsewhere"_s));
        QVERIFY(levelOfContainer(2).isEmpty());
    }

    void standing_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<int>("subject");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("level");
        const auto row = [](const char *name, const QString &address, Subject subject,
                             const QString &value, const QString &level) {
            QTest::newRow(name) << address << int(subject) << value << level;
        };
        row("blocked by name", u"eve@contoso.com"_s, Subject::Person, u"eve@contoso.com"_s,
            u"blocked"_s);
        row("blocked with the domain", u"x@spam.example"_s, Subject::Domain, u"spam.example"_s,
            u"blocked"_s);
        row("in two containers", u"ann@litwareinc.com"_s, Subject::Person, u"ann@litwareinc.com"_s,
            u"personal"_s);
        row("the domain before the network", u"p@partner.example"_s, Subject::Domain,
            u"partner.example"_s, u"team"_s);
        row("colleague", u"dee@litwareinc.com"_s, Subject::Company, {}, u"colleagues"_s);
        row("colleague with less", u"boss@litwareinc.com"_s, Subject::Person,
            u"boss@litwareinc.com"_s, u"public"_s);
        row("federated", u"cho@contoso.com"_s, Subject::Federated, {}, u"public"_s);
        row("public network, no rule", u"joe@hotmail.com"_s, Subject::Everyone, {}, {});
    }

    void standing()
    {
        QFETCH(QString, address);
        QFETCH(int, subject);
        QFETCH(QString, value);
        QFETCH(QString, level);
        const AccessRule rule = standingRule(everyKind(), address, own);
        QCOMPARE(int(rule.subject), subject);
        QCOMPARE(rule.value, value);
        QCOMPARE(rule.level, level);
    }

    /// Where the server has told the network of a watcher, the domain is not asked.
    void theServerKnowsTheNetwork()
    {
        const SelfData data
            = self(R"(<container id="200" version="1"><member type="sameEnterprise"/>
            </container><container id="100" version="1"><member type="publicCloud"/></container>)",
                R"(<subscribers><subscriber user="second@brand.example" type="sameEnterprise"/>
               <subscriber user="joe@company.example" type="publicCloud"/></subscribers>)");
        QCOMPARE(standingRule(data, u"second@brand.example"_s, own).level, u"colleagues"_s);
        QCOMPARE(standingRule(data, u"joe@company.example"_s, own).level, u"public"_s);
        QCOMPARE(standingRule(data, u"other@brand.example"_s, own).level, QString());
    }

    void rulesAreListedGeneralFirst()
    {
        QStringList shown;
        const QList<AccessRule> rules = accessRules(everyKind());
        for (const AccessRule &rule : rules) {
            shown.append(u"%1:%2:%3"_s.arg(int(rule.subject)).arg(rule.value, rule.level));
        }
        QCOMPARE(shown,
            (QStringList { u"2::colleagues"_s, u"3::public"_s, u"1:partner.example:team"_s,
                u"1:spam.example:blocked"_s, u"0:ann@litwareinc.com:personal"_s,
                u"0:ann@litwareinc.com:team"_s, u"0:boss@litwareinc.com:public"_s,
                u"0:eve@contoso.com:blocked"_s, u"0:mum@home.example:personal"_s }));
    }

    void nonsenseIsNoRule_data()
    {
        QTest::addColumn<int>("subject");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("good");
        QTest::newRow("person") << int(Subject::Person) << u"sip:Ann@LitwareInc.com"_s << true;
        QTest::newRow("nobody") << int(Subject::Person) << QString() << false;
        QTest::newRow("no address") << int(Subject::Person) << u"ann"_s << false;
        QTest::newRow("domain") << int(Subject::Domain) << u" Contoso.COM "_s << true;
        QTest::newRow("domain of one word") << int(Subject::Domain) << u"contoso"_s << false;
        QTest::newRow("address as domain") << int(Subject::Domain) << u"a@contoso.com"_s << false;
        QTest::newRow("two words") << int(Subject::Domain) << u"contoso.com x"_s << false;
        QTest::newRow("company") << int(Subject::Company) << u"ignored"_s << true;
    }

    void nonsenseIsNoRule()
    {
        QFETCH(int, subject);
        QFETCH(QString, value);
        QFETCH(bool, good);
        const auto member = memberOfRule({ Subject(subject), value, u"team"_s });
        QCOMPARE(member.has_value(), good);
        if (member) {
            QCOMPARE(ruleOfMember(*member, 300).subject, Subject(subject));
            QCOMPARE(member->value, member->value.toLower());
        }
    }

    void movingIsOneRequest()
    {
        const SelfData data = everyKind();
        const ContainerMember ann { ContainerMember::Type::User, u"ann@litwareinc.com"_s };
        const QList<ContainerEdit> edits = data.editsToMove(ann, container::Colleagues);
        QCOMPARE(edits,
            (QList<ContainerEdit> {
                { 300, 2, false, ann }, { 400, 7, false, ann }, { 200, 1, true, ann } }));
        QVERIFY(data.editsToMove({ ContainerMember::Type::Federated, {} }, 100).isEmpty());
        QCOMPARE(
            data.editsToMove({ ContainerMember::Type::Domain, u"partner.example"_s }, std::nullopt)
                .size(),
            1);
    }

    /// The answer may come before the notification or after it; the version counts once.
    void acceptedEditsCountOnce()
    {
        SelfData data = everyKind();
        const ContainerMember ann { ContainerMember::Type::User, u"ann@litwareinc.com"_s };
        const QList<ContainerEdit> edits = data.editsToMove(ann, container::Colleagues);
        QVERIFY(data.takeEdits(edits));
        QCOMPARE(standingRule(data, ann.value, own).level, u"colleagues"_s);
        QCOMPARE(data.containers().value(200).version, 2);
        QCOMPARE(data.containers().value(400).version, 8);
        QVERIFY(!data.takeEdits(edits));
        QCOMPARE(data.containers().value(400).version, 8);
        // Two members of one container in one request.
        const QList<ContainerEdit> two { { 100, 4, true, ann },
            { 100, 4, false, { ContainerMember::Type::Federated, {} } } };
        QVERIFY(data.takeEdits(two));
        QCOMPARE(data.containers().value(100).version, 5);
        QCOMPARE(data.containers().value(100).members.size(), 2);
    }
};

QTEST_APPLESS_MAIN(tst_AccessLevels)
#include "tst_accesslevels.moc"
