// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/servicemetadata.h"

#include <QMap>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

void collect(const XmlElement &from, QStringView name, QList<const XmlElement *> &into)
{
    if (from.is(name)) {
        into.append(&from);
        return; // ports, bindings and named policies do not nest
    }
    for (const XmlElement &child : from.children) {
        collect(child, name, into);
    }
}

const XmlElement *descendant(const XmlElement &of, QStringView name)
{
    for (const XmlElement &child : of.children) {
        if (child.is(name)) {
            return &child;
        }
        if (const XmlElement *found = descendant(child, name)) {
            return found;
        }
    }
    return nullptr;
}

QUrl secureUrl(const QString &text)
{
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    return url.isValid() && url.scheme() == "https"_L1 && !url.host().isEmpty() ? url : QUrl();
}

QStringView afterColon(QStringView name)
{
    return name.sliced(name.lastIndexOf(u':') + 1);
}

void readPolicy(const XmlElement &policy, ServicePort &port)
{
    const auto tokenOf = [&](const XmlElement *tokens) {
        const XmlElement *issued = tokens ? descendant(*tokens, u"IssuedToken") : nullptr;
        if (issued != nullptr) {
            port.authentication = PortAuthentication::Token;
            if (const XmlElement *address = issued->find(u"Issuer/Address")) {
                port.issuer = secureUrl(address->text);
            }
        }
        return issued != nullptr;
    };
    const XmlElement *endorsing = descendant(policy, u"EndorsingSupportingTokens");
    const XmlElement *supporting = descendant(policy, u"SignedSupportingTokens");
    if (tokenOf(endorsing)) {
        port.signedRequests = true;
        return;
    }
    if (tokenOf(supporting)) {
        return;
    }
    const XmlElement *https = descendant(policy, u"HttpsToken");
    if (descendant(policy, u"UsernameToken") != nullptr) {
        port.authentication = PortAuthentication::Username;
    } else if (descendant(policy, u"NegotiateAuthentication") != nullptr
        || descendant(policy, u"NtlmAuthentication") != nullptr) {
        port.authentication = PortAuthentication::Windows;
    } else if (descendant(policy, u"X509Token") != nullptr
        || (https != nullptr
            && (xmlBool(https->attribute(u"RequireClientCertificate"))
                || descendant(*https, u"RequireClientCertificate") != nullptr))) {
        port.authentication = PortAuthentication::Certificate;
    }
}

} // namespace

const ServicePort *ServiceMetadata::port(QStringView name) const
{
    for (const ServicePort &port : ports) {
        if (port.name == name) {
            return &port;
        }
    }
    return nullptr;
}

const ServicePort *ServiceMetadata::port(PortAuthentication authentication) const
{
    for (const ServicePort &port : ports) {
        if (port.authentication == authentication) {
            return &port;
        }
    }
    return nullptr;
}

std::expected<ServiceMetadata, DocumentError> parseMetadata(QByteArrayView document)
{
    const auto root = parseXml(document);
    if (!root) {
        return std::unexpected(root.error());
    }
    QList<const XmlElement *> policies;
    QList<const XmlElement *> bindings;
    QList<const XmlElement *> services;
    collect(*root, u"Policy", policies);
    collect(*root, u"binding", bindings);
    collect(*root, u"service", services);
    const auto policyOf = [&](const XmlElement &port) -> const XmlElement * {
        QString id = port.attribute(u"name") + u"_policy"_s;
        const QString binding = port.attribute(u"binding");
        for (const XmlElement *candidate : std::as_const(bindings)) {
            const XmlElement *reference = candidate->child(u"PolicyReference");
            if (reference != nullptr && candidate->attribute(u"name") == afterColon(binding)) {
                id = reference->attribute(u"URI").section(u'#', -1);
            }
        }
        for (const XmlElement *policy : std::as_const(policies)) {
            if (policy->attribute(u"Id") == id) {
                return policy;
            }
        }
        return nullptr;
    };
    ServiceMetadata metadata;
    for (const XmlElement *service : std::as_const(services)) {
        for (const XmlElement &port : service->children) {
            const XmlElement *address = port.child(u"address");
            if (!port.is(u"port") || address == nullptr) {
                continue;
            }
            ServicePort entry;
            entry.name = port.attribute(u"name");
            entry.address = secureUrl(address->attribute(u"location"));
            if (!entry.address.isValid()) {
                continue;
            }
            if (const XmlElement *policy = policyOf(port)) {
                readPolicy(*policy, entry);
            }
            // The names Microsoft gives these ports say it where a policy is missing or unknown.
            if (entry.authentication == PortAuthentication::Anonymous) {
                if (entry.name.endsWith(u"WinNegotiate")) {
                    entry.authentication = PortAuthentication::Windows;
                } else if (entry.name.contains(u"WsFedBearer")) {
                    entry.authentication = PortAuthentication::Token;
                }
            }
            metadata.ports.append(entry);
        }
    }
    if (metadata.ports.isEmpty()) {
        return std::unexpected(
            DocumentError { DocumentError::Kind::Unexpected, u"no port of a service"_s });
    }
    return metadata;
}

} // namespace linchpin::sip
