// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/files/filetransferstore.h"
#include "core/models/roles.h"
#include "tests/snapshots/snapshot.h"
#include "tests/support/fakefiles.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/accounts/accountsdialog.h"
#include "ui/widgets/accounts/firstrundialog.h"
#include "ui/widgets/chat/composer.h"
#include "ui/widgets/chat/conversationpage.h"
#include "ui/widgets/chat/messageview.h"
#include "ui/widgets/common/flatstyle.h"
#include "ui/widgets/common/theme.h"
#include "ui/widgets/contactlist/addcontactdialog.h"
#include "ui/widgets/contactlist/contactcarddialog.h"
#include "ui/widgets/contactlist/contactlistview.h"
#include "ui/widgets/contactlist/groupmembersdialog.h"
#include "ui/widgets/history/historydialog.h"
#include "ui/widgets/mainwindow.h"
#include "ui/widgets/preferences/preferencesdialog.h"

#include <QApplication>
#include <QFontDatabase>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QRadioButton>
#include <QToolButton>
#include <QTreeWidget>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

/// Knows Zofia, her department, and what she looks like on paper.
class Directory : public DirectoryFacet {
public:
    Async<QList<DirectoryEntry>> search(const QString &) override { return people(); }
    Async<QList<DirectoryEntry>> members(const ContactAddress &) override { return people(); }
    Async<ContactCard> card(const ContactAddress &address) override
    {
        return ready<ContactCard>(ContactCard { .address = address,
            .name = u"Zofia Źdźbło-Śmiałkowska"_s,
            .fields = { { u"Title"_s, u"Head of sales"_s }, { u"Department"_s, u"Kraków"_s },
                { u"Company"_s, u"Litware"_s }, { u"Office"_s, u"2/117"_s },
                { u"Manager"_s, u"Terry Adams"_s }, { u"E-mail"_s, address.value },
                { u"Work phone"_s, u"+48 12 555 0103"_s },
                { u"Web page"_s, u"https://litwareinc.test/~zofia"_s } },
            .photo = {} });
    }

private:
    static Async<QList<DirectoryEntry>> people()
    {
        return ready<QList<DirectoryEntry>>(QList<DirectoryEntry> {
            { .address = { u"zofia@litwareinc.test"_s },
                .name = u"Zofia Źdźbło-Śmiałkowska"_s,
                .details = { { u"title"_s, u"Head of sales"_s }, { u"company"_s, u"Litware"_s } } },
            { .address = { u"haruki@litwareinc.test"_s },
                .name = u"Haruki Sato"_s,
                .details = { { u"title"_s, u"Designer"_s } } },
            { .address = { u"sales@litwareinc.test"_s },
                .name = u"Sales"_s,
                .kind = ContactKind::Group } });
    }
};

} // namespace

/// The window's parts against stored pictures, light and dark, read from either side.
class SnapshotsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void noticesALetter();
    void noticesAShade();
    void toleratesRounding();
    void looksAsStored_data();
    void looksAsStored();
    void cleanup();

private:
    struct World : UiWorld {
        World();
        AccountId sip;
        AccountId xmpp;
        AccountId irc;
        ConversationKey bob;
        ConversationKey carol;
        ConversationKey room;
        Directory directory;
        FakeFiles files;
        void offerFiles();

    private:
        void people();
        void talk();
        void roomTalk();
    };
    QImage picture(const QString &scene, World &world);
    static QImage pictureOf(QWidget &top, QWidget *part = nullptr);
};

void SnapshotsTest::initTestCase()
{
    if (!QString::fromLatin1(qVersion()).startsWith("6.8."_L1)) {
        QSKIP("SKIP-ALL: the stored pictures were drawn by Qt 6.8");
    }
    if (!QFontDatabase::hasFamily(u"DejaVu Sans"_s)) {
        QSKIP("SKIP-ALL: the font DejaVu Sans is missing (Debian: fonts-dejavu-core)");
    }
    QApplication::setStyle(new FlatStyle);
    QApplication::setFont(QFont(u"DejaVu Sans"_s, 10));
    QApplication::setCursorFlashTime(0);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
}

