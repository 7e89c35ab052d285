// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/files/filestream.h"

#include <QCryptographicHash>
#include <QList>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr auto kVersion = "VER MSN_SECURE_FTP";
constexpr auto kBye = "BYE 16777989"; ///< all has come
constexpr auto kByeCancelled = "BYE 2164261682"; ///< the receiver wants no more
constexpr qsizetype kLongestLine = 512; ///< an address may be long; the others are under 50
constexpr qsizetype kLargestChunk = 2045; ///< more is cut off by Forefront gateways
constexpr qsizetype kChunkHeader = 3;

QByteArray streamKey(const QByteArray &told)
{
    return QCryptographicHash::hash(told, QCryptographicHash::Sha1).first(16);
}

/// One line without its end, if it is there whole. Nothing, and `tooLong`, for a line without end.
std::optional<QByteArray> takeLine(QByteArray &buffer, bool *tooLong)
{
    const qsizetype end = buffer.indexOf('\n');
    *tooLong = end > kLongestLine || (end < 0 && buffer.size() > kLongestLine);
    if (end < 0 || *tooLong) {
        return std::nullopt;
    }
    QByteArray line = buffer.first(end);
    buffer.remove(0, end + 1);
    while (line.endsWith('\r')) {
        line.chop(1);
    }
    return line;
}

} // namespace

FileCipher::FileCipher(const FileStreamKeys &keys)
    : m_rc4(streamKey(keys.encryption))
    , m_mac(QCryptographicHash::Sha1, streamKey(keys.hash))
{
}

QByteArray FileCipher::encrypt(QByteArrayView plain)
{
    m_mac.addData(plain);
    return m_rc4.process(plain);
}

QByteArray FileCipher::decrypt(QByteArrayView secret)
{
    const QByteArray plain = m_rc4.process(secret);
    m_mac.addData(plain);
    return plain;
}

QByteArray FileCipher::mac() const
{
    return m_mac.result().toBase64();
}

// ---------------------------------------------------------------- sender

FileSendStream::FileSendStream(const FileStreamKeys &keys, qint64 size, const QByteArray &receiver)
    : m_cipher(keys)
    , m_authCookie(keys.authCookie)
    , m_size(size)
    , m_receiver(receiver.toLower())
{
}

FileStreamStep FileSendStream::finish(FileStreamEnd end)
{
    m_state = State::Over;
    m_buffer.clear();
    return { .end = end };
}

FileStreamStep FileSendStream::received(QByteArrayView bytes)
{
    FileStreamStep all;
    if (m_state == State::Over) {
        return all;
    }
    m_buffer.append(bytes);
    for (;;) {
        bool tooLong = false;
        const auto next = takeLine(m_buffer, &tooLong);
        if (tooLong) {
            return finish(FileStreamEnd::Malformed);
        }
        if (!next) {
            return all;
        }
        const FileStreamStep step = line(*next);
        all.write += step.write;
        all.wantsData = all.wantsData || step.wantsData;
        if (step.end) {
            all.end = step.end;
            return all;
        }
    }
}

FileStreamStep FileSendStream::line(const QByteArray &line)
{
    if (line == "CCL" || line == kByeCancelled) {
        return finish(FileStreamEnd::Cancelled);
    }
    switch (m_state) {
    case State::Ver:
        if (line != kVersion) {
            return finish(FileStreamEnd::WrongPeer);
        }
        m_state = State::Usr;
        return { .write = QByteArray(kVersion) + "\r\n" };
    case State::Usr: {
        const QList<QByteArray> words = line.split(' ');
        if (words.size() != 3 || words.at(0) != "USR" || words.at(1).toLower() != m_receiver
            || words.at(2) != QByteArray::number(m_authCookie)) {
            return finish(FileStreamEnd::WrongPeer);
        }
        m_state = State::Tfr;
        m_agreed = true;
        return { .write = "FIL " + QByteArray::number(m_size) + "\r\n" };
    }
    case State::Tfr:
        if (line != "TFR") {
            return finish(FileStreamEnd::Malformed);
        }
        m_state = m_size > 0 ? State::Sending : State::Bye;
        return { .wantsData = m_state == State::Sending };
    case State::Bye:
        if (line != kBye) {
            return finish(FileStreamEnd::Cancelled);
        }
        m_state = State::Over;
        // The NUL before the line's end is part of the protocol.
        return { .write = "MAC " + m_cipher.mac() + QByteArray("\0\r\n", 3),
            .end = FileStreamEnd::Done };
    case State::Sending: // nothing but a cancel may come
    case State::Over:
        break;
    }
    return finish(FileStreamEnd::Malformed);
}

