// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/doctor/linecheck.h"

#include "protocols/irc/ircerrors.h"
#include "protocols/irc/wire/ircparser.h"

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin::irc {

namespace {

constexpr std::chrono::milliseconds kAllInAll = 7500ms; // DoctorCheck promises eight seconds
constexpr std::chrono::milliseconds kOneKnock = 2400ms;
constexpr quint16 kTlsPort = 6697; // RFC 7194
constexpr qsizetype kWords = 120;
constexpr qsizetype kMostBytes = 4096;

bool isOf(const QString &code, std::initializer_list<QLatin1StringView> codes)
{
    return std::ranges::any_of(codes, [&](QLatin1StringView one) { return code == one; });
}

} // namespace

LineWords judgeLine(QByteArrayView bytes)
{
    LineWords line;
    if (bytes.isEmpty()) {
        return line;
    }
    if (bytes.size() >= 2 && (bytes.at(0) == 0x15 || bytes.at(0) == 0x16) && bytes.at(1) == 0x03) {
        line.kind = LineWords::Kind::Tls;
        return line;
    }
    const qsizetype end = bytes.indexOf('\n');
    QByteArrayView first = end < 0 ? bytes : bytes.first(end);
    if (first.endsWith('\r')) {
        first.chop(1);
    }
    line.words = QString::fromUtf8(first.first(std::min(first.size(), kWords)));
    for (QChar &c : line.words) {
        if (!c.isPrint() && !c.isSurrogate()) {
            c = u'.';
        }
    }
    line.kind = LineWords::Kind::Other;
    const QByteArray whole = first.toByteArray();
    if (const auto message = parseLine(whole)) {
        const bool speaks = message->is("NOTICE") || message->is("ERROR") || message->is("PING")
            || message->is("CAP") || (message->numeric() >= 0 && message->hasSource);
        if (speaks) {
            line.kind = LineWords::Kind::Irc;
        }
    }
    return line;
}

LineCheck::LineCheck() = default;

LineCheck::~LineCheck()
{
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
    }
}

QString LineCheck::title() const
{
    return tr("Other ways to the IRC server");
}

QString LineCheck::where(quint16 port) const
{
    return u"%1:%2"_s.arg(m_host).arg(port);
}

Async<QList<Finding>> LineCheck::run(
    const DoctorContext &context, const std::optional<Error> &failure)
{
    m_context = &context;
    const IrcSettings settings(context.settings);
    const QList<IrcSettings::Attempt> attempts = settings.attempts();
    m_host = attempts.isEmpty() ? QString() : attempts.constFirst().endpoint.host;
    const QString code = failure ? failure->code : QString();
    const bool unclear = isOf(code,
        { "timed-out"_L1, "not-tls"_L1, "tls-handshake-failed"_L1, "server-fault"_L1,
            "connection-closed"_L1, "refused"_L1, "wrong-protocol"_L1 });
    if (!unclear || attempts.isEmpty() || m_host.isEmpty()) {
        finish();
        return m_answer.future();
    }
    m_failure = failure.value_or(Error {});
    const IrcSettings::Attempt &first = attempts.constFirst();
    m_port = first.endpoint.port;
    m_wasTls = first.endpoint.security == Endpoint::Security::Tls;
    if (m_wasTls && code == "server-fault"_L1) {
        finish(); // it spoke TLS: the cause is another one
        return m_answer.future();
    }
    const bool open = code != "refused"_L1;
    if (open && code != "wrong-protocol"_L1) {
        // Where STARTTLS was met with silence, the question is who is there at all.
        m_knocks.append({ m_port, !m_wasTls && !first.startTls });
    }
    if (m_port != kTlsPort && code != "server-fault"_L1) {
        m_knocks.append({ kTlsPort, true });
    }
    m_guard = context.services.timer(kAllInAll,
        [this] { QMetaObject::invokeMethod(this, &LineCheck::finish, Qt::QueuedConnection); });
    knockNext();
    return m_answer.future();
}

