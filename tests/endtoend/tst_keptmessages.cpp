// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/ocspool.h"
#include "protocols/sip/simulator/scriptedperson.h"
#include "tests/interop/jsonprocess.h"

#include <QJsonDocument>
#include <QProcessEnvironment>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace linchpin::interop;
using namespace linchpin::sip::sim;

namespace {

constexpr int limit = 40000;
const auto ben = u"ben@litwareinc.test"_s;
const auto zofia = u"zofia@litwareinc.test"_s;
const auto trial
    = u"Zażółć gęślą jaźń こんにちは世界 مرحبا بالعالم e\u0301 ก็ 👩‍👩‍👧‍👦🦄𝄞"_s;

QProcessEnvironment environment()
{
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s); // no keyring of this computer
    return environment;
}

} // namespace

/// A server without offline messages: what is written to somebody who is away goes out when they
/// come back.
class TestKeptMessages : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void waitsUntilTheyAreBack();
    void givenUpByOneMessage();

private:
    QStringList program(const QStringList &arguments) const;
    void say(const QJsonObject &command);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<OcsPool> m_pool;
    std::unique_ptr<JsonProcess> m_linchpin;
    ScriptedPerson *m_zofia = nullptr; ///< the pool's
};

QStringList TestKeptMessages::program(const QStringList &arguments) const
{
    return QStringList { QStringLiteral(LINCHPIN_BINARY_DIR "/bin/linchpinctl"), u"--profile"_s,
        m_directory->filePath(u"profile"_s) }
    + arguments;
}

void TestKeptMessages::say(const QJsonObject &command)
{
    m_linchpin->command(QString::fromUtf8(QJsonDocument(command).toJson(QJsonDocument::Compact)));
}

void TestKeptMessages::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_pool
        = std::make_unique<OcsPool>(OcsPool::Options { .directory = m_directory->path() }, nullptr);
    m_pool->addUser(ben, u"LITWARE\\ben"_s, u"Pa55-ben"_s, u"Ben"_s);
    m_zofia = m_pool->addPerson(zofia, { .displayName = u"Zofia Gęślarz"_s });
    m_pool->setContacts(ben, { { .address = zofia, .alias = {}, .groups = { u"Łódź"_s } } });
    QVERIFY(m_pool->start().has_value());
    QProcess add;
    add.setProcessEnvironment(environment());
    add.setProcessChannelMode(QProcess::MergedChannels);
    const QStringList command = program({ u"account"_s, u"add"_s, u"sip"_s, ben, u"--name"_s,
        u"work"_s, u"--set"_s, u"login=LITWARE\\ben"_s, u"--set"_s, u"server=localhost"_s,
        u"--set"_s, u"port=%1"_s.arg(m_pool->tlsPort()), u"--set"_s, u"connection=tls"_s,
        u"--set"_s, u"ca-file="_s + m_pool->authorityFile(), u"--password-stdin"_s });
    add.start(command.first(), command.sliced(1));
    add.write("Pa55-ben\n");
    add.closeWriteChannel();
    QVERIFY(add.waitForFinished(limit));
    QVERIFY2(add.exitCode() == 0, add.readAll().constData());
}

void TestKeptMessages::cleanup()
{
    if (QTest::currentTestFailed() && m_linchpin) {
        qInfo().noquote() << m_linchpin->transcript();
    }
    m_linchpin.reset();
    m_pool.reset();
    m_directory.reset();
}

void TestKeptMessages::waitsUntilTheyAreBack()
{
    QSignalSpy received(m_zofia, &ScriptedPerson::messageReceived);
    m_linchpin = std::make_unique<JsonProcess>();
    m_linchpin->start(program({ u"session"_s, u"work"_s }), environment());
    QTRY_VERIFY_WITH_TIMEOUT(m_linchpin->saw(u"presence"_s,
                                 { { u"address"_s, zofia }, { u"availability"_s, u"offline"_s } }),
        limit);
    for (const auto &text : { trial, u"two"_s }) {
        say({ { u"do"_s, u"send"_s }, { u"account"_s, u"work"_s }, { u"to"_s, zofia },
            { u"text"_s, text } });
    }
    QTRY_COMPARE_WITH_TIMEOUT(
        m_linchpin->count(u"delivery"_s, { { u"state"_s, u"failed"_s }, { u"waiting"_s, true } }),
        2, limit);
    QCOMPARE(m_linchpin->find(u"delivery"_s).value("reason"_L1).toObject().value("code"_L1),
        u"recipient-offline"_s);
    QCOMPARE(received.size(), 0);
    m_zofia->setPresence(int(Availability::Available));
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 2, limit);
    QCOMPARE(received.at(0).at(1).toString(), trial);
    QCOMPARE(received.at(1).at(1).toString(), u"two"_s);
    QTRY_COMPARE_WITH_TIMEOUT(
        m_linchpin->count(u"delivery"_s, { { u"state"_s, u"delivered"_s } }), 2, limit);
    say({ { u"do"_s, u"quit"_s } });
    QVERIFY(m_linchpin->waitForEnd());
}

/// `send` says that it failed, and means it: nothing goes out behind the user's back later.
void TestKeptMessages::givenUpByOneMessage()
{
    QSignalSpy received(m_zofia, &ScriptedPerson::messageReceived);
    QProcess send;
    send.setProcessEnvironment(environment());
    send.setProcessChannelMode(QProcess::MergedChannels);
    const QStringList command = program({ u"send"_s, u"work"_s, zofia, u"too early"_s });
    send.start(command.first(), command.sliced(1));
    QTRY_COMPARE_WITH_TIMEOUT(send.state(), QProcess::NotRunning, limit);
    QCOMPARE(send.exitCode(), 1);
    m_linchpin = std::make_unique<JsonProcess>();
    m_linchpin->start(program({ u"session"_s, u"work"_s }), environment());
    m_zofia->setPresence(int(Availability::Available));
    QTRY_VERIFY_WITH_TIMEOUT(
        m_linchpin->saw(
            u"presence"_s, { { u"address"_s, zofia }, { u"availability"_s, u"available"_s } }),
        limit);
    say({ { u"do"_s, u"send"_s }, { u"account"_s, u"work"_s }, { u"to"_s, zofia },
        { u"text"_s, u"now"_s } });
    QTRY_COMPARE_WITH_TIMEOUT(received.size(), 1, limit);
    QCOMPARE(received.first().at(1).toString(), u"now"_s);
    say({ { u"do"_s, u"quit"_s } });
    QVERIFY(m_linchpin->waitForEnd());
}

QTEST_GUILESS_MAIN(TestKeptMessages)
#include "tst_keptmessages.moc"
