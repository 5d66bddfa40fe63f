package dev.orrery.gateway;

import dev.orrery.gateway.Publication.ClientInfo;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes replies as JSON objects. Immutable. */
record JsonReplies(Json json) {
    /** One reply as an object, without a line end. */
    String text(Reply reply) {
        return switch (reply) {
            case Reply.Ping() -> "{}";
            case Reply.Pong(long id) -> answer(id, "ping", "{}");
            case Reply.Connected(
                            long id,
                            String client,
                            String version,
                            int pingSeconds,
                            OptionalInt ttl) ->
                    answer(
                            id,
                            "connect",
                            "{"
                                    + session(client, version, ttl)
                                    + ",\"ping\":"
                                    + pingSeconds
                                    + ",\"pong\":true}");
            case Reply.Refreshed(long id, String client, String version, OptionalInt ttl) ->
                    answer(id, "refresh", "{" + session(client, version, ttl) + "}");
            case Reply.SubRefreshed(long id, OptionalInt ttl) ->
                    answer(id, "sub_refresh", "{" + expiry(ttl) + "}");
            case Reply.Accepted(long id) -> answer(id, "publish", "{}");
            case Reply.Present(long id, List<ClientInfo> clients) ->
                    answer(id, "presence", "{\"presence\":{" + byClient(clients) + "}}");
            case Reply.PresentCount(long id, int clients, int users) ->
                    answer(
                            id,
                            "presence_stats",
                            "{\"num_clients\":" + clients + ",\"num_users\":" + users + "}");
            case Reply.Kept kept -> answer(kept.id(), "history", text(kept));
            case Reply.Joined(String channel, ClientInfo client) ->
                    push(channel, "join", "{\"info\":" + text(client) + "}");
            case Reply.Left(String channel, ClientInfo client) ->
                    push(channel, "leave", "{\"info\":" + text(client) + "}");
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

    private String session(String client, String version, OptionalInt ttl) {
        return "\"client\":"
                + json.write(client)
                + ",\"version\":"
                + json.write(version)
                + (ttl.isPresent() ? "," + expiry(ttl) : "");
    }

    private static String expiry(OptionalInt ttl) {
        return ttl.isPresent() ? "\"expires\":true,\"ttl\":" + ttl.getAsInt() : "";
    }

    private String byClient(List<ClientInfo> clients) {
        return clients.stream()
                .map(client -> json.write(client.client()) + ":" + text(client))
                .collect(Collectors.joining(","));
    }

    private String text(ClientInfo client) {
        return "{\"user\":"
                + json.write(client.user())
                + ",\"client\":"
                + json.write(client.client())
                + ",\"conn_info\":"
                + client.info()
                + "}";
    }

    private String text(Publication publication) {
        return "{\"data\":"
                + publication.data()
                + publication.from().map(client -> ",\"info\":" + text(client)).orElse("")
                + ",\"offset\":"
                + publication.offset()
                + "}";
    }

    private String text(Reply.Kept kept) {
        return "{\"publications\":["
                + kept.publications().stream().map(this::text).collect(Collectors.joining(","))
                + "],\"epoch\":"
                + json.write(kept.epoch())
                + ",\"offset\":"
                + kept.offset()
                + "}";
    }

    private String text(Reply.Subscribed subscribed) {
        StringBuilder text =
                new StringBuilder("{\"recoverable\":true,\"positioned\":true,\"epoch\":");
        text.append(json.write(subscribed.epoch()))
                .append(",\"offset\":")
                .append(subscribed.offset());
        if (subscribed.ttl().isPresent()) {
            text.append(',').append(expiry(subscribed.ttl()));
        }
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
