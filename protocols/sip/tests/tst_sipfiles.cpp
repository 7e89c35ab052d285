// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipconversations.h"
#include "protocols/sip/session/sipfiles.h"
#include "tests/support/fakeservices.h"

#include <QTest>

#include <functional>

using namespace linchpin;
using namespace linchpin::sip;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const auto bob = u"bob@litwareinc.com"_s;
const QByteArray ann = "ann@litwareinc.com"_ba;
const auto trialName
    = u"Zażółć gęślą jaźń こんにちは 👩‍👩‍👧‍👦🦄.odt"_s;

class Link : public SipLink {
public:
    explicit Link(SessionServices &services)
        : m_services(services)
    {
        self.address = ann;
        self.host = "203.0.113.5"_ba;
    }
    SessionServices &services() override { return m_services; }
    const LocalIdentity &identity() const override { return self; }
    const RegistrationInfo &registration() const override { return info; }
    RandomBytes random() const override
    {
        return [this](int count) { return m_services.randomBytes(count); };
    }
    void send(const SipMessage &, SipReplyHandler, std::chrono::milliseconds) override { }
    void sendOnly(const SipMessage &) override { }
    void respond(const SipMessage &response) override { answers.append(response.status); }
    void tell(const SessionEvent &event) override
    {
        if (const auto *offered = std::get_if<FileOffered>(&event)) {
            offers.append(offered->file);
        } else if (const auto *changed = std::get_if<FileTransferChanged>(&event)) {
            changes.append(*changed);
        }
    }

    LocalIdentity self;
    RegistrationInfo info;
    QList<FileOffer> offers;
    QList<FileTransferChanged> changes;
    QList<int> answers; ///< to requests

private:
    SessionServices &m_services;
};

class MemoryListener : public Listener {
public:
    quint16 port() const override { return 6895; }
    QStringList addresses() const override { return {}; }
};

/// Where peers can come.
class ReachableServices : public test::FakeServices {
public:
    using FakeServices::FakeServices;
    Result<std::shared_ptr<Listener>> listen(quint16, quint16) override
    {
        auto made = std::make_shared<MemoryListener>();
        listener = made;
        return made;
    }
    std::weak_ptr<MemoryListener> listener;
};

class MemorySink : public FileSink {
public:
    explicit MemorySink(QByteArray &bytes, bool &committed)
        : m_bytes(bytes)
        , m_committed(committed)
    {
    }
    Async<void> write(const QByteArray &bytes) override
    {
        if (failure) {
            return readyError<void>(*failure);
        }
        m_bytes += bytes;
        return readyOk();
    }
    Async<void> commit() override
    {
        m_committed = true;
        return readyOk();
    }
    std::optional<Error> failure;

private:
    QByteArray &m_bytes;
    bool &m_committed;
};

class MemorySource : public FileSource {
public:
    explicit MemorySource(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
    }
    Async<QByteArray> read(int atMost) override
    {
        const QByteArray piece = m_bytes.first(std::min<qsizetype>(atMost, m_bytes.size()));
        m_bytes.remove(0, piece.size());
        return ready<QByteArray>(piece);
    }

private:
    QByteArray m_bytes;
};

QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i) {
        bytes[i] = char((i * 31 + i / 251) & 0xff);
    }
    return bytes;
}

FileInvitation offerOf(qint64 size)
{
    FileInvitation offer;
    offer.cookie = "1839472"_ba;
    offer.name = trialName;
    offer.size = size;
    return offer;
}

} // namespace

/// One side's files against a peer that the test plays.
class TstSipFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { init(std::make_unique<test::FakeServices>(m_clock)); }
    void cleanup();

    void receives_data();
    void receives();
    void aPeerThatLies_data();
    void aPeerThatLies();
    void cutInTheMiddle();
    void stalls();
    void diskFails();
    void cancelledByUs();
    void cancelledByThem();
    void refused();
    void takenBack();
    void nobodyThere();
    void programsOfThisComputer_data();
    void programsOfThisComputer();
    void sends();
    void aPortIsOpenWhileWaitedFor();
    void sendsToSomebodyElse();
    void sourceChanges();
    void offerNotDelivered_data();
    void offerNotDelivered();
    void signsOut();
    void behindAProxy();
    void strangers();
    void theWayOfLync();

