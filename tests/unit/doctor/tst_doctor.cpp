// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/doctor/doctor.h"
#include "core/doctor/doctorcodes.h"
#include "tests/support/fakeplugin.h"
#include "tests/support/fakeservices.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace linchpin;
using namespace linchpin::test;

namespace {

using State = Finding::State;

/// A check that answers what the test says.
class ToldCheck : public DoctorCheck {
public:
    ToldCheck(When when, QList<Finding> findings)
        : m_when(when)
        , m_findings(std::move(findings))
    {
    }
    When when() const override { return m_when; }
    QString title() const override { return u"told"_s; }
    Async<QList<Finding>> run(const DoctorContext &, const std::optional<Error> &) override
    {
        return ready<QList<Finding>>(m_findings);
    }

private:
    When m_when;
    QList<Finding> m_findings;
};

class CheckedPlugin : public FakePlugin {
public:
    std::vector<std::unique_ptr<DoctorCheck>> doctorChecks(const SettingValues &) const override
    {
        std::vector<std::unique_ptr<DoctorCheck>> all;
        for (const auto &[when, findings] : checks) {
            all.push_back(std::make_unique<ToldCheck>(when, findings));
        }
        return all;
    }
    QList<AccountPreset> presets() const override
    {
        return { { .id = u"gone"_s,
            .name = u"Gone Messenger"_s,
            .domains = { u"gone.test"_s },
            .values = {},
            .retired = true,
            .note = u"Gone Messenger ended in 2013."_s } };
    }
    QList<std::pair<DoctorCheck::When, QList<Finding>>> checks;
};

/// Answers a question about a person with what the test says.
class OneCard : public DirectoryFacet {
public:
    Async<QList<DirectoryEntry>> search(const QString &) override
    {
        return ready<QList<DirectoryEntry>>({});
    }
    Async<ContactCard> card(const ContactAddress &address) override
    {
        asked.append(address.value);
        return failure ? readyError<ContactCard>(*failure) : ready<ContactCard>(ContactCard {});
    }
    QStringList asked;
    std::optional<Error> failure;
};

/// One examination in a world that stands still.
struct Consultation {
    ManualClock clock;
    CheckedPlugin plugin;
    FakeServices *services = nullptr; ///< the doctor's
    SettingValues settings;
    QHash<QString, QStringList> names;
    bool running = false;
    std::unique_ptr<Doctor> doctor;
    std::optional<Verdict> verdict;

    Consultation() { settings.set(u"address"_s, u"alice@example.test"_s); }

    void start(bool domain = false)
    {
        auto made = std::make_unique<FakeServices>(clock);
        services = made.get();
        services->secrets.insert(u"password"_s, u"alice-pw"_s);
        services->states.insert(u"epid"_s, "of the account"_ba);
        prepare(*services);
        Doctor::Patient patient;
        patient.plugin = &plugin;
        patient.settings = settings;
        patient.services = std::move(made);
        patient.running = running;
        if (domain) {
            patient.domainOf = { &plugin };
        }
        DoctorWorld world;
        world.addresses = [this](const QString &host) {
            if (names.contains(host)) {
                return ready<QStringList>(names.value(host));
            }
            return readyError<QStringList>(doctorError(u"name-not-found"_s, host));
        };
        doctor = std::make_unique<Doctor>(std::move(patient), world);
        QObject::connect(doctor.get(), &Doctor::finished, doctor.get(),
            [this](const Verdict &told) { verdict = told; });
        doctor->start();
    }

    /// To the opened session.
    FakeSession *session()
    {
        (void)QTest::qWaitFor([this] { return plugin.session() && plugin.session()->opens > 0; });
        return plugin.session();
    }
    bool isOver()
    {
        return QTest::qWaitFor([this] { return verdict.has_value(); });
    }
    QStringList told() const
    {
        QStringList words;
        const QList<Finding> findings = doctor->findings();
        for (const Finding &finding : findings) {
            words.append(finding.step + u' ' + toWord(finding.state)
                + (finding.error ? u' ' + finding.error->code : QString()));
        }
        return words;
    }
    std::function<void(FakeServices &)> prepare = [](FakeServices &) { };
};

Finding failedAt(QStringView step, const QString &code, const SettingsPatch &fix = {})
{
    Error error;
    error.code = code;
    error.fix = fix;
    return { step.toString(), State::Failed, u"tried"_s, u"answered"_s, error };
}

} // namespace

