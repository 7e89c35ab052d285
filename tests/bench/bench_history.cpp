// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// The history of a million messages beside the same rows in SQLite with nothing around them: one
// table, one index, FTS5 over the text, one transaction, through the same driver.

#include "core/history/historystore.h"
#include "tests/bench/bench.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTemporaryDir>
#include <QTimeZone>

#include <cmath>
#include <random>

using namespace Qt::StringLiterals;

namespace linchpin::bench {

namespace {

constexpr int kPage = 60;
constexpr int kHits = 50;
const ConversationKey kBig { { u"account"_s }, u"big@alpha.test"_s, ConversationKind::Person };
const ConversationKey kSmall { { u"account"_s }, u"small@alpha.test"_s, ConversationKind::Person };
const QString kCommon = u"word3"_s; // in about every fourth message
const QString kRare = u"word15000"_s;

/// Messages of about a dozen words, common ones often (Zipf); every fiftieth in Japanese.
class Texts {
public:
    QString next(int number)
    {
        if (number % 50 == 49) {
            return u"明日の会議は午後三時に変更になりました %1"_s.arg(number);
        }
        QString text;
        const int words = 4 + static_cast<int>(m_random() % 16);
        for (int i = 0; i < words; ++i) {
            const double unit = static_cast<double>(m_random()) / 4294967296.0;
            text += u"word%1 "_s.arg(static_cast<int>(std::pow(20000.0, unit)));
        }
        return text;
    }

private:
    std::mt19937 m_random { 20261120 };
};

QDateTime timeOf(int number)
{
    return QDateTime::fromMSecsSinceEpoch(
        1'500'000'000'000 + qint64 { number } * 60'000, QTimeZone::UTC);
}

template <class T> T waited(const Async<T> &future)
{
    while (!future.isFinished()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    const Result<T> result = future.result();
    if (!result) {
        qFatal("%s: %s", qPrintable(result.error().code), qPrintable(result.error().detail));
    }
    if constexpr (!std::is_void_v<T>) {
        return *result;
    }
}

StoredMessage messageOf(int number, const QString &text, const ConversationKey &key)
{
    StoredMessage message;
    message.conversation = key;
    message.from = key.with;
    message.remoteId = u"remote-%1"_s.arg(number);
    message.body = RichText::fromPlain(text);
    message.sentAt = timeOf(number);
    message.receivedAt = message.sentAt;
    return message;
}

struct Raw {
    double rowsPerSecond = 0;
    double rowsPerCpuSecond = 0;
    double search = 0;
    double open = 0;
    double openAt = 0;
};

void must(bool ok, const QSqlQuery &sql)
{
    if (!ok) {
        qFatal("%s", qPrintable(sql.lastError().text()));
    }
}

/// What comes out of a page is made into text, as anybody would.
void readAll(QSqlQuery &sql)
{
    qsizetype length = 0;
    while (sql.next()) {
        length += sql.value(1).toString().size();
    }
    if (length == 0) {
        qFatal("nothing found");
    }
    sql.finish();
}

Raw measureRaw(const QString &file, int count)
{
    Raw raw;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"raw"_s);
        database.setDatabaseName(file);
        if (!database.open()) {
            qFatal("cannot open the database to compare with");
        }
        QSqlQuery sql(database);
        for (const QString &statement :
            { u"PRAGMA journal_mode = WAL"_s, u"PRAGMA synchronous = NORMAL"_s,
                u"CREATE TABLE message(id INTEGER PRIMARY KEY, conversation INTEGER, at INTEGER,"
                " sender TEXT, text TEXT)"_s,
                u"CREATE INDEX place ON message(conversation, at)"_s,
                u"CREATE VIRTUAL TABLE words USING fts5(text, content='message',"
                " content_rowid='id', tokenize='unicode61 remove_diacritics 2')"_s }) {
            must(sql.exec(statement), sql);
        }
        Texts texts;
        QStringList prepared;
        prepared.reserve(count);
        for (int i = 0; i < count; ++i) {
            prepared.append(texts.next(i));
        }
        double spent = 0;
        const double cpu = processCpuMillisecondsOf([&] {
            spent = millisecondsOf([&] {
                must(sql.exec(u"BEGIN"_s), sql);
                QSqlQuery row(database);
                QSqlQuery words(database);
                must(row.prepare(u"INSERT INTO message(id, conversation, at, sender, text)"
                                 " VALUES(?, 1, ?, ?, ?)"_s),
                    row);
                must(words.prepare(u"INSERT INTO words(rowid, text) VALUES(?, ?)"_s), words);
                for (int i = 0; i < count; ++i) {
                    row.bindValue(0, i + 1);
                    row.bindValue(1, timeOf(i).toMSecsSinceEpoch());
                    row.bindValue(2, kBig.with);
                    row.bindValue(3, prepared.at(i));
                    must(row.exec(), row);
                    words.bindValue(0, i + 1);
                    words.bindValue(1, prepared.at(i));
                    must(words.exec(), words);
                }
                must(sql.exec(u"COMMIT"_s), sql);
            });
        });
        raw.rowsPerSecond = count / spent * 1000;
        raw.rowsPerCpuSecond = count / cpu * 1000;

        QSqlQuery search(database);
        search.setForwardOnly(true);
        must(
            search.prepare(u"SELECT m.id, m.text FROM words CROSS JOIN message m ON m.id ="
                           " words.rowid WHERE words MATCH ? ORDER BY words.rowid DESC LIMIT 50"_s),
            search);
        raw.search = medianOf(21, [&] {
            search.bindValue(0, kCommon);
            must(search.exec(), search);
            readAll(search);
        });
        QSqlQuery open(database);
        open.setForwardOnly(true);
        must(open.prepare(u"SELECT id, text FROM message WHERE conversation = 1"
                          " AND at < ? ORDER BY at DESC LIMIT 60"_s),
            open);
        const auto page = [&](qint64 before) {
            open.bindValue(0, before);
            must(open.exec(), open);
            readAll(open);
        };
        raw.open = medianOf(21, [&] { page(timeOf(count + 1).toMSecsSinceEpoch()); });
        raw.openAt = medianOf(21, [&] { page(timeOf(count / 2).toMSecsSinceEpoch()); });
    }
    QSqlDatabase::removeDatabase(u"raw"_s);
    return raw;
}

qint64 sizeOf(const QString &file)
{
    return QFileInfo(file).size() + QFileInfo(file + u"-wal"_s).size();
}

} // namespace

void history()
{
    const int count = historySize();
    QTemporaryDir folder;
    const Raw raw = measureRaw(folder.filePath(u"raw.sqlite"_s), count);
    const qint64 rawSize = sizeOf(folder.filePath(u"raw.sqlite"_s));
    QFile::remove(folder.filePath(u"raw.sqlite"_s));

    const QString file = folder.filePath(u"history.sqlite"_s);
    HistoryStore store(file);
    waited(store.open());
    Texts texts;
    double spent = 0;
    double cpu = 0;
    constexpr int kBatch = 10'000;
    for (int first = 0; first < count; first += kBatch) {
        QList<StoredMessage> batch;
        batch.reserve(kBatch);
        for (int i = first; i < std::min(first + kBatch, count); ++i) {
            batch.append(messageOf(i, texts.next(i), kBig));
        }
        cpu += processCpuMillisecondsOf(
            [&] { spent += millisecondsOf([&] { waited(store.appendMany(batch)); }); });
    }
    print({ u"history-insert"_s, count / spent * 1000, u"rows/s"_s,
        { { u"raw"_s, raw.rowsPerSecond } } });
    print({ u"history-insert-cpu"_s, count / cpu * 1000, u"rows/cpu-s"_s,
        { { u"raw"_s, raw.rowsPerCpuSecond } } });

    // One call a message, as they come from the networks, a burst of them.
    constexpr int kBurst = 20'000;
    QList<StoredMessage> burst;
    for (int i = 0; i < kBurst; ++i) {
        burst.append(messageOf(count + i, texts.next(i), kBig));
    }
    spent = millisecondsOf([&] {
        Async<HistoryStore::Appended> last;
        for (const StoredMessage &message : std::as_const(burst)) {
            last = store.append(message);
        }
        waited(last);
    });
    print({ u"history-append"_s, kBurst / spent * 1000, u"rows/s"_s,
        { { u"raw"_s, raw.rowsPerSecond } } });
    print({ u"history-size"_s, static_cast<double>(sizeOf(file)) / (count + kBurst),
        u"bytes/message"_s, { { u"raw"_s, static_cast<double>(rawSize) / count } } });

    const auto search = [&](const QString &words) {
        SearchRequest request;
        request.words = words;
        request.limit = kHits;
        return medianOf(21, [&] {
            if (waited(store.search(request)).isEmpty()) {
                qFatal("nothing found");
            }
        });
    };
    const double common = search(kCommon);
    print({ u"history-search"_s, common, u"ms"_s,
        { { u"raw"_s, raw.search }, { u"rare-word"_s, search(kRare) },
            { u"japanese"_s, search(u"午後三時"_s) }, { u"japanese-two"_s, search(u"会議"_s) },
            { u"two-words"_s, search(kCommon + u" word7"_s) } } });

    QList<StoredMessage> few;
    for (int i = 0; i < 100; ++i) {
        few.append(messageOf(i, texts.next(i), kSmall));
    }
    waited(store.appendMany(few));
    const auto open = [&](const ConversationKey &key) {
        return medianOf(21, [&] {
            if (waited(store.newest(key, kPage)).messages.size() != kPage) {
                qFatal("no page");
            }
        });
    };
    print({ u"history-open"_s, open(kBig), u"ms"_s,
        { { u"raw"_s, raw.open }, { u"of-a-hundred"_s, open(kSmall) } } });

    SearchRequest request;
    request.words = kRare;
    const QList<SearchHit> hits = waited(store.search(request));
    if (hits.isEmpty()) {
        qFatal("nothing found");
    }
    const MessageId hit = hits.constLast().message.id;
    print({ u"history-open-at-hit"_s, medianOf(21, [&] { waited(store.around(kBig, hit, kPage)); }),
        u"ms"_s, { { u"raw"_s, raw.openAt } } });
}

} // namespace linchpin::bench
