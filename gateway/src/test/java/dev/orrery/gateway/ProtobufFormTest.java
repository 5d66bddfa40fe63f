package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.orrery.core.Cursor;
import dev.orrery.gateway.Publication.ClientInfo;
import io.github.centrifugal.centrifuge.internal.protocol.Protocol;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
                                                        .setToken("s")
                                                        .setJoinLeave(true)
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
                                Protocol.Command.newBuilder()))
                .containsExactly(
                        new Command.Connect(1, "t"),
                        new Command.Subscribe(
                                0xFFFF_FFFFL,
                                "a",
                                "s",
                                true,
                                "e",
                                1L << 40,
                                Map.of("rows", 40L),
                                true),
                        new Command.Unsubscribe(3, "a"),
                        new Command.Call(4, "m", Map.of("n", 1L)),
                        new Command.Pong());
    }

    @Test
    void readsWhatIsAskedOfAChannel() throws Exception {
        assertThat(
                        decoded(
                                Protocol.Command.newBuilder()
                                        .setId(5)
                                        .setHistory(
                                                Protocol.HistoryRequest.newBuilder()
                                                        .setChannel("a")
                                                        .setLimit(-1)
                                                        .setReverse(true)
                                                        .setSince(
                                                                Protocol.StreamPosition.newBuilder()
                                                                        .setEpoch("e")
                                                                        .setOffset(7))),
                                Protocol.Command.newBuilder()
                                        .setId(6)
                                        .setHistory(
                                                Protocol.HistoryRequest.newBuilder()
                                                        .setChannel("a")
                                                        .setLimit(3)),
                                Protocol.Command.newBuilder()
                                        .setId(7)
                                        .setHistory(
                                                Protocol.HistoryRequest.newBuilder()
                                                        .setSince(
                                                                Protocol.StreamPosition.newBuilder()
                                                                        .setOffset(7))),
                                Protocol.Command.newBuilder()
                                        .setId(8)
                                        .setPublish(
                                                Protocol.PublishRequest.newBuilder()
                                                        .setChannel("a")
                                                        .setData(ByteString.copyFromUtf8("[1]"))),
                                Protocol.Command.newBuilder()
                                        .setId(9)
                                        .setPresence(
                                                Protocol.PresenceRequest.newBuilder()
                                                        .setChannel("a")),
                                Protocol.Command.newBuilder()
                                        .setId(10)
                                        .setPresenceStats(
                                                Protocol.PresenceStatsRequest.newBuilder()
                                                        .setChannel("a")),
                                Protocol.Command.newBuilder()
                                        .setId(11)
                                        .setRefresh(
                                                Protocol.RefreshRequest.newBuilder().setToken("t")),
                                Protocol.Command.newBuilder()
                                        .setId(12)
                                        .setSubRefresh(
                                                Protocol.SubRefreshRequest.newBuilder()
                                                        .setChannel("a")
                                                        .setToken("t")),
                                Protocol.Command.newBuilder()
                                        .setId(13)
                                        .setSend(Protocol.SendRequest.newBuilder())))
                .containsExactly(
                        new Command.History(
                                5, "a", -1, Optional.of(new Cursor.Numbered("e", 7)), true),
                        new Command.History(6, "a", 3, Optional.empty(), false),
                        new Command.Unreadable(7, "since is an epoch and an offset"),
                        new Command.Publish(8, "a", List.of(1L)),
                        new Command.Presence(9, "a"),
                        new Command.PresenceStats(10, "a"),
                        new Command.Refresh(11, "t"),
                        new Command.SubRefresh(12, "a", "t"),
                        new Command.Unserved(13, "send"));
    }

    @Test
    void writesWhatIsToldOfAChannel() throws Exception {
        ClientInfo ann = new ClientInfo("ann", "c1", "{\"name\":\"Ann\"}");
        Protocol.HistoryResult kept =
                read(new Reply.Kept(1, "e", 9, List.of(new Publication(8, "1", Optional.of(ann)))))
                        .getHistory();
        assertThat(kept.getEpoch() + kept.getOffset()).isEqualTo("e9");
        assertThat(kept.getPublications(0).getOffset()).isEqualTo(8);
        assertAnn(kept.getPublications(0).getInfo());
        assertAnn(
                read(new Reply.Present(1, List.of(ann))).getPresence().getPresenceMap().get("c1"));
        Protocol.PresenceStatsResult count =
                read(new Reply.PresentCount(1, 3, 2)).getPresenceStats();
        assertThat(count.getNumClients() + "/" + count.getNumUsers()).isEqualTo("3/2");
        assertAnn(read(new Reply.Joined("a", ann)).getPush().getJoin().getInfo());
        assertAnn(read(new Reply.Left("a", ann)).getPush().getLeave().getInfo());
        assertThat(read(new Reply.Left("a", ann)).getPush().getChannel()).isEqualTo("a");
        assertThat(read(new Reply.Accepted(1)).hasPublish()).isTrue();
        Protocol.RefreshResult refreshed =
                read(new Reply.Refreshed(1, "c1", "v", OptionalInt.of(30))).getRefresh();
        assertThat(refreshed.getClient() + refreshed.getVersion() + refreshed.getTtl())
                .isEqualTo("c1v30");
        assertThat(refreshed.getExpires()).isTrue();
        Protocol.SubRefreshResult renewed =
                read(new Reply.SubRefreshed(1, OptionalInt.of(30))).getSubRefresh();
        assertThat(renewed.getExpires() + "" + renewed.getTtl()).isEqualTo("true30");
        assertThat(read(new Reply.SubRefreshed(1, OptionalInt.empty())).getSubRefresh())
                .isEqualTo(Protocol.SubRefreshResult.getDefaultInstance());
    }

    private static void assertAnn(Protocol.ClientInfo info) {
        assertThat(info.getUser() + info.getClient() + info.getConnInfo().toStringUtf8())
                .isEqualTo("annc1{\"name\":\"Ann\"}");
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
                                null,
                                OptionalInt.of(60)));
        assertThat(subscribed.getId()).isEqualTo(7);
        Protocol.SubscribeResult result = subscribed.getSubscribe();
        assertThat(result.getEpoch()).isEqualTo("e");
        assertThat(result.getOffset()).isEqualTo(9);
        assertThat(result.getExpires() + "" + result.getTtl()).isEqualTo("true60");
        assertThat(result.getRecoverable() && result.getPositioned()).isTrue();
        assertThat(result.getRecovered() && result.getWasRecovering()).isTrue();
        assertThat(result.getPublicationsList())
                .extracting(publication ->
                        publication.getOffset() + publication.getData().toStringUtf8())
                .containsExactly("8\"h\u00e9\"", "91");
        assertThat(
                        read(new Reply.Subscribed(
                                        7,
                                        "e",
                                        9,
                                        false,
                                        false,
                                        List.of(),
                                        "[1]",
                                        OptionalInt.empty()))
                                .getSubscribe()
                                .getData())
                .isEqualTo(ByteString.copyFromUtf8("[1]"));

        Protocol.ConnectResult connected =
                read(new Reply.Connected(1, "c", "v", 25, OptionalInt.of(9))).getConnect();
        assertThat(
                        connected.getClient()
                                + connected.getVersion()
                                + connected.getPing()
                                + connected.getPong()
                                + connected.getExpires()
                                + connected.getTtl())
                .isEqualTo("cv25truetrue9");
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