class TestDoctor : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void healthyAccount();
    void settingsAreLookedAtFirst_data();
    void settingsAreLookedAtFirst();
    void retiredServiceStopsTheWalk();
    void ownServerOutlivesAService();
    void checksBeforeStopTheWalk();
    void failedConnectionIsTheStep();
    void survivedFailureIsAWarning();
    void refusedSecretStaysAtAuthentication();
    void targetWithoutAddress();
    void silenceEndsInTime_data();
    void silenceEndsInTime();
    void theUsersTimeDoesNotCount() const;
    void checksAfterFailureRefine();
    void onlineChecksMayFail();
    void whatWasMendedIsToldAndLearned();
    void noticesAreNoMendings();
    void asksAboutItself_data();
    void asksAboutItself();
    void withoutAPasswordItGoesAsFarAsItCan();
    void contactListThatDoesNotCome();
    void endOfASessionThatWasOnline();
    void domainNeedsNoSession();
    void nothingOfTheAccountIsTouched();
    void trialActsOnNobody();
    void canBeCancelled();
    void canBeDestroyedAtAnyTime();
};

void TestDoctor::healthyAccount()
{
    Consultation c;
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->goOnline();
    session->tell(ContactListComplete { { { u"bob@example.test"_s } } });
    QVERIFY(c.isOver());
    QVERIFY(c.verdict->ok);
    QVERIFY(c.verdict->error.code.isEmpty());
    QCOMPARE(c.told(),
        QStringList({ u"settings ok"_s, u"authentication ok"_s, u"registered ok"_s,
            u"contacts ok"_s, u"presence skipped"_s, u"message skipped"_s }));
    QCOMPARE(c.plugin.sessionsMade(), 1);
    QVERIFY(!c.doctor->isRunning());
    QCOMPARE(c.plugin.session()->closes, 1);
}

void TestDoctor::settingsAreLookedAtFirst_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("step");
    QTest::newRow("no address") << u"address"_s << QString() << u"invalid-setting"_s
                                << u"settings"_s;
    QTest::newRow("no such address")
        << u"address"_s << u"alice"_s << u"invalid-address"_s << u"settings"_s;
    QTest::newRow("choice") << u"connection"_s << u"carrier pigeon"_s << u"invalid-setting"_s
                            << u"settings"_s;
    QTest::newRow("proxy without a name")
        << u"proxy-type"_s << u"socks5"_s << u"invalid-setting"_s << QString();
}

void TestDoctor::settingsAreLookedAtFirst()
{
    QFETCH(QString, key);
    QFETCH(QString, value);
    QFETCH(QString, code);
    QFETCH(QString, step);
    Consultation c;
    c.settings.set(key, value);
    c.start();
    QVERIFY(c.isOver());
    QVERIFY(!c.verdict->ok);
    QCOMPARE(c.verdict->error.code, code);
    if (!step.isEmpty()) {
        QCOMPARE(c.verdict->step, step);
    }
    QVERIFY(!c.verdict->error.remedy.isEmpty() || !c.verdict->error.detail.isEmpty());
    QCOMPARE(c.plugin.sessionsMade(), 0);
}

void TestDoctor::retiredServiceStopsTheWalk()
{
    Consultation c;
    c.settings.set(u"address"_s, u"alice@GONE.test"_s);
    c.start();
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->error.code, u"service-retired"_s);
    QCOMPARE(c.verdict->error.title, u"Gone Messenger ended in 2013."_s);
    QCOMPARE(c.plugin.sessionsMade(), 0);
}

