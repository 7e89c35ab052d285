// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/ui/uiworld.h"
#include "ui/widgets/contactlist/addcontactdialog.h"
#include "ui/widgets/contactlist/contactcarddialog.h"
#include "ui/widgets/contactlist/groupmembersdialog.h"
#include "ui/widgets/contactlist/personactions.h"
#include "ui/widgets/dialogs.h"
#include "ui/widgets/mainwindow.h"
#include "ui/widgets/tray/notifier.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QSystemTrayIcon>
#include <QToolButton>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

/// A directory that answers when the test says so.
class FakeDirectory : public DirectoryFacet {
public:
    Async<QList<DirectoryEntry>> search(const QString &text) override
    {
        asked.append(u"search "_s + text);
        searches.emplaceBack();
        return searches.last().future();
    }
    Async<ContactCard> card(const ContactAddress &address) override
    {
        asked.append(u"card "_s + address.value);
        cards.emplaceBack();
        return cards.last().future();
    }
    Async<QList<DirectoryEntry>> members(const ContactAddress &group) override
    {
        asked.append(u"members "_s + group.value);
        searches.emplaceBack();
        return searches.last().future();
    }
    QStringList asked;
    QList<Answer<QList<DirectoryEntry>>> searches;
    QList<Answer<ContactCard>> cards;
};

const QString zofia = u"zofia@alpha.test"_s;

/// One account that has a directory, and Zofia.
struct People {
    FakeDirectory directory;
    UiWorld world;
    AccountId account;

    People()
    {
        account = world.add(u"fake"_s, u"alice@alpha.test"_s, u"Work"_s);
        world.online();
        world.session().directoryFacet = &directory;
        world.contact(u"fake"_s, zofia, u"Zofia Gęślarz"_s, {},
            { .availability = Availability::Busy, .text = u"Zażółć gęślą jaźń"_s });
        world.session().tell(ContactChanged { { .address = { u"sales@alpha.test"_s },
            .name = u"Sales"_s,
            .kind = ContactKind::Group } });
    }
};

QStringList labels(const QWidget &of)
{
    QStringList texts;
    const auto all = of.findChildren<QLabel *>();
    for (const QLabel *label : all) {
        texts.append(label->text());
    }
    return texts;
}

} // namespace

/// Searching people, their cards, groups, and being told when somebody comes.
class PeopleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linksInCards_data();
    void linksInCards();
    void showsACard();
    void cardOfAnotherPersonWins();
    void cardFails();
    void searchesByKeyboard();
    void searchSaysWhatIsWrong();
    void opensGroups();
    void menuAndHeader();
    void tellsWhenAvailable();
};

void PeopleTest::linksInCards_data()
{
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("html");
    QTest::newRow("mail") << u"ann@a.test"_s << u"<a href=\"mailto:ann@a.test\">ann@a.test</a>"_s;
    QTest::newRow("mail with more")
        << u"a?cc=b@c.test"_s << u"<a href=\"mailto:a%3Fcc%3Db@c.test\">a?cc=b@c.test</a>"_s;
    QTest::newRow("phone") << u"+48 12 555 (01) 03"_s
                           << u"<a href=\"tel:+48125550103\">+48 12 555 (01) 03</a>"_s;
    QTest::newRow("office") << u"2/117"_s << u"2/117"_s;
    QTest::newRow("birthday") << u"1980-02-29"_s << u"1980-02-29"_s;
    QTest::newRow("web")
        << u"https://a.test/?q=1&r=2"_s
        << u"<a href=\"https://a.test/?q=1&amp;r=2\">https://a.test/?q=1&amp;r=2</a>"_s;
    QTest::newRow("script") << u"javascript:alert(1)"_s << u"javascript:alert(1)"_s;
    QTest::newRow("file") << u"file:///etc/passwd"_s << u"file:///etc/passwd"_s;
    QTest::newRow("markup") << u"<img src=x onerror=1>"_s << u"&lt;img src=x onerror=1&gt;"_s;
    QTest::newRow("markup in a mail") << u"\"><b>@x.test"_s << u"&quot;&gt;&lt;b&gt;@x.test"_s;
    QTest::newRow("words") << u"こんにちは 👩‍👩‍👧‍👦"_s
                           << u"こんにちは 👩‍👩‍👧‍👦"_s;
}

