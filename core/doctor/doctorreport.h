// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/doctorcheck.h"

#include <QJsonObject>

#include <chrono>

namespace linchpin {

/// What an examination came to.
struct Verdict {
    bool ok = false;
    bool cancelled = false; ///< given up by the user; neither ok nor a fault
    QString step; ///< that failed (DoctorStep); when ok empty, or federation-srv for a domain's
    Error error; ///< why; complete with title, remedy and fix. Empty when ok.
    /// Settings that the sign-in found out and that would make the next one shorter or surer.
    SettingsPatch learned;
    std::chrono::milliseconds took { 0 };
};

/// `ok`, `warning`, `failed`, `skipped`.
QString toWord(Finding::State state);

/// One line of `linchpinctl doctor --json` (docs/doctor.md).
QJsonObject stepJson(const Finding &finding);
QJsonObject verdictJson(const Verdict &verdict);

/// For people: one finding in a line or a few.
QString stepText(const Finding &finding);
QString verdictText(const Verdict &verdict);

/// What the report says of the account. Never a secret.
struct ReportHead {
    QString program; ///< "Linchpin 0.5"
    QString system; ///< "Debian GNU/Linux 13"
    QString protocol;
    QString address;
    QDateTime at; ///< UTC
};

/// The plain text that is copied for an administrator: what was tried, what came back, the verdict.
/// Passwords, tokens, tickets and keys are blotted out (redact()), settings of the type Secret are
/// left out.
QString reportText(const ReportHead &head, const SettingsSchema &schema,
    const SettingValues &settings, const QList<Finding> &findings, const Verdict &verdict);

} // namespace linchpin
