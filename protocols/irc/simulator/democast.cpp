// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/irc/simulator/democast.h"

#include "protocols/irc/simulator/simserver.h"

#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::irc::sim {

namespace {

enum class Act { Say, Wave, Join, Part, Topic, Away };

struct Step {
    Act act;
    const char *who;
    const char *text;
};

constexpr std::array kScript {
    Step { Act::Say, "kenji", "こんにちは世界 – is anybody else testing the new release?" },
    Step { Act::Say, "marta", "Zażółć gęślą jaźń. Works here, umlauts and all." },
    Step { Act::Join, "layla", "" },
    Step { Act::Say, "layla", "مرحبا بالعالم 👋" },
    Step { Act::Wave, "kenji", "pours another cup of tea 🍵" },
    Step { Act::Topic, "marta", "Linchpin: one window for all of us · release on Friday 🦄" },
    Step { Act::Away, "kenji", "lunch" },
    Step { Act::Say, "tomasz", "Has somebody seen the notes of Monday's meeting?" },
    Step { Act::Say, "marta", "tomasz: https://example.org/notes/2026-11-16" },
    Step { Act::Part, "layla", "back later" },
    Step { Act::Say, "tomasz", "Thanks 👩‍👩‍👧‍👦 from all of us." },
    Step { Act::Away, "kenji", "" },
    Step { Act::Topic, "marta",
        "Linchpin: talk about the messenger that holds your accounts together" },
};

constexpr std::array kAnswers {
    "Yes, I am here. How is it going?",
    "Sounds good. Let us talk about it at three.",
    "Rozumiem – zrobione! 🦄",
    "Give me a minute, I will look it up.",
};

} // namespace

DemoCast::DemoCast(SimServer &server, std::chrono::milliseconds pace, QObject *parent)
    : QObject(parent)
    , m_server(server)
    , m_pace(pace)
{
    server.addAccount(account(), password());
    for (const auto &[nick, name] :
        { std::pair { "marta", "Marta Żółkiewska" }, std::pair { "kenji", "田中健二" },
            std::pair { "tomasz", "Tomasz" }, std::pair { "layla", "ليلى" } }) {
        server.addPerson(nick, name);
    }
    for (const char *nick : { "marta", "kenji", "tomasz" }) {
        server.join(nick, room());
    }
    server.setTopic("marta", room(), kScript.back().text);
    connect(&server, &SimServer::said, this, &DemoCast::answer);
    connect(&server, &SimServer::joined, this,
        [this](const QByteArray &nick, const QByteArray &channel) {
            if (nick.startsWith(account()) && channel == room()) {
                later(1, [this, nick] { m_server.say("kenji", room(), nick + ": welcome! 🦄"); });
                for (int i = 1; i <= m_flood; ++i) {
                    m_server.say(partner(), nick, "flood " + QByteArray::number(i));
                }
            }
        });
    if (m_pace.count() > 0) {
        m_timer.setInterval(m_pace * 4);
        connect(&m_timer, &QTimer::timeout, this, &DemoCast::playOn);
        m_timer.start();
    }
}

void DemoCast::later(int paces, std::function<void()> what)
{
    QTimer::singleShot(m_pace * paces, this, std::move(what));
}

void DemoCast::answer(const QByteArray &nick, const QByteArray &target, const QByteArray &text)
{
    const QByteArray words = kAnswers[size_t(m_answered++) % kAnswers.size()];
    if (target.startsWith('#')) {
        if (text.contains('?') || text.toLower().contains("marta")) {
            later(1, [this, nick, target, words] {
                m_server.say("marta", target, nick + ": " + words);
            });
        }
        return;
    }
    const QByteArray who = target.toLower();
    m_server.type(who, nick, true);
    later(1, [this, nick, who, words] { m_server.say(who, nick, words); });
}

void DemoCast::playOn()
{
    const Step &step = kScript[size_t(m_step++) % kScript.size()];
    switch (step.act) {
    case Act::Say:
        m_server.say(step.who, room(), step.text);
        break;
    case Act::Wave:
        m_server.act(step.who, room(), step.text);
        break;
    case Act::Join:
        m_server.join(step.who, room());
        break;
    case Act::Part:
        m_server.part(step.who, room(), step.text);
        break;
    case Act::Topic:
        m_server.setTopic(step.who, room(), step.text);
        break;
    case Act::Away:
        m_server.setAway(step.who, step.text);
        break;
    }
}

} // namespace linchpin::irc::sim
