// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sdk/contact.h"
#include "core/sdk/result.h"
#include "ui/widgets/uicontext.h"

#include <QDialog>
#include <QHash>

class QFormLayout;
class QLabel;
class QPushButton;

namespace linchpin {

class Account;

/// Who somebody is: picture, name, presence and what the network knows of them (contact card,
/// vCard, whois), as text that can be selected, with links to write and to call. Shows what the
/// contact list has at once and the rest when the server has answered.
class ContactCardDialog : public QDialog {
    Q_OBJECT
public:
    explicit ContactCardDialog(UiContext context, QWidget *parent = nullptr);

    void showCard(const AccountId &account, const ContactAddress &address);
    /// The card as plain text, for the clipboard.
    QString text() const;

Q_SIGNALS:
    void conversationRequested(const linchpin::ConversationKey &key);

private:
    const Account *account() const;
    void ask();
    void showFields(const ContactCard &card);
    void showPresence();
    void say(const QString &words, bool wrong);

    UiContext m_context;
    AccountId m_account;
    ContactAddress m_address;
    ContactCard m_card;
    int m_question = 0; ///< answers to earlier ones are ignored
    QWidget *m_picture;
    QLabel *m_name;
    QLabel *m_presence;
    QFormLayout *m_fields;
    QLabel *m_status;
    QPushButton *m_write = nullptr;
};

/// A value as a link where it is an address, a telephone number or a web page, else escaped text.
QString linkedValue(const QString &value);

} // namespace linchpin
