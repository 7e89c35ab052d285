// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/import/filereaders.h"

#include "core/import/foreigntext.h"
#include "core/import/ircprofiles.h"
#include "core/import/psiprofile.h"
#include "core/import/purplelog.h"
#include "core/import/purpleprofile.h"

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr qsizetype kMostLogs = 500'000;

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::Import", text);
}

/// What is in a file, or nothing and a note; no note where there is no such file.
QByteArray contentOf(const QString &file, QList<ImportNote> &notes)
{
    if (!QFileInfo::exists(file)) {
        return {};
    }
    const Result<QByteArray> bytes = foreignFile(file);
    if (!bytes) {
        notes.append({ file, 0, bytes.error().title });
        return {};
    }
    return *bytes;
}

Error nothingFound(ImportSource source, const QString &path)
{
    return importError(u"import-nothing-found"_s,
        tr("There is no profile of %1 in this folder.").arg(displayName(source)), path);
}

QString prplOf(const QString &folder)
{
    // The folder is named like the protocol's icon.
    if (folder == "jabber"_L1 || folder == "gtalk"_L1 || folder == "google-talk"_L1
        || folder == "facebook"_L1) {
        return u"prpl-jabber"_s;
    }
    return u"prpl-"_s + folder;
}

/// libpurple's purple_normalize() of an account's name, as far as names of folders go.
QString folderName(const ImportedAccount &account)
{
    const QString name = account.key.section(u' ', 1);
    return (account.protocol == "xmpp"_L1 ? name.section(u'/', 0, 0) : name).toLower();
}

bool isChannel(const QString &name)
{
    return !name.isEmpty() && QStringView(u"#&+!").contains(name.front());
}

QStringList subfolders(const QString &folder)
{
    return QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::Hidden, QDir::Name);
}

QStringList filesIn(const QString &folder, const QStringList &patterns)
{
    return QDir(folder).entryList(patterns, QDir::Files | QDir::Hidden, QDir::Name);
}

} // namespace

// Pidgin -----------------------------------------------------------------------------------------

Result<ImportedProfile> PidginReader::profile(const std::atomic<bool> &cancelled)
{
    const QDir folder(m_folder);
    if (!folder.exists(u"accounts.xml"_s) && !folder.exists(u"blist.xml"_s)
        && !folder.exists(u"logs"_s)) {
        return std::unexpected(nothingFound(ImportSource::Pidgin, m_folder));
    }
    ImportedProfile profile;
    const QString prefs = folder.filePath(u"prefs.xml"_s);
    const QString accountsFile = folder.filePath(u"accounts.xml"_s);
    const QString blistFile = folder.filePath(u"blist.xml"_s);
    const QString statusFile = folder.filePath(u"status.xml"_s);
    const auto read = [&](const QString &file, auto parse) {
        const QByteArray bytes = contentOf(file, profile.notes);
        if (!bytes.isEmpty()) {
            parse(bytes);
        }
    };
    purple::Proxy global;
    read(
        prefs, [&](const QByteArray &b) { global = purple::globalProxy(b, prefs, profile.notes); });
    read(accountsFile, [&](const QByteArray &b) {
        profile.accounts = purple::accounts(b, accountsFile, global, profile.notes);
    });
    purple::Blist blist;
    read(blistFile,
        [&](const QByteArray &b) { blist = purple::blist(b, blistFile, profile.notes); });
    read(statusFile, [&](const QByteArray &b) {
        profile.statuses = purple::statuses(b, statusFile, profile.notes);
    });
    for (ImportedContact &contact : blist.contacts) {
        const auto owner
            = std::ranges::find(profile.accounts, contact.account, &ImportedAccount::key);
        if (owner == profile.accounts.end()) {
            continue; // of a network that is not spoken here
        }
        QStringList &names = m_names[{ contact.account, contact.address.toLower() }];
        names += { contact.name, contact.personName, contact.address };
        names.removeAll(QString());
        profile.contacts.append(contact);
    }
    for (const purple::Autojoin &room : std::as_const(blist.rooms)) {
        const auto owner = std::ranges::find(profile.accounts, room.account, &ImportedAccount::key);
        if (owner == profile.accounts.end()) {
            continue;
        }
        if (owner->protocol == "irc"_L1) {
            QString &channels = owner->settings[u"channels"_s];
            channels += (channels.isEmpty() ? QString() : u","_s) + room.room
                + (room.password.isEmpty() ? QString() : u' ' + room.password);
        } else if (owner->protocol == "xmpp"_L1 && room.password.isEmpty()
            && !room.room.contains(u',')) {
            QString &rooms = owner->settings[u"rooms"_s];
            rooms += (rooms.isEmpty() ? QString() : u","_s) + room.room
                + (room.nick.isEmpty() || room.nick.contains(u',') ? QString() : u'/' + room.nick);
        } else { // a password would stand in the settings
            profile.notes.append({ blistFile, 0,
                tr("The room %1 is not entered by itself: join it once.").arg(room.room) });
        }
    }
    for (const ImportedAccount &account : std::as_const(profile.accounts)) {
        m_ownNames.insert(account.key, account.ownNames);
    }
    listLogs(profile, cancelled);
    return profile;
}

