// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/session/sipaccess.h"

#include "protocols/sip/documents/sipaddress.h"
#include "protocols/sip/presence/accesslevels.h"
#include "protocols/sip/registration/sipfailures.h"
#include "protocols/sip/session/sipself.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace linchpin::sip {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::sip::SipAccess)
};

Error badRule(const AccessRule &rule)
{
    Error error;
    error.kind = Error::Kind::Unsupported;
    error.code = u"invalid-access-rule"_s;
    error.title = rule.subject == AccessRule::Subject::Domain
        ? Text::tr("This is not a domain name.")
        : Text::tr("There is no such access level, or no such person.");
    error.detail = rule.value;
    return error;
}

} // namespace

void SipAccess::setSelf(SipSelf *self, const QString &ownAddress)
{
    m_self = self;
    m_ownAddress = addressFromUri(ownAddress);
}

QList<AccessLevel> SipAccess::levels() const
{
    return accessLevels();
}

QList<AccessRule> SipAccess::rules() const
{
    return m_self ? accessRules(m_self->data()) : QList<AccessRule>();
}

AccessRule SipAccess::standing(const ContactAddress &address) const
{
    return m_self ? standingRule(m_self->data(), addressFromUri(address.value), m_ownAddress)
                  : AccessRule { AccessRule::Subject::Everyone, {}, {} };
}

Async<void> SipAccess::set(const AccessRule &rule)
{
    if (!m_self || !m_self->isKnown()) {
        return readyError<void>(notSignedIn());
    }
    const auto member = memberOfRule(rule);
    const auto level = containerOfLevel(rule.level);
    if (!member || (!level && !rule.level.isEmpty())) {
        return readyError<void>(badRule(rule));
    }
    Answer<void> answer;
    m_self->setLevel(*member, level, answer);
    return answer.future();
}

} // namespace linchpin::sip