void PeopleTest::linksInCards()
{
    QFETCH(QString, value);
    QFETCH(QString, html);
    QCOMPARE(linkedValue(value), html);
}

void PeopleTest::showsACard()
{
    People people;
    ContactCardDialog dialog(people.world.context());
    dialog.show();
    dialog.showCard(people.account, { zofia });
    QCOMPARE(people.directory.asked, QStringList { u"card "_s + zofia });
    // What is known stands there at once.
    auto *const name = dialog.findChild<QLabel *>(u"cardName"_s);
    auto *const status = dialog.findChild<QLabel *>(u"cardStatus"_s);
    QVERIFY(name && status);
    QCOMPARE(name->text(), u"Zofia Gęślarz"_s);
    QVERIFY(dialog.findChild<QLabel *>(u"cardPresence"_s)->text().contains(u"Zażółć gęślą jaźń"_s));
    QVERIFY(status->isVisible());
    people.directory.cards.first().give(ContactCard { .address = { zofia },
        .name = u"Zofia Gęślarz"_s,
        .fields = { { u"Title"_s, u"Inżynierka <&>"_s }, { u"Phone"_s, u"+48 12 555 0103"_s } },
        .photo = {} });
    QTRY_VERIFY(!status->isVisible());
    QVERIFY(labels(dialog).contains(u"Inżynierka &lt;&amp;&gt;"_s));
    QVERIFY(labels(dialog).contains(u"<a href=\"tel:+48125550103\">+48 12 555 0103</a>"_s));
    dialog.findChild<QPushButton *>(u"copyButton"_s)->click();
    QCOMPARE(QApplication::clipboard()->text(),
        u"Zofia Gęślarz\nzofia@alpha.test\nTitle: Inżynierka <&>\nPhone: +48 12 555 0103"_s);
    // Presence stays true while the card is open.
    people.world.session().tell(PresenceChanged {
        .address = { zofia }, .presence = { .availability = Availability::Available } });
    QTRY_COMPARE(dialog.findChild<QLabel *>(u"cardPresence"_s)->text(),
        displayName(Availability::Available));
    QSignalSpy asked(&dialog, &ContactCardDialog::conversationRequested);
    dialog.findChild<QPushButton *>(u"writeButton"_s)->click();
    QCOMPARE(asked.size(), 1);
    QCOMPARE(asked.first().first().value<ConversationKey>(),
        (ConversationKey { people.account, zofia, ConversationKind::Person }));
}

void PeopleTest::cardOfAnotherPersonWins()
{
    People people;
    ContactCardDialog dialog(people.world.context());
    dialog.showCard(people.account, { zofia });
    dialog.showCard(people.account, { u"bob@alpha.test"_s });
    people.directory.cards.at(1).give(
        ContactCard { .address = { u"bob@alpha.test"_s }, .name = u"Bob"_s });
    people.directory.cards.at(0).give(ContactCard { .address = { zofia }, .name = u"Late"_s });
    auto *const name = dialog.findChild<QLabel *>(u"cardName"_s);
    QTRY_COMPARE(name->text(), u"Bob"_s);
    QCoreApplication::processEvents();
    QCOMPARE(name->text(), u"Bob"_s);
}

void PeopleTest::cardFails()
{
    People people;
    ContactCardDialog dialog(people.world.context());
    dialog.show();
    dialog.showCard(people.account, { zofia });
    people.directory.cards.first().fail(
        { .title = u"The server knows nothing."_s, .detail = u"404 Not found"_s });
    auto *const status = dialog.findChild<QLabel *>(u"cardStatus"_s);
    QTRY_COMPARE(status->text(), u"The server knows nothing.\n404 Not found"_s);
    people.world.session().directoryFacet = nullptr;
    dialog.showCard(people.account, { zofia });
    QVERIFY(!status->text().isEmpty());
    QVERIFY(!status->text().contains(u"404"_s));
}

