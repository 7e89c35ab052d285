// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/netchecks.h"

#include "core/doctor/doctorcodes.h"
#include "core/net/hostresolver.h"

#include <QCoreApplication>
#include <QLocale>
#include <QSslCertificate>

#include <algorithm>
#include <ranges>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace linchpin {

namespace {

constexpr std::chrono::milliseconds kClockLimit = 2s;
constexpr std::chrono::milliseconds kBannerLimit = 1500ms;
constexpr qsizetype kMostNames = 8;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(linchpin::Doctor)
};

/// The names a certificate carries, "*.litware.test" among them, in a line that has an end.
QString shownNames(const QSslCertificate &certificate)
{
    QStringList names = certificate.subjectAlternativeNames().values(QSsl::DnsEntry);
    if (names.isEmpty()) {
        names = certificate.subjectInfo(QSslCertificate::CommonName);
    }
    names.removeIf([](const QString &name) {
        return name.isEmpty() || name.size() > 253
            || std::ranges::any_of(name, [](QChar c) { return !c.isPrint(); });
    });
    names.removeDuplicates();
    names.sort();
    const bool isLong = names.size() > kMostNames;
    const QString line = names.mid(0, kMostNames).join(u", "_s);
    return isLong ? line + u", …"_s : line;
}

QString timeText(const QDateTime &time)
{
    return QLocale::c().toString(time.toUTC(), u"yyyy-MM-dd HH:mm 'UTC'"_s);
}

/// One refinement under way; deletes itself when it has answered.
class Refinement : public QObject {
public:
    Refinement(Error error, const SettingValues &settings, ObservedServices &services,
        const DoctorWorld &world, QObject *parent, std::function<void(const Finding &)> report)
        : QObject(parent)
        , m_error(std::move(error))
        , m_settings(settings)
        , m_services(services)
        , m_world(world)
        , m_report(std::move(report))
    {
    }

    Async<Error> start()
    {
        const auto future = m_answer.future();
        const ObservedServices::Evidence &evidence = m_services.evidence();
        if (blamesProxy()) {
            m_targets = { evidence.peer.section(u':', 0, -2) };
            askProxied();
        } else if (m_error.code == "name-not-found"_L1 && !evidence.targets.isEmpty()) {
            m_targets = evidence.targets.keys();
            askTarget();
        } else if (m_error.code == "certificate-expired"_L1
            || m_error.code == "certificate-not-yet-valid"_L1) {
            lookAtClock();
        } else if (m_error.code == "certificate-name-mismatch"_L1) {
            lookAtNames();
        } else if (m_error.code == "not-tls"_L1) {
            listenToBanner();
        } else {
            finish();
        }
        return future;
    }

private:
    void finish()
    {
        m_timer.reset();
        deleteLater();
        m_answer.give(m_error);
    }

    void replace(const QString &code, const QString &detail)
    {
        const Error other = doctorError(code, detail);
        m_error.kind = other.kind;
        m_error.code = other.code;
        m_error.title = other.title;
        m_error.detail = detail;
        m_error.remedy = other.remedy;
        m_error.fatal = other.fatal;
        m_error.fix.clear();
    }

    // A proxy that says no, in one of the many ways to say so.

    bool blamesProxy() const
    {
        const ProxySettings::Type type = m_services.proxy().type;
        const bool proxied
            = type == ProxySettings::Type::Http || type == ProxySettings::Type::Socks5;
        static const QStringList kWays { u"connection-failed"_s, u"connection-closed"_s,
            u"name-not-found"_s };
        return proxied && !m_services.evidence().connected && kWays.contains(m_error.code);
    }

    void askProxied()
    {
        if (m_error.code != "name-not-found"_L1 || !m_world.addresses) {
            replace(u"proxy-refused"_s, m_error.detail);
            finish();
            return;
        }
        // A name that we know and the proxy does not is the proxy's fault.
        const QString host = m_targets.constFirst().isEmpty() ? ownHost() : m_targets.constFirst();
        m_world.addresses(host).then(this, [this](const Result<QStringList> &addresses) {
            if (addresses) {
                replace(u"proxy-refused"_s, m_error.detail);
            }
            finish();
        });
    }

