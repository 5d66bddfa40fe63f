package dev.orrery.gateway;

import dev.orrery.channel.ClientMessage;
import dev.orrery.channel.Message;
import dev.orrery.channel.Presence;
import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException;
import dev.orrery.gateway.Publication.ClientInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What channels say, as clients are told it. Immutable. */
record Contents(Json json) {
    Publication of(Message.Entry entry) {
        return new Publication(place(entry.cursor()).offset(), json.write(entry.value()));
    }

    Publication of(Message.FromClient sent) {
        ClientMessage message = sent.message();
        return new Publication(
                place(sent.cursor()).offset(),
                json.write(message.data()),
                Optional.of(
                        new ClientInfo(
                                message.user(), message.connection(), json.write(message.info()))));
    }

    /** Somebody who came with its first connection, or left with its last. */
    Reply of(String channel, Presence.Change change) {
        ClientInfo client = clients(List.of(change.member())).getFirst();
        return switch (change) {
            case Presence.Joined _ -> new Reply.Joined(channel, client);
            case Presence.Left _ -> new Reply.Left(channel, client);
        };
    }

    /** Every connection of every member. */
    List<ClientInfo> clients(List<Presence.Member> members) {
        List<ClientInfo> clients = new ArrayList<>();
        for (Presence.Member member : members) {
            String info = json.write(member.info());
            member.connections()
                    .forEach(each -> clients.add(new ClientInfo(member.user(), each, info)));
        }
        return clients;
    }

    /** A roster as JSON text. */
    String roster(List<Presence.Member> members) {
        return json.write(Map.of("present", members.stream().map(Contents::member).toList()));
    }

    static Map<String, Object> member(Presence.Member member) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("user", member.user());
        shown.put("info", member.info());
        shown.put("connections", member.connections());
        return shown;
    }

    static Cursor.Numbered place(Cursor cursor) {
        if (cursor instanceof Cursor.Numbered numbered) {
            return numbered;
        }
        throw new OrreryException.Unsupported(
                "number the entries of a feed with " + cursor, "a channel");
    }
}
