// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaType>
#include <QString>

namespace linchpin {

/// A degree of trust, as the network grades it ([MS-PRES] containers, "Colleagues").
struct AccessLevel {
    QString id; ///< stable word of the protocol
    QString name; ///< translated
    QString help; ///< translated: what those people see

    friend bool operator==(const AccessLevel &, const AccessLevel &) = default;
};

/// Who sees us at which level.
struct AccessRule {
    enum class Subject {
        Person,
        Domain,
        Company, ///< everybody of our own organisation
        Federated, ///< everybody of organisations that ours talks to
        PublicCloud, ///< the public networks behind the gateway
        Everyone,
    };
    Subject subject = Subject::Person;
    QString value; ///< address or domain; else empty
    QString level; ///< AccessLevel::id; empty = no rule of its own

    friend bool operator==(const AccessRule &, const AccessRule &) = default;
};

} // namespace linchpin

Q_DECLARE_METATYPE(linchpin::AccessRule)