void SnapshotsTest::cleanup()
{
    QApplication::setLayoutDirection(Qt::LeftToRight);
    theme::apply(theme::Scheme::Light);
}

SnapshotsTest::World::World()
    : UiWorld({ u"sip"_s, u"xmpp"_s, u"irc"_s, u"notes"_s })
{
    sip = add(u"sip"_s, u"alice@litwareinc.test"_s, u"Litware"_s);
    xmpp = add(u"xmpp"_s, u"alice@alpha.test"_s, u"alpha.test"_s);
    irc = add(u"irc"_s, u"alice@irc.test"_s, u"Freeway IRC"_s);
    add(u"notes"_s, u"alice@broken.test"_s, u"Old server"_s);
    bob = { sip, u"bob@litwareinc.test"_s, ConversationKind::Person };
    carol = { xmpp, u"carol@alpha.test"_s, ConversationKind::Person };
    room = { irc, u"#linchpin"_s, ConversationKind::Room };
    online();
    session(u"sip"_s).directoryFacet = &directory;
    Error why;
    why.kind = Error::Kind::Network;
    why.code = u"connection-refused"_s;
    why.title = u"The server refused the connection."_s;
    why.detail = u"Connection refused by 192.0.2.7 port 5061"_s;
    why.remedy = u"Check the server's name and port, or ask who runs it."_s;
    session(u"notes"_s).end(why);
    people();
    talk();
    roomTalk();
}

void SnapshotsTest::World::people()
{
    const auto person = [this](const QString &protocol, const QString &address, const QString &name,
                            const QString &group, Availability availability,
                            const QString &note = {}, const QString &activity = {}) {
        contact(protocol, address, name, group.isEmpty() ? QStringList {} : QStringList { group },
            { .availability = availability, .text = note, .activity = activity });
    };
    const QString work = u"Colleagues"_s;
    const QString friends = u"Friends"_s;
    person(u"sip"_s, u"bob@litwareinc.test"_s, u"Bob Kelly"_s, work, Availability::Available,
        u"At my desk until four"_s);
    person(u"sip"_s, u"terry@litwareinc.test"_s, u"Terry Adams"_s, work, Availability::Busy, {},
        u"In a call"_s);
    person(u"sip"_s, u"zofia@litwareinc.test"_s, u"Zofia Źdźbło-Śmiałkowska"_s, work,
        Availability::DoNotDisturb,
        u"Presenting the quarterly numbers to the board; please call Terry instead"_s);
    person(u"sip"_s, u"kim@litwareinc.test"_s, u"Kim Abercrombie"_s, work, Availability::Away);
    person(u"xmpp"_s, u"carol@alpha.test"_s, u"Carol"_s, friends, Availability::Available,
        u"holidays"_s);
    person(u"xmpp"_s, u"omar@alpha.test"_s, u"عمر الفاروق"_s, friends, Availability::Available,
        u"مرحبا بالعالم"_s);
    person(u"xmpp"_s, u"dave@alpha.test"_s, u"Dave"_s, friends, Availability::Offline);
    person(u"xmpp"_s, u"erin@alpha.test"_s, u"Erin"_s, friends, Availability::Unknown);
    QTRY_COMPARE(contacts->persons().size(), 8);
    // One message read, three not.
    const auto lunch = [this](int minute, const QString &text) {
        session(u"xmpp"_s).tell(MessageReceived { inbound(carol.with, text,
            QDateTime(QDate(2024, 3, 1), QTime(9, minute), QTimeZone::UTC),
            u"c%1"_s.arg(minute)) });
    };
    MessagePlace read;
    QObject scope;
    QObject::connect(chats.get(), &ConversationStore::messageArrived, &scope,
        [&read](const Conversation *, const StoredMessage &message) { read = placeOf(message); });
    lunch(0, u"See you tomorrow."_s);
    QTRY_COMPARE(chats->totalUnread(), 1);
    chats->markRead(carol, read);
    QTRY_COMPARE(chats->totalUnread(), 0);
    for (int i = 1; i <= 3; ++i) {
        lunch(i, u"Lunch? %1"_s.arg(i));
    }
    QTRY_COMPARE(chats->totalUnread(), 3);
}

