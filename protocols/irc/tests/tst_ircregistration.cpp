// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/state/registrationmachine.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace linchpin::irc;

namespace {

/// What a machine wants, one line an effect: lines as written, everything else in angle brackets.
QByteArrayList shown(const RegistrationMachine::Effects &effects)
{
    QByteArrayList list;
    for (const RegistrationEffect &effect : effects) {
        if (const auto *send = std::get_if<SendLine>(&effect)) {
            list.append(serialize(send->command).value_or("<unsendable>\r\n").chopped(2));
        } else if (std::get_if<BeginTls>(&effect)) {
            list.append("<tls>");
        } else if (const auto *move = std::get_if<MoveToTls>(&effect)) {
            list.append("<move " + QByteArray::number(move->port) + '>');
        } else if (const auto *done = std::get_if<Registered>(&effect)) {
            list.append(
                "<registered " + done->nick + (done->authenticated ? " authenticated>" : ">"));
        } else if (const auto *failed = std::get_if<RegistrationFailed>(&effect)) {
            list.append("<failed " + QByteArray(failed->code.data(), failed->code.size()) + '>');
        }
    }
    return list;
}

RegistrationConfig config()
{
    RegistrationConfig c;
    c.nick = "alice";
    c.alternateNicks = { "alice2" };
    c.user = "alice";
    c.realName = "Alice Liddell";
    c.nonce = "rOprNGfwEbeRWgbNEkqO";
    c.secure = true;
    return c;
}

RegistrationConfig configWithPassword()
{
    RegistrationConfig c = config();
    c.password = "secret";
    return c;
}

class Dialogue {
public:
    explicit Dialogue(const RegistrationConfig &c)
        : machine(c)
    {
        said = shown(machine.connected());
    }
    QByteArrayList hear(const QByteArray &line)
    {
        said = shown(machine.handle(*parseLine(line)));
        return said;
    }
    RegistrationMachine machine;
    QByteArrayList said;
};

} // namespace

class tst_IrcRegistration : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withoutPassword();
    void answersPingBeforeWelcome();
    void saslPlain();
    void saslScram();
    void saslScramServerLies();
    void saslExternal();
    void saslRefused_data();
    void saslRefused();
    void otherMechanism();
    void otherMechanismNeverWeaker();
    void certificateUnknown();
    void onlyScram_data();
    void onlyScram();
    void saslWithoutMechanism_data();
    void saslWithoutMechanism();
    void passWhereThereIsNoSasl();
    void passNeverWithSasl();
    void oldServerWithoutCap_data();
    void oldServerWithoutCap();
    void nickFallback();
    void nickExhausted();
    void badNick();
    void startTls();
    void startTlsRefused_data();
    void startTlsRefused();
    void stsMovesToTls();
    void failures_data();
    void failures();
    void wrongProtocol_data();
    void wrongProtocol();
    void multiLineCapList();
    void capRefusedAsAWhole();
    void capNotify();
    void greetingTimeout();
    void saslPieces_data();
    void saslPieces();
};

void tst_IrcRegistration::withoutPassword()
{
    Dialogue d(config());
    QCOMPARE(
        d.said, (QByteArrayList { "CAP LS 302", "NICK alice", "USER alice 0 * :Alice Liddell" }));
    QCOMPARE(d.hear(":irc.test CAP * LS :server-time unknown echo-message=x sasl=PLAIN"),
        (QByteArrayList { "CAP REQ :echo-message server-time" }));
    QCOMPARE(
        d.hear(":irc.test CAP * ACK :echo-message server-time"), (QByteArrayList { "CAP END" }));
    QVERIFY(d.machine.caps().isEnabled("server-time"));
    QVERIFY(!d.machine.caps().isEnabled("unknown"));
    QCOMPARE(d.hear(":irc.test 001 alice :Welcome"), QByteArrayList());
    QCOMPARE(d.hear(":irc.test 005 alice NICKLEN=30 :are supported"), QByteArrayList());
    QCOMPARE(d.hear(":irc.test 376 alice :End"), (QByteArrayList { "<registered alice>" }));
}

