package dev.orrery.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException.Closed;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Waits that go on when they are interrupted. */
class UninterruptedTest {
    @Test
    void anInterruptIsKeptForLater() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        FutureTask<String> work =
                new FutureTask<>(() -> {
                    done.await();
                    return "done";
                });
        Thread.startVirtualThread(work);
        FutureTask<Boolean> waiting =
                new FutureTask<>(() -> {
                    Thread.currentThread().interrupt();
                    return Uninterrupted.result(work).equals("done")
                            && Thread.currentThread().isInterrupted();
                });
        Thread waiter = Thread.startVirtualThread(waiting);
        while (waiter.getState() != Thread.State.WAITING) { // the interrupt is behind it
            Thread.onSpinWait();
        }
        done.countDown();
        assertThat(Uninterrupted.result(waiting)).isTrue();
        Uninterrupted.join(waiter);
        assertThat(waiter.isAlive()).isFalse();
    }

    @Test
    void whatTheWorkThrewIsPassedOn() {
        assertThatThrownBy(() -> Uninterrupted.result(threw(new Closed("it"))))
                .isInstanceOf(Closed.class);
        assertThatThrownBy(() -> Uninterrupted.result(threw(new OutOfMemoryError("of the test"))))
                .isInstanceOf(OutOfMemoryError.class);
    }

    private static FutureTask<String> threw(Throwable what) {
        FutureTask<String> work =
                new FutureTask<>(() -> {
                    switch (what) {
                        case Error error -> throw error;
                        default -> throw (Exception) what;
                    }
                });
        work.run();
        return work;
    }
}
