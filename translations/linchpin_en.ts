<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>ContactTreeModel</name>
    <message numerus="yes">
        <source>%1, %2, %n unread</source>
        <translation>
            <numerusform>%1, %2, %n unread</numerusform>
            <numerusform>%1, %2, %n unread</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConversationHeader</name>
    <message numerus="yes">
        <source>%n members</source>
        <translation>
            <numerusform>%n member</numerusform>
            <numerusform>%n members</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message numerus="yes">
        <source>%n people are typing…</source>
        <translation>
            <numerusform>%n person is typing…</numerusform>
            <numerusform>%n people are typing…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1, %n unread</source>
        <translation>
            <numerusform>%1, %n unread</numerusform>
            <numerusform>%1, %n unread</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConversationPage</name>
    <message numerus="yes">
        <source>At most %n files can be sent at once.</source>
        <translation>
            <numerusform>At most %n file can be sent at once.</numerusform>
            <numerusform>At most %n files can be sent at once.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n people are typing…</source>
        <translation>
            <numerusform>%n person is typing…</numerusform>
            <numerusform>%n people are typing…</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>DemoDirector</name>
    <message numerus="yes">
        <source>%n accounts online, a conversation on each went both ways.</source>
        <translation>
            <numerusform>%n account online, a conversation on it went both ways.</numerusform>
            <numerusform>%n accounts online, a conversation on each went both ways.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message numerus="yes">
        <source>The newest %n hits; scroll for more.</source>
        <translation>
            <numerusform>The newest hit; scroll for more.</numerusform>
            <numerusform>The newest %n hits; scroll for more.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hits</source>
        <translation>
            <numerusform>%n hit</numerusform>
            <numerusform>%n hits</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>MessageView</name>
    <message numerus="yes">
        <source>%n new</source>
        <translation>
            <numerusform>%n new</numerusform>
            <numerusform>%n new</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrayIcon</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>linchpin::sip::Failures</name>
    <message numerus="yes">
        <source>Signing in failed, and the clock differs from the server&apos;s by %n minute(s).</source>
        <translation>
            <numerusform>Signing in failed, and the clock differs from the server&apos;s by %n minute.</numerusform>
            <numerusform>Signing in failed, and the clock differs from the server&apos;s by %n minutes.</numerusform>
        </translation>
    </message>
</context>
</TS>