void TestDoctor::ownServerOutlivesAService()
{
    Consultation c;
    c.settings.set(u"address"_s, u"alice@gone.test"_s);
    c.settings.set(u"server"_s, u"own.gone.test"_s, SettingOrigin::ByHand);
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->goOnline();
    session->tell(ContactListComplete {});
    QVERIFY(c.isOver());
    QVERIFY(c.verdict->ok);
}

void TestDoctor::checksBeforeStopTheWalk()
{
    Consultation c;
    c.plugin.checks = { { DoctorCheck::When::Before,
                            { failedAt(DoctorStep::Authentication, u"kerberos-no-ticket"_s) } },
        { DoctorCheck::When::AfterFailure, { failedAt(DoctorStep::Tls, u"not-tls"_s) } } };
    c.start();
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->error.code, u"kerberos-no-ticket"_s);
    QVERIFY(!c.verdict->error.remedy.isEmpty()); // the table's
    QCOMPARE(c.verdict->step, u"authentication"_s);
    QCOMPARE(c.plugin.sessionsMade(), 0);
    QCOMPARE(c.told().last(), u"authentication failed kerberos-no-ticket"_s);
}

void TestDoctor::failedConnectionIsTheStep()
{
    Consultation c;
    c.names.insert(u"sip.example.test"_s, { u"192.0.2.1"_s, u"2001:db8::1"_s });
    c.prepare = [](FakeServices &services) {
        services.onConnect = [](const Endpoint &) -> Result<void> {
            return std::unexpected(doctorError(u"refused"_s, u"connection refused"_s));
        };
    };
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->setState(Session::State::Connecting);
    c.plugin.services()
        ->connectTo({ .host = u"sip.example.test"_s, .port = 5061 })
        .then(session, [session](const Result<std::shared_ptr<Transport>> &line) {
            session->end(line.error());
        });
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->step, u"tcp"_s);
    QCOMPARE(c.verdict->error.code, u"refused"_s);
    const Finding last = c.doctor->findings().constLast();
    QCOMPARE(last.state, State::Failed);
    QCOMPARE(last.tried, u"sip.example.test:5061"_s);
    QCOMPARE(c.told(), QStringList({ u"settings ok"_s, u"name ok"_s, u"tcp failed refused"_s }));
    QCOMPARE(c.doctor->findings().at(1).answer, u"192.0.2.1, 2001:db8::1"_s);
}

void TestDoctor::survivedFailureIsAWarning()
{
    Consultation c;
    c.prepare = [](FakeServices &services) {
        services.onConnect = [](const Endpoint &endpoint) -> Result<void> {
            if (endpoint.host == "192.0.2.1"_L1) {
                return std::unexpected(doctorError(u"refused"_s));
            }
            return {};
        };
    };
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    auto &services = *c.plugin.services();
    services.connectTo({ .host = u"192.0.2.1"_s, .port = 5061 });
    std::shared_ptr<Transport> line;
    services.connectTo({ .host = u"192.0.2.2"_s, .port = 5061 })
        .then(session,
            [&line](const Result<std::shared_ptr<Transport>> &made) { line = made.value(); });
    QTRY_VERIFY(line);
    session->goOnline();
    session->tell(ContactListComplete {});
    QVERIFY(c.isOver());
    QVERIFY(c.verdict->ok);
    QCOMPARE(c.told().mid(0, 4),
        QStringList({ u"settings ok"_s, u"tcp warning refused"_s, u"tcp ok"_s, u"tls ok"_s }));
}

void TestDoctor::refusedSecretStaysAtAuthentication()
{
    Consultation c;
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->setState(Session::State::Authenticating);
    Error error;
    error.code = u"something-new"_s;
    error.title = u"Something new."_s;
    error.detail = u"مرحبا بالعالم"_s;
    session->end(error);
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->step, u"authentication"_s);
    QCOMPARE(c.verdict->error.code, u"something-new"_s);
    QCOMPARE(c.verdict->error.title, u"Something new."_s);
    QCOMPARE(c.verdict->error.detail, u"مرحبا بالعالم"_s);
}

