package dev.orrery.gateway;

import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.OrreryException;
import java.util.Map;
import java.util.Optional;

/** Reads commands from JSON objects. */
final class JsonCommands {
    private JsonCommands() {}

    /** The command of one object. */
    static Command command(Map<?, ?> members) throws BadFrame {
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
                    text(subscribe, "token"),
                    flag(subscribe, "recover"),
                    text(subscribe, "epoch"),
                    whole(subscribe, "offset"),
                    subscribe.get("data"),
                    flag(subscribe, "join_leave"));
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
        return rarer(id, members);
    }

    private static Command rarer(long id, Map<?, ?> members) throws BadFrame {
        if (members.containsKey("publish")) {
            Map<?, ?> publish = members(members, "publish");
            return new Command.Publish(id, text(publish, "channel"), publish.get("data"));
        }
        if (members.containsKey("presence")) {
            return new Command.Presence(id, text(members(members, "presence"), "channel"));
        }
        if (members.containsKey("presence_stats")) {
            return new Command.PresenceStats(
                    id, text(members(members, "presence_stats"), "channel"));
        }
        if (members.containsKey("history")) {
            return history(id, members(members, "history"));
        }
        if (members.containsKey("refresh")) {
            return new Command.Refresh(id, text(members(members, "refresh"), "token"));
        }
        if (members.containsKey("sub_refresh")) {
            Map<?, ?> refresh = members(members, "sub_refresh");
            return new Command.SubRefresh(id, text(refresh, "channel"), text(refresh, "token"));
        }
        return members.containsKey("send")
                ? new Command.Unserved(id, "send")
                : new Command.Unknown(id);
    }

    private static Command history(long id, Map<?, ?> history) throws BadFrame {
        Optional<Numbered> since = Optional.empty();
        if (history.containsKey("since")) {
            Map<?, ?> place = members(history, "since");
            since = place(text(place, "epoch"), whole(place, "offset"));
            if (since.isEmpty()) {
                return new Command.Unreadable(id, "since is an epoch and an offset");
            }
        }
        return new Command.History(
                id,
                text(history, "channel"),
                Math.clamp(whole(history, "limit"), -1, Integer.MAX_VALUE),
                since,
                flag(history, "reverse"));
    }

    /** A place from its two halves, if they are one. */
    static Optional<Numbered> place(String epoch, long offset) {
        try {
            return Optional.of(new Numbered(epoch, offset));
        } catch (OrreryException.Invalid none) {
            return Optional.empty();
        }
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
}