private:
    void init(std::unique_ptr<test::FakeServices> services);
    FileInvitation said(qsizetype at) const
    {
        return parseFileInvitation(m_said.value(at).body).value_or(FileInvitation {});
    }
    void hear(const FileInvitation &invitation)
    {
        m_files->received(bob, buildFileInvitation(invitation));
    }
    /// Up to the connection: what they offer is accepted, and they listen.
    void acceptOffer(qint64 size);
    FileTransferState state() const
    {
        return m_link->changes.isEmpty() ? FileTransferState::Offered
                                         : m_link->changes.constLast().state;
    }
    Error failure() const
    {
        return m_link->changes.isEmpty() ? Error()
                                         : m_link->changes.constLast().failure.value_or(Error());
    }
    QString code() const { return failure().code; }
    FileStreamKeys theirKeys() const { return { said(0).encryptionKey, said(0).hashKey, 4711 }; }
    /// The sender's part of the stream, fed to us; answers what we wrote.
    void feedWholeFile(FileSendStream &sender, const QByteArray &file,
        const std::function<void(QByteArray &)> &meddle = {});

    test::ManualClock m_clock;
    std::unique_ptr<test::FakeServices> m_services;
    std::unique_ptr<Link> m_link;
    std::unique_ptr<SipFiles> m_files;
    QList<ImWireBody> m_said;
    std::optional<Error> m_undeliverable;
    QByteArray m_bytes;
    bool m_committed = false;
    std::shared_ptr<MemorySink> m_sink;
};

void TstSipFiles::init(std::unique_ptr<test::FakeServices> services)
{
    m_services = std::move(services);
    m_link = std::make_unique<Link>(*m_services);
    m_files = std::make_unique<SipFiles>(*m_link);
    m_said.clear();
    m_undeliverable.reset();
    m_bytes.clear();
    m_committed = false;
    m_sink = std::make_shared<MemorySink>(m_bytes, m_committed);
    m_files->attach([this](const QString &to, const ImWireBody &body) {
        if (to != bob) {
            qFatal("sent to somebody else");
        }
        m_said.append(body);
        return m_undeliverable ? readyError<void>(*m_undeliverable) : readyOk();
    });
}

void TstSipFiles::cleanup()
{
    m_files.reset();
    m_link.reset();
    m_services.reset();
}

void TstSipFiles::acceptOffer(qint64 size)
{
    hear(offerOf(size));
    m_files->accept(m_link->offers.constFirst().id, m_sink);
    FileInvitation here;
    here.command = FileInvitation::Command::Accept;
    here.cookie = "1839472"_ba;
    here.address = "192.0.2.20"_ba;
    here.port = 6893;
    here.authCookie = 4711;
    hear(here);
    QTRY_VERIFY(m_services->transport() != nullptr);
    QTRY_VERIFY(!m_services->transport()->written().isEmpty());
}

void TstSipFiles::feedWholeFile(
    FileSendStream &sender, const QByteArray &file, const std::function<void(QByteArray &)> &meddle)
{
    auto *const line = m_services->transport();
    qsizetype at = 0;
    bool wants = false;
    while (!line->isClosed()) {
        QCoreApplication::processEvents();
        const QByteArray ours = line->takeWritten();
        FileStreamStep step;
        if (!ours.isEmpty()) {
            step = sender.received(ours);
        } else if (wants) {
            const QByteArray piece = file.sliced(at, std::min<qsizetype>(9000, file.size() - at));
            at += piece.size();
            step = sender.give(piece);
            wants = false;
        } else {
            return;
        }
        wants = wants || step.wantsData;
        if (meddle) {
            meddle(step.write);
        }
        line->feed(step.write);
    }
}

