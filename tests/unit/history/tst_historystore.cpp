// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/historystore.h"
#include "tests/support/waited.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimeZone>

using namespace Qt::StringLiterals;
using namespace linchpin;
using linchpin::test::waited;

namespace {

const AccountId kAccount { u"11111111-1111-1111-1111-111111111111"_s };
const AccountId kOther { u"22222222-2222-2222-2222-222222222222"_s };
const ConversationKey kBob { kAccount, u"bob@alpha.test"_s, ConversationKind::Person };
const ConversationKey kRoom { kAccount, u"#linchpin"_s, ConversationKind::Room };

QDateTime at(qint64 seconds)
{
    return QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + seconds * 1000, QTimeZone::UTC);
}

StoredMessage incoming(const QString &text, qint64 seconds, const ConversationKey &key = kBob)
{
    StoredMessage message;
    message.conversation = key;
    message.from = u"bob@alpha.test"_s;
    message.body = RichText::fromPlain(text);
    message.sentAt = at(seconds);
    message.receivedAt = at(seconds + 1);
    return message;
}

StoredMessage outgoing(const QString &text, qint64 seconds, const QString &originId)
{
    StoredMessage message = incoming(text, seconds);
    message.from = u"alice@alpha.test"_s;
    message.direction = Direction::Out;
    message.delivery = DeliveryState::Queued;
    message.originId = originId;
    return message;
}

/// The value, or the test's end in a way that says why.
template <class T> T valueOf(const Async<T> &future)
{
    const Result<T> result = waited(future);
    if (!result) {
        qFatal("%s: %s", qPrintable(result.error().code), qPrintable(result.error().detail));
    }
    if constexpr (!std::is_void_v<T>) {
        return *result;
    }
}

QStringList textsOf(const HistoryPage &page)
{
    QStringList texts;
    for (const StoredMessage &message : page.messages) {
        texts.append(message.body.plain());
    }
    return texts;
}

QStringList foundBy(HistoryStore &store, const QString &words)
{
    SearchRequest request;
    request.words = words;
    QStringList texts;
    for (const SearchHit &hit : valueOf(store.search(request))) {
        texts.append(hit.message.body.plain());
    }
    return texts;
}

} // namespace

class tst_HistoryStore : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();

    void keepsEveryField();
    void survivesReopening();
    void dropsRepeats_data();
    void dropsRepeats();
    void ownMessageComesBack_data();
    void ownMessageComesBack();
    void pagesByPlace();
    void pagesAround();
    void sameInstantKeepsItsOrder();
    void deliveryOnlyAdvances();
    void failureIsKept();
    void updatesByNetworkId();
    void correctsOnlyTheAuthorsMessage();
    void retractionLeavesNoText();
    void ownMessagesAreNotTakenBackByOthers();
    void outboxIsOldestFirst();
    void countsUnread();
    void archiveCountsAfterReadPosition();
    void summaries();
    void drafts();
    void gapsThatTouchBecomeOne();
    void contacts();
    void searches_data();
    void searches();
    void searchIsNewestFirst();
    void searchPagesAndFilters();
    void highlights();
    void removes();
    void unusableBeforeOpen();

private:
    QTemporaryDir m_folder;
    QString file() const { return m_folder.filePath(u"history.sqlite"_s); }
    std::unique_ptr<HistoryStore> m_store;
};

void tst_HistoryStore::init()
{
    for (const QString &suffix : { u""_s, u"-wal"_s, u"-shm"_s }) {
        QFile::remove(file() + suffix);
    }
    m_store = std::make_unique<HistoryStore>(file());
    valueOf(m_store->open());
}

void tst_HistoryStore::cleanup()
{
    m_store.reset();
}