FileStreamStep FileSendStream::give(const QByteArray &data)
{
    if (m_state != State::Sending) {
        return {};
    }
    if (data.isEmpty() || data.size() > m_size - m_sent) {
        return finish(FileStreamEnd::WrongSize);
    }
    FileStreamStep step;
    step.write.reserve(data.size() + (data.size() / kLargestChunk + 1) * kChunkHeader);
    for (qsizetype at = 0; at < data.size(); at += kLargestChunk) {
        const qsizetype length = std::min(kLargestChunk, data.size() - at);
        step.write.append('\0');
        step.write.append(char(length & 0xff));
        step.write.append(char(length >> 8));
        step.write.append(m_cipher.encrypt(QByteArrayView(data).sliced(at, length)));
    }
    m_sent += data.size();
    if (m_sent == m_size) {
        m_state = State::Bye;
    } else {
        step.wantsData = true;
    }
    return step;
}

// ---------------------------------------------------------------- receiver

FileReceiveStream::FileReceiveStream(
    const FileStreamKeys &keys, qint64 size, const QByteArray &self)
    : m_cipher(keys)
    , m_authCookie(keys.authCookie)
    , m_size(size)
    , m_self(self)
{
}

QByteArray FileReceiveStream::cancelLine()
{
    return QByteArray(kByeCancelled) + "\r\n";
}

FileStreamStep FileReceiveStream::start()
{
    return { .write = QByteArray(kVersion) + "\r\n" };
}

FileStreamStep FileReceiveStream::finish(FileStreamStep step, FileStreamEnd end)
{
    m_state = State::Over;
    m_buffer.clear();
    step.end = end;
    return step;
}

FileStreamStep FileReceiveStream::received(QByteArrayView bytes)
{
    FileStreamStep step;
    if (m_state == State::Over) {
        return step;
    }
    m_buffer.append(bytes);
    for (;;) {
        if (m_state == State::Data) {
            if (!takeChunks(step)) {
                return step;
            }
            continue;
        }
        bool tooLong = false;
        const auto line = takeLine(m_buffer, &tooLong);
        if (tooLong) {
            return finish(std::move(step), FileStreamEnd::Malformed);
        }
        if (!line) {
            return step;
        }
        if (m_state == State::Ver) {
            if (*line != kVersion) {
                return finish(std::move(step), FileStreamEnd::WrongPeer);
            }
            step.write += "USR " + m_self + ' ' + QByteArray::number(m_authCookie) + "\r\n";
            m_state = State::Fil;
        } else if (m_state == State::Fil) {
            bool isNumber = false;
            const qint64 told
                = line->startsWith("FIL ") ? line->sliced(4).toLongLong(&isNumber) : -1;
            if (!isNumber) {
                return finish(std::move(step), FileStreamEnd::Malformed);
            }
            if (told != m_size) {
                return finish(std::move(step), FileStreamEnd::WrongSize);
            }
            step.write += "TFR\r\n";
            m_state = State::Data;
            m_agreed = true;
        } else { // Mac
            QByteArray told = line->startsWith("MAC ") ? line->sliced(4) : QByteArray();
            told.truncate(told.indexOf('\0') < 0 ? told.size() : told.indexOf('\0'));
            return finish(std::move(step),
                told.trimmed() == m_cipher.mac() ? FileStreamEnd::Done : FileStreamEnd::WrongMac);
        }
    }
}

/// Whether there may be more to do with what has come.
bool FileReceiveStream::takeChunks(FileStreamStep &step)
{
    if (m_received == m_size) {
        step.write += QByteArray(kBye) + "\r\n";
        m_state = State::Mac;
        return true;
    }
    qsizetype at = 0;
    while (at < m_buffer.size() && m_received < m_size) {
        if (m_chunkLeft == 0) {
            if (m_buffer.size() - at < kChunkHeader) {
                break;
            }
            if (m_buffer.at(at) != 0) { // the sender has no more for us
                step = finish(std::move(step), FileStreamEnd::Cancelled);
                return false;
            }
            m_chunkLeft = quint8(m_buffer.at(at + 1)) | (quint8(m_buffer.at(at + 2)) << 8);
            at += kChunkHeader;
            if (m_chunkLeft > m_size - m_received) {
                step = finish(std::move(step), FileStreamEnd::WrongSize);
                return false;
            }
            continue;
        }
        const qsizetype length = std::min(m_chunkLeft, m_buffer.size() - at);
        step.data += m_cipher.decrypt(QByteArrayView(m_buffer).sliced(at, length));
        at += length;
        m_chunkLeft -= length;
        m_received += length;
    }
    m_buffer.remove(0, at);
    return m_received == m_size;
}

} // namespace linchpin::sip
