// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What these people say is content, not interface: every one speaks their own language, nothing is
// translated.

#include "protocols/sip/simulator/democast.h"

#include "protocols/sip/simulator/groupchatdesk.h"
#include "protocols/sip/simulator/scriptedperson.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr int available = int(Availability::Available);
constexpr int inactive = int(Availability::Inactive);
constexpr int busy = int(Availability::Busy);
constexpr int doNotDisturb = int(Availability::DoNotDisturb);
constexpr int beRightBack = int(Availability::BeRightBack);
constexpr int away = int(Availability::Away);

bool contains(const QString &text, QChar::Script script)
{
    return std::ranges::any_of(text.toUcs4(), [&](uint c) { return QChar::script(c) == script; });
}

bool hasEmoji(const QString &text)
{
    return std::ranges::any_of(text.toUcs4(), [](uint c) { return c >= 0x1f300 && c <= 0x1faff; });
}

} // namespace

DemoCast::DemoCast(OcsPool &pool, std::chrono::milliseconds pace, QObject *parent)
    : QObject(parent)
    , m_pool(pool)
    , m_pace(pace)
    , m_colleagues(colleagues())
{
    pool.addUser(account(), u"LITWARE\\demo"_s, password(),
        PersonCard { .displayName = u"Dana Demo"_s,
            .title = u"Explorer"_s,
            .department = u"Demonstrations"_s,
            .company = u"Litware"_s });
    QList<SeedContact> contacts;
    for (const auto &colleague : std::as_const(m_colleagues)) {
        contacts.append(
            { .address = address(colleague.user), .alias = {}, .groups = colleague.groups });
        auto *person = pool.addPerson(address(colleague.user), colleague.card);
        person->setPace(pace);
        m_people.insert(colleague.user, person);
        if (!colleague.moods.isEmpty()) {
            const auto &mood = colleague.moods.first();
            person->setPresence(mood.availability, mood.note, mood.activity);
        }
    }
    pool.setContacts(account(), contacts);
    openRooms();

    m_people.value(u"bob"_s)->setReply(
        [this](const QString &from, const QString &text) { return wittyReply(from, text); });
    m_people.value(u"counter"_s)->setReply([this](const QString &, const QString &text) {
        return countingReply(text);
    });
    m_people.value(u"haruki"_s)->setReply([](const QString &, const QString &) {
        return u"ただいま席を外しています。のちほど返信します。"_s;
    });
    m_people.value(u"zofia"_s)->setReply([](const QString &, const QString &text) {
        return u"Zapisałam: „%1”. Zażółć gęślą jaźń!"_s.arg(text);
    });
    m_people.value(u"layla"_s)->setReply([](const QString &, const QString &) {
        return u"مرحبا بالعالم! وصلت رسالتك."_s;
    });
    connect(&pool, &OcsPool::signedIn, this, &DemoCast::greet);
    if (pace.count() > 0) {
        connect(&m_moods, &QTimer::timeout, this, &DemoCast::changeMood);
        m_moods.start(pace * 6);
    }
}

/// Two rooms of the chat server, for whoever lists them.
void DemoCast::openRooms()
{
    GroupChatDesk &desk = m_pool.groupChat();
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QString lodz = desk.addRoom({ .name = u"Projekt Łódź"_s,
        .description = u"Everything about the move to Łódź"_s,
        .topic = u"Przeprowadzka w marcu"_s,
        .managers = { address(u"zofia"_s) } });
    desk.come(lodz, address(u"zofia"_s));
    desk.come(lodz, address(u"haruki"_s));
    desk.write(lodz, address(u"zofia"_s), u"Zażółć gęślą jaźń: the plan is on the wall."_s,
        now.addDays(-1));
    desk.write(lodz, address(u"haruki"_s), u"こんにちは。I will bring the boxes. 🦄"_s,
        now.addSecs(-3600));
    const QString lunch
        = desk.addRoom({ .name = u"Lunch 昼食"_s, .description = u"Who goes where"_s });
    desk.come(lunch, address(u"layla"_s));
    desk.write(lunch, address(u"layla"_s), u"مرحبا بالعالم — 12:30?"_s, now.addSecs(-600));
}

QString DemoCast::address(const QString &user) const
{
    return user + u'@' + m_pool.domain();
}

QString DemoCast::account() const
{
    return address(u"demo"_s);
}

QString DemoCast::password() const
{
    // Another one for tests that look where it turns up.
    return qEnvironmentVariable("LINCHPIN_SIM_PASSWORD", u"Pa55-demo"_s);
}

QString DemoCast::partner() const
{
    return address(u"bob"_s);
}