void TestDoctor::targetWithoutAddress()
{
    Consultation c;
    c.prepare = [](FakeServices &services) {
        services.services.insert(u"_sip._tls.example.test"_s, { { u"gone.example.test"_s, 443 } });
        services.onConnect = [](const Endpoint &) -> Result<void> {
            return std::unexpected(doctorError(u"name-not-found"_s, u"gone.example.test"_s));
        };
    };
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    auto &services = *c.plugin.services();
    services.lookUpService(u"_sip._tls.example.test"_s)
        .then(session, [&services, session](const Result<QList<ServiceRecord>> &records) {
            services.connectTo({ .host = records->constFirst().target, .port = 443 })
                .then(session, [session](const Result<std::shared_ptr<Transport>> &line) {
                    session->end(line.error());
                });
        });
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->error.code, u"srv-target-missing"_s);
    QCOMPARE(c.verdict->step, u"srv"_s);
    QVERIFY(c.verdict->error.detail.contains(u"_sip._tls.example.test → gone.example.test"_s));
}

void TestDoctor::silenceEndsInTime_data()
{
    QTest::addColumn<QString>("stage");
    QTest::addColumn<QString>("step");
    QTest::newRow("nothing was tried") << QString() << u"name"_s;
    QTest::newRow("connection") << u"tcp"_s << u"tcp"_s;
    QTest::newRow("silent server") << u"protocol"_s << u"protocol"_s;
    QTest::newRow("authentication") << u"authentication"_s << u"authentication"_s;
}

void TestDoctor::silenceEndsInTime()
{
    QFETCH(QString, stage);
    QFETCH(QString, step);
    Consultation c;
    c.prepare = [&stage](FakeServices &services) { services.connectsPend = stage == "tcp"_L1; };
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    std::shared_ptr<Transport> line;
    if (!stage.isEmpty()) {
        Endpoint endpoint { .host = u"192.0.2.1"_s, .port = 5061 };
        endpoint.security = Endpoint::Security::Plain;
        c.plugin.services()->connectTo(endpoint).then(
            session, [&line, session](const Result<std::shared_ptr<Transport>> &made) {
                if (made) {
                    line = *made;
                } else {
                    session->end(made.error());
                }
            });
    }
    if (stage == "authentication"_L1) {
        QTRY_VERIFY(line);
        c.services->transport()->feed("hello"_ba);
        session->setState(Session::State::Authenticating);
    }
    const QDateTime begun = c.clock.now();
    for (int i = 0; i < 40 && !c.verdict; ++i) {
        c.clock.advance(500ms);
        QCoreApplication::processEvents();
    }
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->error.code, u"timed-out"_s);
    QCOMPARE(c.verdict->step, step);
    QVERIFY(c.verdict->took < 10s);
    QVERIFY(begun.msecsTo(c.clock.now()) < 10'000);
    QCOMPARE(c.doctor->findings().constLast().state, State::Failed);
}

void TestDoctor::theUsersTimeDoesNotCount() const
{
    Consultation c;
    class SlowServices : public FakeServices {
    public:
        using FakeServices::FakeServices;
        Async<QString> secret(const QString &) override { return answer.future(); }
        Answer<QString> answer;
    };
    auto made = std::make_unique<SlowServices>(c.clock);
    SlowServices *const slow = made.get();
    Doctor::Patient patient;
    patient.plugin = &c.plugin;
    patient.settings = c.settings;
    patient.services = std::move(made);
    Doctor doctor(std::move(patient), DoctorWorld {});
    std::optional<Verdict> verdict;
    connect(&doctor, &Doctor::finished, &doctor, [&verdict](const Verdict &v) { verdict = v; });
    doctor.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    QString password;
    c.plugin.services()
        ->secret(u"password"_s)
        .then(session, [&password](const Result<QString> &got) { password = got.value(); });
    c.clock.advance(5min);
    QCoreApplication::processEvents();
    QVERIFY(!verdict);
    slow->answer.give(u"alice-pw"_s);
    QTRY_COMPARE(password, u"alice-pw"_s);
    session->goOnline();
    session->tell(ContactListComplete {});
    QTRY_VERIFY(verdict);
    QVERIFY(verdict->ok);
    QVERIFY(verdict->took < 1s);
}

