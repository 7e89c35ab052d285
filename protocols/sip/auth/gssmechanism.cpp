// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/auth/gssmechanism.h"

#include "protocols/sip/auth/gsshandles.h"

#include <krb5/krb5.h>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

using Kind = GssMechanism::Kind;

// Of gss-ntlmssp's gssapi_ntlmssp.h, which Debian does not ship: connectionless NTLM.
constexpr OM_uint32 ntlmDatagramFlag = 0x10000;
constexpr quint32 sipSequence = 100;

AuthError::Code codeOf(OM_uint32 major, OM_uint32 minor, bool singleSignOn)
{
    using enum AuthError::Code;
    switch (krb5_error_code(minor)) {
    case KRB5KDC_ERR_PREAUTH_FAILED:
    case KRB5KRB_AP_ERR_BAD_INTEGRITY:
        return WrongCredentials;
    case KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN:
        return UnknownUser;
    case KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN:
        return UnknownService;
    case KRB5KDC_ERR_CLIENT_REVOKED:
    case KRB5KDC_ERR_KEY_EXP:
    case KRB5KDC_ERR_NAME_EXP:
    case KRB5KDC_ERR_POLICY:
        return AccountUnusable;
    case KRB5KRB_AP_ERR_SKEW:
    case KRB5_KDCREP_SKEW:
        return ClockSkew;
    case KRB5_KDC_UNREACH:
        return Unreachable;
    case KRB5_REALM_UNKNOWN:
    case KRB5_REALM_CANT_RESOLVE:
    case KRB5_CONFIG_NODEFREALM:
    case KRB5_ERR_HOST_REALM_UNKNOWN:
    case KRB5KDC_ERR_WRONG_REALM:
        return NoRealm;
    case KRB5_FCC_NOFILE:
    case KRB5_CC_NOTFOUND:
    case KRB5_NO_TKT_SUPPLIED:
    case KRB5KRB_AP_ERR_TKT_EXPIRED:
        return NoTicket;
    default:
        break;
    }
    switch (GSS_ROUTINE_ERROR(major)) {
    case GSS_S_BAD_MECH:
        return NotInstalled;
    case GSS_S_NO_CRED:
    case GSS_S_CREDENTIALS_EXPIRED:
        return singleSignOn ? NoTicket : Unsupported;
    case GSS_S_DEFECTIVE_TOKEN:
        return MalformedToken;
    default:
        return Unsupported;
    }
}

} // namespace

namespace gss {

QString words(OM_uint32 major, OM_uint32 minor, GssMechanism::Kind kind)
{
    QStringList parts;
    gss_OID_desc oid = mechanismOid(kind);
    for (const auto &[status, type] :
        { std::pair(minor, GSS_C_MECH_CODE), std::pair(major, GSS_C_GSS_CODE) }) {
        OM_uint32 more = 0;
        do {
            OM_uint32 ignored = 0;
            Buffer text;
            if (status == 0
                || gss_display_status(&ignored, status, type, &oid, &more, text.get())
                    != GSS_S_COMPLETE) {
                break;
            }
            if (const QString part = QString::fromUtf8(text.bytes());
                !part.isEmpty() && !parts.contains(part)) {
                parts.append(part);
            }
        } while (more != 0);
        if (!parts.isEmpty()) {
            break; // the mechanism's words say more than the general ones
        }
    }
    return parts.join(u"; "_s);
}

QByteArray mic(gss_ctx_id_t context, QByteArrayView bytes)
{
    OM_uint32 minor = 0;
    gss_buffer_desc in = view(bytes);
    Buffer out;
    return gss_get_mic(&minor, context, GSS_C_QOP_DEFAULT, &in, out.get()) == GSS_S_COMPLETE
        ? out.bytes()
        : QByteArray();
}

bool verifyMic(gss_ctx_id_t context, QByteArrayView bytes, QByteArrayView signature)
{
    OM_uint32 minor = 0;
    gss_buffer_desc in = view(bytes);
    gss_buffer_desc token = view(signature);
    // Supplementary bits tell of repeats and gaps; the sliding window over snum looks after those.
    return !GSS_ERROR(gss_verify_mic(&minor, context, &in, &token, nullptr));
}

void setNtlmSequence(gss_ctx_id_t &context, quint32 number)
{
    // 1.3.6.1.4.1.7165.655.1.1, GSS_NTLMSSP_SET_SEQ_NUM_OID
    static char bytes[] = "\x2b\x06\x01\x04\x01\xb7\x7d\x85\x0f\x01\x01";
    gss_OID_desc oid { 11, bytes };
    OM_uint32 minor = 0;
    gss_buffer_desc value { sizeof number, &number };
    gss_set_sec_context_option(&minor, &context, &oid, &value);
}

} // namespace gss

