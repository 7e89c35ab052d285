// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/im/sdp.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr qsizetype kMaximumBody = qsizetype { 32 } * 1024;
constexpr qsizetype kMaximumTypes = 64;

QByteArray connectionOf(const QByteArray &address)
{
    return (address.contains(':') ? "IN IP6 "_ba : "IN IP4 "_ba) + address;
}

/// Nothing that came from outside may start a line of its own.
QByteArray oneWord(const QByteArray &text)
{
    QByteArray word;
    for (const char c : text) {
        if (uchar(c) > ' ') {
            word += c;
        }
    }
    return word;
}

bool isImMedia(QByteArrayView word)
{
    return word == "message" || word == "x-ms-message";
}

} // namespace

bool ImSdp::accepts(QByteArrayView contentType) const
{
    return acceptedTypes.isEmpty()
        || std::ranges::any_of(acceptedTypes, [contentType](const QByteArray &type) {
               return type == "*" || contentType.compare(type, Qt::CaseInsensitive) == 0;
           });
}

QByteArrayList ownAcceptedTypes()
{
    return { "text/plain"_ba, "text/html"_ba, "text/rtf"_ba, "multipart/alternative"_ba,
        "application/im-iscomposing+xml"_ba, "application/ms-imdn+xml"_ba };
}

QByteArray buildImSdp(const ImSdp &sdp)
{
    const QByteArray connection = connectionOf(oneWord(sdp.address));
    QByteArray body = "v=0\r\no=- 0 0 "_ba + connection + "\r\ns=session\r\nc="_ba + connection
        + "\r\nt=0 0\r\nm="_ba + oneWord(sdp.media) + " "_ba + QByteArray::number(sdp.port)
        + " sip "_ba + oneWord(sdp.target) + "\r\n"_ba;
    if (!sdp.acceptedTypes.isEmpty()) {
        body += "a=accept-types:"_ba + sdp.acceptedTypes.join(' ') + "\r\n"_ba;
    }
    return body;
}

QByteArray buildImSdpAnswer(
    const ImSdp &offer, const QByteArray &address, quint16 port, const QByteArray &ownUri)
{
    return buildImSdp(ImSdp { .address = address,
        .port = port,
        .media = offer.media,
        .target = ownUri,
        .acceptedTypes = ownAcceptedTypes() });
}

std::expected<ImSdp, DocumentError> parseImSdp(QByteArrayView body)
{
    if (body.size() > kMaximumBody) {
        return std::unexpected(DocumentError { DocumentError::Kind::TooLarge, u"SDP"_s });
    }
    ImSdp sdp;
    bool isSdp = false;
    bool inIm = false;
    bool found = false;
    for (QByteArray line : body.toByteArray().split('\n')) {
        line = line.trimmed();
        if (line.size() < 2 || line.at(1) != '=') {
            continue;
        }
        const char kind = line.at(0);
        const QByteArray value = line.sliced(2);
        if (kind == 'v') {
            isSdp = true;
        } else if (kind == 'c' && (!found || inIm)) {
            const QByteArrayList words = value.split(' '); // "IN IP4 192.0.2.10"
            sdp.address = words.size() > 2 ? words.at(2) : QByteArray();
        } else if (kind == 'm') {
            const QByteArrayList words = value.split(' ');
            inIm = !found && words.size() >= 3 && isImMedia(words.first());
            if (inIm) {
                found = true;
                sdp.media = words.first();
                sdp.port = words.at(1).toUShort();
                sdp.target = words.size() > 3 ? words.at(3) : "null"_ba;
            }
        } else if (kind == 'a' && inIm && value.startsWith("accept-types:")) {
            for (const QByteArray &type : value.sliced(13).split(' ')) {
                if (!type.isEmpty() && sdp.acceptedTypes.size() < kMaximumTypes) {
                    sdp.acceptedTypes.append(type.toLower());
                }
            }
        }
    }
    if (!isSdp) {
        return std::unexpected(DocumentError { DocumentError::Kind::Malformed, u"not SDP"_s });
    }
    if (!found) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no IM media in the SDP"_s });
    }
    return sdp;
}

} // namespace linchpin::sip
