// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/files/filetransferstore.h"
#include "tests/support/fakefiles.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/chat/composer.h"
#include "ui/widgets/chat/conversationpage.h"
#include "ui/widgets/chat/filecard.h"
#include "ui/widgets/common/flatstyle.h"
#include "ui/widgets/common/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

const auto bob = u"bob@litwareinc.test"_s;

/// A page of a conversation with somebody who takes and sends files.
struct FilePage {
    UiWorld world { { u"sip"_s } };
    FakeFiles facet;
    AccountId account;
    ConversationKey key;
    std::unique_ptr<ConversationPage> page;

    explicit FilePage(bool canSend = true)
    {
        account = world.add(u"sip"_s, u"alice@litwareinc.test"_s, u"Litware"_s);
        world.online();
        if (canSend) {
            world.session(u"sip"_s).fileFacet = &facet;
        }
        world.contact(u"sip"_s, bob, u"Bob Kelly"_s, { u"Colleagues"_s },
            { .availability = Availability::Available });
        world.chats->files().setFolder(world.folder.filePath(u"Pobrane"_s));
        key = { account, bob, ConversationKind::Person };
        world.store(key, u"Here are the numbers, and the photo."_s, world.clock.now());
        page = std::make_unique<ConversationPage>(world.context(), *world.chats->ensure(key));
        page->resize(760, 560);
        page->show();
        QVERIFY(QTest::qWaitForWindowExposed(page.get()));
    }

    void offer(const QString &id, const QString &name, qint64 size) const
    {
        world.session(u"sip"_s).tell(
            FileOffered { { .id = id, .with = bob, .name = name, .size = size } });
    }
    void tell(const QString &id, FileTransferState state, qint64 bytes,
        const std::optional<Error> &failure = {}) const
    {
        world.session(u"sip"_s).tell(FileTransferChanged { id, state, bytes, failure });
    }
    QList<FileCard *> cards() const { return page->findChildren<FileCard *>(); }
    FileCard *card() const { return cards().value(0); }
    template <class T = QPushButton> T *part(const QString &name) const
    {
        return card() ? card()->findChild<T *>(name) : nullptr;
    }
    QString state() const { return part<QLabel>(u"fileState"_s)->text(); }
    bool has(const QString &button) const
    {
        const auto *const widget = part<QWidget>(button);
        return widget != nullptr && widget->isVisible();
    }
    /// The file is accepted and has come whole.
    void receiveWhole(const QString &id, const QByteArray &bytes)
    {
        QTest::mouseClick(part(u"fileAccept"_s), Qt::LeftButton);
        QTRY_VERIFY(facet.sinks.contains(id));
        const auto sink = facet.sinks.take(id);
        QVERIFY(waited(sink->write(bytes)) && waited(sink->commit()));
        tell(id, FileTransferState::Done, bytes.size());
    }
    QString make(const QString &name, const QByteArray &bytes) const
    {
        QFile file(world.folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
            qFatal("cannot write");
        }
        return file.fileName();
    }
};

} // namespace

class TstFileCards : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale::c());
        QApplication::setStyle(new FlatStyle);
    }

    void accepting();
    void byKeyboard();
    void declining();
    void cancelling();
    void programsAreNotOpened();
    void noRoom();
    void hostileNames();
    void sendingByDrop();
    void sendingByPaste();
    void notWhereNobodyTakesFiles();
    void otherConversations();
    void allAreSeen();
    void pictures_data();
    void anOfferWaitsToBeRead();
    void pictures();
};

void TstFileCards::accepting()
{
    FilePage test;
    QVERIFY(!test.card());
    test.offer(u"1"_s, u"numbers.pdf"_s, 5);
    QVERIFY(test.card() && test.card()->isVisible());
    QCOMPARE(test.state(), u"5 bytes · offered by Bob Kelly"_s);
    QVERIFY(test.has(u"fileAccept"_s) && test.has(u"fileSaveAs"_s) && test.has(u"fileDecline"_s));
    QVERIFY(!test.has(u"fileCancel"_s) && !test.has(u"fileOpen"_s) && !test.has(u"fileDismiss"_s));
    QCOMPARE(test.part(u"fileAccept"_s)->accessibleName(), u"Accept numbers.pdf"_s);
    QTest::mouseClick(test.part(u"fileAccept"_s), Qt::LeftButton);
    QTRY_VERIFY(test.facet.sinks.contains(u"1"_s));
    QVERIFY(!test.has(u"fileAccept"_s) && test.has(u"fileCancel"_s));
    const auto sink = test.facet.sinks.take(u"1"_s);
    QVERIFY(waited(sink->write("hello"_ba)).has_value());
    test.tell(u"1"_s, FileTransferState::Running, 2);
    QVERIFY(test.has(u"fileProgress"_s));
    QCOMPARE(test.part<QProgressBar>(u"fileProgress"_s)->value(), 400);
    QCOMPARE(test.state(), u"Receiving · 2 bytes of 5 bytes"_s);
    QVERIFY(waited(sink->commit()).has_value());
    test.tell(u"1"_s, FileTransferState::Done, 5);
    QVERIFY(test.state().startsWith(u"5 bytes · saved in "_s));
    QVERIFY(test.has(u"fileOpen"_s) && test.has(u"fileShow"_s) && test.has(u"fileDismiss"_s));
    QTest::mouseClick(test.part<QToolButton>(u"fileDismiss"_s), Qt::LeftButton);
    QTRY_VERIFY(!test.card());
}

