// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/chainstore.h"
#include "core/secrets/secreterrors.h"
#include "core/secrets/secretprompt.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>

#include <cstdio>
#include <memory>
#include <utility>

using namespace linchpin;
using namespace Qt::StringLiterals;

namespace {

constexpr quint32 kFewRounds = 1000; // fast; the product's number has a test of its own

vault::Parameters parametersOf(char salt, quint32 rounds = kFewRounds)
{
    return { rounds, QByteArray(32, salt) };
}

template <class T> Result<T> waited(const Async<T> &future)
{
    if (!QTest::qWaitFor([&] { return future.isFinished(); }, 30000)) {
        qFatal("no answer");
    }
    return future.result();
}

class ScriptedPrompt : public SecretPrompt {
public:
    Async<Reply> ask(const Question &question) override
    {
        questions.append(question);
        return passwords.isEmpty() ? readyError<Reply>(secretError(u"cancelled"_s))
                                   : ready<Reply>(Reply { passwords.takeFirst(), false });
    }
    QStringList passwords;
    QList<Question> questions;
};

/// A keyring that answers as told.
class FakeKeyring : public MemoryStore {
public:
    Async<QString> read(const QString &key) override
    {
        ++asked;
        return error.isEmpty() ? MemoryStore::read(key) : readyError<QString>(secretError(error));
    }
    Async<void> write(const QString &key, const QString &value) override
    {
        ++asked;
        return error.isEmpty() ? MemoryStore::write(key, value)
                               : readyError<void>(secretError(error));
    }
    QString error;
    int asked = 0;
};

const vault::Secrets kSecrets { { u"id/password"_s, u"Zażółć gęślą jaźń"_s },
    { u"id/other"_s, u"👩‍👩‍👧‍👦🦄𝄞 こんにちは"_s },
    { u"id/empty"_s, u""_s } };

/// Keeps the threads in which keys are derived busy: what is begun meanwhile is under way.
class BusyPool {
public:
    BusyPool()
        : m_threads(QThreadPool::globalInstance()->maxThreadCount())
    {
        for (int i = 0; i < m_threads; ++i) {
            QThreadPool::globalInstance()->start([held = m_held] { held->acquire(); });
        }
    }
    ~BusyPool() { release(); }
    Q_DISABLE_COPY_MOVE(BusyPool)

    void release() { m_held->release(std::exchange(m_threads, 0)); }

private:
    int m_threads;
    std::shared_ptr<QSemaphore> m_held = std::make_shared<QSemaphore>();
};

} // namespace

class TestVault : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sealsAndOpens();
    void everyDamagedByteIsNoticed();
    void cutFilesAreDamaged_data();
    void cutFilesAreDamaged();
    void wrongPasswordIsNoDamage();
    void tamperedSealIsDamage();
    void noPlainText();
    void roundsOfTheProduct();
    void passwordFormDoesNotMatter();
    void knownKey();
    void refusesHostileRounds();

    void storeCreatesAndUnlocks();
    void storeAsksOnce();
    void storeAsksAgainAfterAWrongPassword();
    void storeTakesNoForAnAnswer();
    void changesPassword();
    void changesPasswordOfALockedVault();
    void changeThatCannotBeWrittenChangesNothing();
    void killedWhileChangingThePassword();
    void lockedScreenAsksAgain();
    void screenLocksWhileThePasswordChanges();
    void screenLocksWhileAVaultIsMade();
    void noEmptyMasterPassword();
    void concurrentReadsShareOneQuestion();
    void damagedFileIsNeverWrittenOver();

    void keyringFirst();
    void vaultWhereNoKeyringAnswers();
    void lockedKeyring();
    void memoryWhereNothingElse();
    void passwordFile();
};

