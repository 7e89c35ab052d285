// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"
#include "core/sdk/filetransfer.h"
#include "protocols/sip/files/fileinvitation.h"
#include "protocols/sip/files/filestream.h"

#include <QList>

#include <optional>
#include <variant>

namespace linchpin::sip {

// How two sides agree on one file: who offers, who listens, who connects, who may give up. Pure:
// every call gives what to do next, in this order.

namespace fileeffect {
/// Tell the other side.
struct Say {
    FileInvitation invitation;
    friend bool operator==(const Say &, const Say &) = default;
};
/// Wait for it at a port; answered by listening() or cannotListen().
struct Listen {
    friend bool operator==(const Listen &, const Listen &) = default;
};
/// Connect to it; answered by connected() or cannotConnect().
struct Connect {
    QByteArray address;
    quint16 port = 0;
    friend bool operator==(const Connect &, const Connect &) = default;
};
/// The line is there: the stream begins, with streamKeys().
struct StartStream {
    friend bool operator==(const StartStream &, const StartStream &) = default;
};
/// Over: close everything. `failure` with Failed.
struct End {
    FileTransferState state = FileTransferState::Done;
    std::optional<Error> failure;
    friend bool operator==(const End &, const End &) = default;
};
} // namespace fileeffect

using FileEffect = std::variant<fileeffect::Say, fileeffect::Listen, fileeffect::Connect,
    fileeffect::StartStream, fileeffect::End>;

class FileTransferMachine {
public:
    /// We send. `behindNat`: the other side should rather be the one who listens.
    FileTransferMachine(const QByteArray &cookie, const QString &name, qint64 size, bool behindNat);
    /// They send.
    explicit FileTransferMachine(const FileInvitation &invitation);

    bool isSender() const { return m_sender; }
    const QByteArray &cookie() const { return m_offer.cookie; }
    const FileInvitation &offer() const { return m_offer; }
    const FileStreamKeys &streamKeys() const { return m_keys; }
    bool isOver() const { return m_state == State::Over; }
    bool isStreaming() const { return m_state == State::Streaming; }
    /// Nobody has an answer to wait for: a limit makes sense.
    bool isConnecting() const { return m_state > State::Offered && m_state < State::Streaming; }

    QList<FileEffect> begin(); ///< sender: offers
    /// Receiver: takes it; the keys are fresh and random (the cookie is not used).
    QList<FileEffect> accept(const FileStreamKeys &keys);
    /// Refuses or gives up, on our side.
    QList<FileEffect> cancel();
    QList<FileEffect> heard(const FileInvitation &said); ///< Accept or Cancel
    QList<FileEffect> listening(const QByteArray &address, quint16 port, quint32 authCookie);
    QList<FileEffect> cannotListen(const Error &why);
    QList<FileEffect> connected(); ///< by either side
    QList<FileEffect> cannotConnect(const Error &why);
    QList<FileEffect> streamEnded(FileStreamEnd reason);
    QList<FileEffect> lineLost(const Error &why);
    QList<FileEffect> timedOut();
    /// Something of ours is in the way: the disk, the source.
    QList<FileEffect> failed(const Error &why);

private:
    enum class State { Offered, Waiting, Listening, Connecting, Streaming, Over };
    QList<FileEffect> end(FileTransferState state, std::optional<Error> failure = {});
    QList<FileEffect> giveUp(const QByteArray &code, const Error &why);

    State m_state = State::Offered;
    bool m_sender;
    FileInvitation m_offer;
    FileStreamKeys m_keys;
};

/// Whether to connect there when somebody says so: a literal of one machine, and a port that file
/// transfers may use (from 1024 on).
bool isUsableFileAddress(const QByteArray &address, quint16 port);

} // namespace linchpin::sip
