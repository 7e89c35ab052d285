// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/groupchat/channeladdress.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/documents/xmlelement.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype longestPart = 255;
constexpr qsizetype longestUri = 1024;
constexpr auto scheme = "ma-chan://"_L1;
constexpr auto lookupUser = "ocschat"_L1;

bool isHost(QStringView text)
{
    return !text.isEmpty() && text.size() <= longestPart && std::ranges::all_of(text, [](QChar c) {
        return (c.unicode() < 0x80 && c.isLetterOrNumber()) || c == u'.' || c == u'-' || c == u'_';
    });
}

/// A GUID everywhere today; a number in early servers.
bool isChannelValue(QStringView text)
{
    return !text.isEmpty() && text.size() <= longestPart && std::ranges::all_of(text, [](QChar c) {
        return (c.unicode() < 0x80 && c.isLetterOrNumber()) || c == u'-' || c == u'_' || c == u'.'
            || c == u'{' || c == u'}';
    });
}

} // namespace

bool isRequestUri(QStringView text)
{
    return text.startsWith("sip:"_L1, Qt::CaseInsensitive) && text.size() <= longestUri
        && text.contains(u'@') && std::ranges::none_of(text, [](QChar c) {
               return c.unicode() <= 0x20 || c.unicode() == 0x7f || c == u'<' || c == u'>'
                   || c == u'"';
           });
}

std::optional<QString> channelUri(QStringView domain, QStringView value)
{
    if (!isHost(domain) || !isChannelValue(value)) {
        return std::nullopt;
    }
    return QString(scheme) + domain.toString().toLower() + u'/' + value.toString();
}

std::optional<QString> normalizedChannel(QStringView text)
{
    const QStringView uri = text.trimmed();
    if (!uri.startsWith(scheme, Qt::CaseInsensitive)) {
        return std::nullopt;
    }
    const QStringView rest = uri.sliced(scheme.size());
    const qsizetype slash = rest.indexOf(u'/');
    return slash < 0 ? std::nullopt : channelUri(rest.first(slash), rest.sliced(slash + 1));
}

ChannelId channelId(QStringView channel)
{
    const auto normalized = normalizedChannel(channel);
    if (!normalized) {
        return {};
    }
    return { normalized->section(u'/', 2, 2), normalized->section(u'/', 3) };
}

ChatProvisioning chatProvisioning(QByteArrayView provisioning)
{
    ChatProvisioning place;
    const auto root = parseXml(provisioning);
    if (!root) {
        return place;
    }
    for (const XmlElement &group : root->children) {
        const XmlElement *list = group.find(u"propertyEntryList");
        if (group.attribute(u"name").compare(u"persistentChatConfiguration", Qt::CaseInsensitive)
                != 0
            || list == nullptr) {
            continue;
        }
        place.told = true;
        for (const XmlElement &property : list->children) {
            const QString name = property.attribute(u"name");
            const QString value = property.text.trimmed();
            if (name.compare(u"EnablePersistentChat", Qt::CaseInsensitive) == 0) {
                place.enabled = xmlBool(value);
            } else if (name.compare(u"DefaultPersistentChatPoolUri", Qt::CaseInsensitive) == 0
                && isRequestUri(value)) {
                place.poolUri = value;
            }
        }
    }
    return place;
}

QString chatServerUri(
    QStringView setting, const ChatProvisioning &provisioning, QStringView ownAddress)
{
    const QString wanted = setting.trimmed().toString();
    if (!wanted.isEmpty()) {
        const QString address
            = wanted.contains(u'@') ? addressFromUri(wanted) : lookupUser + u'@' + wanted.toLower();
        return address.count(u'@') == 1 && !address.startsWith(u'@')
                && isHost(address.section(u'@', 1))
            ? uriFromAddress(address)
            : QString();
    }
    if (provisioning.told) {
        if (!provisioning.enabled) {
            return {};
        }
        if (!provisioning.poolUri.isEmpty()) {
            return provisioning.poolUri;
        }
    }
    const QStringView domain = ownAddress.sliced(ownAddress.indexOf(u'@') + 1);
    return isHost(domain) ? uriFromAddress(lookupUser + u'@' + domain.toString()) : QString();
}

} // namespace linchpin::sip