void TestVault::sealsAndOpens()
{
    const vault::Parameters parameters = parametersOf('s');
    const vault::Key key = vault::deriveKey(u"tajne hasło"_s, parameters);
    const auto file = vault::seal(kSecrets, key, parameters, QByteArray(12, 'n'));
    QVERIFY2(file.has_value(), file ? "" : qPrintable(file.error().detail));
    const auto found = vault::parameters(*file);
    QVERIFY(found.has_value());
    QCOMPARE(found->rounds, kFewRounds);
    QCOMPARE(found->salt, parameters.salt);
    const auto opened = vault::open(*file, vault::deriveKey(u"tajne hasło"_s, *found));
    QVERIFY2(opened.has_value(), opened ? "" : qPrintable(opened.error().detail));
    QCOMPARE(*opened, kSecrets);
    const auto empty = vault::seal({}, key, parameters, QByteArray(12, 'm'));
    QCOMPARE(vault::open(*empty, key)->size(), 0);
    // How long the passwords are is not to be seen.
    QCOMPARE(empty->size(), file->size());
}

void TestVault::everyDamagedByteIsNoticed()
{
    const vault::Parameters parameters = parametersOf('s');
    const vault::Key key = vault::deriveKey(u"pw"_s, parameters);
    const QByteArray file = *vault::seal(kSecrets, key, parameters, QByteArray(12, 'n'));
    for (qsizetype i = 0; i < file.size(); ++i) {
        QByteArray damaged = file;
        damaged[i] = static_cast<char>(damaged.at(i) ^ 0x01);
        const auto opened = vault::open(damaged, key);
        QVERIFY2(!opened, qPrintable(QString::number(i)));
        QCOMPARE(opened.error().code, u"vault-damaged"_s);
    }
}

void TestVault::cutFilesAreDamaged_data()
{
    QTest::addColumn<qsizetype>("size");
    for (const qsizetype size : { 0, 1, 8, 12, 44, 56, 88, 100, 119, 200, 500 }) {
        QTest::addRow("%lld", static_cast<long long>(size)) << size;
    }
}

void TestVault::cutFilesAreDamaged()
{
    QFETCH(qsizetype, size);
    const vault::Parameters parameters = parametersOf('s');
    const vault::Key key = vault::deriveKey(u"pw"_s, parameters);
    const QByteArray file = *vault::seal(kSecrets, key, parameters, QByteArray(12, 'n'));
    QCOMPARE(vault::open(file.first(size), key).error().code, u"vault-damaged"_s);
    QCOMPARE(vault::open(QByteArray(size, 'x'), key).error().code, u"vault-damaged"_s);
}

void TestVault::wrongPasswordIsNoDamage()
{
    const vault::Parameters parameters = parametersOf('s');
    const QByteArray file = *vault::seal(
        kSecrets, vault::deriveKey(u"right"_s, parameters), parameters, QByteArray(12, 'n'));
    for (const QString &wrong : { u"Right"_s, u""_s, u"right "_s }) {
        const auto opened = vault::open(file, vault::deriveKey(wrong, parameters));
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, u"vault-wrong-password"_s);
        QVERIFY(opened.error().title != secretError(u"vault-damaged"_s).title);
    }
}

void TestVault::tamperedSealIsDamage()
{
    // Somebody who repairs the checksum after changing the sealed part is still found out.
    const vault::Parameters parameters = parametersOf('s');
    const vault::Key key = vault::deriveKey(u"pw"_s, parameters);
    QByteArray file = *vault::seal(kSecrets, key, parameters, QByteArray(12, 'n'));
    file[200] = static_cast<char>(file.at(200) ^ 0x01);
    file.chop(32);
    file += QCryptographicHash::hash(file, QCryptographicHash::Sha256);
    QVERIFY(vault::parameters(file).has_value());
    QCOMPARE(vault::open(file, key).error().code, u"vault-damaged"_s);
}

