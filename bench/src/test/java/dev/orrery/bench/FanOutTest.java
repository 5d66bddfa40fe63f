package dev.orrery.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The measurement of a fan-out gets every message to everybody who reads. */
class FanOutTest {
    @Test
    @Timeout(120)
    void everyReaderIsMeasuredWhileOthersStandStill() throws Exception {
        List<Figure> figures =
                new FanOut("projection", new FanOut.Load(20, 2, 100))
                        .measure(Effort.QUICK, new Progress(new PrintWriter(new StringWriter())));
        assertThat(figures)
                .extracting(Figure::name)
                .containsExactly(
                        "publish to socket, p50 of 20",
                        "publish to socket, p99 with 2 of 20 stalled");
        assertThat(figures).allMatch(figure -> figure.value() > 0);
        assertThat(figures.getLast().ratio()).isPresent();
    }
}
