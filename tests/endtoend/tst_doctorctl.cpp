// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/ocspool.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>

using namespace Qt::StringLiterals;
using namespace linchpin::sip::sim;

namespace {

constexpr int kLimit = 40000;
const auto kAddress = u"alice@litwareinc.test"_s;
const QByteArray kPassword = "canary-Zażółć-🦄";

} // namespace

/// `linchpinctl doctor` as a script has it: lines of JSON, an exit status, and nothing of the
/// account changed.
class TestDoctorCtl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void works();
    void saysWhatIsWrong();
    void tellsWhatWasMended();
    void withoutAPassword();
    void examinesAnAccountByName();
    void wrongUsage_data();
    void wrongUsage();

private:
    struct Run {
        int status = -1;
        QList<QJsonObject> lines;
        QByteArray everything;
        QJsonObject verdict() const { return lines.isEmpty() ? QJsonObject() : lines.constLast(); }
        /// The newest finding of a step.
        QJsonObject step(const QString &name) const
        {
            const auto found
                = std::find_if(lines.crbegin(), lines.crend(), [&name](const QJsonObject &line) {
                      return line.value("event"_L1) == "step"_L1
                          && line.value("step"_L1).toString() == name;
                  });
            return found == lines.crend() ? QJsonObject() : *found;
        }
    };
    Run run(const QStringList &arguments, const QByteArray &password = {});
    QStringList settings() const;

    QTemporaryDir m_folder;
    std::unique_ptr<OcsPool> m_pool;
};

void TestDoctorCtl::initTestCase()
{
    m_pool = std::make_unique<OcsPool>(OcsPool::Options { .directory = m_folder.path() }, nullptr);
    m_pool->addUser(kAddress, u"LITWARE\\alice"_s, QString::fromUtf8(kPassword), u"Alice"_s);
    const auto started = m_pool->start();
    QVERIFY2(started, started ? "" : qPrintable(started.error()));
}

void TestDoctorCtl::cleanup()
{
    m_pool->behave();
}

QStringList TestDoctorCtl::settings() const
{
    QStringList arguments;
    for (const QString &set : { u"server=localhost"_s, u"port=%1"_s.arg(m_pool->tlsPort()),
             u"connection=tls"_s, u"login=LITWARE\\alice"_s, u"proxy-type=none"_s,
             QString(u"ca-file="_s + m_pool->authorityFile()) }) {
        arguments += { u"--set"_s, set };
    }
    return arguments;
}

TestDoctorCtl::Run TestDoctorCtl::run(const QStringList &arguments, const QByteArray &password)
{
    QProcess process;
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LC_ALL"_s, u"C.UTF-8"_s);
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s); // no keyring of this computer
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(QStringLiteral(LINCHPIN_BINARY_DIR "/bin/linchpinctl"),
        QStringList { u"--profile"_s, m_folder.filePath(u"profile"_s), u"--json"_s } + arguments);
    if (!password.isEmpty()) {
        process.write(password + '\n');
    }
    process.closeWriteChannel();
    Run result;
    // The simulator lives in this very process: no waiting without its events.
    if (!QTest::qWaitFor([&process] { return process.state() == QProcess::NotRunning; }, kLimit)) {
        process.kill();
        process.waitForFinished();
        return result;
    }
    result.status = process.exitCode();
    result.everything = process.readAll();
    const QList<QByteArray> lines = result.everything.split('\n');
    for (const QByteArray &line : lines) {
        const QJsonDocument json = QJsonDocument::fromJson(line);
        if (json.isObject()) {
            result.lines.append(json.object());
        }
    }
    return result;
}

void TestDoctorCtl::works()
{
    const Run good
        = run(QStringList { u"doctor"_s, QString(u"sip:"_s + kAddress), u"--password-stdin"_s }
                + settings(),
            kPassword);
    QVERIFY2(good.status == 0, good.everything.constData());
    QCOMPARE(good.verdict().value("event"_L1).toString(), u"verdict"_s);
    QCOMPARE(good.verdict().value("ok"_L1).toBool(), true);
    QVERIFY(good.verdict().value("took_ms"_L1).toInt(-1) >= 0);
    QVERIFY(good.verdict().value("took_ms"_L1).toInt() < 10000);
    for (const QString &step : { u"settings"_s, u"name"_s, u"tcp"_s, u"tls"_s, u"authentication"_s,
             u"registered"_s, u"contacts"_s }) {
        QVERIFY2(good.step(step).value("state"_L1) == "ok"_L1, qPrintable(step));
    }
    QCOMPARE(
        good.step(u"tcp"_s).value("tried"_L1).toString(), u"localhost:%1"_s.arg(m_pool->tlsPort()));
    QVERIFY(!good.everything.contains("canary"));
    QTRY_COMPARE_WITH_TIMEOUT(m_pool->endpointCount(kAddress), 0, kLimit); // signed out again
}

