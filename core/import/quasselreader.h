// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/foreigndatabase.h"
#include "core/import/importtypes.h"

namespace linchpin::quassel {

/// The storage of a Quassel core or of the monolithic client, quassel-storage.sqlite, as
/// src/core/SQL/SQLite/setup_*.sql make it: tables network, ircserver, identity, identity_nick,
/// buffer, backlog, sender. Times are seconds in schemas before 31, milliseconds since. A client's
/// quasselclient.conf only knows the way to a core, which is no IRC server: it is named in a note.
class Reader : public ImportReader {
public:
    explicit Reader(QString path)
        : m_path(std::move(path))
    {
    }
    Result<ImportedProfile> profile(const std::atomic<bool> &cancelled) override;
    Result<void> messages(
        const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &notes) override;

private:
    Result<void> readNetworks(ImportedProfile &profile);
    Result<void> listBuffers(ImportedProfile &profile);

    QString m_path;
    QString m_file;
    ForeignDatabase m_database;
};

} // namespace linchpin::quassel