void LineCheck::knockNext()
{
    const int number = ++m_knock;
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
        QMetaObject::invokeMethod( // not let go of here: this may be one of its signals
            this, [gone = std::exchange(m_transport, nullptr)] { }, Qt::QueuedConnection);
    }
    m_limit.reset();
    m_bytes.clear();
    if (m_knocks.isEmpty()) {
        finish();
        return;
    }
    const Knock knock = m_knocks.takeFirst();
    Endpoint endpoint;
    endpoint.host = m_host;
    endpoint.port = knock.port;
    endpoint.security = knock.tls ? Endpoint::Security::Tls : Endpoint::Security::Plain;
    m_limit = m_context->services.timer(kOneKnock, [this, number, knock] {
        QMetaObject::invokeMethod(
            this,
            [this, number, knock] {
                if (number == m_knock) {
                    heard(knock, judgeLine(m_bytes), std::nullopt);
                }
            },
            Qt::QueuedConnection);
    });
    m_context->services.connectTo(endpoint).then(
        this, [this, number, knock](const Result<std::shared_ptr<Transport>> &transport) {
            if (number != m_knock) {
                if (transport) {
                    (*transport)->close();
                }
            } else if (transport) {
                connected(knock, *transport);
            } else {
                heard(knock, {}, transport.error());
            }
        });
}

void LineCheck::connected(const Knock &knock, const std::shared_ptr<Transport> &transport)
{
    m_transport = transport;
    if (knock.tls) {
        heard(knock, { LineWords::Kind::Irc, {} }, std::nullopt); // TLS stands: that is enough
        return;
    }
    const int number = m_knock;
    connect(transport.get(), &Transport::received, this,
        [this, number, knock](const QByteArray &bytes) {
            m_bytes += bytes.first(std::min(bytes.size(), kMostBytes - m_bytes.size()));
            const bool enough = m_bytes.contains('\n') || m_bytes.size() >= kMostBytes
                || judgeLine(m_bytes).kind == LineWords::Kind::Tls;
            if (number == m_knock && enough) {
                heard(knock, judgeLine(m_bytes), std::nullopt);
            }
        });
    connect(transport.get(), &Transport::closed, this, [this, number, knock](const Error &why) {
        if (number == m_knock) {
            heard(knock, judgeLine(m_bytes), m_bytes.isEmpty() ? std::optional(why) : std::nullopt);
        }
    });
    transport->write("CAP LS 302\r\n"_ba); // every server answers that, if only by 421 or 451
}

void LineCheck::heard(const Knock &knock, const LineWords &words, const std::optional<Error> &error)
{
    const bool hasTls = knock.tls
        && ((!error && words.kind == LineWords::Kind::Irc)
            || (error && error->code.startsWith("certificate-"_L1)));
    if (hasTls && knock.port == m_port) {
        Error better = makeError(u"tls-required"_s, m_failure.detail);
        better.title = tr("Port %1 wants TLS from the first byte.").arg(m_port);
        better.fix = { { u"connection"_s, u"tls"_s } };
        answer(better, where(knock.port));
        return;
    }
    if (hasTls) { // at 6697
        Error better = m_better.value_or(m_failure);
        better.remedy = tr("At port %1 this server can be reached with TLS.").arg(knock.port);
        better.fix = { { u"connection"_s, u"tls"_s }, { u"port"_s, int { knock.port } } };
        answer(better, where(m_port));
        return;
    }
    if (!knock.tls && words.kind == LineWords::Kind::Irc) {
        m_better = makeError(u"not-tls"_s, words.words);
        m_better->title = m_wasTls
            ? tr("Port %1 speaks IRC without TLS.").arg(m_port)
            : tr("The server at port %1 does not answer to STARTTLS.").arg(m_port);
    } else if (!knock.tls && words.kind == LineWords::Kind::Other) {
        m_better = makeError(u"wrong-protocol"_s, words.words);
        m_knocks.clear();
    } else if (!knock.tls && !m_wasTls) {
        m_knocks.prepend({ m_port, true }); // silence without TLS: it may wait for TLS
    }
    if (m_knocks.isEmpty() && m_better) {
        answer(*m_better, where(m_port));
        return;
    }
    knockNext();
}

void LineCheck::answer(const Error &error, const QString &tried)
{
    if (m_context->report && !m_answer.isAnswered()) {
        const QStringView step
            = error.kind == Error::Kind::Tls ? DoctorStep::Tls : DoctorStep::Protocol;
        m_context->report({ .step = step.toString(),
            .state = Finding::State::Failed,
            .tried = tried,
            .answer = error.detail,
            .error = error });
    }
    m_knocks.clear();
    knockNext(); // lets go of the line, and answers
}

void LineCheck::finish()
{
    if (m_answer.isAnswered()) {
        return;
    }
    ++m_knock;
    m_guard.reset();
    m_limit.reset(); // its services may go with the context
    if (m_transport) {
        m_transport->disconnect(this);
        m_transport->close();
        m_transport.reset();
    }
    const Answer<QList<Finding>> answer = m_answer; // who hears it may let go of us
    answer.give(QList<Finding> {});
}

} // namespace linchpin::irc
