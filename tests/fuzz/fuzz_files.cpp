// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Files of OCS: what invites to one, both ends of its line, and what a name of somebody else's
// becomes on our disk.

#include "core/files/filename.h"
#include "protocols/sip/files/fileinvitation.h"
#include "protocols/sip/files/filestream.h"
#include "tests/fuzz/fuzzcheck.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace linchpin;
using namespace linchpin::sip;
using linchpin::fuzz::check;

namespace {

constexpr qint64 kSize = 5; ///< of the file; what the corpus is about
const FileStreamKeys trialKeys { QByteArray(kFileKeyLength, 'e'), QByteArray(kFileKeyLength, 'h'),
    4711 };

void name(const QString &told)
{
    const QString clean = cleanedFileName(told);
    check(!clean.isEmpty() && clean.toUtf8().size() <= kLongestFileName, "a name's length");
    check(!clean.startsWith(u'.') && !clean.contains(u'/') && !clean.contains(u'\\')
            && !clean.contains(QChar::Null) && !clean.contains(u'\n'),
        "a name that leads elsewhere");
    check(cleanedFileName(clean) == clean, "a name that is cleaned twice");
}

void invitation(QByteArrayView data)
{
    const auto once = parseFileInvitation(data);
    if (!once) {
        return;
    }
    check(once->command != FileInvitation::Command::Invite || once->size >= 0, "a size below 0");
    const auto again = parseFileInvitation(buildFileInvitation(*once));
    check(again && again->command == once->command && again->cookie == once->cookie
            && again->size == once->size && again->encryptionKey == once->encryptionKey,
        "an invitation that changes");
    name(once->name);
}

struct Received {
    QByteArray data;
    QByteArray write;
    std::optional<FileStreamEnd> end;
    friend bool operator==(const Received &, const Received &) = default;
};

Received receive(QByteArrayView data, qsizetype slice)
{
    FileReceiveStream stream(trialKeys, kSize, "ann@litwareinc.com");
    Received all;
    for (qsizetype at = 0; at < data.size() && !all.end; at += slice) {
        const FileStreamStep step
            = stream.received(data.sliced(at, std::min(slice, data.size() - at)));
        all.data += step.data;
        all.write += step.write;
        all.end = step.end;
    }
    check(
        all.data.size() == stream.received() && all.data.size() <= kSize, "more than was offered");
    check(all.end != FileStreamEnd::Done || all.data.size() == kSize, "a file that is not whole");
    return all;
}

void send(QByteArrayView data, qsizetype slice)
{
    FileSendStream stream(trialKeys, kSize, "ann@litwareinc.com");
    for (qsizetype at = 0; at < data.size(); at += slice) {
        FileStreamStep step = stream.received(data.sliced(at, std::min(slice, data.size() - at)));
        while (step.wantsData && !step.end) {
            step = stream.give(QByteArray(std::min<qint64>(2, kSize - stream.sent()), 'a'));
        }
        check(stream.sent() <= kSize, "more than there is");
        check(step.end != FileStreamEnd::Done || stream.sent() == kSize, "a file half sent");
        if (step.end) {
            return;
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    invitation(bytes);
    name(QString::fromUtf8(bytes));
    const qsizetype whole = std::max<qsizetype>(bytes.size(), 1);
    check(receive(bytes, 1) == receive(bytes, whole), "a stream that depends on its pieces");
    send(bytes, 1);
    send(bytes, whole);
    return 0;
}
