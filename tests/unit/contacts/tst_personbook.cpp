// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/contacts/personbook.h"

#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

const PersonAddress kWork { { u"sip"_s }, { u"zofia@litwareinc.test"_s } };
const PersonAddress kHome { { u"xmpp"_s }, { u"zofia@alpha.test"_s } };
const PersonAddress kChat { { u"irc"_s }, { u"zofia"_s } };
const PersonAddress kBob { { u"sip"_s }, { u"bob@litwareinc.test"_s } };

PersonBook full()
{
    PersonBook book;
    for (const PersonAddress &address : { kWork, kHome, kChat, kBob }) {
        book.add(address);
    }
    return book;
}

QList<Person> sorted(const PersonBook &book)
{
    QList<Person> all = book.persons();
    std::ranges::sort(all, {}, [](const Person &p) { return p.id.value; });
    return all;
}

} // namespace

class PersonBookTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyAddressIsSomebody();
    void mergedThenSplitIsAsBefore();
    void splitOfThreeKeepsTheOthers();
    void mergeNeedsTwo();
    void comesBackIntoItsPerson();
    void survivesStorage();
    void damagedStorage();
};

void PersonBookTest::everyAddressIsSomebody()
{
    PersonBook book = full();
    QCOMPARE(book.persons().size(), 4);
    QCOMPARE(book.personOf(kBob)->id, PersonBook::idOf(kBob));
    book.add(kBob); // told twice
    QCOMPARE(book.persons().size(), 4);
    book.remove(kBob);
    QCOMPARE(book.personOf(kBob), nullptr);
    book.remove(kBob);
    QCOMPARE(book.persons().size(), 3);
}

void PersonBookTest::mergedThenSplitIsAsBefore()
{
    PersonBook book = full();
    book.setAlias(PersonBook::idOf(kWork), u"Zażółć"_s);
    const QList<Person> before = sorted(book);
    QList<PersonId> gone;
    const PersonId merged = book.merge({ PersonBook::idOf(kWork), PersonBook::idOf(kHome) }, &gone);
    QVERIFY(!merged.isNull());
    QCOMPARE(gone.size(), 2);
    QCOMPARE(book.persons().size(), 3);
    QCOMPARE(book.person(merged)->addresses, (QList<PersonAddress> { kWork, kHome }));
    QCOMPARE(book.personOf(kHome)->id, merged);
    book.split(merged, kHome);
    QCOMPARE(sorted(book), before);
    QCOMPARE(book.person(merged), nullptr);
}

void PersonBookTest::splitOfThreeKeepsTheOthers()
{
    PersonBook book = full();
    const PersonId merged
        = book.merge({ PersonBook::idOf(kWork), PersonBook::idOf(kHome), PersonBook::idOf(kChat) });
    book.split(merged, kHome);
    QCOMPARE(book.person(merged)->addresses, (QList<PersonAddress> { kWork, kChat }));
    QCOMPARE(book.personOf(kHome)->id, PersonBook::idOf(kHome));
}

void PersonBookTest::mergeNeedsTwo()
{
    PersonBook book = full();
    const QList<Person> before = sorted(book);
    QVERIFY(book.merge({ PersonBook::idOf(kWork) }).isNull());
    QVERIFY(book.merge({ PersonBook::idOf(kWork), { u"nobody"_s } }).isNull());
    QCOMPARE(sorted(book), before);
}

void PersonBookTest::comesBackIntoItsPerson()
{
    PersonBook book = full();
    const PersonId merged = book.merge({ PersonBook::idOf(kWork), PersonBook::idOf(kHome) });
    book.remove(kHome);
    QCOMPARE(book.person(merged)->addresses, QList<PersonAddress> { kWork });
    book.remove(kWork);
    QCOMPARE(book.person(merged), nullptr);
    book.add(kWork);
    book.add(kHome);
    QCOMPARE(book.person(merged)->addresses, (QList<PersonAddress> { kWork, kHome }));
}

void PersonBookTest::survivesStorage()
{
    PersonBook book = full();
    const PersonId merged = book.merge({ PersonBook::idOf(kWork), PersonBook::idOf(kHome) });
    book.setAlias(merged, u"雪子 مرحبا 🦄"_s);
    book.setAlias(PersonBook::idOf(kBob), u"Bob e\u0301"_s);
    PersonBook again = PersonBook::fromJson(book.toJson());
    QVERIFY(again.persons().isEmpty()); // nobody is there before the lists say so
    for (const PersonAddress &address : { kWork, kHome, kChat, kBob }) {
        again.add(address);
    }
    QCOMPARE(sorted(again), sorted(book));
}

void PersonBookTest::damagedStorage()
{
    const QJsonObject odd { { u"persons"_s, u"no list"_s }, { u"aliases"_s, 7 } };
    PersonBook book = PersonBook::fromJson(odd);
    book.add(kBob);
    QCOMPARE(book.persons().size(), 1);
}

QTEST_GUILESS_MAIN(PersonBookTest)
#include "tst_personbook.moc"
