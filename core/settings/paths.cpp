// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/settings/paths.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace linchpin {

Paths::Paths(const QString &profile)
    : m_profile(QDir::cleanPath(QDir(profile).absolutePath()))
{
}

Paths Paths::resolve(const QString &option, const QString &applicationDirectory)
{
    if (!option.isEmpty()) {
        return Paths(option);
    }
    if (const QString named = qEnvironmentVariable("LINCHPIN_PROFILE"); !named.isEmpty()) {
        return Paths(named);
    }
    if (QFile::exists(applicationDirectory + u"/portable"_s)) {
        Paths paths(applicationDirectory + u"/profile"_s);
        paths.m_portable = true;
        return paths;
    }
    return Paths(
        QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/linchpin"_s);
}

QString Paths::file(const QString &name) const
{
    return m_profile + u'/' + name;
}

Result<void> Paths::create() const
{
    constexpr auto kPrivate = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner;
    const QDir folder(m_profile);
    if (folder.exists()) {
        return {};
    }
    if (!folder.mkpath(u"."_s) || !QFile::setPermissions(m_profile, kPrivate)) {
        Error error;
        error.kind = Error::Kind::Storage;
        error.code = u"write-failed"_s;
        error.title = QCoreApplication::translate(
            "linchpin::Paths", "The folder of your profile cannot be made.");
        error.detail = m_profile;
        error.fatal = true;
        return std::unexpected(error);
    }
    return {};
}

} // namespace linchpin
