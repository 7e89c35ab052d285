// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include "core/files/diskfiles.h"
#include "core/files/filename.h"
#include "core/net/realservices.h"
#include "protocols/sip/sipsession.h"
#include "protocols/sip/sipsettings.h"

#include <QDir>
#include <QFile>
#include <QMap>
#include <QTest>

namespace linchpin::sip::test {

/// One account with a real session that sends and receives files of a folder.
struct FileClient {
    SettingValues settings;
    QString password;
    QString folder;
    QMap<QString, QByteArray> state;
    std::unique_ptr<RealServices> services;
    std::unique_ptr<SipSession> session;
    std::shared_ptr<QThreadPool> pool = std::make_shared<QThreadPool>();
    QList<FileOffer> offers;
    QMap<QString, FileTransferChanged> files; ///< the last news of each
    QMap<QString, std::shared_ptr<PartFile>> sinks;

    FileClient(const QString &user, const QString &login, const QString &secret, quint16 tlsPort,
        const QString &authority, const QString &in)
        : password(secret)
        , folder(in)
    {
        settings.set(QStringLiteral("address"), user);
        settings.set(QStringLiteral("login"), login);
        settings.set(QStringLiteral("server"), QStringLiteral("127.0.0.1"));
        settings.set(QStringLiteral("port"), tlsPort);
        settings.set(QStringLiteral("connection"), QStringLiteral("tls"));
        settings.set(QStringLiteral("proxy-type"), QStringLiteral("none"));
        settings.set(QStringLiteral("ca-file"), authority);
        QDir().mkpath(folder);
    }
    ~FileClient()
    {
        session.reset();
        sinks.clear();
        pool->waitForDone();
    }

    bool signIn()
    {
        ServiceBinding binding;
        binding.settings = accountSchema().complete(settings);
        binding.secret = [this](const QString &) { return ready<QString>(password); };
        binding.storeSecret = [](const QString &, const QString &) { return readyOk(); };
        binding.state = [this](const QString &key) { return state.value(key); };
        binding.setState
            = [this](const QString &key, const QByteArray &value) { state.insert(key, value); };
        binding.log = [](bool, const QByteArray &) { };
        services = std::make_unique<RealServices>(binding);
        session = std::make_unique<SipSession>(binding.settings, *services);
        QObject::connect(session.get(), &Session::event, session.get(),
            [this](const SessionEvent &event) { take(event); });
        session->open({ .availability = Availability::Available });
        return QTest::qWaitFor(
            [this] { return session->state() == Session::State::Online; }, 30000);
    }

    void take(const SessionEvent &event)
    {
        if (const auto *offered = std::get_if<FileOffered>(&event)) {
            offers.append(offered->file);
        } else if (const auto *changed = std::get_if<FileTransferChanged>(&event)) {
            files.insert(changed->id, *changed);
            if (changed->state == FileTransferState::Cancelled
                || changed->state == FileTransferState::Failed) {
                sinks.remove(changed->id);
            }
        } else if (const auto *message = std::get_if<MessageReceived>(&event)) {
            if (message->stored) {
                message->stored();
            }
        }
    }

    /// Offers a new file of this name and these bytes; the answer is offer()'s.
    Async<void> send(
        const QString &id, const QString &to, const QString &name, const QByteArray &bytes) const
    {
        QFile file(QDir(folder).filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) {
            qFatal("cannot write %s", qPrintable(name));
        }
        file.close();
        const auto source = DiskSource::open(file.fileName(), pool);
        if (!QTest::qWaitFor([&] { return source.isFinished(); }) || !source.result()) {
            qFatal("cannot read %s", qPrintable(name));
        }
        return session->files()->offer({ .id = id,
                                           .with = to,
                                           .direction = Direction::Out,
                                           .name = name,
                                           .size = bytes.size() },
            *source.result());
    }

    void accept(const FileOffer &offer)
    {
        const auto sink = PartFile::open(
            { .folder = folder, .name = cleanedFileName(offer.name), .size = offer.size }, pool);
        if (!QTest::qWaitFor([&] { return sink.isFinished(); }) || !sink.result()) {
            qFatal("cannot make a file");
        }
        sinks.insert(offer.id, *sink.result());
        session->files()->accept(offer.id, *sink.result());
    }

    QString saved(const QString &id) const
    {
        const auto sink = sinks.value(id);
        return sink ? sink->path() : QString();
    }
    FileTransferState stateOf(const QString &id) const { return files.value(id).state; }
    QString codeOf(const QString &id) const
    {
        const auto failure = files.value(id).failure;
        return failure ? failure->code + QStringLiteral(": ") + failure->detail : QString();
    }
};

inline QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

inline QByteArray pattern(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i) {
        bytes[i] = char((i * 31 + i / 251) & 0xff);
    }
    return bytes;
}

} // namespace linchpin::sip::test