void tst_HistoryStore::keepsEveryField()
{
    StoredMessage message = outgoing(
        u"Zażółć gęślą jaźń こんにちは世界 مرحبا e\u0301 👩‍👩‍👧‍👦🦄𝄞"_s,
        5, u"11e9"_s);
    message.body = RichText::fromHtml(
        u"<b>Zażółć</b> <i><a href=\"https://linchpin.test/\">世界</a></i> <font color=\"#ff0000\">🦄</font>"_s);
    message.kind = MessageKind::Action;
    message.fromName = u"Alice"_s;
    message.remoteId = u"r1"_s;
    message.serverId = u"s1"_s;
    message.delivery = DeliveryState::Failed;
    message.failure = Error { .kind = Error::Kind::Forbidden,
        .code = u"user-agent-rejected"_s,
        .title = u"Refused."_s,
        .detail = u"403 …"_s,
        .remedy = u"Change it."_s,
        .fatal = true,
        .fix = { { u"user-agent"_s, u"UCCP/2.0"_s } } };
    message.delayed = true;
    message.fromArchive = true;
    message.mentionsMe = true;
    message.replyTo = { u"r0"_s, u"bob@alpha.test"_s, u"earlier"_s };
    message.edited = true;
    message.reactions = { { u"bob@alpha.test"_s, { u"👍"_s, u"🦄"_s } } };
    message.encryption = Encryption::Omemo;

    const auto appended = valueOf(m_store->append(message));
    QVERIFY(!appended.id.isNull());
    QVERIFY(!appended.duplicate);
    message.id = appended.id;
    QCOMPARE(valueOf(m_store->message(appended.id)), message);
    QCOMPARE(valueOf(m_store->newest(kBob, 10)).messages, QList { message });
    QVERIFY(appended.id.value < (qint64 { 1 } << 53)); // exact as a JSON number
}

void tst_HistoryStore::survivesReopening()
{
    valueOf(m_store->append(incoming(u"kept"_s, 1)));
    m_store = std::make_unique<HistoryStore>(file());
    valueOf(m_store->open());
    QCOMPARE(textsOf(valueOf(m_store->newest(kBob, 10))), QStringList { u"kept"_s });
}

void tst_HistoryStore::dropsRepeats_data()
{
    QTest::addColumn<QStringList>("first"); // remote, server, origin, author
    QTest::addColumn<QStringList>("second");
    QTest::addColumn<bool>("repeat");
    const QString bob = u"bob@alpha.test"_s;
    const QString eve = u"eve@alpha.test"_s;
    const auto row = [](const char *name, const QStringList &first, const QStringList &second,
                         bool repeat) { QTest::newRow(name) << first << second << repeat; };
    row("no ids at all", { {}, {}, {}, bob }, { {}, {}, {}, bob }, false);
    row("same remote id", { u"r"_s, {}, {}, bob }, { u"r"_s, {}, {}, bob }, true);
    row("same server id", { u"r"_s, u"s"_s, {}, bob }, { u"x"_s, u"s"_s, {}, bob }, true);
    row("same origin id", { {}, {}, u"o"_s, bob }, { {}, {}, u"o"_s, bob }, true);
    row("other remote id", { u"r"_s, {}, {}, bob }, { u"q"_s, {}, {}, bob }, false);
    row("remote id stolen by another", { u"r"_s, {}, {}, bob }, { u"r"_s, {}, {}, eve }, false);
    row("origin id stolen by another", { {}, {}, u"o"_s, bob }, { {}, {}, u"o"_s, eve }, false);
    row("archive's copy brings the server id", { u"r"_s, {}, {}, bob }, { u"r"_s, u"s"_s, {}, bob },
        true);
}

void tst_HistoryStore::dropsRepeats()
{
    QFETCH(QStringList, first);
    QFETCH(QStringList, second);
    QFETCH(bool, repeat);
    const auto made = [](const QStringList &ids, qint64 seconds) {
        StoredMessage message = incoming(u"text"_s, seconds, kRoom);
        message.remoteId = ids.at(0);
        message.serverId = ids.at(1);
        message.originId = ids.at(2);
        message.from = ids.at(3);
        return message;
    };
    const auto one = valueOf(m_store->append(made(first, 1)));
    const auto two = valueOf(m_store->append(made(second, 2)));
    QCOMPARE(two.duplicate, repeat);
    QCOMPARE(two.id == one.id, repeat);
    QCOMPARE(valueOf(m_store->newest(kRoom, 10)).messages.size(), repeat ? 1 : 2);
    if (repeat && first.at(1).isEmpty() && !second.at(1).isEmpty()) {
        QCOMPARE(valueOf(m_store->message(one.id)).serverId, second.at(1));
        QVERIFY(two.changed);
    }
    // The same id in another conversation is another message.
    StoredMessage elsewhere = made(first, 3);
    elsewhere.conversation = kBob;
    QVERIFY(!valueOf(m_store->append(elsewhere)).duplicate);
}