void tst_IrcRegistration::answersPingBeforeWelcome()
{
    Dialogue d(config());
    QCOMPARE(d.hear("PING :cookie 123"), (QByteArrayList { "PONG :cookie 123" }));
    QCOMPARE(d.hear("PING cookie"), (QByteArrayList { "PONG cookie" }));
}

void tst_IrcRegistration::saslPlain()
{
    RegistrationConfig c = configWithPassword();
    c.account = "konto";
    Dialogue d(c);
    QCOMPARE(d.said, (QByteArrayList { "CAP LS 302" })); // the password decides what comes next
    QCOMPARE(d.hear("CAP * LS :sasl=EXTERNAL,PLAIN"), (QByteArrayList { "CAP REQ sasl" }));
    QCOMPARE(d.hear("CAP * ACK :sasl"), (QByteArrayList { "AUTHENTICATE PLAIN" }));
    QCOMPARE(d.hear("AUTHENTICATE +"),
        (QByteArrayList { "AUTHENTICATE " + QByteArray("konto\0konto\0secret", 18).toBase64() }));
    QCOMPARE(d.hear(":irc.test 900 * *!*@* konto :You are now logged in"), QByteArrayList());
    QCOMPARE(d.hear(":irc.test 903 * :SASL authentication successful"),
        (QByteArrayList { "NICK alice", "USER alice 0 * :Alice Liddell", "CAP END" }));
    d.hear(":irc.test 001 alice :hi");
    QCOMPARE(d.hear(":irc.test 422 alice :no motd"),
        (QByteArrayList { "<registered alice authenticated>" }));
}

// The example of RFC 7677 section 3.
void tst_IrcRegistration::saslScram()
{
    RegistrationConfig c = configWithPassword();
    c.account = "user";
    c.password = "pencil";
    Dialogue d(c);
    d.hear("CAP * LS :sasl=PLAIN,SCRAM-SHA-256");
    QCOMPARE(d.hear("CAP * ACK :sasl"), (QByteArrayList { "AUTHENTICATE SCRAM-SHA-256" }));
    QCOMPARE(d.hear("AUTHENTICATE +"),
        (QByteArrayList { "AUTHENTICATE " + "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"_ba.toBase64() }));
    const QByteArray first
        = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    QCOMPARE(d.hear("AUTHENTICATE " + first.toBase64()),
        (QByteArrayList { "AUTHENTICATE "
            + "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="_ba
                .toBase64() }));
    QCOMPARE(
        d.hear("AUTHENTICATE " + "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="_ba.toBase64()),
        (QByteArrayList { "AUTHENTICATE +" }));
    QCOMPARE(d.hear(":irc.test 903 * :ok").last(), "CAP END");
}

void tst_IrcRegistration::saslScramServerLies()
{
    RegistrationConfig c = configWithPassword();
    c.sasl = SaslChoice::ScramSha256;
    const auto upToProof = [&](const QByteArray &first) {
        auto d = std::make_unique<Dialogue>(c);
        d->hear("CAP * LS :sasl=SCRAM-SHA-256");
        d->hear("CAP * ACK :sasl");
        d->hear("AUTHENTICATE +");
        d->hear("AUTHENTICATE " + first.toBase64());
        return d;
    };
    const QByteArray good = "r=rOprNGfwEbeRWgbNEkqOserver,s=QSXCR+Q6sek8bf92,i=4096";
    QCOMPARE(upToProof(good)->hear("AUTHENTICATE " + "v=AAAA"_ba.toBase64()),
        (QByteArrayList { "<failed server-fault>" }));
    QCOMPARE(
        upToProof(good)->hear("903 * :trust me"), (QByteArrayList { "<failed server-fault>" }));
    QCOMPARE(upToProof("r=other,s=QSXCR+Q6sek8bf92,i=4096")->said,
        (QByteArrayList { "<failed server-fault>" }));
    QCOMPARE(upToProof("r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=2000000000")->said,
        (QByteArrayList { "<failed server-fault>" }));
    QCOMPARE(upToProof("r=rOprNGfwEbeRWgbNEkqOx,s=QSXCR+Q6sek8bf92,i=1")->said,
        (QByteArrayList { "<failed server-fault>" }));
}

