// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "app/common/terminatesignal.h"

#include <QSocketNotifier>

#include <array>
#include <csignal>

#ifdef Q_OS_UNIX
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace linchpin {

#ifdef Q_OS_UNIX

namespace {

// A handler may only use what is async-signal-safe: a write into a pipe made beforehand.
std::array<int, 2> &pipeEnds()
{
    static std::array<int, 2> ends { -1, -1 };
    return ends;
}

void wake(int)
{
    const char byte = 1;
    [[maybe_unused]] const ssize_t written = ::write(pipeEnds()[0], &byte, 1);
}

} // namespace

TerminateSignal::TerminateSignal(QObject *parent)
    : QObject(parent)
{
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pipeEnds().data()) != 0) {
        return;
    }
    m_notifier = new QSocketNotifier(pipeEnds()[1], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        [[maybe_unused]] const ssize_t got = ::read(pipeEnds()[1], &byte, 1);
        // A second signal ends the program at once.
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        Q_EMIT received();
    });
    std::signal(SIGINT, wake);
    std::signal(SIGTERM, wake);
    std::signal(SIGHUP, wake);
}

TerminateSignal::~TerminateSignal()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGHUP, SIG_DFL);
    ::close(pipeEnds()[0]);
    ::close(pipeEnds()[1]);
}

#else

TerminateSignal::TerminateSignal(QObject *parent)
    : QObject(parent)
{
}
TerminateSignal::~TerminateSignal() = default;

#endif

} // namespace linchpin