    /// Where the sign-in went, for sessions with sockets of their own.
    QString ownHost() const
    {
        const QList<RefusedPeer> &refused = m_services.evidence().refused;
        if (!refused.isEmpty()) {
            return refused.constLast().host;
        }
        const QString server = m_settings.text(u"server"_s);
        return server.isEmpty() ? m_settings.text(u"address"_s).section(u'@', -1) : server;
    }

    // A name in DNS that leads nowhere.

    void askTarget()
    {
        if (m_targets.isEmpty() || !m_world.addresses) {
            // None of the names that the records give is known.
            const auto &targets = m_services.evidence().targets;
            QStringList words;
            for (auto it = targets.cbegin(); it != targets.cend(); ++it) {
                words.append(u"%1 → %2"_s.arg(it.value(), it.key()));
            }
            words.sort();
            if (m_world.addresses) {
                replace(u"srv-target-missing"_s, words.mid(0, kMostNames).join(u"; "_s));
            }
            finish();
            return;
        }
        const QString target = m_targets.takeFirst();
        m_world.addresses(target).then(this, [this](const Result<QStringList> &addresses) {
            if (addresses) {
                finish(); // another name is missing, or it came back
            } else {
                askTarget();
            }
        });
    }

    // Dates that are wrong because ours is.

    void lookAtClock()
    {
        m_dates = m_services.evidence().dates;
        if (judgeClock()) {
            finish();
            return;
        }
        const bool told = !m_dates.isEmpty();
        const QString peer = m_services.evidence().peer.section(u':', 0, -2);
        const QString host = peer.isEmpty() ? ownHost() : peer;
        const QList<QUrl> clocks
            = m_world.clocks && !told && !host.isEmpty() ? m_world.clocks(host) : QList<QUrl> {};
        if (clocks.isEmpty()) {
            finish();
            return;
        }
        m_pending = static_cast<int>(clocks.size());
        m_timer = m_services.bare().timer(kClockLimit, [this] { clockAnswered(true); });
        for (const QUrl &url : clocks) {
            HttpRequest request;
            request.method = "HEAD"_ba;
            request.url = url;
            request.limit = kClockLimit;
            m_services.bare().http(request).then(this, [this, url](const Result<HttpReply> &reply) {
                const QDateTime date = reply ? dateOf(*reply) : QDateTime();
                if (date.isValid()) {
                    m_dates.append({ url, date, m_services.now() });
                }
                clockAnswered(false);
            });
        }
    }

    void clockAnswered(bool late)
    {
        if (m_answer.isAnswered()) {
            return;
        }
        if (judgeClock() || late || --m_pending <= 0) {
            finish();
        }
    }

    bool judgeClock()
    {
        const auto off = clockError(m_dates);
        if (!off) {
            return false;
        }
        const ObservedServices::Evidence::Date &date = m_dates.constLast();
        const QString words = Text::tr("this computer: %1, %2: %3")
                                  .arg(timeText(date.own), date.from.host(), timeText(date.server));
        // Valid in the server's time? Otherwise both are wrong, and the certificate is the fault.
        const QSslCertificate peer = refusedPeer();
        const QDateTime real = m_services.now().addSecs(-off->count());
        if (!peer.isNull() && (real < peer.effectiveDate() || real > peer.expiryDate())) {
            m_report({ DoctorStep::Clock.toString(), Finding::State::Warning, date.from.host(),
                words, doctorError(u"clock-wrong"_s, words) });
            return true;
        }
        replace(u"clock-wrong"_s, words);
        return true;
    }

    // What the certificate is for.

    QSslCertificate refusedPeer() const
    {
        const QList<RefusedPeer> &refused = m_services.evidence().refused;
        if (refused.isEmpty() || refused.constLast().chain.isEmpty()) {
            return QSslCertificate();
        }
        return QSslCertificate(refused.constLast().chain.constFirst(), QSsl::Der);
    }