void SnapshotsTest::World::talk()
{
    // Long past, so that no date line ever says "today" or leaves out the year.
    const auto at = [](int day, int minute) {
        return QDateTime(QDate(2024, 3, day), QTime(9, 0), QTimeZone::UTC)
            .addSecs(qint64 { minute } * 60);
    };
    const auto in
        = [&](int day, int minute, const QString &text) { store(bob, text, at(day, minute)); };
    const auto out = [&](int day, int minute, const QString &text, DeliveryState state,
                         const Error &failure = {}) {
        StoredMessage message;
        message.conversation = bob;
        message.direction = Direction::Out;
        message.from = u"alice@litwareinc.test"_s;
        message.body = RichText::fromPlain(text);
        message.sentAt = at(day, minute);
        message.receivedAt = message.sentAt;
        message.delivery = state;
        if (state == DeliveryState::Failed) {
            message.failure = failure;
        }
        QVERIFY(waited(history->append(message)));
    };
    in(1, 0, u"Good morning! Are you joining the design review?"_s);
    out(1, 1, u"Yes, ten minutes late."_s, DeliveryState::Read);
    out(1, 2, u"Zażółć gęślą jaźń: https://intranet.litwareinc.test/reviews/linchpin?view=all"_s,
        DeliveryState::Read);
    in(4, 10, u"مرحبا بالعالم، هل يمكنك إرسال الملف قبل الاجتماع؟"_s);
    in(4, 11,
        u"A longer message, to see how lines break in a bubble: words that do not fit the line "
        u"move to the next one.\nAnd a second paragraph follows here."_s);
    out(4, 20, u"Delivered"_s, DeliveryState::Delivered);
    in(4, 21, u"Fine."_s);
    out(4, 22, u"Taken by the server"_s, DeliveryState::Sent);
    in(4, 23, u"Good."_s);
    Error refused;
    refused.code = u"not-deliverable"_s;
    refused.title = u"Bob cannot be reached now."_s;
    out(4, 24, u"Refused"_s, DeliveryState::Failed, refused);
    out(4, 25, u"On its way"_s, DeliveryState::Queued);
}

void SnapshotsTest::World::roomTalk()
{
    const auto at = [](int minute) {
        return QDateTime(QDate(2024, 3, 4), QTime(15, minute), QTimeZone::UTC);
    };
    RoomChange change;
    change.room = { room.with };
    change.name = room.with;
    change.joined = true;
    change.topic = RoomTopic { .text = u"One messenger that holds your accounts together"_s };
    change.members = QList<RoomMember> { { .nick = u"alice"_s, .self = true },
        { .nick = u"ChanServ"_s, .rank = RoomRank::Operator },
        { .nick = u"qwerty"_s,
            .rank = RoomRank::Voice,
            .presence = { .availability = Availability::Available } },
        { .nick = u"someone_with_a_long_nick"_s,
            .presence = { .availability = Availability::Away } } };
    session(u"irc"_s).tell(RoomChanged { change });
    store(room, u"hello everybody"_s, at(0), Direction::In, u"qwerty"_s, MessageKind::Room);
    for (int i = 0; i < 4; ++i) {
        store(room, u"member_%1 joined"_s.arg(i), at(1), Direction::In, {}, MessageKind::System);
    }
    store(room, u"waves"_s, at(2), Direction::In, u"ChanServ"_s, MessageKind::Action);
    store(room, u"the build is green again, see #42"_s, at(3), Direction::In, u"qwerty"_s,
        MessageKind::Room);
    store(room, u"thanks"_s, at(4), Direction::Out, u"alice"_s, MessageKind::Room);
}