void tst_HistoryStore::ownMessageComesBack_data()
{
    QTest::addColumn<bool>("byOrigin");
    QTest::addColumn<DeliveryState>("was");
    QTest::addColumn<DeliveryState>("becomes");
    QTest::newRow("echo by origin id") << true << DeliveryState::Submitted << DeliveryState::Sent;
    QTest::newRow("carbon by remote id")
        << false << DeliveryState::Submitted << DeliveryState::Sent;
    QTest::newRow("archive proves it arrived")
        << true << DeliveryState::Unconfirmed << DeliveryState::Sent;
    QTest::newRow("archive proves the failure wrong")
        << true << DeliveryState::Failed << DeliveryState::Sent;
    QTest::newRow("never back") << true << DeliveryState::Read << DeliveryState::Read;
}

void tst_HistoryStore::ownMessageComesBack()
{
    QFETCH(bool, byOrigin);
    QFETCH(DeliveryState, was);
    QFETCH(DeliveryState, becomes);
    StoredMessage mine = outgoing(u"hello"_s, 1, u"o1"_s);
    mine.remoteId = byOrigin ? QString() : u"r1"_s;
    mine.delivery = was;
    if (was == DeliveryState::Failed) {
        mine.failure = Error { .code = u"no"_s, .title = u"No."_s };
    }
    const auto first = valueOf(m_store->append(mine));

    StoredMessage back = outgoing(u"hello"_s, 2, byOrigin ? u"o1"_s : QString());
    back.from = u"alice@alpha.test/other-device"_s; // as our own message comes back
    back.remoteId = u"r1"_s;
    back.serverId = u"s1"_s;
    back.delivery = DeliveryState::Sent;
    const auto second = valueOf(m_store->append(back));
    QVERIFY(second.duplicate);
    QCOMPARE(second.id, first.id);
    QVERIFY(second.changed);
    const StoredMessage now = valueOf(m_store->message(first.id));
    QCOMPARE(now.delivery, becomes);
    QCOMPARE(now.remoteId, u"r1"_s);
    QCOMPARE(now.serverId, u"s1"_s);
    QVERIFY(!now.failure);
    QCOMPARE(valueOf(m_store->newest(kBob, 10)).messages.size(), 1);
}

void tst_HistoryStore::pagesByPlace()
{
    QList<StoredMessage> all;
    for (int i = 0; i < 25; ++i) {
        all.append(incoming(QString::number(i), i));
    }
    valueOf(m_store->appendMany(all));
    HistoryPage page = valueOf(m_store->newest(kBob, 10));
    QCOMPARE(page.messages.size(), 10);
    QCOMPARE(page.messages.constLast().body.plain(), u"24"_s);
    QVERIFY(page.hasOlder);
    QVERIFY(!page.hasNewer);
    QStringList seen = textsOf(page);
    while (page.hasOlder) {
        page = valueOf(m_store->before(kBob, placeOf(page.messages.constFirst()), 10));
        QVERIFY(page.hasNewer);
        seen = textsOf(page) + seen;
    }
    QStringList expected;
    for (int i = 0; i < 25; ++i) {
        expected.append(QString::number(i));
    }
    QCOMPARE(seen, expected);
    page = valueOf(m_store->after(kBob, placeOf(page.messages.constLast()), 100));
    QCOMPARE(page.messages.size(), 20);
    QVERIFY(!page.hasNewer);
    QVERIFY(valueOf(m_store->newest(kRoom, 10)).messages.isEmpty());
}

void tst_HistoryStore::pagesAround()
{
    QList<MessageId> ids;
    for (int i = 0; i < 21; ++i) {
        ids.append(valueOf(m_store->append(incoming(QString::number(i), i))).id);
    }
    const HistoryPage page = valueOf(m_store->around(kBob, ids.at(10), 6));
    QCOMPARE(textsOf(page),
        (QStringList { u"7"_s, u"8"_s, u"9"_s, u"10"_s, u"11"_s, u"12"_s, u"13"_s }));
    QVERIFY(page.hasOlder);
    QVERIFY(page.hasNewer);
    QVERIFY(!valueOf(m_store->around(kBob, ids.at(0), 6)).hasOlder);
    const auto missing = waited(m_store->around(kRoom, ids.at(0), 6));
    QVERIFY(!missing);
    QCOMPARE(missing.error().code, u"message-not-found"_s);
}

