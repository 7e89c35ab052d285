// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/secrets/secretprompt.h"

namespace linchpin {

/// Answers for the vault where no keyring answers and nobody can be asked (docs/adr/0004): a random
/// key of this machine's user, in a file that only they can read, apart from the profile. Where a
/// person can be asked, a new vault gets their master password instead; a vault that this key made
/// still opens without asking.
class DeviceKeyPrompt : public SecretPrompt {
public:
    /// `next` is asked for everything else; nullptr = nobody there.
    DeviceKeyPrompt(QString keyFile, SecretPrompt *next);
    static QString defaultKeyFile();

    Async<Reply> ask(const Question &question) override;

private:
    Result<QString> key(bool make) const;

    QString m_keyFile;
    SecretPrompt *m_next;
};

} // namespace linchpin
