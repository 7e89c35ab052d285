// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/sdk/doctorcheck.h"
#include "protocols/irc/ircsettings.h"

#include <QObject>

#include <memory>

namespace linchpin::irc {

/// What a port said when it was spoken to.
struct LineWords {
    enum class Kind {
        Silent,
        Irc,
        Tls, ///< It wants TLS from the first byte.
        Other,
    };
    Kind kind = Kind::Silent;
    QString words; ///< The first line, printable, at most 120 characters.
    friend bool operator==(const LineWords &, const LineWords &) = default;
};

/// Pure: who @p bytes are from.
LineWords judgeLine(QByteArrayView bytes);

/**
 * After a failed sign-in that says nothing of its cause (a port that keeps silent, no TLS where TLS
 * should be): knocks at the same port in the other way, and at 6697, and says which of them would
 * have worked. At most three connections, because servers count them; nothing secret is said.
 */
class LineCheck : public QObject, public DoctorCheck {
    Q_OBJECT
public:
    LineCheck();
    ~LineCheck() override;

    When when() const override { return When::AfterFailure; }
    QString title() const override;
    Async<QList<Finding>> run(
        const DoctorContext &context, const std::optional<Error> &failure) override;

private:
    /// One way to knock.
    struct Knock {
        quint16 port = 0;
        bool tls = false;
    };
    void knockNext();
    void connected(const Knock &knock, const std::shared_ptr<Transport> &transport);
    void heard(const Knock &knock, const LineWords &words, const std::optional<Error> &error);
    void answer(const Error &error, const QString &tried);
    void finish();
    QString where(quint16 port) const;

    const DoctorContext *m_context = nullptr;
    Answer<QList<Finding>> m_answer;
    Error m_failure;
    QString m_host;
    quint16 m_port = 0; ///< That the session tried.
    bool m_wasTls = false; ///< And it tried it with TLS.
    QList<Knock> m_knocks;
    std::shared_ptr<Transport> m_transport;
    QByteArray m_bytes;
    std::optional<Error> m_better; ///< The best explanation so far.
    std::unique_ptr<Timer> m_limit;
    std::unique_ptr<Timer> m_guard;
    int m_knock = 0; ///< Answers to an earlier one are void.
};

} // namespace linchpin::irc
