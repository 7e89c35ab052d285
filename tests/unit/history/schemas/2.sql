-- SPDX-FileCopyrightText: 2026 Linchpin contributors
-- SPDX-License-Identifier: GPL-3.0-or-later
CREATE TABLE account(id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE)
CREATE TABLE conversation(id INTEGER PRIMARY KEY,account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,kind INTEGER NOT NULL,address TEXT NOT NULL,name TEXT NOT NULL DEFAULT '',pinned INTEGER NOT NULL DEFAULT 0,muted INTEGER NOT NULL DEFAULT 0,open INTEGER NOT NULL DEFAULT 0,unread INTEGER NOT NULL DEFAULT 0,mentions INTEGER NOT NULL DEFAULT 0,read_at INTEGER,read_id INTEGER,last_at INTEGER,last_id INTEGER,last_excerpt TEXT NOT NULL DEFAULT '',last_direction INTEGER NOT NULL DEFAULT 0,UNIQUE(account_id, kind, address))
CREATE TABLE message(id INTEGER PRIMARY KEY,conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,sent_at INTEGER NOT NULL,received_at INTEGER NOT NULL,direction INTEGER NOT NULL,kind INTEGER NOT NULL,flags INTEGER NOT NULL,encryption INTEGER NOT NULL,sender TEXT NOT NULL,sender_name TEXT,text TEXT NOT NULL,spans BLOB,remote_id TEXT,server_id TEXT,origin_id TEXT,delivery INTEGER NOT NULL,failure BLOB,reply BLOB,reactions BLOB,spaceless INTEGER NOT NULL)
CREATE INDEX message_place ON message(conversation_id, sent_at)
CREATE UNIQUE INDEX message_remote ON message(conversation_id, remote_id, CASE direction WHEN 1 THEN '' ELSE sender END) WHERE remote_id IS NOT NULL
CREATE UNIQUE INDEX message_origin ON message(conversation_id, origin_id, CASE direction WHEN 1 THEN '' ELSE sender END) WHERE origin_id IS NOT NULL
CREATE UNIQUE INDEX message_server ON message(conversation_id, server_id) WHERE server_id IS NOT NULL
CREATE INDEX message_outbox ON message(sent_at) WHERE delivery IN (1, 2)
CREATE INDEX message_spaceless ON message(id) WHERE spaceless = 1
CREATE VIRTUAL TABLE message_words USING fts5(text, content='message', content_rowid='id', columnsize=0, tokenize='unicode61 remove_diacritics 2')
CREATE VIEW message_spaceless_text AS SELECT id, text FROM message WHERE spaceless = 1
CREATE VIRTUAL TABLE message_trigrams USING fts5(text, content='message_spaceless_text', content_rowid='id', columnsize=0, tokenize='trigram')
INSERT INTO message_words(message_words, rank) VALUES('secure-delete', 1)
INSERT INTO message_trigrams(message_trigrams, rank) VALUES('secure-delete', 1)
CREATE TRIGGER message_words_delete AFTER DELETE ON message BEGIN INSERT INTO message_words(message_words, rowid, text) VALUES('delete', old.id, old.text); END
CREATE TRIGGER message_words_update AFTER UPDATE OF text ON message BEGIN INSERT INTO message_words(message_words, rowid, text) VALUES('delete', old.id, old.text); INSERT INTO message_words(rowid, text) VALUES(new.id, new.text); END
CREATE TRIGGER message_trigrams_delete AFTER DELETE ON message WHEN old.spaceless = 1 BEGIN INSERT INTO message_trigrams(message_trigrams, rowid, text) VALUES('delete', old.id, old.text); END
CREATE TRIGGER message_trigrams_update_old AFTER UPDATE OF text ON message WHEN old.spaceless = 1 BEGIN INSERT INTO message_trigrams(message_trigrams, rowid, text) VALUES('delete', old.id, old.text); END
CREATE TRIGGER message_trigrams_update_new AFTER UPDATE OF text ON message WHEN new.spaceless = 1 BEGIN INSERT INTO message_trigrams(rowid, text) VALUES(new.id, new.text); END
CREATE TABLE draft(conversation_id INTEGER PRIMARY KEY REFERENCES conversation(id) ON DELETE CASCADE,text TEXT NOT NULL)
CREATE TABLE gap(id INTEGER PRIMARY KEY,conversation_id INTEGER NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,from_at INTEGER,to_at INTEGER)
CREATE INDEX gap_place ON gap(conversation_id, from_at)
CREATE TABLE contact(account_id INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,position INTEGER NOT NULL,address TEXT NOT NULL,name TEXT NOT NULL,groups BLOB,subscription INTEGER NOT NULL,blocked INTEGER NOT NULL,details BLOB,PRIMARY KEY(account_id, position)) WITHOUT ROWID
INSERT INTO account(id, uuid) VALUES(1, '11111111-1111-1111-1111-111111111111')
INSERT INTO conversation(id, account_id, kind, address) VALUES(1, 1, 0, 'bob@alpha.test')
INSERT INTO message(id, conversation_id, sent_at, received_at, direction, kind, flags, encryption, sender, text, delivery, spaceless) VALUES(3481600000000000, 1, 1700000000000, 1700000001000, 0, 0, 0, 0, 'bob@alpha.test', 'Zażółć gęślą jaźń', 0, 0)
INSERT INTO message_words(rowid, text) VALUES(3481600000000000, 'Zażółć gęślą jaźń')
INSERT INTO message(id, conversation_id, sent_at, received_at, direction, kind, flags, encryption, sender, text, delivery, spaceless) VALUES(3481600000002048, 1, 1700000000001, 1700000001000, 1, 0, 0, 0, 'alice@alpha.test', 'こんにちは世界', 3, 1)
INSERT INTO message_words(rowid, text) VALUES(3481600000002048, 'こんにちは世界')
INSERT INTO message_trigrams(rowid, text) VALUES(3481600000002048, 'こんにちは世界')
INSERT INTO draft(conversation_id, text) VALUES(1, 'half a thought')
INSERT INTO gap(conversation_id, from_at, to_at) VALUES(1, NULL, 1700000000000)
INSERT INTO contact(account_id, position, address, name, subscription, blocked) VALUES(1, 0, 'bob@alpha.test', 'Bob', 4, 0)