void TestVault::noPlainText()
{
    const vault::Parameters parameters = parametersOf('s');
    const vault::Key key = vault::deriveKey(u"pw"_s, parameters);
    const QByteArray a
        = *vault::seal({ { u"key"_s, u"canary"_s } }, key, parameters, QByteArray(12, 'n'));
    QVERIFY(!a.contains("canary") && !a.contains("key"));
    const QByteArray b
        = *vault::seal({ { u"key"_s, u"canary"_s } }, key, parameters, QByteArray(12, 'm'));
    QVERIFY(a.mid(120, 32) != b.mid(120, 32));
}

void TestVault::roundsOfTheProduct()
{
    QCOMPARE(vault::kRounds, 600'000U);
    QCOMPARE(vault::Parameters {}.rounds, vault::kRounds);
}

void TestVault::passwordFormDoesNotMatter()
{
    const vault::Parameters parameters = parametersOf('s');
    // The same word typed on two systems: composed, and with a combining mark.
    const vault::Key composed = vault::deriveKey(u"caf\u00e9"_s, parameters);
    const vault::Key combining = vault::deriveKey(u"cafe\u0301"_s, parameters);
    QCOMPARE(composed.cipher, combining.cipher);
    QCOMPARE(composed.check, combining.check);
    QVERIFY(composed.cipher != composed.check);
}

void TestVault::knownKey()
{
    // PBKDF2-HMAC-SHA512 of "password", 32 bytes "salt…", 1000 rounds, by Python's hashlib:
    // hashlib.pbkdf2_hmac('sha512', b'password', b'salt' * 8, 1000, 64)
    const vault::Key key
        = vault::deriveKey(u"password"_s, { 1000, QByteArray("salt").repeated(8) });
    QCOMPARE(
        key.cipher.toHex(), "31b6a05e1537629af86e4b7eca33c2f2b692c53cf58e4ef6fa2d2c79c9b2153d"_ba);
    QCOMPARE(
        key.check.toHex(), "f88cca30f6545e28a9508bb265ba3c4c5429d6d38a4309ed9ee4b05fd29b37c7"_ba);
}

void TestVault::refusesHostileRounds()
{
    const vault::Key key { QByteArray(32, 'a'), QByteArray(32, 'b') };
    for (const quint32 rounds : { 0U, 999U, 20'000'001U, 0xffffffffU }) {
        const auto file = vault::seal({}, key, parametersOf('s', rounds), QByteArray(12, 'n'));
        QCOMPARE(vault::parameters(*file).error().code, u"vault-damaged"_s);
    }
}

void TestVault::storeCreatesAndUnlocks()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"profile/vault.bin"_s);
    {
        VaultStore store(fileName, nullptr, kFewRounds);
        QVERIFY(!store.exists());
        QCOMPARE(waited(store.read(u"k"_s)).error().code, u"no-secret"_s);
        QCOMPARE(waited(store.write(u"k"_s, u"v"_s)).error().code, u"vault-locked"_s);
        QVERIFY(waited(store.create(u"master"_s)).has_value());
        QVERIFY(store.isUnlocked());
        QVERIFY(waited(store.write(u"k"_s, u"𝄞"_s)).has_value());
    }
    const auto permissions = QFile::permissions(fileName);
    QVERIFY(!permissions.testFlag(QFile::ReadGroup) && !permissions.testFlag(QFile::ReadOther));
    VaultStore store(fileName, nullptr, kFewRounds);
    QVERIFY(store.exists() && !store.isUnlocked());
    QCOMPARE(waited(store.read(u"k"_s)).error().code, u"vault-locked"_s);
    QCOMPARE(waited(store.unlock(u"wrong"_s)).error().code, u"vault-wrong-password"_s);
    QVERIFY(!store.isUnlocked());
    QVERIFY(waited(store.unlock(u"master"_s)).has_value());
    QCOMPARE(waited(store.read(u"k"_s)).value(), u"𝄞"_s);
    QCOMPARE(waited(store.read(u"other"_s)).error().code, u"no-secret"_s);
    QVERIFY(waited(store.remove(u"k"_s)).has_value());
    QCOMPARE(waited(store.read(u"k"_s)).error().code, u"no-secret"_s);
    store.lock();
    QCOMPARE(waited(store.read(u"k"_s)).error().code, u"vault-locked"_s);
}

