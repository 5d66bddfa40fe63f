package dev.orrery.table;

import static dev.orrery.table.Rig.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Commit;
import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.LimitExceeded;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.RowStatus;
import dev.orrery.table.Rig.City;
import dev.orrery.table.Write.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Writes on their way to a source that fails in every way a source can. */
class OutboxTest {
    private static final City ROME = new City("rome", "Rome", 10L);
    private static final City OSLO = new City("oslo", "Oslo", 5L);

    private Rig rig = new Rig(ROME, OSLO);

    @AfterEach
    void close() {
        rig.driver.gate.release(1000);
        rig.close();
    }

    private Write<City> rename(String id, String name) {
        return rig.cities.patch(id, Row.of("name", name));
    }

    private void holdTheSource() {
        rig.driver.gate = new Semaphore(0);
    }

    private void letThrough(int mutations) {
        rig.driver.gate.release(mutations);
    }

    private static void await(Write<?> write, State state) {
        try (var states = write.progress().watch()) {
            while (states.next(SOON).orElseThrow() != state) {
                // the next one
            }
        }
    }

    @Test
    void aWriteGoesThroughItsStates() { // law T8
        holdTheSource();
        Write<City> first = rename("rome", "Roma");
        await(first, State.SENT);
        Write<City> second = rename("rome", "Romae");

        assertThat(second.state()).isEqualTo(State.ACCEPTED);
        assertThat(rig.cities.status("rome")).isEqualTo(new RowStatus.Pending(2));
        assertThat(rig.cities.require("rome").name()).isEqualTo("Romae");
        assertThat(rig.atTheSource()).contains(ROME);
        assertThatThrownBy(() -> second.await(Duration.ofMillis(1))).isInstanceOf(TimedOut.class);
        letThrough(2);
        assertThat(first.await(SOON).name()).isEqualTo("Roma");
        assertThat(second.await(SOON).name()).isEqualTo("Romae");
        assertThat(rig.cities.status("rome")).isEqualTo(new RowStatus.Fresh());
    }

    @Test
    void aCommitSaysWhichWritesItShowsAndTheyKnowTheirTimes() { // law T17
        holdTheSource();
        try (var commits = rig.timeline.commits().subscribe()) {
            long before = System.nanoTime();
            Write<City> write = rename("rome", "Roma");
            Commit commit = ((Delivery.Item<Commit>) commits.next()).value();
            assertThat(commit.origins()).hasSize(1);
            Asked asked = (Asked) commit.origins().getFirst();
            assertThat(asked.askedNanos()).isBetween(before, System.nanoTime());
            assertThat(asked.confirmedNanos()).isEmpty();
            letThrough(1);
            write.await(SOON);
            assertThat(asked.confirmedNanos().orElseThrow()).isGreaterThan(asked.askedNanos());
        }
    }

    @Test
    void aRefusedWriteIsUndoneAloneAndItsReasonIsOnTheRow() { // law T5
        holdTheSource();
        rig.driver.refused = mutation -> mutation.columns().contains("name");
        Write<City> refused = rename("rome", "Roma");
        Write<City> kept = rig.cities.patch("rome", Row.of("people", 11));
        letThrough(3);

        assertThatThrownBy(() -> refused.await(SOON)).isInstanceOf(Invalid.class);
        assertThat(refused.state()).isEqualTo(State.REJECTED);
        assertThat(kept.await(SOON)).isEqualTo(new City("rome", "Rome", 11L));
        assertThat(rig.cities.require("rome")).isEqualTo(new City("rome", "Rome", 11L));
        assertThat(rig.cities.status("rome"))
                .isInstanceOfSatisfying(
                        RowStatus.Failed.class,
                        failed ->
                                assertThat(failed.reason())
                                        .hasMessage("name was refused (was rome)"));
        rig.driver.refused = _ -> false;
        rename("rome", "Roma").await(SOON);
        assertThat(rig.cities.status("rome")).isEqualTo(new RowStatus.Fresh());
    }

