// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/accounts/servicefinder.h"

#include <QWidget>

class QButtonGroup;
class QRadioButton;

namespace linchpin {

class PluginRegistry;

/// The kinds of service that an address may belong to, one radio button a protocol, always in the
/// same order. The best guess is checked until the user picks another.
class ServiceChoice : public QWidget {
    Q_OBJECT
public:
    explicit ServiceChoice(PluginRegistry &plugins, QWidget *parent = nullptr);

    void setGuesses(const QList<ServiceGuess> &guesses); ///< ranked
    bool isEmpty() const { return m_rows.isEmpty(); }
    QString protocol() const; ///< of the one that is checked; empty: none
    /// What is known of the one that is checked; without a reason where nothing is.
    ServiceGuess guess() const;
    bool isByHand() const { return m_byHand; }
    void forgetHand() { m_byHand = false; }

Q_SIGNALS:
    void changed(); ///< by hand

private:
    struct Row {
        QString protocol;
        QString name;
        QRadioButton *button = nullptr;
    };

    PluginRegistry &m_plugins;
    QButtonGroup *m_group;
    QList<Row> m_rows;
    QList<ServiceGuess> m_guesses;
    bool m_byHand = false;
};

} // namespace linchpin
