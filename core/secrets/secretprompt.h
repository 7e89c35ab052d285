// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/result.h"

#include <QString>

namespace linchpin {

/// Asks the user for a password: a dialog, a terminal, a file. Implemented by the programs.
class SecretPrompt {
public:
    struct Question {
        enum class Kind {
            AccountSecret, ///< a password of an account
            VaultPassword, ///< the master password of the profile's vault
            NewVaultPassword, ///< one for a vault that is to be made
        };
        Kind kind = Kind::AccountSecret;
        QString accountName; ///< AccountSecret: the account's name
        QString label; ///< AccountSecret: the setting's label ("Password")
        bool mayRemember = true; ///< AccountSecret: its user may have it stored
        QString complaint; ///< translated; why it is asked again; empty the first time
    };
    struct Reply {
        QString secret;
        bool remember = false; ///< AccountSecret: store it
    };

    virtual ~SecretPrompt() = default;
    /// Error::Kind::Cancelled when the user declines.
    virtual Async<Reply> ask(const Question &question) = 0;
};

/// Answers for the vault from a file named by the environment (LINCHPIN_VAULT_PASSWORD_FILE: its
/// first line), for programs without anybody at the keyboard; hands everything else to `next`.
class FileSecretPrompt : public SecretPrompt {
public:
    FileSecretPrompt(QString fileName, SecretPrompt *next);
    Async<Reply> ask(const Question &question) override;

private:
    QString m_fileName;
    SecretPrompt *m_next;
};

} // namespace linchpin
