// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/secretprompt.h"

#include "core/secrets/secreterrors.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace linchpin {

FileSecretPrompt::FileSecretPrompt(QString fileName, SecretPrompt *next)
    : m_fileName(std::move(fileName))
    , m_next(next)
{
}

Async<SecretPrompt::Reply> FileSecretPrompt::ask(const Question &question)
{
    // A second question means that the file's password is wrong; it would be wrong again.
    if (question.kind != Question::Kind::AccountSecret && question.complaint.isEmpty()) {
        QFile file(m_fileName);
        if (!file.open(QIODevice::ReadOnly)) {
            return readyError<Reply>(
                secretError(u"vault-locked"_s, m_fileName + u": "_s + file.errorString()));
        }
        QByteArray line = file.readLine(4096);
        while (line.endsWith('\n') || line.endsWith('\r')) {
            line.chop(1);
        }
        return ready<Reply>(Reply { QString::fromUtf8(line), true });
    }
    if (m_next) {
        return m_next->ask(question);
    }
    return readyError<Reply>(secretError(u"cancelled"_s));
}

} // namespace linchpin
