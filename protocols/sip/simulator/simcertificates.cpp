// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// OpenSSL itself and not QCA: QCA's OpenSSL plugin cannot put an IP address into a subjectAltName.

#include "protocols/sip/simulator/simcertificates.h"

#include <QHostAddress>
#include <QSslCertificate>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <memory>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

template <auto Free> struct Deleter {
    template <class T> void operator()(T *pointer) const { Free(pointer); }
};

using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using SigningRequest = std::unique_ptr<X509_REQ, Deleter<X509_REQ_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr long day = 24L * 60 * 60;

struct Request {
    QByteArray commonName;
    QByteArray alternativeNames; ///< OpenSSL syntax; empty for the authority
    long notBefore = -day; ///< seconds from now
    long notAfter = 30 * day;
    const char *usage = "serverAuth";
};

bool addExtension(X509 *certificate, X509 *issuer, int nid, const QByteArray &value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.constData()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate make(const Request &request, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuerKey)
{
    Certificate certificate(X509_new());
    if (!certificate) {
        return {};
    }
    quint64 serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char *>(&serial), sizeof serial);
    auto *name = X509_get_subject_name(certificate.get());
    const auto *commonName
        = reinterpret_cast<const unsigned char *>(request.commonName.constData());
    const bool isAuthority = !issuer;
    X509 *signer = isAuthority ? certificate.get() : issuer;
    const bool made = X509_set_version(certificate.get(), X509_VERSION_3) == 1
        && ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1) == 1
        && X509_gmtime_adj(X509_getm_notBefore(certificate.get()), request.notBefore) != nullptr
        && X509_gmtime_adj(X509_getm_notAfter(certificate.get()), request.notAfter) != nullptr
        && X509_set_pubkey(certificate.get(), key) == 1
        && X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
               reinterpret_cast<const unsigned char *>("Linchpin simulator"), -1, -1, 0)
            == 1
        && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, commonName, -1, -1, 0) == 1
        && X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer)) == 1
        && addExtension(certificate.get(), signer, NID_subject_key_identifier, "hash")
        && addExtension(certificate.get(), signer, NID_basic_constraints,
            isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE")
        && addExtension(certificate.get(), signer, NID_key_usage,
            isAuthority ? "critical,keyCertSign,cRLSign"
                        : "critical,digitalSignature,keyEncipherment")
        && (isAuthority
            || (addExtension(certificate.get(), signer, NID_authority_key_identifier, "keyid")
                && addExtension(certificate.get(), signer, NID_ext_key_usage, request.usage)
                && (request.alternativeNames.isEmpty()
                    || addExtension(certificate.get(), signer, NID_subject_alt_name,
                        request.alternativeNames))))
        && X509_sign(certificate.get(), issuerKey, EVP_sha256()) > 0;
    return made ? std::move(certificate) : Certificate();
}

template <class Write> QByteArray pem(Write write)
{
    const Bio bio(BIO_new(BIO_s_mem()));
    if (!bio || write(bio.get()) != 1) {
        return {};
    }
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return { data, size };
}

QByteArray certificatePem(X509 *certificate)
{
    return pem([&](BIO *bio) { return PEM_write_bio_X509(bio, certificate); });
}