void tst_IrcRegistration::saslExternal()
{
    RegistrationConfig c = config();
    c.hasClientCertificate = true;
    Dialogue d(c);
    d.hear("CAP * LS :sasl=EXTERNAL,PLAIN");
    QCOMPARE(d.hear("CAP * ACK :sasl"), (QByteArrayList { "AUTHENTICATE EXTERNAL" }));
    QCOMPARE(d.hear("AUTHENTICATE +"), (QByteArrayList { "AUTHENTICATE +" }));
    QCOMPARE(d.hear("903 * :ok"), (QByteArrayList { "CAP END" })); // NICK and USER are out already
}

void tst_IrcRegistration::saslRefused_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("904") << ":irc.test 904 * :SASL authentication failed"_ba << "wrong-password"_ba;
    QTest::newRow("905") << ":irc.test 905 * :SASL message too long"_ba << "wrong-password"_ba;
    QTest::newRow("906") << ":irc.test 906 * :SASL aborted"_ba << "server-fault"_ba;
    QTest::newRow("902") << ":irc.test 902 * :You must use a nick assigned to you"_ba
                         << "account-disabled"_ba;
    QTest::newRow("908") << ":irc.test 908 * EXTERNAL :are available SASL mechanisms"_ba
                         << "auth-scheme-unavailable"_ba;
    QTest::newRow("broken base64") << "AUTHENTICATE !!!"_ba << "server-fault"_ba;
    QTest::newRow("thrown out") << "ERROR :Closing Link: too many bad passwords (Bad password)"_ba
                                << "wrong-password"_ba;
}

void tst_IrcRegistration::saslRefused()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, code);
    Dialogue d(configWithPassword());
    d.hear("CAP * LS :sasl=PLAIN");
    d.hear("CAP * ACK :sasl");
    QCOMPARE(d.hear(line), (QByteArrayList { "<failed " + code + '>' }));
    QCOMPARE(d.hear(":irc.test 001 alice :hi"), QByteArrayList()); // nothing after that
}

// CAP 3.1 tells no mechanisms; PLAIN is tried first then.
void tst_IrcRegistration::otherMechanism()
{
    Dialogue d(configWithPassword());
    d.hear("CAP * LS :sasl");
    QCOMPARE(d.hear("CAP * ACK :sasl"), (QByteArrayList { "AUTHENTICATE PLAIN" }));
    QCOMPARE(d.hear(":irc.test 908 * SCRAM-SHA-256,EXTERNAL :are available SASL mechanisms"),
        (QByteArrayList { "AUTHENTICATE SCRAM-SHA-256" }));
    // It belongs to PLAIN.
    QCOMPARE(d.hear(":irc.test 904 * :SASL authentication failed"), QByteArrayList());
    QVERIFY(d.hear("AUTHENTICATE +").value(0).startsWith("AUTHENTICATE "));
    QCOMPARE(d.hear(":irc.test 904 * :SASL authentication failed"),
        (QByteArrayList { "<failed wrong-password>" }));
}

void tst_IrcRegistration::otherMechanismNeverWeaker()
{
    Dialogue d(configWithPassword());
    d.hear("CAP * LS :sasl=SCRAM-SHA-256,PLAIN");
    QCOMPARE(d.hear("CAP * ACK :sasl"), (QByteArrayList { "AUTHENTICATE SCRAM-SHA-256" }));
    QCOMPARE(d.hear(":irc.test 908 * PLAIN :are available SASL mechanisms"),
        (QByteArrayList { "<failed auth-scheme-unavailable>" }));
}

void tst_IrcRegistration::certificateUnknown()
{
    RegistrationConfig c = configWithPassword();
    c.hasClientCertificate = true;
    Dialogue d(c);
    d.hear("CAP * LS :sasl=EXTERNAL,PLAIN");
    QCOMPARE(d.hear("CAP * ACK :sasl"), (QByteArrayList { "AUTHENTICATE EXTERNAL" }));
    d.hear("AUTHENTICATE +");
    QCOMPARE(d.hear(":irc.test 904 * :SASL authentication failed"),
        (QByteArrayList { "AUTHENTICATE PLAIN" }));
    d.hear("AUTHENTICATE +");
    d.hear(":irc.test 903 * :SASL authentication successful");
    const auto effects = [&] {
        d.machine.handle(*parseLine(":irc.test 001 alice :hi"));
        return d.machine.handle(*parseLine(":irc.test 422 alice :no motd"));
    }();
    const auto *registered = std::get_if<Registered>(&effects.constFirst());
    QVERIFY(registered);
    QCOMPARE(registered->mechanism, "PLAIN");
    QCOMPARE(registered->failedMechanism, "EXTERNAL");
}

