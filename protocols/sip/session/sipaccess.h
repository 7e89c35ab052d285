// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/facets.h"

namespace linchpin::sip {

class SipSelf;

/// Access levels for the rest of the program: the five containers of [MS-PRES]. Lives as long as
/// its session; empty, and refusing, while nobody is signed in.
class SipAccess : public AccessFacet {
public:
    /// `self` is not owned; nullptr while signed out.
    void setSelf(SipSelf *self, const QString &ownAddress);

    QList<AccessLevel> levels() const override;
    QList<AccessRule> rules() const override;
    AccessRule standing(const ContactAddress &address) const override;
    Async<void> set(const AccessRule &rule) override;

private:
    SipSelf *m_self = nullptr;
    QString m_ownAddress;
};

} // namespace linchpin::sip
