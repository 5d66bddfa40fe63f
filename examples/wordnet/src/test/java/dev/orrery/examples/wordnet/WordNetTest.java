package dev.orrery.examples.wordnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.SET;

import dev.orrery.graph.Graph;
import dev.orrery.graph.Synced;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All of WordNet 3.0; where the machine has it not, the tests say in one line how to get it. */
@Timeout(600) // seconds
class WordNetTest {
    private static final WordNetFiles FILES = new WordNetFiles(WordNetFiles.DEBIAN);
    private static WordNet wordNet;

    @BeforeAll
    static void load() throws IOException {
        if (!FILES.areThere()) {
            Assumptions.abort("no WordNet found; on Debian: apt-get install wordnet-base");
        }
        wordNet = WordNet.empty("left");
        wordNet.load(FILES);
    }

    @AfterAll
    static void close() {
        if (wordNet != null) {
            wordNet.close();
        }
    }

    @Test
    void everyMeaningIsANodeAndEveryRelationAnEdge() {
        Graph graph = wordNet.graph();
        assertThat(graph.nodes().count()).isEqualTo(117_659);
        assertThat(graph.nodes("Noun").count()).isEqualTo(82_115);
        assertThat(graph.nodes("Verb").count()).isEqualTo(13_767);
        assertThat(graph.nodes("Adjective").count()).isEqualTo(18_156); // with satellites
        assertThat(graph.nodes("Satellite").count()).isEqualTo(10_693);
        assertThat(graph.nodes("Adverb").count()).isEqualTo(3_621);
        assertThat(graph.edges().count()).isEqualTo(248_340); // 9 stand there twice
        assertThat(graph.edges("kind of").count()).isEqualTo(89_089);
        assertThat(graph.edges("part of").count()).isEqualTo(9_097);
        assertThat(graph.edges("derived").count()).isEqualTo(74_708);
        assertThat(graph.quarantine().count()).isZero();
    }

    @Test
    void itIsAskedAsAnyGraphIs() {
        assertThat(wordNet.kinds("dog"))
                .containsExactly(
                        "dog",
                        "domestic animal",
                        "animal",
                        "organism",
                        "living thing",
                        "whole",
                        "object",
                        "physical entity",
                        "entity");
        assertThat(wordNet.way("piano", "music"))
                .containsExactly("piano", "pianist", "musician", "music");
        assertThat(wordNet.ofKind("animal")).isEqualTo(3_998);
        assertThat(wordNet.kindsWithParts("vehicle")).isEqualTo(192);
        assertThat(wordNet.parts()).hasSize(1_377).first().asInstanceOf(SET).hasSize(115_426);
        assertThat(wordNet.circle()).isEmpty();
    }

    @Test
    void aSecondReplicaIsEqualAfterOneSync() {
        try (WordNet right = WordNet.empty("right")) {
            Synced synced = right.sync(wordNet);
            assertThat(synced.equal()).isTrue();
            assertThat(synced.received()).isGreaterThanOrEqualTo(117_659 + 248_340);
            assertThat(right.graph().nodes().count()).isEqualTo(117_659);
            assertThat(right.graph().stateHash()).isEqualTo(wordNet.graph().stateHash());
            Synced again = right.sync(wordNet);
            assertThat(again.received()).isZero();
            assertThat(again.rounds()).isEqualTo(1);
        }
    }
}