void tst_IrcRegistration::onlyScram_data()
{
    QTest::addColumn<SaslChoice>("choice");
    QTest::addColumn<QByteArray>("caps");
    QTest::addColumn<QByteArrayList>("said");
    QTest::newRow("as before") << SaslChoice::Auto << "sasl=SCRAM-SHA-256,PLAIN"_ba
                               << QByteArrayList { "AUTHENTICATE SCRAM-SHA-256" };
    QTest::newRow("weaker") << SaslChoice::Auto << "sasl=PLAIN"_ba
                            << QByteArrayList { "<failed auth-scheme-unavailable>" };
    QTest::newRow("no list") << SaslChoice::Auto << "sasl"_ba
                             << QByteArrayList { "AUTHENTICATE SCRAM-SHA-256" };
    QTest::newRow("by hand") << SaslChoice::Plain << "sasl=PLAIN"_ba
                             << QByteArrayList { "AUTHENTICATE PLAIN" };
    QTest::newRow("no SASL: no PASS")
        << SaslChoice::Auto << "server-time"_ba
        << QByteArrayList { "NICK alice", "USER alice 0 * :Alice Liddell", "CAP END" };
}

void tst_IrcRegistration::onlyScram()
{
    QFETCH(SaslChoice, choice);
    QFETCH(QByteArray, caps);
    QFETCH(QByteArrayList, said);
    RegistrationConfig c = configWithPassword();
    c.sasl = choice;
    c.onlyScram = true;
    Dialogue d(c);
    const QByteArrayList asked = d.hear("CAP * LS :" + caps);
    QCOMPARE(d.hear("CAP * ACK :" + asked.constFirst().sliced(8).replace(':', "")), said);
}

void tst_IrcRegistration::saslWithoutMechanism_data()
{
    QTest::addColumn<SaslChoice>("choice");
    QTest::addColumn<QByteArray>("caps");
    QTest::newRow("no SASL at all") << SaslChoice::Plain << "server-time"_ba;
    QTest::newRow("other mechanisms") << SaslChoice::ScramSha256 << "sasl=PLAIN,EXTERNAL"_ba;
    QTest::newRow("auto finds none") << SaslChoice::Auto << "sasl=ECDSA-NIST256P-CHALLENGE"_ba;
}

void tst_IrcRegistration::saslWithoutMechanism()
{
    QFETCH(SaslChoice, choice);
    QFETCH(QByteArray, caps);
    RegistrationConfig c = configWithPassword();
    c.sasl = choice;
    Dialogue d(c);
    d.hear("CAP * LS :" + caps);
    QCOMPARE(d.hear("CAP * ACK :" + caps.split('=').first()),
        (QByteArrayList { "<failed auth-scheme-unavailable>" }));
}

void tst_IrcRegistration::passWhereThereIsNoSasl()
{
    Dialogue d(configWithPassword());
    QCOMPARE(d.hear("CAP * LS :multi-prefix"), (QByteArrayList { "CAP REQ multi-prefix" }));
    QCOMPARE(d.hear("CAP * ACK :multi-prefix"),
        (QByteArrayList {
            "PASS secret", "NICK alice", "USER alice 0 * :Alice Liddell", "CAP END" }));
    RegistrationConfig silent = configWithPassword();
    silent.withPass = false;
    Dialogue e(silent);
    QCOMPARE(e.hear("CAP * LS :"),
        (QByteArrayList { "NICK alice", "USER alice 0 * :Alice Liddell", "CAP END" }));
}

void tst_IrcRegistration::passNeverWithSasl()
{
    Dialogue d(configWithPassword());
    QByteArrayList all = d.said;
    for (const char *line :
        { "CAP * LS :sasl=SCRAM-SHA-256", "CAP * ACK :sasl", "AUTHENTICATE +", "904 * :no" }) {
        all += d.hear(line);
    }
    QVERIFY(!all.join().contains("secret"));
}

