package dev.orrery.table;

import static dev.orrery.table.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Key;
import dev.orrery.core.Row;
import dev.orrery.core.Subscription;
import dev.orrery.core.Update;
import dev.orrery.table.Rig.City;
import dev.orrery.table.WriteStatus.State;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How the writes of a table stand, told to whoever follows them. */
class WritesTest {
    private static final City ROME = new City("rome", "Rome", 10L);
    private static final City OSLO = new City("oslo", "Oslo", 5L);

    private final Rig rig = new Rig(ROME, OSLO);
    private Subscription<Update<List<WriteStatus>, List<WriteStatus>>> statuses =
            rig.cities.writes().subscribe();

    @AfterEach
    void close() {
        rig.driver.gate.release(1000);
        rig.close();
    }

    private List<WriteStatus> told() {
        return switch (statuses.next(SOON).orElseThrow()) {
            case Update.Whole<List<WriteStatus>, List<WriteStatus>>(_, var all) -> all;
            case Update.Delta<List<WriteStatus>, List<WriteStatus>>(_, var changed) -> changed;
        };
    }

    private static WriteStatus rome(State state, String mutation, String name, String reason) {
        return rome(state, mutation, name, "Rome", reason);
    }

    private static WriteStatus rome(
            State state, String mutation, String name, String theirs, String reason) {
        return new WriteStatus(
                Key.of("rome"),
                state,
                mutation,
                Row.of("name", name),
                Row.of("name", theirs),
                reason);
    }

    private void edit(String mutation, String name) {
        rig.cities.edit("rome", new Edit(mutation, Row.of(), Row.of("name", name)));
    }

    @Test
    void aWriteIsSavingUntilItIsSettled() { // law T18
        assertThat(told()).isEmpty();
        rig.driver.gate = new Semaphore(0);
        edit("m1", "Roma");
        assertThat(told()).containsExactly(rome(State.SAVING, "m1", "Roma", ""));
        assertThat(wholeNow()).containsExactly(rome(State.SAVING, "m1", "Roma", ""));
        rig.driver.gate.release();
        assertThat(told()).containsExactly(rome(State.SETTLED, "m1", "Roma", ""));
        assertThat(wholeNow()).isEmpty();
    }

    private List<WriteStatus> wholeNow() {
        try (var fresh = rig.cities.writes().subscribe()) {
            return fresh.next(SOON).orElseThrow()
                            instanceof Update.Whole<List<WriteStatus>, ?>(_, var all)
                    ? all
                    : List.of();
        }
    }

    @Test
    void aWriteWaitsWithTheReasonWhileTheSourceIsAway() { // law T18
        told();
        rig.driver.away = true;
        edit("m1", "Roma");
        List<WriteStatus> newest = told();
        if (newest.getFirst().state() == State.SAVING) {
            newest = told();
        }
        assertThat(newest).containsExactly(rome(State.WAITING, "m1", "Roma", "the source is away"));
        rig.restart();
        statuses = rig.cities.writes().subscribe();
        assertThat(told().getFirst().mutation()).isEqualTo("m1");
        rig.driver.away = false;
        List<WriteStatus> last = told();
        while (last.getFirst().state() != State.SETTLED) {
            last = told();
        }
        assertThat(rig.cities.require("rome").name()).isEqualTo("Roma");
    }

    @Test
    void aRefusalAndAConflictAreToldWithTheReasonAndWhatTheSourceHas() { // law T18
        told();
        rig.driver.refused = _ -> true;
        edit("m1", "Roma");
        told();
        assertThat(told())
                .containsExactly(rome(State.REJECTED, "m1", "Roma", "name was refused (was rome)"));
        rig.cities.giveUp("m1");
        assertThat(told()).containsExactly(rome(State.SETTLED, "m1", "Roma", ""));

        rig.driver.refused = _ -> false;
        rig.driver.gate = new Semaphore(0);
        edit("m2", "Roma");
        told();
        rig.foreign("rome", Row.of("name", "Rom"));
        rig.driver.gate.release();
        WriteStatus conflict = told().getFirst();
        assertThat(conflict)
                .isEqualTo(rome(State.CONFLICT, "m2", "Roma", "Rom", conflict.reason()));
        edit("m3", "Romae");
        assertThat(told().getFirst().state()).isEqualTo(State.SAVING);
    }
}
