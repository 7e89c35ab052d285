// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/ntlmmessages.h"

#include <QtEndian>

using namespace Qt::StringLiterals;

namespace linchpin::sip::ntlm {

namespace {

const QByteArray signatureBytes("NTLMSSP\0", 8);
constexpr qsizetype proofSize = 16;
constexpr qsizetype blobHead = 28; // [MS-NLMP] 2.2.2.7 up to the AV pairs

AuthError malformed(const QString &detail)
{
    return { AuthError::Code::MalformedToken, detail };
}

quint16 get16(QByteArrayView bytes, qsizetype at)
{
    return qFromLittleEndian<quint16>(bytes.data() + at);
}

quint32 get32(QByteArrayView bytes, qsizetype at)
{
    return qFromLittleEndian<quint32>(bytes.data() + at);
}

void put16(QByteArray &bytes, quint16 number)
{
    bytes.append(char(number & 0xff)).append(char(number >> 8));
}

void put32(QByteArray &bytes, quint32 number)
{
    put16(bytes, quint16(number & 0xffff));
    put16(bytes, quint16(number >> 16));
}

/// A (length, maximum length, offset) descriptor at `at`. Overlaps are harmless, leaving the
/// message is not.
std::optional<QByteArray> field(QByteArrayView message, qsizetype at)
{
    const quint16 length = get16(message, at);
    const quint32 offset = get32(message, at + 4);
    if (length == 0) {
        return QByteArray();
    }
    if (quint64(offset) + length > quint64(message.size())) {
        return std::nullopt;
    }
    return message.sliced(qsizetype(offset), length).toByteArray();
}

void putField(
    QByteArray &head, QByteArray &payload, qsizetype payloadStart, const QByteArray &value)
{
    put16(head, quint16(value.size()));
    put16(head, quint16(value.size()));
    put32(head, quint32(payloadStart + payload.size()));
    payload += value;
}

/// Where the first descriptor's payload begins: everything before it is fixed part.
qsizetype payloadStart(QByteArrayView message, std::initializer_list<qsizetype> descriptors)
{
    qsizetype start = message.size();
    for (const qsizetype at : descriptors) {
        if (get16(message, at) != 0) {
            start = qMin(start, qsizetype(get32(message, at + 4)));
        }
    }
    return start;
}

bool promisesMic(QByteArrayView ntResponse)
{
    if (ntResponse.size() < proofSize + blobHead) {
        return false;
    }
    const auto pairs = parseAvPairs(ntResponse.sliced(proofSize + blobHead));
    const auto flags = pairs ? find(*pairs, AvId::Flags) : std::nullopt;
    return flags && flags->size() == 4 && (get32(*flags, 0) & 2U) != 0;
}

} // namespace

std::expected<QList<AvPair>, AuthError> parseAvPairs(QByteArrayView bytes)
{
    QList<AvPair> pairs;
    qsizetype at = 0;
    while (at + 4 <= bytes.size()) {
        const auto id = AvId(get16(bytes, at));
        const qsizetype length = get16(bytes, at + 2);
        at += 4;
        if (id == AvId::EndOfList) {
            return pairs;
        }
        if (length > bytes.size() - at) {
            break;
        }
        pairs.append({ id, bytes.sliced(at, length).toByteArray() });
        at += length;
    }
    return std::unexpected(malformed(u"the target information is cut off"_s));
}

QByteArray serialize(const QList<AvPair> &pairs)
{
    QByteArray out;
    for (const AvPair &pair : pairs) {
        put16(out, quint16(pair.id));
        put16(out, quint16(pair.value.size()));
        out += pair.value;
    }
    put32(out, 0);
    return out;
}

std::optional<QByteArray> find(const QList<AvPair> &pairs, AvId id)
{
    for (const AvPair &pair : pairs) {
        if (pair.id == id) {
            return pair.value;
        }
    }
    return std::nullopt;
}

std::expected<Challenge, AuthError> parseChallenge(QByteArrayView bytes)
{
    // Without target information the fixed part ends after 32 bytes (NT 4 era).
    if (bytes.size() < 32 || !bytes.startsWith(signatureBytes) || get32(bytes, 8) != 2) {
        return std::unexpected(malformed(u"no NTLM challenge"_s));
    }
    Challenge challenge;
    challenge.flags = get32(bytes, 20);
    challenge.serverChallenge = bytes.sliced(24, 8).toByteArray();
    const auto target = field(bytes, 12);
    const auto info = bytes.size() >= 48 ? field(bytes, 40) : QByteArray();
    if (!target || !info) {
        return std::unexpected(malformed(u"a field of the NTLM challenge leaves the message"_s));
    }
    challenge.targetName = *target;
    challenge.targetInfo = *info;
    if (payloadStart(bytes, { 12 }) >= 56 && bytes.size() >= 56) {
        challenge.version = bytes.sliced(48, 8).toByteArray();
    }
    return challenge;
}

QByteArray serialize(const Challenge &challenge)
{
    constexpr qsizetype start = 56;
    QByteArray head = signatureBytes;
    QByteArray payload;
    put32(head, 2);
    putField(head, payload, start, challenge.targetName);
    put32(head, challenge.flags);
    head += challenge.serverChallenge;
    head.append(8, '\0');
    putField(head, payload, start, challenge.targetInfo);
    head += challenge.version.isEmpty() ? QByteArray(8, '\0') : challenge.version;
    return head + payload;
}

std::expected<Authenticate, AuthError> parseAuthenticate(QByteArrayView bytes)
{
    if (bytes.size() < 64 || !bytes.startsWith(signatureBytes) || get32(bytes, 8) != 3) {
        return std::unexpected(malformed(u"no NTLM authenticate message"_s));
    }
    Authenticate message;
    struct Entry {
        qsizetype at;
        QByteArray *value;
    };
    for (const Entry entry : { Entry { 12, &message.lmResponse }, Entry { 20, &message.ntResponse },
             Entry { 28, &message.domain }, Entry { 36, &message.user },
             Entry { 44, &message.workstation }, Entry { 52, &message.encryptedSessionKey } }) {
        const auto value = field(bytes, entry.at);
        if (!value) {
            return std::unexpected(malformed(u"a field of the NTLM message leaves it"_s));
        }
        *entry.value = *value;
    }
    message.flags = get32(bytes, 60);
    const qsizetype start = payloadStart(bytes, { 12, 20, 28, 36, 44, 52 });
    if (start >= micOffset) {
        message.version = bytes.sliced(64, 8).toByteArray();
    }
    if (start >= micOffset + micSize && promisesMic(message.ntResponse)) {
        message.mic = bytes.sliced(micOffset, micSize).toByteArray();
    }
    return message;
}

QByteArray serialize(const Authenticate &message)
{
    const qsizetype start = micOffset + (message.mic ? micSize : 0);
    QByteArray head = signatureBytes;
    QByteArray payload;
    put32(head, 3);
    // The payload begins with the names, the responses follow; the descriptors do not.
    const QByteArray names = message.domain + message.user + message.workstation;
    payload = names;
    QByteArray tail;
    const qsizetype tailStart = start + names.size();
    putField(head, tail, tailStart, message.lmResponse);
    putField(head, tail, tailStart, message.ntResponse);
    QByteArray nameBytes;
    putField(head, nameBytes, start, message.domain);
    putField(head, nameBytes, start, message.user);
    putField(head, nameBytes, start, message.workstation);
    putField(head, tail, tailStart, message.encryptedSessionKey);
    put32(head, message.flags);
    head += message.version.isEmpty() ? QByteArray(8, '\0') : message.version;
    if (message.mic) {
        head += *message.mic;
    }
    return head + payload + tail;
}

} // namespace linchpin::sip::ntlm