QByteArray keyPem(EVP_PKEY *key)
{
    return pem([&](BIO *bio) {
        return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

/// subjectAltName in OpenSSL's syntax.
QByteArray alternativesOf(const QStringList &names)
{
    QByteArrayList alternatives;
    for (const auto &name : names) {
        alternatives += (QHostAddress(name).isNull() ? "DNS:"_ba : "IP:"_ba) + name.toUtf8();
    }
    return alternatives.join(',');
}

} // namespace

std::optional<SimCertificates> makeCertificates(const QStringList &names)
{
    const Key authorityKey(EVP_RSA_gen(2048));
    const Key key(EVP_RSA_gen(2048));
    if (!authorityKey || !key || names.isEmpty()) {
        return std::nullopt;
    }
    const auto authority
        = make({ .commonName = "Linchpin simulator authority", .alternativeNames = {} },
            authorityKey.get(), nullptr, authorityKey.get());
    if (!authority) {
        return std::nullopt;
    }
    const Request request { .commonName = names.first().toUtf8(),
        .alternativeNames = alternativesOf(names) };
    auto expired = request;
    expired.notBefore = -30 * day;
    expired.notAfter = -day;
    const auto valid = make(request, key.get(), authority.get(), authorityKey.get());
    const auto old = make(expired, key.get(), authority.get(), authorityKey.get());
    if (!valid || !old) {
        return std::nullopt;
    }
    return SimCertificates {
        .authority = certificatePem(authority.get()),
        .certificate = certificatePem(valid.get()),
        .expiredCertificate = certificatePem(old.get()),
        .key = keyPem(key.get()),
        .authorityKey = keyPem(authorityKey.get()),
    };
}

QByteArray issueCertificate(const SimCertificates &authority, const QByteArray &request,
    const QString &commonName, std::chrono::seconds lifetime)
{
    const Bio certificateBio(
        BIO_new_mem_buf(authority.authority.constData(), int(authority.authority.size())));
    const Bio keyBio(
        BIO_new_mem_buf(authority.authorityKey.constData(), int(authority.authorityKey.size())));
    const Certificate issuer(PEM_read_bio_X509(certificateBio.get(), nullptr, nullptr, nullptr));
    const Key issuerKey(PEM_read_bio_PrivateKey(keyBio.get(), nullptr, nullptr, nullptr));
    const auto *data = reinterpret_cast<const unsigned char *>(request.constData());
    const SigningRequest asked(d2i_X509_REQ(nullptr, &data, request.size()));
    EVP_PKEY *key = asked ? X509_REQ_get0_pubkey(asked.get()) : nullptr;
    if (!issuer || !issuerKey || key == nullptr || X509_REQ_verify(asked.get(), key) != 1) {
        return {};
    }
    const Certificate made = make({ .commonName = commonName.toUtf8(),
                                      .alternativeNames = {},
                                      .notBefore = -60L * 60,
                                      .notAfter = long(lifetime.count()),
                                      .usage = "clientAuth" },
        key, issuer.get(), issuerKey.get());
    unsigned char *der = nullptr;
    const int size = made ? i2d_X509(made.get(), &der) : 0;
    if (size <= 0) {
        return {};
    }
    const QByteArray bytes(reinterpret_cast<const char *>(der), size);
    OPENSSL_free(der);
    return bytes;
}

std::pair<QByteArray, QByteArray> makeFaultyCertificate(
    const SimCertificates &authority, const QStringList &names, CertificateFault fault)
{
    constexpr int usualBits = 2048;
    const Bio issuerBio(
        BIO_new_mem_buf(authority.authority.constData(), int(authority.authority.size())));
    const Bio issuerKeyBio(
        BIO_new_mem_buf(authority.authorityKey.constData(), int(authority.authorityKey.size())));
    Certificate issuer(PEM_read_bio_X509(issuerBio.get(), nullptr, nullptr, nullptr));
    Key issuerKey(PEM_read_bio_PrivateKey(issuerKeyBio.get(), nullptr, nullptr, nullptr));
    const Key key(EVP_RSA_gen(usualBits));
    if (!issuer || !issuerKey || !key || names.isEmpty()) {
        return {};
    }
    if (fault == CertificateFault::OtherAuthority) {
        issuerKey.reset(EVP_RSA_gen(usualBits));
        issuer = make({ .commonName = "Another authority", .alternativeNames = {} },
            issuerKey.get(), nullptr, issuerKey.get());
    }
    Request request { .commonName = names.first().toUtf8(),
        .alternativeNames = alternativesOf(names) };
    if (fault == CertificateFault::NotYetValid) {
        request.notBefore = day;
    }
    const bool own = fault == CertificateFault::SelfSigned;
    const Certificate made = own
        ? make({ .commonName = names.first().toUtf8(), .alternativeNames = {} }, key.get(), nullptr,
              key.get())
        : make(request, key.get(), issuer.get(), issuerKey.get());
    return made ? std::pair(certificatePem(made.get()), keyPem(key.get()))
                : std::pair<QByteArray, QByteArray>();
}

QByteArray issueServerCertificate(const SimCertificates &authority, const QStringList &names)
{
    const Bio issuerBio(
        BIO_new_mem_buf(authority.authority.constData(), int(authority.authority.size())));
    const Bio issuerKeyBio(
        BIO_new_mem_buf(authority.authorityKey.constData(), int(authority.authorityKey.size())));
    const Bio keyBio(BIO_new_mem_buf(authority.key.constData(), int(authority.key.size())));
    const Certificate issuer(PEM_read_bio_X509(issuerBio.get(), nullptr, nullptr, nullptr));
    const Key issuerKey(PEM_read_bio_PrivateKey(issuerKeyBio.get(), nullptr, nullptr, nullptr));
    const Key key(PEM_read_bio_PrivateKey(keyBio.get(), nullptr, nullptr, nullptr));
    if (!issuer || !issuerKey || !key || names.isEmpty()) {
        return {};
    }
    const Certificate made
        = make({ .commonName = names.first().toUtf8(), .alternativeNames = alternativesOf(names) },
            key.get(), issuer.get(), issuerKey.get());
    return made ? certificatePem(made.get()) : QByteArray();
}

std::optional<QString> holderOf(const SimCertificates &authority, const QByteArray &certificate)
{
    const Bio bio(
        BIO_new_mem_buf(authority.authority.constData(), int(authority.authority.size())));
    const Certificate issuer(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    const auto *data = reinterpret_cast<const unsigned char *>(certificate.constData());
    const Certificate shown(d2i_X509(nullptr, &data, certificate.size()));
    if (!issuer || !shown || X509_verify(shown.get(), X509_get0_pubkey(issuer.get())) != 1
        || X509_cmp_current_time(X509_get0_notBefore(shown.get())) >= 0
        || X509_cmp_current_time(X509_get0_notAfter(shown.get())) <= 0) {
        return std::nullopt;
    }
    const auto names
        = QSslCertificate(certificate, QSsl::Der).subjectInfo(QSslCertificate::CommonName);
    return names.value(0);
}

} // namespace linchpin::sip::sim