void PeopleTest::searchesByKeyboard()
{
    People people;
    AddContactDialog dialog(people.world.context());
    dialog.show();
    QVERIFY(QTest::qWaitForWindowActive(&dialog));
    auto *const address = dialog.findChild<QLineEdit *>(u"address"_s);
    auto *const found = dialog.findChild<QListWidget *>(u"found"_s);
    auto *const state = dialog.findChild<QLabel *>(u"searchState"_s);
    QVERIFY(address && found && state);
    QTest::keyClicks(address, u"haru"_s);
    QTRY_COMPARE(people.directory.asked, QStringList { u"search haru"_s });
    QVERIFY(state->isVisible());
    people.directory.searches.first().give(
        QList<DirectoryEntry> { { .address = { u"haruki@alpha.test"_s },
            .name = u"佐藤 春樹"_s,
            .details = { { u"title"_s, u"デザイナー"_s }, { u"company"_s, u"Litware"_s } } } });
    QTRY_COMPARE(found->count(), 1);
    QCOMPARE(found->item(0)->text(), u"佐藤 春樹 — デザイナー, Litware\nharuki@alpha.test"_s);
    QTest::keyClick(address, Qt::Key_Down);
    QTRY_VERIFY(found->hasFocus());
    QTest::keyClick(found, Qt::Key_Return);
    QCOMPARE(address->text(), u"haruki@alpha.test"_s);
    QCOMPARE(dialog.findChild<QLineEdit *>(u"name"_s)->text(), u"佐藤 春樹"_s);
    QVERIFY(dialog.isVisible());
}

void PeopleTest::searchSaysWhatIsWrong()
{
    People people;
    AddContactDialog dialog(people.world.context());
    dialog.show();
    auto *const address = dialog.findChild<QLineEdit *>(u"address"_s);
    auto *const state = dialog.findChild<QLabel *>(u"searchState"_s);
    QTest::keyClicks(address, u"ann"_s);
    QTRY_COMPARE(people.directory.searches.size(), 1);
    people.directory.searches.first().fail({ .kind = Error::Kind::Protocol,
        .title = u"The directory could not be searched."_s,
        .detail = u"503"_s });
    QTRY_COMPARE(state->text(), u"The directory could not be searched.\n503"_s);
    QVERIFY(state->isVisible());
    QTest::keyClicks(address, u"e"_s);
    QTRY_COMPARE(people.directory.searches.size(), 2);
    people.directory.searches.at(1).give(
        QList<DirectoryEntry> { { .address = { u"all@alpha.test"_s },
            .name = u"Everybody"_s,
            .kind = ContactKind::Group } });
    auto *const found = dialog.findChild<QListWidget *>(u"found"_s);
    QTRY_COMPARE(found->count(), 1);
    QSignalSpy groups(&dialog, &AddContactDialog::membersRequested);
    Q_EMIT found->itemActivated(found->item(0));
    QCOMPARE(groups.size(), 1);
    QCOMPARE(groups.first().at(2).toString(), u"Everybody"_s);
    QCOMPARE(address->text(), u"anne"_s);
}

void PeopleTest::opensGroups()
{
    People people;
    GroupMembersDialog dialog(people.world.context());
    dialog.show();
    dialog.showGroup(people.account, { u"sales@alpha.test"_s }, u"Sales"_s);
    QCOMPARE(people.directory.asked, QStringList { u"members sales@alpha.test"_s });
    people.directory.searches.first().give(QList<DirectoryEntry> {
        { .address = { zofia }, .name = u"Zofia"_s, .details = { { u"title"_s, u"X"_s } } },
        { .address = { u"inner@alpha.test"_s }, .name = u"Inner"_s, .kind = ContactKind::Group } });
    auto *const list = dialog.findChild<QTreeWidget *>(u"groupMembers"_s);
    QTRY_COMPARE(list->topLevelItemCount(), 2);
    QSignalSpy written(&dialog, &GroupMembersDialog::conversationRequested);
    QCOMPARE(list->topLevelItem(1)->text(0), u"Zofia"_s);
    list->setCurrentItem(list->topLevelItem(1));
    Q_EMIT list->itemActivated(list->topLevelItem(1), 0);
    QCOMPARE(written.size(), 1);
    list->setCurrentItem(list->topLevelItem(0));
    Q_EMIT list->itemActivated(list->topLevelItem(0), 0);
    QCOMPARE(people.directory.asked.last(), u"members inner@alpha.test"_s);
    people.directory.searches.at(1).fail({ .title = u"Inner is not a distribution group."_s });
    QTRY_COMPARE(dialog.findChild<QLabel *>(u"groupStatus"_s)->text(),
        u"Inner is not a distribution group."_s);
}

