// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// OpenSSL itself: QSslSocket cannot run over memory, QCA's TLS cannot export keys.

#include "protocols/sip/auth/tlsengine.h"

#include <QtEndian>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype maximumFlight = qsizetype { 128 } << 10; // bytes
constexpr int keyBlockSize = 128;

template <auto Free> struct Deleter {
    template <class T> void operator()(T *pointer) const { Free(pointer); }
};
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Deleter<SSL_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;

QString opensslWords()
{
    QString words;
    while (const unsigned long code = ERR_get_error()) {
        char text[256];
        ERR_error_string_n(code, text, sizeof text);
        words = QString::fromLatin1(text); // the last one says most
    }
    return words.isEmpty() ? u"TLS failed"_s : words;
}

QByteArray derOf(X509 *certificate)
{
    unsigned char *out = nullptr;
    const int size = certificate != nullptr ? i2d_X509(certificate, &out) : 0;
    if (size <= 0) {
        return {};
    }
    const std::unique_ptr<unsigned char, decltype([](unsigned char *p) { OPENSSL_free(p); })> owned(
        out);
    return { reinterpret_cast<const char *>(out), size };
}

/// The handshake messages in the clear in one record, RFC 2246 6.2.1: that is how Microsoft's
/// servers send them, and clients have come to rely on it (pidgin-sipe reads no second record).
QByteArray inOneRecord(const QByteArray &flight)
{
    constexpr qsizetype headerSize = 5;
    constexpr qsizetype maximumRecord = 1 << 14;
    constexpr char handshake = 0x16;
    QByteArray messages;
    qsizetype at = 0;
    while (flight.size() - at >= headerSize && flight[at] == handshake) {
        const auto size = qsizetype(qFromBigEndian<quint16>(flight.constData() + at + 3));
        messages += flight.sliced(at + headerSize, std::min(size, flight.size() - at - headerSize));
        at += headerSize + size;
    }
    if (messages.isEmpty() || messages.size() > maximumRecord || at > flight.size()) {
        return flight;
    }
    QByteArray header = flight.first(headerSize);
    qToBigEndian(quint16(messages.size()), header.data() + 3);
    return header + messages + flight.sliced(at);
}

class MemoryEngine : public TlsEngine {
public:
    std::expected<void, AuthError> prepare(Options options);

    std::expected<QByteArray, AuthError> step(const QByteArray &bytes) override;
    bool isComplete() const override { return m_complete; }
    QByteArray keyBlock() const override;
    QCryptographicHash::Algorithm hash() const override;
    QByteArray peerCertificate() const override;
    QByteArray protocol() const override { return SSL_get_version(m_ssl.get()); }

private:
    static int judge(X509_STORE_CTX *store, void *self);
    static int judgeServer(X509_STORE_CTX *store, const ServerTrust &trust);
    bool trustOnly(const ServerTrust &trust);
    AuthError failure();

    Options m_options;
    Context m_context;
    Connection m_ssl;
    BIO *m_in = nullptr; ///< owned by m_ssl
    BIO *m_out = nullptr; ///< owned by m_ssl
    bool m_complete = false;
    bool m_failed = false;
    bool m_untrusted = false; ///< the server's certificate was not what it had to be
};

/// Chains are walked only where the options say what to trust. The server's side: it has issued the
/// client's certificate itself.
int MemoryEngine::judge(X509_STORE_CTX *store, void *self)
{
    auto *const engine = static_cast<MemoryEngine *>(self);
    const auto &options = engine->m_options;
    if (options.side == Side::Client) {
        if (!options.trust || judgeServer(store, *options.trust) == 1) {
            return 1;
        }
        engine->m_untrusted = true;
        return 0;
    }
    if (options.accepts && !options.accepts(derOf(X509_STORE_CTX_get0_cert(store)))) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REVOKED);
        return 0;
    }
    return 1;
}

