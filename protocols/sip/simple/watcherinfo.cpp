// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/watcherinfo.h"

#include "protocols/sip/documents/sipaddress.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype maximumWatchers = 1000;
constexpr qsizetype maximumText = 256;

PresenceWatcher::Status statusOf(const QString &word)
{
    using enum PresenceWatcher::Status;
    const QString lower = word.toLower();
    return lower == u"pending" ? Pending
        : lower == u"waiting"  ? Waiting
        : lower == u"active"   ? Active
                               : Terminated;
}

} // namespace

std::expected<WatcherInfo, DocumentError> parseWatcherInfo(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    if (!root->is(u"watcherinfo")) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not watcher information"_s });
    }
    WatcherInfo info { .version = quint32(root->counter(u"version")),
        .full = root->attribute(u"state").compare(u"full", Qt::CaseInsensitive) == 0 };
    for (const XmlElement &list : root->children) {
        if (!list.is(u"watcher-list")
            || (list.hasAttribute(u"package") && list.attribute(u"package") != u"presence")) {
            continue;
        }
        for (const XmlElement &element : list.children) {
            if (!element.is(u"watcher") || info.watchers.size() >= maximumWatchers) {
                continue;
            }
            PresenceWatcher watcher { .id = element.attribute(u"id").left(maximumText),
                .address = addressFromUri(element.text),
                .name = element.attribute(u"display-name").left(maximumText),
                .status = statusOf(element.attribute(u"status")),
                .event = element.attribute(u"event").left(maximumText) };
            if (!watcher.address.isEmpty()) {
                info.watchers.append(watcher);
            }
        }
    }
    return info;
}

} // namespace linchpin::sip
