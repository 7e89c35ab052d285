// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Three accounts on three networks at once, driven through `linchpinctl session`: a message each
// way on each; then kill -9 in the middle of a burst, restart, nothing lost and nothing twice.

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;

namespace {

constexpr int kLimit = 60'000; // ms; for what takes well under a second
constexpr int kBurst = 40; // messages an account

const QString kText
    = u"Zażółć gęślą jaźń — こんにちは世界 — مرحبا بالعالم — e\u0301 ก็ — 👩‍👩‍👧‍👦🦄𝄞"_s;

QString program(const QString &name)
{
    return QStringLiteral(LINCHPIN_BINARY_DIR) + u"/bin/"_s + name;
}

/// A process whose standard output is JSON lines.
class JsonProcess {
public:
    void start(const QString &name, const QStringList &arguments, const QProcessEnvironment &env)
    {
        process.setProcessEnvironment(env);
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(program(name), arguments);
    }

    /// Reads until `wanted` is true of an object, which it returns; an empty one after the limit.
    template <class Predicate> QJsonObject waitFor(Predicate wanted, int limit = kLimit)
    {
        QElapsedTimer clock;
        clock.start();
        for (;;) {
            while (next < seen.size()) {
                const QJsonObject object = seen.at(next++);
                if (wanted(object)) {
                    return object;
                }
            }
            if (clock.elapsed() > limit || !read(static_cast<int>(limit - clock.elapsed()))) {
                return {};
            }
        }
    }

    bool read(int limit)
    {
        while (!process.canReadLine()) {
            if (process.state() == QProcess::NotRunning || !process.waitForReadyRead(limit)) {
                return process.canReadLine();
            }
        }
        while (process.canReadLine()) {
            seen.append(QJsonDocument::fromJson(process.readLine()).object());
        }
        return true;
    }

    void write(const QJsonObject &object)
    {
        process.write(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n');
    }

    QProcess process;
    QList<QJsonObject> seen;
    qsizetype next = 0;
};

struct Network {
    QString protocol;
    QString account;
    JsonProcess simulator;
    QString partner;
    QString folder;
};

bool is(const QJsonObject &object, const QString &event, const QString &account)
{
    return object.value("event"_L1) == event && object.value("account"_L1) == account;
}

} // namespace

class tst_ThreeNetworks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aMessageEachWay();
    void killedInABurst();
    void nothingIsReadableThatShouldNotBe();

private:
    void addAccount(Network &network, const QJsonObject &ready);
    void startSession();
    bool waitOnline();
    QList<QJsonObject> exported() const;
    QStringList received(const Network &network) const;

    QTemporaryDir m_folder;
    QProcessEnvironment m_env = QProcessEnvironment::systemEnvironment();
    std::vector<std::unique_ptr<Network>> m_networks;
    std::unique_ptr<JsonProcess> m_session;
    QStringList m_passwords;
};

void tst_ThreeNetworks::initTestCase()
{
    QVERIFY(m_folder.isValid());
    // The keyring and the configuration of whoever runs the tests are not ours to touch.
    m_env.insert(u"XDG_CONFIG_HOME"_s, m_folder.filePath(u"config"_s));
    m_env.insert(u"LINCHPIN_PROFILE"_s, m_folder.filePath(u"profile"_s));
    m_env.insert(
        u"DBUS_SESSION_BUS_ADDRESS"_s, u"disabled:"_s); // none, also where X could start one
    for (const auto &[protocol, account] : { std::pair(u"irc"_s, u"libera"_s),
             std::pair(u"xmpp"_s, u"private"_s), std::pair(u"sip"_s, u"work"_s) }) {
        auto network = std::make_unique<Network>();
        network->protocol = protocol;
        network->account = account;
        network->folder = m_folder.filePath(u"sim-"_s + protocol);
        QVERIFY(QDir().mkpath(network->folder));
        network->simulator.start(u"linchpin-sim-"_s + protocol,
            { u"--demo"_s, u"--dir"_s, network->folder, u"--delay-ms"_s, u"20"_s }, m_env);
        const QJsonObject ready = network->simulator.waitFor(
            [](const QJsonObject &object) { return object.value("ready"_L1).toBool(); });
        QVERIFY2(!ready.isEmpty(), qPrintable(protocol));
        addAccount(*network, ready);
        m_networks.push_back(std::move(network));
    }
}

