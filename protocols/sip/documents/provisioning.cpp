// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/documents/provisioning.h"

#include <QCryptographicHash>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype longestKept = qsizetype { 64 } << 10;
constexpr qint64 keptFor = qint64 { 8 } * 60 * 60; // seconds

QUrl secure(const QString &text)
{
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    return text.size() <= 2048 && url.isValid() && url.scheme() == "https"_L1
            && !url.host().isEmpty() && url.userInfo().isEmpty()
        ? url
        : QUrl();
}

bool samePlace(const QUrl &one, const QUrl &other)
{
    return one.isValid() && one.scheme() == other.scheme() && one.host() == other.host()
        && one.port(443) == other.port(443);
}

} // namespace

bool ServicePlaces::contains(const QUrl &url) const
{
    return samePlace(groupExpansion, url) || samePlace(addressBook, url);
}

std::expected<ServicePlaces, DocumentError> parseServicePlaces(QByteArrayView body, bool remoteUser)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    const XmlElement *server = nullptr;
    for (const XmlElement &group : root->children) {
        if (group.is(u"provisionGroup")
            && group.attribute(u"name").compare(u"ServerConfiguration", Qt::CaseInsensitive) == 0) {
            server = &group;
        }
    }
    ServicePlaces places;
    if (server == nullptr) {
        return places;
    }
    const auto place = [&](QStringView inside, QStringView outside) {
        const QUrl wanted = secure(server->childText(remoteUser ? outside : inside));
        return wanted.isValid() ? wanted : secure(server->childText(remoteUser ? inside : outside));
    };
    if (xmlBool(server->childText(u"dlxEnabled"), true)) {
        places.groupExpansion = place(u"dlxInternalUrl", u"dlxExternalUrl");
    }
    places.addressBook = place(u"absInternalServerUrl", u"absExternalServerUrl");
    return places;
}

QByteArray rememberProvisioning(
    const QByteArray &body, const QByteArray &question, const QDateTime &now)
{
    return body.isEmpty() || body.size() > longestKept
        ? QByteArray()
        : QByteArray::number(now.toSecsSinceEpoch()) + ' '
            + QCryptographicHash::hash(question, QCryptographicHash::Sha256).toHex() + '\n' + body;
}

QByteArray rememberedProvisioning(
    const QByteArray &kept, const QByteArray &question, const QDateTime &now)
{
    const qsizetype end = kept.indexOf('\n');
    const QByteArrayList words = kept.first(std::max<qsizetype>(end, 0)).split(' ');
    if (words.size() != 2
        || words.last() != QCryptographicHash::hash(question, QCryptographicHash::Sha256).toHex()) {
        return {};
    }
    const qint64 age = now.toSecsSinceEpoch() - words.first().toLongLong();
    return age >= 0 && age < keptFor ? kept.sliced(end + 1) : QByteArray();
}

} // namespace linchpin::sip