void TestVault::storeAsksOnce()
{
    QTemporaryDir folder;
    ScriptedPrompt prompt;
    prompt.passwords = { u"master"_s };
    VaultStore store(folder.filePath(u"vault.bin"_s), &prompt, kFewRounds);
    QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    QVERIFY(waited(store.write(u"b"_s, u"2"_s)).has_value());
    QCOMPARE(waited(store.read(u"a"_s)).value(), u"1"_s);
    QCOMPARE(prompt.questions.size(), 1);
    QCOMPARE(prompt.questions.constFirst().kind, SecretPrompt::Question::Kind::NewVaultPassword);
}

void TestVault::storeAsksAgainAfterAWrongPassword()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"vault.bin"_s);
    {
        VaultStore store(fileName, nullptr, kFewRounds);
        QVERIFY(waited(store.create(u"master"_s)).has_value());
    }
    ScriptedPrompt prompt;
    prompt.passwords = { u"wrong"_s, u"master"_s };
    VaultStore store(fileName, &prompt, kFewRounds);
    QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    QCOMPARE(prompt.questions.size(), 2);
    QCOMPARE(prompt.questions.at(0).kind, SecretPrompt::Question::Kind::VaultPassword);
    QVERIFY(prompt.questions.at(0).complaint.isEmpty());
    QVERIFY(!prompt.questions.at(1).complaint.isEmpty());
}

void TestVault::storeTakesNoForAnAnswer()
{
    QTemporaryDir folder;
    ScriptedPrompt prompt;
    VaultStore store(folder.filePath(u"vault.bin"_s), &prompt, kFewRounds);
    QCOMPARE(waited(store.write(u"a"_s, u"1"_s)).error().code, u"vault-locked"_s);
    QCOMPARE(waited(store.write(u"b"_s, u"1"_s)).error().code, u"vault-locked"_s);
    QCOMPARE(prompt.questions.size(), 1);
    QVERIFY(!store.exists());
}

void TestVault::changesPassword()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"vault.bin"_s);
    VaultStore store(fileName, nullptr, kFewRounds);
    QVERIFY(waited(store.create(u"old"_s)).has_value());
    QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    QCOMPARE(
        waited(store.changePassword(u"no"_s, u"new"_s)).error().code, u"vault-wrong-password"_s);
    QVERIFY(waited(store.changePassword(u"old"_s, u"new"_s)).has_value());
    QVERIFY(waited(store.write(u"b"_s, u"2"_s)).has_value());
    VaultStore again(fileName, nullptr, kFewRounds);
    QCOMPARE(waited(again.unlock(u"old"_s)).error().code, u"vault-wrong-password"_s);
    QVERIFY(waited(again.unlock(u"new"_s)).has_value());
    QCOMPARE(waited(again.read(u"a"_s)).value(), u"1"_s);
    QCOMPARE(waited(again.read(u"b"_s)).value(), u"2"_s);
}

void TestVault::changesPasswordOfALockedVault()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"vault.bin"_s);
    {
        VaultStore store(fileName, nullptr, kFewRounds);
        QVERIFY(waited(store.create(u"old"_s)).has_value());
        QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    }
    VaultStore store(fileName, nullptr, kFewRounds);
    const QSignalSpy told(&store, &VaultStore::lockedChanged);
    QVERIFY(waited(store.changePassword(u"old"_s, u"new"_s)).has_value());
    QVERIFY(store.isUnlocked());
    QCOMPARE(told.size(), 1);
    QCOMPARE(waited(store.read(u"a"_s)).value(), u"1"_s);
}

