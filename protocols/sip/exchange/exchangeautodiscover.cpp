// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/exchange/exchangeautodiscover.h"

#include "protocols/sip/webservices/webanswer.h"

#include <QXmlStreamWriter>

using namespace Qt::StringLiterals;

namespace linchpin::sip {
namespace {

constexpr qsizetype kMaximumWords = 500;
constexpr qsizetype kMaximumUrl = 2048;

QUrl secureUrl(const XmlElement &element, QStringView name)
{
    const QString text = element.childText(name);
    const QUrl url = text.size() > kMaximumUrl ? QUrl() : QUrl(text, QUrl::StrictMode);
    // An address with a name and password in it would replace ours.
    return isSecure(url) && url.userInfo().isEmpty() ? url : QUrl();
}

ExchangeServices services(const XmlElement &protocol)
{
    ExchangeServices out { secureUrl(protocol, u"EwsUrl"), secureUrl(protocol, u"ASUrl"),
        secureUrl(protocol, u"OOFUrl") };
    if (out.web.isEmpty()) {
        out.web = out.availability; // Exchange 2007 names no EwsUrl; it is the same service
    }
    if (out.availability.isEmpty()) {
        out.availability = out.web;
    }
    if (out.outOfOffice.isEmpty()) {
        out.outOfOffice = out.web;
    }
    return out;
}

} // namespace

ExchangeServices exchangeServicesAt(const QUrl &url)
{
    QUrl place = url;
    if (place.path().isEmpty() || place.path() == "/"_L1) {
        place.setPath(u"/EWS/Exchange.asmx"_s);
    }
    return { place, place, place };
}

QByteArray buildExchangeAutodiscover(const QString &email)
{
    QByteArray out;
    QXmlStreamWriter writer(&out);
    writer.writeStartDocument();
    writer.writeStartElement(u"Autodiscover"_s);
    writer.writeDefaultNamespace(
        u"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"_s);
    writer.writeStartElement(u"Request"_s);
    writeTextElement(writer, u"EMailAddress", email);
    writeTextElement(writer, u"AcceptableResponseSchema",
        u"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a");
    writer.writeEndDocument();
    return out;
}

std::expected<MailboxAnswer, DocumentError> parseExchangeAutodiscover(QByteArrayView body)
{
    const auto root = parseXml(body);
    if (!root) {
        return std::unexpected(root.error());
    }
    const XmlElement *const response
        = root->is(u"Autodiscover") ? root->child(u"Response") : nullptr;
    if (!response) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"not from autodiscover"_s });
    }
    if (const XmlElement *const error = response->child(u"Error")) {
        return NoMailbox { error->childText(u"Message").simplified().left(kMaximumWords) };
    }
    const XmlElement *const account = response->child(u"Account");
    if (!account) {
        return NoMailbox {};
    }
    const QString moved = account->childText(u"RedirectAddr");
    if (moved.contains(u'@')) {
        return MailboxMoved { moved.left(kMaximumWords) };
    }
    if (const QUrl elsewhere = secureUrl(*account, u"RedirectUrl"); !elsewhere.isEmpty()) {
        return AskElsewhere { elsewhere };
    }
    for (const QStringView type : { u"EXCH", u"EXPR" }) {
        for (const XmlElement &protocol : account->children) {
            if (protocol.is(u"Protocol")
                && type.compare(protocol.childText(u"Type"), Qt::CaseInsensitive) == 0) {
                if (ExchangeServices found = services(protocol); !found.isEmpty()) {
                    return found;
                }
            }
        }
    }
    return NoMailbox {};
}

} // namespace linchpin::sip
