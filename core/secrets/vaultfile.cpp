// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/secrets/vaultfile.h"

#include "core/secrets/secreterrors.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMessageAuthenticationCode>
#include <QPasswordDigestor>
#include <QtCrypto>
#include <QtEndian>

using namespace Qt::StringLiterals;

namespace linchpin::vault {

namespace {

constexpr QByteArrayView kMagic = "LNCHVLT1";
constexpr qsizetype kRoundsAt = 8;
constexpr qsizetype kSaltAt = 12;
constexpr qsizetype kSaltSize = 32;
constexpr qsizetype kNonceAt = kSaltAt + kSaltSize;
constexpr qsizetype kNonceSize = 12;
constexpr qsizetype kCheckAt = kNonceAt + kNonceSize;
constexpr qsizetype kCheckSize = 32;
constexpr qsizetype kSealedAt = kCheckAt + kCheckSize;
constexpr qsizetype kTagSize = 16;
constexpr qsizetype kHashSize = 32;
constexpr qsizetype kPadding = 512; // hides how long the passwords are
constexpr qsizetype kLargest = qsizetype { 16 } << 20;
constexpr quint32 kFewestRounds = 1000; // below: not ours, and worthless
constexpr quint32 kMostRounds = 20'000'000; // above: somebody wants us to hang

QByteArray sha256(QByteArrayView bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

QByteArray checkOf(const QByteArray &header, const Key &key)
{
    return QMessageAuthenticationCode::hash(header, key.check, QCryptographicHash::Sha256);
}

/// Takes as long whatever differs.
bool isEqual(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size()) {
        return false;
    }
    uchar difference = 0;
    for (qsizetype i = 0; i < a.size(); ++i) {
        difference |= static_cast<uchar>(a[i]) ^ static_cast<uchar>(b[i]);
    }
    return difference == 0;
}

} // namespace

Result<Parameters> parameters(const QByteArray &file)
{
    if (file.size() < kSealedAt + kHashSize + kTagSize + kHashSize || file.size() > kLargest
        || !file.startsWith(kMagic)) {
        return std::unexpected(secretError(u"vault-damaged"_s, u"not a vault, or cut off"_s));
    }
    if (!isEqual(sha256(QByteArrayView(file).chopped(kHashSize)),
            QByteArrayView(file).last(kHashSize))) {
        return std::unexpected(secretError(u"vault-damaged"_s, u"checksum"_s));
    }
    Parameters found;
    found.rounds = qFromBigEndian<quint32>(file.constData() + kRoundsAt);
    found.salt = file.mid(kSaltAt, kSaltSize);
    if (found.rounds < kFewestRounds || found.rounds > kMostRounds) {
        return std::unexpected(secretError(u"vault-damaged"_s, u"rounds"_s));
    }
    return found;
}

Key deriveKey(const QString &password, const Parameters &parameters)
{
    const QByteArray bytes = password.normalized(QString::NormalizationForm_C).toUtf8();
    const QByteArray derived = QPasswordDigestor::deriveKeyPbkdf2(QCryptographicHash::Sha512, bytes,
        parameters.salt, static_cast<int>(parameters.rounds), 64);
    return { derived.first(32), derived.last(32) };
}

Result<QByteArray> seal(
    const Secrets &secrets, const Key &key, const Parameters &parameters, const QByteArray &nonce)
{
    const QCA::Initializer qca;
    QByteArray file = kMagic.toByteArray();
    QByteArray rounds(4, Qt::Uninitialized);
    qToBigEndian(parameters.rounds, rounds.data());
    file += rounds + parameters.salt + nonce;
    Q_ASSERT(file.size() == kCheckAt);
    file += checkOf(file, key);

    QJsonObject json;
    for (auto it = secrets.cbegin(); it != secrets.cend(); ++it) {
        json.insert(it.key(), it.value());
    }
    QByteArray plain = sha256(file) + QJsonDocument(json).toJson(QJsonDocument::Compact);
    plain.append(QByteArray(kPadding - plain.size() % kPadding, ' '));

    QCA::Cipher cipher(u"aes256"_s, QCA::Cipher::GCM, QCA::Cipher::NoPadding, QCA::Encode,
        QCA::SymmetricKey(key.cipher), QCA::InitializationVector(nonce),
        QCA::AuthTag(static_cast<int>(kTagSize)));
    const QCA::MemoryRegion body = cipher.process(QCA::MemoryRegion(plain));
    plain.fill('\0');
    const QByteArray tag = cipher.tag().toByteArray();
    if (!cipher.ok() || tag.size() != kTagSize) {
        return std::unexpected(secretError(u"secret-not-stored"_s, u"QCA has no AES-256-GCM"_s));
    }
    file += body.toByteArray() + tag;
    return file + sha256(file);
}

Result<Secrets> open(const QByteArray &file, const Key &key)
{
    if (const auto known = parameters(file); !known) {
        return std::unexpected(known.error());
    }
    if (!isEqual(checkOf(file.first(kCheckAt), key), file.mid(kCheckAt, kCheckSize))) {
        return std::unexpected(secretError(u"vault-wrong-password"_s));
    }
    const QCA::Initializer qca;
    const QByteArray header = file.first(kSealedAt);
    const QByteArray sealed = file.mid(kSealedAt, file.size() - kSealedAt - kTagSize - kHashSize);
    const QByteArray tag = file.mid(file.size() - kTagSize - kHashSize, kTagSize);
    QCA::Cipher cipher(u"aes256"_s, QCA::Cipher::GCM, QCA::Cipher::NoPadding, QCA::Decode,
        QCA::SymmetricKey(key.cipher), QCA::InitializationVector(file.mid(kNonceAt, kNonceSize)),
        QCA::AuthTag(tag));
    const QByteArray plain = cipher.process(QCA::MemoryRegion(sealed)).toByteArray();
    if (!cipher.ok() || !isEqual(plain.first(std::min(kHashSize, plain.size())), sha256(header))) {
        return std::unexpected(secretError(u"vault-damaged"_s, u"seal"_s));
    }
    const QJsonDocument json = QJsonDocument::fromJson(plain.mid(kHashSize).trimmed());
    if (!json.isObject()) {
        return std::unexpected(secretError(u"vault-damaged"_s, u"content"_s));
    }
    Secrets secrets;
    const QJsonObject object = json.object();
    for (auto it = object.begin(); it != object.end(); ++it) {
        secrets.insert(it.key(), it.value().toString());
    }
    return secrets;
}

} // namespace linchpin::vault