void TestVault::changeThatCannotBeWrittenChangesNothing()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"profile/vault.bin"_s);
    VaultStore store(fileName, nullptr, kFewRounds);
    QVERIFY(waited(store.create(u"old"_s)).has_value());
    QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    QFile file(fileName);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray before = file.readAll();
    file.close();
    // Also root cannot write a file where a folder stands.
    const QString aside = folder.filePath(u"aside"_s);
    QVERIFY(file.rename(aside));
    QVERIFY(QFile::copy(aside, fileName));
    VaultStore locked(fileName, nullptr, kFewRounds);
    const auto changing = locked.changePassword(u"old"_s, u"new"_s);
    QVERIFY(QFile::remove(fileName)); // while the keys are derived
    QVERIFY(QDir().mkpath(fileName + u"/in the way"_s));
    const auto changed = waited(changing);
    QVERIFY(!changed);
    QVERIFY(!locked.isUnlocked());
    QVERIFY(QDir(fileName).removeRecursively());
    QVERIFY(QFile::rename(aside, fileName));
    QFile same(fileName);
    QVERIFY(same.open(QIODevice::ReadOnly));
    QCOMPARE(same.readAll(), before);
    QVERIFY(waited(locked.unlock(u"old"_s)).has_value());
    QCOMPARE(waited(locked.read(u"a"_s)).value(), u"1"_s);
}

/// Runs itself as a child that changes the password to and fro, and kills it at whatever moment.
void TestVault::killedWhileChangingThePassword()
{
    const QString inside = qEnvironmentVariable("LINCHPIN_TEST_VAULT");
    if (!inside.isEmpty()) {
        VaultStore store(inside, nullptr, kFewRounds);
        for (;;) {
            const bool toNew = waited(store.changePassword(u"old"_s, u"new"_s)).has_value();
            const bool toOld = waited(store.changePassword(u"new"_s, u"old"_s)).has_value();
            QVERIFY(toNew || toOld);
            std::fputs("changed\n", stdout);
            std::fflush(stdout);
        }
    }
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"vault.bin"_s);
    {
        VaultStore store(fileName, nullptr, kFewRounds);
        QVERIFY(waited(store.create(u"old"_s)).has_value());
        QVERIFY(waited(store.write(u"a"_s, u"Zażółć 🦄"_s)).has_value());
    }
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"LINCHPIN_TEST_VAULT"_s, fileName);
    for (int round = 0; round < 12; ++round) {
        QProcess child;
        child.setProcessEnvironment(environment);
        child.start(
            QCoreApplication::applicationFilePath(), { u"killedWhileChangingThePassword"_s });
        // In the middle of any of its changes: each takes some other time.
        for (int seen = 0; seen <= round;) {
            QVERIFY(child.waitForReadyRead(30000));
            seen += int(child.readAllStandardOutput().count("changed"));
        }
        child.kill();
        QVERIFY(child.waitForFinished(30000));
        VaultStore store(fileName, nullptr, kFewRounds);
        const bool isOld = waited(store.unlock(u"old"_s)).has_value();
        QVERIFY2(isOld || waited(store.unlock(u"new"_s)).has_value(), "neither password opens it");
        QCOMPARE(waited(store.read(u"a"_s)).value(), u"Zażółć 🦄"_s);
    }
}

void TestVault::lockedScreenAsksAgain()
{
    constexpr quint32 kSomeRounds = 50'000; // so many that the screen can lock in the midst of them
    QTemporaryDir folder;
    ScriptedPrompt prompt;
    prompt.passwords = { u"master"_s, u"master"_s };
    VaultStore store(folder.filePath(u"vault.bin"_s), &prompt, kSomeRounds);
    QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    store.lock(); // what LockWatch::locked() does in the program
    QVERIFY(!store.isUnlocked());
    QCOMPARE(waited(store.read(u"a"_s)).value(), u"1"_s);
    QCOMPARE(prompt.questions.size(), 2);
    QCOMPARE(prompt.questions.constLast().kind, SecretPrompt::Question::Kind::VaultPassword);
    // Locked while the password is being proven, it stays locked, and asks again.
    store.lock();
    prompt.passwords = { u"master"_s, u"master"_s };
    const auto late = store.read(u"a"_s);
    store.lock();
    QCOMPARE(waited(late).error().code, u"vault-locked"_s);
    QVERIFY(!store.isUnlocked());
    QCOMPARE(waited(store.read(u"a"_s)).value(), u"1"_s);
    // Declined while the screen was locked is not declined for good.
    store.lock();
    QCOMPARE(waited(store.read(u"a"_s)).error().code, u"vault-locked"_s);
    store.lock();
    prompt.passwords = { u"master"_s };
    QCOMPARE(waited(store.read(u"a"_s)).value(), u"1"_s);
}