void tst_HistoryStore::sameInstantKeepsItsOrder()
{
    // More than fit into one millisecond's ids.
    QList<StoredMessage> all;
    for (int i = 0; i < 3000; ++i) {
        all.append(incoming(QString::number(i), 7));
    }
    valueOf(m_store->appendMany(all));
    HistoryPage page = valueOf(m_store->newest(kBob, 1000));
    int expected = 2000;
    for (const StoredMessage &message : page.messages) {
        QCOMPARE(message.body.plain(), QString::number(expected++));
        QCOMPARE(message.sentAt, at(7));
    }
    QCOMPARE(valueOf(m_store->before(kBob, placeOf(page.messages.constFirst()), 1000))
                 .messages.constFirst()
                 .body.plain(),
        u"1000"_s);
}

void tst_HistoryStore::deliveryOnlyAdvances()
{
    const MessageId id = valueOf(m_store->append(outgoing(u"x"_s, 1, u"o"_s))).id;
    const auto set = [&](DeliveryState state) {
        HistoryStore::DeliveryChange change;
        change.id = id;
        change.state = state;
        change.remoteId = u"r"_s;
        return valueOf(m_store->setDelivery(change));
    };
    QCOMPARE(set(DeliveryState::Submitted), DeliveryState::Submitted);
    QCOMPARE(set(DeliveryState::Read), DeliveryState::Read);
    QCOMPARE(set(DeliveryState::Sent), DeliveryState::Read);
    QCOMPARE(valueOf(m_store->message(id)).remoteId, u"r"_s);
    HistoryStore::DeliveryChange unknown;
    unknown.id = { 12345 };
    QCOMPARE(waited(m_store->setDelivery(unknown)).error().code, u"message-not-found"_s);
}

void tst_HistoryStore::failureIsKept()
{
    const MessageId id = valueOf(m_store->append(outgoing(u"x"_s, 1, u"o"_s))).id;
    HistoryStore::DeliveryChange change;
    change.id = id;
    change.state = DeliveryState::Failed;
    change.failure = Error { .kind = Error::Kind::NotFound,
        .code = u"no-such-user"_s,
        .title = u"There is nobody of that name."_s,
        .detail = u"404 Not Found"_s };
    valueOf(m_store->setDelivery(change));
    QCOMPARE(valueOf(m_store->message(id)).failure, change.failure);
    change.state = DeliveryState::Queued; // retry
    change.failure.reset();
    QCOMPARE(valueOf(m_store->setDelivery(change)), DeliveryState::Queued);
    QVERIFY(!valueOf(m_store->message(id)).failure);
}

void tst_HistoryStore::updatesByNetworkId()
{
    StoredMessage mine = outgoing(u"x"_s, 1, u"o1"_s);
    mine.remoteId = u"r1"_s;
    mine.delivery = DeliveryState::Sent;
    const MessageId id = valueOf(m_store->append(mine)).id;
    MessageUpdate update;
    update.with = kBob.with;
    update.remoteId = u"r1"_s;
    update.delivery = DeliveryState::Delivered;
    StoredMessage now = valueOf(m_store->applyUpdate(kAccount, update));
    QCOMPARE(now.id, id);
    QCOMPARE(now.delivery, DeliveryState::Delivered);

    update = {};
    update.with = kBob.with;
    update.originId = u"o1"_s;
    update.by = u"bob@alpha.test"_s;
    update.reactions = QStringList { u"🦄"_s };
    QCOMPARE(valueOf(m_store->applyUpdate(kAccount, update)).reactions.size(), 1);
    update.reactions = QStringList {};
    QVERIFY(valueOf(m_store->applyUpdate(kAccount, update)).reactions.isEmpty());

    QCOMPARE(waited(m_store->applyUpdate(kOther, update)).error().code, u"message-not-found"_s);
    // What others wrote has no delivery state.
    StoredMessage theirs = incoming(u"y"_s, 2);
    theirs.remoteId = u"t1"_s;
    valueOf(m_store->append(theirs));
    update = {};
    update.with = kBob.with;
    update.remoteId = u"t1"_s;
    update.delivery = DeliveryState::Failed;
    QCOMPARE(valueOf(m_store->applyUpdate(kAccount, update)).delivery, DeliveryState::None);
}

