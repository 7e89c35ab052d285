// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/import/foreigndatabase.h"
#include "core/import/importtypes.h"

namespace linchpin::gajim {

/// One account of settings.sqlite (Gajim 1.4 and later; gajim/common/settings.py): the JSON of a
/// row of `account_settings`. Pure.
ImportedAccount account(
    const QString &name, const QByteArray &json, const QString &file, QList<ImportNote> &notes);
/// The `config` of Gajim before 1.4 (gajim/common/config.py): `accounts.NAME.key = value`. Pure.
QList<ImportedAccount> accounts(const QByteArray &config, const QString &file);

/// A folder of Gajim: settings.sqlite or config, and logs.db, which lies there or where Gajim keeps
/// data (../../.local/share/gajim). Both schemas of logs.db: `jids` and `logs` (until version 6),
/// `account`, `remote` and `message` (since; gajim/common/storage/archive/models.py).
class Reader : public ImportReader {
public:
    explicit Reader(QString folder)
        : m_folder(std::move(folder))
    {
    }
    Result<ImportedProfile> profile(const std::atomic<bool> &cancelled) override;
    Result<void> messages(
        const ImportedLog &log, const MessageSink &sink, QList<ImportNote> &notes) override;

private:
    void readSettings(ImportedProfile &profile);
    void listLogs(ImportedProfile &profile, const QString &file);

    QString m_folder;
    std::unique_ptr<ForeignDatabase> m_logs;
    bool m_new = false; ///< the schema since version 7
};

} // namespace linchpin::gajim
