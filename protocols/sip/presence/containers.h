// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocols/sip/documents/xmlelement.h"

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <expected>
#include <optional>

namespace linchpin::sip {

/// Access levels of [MS-PRES] by container number.
namespace container {
inline constexpr int Default = 0;
inline constexpr int Self = 1;
inline constexpr int Aggregation = 2; ///< what 100, 200 and 400 are computed from
inline constexpr int TeamAggregation = 3; ///< what 300 is computed from
inline constexpr int External = 100;
inline constexpr int Colleagues = 200;
inline constexpr int Team = 300;
inline constexpr int Family = 400;
inline constexpr int Blocked = 32000;
} // namespace container

struct ContainerMember {
    enum class Type { User, Domain, SameEnterprise, Federated, PublicCloud, Everyone };
    Type type = Type::User;
    QString value = {}; ///< address for User, domain for Domain; empty otherwise
    friend bool operator==(const ContainerMember &, const ContainerMember &) = default;
};

/// One access-control bucket and who is in it.
struct Container {
    int id = 0;
    int version = 0; ///< needed for the next edit
    QList<ContainerMember> members = {};

    bool contains(const ContainerMember &member) const { return members.contains(member); }
    friend bool operator==(const Container &, const Container &) = default;
};

/// Parses one `container` element; nothing without an id.
std::optional<Container> parseContainer(const XmlElement &element);
void writeContainer(QXmlStreamWriter &writer, const Container &value);

/// One change of who is in a container.
struct ContainerEdit {
    int container = 0;
    int version = 0; ///< the container's current one
    bool add = true;
    ContainerMember member = {};
    friend bool operator==(const ContainerEdit &, const ContainerEdit &) = default;
};

/// The body of application/msrtc-setcontainermembers+xml. Blocking is membership of container
/// 32000; a move is a removal and an addition in one request.
QByteArray buildSetContainerMembers(const QList<ContainerEdit> &edits);
std::expected<QList<ContainerEdit>, DocumentError> parseSetContainerMembers(QByteArrayView body);

/// The body of application/msrtc-presence-setsubscriber+xml: these watchers were answered.
QByteArray buildSetSubscribers(const QStringList &acknowledged);
/// Addresses acknowledged by such a body.
std::expected<QStringList, DocumentError> parseSetSubscribers(QByteArrayView body);

} // namespace linchpin::sip
