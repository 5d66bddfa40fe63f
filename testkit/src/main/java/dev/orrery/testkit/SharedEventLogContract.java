package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Cursor;
import dev.orrery.core.OrreryException.Conflict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every event log keeps that several processes append to and read. {@link #open} is called
 * again for a directory that is open: what it returns stands for the log in another process.
 */
public abstract class SharedEventLogContract extends EventLogContract {
    private Subject<?> there;

    @BeforeEach
    void openBeside() {
        there = open(directory);
    }

    @AfterEach
    void closeBeside() {
        there.close();
    }

    @Test
    void whatIsAppendedThereIsReadHere() {
        Cursor first = there.append("a");
        assertThat(log.feed().head().text()).isEqualTo(first.text());
        assertThat(everything()).containsExactly("a");
        there.stream("one").append("b");
        assertThat(everything(log.stream("one"))).containsExactly("b");
    }

    @Test
    void aCursorOfWhatWasJustAppendedThereIsGoodHere() {
        log.append("a");
        Cursor second = there.append("b");
        there.append("c");
        try (Following<?> tail = tail(log, log.feed().cursor(second.text()))) {
            assertThat(tail.next().event()).isEqualTo("c");
        }
    }

    @Test
    void aSubscriberHereIsWokenByAnAppendThere() throws Exception {
        try (Following<?> tail = tail(log, log.start())) {
            Future<Entry> next = others.submit(tail::next);
            there.append("a");
            assertThat(next.get().event()).isEqualTo("a");
            Future<Entry> second = others.submit(tail::next);
            there.stream("one").append("b");
            assertThat(second.get().event()).isEqualTo("b");
        }
    }

    @Test
    void aSubscriberOfAStreamHereIsWokenByAnAppendThere() throws Exception {
        try (Following<?> tail = tail(log.stream("one"), log.start())) {
            Future<Entry> next = others.submit(tail::next);
            there.append("elsewhere");
            there.stream("one").append("a");
            assertThat(next.get().event()).isEqualTo("a");
        }
    }

    @Test
    void anIdCountsOnceWhereverItIsAppended() {
        Cursor first = there.append("payment-1", "paid");
        assertThat(log.append("payment-1", "paid again").text()).isEqualTo(first.text());
        assertThat(everything(there)).containsExactly("paid");
    }

    @Test
    void anExpectationThatDoesNotHoldBecauseOfAnAppendThereIsAConflict() {
        Cursor first = log.append("a");
        Cursor second = there.append("b");
        assertThatThrownBy(() -> log.appendAt(first, "id", "c")).isInstanceOf(Conflict.class);
        log.appendAt(second, "id", "c");
        assertThat(everything(there)).containsExactly("a", "b", "c");
    }

    @Test
    void everyReaderSeesEachEventOnceAndAllSeeTheSameOrderWhileBothAppend() throws Exception {
        int appenders = 8;
        int each = 100;
        int all = 2 * appenders * each;
        try (Following<?> here = tail(log, log.start());
                Following<?> beside = tail(there, there.start())) {
            List<Future<List<Entry>>> seen = new ArrayList<>();
            for (Following<?> tail : List.of(here, beside)) {
                seen.add(
                        others.submit(
                                () -> IntStream.range(0, all).mapToObj(_ -> tail.next()).toList()));
            }
            List<Callable<String>> work = new ArrayList<>();
            for (int appender = 0; appender < 2 * appenders; appender++) {
                Subject<?> subject = appender % 2 == 0 ? log : there;
                String prefix = appender + "-";
                work.add(() -> {
                    for (int i = 0; i < each; i++) {
                        subject.append(prefix + i);
                    }
                    return prefix;
                });
            }
            for (Future<String> appended : others.invokeAll(work)) {
                appended.get();
            }
            List<Entry> entries = seen.getFirst().get();
            assertThat(entries).extracting(Entry::event).doesNotHaveDuplicates().hasSize(all);
            assertThat(texts(entries)).isEqualTo(texts(seen.getLast().get()));
            assertThat(entries.stream().map(Entry::event).toList()).isEqualTo(everything());
            eachAppendersEventsAreInItsOrder(entries, 2 * appenders, each);
            assertThat(here.isQuiet()).isTrue();
        }
    }

    private static List<String> texts(List<Entry> entries) {
        return entries.stream().map(entry -> entry.position().text() + entry.event()).toList();
    }

    @Test
    void aNameIsHadByOneReaderInAllProcesses() throws Exception {
        log.appendAll(List.of("a", "b"));
        Named<?> here = named(log, "mail", LONG);
        assertThat(here.next()).isEqualTo("a");
        here.tail().acknowledge();
        try (Named<?> beside = named(there, "mail", LONG)) {
            assertThat(beside.tail().next(Duration.ofMillis(1))).isEmpty();
            Future<String> next = others.submit(beside::next);
            here.close();
            assertThat(next.get()).isEqualTo("b");
        }
    }
}
