package dev.orrery.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Very many WebSocket clients on one thread, so that they cost little beside the server they are to
 * measure: they find numbers in what they are sent and understand nothing else of it. Some of them
 * stop reading once they follow.
 */
final class SocketCrowd implements AutoCloseable {
    private static final byte[] NUMBER = "{\"at\":\"".getBytes(US_ASCII);
    private static final byte[] FOLLOWS = "\"recoverable\":true".getBytes(US_ASCII);
    private static final int STALLED_BUFFER_BYTES = 4 << 10;
    private static final int READ_BYTES = 256 << 10;
    private static final long LIMIT_SECONDS = 60;

    private final int port;
    private final String[] channels;
    private final Numbers numbers;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private final List<SocketChannel> sockets = new ArrayList<>();
    private final CountDownLatch following;
    private final Thread reader;

    /** Is told each number that any of them was sent, on their one thread. */
    @FunctionalInterface
    interface Numbers {
        void received(long number, long nanoTime);
    }

    /** What one of them is in the middle of. */
    private static final class Client {
        private byte[] rest = {};
        private int follows;
    }

    private SocketCrowd(int port, int size, String[] channels, Numbers numbers) throws IOException {
        this.port = port;
        this.channels = channels;
        this.numbers = numbers;
        this.following = new CountDownLatch(size);
        this.reader = Thread.ofPlatform().name("socket-crowd").unstarted(this::read);
    }

    /**
     * Connects so many, each following these channels.
     *
     * @param size how many read all they are sent
     * @param numbers the value of {@code at} in the messages of these channels, as text
     */
    static SocketCrowd reading(int port, int size, Numbers numbers, String... channels)
            throws Exception {
        SocketCrowd crowd = new SocketCrowd(port, size, channels, numbers);
        boolean complete = false;
        try {
            for (int i = 0; i < size; i++) {
                SocketChannel socket = crowd.connect();
                socket.configureBlocking(false);
                socket.register(crowd.selector, SelectionKey.OP_READ, new Client());
            }
            crowd.reader.start();
            complete = crowd.following.await(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!complete) {
                throw new IllegalStateException(crowd.following + " do not follow");
            }
            return crowd;
        } finally {
            if (!complete) {
                crowd.close();
            }
        }
    }

    /** Connects so many that follow these channels and read nothing of what comes. */
    static SocketCrowd stalled(int port, int size, String... channels) throws Exception {
        SocketCrowd crowd = new SocketCrowd(port, 0, channels, (_, _) -> {});
        for (int i = 0; i < size; i++) {
            SocketChannel socket = crowd.connect();
            ByteBuffer some = ByteBuffer.allocate(1);
            socket.read(some); // the server has begun to answer, and so it goes on
        }
        return crowd;
    }

    private SocketChannel connect() throws IOException {
        SocketChannel socket = SocketChannel.open();
        sockets.add(socket);
        if (following.getCount() == 0) {
            socket.setOption(StandardSocketOptions.SO_RCVBUF, STALLED_BUFFER_BYTES);
        }
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        write(socket, upgrade().getBytes(US_ASCII));
        readHeaders(socket);
        write(socket, frame(commands()));
        return socket;
    }

    private static String upgrade() {
        return String.join(
                "\r\n",
                "GET /connection/websocket HTTP/1.1",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                "",
                "");
    }

    private String commands() {
        StringBuilder commands = new StringBuilder("{\"id\":1,\"connect\":{}}");
        for (int i = 0; i < channels.length; i++) {
            commands.append("\n{\"id\":")
                    .append(i + 2)
                    .append(",\"subscribe\":{\"channel\":\"")
                    .append(channels[i])
                    .append("\"}}");
        }
        return commands.toString();
    }

    /** A text frame under the mask of zeros, which changes nothing. */
    private static byte[] frame(String text) {
        byte[] content = text.getBytes(UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(content.length + 8);
        frame.put((byte) 0x81);
        if (content.length < 126) {
            frame.put((byte) (0x80 | content.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) content.length);
        }
        frame.putInt(0).put(content);
        return Arrays.copyOf(frame.array(), frame.position());
    }

    private static void write(SocketChannel socket, byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            socket.write(out);
        }
    }

    private static void readHeaders(SocketChannel socket) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        int matched = 0;
        while (matched < 4) {
            one.clear();
            if (socket.read(one) < 0) {
                throw new IOException("the server does not speak WebSocket");
            }
            matched = one.get(0) == "\r\n\r\n".charAt(matched) ? matched + 1 : 0;
        }
    }

    private void read() {
        try {
            while (selector.isOpen()) {
                selector.select(this::read);
            }
        } catch (java.nio.channels.ClosedSelectorException ended) {
            return;
        } catch (IOException gone) {
            throw new java.io.UncheckedIOException(gone);
        }
    }

    private void read(SelectionKey key) {
        try {
            buffer.clear();
            if (((SocketChannel) key.channel()).read(buffer) < 0) {
                key.cancel();
                return;
            }
            long now = System.nanoTime();
            buffer.flip();
            scan((Client) key.attachment(), now);
        } catch (IOException gone) {
            key.cancel();
        }
    }

    /** Looks for numbers; what may be the beginning of one is kept for the next time. */
    private void scan(Client client, long now) {
        byte[] bytes = Arrays.copyOf(client.rest, client.rest.length + buffer.remaining());
        buffer.get(bytes, client.rest.length, buffer.remaining());
        int done = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (starts(bytes, at, FOLLOWS)) {
                done = at + FOLLOWS.length;
                if (++client.follows == channels.length) {
                    following.countDown();
                }
            } else if (starts(bytes, at, NUMBER)) {
                int end = at + NUMBER.length;
                long number = 0;
                while (end < bytes.length && bytes[end] != '"') {
                    number = number * 10 + bytes[end] - '0';
                    end++;
                }
                if (end == bytes.length) {
                    break;
                }
                done = end;
                numbers.received(number, now);
            }
        }
        int keep = Math.max(done, bytes.length - 64);
        client.rest = Arrays.copyOfRange(bytes, keep, bytes.length);
    }

    private static boolean starts(byte[] bytes, int at, byte[] word) {
        return bytes[at] == word[0]
                && at + word.length <= bytes.length
                && Arrays.equals(bytes, at, at + word.length, word, 0, word.length);
    }

    @Override
    public void close() throws IOException {
        selector.close();
        for (SocketChannel socket : sockets) {
            socket.close();
        }
    }
}
