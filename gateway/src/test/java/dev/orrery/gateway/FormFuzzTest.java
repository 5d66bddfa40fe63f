package dev.orrery.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Both decoders against damaged and made-up frames: a command or a {@link BadFrame}, nothing else.
 */
// law G5
class FormFuzzTest {
    private static final long SEED = Long.getLong("orrery.seed", 20260727L);
    private static final int ROUNDS = 20_000;
    private static final Json JSON = new Json();

    private static final List<byte[]> JSON_SEEDS =
            Stream.of(
                            "{\"id\":1,\"connect\":{\"token\":\"t\"}}",
                            "{\"id\":2,\"subscribe\":{\"channel\":\"a\",\"recover\":true,\"epoch\":\"e\",\"offset\":7}}",
                            "{\"id\":3,\"rpc\":{\"method\":\"m\",\"data\":{\"a\":[1,2.5e3,null,\"\\u00e9\"]}}}\n"
                                    + "{}",
                            "{\"id\":4,\"unsubscribe\":{\"channel\":\"a\"}}",
                            "{\"id\":5,\"history\":{\"channel\":\"a\",\"limit\":-1,\"since\":{\"epoch\":\"e\",\"offset\":7},\"reverse\":true}}",
                            "{\"id\":6,\"publish\":{\"channel\":\"a\",\"data\":[1]}}",
                            "{\"id\":7,\"presence\":{\"channel\":\"a\"}}\n"
                                    + "{\"id\":8,\"presence_stats\":{}}",
                            "{\"id\":9,\"refresh\":{\"token\":\"t\"}}\n"
                                    + "{\"id\":10,\"sub_refresh\":{\"channel\":\"a\",\"token\":\"t\"}}",
                            "[".repeat(200))
                    .map(text -> text.getBytes(StandardCharsets.UTF_8))
                    .toList();

    /** The same commands as the SDK writes them, and lengths that promise more than there is. */
    private static final List<byte[]> PROTOBUF_SEEDS =
            Stream.of(
                            "0708011a0322012a",
                            "050801220310000a01",
                            "1308022a0f0a01611801320165380750015801",
                            "0d08036a090a05227822120166",
                            "0f0805520b0a01613803420508071201654801",
                            "0a080642060a016112015b",
                            "0708074203" + "0a0161",
                            "09080c7a060a0161120174",
                            "00",
                            "0708043203" + "0a0161",
                            "ffffffff0f",
                            "ffffffffffffffffff01",
                            "0608016a7f0a7f")
                    .map(HexFormat.of()::parseHex)
                    .toList();

    static Stream<Object[]> decoders() {
        return Stream.of(
                new Object[] {new JsonForm(JSON), JSON_SEEDS},
                new Object[] {new ProtobufForm(JSON), PROTOBUF_SEEDS});
    }

    @ParameterizedTest
    @MethodSource("decoders")
    void everyFrameIsReadOrRefused(Form form, List<byte[]> seeds) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] frame = mutated(random, seeds.get(random.nextInt(seeds.size())));
            try {
                assertThat(form.decode(frame)).isNotEmpty();
                read++;
            } catch (BadFrame refused) {
                assertThat(refused.reason()).isNotBlank().hasSizeLessThan(120).doesNotContain("\n");
            } catch (RuntimeException | StackOverflowError escaped) {
                throw new AssertionError(
                        "seed " + SEED + ", frame " + HexFormat.of().formatHex(frame), escaped);
            }
        }
        assertThat(read)
                .as("frames that were read, or nothing was tested")
                .isGreaterThan(ROUNDS / 100);
    }

    private static byte[] mutated(RandomGenerator random, byte[] seed) {
        byte[] frame = seed.clone();
        for (int change = random.nextInt(4); change > 0 && frame.length > 0; change--) {
            frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
        }
        return switch (random.nextInt(4)) {
            case 0 -> java.util.Arrays.copyOf(frame, random.nextInt(frame.length + 1));
            case 1 -> java.util.Arrays.copyOf(frame, frame.length + random.nextInt(8));
            default -> frame;
        };
    }
}