void PidginReader::listLogs(ImportedProfile &profile, const std::atomic<bool> &cancelled)
{
    const QString logs = QDir(m_folder).filePath(u"logs"_s);
    const QStringList protocols = subfolders(logs);
    for (const QString &protocol : protocols) {
        const QString prpl = prplOf(protocol);
        const QStringList accountFolders = subfolders(logs + u'/' + protocol);
        for (const QString &accountFolder : accountFolders) {
            const QString name = percentDecoded(accountFolder).toLower();
            const QString path = logs + u'/' + protocol + u'/' + accountFolder;
            const auto owner
                = std::ranges::find_if(profile.accounts, [&](const ImportedAccount &account) {
                      return account.key.section(u' ', 0, 0) == prpl && folderName(account) == name;
                  });
            if (owner == profile.accounts.cend()) {
                profile.notes.append(
                    { path, 0, tr("Logs of an account that is not in this profile.") });
                continue;
            }
            const QStringList peers = subfolders(path);
            for (const QString &peer : peers) {
                if (peer == ".system"_L1) {
                    profile.notes.append({ path + u"/.system"_s, 0,
                        tr("Logs of who was online when, which are no messages.") });
                    continue;
                }
                QString with = percentDecoded(peer);
                const bool room = with.endsWith(".chat"_L1);
                with.chop(room ? 5 : 0);
                const QStringList files
                    = filesIn(path + u'/' + peer, { u"*.html"_s, u"*.htm"_s, u"*.txt"_s });
                for (const QString &file : files) {
                    if (cancelled || profile.logs.size() >= kMostLogs) {
                        return;
                    }
                    const QString full = path + u'/' + peer + u'/' + file;
                    if (!purple::logBegin(file).isValid()) {
                        profile.notes.append(
                            { full, 0, tr("The file's name does not tell when the log began.") });
                        continue;
                    }
                    profile.logs.append({ .file = full,
                        .account = owner->key,
                        .with = with,
                        .kind = room ? ConversationKind::Room : ConversationKind::Person });
                }
            }
        }
    }
}

Result<void> PidginReader::messages(
    const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &)
{
    QFile file(log.file);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(
            importError(u"read-failed"_s, tr("A file cannot be read."), file.errorString()));
    }
    purple::LogPeople people;
    people.own = m_ownNames.value(log.account);
    people.room = log.kind == ConversationKind::Room;
    if (!people.room) {
        people.others = m_names.value({ log.account, log.with.toLower() });
        people.others.append(log.with);
    }
    purple::readLog(file, !log.file.endsWith(".txt"_L1, Qt::CaseInsensitive),
        purple::logBegin(QFileInfo(log.file).fileName()), people, sink);
    return {};
}

// Psi --------------------------------------------------------------------------------------------

Result<ImportedProfile> PsiReader::profile(const std::atomic<bool> &)
{
    ImportedProfile profile;
    QStringList folders;
    for (const QString &all : { m_folder + u"/profiles"_s, m_folder }) {
        const QStringList names = subfolders(all);
        for (const QString &name : names) {
            const QDir candidate(all + u'/' + name);
            if (candidate.exists(u"accounts.xml"_s) || candidate.exists(u"config.xml"_s)) {
                folders.append(candidate.path());
            }
        }
    }
    if (QDir(m_folder).exists(u"accounts.xml"_s) || QDir(m_folder).exists(u"config.xml"_s)) {
        folders = QStringList { m_folder };
    }
    for (const QString &folder : std::as_const(folders)) {
        readProfile(profile, folder);
    }
    if (folders.isEmpty()) {
        return std::unexpected(nothingFound(ImportSource::Psi, m_folder));
    }
    return profile;
}

