// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/realenvironment.h"

#include "core/accounts/account.h"
#include "core/net/realservices.h"
#include "core/net/sharedrows.h"
#include "core/net/truststore.h"
#include "core/net/wirelog.h"
#include "core/secrets/secreterrors.h"
#include "core/secrets/secretprompt.h"
#include "core/secrets/secretstore.h"

#include <QPointer>
#include <QRandomGenerator>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

/// Which secrets there are beside those of the schema: removing the account removes them too.
void rememberKeptSecret(Account &account, const QString &key)
{
    QByteArrayList keys = account.config().state.value(keptSecretsState()).split(' ');
    keys.removeAll(QByteArray());
    if (!keys.contains(key.toUtf8())) {
        keys.append(key.toUtf8());
        account.rememberState(keptSecretsState(), keys.join(' '));
    }
}

QString storeKey(const AccountId &id, const QString &key)
{
    return id.value + u'/' + key;
}

} // namespace

RealEnvironment::RealEnvironment(SecretStore &secrets, SecretPrompt *prompt, QObject *parent)
    : QObject(parent)
    , m_secrets(secrets)
    , m_prompt(prompt)
    , m_trust(new TrustStore([] { return QDateTime::currentDateTimeUtc(); }, this))
{
}

RealEnvironment::~RealEnvironment() = default;

std::unique_ptr<SessionServices> RealEnvironment::servicesFor(Account &account)
{
    const QPointer<Account> guard(&account);
    const AccountId id = account.id();
    const QPointer<WireLog> log(wireLog(id));
    ServiceBinding binding;
    binding.settings = settingsInForce(account.schema(), account.config().settings, now());
    binding.secret = [this, guard](const QString &key) {
        return guard ? secret(*guard, key) : readyError<QString>(secretError(u"cancelled"_s));
    };
    binding.storeSecret = [this, guard, id](const QString &key, const QString &value) {
        if (!guard) {
            return readyError<void>(secretError(u"cancelled"_s));
        }
        if (guard->config().secrets == SecretPolicy::AskEachTime) {
            holdSecret(id, key, value); // nothing of this account is kept
            return readyOk();
        }
        if (!guard->schema().field(key)) {
            rememberKeptSecret(*guard, key);
        }
        return m_secrets.write(storeKey(id, key), value);
    };
    binding.state = [guard](const QString &key) {
        return guard ? guard->config().state.value(key) : QByteArray();
    };
    binding.setState = [guard](const QString &key, const QByteArray &value) {
        if (guard && key != trustState()) { // its user's decisions are not the session's
            guard->rememberState(key, value);
        }
    };
    binding.log = [log](bool outgoing, const QByteArray &bytes) {
        if (log) {
            log->append(QDateTime::currentDateTimeUtc(), outgoing, bytes);
        }
    };
    const QPointer<TrustStore> trust(m_trust);
    binding.exceptions
        = [guard, trust] { return guard && trust ? trust->decisions(*guard) : TrustExceptions {}; };
    binding.refused = [id, guard, trust](const RefusedCase &refused) {
        if (guard && trust) {
            trust->noteRefused(id, refused);
        }
    };
    binding.accepted
        = [guard, trust](TrustService service, const QString &name, bool needsException) {
              if (guard && trust) {
                  trust->noteAccepted(*guard, service, name, needsException);
              }
          };
    return std::make_unique<RealServices>(std::move(binding));
}

Async<QString> RealEnvironment::secret(Account &account, const QString &key)
{
    const AccountId id = account.id();
    if (const auto held = m_held.constFind(id); held != m_held.constEnd() && held->contains(key)) {
        return ready<QString>(held->value(key));
    }
    if (account.config().secrets == SecretPolicy::AskEachTime) {
        return ask(account, key);
    }
    const Answer<QString> answer;
    m_secrets.read(storeKey(id, key))
        .then(this,
            [this, answer, key, guard = QPointer<Account>(&account)](
                const Result<QString> &stored) {
                if (stored || !guard) {
                    answer.give(stored);
                    return;
                }
                ask(*guard, key).then(this, [answer](const Result<QString> &asked) {
                    answer.give(asked);
                });
            });
    return answer.future();
}

Async<QString> RealEnvironment::ask(Account &account, const QString &key)
{
    const SettingsSchema schema = account.schema();
    const SettingField *const field = schema.field(key);
    // Optional secrets (a room service's password) are entered in the settings or not at all; the
    // password itself is wanted each time where its user said so.
    const bool isWanted = field
        && (field->required
            || (key == "password"_L1 && account.config().secrets == SecretPolicy::AskEachTime));
    const bool mayAsk
        = isWanted && schema.isEnabled(*field, schema.complete(account.config().settings));
    if (!m_prompt || !mayAsk) {
        return readyError<QString>(secretError(u"no-password"_s));
    }
    SecretPrompt::Question question;
    question.accountName = account.name();
    question.label = field->label;
    question.mayRemember = account.config().secrets == SecretPolicy::Remember;
    const Answer<QString> answer;
    m_prompt->ask(question).then(this,
        [this, answer, key, id = account.id(), mayRemember = question.mayRemember](
            const Result<SecretPrompt::Reply> &reply) {
            if (!reply) {
                answer.fail(reply.error());
                return;
            }
            holdSecret(id, key, reply->secret);
            if (reply->remember && mayRemember) {
                m_secrets.write(storeKey(id, key), reply->secret);
            }
            answer.give(reply->secret);
        });
    return answer.future();
}

QDateTime RealEnvironment::now() const
{
    return QDateTime::currentDateTimeUtc();
}

std::unique_ptr<Timer> RealEnvironment::timer(
    std::chrono::milliseconds in, std::function<void()> fire)
{
    return realTimer(in, std::move(fire));
}

double RealEnvironment::randomUnit()
{
    return QRandomGenerator::global()->generateDouble();
}

WireLog *RealEnvironment::wireLog(const AccountId &id)
{
    auto found = m_wireLogs.find(id);
    if (found == m_wireLogs.end()) {
        found = m_wireLogs.insert(id, new WireLog(2000, qint64 { 1 } << 20, this));
    }
    return *found;
}

void RealEnvironment::holdSecret(const AccountId &id, const QString &key, const QString &value)
{
    m_held[id].insert(key, value);
}

void RealEnvironment::dropHeldSecrets(const AccountId &id)
{
    m_held.remove(id);
}

} // namespace linchpin