void PeopleTest::menuAndHeader()
{
    People people;
    MainWindow window(people.world.context());
    Dialogs dialogs(people.world.context(), window);
    window.show();
    QTRY_COMPARE(people.world.contacts->persons().size(), 2);
    window.openConversation({ people.account, zofia, ConversationKind::Person });
    auto *const details = window.findChild<QToolButton *>(u"detailsButton"_s);
    QVERIFY(details);
    details->click();
    auto *const card = window.findChild<ContactCardDialog *>();
    QVERIFY(card && card->isVisible());
    QCOMPARE(people.directory.asked, QStringList { u"card "_s + zofia });
    card->close();

    QStringList opened;
    const auto menuOf = [&](const QString &address, QMenu &menu) {
        const Person *const person = people.world.contacts->personOf(people.account, { address });
        addDetailActions(
            menu, people.world.context(), *person,
            [&](const PersonAddress &a) { opened.append(u"card "_s + a.address.value); },
            [&](const PersonAddress &a) { opened.append(u"members "_s + a.address.value); });
        addAlertActions(menu, people.world.context(), *person);
    };
    QMenu ofZofia;
    menuOf(zofia, ofZofia);
    QMenu ofSales;
    menuOf(u"sales@alpha.test"_s, ofSales);
    ofZofia.findChild<QAction *>(u"showDetails"_s)->trigger();
    ofSales.findChild<QAction *>(u"showMembers"_s)->trigger();
    QCOMPARE(opened, (QStringList { u"card "_s + zofia, u"members sales@alpha.test"_s }));
    QVERIFY(ofZofia.findChild<QMenu *>(u"statusAlerts"_s));
    QVERIFY(!ofSales.findChild<QMenu *>(u"statusAlerts"_s));
}

void PeopleTest::tellsWhenAvailable()
{
    People people;
    QSystemTrayIcon tray;
    Notifier notifier(people.world.context(), tray, [](const ConversationKey &) { return false; });
    QSignalSpy told(&notifier, &Notifier::told);
    const auto becomes = [&](Availability availability) {
        people.world.session().tell(
            PresenceChanged { .address = { zofia }, .presence = { .availability = availability } });
    };
    const Person zofiaPerson = *people.world.contacts->personOf(people.account, { zofia });
    QMenu menu;
    addAlertActions(menu, people.world.context(), zofiaPerson);
    const QList<QAction *> choices = menu.findChild<QMenu *>(u"statusAlerts"_s)->actions();
    QCOMPARE(choices.size(), 3);
    QVERIFY(choices.last()->isChecked());
    becomes(Availability::Away);
    becomes(Availability::Available);
    QCOMPARE(told.size(), 0);
    becomes(Availability::Away);
    choices.first()->trigger();
    QCOMPARE(people.world.contacts->alertOf(zofiaPerson), StatusAlerts::Kind::Once);
    becomes(Availability::Busy);
    becomes(Availability::Available);
    QCOMPARE(told.size(), 1);
    const auto notification = told.first().first().value<Notification>();
    QVERIFY(notification.title.contains(u"Zofia Gęślarz"_s));
    QCOMPARE(notification.conversation.with, zofia);
    QCOMPARE(people.world.contacts->alertOf(zofiaPerson), StatusAlerts::Kind::None);
    becomes(Availability::Away);
    becomes(Availability::Available);
    QCOMPARE(told.size(), 1);

    // Kept on disk.
    people.world.contacts->setAlert(zofiaPerson.id, StatusAlerts::Kind::Always);
    const QString file = people.world.folder.filePath(u"persons.json"_s);
    QTRY_VERIFY([&] {
        ContactStore again(*people.world.accounts, *people.world.history, file);
        return again.alertOf(zofiaPerson) == StatusAlerts::Kind::Always;
    }());
}

QTEST_MAIN(PeopleTest)
#include "tst_people.moc"
