// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/files/fileinvitation.h"

#include "protocols/sip/im/imbody.h"

#include <QHash>
#include <QList>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype kLongestBody = qsizetype { 16 } * 1024;
constexpr qsizetype kLongestName = 1024;
constexpr qsizetype kLongestCookie = 64;
constexpr auto kApplication = "{5D3E02AB-6190-11d3-BBBB-00C04F795683}"; ///< file transfer

QByteArray key(const QByteArray &base64)
{
    const auto decoded = QByteArray::fromBase64Encoding(base64.trimmed());
    return decoded.decodingStatus == QByteArray::Base64DecodingStatus::Ok
            && decoded.decoded.size() == kFileKeyLength
        ? decoded.decoded
        : QByteArray();
}

} // namespace

QByteArray buildFileInvitation(const FileInvitation &invitation)
{
    QByteArray body;
    const auto line = [&body](QByteArrayView name, const QByteArray &value) {
        body.append(name).append(": ").append(value).append("\r\n");
    };
    switch (invitation.command) {
    case FileInvitation::Command::Invite: {
        line("Application-Name", "File Transfer"_ba);
        line("Application-GUID", QByteArray(kApplication));
        line("Invitation-Command", "INVITE"_ba);
        line("Invitation-Cookie", invitation.cookie);
        QString name = invitation.name;
        name.replace(u'\r', u' ').replace(u'\n', u' ');
        line("Application-File", name.toUtf8());
        line("Application-FileSize", QByteArray::number(invitation.size));
        if (invitation.behindNat) {
            line("Connectivity", "N"_ba);
        }
        line("Encryption", "R"_ba);
        break;
    }
    case FileInvitation::Command::Accept:
        line("Invitation-Command", "ACCEPT"_ba);
        line("Request-Data", "IP-Address:"_ba);
        line("Invitation-Cookie", invitation.cookie);
        if (!invitation.encryptionKey.isEmpty()) {
            line("Encryption-Key", invitation.encryptionKey.toBase64());
            line("Hash-Key", invitation.hashKey.toBase64());
        }
        if (invitation.port != 0) {
            line("IP-Address", invitation.address);
            line("Port", QByteArray::number(invitation.port));
            line("PortX", "11178"_ba);
            line("AuthCookie", QByteArray::number(invitation.authCookie));
        }
        if (invitation.senderConnects) {
            line("Sender-Connect", "TRUE"_ba);
        }
        break;
    case FileInvitation::Command::Cancel:
        line("Invitation-Command", "CANCEL"_ba);
        line("Invitation-Cookie", invitation.cookie);
        line("Cancel-Code", invitation.cancelCode);
        break;
    }
    return body;
}

std::optional<FileInvitation> parseFileInvitation(QByteArrayView body)
{
    if (body.size() > kLongestBody) {
        return std::nullopt;
    }
    QHash<QByteArray, QByteArray> fields;
    const QList<QByteArray> lines = body.toByteArray().split('\n');
    for (const QByteArray &line : lines) {
        const qsizetype colon = line.indexOf(':');
        if (colon > 0) {
            const QByteArray name = line.first(colon).trimmed().toLower();
            if (!fields.contains(name)) {
                fields.insert(name, line.sliced(colon + 1).trimmed());
            }
        }
    }
    FileInvitation invitation;
    invitation.cookie = fields.value("invitation-cookie"_ba);
    if (invitation.cookie.isEmpty() || invitation.cookie.size() > kLongestCookie) {
        return std::nullopt;
    }
    const QByteArray command = fields.value("invitation-command"_ba).toUpper();
    if (command == "INVITE") {
        const QByteArray application = fields.value("application-guid"_ba);
        if (!application.isEmpty() && application.compare(kApplication, Qt::CaseInsensitive) != 0) {
            return std::nullopt;
        }
        bool isNumber = false;
        invitation.size = fields.value("application-filesize"_ba).toLongLong(&isNumber);
        invitation.name = decodeText(fields.value("application-file"_ba)).left(kLongestName);
        if (!isNumber || invitation.size < 0 || invitation.name.isEmpty()) {
            return std::nullopt;
        }
        invitation.behindNat
            = fields.value("connectivity"_ba).compare("N", Qt::CaseInsensitive) == 0;
        return invitation;
    }
    if (command == "ACCEPT") {
        invitation.command = FileInvitation::Command::Accept;
        if (fields.contains("encryption-key"_ba) || fields.contains("hash-key"_ba)) {
            invitation.encryptionKey = key(fields.value("encryption-key"_ba));
            invitation.hashKey = key(fields.value("hash-key"_ba));
            if (invitation.encryptionKey.isEmpty() || invitation.hashKey.isEmpty()) {
                return std::nullopt;
            }
        }
        const QByteArray address = fields.value("ip-address"_ba);
        if (!address.isEmpty() && address.size() <= kLongestCookie) {
            invitation.address = address;
            invitation.port = fields.value("port"_ba).toUShort();
        }
        invitation.authCookie = fields.value("authcookie"_ba).toUInt();
        invitation.senderConnects
            = fields.value("sender-connect"_ba).compare("TRUE", Qt::CaseInsensitive) == 0;
        return invitation;
    }
    if (command == "CANCEL") {
        invitation.command = FileInvitation::Command::Cancel;
        invitation.cancelCode = fields.value("cancel-code"_ba).left(kLongestCookie);
        return invitation;
    }
    return std::nullopt;
}

} // namespace linchpin::sip
