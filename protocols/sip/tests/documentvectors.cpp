// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocols/sip/tests/documentvectors.h"

using namespace Qt::StringLiterals;

namespace linchpin::sip {

QByteArray contactListVector()
{
    return R"x(<contactList deltaNum="37" ucsmode="disabled" xmlns="http://schemas.microsoft.com/winrtc/2002/11/sip">
 <group id="1" name="~" externalURI=""/>
 <group id="2" name="Sales" externalURI=""/>
 <group id="4" name="Old" externalURI=""/>
 <group id="5" name="All-Hands" externalURI="ldap:x"><groupExtension groupType="dg"><email>all@litwareinc.com</email></groupExtension></group>
 <contact uri="ann@litwareinc.com" name="" groups="1 2" subscribed="true" externalURI=""/>
 <contact uri="cho@contoso.com" name="Cho (Contoso)" groups="1" subscribed="true" externalURI=""/>
 <contact uri="old@litwareinc.com" name="" groups="" subscribed="false" externalURI=""/>
</contactList>)x"_ba;
}

QByteArray contactDeltaVector()
{
    return R"(<contactDelta deltaNum="38" prevDeltaNum="37" xmlns="http://schemas.microsoft.com/winrtc/2002/11/sip">
 <addedGroup id="6" name="Partners" externalURI=""/>
 <modifiedGroup id="2" name="Sales EMEA"/>
 <deletedGroup id="4"/>
 <addedContact uri="sip:Dee@LitwareInc.com" name="" groups="6" subscribed="true"/>
 <modifiedContact uri="sip:ann@litwareinc.com" name="Annie" groups="2 6"/>
 <deletedContact uri="sip:old@litwareinc.com"/>
</contactDelta>)"_ba;
}

QByteArray categoriesVector()
{
    return R"(<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:ann@litwareinc.com">
 <category name="contactCard" instance="0" publishTime="2026-03-01T12:00:00"><contactCard xmlns="http://schemas.microsoft.com/2006/09/sip/contactcard">
   <identity><name><displayName>Ann Beebe</displayName></name><email>ann@litwareinc.com</email></identity>
   <company>Litware</company><department>Sales</department><title>Manager</title><office>2/114</office>
   <phone type="work"><uri>tel:+15550101</uri><displayString>555 0101</displayString></phone>
   <photo type="enterprise"><uri>https://lyncweb.litwareinc.com/abs/handler/C_xyz.photo</uri><hash>9a0364b9</hash></photo>
   <automaton>false</automaton>
 </contactCard></category>
 <category name="note" instance="0" publishTime="2026-03-01T12:00:00"><note><body type="personal" uri="">Travelling</body></note></category>
 <category name="state" instance="1" publishTime="2026-03-02T08:00:00"><state xsi:type="aggregateState" lastActive="2026-03-02T07:55:00" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><availability>6500</availability><activity token="in-a-meeting" minAvailability="6500" maxAvailability="8999"/><meetingSubject>Review</meetingSubject><device>Mobile</device></state></category>
 <category name="calendarData" instance="5" publishTime="2026-03-01T12:00:00"><calendarData xmlns="http://schemas.microsoft.com/2006/09/sip/calendarData" mailboxID="ann@litwareinc.com"><freeBusy startTime="2026-03-01T00:00:00Z" granularity="PT15M" encodingVersion="1">AKpV/w==</freeBusy></calendarData></category>
</categories>)"_ba;
}

QByteArray xpidfVector()
{
    return R"(<?xml version="1.0"?><!DOCTYPE presence PUBLIC "-//IETF//DTD RFCxxxx XPIDF 1.0//EN" "xpidf.dtd"><presence><presentity uri="sip:joe@msn.com"/><atom><address><status status="open"/><msnsubstatus substatus="away"/></address></atom></presence>)"_ba;
}

QByteArray presentityVector()
{
    return R"(<?xml version="1.0" encoding="utf-16"?><presentity xmlns="http://schemas.microsoft.com/2002/09/sip/presence" uri="ann@litwareinc.com">
                <availability aggregate="300" epid="42ab" description=""/><activity aggregate="600" description=""/>
                <displayName displayName="Zażółć"/><email email="ann@litwareinc.com"/><phoneNumber label="" number="555 0101"/>
                <userInfo><note>text</note><states><state avail="15500" since="2026-03-02T07:00:00Z"/></states></userInfo></presentity>)"_ba;
}