void TestDoctor::checksAfterFailureRefine()
{
    Consultation c;
    c.plugin.checks = { { DoctorCheck::When::AfterFailure,
        { failedAt(DoctorStep::Authentication, u"unknown"_s),
            failedAt(DoctorStep::Authentication, u"login-format"_s,
                { { u"login"_s, u"EXAMPLE\\alice"_s } }) } } };
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->setState(Session::State::Authenticating);
    session->end(doctorError(u"wrong-password"_s, u"401"_s));
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->error.code, u"login-format"_s);
    QCOMPARE(c.verdict->error.fix.value(u"login"_s).toString(), u"EXAMPLE\\alice"_s);
    QVERIFY(!c.told().contains("authentication failed wrong-password"_L1));
}

void TestDoctor::onlineChecksMayFail()
{
    Consultation c;
    c.plugin.checks
        = { { DoctorCheck::When::Online, { failedAt(DoctorStep::Message, u"server-fault"_s) } } };
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->goOnline();
    session->tell(ContactListComplete {});
    QVERIFY(c.isOver());
    QVERIFY(!c.verdict->ok);
    QCOMPARE(c.verdict->step, u"message"_s);
    QCOMPARE(c.verdict->error.code, u"server-fault"_s);
}

void TestDoctor::whatWasMendedIsToldAndLearned()
{
    Consultation c;
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->tell(ServerNotice { ServerNotice::Severity::Mended, u"user-agent-rejected"_s,
        u"The program's name was changed."_s, u"403 Forbidden"_s });
    session->tell(SettingLearned { u"user-agent"_s, u"UCCAPI/4.0"_s });
    session->goOnline();
    session->tell(ContactListComplete {});
    QVERIFY(c.isOver());
    QVERIFY(c.verdict->ok);
    QVERIFY(c.told().contains("user-agent warning user-agent-rejected"_L1));
    QCOMPARE(c.verdict->learned.value(u"user-agent"_s).toString(), u"UCCAPI/4.0"_s);
}

void TestDoctor::noticesAreNoMendings()
{
    Consultation c;
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    using enum ServerNotice::Severity;
    session->tell(ServerNotice { Mended, u"refused"_s, u"The second server was taken."_s, {} });
    session->tell(ServerNotice { Warning, u"refused"_s, u"One of two did not answer."_s, {} });
    session->tell(ServerNotice { Warning, {}, u"The server is closed tonight."_s, u"at ten"_s });
    session->tell(ServerNotice { Information, {}, u"Welcome."_s, {} });
    session->goOnline();
    session->tell(ContactListComplete {});
    QVERIFY(c.isOver());
    QVERIFY(c.verdict->ok);
    const auto findingOf = [&c](const QString &title) {
        const QList<Finding> findings = c.doctor->findings();
        const auto found = std::ranges::find_if(findings, [&title](const Finding &finding) {
            return finding.error && finding.error->title == title;
        });
        return found == findings.end() ? Finding {} : *found;
    };
    const Finding mended = findingOf(u"The second server was taken."_s);
    const Finding notice = findingOf(u"One of two did not answer."_s);
    QCOMPARE(notice.state, State::Warning);
    QVERIFY(mended.error && notice.error);
    QVERIFY(mended.tried != notice.tried);
    QVERIFY(notice.error->remedy.isEmpty()); // nothing failed
    const Finding plain = findingOf(u"The server is closed tonight."_s);
    QVERIFY(plain.error);
    QCOMPARE(plain.error->code, u"server-notice"_s); // not the unknown failure
    QCOMPARE(plain.answer, u"at ten"_s);
    QCOMPARE(plain.step, u"registered"_s);
    QVERIFY(!findingOf(u"Welcome."_s).error);
}