/// One waits for us, one comes, one waits for them. None is over: that would leave a line with
/// today's date.
void SnapshotsTest::World::offerFiles()
{
    FakeSession &from = session(u"sip"_s);
    from.fileFacet = &files;
    const auto offer = [&](const QString &id, const QString &name, qint64 size) {
        from.tell(FileOffered { { .id = id, .with = bob.with, .name = name, .size = size } });
    };
    offer(u"a"_s, u"Zażółć gęślą jaźń & more.odt"_s, 52'311);
    offer(u"b"_s, u"مرحبا بالعالم.pdf"_s, 3'000'000);
    from.tell(FileTransferChanged { u"b"_s, FileTransferState::Running, 1'200'000, {} });
    QFile file(folder.filePath(
        u"The minutes of the design review, with all the pictures and drawings.zip"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.resize(700));
    QVERIFY(waited(chats->files().send(bob, file.fileName())));
}

QImage SnapshotsTest::pictureOf(QWidget &top, QWidget *part)
{
    top.show();
    if (!QTest::qWaitForWindowExposed(&top)) {
        return {};
    }
    return settledPicture(part ? *part : top);
}

QImage SnapshotsTest::picture(const QString &scene, World &world)
{
    const auto withoutFocus = [](QWidget &top) {
        top.show();
        if (QWidget *const focused = top.focusWidget()) {
            focused->clearFocus();
        }
    };
    if (scene.startsWith("accounts-"_L1)) {
        FakeSession &session = world.session(u"sip"_s);
        session.tell(SettingLearned { u"server"_s, u"pool01.litwareinc.test"_s });
        session.tell(SettingLearned { u"port"_s, 5061 });
        AccountsDialog dialog(world.context());
        dialog.resize(720, 520);
        const bool basic = scene == "accounts-basic"_L1;
        dialog.select(basic ? world.accounts->accounts().constLast()->id() : world.sip,
            basic                              ? u"pageBasic"_s
                : scene == "accounts-proxy"_L1 ? u"pageProxy"_s
                                               : u"pageAdvanced"_s);
        withoutFocus(dialog);
        return pictureOf(dialog);
    }
    if (scene == "first-run-failed"_L1) {
        FirstRunDialog dialog(world.context());
        dialog.show();
        dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"alice@example.test"_s);
        dialog.findChild<QRadioButton *>(u"choice-sip"_s)->click();
        dialog.findChild<QPushButton *>(u"signIn"_s)->click();
        Error why;
        why.kind = Error::Kind::Forbidden;
        why.code = u"user-agent-rejected"_s;
        why.title = u"Your server refused this program's name (User-Agent)."_s;
        why.detail = u"403 Forbidden: You are currently not using the recommended version of "
                     u"the client"_s;
        why.remedy = u"Use the name of a client that your server knows."_s;
        why.fix = { { u"server"_s, u"sip.example.test"_s } };
        why.fatal = true;
        world.session(u"sip"_s).end(why);
        withoutFocus(dialog);
        return pictureOf(dialog);
    }
    if (scene.startsWith("first-run"_L1)) {
        FirstRunDialog dialog(world.context());
        dialog.findChild<QLineEdit *>(u"address"_s)
            ->setText(scene == "first-run"_L1       ? u"alice@example.test"_s
                    : scene == "first-run-ended"_L1 ? u"carol@hotmail.com"_s
                                                    : QString());
        if (scene == "first-run"_L1) {
            dialog.findChild<QToolButton *>(u"more"_s)->click();
        }
        withoutFocus(dialog);
        return pictureOf(dialog);
    }
    if (scene == "add-contact"_L1) {
        AddContactDialog dialog(world.context());
        dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"not an address"_s);
        withoutFocus(dialog);
        return pictureOf(dialog);
    }
    if (scene == "add-contact-found"_L1) {
        AddContactDialog dialog(world.context());
        dialog.findChild<QLineEdit *>(u"address"_s)->setText(u"zofia"_s);
        withoutFocus(dialog);
        auto *const found = dialog.findChild<QListWidget *>(u"found"_s);
        return QTest::qWaitFor([&] { return found->count() == 3; }) ? pictureOf(dialog) : QImage();
    }
    if (scene == "contact-card"_L1) {
        ContactCardDialog dialog(world.context());
        dialog.showCard(world.sip, { u"zofia@litwareinc.test"_s });
        auto *const status = dialog.findChild<QLabel *>(u"cardStatus"_s);
        return QTest::qWaitFor([&] { return status->text().isEmpty(); }) ? pictureOf(dialog)
                                                                         : QImage();
    }
    if (scene == "group-members"_L1) {
        GroupMembersDialog dialog(world.context());
        dialog.showGroup(world.sip, { u"sales@litwareinc.test"_s }, u"Sales"_s);
        auto *const members = dialog.findChild<QTreeWidget *>(u"groupMembers"_s);
        return QTest::qWaitFor([&] { return members->topLevelItemCount() == 3; })
            ? pictureOf(dialog)
            : QImage();
    }
    if (scene == "preferences"_L1) {
        PreferencesDialog dialog(world.context());
        withoutFocus(dialog);
        return pictureOf(dialog);
    }
    if (scene == "history"_L1) {
        HistoryDialog dialog(world.context());
        dialog.resize(560, 320);
        dialog.findChild<QLineEdit *>(u"historyWords"_s)->setText(u"message"_s);
        withoutFocus(dialog);
        auto *const hits = dialog.findChild<QListView *>(u"historyHits"_s);
        return QTest::qWaitFor([&] { return hits->model()->rowCount() == 1; }) ? pictureOf(dialog)
                                                                               : QImage();
    }
    world.settings.setValue(
        u"message-layout"_s, scene.endsWith("lines"_L1) ? u"lines"_s : u"bubbles"_s);
    world.settings.setValue(
        u"list-density"_s, scene == "list-compact"_L1 ? u"compact"_s : u"comfortable"_s);
    world.settings.setValue(u"show-offline"_s, true);
    MainWindow window(world.context());
    window.resize(960, 700);
    auto *const side = window.findChild<QWidget *>(u"side"_s);
    if (scene.startsWith("list"_L1)) {
        auto *const list = window.findChild<ContactListView *>();
        const QModelIndex group = list->model()->index(0, 0);
        list->setShown(list->model()
                ->index(0, 0, group)
                .data(ContactRole::ConversationKey)
                .value<ConversationKey>());
        withoutFocus(window);
        return pictureOf(window, side);
    }
    if (scene == "status"_L1) {
        QMenu *const menu = window.findChild<QToolButton *>(u"statusButton"_s)->menu();
        menu->popup({ 0, 0 });
        const QImage image = pictureOf(*menu);
        menu->close();
        return image;
    }
    const ConversationKey key = scene == "unread"_L1 ? world.carol
        : scene.startsWith("room"_L1)                ? world.room
                                                     : world.bob;
    const int rows = scene == "unread"_L1 ? 6 : scene.startsWith("room"_L1) ? 6 : 13;
    if (scene == "files"_L1) {
        world.offerFiles();
    }
    window.openConversation(key);
    ConversationPage *const page = window.currentPage();
    auto *const messages = page->findChild<MessageView *>();
    withoutFocus(window);
    if (!QTest::qWaitFor([&] { return messages->model()->rowCount() >= rows; })) {
        qWarning("%d rows", messages->model()->rowCount());
        return {};
    }
    if (scene == "composer"_L1) {
        auto *const composer = page->findChild<Composer *>();
        composer->setPlainText(u"Two lines are written here,\nand nothing is sent yet."_s);
        window.activateWindow();
        composer->setFocus();
        return QTest::qWaitFor([&] { return composer->hasFocus(); })
            ? pictureOf(window, page->findChild<QWidget *>(u"composerFrame"_s))
            : QImage();
    }
    if (!scene.startsWith("room"_L1) && scene != "unread"_L1 && scene != "files"_L1) {
        world.session(u"sip"_s).tell(
            TypingChanged { .with = key.with, .from = key.with, .composing = true });
    }
    return pictureOf(window, page);
}