void tst_HistoryStore::correctsOnlyTheAuthorsMessage()
{
    StoredMessage message = incoming(u"helo wrold"_s, 1);
    message.remoteId = u"r1"_s;
    const MessageId id = valueOf(m_store->append(message)).id;
    const RichText better = RichText::fromPlain(u"hello 世界中"_s);
    QCOMPARE(waited(m_store->correct(kBob, { u"r1"_s, {}, {} }, u"eve@alpha.test"_s, better))
                 .error()
                 .code,
        u"message-not-found"_s);
    const StoredMessage now
        = valueOf(m_store->correct(kBob, { u"r1"_s, {}, {} }, u"bob@alpha.test"_s, better));
    QCOMPARE(now.id, id);
    QVERIFY(now.edited);
    QCOMPARE(valueOf(m_store->message(id)).body, better);
    // Both indexes follow.
    QVERIFY(foundBy(*m_store, u"wrold"_s).isEmpty());
    QCOMPARE(foundBy(*m_store, u"hello"_s).size(), 1);
    QCOMPARE(foundBy(*m_store, u"世界中"_s).size(), 1);
    QCOMPARE(valueOf(m_store->conversation(kBob)).lastExcerpt, u"hello 世界中"_s);
}

void tst_HistoryStore::retractionLeavesNoText()
{
    StoredMessage message = incoming(u"secret 秘密の話"_s, 1);
    message.remoteId = u"r1"_s;
    const MessageId id = valueOf(m_store->append(message)).id;
    MessageUpdate update;
    update.with = kBob.with;
    update.remoteId = u"r1"_s;
    update.retracted = true;
    update.by = u"mallory@alpha.test"_s;
    QVERIFY(!valueOf(m_store->applyUpdate(kAccount, update)).retracted);
    update.by = message.from;
    QVERIFY(valueOf(m_store->applyUpdate(kAccount, update)).retracted);
    const StoredMessage now = valueOf(m_store->message(id));
    QVERIFY(now.retracted);
    QVERIFY(now.body.isEmpty());
    QVERIFY(foundBy(*m_store, u"secret"_s).isEmpty());
    QVERIFY(foundBy(*m_store, u"秘密の話"_s).isEmpty());
    m_store.reset();
    QFile database(file());
    QVERIFY(database.open(QIODevice::ReadOnly));
    QVERIFY(!database.readAll().contains("secret"));
}

void tst_HistoryStore::ownMessagesAreNotTakenBackByOthers()
{
    const MessageId id = valueOf(m_store->append(outgoing(u"mine"_s, 1, u"o1"_s))).id;
    MessageUpdate update;
    update.with = kBob.with;
    update.originId = u"o1"_s;
    update.remoteId = u"o1"_s;
    update.retracted = true;
    for (const QString &by : { QString(), kBob.with }) {
        update.by = by;
        QVERIFY(!valueOf(m_store->applyUpdate(kAccount, update)).retracted);
    }
    QCOMPARE(valueOf(m_store->message(id)).body.plain(), u"mine"_s);
    update.by = u"alice@alpha.test"_s; // another of our devices
    QVERIFY(valueOf(m_store->applyUpdate(kAccount, update)).retracted);
}

void tst_HistoryStore::outboxIsOldestFirst()
{
    valueOf(m_store->append(outgoing(u"second"_s, 2, u"b"_s)));
    valueOf(m_store->append(outgoing(u"first"_s, 1, u"a"_s)));
    StoredMessage sent = outgoing(u"sent"_s, 3, u"c"_s);
    sent.delivery = DeliveryState::Sent;
    valueOf(m_store->append(sent));
    const QList<StoredMessage> outbox = valueOf(m_store->outbox());
    QCOMPARE(outbox.size(), 2);
    QCOMPARE(outbox.at(0).body.plain(), u"first"_s);
    QCOMPARE(outbox.at(0).conversation, kBob);
    QCOMPARE(outbox.at(1).body.plain(), u"second"_s);
}

