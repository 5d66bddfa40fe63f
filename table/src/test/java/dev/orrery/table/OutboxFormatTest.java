package dev.orrery.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Key;
import dev.orrery.core.KeyValueStore;
import dev.orrery.core.OrreryException.StorageFailure;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import dev.orrery.testkit.Seeded;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is written to disk: docs/formats/outbox.md, version 1. */
class OutboxFormatTest {
    private static final Mutation PATCH =
            new Mutation.Patch("1-1", Key.of("SFO"), Row.of("name", "b"), Row.of("name", "a"));
    private static final Mutation INSERT =
            new Mutation.Insert("1-2", Key.of("OAK"), Row.of("iata", "OAK", "runways", null));
    private static final Mutation DELETE = new Mutation.Delete("1-3", Key.of(5), Row.of("n", 5L));
    private static final List<String> GOLDEN =
            List.of(
                    "01a1684163636570746564a1696d75746174696f6e7383a1655061746368a462696463312d31636b65796353464f666669656c6473a1646e616d656162686578706563746564a1646e616d656161a166496e73657274a362696463312d32636b6579634f414b63726f77a26469617461634f414b6772756e77617973f6a16644656c657465a362696463312d33636b6579622335686578706563746564a1616e05",
                    "01a167536574746c6564a363726f77a1646e616d656162686d75746174696f6e63312d3169636f6e6669726d6564f5",
                    "01a167536574746c6564a363726f77f6686d75746174696f6e63312d3269636f6e6669726d6564f4");

    private final SegmentLog log = SegmentLog.inMemory();
    private final Outbox outbox = new Outbox("cities", log);

    private Overlay replayed() {
        Overlay overlay = new Overlay(UnaryOperator.identity());
        outbox.replayInto(overlay);
        return overlay;
    }

    @Test
    void theBytesAreThoseOfVersionOne() {
        outbox.accept(List.of(PATCH, INSERT, DELETE));
        outbox.settle("1-1", new Settlement.Confirmed(Optional.of(Row.of("name", "b"))));
        outbox.settle("1-2", null);

        assertThat(log.read(0, 10))
                .extracting(entry -> HexFormat.of().formatHex(entry.bytes()))
                .containsExactlyElementsOf(GOLDEN);
    }

    @Test
    void whatVersionOneWroteIsRead() { // law T6
        GOLDEN.forEach(hex -> log.append(HexFormat.of().parseHex(hex)));

        assertThat(replayed().pending())
                .extracting(Overlay.Pending::mutation)
                .containsExactly(DELETE);
    }

    @Test
    void aNewerVersionIsRefusedByName() {
        log.append(new byte[] {2, 0});

        assertThatThrownBy(this::replayed)
                .isInstanceOfSatisfying(
                        StorageFailure.class,
                        failure ->
                                assertThat(failure.kind())
                                        .isEqualTo(StorageFailure.Kind.NEWER_FORMAT));
    }

    @Test
    void whateverTheBytesTheAnswerIsARecordOrAStorageFailure() {
        Seeded.runs(
                2000,
                random -> {
                    byte[] bytes = HexFormat.of().parseHex(random.pick(GOLDEN));
                    for (int i = random.below(4); i >= 0; i--) {
                        bytes[random.below(bytes.length)] = (byte) random.bits();
                    }
                    SegmentLog damaged = SegmentLog.inMemory();
                    damaged.append(bytes);
                    try {
                        new Outbox("cities", damaged)
                                .replayInto(new Overlay(UnaryOperator.identity()));
                    } catch (StorageFailure expected) {
                        assertThat(expected).hasMessageStartingWith("the outbox of cities ");
                    } catch (RuntimeException other) {
                        throw new AssertionError(HexFormat.of().formatHex(bytes), other);
                    }
                });
    }

    @Test
    void whatIsSettledIsTrimmedAndWhatIsPendingIsKept() { // law T9
        SegmentLog small = SegmentLog.inMemory(SegmentLog.Options.DEFAULT.segmentBytes(1024));
        Outbox trimmed = new Outbox("cities", small);
        Overlay overlay = new Overlay(UnaryOperator.identity());
        for (int i = 0; i < 200; i++) {
            Mutation each = new Mutation.Insert("1-" + i, Key.of(i), Row.of("id", (long) i));
            Overlay.Pending pending = new Overlay.Pending(each, trimmed.accept(List.of(each)));
            overlay.accept(pending);
            if (i != 150) {
                trimmed.settle(
                        each.id(), new Settlement.Confirmed(Optional.of(Row.of("id", (long) i))));
                overlay.remove(pending, null, List.of());
            }
            trimmed.trim(overlay);
        }

        assertThat(small.start()).isBetween(250L, 301L);
        Overlay again = new Overlay(UnaryOperator.identity());
        trimmed.replayInto(again);
        assertThat(again.pending()).extracting(Overlay.Pending::id).containsExactly("1-150");
    }

    @Test
    void theCacheGivesBackWhatItWasTold() { // law T15
        KeyValueStore store = KeyValueStore.inMemory();
        BaseCache cache = new BaseCache(store, "cities");
        BaseCache neighbour = new BaseCache(store, "citie");
        Schema schema = Schema.of(Rig.City.class).required("name");
        assertThat(cache.load()).isEmpty();
        cache.fill(schema, Map.of(Key.of("a"), Row.of("id", "a"), Key.of("b"), Row.of("id", "b")));
        cache.update(
                Map.of(Key.of("a"), Optional.empty(), Key.of("c"), Optional.of(Row.of("id", "c"))));
        neighbour.fill(schema, Map.of(Key.of("z"), Row.of("id", "z")));

        assertThat(cache.load().orElseThrow().schema()).isEqualTo(schema);
        assertThat(cache.load().orElseThrow().rows())
                .isEqualTo(Map.of(Key.of("b"), Row.of("id", "b"), Key.of("c"), Row.of("id", "c")));
        cache.fill(schema, Map.of());
        assertThat(cache.load().orElseThrow().rows()).isEmpty();
        assertThat(neighbour.load().orElseThrow().rows()).hasSize(1);
    }

    @Test
    void aDamagedCacheIsAsGoodAsNone() { // law T15
        Seeded.runs(
                200,
                random -> {
                    KeyValueStore store = KeyValueStore.inMemory();
                    BaseCache cache = new BaseCache(store, "cities");
                    cache.fill(Schema.of(Rig.City.class), Map.of(Key.of("a"), Row.of("id", "a")));
                    KeyValueStore.Entry entry = random.pick(store.scan(new byte[0], null, 10));
                    byte[] bytes = entry.value();
                    bytes[random.below(bytes.length)] ^= (byte) (1 + random.below(255));
                    store.put(entry.key(), bytes);

                    cache.load(); // anything but an error
                });
    }
}