void TstSipFiles::receives_data()
{
    QTest::addColumn<qsizetype>("size");
    for (const qsizetype size : { 0, 1, 2045, 300'000 }) {
        QTest::addRow("%lld bytes", qint64(size)) << size;
    }
}

void TstSipFiles::receives()
{
    QFETCH(qsizetype, size);
    const QByteArray file = pattern(size);
    acceptOffer(size);
    QCOMPARE(m_link->offers.constFirst().name, trialName);
    QCOMPARE(m_link->offers.constFirst().with, bob);
    QCOMPARE(m_link->offers.constFirst().size, qint64(size));
    const Endpoint endpoint = m_services->endpoints.constLast();
    QCOMPARE(endpoint.host, u"192.0.2.20"_s);
    QCOMPARE(endpoint.port, 6893);
    QCOMPARE(endpoint.security, Endpoint::Security::Plain);
    QVERIFY(!endpoint.logged); // no file in the wire log
    QVERIFY(theirKeys().encryption != theirKeys().hash);
    FileSendStream sender(theirKeys(), size, ann);
    feedWholeFile(sender, file);
    QTRY_COMPARE(state(), FileTransferState::Done);
    QVERIFY(m_bytes == file);
    QVERIFY(m_committed);
    QVERIFY(m_services->transport()->isClosed());
}

void TstSipFiles::aPeerThatLies_data()
{
    QTest::addColumn<qint64>("told");
    QTest::addColumn<qsizetype>("sent");
    QTest::addColumn<bool>("otherHash");
    QTest::addColumn<QString>("code");
    QTest::newRow("more") << qint64 { 100 } << qsizetype(200) << false << u"size-mismatch"_s;
    QTest::newRow("less") << qint64 { 200 } << qsizetype(100) << false << u"size-mismatch"_s;
    QTest::newRow("wrong hash") << qint64 { 100 } << qsizetype(100) << true << u"file-damaged"_s;
}

void TstSipFiles::aPeerThatLies()
{
    QFETCH(qint64, told);
    QFETCH(qsizetype, sent);
    QFETCH(bool, otherHash);
    QFETCH(QString, code);
    acceptOffer(told);
    FileStreamKeys keys = theirKeys();
    if (otherHash) {
        keys.hash = QByteArray(24, 'x');
    }
    FileSendStream sender(keys, sent, ann);
    feedWholeFile(sender, pattern(sent));
    QTRY_COMPARE(state(), FileTransferState::Failed);
    QCOMPARE(this->code(), code);
    QVERIFY(!m_committed);
    QVERIFY(m_sink.use_count() == 1); // nobody holds what is to be removed
}

void TstSipFiles::cutInTheMiddle()
{
    acceptOffer(100'000);
    FileSendStream sender(theirKeys(), 100'000, ann);
    int pieces = 0;
    feedWholeFile(sender, pattern(100'000), [&](QByteArray &) {
        if (++pieces == 6) {
            m_services->transport()->breakOff();
        }
    });
    QTRY_COMPARE(state(), FileTransferState::Failed);
    QCOMPARE(code(), u"transfer-interrupted"_s);
    QVERIFY(!m_committed);
    QVERIFY(!m_bytes.isEmpty());
}

void TstSipFiles::stalls()
{
    acceptOffer(100);
    m_services->transport()->feed("VER MSN_SECURE_FTP\r\n");
    m_clock.advance(59s);
    QCOMPARE(state(), FileTransferState::Running);
    m_clock.advance(2s);
    QTRY_COMPARE(state(), FileTransferState::Failed);
    QCOMPARE(code(), u"stalled"_s);
    QCOMPARE(said(1).cancelCode, "FTTIMEOUT"_ba);
}

void TstSipFiles::diskFails()
{
    m_sink->failure = Error { .kind = Error::Kind::Storage, .code = u"disk-full"_s };
    acceptOffer(100);
    FileSendStream sender(theirKeys(), 100, ann);
    feedWholeFile(sender, pattern(100));
    QTRY_COMPARE(state(), FileTransferState::Failed);
    QCOMPARE(code(), u"disk-full"_s);
    QCOMPARE(said(1).command, FileInvitation::Command::Cancel);
}

void TstSipFiles::cancelledByUs()
{
    acceptOffer(100);
    m_services->transport()->feed("VER MSN_SECURE_FTP\r\nFIL 100\r\n");
    m_services->transport()->takeWritten();
    m_files->cancel(m_link->offers.constFirst().id);
    QCOMPARE(state(), FileTransferState::Cancelled);
    QCOMPARE(m_services->transport()->written(), "BYE 2164261682\r\n"_ba);
    QVERIFY(m_services->transport()->isClosed());
    QCOMPARE(said(1).command, FileInvitation::Command::Cancel);
}

void TstSipFiles::cancelledByThem()
{
    acceptOffer(100);
    m_services->transport()->feed("VER MSN_SECURE_FTP\r\nFIL 100\r\n");
    m_services->transport()->feed(QByteArray::fromHex("010000"));
    QTRY_COMPARE(state(), FileTransferState::Cancelled);
    QVERIFY(!m_committed);
}

void TstSipFiles::refused()
{
    hear(offerOf(100));
    m_files->cancel(m_link->offers.constFirst().id);
    QCOMPARE(said(0).command, FileInvitation::Command::Cancel);
    QCOMPARE(said(0).cookie, "1839472"_ba);
    QCOMPARE(said(0).cancelCode, "REJECT"_ba);
    QCOMPARE(state(), FileTransferState::Refused);
    const auto late = m_files->accept(m_link->offers.constFirst().id, m_sink);
    QVERIFY(late.isFinished() && !late.result());
    QCOMPARE(late.result().error().code, u"no-such-offer"_s);
}

void TstSipFiles::takenBack()
{
    hear(offerOf(100));
    FileInvitation never;
    never.command = FileInvitation::Command::Cancel;
    never.cookie = "1839472"_ba;
    never.cancelCode = "OUTBANDCANCEL"_ba;
    hear(never);
    QCOMPARE(state(), FileTransferState::Cancelled);
}

void TstSipFiles::nobodyThere()
{
    m_services->onConnect = [](const Endpoint &) {
        return Result<void>(
            std::unexpect, Error { .code = u"refused"_s, .detail = u"ECONNREFUSED"_s });
    };
    hear(offerOf(100));
    m_files->accept(m_link->offers.constFirst().id, m_sink);
    FileInvitation here;
    here.command = FileInvitation::Command::Accept;
    here.cookie = "1839472"_ba;
    here.address = "192.0.2.20"_ba;
    here.port = 6893;
    hear(here);
    QTRY_COMPARE(state(), FileTransferState::Failed);
    QCOMPARE(code(), u"no-path"_s);
    QCOMPARE(failure().detail, u"ECONNREFUSED"_s);
}

void TstSipFiles::programsOfThisComputer_data()
{
    QTest::addColumn<QByteArray>("ours");
    QTest::addColumn<QByteArray>("told");
    QTest::addColumn<bool>("connects");
    QTest::newRow("IPv4") << "192.0.2.5"_ba << "127.0.0.1"_ba << false;
    QTest::newRow("another IPv4") << "192.0.2.5"_ba << "127.8.9.10"_ba << false;
    QTest::newRow("IPv6") << "[2001:db8::5]"_ba << "::1"_ba << false;
    QTest::newRow("IPv4 as IPv6") << "192.0.2.5"_ba << "::ffff:127.0.0.1"_ba << false;
    QTest::newRow("all is here") << "127.0.0.1"_ba << "127.0.0.1"_ba << true;
}

void TstSipFiles::programsOfThisComputer()
{
    QFETCH(QByteArray, ours);
    QFETCH(QByteArray, told);
    QFETCH(bool, connects);
    m_link->self.host = ours;
    int asked = 0;
    m_services->onConnect = [&asked](const Endpoint &) {
        ++asked;
        return Result<void> {};
    };
    hear(offerOf(100));
    m_files->accept(m_link->offers.constFirst().id, m_sink);
    FileInvitation here;
    here.command = FileInvitation::Command::Accept;
    here.cookie = "1839472"_ba;
    here.address = told;
    here.port = 6893;
    hear(here);
    QCOMPARE(asked, connects ? 1 : 0);
    QCOMPARE(state() == FileTransferState::Failed, !connects);
    QCOMPARE(code(), connects ? QString() : u"no-path"_s);
}

/// Our address is private, so they listen and we connect.
void TstSipFiles::sends()
{
    m_link->self.host = "10.0.0.5"_ba;
    const QByteArray file = pattern(200'000);
    const auto offered = m_files->offer({ .id = u"out"_s,
                                            .with = bob,
                                            .direction = Direction::Out,
                                            .name = trialName,
                                            .size = 200'000 },
        std::make_shared<MemorySource>(file));
    QTRY_VERIFY(offered.isFinished() && offered.result());
    QCOMPARE(m_said.constFirst().contentType, QByteArray(kFileInvitationType));
    QCOMPARE(said(0).name, trialName);
    QVERIFY(said(0).behindNat);
    FileInvitation yes;
    yes.command = FileInvitation::Command::Accept;
    yes.cookie = said(0).cookie;
    yes.encryptionKey = QByteArray(24, 'e');
    yes.hashKey = QByteArray(24, 'h');
    yes.address = "192.0.2.20"_ba;
    yes.port = 6891;
    yes.authCookie = 99;
    yes.senderConnects = true;
    hear(yes);
    QTRY_VERIFY(m_services->transport() != nullptr);
    auto *const line = m_services->transport();
    FileReceiveStream receiver({ yes.encryptionKey, yes.hashKey, 99 }, 200'000, bob.toUtf8());
    line->feed(receiver.start().write);
    QByteArray got;
    std::optional<FileStreamEnd> end;
    QTRY_VERIFY([&] {
        const FileStreamStep step = receiver.received(line->takeWritten());
        got += step.data;
        end = step.end ? step.end : end;
        line->feed(step.write);
        return end.has_value();
    }());
    QCOMPARE(end, FileStreamEnd::Done);
    QVERIFY(got == file);
    QTRY_COMPARE(state(), FileTransferState::Done);
    QVERIFY(m_link->changes.size() > 2); // its progress was told
    QVERIFY(m_link->changes.size() < 20); // but not of every byte
}

/// They take it without saying where: they come to us. Who came first is somebody else.
void TstSipFiles::aPortIsOpenWhileWaitedFor()
{
    cleanup();
    init(std::make_unique<ReachableServices>(m_clock));
    const auto &listener = static_cast<ReachableServices &>(*m_services).listener;
    m_files->offer(
        { .id = u"out"_s, .with = bob, .direction = Direction::Out, .name = trialName, .size = 3 },
        std::make_shared<MemorySource>("abc"_ba));
    QTRY_COMPARE(m_said.size(), 1);
    QVERIFY(listener.expired());
    FileInvitation yes;
    yes.command = FileInvitation::Command::Accept;
    yes.cookie = said(0).cookie;
    yes.encryptionKey = QByteArray(24, 'e');
    yes.hashKey = QByteArray(24, 'h');
    hear(yes);
    QTRY_COMPARE(m_said.size(), 2);
    QCOMPARE(said(1).port, 6895);
    QCOMPARE(said(1).address, "203.0.113.5"_ba);
    const QByteArray cookie = QByteArray::number(said(1).authCookie);
    for (const QByteArray &words :
        { "VER MSN_SECURE_FTP\r\nUSR eve@litwareinc.com 1\r\n"_ba, QByteArray(1000, 'x') }) {
        const auto stranger = std::make_shared<test::MemoryTransport>();
        Q_EMIT listener.lock()->arrived(stranger);
        stranger->feed(words);
        QTRY_VERIFY(stranger->isClosed());
        QVERIFY(!listener.expired());
        QVERIFY(state() != FileTransferState::Failed);
    }
    const auto line = std::make_shared<test::MemoryTransport>();
    Q_EMIT listener.lock()->arrived(line);
    line->feed("VER MSN_SECURE_FTP\r\nUSR bob@litwareinc.com "_ba + cookie + "\r\n"_ba);
    QTRY_VERIFY(line->written().endsWith("FIL 3\r\n"));
    QTRY_VERIFY(listener.expired());
    QVERIFY(!line->isClosed());
}

void TstSipFiles::sendsToSomebodyElse()
{
    m_link->self.host = "10.0.0.5"_ba;
    m_files->offer(
        { .id = u"out"_s, .with = bob, .direction = Direction::Out, .name = trialName, .size = 3 },
        std::make_shared<MemorySource>("abc"_ba));
    FileInvitation yes;
    yes.command = FileInvitation::Command::Accept;
    yes.cookie = said(0).cookie;
    yes.encryptionKey = QByteArray(24, 'e');
    yes.hashKey = QByteArray(24, 'h');
    yes.address = "192.0.2.20"_ba;
    yes.port = 6891;
    yes.authCookie = 99;
    hear(yes);
    QTRY_VERIFY(m_services->transport() != nullptr);
    m_services->transport()->feed("VER MSN_SECURE_FTP\r\nUSR eve@litwareinc.com 99\r\n");
    QTRY_COMPARE(state(), FileTransferState::Failed);
    QCOMPARE(code(), u"wrong-peer"_s);
    QVERIFY(!m_services->transport()->written().contains("FIL"));
}

void TstSipFiles::sourceChanges()
{
    m_link->self.host = "10.0.0.5"_ba;
    m_files->offer(
        { .id = u"out"_s, .with = bob, .direction = Direction::Out, .name = trialName, .size = 10 },
        std::make_shared<MemorySource>("abc"_ba)); // it has become shorter
    FileInvitation yes;
    yes.command = FileInvitation::Command::Accept;
    yes.cookie = said(0).cookie;
    yes.encryptionKey = QByteArray(24, 'e');
    yes.hashKey = QByteArray(24, 'h');
    yes.address = "192.0.2.20"_ba;
    yes.port = 6891;
    yes.authCookie = 99;
    hear(yes);
    QTRY_VERIFY(m_services->transport() != nullptr);
    m_services->transport()->feed("VER MSN_SECURE_FTP\r\nUSR bob@litwareinc.com 99\r\nTFR\r\n");
    QTRY_COMPARE(state(), FileTransferState::Failed);
    QCOMPARE(code(), u"size-mismatch"_s);
}

void TstSipFiles::offerNotDelivered_data()
{
    QTest::addColumn<QString>("why");
    QTest::addColumn<QString>("told");
    QTest::newRow("offline") << u"recipient-offline"_s << u"recipient-offline"_s;
    QTest::newRow("policy") << u"message-blocked"_s << u"message-blocked"_s;
    QTest::newRow("Lync 2013") << u"message-type-unsupported"_s << u"files-unsupported"_s;
}

void TstSipFiles::offerNotDelivered()
{
    QFETCH(QString, why);
    QFETCH(QString, told);
    m_undeliverable = Error { .kind = Error::Kind::NotFound,
        .code = why,
        .detail = u"Unsupported Media Type"_s,
        .remedy = u"as with messages"_s };
    const auto offered = m_files->offer(
        { .id = u"out"_s, .with = bob, .direction = Direction::Out, .name = trialName, .size = 3 },
        std::make_shared<MemorySource>("abc"_ba));
    QTRY_VERIFY(offered.isFinished());
    QVERIFY(!offered.result());
    const Error error = offered.result().error();
    QCOMPARE(error.code, told);
    QCOMPARE(error.remedy == u"as with messages"_s, why == told);
    QCOMPARE(error.detail, u"Unsupported Media Type"_s); // what the server said stays
}

void TstSipFiles::signsOut()
{
    acceptOffer(100);
    m_files->detach();
    QCOMPARE(state(), FileTransferState::Failed);
    QCOMPARE(code(), u"connection-lost"_s);
    QVERIFY(m_services->transport()->isClosed());
    const auto offered = m_files->offer(
        { .id = u"out"_s, .with = bob, .direction = Direction::Out, .name = trialName, .size = 3 },
        std::make_shared<MemorySource>("abc"_ba));
    QVERIFY(offered.isFinished() && !offered.result());
}

/// FakeServices cannot listen, like a session whose account has a proxy.
void TstSipFiles::behindAProxy()
{
    m_files->offer(
        { .id = u"out"_s, .with = bob, .direction = Direction::Out, .name = trialName, .size = 3 },
        std::make_shared<MemorySource>("abc"_ba));
    QVERIFY(!said(0).behindNat);
    FileInvitation yes;
    yes.command = FileInvitation::Command::Accept;
    yes.cookie = said(0).cookie;
    yes.encryptionKey = QByteArray(24, 'e');
    yes.hashKey = QByteArray(24, 'h');
    hear(yes);
    QCOMPARE(state(), FileTransferState::Failed);
    QCOMPARE(code(), u"cannot-listen"_s);
    QCOMPARE(said(1).command, FileInvitation::Command::Cancel);
    QVERIFY(m_services->endpoints.isEmpty());
}

void TstSipFiles::strangers()
{
    hear(offerOf(100));
    FileInvitation here;
    here.command = FileInvitation::Command::Accept;
    here.cookie = "1839472"_ba;
    here.address = "192.0.2.66"_ba;
    here.port = 6893;
    hear(here); // before we accepted
    m_files->accept(m_link->offers.constFirst().id, m_sink);
    m_files->received(u"eve@litwareinc.com"_s, buildFileInvitation(here)); // not who offered
    FileInvitation cancel;
    cancel.command = FileInvitation::Command::Cancel;
    cancel.cookie = "1839472"_ba;
    m_files->received(u"eve@litwareinc.com"_s, buildFileInvitation(cancel));
    hear(offerOf(100)); // the same once more
    QCOMPARE(m_link->offers.size(), 1);
    QVERIFY(m_services->endpoints.isEmpty());
    QVERIFY(m_link->changes.isEmpty());
    m_files->received(bob, "no invitation"_ba);
    QCOMPARE(m_link->offers.size(), 1);
}

/// Lync 2013 offers a file in an INVITE of its own; the sender sees at once that it cannot be.
void TstSipFiles::theWayOfLync()
{
    SipConversations conversations(*m_link, m_files.get());
    SipMessage invite = SipMessage::request("INVITE"_ba, "sip:ann@litwareinc.com"_ba);
    invite.addHeader("Via"_ba, "SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bK1"_ba);
    invite.addHeader("From"_ba, "<sip:bob@litwareinc.com>;tag=1;epid=2"_ba);
    invite.addHeader("To"_ba, "<sip:ann@litwareinc.com>"_ba);
    invite.addHeader("Call-ID"_ba, "lync"_ba);
    invite.addHeader("CSeq"_ba, "1 INVITE"_ba);
    invite.addHeader("Contact"_ba, "<sip:bob@litwareinc.com;opaque=user:epid:x;gruu>"_ba);
    invite.setBody("multipart/mixed;boundary=\"=x\""_ba,
        "--=x\r\nContent-Type: application/ms-filetransfer+xml\r\n\r\n"
        "<request xmlns=\"http://schemas.microsoft.com/rtc/2009/05/filetransfer\" "
        "requestId=\"1\"><publishFile><fileInfo><id>{1}</id><name>plan.odt</name>"
        "<size>5</size></fileInfo></publishFile></request>\r\n"
        "--=x\r\nContent-Type: application/sdp\r\n\r\n"
        "v=0\r\no=- 0 0 IN IP4 192.0.2.10\r\ns=session\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n"
        "m=data 50012 RTP/SAVP 127\r\na=rtpmap:127 x-data/90000\r\na=sendonly\r\n"
        "--=x--\r\n"_ba);
    QVERIFY(conversations.receive(invite));
    QCOMPARE(m_link->answers, QList<int> { 488 });
    QVERIFY(m_link->offers.isEmpty());
}

QTEST_GUILESS_MAIN(TstSipFiles)
#include "tst_sipfiles.moc"
