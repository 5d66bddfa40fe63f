package dev.orrery.gateway;

import static dev.orrery.gateway.ProtobufReader.LENGTH;
import static dev.orrery.gateway.ProtobufReader.VARINT;
import static dev.orrery.gateway.ProtobufReader.tag;

import dev.orrery.core.Cursor.Numbered;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads commands from Protobuf messages. Immutable. */
record ProtobufCommands(Json json) {
    /** A request seen but not read yet, because the id of its command may follow it. */
    private record Request(int field, ProtobufReader content) {}

    /** The command of one message. */
    Command command(ProtobufReader in) throws BadFrame {
        if (!in.hasNext()) {
            return new Command.Pong();
        }
        long id = 0;
        @Nullable Request request = null;
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, VARINT)) {
                id = in.varint() & 0xFFFF_FFFFL;
            } else if (request == null && (tag & 7) == LENGTH) {
                request = new Request(tag >>> 3, in.message());
            } else {
                in.skip(tag);
            }
        }
        return request == null ? new Command.Unknown(id) : request(id, request);
    }

    private Command request(long id, Request request) throws BadFrame {
        ProtobufReader in = request.content();
        return switch (request.field()) {
            case 4 -> new Command.Connect(id, onlyText(in));
            case 5 -> subscribe(id, in);
            case 6 -> new Command.Unsubscribe(id, onlyText(in));
            case 7 -> publish(id, in);
            case 8 -> new Command.Presence(id, onlyText(in));
            case 9 -> new Command.PresenceStats(id, onlyText(in));
            case 10 -> history(id, in);
            case 11 -> new Command.Ping(id);
            case 12 -> new Command.Unserved(id, "send");
            case 13 -> call(id, in);
            case 14 -> new Command.Refresh(id, onlyText(in));
            case 15 -> subRefresh(id, in);
            default -> new Command.Unknown(id);
        };
    }

    /** The one field that counts here: the token of connect, the channel of unsubscribe. */
    private static String onlyText(ProtobufReader in) throws BadFrame {
        String text = "";
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, LENGTH)) {
                text = in.text();
            } else {
                in.skip(tag);
            }
        }
        return text;
    }

    private Command subscribe(long id, ProtobufReader in) throws BadFrame {
        @Nullable ProtobufReader data = null;
        String channel = "";
        String token = "";
        boolean recover = false;
        boolean joinLeave = false;
        String epoch = "";
        long offset = 0;
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, LENGTH)) {
                channel = in.text();
            } else if (tag == tag(2, LENGTH)) {
                token = in.text();
            } else if (tag == tag(11, VARINT)) {
                joinLeave = in.varint() != 0;
            } else if (tag == tag(3, VARINT)) {
                recover = in.varint() != 0;
            } else if (tag == tag(6, LENGTH)) {
                epoch = in.text();
            } else if (tag == tag(7, VARINT)) {
                offset = in.varint();
            } else if (tag == tag(8, LENGTH)) {
                data = in.message();
            } else {
                in.skip(tag);
            }
        }
        try {
            return new Command.Subscribe(
                    id,
                    channel,
                    token,
                    recover,
                    epoch,
                    offset,
                    data == null ? null : data.json(json),
                    joinLeave);
        } catch (BadFrame notJson) {
            return new Command.Unreadable(
                    id, "the data of a subscription is JSON: " + notJson.reason());
        }
    }

    private Command publish(long id, ProtobufReader in) throws BadFrame {
        @Nullable ProtobufReader data = null;
        String channel = "";
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, LENGTH)) {
                channel = in.text();
            } else if (tag == tag(2, LENGTH)) {
                data = in.message();
            } else {
                in.skip(tag);
            }
        }
        try {
            return new Command.Publish(id, channel, data == null ? null : data.json(json));
        } catch (BadFrame notJson) {
            return new Command.Unreadable(
                    id, "the data of a publication is JSON: " + notJson.reason());
        }
    }

    private static Command history(long id, ProtobufReader in) throws BadFrame {
        String channel = "";
        int limit = 0;
        @Nullable ProtobufReader since = null;
        boolean reverse = false;
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, LENGTH)) {
                channel = in.text();
            } else if (tag == tag(7, VARINT)) {
                limit = Math.max(-1, (int) in.varint());
            } else if (tag == tag(8, LENGTH)) {
                since = in.message();
            } else if (tag == tag(9, VARINT)) {
                reverse = in.varint() != 0;
            } else {
                in.skip(tag);
            }
        }
        if (since == null) {
            return new Command.History(id, channel, limit, Optional.empty(), reverse);
        }
        Optional<Numbered> place = place(since);
        return place.isPresent()
                ? new Command.History(id, channel, limit, place, reverse)
                : new Command.Unreadable(id, "since is an epoch and an offset");
    }

    private static Optional<Numbered> place(ProtobufReader in) throws BadFrame {
        String epoch = "";
        long offset = 0;
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, VARINT)) {
                offset = in.varint();
            } else if (tag == tag(2, LENGTH)) {
                epoch = in.text();
            } else {
                in.skip(tag);
            }
        }
        return JsonCommands.place(epoch, offset);
    }

    private static Command subRefresh(long id, ProtobufReader in) throws BadFrame {
        String channel = "";
        String token = "";
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, LENGTH)) {
                channel = in.text();
            } else if (tag == tag(2, LENGTH)) {
                token = in.text();
            } else {
                in.skip(tag);
            }
        }
        return new Command.SubRefresh(id, channel, token);
    }

    private Command call(long id, ProtobufReader in) throws BadFrame {
        @Nullable ProtobufReader data = null;
        String method = "";
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, LENGTH)) {
                data = in.message();
            } else if (tag == tag(2, LENGTH)) {
                method = in.text();
            } else {
                in.skip(tag);
            }
        }
        try {
            return new Command.Call(id, method, data == null ? null : data.json(json));
        } catch (BadFrame notJson) {
            return new Command.Unreadable(id, "the data of a call is JSON: " + notJson.reason());
        }
    }
}