void tst_IrcRegistration::oldServerWithoutCap_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("unknown command") << ":irc.test 421 * CAP :Unknown command"_ba;
    QTest::newRow("not registered") << ":irc.test 451 * :You have not registered"_ba;
    QTest::newRow("silence") << QByteArray();
}

void tst_IrcRegistration::oldServerWithoutCap()
{
    QFETCH(QByteArray, line);
    Dialogue d(configWithPassword());
    d.hear(":irc.test NOTICE AUTH :*** Looking up your hostname");
    const QByteArrayList expected { "PASS secret", "NICK alice", "USER alice 0 * :Alice Liddell" };
    QCOMPARE(line.isEmpty() ? shown(d.machine.capTimedOut()) : d.hear(line), expected);
    QCOMPARE(shown(d.machine.capTimedOut()), QByteArrayList());
}

void tst_IrcRegistration::nickFallback()
{
    Dialogue d(config());
    QCOMPARE(d.hear(":irc.test 433 * alice :Nickname is already in use"),
        (QByteArrayList { "NICK alice2" }));
    QCOMPARE(d.hear(":irc.test 437 * alice2 :unavailable"), (QByteArrayList { "NICK alice_" }));
    QCOMPARE(d.hear(":irc.test 433 * alice_ :taken"), (QByteArrayList { "NICK alice__" }));
    d.hear(":irc.test 001 alice__ :hi");
    QCOMPARE(d.hear(":irc.test 376 alice__ :end"), (QByteArrayList { "<registered alice__>" }));
    QCOMPARE(d.hear(":irc.test 433 alice__ alice :taken"), QByteArrayList());
}

void tst_IrcRegistration::nickExhausted()
{
    Dialogue d(config());
    QByteArrayList last;
    for (int i = 0; i < 6; ++i) {
        last = d.hear(":irc.test 433 * x :taken");
    }
    QCOMPARE(last, (QByteArrayList { "<failed nick-in-use>" }));
}

void tst_IrcRegistration::badNick()
{
    Dialogue d(config());
    QCOMPARE(
        d.hear(":irc.test 432 * alice :Erroneous nickname"), (QByteArrayList { "NICK alice2" }));
    QCOMPARE(d.hear(":irc.test 432 * alice2 :Erroneous nickname"),
        (QByteArrayList { "<failed login-format>" }));
}

void tst_IrcRegistration::startTls()
{
    RegistrationConfig c = configWithPassword();
    c.secure = false;
    c.startTls = true;
    Dialogue d(c);
    QCOMPARE(d.said, (QByteArrayList { "STARTTLS" }));
    QCOMPARE(d.hear(":irc.test NOTICE * :*** Looking up your hostname"), QByteArrayList());
    QCOMPARE(d.hear(":irc.test 670 * :STARTTLS successful"), (QByteArrayList { "<tls>" }));
    QCOMPARE(shown(d.machine.tlsStarted()), (QByteArrayList { "CAP LS 302" }));
}

void tst_IrcRegistration::startTlsRefused_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("silence") << QByteArray();
    QTest::newRow("691") << ":irc.test 691 * :STARTTLS failed"_ba;
    QTest::newRow("421") << ":irc.test 421 * STARTTLS :Unknown command"_ba;
    QTest::newRow("451") << ":irc.test 451 * STARTTLS :You have not registered"_ba;
}

void tst_IrcRegistration::startTlsRefused()
{
    QFETCH(QByteArray, line);
    RegistrationConfig c = configWithPassword();
    c.secure = false;
    c.startTls = true;
    Dialogue d(c);
    QCOMPARE(line.isEmpty() ? shown(d.machine.capTimedOut()) : d.hear(line),
        (QByteArrayList { "<failed not-tls>" }));
}

void tst_IrcRegistration::stsMovesToTls()
{
    RegistrationConfig c = configWithPassword();
    c.secure = false;
    Dialogue d(c);
    QCOMPARE(d.hear("CAP * LS * :sts=port=6697"), QByteArrayList());
    QCOMPARE(d.hear("CAP * LS :sasl"), (QByteArrayList { "<move 6697>" }));
    Dialogue secure(configWithPassword());
    secure.hear("CAP * LS :sts=duration=300,port=6697 sasl");
    QCOMPARE(secure.said, (QByteArrayList { "CAP REQ sasl" }));
    QCOMPARE(secure.machine.caps().sts()->seconds, 300);
}

