// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/contactlist/contactcarddialog.h"

#include "core/accounts/accountmanager.h"
#include "core/chat/conversation.h"
#include "core/contacts/contactstore.h"
#include "core/sdk/protocolplugin.h"
#include "ui/presenters/timetext.h"
#include "ui/widgets/common/firstsize.h"
#include "ui/widgets/common/iconset.h"
#include "ui/widgets/common/theme.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QUrl>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace linchpin {

namespace {

constexpr int kPicture = 72;
constexpr int kDot = 18;
constexpr qsizetype kMostFields = 60;
constexpr qsizetype kLongestValue = 2000;

/// The picture with the presence at its edge.
class Picture : public QWidget {
public:
    explicit Picture(QWidget *parent)
        : QWidget(parent)
    {
        setFixedSize(kPicture + 4, kPicture + 4);
        setAccessibleName(ContactCardDialog::tr("Picture"));
    }
    QByteArray image;
    QString name;
    Availability availability = Availability::Unknown;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const QRectF box(2, 2, kPicture, kPicture);
        theme::paintAvatar(painter, box, image, name, palette(), theme::title(font()));
        const QRectF dot(box.right() - kDot + 2, box.bottom() - kDot + 2, kDot, kDot);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(palette().color(QPalette::Window));
        painter.drawEllipse(dot.adjusted(-2, -2, 2, 2));
        theme::paintPresence(painter, dot, availability, palette());
    }
};

/// What the contact list has of a card, with words for its keys.
QList<std::pair<QString, QString>> known(const QMap<QString, QString> &details)
{
    const QList<std::pair<QString, QString>> keys {
        { u"title"_s, ContactCardDialog::tr("Title") },
        { u"department"_s, ContactCardDialog::tr("Department") },
        { u"company"_s, ContactCardDialog::tr("Company") },
        { u"office"_s, ContactCardDialog::tr("Office") },
        { u"email"_s, ContactCardDialog::tr("E-mail") },
        { u"phone"_s, ContactCardDialog::tr("Phone") },
    };
    QList<std::pair<QString, QString>> fields;
    for (const auto &[key, label] : keys) {
        if (details.contains(key)) {
            fields.append({ label, details.value(key) });
        }
    }
    return fields;
}

QLabel *selectable(QWidget *parent)
{
    auto *const label = new QLabel(parent);
    label->setTextInteractionFlags(Qt::TextBrowserInteraction | Qt::TextSelectableByKeyboard);
    label->setWordWrap(true);
    label->setOpenExternalLinks(true);
    // Beside its caption, whatever the direction of the value itself.
    label->setAlignment((QGuiApplication::isRightToLeft() ? Qt::AlignRight : Qt::AlignLeft)
        | Qt::AlignAbsolute | Qt::AlignVCenter);
    return label;
}

} // namespace

QString linkedValue(const QString &value)
{
    static const QRegularExpression mail(u"^[^@\\s<>\"]+@[^@\\s<>\"]+\\.[^@\\s<>\"]+$"_s);
    static const QRegularExpression phone(u"^\\+?[0-9][0-9 ()./-]{4,30}$"_s);
    static const QRegularExpression date(u"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"_s);
    const QString text = value.trimmed();
    QString shown = text.toHtmlEscaped().replace(u'\n', u"<br/>"_s);
    const auto link = [&](const QString &target) {
        return u"<a href=\"%1\">%2</a>"_s.arg(target.toHtmlEscaped(), shown);
    };
    if (mail.match(text).hasMatch()) {
        return link(u"mailto:"_s + QString::fromLatin1(QUrl::toPercentEncoding(text, "@"_ba)));
    }
    if (phone.match(text).hasMatch() && !date.match(text).hasMatch()) {
        QString digits = text;
        digits.removeIf([](QChar c) { return !c.isDigit() && c != u'+'; });
        return digits.size() >= 6 ? link(u"tel:"_s + digits) : shown;
    }
    const QUrl url(text, QUrl::StrictMode);
    if ((url.scheme() == "https"_L1 || url.scheme() == "http"_L1) && url.isValid()
        && !url.host().isEmpty()) {
        return link(QString::fromLatin1(url.toEncoded()));
    }
    return shown;
}

ContactCardDialog::ContactCardDialog(UiContext context, QWidget *parent)
    : QDialog(parent)
    , m_context(context)
    , m_picture(new Picture(this))
    , m_name(selectable(this))
    , m_presence(selectable(this))
    , m_fields(new QFormLayout)
    , m_status(new QLabel(this))
{
    setObjectName(u"contactCardDialog"_s);
    setWindowTitle(tr("Details"));
    setMinimumWidth(440);
    setFirstSize(*this, { 480, 520 });
    m_name->setObjectName(u"cardName"_s);
    m_name->setFont(theme::strong(theme::title(font())));
    m_name->setTextFormat(Qt::PlainText);
    m_presence->setObjectName(u"cardPresence"_s);
    m_presence->setTextFormat(Qt::PlainText);
    m_presence->setFont(theme::small(font()));
    m_status->setObjectName(u"cardStatus"_s);
    m_status->setTextFormat(Qt::PlainText);
    m_status->setWordWrap(true);
    m_status->setFont(theme::small(font()));

    auto *const texts = new QVBoxLayout;
    texts->setSpacing(theme::kUnit);
    texts->addWidget(m_name);
    texts->addWidget(m_presence);
    texts->addStretch();
    auto *const head = new QHBoxLayout;
    head->setSpacing(theme::kGroups);
    head->addWidget(m_picture, 0, Qt::AlignTop);
    head->addLayout(texts, 1);
    auto *const inside = new QWidget;
    inside->setLayout(m_fields);
    m_fields->setContentsMargins(0, 0, theme::kRelated, 0);
    m_fields->setVerticalSpacing(theme::kRelated);
    m_fields->setHorizontalSpacing(theme::kGroups);
    m_fields->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    auto *const scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(inside);
    auto *const buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    m_write = buttons->addButton(tr("Write a message"), QDialogButtonBox::ActionRole);
    m_write->setObjectName(u"writeButton"_s);
    m_write->setIcon(icons::icon(u"send"_s));
    QPushButton *const copy = buttons->addButton(tr("Copy"), QDialogButtonBox::ActionRole);
    copy->setObjectName(u"copyButton"_s);
    copy->setIcon(icons::icon(u"copy"_s));
    copy->setAutoDefault(false);
    auto *const column = new QVBoxLayout(this);
    column->setContentsMargins(theme::kEdge, theme::kEdge, theme::kEdge, theme::kGroups);
    column->setSpacing(theme::kGroups);
    column->addLayout(head);
    column->addWidget(scroll, 1);
    column->addWidget(m_status);
    column->addWidget(buttons);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(copy, &QPushButton::clicked, this,
        [this] { QGuiApplication::clipboard()->setText(text()); });
    connect(m_write, &QPushButton::clicked, this, [this] {
        Q_EMIT conversationRequested({ m_account, m_address.value, ConversationKind::Person });
        accept();
    });
    connect(&context.contacts, &ContactStore::changed, this, &ContactCardDialog::showPresence);
}

