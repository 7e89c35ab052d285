// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/doctor/doctor.h"
#include "core/sdk/ids.h"
#include "ui/widgets/uicontext.h"

#include <QHash>
#include <QObject>

namespace linchpin {

class Account;

/// Looks at accounts that cannot sign in by themselves, in the background and once for each
/// failure, so that the reason is there when the user asks. Logins and passwords are never tried
/// again unasked: each try counts at the server.
class DoctorWatch : public QObject {
    Q_OBJECT
public:
    struct Result {
        QList<Finding> findings;
        Verdict verdict;
    };

    explicit DoctorWatch(UiContext context, QObject *parent = nullptr);
    ~DoctorWatch() override;

    /// What was found about the account's present failure.
    std::optional<Result> resultOf(const AccountId &account) const;

Q_SIGNALS:
    void diagnosed(const linchpin::AccountId &account, const linchpin::Verdict &verdict);

private:
    void look(Account &account);

    struct Case {
        QString failure; ///< code and words of the account's reason
        Doctor *doctor = nullptr; ///< child of this, while at work
        std::optional<Result> result;
    };
    UiContext m_context;
    QHash<AccountId, Case> m_cases;
};

} // namespace linchpin