    @Test
    void aWriteThatSomebodyOvertookIsAConflictAndTheirValueStays() { // law T5
        holdTheSource();
        Write<City> write = rename("rome", "Roma");
        rig.foreign("rome", Row.of("name", "Theirs"));
        letThrough(1);

        assertThatThrownBy(() -> write.await(SOON))
                .isInstanceOfSatisfying(
                        Conflict.class,
                        conflict ->
                                assertThat(conflict.expected()).isEqualTo(Row.of("name", "Rome")));
        assertThat(write.state()).isEqualTo(State.CONFLICT);
        assertThat(rig.cities.require("rome").name()).isEqualTo("Theirs");
    }

    @Test
    void aPendingWriteSurvivesARestartOnTopOfTheBase() { // law T6
        rig.driver.away = true;
        rename("rome", "Roma");
        rig.cities.insert(new City("bern", "Bern", 1L));
        rig.cities.delete("oslo");
        rig.restart();

        assertThat(rig.cities.list())
                .containsExactly(new City("bern", "Bern", 1L), new City("rome", "Roma", 10L));
        assertThat(rig.cities.status("rome")).isEqualTo(new RowStatus.Pending(1));
        assertThat(rig.timeline.now()).isEqualTo(new Revision(3)); // learned, not changed again
        rig.driver.away = false;
        rig.rest();
        assertThat(rig.atTheSource()).isEqualTo(rig.cities.list());
    }

    @Test
    void aWriteWhoseAnswerWasLostIsNotDoneTwice() { // law T6
        rig.driver.answerLost = _ -> true;
        Write<City> write = rig.cities.insert(new City("bern", "Bern", 1L));

        assertThat(write.await(SOON).name()).isEqualTo("Bern");
        assertThat(rig.driver.sent).hasSize(2);
        assertThat(rig.driver.sent.getFirst()).isEqualTo(rig.driver.sent.getLast());
        assertThat(rig.atTheSource()).hasSize(3);
    }

    @Test
    void aSourceThatWasAwayGetsWhatIsPendingWhenItIsBack() { // law T6
        rig.driver.away = true;
        Write<City> write = rename("rome", "Roma");
        try (var states = rig.cities.source().watch()) {
            while (!(states.next(SOON).orElseThrow() instanceof SourceState.Away)) {
                // the next one
            }
        }
        assertThat(rig.cities.status("oslo")).isInstanceOf(RowStatus.Stale.class);
        assertThatThrownBy(() -> rig.cities.refresh(Duration.ofMillis(20)))
                .isInstanceOf(TimedOut.class);
        rig.driver.away = false;

        assertThat(write.await(SOON).name()).isEqualTo("Roma");
        rig.rest();
        assertThat(rig.cities.source().now()).isEqualTo(new SourceState.Reachable());
        assertThat(rig.cities.status("oslo")).isEqualTo(new RowStatus.Fresh());
    }

    @Test
    void aFullOutboxRefusesAndNothingIsDone() { // law T9
        rig.close();
        rig = new Rig(options -> options.outbox(2, Overflow.REFUSE), ROME, OSLO);
        rig.driver.away = true;
        rename("rome", "a");
        rename("rome", "b");

        assertThatThrownBy(() -> rename("rome", "c"))
                .isInstanceOf(LimitExceeded.class)
                .hasMessage("the outbox of cities is limited to 2, asked for 3");
        assertThat(rig.cities.require("rome").name()).isEqualTo("b");
        assertThat(rig.cities.ledger().pending()).isEqualTo(2);
    }