void TestVault::screenLocksWhileThePasswordChanges()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"vault.bin"_s);
    VaultStore store(fileName, nullptr, kFewRounds);
    QVERIFY(waited(store.create(u"old"_s)).has_value());
    QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    BusyPool pool;
    const auto changing = store.changePassword(u"old"_s, u"new"_s);
    store.lock();
    pool.release();
    QVERIFY(waited(changing).has_value()); // the new one holds …
    QVERIFY(!store.isUnlocked()); // … but what was locked stays so
    QCOMPARE(waited(store.read(u"a"_s)).error().code, u"vault-locked"_s);
    QVERIFY(waited(store.unlock(u"new"_s)).has_value());
    QCOMPARE(waited(store.read(u"a"_s)).value(), u"1"_s);
}

void TestVault::screenLocksWhileAVaultIsMade()
{
    QTemporaryDir folder;
    VaultStore store(folder.filePath(u"vault.bin"_s), nullptr, kFewRounds);
    BusyPool pool;
    const auto making = store.create(u"master"_s);
    store.lock();
    pool.release();
    QCOMPARE(waited(making).error().code, u"vault-locked"_s);
    QVERIFY(!store.isUnlocked());
    QVERIFY(waited(store.unlock(u"master"_s)).has_value());
}

void TestVault::noEmptyMasterPassword()
{
    QTemporaryDir folder;
    VaultStore store(folder.filePath(u"vault.bin"_s), nullptr, kFewRounds);
    QVERIFY(waited(store.create(u"old"_s)).has_value());
    // No question could ever be answered with it.
    QCOMPARE(waited(store.changePassword(u"old"_s, {})).error().code, u"vault-no-password"_s);
    store.lock();
    QVERIFY(waited(store.unlock(u"old"_s)).has_value());
}

void TestVault::concurrentReadsShareOneQuestion()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"vault.bin"_s);
    {
        VaultStore store(fileName, nullptr, kFewRounds);
        QVERIFY(waited(store.create(u"master"_s)).has_value());
        QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    }
    ScriptedPrompt prompt;
    prompt.passwords = { u"master"_s };
    VaultStore store(fileName, &prompt, kFewRounds);
    const auto first = store.read(u"a"_s);
    const auto second = store.read(u"b"_s);
    const auto third = store.read(u"a"_s);
    QCOMPARE(waited(first).value(), u"1"_s);
    QCOMPARE(waited(second).error().code, u"no-secret"_s);
    QCOMPARE(waited(third).value(), u"1"_s);
    QCOMPARE(prompt.questions.size(), 1);
}

void TestVault::damagedFileIsNeverWrittenOver()
{
    QTemporaryDir folder;
    const QString fileName = folder.filePath(u"vault.bin"_s);
    QFile file(fileName);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("damaged");
    file.close();
    ScriptedPrompt prompt;
    prompt.passwords = { u"master"_s, u"master"_s };
    VaultStore store(fileName, &prompt, kFewRounds);
    QCOMPARE(waited(store.write(u"a"_s, u"1"_s)).error().code, u"vault-damaged"_s);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), "damaged"_ba);
}