void SnapshotsTest::looksAsStored_data()
{
    QTest::addColumn<QString>("scene");
    QTest::addColumn<bool>("dark");
    QTest::addColumn<bool>("mirrored");
    for (const QString &scene :
        { u"list"_s, u"list-compact"_s, u"status"_s, u"bubbles"_s, u"lines"_s, u"unread"_s,
            u"room"_s, u"room-lines"_s, u"composer"_s, u"accounts-basic"_s, u"accounts-advanced"_s,
            u"accounts-proxy"_s, u"first-run"_s, u"first-run-empty"_s, u"first-run-ended"_s,
            u"first-run-failed"_s, u"add-contact"_s, u"add-contact-found"_s, u"contact-card"_s,
            u"group-members"_s, u"preferences"_s, u"history"_s, u"files"_s }) {
        for (const bool dark : { false, true }) {
            for (const bool mirrored : { false, true }) {
                QTest::newRow(qPrintable(
                    scene + (dark ? u"-dark"_s : u"-light"_s) + (mirrored ? u"-rtl"_s : QString())))
                    << scene << dark << mirrored;
            }
        }
    }
}

void SnapshotsTest::looksAsStored()
{
    QFETCH(const QString, scene);
    QFETCH(const bool, dark);
    QFETCH(const bool, mirrored);
    QApplication::setLayoutDirection(mirrored ? Qt::RightToLeft : Qt::LeftToRight);
    theme::apply(dark ? theme::Scheme::Dark : theme::Scheme::Light);
    World world;
    const QString wrong
        = compareWithStored(picture(scene, world), QString::fromUtf8(QTest::currentDataTag()));
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
}

