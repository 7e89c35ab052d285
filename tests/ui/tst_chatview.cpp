// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/models/roles.h"
#include "tests/ui/uiworld.h"
#include "ui/widgets/chat/composer.h"
#include "ui/widgets/chat/conversationpage.h"
#include "ui/widgets/chat/messageview.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QToolButton>

using namespace Qt::StringLiterals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

/// A world with one account online and a conversation with `count` messages of the past.
struct Chat {
    UiWorld world;
    ConversationKey key;
    std::unique_ptr<ConversationPage> page;
    MessageView *view = nullptr;
    Composer *composer = nullptr;

    explicit Chat(int count)
    {
        const AccountId id = world.add(u"fake"_s, u"alice@alpha.test"_s);
        world.online();
        key = { id, u"bob@b.test"_s, ConversationKind::Person };
        QList<StoredMessage> all;
        for (int i = 0; i < count; ++i) {
            StoredMessage message;
            message.conversation = key;
            message.from = key.with;
            message.body = RichText::fromPlain(u"message number %1"_s.arg(i));
            message.remoteId = u"r%1"_s.arg(i);
            message.sentAt = world.clock.now().addSecs(qint64 { i - count } * 400);
            message.receivedAt = message.sentAt;
            all.append(message);
        }
        if (count > 0 && !waited(world.history->appendMany(all))) {
            qFatal("cannot store");
        }
        Conversation *const conversation = world.chats->ensure(key);
        page = std::make_unique<ConversationPage>(world.context(), *conversation);
        page->resize(600, 500);
        view = page->findChild<MessageView *>();
        composer = page->findChild<Composer *>();
        QSignalSpy ready(view->messages(), &MessageListModel::ready);
        page->show();
        if (!QTest::qWaitForWindowExposed(page.get()) || (ready.isEmpty() && !ready.wait())) {
            qFatal("no page");
        }
        QTest::qWait(0);
    }
    void arrive(const QString &text, int id) const
    {
        world.session().tell(MessageReceived {
            inbound(key.with, text, world.clock.now().addSecs(id), u"new%1"_s.arg(id)) });
    }
    QString topText() const { return view->indexAt({ 100, 60 }).data().toString(); }
};

} // namespace

class ChatViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensAtTheEnd();
    void followsTheEnd();
    void keepsTheReadersPlace();
    void pagesBackWithoutAJump();
    void retriesAFailedMessage();
    void selectsAndCopies();
    void sends();
    void composerHistory();
    void completes();
    void keepsDrafts();
    void draftsAreOnDiskWhileTyping();
};

void ChatViewTest::opensAtTheEnd()
{
    const Chat chat(500);
    QTRY_VERIFY(chat.view->isAtEnd());
    QVERIFY(chat.view->messages()->rowCount() < 300); // a page, not everything
    const int rows = chat.view->messages()->rowCount();
    QVERIFY(chat.view->messages()->index(rows - 1, 0).data().toString().contains(u"499"_s));
    QVERIFY(!chat.view->findChild<QToolButton *>(u"toEnd"_s)->isVisible());
}

void ChatViewTest::followsTheEnd()
{
    const Chat chat(100);
    QTRY_VERIFY(chat.view->isAtEnd());
    const int rows = chat.view->messages()->rowCount();
    for (int i = 0; i < 10; ++i) {
        chat.arrive(u"こんにちは世界 %1"_s.arg(i), i);
    }
    QTRY_VERIFY(chat.view->messages()->rowCount() >= rows + 10);
    QTRY_VERIFY(chat.view->isAtEnd());
}

