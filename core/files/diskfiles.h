// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/filetransfer.h"

#include <QThreadPool>

#include <memory>

namespace linchpin {

/// A file to send, read in `pool`. The size is that of when it was opened; a file that is another
/// size when it is read is an error of whoever sends it.
class DiskSource : public FileSource {
public:
    /// Opens in the pool. `file-not-found`, `not-a-file`, `read-failed`.
    static Async<std::shared_ptr<DiskSource>> open(
        const QString &path, const std::shared_ptr<QThreadPool> &pool);

    qint64 size() const;
    Async<QByteArray> read(int atMost) override; ///< `read-failed`

private:
    class File;
    DiskSource(std::shared_ptr<File> file, std::shared_ptr<QThreadPool> pool);
    std::shared_ptr<QThreadPool> m_pool;
    std::shared_ptr<File> m_file;
};

/// Where a file of somebody else goes: written in `pool` into NAME.part, given its name on
/// commit().
class PartFile : public FileSink {
public:
    struct Target {
        QString folder; ///< made if it is not there
        QString name; ///< already cleaned
        bool replaces = false; ///< the user chose this very name; else a free one is found
        qint64 size = -1; ///< what was offered: no more, no less; -1 = not told
    };

    /// Opens in the pool. `disk-full` where what was offered cannot fit, `write-failed`.
    static Async<std::shared_ptr<PartFile>> open(
        const Target &target, const std::shared_ptr<QThreadPool> &pool);
    ~PartFile() override; ///< without commit() nothing stays

    Async<void> write(const QByteArray &bytes) override; ///< `disk-full`, `write-failed`,
                                                         ///< `size-mismatch`
    Async<void> commit() override;

    /// Where the file is, once it was committed.
    QString path() const;

private:
    class File;
    PartFile(std::shared_ptr<File> file, std::shared_ptr<QThreadPool> pool);
    std::shared_ptr<QThreadPool> m_pool;
    std::shared_ptr<File> m_file;
};

} // namespace linchpin