void tst_ThreeNetworks::addAccount(Network &network, const QJsonObject &ready)
{
    network.partner = ready.value("partner"_L1).toString();
    QStringList arguments { u"account"_s, u"add"_s, network.protocol,
        ready.value("address"_L1).toString(), u"--name"_s, network.account, u"--password-stdin"_s };
    const QJsonObject settings = ready.value("settings"_L1).toObject();
    for (auto it = settings.begin(); it != settings.end(); ++it) {
        arguments << u"--set"_s << it.key() + u'=' + it.value().toVariant().toString();
    }
    QProcess add;
    add.setProcessEnvironment(m_env);
    add.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    add.start(program(u"linchpinctl"_s), arguments);
    const QString password = ready.value("password"_L1).toString();
    m_passwords.append(password);
    add.write(password.toUtf8() + '\n');
    add.closeWriteChannel();
    QVERIFY(add.waitForFinished(kLimit));
    QCOMPARE(add.exitCode(), 0);
}

void tst_ThreeNetworks::startSession()
{
    m_session = std::make_unique<JsonProcess>();
    m_session->start(u"linchpinctl"_s, { u"session"_s }, m_env);
}

bool tst_ThreeNetworks::waitOnline()
{
    QSet<QString> online;
    return !m_session
                ->waitFor([&](const QJsonObject &object) {
                    if (object.value("event"_L1) == "state"_L1
                        && object.value("state"_L1) == "online"_L1) {
                        online.insert(object.value("account"_L1).toString());
                    }
                    return online.size() == qsizetype(m_networks.size());
                })
                .isEmpty();
}

void tst_ThreeNetworks::aMessageEachWay()
{
    startSession();
    QVERIFY(waitOnline());
    for (const auto &network : m_networks) {
        m_session->write({ { u"do"_s, u"send"_s }, { u"account"_s, network->account },
            { u"to"_s, network->partner }, { u"text"_s, kText }, { u"ref"_s, network->protocol } });
        const QJsonObject taken = m_session->waitFor([&](const QJsonObject &object) {
            return is(object, u"delivery"_s, network->account)
                && object.value("ref"_L1) == network->protocol;
        });
        QVERIFY2(!taken.isEmpty(), qPrintable(network->protocol));
        QVERIFY2(taken.value("state"_L1) != "failed"_L1, QJsonDocument(taken).toJson().constData());
        m_session->next = 0; // the answer may have come before the confirmation
        const QJsonObject answer = m_session->waitFor([&](const QJsonObject &object) {
            return is(object, u"message"_s, network->account)
                && object.value("direction"_L1) == "in"_L1
                && object.value("conversation"_L1) == network->partner;
        });
        QVERIFY2(!answer.isEmpty(), qPrintable(network->protocol));
        QVERIFY2(received(*network).contains(kText), qPrintable(network->protocol));
    }
    m_session->write({ { u"do"_s, u"quit"_s } });
    QVERIFY(m_session->process.waitForFinished(kLimit));
    QCOMPARE(m_session->process.exitCode(), 0);
}

