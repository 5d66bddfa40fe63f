package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A channel of which every follower sees a part of its own. */
class IndividualTest {
    private final List<Part> opened = new ArrayList<>();
    private final AtomicReference<Access> access = new AtomicReference<>(Access.allowed());
    private final Channels channels =
            new Channels((_, _, _) -> access.get(), () -> "e", System::nanoTime);
    private final Connection connection = channels.connect(Principal.ANONYMOUS);

    IndividualTest() {
        channels.serveIndividually(
                "parts",
                new Resource.OfView("parts"),
                asked -> {
                    Part part = new Part(asked);
                    opened.add(part);
                    return part;
                });
    }

    private static final class Part implements Individual.Part {
        private @Nullable Object asked;
        private boolean closed;

        Part(@Nullable Object asked) {
            this.asked = asked;
        }

        @Override
        public Feed<?> feed() {
            if ("broken".equals(asked)) {
                throw new OrreryException.Invalid("part", "is whole", asked);
            }
            return new Broadcast<String>("p", 1);
        }

        @Override
        public void change(@Nullable Object other) {
            asked = other;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void everyFollowerHasAPartThatEndsWithIt() { // law H7
        Attachment one = connection.attach("parts", Optional.empty(), "one");
        connection.attach("parts", Optional.empty(), "other");
        one.change("another");
        assertThat(opened.getFirst().asked).isEqualTo("another");
        assertThat(opened.getLast().asked).isEqualTo("other");

        one.close();
        assertThat(opened.getFirst().closed).isTrue();
        assertThat(opened.getLast().closed).isFalse();
        connection.close();
        assertThat(opened.getLast().closed).isTrue();
    }

    @Test
    void aPartThatCannotBeFollowedIsClosedAgain() { // law H7
        assertThatThrownBy(() -> connection.attach("parts", Optional.empty(), "broken"))
                .isInstanceOf(OrreryException.Invalid.class);
        assertThat(opened.getFirst().closed).isTrue();
        assertThat(connection.attachments()).isZero();
    }

    @Test
    void nothingIsOpenedForWhoMayNotFollow() { // laws H4, H7
        access.set(Access.refused());
        assertThatThrownBy(() -> connection.attach("parts"))
                .isInstanceOf(OrreryException.Denied.class);
        assertThat(opened).isEmpty();
    }

    @Test
    void aChannelThatIsFollowedWholeHasNoParts() {
        channels.channel("talk", String.class);
        try (Attachment talk = connection.attach("talk", Optional.empty(), "a part")) {
            assertThatThrownBy(() -> talk.change("another"))
                    .isInstanceOf(OrreryException.Unsupported.class);
        }
    }
}