void TstFileCards::byKeyboard()
{
    FilePage test;
    test.offer(u"1"_s, u"a.txt"_s, 5);
    auto *const accept = test.part(u"fileAccept"_s);
    test.page->activateWindow();
    accept->setFocus();
    QTRY_VERIFY(accept->hasFocus());
    QTest::keyClick(accept, Qt::Key_Space);
    QTRY_VERIFY(test.facet.sinks.contains(u"1"_s));
    QTRY_VERIFY(test.part<QToolButton>(u"fileCancel"_s)->hasFocus()); // it stays in the card
    QTest::keyClick(test.part<QToolButton>(u"fileCancel"_s), Qt::Key_Space);
    QCOMPARE(test.facet.cancelled, QStringList { u"1"_s });
    QVERIFY(test.part<QToolButton>(u"fileDismiss"_s)->hasFocus());
}

void TstFileCards::declining()
{
    FilePage test;
    test.offer(u"1"_s, u"a.txt"_s, 5);
    QTest::mouseClick(test.part(u"fileDecline"_s), Qt::LeftButton);
    QCOMPARE(test.facet.cancelled, QStringList { u"1"_s });
    QCOMPARE(test.state(), u"Declined"_s);
}

void TstFileCards::cancelling()
{
    FilePage test;
    const auto sent
        = waited(test.world.chats->files().send(test.key, test.make(u"a.txt"_s, "xyz"_ba)));
    QVERIFY(sent.has_value());
    QCOMPARE(test.state(), u"3 bytes · waiting for Bob Kelly"_s);
    test.tell(sent->file.id, FileTransferState::Running, 1);
    QCOMPARE(test.state(), u"Sending · 1 bytes of 3 bytes"_s);
    QTest::mouseClick(test.part<QToolButton>(u"fileCancel"_s), Qt::LeftButton);
    QCOMPARE(test.facet.cancelled, QStringList { sent->file.id });
    QCOMPARE(test.state(), u"Cancelled"_s);
}

void TstFileCards::programsAreNotOpened()
{
    QVERIFY(isProgramFile(u"/x/Photo.JPG.exe"_s));
    QVERIFY(isProgramFile(u"start.desktop"_s));
    QVERIFY(!isProgramFile(u"photo.jpg"_s));
    FilePage test;
    test.offer(u"1"_s, u"setup.exe"_s, 2);
    test.receiveWhole(u"1"_s, "MZ"_ba);
    QVERIFY(!test.has(u"fileOpen"_s));
    QVERIFY(test.has(u"fileShow"_s));
}

void TstFileCards::noRoom()
{
    FilePage test;
    test.offer(u"1"_s, u"huge.iso"_s, qint64 { 1 } << 60);
    QTest::mouseClick(test.part(u"fileAccept"_s), Qt::LeftButton);
    QTRY_COMPARE(test.state(), u"There is not enough room on the disk for this file."_s);
    QVERIFY(test.has(u"fileSaveAs"_s)); // elsewhere there may be
}

void TstFileCards::hostileNames()
{
    FilePage test;
    test.offer(u"1"_s, u"../<b>photo\u202Egpj.exe"_s, 2);
    QCOMPARE(test.part<QLabel>(u"fileName"_s)->text(), u"_b_photogpj.exe"_s);
}

