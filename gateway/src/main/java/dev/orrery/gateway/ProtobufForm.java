package dev.orrery.gateway;

import static dev.orrery.gateway.ProtobufReader.LENGTH;
import static dev.orrery.gateway.ProtobufReader.VARINT;
import static dev.orrery.gateway.ProtobufReader.tag;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The Protobuf form: messages of the published protocol definition, each after its length, in a
 * binary frame.
 *
 * <p>Field numbers are those of the published definition; the few messages are read and written
 * field by field. The data of calls, publications and results is JSON text in bytes.
 */
record ProtobufForm(Json json) implements Form {
    @Override
    public boolean text() {
        return false;
    }

    @Override
    public List<Command> decode(byte[] frame) throws BadFrame {
        List<Command> commands = new ArrayList<>();
        ProtobufReader in = new ProtobufReader(frame);
        while (in.hasNext()) {
            if (commands.size() == COMMANDS_PER_FRAME) {
                throw new BadFrame("more than " + COMMANDS_PER_FRAME + " commands in a frame");
            }
            commands.add(command(in.message()));
        }
        if (commands.isEmpty()) {
            throw new BadFrame("a frame holds at least one command");
        }
        return commands;
    }

    /** A request seen but not read yet, because the id of its command may follow it. */
    private record Request(int field, ProtobufReader content) {}

    private Command command(ProtobufReader in) throws BadFrame {
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
            case 7 -> new Command.Unserved(id, "publish");
            case 8 -> new Command.Unserved(id, "presence");
            case 9 -> new Command.Unserved(id, "presence_stats");
            case 10 -> new Command.Unserved(id, "history");
            case 11 -> new Command.Ping(id);
            case 12 -> new Command.Unserved(id, "send");
            case 13 -> call(id, in);
            case 14 -> new Command.Unserved(id, "refresh");
            case 15 -> new Command.Unserved(id, "sub_refresh");
            default -> new Command.Unknown(id);
        };
    }

    /** The one field that counts here: connect's token, unsubscribe's channel. */
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
        boolean recover = false;
        String epoch = "";
        long offset = 0;
        while (in.hasNext()) {
            int tag = in.next();
            if (tag == tag(1, LENGTH)) {
                channel = in.text();
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
                    id, channel, recover, epoch, offset, data == null ? null : data.json(json));
        } catch (BadFrame notJson) {
            return new Command.Unreadable(
                    id, "the data of a subscription is JSON: " + notJson.reason());
        }
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

    @Override
    public byte[] encode(Reply reply) {
        return ProtobufWriter.delimited(out -> write(out, reply));
    }

    private static void write(ProtobufWriter out, Reply reply) {
        switch (reply) {
            case Reply.Ping() -> {} // an empty reply is the ping
            case Reply.Pong(long id) -> answer(out, id, 12, _ -> {});
            case Reply.Connected connected ->
                    answer(out, connected.id(), 5, inner -> write(inner, connected));
            case Reply.Subscribed subscribed ->
                    answer(out, subscribed.id(), 6, inner -> write(inner, subscribed));
            case Reply.Unsubscribed(long id) -> answer(out, id, 7, _ -> {});
            case Reply.Returned(long id, String data) ->
                    answer(out, id, 13, inner -> inner.text(1, data));
            case Reply.Failed failed -> answer(out, failed.id(), 2, inner -> write(inner, failed));
            case Reply.Published(String channel, Publication publication) ->
                    push(out, channel, 4, inner -> write(inner, publication));
            case Reply.Dropped(String channel, int code, String reason) ->
                    push(
                            out,
                            channel,
                            7,
                            inner -> {
                                inner.number(2, code);
                                inner.text(3, reason);
                            });
        }
    }

    private static void answer(
            ProtobufWriter out, long id, int field, Consumer<ProtobufWriter> content) {
        out.number(1, id);
        out.message(field, content);
    }

    private static void push(
            ProtobufWriter out, String channel, int field, Consumer<ProtobufWriter> content) {
        out.message(
                4,
                push -> {
                    push.text(2, channel);
                    push.message(field, content);
                });
    }

    private static void write(ProtobufWriter out, Reply.Connected connected) {
        out.text(1, connected.client());
        out.text(2, connected.version());
        out.number(7, connected.pingSeconds());
        out.flag(8, true);
    }

    private static void write(ProtobufWriter out, Reply.Failed failed) {
        out.number(1, failed.code());
        out.text(2, failed.message());
        out.flag(3, failed.temporary());
    }

    private static void write(ProtobufWriter out, Publication publication) {
        out.text(4, publication.data());
        out.number(6, publication.offset());
    }

    private static void write(ProtobufWriter out, Reply.Subscribed subscribed) {
        out.flag(3, true);
        out.text(6, subscribed.epoch());
        for (Publication publication : subscribed.publications()) {
            out.message(7, inner -> write(inner, publication));
        }
        out.flag(8, subscribed.recovered());
        out.number(9, subscribed.offset());
        out.flag(10, true);
        @Nullable String data = subscribed.data();
        if (data != null) {
            out.text(11, data);
        }
        out.flag(12, subscribed.wasRecovering());
    }
}