void PsiReader::readProfile(ImportedProfile &profile, const QString &folder)
{
    const QDir directory(folder);
    QString file = directory.filePath(u"accounts.xml"_s);
    if (!QFileInfo::exists(file)) {
        file = directory.filePath(u"config.xml"_s);
    }
    const psi::Accounts found = psi::accounts(contentOf(file, profile.notes), file, profile.notes);
    for (const ImportedAccount &account : found.accounts) {
        if (std::ranges::find(profile.accounts, account.key, &ImportedAccount::key)
            == profile.accounts.end()) {
            profile.accounts.append(account);
        }
    }
    if (found.accounts.isEmpty()) {
        return;
    }
    // ~/.config/psi/profiles/NAME and ~/.local/share/psi/profiles/NAME
    QStringList histories { directory.filePath(u"history"_s) };
    const QString clean = QDir::cleanPath(directory.absolutePath());
    if (clean.contains("/.config/"_L1)) {
        histories.append(
            QString(clean).replace("/.config/"_L1, "/.local/share/"_L1) + u"/history"_s);
    }
    for (const QString &history : std::as_const(histories)) {
        const QStringList files = filesIn(history, { u"*.history"_s });
        for (const QString &name : files) {
            if (profile.logs.size() >= kMostLogs) {
                return;
            }
            const QString with = psi::contactOfFile(name.chopped(8));
            // The files do not say whose they are: the rosters may.
            profile.logs.append({ .file = history + u'/' + name,
                .account = found.accountOf.value(with.toLower(), found.accounts.constFirst().key),
                .with = with });
        }
        const QStringList databases = filesIn(history, { u"history.db"_s });
        for (const QString &name : databases) {
            profile.notes.append({ history + u'/' + name, 0,
                tr("History in a database of Psi+, which is not read yet.") });
        }
    }
}

Result<void> PsiReader::messages(
    const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &notes)
{
    QFile file(log.file);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(
            importError(u"read-failed"_s, tr("A file cannot be read."), file.errorString()));
    }
    int broken = 0;
    int firstBroken = 0;
    eachLine(file, [&](QByteArrayView bytes, int number) {
        std::optional<ImportedMessage> message = psi::message(foreignText(bytes));
        if (!message) {
            if (!bytes.isEmpty() && !bytes.startsWith('|')) {
                firstBroken = broken++ == 0 ? number : firstBroken;
            }
            return true;
        }
        return sink(std::move(*message));
    });
    if (broken > 0) {
        notes.append(
            { log.file, firstBroken, tr("Lines that could not be understood: %1").arg(broken) });
    }
    return {};
}

// IRC --------------------------------------------------------------------------------------------

void IrcLogReader::remember(const QList<ImportedAccount> &accounts)
{
    for (const ImportedAccount &account : accounts) {
        m_ownNames.insert(account.key, account.ownNames);
    }
}

Result<void> IrcLogReader::messages(
    const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &)
{
    QFile file(log.file);
    if (!file.open(QIODevice::ReadOnly)) {
        return std::unexpected(
            importError(u"read-failed"_s, tr("A file cannot be read."), file.errorString()));
    }
    irclog::readLog(file, static_cast<irclog::Shape>(log.detail), m_ownNames.value(log.account),
        log.kind == ConversationKind::Room, QFileInfo(file).lastModified().date(), sink);
    return {};
}