void TstFileCards::sendingByDrop()
{
    FilePage test;
    // A drop goes to who took the drag.
    const auto drag = [&test](const QMimeData &what) {
        QDragEnterEvent enter(
            QPoint(100, 100), Qt::CopyAction, &what, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(test.page.get(), &enter);
        return enter.isAccepted();
    };
    QMimeData data;
    data.setUrls({ QUrl::fromLocalFile(test.make(u"Zażółć 🦄.txt"_s, "x"_ba)),
        QUrl::fromLocalFile(test.make(u"b.txt"_s, "y"_ba)), QUrl(u"https://example.test/c"_s) });
    QDropEvent drop(
        QPointF(100, 100), Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton, Qt::NoModifier);
    QVERIFY(test.page->acceptDrops());
    QVERIFY(drag(data));
    QCoreApplication::sendEvent(test.page.get(), &drop);
    QCOMPARE(drop.dropAction(), Qt::CopyAction);
    QTRY_COMPARE(test.facet.offers.size(), 2);
    QTRY_COMPARE(test.cards().size(), 2);
    data.setUrls({ QUrl::fromLocalFile(u"/"_s) });
    QDropEvent folder(QPointF(100, 100), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QVERIFY(drag(data));
    QCoreApplication::sendEvent(test.page.get(), &folder);
    auto *const notice = test.page->findChild<QLabel *>(u"notice"_s);
    QTRY_VERIFY(notice->text().startsWith(u"Only single files can be sent"_s));
}

void TstFileCards::sendingByPaste()
{
    FilePage test;
    auto *const data = new QMimeData;
    data->setUrls({ QUrl::fromLocalFile(test.make(u"a.txt"_s, "x"_ba)) });
    QApplication::clipboard()->setMimeData(data);
    auto *const composer = test.page->findChild<Composer *>();
    composer->paste();
    QTRY_COMPARE(test.facet.offers.size(), 1);
    QVERIFY(composer->toPlainText().isEmpty());
    QApplication::clipboard()->setText(u"words"_s);
    composer->paste();
    QCOMPARE(composer->toPlainText(), u"words"_s);
}

void TstFileCards::notWhereNobodyTakesFiles()
{
    FilePage test(false);
    const auto *const attach = test.page->findChild<QToolButton *>(u"attachButton"_s);
    QVERIFY(!attach->isVisible());
    QVERIFY(!test.page->acceptDrops());
    test.world.session(u"sip"_s).fileFacet = &test.facet;
    Q_EMIT test.world.chats->files().availabilityChanged(test.account);
    QVERIFY(attach->isVisible());
    QCOMPARE(attach->accessibleName(), u"Send file…"_s);
    test.world.session(u"sip"_s).end(
        { .kind = Error::Kind::Network, .code = u"connection-closed"_s });
    QVERIFY(!attach->isVisible());
}

void TstFileCards::otherConversations()
{
    FilePage test;
    test.world.session(u"sip"_s).tell(FileOffered {
        { .id = u"1"_s, .with = u"eve@litwareinc.test"_s, .name = u"a.txt"_s, .size = 1 } });
    QVERIFY(!test.card());
}

/// Also where the cards are older than the page.
void TstFileCards::allAreSeen()
{
    FilePage test;
    for (const QString &id : { u"1"_s, u"2"_s, u"3"_s }) {
        test.offer(id, id + u".txt"_s, 100);
    }
    test.page = std::make_unique<ConversationPage>(
        test.world.context(), *test.world.chats->ensure(test.key));
    test.page->resize(760, 700);
    test.page->show();
    QVERIFY(QTest::qWaitForWindowExposed(test.page.get()));
    const auto *const cards = test.page->findChild<QScrollArea *>(u"fileCards"_s);
    QTRY_COMPARE(cards->viewport()->height(), cards->widget()->height());
    test.tell(u"2"_s, FileTransferState::Running, 50);
    QTRY_VERIFY(test.cards().at(1)->height() > test.cards().at(0)->height());
    QTRY_COMPARE(cards->viewport()->height(), cards->widget()->height());
}

void TstFileCards::pictures_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

/// Whoever is not looking finds the offer: it waits to be read, and is there after a restart.
void TstFileCards::anOfferWaitsToBeRead()
{
    FilePage test;
    const Conversation *const conversation = test.world.chats->find(test.key);
    test.page.reset(); // who looks has read it
    const int before = conversation->summary().unread;
    test.offer(u"1"_s, u"Zażółć.odt"_s, 5);
    QTRY_VERIFY(conversation->summary().unread > before);
    QVERIFY(conversation->summary().lastExcerpt.contains(u"Zażółć.odt"_s));
}

void TstFileCards::pictures()
{
    QFETCH(bool, dark);
    theme::apply(dark ? theme::Scheme::Dark : theme::Scheme::Light);
    FilePage test;
    test.page->resize(760, 760);
    test.offer(u"0"_s, u"numbers 2026 Q3.pdf"_s, 7);
    test.receiveWhole(u"0"_s, "numbers"_ba);
    test.offer(u"1"_s, u"Zażółć gęślą jaźń — 雪子 🦄.odt"_s, 2'100'000);
    test.offer(u"2"_s, u"video.mkv"_s, 734'003'200);
    test.tell(u"2"_s, FileTransferState::Running, 312'000'000);
    test.offer(u"3"_s, u"damaged.zip"_s, 300'000);
    test.tell(u"3"_s, FileTransferState::Failed, 0,
        Error { .kind = Error::Kind::Protocol,
            .code = u"file-damaged"_s,
            .title = u"The file was damaged on its way and has not been kept."_s });
    QCOMPARE(test.cards().size(), 4);
    QTRY_VERIFY(test.cards().constLast()->height() > 20);
    const QImage image = test.page->grab().toImage();
    QVERIFY(!image.isNull());
    const QString folder = qEnvironmentVariable("LINCHPIN_PICTURES");
    if (!folder.isEmpty()) {
        QVERIFY(QDir().mkpath(folder));
        QVERIFY(image.save(folder + (dark ? u"/files-dark.png"_s : u"/files-light.png"_s)));
    }
    theme::apply(theme::Scheme::System);
}

QTEST_MAIN(TstFileCards)
#include "tst_filecards.moc"