QList<DemoCast::Colleague> DemoCast::colleagues() const
{
    const auto litware = u"Litware"_s;
    return {
        { .user = u"bob"_s,
            .card = { .displayName = u"Bob Kelly"_s,
                .title = u"Echo engineer"_s,
                .department = u"Repetition"_s,
                .company = litware,
                .office = u"2/114"_s,
                .phone = u"+1 555 0102"_s },
            .groups = { u"Team"_s },
            .moods = { { available, u"Write to me, I always answer 🦜"_s } } },
        { .user = u"ann"_s,
            .card = { .displayName = u"Ann Beebe"_s,
                .title = u"Project lead"_s,
                .department = u"Sales"_s,
                .company = litware,
                .office = u"2/117"_s,
                .phone = u"+1 555 0101"_s },
            .groups = { u"Team"_s, u"Sales"_s },
            .moods = { { available, u"Planning the launch 🚀"_s },
                { busy, u"Planning the launch 🚀"_s, u"in-a-meeting"_s },
                { available, u"Lunch at noon, who joins?"_s } } },
        { .user = u"zofia"_s,
            .card = { .displayName = u"Zofia Gęślarz"_s,
                .title = u"Inżynierka"_s,
                .department = u"Kraków"_s,
                .company = litware,
                .phone = u"+48 12 555 0103"_s },
            .groups = { u"Kraków"_s },
            .moods = { { busy, u"Zażółć gęślą jaźń"_s }, { available, u"Przerwa na kawę ☕"_s },
                { busy, u"Wydanie 2.0 <&> poprawki"_s, u"on-the-phone"_s } } },
        { .user = u"haruki"_s,
            .card = { .displayName = u"佐藤 春樹"_s,
                .title = u"デザイナー"_s,
                .department = u"東京"_s,
                .company = litware,
                .phone = u"+81 3 5550 0104"_s },
            .groups = { u"東京"_s },
            .moods = { { away, u"こんにちは世界"_s }, { beRightBack, u"お茶の時間 🍵"_s },
                { available, u"こんにちは世界"_s } } },
        { .user = u"layla"_s,
            .card = { .displayName = u"ليلى حداد"_s,
                .title = u"مهندسة"_s,
                .department = u"بيروت"_s,
                .company = litware },
            .groups = { u"Team"_s },
            .moods = { { available, u"مرحبا بالعالم"_s }, { inactive, u"مرحبا بالعالم"_s } } },
        { .user = u"eve"_s,
            .card = { .displayName = u"Eve Stone"_s,
                .title = u"Auditor"_s,
                .department = u"Finance"_s,
                .company = litware },
            .groups = { u"Sales"_s },
            .moods = { { doNotDisturb, u"Quarter end. Really."_s, u"in-presentation"_s },
                { busy, u"Quarter end, almost done"_s } } },
        { .user = u"gus"_s,
            .card = { .displayName = u"Gus Ferrer"_s, .company = litware },
            .groups = { u"Sales"_s },
            .moods = {} },
        { .user = u"counter"_s,
            .card = { .displayName = u"Counter"_s,
                .title = u"Counts what it gets; ask for a \"report\""_s,
                .company = litware },
            .groups = { u"~"_s },
            .moods = { { available, {} } } },
    };
}

void DemoCast::greet(const QString &user)
{
    if (user != account() || m_greeted.contains(user)) {
        return;
    }
    m_greeted += user;
    QTimer::singleShot(std::max(m_pace * 2, std::chrono::milliseconds(200)), this, [this] {
        m_people.value(u"ann"_s)->write(
            account(), u"Hi Dana! Good to see you online 👋 Bob is bored, do write to him."_s);
    });
}

void DemoCast::changeMood()
{
    QList<qsizetype> lively;
    for (qsizetype i = 0; i < m_colleagues.size(); ++i) {
        if (m_colleagues.at(i).moods.size() > 1) {
            lively += i;
        }
    }
    const auto &colleague = m_colleagues.at(lively.at(m_step % lively.size()));
    const auto round = 1 + m_step / lively.size();
    ++m_step;
    const auto &mood = colleague.moods.at(round % colleague.moods.size());
    m_people.value(colleague.user)->setPresence(mood.availability, mood.note, mood.activity);
}

QString DemoCast::wittyReply(const QString &from, const QString &text)
{
    Q_UNUSED(from)
    ++m_replies;
    if (contains(text, QChar::Script_Hiragana) || contains(text, QChar::Script_Katakana)
        || contains(text, QChar::Script_Han)) {
        return u"「%1」ですね。読み返してみましたが、やはり名文です 🗾"_s.arg(text);
    }
    if (contains(text, QChar::Script_Arabic)) {
        return u"كتبتَ: «%1» — وأنا أكرر ما يعجبني فقط."_s.arg(text);
    }
    if (text.contains(u'ą') || text.contains(u'ę') || text.contains(u'ł') || text.contains(u'ż')) {
        return u"„%1” – i to wszystko z ogonkami, brawo!"_s.arg(text);
    }
    if (hasEmoji(text)) {
        return u"%1 – a picture says more than a thousand bytes 👩‍👩‍👧‍👦🦄𝄞"_s
            .arg(text);
    }
    if (text.endsWith(u'?')) {
        return u"“%1” Excellent question. I shall form a committee."_s.arg(text);
    }
    static const std::array answers {
        u"“%1” – I could not have put it better, so I did not try."_s,
        u"“%1” – noted, framed, and hung next to the coffee machine ☕"_s,
        u"“%1” – my parrot agrees 🦜"_s,
        u"„%1“ – das sage ich auch immer."_s,
        u"« %1 » – je n’aurais pas dit mieux."_s,
    };
    return answers.at(size_t(m_replies) % answers.size()).arg(text);
}

QString DemoCast::countingReply(const QString &text)
{
    if (text.trimmed() != "report"_L1) {
        ++m_counted[text];
        return {};
    }
    QJsonObject counts;
    int total = 0;
    for (auto it = m_counted.cbegin(); it != m_counted.cend(); ++it) {
        counts.insert(it.key(), it.value());
        total += it.value();
    }
    return QString::fromUtf8(
        QJsonDocument(QJsonObject { { u"total"_s, total }, { u"counts"_s, counts } })
            .toJson(QJsonDocument::Compact));
}

} // namespace linchpin::sip::sim