void tst_ThreeNetworks::killedInABurst()
{
    startSession();
    QVERIFY(waitOnline());
    for (int i = 0; i < kBurst; ++i) {
        for (const auto &network : m_networks) {
            m_session->write({ { u"do"_s, u"send"_s }, { u"account"_s, network->account },
                { u"to"_s, network->partner },
                { u"text"_s, u"burst %1 %2 🦄"_s.arg(network->protocol).arg(i) } });
        }
    }
    // In the middle: some are delivered, some stored, some not even read from the pipe.
    int delivered = 0;
    const QJsonObject enough = m_session->waitFor([&](const QJsonObject &object) {
        delivered += object.value("event"_L1) == "delivery"_L1 ? 1 : 0;
        return delivered >= kBurst;
    });
    QVERIFY(!enough.isEmpty());
    ::kill(static_cast<pid_t>(m_session->process.processId()), SIGKILL);
    QVERIFY(m_session->process.waitForFinished(kLimit));
    while (m_session->read(0)) { }
    // Everything that was told as stored must be there afterwards.
    QSet<QString> told;
    for (const QJsonObject &object : std::as_const(m_session->seen)) {
        if (object.value("event"_L1) == "message"_L1 && object.value("direction"_L1) == "out"_L1) {
            told.insert(object.value("text"_L1).toString());
        }
    }
    QVERIFY(told.size() >= kBurst);

    startSession();
    QVERIFY(waitOnline());
    const auto open = [&] {
        int count = 0;
        const QList<QJsonObject> all = exported();
        for (const QJsonObject &message : all) {
            const QString state = message.value("delivery"_L1).toString();
            count += state == "queued"_L1 || state == "submitted"_L1 ? 1 : 0;
        }
        return count;
    };
    QTRY_COMPARE_WITH_TIMEOUT(open(), 0, kLimit);
    m_session->write({ { u"do"_s, u"quit"_s } });
    QVERIFY(m_session->process.waitForFinished(kLimit));

    QHash<QString, QString> states;
    int duplicates = 0;
    const QList<QJsonObject> all = exported();
    for (const QJsonObject &message : all) {
        const QString text = message.value("text"_L1).toString();
        if (message.value("direction"_L1) == "out"_L1 && text.startsWith("burst"_L1)) {
            duplicates += states.contains(text) ? 1 : 0;
            states.insert(text, message.value("delivery"_L1).toString());
        }
    }
    QCOMPARE(duplicates, 0);
    for (const QString &text : std::as_const(told)) {
        QVERIFY2(states.contains(text), qPrintable(u"lost from the history: "_s + text));
    }
    int unconfirmed = 0;
    for (const auto &network : m_networks) {
        const QStringList there = received(*network);
        for (auto it = states.cbegin(); it != states.cend(); ++it) {
            if (!it.key().contains(u' ' + network->protocol + u' ')) {
                continue;
            }
            const qsizetype count = there.count(it.key());
            QVERIFY2(count <= 1, qPrintable(u"twice: "_s + it.key()));
            if (it.value() == "unconfirmed"_L1) {
                ++unconfirmed; // the user sees it, with Retry; it may or may not have arrived
                continue;
            }
            QVERIFY2(it.value() != "failed"_L1, qPrintable(u"failed: "_s + it.key()));
            QVERIFY2(count == 1, qPrintable(u"lost: "_s + it.key() + u' ' + it.value()));
        }
    }
    qInfo("%d of %d messages are shown as unconfirmed", unconfirmed, int(states.size()));
}

void tst_ThreeNetworks::nothingIsReadableThatShouldNotBe()
{
    // No file the program wrote holds a password.
    QDirIterator files(
        m_folder.filePath(u"profile"_s), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    int looked = 0;
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        for (const QString &password : std::as_const(m_passwords)) {
            QVERIFY2(!bytes.contains(password.toUtf8()), qPrintable(file.fileName()));
        }
        ++looked;
    }
    QVERIFY(looked >= 3); // accounts, vault, history
}

QList<QJsonObject> tst_ThreeNetworks::exported() const
{
    QProcess process;
    process.setProcessEnvironment(m_env);
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(
        program(u"linchpinctl"_s), { u"history"_s, u"export"_s, u"--format"_s, u"json"_s });
    process.waitForFinished(kLimit);
    QList<QJsonObject> all;
    const QByteArrayList lines = process.readAllStandardOutput().split('\n');
    for (const QByteArray &line : lines) {
        if (!line.isEmpty()) {
            all.append(QJsonDocument::fromJson(line).object());
        }
    }
    return all;
}

QStringList tst_ThreeNetworks::received(const Network &network) const
{
    QStringList texts;
    QFile file(network.folder + u"/received.jsonl"_s);
    if (file.open(QIODevice::ReadOnly)) {
        const QByteArrayList lines = file.readAll().split('\n');
        for (const QByteArray &line : lines) {
            const QJsonObject object = QJsonDocument::fromJson(line).object();
            if (!object.isEmpty()) {
                texts.append(object.value("text"_L1).toString());
            }
        }
    }
    return texts;
}

QTEST_GUILESS_MAIN(tst_ThreeNetworks)
#include "tst_threenetworks.moc"