const Account *ContactCardDialog::account() const
{
    return m_context.accounts.account(m_account);
}

void ContactCardDialog::showCard(const AccountId &account, const ContactAddress &address)
{
    m_account = account;
    m_address = address;
    ContactCard card;
    card.address = address;
    if (const Contact *const contact = m_context.contacts.contact(account, address)) {
        card.name = contact->snapshot.name;
        card.fields = known(contact->snapshot.details);
        card.photo = contact->avatar;
    }
    showFields(card);
    m_write->setFocus(); // not the name, where a caret would blink
    ask();
}

void ContactCardDialog::ask()
{
    const Account *const through = account();
    Session *const session
        = through && through->state() == Account::State::Online ? through->session() : nullptr;
    DirectoryFacet *const directory = session ? session->directory() : nullptr;
    const int question = ++m_question;
    if (!directory) {
        say(session ? tr("This network tells nothing more about people.")
                    : tr("More is known when the account is online."),
            false);
        return;
    }
    say(tr("Asking the server…"), false);
    directory->card(m_address).then(this, [this, question](const Result<ContactCard> &found) {
        if (question != m_question) {
            return;
        }
        if (!found) {
            say(found.error().detail.isEmpty() ? found.error().title
                                               : found.error().title + u'\n' + found.error().detail,
                true);
            return;
        }
        say({}, false);
        ContactCard card = *found;
        if (card.photo.isEmpty()) {
            card.photo = m_card.photo;
        }
        if (card.name.isEmpty()) {
            card.name = m_card.name;
        }
        if (card.fields.isEmpty()) {
            card.fields = m_card.fields;
        }
        showFields(card);
    });
}

void ContactCardDialog::showFields(const ContactCard &card)
{
    m_card = card;
    const QString name = card.name.isEmpty() ? m_address.value : card.name;
    m_name->setText(name);
    setWindowTitle(tr("Details of %1").arg(name));
    while (m_fields->rowCount() > 0) {
        m_fields->removeRow(0);
    }
    const auto add = [this](const QString &label, const QString &value) {
        auto *const caption = new QLabel(label);
        caption->setTextFormat(Qt::PlainText);
        caption->setForegroundRole(QPalette::PlaceholderText);
        QLabel *const text = selectable(nullptr);
        text->setTextFormat(Qt::RichText);
        text->setText(linkedValue(value.left(kLongestValue)));
        text->setAccessibleName(u"%1: %2"_s.arg(label, value.left(kLongestValue)));
        caption->setBuddy(text);
        m_fields->addRow(caption, text);
    };
    add(tr("Address"), m_address.value);
    for (const auto &[label, value] :
        card.fields.first(std::min<qsizetype>(card.fields.size(), kMostFields))) {
        add(label, value);
    }
    if (const Account *const through = account()) {
        add(tr("Account"), through->name());
    }
    showPresence();
}

void ContactCardDialog::showPresence()
{
    auto *const picture = static_cast<Picture *>(m_picture);
    const Contact *const contact = m_context.contacts.contact(m_account, m_address);
    const Presence presence = contact ? contact->presence : Presence {};
    picture->image = m_card.photo;
    picture->name = m_name->text();
    picture->availability = presence.availability;
    picture->update();
    QStringList words { presence.activity.isEmpty() ? displayName(presence.availability)
                                                    : presence.activity };
    if (presence.idleSince.isValid()) {
        words.append(idleText(presence.idleSince, QDateTime::currentDateTimeUtc()));
    }
    if (!presence.text.isEmpty()) {
        words.append(presence.text.left(kLongestValue));
    }
    m_presence->setText(words.join(u" · "_s));
}

void ContactCardDialog::say(const QString &words, bool wrong)
{
    QPalette colors = palette();
    colors.setColor(
        QPalette::WindowText, wrong ? theme::danger(palette()) : theme::muted(palette()));
    m_status->setPalette(colors);
    m_status->setText(words);
    m_status->setVisible(!words.isEmpty());
}

QString ContactCardDialog::text() const
{
    QStringList lines { m_name->text(), m_address.value };
    for (const auto &[label, value] : m_card.fields) {
        lines.append(u"%1: %2"_s.arg(label, value));
    }
    return lines.join(u'\n');
}

} // namespace linchpin
