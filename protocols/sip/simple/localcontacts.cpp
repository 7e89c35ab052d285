// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simple/localcontacts.h"

#include "protocols/sip/documents/sipaddress.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

constexpr qsizetype pieceSize = qsizetype { 60 } * 1024; // a value of state may have 64 KiB
constexpr qsizetype maximumText = 512;
constexpr qsizetype maximumGroups = 32;

QJsonObject toJson(const LocalContact &contact)
{
    QJsonObject object { { u"address"_s, contact.address } };
    if (!contact.name.isEmpty()) {
        object.insert(u"name"_s, contact.name.left(maximumText));
    }
    if (!contact.groups.isEmpty()) {
        object.insert(u"groups"_s,
            QJsonArray::fromStringList(
                contact.groups.first(std::min(contact.groups.size(), maximumGroups))));
    }
    if (!contact.listed) {
        object.insert(u"listed"_s, false);
    }
    if (contact.blocked) {
        object.insert(u"blocked"_s, true);
    }
    if (contact.allowed) {
        object.insert(u"allowed"_s, *contact.allowed);
    }
    return object;
}

std::optional<LocalContact> fromJson(const QJsonObject &object)
{
    LocalContact contact { .address = addressFromUri(object.value("address"_L1).toString()),
        .name = object.value("name"_L1).toString(),
        .listed = object.value("listed"_L1).toBool(true),
        .blocked = object.value("blocked"_L1).toBool() };
    for (const auto &group : object.value("groups"_L1).toArray()) {
        contact.groups.append(group.toString());
    }
    if (const QJsonValue allowed = object.value("allowed"_L1); allowed.isBool()) {
        contact.allowed = allowed.toBool();
    }
    return contact.address.isEmpty() ? std::nullopt : std::optional(contact);
}

} // namespace

ContactSnapshot LocalContact::snapshot() const
{
    ContactSnapshot contact;
    contact.address = { address };
    contact.name = name;
    contact.groups = groups;
    contact.blocked = blocked;
    return contact;
}

QByteArrayList LocalContacts::packed() const
{
    QByteArrayList pieces;
    QByteArray piece;
    for (const LocalContact &contact : people) {
        const QByteArray one = QJsonDocument(toJson(contact)).toJson(QJsonDocument::Compact);
        if (!piece.isEmpty() && piece.size() + one.size() + 2 > pieceSize) {
            pieces.append('[' + std::exchange(piece, {}) + ']');
        }
        piece += (piece.isEmpty() ? "" : ",") + one;
    }
    pieces.append('[' + piece + ']');
    return pieces;
}

LocalContacts LocalContacts::unpacked(const QByteArrayList &pieces)
{
    LocalContacts contacts;
    for (const QByteArray &piece : pieces) {
        const QJsonArray list = QJsonDocument::fromJson(piece).array();
        for (const auto &value : list) {
            if (const auto contact = fromJson(value.toObject())) {
                contacts.people.insert(contact->address, *contact);
            }
        }
    }
    return contacts;
}

} // namespace linchpin::sip
