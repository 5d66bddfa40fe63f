package dev.orrery.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Column;
import dev.orrery.core.OrreryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names, families, limits and access. */
@Timeout(30)
class ChannelsTest {
    private static final AccessPolicy EVERYBODY = (who, action, what) -> Access.allowed();

    private static Channels open(AccessPolicy policy) {
        return new Channels(policy, () -> "e", System::nanoTime);
    }

    @Test
    void channelIsMadeOnceForItsNameAndType() {
        Channels channels = open(EVERYBODY);
        Channel<String> talk = channels.channel("talk", String.class);
        assertThat(channels.channel("talk", String.class)).isSameAs(talk);
        assertThatThrownBy(() -> channels.channel("talk", Long.class))
                .isInstanceOf(OrreryException.BadDefinition.class)
                .hasMessageContaining("channel talk: the name serves something else");
        assertThatThrownBy(() -> channels.serve("talk", new Broadcast<>("b", 1)))
                .isInstanceOf(OrreryException.BadDefinition.class);
    }

    @Test
    void longestPrefixServesAKeyAndAWholeNameGoesBefore() {
        Channels channels = open(EVERYBODY);
        List<String> asked = new ArrayList<>();
        for (String prefix : List.of("p:", "p:delays:")) {
            channels.serveFamily(
                    prefix,
                    Resource.OfChannel::new,
                    key -> {
                        asked.add(prefix + " " + key);
                        return key.equals("none")
                                ? Optional.empty()
                                : Optional.of(new Broadcast<String>("f", 1));
                    });
        }
        channels.serve("p:delays:LAX", new Broadcast<String>("whole", 1));
        Connection connection = channels.connect(Principal.ANONYMOUS);
        assertThat(connection.attach("p:delays:SFO").beginning().cursor().text()).isEqualTo("f:0");
        assertThat(connection.attach("p:other").beginning().cursor().text()).isEqualTo("f:0");
        assertThat(connection.attach("p:delays:LAX").beginning().cursor().text())
                .isEqualTo("whole:0");
        assertThatThrownBy(() -> connection.attach("p:delays:none"))
                .isInstanceOf(OrreryException.Missing.class);
        assertThatThrownBy(() -> connection.attach("q"))
                .isInstanceOf(OrreryException.Missing.class);
        assertThat(asked).containsExactly("p:delays: SFO", "p: other", "p:delays: none");
        assertThat(connection.attachments()).isEqualTo(3);
    }

    @Test
    void nobodyIsAllowedAnythingByDefault() {
        Channels channels = open(AccessPolicy.NOBODY);
        channels.channel("talk", String.class);
        assertThatThrownBy(() -> channels.connect(Principal.ANONYMOUS).attach("talk"))
                .isInstanceOf(OrreryException.Denied.class)
                .hasMessage("not allowed to subscribe channel talk");
    }

    @Test
    void refusedLearnsNothingAndCostsNothing() {
        Channels channels = open((who, action, what) -> Access.allowedIf(who.has("operator")));
        List<String> asked = new ArrayList<>();
        channels.serveFamily(
                "q:",
                key -> new Resource.OfQuery("worst", key),
                key -> {
                    asked.add(key);
                    return Optional.of(new Broadcast<String>("f", 1));
                });
        Connection stranger = channels.connect(Principal.ANONYMOUS);
        assertThatThrownBy(() -> stranger.attach("q:CA"))
                .hasMessage("not allowed to subscribe query worst of CA");
        assertThatThrownBy(() -> stranger.attach("nothing"))
                .isInstanceOf(OrreryException.Denied.class);
        assertThat(asked).isEmpty();
        channels.connect(new Principal("ann", Set.of("operator"), Map.of())).attach("q:CA");
        assertThat(asked).containsExactly("CA");
    }

    @Test
    void policyThatThrowsOrAllowsAPartHasRefused() {
        Channels failing =
                open((who, action, what) -> Access.allowedIf(who.claim("tenant").equals("7")));
        failing.channel("talk", String.class);
        assertThatThrownBy(() -> failing.connect(Principal.ANONYMOUS).attach("talk"))
                .isInstanceOf(OrreryException.Denied.class);
        Channels narrowing =
                open((who, action, what) -> Access.allowedWhere(Column.text("tenant").eq("7")));
        narrowing.channel("talk", String.class);
        Connection tenant = narrowing.connect(Principal.ANONYMOUS);
        assertThatThrownBy(() -> tenant.attach("talk")).isInstanceOf(OrreryException.Denied.class);
        assertThat(tenant.rows(Action.READ, new Resource.OfTable("orders")))
                .contains(Column.text("tenant").eq("7"));
    }

    @Test
    void oneConnectionFollowsABoundedNumber() {
        Channels channels = open(EVERYBODY);
        channels.channel("talk", String.class);
        Connection connection = channels.connect(Principal.ANONYMOUS);
        List<Attachment> attachments = new ArrayList<>();
        assertThatThrownBy(
                        () -> {
                            while (true) {
                                attachments.add(connection.attach("talk"));
                            }
                        })
                .isInstanceOf(OrreryException.LimitExceeded.class);
        attachments.getFirst().close();
        attachments.getFirst().close();
        assertThat(connection.attachments()).isEqualTo(attachments.size() - 1);
        connection.attach("talk");
    }

    @Test
    void closedRegistryEndsEveryConnection() {
        Channels channels = open(EVERYBODY);
        channels.channel("talk", String.class);
        Attachment attachment = channels.connect(Principal.ANONYMOUS).attach("talk");
        channels.close();
        assertThatThrownBy(attachment::next).isInstanceOf(OrreryException.Closed.class);
        assertThatThrownBy(() -> channels.connect(Principal.ANONYMOUS))
                .isInstanceOf(OrreryException.Closed.class);
    }
}