void tst_IrcRegistration::failures_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("464") << ":irc.test 464 * :Password incorrect"_ba << "wrong-password"_ba;
    QTest::newRow("465") << ":irc.test 465 * :You are banned from this server"_ba << "banned"_ba;
    QTest::newRow("463") << ":irc.test 463 * :Your host isn't among the privileged"_ba
                         << "banned"_ba;
    QTest::newRow("465 SASL") << ":irc.test 465 * :SASL access only"_ba << "sasl-required"_ba;
    QTest::newRow("FAIL") << "FAIL * ACCOUNT_REQUIRED_TO_CONNECT :You must log in"_ba
                          << "sasl-required"_ba;
    QTest::newRow("K-line") << "ERROR :Closing Link: alice (K-Lined)"_ba << "banned"_ba;
    QTest::newRow("Z-line") << "ERROR :Closing link: (alice@host) [Z-Lined: spam]"_ba
                            << "banned"_ba;
    QTest::newRow("SASL only") << "ERROR :Closing Link: 1.2.3.4 (SASL access only)"_ba
                               << "sasl-required"_ba;
    QTest::newRow("full") << "ERROR :Closing Link: (Sorry, server is full)"_ba << "server-fault"_ba;
    QTest::newRow("G-line") << "ERROR :Closing link: (alice@host) [G-lined: Zażółć]"_ba
                            << "banned"_ba;
    QTest::newRow("ircu") << "ERROR :Closing Link: alice by irc.test (G-lined)"_ba << "banned"_ba;
    QTest::newRow("UnrealIRCd ban")
        << "ERROR :Closing Link: alice[1.2.3.4] (User has been permanently banned from irc.test)"_ba
        << "banned"_ba;
    QTest::newRow("no class")
        << "ERROR :Closing link: (alice@host) [You are not allowed to connect to this server]"_ba
        << "banned"_ba;
    QTest::newRow("throttled")
        << "ERROR :Closing Link: [1.2.3.4] (Throttled: Reconnecting too fast) - Email a@b.test"_ba
        << "throttled"_ba;
    QTest::newRow("ircd-hybrid") << "ERROR :Trying to reconnect too fast."_ba << "throttled"_ba;
    QTest::newRow("connectban")
        << "ERROR :Closing link: (a@b) [Z-lined: Your IP range has been attempting to connect too many times in too short a duration. Wait a while]"_ba
        << "throttled"_ba;
    QTest::newRow("clones of InspIRCd")
        << "ERROR :Closing link: (a@b) [No more local connections allowed from your host via this connect class.]"_ba
        << "too-many-connections"_ba;
    QTest::newRow("clones of Solanum")
        << "ERROR :Closing Link: 1.2.3.4 (Too many host connections (local))"_ba
        << "too-many-connections"_ba;
    QTest::newRow("password of InspIRCd")
        << "ERROR :Closing link: (a@b) [A password is required and the provided password was incorrect.]"_ba
        << "wrong-password"_ba;
    QTest::newRow("plain text denied")
        << "ERROR :Closing Link: a[1.2.3.4] (Insecure connection. Please reconnect using SSL/TLS.)"_ba
        << "tls-required"_ba;
    QTest::newRow("SASL of UnrealIRCd")
        << "ERROR :Closing Link: a[1.2.3.4] (SASL required: You need to log in)"_ba
        << "sasl-required"_ba;
    QTest::newRow("slow") << "ERROR :Closing link: (alice@host) [Registration timeout]"_ba
                          << "timed-out"_ba;
}

void tst_IrcRegistration::failures()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, code);
    Dialogue d(config());
    const auto effects = d.machine.handle(*parseLine(line));
    QCOMPARE(shown(effects), (QByteArrayList { "<failed " + code + '>' }));
    QVERIFY(!std::get<RegistrationFailed>(effects.first()).serverWords.isEmpty());
}

void tst_IrcRegistration::wrongProtocol_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("HTTP") << "HTTP/1.1 400 Bad Request"_ba;
    QTest::newRow("SMTP") << "220 mail.example ESMTP Postfix"_ba;
    QTest::newRow("SSH") << "SSH-2.0-OpenSSH_9.2"_ba;
    QTest::newRow("XMPP") << "<?xml version='1.0'?><stream:stream>"_ba;
}

