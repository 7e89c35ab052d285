// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/files/diskfiles.h"

#include "core/files/filename.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMutex>
#include <QStorageInfo>
#include <QtConcurrent>

#include <filesystem>
#ifdef Q_OS_UNIX
#include <unistd.h>

#include <cerrno>
#endif

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr auto kPart = ".part"_L1;
constexpr int kMostNumbers = 1000; ///< names tried before giving up
constexpr qint64 kLeftFree = qint64 { 8 } << 20; ///< bytes we do not take from a disk

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::PartFile)
};

Error diskError(const QString &code, const QString &title, const QString &detail)
{
    return { .kind = Error::Kind::Storage, .code = code, .title = title, .detail = detail };
}

Error noRoom(const QString &folder)
{
    Error error = diskError(
        u"disk-full"_s, Text::tr("There is not enough room on the disk for this file."), folder);
    error.remedy = Text::tr("Make room, or save it in another folder.");
    return error;
}

Error writeError(const QFile &file)
{
    if (file.error() == QFileDevice::ResourceError) {
        return noRoom(QFileInfo(file.fileName()).path());
    }
    return diskError(u"write-failed"_s, Text::tr("The file could not be saved."),
        u"%1: %2"_s.arg(file.fileName(), file.errorString()));
}

} // namespace

// ---------------------------------------------------------------- to send

/// Used by one pool thread at a time.
class DiskSource::File {
public:
    QFile file;
    qint64 size = 0;
};

DiskSource::DiskSource(std::shared_ptr<File> file, std::shared_ptr<QThreadPool> pool)
    : m_pool(std::move(pool))
    , m_file(std::move(file))
{
}

Async<std::shared_ptr<DiskSource>> DiskSource::open(
    const QString &path, const std::shared_ptr<QThreadPool> &pool)
{
    using Opened = Result<std::shared_ptr<DiskSource>>;
    const Answer<std::shared_ptr<DiskSource>> answer;
    const auto future = answer.future();
    // The pool itself is kept by the main thread alone: it cannot end in one of its own threads.
    const auto source = std::shared_ptr<DiskSource>(new DiskSource(std::make_shared<File>(), pool));
    const auto file = source->m_file;
    QtConcurrent::run(pool.get(), [file, path]() -> Result<void> {
        const QFileInfo info(path);
        if (!info.exists()) {
            return std::unexpected(
                diskError(u"file-not-found"_s, Text::tr("There is no such file any more."), path));
        }
        if (!info.isFile()) { // a folder, or a pipe that would never end
            return std::unexpected(diskError(
                u"not-a-file"_s, Text::tr("Only single files can be sent, no folders."), path));
        }
        file->file.setFileName(path);
        if (!file->file.open(QIODevice::ReadOnly)) {
            return std::unexpected(diskError(u"read-failed"_s, Text::tr("The file cannot be read."),
                u"%1: %2"_s.arg(path, file->file.errorString())));
        }
        file->size = file->file.size();
        return {};
    }).then(QCoreApplication::instance(), [answer, source](const Result<void> &opened) {
        answer.give(opened ? Opened(source) : Opened(std::unexpect, opened.error()));
    });
    return future;
}

qint64 DiskSource::size() const
{
    return m_file->size;
}

Async<QByteArray> DiskSource::read(int atMost)
{
    return QtConcurrent::run(m_pool.get(), [file = m_file, atMost]() -> Result<QByteArray> {
        QByteArray bytes = file->file.read(atMost);
        if (bytes.isEmpty() && file->file.error() != QFileDevice::NoError) {
            return std::unexpected(diskError(
                u"read-failed"_s, Text::tr("The file cannot be read."), file->file.errorString()));
        }
        return bytes;
    });
}

// ---------------------------------------------------------------- to receive

/// Used by one pool thread at a time; what is asked from outside is behind the mutex.
class PartFile::File {
public:
    explicit File(Target wanted)
        : target(std::move(wanted))
    {
    }
    File(const File &) = delete;
    File &operator=(const File &) = delete;
    ~File()
    {
        if (file.isOpen()) {
            file.close();
            file.remove();
        }
    }

