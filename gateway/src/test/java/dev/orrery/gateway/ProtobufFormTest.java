package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.github.centrifugal.centrifuge.internal.protocol.Protocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The Protobuf form against the published messages as the SDK has them compiled. */
class ProtobufFormTest {
    private static final ProtobufForm FORM = new ProtobufForm(new Json());

    @Test
    void readsWhatThePublishedMessagesWrite() throws Exception {
        assertThat(
                        decoded(
                                Protocol.Command.newBuilder()
                                        .setId(1)
                                        .setConnect(
                                                Protocol.ConnectRequest.newBuilder()
                                                        .setToken("t")
                                                        .setName("java")),
                                Protocol.Command.newBuilder()
                                        .setId(-1)
                                        .setSubscribe(
                                                Protocol.SubscribeRequest.newBuilder()
                                                        .setChannel("a")
                                                        .setRecover(true)
                                                        .setEpoch("e")
                                                        .setOffset(1L << 40)
                                                        .setData(
                                                                ByteString.copyFromUtf8(
                                                                        "{\"rows\":40}"))
                                                        .setPositioned(true)),
                                Protocol.Command.newBuilder()
                                        .setId(3)
                                        .setUnsubscribe(
                                                Protocol.UnsubscribeRequest.newBuilder()
                                                        .setChannel("a")),
                                Protocol.Command.newBuilder()
                                        .setId(4)
                                        .setRpc(
                                                Protocol.RPCRequest.newBuilder()
                                                        .setMethod("m")
                                                        .setData(
                                                                ByteString.copyFromUtf8(
                                                                        "{\"n\":1}"))),
                                Protocol.Command.newBuilder()
                                        .setId(5)
                                        .setHistory(
                                                Protocol.HistoryRequest.newBuilder()
                                                        .setChannel("a")),
                                Protocol.Command.newBuilder()))
                .containsExactly(
                        new Command.Connect(1, "t"),
                        new Command.Subscribe(
                                0xFFFF_FFFFL, "a", true, "e", 1L << 40, Map.of("rows", 40L)),
                        new Command.Unsubscribe(3, "a"),
                        new Command.Call(4, "m", Map.of("n", 1L)),
                        new Command.Unserved(5, "history"),
                        new Command.Pong());
    }

    @Test
    void writesWhatThePublishedMessagesRead() throws Exception {
        Protocol.Reply subscribed =
                read(
                        new Reply.Subscribed(
                                7,
                                "e",
                                9,
                                true,
                                true,
                                List.of(new Publication(8, "\"h\u00e9\""), new Publication(9, "1")),
                                null));
        assertThat(subscribed.getId()).isEqualTo(7);
        Protocol.SubscribeResult result = subscribed.getSubscribe();
        assertThat(result.getEpoch()).isEqualTo("e");
        assertThat(result.getOffset()).isEqualTo(9);
        assertThat(result.getRecoverable() && result.getPositioned()).isTrue();
        assertThat(result.getRecovered() && result.getWasRecovering()).isTrue();
        assertThat(result.getPublicationsList())
                .extracting(publication ->
                        publication.getOffset() + publication.getData().toStringUtf8())
                .containsExactly("8\"h\u00e9\"", "91");
        assertThat(
                        read(new Reply.Subscribed(7, "e", 9, false, false, List.of(), "[1]"))
                                .getSubscribe()
                                .getData())
                .isEqualTo(ByteString.copyFromUtf8("[1]"));

        Protocol.ConnectResult connected = read(new Reply.Connected(1, "c", "v", 25)).getConnect();
        assertThat(
                        connected.getClient()
                                + connected.getVersion()
                                + connected.getPing()
                                + connected.getPong())
                .isEqualTo("cv25true");
        assertThat(read(new Reply.Returned(2, "{}")).getRpc().getData().toStringUtf8())
                .isEqualTo("{}");
        assertThat(read(new Reply.Unsubscribed(2)).hasUnsubscribe()).isTrue();
        assertThat(read(new Reply.Pong(2)).hasPing()).isTrue();
        assertThat(read(new Reply.Ping())).isEqualTo(Protocol.Reply.getDefaultInstance());
        Protocol.Error error = read(new Reply.Failed(2, 104, "no", true)).getError();
        assertThat(error.getCode() + error.getMessage() + error.getTemporary())
                .isEqualTo("104notrue");
        Protocol.Push pushed = read(new Reply.Published("a", new Publication(3, "4"))).getPush();
        assertThat(
                        pushed.getChannel()
                                + pushed.getPub().getOffset()
                                + pushed.getPub().getData().toStringUtf8())
                .isEqualTo("a34");
        Protocol.Push dropped = read(new Reply.Dropped("a", 2500, "r")).getPush();
        assertThat(dropped.getUnsubscribe().getCode() + dropped.getUnsubscribe().getReason())
                .isEqualTo("2500r");
    }

    @Test
    void lengthBeyondTheFrameIsRefusedBeforeMemoryIsTaken() {
        for (String frame : List.of("ffffffff07", "ffffffff0f", "05080122ffffffff07")) {
            assertThatThrownBy(() -> FORM.decode(HexFormat.of().parseHex(frame)))
                    .isInstanceOf(BadFrame.class);
        }
    }

    private static List<Command> decoded(Protocol.Command.Builder... commands) throws Exception {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        for (Protocol.Command.Builder command : Arrays.asList(commands)) {
            command.build().writeDelimitedTo(frame);
        }
        return FORM.decode(frame.toByteArray());
    }

    private static Protocol.Reply read(Reply reply) throws IOException {
        return Protocol.Reply.parseDelimitedFrom(new ByteArrayInputStream(FORM.encode(reply)));
    }
}