void tst_IrcRegistration::wrongProtocol()
{
    QFETCH(QByteArray, line);
    RegistrationMachine machine(config());
    machine.connected();
    const auto message = parseLine(line);
    QCOMPARE(shown(message ? machine.handle(*message) : machine.garbage(line)),
        (QByteArrayList { "<failed wrong-protocol>" }));
    // Between good lines a bad one is only ignored.
    RegistrationMachine good(config());
    good.connected();
    good.handle(*parseLine(":irc.test NOTICE * :hello"));
    QCOMPARE(shown(good.garbage(line)), QByteArrayList());
}

void tst_IrcRegistration::multiLineCapList()
{
    Dialogue d(config());
    QCOMPARE(d.hear(":irc.test CAP * LS * :batch away-notify"), QByteArrayList());
    QCOMPARE(d.hear(":irc.test CAP * LS :setname "),
        (QByteArrayList { "CAP REQ :away-notify batch setname" }));
    QCOMPARE(d.hear(":irc.test CAP * ACK :away-notify "), QByteArrayList());
    QCOMPARE(d.hear(":irc.test CAP * ACK :batch setname"), (QByteArrayList { "CAP END" }));
}

void tst_IrcRegistration::capRefusedAsAWhole()
{
    Dialogue d(config());
    d.hear("CAP * LS :batch setname");
    QCOMPARE(d.hear("CAP * NAK :batch setname"),
        (QByteArrayList { "CAP REQ batch", "CAP REQ setname" }));
    QCOMPARE(d.hear("CAP * NAK :batch"), QByteArrayList());
    QCOMPARE(d.hear("CAP * ACK :setname"), (QByteArrayList { "CAP END" }));
}

void tst_IrcRegistration::capNotify()
{
    Dialogue d(config());
    d.hear("CAP * LS :batch");
    d.hear("CAP * ACK :batch");
    d.hear(":irc.test 001 alice :hi");
    d.hear(":irc.test 376 alice :end");
    QCOMPARE(d.hear(":irc.test CAP alice NEW :away-notify nonsense"),
        (QByteArrayList { "CAP REQ away-notify" }));
    d.hear(":irc.test CAP alice ACK :away-notify");
    QVERIFY(d.machine.caps().isEnabled("away-notify"));
    d.hear(":irc.test CAP alice DEL :away-notify batch");
    QCOMPARE(d.machine.caps().enabled(), QList<QByteArray>());
    d.hear(":irc.test CAP alice ACK :made-up");
    QVERIFY(!d.machine.caps().isEnabled("made-up"));
}

void tst_IrcRegistration::greetingTimeout()
{
    Dialogue d(config());
    QCOMPARE(shown(d.machine.greetingTimedOut()), QByteArrayList());
    d.hear(":irc.test 001 alice :hi");
    QCOMPARE(shown(d.machine.greetingTimedOut()), (QByteArrayList { "<registered alice>" }));
    QCOMPARE(d.hear(":irc.test 376 alice :end"), QByteArrayList()); // only once
}

void tst_IrcRegistration::saslPieces_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("lines");
    QTest::newRow("nothing") << 0 << 1;
    QTest::newRow("short") << 10 << 1;
    QTest::newRow("one full piece") << 300 << 2;
    QTest::newRow("a little more") << 301 << 2;
    QTest::newRow("two full pieces") << 600 << 3;
}

void tst_IrcRegistration::saslPieces()
{
    QFETCH(int, size);
    QFETCH(int, lines);
    const QByteArray data(size, 'x');
    const QList<IrcCommand> pieces = authenticateLines(data);
    QCOMPARE(pieces.size(), lines);
    SaslInbox inbox;
    for (qsizetype i = 0; i < pieces.size(); ++i) {
        QCOMPARE(inbox.add(pieces[i].params.first()),
            i + 1 < pieces.size() ? SaslInbox::Result::More : SaslInbox::Result::Complete);
    }
    QCOMPARE(inbox.take(), data);
}

QTEST_GUILESS_MAIN(tst_IrcRegistration)
#include "tst_ircregistration.moc"
