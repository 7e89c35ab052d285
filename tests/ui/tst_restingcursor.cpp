// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "ui/widgets/common/restingcursor.h"

#include <QApplication>
#include <QLineEdit>
#include <QTest>

using namespace linchpin;
using namespace std::chrono_literals;

/// The text cursor stands still after a while without input, and blinks again with the next key.
class TestRestingCursor : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { QApplication::setCursorFlashTime(500); }
    void restsAndWakes()
    {
        const RestingCursor cursor(1ms);
        QTRY_COMPARE(QApplication::cursorFlashTime(), 0);
        QLineEdit edit;
        edit.show();
        QVERIFY(QTest::qWaitForWindowExposed(&edit));
        int flashTime = 0;
        connect(&edit, &QLineEdit::textEdited, &edit,
            [&flashTime] { flashTime = QApplication::cursorFlashTime(); });
        QTest::keyClick(&edit, Qt::Key_A);
        QCOMPARE(flashTime, 500);
        QTRY_COMPARE(QApplication::cursorFlashTime(), 0);
    }
    void leavesTheDesktopsTimeBehind()
    {
        {
            const RestingCursor cursor(1ms);
            QTRY_COMPARE(QApplication::cursorFlashTime(), 0);
        }
        QCOMPARE(QApplication::cursorFlashTime(), 500);
    }
};

QTEST_MAIN(TestRestingCursor)
#include "tst_restingcursor.moc"