QByteArray roamingSelfVector()
{
    return R"(<roamingData xmlns="http://schemas.microsoft.com/2006/09/sip/roaming-self">
 <categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:ben@litwareinc.com">
  <category name="state" instance="536870912" publishTime="2026-03-02T08:00:01.120" container="2" version="22" expireType="static">
   <state xmlns="http://schemas.microsoft.com/2006/09/sip/state" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" manual="true" xsi:type="userState"><availability>3500</availability><endpointLocation/></state>
  </category>
  <category name="state" instance="1" publishTime="2026-03-02T08:00:01.200" container="2" version="1" expireType="user">
   <state xmlns="http://schemas.microsoft.com/2006/09/sip/state" xsi:type="aggregateState" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" lastActive="2026-03-02T07:58:00"><availability>3500</availability></state>
  </category>
  <category name="device" instance="2712847316" publishTime="2026-03-02T08:00:00" container="2" version="3" expireType="endpoint"><device xmlns="http://schemas.microsoft.com/2006/09/sip/device" endpointId="2f7e7723-96e4-544e-8b98-cf482b8cefb8"/></category>
  <category name="device" instance="12" publishTime="2026-03-02T08:00:00" container="2" version="1" expireType="endpoint"><device xmlns="http://schemas.microsoft.com/2006/09/sip/device" endpointId="4233fd41-093b-5fd6-b5d2-651ed55969e6"/></category>
  <category name="note" instance="0" publishTime="2026-03-02T08:00:00" container="200" version="4" expireType="static"><note xmlns="http://schemas.microsoft.com/2006/09/sip/note"><body type="personal" uri="">In the office</body></note></category>
  <category name="note" container="300"/>
  <category name="userProperties" instance="0" publishTime="..." container="1" version="1" expireType="static">
   <userProperties><lines><line lineType="Uc">tel:+15550100</line></lines><telephonyMode>Uc</telephonyMode></userProperties>
  </category>
 </categories>
 <containers xmlns="http://schemas.microsoft.com/2006/09/sip/containers">
  <container id="32000" version="3"><member type="user">eve@contoso.com</member></container>
  <container id="200" version="1"><member type="sameEnterprise"/></container>
 </containers>
 <subscribers xmlns="http://schemas.microsoft.com/2006/09/sip/presence-subscribers">
  <subscriber user="ann@litwareinc.com" displayName="Ann Beebe" acknowledged="false" type="sameEnterprise"/>
  <subscriber user="cho@contoso.com" displayName="" acknowledged="true" type="federated"/>
 </subscribers>
</roamingData>)"_ba;
}

QByteArray publicationFaultVector()
{
    return R"(<fault xmlns="http://schemas.microsoft.com/2006/09/sip/service-fault">
 <Faultcode>Client.BadCall.WrongDelta</Faultcode>
 <details><operation index="2" version="0" curVersion="7"/></details>
</fault>)"_ba;
}

QByteArray batchSubscribeVector()
{
    return R"(<batchSub xmlns="http://schemas.microsoft.com/2006/01/sip/batch-subscribe" uri="sip:ben@litwareinc.com" name="">
<action name="subscribe" id="63792024"><adhocList>
<resource uri="sip:ann@litwareinc.com"/>
<resource uri="sip:cho@contoso.com"><context/></resource>
</adhocList>
<categoryList xmlns="http://schemas.microsoft.com/2006/09/sip/categorylist">
<category name="calendarData"/><category name="contactCard"/><category name="note"/><category name="state"/>
</categoryList></action></batchSub>)"_ba;
}

QByteArray sdpVector()
{
    return "v=0\r\n"
           "o=- 0 0 IN IP4 192.0.2.10\r\n"
           "s=session\r\n"
           "c=IN IP4 192.0.2.10\r\n"
           "t=0 0\r\n"
           "m=message 50713 sip null\r\n"
           "a=accept-types:text/plain text/html image/gif multipart/alternative "
           "application/im-iscomposing+xml application/ms-imdn+xml text/x-msmsgsinvite\r\n"_ba;
}

QByteArray imdnVector()
{
    return R"(<imdn xmlns="http://schemas.microsoft.com/rtc/2005/08/imdn"><message-id>2</message-id>
 <recipient uri="&lt;sip:bob@contoso.com;opaque=user:epid:xyz;gruu&gt;"><status>408</status>
  <entry><key>ms-diagnostics</key><value>6001;source="imcu";reason="Request Timeout"</value></entry></recipient>
</imdn>)"_ba;
}

} // namespace linchpin::sip
