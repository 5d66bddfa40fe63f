package dev.orrery.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Protobuf form: messages of the published protocol definition, each after its length, in a
 * binary frame.
 *
 * <p>Field numbers are those of the published definition; the few messages are read and written
 * field by field. The data of calls, publications and results is JSON text in bytes.
 */
record ProtobufForm(Json json) implements Form {
    private static final int VARINT = 0;
    private static final int BYTES = 2;

    @Override
    public boolean text() {
        return false;
    }

    @Override
    public List<Command> decode(byte[] frame) throws BadFrame {
        List<Command> commands = new ArrayList<>();
        CodedInputStream in = CodedInputStream.newInstance(frame);
        try {
            while (!in.isAtEnd()) {
                if (commands.size() == COMMANDS_PER_FRAME) {
                    throw new BadFrame("more than " + COMMANDS_PER_FRAME + " commands in a frame");
                }
                int outer = in.pushLimit(length(in, frame.length));
                commands.add(command(in));
                in.popLimit(outer);
            }
        } catch (IOException damaged) {
            throw new BadFrame("not a Protobuf command, at byte " + in.getTotalBytesRead());
        }
        if (commands.isEmpty()) {
            throw new BadFrame("a frame holds at least one command");
        }
        return commands;
    }

    /** A length that the rest of the frame holds. */
    private static int length(CodedInputStream in, int frame) throws IOException, BadFrame {
        int length = in.readRawVarint32();
        if (length < 0 || length > frame - in.getTotalBytesRead()) {
            throw new BadFrame("a length runs past the end of the frame");
        }
        return length;
    }

    private Command command(CodedInputStream in) throws IOException, BadFrame {
        if (in.isAtEnd()) {
            return new Command.Pong();
        }
        long id = 0;
        @Nullable Request request = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == tag(1, VARINT)) {
                id = Integer.toUnsignedLong(in.readUInt32());
            } else if ((tag & 7) == BYTES) {
                int field = tag >>> 3;
                ByteString content = in.readBytes();
                request = request == null ? new Request(field, content) : request;
            } else {
                in.skipField(tag);
            }
        }
        return request == null ? new Command.Unknown(id) : request(id, request);
    }

    /** A request that was seen but not read: its field number in the command, and its bytes. */
    private record Request(int field, ByteString content) {}

    private Command request(long id, Request request) throws IOException, BadFrame {
        CodedInputStream in = request.content().newCodedInput();
        return switch (request.field()) {
            case 4 -> connect(id, in);
            case 5 -> subscribe(id, in);
            case 6 -> unsubscribe(id, in);
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

    private static Command connect(long id, CodedInputStream in) throws IOException {
        String token = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == tag(1, BYTES)) {
                token = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        return new Command.Connect(id, token);
    }

    private static Command subscribe(long id, CodedInputStream in) throws IOException {
        String channel = "";
        boolean recover = false;
        String epoch = "";
        long offset = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == tag(1, BYTES)) {
                channel = in.readStringRequireUtf8();
            } else if (tag == tag(3, VARINT)) {
                recover = in.readBool();
            } else if (tag == tag(6, BYTES)) {
                epoch = in.readStringRequireUtf8();
            } else if (tag == tag(7, VARINT)) {
                offset = in.readUInt64();
            } else {
                in.skipField(tag);
            }
        }
        return new Command.Subscribe(id, channel, recover, epoch, offset);
    }

    private static Command unsubscribe(long id, CodedInputStream in) throws IOException {
        String channel = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == tag(1, BYTES)) {
                channel = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        return new Command.Unsubscribe(id, channel);
    }

    private Command call(long id, CodedInputStream in) throws IOException {
        byte[] data = {};
        String method = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == tag(1, BYTES)) {
                data = in.readByteArray();
            } else if (tag == tag(2, BYTES)) {
                method = in.readStringRequireUtf8();
            } else {
                in.skipField(tag);
            }
        }
        try {
            return new Command.Call(
                    id, method, data.length == 0 ? null : json.read(data, 0, data.length));
        } catch (BadFrame notJson) {
            return new Command.Unreadable(id, "the data of a call is JSON: " + notJson.reason());
        }
    }

    private static int tag(int field, int wireType) {
        return field << 3 | wireType;
    }

    @Override
    public byte[] encode(Reply reply) {
        byte[] content = content(reply);
        return built(out -> out.writeByteArrayNoTag(content));
    }

    private static byte[] content(Reply reply) {
        return switch (reply) {
            case Reply.Ping() -> new byte[0];
            case Reply.Pong(long id) -> answer(id, 12, _ -> {});
            case Reply.Connected(long id, String client, String version, int pingSeconds) ->
                    answer(
                            id,
                            5,
                            out -> {
                                out.writeString(1, client);
                                out.writeString(2, version);
                                out.writeUInt32(7, pingSeconds);
                                out.writeBool(8, true);
                            });
            case Reply.Subscribed subscribed ->
                    answer(subscribed.id(), 6, out -> write(out, subscribed));
            case Reply.Unsubscribed(long id) -> answer(id, 7, _ -> {});
            case Reply.Returned(long id, String data) ->
                    answer(id, 13, out -> out.writeString(1, data));
            case Reply.Failed(long id, int code, String message, boolean temporary) ->
                    answer(
                            id,
                            2,
                            out -> {
                                out.writeUInt32(1, code);
                                out.writeString(2, message);
                                out.writeBool(3, temporary);
                            });
            case Reply.Published(String channel, Publication publication) ->
                    push(channel, 4, out -> write(out, publication));
            case Reply.Dropped(String channel, int code, String reason) ->
                    push(
                            channel,
                            7,
                            out -> {
                                out.writeUInt32(2, code);
                                out.writeString(3, reason);
                            });
        };
    }

    private static byte[] answer(long id, int field, Content content) {
        byte[] body = built(content);
        return built(out -> {
            out.writeUInt32(1, (int) id);
            out.writeByteArray(field, body);
        });
    }

    private static byte[] push(String channel, int field, Content content) {
        byte[] body = built(content);
        byte[] push =
                built(out -> {
                    out.writeString(2, channel);
                    out.writeByteArray(field, body);
                });
        return built(out -> out.writeByteArray(4, push));
    }

    private static void write(CodedOutputStream out, Publication publication) throws IOException {
        out.writeByteArray(4, publication.data().getBytes(UTF_8));
        out.writeUInt64(6, publication.offset());
    }

    private static void write(CodedOutputStream out, Reply.Subscribed subscribed)
            throws IOException {
        out.writeBool(3, true);
        out.writeString(6, subscribed.epoch());
        for (Publication publication : subscribed.publications()) {
            out.writeByteArray(7, built(inner -> write(inner, publication)));
        }
        out.writeBool(8, subscribed.recovered());
        out.writeUInt64(9, subscribed.offset());
        out.writeBool(10, true);
        @Nullable String data = subscribed.data();
        if (data != null) {
            out.writeByteArray(11, data.getBytes(UTF_8));
        }
        out.writeBool(12, subscribed.wasRecovering());
    }

    /** Writes the fields of one message. */
    @FunctionalInterface
    private interface Content {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] built(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            content.write(out);
            out.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory does not fail", impossible);
        }
        return bytes.toByteArray();
    }
}
