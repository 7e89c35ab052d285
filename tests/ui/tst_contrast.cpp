// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/theme.h"

#include <QApplication>
#include <QTest>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace linchpin;

namespace {

constexpr double kText = 4.5; // WCAG 2.2, 1.4.3, level AA
constexpr double kSign = 3.0; // WCAG 2.2, 1.4.11: what is not text but tells something

/// WCAG 2.2, "relative luminance".
double luminance(const QColor &color)
{
    const auto part = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * part(color.redF()) + 0.7152 * part(color.greenF())
        + 0.0722 * part(color.blueF());
}

double contrast(const QColor &a, const QColor &b)
{
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return std::max(first, second) / std::min(first, second);
}

struct Named {
    QString name;
    QColor color;
};

} // namespace

/// Whatever is written can be read: every pair of text and ground that the window uses.
class ContrastTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsTheExtremes();
    void pairs_data();
    void pairs();
};

void ContrastTest::knowsTheExtremes()
{
    QCOMPARE(contrast(Qt::white, Qt::black), 21.0);
    QCOMPARE(contrast(Qt::red, Qt::red), 1.0);
    QVERIFY(contrast(QColor(0x767676), Qt::white) >= kText); // the known lightest grey
    QVERIFY(contrast(QColor(0x777777), Qt::white) < kText);
}

void ContrastTest::pairs_data()
{
    QTest::addColumn<QColor>("ink");
    QTest::addColumn<QColor>("ground");
    QTest::addColumn<double>("least");
    for (const auto scheme : { theme::Scheme::Light, theme::Scheme::Dark }) {
        theme::apply(scheme);
        const QPalette p = QApplication::palette();
        const QString where = scheme == theme::Scheme::Dark ? u"dark: "_s : u"light: "_s;
        const auto row = [&](const Named &ink, const Named &ground, double least = kText) {
            QTest::newRow(qPrintable(where + ink.name + u" on "_s + ground.name))
                << ink.color << ground.color << least;
        };
        const auto role = [&p](const QString &name, QPalette::ColorRole which) {
            return Named { name, p.color(QPalette::Active, which) };
        };
        const Named base = role(u"base"_s, QPalette::Base);
        const Named window = role(u"window"_s, QPalette::Window);
        const Named text = role(u"text"_s, QPalette::Text);
        const Named button = role(u"button"_s, QPalette::Button);
        const Named placeholder = role(u"placeholder"_s, QPalette::PlaceholderText);
        const Named muted { u"muted"_s, theme::muted(p) };
        const Named link { u"link"_s, theme::link(p) };
        const Named danger { u"danger"_s, theme::danger(p) };
        const Named accentText { u"accent text"_s, theme::accentText(p) };
        const Named hover { u"hovered row"_s, theme::hover(p) };
        const Named selection { u"selected row"_s, theme::selection(p) };
        const Named own { u"own bubble"_s, theme::ownBubble(p) };
        const Named other { u"other bubble"_s, theme::otherBubble(p) };
        const Named mention { u"mention"_s, theme::mention(p) };
        const Named found { u"found word"_s, theme::found(p) };
        const QList<Named> rows { base, window, hover, selection };
        const QList<Named> messages { base, own, other, mention, hover };

        // Qt's own widgets.
        row(role(u"window text"_s, QPalette::WindowText), window);
        row(role(u"button text"_s, QPalette::ButtonText), button);
        row(role(u"button text"_s, QPalette::ButtonText), window); // buttons that are flat
        row(role(u"button text"_s, QPalette::ButtonText), selection); // pressed and checked
        row(role(u"highlighted text"_s, QPalette::HighlightedText),
            role(u"highlight"_s, QPalette::Highlight));
        row(role(u"tooltip text"_s, QPalette::ToolTipText),
            role(u"tooltip"_s, QPalette::ToolTipBase));
        row(role(u"visited link"_s, QPalette::LinkVisited), base);
        for (const Named &ground : { base, window }) {
            row(placeholder, ground);
            row(danger, ground);
        }
        row(placeholder, role(u"alternate base"_s, QPalette::AlternateBase));
        row(text, role(u"alternate base"_s, QPalette::AlternateBase));
        // Lists.
        for (const Named &ground : rows) {
            row(text, ground);
            row(muted, ground);
            row(link, ground); // unread tabs, "Why?"
        }
        row(danger, selection);
        row(danger, hover);
        row(accentText, window);
        row(text, found);
        // Messages.
        for (const Named &ground : messages) {
            row({ u"message"_s, text.color }, ground);
            row({ u"time of a message"_s, muted.color }, ground);
            row({ u"link of a message"_s, link.color }, ground);
        }
        row({ u"link that was found"_s, link.color }, found);
        row(danger, { u"the messages' ground"_s, base.color });
        row(accentText, base);
        // Badges.
        row({ u"count"_s, theme::onAccent(p) }, { u"badge"_s, theme::accent(p) });
        row({ u"count"_s, theme::onAccent(p) }, { u"badge of a mention"_s, theme::urgent() });
        // The colours of accounts and people: names are written in them, stripes drawn.
        for (int i = 0; i < theme::kAccountColors; ++i) {
            const Named color { u"colour %1"_s.arg(i), theme::account(i, p) };
            for (const Named &ground : { base, other, mention, hover }) {
                row({ u"name in "_s + color.name, color.color }, ground);
            }
            for (const Named &ground : rows) {
                row({ u"stripe in "_s + color.name, color.color }, ground, kSign);
            }
            row({ u"initials in "_s + color.name, theme::avatarLetters(color.color, p) },
                { u"their disc"_s, theme::avatarDisc(color.color, p) });
        }
        for (const Availability availability : { Availability::Available, Availability::Busy,
                 Availability::DoNotDisturb, Availability::Away, Availability::Invisible,
                 Availability::Offline, Availability::Unknown }) {
            for (const Named &ground : rows) {
                row({ u"sign of "_s + toWord(availability), theme::presence(availability, p) },
                    ground, kSign);
            }
        }
        row({ u"focus border"_s, theme::accent(p) }, base, kSign);
        row({ u"focus border"_s, theme::accent(p) }, window, kSign);
    }
}

void ContrastTest::pairs()
{
    QFETCH(const QColor, ink);
    QFETCH(const QColor, ground);
    QFETCH(const double, least);
    const double is = contrast(ink, ground);
    QVERIFY2(is >= least,
        qPrintable(u"%1 on %2 has %3:1, not %4:1"_s.arg(ink.name(), ground.name())
                .arg(is, 0, 'f', 2)
                .arg(least)));
}

QTEST_MAIN(ContrastTest)
#include "tst_contrast.moc"