/// A test that compares pictures is worth what it notices.
void SnapshotsTest::noticesALetter()
{
    QLabel label(u"Zażółć gęślą jaźń, said Bob."_s);
    label.setFixedSize(260, 24);
    const QImage before = pictureOf(label);
    QVERIFY(!difference(before, before.copy()).isVisible());
    label.setText(u"Zażółć gęślą jaźń, said Rob."_s);
    const Difference after = difference(pictureOf(label), before);
    QVERIFY(after.isVisible());
    QVERIFY(after.pixels < 400); // of 6240: the rest is as it was
    QVERIFY(difference(before.copy(0, 0, 259, 24), before).isVisible());
}

void SnapshotsTest::noticesAShade()
{
    QImage image(64, 64, QImage::Format_RGB32);
    image.fill(0xf4f5f7);
    QImage other = image;
    QPainter(&other).fillRect(8, 8, 8, 8, QColor(0xd0d5dd));
    QVERIFY(difference(other, image).isVisible());
}

void SnapshotsTest::toleratesRounding()
{
    QImage image(64, 64, QImage::Format_RGB32);
    image.fill(0x808080);
    QImage other(64, 64, QImage::Format_RGB32);
    other.fill(0x868686);
    QVERIFY(!difference(other, image).isVisible());
    for (int i = 0; i < 8; ++i) {
        other.setPixel(i * 3, i * 5, 0xffffff);
    }
    QVERIFY(!difference(other, image).isVisible());
}

int main(int argc, char *argv[])
{
    const QTemporaryDir scratch;
    fixEnvironment(scratch);
    QApplication application(argc, argv);
    SnapshotsTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_snapshots.moc"
