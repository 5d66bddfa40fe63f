package dev.orrery.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Key;
import dev.orrery.core.Row;
import dev.orrery.table.Overlay.Pending;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Mutation.Standing;
import dev.orrery.table.spi.Settlement;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class OverlayTest {
    private static final Key A = Key.of("a");
    private static final Row BASE = Row.of("id", "a", "name", "one", "people", 10L);

    private final Overlay overlay = new Overlay(UnaryOperator.identity());
    private int number;

    OverlayTest() {
        overlay.learn(A, Optional.of(BASE));
    }

    private Pending patch(Row fields) {
        Row seen = overlay.visible(A).orElseThrow();
        Row expected = Row.of();
        for (String column : fields.columns()) {
            expected = expected.with(column, seen.value(column));
        }
        return accept(new Mutation.Patch("m" + ++number, A, fields, expected));
    }

    private Pending delete() {
        return accept(new Mutation.Delete("m" + ++number, A, overlay.visible(A).orElseThrow()));
    }

    private Pending accept(Mutation mutation) {
        Pending pending = new Pending(mutation, 1);
        overlay.accept(pending);
        return pending;
    }

    private void refuse(Pending pending) {
        overlay.remove(pending, null, List.of());
    }

    private void confirm(Pending pending) {
        Optional<Row> answer = pending.mutation().applyTo(overlay.base(A));
        overlay.learn(A, answer);
        overlay.remove(pending, new Settlement.Confirmed(answer), List.of());
    }

    private Standing standing(Pending pending) {
        return pending.mutation().standing(overlay.base(A));
    }

    @Test
    void whatIsShownIsTheBaseWithThePendingMutationsInOrder() { // law T1
        patch(Row.of("name", "two"));
        patch(Row.of("people", 20L));
        patch(Row.of("name", "three"));

        assertThat(overlay.visible(A)).contains(Row.of("id", "a", "name", "three", "people", 20L));
        assertThat(overlay.base(A)).contains(BASE);
    }

    @Test
    void refusingAnEarlierWriteKeepsALaterOne() { // law T5, weakness W1
        Pending first = patch(Row.of("name", "two"));
        Pending second = patch(Row.of("people", 20L));
        refuse(first);

        assertThat(overlay.visible(A)).contains(BASE.with("people", 20L));
        assertThat(standing(second)).isEqualTo(Standing.DUE);
    }

    @Test
    void refusingALaterWriteDoesNotBringBackAnEarlierRefusedOne() { // law T5, weakness W1
        Pending first = patch(Row.of("name", "two"));
        Pending second = patch(Row.of("name", "three"));
        refuse(first);
        assertThat(overlay.visible(A)).contains(BASE.with("name", "three"));
        assertThat(standing(second)).isEqualTo(Standing.DUE);
        refuse(second);

        assertThat(overlay.visible(A)).contains(BASE);
    }

    @Test
    void refusingAWriteKeepsWhatTheSourceToldMeanwhile() { // law T4, weakness W2
        Pending write = patch(Row.of("name", "two"));
        overlay.learn(A, Optional.of(BASE.with("people", 99L)));
        assertThat(overlay.visible(A)).contains(BASE.with("people", 99L).with("name", "two"));
        refuse(write);

        assertThat(overlay.visible(A)).contains(BASE.with("people", 99L));
    }

    @Test
    void aWriteOnTopOfAConfirmedOneExpectsTheSourcesAnswer() { // law T5
        Pending first = patch(Row.of("name", "two"));
        Pending second = patch(Row.of("name", "three"));
        confirm(first);

        assertThat(standing(second)).isEqualTo(Standing.DUE);
    }

    @Test
    void aWriteIsOvertakenBySomebodyElsesChangeOfTheSameColumnOnly() { // law T5
        Pending name = patch(Row.of("name", "two"));
        Pending people = patch(Row.of("people", 20L));
        overlay.learn(A, Optional.of(BASE.with("name", "theirs")));

        assertThat(standing(name)).isEqualTo(Standing.OVERTAKEN);
        assertThat(standing(people)).isEqualTo(Standing.DUE);
    }

    @Test
    void aWriteOnTopOfAnOvertakenOneIsOvertakenToo() { // law T5: its author saw neither change
        Pending first = patch(Row.of("name", "two"));
        Pending second = patch(Row.of("name", "three"));
        overlay.learn(A, Optional.of(BASE.with("name", "theirs")));
        refuse(first);

        assertThat(standing(second)).isEqualTo(Standing.OVERTAKEN);
    }

    @Test
    void aDeleteOnTopOfARefusedPatchStillApplies() { // law T5
        Pending patch = patch(Row.of("name", "two"));
        Pending delete = delete();
        assertThat(overlay.visible(A)).isEmpty();
        refuse(patch);

        assertThat(standing(delete)).isEqualTo(Standing.DUE);
        refuse(delete);
        assertThat(overlay.visible(A)).contains(BASE);
    }

    @Test
    void aProposedWriteFollowsTheEndOfTheOneItStandsOn() { // law T5
        Pending first = patch(Row.of("name", "two"));
        Pending proposed =
                new Pending(
                        new Mutation.Patch("p", A, Row.of("name", "three"), Row.of("name", "two")),
                        0);
        overlay.remove(first, null, List.of(List.of(proposed)));

        assertThat(standing(proposed)).isEqualTo(Standing.DUE);
    }

    @Test
    void sendingAgainWhatWasDoneIsDone() { // law T6
        Pending insert =
                accept(new Mutation.Insert("i", Key.of("b"), Row.of("id", "b", "name", "new")));
        Optional<Row> there = Optional.of(Row.of("id", "b", "name", "new", "people", null));
        assertThat(insert.mutation().standing(there)).isEqualTo(Standing.DONE);

        Pending patch = patch(Row.of("name", "two"));
        assertThat(patch.mutation().standing(Optional.of(BASE.with("name", "two"))))
                .isEqualTo(Standing.DONE);
        assertThat(delete().mutation().standing(Optional.empty())).isEqualTo(Standing.DONE);
    }
}
