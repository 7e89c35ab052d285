// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "protocols/sip/auth/rc4.h"

#include <QByteArray>
#include <QMessageAuthenticationCode>

#include <optional>

namespace linchpin::sip {

// The data connection of a file transfer ("MSN secure FTP"): lines to agree, then chunks of at most
// 2045 bytes (00, length little-endian), encrypted with RC4 as one stream, then an HMAC-SHA1 of the
// clear text. K = the first 16 bytes of SHA1 of the key that was told. Pure; no specification is
// public, as observed with Communicator and pidgin-sipe.

/// What both sides know before they connect.
struct FileStreamKeys {
    QByteArray encryption = {}; ///< raw, 24 bytes
    QByteArray hash = {};
    quint32 authCookie = 0;
};

/// Encryption and integrity of one file, in one direction.
class FileCipher {
public:
    explicit FileCipher(const FileStreamKeys &keys);
    QByteArray encrypt(QByteArrayView plain);
    QByteArray decrypt(QByteArrayView secret);
    QByteArray mac() const; ///< Base64, of all plain text so far

private:
    Rc4 m_rc4;
    QMessageAuthenticationCode m_mac;
};

enum class FileStreamEnd {
    Done,
    Cancelled, ///< by the other side
    WrongPeer, ///< it is not who we wait for
    WrongSize, ///< not what was offered
    WrongMac, ///< damaged, or meddled with
    Malformed,
};

/// What one step of a stream came to.
struct FileStreamStep {
    QByteArray write = {}; ///< to be sent, before anything else
    QByteArray data = {}; ///< receiver: bytes of the file
    bool wantsData = false; ///< sender: give() the next bytes now
    std::optional<FileStreamEnd> end = {};
};

/// The side that sends. Wants data one piece at a time: after wantsData exactly one give().
class FileSendStream {
public:
    /// `receiver` is the address it must name (compared without case).
    FileSendStream(const FileStreamKeys &keys, qint64 size, const QByteArray &receiver);

    FileStreamStep received(QByteArrayView bytes);
    /// The next bytes of the file; WrongSize when they are more than was offered, or none while
    /// some are missing.
    FileStreamStep give(const QByteArray &data);
    bool wantsData() const { return m_state == State::Sending; }
    /// The peer has named itself rightly: nobody else can be it.
    bool isAgreed() const { return m_agreed; }
    qint64 sent() const { return m_sent; }

private:
    enum class State { Ver, Usr, Tfr, Sending, Bye, Over };
    FileStreamStep line(const QByteArray &line);
    FileStreamStep finish(FileStreamEnd end);

    State m_state = State::Ver;
    bool m_agreed = false;
    FileCipher m_cipher;
    quint32 m_authCookie;
    qint64 m_size;
    qint64 m_sent = 0;
    QByteArray m_receiver;
    QByteArray m_buffer;
};

/// The side that receives.
class FileReceiveStream {
public:
    /// `self` is our own address.
    FileReceiveStream(const FileStreamKeys &keys, qint64 size, const QByteArray &self);

    FileStreamStep start(); ///< when the line is there
    FileStreamStep received(QByteArrayView bytes);
    /// The peer has named the right size.
    bool isAgreed() const { return m_agreed; }
    qint64 received() const { return m_received; }
    static QByteArray cancelLine(); ///< says that we do not want the rest

private:
    enum class State { Ver, Fil, Data, Mac, Over };
    bool takeChunks(FileStreamStep &step);
    FileStreamStep finish(FileStreamStep step, FileStreamEnd end);

    State m_state = State::Ver;
    bool m_agreed = false;
    FileCipher m_cipher;
    quint32 m_authCookie;
    qint64 m_size;
    qint64 m_received = 0;
    qsizetype m_chunkLeft = 0;
    QByteArray m_self;
    QByteArray m_buffer;
};

} // namespace linchpin::sip
