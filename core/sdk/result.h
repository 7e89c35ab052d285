// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/error.h"
#include "core/sdk/export.h"

#include <QFuture>
#include <QPromise>

#include <expected>
#include <memory>

namespace linchpin {

/// The only header that names std::expected: a value, or an Error that explains itself.
template <class T> using Result = std::expected<T, Error>;

/// An answer that comes later. Always attach continuations with a context object:
/// `future.then(this, [this](const Result<T> &r) {…})`; when the context dies first the
/// continuation is dropped. A plugin finishes every Async it handed out, with
/// Error::Kind::Cancelled at the latest when the session closes.
template <class T> using Async = QFuture<Result<T>>;

/// An Async that is already answered.
template <class T> Async<T> ready(Result<T> result)
{
    QPromise<Result<T>> promise;
    promise.start();
    promise.addResult(std::move(result));
    promise.finish();
    return promise.future();
}

/// An Async<void> that went well. Not inline: GCC 14 sees uninitialised errors in it.
LINCHPIN_SDK_EXPORT Async<void> readyOk();
template <class T> Async<T> readyError(Error error)
{
    return ready<T>(Result<T>(std::unexpect, std::move(error)));
}

/// The answering side of an Async: copyable, answers once, and answers `cancelled` by itself when
/// the last copy goes away unanswered, so that no caller waits for ever.
template <class T> class Answer {
public:
    Answer()
        : m_state(std::make_shared<State>())
    {
        m_state->promise.start();
    }

    Async<T> future() const { return m_state->promise.future(); }
    bool isAnswered() const { return m_state->answered; }

    void give(Result<T> result) const
    {
        if (m_state->answered) {
            return;
        }
        m_state->answered = true;
        m_state->promise.addResult(std::move(result));
        m_state->promise.finish();
    }
    void fail(Error error) const { give(Result<T>(std::unexpect, std::move(error))); }

private:
    struct State {
        QPromise<Result<T>> promise;
        bool answered = false;
        State() = default;
        State(const State &) = delete;
        State &operator=(const State &) = delete;
        ~State()
        {
            if (!answered) {
                Error error;
                error.kind = Error::Kind::Cancelled;
                error.code = QStringLiteral("cancelled");
                promise.addResult(Result<T>(std::unexpect, std::move(error)));
                promise.finish();
            }
        }
    };
    std::shared_ptr<State> m_state;
};

} // namespace linchpin
