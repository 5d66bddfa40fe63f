package dev.orrery.bench;

import java.util.List;

/** Channels: what it costs the others that some stand still. */
final class ChannelSuite implements Suite {
    static final String NAME = "channel";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String description() {
        return "publish to socket, a thousand clients, with and without ten that stand still";
    }

    @Override
    public List<Figure> run(Effort effort, Workplace place, Progress progress) throws Exception {
        return new FanOut(NAME, FanOut.Load.THOUSAND).measure(effort, progress);
    }
}
