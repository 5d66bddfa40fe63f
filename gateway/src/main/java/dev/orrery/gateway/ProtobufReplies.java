package dev.orrery.gateway;

import dev.orrery.gateway.Publication.ClientInfo;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes replies as Protobuf messages. */
final class ProtobufReplies {
    private ProtobufReplies() {}

    /** The fields of one reply. */
    static void write(ProtobufWriter out, Reply reply) {
        switch (reply) {
            case Reply.Ping() -> {} // an empty reply is the ping
            case Reply.Pong(long id) -> answer(out, id, 12, _ -> {});
            case Reply.Connected connected ->
                    answer(out, connected.id(), 5, inner -> write(inner, connected));
            case Reply.Subscribed subscribed ->
                    answer(out, subscribed.id(), 6, inner -> write(inner, subscribed));
            case Reply.Refreshed refreshed ->
                    answer(
                            out,
                            refreshed.id(),
                            14,
                            inner -> {
                                inner.text(1, refreshed.client());
                                inner.text(2, refreshed.version());
                                expiry(inner, 3, refreshed.ttl());
                            });
            case Reply.SubRefreshed(long id, OptionalInt ttl) ->
                    answer(out, id, 15, inner -> expiry(inner, 1, ttl));
            case Reply.Accepted(long id) -> answer(out, id, 8, _ -> {});
            case Reply.Present(long id, List<ClientInfo> clients) ->
                    answer(out, id, 9, inner -> clients.forEach(client -> entry(inner, client)));
            case Reply.PresentCount(long id, int clients, int users) ->
                    answer(
                            out,
                            id,
                            10,
                            inner -> {
                                inner.number(1, clients);
                                inner.number(2, users);
                            });
            case Reply.Kept kept -> answer(out, kept.id(), 11, inner -> write(inner, kept));
            case Reply.Joined(String channel, ClientInfo client) ->
                    push(out, channel, 5, inner -> inner.message(1, info -> write(info, client)));
            case Reply.Left(String channel, ClientInfo client) ->
                    push(out, channel, 6, inner -> inner.message(1, info -> write(info, client)));
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
        expiry(out, 3, connected.ttl());
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
        publication.from().ifPresent(client -> out.message(5, info -> write(info, client)));
        out.number(6, publication.offset());
    }

    private static void write(ProtobufWriter out, ClientInfo client) {
        out.text(1, client.user());
        out.text(2, client.client());
        out.text(3, client.info());
    }

    /** One entry of a map from the ids of connections. */
    private static void entry(ProtobufWriter out, ClientInfo client) {
        out.message(
                1,
                entry -> {
                    entry.text(1, client.client());
                    entry.message(2, info -> write(info, client));
                });
    }

    private static void write(ProtobufWriter out, Reply.Kept kept) {
        for (Publication publication : kept.publications()) {
            out.message(1, inner -> write(inner, publication));
        }
        out.text(2, kept.epoch());
        out.number(3, kept.offset());
    }

    /** Whether it expires, and in the field after that, in how many seconds. */
    private static void expiry(ProtobufWriter out, int field, OptionalInt ttl) {
        out.flag(field, ttl.isPresent());
        out.number(field + 1, ttl.orElse(0));
    }

    private static void write(ProtobufWriter out, Reply.Subscribed subscribed) {
        expiry(out, 1, subscribed.ttl());
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