SystemCredentials kerberosCredentials(
    const QString &login, const QString &signInAddress, const QString &password)
{
    const QString name = login.trimmed().isEmpty() ? signInAddress.trimmed() : login.trimmed();
    SystemCredentials credentials { .principal = name, .password = password };
    if (const qsizetype escape = name.indexOf(u"\\@"); escape > 0) {
        credentials.principal = QString(name).remove(escape, 1);
        credentials.enterprise = true;
        return credentials;
    }
    for (const QChar separator : { u'\\', u'/' }) {
        if (const qsizetype at = name.indexOf(separator); at > 0) {
            credentials.principal = name.sliced(at + 1) + u'@' + name.first(at).toUpper();
            return credentials;
        }
    }
    if (const qsizetype at = name.lastIndexOf(u'@'); at > 0) {
        credentials.principal = name.first(at) + u'@' + name.sliced(at + 1).toUpper();
    }
    return credentials;
}

QByteArray hostBasedService(QByteArrayView targetName)
{
    const qsizetype slash = targetName.indexOf('/');
    return slash > 0 ? targetName.first(slash).toByteArray() + "@"_ba
            + targetName.sliced(slash + 1).toByteArray()
                     : "sip@"_ba + targetName.toByteArray();
}

struct GssMechanism::State {
    Kind kind = Kind::Kerberos;
    SystemCredentials credentials;
    QByteArray service;
    gss::Name target;
    gss::Credential credential;
    gss::Context context;
    QDateTime expiry;
    bool complete = false;
    bool failed = false;

    std::unexpected<AuthError> fail(OM_uint32 major, OM_uint32 minor)
    {
        failed = true;
        return std::unexpected(AuthError {
            codeOf(major, minor, credentials.isSingleSignOn()), gss::words(major, minor, kind) });
    }
    std::expected<void, AuthError> acquire();
};

std::expected<void, AuthError> GssMechanism::State::acquire()
{
    OM_uint32 minor = 0;
    gss_buffer_desc serviceView = gss::view(service);
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 major = gss_import_name(&minor, &serviceView, GSS_C_NT_HOSTBASED_SERVICE, &name);
    target.reset(name);
    if (GSS_ERROR(major)) {
        return fail(major, minor);
    }
    gss_OID_desc oid = gss::mechanismOid(kind);
    gss_OID_set_desc mechanisms { 1, &oid };
    gss_cred_id_t acquired = GSS_C_NO_CREDENTIAL;
    if (credentials.isSingleSignOn()) {
        major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms,
            GSS_C_INITIATE, &acquired, nullptr, nullptr);
    } else {
        const QByteArray principal = credentials.principal.toUtf8();
        QByteArray password = credentials.password.toUtf8();
        gss_buffer_desc principalView = gss::view(principal);
        gss_buffer_desc passwordView = gss::view(password);
        gss_name_t user = GSS_C_NO_NAME;
        major = gss_import_name(&minor, &principalView,
            credentials.enterprise ? const_cast<gss_OID>(GSS_KRB5_NT_ENTERPRISE_NAME)
                                   : GSS_C_NT_USER_NAME,
            &user);
        const gss::Name ownedUser(user);
        if (!GSS_ERROR(major)) {
            major = gss_acquire_cred_with_password(&minor, user, &passwordView, GSS_C_INDEFINITE,
                &mechanisms, GSS_C_INITIATE, &acquired, nullptr, nullptr);
        }
        password.fill('\0');
        credentials.password.fill(u'\0');
        credentials.password.clear();
    }
    credential.reset(acquired);
    if (GSS_ERROR(major)) {
        auto why = fail(major, minor);
        if (kind == Kind::Ntlm && credentials.isSingleSignOn()) {
            // gss-ntlmssp says "No such file": nobody is logged on to Windows here.
            why.error().code = AuthError::Code::NotInstalled;
        }
        return why;
    }
    return {};
}

