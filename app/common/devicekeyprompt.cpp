// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/common/devicekeyprompt.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QSaveFile>
#include <QStandardPaths>

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("linchpin::DeviceKeyPrompt", text);
}

Error nobodyThere(const QString &code, const QString &title, const QString &remedy)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = code;
    error.title = title;
    error.remedy = remedy;
    error.fatal = true;
    return error;
}

} // namespace

DeviceKeyPrompt::DeviceKeyPrompt(QString keyFile, SecretPrompt *next)
    : m_keyFile(std::move(keyFile))
    , m_next(next)
{
}

QString DeviceKeyPrompt::defaultKeyFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
        + u"/linchpin/device.key"_s;
}

Result<QString> DeviceKeyPrompt::key(bool make) const
{
    QFile file(m_keyFile);
    if (file.open(QIODevice::ReadOnly)) {
        const QByteArray text = file.readAll().trimmed();
        if (text.size() >= 64) {
            return QString::fromLatin1(text);
        }
    }
    if (!make) {
        return std::unexpected(
            nobodyThere(u"vault-locked"_s, tr("The vault of this profile is locked."),
                tr("Give its password in a file named by LINCHPIN_VAULT_PASSWORD_FILE.")));
    }
    std::array<quint32, 8> random {};
    QRandomGenerator::system()->generate(random.begin(), random.end());
    const QByteArray text
        = QByteArray(reinterpret_cast<const char *>(random.data()), sizeof random).toHex();
    QDir().mkpath(QFileInfo(m_keyFile).absolutePath());
    QSaveFile out(m_keyFile);
    if (!out.open(QIODevice::WriteOnly)
        || !out.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || out.write(text + '\n') < 0 || !out.commit()) {
        Error error
            = nobodyThere(u"write-failed"_s, tr("The key of the vault cannot be written."), {});
        error.kind = Error::Kind::Storage;
        error.detail = m_keyFile + u": "_s + out.errorString();
        return std::unexpected(error);
    }
    return QString::fromLatin1(text);
}

Async<SecretPrompt::Reply> DeviceKeyPrompt::ask(const Question &question)
{
    const bool first = question.complaint.isEmpty();
    switch (question.kind) {
    case Question::Kind::VaultPassword:
        if (first) {
            if (const Result<QString> known = key(false)) {
                return linchpin::ready<Reply>(Reply { .secret = *known });
            }
        }
        break;
    case Question::Kind::NewVaultPassword:
        if (!m_next) {
            const Result<QString> made = key(true);
            return made ? linchpin::ready<Reply>(Reply { .secret = *made })
                        : readyError<Reply>(made.error());
        }
        break;
    case Question::Kind::AccountSecret:
        break;
    }
    if (m_next) {
        return m_next->ask(question);
    }
    return readyError<Reply>(question.kind == Question::Kind::AccountSecret
            ? nobodyThere(u"no-password"_s,
                  tr("There is no password for %1.").arg(question.accountName),
                  tr("Give it with: linchpinctl account set %1 --password-stdin")
                      .arg(question.accountName))
            : nobodyThere(u"vault-locked"_s, tr("The vault of this profile is locked."),
                  tr("Give its password in a file named by LINCHPIN_VAULT_PASSWORD_FILE.")));
}

} // namespace linchpin
