// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/net/tcplistener.h"

#include <QSignalSpy>
#include <QTcpSocket>
#include <QTest>

using namespace linchpin;
using namespace Qt::StringLiterals;

namespace {

constexpr quint16 kFirst = 6891;
constexpr quint16 kLast = 6999;

struct Line {
    std::shared_ptr<Listener> listener;
    QTcpSocket peer;
    std::shared_ptr<Transport> ours;

    Line()
    {
        listener = listenTcp({}, kFirst, kLast).value_or(nullptr);
        if (!listener) {
            qFatal("nothing listens");
        }
        QObject::connect(listener.get(), &Listener::arrived, listener.get(),
            [this](const std::shared_ptr<Transport> &transport) { ours = transport; });
        peer.connectToHost(QHostAddress(QHostAddress::LocalHost), listener->port());
    }
};

} // namespace

class TstTcpListener : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takesPeers()
    {
        Line line;
        QTRY_VERIFY(line.ours);
        QSignalSpy received(line.ours.get(), &Transport::received);
        line.peer.write("VER MSN_SECURE_FTP\r\n");
        QTRY_COMPARE(received.size(), 1);
        QSignalSpy drained(line.ours.get(), &Transport::drained);
        line.ours->write("OK");
        QTRY_COMPARE(line.peer.bytesAvailable(), 2);
        QTRY_COMPARE(line.ours->bytesPending(), 0);
        QVERIFY(!drained.isEmpty());
        QSignalSpy closed(line.ours.get(), &Transport::closed);
        line.peer.disconnectFromHost();
        QTRY_COMPARE(closed.size(), 1);
    }

    void twoPorts()
    {
        const Line first;
        const Line second;
        QVERIFY(first.listener->port() != second.listener->port());
        QVERIFY(second.listener->port() >= kFirst && second.listener->port() <= kLast);
        const auto none = listenTcp({}, first.listener->port(), first.listener->port());
        QVERIFY(!none);
        QCOMPARE(none.error().code, u"no-free-port"_s);
    }

    void nothingBesideAProxy_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<bool>("listens");
        QTest::newRow("none") << int(ProxySettings::Type::None) << true;
        QTest::newRow("system") << int(ProxySettings::Type::System) << true;
        QTest::newRow("http") << int(ProxySettings::Type::Http) << false;
        QTest::newRow("socks") << int(ProxySettings::Type::Socks5) << false;
    }

    void nothingBesideAProxy()
    {
        QFETCH(int, type);
        QFETCH(bool, listens);
        ProxySettings proxy;
        proxy.type = ProxySettings::Type(type);
        const auto listener = listenTcp(proxy, kFirst, kLast);
        QCOMPARE(listener.has_value(), listens);
        if (!listens) {
            QCOMPARE(listener.error().code, u"behind-proxy"_s);
        }
    }

    void paused()
    {
        Line line;
        QTRY_VERIFY(line.ours);
        QByteArray got;
        QObject::connect(
            line.ours.get(), &Transport::received, line.ours.get(), [&](const QByteArray &bytes) {
                got += bytes;
                line.ours->setPaused(true);
            });
        QSignalSpy closed(line.ours.get(), &Transport::closed);
        const QByteArray sent(40'000, 'x');
        line.peer.write(sent);
        line.peer.disconnectFromHost();
        QTRY_COMPARE(line.peer.state(), QAbstractSocket::UnconnectedState);
        QTRY_VERIFY(!got.isEmpty());
        qsizetype before = 0;
        while (got.size() < sent.size()) { // each go brings one piece, and no end before the last
            QVERIFY(got.size() > before);
            QCOMPARE(closed.size(), 0);
            before = got.size();
            line.ours->setPaused(false);
            QTRY_VERIFY(got.size() > before);
        }
        QCOMPARE(got, sent);
        line.ours->setPaused(false);
        QTRY_COMPARE(closed.size(), 1);
    }

    void addresses()
    {
        const QList<QHostAddress> own { QHostAddress(u"127.0.0.1"_s), QHostAddress(u"::1"_s),
            QHostAddress(u"fe80::1"_s), QHostAddress(u"2001:db8::7"_s),
            QHostAddress(u"192.168.1.4"_s), QHostAddress(u"203.0.113.9"_s) };
        QCOMPARE(reachableAddresses(own),
            QStringList({ u"203.0.113.9"_s, u"192.168.1.4"_s, u"2001:db8::7"_s }));
        QCOMPARE(reachableAddresses(own.first(3)), QStringList({ u"127.0.0.1"_s, u"::1"_s }));
    }
};

QTEST_GUILESS_MAIN(TstTcpListener)
#include "tst_tcplistener.moc"
