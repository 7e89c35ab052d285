// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "tests/interop/jsonprocess.h"

#include <expected>

namespace linchpin::interop {

/// One pidgin-sipe account in a process of its own (purple_driver.c), on Debian 12.
class PurpleClient : public JsonProcess {
    Q_OBJECT
public:
    struct Account {
        QString address;
        QString login;
        QString password;
        quint16 port = 0;
        QString transport = QStringLiteral("tls");
        QString scheme = QStringLiteral("ntlm"); ///< ntlm, krb5, tls-dsk, auto
        QString authorityFile = {};
        QString userAgent = QStringLiteral(
            "UCCAPI/3.5.6907.0 OC/3.5.6907.0 (Microsoft Office Communicator 2007 R2)");
        QString mail = {}; ///< URL of Exchange Web Services; empty: there is no Exchange
        QString groupChat = {}; ///< whom to ask for rooms; empty: as found
        QString directory = {}; ///< of this run
    };

    /// Why it cannot be used. Skipped means: there is no Debian 12 here.
    struct Unavailable {
        bool skipped = false;
        QString why = {};
    };
    /// Compiles the driver where it will run.
    static std::expected<void, Unavailable> prepare();

    explicit PurpleClient(const Account &account, QObject *parent = nullptr);

    /// Ends it by "quit". True when it went in order.
    bool quit();

private:
    static QStringList wrapped(const QStringList &command);
    static QString driver();
};

} // namespace linchpin::interop
