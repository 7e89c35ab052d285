// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/webservices/soapfault.h"

#include "protocols/sip/documents/xmlelement.h"
#include "protocols/sip/webservices/webanswer.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::WebServices)
};

constexpr qsizetype longestWords = 500; ///< some services send whole stack traces

QString shortened(const QString &words)
{
    const QString clean = words.simplified();
    return clean.size() > longestWords ? clean.first(longestWords) + u'…' : clean;
}

QString at(const QUrl &service, const QString &words)
{
    const QString where = service.toDisplayString(QUrl::RemoveQuery | QUrl::RemoveUserInfo);
    return words.isEmpty() ? where : u"%1: %2"_s.arg(where, words);
}

} // namespace

std::optional<SoapFault> parseFault(QByteArrayView document)
{
    const auto envelope = parseXml(document);
    const XmlElement *fault = envelope ? envelope->find(u"Body/Fault") : nullptr;
    if (fault == nullptr) {
        return std::nullopt;
    }
    SoapFault out;
    const XmlElement *detail = fault->child(u"detail");
    if (const XmlElement *known
        = detail ? detail->find(u"OCSDiagnosticsFault/Ms-Diagnostics-Fault") : nullptr) {
        out.id = known->childText(u"ErrorId").toInt();
        out.words = shortened(known->childText(u"Reason"));
    }
    if (const XmlElement *inner = detail ? detail->find(u"error/internalerror/text") : nullptr;
        inner != nullptr && out.words.isEmpty()) {
        out.words = shortened(inner->text);
    }
    if (out.words.isEmpty()) {
        out.words = shortened(fault->childText(u"faultstring"));
    }
    if (const XmlElement *reason = fault->find(u"Reason/Text");
        reason != nullptr && out.words.isEmpty()) {
        out.words = shortened(reason->text);
    }
    QString code = fault->childText(u"faultcode");
    if (const XmlElement *value = fault->find(u"Code/Value"); value != nullptr && code.isEmpty()) {
        const XmlElement *inner = fault->find(u"Code/Subcode/Value");
        code = (inner != nullptr ? inner : value)->text.trimmed();
    }
    out.code = code.section(u':', -1);
    if (out.words.isEmpty()) {
        out.words = out.code;
    }
    return out;
}

bool isTicketRefusal(const HttpReply &reply)
{
    const auto fault = parseFault(reply.body);
    const auto tells = [&fault](const QString &word) {
        return fault && fault->code.contains(word, Qt::CaseInsensitive);
    };
    return reply.status == 401 || tells(u"FailedAuthentication"_s) || tells(u"InvalidSecurity"_s)
        || tells(u"MessageExpired"_s);
}

QString webWords(const HttpReply &reply)
{
    if (const auto fault = parseFault(reply.body)) {
        return fault->id != 0 ? u"%1 (%2)"_s.arg(fault->words).arg(fault->id) : fault->words;
    }
    const QString status
        = u"%1 %2"_s.arg(reply.status).arg(QString::fromUtf8(reply.reason)).trimmed();
    // [MS-OCAUTHWS] 3.2.4.1: what Windows authentication says, where there is no fault.
    const QString diagnostics = shortened(QString::fromUtf8(headerOf(reply, "X-Ms-diagnostics")));
    return diagnostics.isEmpty() ? status : u"%1 (%2)"_s.arg(status, diagnostics);
}

Error webTicketFailed(const QUrl &service, const QString &words, bool transient)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"web-ticket-failed"_s;
    error.title = Text::tr("The server's web service did not let you in.");
    error.detail = at(service, words);
    error.remedy = transient
        ? Text::tr("Try again later; ask the administrator if it stays like this.")
        : Text::tr("Ask the administrator, quoting the server's words; choosing NTLM or Kerberos "
                   "as authentication scheme may do without the web service.");
    error.fatal = !transient;
    return error;
}

Error webPasswordRefused(const QUrl &service, const QString &words)
{
    Error error;
    error.kind = Error::Kind::Authentication;
    error.code = u"wrong-password"_s;
    error.title = Text::tr("The server's web service refused login and password.");
    error.detail = at(service, words);
    error.remedy = Text::tr("Check the password, and the login: companies use user, DOMAIN\\user "
                            "or user@domain.");
    error.fatal = true;
    return error;
}

Error webSecondFactor(const QUrl &service, const QString &words)
{
    Error error = webTicketFailed(service, words, false);
    error.title = Text::tr("The company's sign-in service did not accept name and password alone.");
    error.remedy = Text::tr("Accounts with a second factor cannot be used with a password; ask the "
                            "administrator for an app password or for NTLM.");
    return error;
}

Error certificateFailed(const QUrl &service, const QString &words, bool transient)
{
    Error error = webTicketFailed(service, words, transient);
    error.code = u"certificate-provisioning-failed"_s;
    error.title = Text::tr("The server did not issue the certificate to sign in with.");
    return error;
}

Error noCertificateService(const QString &uri)
{
    Error error;
    error.kind = Error::Kind::Protocol;
    error.code = u"certificate-provisioning-failed"_s;
    error.title = Text::tr("The server wants a certificate but does not say where to get it.");
    error.detail = uri;
    error.remedy = Text::tr("Choose NTLM or Kerberos as authentication scheme, or ask the "
                            "administrator.");
    error.fatal = true;
    return error;
}

} // namespace linchpin::sip