void TestDoctor::asksAboutItself_data()
{
    QTest::addColumn<std::optional<Error>>("failure");
    QTest::addColumn<QString>("told");
    const auto failing = [](Error::Kind kind) {
        Error error = doctorError(u"unknown"_s);
        error.kind = kind;
        return std::optional(error);
    };
    QTest::newRow("answered") << std::optional<Error>() << u"message ok"_s;
    QTest::newRow("refused") << failing(Error::Kind::Forbidden) << u"message ok"_s;
    QTest::newRow("no card") << failing(Error::Kind::NotFound) << u"message ok"_s;
    QTest::newRow("too late") << failing(Error::Kind::Timeout) << u"message skipped"_s;
    QTest::newRow("line lost") << failing(Error::Kind::Network) << u"message skipped"_s;
}

void TestDoctor::asksAboutItself()
{
    QFETCH(std::optional<Error>, failure);
    QFETCH(QString, told);
    OneCard directory;
    directory.failure = failure;
    Consultation c;
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->directoryFacet = &directory;
    session->goOnline();
    session->tell(ContactListComplete {});
    QVERIFY(c.isOver());
    QVERIFY(c.verdict->ok); // not answering about oneself is no reason not to sign in
    QCOMPARE(c.told().last(), told);
    QCOMPARE(directory.asked, QStringList { u"alice@example.test"_s });
}

void TestDoctor::withoutAPasswordItGoesAsFarAsItCan()
{
    Consultation c;
    c.prepare = [](FakeServices &services) { services.secrets.clear(); };
    c.start();
    FakeSession *const first = c.session();
    QVERIFY(first);
    QString given;
    c.plugin.services()->secret(u"password"_s).then(first, [first](const Result<QString> &got) {
        first->end(got.error());
    });
    QTRY_COMPARE(c.plugin.sessionsMade(), 2);
    FakeSession *const second = c.session();
    QVERIFY(second);
    c.plugin.services()->secret(u"password"_s).then(second, [&given](const Result<QString> &got) {
        given = got.value();
    });
    QTRY_VERIFY(!given.isEmpty());
    std::shared_ptr<Transport> line;
    c.plugin.services()
        ->connectTo({ .host = u"192.0.2.1"_s, .port = 5061 })
        .then(second,
            [&line](const Result<std::shared_ptr<Transport>> &made) { line = made.value(); });
    QTRY_VERIFY(line);
    line->write("hello"_ba);
    second->setState(Session::State::Authenticating);
    line->write("the password"_ba); // never goes out
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->error.code, u"no-password"_s);
    QCOMPARE(c.verdict->step, u"authentication"_s);
    QVERIFY(c.told().contains("tcp ok"_L1));
    QCOMPARE(c.services->transport()->written(), "hello"_ba);
}

void TestDoctor::contactListThatDoesNotCome()
{
    Consultation c;
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->goOnline();
    QTRY_VERIFY(c.told().contains("registered ok"_L1));
    c.clock.advance(5s);
    QVERIFY(c.isOver());
    QVERIFY(c.verdict->ok);
    QVERIFY(c.told().contains("contacts warning timed-out"_L1));
}

void TestDoctor::endOfASessionThatWasOnline()
{
    Consultation c;
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    session->goOnline();
    session->end(doctorError(u"elsewhere-signed-in"_s, u"conflict"_s));
    QVERIFY(c.isOver());
    QVERIFY(!c.verdict->ok);
    QCOMPARE(c.verdict->error.code, u"elsewhere-signed-in"_s);
    QCOMPARE(c.verdict->step, u"registered"_s);
}

void TestDoctor::domainNeedsNoSession()
{
    Consultation c;
    c.plugin.checks = { { DoctorCheck::When::Domain,
        { failedAt(DoctorStep::FederationSrv, u"federation-srv-missing"_s) } } };
    c.start(true);
    QVERIFY(c.isOver());
    QCOMPARE(c.verdict->error.code, u"federation-srv-missing"_s);
    QCOMPARE(c.verdict->step, u"federation-srv"_s);
    QCOMPARE(c.plugin.sessionsMade(), 0);
}

