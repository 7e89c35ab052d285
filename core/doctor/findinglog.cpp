// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/findinglog.h"

#include "core/doctor/doctorcodes.h"

#include <algorithm>

namespace linchpin {

namespace {

constexpr qsizetype kMostFindings = 200; ///< a server that refers on and on

bool isSame(const Finding &a, const Finding &b)
{
    const auto codeOf
        = [](const Finding &finding) { return finding.error ? finding.error->code : QString(); };
    return a.step == b.step && a.state == b.state && a.tried == b.tried && a.answer == b.answer
        && codeOf(a) == codeOf(b);
}

/// The newest attempt that failed at this step; nullptr where there is none.
const Finding *attemptAt(const QList<Finding> &findings, const QString &step)
{
    const auto found = std::find_if(findings.crbegin(), findings.crend(),
        [&step](const Finding &finding) { return finding.error && finding.step == step; });
    return found == findings.crend() ? nullptr : &*found;
}

} // namespace

FindingLog::FindingLog(std::function<void(const Finding &)> show)
    : m_show(std::move(show))
{
}

void FindingLog::note(const Finding &finding)
{
    if (finding.state == Finding::State::Warning || finding.state == Finding::State::Failed) {
        m_held.append(finding);
        return;
    }
    settle();
    show(finding);
}

void FindingLog::show(const Finding &finding)
{
    const bool known = std::ranges::any_of(
        m_shown, [&finding](const Finding &other) { return isSame(finding, other); });
    if (known || m_shown.size() >= kMostFindings) {
        return;
    }
    m_shown.append(finding);
    m_show(finding);
}

void FindingLog::settle()
{
    const QList<Finding> held = std::exchange(m_held, {});
    for (Finding finding : held) {
        finding.state = Finding::State::Warning;
        show(finding);
    }
}

Finding FindingLog::conclude(const Finding &failure)
{
    Finding failed = failure;
    const Finding *attempt = attemptAt(m_held, failure.step);
    if (!attempt) {
        attempt = attemptAt(m_shown, failure.step);
    }
    if (attempt && attempt->error && failure.error && attempt->error->code == failure.error->code) {
        failed.tried = attempt->tried;
        failed.answer = failure.answer.isEmpty() ? attempt->answer : failure.answer;
    }
    forget(failure.step);
    settle();
    failed.state = Finding::State::Failed;
    failed.error = completedError(failure.error.value_or(Error {}));
    // The last word is said even after two hundred others.
    m_shown.append(failed);
    m_show(failed);
    return failed;
}

void FindingLog::forget(const QString &step)
{
    m_held.removeIf([&step](const Finding &held) { return held.step == step; });
}

} // namespace linchpin