    void lookAtNames()
    {
        const QSslCertificate peer = refusedPeer();
        const QString names = shownNames(peer);
        if (names.isEmpty()) {
            finish();
            return;
        }
        m_error.detail = Text::tr("certificate for %1").arg(names);
        m_error.fix.clear();
        const RefusedPeer &refused = m_services.evidence().refused.constLast();
        if (!refused.expectedName.isEmpty()
            && refused.expectedName.compare(refused.host, Qt::CaseInsensitive) != 0) {
            // It has to carry the domain's name, whatever the server's is.
            m_error.remedy = Text::tr("The certificate is for %1; for this address it has to be "
                                      "for %2. Check the server's name, or tell its administrator.")
                                 .arg(names, refused.expectedName);
            finish();
            return;
        }
        m_error.remedy = Text::tr("The server goes by %1. Enter that name as the server only if "
                                  "you know it as your service's; else tell the administrator.")
                             .arg(names);
        m_names = namesOf(peer);
        m_names.removeIf([this](const QString &name) { return !mayBeProposed(name); });
        m_names = m_names.mid(0, kMostNames);
        askName(m_names);
    }

    /// Only a name of the account's own domain, instead of one set by hand: whoever stands in
    /// between may have a good certificate for a name of his own.
    bool mayBeProposed(const QString &name) const
    {
        const QString server = m_settings.text(u"server"_s);
        const SettingOrigin origin = m_settings.origin(u"server"_s);
        const bool byHand = !server.isEmpty() && origin != SettingOrigin::Found
            && origin != SettingOrigin::Preset && origin != SettingOrigin::Default;
        const QString domain = m_settings.text(u"address"_s)
                                   .section(u'@', -1)
                                   .section(u'/', 0, 0)
                                   .trimmed()
                                   .toLower();
        const QString own = name.toLower();
        const bool ofDomain
            = domain.contains(u'.') && (own == domain || own.endsWith(u'.' + domain));
        return byHand && ofDomain && own != server.toLower();
    }

    /// The first that is known, else the first: a name may be known only inside a company.
    void askName(const QStringList &left)
    {
        if (m_names.isEmpty()) {
            finish();
            return;
        }
        if (left.isEmpty() || !m_world.addresses) {
            propose(m_names.constFirst(), false);
            return;
        }
        m_world.addresses(left.constFirst())
            .then(this, [this, left](const Result<QStringList> &addresses) {
                if (addresses) {
                    propose(left.constFirst(), true);
                } else {
                    askName(left.mid(1));
                }
            });
    }

    void propose(const QString &name, bool isKnown)
    {
        m_error.fix.insert(u"server"_s, name);
        m_error.remedy = isKnown
            ? Text::tr("Set the server to %1, the name it goes by in your address's domain.")
                  .arg(name)
            : Text::tr("Set the server to %1, the name it goes by in your address's domain. The "
                       "name is not known from here: you may need the company's network or VPN.")
                  .arg(name);
        finish();
    }

    // Who is it that does not speak TLS?

    void listenToBanner()
    {
        const QString peer = m_services.evidence().peer;
        Endpoint endpoint;
        endpoint.host = peer.section(u':', 0, -2);
        endpoint.host.remove(u'[').remove(u']');
        endpoint.port = static_cast<quint16>(peer.section(u':', -1).toUInt());
        endpoint.security = Endpoint::Security::Plain;
        if (endpoint.host.isEmpty() || endpoint.port == 0) {
            finish();
            return;
        }
        m_timer = m_services.bare().timer(kBannerLimit, [this] { judgeBanner(); });
        m_services.bare().connectTo(endpoint).then(
            this, [this](const Result<std::shared_ptr<Transport>> &line) {
                if (m_answer.isAnswered()) {
                    return;
                }
                if (!line) {
                    finish();
                    return;
                }
                m_line = *line;
                connect(m_line.get(), &Transport::received, this, [this](const QByteArray &bytes) {
                    m_banner += bytes;
                    if (m_banner.contains('\n') || m_banner.size() > 1000) {
                        judgeBanner();
                    }
                });
                connect(m_line.get(), &Transport::closed, this, [this] { judgeBanner(); });
            });
    }

