package dev.orrery.gateway;

import dev.orrery.channel.Channels;
import dev.orrery.channel.Outgoing;
import dev.orrery.core.OrreryException;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * Channels and methods in front of the network: WebSocket, server-sent events and pages on one
 * port.
 *
 * <p>{@code /connection/websocket} speaks the Centrifuge client protocol, in JSON or, under the
 * subprotocol {@code centrifuge-protobuf}, in Protobuf. {@code /sse/<channel>} is a channel as an
 * event stream. {@code POST /rpc/<method>} calls a method, as does each binary message of a
 * WebSocket there; {@code /openapi.json} describes those one may call. {@code /health} answers as
 * long as the process serves. Everything else is a page. Thread-safe. Without global state: any
 * number may run in a process, and closing one leaves nothing behind.
 */
public final class Gateway implements AutoCloseable {
    static final String NAME = "Orrery";
    static final String PROTOBUF = "centrifuge-protobuf";
    private static final String JSON = "centrifuge-json";
    private static final String WEBSOCKET_PATH = "/connection/websocket";
    private static final String CALLS_PATH = "/rpc/*";

    private final Services services;
    private final Hosts hosts;
    private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<CallSocket> callers = ConcurrentHashMap.newKeySet();
    private final EventStreams streams;
    private final Server server;
    private final ServerConnector connector;

    private Gateway(Configuration configuration) {
        ThreadFactory threads = Thread.ofVirtual().name("orrery-gateway-", 0).factory();
        this.services =
                new Services(
                        configuration.channels,
                        configuration.rpc,
                        configuration.authenticator,
                        configuration.limits,
                        new Json(),
                        configuration.outgoing,
                        () -> UUID.randomUUID().toString(),
                        configuration.clock,
                        System::nanoTime,
                        threads);
        this.hosts = new Hosts(Set.copyOf(configuration.hosts), Set.copyOf(configuration.origins));
        this.streams = new EventStreams(services);
        this.server = server(threads);
        this.connector = connector(server, configuration, services.limits());
        server.addConnector(connector);
        HttpHandler http =
                new HttpHandler(services, hosts, configuration.pages, streams, this::connections);
        WebSocketUpgradeHandler upgrade = WebSocketUpgradeHandler.from(server, this::configure);
        upgrade.setHandler(http);
        server.setHandler((Handler) upgrade);
    }

    /** What a gateway serves and where. Mutable, for one thread. */
    public static final class Configuration {
        private final Channels channels;
        private final Set<String> origins = new HashSet<>();
        private final Set<String> hosts = new HashSet<>();
        private InstantSource clock = InstantSource.system();
        private Rpc rpc = new Rpc();
        private Pages pages = new Pages();
        private Authenticator authenticator = Authenticator.ANYBODY;
        private Limits limits = Limits.DEFAULT;
        private Outgoing outgoing = Outgoing.NONE;
        private String host = "127.0.0.1";
        private int port;

        private Configuration(Channels channels) {
            this.channels = channels;
        }

        /** The methods clients may call; none by default. */
        public Configuration rpc(Rpc methods) {
            rpc = methods;
            return this;
        }

        /** The pages; none by default. */
        public Configuration pages(Pages served) {
            pages = served;
            return this;
        }

        /** Who holds which token; everybody is anonymous by default. */
        public Configuration authenticator(Authenticator who) {
            authenticator = who;
            return this;
        }

        /** Who is told what was handed to sockets; nobody by default. */
        public Configuration outgoing(Outgoing told) {
            outgoing = told;
            return this;
        }

        /** What one client may cost. */
        public Configuration limits(Limits each) {
            limits = each;
            return this;
        }

        /** The address to listen on; the machine's own, 127.0.0.1, by default. */
        public Configuration host(String address) {
            host = address;
            return this;
        }

        /** The port to listen on; 0, the default, takes a free one. */
        public Configuration port(int number) {
            port = number;
            return this;
        }

        /** Tells by this clock when tokens expire; the system's by default. */
        public Configuration clock(InstantSource source) {
            clock = source;
            return this;
        }

        /**
         * Answers requests under this name, such as {@code example.org}; under the machine's
         * addresses and {@code localhost} it answers anyway.
         */
        public Configuration allowHost(String name) {
            hosts.add(name.toLowerCase(Locale.ROOT));
            return this;
        }

        /**
         * Lets pages of another origin, such as {@code https://example.org}, follow channels here.
         */
        public Configuration allowOrigin(String origin) {
            origins.add(origin);
            return this;
        }

        /**
         * Listens.
         *
         * @throws OrreryException.Unavailable when the port is in use or the address is not this
         *     machine's
         */
        public Gateway open() {
            Gateway gateway = new Gateway(this);
            gateway.start(host, port);
            return gateway;
        }
    }

