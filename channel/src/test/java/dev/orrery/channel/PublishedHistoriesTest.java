package dev.orrery.channel;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws H2, H3, H8, H10 and H11 over random histories. */
@Timeout(120)
class PublishedHistoriesTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 3, 40, 300})
    void everybodyGetsWhatWasNotReplacedOnceAndInOrderOrIsToldOfTheGap(int kept) {
        PublishedHistories.run(kept, 500, 20);
        PublishedHistories.run(kept, 50, 150);
    }
}
