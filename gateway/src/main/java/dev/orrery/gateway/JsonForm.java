package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form: one JSON object in each line of a text frame.
 *
 * <p>Member names are those of the published protocol definition.
 */
record JsonForm(Json json) implements Form {
    private static final Set<String> UNSERVED =
            Set.of(
                    "publish",
                    "presence",
                    "presence_stats",
                    "history",
                    "send",
                    "refresh",
                    "sub_refresh");

    @Override
    public boolean text() {
        return true;
    }

    @Override
    public List<Command> decode(byte[] frame) throws BadFrame {
        List<Command> commands = new ArrayList<>();
        for (Object value : json.readAll(frame, 0, frame.length, COMMANDS_PER_FRAME)) {
            if (!(value instanceof Map<?, ?> members)) {
                throw new BadFrame("a command is a JSON object");
            }
            commands.add(command(members));
        }
        if (commands.isEmpty()) {
            throw new BadFrame("a frame holds at least one command");
        }
        return commands;
    }

    private static Command command(Map<?, ?> members) throws BadFrame {
        if (members.isEmpty()) {
            return new Command.Pong();
        }
        long id = whole(members, "id");
        if (id < 0 || id > 0xFFFF_FFFFL) {
            throw new BadFrame("id is a number from 0 to 4294967295");
        }
        return request(id, members);
    }

    private static Command request(long id, Map<?, ?> members) throws BadFrame {
        if (members.containsKey("connect")) {
            Map<?, ?> connect = members(members, "connect");
            return new Command.Connect(id, text(connect, "token"));
        }
        if (members.containsKey("subscribe")) {
            Map<?, ?> subscribe = members(members, "subscribe");
            return new Command.Subscribe(
                    id,
                    text(subscribe, "channel"),
                    flag(subscribe, "recover"),
                    text(subscribe, "epoch"),
                    whole(subscribe, "offset"),
                    subscribe.get("data"));
        }
        if (members.containsKey("unsubscribe")) {
            return new Command.Unsubscribe(id, text(members(members, "unsubscribe"), "channel"));
        }
        if (members.containsKey("rpc")) {
            Map<?, ?> rpc = members(members, "rpc");
            return new Command.Call(id, text(rpc, "method"), rpc.get("data"));
        }
        if (members.containsKey("ping")) {
            return new Command.Ping(id);
        }
        for (String unserved : UNSERVED) {
            if (members.containsKey(unserved)) {
                return new Command.Unserved(id, unserved);
            }
        }
        return new Command.Unknown(id);
    }

    private static Map<?, ?> members(Map<?, ?> from, String name) throws BadFrame {
        return switch (from.get(name)) {
            case Map<?, ?> members -> members;
            case null, default -> throw new BadFrame(name + " is a JSON object");
        };
    }

    private static String text(Map<?, ?> from, String name) throws BadFrame {
        return switch (from.get(name)) {
            case null -> "";
            case String text -> text;
            case Object _ -> throw new BadFrame(name + " is text");
        };
    }

    private static boolean flag(Map<?, ?> from, String name) throws BadFrame {
        return switch (from.get(name)) {
            case null -> false;
            case Boolean flag -> flag;
            case Object _ -> throw new BadFrame(name + " is true or false");
        };
    }

    private static long whole(Map<?, ?> from, String name) throws BadFrame {
        return switch (from.get(name)) {
            case null -> 0;
            case Long number -> number;
            case Object _ -> throw new BadFrame(name + " is a whole number");
        };
    }

    @Override
    public byte[] encode(Reply reply) {
        return (text(reply) + "\n").getBytes(UTF_8);
    }

    private String text(Reply reply) {
        return switch (reply) {
            case Reply.Ping() -> "{}";
            case Reply.Pong(long id) -> answer(id, "ping", "{}");
            case Reply.Connected(long id, String client, String version, int pingSeconds) ->
                    answer(
                            id,
                            "connect",
                            "{\"client\":"
                                    + json.write(client)
                                    + ",\"version\":"
                                    + json.write(version)
                                    + ",\"ping\":"
                                    + pingSeconds
                                    + ",\"pong\":true}");
            case Reply.Subscribed subscribed ->
                    answer(subscribed.id(), "subscribe", text(subscribed));
            case Reply.Unsubscribed(long id) -> answer(id, "unsubscribe", "{}");
            case Reply.Returned(long id, String data) ->
                    answer(id, "rpc", "{\"data\":" + data + "}");
            case Reply.Failed(long id, int code, String message, boolean temporary) ->
                    answer(
                            id,
                            "error",
                            "{\"code\":"
                                    + code
                                    + ",\"message\":"
                                    + json.write(message)
                                    + (temporary ? ",\"temporary\":true}" : "}"));
            case Reply.Published(String channel, Publication publication) ->
                    push(channel, "pub", text(publication));
            case Reply.Dropped(String channel, int code, String reason) ->
                    push(
                            channel,
                            "unsubscribe",
                            "{\"code\":" + code + ",\"reason\":" + json.write(reason) + "}");
        };
    }

    private static String answer(long id, String name, String content) {
        return "{\"id\":" + id + ",\"" + name + "\":" + content + "}";
    }

    private String push(String channel, String name, String content) {
        return "{\"push\":{\"channel\":"
                + json.write(channel)
                + ",\""
                + name
                + "\":"
                + content
                + "}}";
    }

    private static String text(Publication publication) {
        return "{\"data\":" + publication.data() + ",\"offset\":" + publication.offset() + "}";
    }

    private String text(Reply.Subscribed subscribed) {
        StringBuilder text =
                new StringBuilder("{\"recoverable\":true,\"positioned\":true,\"epoch\":");
        text.append(json.write(subscribed.epoch()))
                .append(",\"offset\":")
                .append(subscribed.offset());
        if (subscribed.wasRecovering()) {
            text.append(",\"was_recovering\":true");
        }
        if (subscribed.recovered()) {
            text.append(",\"recovered\":true");
        }
        if (!subscribed.publications().isEmpty()) {
            text.append(",\"publications\":[");
            for (Publication publication : subscribed.publications()) {
                text.append(text(publication)).append(',');
            }
            text.setCharAt(text.length() - 1, ']');
        }
        @Nullable String data = subscribed.data();
        if (data != null) {
            text.append(",\"data\":").append(data);
        }
        return text.append('}').toString();
    }
}
