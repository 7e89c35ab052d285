// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What web services answer, as documents and as answers to the machine that asks for tickets: none
// may crash it, and a token is handed on in a form that can be read again.

#include "protocols/sip/contacts/directorysearch.h"
#include "protocols/sip/discovery/autodiscover.h"
#include "protocols/sip/webservices/addressbook.h"
#include "protocols/sip/webservices/certificateservice.h"
#include "protocols/sip/webservices/servicemetadata.h"
#include "protocols/sip/webservices/soapfault.h"
#include "protocols/sip/webservices/ticketmachine.h"
#include "protocols/sip/webservices/webanswer.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstddef>
#include <cstdint>

using namespace linchpin;
using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

const QUrl service(QStringLiteral("https://web.test/CertProv.svc"));
constexpr int longestWay = 40; ///< requests until a machine has to have come to an end

QByteArray zeros(int count)
{
    return QByteArray(count, '\0');
}

/// Only https, whatever the server said.
void send(const HttpRequest &request)
{
    check(isSecure(request.url), "a request in the clear");
}

/// Answers of the same kind again and again: a well-behaved server, one that says nothing else than
/// these bytes, and both mixed.
void askForTicket(const QByteArray &bytes, int status, bool byService)
{
    WebIdentity identity { .address = QStringLiteral("ben@litwareinc.test"),
        .user = { QStringLiteral("ben@corp.test"), QStringLiteral("x") },
        .userAgent = "UCCAPI" };
    TicketMachine machine(identity, zeros);
    TicketStep step = byService
        ? machine.startForService(service, QString(certificatePort))
        : machine.startForResource(QUrl(QStringLiteral("https://web.test/WebTicket.svc")), service);
    int requests = 0;
    while (const auto *request = std::get_if<HttpRequest>(&step)) {
        send(*request);
        check(++requests < longestWay, "no end of requests");
        HttpReply reply;
        reply.status = status;
        reply.body = bytes;
        reply.headers = { { "Location", bytes.left(200) }, { "WWW-Authenticate", bytes.left(40) } };
        step = machine.step(reply);
    }
    if (const auto *grant = std::get_if<TicketGrant>(&step)) {
        tried(securityHeader(grant->ticket));
    }
}

void tokens(QByteArrayView data)
{
    if (const auto ticket = parseTicketAnswer(data, zeros(32))) {
        check(parseXml(ticket->token.element).has_value(), "a token that cannot be handed on");
        check(parseXml(securityHeader(*ticket)).has_value()
                || ticket->token.element.contains(':'), // prefixes of the envelope around it
            "a security header that cannot be read");
    }
    if (const auto token = parseTokenAnswer(data)) {
        check(parseXml(token->element).has_value(), "a token that cannot be handed on");
    }
    for (const QByteArrayView name : { "Assertion", "RequestedSecurityToken", "a" }) {
        if (const auto cut = cutElement(data, name)) {
            check(data.contains(cut->bytes), "bytes were changed");
            check(parseXml(cut->standalone()).has_value(), "a piece that cannot be read");
        }
        if (const auto cut = cutChild(data, name)) {
            check(data.contains(cut->bytes), "bytes were changed");
        }
    }
}

/// The directory in its three forms; photos are fetched from below one place alone.
void people(const QByteArray &bytes)
{
    constexpr int most = 20;
    const QUrl files(QStringLiteral("https://web.test/abs/files/"));
    for (const auto &answer : { parseAddressBookAnswer(bytes, most),
             parseMembersAnswer(bytes, most), parseDirectorySearch(bytes) }) {
        if (answer) {
            check(answer->records.size() <= 5000, "a directory without end");
        }
    }
    const QUrl photo = addressBookPhoto(files, QString::fromUtf8(bytes));
    check(!photo.isValid()
            || (photo.host() == files.host() && photo.scheme() == files.scheme()
                && photo.path().startsWith(files.path())),
        "a photo from elsewhere");
    tried(isPhoto(bytes));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), qsizetype(size));
    tokens(bytes);
    if (const auto metadata = parseMetadata(bytes)) {
        for (const ServicePort &port : metadata->ports) {
            check(isSecure(port.address), "a port in the clear");
        }
    }
    if (const auto discovered = parseAutodiscover(bytes)) {
        tried(discovered->servers());
    }
    people(bytes);
    tried(parseRealm(bytes));
    tried(parseFault(bytes));
    tried(parseCertificateAnswer(bytes));
    for (const int status : { 200, 302, 401, 500 }) {
        askForTicket(bytes, status, true);
        askForTicket(bytes, status, false);
    }
    return 0;
}
