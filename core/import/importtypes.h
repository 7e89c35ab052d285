// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/savedstatuses.h"
#include "core/sdk/message.h"
#include "core/sdk/result.h"
#include "core/sdk/settingsschema.h"

#include <QDateTime>
#include <QList>
#include <QMap>
#include <QMetaType>
#include <QString>
#include <QStringList>

#include <atomic>
#include <functional>
#include <memory>

namespace linchpin {

/// Programs whose profiles can be taken over.
enum class ImportSource { Pidgin, Gajim, Psi, HexChat, Konversation, Quassel };
QString toWord(ImportSource source); ///< `pidgin`, `gajim`, …; stable
QString displayName(ImportSource source); ///< the program's own name
QList<ImportSource> importSources();

/// Something that was not taken, and why. Never holds a secret.
struct ImportNote {
    QString file;
    int line = 0; ///< 0 = the file as a whole
    QString text; ///< translated
    friend bool operator==(const ImportNote &, const ImportNote &) = default;
};

/// An account as the other program has it, in our keys. Values are text: the plugin's schema makes
/// them values of its types.
struct ImportedAccount {
    QString key; ///< the source's own name for it; contacts and logs refer to it
    QString protocol;
    QString address;
    QString name; ///< empty = the address
    bool enabled = true;
    QMap<QString, QString> settings;
    QMap<QString, QString> secrets; ///< found in plain text; in memory only
    QString secretsFile; ///< where they lie
    QStringList unmapped; ///< options without a counterpart here, as `key = value`; no secrets
    QStringList ownNames; ///< under which the owner may stand in the logs
    friend bool operator==(const ImportedAccount &, const ImportedAccount &) = default;
};

struct ImportedContact {
    QString account; ///< ImportedAccount::key
    QString address;
    QString name; ///< the user's name for this address
    QStringList groups;
    bool blocked = false;
    int person = -1; ///< contacts with the same number are one human; -1 = nobody else
    QString personName; ///< the user's name for the human
    friend bool operator==(const ImportedContact &, const ImportedContact &) = default;
};

/// A conversation's log, or a part of it.
struct ImportedLog {
    QString file;
    QString account; ///< ImportedAccount::key
    QString with;
    ConversationKind kind = ConversationKind::Person;
    bool privateInRoom = false; ///< of a Person: `with` is `room/nick`
    qint64 messages = -1; ///< -1 = to be counted by reading
    qint64 detail = 0; ///< the reader's own (a row of its database)
    friend bool operator==(const ImportedLog &, const ImportedLog &) = default;
};

struct ImportedMessage {
    QDateTime sentAt; ///< UTC
    QString from; ///< an address or nick; empty = the other side, or ourselves when outgoing
    QString fromName;
    Direction direction = Direction::In;
    MessageKind kind = MessageKind::Chat; ///< Chat also in rooms: the conversation decides
    RichText body;
    friend bool operator==(const ImportedMessage &, const ImportedMessage &) = default;
};

struct ImportedProfile {
    QList<ImportedAccount> accounts;
    QList<ImportedContact> contacts;
    QList<SavedStatus> statuses;
    QList<ImportedLog> logs;
    QList<ImportNote> notes;
};

/// Takes a message; false = no more of them, please.
using MessageSink = std::function<bool(ImportedMessage &&)>;

/// Reads one foreign profile. For a worker's thread: it looks at files and at nothing else, and
/// never writes one. Everything it reads is taken for hostile: sizes are bounded, what cannot be
/// understood becomes a note. A reader fails only where there is no such profile at all
/// (`import-nothing-found`, `read-failed`).
class ImportReader {
public:
    ImportReader() = default;
    virtual ~ImportReader();
    ImportReader(const ImportReader &) = delete;
    ImportReader &operator=(const ImportReader &) = delete;

    virtual Result<ImportedProfile> profile(const std::atomic<bool> &cancelled) = 0;
    /// The messages of one of profile()'s logs, in their order there.
    virtual Result<void> messages(
        const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &notes)
        = 0;
};

/// The reader for a profile's folder (or file).
std::unique_ptr<ImportReader> makeImportReader(ImportSource source, const QString &path);

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::ImportSource)