    Result<void> open()
    {
        const QDir folder(target.folder);
        if (!folder.mkpath(u"."_s)) {
            return std::unexpected(diskError(u"write-failed"_s,
                Text::tr("The folder for files cannot be used."), target.folder));
        }
        const qint64 room = QStorageInfo(target.folder).bytesAvailable();
        if (target.size > 0 && room >= 0 && target.size > room - kLeftFree) {
            return std::unexpected(noRoom(target.folder));
        }
        for (int number = 0; number < kMostNumbers; ++number) {
            const QString name = numberedFileName(target.name, number);
            if (!target.replaces && QFileInfo(folder.filePath(name)).exists()) {
                continue;
            }
            file.setFileName(folder.filePath(name + kPart));
            // NewOnly: two at the same time get two names, and no link of somebody else is
            // followed.
            if (file.open(QIODevice::WriteOnly | QIODevice::NewOnly | QIODevice::Unbuffered)) {
                goal = folder.filePath(name);
                first = number;
                return {};
            }
            if (!QFileInfo(file.fileName()).exists() && !QFileInfo(file.fileName()).isSymLink()) {
                break; // not because it is taken
            }
            if (target.replaces) {
                target.replaces = false; // another one is coming in under this very name
            }
        }
        return std::unexpected(writeError(file));
    }

    Result<void> write(const QByteArray &bytes)
    {
        if (target.size >= 0 && written + bytes.size() > target.size) {
            return std::unexpected(sizeMismatch());
        }
        if (file.write(bytes) != bytes.size()) {
            return std::unexpected(writeError(file));
        }
        written += bytes.size();
        return {};
    }

    Result<void> commit()
    {
        if (target.size >= 0 && written != target.size) {
            return std::unexpected(sizeMismatch());
        }
        const QString part = file.fileName();
        if (!settled()) {
            return std::unexpected(writeError(file));
        }
        file.close();
        const QDir folder(target.folder);
        if (target.replaces) {
            return replace(part);
        }
        for (int number = first; number < kMostNumbers; ++number) {
            const QString name
                = number == first ? goal : folder.filePath(numberedFileName(target.name, number));
            if (QFileInfo(name).exists()) { // came up meanwhile; rename() refuses as well
                continue;
            }
            if (QFile::rename(part, name)) {
                const QMutexLocker lock(&mutex);
                path = name;
                return {};
            }
        }
        QFile::remove(part);
        return std::unexpected(
            diskError(u"write-failed"_s, Text::tr("The file could not be saved."), goal));
    }

    /// The bytes are on the disk before the name is: after a power cut no file of that name is
    /// empty.
    bool settled()
    {
#ifdef Q_OS_UNIX
        return ::fsync(file.handle()) == 0 || errno == EINVAL; // EINVAL: a file system without it
#else
        return true;
#endif
    }

    /// In one step: either the old file is there or the new one.
    Result<void> replace(const QString &part)
    {
        std::error_code failure;
        std::filesystem::rename(
            QFile::encodeName(part).toStdString(), QFile::encodeName(goal).toStdString(), failure);
        if (failure) {
            QFile::remove(part);
            return std::unexpected(
                diskError(u"write-failed"_s, Text::tr("The file could not be saved."),
                    u"%1: %2"_s.arg(goal, QString::fromStdString(failure.message()))));
        }
        const QMutexLocker lock(&mutex);
        path = goal;
        return {};
    }

    static Error sizeMismatch()
    {
        return { .kind = Error::Kind::Protocol,
            .code = u"size-mismatch"_s,
            .title = Text::tr("The file is not as large as it was said to be.") };
    }

    Target target;
    QFile file;
    QString goal;
    int first = 0;
    qint64 written = 0;
    QMutex mutex;
    QString path;
};

PartFile::PartFile(std::shared_ptr<File> file, std::shared_ptr<QThreadPool> pool)
    : m_pool(std::move(pool))
    , m_file(std::move(file))
{
}

PartFile::~PartFile()
{
    // Removing takes a disk's time: in the pool, which runs what it was given before it ends.
    if (m_file) {
        m_pool->start([file = std::move(m_file)]() mutable { file.reset(); });
    }
}

Async<std::shared_ptr<PartFile>> PartFile::open(
    const Target &target, const std::shared_ptr<QThreadPool> &pool)
{
    using Opened = Result<std::shared_ptr<PartFile>>;
    const Answer<std::shared_ptr<PartFile>> answer;
    const auto future = answer.future();
    const auto sink = std::shared_ptr<PartFile>(new PartFile(std::make_shared<File>(target), pool));
    QtConcurrent::run(pool.get(), [file = sink->m_file] {
        return file->open();
    }).then(QCoreApplication::instance(), [answer, sink](const Result<void> &opened) {
        answer.give(opened ? Opened(sink) : Opened(std::unexpect, opened.error()));
    });
    return future;
}

Async<void> PartFile::write(const QByteArray &bytes)
{
    return QtConcurrent::run(m_pool.get(), [file = m_file, bytes] { return file->write(bytes); });
}

Async<void> PartFile::commit()
{
    return QtConcurrent::run(m_pool.get(), [file = m_file] { return file->commit(); });
}

QString PartFile::path() const
{
    const QMutexLocker lock(&m_file->mutex);
    return m_file->path;
}

} // namespace linchpin