void TestVault::keyringFirst()
{
    QTemporaryDir folder;
    VaultStore vaultStore(folder.filePath(u"vault.bin"_s), nullptr, kFewRounds);
    auto keyring = std::make_unique<FakeKeyring>();
    FakeKeyring *const ring = keyring.get();
    ChainStore chain(std::move(keyring), vaultStore);
    QVERIFY(waited(chain.write(u"a"_s, u"1"_s)).has_value());
    QCOMPARE(waited(ring->read(u"a"_s)).value(), u"1"_s);
    QCOMPARE(waited(chain.read(u"a"_s)).value(), u"1"_s);
    QVERIFY(!vaultStore.exists());
    QCOMPARE(waited(chain.read(u"b"_s)).error().code, u"no-secret"_s);
    QVERIFY(waited(chain.remove(u"a"_s)).has_value());
    QCOMPARE(waited(chain.read(u"a"_s)).error().code, u"no-secret"_s);
}

void TestVault::vaultWhereNoKeyringAnswers()
{
    QTemporaryDir folder;
    ScriptedPrompt prompt;
    prompt.passwords = { u"master"_s };
    VaultStore vaultStore(folder.filePath(u"vault.bin"_s), &prompt, kFewRounds);
    auto keyring = std::make_unique<FakeKeyring>();
    keyring->error = u"keyring-unavailable"_s;
    FakeKeyring *const ring = keyring.get();
    ChainStore chain(std::move(keyring), vaultStore);
    QVERIFY(waited(chain.write(u"a"_s, u"canary"_s)).has_value());
    QVERIFY(vaultStore.exists());
    QCOMPARE(waited(chain.read(u"a"_s)).value(), u"canary"_s);
    QCOMPARE(ring->asked, 1); // not bothered again
    QCOMPARE(chain.displayName(), vaultStore.displayName());
}

void TestVault::lockedKeyring()
{
    QTemporaryDir folder;
    VaultStore vaultStore(folder.filePath(u"vault.bin"_s), nullptr, kFewRounds);
    auto keyring = std::make_unique<FakeKeyring>();
    keyring->error = u"keyring-locked"_s;
    ChainStore chain(std::move(keyring), vaultStore);
    QCOMPARE(waited(chain.read(u"a"_s)).error().code, u"keyring-locked"_s);
}

void TestVault::memoryWhereNothingElse()
{
    QTemporaryDir folder;
    VaultStore vaultStore(folder.filePath(u"vault.bin"_s), nullptr, kFewRounds);
    ChainStore chain(nullptr, vaultStore);
    const auto written = waited(chain.write(u"a"_s, u"canary"_s));
    QVERIFY(!written); // said loudly
    QCOMPARE(written.error().code, u"secret-not-stored"_s);
    QCOMPARE(waited(chain.read(u"a"_s)).value(), u"canary"_s); // but usable in this run
    QDirIterator it(folder.path(), QDir::Files, QDirIterator::Subdirectories);
    QVERIFY2(!it.hasNext(), "nothing was written in clear text, or at all");
}

void TestVault::passwordFile()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(u"password"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("zażółć\nsecond line\n"_ba);
    file.close();
    FileSecretPrompt prompt(file.fileName(), nullptr);
    {
        VaultStore store(folder.filePath(u"vault.bin"_s), &prompt, kFewRounds);
        QVERIFY(waited(store.write(u"a"_s, u"1"_s)).has_value());
    }
    VaultStore store(folder.filePath(u"vault.bin"_s), nullptr, kFewRounds);
    QVERIFY(waited(store.unlock(u"zażółć"_s)).has_value());
    // A wrong one is not tried for ever, and accounts' passwords are not in it.
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("wrong");
    file.close();
    VaultStore locked(folder.filePath(u"vault.bin"_s), &prompt, kFewRounds);
    QVERIFY(!waited(locked.read(u"a"_s)));
    QCOMPARE(waited(prompt.ask({})).error().kind, Error::Kind::Cancelled);
}

QTEST_GUILESS_MAIN(TestVault)
#include "tst_vault.moc"
