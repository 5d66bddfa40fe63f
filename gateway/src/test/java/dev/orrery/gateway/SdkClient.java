package dev.orrery.gateway;

import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.ClientInfo;
import io.github.centrifugal.centrifuge.ConnectedEvent;
import io.github.centrifugal.centrifuge.ConnectingEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenGetter;
import io.github.centrifugal.centrifuge.DisconnectedEvent;
import io.github.centrifugal.centrifuge.DuplicateSubscriptionException;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.JoinEvent;
import io.github.centrifugal.centrifuge.LeaveEvent;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.ResultCallback;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.SubscribingEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionErrorEvent;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import io.github.centrifugal.centrifuge.SubscriptionOptions;
import io.github.centrifugal.centrifuge.SubscriptionTokenEvent;
import io.github.centrifugal.centrifuge.SubscriptionTokenGetter;
import io.github.centrifugal.centrifuge.TokenCallback;
import io.github.centrifugal.centrifuge.UnsubscribedEvent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The official Java SDK, with what it is told kept in the order it was told. */
final class SdkClient implements AutoCloseable {
    /** One thing the SDK reported: its kind, and the numbers or text it came with. */
    record Told(String what, long number, String text) {}

    final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final Client client;

    SdkClient(int port) {
        this(port, new Options());
    }

    /** A client that shows a token, and asks for a new one when it must. */
    static SdkClient with(int port, Supplier<String> tokens) {
        Options options = new Options();
        options.setTokenGetter(
                new ConnectionTokenGetter() {
                    @Override
                    public void getConnectionToken(
                            ConnectionTokenEvent event, TokenCallback callback) {
                        callback.Done(null, tokens.get());
                    }
                });
        return new SdkClient(port, options);
    }

    private SdkClient(int port, Options options) {
        options.setMinReconnectDelay(20);
        options.setMaxReconnectDelay(50);
        client =
                new Client(
                        "ws://127.0.0.1:" + port + "/connection/websocket",
                        options,
                        new EventListener() {
                            @Override
                            public void onConnected(Client who, ConnectedEvent event) {
                                told.add(new Told("connected", 0, event.getClient()));
                            }

                            @Override
                            public void onConnecting(Client who, ConnectingEvent event) {
                                told.add(
                                        new Told("connecting", event.getCode(), event.getReason()));
                            }

                            @Override
                            public void onDisconnected(Client who, DisconnectedEvent event) {
                                told.add(
                                        new Told(
                                                "disconnected",
                                                event.getCode(),
                                                event.getReason()));
                            }
                        });
        client.connect();
    }

    Subscription subscribe(String channel) throws DuplicateSubscriptionException {
        return subscribe(channel, new SubscriptionOptions());
    }

    /** Follows a channel for which a token of its own is shown. */
    Subscription subscribe(String channel, Supplier<String> tokens)
            throws DuplicateSubscriptionException {
        SubscriptionOptions options = new SubscriptionOptions();
        options.setMinResubscribeDelay(20);
        options.setTokenGetter(
                new SubscriptionTokenGetter() {
                    @Override
                    public void getSubscriptionToken(
                            SubscriptionTokenEvent event, TokenCallback callback) {
                        callback.Done(null, tokens.get());
                    }
                });
        return subscribe(channel, options);
    }

    Subscription subscribe(String channel, SubscriptionOptions options)
            throws DuplicateSubscriptionException {
        Subscription subscription =
                client.newSubscription(
                        channel,
                        options,
                        new SubscriptionEventListener() {
                            @Override
                            public void onPublication(Subscription sub, PublicationEvent event) {
                                told.add(
                                        new Told(
                                                event.getInfo().getClient().isEmpty()
                                                        ? "publication"
                                                        : "from " + shown(event.getInfo()),
                                                event.getOffset(),
                                                text(event.getData())));
                            }

                            @Override
                            public void onJoin(Subscription sub, JoinEvent event) {
                                told.add(new Told("join", 0, shown(event.getInfo())));
                            }

                            @Override
                            public void onLeave(Subscription sub, LeaveEvent event) {
                                told.add(new Told("leave", 0, shown(event.getInfo())));
                            }

                            @Override
                            public void onSubscribed(Subscription sub, SubscribedEvent event) {
                                String how =
                                        event.wasRecovering()
                                                ? event.getRecovered() ? "recovered" : "reset"
                                                : "fresh";
                                told.add(new Told(how, 0, text(event.getData())));
                            }

                            @Override
                            public void onSubscribing(Subscription sub, SubscribingEvent event) {
                                told.add(
                                        new Told(
                                                "subscribing", event.getCode(), event.getReason()));
                            }

                            @Override
                            public void onUnsubscribed(Subscription sub, UnsubscribedEvent event) {
                                told.add(
                                        new Told(
                                                "unsubscribed",
                                                event.getCode(),
                                                event.getReason()));
                            }

                            @Override
                            public void onError(Subscription sub, SubscriptionErrorEvent event) {
                                told.add(new Told("error", 0, String.valueOf(event.getError())));
                            }
                        });
        subscription.subscribe();
        return subscription;
    }

    private static String text(byte[] data) {
        return data == null ? "" : new String(data, StandardCharsets.UTF_8);
    }

    /** A client as others are shown it, without the id of its connection. */
    static String shown(ClientInfo info) {
        return info.getUser() + " " + text(info.getConnInfo());
    }

    /** What the SDK answers, or what it failed with. */
    static <R> R answer(Consumer<ResultCallback<R>> question) throws Exception {
        CompletableFuture<R> answer = new CompletableFuture<>();
        question.accept((error, result) -> {
            if (error != null) {
                answer.completeExceptionally(error);
            } else {
                answer.complete(result);
            }
        });
        return answer.get(20, TimeUnit.SECONDS);
    }

    CompletableFuture<String> call(String method, String data) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        client.rpc(
                method,
                data.getBytes(StandardCharsets.UTF_8),
                (error, result) -> {
                    if (error != null) {
                        answer.completeExceptionally(error);
                    } else {
                        answer.complete(text(result.getData()));
                    }
                });
        return answer;
    }

    /** The next report of a kind, skipping others. */
    Told await(String what) throws InterruptedException {
        while (true) {
            Told next = told.poll(20, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("the SDK never reported " + what);
            }
            if (next.what().equals(what)) {
                return next;
            }
        }
    }

    /** The next reports, which must all be publications. */
    List<Told> publications(int count) throws InterruptedException {
        List<Told> publications = new ArrayList<>();
        while (publications.size() < count) {
            Told next = told.poll(20, TimeUnit.SECONDS);
            if (next == null || !next.what().equals("publication")) {
                throw new AssertionError(
                        "after " + publications.size() + " publications came " + next);
            }
            publications.add(next);
        }
        return publications;
    }

    @Override
    public void close() {
        try {
            client.close(5_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