int MemoryEngine::judgeServer(X509_STORE_CTX *store, const ServerTrust &trust)
{
    X509 *const shown = X509_STORE_CTX_get0_cert(store);
    if (!trust.pinned.isEmpty()) {
        const bool same
            = QCryptographicHash::hash(derOf(shown), QCryptographicHash::Sha256) == trust.pinned;
        if (!same) {
            X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
        }
        return same ? 1 : 0;
    }
    if (X509_verify_cert(store) != 1) {
        return 0;
    }
    const bool named = std::ranges::any_of(trust.names, [shown](const QString &name) {
        const QByteArray text = name.toUtf8();
        return X509_check_host(shown, text.constData(), size_t(text.size()),
                   X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr)
            == 1
            || X509_check_ip_asc(shown, text.constData(), 0) == 1;
    });
    if (!named) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
    }
    return named ? 1 : 0;
}

/// Authorities, and signatures better than SHA-1 below them, whatever the ciphers are.
bool MemoryEngine::trustOnly(const ServerTrust &trust)
{
    SSL_CTX *const context = m_context.get();
    X509_VERIFY_PARAM_set_auth_level(SSL_CTX_get0_param(context), 1);
    if (SSL_CTX_set_default_verify_paths(context) != 1) {
        return false;
    }
    X509_STORE *const store = SSL_CTX_get_cert_store(context);
    const QByteArray &pem = trust.authorities;
    const Bio file(BIO_new_mem_buf(pem.constData(), int(pem.size())));
    bool added = file != nullptr;
    while (added) {
        const Certificate authority(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
        if (!authority) {
            ERR_clear_error(); // the end of the file
            break;
        }
        added = X509_STORE_add_cert(store, authority.get()) == 1;
    }
    return added;
}

std::expected<void, AuthError> MemoryEngine::prepare(Options options)
{
    m_options = std::move(options);
    const auto failed = [](const QString &why) {
        return std::unexpected(AuthError { AuthError::Code::Unsupported, why });
    };
    ERR_clear_error();
    const auto *certificateBytes
        = reinterpret_cast<const unsigned char *>(m_options.certificate.constData());
    const Certificate certificate(
        d2i_X509(nullptr, &certificateBytes, long(m_options.certificate.size())));
    const auto *keyBytes
        = reinterpret_cast<const unsigned char *>(m_options.privateKey.constData());
    const Key key(d2i_AutoPrivateKey(nullptr, &keyBytes, long(m_options.privateKey.size())));
    if (!certificate || !key) {
        return failed(u"the certificate or its key cannot be read: "_s + opensslWords());
    }
    m_context.reset(SSL_CTX_new(TLS_method()));
    SSL_CTX *context = m_context.get();
    if (context == nullptr) {
        return failed(opensslWords());
    }
    const bool modern = m_options.versions == Versions::From10To12;
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, modern ? TLS1_2_VERSION : TLS1_VERSION);
    // One handshake, never resumed, no data: nothing that only burdens the hello.
    SSL_CTX_set_options(context,
        SSL_OP_NO_TICKET | SSL_OP_NO_ENCRYPT_THEN_MAC | SSL_OP_NO_RENEGOTIATION
            | SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_cert_verify_callback(context, &MemoryEngine::judge, this);
    SSL_CTX_set_verify(context,
        m_options.side == Side::Server ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                                       : SSL_VERIFY_PEER,
        nullptr);
    if (m_options.side == Side::Server) {
        // RFC 2246 7.4.4: the list of authorities must not be empty, and pidgin-sipe insists.
        if (STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null()) {
            sk_X509_NAME_push(names, X509_NAME_dup(X509_get_issuer_name(certificate.get())));
            SSL_CTX_set_client_CA_list(context, names); // takes it over
        }
    }
    // Level 0: TLS 1.0 signs with SHA-1, and old authorities have short keys.
    if (SSL_CTX_set_cipher_list(context, "AES128-SHA:AES256-SHA:@SECLEVEL=0") != 1
        || SSL_CTX_use_certificate(context, certificate.get()) != 1
        || SSL_CTX_use_PrivateKey(context, key.get()) != 1
        || SSL_CTX_check_private_key(context) != 1) {
        return failed(opensslWords());
    }
    if (m_options.trust && !trustOnly(*m_options.trust)) {
        return failed(u"the authorities cannot be used: "_s + opensslWords());
    }
    m_ssl.reset(SSL_new(context));
    Bio in(BIO_new(BIO_s_mem()));
    Bio out(BIO_new(BIO_s_mem()));
    if (!m_ssl || !in || !out) {
        return failed(opensslWords());
    }
    m_in = in.get();
    m_out = out.get();
    SSL_set_bio(m_ssl.get(), in.release(), out.release());
    if (m_options.side == Side::Client) {
        SSL_set_connect_state(m_ssl.get());
    } else {
        SSL_set_accept_state(m_ssl.get());
    }
    return {};
}

AuthError MemoryEngine::failure()
{
    if (m_untrusted) {
        const long why = SSL_get_verify_result(m_ssl.get());
        return { AuthError::Code::ServerUntrusted,
            QString::fromLatin1(X509_verify_cert_error_string(why)) };
    }
    const unsigned long last = ERR_peek_last_error();
    const int reason = ERR_GET_REASON(last);
    auto code = AuthError::Code::Refused;
    if (ERR_GET_LIB(last) == ERR_LIB_SSL) {
        switch (reason) {
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
        case SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER:
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_WRONG_CIPHER_RETURNED:
        case SSL_R_UNKNOWN_CIPHER_RETURNED:
            code = AuthError::Code::CipherRejected;
            break;
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            code = AuthError::Code::CertificateRefused;
            break;
        default:
            break;
        }
    }
    return { code, opensslWords() };
}

std::expected<QByteArray, AuthError> MemoryEngine::step(const QByteArray &bytes)
{
    if (m_failed || m_complete) {
        return std::unexpected(
            AuthError { AuthError::Code::OutOfOrder, u"the TLS handshake is over"_s });
    }
    if (bytes.size() > maximumFlight) {
        m_failed = true;
        return std::unexpected(
            AuthError { AuthError::Code::MalformedToken, u"too much TLS at once"_s });
    }
    ERR_clear_error();
    if (!bytes.isEmpty()) {
        BIO_write(m_in, bytes.constData(), int(bytes.size()));
    }
    const int done = SSL_do_handshake(m_ssl.get());
    if (done != 1 && SSL_get_error(m_ssl.get(), done) != SSL_ERROR_WANT_READ) {
        m_failed = true;
        return std::unexpected(failure());
    }
    m_complete = done == 1;
    char *data = nullptr;
    const long size = BIO_get_mem_data(m_out, &data);
    QByteArray out(data, size);
    BIO_reset(m_out);
    return m_options.side == Side::Server ? inOneRecord(out) : out;
}

QByteArray MemoryEngine::keyBlock() const
{
    constexpr char label[] = "client EAP encryption";
    QByteArray block(keyBlockSize, '\0');
    const bool ok = m_complete
        && SSL_export_keying_material(m_ssl.get(), reinterpret_cast<unsigned char *>(block.data()),
               size_t(block.size()), label, sizeof label - 1, nullptr, 0, 0)
            == 1;
    return ok ? block : QByteArray();
}

QCryptographicHash::Algorithm MemoryEngine::hash() const
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(m_ssl.get());
    const int nid = cipher != nullptr ? SSL_CIPHER_get_digest_nid(cipher) : NID_undef;
    return nid == NID_md5   ? QCryptographicHash::Md5
        : nid == NID_sha256 ? QCryptographicHash::Sha256
                            : QCryptographicHash::Sha1;
}

QByteArray MemoryEngine::peerCertificate() const
{
    return derOf(SSL_get0_peer_certificate(m_ssl.get()));
}

} // namespace

std::expected<std::unique_ptr<TlsEngine>, AuthError> TlsEngine::create(Options options)
{
    auto engine = std::make_unique<MemoryEngine>();
    if (const auto prepared = engine->prepare(std::move(options)); !prepared) {
        return std::unexpected(prepared.error());
    }
    return engine;
}

} // namespace linchpin::sip
