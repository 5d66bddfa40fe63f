package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Bytes;
import dev.orrery.core.Row;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Messages and records about topics are written and read the same for ever. */
class TopicFormatTest {
    private static final Topic TOPIC = Topic.of("birds").nodes("Bird", "Egg").edges("eats");
    private static final VersionVector VECTOR =
            new VersionVector(
                    new TreeMap<>(
                            java.util.Map.of(
                                    "", new VersionVector.Known(0, 1),
                                    "ann", new VersionVector.Known(7, -2))));
    private static final Cut CUT =
            new Cut(
                    VECTOR,
                    new TreeSet<>(
                            List.of(new TypeName(false, "Bird"), new TypeName(true, "eats"))));

    private static Entry entry() {
        return new EntryCodec()
                .encode(
                        "ann",
                        8,
                        Hash.of(new byte[] {7}),
                        new HybridTime(1_700_000_000_000L, 3),
                        List.of(Hash.of(new byte[] {8})),
                        new Operation.AddNode("robin", "Bird", Row.of("age", 2L)));
    }

    private static List<SyncMessage> messages() {
        TopicQuestion.Place place = new TopicQuestion.Place(12, 3, 40);
        Bytes none = Bytes.of(EntryChunk.encode(List.of()));
        return List.of(
                new SyncMessage.AskTopic(
                        new TopicQuestion(
                                "zoo",
                                "south",
                                TOPIC,
                                VECTOR,
                                List.of(Hash.of(new byte[] {1})),
                                List.of(CUT),
                                place,
                                true,
                                1 << 20)),
                new SyncMessage.OfTopic(
                        new TopicAnswer("north", none, none, place, Optional.empty())),
                new SyncMessage.OfTopic(
                        new TopicAnswer("north", none, none, place, Optional.of(CUT))));
    }

    private static List<byte[]> records() {
        List<byte[]> records = new ArrayList<>();
        records.addAll(EntryRecord.all(5, List.of(entry()), true));
        records.addAll(EntryRecord.moved(9, 5, List.of(entry())));
        records.add(EntryRecord.topic(new Topics.Progress(TOPIC, List.of(CUT))));
        return records;
    }

    private static List<String> golden() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(
                        TopicFormatTest.class.getResourceAsStream("golden/v1/topics.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Test
    void messagesAndRecordsAreWrittenAndReadAsTheirGoldenFileShows() throws IOException {
        List<String> written = new ArrayList<>();
        for (SyncMessage message : messages()) {
            written.add(HexFormat.of().formatHex(message.encode()));
        }
        for (byte[] each : records()) {
            written.add(HexFormat.of().formatHex(each));
        }
        assertThat(written).isEqualTo(golden());
        for (int i = 0; i < messages().size(); i++) {
            assertThat(SyncMessage.decode(HexFormat.of().parseHex(golden().get(i))))
                    .isEqualTo(messages().get(i));
        }
        ByteBuffer progress = ByteBuffer.wrap(records().getLast()).position(2);
        assertThat(Topics.Progress.read(progress))
                .isEqualTo(new Topics.Progress(TOPIC, List.of(CUT)));
    }
}
