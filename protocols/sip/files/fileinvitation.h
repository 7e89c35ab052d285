// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace linchpin::sip {

inline constexpr auto kFileInvitationType = "text/x-msmsgsinvite; charset=UTF-8";
inline constexpr int kFileKeyLength = 24; ///< bytes of Encryption-Key and Hash-Key
/// Communicator connects to no others.
inline constexpr quint16 kFirstFilePort = 6891;
inline constexpr quint16 kLastFilePort = 6901;

/// A body of text/x-msmsgsinvite: how Communicator and pidgin-sipe arrange the transfer of a file.
/// No specification of it is public; as observed.
struct FileInvitation {
    enum class Command { Invite, Accept, Cancel };
    Command command = Command::Invite;
    QByteArray cookie = {}; ///< names the transfer

    // Invite
    QString name = {};
    qint64 size = -1;
    bool behindNat = false; ///< "Connectivity: N": the receiver should be the one who listens

    // Accept; the keys come from the receiver, the address from whoever listens
    QByteArray encryptionKey = {}; ///< raw; empty where not told
    QByteArray hashKey = {};
    QByteArray address = {}; ///< literal; empty where not told
    quint16 port = 0;
    quint32 authCookie = 0;
    bool senderConnects = false;

    // Cancel
    QByteArray cancelCode = {}; ///< REJECT, TIMEOUT, OUTBANDCANCEL, FTTIMEOUT…

    friend bool operator==(const FileInvitation &, const FileInvitation &) = default;
};

QByteArray buildFileInvitation(const FileInvitation &invitation);
/// Nothing for what is no file's (the same type invites to games), lacks its cookie, or has keys of
/// a wrong length. Bounded: names of at most 1024 characters.
std::optional<FileInvitation> parseFileInvitation(QByteArrayView body);

} // namespace linchpin::sip