void TestDoctor::nothingOfTheAccountIsTouched()
{
    Consultation c;
    c.start();
    FakeSession *const session = c.session();
    QVERIFY(session);
    auto &services = *c.plugin.services();
    QCOMPARE(services.state(u"epid"_s), "of the account"_ba); // as far as it is handed in
    services.setState(u"epid"_s, "of the doctor"_ba);
    QCOMPARE(services.state(u"epid"_s), "of the doctor"_ba);
    services.storeSecret(u"client-key"_s, u"secret"_s);
    QString kept;
    services.secret(u"client-key"_s).then(session, [&kept](const Result<QString> &got) {
        kept = got.value();
    });
    QTRY_COMPARE(kept, u"secret"_s);
    bool other = true;
    services.secret(u"tls-dsk-certificate"_s).then(session, [&other](const Result<QString> &got) {
        other = got.has_value();
    });
    QTRY_VERIFY(!other);
    QCOMPARE(c.services->states.value(u"epid"_s), "of the account"_ba);
    QCOMPARE(c.services->secrets.keys(), QStringList({ u"password"_s }));
    c.doctor->cancel();
    QVERIFY(c.isOver());
}

void TestDoctor::trialActsOnNobody()
{
    const SettingsSchema schema {
        { .key = u"address"_s },
        { .key = u"channels"_s, .type = SettingType::List, .inTrial = SettingInTrial::LeftOut },
        { .key = u"on-connect"_s, .inTrial = SettingInTrial::LeftOut },
        { .key = u"resource"_s, .inTrial = SettingInTrial::OwnName },
        { .key = u"nick"_s, .inTrial = SettingInTrial::OwnNameIfTaken },
        { .key = u"publish-calendar"_s,
            .type = SettingType::Bool,
            .defaultValue = true,
            .inTrial = SettingInTrial::LeftOut },
        { .key = u"port"_s, .type = SettingType::Port, .defaultValue = 0 },
    };
    SettingValues settings;
    settings.set(u"channels"_s, QStringList { u"#a"_s, u"#b"_s });
    settings.set(u"on-connect"_s, u"OPER a b"_s);
    settings.set(u"resource"_s, u"desk"_s);
    settings.set(u"nick"_s, u"alice"_s);
    const SettingValues trial = trialSettings(schema, settings, false);
    QVERIFY(trial.list(u"channels"_s).isEmpty());
    QVERIFY(trial.text(u"on-connect"_s).isEmpty());
    QVERIFY(trial.text(u"resource"_s) != u"desk"_s);
    QCOMPARE(trial.text(u"nick"_s), u"alice"_s);
    QVERIFY(!trial.isOn(u"publish-calendar"_s));
    QVERIFY(trial.contains(u"port"_s));
    QVERIFY(trialSettings(schema, settings, true).text(u"nick"_s) != u"alice"_s);
}

void TestDoctor::canBeCancelled()
{
    Consultation c;
    c.start();
    QVERIFY(c.session());
    c.plugin.session()->setState(Session::State::Connecting);
    c.doctor->cancel();
    QVERIFY(c.isOver());
    QVERIFY(c.verdict->cancelled);
    QVERIFY(!c.verdict->ok);
    QCOMPARE(c.plugin.session()->closes, 1);
    c.doctor->cancel(); // once is enough
}

void TestDoctor::canBeDestroyedAtAnyTime()
{
    Consultation started;
    started.start();
    started.doctor.reset();
    Consultation open;
    open.start();
    QVERIFY(open.session());
    open.session()->goOnline();
    open.doctor.reset();
    QVERIFY(!open.plugin.session());
    QCoreApplication::processEvents();
}

QTEST_GUILESS_MAIN(TestDoctor)
#include "tst_doctor.moc"