void tst_HistoryStore::countsUnread()
{
    StoredMessage mention = incoming(u"alice: hi"_s, 1);
    mention.mentionsMe = true;
    QCOMPARE(valueOf(m_store->append(mention)).unread, 1);
    const auto second = valueOf(m_store->append(incoming(u"there"_s, 2)));
    QCOMPARE(second.unread, 2);
    QCOMPARE(second.mentions, 1);
    StoredMessage system = incoming(u"bob left"_s, 3);
    system.kind = MessageKind::System;
    QCOMPARE(valueOf(m_store->append(system)).unread, 2);
    valueOf(m_store->append(incoming(u"third"_s, 4)));
    valueOf(m_store->markRead(kBob, { at(2), second.id }));
    ConversationSummary summary = valueOf(m_store->conversation(kBob));
    QCOMPARE(summary.unread, 1);
    QCOMPARE(summary.mentions, 0);
    // Reading never goes backwards.
    valueOf(m_store->markRead(kBob, { at(1), { 1 } }));
    QCOMPARE(valueOf(m_store->conversation(kBob)).readUpTo.id, second.id);
    // Who answers has read.
    QCOMPARE(valueOf(m_store->append(outgoing(u"answer"_s, 5, u"o"_s))).unread, 0);
    m_store = std::make_unique<HistoryStore>(file());
    valueOf(m_store->open());
    summary = valueOf(m_store->conversation(kBob));
    QCOMPARE(summary.unread, 0);
    QCOMPARE(summary.lastExcerpt, u"answer"_s);
    QCOMPARE(summary.lastDirection, Direction::Out);
    StoredMessage motd = incoming(u"welcome"_s, 1);
    motd.conversation = { kAccount, u"irc.test"_s, ConversationKind::Server };
    QCOMPARE(valueOf(m_store->append(motd)).unread, 0);
}

void tst_HistoryStore::archiveCountsAfterReadPosition()
{
    const auto read = valueOf(m_store->append(incoming(u"read"_s, 10)));
    valueOf(m_store->markRead(kBob, { at(10), read.id }));
    StoredMessage old = incoming(u"old"_s, 5);
    old.fromArchive = true;
    QCOMPARE(valueOf(m_store->append(old)).unread, 0);
    StoredMessage missed = incoming(u"missed"_s, 15);
    missed.fromArchive = true;
    QCOMPARE(valueOf(m_store->append(missed)).unread, 1);
    QCOMPARE(textsOf(valueOf(m_store->newest(kBob, 10))),
        (QStringList { u"old"_s, u"read"_s, u"missed"_s }));
}

void tst_HistoryStore::summaries()
{
    valueOf(m_store->append(incoming(u"older"_s, 1)));
    valueOf(
        m_store->append(incoming(u"line one\n\n line two "_s + u"🦄"_s.repeated(200), 2, kRoom)));
    HistoryStore::ConversationFlags flags;
    flags.pinned = true;
    flags.name = u"The room"_s;
    valueOf(m_store->setFlags(kRoom, flags));
    flags = {};
    flags.muted = true;
    flags.open = true;
    valueOf(m_store->setFlags(kRoom, flags));
    const QList<ConversationSummary> list = valueOf(m_store->conversations());
    QCOMPARE(list.size(), 2);
    QCOMPARE(list.at(0).key, kRoom);
    QCOMPARE(list.at(0).name, u"The room"_s);
    QVERIFY(list.at(0).pinned && list.at(0).muted && list.at(0).open);
    QVERIFY(list.at(0).lastExcerpt.startsWith(u"line one line two 🦄"_s));
    QVERIFY(list.at(0).lastExcerpt.size() <= 120);
    QVERIFY(list.at(0).lastExcerpt.isValidUtf16());
    QCOMPARE(list.at(1).key, kBob);
    QCOMPARE(list.at(1).lastAt, at(1));
}

void tst_HistoryStore::drafts()
{
    valueOf(m_store->saveDraft(kBob, u"half a thou"_s));
    QCOMPARE(valueOf(m_store->conversation(kBob)).draft, u"half a thou"_s);
    valueOf(m_store->saveDraft(kBob, u"half a thought"_s));
    m_store = std::make_unique<HistoryStore>(file());
    valueOf(m_store->open());
    QCOMPARE(valueOf(m_store->conversations()).constFirst().draft, u"half a thought"_s);
    valueOf(m_store->saveDraft(kBob, {}));
    QVERIFY(valueOf(m_store->conversation(kBob)).draft.isEmpty());
}

