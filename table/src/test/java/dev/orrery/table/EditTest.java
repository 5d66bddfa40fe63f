package dev.orrery.table;

import static dev.orrery.table.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Row;
import dev.orrery.core.RowStatus;
import dev.orrery.table.Rig.City;
import dev.orrery.table.Write.State;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Edits by somebody far away, who may ask again. */
class EditTest {
    private static final City ROME = new City("rome", "Rome", 10L);

    private final Rig rig = new Rig(ROME);

    @AfterEach
    void close() {
        rig.driver.gate.release(1000);
        rig.close();
    }

    private static Edit edit(String mutation, String from, String to) {
        return new Edit(mutation, Row.of("name", from), Row.of("name", to));
    }

    @Test
    void anEditIsDoneOnceHoweverOftenItIsHandedOver() { // law T19
        Edit roma = edit("m1", "Rome", "Roma");
        rig.cities.edit("rome", roma).await(SOON);
        rig.foreign("rome", Row.of("name", "Rom"));
        rig.cities.refresh(SOON);

        assertThat(rig.cities.edit("rome", roma).state()).isEqualTo(State.CONFIRMED);
        assertThat(rig.cities.require("rome").name()).isEqualTo("Rom");
        assertThat(rig.driver.sent).hasSize(1);
        assertThatThrownBy(() -> rig.cities.edit("rome", edit("m1", "Rome", "Other")))
                .isInstanceOf(Invalid.class);
    }

    @Test
    void anEditThatIsPendingFromBeforeARestartIsNotQueuedAgain() { // law T19
        rig.driver.away = true;
        Edit roma = edit("m1", "Rome", "Roma");
        rig.cities.edit("rome", roma);
        rig.restart();

        Write<City> again = rig.cities.edit("rome", roma);
        assertThat(rig.cities.ledger().pending()).isEqualTo(1);
        rig.driver.away = false;
        assertThat(again.await(SOON).name()).isEqualTo("Roma");
        assertThat(rig.driver.sent).hasSize(1);
    }

    @Test
    void anEditWhoseAnswerIsForgottenIsDoneIfTheRowHasItsValues() { // law T19
        Edit roma = edit("m1", "Rome", "Roma");
        rig.cities.edit("rome", roma).await(SOON);
        rig.restart();

        assertThat(rig.cities.edit("rome", roma).state()).isEqualTo(State.CONFIRMED);
        assertThat(rig.driver.sent).hasSize(1);
    }

    @Test
    void anEditOfWhatItsAuthorDidNotSeeIsAConflictAndNothingIsQueued() { // law T19
        rig.foreign("rome", Row.of("name", "Rom", "people", 11L));
        rig.cities.refresh(SOON);

        assertThatThrownBy(() -> rig.cities.edit("rome", edit("m1", "Rome", "Roma")))
                .isInstanceOfSatisfying(
                        Conflict.class,
                        conflict ->
                                assertThat(((Row) conflict.actual()).text("name"))
                                        .isEqualTo("Rom"));
        assertThat(rig.driver.sent).isEmpty();
        Edit people = new Edit("m2", Row.of("people", 11L), Row.of("people", 12L));
        assertThat(rig.cities.edit("rome", people).await(SOON).people()).isEqualTo(12L);
    }

    @Test
    void whatSomebodyChangesOnTheWayIsAConflictToo() { // laws T5, T19
        rig.driver.gate = new Semaphore(0);
        Write<City> roma = rig.cities.edit("rome", edit("m1", "Rome", "Roma"));
        rig.foreign("rome", Row.of("name", "Rom"));
        rig.driver.gate.release();

        assertThatThrownBy(() -> roma.await(SOON)).isInstanceOf(Conflict.class);
        assertThat(roma.state()).isEqualTo(State.CONFLICT);
        assertThat(rig.cities.giveUp("m1")).isTrue();
        assertThat(rig.cities.status("rome")).isEqualTo(new RowStatus.Fresh());
    }

    @Test
    void anEditIsGivenUpAlsoAfterATryThatNobodyAnswered() { // law T5
        rig.driver.gate = new Semaphore(0);
        Write<City> roma = rig.cities.edit("rome", edit("m1", "Rome", "Roma"));
        try (var states = roma.progress().watch()) {
            while (states.next(SOON).orElseThrow() != State.SENT) {
                // the next one
            }
        }
        rig.driver.away = true;
        rig.driver.gate.release(1000);
        assertThat(roma.withdraw()).isFalse();

        assertThat(rig.cities.giveUp("m1")).isTrue();
        assertThat(roma.state()).isEqualTo(State.WITHDRAWN);
        assertThat(rig.cities.require("rome")).isEqualTo(ROME);
        assertThat(rig.cities.giveUp("m1")).isFalse();
        rig.driver.away = false;
        rig.rest();
        assertThat(rig.atTheSource()).containsExactly(ROME);
    }

    @Test
    void anEditOfNothingOrUnderNoNameIsRefused() {
        assertThatThrownBy(() -> rig.cities.edit("oslo", edit("m1", "Oslo", "Christiania")))
                .isInstanceOf(Missing.class);
        assertThatThrownBy(() -> edit("", "Rome", "Roma")).isInstanceOf(Invalid.class);
    }
}
