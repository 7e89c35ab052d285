// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "protocols/sip/simulator/proxy.h"

#include "protocols/sip/simulator/simmessages.h"
#include "protocols/sip/wire/sipuri.h"

#include <algorithm>
#include <ranges>

using namespace Qt::StringLiterals;

namespace linchpin::sip::sim {

namespace {

constexpr qsizetype keptForwards = 500;

quint32 sequenceOf(const SipMessage &message)
{
    const auto cseq = parseCSeq(message.header("CSeq"));
    return cseq ? cseq->number : 0;
}

} // namespace

Proxy::Proxy(PoolCore &core)
    : m_core(core)
{
}

Proxy::Forward *Proxy::find(
    const QByteArray &callId, quint32 number, QByteArrayView method, Hop *source)
{
    // From the newest: a Call-ID may have been used again.
    for (Forward &forward : m_forwards | std::views::reverse) {
        if (forward.original.method == method && forward.source == source
            && forward.original.header("Call-ID") == callId
            && sequenceOf(forward.original) == number) {
            return &forward;
        }
    }
    return nullptr;
}

std::expected<QList<Endpoint>, Proxy::Refusal> Proxy::targets(
    const SipMessage &request, Hop &from) const
{
    const auto uri = parseSipUri(request.uri);
    if (!uri || uri->scheme != "sip") {
        return std::unexpected(Refusal { 400 });
    }
    for (const auto &endpoint : m_core.endpoints()) {
        if (endpoint.contact == request.uri
            || (uri->parameters.has("opaque") && uri->parameters.has("gruu")
                && endpoint.gruu == request.uri)) {
            return QList { endpoint };
        }
    }
    const auto to = addressHeader(request, "To");
    const bool inDialog = !to.tag().isEmpty();
    if (uri->parameters.has("gruu") && uri->parameters.value("opaque").startsWith("user:epid:")) {
        return std::unexpected(
            Refusal { inDialog ? 481 : 480, "15030;reason=\"Failed to route to GRUU\"" });
    }
    const auto address = addressOfUri(request.uri);
    const auto *user = m_core.user(address);
    if (!user) {
        return address.endsWith(u'@' + m_core.domain)
            ? std::unexpected(Refusal { 404, "1003;reason=\"User does not exist\"" })
            : std::unexpected(Refusal { 504, "1008;reason=\"Unable to resolve DNS SRV record\"" });
    }
    auto endpoints = m_core.endpointsOf(address);
    // A call to oneself is for one's other devices.
    endpoints.removeIf([&](const Endpoint &e) { return e.hop == &from; });
    if (endpoints.isEmpty() || user->presence.level(addressIn(request, "From")) == 32000) {
        return std::unexpected(Refusal { 480, "15014;reason=\"Called party is not registered\"" });
    }
    const auto epid = QString::fromLatin1(to.parameters.value("epid"));
    const auto named = std::ranges::find(endpoints, epid, &Endpoint::epid);
    if (!epid.isEmpty() && named != endpoints.end()) {
        return QList { *named };
    }
    if (request.method != "INVITE" || inDialog) {
        return QList { endpoints.first() }; // the most recent one
    }
    return endpoints;
}

void Proxy::request(const SipMessage &request, Hop &from)
{
    if (request.method == "CANCEL") {
        cancel(request, from);
        return;
    }
    if (request.method == "ACK") {
        acknowledge(request, from);
        return;
    }
    bool ok = false;
    const int hops = request.header("Max-Forwards").trimmed().toInt(&ok);
    if (ok && hops <= 0) {
        m_core.answer(request, from, 483);
        return;
    }
    const auto uri = parseSipUri(request.uri);
    if (request.method == "OPTIONS" && uri && uri->user.isEmpty()) {
        auto response = responseTo(request, 200);
        response.addHeader("Allow",
            "INVITE, ACK, BYE, CANCEL, MESSAGE, INFO, OPTIONS, REGISTER, SUBSCRIBE, SERVICE, "
            "REFER");
        from.deliver(response);
        return;
    }

    const auto targets = this->targets(request, from);
    if (!targets) {
        auto response = responseTo(request, targets.error().status);
        if (!targets.error().diagnostics.isEmpty()) {
            response.addHeader("ms-diagnostics",
                targets.error().diagnostics + ";source=" + quoted(m_core.fqdn.toUtf8()));
        }
        from.deliver(response);
        return;
    }
    if (request.method == "INVITE") {
        from.deliver(responseTo(request, 100));
    }
    if (m_forwards.size() >= keptForwards) {
        m_forwards.removeFirst();
    }
    auto &forward = m_forwards.emplace_back();
    forward.original = request;
    forward.source = &from;
    for (const auto &target : *targets) {
        forward.branches.append({ .id = "z9hG4bK" + randomHex(10),
            .hop = target.hop,
            .sent = {},
            .finalResponse = {} });
    }
    for (const auto &target : *targets) {
        send(forward, target);
    }
}

void Proxy::send(Forward &forward, const Endpoint &target)
{
    const auto branch = std::ranges::find_if(forward.branches,
        [&](const Branch &b) { return b.hop == target.hop && b.sent.method.isEmpty(); });
    if (branch == forward.branches.end()) {
        return;
    }
    auto message = forward.original;
    message.uri = target.contact;
    message.removeHeader("Authorization");
    message.removeHeader("Proxy-Authorization");
    message.removeHeader("Route");
    bool ok = false;
    const int hops = message.header("Max-Forwards").trimmed().toInt(&ok);
    message.setHeader("Max-Forwards", QByteArray::number(ok ? hops - 1 : 69));
    if (message.method == "INVITE") {
        prependHeader(message, "Record-Route",
            "<sip:" + m_core.fqdn.toUtf8() + ";transport=" + target.hop->transport().toLower()
                + ";opaque=state:T;lr>");
    }
    const auto sender = addressIn(message, "From");
    if (const auto *user = m_core.user(sender)) {
        message.setHeader("P-Asserted-Identity",
            quoted(user->presence.card().displayName.toUtf8()) + "<sip:" + sender.toUtf8() + '>');
    }
    pushVia(message,
        "SIP/2.0/" + target.hop->transport() + ' ' + m_core.fqdn.toUtf8()
            + ";branch=" + branch->id);
    branch->sent = message;
    target.hop->deliver(message);
}

void Proxy::acknowledge(const SipMessage &request, Hop &from)
{
    const auto *forward = find(request.header("Call-ID"), sequenceOf(request), "INVITE", &from);
    if (forward && forward->answered >= 300) {
        return; // the failed branches have had theirs already, RFC 3261 17.1.1.3
    }
    const auto targets = this->targets(request, from);
    if (!targets) {
        return;
    }
    auto message = request;
    const auto &target = targets->first();
    message.uri = target.contact;
    message.removeHeader("Authorization");
    message.removeHeader("Route");
    pushVia(message,
        "SIP/2.0/" + target.hop->transport() + ' ' + m_core.fqdn.toUtf8() + ";branch=z9hG4bK"
            + randomHex(10));
    target.hop->deliver(message);
}

void Proxy::cancel(const SipMessage &request, Hop &from)
{
    auto *forward = find(request.header("Call-ID"), sequenceOf(request), "INVITE", &from);
    m_core.answer(request, from, forward ? 200 : 481);
    forward = find(request.header("Call-ID"), sequenceOf(request), "INVITE", &from);
    if (forward && forward->answered == 0) {
        forward->cancelled = true;
        cancelPending(*forward);
    }
}

void Proxy::cancelPending(Forward &forward)
{
    QList<std::pair<Hop *, SipMessage>> out;
    for (const auto &branch : std::as_const(forward.branches)) {
        if (branch.status != 0 || branch.sent.method.isEmpty()) {
            continue;
        }
        auto message = SipMessage::request("CANCEL", branch.sent.uri);
        message.addHeader("Via", branch.sent.headerValues("Via").value(0));
        message.addHeader("Max-Forwards", "70");
        for (const auto name : { "From", "To", "Call-ID" }) {
            message.addHeader(name, branch.sent.header(name));
        }
        message.addHeader("CSeq", QByteArray::number(sequenceOf(branch.sent)) + " CANCEL");
        out.append({ branch.hop, message });
    }
    for (const auto &[hop, message] : out) {
        hop->deliver(message);
    }
}

void Proxy::response(const SipMessage &response, Hop &from)
{
    const auto id = topBranch(response);
    const auto cseq = parseCSeq(response.header("CSeq"));
    const auto forward = std::ranges::find_if(m_forwards, [&](const Forward &f) {
        return std::ranges::find(f.branches, id, &Branch::id) != f.branches.end();
    });
    if (forward == m_forwards.end() || !cseq || cseq->method == "CANCEL") {
        return; // answers to the pool's own NOTIFY and CANCEL
    }
    auto &branch = *std::ranges::find(forward->branches, id, &Branch::id);
    if (branch.hop != &from) {
        m_core.complain(u"response for somebody else's branch"_s);
        return;
    }
    auto passed = response;
    popVia(passed);
    auto *source = forward->source;
    if (!response.isFinal()) {
        if (response.status > 100 && source && forward->answered == 0) {
            source->deliver(passed);
        }
        return;
    }
    const bool isInvite = forward->original.method == "INVITE";
    if (branch.status != 0) {
        return; // a repeated final response
    }
    branch.status = response.status;
    branch.finalResponse = passed;
    if (response.status < 300) {
        const bool first = forward->answered == 0;
        forward->answered = response.status;
        if (first && isInvite) {
            cancelPending(*forward);
        }
        if (source) {
            source->deliver(passed);
        }
        return;
    }
    if (isInvite) {
        auto ack = SipMessage::request("ACK", branch.sent.uri);
        ack.addHeader("Via", branch.sent.headerValues("Via").value(0));
        ack.addHeader("Max-Forwards", "70");
        ack.addHeader("From", response.header("From"));
        ack.addHeader("To", response.header("To"));
        ack.addHeader("Call-ID", response.header("Call-ID"));
        ack.addHeader("CSeq", QByteArray::number(cseq->number) + " ACK");
        from.deliver(ack);
        if (response.status >= 600) {
            cancelPending(*forward);
        }
    }
    finish(*forward);
}

void Proxy::finish(Forward &forward)
{
    const bool open
        = std::ranges::any_of(forward.branches, [](const Branch &b) { return b.status == 0; });
    if (open || forward.answered != 0 || forward.branches.isEmpty()) {
        return;
    }
    // RFC 3261 16.7: a 6xx wins, then the lowest.
    const auto rank = [](const Branch &b) { return b.status >= 600 ? 0 : b.status; };
    const auto best = std::ranges::min_element(forward.branches, {}, rank);
    forward.answered = best->status;
    if (forward.source) {
        const auto message = best->finalResponse;
        forward.source->deliver(message);
    }
}

void Proxy::hopGone(Hop *hop)
{
    for (auto &forward : m_forwards) {
        if (forward.source == hop) {
            forward.source = nullptr;
        }
    }
    // Whoever waits for an answer from there will not get one.
    QList<QByteArray> lost;
    for (auto &forward : m_forwards) {
        for (auto &branch : forward.branches) {
            if (branch.hop == hop) {
                branch.hop = nullptr;
                if (branch.status == 0) {
                    branch.status = 408;
                    branch.finalResponse = responseTo(forward.original, 408);
                    lost += branch.id;
                }
            }
        }
    }
    for (const auto &id : std::as_const(lost)) {
        const auto forward = std::ranges::find_if(m_forwards, [&](const Forward &f) {
            return std::ranges::find(f.branches, id, &Branch::id) != f.branches.end();
        });
        if (forward != m_forwards.end()) {
            finish(*forward);
        }
    }
}

} // namespace linchpin::sip::sim
