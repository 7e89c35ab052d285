// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/history/migrations.h"

#include "core/history/sqlconnection.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

Result<void> createTables(SqlConnection &connection)
{
    const QStringList statements {
        u"CREATE TABLE account(id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE)"_s,

        u"CREATE TABLE conversation("
        "id INTEGER PRIMARY KEY,"
        "account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,"
        "kind INTEGER NOT NULL,"
        "address TEXT NOT NULL,"
        "name TEXT NOT NULL DEFAULT '',"
        "pinned INTEGER NOT NULL DEFAULT 0,"
        "muted INTEGER NOT NULL DEFAULT 0,"
        "open INTEGER NOT NULL DEFAULT 0,"
        "unread INTEGER NOT NULL DEFAULT 0,"
        "mentions INTEGER NOT NULL DEFAULT 0,"
        "read_at INTEGER,"
        "read_id INTEGER,"
        "last_at INTEGER,"
        "last_id INTEGER,"
        "last_excerpt TEXT NOT NULL DEFAULT '',"
        "last_direction INTEGER NOT NULL DEFAULT 0,"
        "UNIQUE(account_id, kind, address))"_s,

        // The id carries the time (see MessageTable): newest-first search is the order of the
        // rowid.
        u"CREATE TABLE message("
        "id INTEGER PRIMARY KEY,"
        "conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,"
        "sent_at INTEGER NOT NULL,"
        "received_at INTEGER NOT NULL,"
        "direction INTEGER NOT NULL,"
        "kind INTEGER NOT NULL,"
        "flags INTEGER NOT NULL,"
        "encryption INTEGER NOT NULL,"
        "sender TEXT NOT NULL,"
        "sender_name TEXT,"
        "text TEXT NOT NULL,"
        "spans BLOB,"
        "remote_id TEXT,"
        "server_id TEXT,"
        "origin_id TEXT,"
        "delivery INTEGER NOT NULL,"
        "failure BLOB,"
        "reply BLOB,"
        "reactions BLOB,"
        "spaceless INTEGER NOT NULL)"_s,

        // Every index of SQLite ends with the rowid, so this one is (conversation, sent_at, id).
        u"CREATE INDEX message_place ON message(conversation_id, sent_at)"_s,
        // Ids that the author chose count only together with the author, so that nobody can make
        // somebody else's message disappear as a repeat. Our own messages come back under several
        // addresses (bare, with a device, a nick), and their direction is proof enough.
        u"CREATE UNIQUE INDEX message_remote ON message(conversation_id, remote_id,"
        " CASE direction WHEN 1 THEN '' ELSE sender END) WHERE remote_id IS NOT NULL"_s,
        u"CREATE UNIQUE INDEX message_origin ON message(conversation_id, origin_id,"
        " CASE direction WHEN 1 THEN '' ELSE sender END) WHERE origin_id IS NOT NULL"_s,
        u"CREATE UNIQUE INDEX message_server ON message(conversation_id, server_id)"
        " WHERE server_id IS NOT NULL"_s,
        // Queued and Submitted: a handful of rows, found at once at every start.
        u"CREATE INDEX message_outbox ON message(sent_at) WHERE delivery IN (1, 2)"_s,
        u"CREATE INDEX message_spaceless ON message(id) WHERE spaceless = 1"_s,

        u"CREATE VIRTUAL TABLE message_words USING fts5(text, content='message', "
        u"content_rowid='id',"
        " columnsize=0, tokenize='unicode61 remove_diacritics 2')"_s,
        u"CREATE VIEW message_spaceless_text AS SELECT id, text FROM message WHERE spaceless = 1"_s,
        u"CREATE VIRTUAL TABLE message_trigrams USING fts5(text, content='message_spaceless_text',"
        " content_rowid='id', columnsize=0, tokenize='trigram')"_s,
        // A text that was deleted shall not live on in the index.
        u"INSERT INTO message_words(message_words, rank) VALUES('secure-delete', 1)"_s,
        u"INSERT INTO message_trigrams(message_trigrams, rank) VALUES('secure-delete', 1)"_s,

        u"CREATE TRIGGER message_words_insert AFTER INSERT ON message BEGIN"
        " INSERT INTO message_words(rowid, text) VALUES(new.id, new.text); END"_s,
        u"CREATE TRIGGER message_words_delete AFTER DELETE ON message BEGIN"
        " INSERT INTO message_words(message_words, rowid, text) VALUES('delete', old.id, old.text);"
        " END"_s,
        u"CREATE TRIGGER message_words_update AFTER UPDATE OF text ON message BEGIN"
        " INSERT INTO message_words(message_words, rowid, text) VALUES('delete', old.id, old.text);"
        " INSERT INTO message_words(rowid, text) VALUES(new.id, new.text); END"_s,
        u"CREATE TRIGGER message_trigrams_insert AFTER INSERT ON message WHEN new.spaceless = 1 "
        u"BEGIN"
        " INSERT INTO message_trigrams(rowid, text) VALUES(new.id, new.text); END"_s,
        u"CREATE TRIGGER message_trigrams_delete AFTER DELETE ON message WHEN old.spaceless = 1 "
        u"BEGIN"
        " INSERT INTO message_trigrams(message_trigrams, rowid, text)"
        " VALUES('delete', old.id, old.text); END"_s,
        u"CREATE TRIGGER message_trigrams_update_old AFTER UPDATE OF text ON message"
        " WHEN old.spaceless = 1 BEGIN INSERT INTO message_trigrams(message_trigrams, rowid, text)"
        " VALUES('delete', old.id, old.text); END"_s,
        u"CREATE TRIGGER message_trigrams_update_new AFTER UPDATE OF text ON message"
        " WHEN new.spaceless = 1 BEGIN INSERT INTO message_trigrams(rowid, text)"
        " VALUES(new.id, new.text); END"_s,

        u"CREATE TABLE draft("
        "conversation_id INTEGER PRIMARY KEY REFERENCES conversation(id) ON DELETE CASCADE,"
        "text TEXT NOT NULL)"_s,
        u"CREATE TABLE gap("
        "id INTEGER PRIMARY KEY,"
        "conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,"
        "from_at INTEGER,"
        "to_at INTEGER)"_s,
        u"CREATE INDEX gap_place ON gap(conversation_id, from_at)"_s,
        u"CREATE TABLE contact("
        "account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,"
        "position INTEGER NOT NULL,"
        "address TEXT NOT NULL,"
        "name TEXT NOT NULL,"
        "groups BLOB,"
        "subscription INTEGER NOT NULL,"
        "blocked INTEGER NOT NULL,"
        "details BLOB,"
        "PRIMARY KEY(account_id, position)) WITHOUT ROWID"_s,
    };
    for (const QString &statement : statements) {
        if (const Result<void> done = connection.execute(statement); !done) {
            return done;
        }
    }
    return {};
}