    @Test
    void aFullOutboxThatBlocksLetsTheWriteThroughWhenThereIsRoom() throws Exception { // law T9
        rig.close();
        rig = new Rig(options -> options.outbox(1, Overflow.BLOCK), ROME, OSLO);
        holdTheSource();
        rename("rome", "a");
        CompletableFuture<Write<City>> blocked =
                CompletableFuture.supplyAsync(() -> rename("oslo", "b"));
        assertThatThrownBy(() -> blocked.get(30, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        letThrough(2);

        assertThat(blocked.get(10, TimeUnit.SECONDS).await(SOON).name()).isEqualTo("b");
    }

    @Test
    void aFullOutboxThatBlocksGivesUpAfterItsTime() { // law T9
        rig.close();
        rig =
                new Rig(
                        options ->
                                options.outbox(1, Overflow.BLOCK)
                                        .blockAtMost(Duration.ofMillis(10)),
                        ROME,
                        OSLO);
        holdTheSource();
        rename("rome", "a");

        assertThatThrownBy(() -> rename("oslo", "b")).isInstanceOf(TimedOut.class);
        assertThat(rig.cities.require("oslo")).isEqualTo(OSLO);
        assertThatThrownBy(() ->
                        rig.timeline.commit(() -> {
                            rename("rome", "b");
                            rename("oslo", "b");
                        }))
                .isInstanceOf(LimitExceeded.class)
                .hasMessage("writes in one commit to cities is limited to 1, asked for 2");
    }

    @Test
    void writesOfOneKeyArriveInOrderAndOneThatFailsHoldsUpItsKeyAlone() { // law T10
        rig.driver.broken = mutation -> mutation.key().text().equals("rome");
        Write<City> first = rename("rome", "Roma");
        Write<City> second = rename("rome", "Romae");
        assertThat(rename("oslo", "Christiania").await(SOON).name()).isEqualTo("Christiania");
        assertThat(second.state()).isEqualTo(State.ACCEPTED);
        rig.driver.broken = _ -> false;

        assertThat(second.await(SOON).name()).isEqualTo("Romae");
        assertThat(first.state()).isEqualTo(State.CONFIRMED);
    }

    @Test
    void allWritesOfACommitBecomeVisibleAsOneAndNoneWhenItFails() { // law T7
        Revision before = rig.timeline.now();
        Revision after =
                rig.timeline.commit(() -> {
                    Write<City> write = rename("rome", "Roma");
                    rig.cities.update(
                            "rome",
                            city -> new City(city.id(), city.name() + "e", city.people() + 1));
                    rig.cities.delete("oslo");
                    assertThat(write.state()).isEqualTo(State.PROPOSED);
                    assertThat(rig.cities.list()).containsExactly(new City("rome", "Romae", 11L));
                    assertThatThrownBy(() -> write.await(SOON)).isInstanceOf(Unsupported.class);
                });
        assertThat(after.number()).isEqualTo(before.number() + 1);
        assertThat(rig.cities.list()).containsExactly(new City("rome", "Romae", 11L));
        rig.rest();
        assertThat(rig.atTheSource()).isEqualTo(rig.cities.list());

        Write<?>[] proposed = new Write<?>[1];
        assertThatThrownBy(() ->
                        rig.timeline.commit(() -> {
                            proposed[0] = rename("rome", "never");
                            throw new IllegalStateException("changed my mind");
                        }))
                .hasMessage("changed my mind");
        assertThat(proposed[0].state()).isEqualTo(State.WITHDRAWN);
        assertThat(rig.cities.ledger().pending()).isZero();
        assertThat(rig.cities.require("rome").name()).isEqualTo("Romae");
    }

    @Test
    void anEditThatViolatesTheSchemaIsInvalidAtOnceAndNothingIsQueued() { // law T13
        assertThatThrownBy(() -> rename("rome", "a name that is longer than thirty characters"))
                .isInstanceOf(Invalid.class)
                .hasMessageStartingWith("name must have at most 30 characters");
        assertThatThrownBy(
                        () -> rig.cities.update("rome", city -> new City("roma", city.name(), 1L)))
                .isInstanceOf(Invalid.class)
                .hasMessage("id cannot be changed (was roma)");
        assertThatThrownBy(() -> rig.cities.insert(new City("bern", null, 1L)))
                .isInstanceOf(Invalid.class);
        assertThatThrownBy(() -> rig.cities.patch("atlantis", Row.of("name", "A")))
                .isInstanceOf(Missing.class);
        assertThatThrownBy(() -> rig.cities.insert(ROME)).isInstanceOf(Conflict.class);
        assertThatThrownBy(() ->
                        rig.cities.update(
                                "rome",
                                _ -> {
                                    throw new IllegalStateException("theirs");
                                }))
                .isInstanceOf(UserFailure.class);
        rig.rest();
        assertThat(rig.driver.sent).isEmpty();
        assertThat(rig.timeline.now()).isEqualTo(new Revision(0));
    }

    @Test
    void aWriteThatChangesNothingIsConfirmedAndNotSent() {
        assertThat(rename("rome", "Rome").await(SOON)).isEqualTo(ROME);
        assertThat(rig.cities.update("rome", city -> city).state()).isEqualTo(State.CONFIRMED);
        assertThat(rig.driver.sent).isEmpty();
    }

    @Test
    void aWriteCanBeWithdrawnUntilItIsSent() { // law T5
        holdTheSource();
        Write<City> sent = rename("rome", "Roma");
        await(sent, State.SENT);
        Write<City> waiting = rename("rome", "Romae");

        assertThat(waiting.withdraw()).isTrue();
        assertThat(sent.withdraw()).isFalse();
        assertThat(rig.cities.require("rome").name()).isEqualTo("Roma");
        assertThat(waiting.state()).isEqualTo(State.WITHDRAWN);
        assertThatThrownBy(() -> waiting.await(SOON)).isInstanceOf(Cancelled.class);
        letThrough(2);
        sent.await(SOON);
        rig.restart();
        rig.rest();
        assertThat(rig.atTheSource()).isEqualTo(rig.cities.list());
    }

    @Test
    void whatTheSourceLacksIsRefusedBeforeAnythingIsQueued() { // law T3
        MemoryTable fixed = rig.source.without(Capability.DELETE);
        Rig other = rig;
        try (LiveTables tables =
                LiveTables.over(
                        other.timeline,
                        dev.orrery.core.KeyValueStore.inMemory(),
                        _ -> dev.orrery.core.SegmentLog.inMemory(),
                        Thread.ofPlatform().daemon().factory(),
                        java.time.InstantSource.system())) {
            LiveTable<String, City> cities =
                    tables.open(Live.of(fixed.table()).as(String.class, City.class));
            assertThatThrownBy(() -> cities.delete("rome"))
                    .isInstanceOf(Unsupported.class)
                    .hasMessage("cities cannot delete rows");
            assertThatThrownBy(
                            () -> tables.open(Live.of(fixed.table()).as(String.class, City.class)))
                    .isInstanceOf(dev.orrery.core.OrreryException.BadDefinition.class);
        }
    }

    @Test
    void aClosedTableEndsTheWaitsAndKeepsTheWrites() { // law T6
        rig.driver.away = true;
        Write<City> write = rename("rome", "Roma");
        rig.restart();

        assertThatThrownBy(() -> write.await(SOON)).isInstanceOf(Closed.class);
        assertThat(rig.cities.require("rome").name()).isEqualTo("Roma");
        rig.cities.close();
        assertThatThrownBy(() -> rename("rome", "x")).isInstanceOf(Closed.class);
    }

    @Test
    void aSourceThatIsAwayAtTheVeryFirstOpeningSaysSo() {
        Unreliable away = new Unreliable(rig.source.table());
        away.away = true;
        try (LiveTables tables =
                LiveTables.over(
                        rig.timeline,
                        dev.orrery.core.KeyValueStore.inMemory(),
                        _ -> dev.orrery.core.SegmentLog.inMemory(),
                        Thread.ofPlatform().daemon().factory(),
                        java.time.InstantSource.system())) {
            assertThatThrownBy(
                            () -> tables.open(Live.of(away.table()).as(String.class, City.class)))
                    .isInstanceOf(Unavailable.class)
                    .hasMessage("the source is away; bring it back");
        }
    }
}
