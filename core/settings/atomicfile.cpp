// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/settings/atomicfile.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace linchpin {

Result<void> writeFileAtomically(const QString &fileName, const QByteArray &bytes)
{
    QDir().mkpath(QFileInfo(fileName).absolutePath());
    QSaveFile file(fileName);
    if (!file.open(QIODevice::WriteOnly)
        || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(bytes) != bytes.size() || !file.commit()) {
        Error error;
        error.kind = Error::Kind::Storage;
        error.code = u"write-failed"_s;
        error.title
            = QCoreApplication::translate("linchpin::AtomicFile", "A file cannot be written.");
        error.detail = fileName + u": "_s + file.errorString();
        error.remedy = QCoreApplication::translate(
            "linchpin::AtomicFile", "Check the free space and the permissions of the folder.");
        return std::unexpected(error);
    }
    return {};
}

} // namespace linchpin