Result<ImportedProfile> HexChatReader::profile(const std::atomic<bool> &cancelled)
{
    const QDir folder(m_folder);
    const auto first = [&](const QStringList &names) {
        for (const QString &name : names) {
            if (folder.exists(name)) {
                return folder.filePath(name);
            }
        }
        return QString();
    };
    const QString servlist = first({ u"servlist.conf"_s, u"servlist_.conf"_s });
    if (servlist.isEmpty()) {
        return std::unexpected(nothingFound(ImportSource::HexChat, m_folder));
    }
    ImportedProfile profile;
    const QString conf = first({ u"hexchat.conf"_s, u"xchat.conf"_s });
    const hexchat::Defaults defaults
        = hexchat::defaults(conf.isEmpty() ? QByteArray() : contentOf(conf, profile.notes));
    const QString logs = first({ u"logs"_s, u"xchatlogs"_s });
    const QString scrollback = folder.filePath(u"scrollback"_s);

    struct Found {
        QString file;
        QString network;
        QString with;
        irclog::Shape shape;
    };
    QList<Found> found;
    QStringList used;
    const auto look = [&](const QString &top, irclog::Shape shape) {
        if (top.isEmpty()) {
            return;
        }
        QDirIterator files(top, { u"*.log"_s, u"*.txt"_s }, QDir::Files | QDir::Hidden,
            QDirIterator::Subdirectories);
        while (files.hasNext() && found.size() < kMostLogs && !cancelled) {
            const QString file = files.next();
            const QString relative = QDir(top).relativeFilePath(file);
            QString with = QFileInfo(file).completeBaseName();
            QString network = relative.section(u'/', 0, 0);
            if (!relative.contains(u'/')) { // XChat: NETWORK-#channel.log
                const qsizetype dash = with.indexOf(u'-');
                network = with.left(std::max<qsizetype>(dash, 0));
                with = with.sliced(dash + 1);
            }
            found.append({ file, network, with, shape });
            if (!used.contains(network, Qt::CaseInsensitive)) {
                used.append(network);
            }
        }
    };
    look(logs, irclog::Shape::HexChat);
    look(QDir(scrollback).exists() ? scrollback : QString(), irclog::Shape::Scrollback);

    profile.accounts = hexchat::accounts(
        contentOf(servlist, profile.notes), servlist, defaults, used, profile.notes);
    remember(profile.accounts);
    // A network's logs before its scrollback: what stands in both is then the log's.
    for (const Found &log : std::as_const(found)) {
        const auto owner
            = std::ranges::find_if(profile.accounts, [&](const ImportedAccount &account) {
                  return account.key.compare(log.network, Qt::CaseInsensitive) == 0;
              });
        if (owner == profile.accounts.end()) {
            profile.notes.append(
                { log.file, 0, tr("Logs of a network that is not in this profile.") });
            continue;
        }
        if (log.with == "server"_L1 || log.with.compare(log.network, Qt::CaseInsensitive) == 0) {
            continue; // what the server said
        }
        profile.logs.append({ .file = log.file,
            .account = owner->key,
            .with = log.with,
            .kind = isChannel(log.with) ? ConversationKind::Room : ConversationKind::Person,
            .detail = static_cast<qint64>(log.shape) });
    }
    return profile;
}

Result<ImportedProfile> KonversationReader::profile(const std::atomic<bool> &cancelled)
{
    const QFileInfo given(m_path);
    const QDir folder(given.isDir() ? m_path : given.path());
    const QString file = given.isDir() ? folder.filePath(u"konversationrc"_s) : m_path;
    if (!QFileInfo(file).isFile()) {
        return std::unexpected(nothingFound(ImportSource::Konversation, m_path));
    }
    ImportedProfile profile;
    const QByteArray rc = contentOf(file, profile.notes);
    profile.accounts = konversation::accounts(rc, file, profile.notes);
    remember(profile.accounts);
    const IniFile ini = IniFile::parse(rc);
    QString named = ini.value(u"Path Settings"_s, u"LogfilePath"_s);
    named.replace("$HOME"_L1, QDir::homePath());
    QStringList places { named, folder.filePath(u"logs"_s), folder.filePath(u"konversation/logs"_s),
        folder.filePath(u"../.local/share/konversation/logs"_s),
        folder.filePath(u"../../apps/konversation/logs"_s) }; // ~/.kde/share/config
    places.removeAll(QString());
    const auto place = std::ranges::find_if(
        places, [](const QString &candidate) { return QFileInfo(candidate).isDir(); });
    if (place == places.cend()) {
        return profile;
    }
    const QStringList logs = filesIn(*place, { u"*.log"_s });
    for (const QString &log : logs) {
        if (cancelled || profile.logs.size() >= kMostLogs) {
            break;
        }
        // network_channel.log; networks may have underscores themselves
        const QString base = log.chopped(4);
        const ImportedAccount *owner = nullptr;
        for (const ImportedAccount &account : std::as_const(profile.accounts)) {
            const bool begins = base.startsWith(account.key + u'_', Qt::CaseInsensitive);
            if (begins && (owner == nullptr || owner->key.size() < account.key.size())) {
                owner = &account;
            }
        }
        const QString full = QDir::cleanPath(*place + u'/' + log);
        if (owner == nullptr) {
            profile.notes.append({ full, 0, tr("Logs of a network that is not in this profile.") });
            continue;
        }
        const QString with = base.sliced(owner->key.size() + 1);
        if (with.isEmpty()) {
            continue;
        }
        profile.logs.append({ .file = full,
            .account = owner->key,
            .with = with,
            .kind = isChannel(with) ? ConversationKind::Room : ConversationKind::Person,
            .detail = static_cast<qint64>(irclog::Shape::Konversation) });
    }
    return profile;
}

} // namespace linchpin