    /** A gateway for these channels, to be opened. The channels stay the caller's to close. */
    public static Configuration configure(Channels channels) {
        return new Configuration(channels);
    }

    private static Server server(ThreadFactory threads) {
        QueuedThreadPool pool = new QueuedThreadPool(16, 4);
        pool.setName("orrery-http");
        pool.setVirtualThreadsExecutor(task -> threads.newThread(task).start());
        return new Server(pool);
    }

    private static ServerConnector connector(
            Server server, Configuration configuration, Limits limits) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        ServerConnector connector =
                new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(configuration.host);
        connector.setPort(configuration.port);
        connector.setReuseAddress(true);
        connector.setIdleTimeout(quiet(limits).toMillis());
        return connector;
    }

    /** Longer than a living client is ever quiet. */
    private static Duration quiet(Limits limits) {
        return limits.pingEvery()
                .plus(limits.pongWithin())
                .plus(limits.writeWithin())
                .plusSeconds(10);
    }

    private void configure(ServerWebSocketContainer container) {
        Limits limits = services.limits();
        container.setMaxTextMessageSize(limits.frameBytes());
        container.setMaxBinaryMessageSize(limits.frameBytes());
        container.setMaxFrameSize(limits.frameBytes());
        container.setAutoFragment(true);
        container.setIdleTimeout(quiet(limits));
        container.addMapping(WEBSOCKET_PATH, this::upgrade);
        container.addMapping(CALLS_PATH, this::upgradeCalls);
    }

    private boolean refuses(
            ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
        if (HttpHandler.refuses(hosts, request, response, callback)) {
            return true;
        }
        if (connections() >= services.limits().connections()) {
            HttpHandler.answer(response, callback, 503, "too many clients; try again later");
            return true;
        }
        response.setExtensions(java.util.List.of());
        return false;
    }

    private @Nullable Object upgradeCalls(
            ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
        if (refuses(request, response, callback)) {
            return null;
        }
        if (!request.hasSubProtocol(CallSocket.PROTOCOL)) {
            String line = "only the subprotocol " + CallSocket.PROTOCOL + " is spoken here";
            HttpHandler.answer(response, callback, 400, line);
            return null;
        }
        response.setAcceptedSubProtocol(CallSocket.PROTOCOL);
        String method = request.getHttpURI().getDecodedPath().substring(HttpHandler.CALLS.length());
        return new CallSocket(
                services, EventStreams.token(request), method, callers::add, callers::remove);
    }

    private @Nullable Object upgrade(
            ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
        if (refuses(request, response, callback)) {
            return null;
        }
        Form form = form(request, response);
        return new WebSocketEndpoint(services, form, sessions::add, sessions::remove);
    }

    private Form form(ServerUpgradeRequest request, ServerUpgradeResponse response) {
        if (request.hasSubProtocol(PROTOBUF)) {
            response.setAcceptedSubProtocol(PROTOBUF);
            return new ProtobufForm(services.json());
        }
        if (request.hasSubProtocol(JSON)) {
            response.setAcceptedSubProtocol(JSON);
        }
        return new JsonForm(services.json());
    }

    private void start(String host, int port) {
        try {
            server.start();
        } catch (Exception failure) {
            close();
            throw unavailable(host, port, failure);
        }
    }

    private static OrreryException.Unavailable unavailable(
            String host, int port, Exception failure) {
        boolean taken =
                failure instanceof BindException || failure.getCause() instanceof BindException;
        return taken
                ? new OrreryException.Unavailable(
                        "port " + port + " on " + host + " is in use",
                        "stop the program that listens there, or choose another port (0 takes a"
                                + " free one)",
                        Duration.ZERO,
                        failure)
                : new OrreryException.Unavailable(
                        "cannot listen on " + host + ":" + port + " (" + failure.getMessage() + ")",
                        "choose an address of this machine and a port from 1024 to 65535, or 0",
                        Duration.ZERO,
                        failure);
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Where a browser finds it. */
    public URI uri() {
        return URI.create("http://" + connector.getHost() + ":" + port() + "/");
    }

    /** How many clients are connected. */
    public int connections() {
        return sessions.size() + callers.size() + streams.size();
    }

    /** Tells every client that the server goes, and stops listening. Idempotent. */
    @Override
    public void close() {
        sessions.forEach(session ->
                session.disconnect(DisconnectCode.SHUTDOWN, "the server stops; come back soon"));
        callers.forEach(CallSocket::shutdown);
        streams.close();
        try {
            server.stop();
        } catch (Exception failure) {
            System.getLogger(Gateway.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "the server did not stop in order: {0}",
                            failure);
        }
        server.destroy();
    }
}