    void judgeBanner()
    {
        if (m_answer.isAnswered()) {
            return;
        }
        if (m_line) {
            m_line->disconnect(this);
            m_line->close();
        }
        const QString words = QString::fromUtf8(m_banner.left(200)).section(u'\n', 0, 0).trimmed();
        const QString who = protocolOfBanner(m_banner);
        const bool foreign = !who.isEmpty() && who != "IRC"_L1 && who != "XMPP"_L1;
        if (foreign) {
            replace(u"wrong-protocol"_s, words);
            m_error.title
                = Text::tr("What answers there is no messaging server: it speaks %1.").arg(who);
        } else if (!words.isEmpty()) {
            m_error.detail = words;
        }
        // The line may be what we are called from.
        QMetaObject::invokeMethod(
            parent(), [line = std::exchange(m_line, nullptr)] { }, Qt::QueuedConnection);
        finish();
    }

    Error m_error;
    const SettingValues m_settings;
    ObservedServices &m_services;
    const DoctorWorld m_world;
    std::function<void(const Finding &)> m_report;
    Answer<Error> m_answer;
    QStringList m_targets;
    QStringList m_names;
    QList<ObservedServices::Evidence::Date> m_dates;
    int m_pending = 0;
    QByteArray m_banner;
    std::shared_ptr<Transport> m_line;
    std::unique_ptr<Timer> m_timer;
};

} // namespace

DoctorWorld realDoctorWorld(QObject *context)
{
    DoctorWorld world;
    world.addresses = [context](const QString &host) {
        const Answer<QStringList> answer;
        resolveHost(host, NameServer::fromEnvironment(), context)
            .then(context, [answer](const Result<QList<QHostAddress>> &addresses) {
                if (!addresses) {
                    answer.fail(addresses.error());
                    return;
                }
                QStringList texts;
                for (const QHostAddress &address : *addresses) {
                    texts.append(address.toString());
                }
                answer.give(texts);
            });
        return answer.future();
    };
    world.clocks = [](const QString &host) {
        QUrl url;
        url.setScheme(u"http"_s);
        url.setHost(host);
        url.setPath(u"/"_s);
        return url.isValid() ? QList<QUrl> { url } : QList<QUrl> {};
    };
    return world;
}

std::optional<std::chrono::seconds> clockError(const QList<ObservedServices::Evidence::Date> &dates)
{
    std::optional<std::chrono::seconds> newest;
    for (const ObservedServices::Evidence::Date &date : dates) {
        const std::chrono::seconds off(date.server.secsTo(date.own));
        if (std::chrono::abs(off) <= kClockTolerance) {
            return std::nullopt; // who says otherwise is wrong
        }
        newest = off;
    }
    return newest;
}

QStringList namesOf(const QSslCertificate &certificate)
{
    QStringList names = certificate.subjectAlternativeNames().values(QSsl::DnsEntry);
    if (names.isEmpty()) {
        names = certificate.subjectInfo(QSslCertificate::CommonName);
    }
    names.removeIf([](const QString &name) {
        return name.isEmpty() || name.contains(u'*') || name.contains(u' ') || name.size() > 253;
    });
    names.removeDuplicates();
    names.sort();
    return names;
}

QString protocolOfBanner(const QByteArray &banner)
{
    const QByteArray start = banner.left(200).trimmed();
    const QByteArray upper = start.toUpper();
    if (upper.startsWith("HTTP/") || upper.startsWith("<!DOCTYPE HTML")
        || upper.startsWith("<HTML")) {
        return u"HTTP"_s;
    }
    if (upper.startsWith("SSH-")) {
        return u"SSH"_s;
    }
    if (upper.startsWith("* OK") || upper.startsWith("* PREAUTH")) {
        return u"IMAP"_s;
    }
    if (upper.startsWith("+OK")) {
        return u"POP3"_s;
    }
    if (upper.startsWith("220")) {
        return upper.contains("FTP") ? u"FTP"_s : u"SMTP"_s;
    }
    if (upper.startsWith("<?XML") || upper.startsWith("<STREAM:")) {
        return u"XMPP"_s;
    }
    if (upper.startsWith("NOTICE ") || upper.startsWith("ERROR :")
        || (upper.startsWith(':') && upper.contains(" NOTICE "))) {
        return u"IRC"_s;
    }
    return {};
}

Async<Error> refined(const Error &error, const SettingValues &settings, ObservedServices &services,
    const DoctorWorld &world, QObject *context, const std::function<void(const Finding &)> &report)
{
    auto *const refinement = new Refinement(error, settings, services, world, context, report);
    return refinement->start();
}

} // namespace linchpin
