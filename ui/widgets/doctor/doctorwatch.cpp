// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/doctor/doctorwatch.h"

#include "core/accounts/accountmanager.h"
#include "core/doctor/doctorcodes.h"
#include "core/doctor/patients.h"

namespace linchpin {

DoctorWatch::DoctorWatch(UiContext context, QObject *parent)
    : QObject(parent)
    , m_context(context)
{
    connect(&context.accounts, &AccountManager::accountChanged, this,
        [this](Account *account) { look(*account); });
    connect(&context.accounts, &AccountManager::accountRemoved, this,
        [this](const AccountId &id) { delete m_cases.take(id).doctor; });
}

DoctorWatch::~DoctorWatch() = default;

std::optional<DoctorWatch::Result> DoctorWatch::resultOf(const AccountId &account) const
{
    return m_cases.value(account).result;
}

void DoctorWatch::look(Account &account)
{
    const std::optional<Error> &reason = account.reason();
    if (account.state() == Account::State::Online) {
        delete m_cases.take(account.id()).doctor; // it works again
        return;
    }
    const bool stuck = account.state() == Account::State::Offline && reason && reason->fatal
        && account.config().enabled && account.plugin() && reason->kind != Error::Kind::Cancelled;
    const bool aboutLogin = reason
        && (reason->kind == Error::Kind::Authentication
            || stepOfCode(reason->code, {}) == DoctorStep::Authentication);
    if (!stuck || aboutLogin) {
        return;
    }
    const QString failure = reason->code + u'\n' + reason->detail;
    Case &known = m_cases[account.id()];
    if (known.failure == failure) {
        return; // told once
    }
    delete known.doctor;
    known = { .failure = failure, .doctor = nullptr, .result = std::nullopt };
    Examination examination;
    examination.settings = account.config().settings;
    examination.services = knownServices(m_context.plugins, account.config().protocol);
    Doctor *const doctor
        = doctorFor(account, m_context.accounts.environment(), examination).release();
    doctor->setParent(this);
    known.doctor = doctor;
    connect(
        doctor, &Doctor::finished, this, [this, doctor, id = account.id()](const Verdict &verdict) {
            doctor->deleteLater();
            const auto found = m_cases.find(id);
            if (found == m_cases.end() || found->doctor != doctor) {
                return;
            }
            found->doctor = nullptr;
            found->result = Result { doctor->findings(), verdict };
            Q_EMIT diagnosed(id, verdict);
        });
    doctor->start();
}

} // namespace linchpin