void tst_HistoryStore::gapsThatTouchBecomeOne()
{
    for (int i = 0; i < 10; ++i) {
        valueOf(m_store->append(incoming(QString::number(i), qint64 { i } * 10)));
    }
    valueOf(m_store->addGap(kBob, at(21), at(25)));
    valueOf(m_store->addGap(kBob, at(25), at(28)));
    valueOf(m_store->addGap(kBob, at(71), at(75)));
    HistoryPage page = valueOf(m_store->newest(kBob, 100));
    QCOMPARE(page.gaps.size(), 2);
    QCOMPARE(page.gaps.at(0).from, at(21));
    QCOMPARE(page.gaps.at(0).to, at(28));
    QCOMPARE(valueOf(m_store->newest(kBob, 3)).gaps.size(), 1); // from 70 on: the later one
    valueOf(m_store->closeGap(kBob, page.gaps.at(0).id));
    QCOMPARE(valueOf(m_store->newest(kBob, 100)).gaps.size(), 1);
    valueOf(m_store->addGap(kBob, {}, at(-5)));
    page = valueOf(m_store->newest(kBob, 100));
    QCOMPARE(page.gaps.size(), 2);
    QVERIFY(!page.gaps.at(0).from.isValid());
    valueOf(m_store->addGap(kBob, {}, {}));
    QCOMPARE(valueOf(m_store->newest(kBob, 100)).gaps.size(), 1);
}

void tst_HistoryStore::contacts()
{
    ContactSnapshot bob;
    bob.address = { u"bob@alpha.test"_s };
    bob.name = u"Bób"_s;
    bob.groups = { u"Work"_s, u"友達"_s };
    bob.subscription = Subscription::To;
    bob.blocked = true;
    bob.details = { { u"title"_s, u"Head of 🦄"_s } };
    ContactSnapshot carol;
    carol.address = { u"carol@alpha.test"_s };
    valueOf(m_store->cacheContacts(kAccount, { bob, carol }));
    QCOMPARE(valueOf(m_store->cachedContacts(kAccount)), (QList { bob, carol }));
    QVERIFY(valueOf(m_store->cachedContacts(kOther)).isEmpty());
    valueOf(m_store->cacheContacts(kAccount, { carol }));
    QCOMPARE(valueOf(m_store->cachedContacts(kAccount)), QList { carol });
}

void tst_HistoryStore::searches_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("words");
    QTest::addColumn<bool>("found");
    QTest::newRow("word") << u"Hello, world!"_s << u"hello"_s << true;
    QTest::newRow("part of a word") << u"Hello, world!"_s << u"ell"_s << false;
    QTest::newRow("prefix") << u"Hello, world!"_s << u"hel*"_s << true;
    QTest::newRow("accents") << u"Zażółć gęślą jaźń"_s << u"gesla jazn"_s << true;
    QTest::newRow("accents typed") << u"Zażółć gęślą jaźń"_s << u"GĘŚLĄ"_s << true;
    QTest::newRow("phrase in order") << u"one two three"_s << u"\"two three\""_s << true;
    QTest::newRow("phrase out of order") << u"one two three"_s << u"\"three two\""_s << false;
    QTest::newRow("without") << u"tea and coffee"_s << u"tea -coffee"_s << false;
    QTest::newRow("Japanese") << u"こんにちは世界"_s << u"にちは"_s << true;
    QTest::newRow("Japanese, two characters") << u"こんにちは世界"_s << u"世界"_s << true;
    QTest::newRow("Japanese, not there") << u"こんにちは世界"_s << u"世間"_s << false;
    QTest::newRow("Japanese with Latin") << u"Qtで書いた世界"_s << u"書いた"_s << true;
    QTest::newRow("both") << u"hello 新しい世界"_s << u"hello 新しい"_s << true;
    QTest::newRow("both, one missing") << u"hello 新しい世界"_s << u"bye 新しい"_s << false;
    QTest::newRow("without Japanese") << u"hello 新しい世界"_s << u"hello -新しい"_s << false;
    QTest::newRow("Thai") << u"สวัสดีชาวโลก"_s << u"ชาวโลก"_s << true;
    QTest::newRow("Arabic") << u"مرحبا بالعالم"_s << u"بالعالم"_s << true;
    QTest::newRow("combining") << u"cafe\u0301"_s << u"café"_s << true;
    QTest::newRow("emoji") << u"a 🦄!"_s << u"🦄"_s << true;
    QTest::newRow("emoji, not there") << u"a horse"_s << u"🦄"_s << false;
    QTest::newRow("beyond the BMP") << u"𠮷野家へ行く"_s << u"𠮷野家"_s << true;
    QTest::newRow("percent is not a wildcard") << u"a 🦄!"_s << u"%"_s << false;
    QTest::newRow("nothing") << u"x"_s << u""_s << false;
    QTest::newRow("only without") << u"x"_s << u"-y"_s << false;
}

