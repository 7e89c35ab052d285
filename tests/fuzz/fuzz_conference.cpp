// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// What is said about conferences, and the pages and links that lead to one: none may crash, a state
// stays in bounds whatever comes after what, and an address that is understood is understood again.

#include "protocols/sip/conference/cccp.h"
#include "protocols/sip/conference/conferenceaddress.h"
#include "protocols/sip/conference/conferenceinfo.h"
#include "protocols/sip/conference/conferenceinvitation.h"
#include "protocols/sip/conference/conferenceroster.h"
#include "tests/fuzz/fuzzcheck.h"

#include <cstddef>
#include <cstdint>

using namespace linchpin;
using namespace linchpin::sip;
using linchpin::fuzz::check;
using linchpin::fuzz::tried;

namespace {

const QString focus = QStringLiteral("sip:ben@litwareinc.test;gruu;opaque=app:conf:focus:id:8C1F");

/// What a partial state changes.
ConferenceState whole()
{
    ConferenceState state;
    const QByteArray document = "<conference-info entity=\"" + focus.toUtf8()
        + "\" state=\"full\" version=\"1\"><users><user entity=\"sip:ann@litwareinc.test\">"
          "<endpoint entity=\"{1}\" session-type=\"chat\"><status>connected</status></endpoint>"
          "</user></users></conference-info>";
    check(applyConferenceInfo(state, document, focus) == InfoOutcome::Applied, "a whole state");
    return state;
}

void notifications(QByteArrayView data)
{
    ConferenceState known = whole();
    tried(applyConferenceInfo(known, data, focus));
    ConferenceState state;
    ConferenceRoster roster(QStringLiteral("ben@litwareinc.test"));
    // One after the other, whole, and in the order no server would send them in.
    const qsizetype half = data.size() / 2;
    for (const QByteArrayView document : { data, data.first(half), data.sliced(half), data }) {
        const ConferenceState before = state;
        const InfoOutcome outcome = applyConferenceInfo(state, document, focus);
        check(outcome == InfoOutcome::Applied || state == before, "a state changed by nothing");
        tried(roster.update(state, focus));
        for (const ConferenceUser &user : std::as_const(state.users)) {
            tried(user.isWaiting());
            tried(user.muted());
            tried(user.audioMedia());
        }
    }
    tried(applyConferenceInfo(state, data, focus, true));
}

void addresses(QByteArrayView data)
{
    const QString text = QString::fromUtf8(data);
    if (const auto found = normalizedFocus(text)) {
        check(normalizedFocus(*found) == found, "an address that changes");
        tried(mcuUri(*found, QStringLiteral("chat")));
        tried(organizerOf(*found));
        tried(conferenceIdOf(*found));
    }
    tried(isMeetLink(text));
    const MeetPage page = readMeetPage(data);
    if (page.focus) {
        check(normalizedFocus(*page.focus) == page.focus, "a page's address that changes");
    }
    check(page.launcher.isEmpty() || page.launcher.scheme() == QLatin1String("https"),
        "a page in the clear");
    tried(focusFactory(data));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArrayView bytes(data, qsizetype(size));
    notifications(bytes);
    addresses(bytes);
    [[maybe_unused]] const auto response = parseCccpResponse(bytes);
    if (const auto invitation = parseConferenceInvitation(bytes)) {
        const auto again = parseConferenceInvitation(buildConferenceInvitation(*invitation));
        check(again && again->focus == invitation->focus && again->subject == invitation->subject,
            "invitation");
    }
    return 0;
}
