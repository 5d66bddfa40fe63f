package dev.orrery.projection;

import dev.orrery.projection.Rig.Step;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A {@link Rig} with effects, and what they did. */
final class EffectsRig implements AutoCloseable {
    final Rig rig;
    final Effects effects;
    final List<Attempt<Step>> attempts = new CopyOnWriteArrayList<>();

    EffectsRig(Path directory) {
        rig = new Rig(directory);
        effects =
                new Effects(
                        rig.database,
                        Thread.ofVirtual().name("effect-", 0).factory(),
                        InstantSource.system());
        effects.start();
    }

    /** An effect by key that takes note of what it does. */
    Effect<Step, String> noted(Effect.Body<Step> body) {
        return Effect.of("mail", Step.class)
                .key(String.class, Step::key)
                .perform(attempt -> {
                    body.perform(attempt);
                    attempts.add(attempt);
                })
                .onFault(fault -> Fault.retryIn(Duration.ofMillis(1)));
    }

    LiveEffect<String> run(Effect<Step, String> effect) {
        return effects.run(rig.log, effect);
    }

    List<Integer> done() {
        return attempts.stream().map(attempt -> attempt.event().value()).toList();
    }

    List<Integer> done(String key) {
        return attempts.stream()
                .map(Attempt::event)
                .filter(step -> step.key().equals(key))
                .map(Step::value)
                .toList();
    }

    @Override
    public void close() {
        effects.close();
        rig.close();
    }
}