/// A statement whose trigger writes to a virtual table may fail halfway, so SQLite opens a
/// savepoint for each, and FTS5 writes all it has gathered at each savepoint: a third of the speed.
/// The message table writes to the indexes itself.
Result<void> dropInsertTriggers(SqlConnection &connection)
{
    for (const QString &trigger : { u"message_words_insert"_s, u"message_trigrams_insert"_s }) {
        if (const Result<void> done = connection.execute(u"DROP TRIGGER "_s + trigger); !done) {
            return done;
        }
    }
    return {};
}

} // namespace

const QList<Migration> &migrations()
{
    static const QList<Migration> kMigrations {
        { 1, &createTables },
        { 2, &dropInsertTriggers },
    };
    return kMigrations;
}

Result<void> migrate(SqlConnection &connection)
{
    const Result<qint64> version = connection.pragma(u"user_version"_s);
    if (!version) {
        return std::unexpected(version.error());
    }
    if (*version > migrations().constLast().version) {
        return std::unexpected(Error { .kind = Error::Kind::Storage,
            .code = u"history-newer-version"_s,
            .title = QCoreApplication::translate("linchpin::HistoryStore",
                "The message history was written by a newer version of Linchpin."),
            .detail
            = u"schema %1, known up to %2"_s.arg(*version).arg(migrations().constLast().version),
            .remedy = QCoreApplication::translate(
                "linchpin::HistoryStore", "Use that version, or another profile."),
            .fatal = true });
    }
    for (const Migration &migration : migrations()) {
        if (migration.version <= *version) {
            continue;
        }
        Result<void> done = connection.begin();
        if (done) {
            done = migration.apply(connection);
        }
        if (done) {
            done = connection.execute(u"PRAGMA user_version = %1"_s.arg(migration.version));
        }
        if (done) {
            done = connection.commit();
        }
        if (!done) {
            connection.rollback();
            return done;
        }
    }
    return {};
}

} // namespace linchpin
