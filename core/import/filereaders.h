// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/importtypes.h"
#include "core/import/irclog.h"

#include <QHash>

namespace linchpin {

/// A `.purple` folder: accounts.xml, prefs.xml, blist.xml, status.xml and logs/ as log.c lays them
/// out: `logs/PROTOCOL/ACCOUNT/PEER/2012-03-06.191310+0100CET.html`, rooms in `PEER.chat`, names as
/// purple_escape_filename() writes them.
class PidginReader : public ImportReader {
public:
    explicit PidginReader(QString folder)
        : m_folder(std::move(folder))
    {
    }
    Result<ImportedProfile> profile(const std::atomic<bool> &cancelled) override;
    Result<void> messages(
        const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &notes) override;

private:
    void listLogs(ImportedProfile &profile, const std::atomic<bool> &cancelled);

    QString m_folder;
    QHash<QString, QStringList> m_ownNames; ///< by account
    QHash<std::pair<QString, QString>, QStringList> m_names; ///< by account and contact
};

/// A profile of Psi or Psi+ (`profiles/default`), or the folder with all of them; the history lies
/// there or, since they are apart, under ../../../.local/share.
class PsiReader : public ImportReader {
public:
    explicit PsiReader(QString folder)
        : m_folder(std::move(folder))
    {
    }
    Result<ImportedProfile> profile(const std::atomic<bool> &cancelled) override;
    Result<void> messages(
        const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &notes) override;

private:
    void readProfile(ImportedProfile &profile, const QString &folder);

    QString m_folder;
};

/// The text logs of IRC programs.
class IrcLogReader : public ImportReader {
public:
    Result<void> messages(
        const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &notes) override;

protected:
    void remember(const QList<ImportedAccount> &accounts);

    QHash<QString, QStringList> m_ownNames;
};

/// HexChat's folder (servlist.conf, hexchat.conf, logs/, scrollback/) or XChat's.
class HexChatReader : public IrcLogReader {
public:
    explicit HexChatReader(QString folder)
        : m_folder(std::move(folder))
    {
    }
    Result<ImportedProfile> profile(const std::atomic<bool> &cancelled) override;

private:
    QString m_folder;
};

/// A konversationrc, or the folder it lies in, and the logs that it names.
class KonversationReader : public IrcLogReader {
public:
    explicit KonversationReader(QString path)
        : m_path(std::move(path))
    {
    }
    Result<ImportedProfile> profile(const std::atomic<bool> &cancelled) override;

private:
    QString m_path;
};

} // namespace linchpin
