// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/doctorcheck.h"

#include <functional>

namespace linchpin {

/// What the doctor has found so far, and what of it may be shown. A failed attempt is held back
/// until it is known what it came to: a warning where the sign-in went on after it, the failed step
/// where it ended there. Nothing is shown twice. Pure: shows through the function handed in.
class FindingLog {
public:
    explicit FindingLog(std::function<void(const Finding &)> show);

    /// Ok and Skipped are shown at once, after the failures held back (as warnings); Warning and
    /// Failed are held back.
    void note(const Finding &finding);
    /// Shown as it is, at once: what a check of the plugin says.
    void show(const Finding &finding);
    /// The sign-in goes on: what was held back are warnings.
    void settle();
    /// The sign-in ended with this failure: shows and answers the failed step. It is the attempt
    /// of that step that failed (held back or shown as a warning), with the failure's error; else
    /// the failure as it is.
    Finding conclude(const Finding &failure);
    /// What is held back of a step that something better is known about.
    void forget(const QString &step);

    const QList<Finding> &shown() const { return m_shown; }
    const QList<Finding> &held() const { return m_held; }

private:
    std::function<void(const Finding &)> m_show;
    QList<Finding> m_shown;
    QList<Finding> m_held;
};

} // namespace linchpin
