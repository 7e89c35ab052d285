// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "core/sdk/export.h"
#include "core/sdk/message.h"
#include "core/sdk/result.h"

#include <QByteArray>
#include <QMetaType>
#include <QString>

#include <optional>

namespace linchpin {

/// A file that one side would like to give the other.
struct FileOffer {
    QString id; ///< unique within the account
    QString with; ///< the other person's address
    Direction direction = Direction::In;
    QString name; ///< as the network told it: hostile until core has cleaned it
    qint64 size = -1; ///< bytes; -1 = not told

    friend bool operator==(const FileOffer &, const FileOffer &) = default;
};

enum class FileTransferState {
    Offered, ///< waits for the receiver
    Running,
    Done,
    Refused, ///< by the receiver
    Cancelled,
    Failed, ///< with an Error that says why
};

/// Where bytes come from. Reads off the main thread.
class LINCHPIN_SDK_EXPORT FileSource {
public:
    virtual ~FileSource();
    /// The next bytes, fewer only at the end; empty = the end.
    virtual Async<QByteArray> read(int atMost) = 0;
};

/// Where bytes go. Writes off the main thread; one write at a time.
class LINCHPIN_SDK_EXPORT FileSink {
public:
    virtual ~FileSink();
    virtual Async<void> write(const QByteArray &bytes) = 0;
    /// All has come and was checked: makes it the file. Dropped without this, nothing stays.
    virtual Async<void> commit() = 0;
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::FileOffer)