GssMechanism::GssMechanism(Kind kind, SystemCredentials credentials, const QByteArray &targetName)
    : m_state(std::make_unique<State>())
{
    m_state->kind = kind;
    m_state->credentials = std::move(credentials);
    m_state->service = hostBasedService(targetName);
}

GssMechanism::~GssMechanism() = default;

QByteArray GssMechanism::scheme() const
{
    return m_state->kind == Kind::Kerberos ? "Kerberos"_ba : "NTLM"_ba;
}

bool GssMechanism::isInstalled(Kind kind)
{
    gss_OID_set found = GSS_C_NO_OID_SET;
    OM_uint32 minor = 0;
    if (GSS_ERROR(gss_indicate_mechs(&minor, &found))) {
        return false;
    }
    const gss_OID_desc oid = gss::mechanismOid(kind);
    int present = 0;
    gss_test_oid_set_member(&minor, const_cast<gss_OID>(&oid), found, &present);
    gss_release_oid_set(&minor, &found);
    return present != 0;
}

std::expected<QByteArray, AuthError> GssMechanism::step(const QByteArray &token)
{
    State &s = *m_state;
    if (s.complete || s.failed) {
        s.failed = true;
        s.complete = false;
        return std::unexpected(
            AuthError { AuthError::Code::OutOfOrder, u"the handshake is over"_s });
    }
    if (!s.credential) {
        if (const auto acquired = s.acquire(); !acquired) {
            return std::unexpected(acquired.error());
        }
    }
    gss_OID_desc oid = gss::mechanismOid(s.kind);
    gss_ctx_id_t context = s.context.release();
    gss_buffer_desc in = gss::view(token);
    gss::Buffer out;
    OM_uint32 minor = 0;
    OM_uint32 lifetime = 0;
    const OM_uint32 flags
        = GSS_C_INTEG_FLAG | (s.kind == Kind::Ntlm ? ntlmDatagramFlag : OM_uint32(0));
    const OM_uint32 major = gss_init_sec_context(&minor, s.credential.get(), &context,
        s.target.get(), &oid, flags, GSS_C_INDEFINITE, GSS_C_NO_CHANNEL_BINDINGS,
        token.isEmpty() ? GSS_C_NO_BUFFER : &in, nullptr, out.get(), nullptr, &lifetime);
    s.context.reset(context);
    if (GSS_ERROR(major)) {
        return s.fail(major, minor);
    }
    s.complete = (major & GSS_S_CONTINUE_NEEDED) == 0;
    if (s.complete && lifetime != 0 && lifetime != GSS_C_INDEFINITE) {
        s.expiry = QDateTime::currentDateTimeUtc().addSecs(lifetime);
    }
    return out.bytes();
}

bool GssMechanism::isComplete() const
{
    return m_state->complete;
}

QDateTime GssMechanism::expiry() const
{
    return m_state->expiry;
}

QByteArray GssMechanism::sign(QByteArrayView bytes)
{
    if (!m_state->complete) {
        return {};
    }
    if (m_state->kind == Kind::Ntlm) {
        gss_ctx_id_t context = m_state->context.release();
        gss::setNtlmSequence(context, sipSequence);
        m_state->context.reset(context);
    }
    return gss::mic(m_state->context.get(), bytes);
}

bool GssMechanism::verify(QByteArrayView bytes, QByteArrayView signature)
{
    if (!m_state->complete || signature.isEmpty()) {
        return false;
    }
    if (m_state->kind == Kind::Ntlm) {
        gss_ctx_id_t context = m_state->context.release();
        gss::setNtlmSequence(context, sipSequence);
        m_state->context.reset(context);
    }
    return gss::verifyMic(m_state->context.get(), bytes, signature);
}

} // namespace linchpin::sip
