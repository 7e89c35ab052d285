// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/discovery/autodiscover.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype largestDocument = qsizetype { 256 } * 1024;

QUrl webUrl(const QString &text)
{
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    const bool web = url.scheme() == "https"_L1 || url.scheme() == "http"_L1;
    return url.isValid() && web && !url.host().isEmpty() ? url : QUrl();
}

std::optional<SrvTarget> server(const QString &host, qint64 port)
{
    const QString name = host.trimmed();
    const bool plausible
        = !name.isEmpty() && name.size() <= 253 && std::ranges::all_of(name, [](QChar c) {
              return c.isLetterOrNumber() || c == u'.' || c == u'-' || c == u'_' || c == u':';
          });
    if (!plausible || port <= 0 || port > 65535) {
        return std::nullopt;
    }
    return SrvTarget { name, quint16(port) };
}

AutodiscoverAnswer::Access accessOf(const QString &word)
{
    using enum AutodiscoverAnswer::Access;
    return word.compare(u"Internal"_s, Qt::CaseInsensitive) == 0 ? Internal
        : word.compare(u"External"_s, Qt::CaseInsensitive) == 0  ? External
                                                                 : Unknown;
}

void takeLink(AutodiscoverAnswer &answer, const QString &token, const QString &href)
{
    if (token.compare(u"Redirect"_s, Qt::CaseInsensitive) == 0) {
        answer.redirect = webUrl(href);
    } else if (token.compare(u"User"_s, Qt::CaseInsensitive) == 0) {
        answer.user = webUrl(href);
    }
}

AutodiscoverAnswer fromXml(const XmlElement &root)
{
    AutodiscoverAnswer answer;
    answer.access = accessOf(root.attribute(u"AccessLocation"));
    for (const XmlElement &part : root.children) {
        for (const XmlElement &entry : part.children) {
            if (entry.is(u"Link")) {
                takeLink(answer, entry.attribute(u"token"), entry.attribute(u"href"));
            } else if (entry.is(u"SipClientInternalAccess")) {
                answer.internalServer = server(entry.attribute(u"fqdn"), entry.number(u"port"));
            } else if (entry.is(u"SipClientExternalAccess")) {
                answer.externalServer = server(entry.attribute(u"fqdn"), entry.number(u"port"));
            }
        }
    }
    return answer;
}

std::optional<SrvTarget> fromJson(const QJsonValue &value)
{
    const QJsonObject entry = value.toObject();
    return server(
        entry.value("fqdn"_L1).toString(), entry.value("port"_L1).toVariant().toLongLong());
}

AutodiscoverAnswer fromJson(const QJsonObject &root)
{
    AutodiscoverAnswer answer;
    answer.access = accessOf(root.value("AccessLocation"_L1).toString());
    for (const QString &part : { u"Root"_s, u"User"_s }) {
        const QJsonObject object = root.value(part).toObject();
        const QJsonArray links = object.value("Links"_L1).toArray();
        for (const auto &link : links) {
            takeLink(answer, link["token"_L1].toString(), link["href"_L1].toString());
        }
        if (const auto found = fromJson(object.value("SipClientInternalAccess"_L1))) {
            answer.internalServer = found;
        }
        if (const auto found = fromJson(object.value("SipClientExternalAccess"_L1))) {
            answer.externalServer = found;
        }
    }
    // UCWA: the names of the links are keys. Its user resource speaks OAuth, so only the redirect
    // is of use.
    const QJsonObject links = root.value("_links"_L1).toObject();
    takeLink(answer, u"Redirect"_s, links.value("redirect"_L1)["href"_L1].toString());
    if (answer.user.isEmpty()) {
        takeLink(answer, u"User"_s, links.value("user"_L1)["href"_L1].toString());
    }
    return answer;
}

} // namespace

QList<SrvTarget> AutodiscoverAnswer::servers() const
{
    QList<SrvTarget> list;
    if (internalServer && access != Access::External) {
        list.append(*internalServer);
    }
    if (externalServer && access != Access::Internal) {
        list.append(*externalServer);
    }
    return list;
}

std::expected<AutodiscoverAnswer, DocumentError> parseAutodiscover(QByteArrayView document)
{
    if (document.size() > largestDocument) {
        return std::unexpected(DocumentError { DocumentError::Kind::TooLarge, {} });
    }
    AutodiscoverAnswer answer;
    if (document.trimmed().startsWith('{')) {
        QJsonParseError error;
        const auto json = QJsonDocument::fromJson(document.toByteArray(), &error);
        if (!json.isObject()) {
            return std::unexpected(
                DocumentError { DocumentError::Kind::Malformed, error.errorString() });
        }
        answer = fromJson(json.object());
    } else {
        const auto root = parseXml(document);
        if (!root) {
            return std::unexpected(root.error());
        }
        answer = fromXml(*root);
    }
    if (answer.redirect.isEmpty() && answer.user.isEmpty() && !answer.internalServer
        && !answer.externalServer) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no link and no server in it"_s });
    }
    return answer;
}

} // namespace linchpin::sip