void tst_HistoryStore::searches()
{
    QFETCH(QString, text);
    QFETCH(QString, words);
    QFETCH(bool, found);
    valueOf(m_store->append(incoming(u"something else, 何か別のもの"_s, 1)));
    valueOf(m_store->append(incoming(text, 2)));
    QCOMPARE(foundBy(*m_store, words), found ? QStringList { text } : QStringList {});
}

void tst_HistoryStore::searchIsNewestFirst()
{
    // An import comes later but is older.
    valueOf(m_store->append(incoming(u"tea now"_s, 1000)));
    valueOf(m_store->appendMany({ incoming(u"tea 2"_s, 2), incoming(u"tea 1"_s, 1) }));
    QCOMPARE(foundBy(*m_store, u"tea"_s), (QStringList { u"tea now"_s, u"tea 2"_s, u"tea 1"_s }));
}

void tst_HistoryStore::searchPagesAndFilters()
{
    for (int i = 0; i < 10; ++i) {
        valueOf(m_store->append(incoming(u"tea %1"_s.arg(i), i, i % 2 == 0 ? kBob : kRoom)));
    }
    StoredMessage other = incoming(u"tea elsewhere"_s, 100);
    other.conversation.account = kOther;
    valueOf(m_store->append(other));
    SearchRequest request;
    request.words = u"tea"_s;
    request.account = kAccount;
    request.limit = 3;
    QList<SearchHit> hits = valueOf(m_store->search(request));
    QCOMPARE(hits.size(), 3);
    QCOMPARE(hits.constFirst().message.body.plain(), u"tea 9"_s);
    QCOMPARE(hits.constFirst().message.conversation, kRoom);
    request.before = hits.constLast().message.sentAt;
    hits = valueOf(m_store->search(request));
    QCOMPARE(hits.constFirst().message.body.plain(), u"tea 6"_s);
    request = {};
    request.words = u"tea"_s;
    request.with = kRoom.with;
    QCOMPARE(valueOf(m_store->search(request)).size(), 5);
}

void tst_HistoryStore::highlights()
{
    valueOf(m_store->append(incoming(u"🦄 Tea, teapot, TEA: お茶を飲む"_s, 1)));
    const auto marked = [&](const QString &words) {
        SearchRequest request;
        request.words = words;
        QStringList parts;
        for (const SearchHit &hit : valueOf(m_store->search(request))) {
            for (const auto &[start, length] : hit.matches) {
                parts.append(hit.message.body.plain().mid(start, length));
            }
        }
        return parts;
    };
    QCOMPARE(marked(u"tea"_s), (QStringList { u"Tea"_s, u"TEA"_s }));
    QCOMPARE(marked(u"お茶を"_s), QStringList { u"お茶を"_s });
    QCOMPARE(marked(u"お茶"_s), QStringList { u"お茶"_s });
}

void tst_HistoryStore::removes()
{
    valueOf(m_store->append(incoming(u"tea bob"_s, 1)));
    valueOf(m_store->append(incoming(u"tea room 新しい世界"_s, 2, kRoom)));
    StoredMessage other = incoming(u"tea other"_s, 3);
    other.conversation.account = kOther;
    valueOf(m_store->append(other));
    valueOf(m_store->saveDraft(kRoom, u"draft"_s));
    valueOf(m_store->removeConversation(kRoom));
    QCOMPARE(foundBy(*m_store, u"tea"_s), (QStringList { u"tea other"_s, u"tea bob"_s }));
    QVERIFY(foundBy(*m_store, u"新しい"_s).isEmpty());
    QVERIFY(valueOf(m_store->newest(kRoom, 10)).messages.isEmpty());
    valueOf(m_store->removeAccount(kAccount));
    QCOMPARE(valueOf(m_store->conversations()).size(), 1);
    QCOMPARE(foundBy(*m_store, u"tea"_s), QStringList { u"tea other"_s });
    // And everything can come again.
    QVERIFY(!valueOf(m_store->append(incoming(u"tea again"_s, 4))).duplicate);
}

void tst_HistoryStore::unusableBeforeOpen()
{
    auto store = std::make_unique<HistoryStore>(u":memory:"_s);
    const auto waiting = store->append(incoming(u"x"_s, 1));
    QVERIFY(!waiting.isFinished());
    store.reset();
    QVERIFY(waiting.isFinished());
    QCOMPARE(waiting.result().error().kind, Error::Kind::Cancelled);
}

QTEST_GUILESS_MAIN(tst_HistoryStore)
#include "tst_historystore.moc"