void TestDoctorCtl::saysWhatIsWrong()
{
    const Run bad
        = run(QStringList { u"doctor"_s, QString(u"sip:"_s + kAddress), u"--password-stdin"_s }
                + settings(),
            "canary-other"_ba);
    QCOMPARE(bad.status, 1);
    const QJsonObject verdict = bad.verdict();
    QCOMPARE(verdict.value("event"_L1).toString(), u"verdict"_s);
    QCOMPARE(verdict.value("ok"_L1).toBool(true), false);
    QCOMPARE(verdict.value("code"_L1).toString(), u"wrong-password"_s);
    QVERIFY(!verdict.value("title"_L1).toString().isEmpty());
    QVERIFY(!verdict.value("remedy"_L1).toString().isEmpty());
    const QJsonObject step = bad.step(u"authentication"_s);
    QCOMPARE(step.value("state"_L1).toString(), u"failed"_s);
    QCOMPARE(step.value("code"_L1).toString(), u"wrong-password"_s);
    QVERIFY(!bad.everything.contains("canary"));
}

void TestDoctorCtl::tellsWhatWasMended()
{
    m_pool->refuseUserAgent(
        u"You are currently not using the recommended version of the client"_s, u"/15\\."_s);
    const Run good
        = run(QStringList { u"doctor"_s, QString(u"sip:"_s + kAddress), u"--password-stdin"_s }
                + settings(),
            kPassword);
    QVERIFY2(good.status == 0, good.everything.constData());
    QVERIFY2(
        good.step(u"user-agent"_s).value("state"_L1) == "warning"_L1, good.everything.constData());
    QCOMPARE(good.step(u"user-agent"_s).value("code"_L1).toString(), u"user-agent-rejected"_s);
    const QJsonObject learned = good.verdict().value("learned"_L1).toObject();
    QVERIFY(learned.value("user-agent"_L1).toString().contains("/15."_L1));
    QVERIFY(!learned.contains("server"_L1)); // that was given
}

void TestDoctorCtl::withoutAPassword()
{
    const Run half = run(QStringList { u"doctor"_s, QString(u"sip:"_s + kAddress) } + settings());
    QCOMPARE(half.status, 1);
    QCOMPARE(half.verdict().value("code"_L1).toString(), u"no-password"_s);
    QCOMPARE(half.step(u"tls"_s).value("state"_L1).toString(), u"ok"_s);
}

void TestDoctorCtl::examinesAnAccountByName()
{
    const Run added = run(QStringList { u"account"_s, u"add"_s, u"sip"_s, kAddress, u"--name"_s,
                              u"work"_s, u"--password-stdin"_s }
            + settings(),
        kPassword);
    QVERIFY2(added.status == 0, added.everything.constData());
    const Run before = run({ u"account"_s, u"show"_s, u"work"_s });
    const Run good = run({ u"doctor"_s, u"work"_s });
    QVERIFY2(good.status == 0, good.everything.constData());
    // What would it be with another port?
    const Run bad = run({ u"doctor"_s, u"work"_s, u"--set"_s, u"port=1"_s });
    QCOMPARE(bad.status, 1);
    QCOMPARE(bad.verdict().value("code"_L1).toString(), u"refused"_s);
    const Run after = run({ u"account"_s, u"show"_s, u"work"_s });
    QCOMPARE(after.lines, before.lines);
}

void TestDoctorCtl::wrongUsage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::newRow("no account") << QStringList { u"doctor"_s, u"nobody"_s } << 1;
    QTest::newRow("no protocol") << QStringList { u"doctor"_s, u"smtp:a@b.test"_s } << 2;
    QTest::newRow("no setting") << QStringList { u"doctor"_s, u"sip:a@b.test"_s, u"--set"_s,
        u"colour=blue"_s } << 2;
    QTest::newRow("password in sight")
        << QStringList { u"doctor"_s, u"sip:a@b.test"_s, u"--set"_s, u"password=canary"_s } << 2;
    QTest::newRow("nothing") << QStringList { u"doctor"_s } << 2;
}

void TestDoctorCtl::wrongUsage()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QCOMPARE(run(arguments).status, status);
}

QTEST_GUILESS_MAIN(TestDoctorCtl)
#include "tst_doctorctl.moc"