void ChatViewTest::keepsTheReadersPlace()
{
    const Chat chat(100);
    QTRY_VERIFY(chat.view->isAtEnd());
    QScrollBar *const bar = chat.view->verticalScrollBar();
    bar->setValue(bar->maximum() - 700);
    QTest::qWait(50); // pages that the scrolling asked for
    const QString before = chat.topText();
    QVERIFY(!before.isEmpty());
    const int rows = chat.view->messages()->rowCount();
    for (int i = 0; i < 10; ++i) {
        chat.arrive(u"new %1"_s.arg(i), i);
    }
    QTRY_VERIFY(chat.view->messages()->rowCount() > rows || chat.view->messages()->newBelow() > 0);
    QTest::qWait(20);
    QCOMPARE(chat.topText(), before);
    auto *const button = chat.view->findChild<QToolButton *>(u"toEnd"_s);
    QVERIFY(button && button->isVisible());
    button->click();
    QTRY_VERIFY(chat.view->isAtEnd());
}

void ChatViewTest::pagesBackWithoutAJump()
{
    const Chat chat(400);
    QTRY_VERIFY(chat.view->isAtEnd());
    QScrollBar *const bar = chat.view->verticalScrollBar();
    const QModelIndex first = chat.view->indexAt({ 100, 60 });
    QVERIFY(first.isValid());
    bar->setValue(300);
    QPersistentModelIndex top = chat.view->indexAt({ 100, 60 });
    const int y = chat.view->visualRect(top).top();
    const QString text = top.data().toString();
    const int rows = chat.view->messages()->rowCount();
    QTRY_VERIFY(chat.view->messages()->rowCount() > rows);
    QTest::qWait(20);
    QVERIFY(top.isValid());
    QCOMPARE(top.data().toString(), text);
    QVERIFY2(std::abs(chat.view->visualRect(top).top() - y) <= 2,
        qPrintable(u"moved by %1 px"_s.arg(chat.view->visualRect(top).top() - y)));
}

void ChatViewTest::retriesAFailedMessage()
{
    const Chat chat(0);
    QTest::keyClicks(chat.composer, u"will fail"_s);
    QTest::keyClick(chat.composer, Qt::Key_Return);
    FakeSession &session = chat.world.session();
    QTRY_COMPARE(session.sent.size(), 1);
    Error why;
    why.code = u"not-deliverable"_s;
    why.title = u"Bob cannot be reached now."_s;
    session.sent.constFirst().answer.give(std::unexpected(why));
    MessageListModel *const model = chat.view->messages();
    QTRY_COMPARE(model->index(model->rowCount() - 1, 0).data(MessageRole::Delivery).toInt(),
        static_cast<int>(DeliveryState::Failed));
    QTest::qWait(20);
    // The words under the bubble are a button.
    QSignalSpy retried(chat.view, &MessageView::retryRequested);
    const QRect row = chat.view->visualRect(model->index(model->rowCount() - 1, 0));
    QTest::mouseClick(chat.view->viewport(), Qt::LeftButton, {},
        QPoint(chat.view->viewport()->width() - 60, row.bottom() - 6));
    QCOMPARE(retried.size(), 1);
    QTRY_COMPARE(session.sent.size(), 2);
}

void ChatViewTest::selectsAndCopies()
{
    const Chat chat(3);
    MessageListModel *const model = chat.view->messages();
    const QRect row = chat.view->visualRect(model->index(model->rowCount() - 1, 0));
    QVERIFY(row.isValid());
    const QPoint inText(90, row.center().y());
    QTest::mouseDClick(chat.view->viewport(), Qt::LeftButton, {}, inText);
    QVERIFY(u"message number 2"_s.contains(chat.view->selectedText()));
    QVERIFY(!chat.view->selectedText().isEmpty());
    QTest::keySequence(chat.view, QKeySequence::Copy);
    QCOMPARE(QGuiApplication::clipboard()->text(), chat.view->selectedText());
}

