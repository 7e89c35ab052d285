// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/error.h"

#include <QStringList>

namespace linchpin {

/// The codes of the doctor's contract (docs/doctor.md): what each means, at which step of a sign-in
/// it stands and what helps. Sessions bring better words of their own; these are for where they
/// bring none. Pure.

/// Every code of the contract, in its order.
QStringList doctorCodes();
/// The step (DoctorStep) at which a failure with this code stands; `unknown` codes and those the
/// table does not have stand at `otherwise`.
QString stepOfCode(const QString &code, const QString &otherwise);
/// The title of a code of the contract, translated; empty for others.
QString titleOfCode(const QString &code);
QString remedyOfCode(const QString &code);
/// An error of this code with the table's words.
Error doctorError(const QString &code, const QString &detail = {});
/// `error` with the table's words where it has none of its own. A code that the table does not know
/// passes through unchanged; an empty one becomes `unknown`. Settings that
/// would lower security (trusting a certificate, old TLS, no encryption) are taken out of its fix.
Error completedError(Error error);

/// A step in plain words, for people: "Secure connection (TLS)".
QString titleOfStep(const QString &step);
/// All steps in the order of a sign-in.
QStringList doctorSteps();

} // namespace linchpin
