// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/secreterrors.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin {

Error secretError(const QString &code, const QString &detail)
{
    struct Words {
        QLatin1StringView code;
        Error::Kind kind;
        const char *title;
        const char *remedy;
    };
    static const Words kWords[] = {
        { "no-secret"_L1, Error::Kind::NotFound,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "No password is stored."), nullptr },
        { "no-password"_L1, Error::Kind::Authentication,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "There is no password for this account."),
            QT_TRANSLATE_NOOP(
                "linchpin::Secrets", "Enter the password in the account's settings.") },
        { "keyring-locked"_L1, Error::Kind::Storage,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "The keyring is locked."),
            QT_TRANSLATE_NOOP("linchpin::Secrets", "Unlock the keyring and try again.") },
        { "keyring-unavailable"_L1, Error::Kind::Storage,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "No keyring answers here."),
            QT_TRANSLATE_NOOP("linchpin::Secrets", "Use a vault with a master password instead.") },
        { "vault-wrong-password"_L1, Error::Kind::Storage,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "This is not the vault's master password."),
            nullptr },
        { "vault-damaged"_L1, Error::Kind::Storage,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "The file of the vault is damaged."),
            QT_TRANSLATE_NOOP("linchpin::Secrets",
                "Put a copy of vault.bin back, or remove it and enter the passwords again.") },
        { "vault-locked"_L1, Error::Kind::Storage,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "The vault is locked."),
            QT_TRANSLATE_NOOP("linchpin::Secrets", "Enter the vault's master password.") },
        { "vault-no-password"_L1, Error::Kind::Storage,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "A vault needs a master password."), nullptr },
        { "secret-not-stored"_L1, Error::Kind::Storage,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "The password could not be stored."), nullptr },
        { "cancelled"_L1, Error::Kind::Cancelled,
            QT_TRANSLATE_NOOP("linchpin::Secrets", "Nobody entered the password."), nullptr },
    };
    Error error;
    error.kind = Error::Kind::Storage;
    error.code = code;
    error.detail = detail;
    for (const Words &words : kWords) {
        if (words.code == code) {
            error.kind = words.kind;
            error.title = QCoreApplication::translate("linchpin::Secrets", words.title);
            if (words.remedy) {
                error.remedy = QCoreApplication::translate("linchpin::Secrets", words.remedy);
            }
        }
    }
    error.fatal = error.kind == Error::Kind::Authentication || error.kind == Error::Kind::Cancelled;
    return error;
}

} // namespace linchpin