void ChatViewTest::sends()
{
    const Chat chat(0);
    QSignalSpy submitted(chat.composer, &Composer::submitted);
    QTest::keyClick(chat.composer, Qt::Key_Return);
    QCOMPARE(submitted.size(), 0); // nothing to send
    chat.composer->setPlainText(u"Zażółć 👩‍👩‍👧‍👦🦄𝄞"_s);
    QTest::keyClick(chat.composer, Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(submitted.size(), 0);
    QTest::keyClick(chat.composer, Qt::Key_Return);
    QCOMPARE(submitted.size(), 1);
    QVERIFY(chat.composer->toPlainText().isEmpty());
    QTRY_COMPARE(chat.world.session().sent.size(), 1);
    QVERIFY(chat.world.session().sent.constFirst().message.body.plain().contains(
        u"👩‍👩‍👧‍👦🦄𝄞"_s));
    QTRY_VERIFY(chat.view->messages()->rowCount() > 0);
}

void ChatViewTest::composerHistory()
{
    Composer composer;
    composer.setInputHistory({ u"first"_s, u"second"_s });
    composer.setPlainText(u"being written"_s);
    QTest::keyClick(&composer, Qt::Key_Up);
    QCOMPARE(composer.toPlainText(), u"second"_s);
    QTest::keyClick(&composer, Qt::Key_Up);
    QTest::keyClick(&composer, Qt::Key_Up);
    QCOMPARE(composer.toPlainText(), u"first"_s);
    QTest::keyClick(&composer, Qt::Key_Down);
    QTest::keyClick(&composer, Qt::Key_Down);
    QCOMPARE(composer.toPlainText(), u"being written"_s);
}

void ChatViewTest::completes()
{
    Composer composer;
    composer.setCompletions({ u"bob"_s, u"Bożena"_s, u"carol"_s }, { u"join"_s, u"me"_s });
    QTest::keyClicks(&composer, u"bo"_s);
    QTest::keyClick(&composer, Qt::Key_Tab);
    QCOMPARE(composer.toPlainText(), u"bob: "_s);
    QTest::keyClick(&composer, Qt::Key_Tab);
    QCOMPARE(composer.toPlainText(), u"Bożena: "_s);
    QTest::keyClicks(&composer, u"ask c"_s);
    QTest::keyClick(&composer, Qt::Key_Tab);
    QCOMPARE(composer.toPlainText(), u"Bożena: ask carol "_s);
    composer.clear();
    QTest::keyClicks(&composer, u"/j"_s);
    QTest::keyClick(&composer, Qt::Key_Tab);
    QCOMPARE(composer.toPlainText(), u"/join "_s);
}

void ChatViewTest::keepsDrafts()
{
    Chat chat(0);
    chat.composer->setPlainText(u"half a thought"_s);
    chat.page.reset();
    QCOMPARE(chat.world.chats->find(chat.key)->summary().draft, u"half a thought"_s);
    const ConversationPage again(chat.world.context(), *chat.world.chats->find(chat.key));
    QCOMPARE(again.findChild<Composer *>()->toPlainText(), u"half a thought"_s);
    // One writes on where one stopped, or sends it as it is.
    QVERIFY(again.findChild<Composer *>()->textCursor().atEnd());
    QVERIFY(again.findChild<QToolButton *>(u"sendButton"_s)->isEnabled());
}

/// What another reader of the file sees is what kill -9 leaves. Nothing pauses, closes or loses
/// the focus here.
void ChatViewTest::draftsAreOnDiskWhileTyping()
{
    Chat chat(0);
    const auto onDisk = [&chat] {
        HistoryStore reader(chat.world.folder.filePath(u"history.sqlite"_s));
        if (!waited(reader.open())) {
            return QString();
        }
        ConversationStore left(*chat.world.accounts, reader);
        const bool loaded = waited(left.load()).has_value();
        const Conversation *const found = loaded ? left.find(chat.key) : nullptr;
        return found ? found->summary().draft : QString();
    };
    const QString begun = u"Zażółć gęślą jaźń こんにちは 🦄"_s;
    chat.composer->insertPlainText(begun);
    QTRY_VERIFY([&] {
        chat.composer->insertPlainText(u"."_s); // no pause
        return onDisk().startsWith(begun);
    }());
    // Sent is sent: nothing of it comes back as a draft.
    QTest::keyClick(chat.composer, Qt::Key_Return);
    QTRY_COMPARE(onDisk(), QString());
}

QTEST_MAIN(ChatViewTest)
#include "tst_chatview.moc"
