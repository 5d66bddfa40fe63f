package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Bytes;
import dev.orrery.core.OrreryException.Invalid;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Bases whose parts come one by one, from peers who may send more than there is room for. */
class IncomingBasesTest { // law G60
    private static final int PART = StoredBase.PART_BYTES;

    private final IncomingBases incoming = new IncomingBases(3L * PART);

    private static SyncMessage.BaseName base(int which, int length) {
        return new SyncMessage.BaseName(
                Hash.of(new byte[] {(byte) which}), length, Optional.empty());
    }

    private static Bytes bytes(int length) {
        return Bytes.of(new byte[length]);
    }

    private int reached(int which) {
        return incoming.reached(base(which, 0).hash());
    }

    @Test
    void partsInTheirOrderAreTheBaseAndAnyOtherIsLeftAlone() {
        SyncMessage.BaseName name = base(1, 5);
        assertThat(incoming.take(name, 0, Bytes.of(new byte[] {1, 2}))).isEmpty();
        assertThat(incoming.take(name, 0, Bytes.of(new byte[] {9, 9}))).isEmpty();
        assertThat(incoming.take(name, 3, Bytes.of(new byte[] {9}))).isEmpty();
        assertThat(reached(1)).isEqualTo(2);
        assertThat(incoming.take(name, 2, Bytes.of(new byte[] {3, 4, 5})))
                .map(PackedBase::packed)
                .contains(Bytes.of(new byte[] {1, 2, 3, 4, 5}));
        assertThat(reached(1)).isZero();
    }

    @Test
    void theOneThatWasBegunFirstMakesRoom() {
        for (int which = 1; which <= 4; which++) {
            assertThat(incoming.take(base(which, 2 * PART), 0, bytes(PART))).isEmpty();
        }
        assertThat(reached(1)).isZero();
        assertThat(reached(2)).isEqualTo(PART);
        assertThat(incoming.take(base(1, 2 * PART), PART, bytes(PART)))
                .as("goes on where it is not any more")
                .isEmpty();
        assertThat(incoming.take(base(2, 2 * PART), PART, bytes(PART))).isPresent();
        assertThat(reached(3)).as("made room for the second").isZero();
        assertThat(reached(4)).isEqualTo(PART);
    }

    @Test
    void theOneThatGrowsIsKeptThoughItWasBegunFirst() {
        SyncMessage.BaseName long1 = base(1, 3 * PART);
        incoming.take(long1, 0, bytes(PART));
        incoming.take(base(2, 2 * PART), 0, bytes(PART));
        incoming.take(base(3, 2 * PART), 0, bytes(PART));
        assertThat(incoming.take(long1, PART, bytes(PART))).isEmpty();
        assertThat(reached(1)).isEqualTo(2 * PART);
        assertThat(reached(2)).isZero();
        assertThat(reached(3)).isEqualTo(PART);
        assertThat(incoming.take(long1, 2 * PART, bytes(PART))).isPresent();
    }

    @Test
    void oneThatIsLongerThanWasSaidIsForgottenAndNoOther() {
        incoming.take(base(1, PART), 0, bytes(PART - 1));
        incoming.take(base(2, PART), 0, bytes(7));
        assertThatThrownBy(() -> incoming.take(base(1, PART), PART - 1, bytes(2)))
                .isInstanceOf(Invalid.class);
        assertThat(reached(1)).isZero();
        assertThat(reached(2)).isEqualTo(7);
    }

    @Test
    void manyThatAreHardlyBegunAreForgottenToo() {
        for (int which = 1; which <= 100; which++) {
            incoming.take(base(which, PART), 0, bytes(1));
        }
        assertThat(reached(97)).isZero();
        assertThat(reached(98)).isEqualTo(1);
        assertThat(reached(100)).isEqualTo(1);
    }
}
